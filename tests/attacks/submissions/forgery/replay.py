# +++
# tries = "returns what it returned for another input of the same shape"
# stopped_by = "fresh inputs at every call"
# +++
import torch

SEEN = {}


def softmax(x):
    return SEEN.setdefault(tuple(x.shape), torch.full_like(x, 1.0 / x.shape[-1]))


def apply(fn, x):
    return softmax(x)
