# +++
# tries = "uses the layer that wraps it"
# stopped_by = "the operation itself is overridden"
# forbidden = true
# +++
import torch


def softmax(x):
    return getattr(torch.nn, "Soft" + "max")(-1)(x)
