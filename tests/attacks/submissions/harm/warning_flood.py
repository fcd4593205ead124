# +++
# tries = "warns a million times with a megabyte each"
# stopped_by = "fifty warnings are kept, and cut"
# +++
import warnings


def softmax(x):
    for number in range(2000):
        warnings.warn(f"{number}" + "x" * 100_000, stacklevel=1)
    return x


apply = softmax
