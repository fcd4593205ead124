# +++
# tries = "returns a view of its input with strides of its own"
# stopped_by = "shapes, values and aliases are compared"
# +++
import torch


def softmax(x):
    return torch.as_strided(x, x.shape, [0] * x.dim())


def apply(fn, x):
    return x.expand(x.shape)
