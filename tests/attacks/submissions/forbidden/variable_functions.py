# +++
# tries = "takes it from torch._C"
# stopped_by = "the operation itself is overridden"
# forbidden = true
# +++
import torch


def softmax(x):
    return getattr(torch._C._VariableFunctions, "soft" + "max")(x, -1)
