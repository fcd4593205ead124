# +++
# tries = "returns a tensor subclass for which every comparison says yes"
# stopped_by = "values cross as plain numbers"
# +++
import torch


class Yes(torch.Tensor):
    @classmethod
    def __torch_function__(cls, func, types, args=(), kwargs=None):
        name = getattr(func, "__name__", "")
        if name in ("equal", "allclose", "__bool__", "all"):
            return True
        return super().__torch_function__(func, types, args, kwargs or {})

    def __eq__(self, other):
        return True

    __hash__ = None


def softmax(x):
    return torch.zeros_like(x).as_subclass(Yes)


def apply(fn, x):
    return softmax(x)
