# +++
# tries = "calls it under vmap"
# stopped_by = "the operation itself is overridden"
# forbidden = true
# +++
import torch


def softmax(x):
    return torch.func.vmap(lambda row: getattr(row, "soft" + "max")(-1))(x)
