# +++
# tries = "returns one number, in the hope that it is broadcast"
# stopped_by = "shapes are compared"
# +++
import torch


def softmax(x):
    return torch.tensor(1.0 / x.shape[-1], dtype=x.dtype)


def apply(fn, x):
    return torch.zeros(0, dtype=x.dtype)
