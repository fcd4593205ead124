"""Other right ways to pool, and the mistakes people make."""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from tutor.checks import accept, reject, waive
from tutor.mine import conv_out


def fit(x, k, stride, padding):
    """Refuse what does not fit; give the stride and the size of the output."""
    if padding > k // 2:
        raise ValueError("too much padding")
    stride = k if stride is None else stride
    return stride, conv_out(x.shape[2], k, stride, padding), conv_out(x.shape[3], k, stride, padding)


def border(x, padding, value):
    """A frame around each plane."""
    return np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)), constant_values=value)


def windows(x, k, stride, padding, value=-np.inf):
    """(N, C, H_out, W_out, k·k): values of each window in row-major order."""
    view = sliding_window_view(border(x, padding, value), (k, k), axis=(2, 3))[:, :, ::stride, ::stride]
    return view.reshape(*view.shape[:4], k * k)


def places(x, k, stride, padding):
    """(H_out, W_out, k·k): where these lie in the plane, -1 in the border."""
    H, W = x.shape[2:]
    return windows(np.arange(H * W).reshape(1, 1, H, W), k, stride, padding, -1)[0, 0]


def best(x, k, stride, padding):
    """The right answer."""
    stride, H_out, W_out = fit(x, k, stride, padding)
    values, at = windows(x, k, stride, padding), places(x, k, stride, padding)
    values, at = values[:, :, :H_out, :W_out], np.broadcast_to(at[:H_out, :W_out], values[:, :, :H_out, :W_out].shape)
    order = np.argsort(at < 0, axis=-1, kind="stable")  # the border goes behind all real pixels
    values, at = np.take_along_axis(values, order, -1), np.take_along_axis(at, order, -1)
    first = values.argmax(axis=-1)[..., None]
    return np.take_along_axis(values, first, -1)[..., 0], np.take_along_axis(at, first, -1)[..., 0]


@accept("argmax over all windows, the border sorted to the end")
def maxpool2d(x, k, stride=None, padding=0):
    return best(x, k, stride, padding)


@accept("loop over the windows")
def maxpool2d(x, k, stride=None, padding=0):
    stride, H_out, W_out = fit(x, k, stride, padding)
    N, C, H, W = x.shape
    y = np.empty((N, C, H_out, W_out), dtype=x.dtype)
    idx = np.empty((N, C, H_out, W_out), dtype=np.int64)
    for r in range(H_out):
        top, bottom = max(0, r * stride - padding), r * stride - padding + k
        for q in range(W_out):
            left, right = max(0, q * stride - padding), q * stride - padding + k
            window = x[:, :, top:bottom, left:right]  # the slice ends where the plane ends
            flat = window.reshape(N, C, window.shape[2] * window.shape[3])
            winner = flat.argmax(axis=2)
            y[:, :, r, q] = flat.max(axis=2)
            idx[:, :, r, q] = (top + winner // window.shape[3]) * W + left + winner % window.shape[3]
    return y, idx


@accept("bincount")
def maxpool2d_backward(dout, idx, x_shape):
    N, C, H, W = x_shape
    flat = idx.reshape(N * C, -1) + (np.arange(N * C) * H * W)[:, None] if idx.size else np.zeros(0, dtype=int)
    total = np.bincount(flat.ravel(), weights=dout.ravel(), minlength=N * C * H * W)
    return total.reshape(x_shape).astype(dout.dtype)


@accept("add.at with four index arrays")
def maxpool2d_backward(dout, idx, x_shape):
    dx = np.zeros(x_shape, dtype=dout.dtype)
    n, c = np.arange(x_shape[0])[:, None, None, None], np.arange(x_shape[1])[:, None, None]
    np.add.at(dx, (n, c, idx // x_shape[3], idx % x_shape[3]), dout)
    return dx


@reject(
    "border of zeros",
    "The border won with its zeros: all pixels of some window were negative. Pad with -inf, so that it can never win.",
)
def maxpool2d(x, k, stride=None, padding=0):
    stride, H_out, W_out = fit(x, k, stride, padding)
    values, at = windows(x, k, stride, padding, 0), places(x, k, stride, padding)
    values = values[:, :, :H_out, :W_out]
    at = np.broadcast_to(at[:H_out, :W_out], values.shape)
    first = values.argmax(axis=-1)[..., None]
    return np.take_along_axis(values, first, -1)[..., 0], np.take_along_axis(at, first, -1)[..., 0]


@reject(
    "border of the smallest finite number",
    "np.finfo(…).min is not small enough: it wins against -inf. Pad with -inf, and let real pixels win even then.",
)
def maxpool2d(x, k, stride=None, padding=0):
    stride, H_out, W_out = fit(x, k, stride, padding)
    values, at = windows(x, k, stride, padding, np.finfo(x.dtype).min), places(x, k, stride, padding)
    values = values[:, :, :H_out, :W_out]
    at = np.broadcast_to(at[:H_out, :W_out], values.shape)
    first = values.argmax(axis=-1)[..., None]
    return np.take_along_axis(values, first, -1)[..., 0], np.take_along_axis(at, first, -1)[..., 0]


@reject(
    "border wins against -inf",
    "Where a window holds nothing but -inf, a place in the border came out. Prefer real pixels: the first of them wins.",
)
def maxpool2d(x, k, stride=None, padding=0):
    stride, H_out, W_out = fit(x, k, stride, padding)
    values, at = windows(x, k, stride, padding)[:, :, :H_out, :W_out], places(x, k, stride, padding)
    at = np.broadcast_to(at[:H_out, :W_out], values.shape)
    first = values.argmax(axis=-1)[..., None]
    return np.take_along_axis(values, first, -1)[..., 0], np.take_along_axis(at, first, -1)[..., 0]


@reject(
    "the last of several maxima", "With several maxima in a window the FIRST one wins: compare with >, not with >=."
)
def maxpool2d(x, k, stride=None, padding=0):
    y, _ = best(x, k, stride, padding)
    stride, H_out, W_out = fit(x, k, stride, padding)
    values, at = windows(x, k, stride, padding)[:, :, :H_out, :W_out], places(x, k, stride, padding)[:H_out, :W_out]
    with np.errstate(invalid="ignore"):
        hit = (values == y[..., None]) & (at >= 0)
    return y, np.where(hit, at, -1).max(axis=-1).astype(np.int64)


@reject(
    "first column by column",
    "Of several maxima the first one in ROW-major order wins: the topmost row first, and in it the leftmost.",
)
def maxpool2d(x, k, stride=None, padding=0):
    y, idx = best(x.swapaxes(2, 3), k, stride, padding)
    rows, columns = idx % x.shape[2], idx // x.shape[2]
    return y.swapaxes(2, 3).copy(), (rows * x.shape[3] + columns).swapaxes(2, 3).copy()


@reject(
    "places within the window",
    "Your places count inside the window. Backwards you need the place in the plane: row · W + column.",
)
def maxpool2d(x, k, stride=None, padding=0):
    y, _ = best(x, k, stride, padding)
    stride, H_out, W_out = fit(x, k, stride, padding)
    values = windows(x, k, stride, padding)[:, :, :H_out, :W_out]
    return y, values.argmax(axis=-1)


@reject(
    "places in the padded plane",
    "Your places count the border, too. They belong to the plane of x: subtract p from row and column, and multiply by W.",
)
def maxpool2d(x, k, stride=None, padding=0):
    y, idx = best(x, k, stride, padding)
    W = x.shape[3]
    return y, (idx // W + padding) * (W + 2 * padding) + idx % W + padding


@reject("places with the height", "Row u, column v is u·W + v: a row has W pixels, not H.")
def maxpool2d(x, k, stride=None, padding=0):
    y, idx = best(x, k, stride, padding)
    H, W = x.shape[2:]
    return y, (idx // W) * H + idx % W


@reject(
    "places over all planes",
    "Your places count through the whole array. They start at 0 in every plane: only row · W + column.",
)
def maxpool2d(x, k, stride=None, padding=0):
    y, idx = best(x, k, stride, padding)
    N, C, H, W = x.shape
    return y, idx + (np.arange(N * C) * H * W).reshape(N, C, 1, 1)


@reject("size rounded up", "The incomplete window at the end is dropped: round the size down.")
def maxpool2d(x, k, stride=None, padding=0):
    step, _, _ = fit(x, k, stride, padding)
    extra = [-(n + 2 * padding - k) % step for n in x.shape[2:]]
    more = np.pad(x, ((0, 0), (0, 0), (0, extra[0]), (0, extra[1])), constant_values=-np.inf)
    y, idx = best(more, k, stride, padding)
    return y, idx // more.shape[3] * x.shape[3] + idx % more.shape[3]


@reject("stride ignored", "You always step by k. The windows may overlap: AlexNet steps by 2 with windows of 3.")
def maxpool2d(x, k, stride=None, padding=0):
    fit(x, k, stride, padding)
    return best(x, k, k, padding)


@reject("stride of 1 by default", "Without a stride the windows lie side by side: None means k, not 1.")
def maxpool2d(x, k, stride=None, padding=0):
    return best(x, k, 1 if stride is None else stride, padding)


@reject("padding ignored", "The padding changes nothing in your result.")
def maxpool2d(x, k, stride=None, padding=0):
    fit(x, k, stride, padding)
    return best(x, k, stride, 0)


@reject("mean instead of maximum", "This is the mean of each window, so this is average pooling.")
def maxpool2d(x, k, stride=None, padding=0):
    y, idx = best(x, k, stride, padding)
    step, H_out, W_out = fit(x, k, stride, padding)
    return windows(x, k, step, padding, 0)[:, :, :H_out, :W_out].mean(axis=-1).astype(x.dtype), idx


@reject("padding not limited", "More padding than half a window would give windows of border only: raise ValueError.")
def maxpool2d(x, k, stride=None, padding=0):
    if padding > k // 2:
        step = k if stride is None else stride
        H_out, W_out = conv_out(x.shape[2], k, step, padding), conv_out(x.shape[3], k, step, padding)
        y = windows(x, k, step, padding)[:, :, :H_out, :W_out].max(axis=-1)
        return y, np.zeros(y.shape, dtype=np.int64)
    return best(x, k, stride, padding)


@reject("NaN skipped", "A NaN was skipped. It should show in the maximum, so that the mistake upstream is seen.")
def maxpool2d(x, k, stride=None, padding=0):
    return best(np.where(np.isnan(x), -np.inf, x).astype(x.dtype), k, stride, padding)


@reject("places as int32", "The places are int64, as in PyTorch; yours are int32.")
def maxpool2d(x, k, stride=None, padding=0):
    y, idx = best(x, k, stride, padding)
    return y, idx.astype(np.int32)


@reject("maxima always float64", "float32 came in, float64 went out: keep the dtype of x.")
def maxpool2d(x, k, stride=None, padding=0):
    y, idx = best(x, k, stride, padding)
    return y.astype(np.float64), idx


@reject(
    "repeated winners counted once",
    "A pixel that won several windows kept one gradient only: indexing with repeated places does not add. Use np.add.at.",
)
def maxpool2d_backward(dout, idx, x_shape):
    N, C, H, W = x_shape
    dx = np.zeros((N * C, H * W), dtype=dout.dtype)
    dx[np.arange(N * C)[:, None], idx.reshape(N * C, idx.shape[2] * idx.shape[3])] = dout.reshape(N * C, -1)
    return dx.reshape(x_shape)


@reject(
    "all planes into the first",
    "The gradients of all planes ended up in the first one: places start at 0 in EVERY plane, so index the plane, too.",
)
def maxpool2d_backward(dout, idx, x_shape):
    dx = np.zeros(x_shape, dtype=dout.dtype)
    np.add.at(dx.reshape(-1), idx.ravel(), dout.ravel())
    return dx


@reject("columns first", "Place u·W + v is row place // W and column place % W; you divided by H.")
def maxpool2d_backward(dout, idx, x_shape):
    N, C, H, W = x_shape
    dx = np.zeros(x_shape, dtype=dout.dtype)
    n, c = np.arange(N)[:, None, None, None], np.arange(C)[:, None, None]
    np.add.at(dx, (n, c, np.minimum(idx // H, H - 1), np.minimum(idx % H, W - 1)), dout)
    return dx


@reject("backward always float64", "dout was float32, dx came out as float64: np.zeros(…, dtype=dout.dtype).")
def maxpool2d_backward(dout, idx, x_shape):
    N, C, H, W = x_shape
    dx = np.zeros((N * C, H * W))
    np.add.at(dx, (np.arange(N * C)[:, None], idx.reshape(N * C, -1)), dout.reshape(N * C, -1)) if idx.size else None
    return dx.reshape(x_shape)


@reject(
    "gradient shared by the plane",
    "You spread the gradients out. Max pooling sends all of it to the winner; only average pooling shares.",
)
def maxpool2d_backward(dout, idx, x_shape):
    share = dout.sum(axis=(2, 3), keepdims=True) / dout.dtype.type(x_shape[2] * x_shape[3])
    return np.broadcast_to(share, x_shape).astype(dout.dtype).copy()


waive(
    "maxpool2d: np.pad(np.arange(H * W).reshape(H, W), (border, border), constant_values=-1) → "
    "np.pad(np.arange(H * W).reshape(H, W), (border, border), constant_values=-2)",
    "any negative place marks the border",
)
waive(
    "maxpool2d: np.full((N, C, H_out, W_out), -np.inf, dtype=x.dtype) → "
    "np.full((N, C, H_out, W_out), np.inf, dtype=x.dtype)",
    "the first real pixel of a window wins, whatever y held before",
)
waive(
    "maxpool2d: np.full((N, C, H_out, W_out), -1, dtype=np.int64) → np.full((N, C, H_out, W_out), -1)",
    "whole numbers are int64 by default",
)
waive(
    "maxpool2d: np.full((N, C, H_out, W_out), -1, dtype=np.int64) → np.full((N, C, H_out, W_out), -2, dtype=np.int64)",
    "any negative place says that nothing was seen yet",
)
