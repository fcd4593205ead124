# +++
# tries = "calls it in the backward of an autograd function of its own"
# stopped_by = "an own backward is the file's own code"
# forbidden = true
# +++
import torch


class Sneak(torch.autograd.Function):
    @staticmethod
    def forward(c, x):
        return x.clone()

    @staticmethod
    def backward(c, grad):
        return getattr(torch, "soft" + "max")(grad, -1)


def softmax(x):
    start = torch.zeros_like(x, requires_grad=True)
    with torch.enable_grad():
        Sneak.apply(start).backward(x.detach())
    return start.grad
