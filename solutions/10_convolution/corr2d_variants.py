"""Other right ways to slide a window, and the mistakes people make."""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from tutor.checks import accept, reject


def fit(x, k):
    """Refuse a kernel that does not fit; give the size of the result."""
    if k.shape[0] > x.shape[0] or k.shape[1] > x.shape[1]:
        raise ValueError("the kernel does not fit")
    return x.shape[0] - k.shape[0] + 1, x.shape[1] - k.shape[1] + 1


@accept("loop over the places")
def corr2d(x, k):
    H_out, W_out = fit(x, k)
    out = np.empty((H_out, W_out), dtype=x.dtype)
    for r in range(H_out):
        for c in range(W_out):
            out[r, c] = np.sum(x[r : r + k.shape[0], c : c + k.shape[1]] * k)
    return out


@accept("windows as a view, one einsum")
def corr2d(x, k):
    return np.einsum("rcij,ij->rc", sliding_window_view(x, k.shape), k)


@accept("kernel turned with rot90")
def conv2d_true(x, k):
    return corr2d(x, np.rot90(k, 2))  # noqa: F821


@accept("picture turned, and the result turned back")
def conv2d_true(x, k):
    return corr2d(x[::-1, ::-1], k)[::-1, ::-1].copy()  # noqa: F821


@reject(
    "kernel flipped in corr2d",
    "These are the numbers with the kernel turned by 180 degrees. corr2d lays it down as it is; only conv2d_true turns it.",
)
def corr2d(x, k):
    H_out, W_out = fit(x, k)
    return np.einsum("rcij,ij->rc", sliding_window_view(x, k.shape), k[::-1, ::-1])


@reject("not flipped at all", "This is the plain cross-correlation. True convolution turns the kernel by 180 degrees.")
def conv2d_true(x, k):
    return corr2d(x, k)  # noqa: F821


@reject("rows flipped only", "You reversed the rows of the kernel. Turning by 180 degrees reverses rows AND columns.")
def conv2d_true(x, k):
    return corr2d(x, k[::-1])  # noqa: F821


@reject(
    "columns flipped only",
    "You reversed the columns of the kernel. Turning by 180 degrees reverses rows AND columns.",
)
def conv2d_true(x, k):
    return corr2d(x, k[:, ::-1])  # noqa: F821


@reject(
    "transposed instead of turned",
    "k.T mirrors the kernel on its diagonal (and swaps its sides). A turn by 180 degrees is k[::-1, ::-1].",
)
def conv2d_true(x, k):
    return corr2d(x, k.T)  # noqa: F821


@reject(
    "mirrored on the other diagonal",
    "k[::-1, ::-1].T mirrors on the second diagonal. Turn by 180 degrees without transposing: k[::-1, ::-1].",
)
def conv2d_true(x, k):
    return corr2d(x, k[::-1, ::-1].T)  # noqa: F821


@reject(
    "turned by 90 degrees",
    "np.rot90(k) is a quarter turn. You need a half turn: np.rot90(k, 2), or k[::-1, ::-1].",
)
def conv2d_true(x, k):
    return corr2d(x, np.rot90(k))  # noqa: F821


@reject(
    "picture turned instead of the kernel",
    "You turned the picture: the right numbers come out, but at the opposite ends. Turn the kernel.",
)
def conv2d_true(x, k):
    return corr2d(x[::-1, ::-1], k)  # noqa: F821


@reject(
    "padded to the size of the picture",
    "The result has the size of the picture: you padded with zeros. Here the window must fit completely.",
)
def corr2d(x, k):
    fit(x, k)
    kh, kw = k.shape
    padded = np.pad(x, (((kh - 1) // 2, kh // 2), ((kw - 1) // 2, kw // 2)))
    return np.einsum("rcij,ij->rc", sliding_window_view(padded, k.shape), k)


@reject(
    "one window too few",
    "The last row and column of windows is missing: a window of kh fits H - kh + 1 times, counting the first place.",
)
def corr2d(x, k):
    H_out, W_out = fit(x, k)
    return np.einsum("rcij,ij->rc", sliding_window_view(x, k.shape), k)[:-1, :-1].copy()


@reject(
    "kh and kw mixed up",
    "The output counts rows with kw or columns with kh. Height goes with kernel rows: (H - kh + 1, W - kw + 1).",
)
def corr2d(x, k):
    fit(x, k)
    (H, W), (kh, kw) = x.shape, k.shape
    out = np.zeros((H - kw + 1, W - kh + 1), dtype=x.dtype)
    for r in range(H - kw + 1):
        for c in range(W - kh + 1):
            window = x[r : r + kh, c : c + kw]
            out[r, c] = np.sum(window * k[: window.shape[0], : window.shape[1]])
    return out


@reject(
    "matrix product with the window",
    "`window @ k` mixes rows with columns. The window is multiplied entry by entry, `window * k`, and then summed.",
)
def corr2d(x, k):
    H_out, W_out = fit(x, k)
    out = np.zeros((H_out, W_out), dtype=x.dtype)
    for r in range(H_out):
        for c in range(W_out):
            out[r, c] = np.sum(x[r : r + k.shape[0], c : c + k.shape[1]] @ k.T)
    return out


@reject("mean instead of sum", "Your numbers are kh·kw times too small: add the products up, do not average them.")
def corr2d(x, k):
    H_out, W_out = fit(x, k)
    return np.einsum("rcij,ij->rc", sliding_window_view(x, k.shape), k) / k.dtype.type(k.size)


@reject(
    "always float64",
    "float32 came in, float64 went out: np.zeros makes float64 unless you give it dtype=x.dtype.",
)
def corr2d(x, k):
    H_out, W_out = fit(x, k)
    out = np.zeros((H_out, W_out))
    out[...] = np.einsum("rcij,ij->rc", sliding_window_view(x, k.shape), k)
    return out


@reject(
    "no check of the size",
    "A kernel that does not fit gave an answer. Compare kh with H and kw with W, and raise ValueError.",
)
def corr2d(x, k):
    (H, W), (kh, kw) = x.shape, k.shape
    out = np.zeros((max(0, H - kh + 1), max(0, W - kw + 1)), dtype=x.dtype)
    for r in range(out.shape[0]):
        for c in range(out.shape[1]):
            out[r, c] = np.sum(x[r : r + kh, c : c + kw] * k)
    return out


@reject(
    "height checked only",
    "A kernel wider than the picture went through. Compare both: kh with H and kw with W.",
)
def corr2d(x, k):
    (H, W), (kh, kw) = x.shape, k.shape
    if kh > H:
        raise ValueError("the kernel is too high")
    out = np.zeros((H - kh + 1, max(0, W - kw + 1)), dtype=x.dtype)
    for r in range(out.shape[0]):
        for c in range(out.shape[1]):
            out[r, c] = np.sum(x[r : r + kh, c : c + kw] * k)
    return out
