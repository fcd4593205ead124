"""Quantisation with learned code books: k-means weight sharing and product quantisation."""

from __future__ import annotations

import numpy as np

from tutor.mine import pairwise_sq_dist

ROUNDS = 50


def kmeans(x: np.ndarray, k: int, iters: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Lloyd's algorithm from k rows of x.

    Args:
        x: (N, D) floats.
        k: how many centres, 1 … N.
        iters: rounds at most; it ends earlier when nothing moves.
        rng: chooses the start.

    Returns:
        centres (k, D) of x's dtype, and labels (N,) int64: which of them is nearest.

    Raises:
        ValueError: there are fewer rows than centres, or no centres.
    """
    if not 1 <= k <= len(x):
        raise ValueError(f"{len(x)} points cannot have {k} centres")
    centres = x[rng.choice(len(x), k, replace=False)]  # (k, D)
    labels, distances = _nearest(x, centres)
    for _ in range(iters):
        moved = _means(x, labels, distances, centres)
        if np.array_equal(moved, centres):
            break
        centres = moved
        labels, distances = _nearest(x, centres)
    return centres, labels


def quantize_codebook(w: np.ndarray, k: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """One code book (k,) for all entries of w, and codes of w's shape."""
    centres, labels = kmeans(w.reshape(-1, 1), k, ROUNDS, rng)  # (k, 1), (w.size,)
    return centres[:, 0], labels.reshape(w.shape)


def product_quantize(W: np.ndarray, m: int, k: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Code books (m, k, d / m) for the m pieces of the rows of W (n, d), and codes (n, m)."""
    if W.shape[1] % m:
        raise ValueError(f"rows of {W.shape[1]} cannot be cut into {m} equal pieces")
    found = [kmeans(piece, k, ROUNDS, rng) for piece in np.split(W, m, axis=1)]  # pieces (n, d / m)
    return np.stack([centres for centres, _ in found]), np.stack([labels for _, labels in found], axis=1)


def compression_ratio(n_weights: int, k: int, dim: int = 1, codebooks: int = 1) -> float:
    """Bits before, 32 a weight, over bits after: one code for `dim` weights, and the books themselves."""
    codes = n_weights / dim * (k - 1).bit_length()  # ⌈log2 k⌉ bits each
    books = codebooks * k * dim * 32
    return 32 * n_weights / (codes + books)


def _nearest(x: np.ndarray, centres: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Label of the nearest centre and squared distance to it, (N,) both."""
    middle = x.mean(axis=0)  # (D,): distances do not change, and a common offset costs no digits
    d = pairwise_sq_dist(x - middle, centres - middle)  # (N, k)
    return d.argmin(axis=1), d.min(axis=1)


def _means(x: np.ndarray, labels: np.ndarray, distances: np.ndarray, centres: np.ndarray) -> np.ndarray:
    """Every centre at the mean of its rows; the empty ones on the rows that are worst served, one each."""
    moved = centres.copy()  # (k, D)
    worst = iter(np.argsort(-distances, kind="stable"))
    for j in range(len(centres)):
        rows = labels == j  # (N,)
        moved[j] = x[rows].mean(axis=0) if rows.any() else x[next(worst)]
    return moved
