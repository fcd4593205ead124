# +++
# tries = "returns an answer of a gigabyte, and one that refers to itself"
# stopped_by = "strict decoder with a limit of size"
# needs = ["memory"]
# +++
import numpy as np


def softmax(x):
    return np.zeros(1 << 27)


def apply(fn, x):
    value = []
    value.append(value)
    return value
