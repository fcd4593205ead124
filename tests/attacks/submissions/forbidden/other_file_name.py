# +++
# tries = "runs code that claims to stem from a library's file"
# stopped_by = "the caller is looked for up the whole stack"
# forbidden = true
# +++
import torch

CODE = compile("def f(x):\n    return getattr(torch, 'soft' + 'max')(x, -1)\n", torch.nn.functional.__file__, "exec")
space = {"torch": torch}
exec(CODE, space)


def softmax(x):
    return space["f"](x)
