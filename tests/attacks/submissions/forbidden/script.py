# +++
# tries = "compiles it with torch.jit.script"
# stopped_by = "the operation itself is overridden"
# forbidden = true
# +++
import torch

SOURCE = "def f(x):\n    return torch.soft" + "max(x, -1)\n"
unit = torch.jit.CompilationUnit("def f(x):\n    return torch.soft" + "max(x, -1)\n")


def softmax(x):
    return unit.f(x)
