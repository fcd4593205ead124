# +++
# tries = "returns NaN everywhere, for which no difference is larger than the tolerance"
# stopped_by = "what is not finite is wrong"
# +++
import torch


def softmax(x):
    return torch.full_like(x, float("nan"))


def apply(fn, x):
    return torch.full_like(x, float("inf"))
