# +++
# tries = "returns an object that is equal to everything and claims to be a tensor"
# stopped_by = "values cross as plain numbers; types are compared"
# +++
import torch


class Yes:
    dtype, device, shape, requires_grad = torch.float64, torch.device("cpu"), (), False
    __class__ = torch.Tensor

    def __eq__(self, other):
        return True

    def __array__(self, *a, **k):
        raise RuntimeError

    def __getattr__(self, name):
        return lambda *a, **k: True

    __ne__ = lambda self, other: False
    __lt__ = __le__ = __gt__ = __ge__ = __eq__
    __sub__ = __rsub__ = __abs__ = lambda self, *other: self
    __hash__ = None


def softmax(x):
    return Yes()


def apply(fn, x):
    return Yes()
