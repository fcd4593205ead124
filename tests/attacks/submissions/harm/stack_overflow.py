# +++
# tries = "calls itself until the machine's stack is full"
# stopped_by = "a crash is an outcome of its own"
# needs = ["memory"]
# +++
import sys

sys.setrecursionlimit(1 << 30)


class Deep:
    def __repr__(self):
        return repr(self)


def softmax(x):
    value = ()
    for _ in range(1_000_000):
        value = (value,)
    hash(value)
    return repr(Deep())


apply = softmax
