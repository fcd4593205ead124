"""Other right ways to write pairwise-sq-dist, and the mistakes that people make."""

import numpy as np

from tutor.checks import accept, reject, waive


@accept("centres first")
def pairwise_sq_dist(A, B):
    if not len(A) or not len(B):
        return np.zeros((len(A), len(B)), dtype=A.dtype)
    centre = B.mean(axis=0)  # distances do not change, and far-away points lose fewer digits
    A, B = A - centre, B - centre
    return np.clip(np.sum(A * A, 1, keepdims=True) + np.sum(B * B, 1) - 2 * A @ B.T, 0, None)


@accept("einsum for the lengths")
def pairwise_sq_dist(A, B):
    out = -2 * np.dot(A, B.T)
    out += np.einsum("nd,nd->n", A, A)[:, None]
    out += np.einsum("md,md->m", B, B)
    out[out < 0] = 0
    return out


@accept("adds up one coordinate at a time")
def pairwise_sq_dist(A, B):
    out = np.zeros((len(A), len(B)), dtype=A.dtype)
    for d in range(A.shape[1]):
        out += np.subtract.outer(A[:, d], B[:, d]) ** 2
    return out


@reject(
    "loops over the points",
    "Right values, but a Python loop over the points: many times slower than it could be. Expand "
    "||a - b||^2 = ||a||^2 + ||b||^2 - 2 a.b and let one matrix product do the work.",
)
def pairwise_sq_dist(A, B):
    if len(A) > len(B):  # loop over the smaller set
        return pairwise_sq_dist(B, A).T.copy()
    out = np.zeros((len(A), len(B)), dtype=A.dtype)
    for i in range(len(A)):
        out[i] = ((A[i] - B) ** 2).sum(-1)
    return out


@reject(
    "builds an (N, M, D) temporary",
    "Right values, but it holds all N * M * D differences in memory at once: a gigabyte for 2000 x 2000 points in 64 "
    "dimensions. Use the expansion with one matrix product.",
)
def pairwise_sq_dist(A, B):
    return ((A[:, None, :] - B[None, :, :]) ** 2).sum(-1)


@reject(
    "no clipping at 0",
    "Cancellation left tiny negative squared distances, and their root would be NaN. Clip: np.maximum(d, 0).",
)
def pairwise_sq_dist(A, B):
    return (A**2).sum(1)[:, None] + (B**2).sum(1) - 2 * A @ B.T


@reject("returns the distance", "These are distances. Squared distances were asked for: take no square root.")
def pairwise_sq_dist(A, B):
    return np.sqrt(np.maximum((A**2).sum(1)[:, None] + (B**2).sum(1) - 2 * A @ B.T, 0))


@reject("plus instead of minus", "These are the numbers of ||a + b||^2: the mixed term is subtracted.")
def pairwise_sq_dist(A, B):
    return np.maximum((A**2).sum(1)[:, None] + (B**2).sum(1) + 2 * A @ B.T, 0)


@reject("mixed term without the 2", "The mixed term counts twice: (a - b)^2 = a^2 + b^2 - 2ab.")
def pairwise_sq_dist(A, B):
    return np.maximum((A**2).sum(1)[:, None] + (B**2).sum(1) - A @ B.T, 0)


@reject("transposed", "Your table is the transpose of the right one: row i belongs to A_i, column j to B_j.")
def pairwise_sq_dist(A, B):
    return np.maximum((B**2).sum(1)[:, None] + (A**2).sum(1) - 2 * B @ A.T, 0)


@reject(
    "averages over the dimensions",
    "Your numbers are D times too small: a squared distance is the sum over the coordinates, not their mean.",
)
def pairwise_sq_dist(A, B):
    return np.maximum((A**2).sum(1)[:, None] + (B**2).sum(1) - 2 * A @ B.T, 0) / A.shape[1]


@reject(
    "lengths along the wrong axis",
    "The two rows of squared lengths met each other instead of forming a table: make the one of A a column, with "
    "[:, None].",
)
def pairwise_sq_dist(A, B):
    return np.maximum((A**2).sum(1) + (B**2).sum(1) - 2 * A @ B.T, 0)


waive("pairwise_sq_dist: np.maximum(aa + bb - 2 * ab, 0) → np.maximum(0, aa + bb - 2 * ab)", "maximum is symmetric")
