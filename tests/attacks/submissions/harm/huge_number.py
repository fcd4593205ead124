# +++
# tries = "returns a whole number of a million digits, which takes minutes to print"
# stopped_by = "values are cut before they are shown"
# +++
def softmax(x):
    return 1 << 20_000_000


def apply(fn, x):
    return 10**6 * "x"
