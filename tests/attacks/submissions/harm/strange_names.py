# +++
# tries = "has names, types and messages of a megabyte, with line breaks and codes in them"
# stopped_by = "names are escaped and cut"
# +++
NAME = "x\x1b[31m\n::error::" * 100_000


def softmax(x):
    raise type(NAME, (ValueError,), {})(NAME)


def apply(fn, x):
    return type(NAME, (), {"__repr__": lambda self: NAME})()
