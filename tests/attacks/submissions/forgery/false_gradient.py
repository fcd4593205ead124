# +++
# tries = "returns numbers and a made-up gradient through an autograd function of its own"
# stopped_by = "values and gradients are both compared"
# +++
import torch


class Fake(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return torch.full_like(x, 1.0 / x.shape[-1])

    @staticmethod
    def backward(ctx, grad):
        return torch.zeros_like(grad)


def softmax(x):
    return Fake.apply(x)


def apply(fn, x):
    return softmax(x)
