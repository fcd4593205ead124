# +++
# tries = "takes a function it was given apart: globals, closure, code, module"
# stopped_by = "only calling is lent"
# +++
def softmax(x):
    return x


def apply(fn, x):
    for name in (
        "__globals__",
        "__closure__",
        "__code__",
        "__self__",
        "__wrapped__",
        "__module__",
        "__dict__",
        "__func__",
    ):
        try:
            print(name, getattr(fn, name))
        except Exception:
            pass
    for act in (vars, dir, repr, str):
        try:
            print(act(fn))
        except Exception:
            pass
    return fn.__class__.__base__
