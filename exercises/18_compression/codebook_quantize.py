"""Code books: k-means and product quantisation."""

from __future__ import annotations

import numpy as np

from tutor.mine import pairwise_sq_dist


def kmeans(x: np.ndarray, k: int, iters: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Lloyd's algorithm: centres (k, D) and for each row of x (N, D) the label of its nearest one, int64 (N,).

    A centre without rows moves to the row that is farthest from its own centre. k outside 1 … N: ValueError.
    """
    # TODO: choose k rows to start with.
    # TODO: iters times: labels, then means; care for empty clusters.
    # TODO: the labels of the final centres.
    raise NotImplementedError


def quantize_codebook(w: np.ndarray, k: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """One code book (k,) for all entries of w, and codes of w's shape; 50 iterations."""
    # TODO: k-means of single numbers.
    raise NotImplementedError


def product_quantize(W: np.ndarray, m: int, k: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """m code books (m, k, d / m), one for each piece of the rows of W (n, d), and codes (n, m); 50 iterations each.

    d % m != 0: ValueError.
    """
    # TODO: cut the rows into pieces, one k-means for each place.
    raise NotImplementedError


def compression_ratio(n_weights: int, k: int, dim: int = 1, codebooks: int = 1) -> float:
    """32 bits a weight, divided by the bits of the codes (one for `dim` weights) and of the code books."""
    # TODO: whole bits for a code; 32 for each number in a book.
    raise NotImplementedError
