# +++
# tries = "compiles it with torch.compile"
# stopped_by = "the operation itself is overridden"
# forbidden = true
# +++
import torch


def softmax(x):
    return torch.compile(lambda t: getattr(t, "soft" + "max")(-1), backend="eager")(x)
