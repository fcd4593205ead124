"""Other right ways to make code books, and the mistakes that people make."""

from __future__ import annotations

import numpy as np

from tutor.checks import accept, reject, waive


def gaps(x, centres):
    """Squared distances (N, k)."""
    return ((x[:, None] - centres[None]) ** 2).sum(-1)


def checked(x, k):
    if k < 1 or k > len(x):
        raise ValueError("number of centres")


def chosen(x, k, rng):
    return x[rng.choice(len(x), k, replace=False)]


def lloyd(x, centres, iters, final=True):
    """The right loop."""
    for _ in range(iters):
        d = gaps(x, centres)
        labels, own = d.argmin(1), d.min(1)
        worst = list(np.argsort(own))
        centres = np.stack(
            [x[labels == j].mean(0) if (labels == j).any() else x[worst.pop()] for j in range(len(centres))]
        )
    labels = gaps(x, centres).argmin(1) if final or not iters else labels
    return centres, labels


@accept("k-means++ start")
def kmeans(x, k, iters, rng):
    checked(x, k)
    first = [int(rng.integers(len(x)))]
    while len(first) < k:
        d = gaps(x, x[first]).min(1)
        free = np.setdiff1d(np.arange(len(x)), first)
        share = d[free] / d[free].sum() if d[free].sum() > 0 else None
        first.append(int(rng.choice(free, p=share)))
    return lloyd(x, x[first], iters)


@accept("one-hot sums, stops when the labels stay")
def kmeans(x, k, iters, rng):
    if not 0 < k <= x.shape[0]:
        raise ValueError("k")
    centres, old = x[rng.permutation(len(x))[:k]], None
    for _ in range(iters):
        d = gaps(x, centres)
        labels = np.argmin(d, axis=1)
        if old is not None and (labels == old).all():
            break
        old = labels
        hot = (labels[:, None] == np.arange(k)).astype(x.dtype)
        count = hot.sum(0)
        centres = (hot.T @ x) / np.maximum(count, 1)[:, None]
        far = np.argsort(-d.min(1))
        for place, j in enumerate(np.flatnonzero(count == 0)):
            centres[j] = x[far[place]]
            old = None
    return centres, gaps(x, centres).argmin(1)


@accept("one row after the other")
def product_quantize(W, m, k, rng):
    n, d = W.shape
    if d % m != 0:
        raise ValueError("m")
    pieces = W.reshape(n, m, d // m)
    books, codes = np.empty((m, k, d // m), W.dtype), np.empty((n, m), np.int64)
    for j in range(m):
        books[j], codes[:, j] = kmeans(pieces[:, j], k, 50, rng)
    return books, codes


@accept("logarithm rounded up")
def compression_ratio(n_weights, k, dim=1, codebooks=1):
    before = 32 * n_weights
    return before / (n_weights * np.ceil(np.log2(k)).item() / dim + 32 * k * dim * codebooks)


@reject(
    "empty cluster becomes NaN",
    "The mean of no rows is NaN. A centre without rows moves to the row that is farthest from its own centre.",
)
def kmeans(x, k, iters, rng):
    checked(x, k)
    centres = chosen(x, k, rng)
    for _ in range(iters):
        labels = gaps(x, centres).argmin(1)
        centres = np.stack([x[labels == j].mean(0) for j in range(k)])
    return centres, gaps(x, centres).argmin(1)


@reject(
    "empty cluster stays where it is",
    "A centre without rows stays idle for ever. Move it to the row that is farthest from its own centre.",
)
def kmeans(x, k, iters, rng):
    checked(x, k)
    centres = chosen(x, k, rng)
    for _ in range(iters):
        labels = gaps(x, centres).argmin(1)
        centres = np.stack([x[labels == j].mean(0) if (labels == j).any() else centres[j] for j in range(k)])
    return centres, gaps(x, centres).argmin(1)


@reject(
    "empty cluster moves to any row",
    "You put an empty centre on a row drawn at random, where there may be others. Take the row that is worst served.",
)
def kmeans(x, k, iters, rng):
    checked(x, k)
    centres = chosen(x, k, rng)
    for _ in range(iters):
        labels = gaps(x, centres).argmin(1)
        centres = np.stack(
            [x[labels == j].mean(0) if (labels == j).any() else x[rng.integers(len(x))] for j in range(k)]
        )
    return centres, gaps(x, centres).argmin(1)


@reject(
    "all empty clusters on one row",
    "Two empty centres were put on the same row, where one of them is idle again. Give each a row of its own.",
)
def kmeans(x, k, iters, rng):
    checked(x, k)
    centres = chosen(x, k, rng)
    for _ in range(iters):
        d = gaps(x, centres)
        labels, worst = d.argmin(1), d.min(1).argmax()
        centres = np.stack([x[labels == j].mean(0) if (labels == j).any() else x[worst] for j in range(k)])
    return centres, gaps(x, centres).argmin(1)


@reject(
    "empty cluster moves to 0", "A centre without rows fell to the origin. Move it to the row that is worst served."
)
def kmeans(x, k, iters, rng):
    checked(x, k)
    centres = chosen(x, k, rng)
    for _ in range(iters):
        labels = gaps(x, centres).argmin(1)
        centres = np.stack([x[labels == j].sum(0) / max(1, (labels == j).sum()) for j in range(k)]).astype(x.dtype)
    return centres, gaps(x, centres).argmin(1)


@reject(
    "labels of the round before",
    "The centres moved once more after these labels were found. Find the nearest ones again.",
)
def kmeans(x, k, iters, rng):
    checked(x, k)
    return lloyd(x, chosen(x, k, rng), iters, final=False)


@reject("farthest centre", "argmax finds the FARTHEST centre of each row.")
def kmeans(x, k, iters, rng):
    checked(x, k)
    centres, _ = lloyd(x, chosen(x, k, rng), iters)
    return centres, gaps(x, centres).argmax(1)


@reject(
    "sums of absolute differences",
    "Your nearest centre has the smallest sum of ABSOLUTE differences. k-means takes the squared ones.",
)
def kmeans(x, k, iters, rng):
    checked(x, k)
    centres, _ = lloyd(x, chosen(x, k, rng), iters)
    return centres, np.abs(x[:, None] - centres[None]).sum(-1).argmin(1)


@reject("centres are never moved", "The centres are still where they started: move each to the mean of its rows.")
def kmeans(x, k, iters, rng):
    checked(x, k)
    centres = chosen(x, k, rng)
    return centres, gaps(x, centres).argmin(1)


@reject(
    "medians instead of means", "These are medians. The point with the smallest sum of SQUARED distances is the mean."
)
def kmeans(x, k, iters, rng):
    checked(x, k)
    centres = chosen(x, k, rng)
    for _ in range(iters):
        labels = gaps(x, centres).argmin(1)
        centres = np.stack(
            [
                np.median(x[labels == j], axis=0) if (labels == j).any() else x[gaps(x, centres).min(1).argmax()]
                for j in range(k)
            ]
        )
    return centres, gaps(x, centres).argmin(1)


@reject("a single round", "`iters` has no effect: you stop after one round.")
def kmeans(x, k, iters, rng):
    checked(x, k)
    return lloyd(x, chosen(x, k, rng), min(iters, 1))


@reject("a round too many", "With iters = 0 nothing moves: the start is what comes back.")
def kmeans(x, k, iters, rng):
    checked(x, k)
    return lloyd(x, chosen(x, k, rng), iters + 1)


@reject(
    "a new start in every round", "Every round begins from new random centres, so nothing is ever learned. Start once."
)
def kmeans(x, k, iters, rng):
    checked(x, k)
    centres = chosen(x, k, rng)
    for _ in range(iters):
        centres, _ = lloyd(x, chosen(x, k, rng), 1)
    return centres, gaps(x, centres).argmin(1)


@reject(
    "always the first rows",
    "Your start are the first k rows, whatever rng says: in sorted data they lie side by side. Draw them.",
)
def kmeans(x, k, iters, rng):
    checked(x, k)
    return lloyd(x, x[:k].copy(), iters)


@reject("start drawn with repeats", "Your start may hold the same row twice: draw without replacement.")
def kmeans(x, k, iters, rng):
    checked(x, k)
    first = rng.integers(0, max(1, len(x) // 4), k)
    return lloyd(x, x[first], iters)


@reject(
    "random points in space",
    "Your start lies anywhere in the range of the points. Take rows of x: no centre is born far from all.",
)
def kmeans(x, k, iters, rng):
    checked(x, k)
    return lloyd(x, rng.uniform(x.min(0), x.max(0), (k, x.shape[1])).astype(x.dtype), iters)


@reject("always float64", "float32 points came in and float64 centres went out. Keep the dtype of x.")
def kmeans(x, k, iters, rng):
    checked(x, k)
    return lloyd(x.astype(np.float64), chosen(x, k, rng).astype(np.float64), iters)


@reject("any number of centres", "More centres than points (or none) must raise ValueError.")
def kmeans(x, k, iters, rng):
    k = max(k, 1)
    return lloyd(x, x[rng.permutation(max(k, len(x)))[:k] % len(x)], iters)


@reject("even ruler instead of k-means", "These are evenly spaced values. k-means moves them to where the weights are.")
def quantize_codebook(w, k, rng):
    book = np.linspace(w.min(), w.max(), k).astype(w.dtype)
    return book, np.abs(w[..., None] - book).argmin(-1)


@reject(
    "codes as floats",
    "Codes are positions in the book: int64, not floats and not the values themselves. They cannot index, and they cost as much as the weights.",
)
def quantize_codebook(w, k, rng):
    centres, labels = kmeans(w.reshape(-1, 1), k, 50, rng)
    return centres[:, 0], labels.reshape(w.shape).astype(w.dtype)


@reject("codes flat", "The codes have lost the shape of w.")
def quantize_codebook(w, k, rng):
    centres, labels = kmeans(w.reshape(-1, 1), k, 50, rng)
    return centres[:, 0], labels


@reject("rows as points", "You grouped whole ROWS of w. Here every single number is a point: reshape(-1, 1).")
def quantize_codebook(w, k, rng):
    rows = w.reshape(len(w), -1)
    centres, labels = kmeans(rows, min(k, len(rows)), 50, rng)
    book = np.resize(centres.mean(1), k).astype(w.dtype)
    return book, np.broadcast_to(labels.reshape(-1, *[1] * (w.ndim - 1)), w.shape).copy()


@reject(
    "one code book for all pieces",
    "All pieces share one book here. Product quantisation has one for each place in the row, because each place has its own habits.",
)
def product_quantize(W, m, k, rng):
    if W.shape[1] % m:
        raise ValueError("m")
    pieces = W.reshape(len(W), m, -1)
    centres, labels = kmeans(pieces.reshape(-1, pieces.shape[2]), k, 50, rng)
    return np.repeat(centres[None], m, axis=0), labels.reshape(len(W), m)


@reject("pieces cut across", "Your pieces take every m-th column. A piece is d/m NEIGHBOURING columns.")
def product_quantize(W, m, k, rng):
    if W.shape[1] % m:
        raise ValueError("m")
    found = [kmeans(np.ascontiguousarray(W[:, j::m]), k, 50, rng) for j in range(m)]
    return np.stack([c for c, _ in found]), np.stack([codes for _, codes in found], axis=1)


@reject("codes transposed", "The codes come as (m, n). One row of codes for each row of W: stack them along axis 1.")
def product_quantize(W, m, k, rng):
    if W.shape[1] % m:
        raise ValueError("m")
    found = [kmeans(piece, k, 50, rng) for piece in np.split(W, m, axis=1)]
    return np.stack([c for c, _ in found]), np.stack([codes for _, codes in found])


@reject(
    "pieces that do not fit",
    "The last columns were dropped: a row that cannot be cut into m equal pieces is a ValueError.",
)
def product_quantize(W, m, k, rng):
    W = W[:, : W.shape[1] // m * m]
    found = [kmeans(piece, k, 50, rng) for piece in np.split(W, m, axis=1)]
    return np.stack([c for c, _ in found]), np.stack([codes for _, codes in found], axis=1)


@reject(
    "code book forgotten",
    "The code books are stored, too: 32 bits for each of their numbers. For small layers they dominate.",
)
def compression_ratio(n_weights, k, dim=1, codebooks=1):
    return 32 * n_weights / max(1, n_weights / dim * (k - 1).bit_length())


@reject("codes of 32 bits", "A code needs ⌈log2 k⌉ bits, not 32: that is the whole saving.")
def compression_ratio(n_weights, k, dim=1, codebooks=1):
    return 32 * n_weights / (n_weights / dim * 32 + codebooks * k * dim * 32)


@reject("fractions of bits", "Five values need 3 bits, not log2(5) = 2.32: round up.")
def compression_ratio(n_weights, k, dim=1, codebooks=1):
    return float(32 * n_weights / (n_weights / dim * np.log2(k) + codebooks * k * dim * 32))


@reject("a code for every weight", "One code stands for `dim` weights: divide their number by dim.")
def compression_ratio(n_weights, k, dim=1, codebooks=1):
    return 32 * n_weights / (n_weights * (k - 1).bit_length() + codebooks * k * dim * 32)


@reject("one code book counted", "Each of the `codebooks` books is stored.")
def compression_ratio(n_weights, k, dim=1, codebooks=1):
    return 32 * n_weights / (n_weights / dim * (k - 1).bit_length() + k * dim * 32)


@reject("entries of one number", "An entry of a book holds `dim` numbers, not one.")
def compression_ratio(n_weights, k, dim=1, codebooks=1):
    return 32 * n_weights / (n_weights / dim * (k - 1).bit_length() + codebooks * k * 32)


@reject("upside down", "You divided the new size by the old one. A ratio of 8 means eight times smaller.")
def compression_ratio(n_weights, k, dim=1, codebooks=1):
    return (n_weights / dim * (k - 1).bit_length() + codebooks * k * dim * 32) / (32 * n_weights)


waive("module: 50 → 51", "any number of rounds in which it settles will do")
waive("module: 50 → 49", "any number of rounds in which it settles will do")
waive(
    "kmeans: if not 1 <= k <= len(x): … → (dropped)",
    "rng.choice without replacement, and argmin of nothing, raise ValueError themselves",
)
waive(
    "kmeans: 1 <= k <= len(x) → 0 <= k <= len(x)",
    "rng.choice without replacement, and argmin of nothing, raise ValueError themselves",
)
waive(
    "kmeans: raise ValueError(f'{len(x)} points cannot have {k} centres') → (dropped)",
    "rng.choice without replacement, and argmin of nothing, raise ValueError themselves",
)
waive("kmeans: if np.array_equal(moved, centres): … → (dropped)", "stopping early saves time, no more")
waive("kmeans: np.array_equal(moved, centres) → np.array_equal(centres, moved)", "stopping early saves time, no more")
waive("kmeans: break → continue", "stopping early saves time, no more")
waive("quantize_codebook: w.reshape(-1, 1) → w.reshape(-2, 1)", "NumPy takes any negative size for the open one")
waive("quantize_codebook: centres[:, 0] → centres[:, -1]", "there is one column")
waive("product_quantize: if W.shape[1] % m: … → (dropped)", "np.split raises ValueError itself")
waive(
    "product_quantize: raise ValueError(f'rows of {W.shape[1]} cannot be cut into {m} equal pieces') → (dropped)",
    "np.split raises ValueError itself",
)
waive("compression_ratio: k - 1 → 1 - k", "the sign takes no part in bit_length")
waive("_nearest: x.mean(axis=0) → x.mean()", "any offset leaves the distances; it only saves digits")
waive("_nearest: x.mean(axis=0) → x.sum(axis=0)", "any offset leaves the distances; it only saves digits")
waive(
    "_means: np.argsort(-distances, kind='stable') → np.argsort(-distances)",
    "of two rows that are served equally badly either will do",
)
waive(
    "_means: np.argsort(-distances, kind='stable') → np.argsort(-distances, kind='stable_')",
    "NumPy looks at the first letter",
)
