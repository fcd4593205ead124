# +++
# tries = "overrides the operation back with a library of its own"
# stopped_by = "the operation itself stays overridden"
# forbidden = true
# +++
import torch

library = torch.library.Library("aten", "IMPL")
try:
    kernel = torch.library.get_kernel("aten::_soft" + "max", "CPU")
    library.impl("_soft" + "max", lambda keys, *a: kernel.call_boxed(keys, *a), "CPU", with_keyset=True)
except Exception:
    pass


def softmax(x):
    return getattr(torch, "soft" + "max")(x, -1)
