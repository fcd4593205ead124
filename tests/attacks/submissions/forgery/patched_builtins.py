# +++
# tries = "replaces abs, all, isinstance, max and len for everybody in the process"
# stopped_by = "two processes"
# +++
import builtins

builtins.abs = lambda x: 0
builtins.all = builtins.isinstance = lambda *a: True
builtins.max = lambda *a, **k: 0.0


def softmax(x):
    return x


def apply(fn, x):
    return x
