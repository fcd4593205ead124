# +++
# tries = "calls it through a tensor subclass and torch's own dispatch"
# stopped_by = "the operation itself is overridden"
# forbidden = true
# +++
import torch


class Tensor(torch.Tensor):
    @classmethod
    def __torch_function__(cls, func, types, args=(), kwargs=None):
        with torch._C.DisableTorchFunctionSubclass():
            return getattr(torch.Tensor, "soft" + "max")(args[0].as_subclass(torch.Tensor), -1)


def softmax(x):
    return torch.exp(x.as_subclass(Tensor))
