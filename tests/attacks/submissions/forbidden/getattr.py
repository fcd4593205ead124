# +++
# tries = "spells its name at run time"
# stopped_by = "the operation itself is overridden"
# forbidden = true
# +++
import torch


def softmax(x):
    return getattr(torch, "soft" + "max")(x, -1)
