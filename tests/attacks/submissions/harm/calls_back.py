# +++
# tries = "calls what it was lent without end, and from inside itself"
# stopped_by = "depth is limited; clock of the server"
# seconds = 2
# +++
def softmax(x):
    return x


def apply(fn, x):
    while True:
        fn(x)
