"""Other right ways to write batched-matmul, and the mistakes that people make."""

import numpy as np

from tutor.checks import accept, reject


def fit(X, Y):
    """Refuse shapes that do not fit."""
    if X.shape[0] != Y.shape[0] or X.shape[2] != Y.shape[1]:
        raise ValueError("shapes do not fit")


@accept("sum over the last axis")
def bmm(X, Y):
    fit(X, Y)
    return (X[:, :, None, :] * Y.swapaxes(1, 2)[:, None, :, :]).sum(-1)  # (b, n, 1, m) * (b, 1, k, m)


@accept("adds up outer products")
def bmm(X, Y):
    fit(X, Y)
    out = np.zeros((X.shape[0], X.shape[1], Y.shape[2]), dtype=X.dtype)
    for p in range(X.shape[2]):  # one outer product for each p: a small temporary instead of (b, n, m, k)
        out += X[:, :, p, None] * Y[:, p, None, :]  # (b, n, 1) * (b, 1, k)
    return out


@accept("expand_dims and add.reduce")
def bmm(X, Y):
    fit(X, Y)
    return np.add.reduce(np.multiply(np.expand_dims(X, 3), np.expand_dims(Y, 1)), axis=2)


@reject(
    "loops over the batch",
    "Right values, but a Python loop over the batch: with thousands of small matrices it is many times slower than one "
    "array expression. Let the batch be an axis of the broadcast.",
)
def bmm(X, Y):
    fit(X, Y)
    out = np.zeros((X.shape[0], X.shape[1], Y.shape[2]), dtype=X.dtype)
    for i in range(X.shape[0]):
        out[i] = (X[i, :, :, None] * Y[i, None, :, :]).sum(1)
    return out


@reject(
    "elementwise product",
    "These are products of single entries. A matrix product adds m of them up: line up X as (b, n, m, 1) and Y as "
    "(b, 1, m, k), multiply, then sum over m.",
)
def bmm(X, Y):
    fit(X, Y)
    return X * Y


@reject(
    "no sum",
    "You have all products X[i, r, p] * Y[i, p, c], with four axes. One step is left: sum over p.",
)
def bmm(X, Y):
    fit(X, Y)
    return X[:, :, :, None] * Y[:, None, :, :]


@reject(
    "sums over the columns of Y",
    "The sum ran over c, the columns of Y, which the result keeps. In X[:, :, :, None] * Y[:, None, :, :] the axes are "
    "b, n, m, k: sum over the one of m, axis 2.",
)
def bmm(X, Y):
    fit(X, Y)
    return (X[:, :, :, None] * Y[:, None, :, :]).sum(3)


@reject(
    "sums over the rows of X",
    "The sum ran over r, the rows of X, which the result keeps. In X[:, :, :, None] * Y[:, None, :, :] the axes are "
    "b, n, m, k: sum over the one of m, axis 2.",
)
def bmm(X, Y):
    fit(X, Y)
    return (X[:, :, :, None] * Y[:, None, :, :]).sum(1)


@reject(
    "mixes the batches",
    "Every matrix of X met every matrix of Y: the result has two batch axes. Batches are aligned, not combined.",
)
def bmm(X, Y):
    fit(X, Y)
    return (X[:, :, None, :, None] * Y[None, None, :, :, :]).sum(3)  # (b, n, b, k)


@reject(
    "sums over the batch",
    "All b products were added into one, and repeated. The batch axis is kept: sum over m only.",
)
def bmm(X, Y):
    fit(X, Y)
    products = (X[:, :, :, None] * Y[:, None, :, :]).sum((0, 2))
    return np.tile(products, (X.shape[0], 1, 1))


@reject(
    "only the first matrix of Y",
    "Every matrix of X was multiplied with the first one of Y. Matrix i of X meets matrix i of Y.",
)
def bmm(X, Y):
    fit(X, Y)
    return (X[:, :, :, None] * Y[:1, None, :, :]).sum(2)


@reject(
    "multiplies with the transpose of Y",
    "Rows of X meet columns of Y. Only attention scores need a transposed matrix, and there you transpose before the call.",
)
def bmm(X, Y):
    fit(X, Y)
    return (X[:, :, :, None] * Y.swapaxes(1, 2).reshape(Y.shape)[:, None, :, :]).sum(2)


@reject(
    "result transposed",
    "Your matrices are the transposes of the right ones: the rows of the result come from X, its columns from Y.",
)
def bmm(X, Y):
    fit(X, Y)
    return (X[:, :, :, None] * Y[:, None, :, :]).sum(2).swapaxes(1, 2)


@reject(
    "checks the inner size only",
    "A batch of 1 against a batch of several went through: broadcasting stretched it. Compare the batch sizes, too.",
)
def bmm(X, Y):
    if X.shape[2] != Y.shape[1]:
        raise ValueError("inner sizes differ")
    return (X[:, :, :, None] * Y[:, None, :, :]).sum(2)


@reject(
    "no check of the shapes",
    "Shapes that do not fit went through: broadcasting stretches an axis of length 1. Compare the sizes yourself and "
    "raise ValueError.",
)
def bmm(X, Y):
    return (X[:, :, :, None] * Y[:, None, :, :]).sum(2)


@reject(
    "mean instead of sum",
    "Your numbers are m times too small: a matrix product adds up, it does not average.",
)
def bmm(X, Y):
    fit(X, Y)
    return (X[:, :, :, None] * Y[:, None, :, :]).sum(2) / max(X.shape[2], 1)


@reject(
    "always float64",
    "float32 came in, float64 went out: np.zeros makes float64 unless you give it dtype=X.dtype.",
)
def bmm(X, Y):
    fit(X, Y)
    out = np.zeros((X.shape[0], X.shape[1], Y.shape[2]))
    for p in range(X.shape[2]):
        out += X[:, :, p, None] * Y[:, p, None, :]
    return out
