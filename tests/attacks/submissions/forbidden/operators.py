# +++
# tries = "calls the operator behind it through torch.ops"
# stopped_by = "the operation itself is overridden"
# forbidden = true
# +++
import torch


def softmax(x):
    return getattr(torch.ops.aten, "_soft" + "max")(x, -1, False)
