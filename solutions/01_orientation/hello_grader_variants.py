"""Other right ways to write hello-grader, and the mistakes that people make."""

import numpy as np

from tutor.checks import accept, reject


@accept("through ufuncs")
def affine(x, a, b):
    return np.add(np.multiply(x, a), b)


@accept("into a fresh array")
def affine(x, a, b):
    y = np.empty_like(x)
    y[...] = x
    y *= a
    y += b
    return y


@accept("copies first, then works in place")
def affine(x, a, b):
    y = x.copy()
    y *= a
    y += b
    return y


@reject(
    "changes x in place",
    "You changed the caller's array. Build a new one: every check compares the arguments before and after the call.",
)
def affine(x, a, b):
    x *= a
    x += b
    return x


@reject("shifts before scaling", "Check the order: scale first, then shift. Try x = 0: the answer must be b.")
def affine(x, a, b):
    return a * (x + b)


@reject(
    "promotes float32 to float64",
    "float32 came in, float64 went out: a NumPy float64 promotes the array. Keep a and b as the Python floats they are.",
)
def affine(x, a, b):
    return np.float64(a) * x + np.float64(b)


@reject(
    "prints instead of returning",
    "The function returned None. Printing shows a value to you; return hands it to the grader.",
)
def affine(x, a, b):
    print(a * x + b)


@reject("forgets the shift", "This is a * x. Where did b go? Try x = 0: the answer must be b.")
def affine(x, a, b):
    return a * x


@reject("swaps a and b", "These are the numbers of b * x + a: the second argument scales, the third one shifts.")
def affine(x, a, b):
    return b * x + a


@reject("subtracts the shift", "These are the numbers of a * x - b: the shift is added.")
def affine(x, a, b):
    return a * x - b


@reject(
    "returns x itself for the identity",
    "For a = 1 and b = 0 you handed back the caller's own array. Whoever writes to your result then changes x: "
    "return a new array always.",
)
def affine(x, a, b):
    return x if a == 1 and b == 0 else a * x + b


@reject(
    "assumes a row or a table",
    "The result lost the shape of x. An array may have any number of axes, also none, and any length, also 0.",
)
def affine(x, a, b):
    return np.array([a * entry + b for entry in x.ravel()], dtype=x.dtype)


@reject(
    "rounds to float32",
    "float64 came in: about 16 digits. You kept 7 of them. Let the dtype of x decide.",
)
def affine(x, a, b):
    return (a * x + b).astype(np.float32)
