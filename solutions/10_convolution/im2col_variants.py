"""Other right ways to lay windows out, and the mistakes people make."""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import as_strided, sliding_window_view

from tutor.checks import accept, reject, waive
from tutor.mine import conv_out


def sizes(H, W, kh, kw, stride, padding, dilation):
    """Height and width of the output."""
    return conv_out(H, kh, stride, padding, dilation), conv_out(W, kw, stride, padding, dilation)


def pad(x, p):
    """A border of zeros."""
    return np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)))


def tap(i, j, H_out, W_out, stride, dilation):
    """What tap (i, j) meets."""
    top, left = i * dilation, j * dilation
    return np.s_[:, :, top : top + stride * H_out : stride, left : left + stride * W_out : stride]


def windows(x, kh, kw, stride, padding, dilation):
    """(N, C, H_out, W_out, kh, kw)."""
    sizes(*x.shape[2:], kh, kw, stride, padding, dilation)
    view = sliding_window_view(pad(x, padding), (dilation * (kh - 1) + 1, dilation * (kw - 1) + 1), axis=(2, 3))
    return view[:, :, ::stride, ::stride, ::dilation, ::dilation]


def gather(x, kh, kw, stride, padding, dilation):
    """Columns with six axes: (N, C, kh, kw, H_out, W_out)."""
    return np.ascontiguousarray(windows(x, kh, kw, stride, padding, dilation).transpose(0, 1, 4, 5, 2, 3))


def scatter(six, x_shape, kh, kw, stride, padding, dilation):
    """The padded picture, all taps added."""
    N, C, H, W = x_shape
    padded = np.zeros((N, C, H + 2 * padding, W + 2 * padding), dtype=six.dtype)
    for i in range(kh):
        for j in range(kw):
            padded[tap(i, j, *six.shape[4:], stride, dilation)] += six[:, :, i, j]
    return padded


def six_axes(cols, x_shape, kh, kw, stride, padding, dilation):
    """Columns with their axes apart."""
    H_out, W_out = sizes(*x_shape[2:], kh, kw, stride, padding, dilation)
    return cols.reshape(*x_shape[:2], kh, kw, H_out, W_out)


def crop(padded, p):
    """Without the border."""
    H, W = padded.shape[2:]
    return padded[:, :, p : H - p, p : W - p].copy()


@accept("sliding_window_view")
def im2col(x, kh, kw, stride=1, padding=0, dilation=1):
    six = gather(x, kh, kw, stride, padding, dilation)
    N, C, _, _, H_out, W_out = six.shape
    return six.reshape(N, C * kh * kw, H_out * W_out).copy()


@accept("index arrays")
def im2col(x, kh, kw, stride=1, padding=0, dilation=1):
    N, C, H, W = x.shape
    H_out, W_out = sizes(H, W, kh, kw, stride, padding, dilation)
    rows = (dilation * np.arange(kh))[:, None, None, None] + stride * np.arange(H_out)[:, None]
    columns = (dilation * np.arange(kw))[:, None, None] + stride * np.arange(W_out)
    return pad(x, padding)[:, :, rows, columns].reshape(N, C * kh * kw, H_out * W_out)


@accept("as_strided")
def im2col(x, kh, kw, stride=1, padding=0, dilation=1):
    N, C, H, W = x.shape
    H_out, W_out = sizes(H, W, kh, kw, stride, padding, dilation)
    padded = pad(x, padding)
    n, c, h, w = padded.strides
    steps = (n, c, dilation * h, dilation * w, stride * h, stride * w)
    view = as_strided(padded, (N, C, kh, kw, H_out, W_out), steps, writeable=False)
    return view.copy().reshape(N, C * kh * kw, H_out * W_out)


@accept("np.add.at over index arrays")
def col2im(cols, x_shape, kh, kw, stride=1, padding=0, dilation=1):
    N, C, H, W = x_shape
    six = six_axes(cols, x_shape, kh, kw, stride, padding, dilation)
    rows = (dilation * np.arange(kh))[:, None, None, None] + stride * np.arange(six.shape[4])[:, None]
    columns = (dilation * np.arange(kw))[:, None, None] + stride * np.arange(six.shape[5])
    padded = np.zeros((N, C, H + 2 * padding, W + 2 * padding), dtype=cols.dtype)
    np.add.at(padded, (slice(None), slice(None), rows, columns), six)
    return padded[:, :, padding : padding + H, padding : padding + W].copy()


@reject(
    "a view into the pictures",
    "Your columns share memory with x: writing into them would change the pictures. Return a copy.",
)
def im2col(x, kh, kw, stride=1, padding=0, dilation=1):
    six = windows(x, kh, kw, stride, padding, dilation).transpose(0, 1, 4, 5, 2, 3)
    if kh == kw == stride == 1 and padding == 0:
        return x.reshape(x.shape[0], x.shape[1], -1)
    N, C, _, _, H_out, W_out = six.shape
    return six.reshape(N, C * kh * kw, H_out * W_out)


@reject(
    "a row for each window",
    "Each of your rows is a window; here each COLUMN is one: (N, C·kh·kw, L), as the filters come from the left.",
)
def im2col(x, kh, kw, stride=1, padding=0, dilation=1):
    six = gather(x, kh, kw, stride, padding, dilation)
    N, C, _, _, H_out, W_out = six.shape
    return six.reshape(N, C * kh * kw, H_out * W_out).transpose(0, 2, 1).copy()


@reject(
    "reshaped without moving the axes",
    "The numbers are all there, in the wrong order: reshape does not move axes. Bring them to (N, C, kh, kw, H_out, W_out) "
    "first.",
)
def im2col(x, kh, kw, stride=1, padding=0, dilation=1):
    view = windows(x, kh, kw, stride, padding, dilation)  # (N, C, H_out, W_out, kh, kw)
    N, C, H_out, W_out = view.shape[:4]
    return view.reshape(N, C * kh * kw, H_out * W_out).copy()


@reject(
    "channels last in each column",
    "Your rows run over the taps first and over the channels last. The order is channel, row of the window, column.",
)
def im2col(x, kh, kw, stride=1, padding=0, dilation=1):
    six = gather(x, kh, kw, stride, padding, dilation)
    N, C, _, _, H_out, W_out = six.shape
    return six.transpose(0, 2, 3, 1, 4, 5).reshape(N, C * kh * kw, H_out * W_out).copy()


@reject(
    "taps transposed",
    "Rows and columns of the window are swapped in your order: tap (i, j) stands in row (c·kh + i)·kw + j.",
)
def im2col(x, kh, kw, stride=1, padding=0, dilation=1):
    six = gather(x, kh, kw, stride, padding, dilation)
    N, C, _, _, H_out, W_out = six.shape
    return six.transpose(0, 1, 3, 2, 4, 5).reshape(N, C * kh * kw, H_out * W_out).copy()


@reject(
    "windows column by column",
    "Your windows run down the picture first. The order is row-major: window (r, q) is column r·W_out + q.",
)
def im2col(x, kh, kw, stride=1, padding=0, dilation=1):
    six = gather(x, kh, kw, stride, padding, dilation)
    N, C, _, _, H_out, W_out = six.shape
    return six.transpose(0, 1, 2, 3, 5, 4).reshape(N, C * kh * kw, H_out * W_out).copy()


@reject("padding at the end only", "The border goes round: p zeros above AND below, left AND right.")
def im2col(x, kh, kw, stride=1, padding=0, dilation=1):
    padded = np.pad(x, ((0, 0), (0, 0), (0, 2 * padding), (0, 2 * padding)))
    six = gather(padded, kh, kw, stride, 0, dilation)
    N, C, _, _, H_out, W_out = six.shape
    return six.reshape(N, C * kh * kw, H_out * W_out).copy()


@reject("edge repeated instead of zeros", "The border holds zeros here, not copies of the nearest pixel.")
def im2col(x, kh, kw, stride=1, padding=0, dilation=1):
    padded = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)), mode="edge") if x.size else x
    six = gather(padded, kh, kw, stride, 0, dilation)
    N, C, _, _, H_out, W_out = six.shape
    return six.reshape(N, C * kh * kw, H_out * W_out).copy()


@reject(
    "stride over the pixels",
    "You thinned the picture out before cutting windows. The stride skips windows; inside a window all pixels stay.",
)
def im2col(x, kh, kw, stride=1, padding=0, dilation=1):
    H_out, W_out = sizes(*x.shape[2:], kh, kw, stride, padding, dilation)
    thin = np.pad(pad(x, padding)[:, :, ::stride, ::stride], ((0, 0), (0, 0), (0, 50), (0, 50)))
    six = gather(thin, kh, kw, 1, 0, dilation)[..., :H_out, :W_out]
    return six.reshape(x.shape[0], x.shape[1] * kh * kw, H_out * W_out).copy()


@reject("dilation ignored", "With dilation d the taps of a window lie d pixels apart.")
def im2col(x, kh, kw, stride=1, padding=0, dilation=1):
    H_out, W_out = sizes(*x.shape[2:], kh, kw, stride, padding, dilation)
    six = gather(x, kh, kw, stride, padding, 1)[..., :H_out, :W_out]
    return six.reshape(x.shape[0], x.shape[1] * kh * kw, H_out * W_out).copy()


@reject(
    "always float64", "float32 came in, float64 went out: np.zeros and np.empty make float64 unless told otherwise."
)
def im2col(x, kh, kw, stride=1, padding=0, dilation=1):
    six = gather(x, kh, kw, stride, padding, dilation).astype(np.float64)
    N, C, _, _, H_out, W_out = six.shape
    return six.reshape(N, C * kh * kw, H_out * W_out)


@reject(
    "loops over the windows",
    "Right values, but a Python loop over the windows. Loop over the kh·kw taps: each is one slice for all windows.",
)
def im2col(x, kh, kw, stride=1, padding=0, dilation=1):
    N, C, H, W = x.shape
    H_out, W_out = sizes(H, W, kh, kw, stride, padding, dilation)
    padded = pad(x, padding)
    cols = np.empty((N, C * kh * kw, H_out * W_out), dtype=x.dtype)
    for n in range(N):
        for r in range(H_out):
            for q in range(W_out):
                top, left = r * stride, q * stride
                ends = top + dilation * (kh - 1) + 1, left + dilation * (kw - 1) + 1
                window = padded[n, :, top : ends[0] : dilation, left : ends[1] : dilation]
                cols[n, :, r * W_out + q] = window.reshape(-1)
    return cols


@reject(
    "assigns instead of adding",
    "A pixel lies in several windows, and each brings something back; you kept one. Add, tap by tap: `=` does not, and "
    "`+=` with index arrays counts a repeated pixel once.",
)
def col2im(cols, x_shape, kh, kw, stride=1, padding=0, dilation=1):
    six = six_axes(cols, x_shape, kh, kw, stride, padding, dilation)
    padded = np.zeros((*x_shape[:2], x_shape[2] + 2 * padding, x_shape[3] + 2 * padding), dtype=cols.dtype)
    for i in range(kh):
        for j in range(kw):
            padded[tap(i, j, *six.shape[4:], stride, dilation)] = six[:, :, i, j]
    return crop(padded, padding)


@reject(
    "average of the windows",
    "You divided by the number of windows of each pixel: that inverts im2col. The adjoint adds, it does not average.",
)
def col2im(cols, x_shape, kh, kw, stride=1, padding=0, dilation=1):
    six = six_axes(cols, x_shape, kh, kw, stride, padding, dilation)
    total = scatter(six, x_shape, kh, kw, stride, padding, dilation)
    count = scatter(np.ones_like(six), x_shape, kh, kw, stride, padding, dilation)
    return crop(total / np.maximum(count, 1), padding)


@reject("border not cut off", "The padding is still there: cut p rows and columns off on every side.")
def col2im(cols, x_shape, kh, kw, stride=1, padding=0, dilation=1):
    six = six_axes(cols, x_shape, kh, kw, stride, padding, dilation)
    return scatter(six, x_shape, kh, kw, stride, padding, dilation)


@reject(
    "border cut off at one end", "You kept the first H rows and W columns. The border lies on both sides: start at p."
)
def col2im(cols, x_shape, kh, kw, stride=1, padding=0, dilation=1):
    six = six_axes(cols, x_shape, kh, kw, stride, padding, dilation)
    padded = scatter(six, x_shape, kh, kw, stride, padding, dilation)
    return padded[:, :, : x_shape[2], : x_shape[3]].copy()


@reject(
    "cut off with -padding",
    "`[p:-p]` is empty when p is 0. Count from the front: [p : p + H].",
)
def col2im(cols, x_shape, kh, kw, stride=1, padding=0, dilation=1):
    six = six_axes(cols, x_shape, kh, kw, stride, padding, dilation)
    padded = scatter(six, x_shape, kh, kw, stride, padding, dilation)
    return padded[:, :, padding:-padding, padding:-padding].copy()


@reject("stride ignored on the way back", "Window (r, q) lies at row r·s and column q·s of the padded picture.")
def col2im(cols, x_shape, kh, kw, stride=1, padding=0, dilation=1):
    six = six_axes(cols, x_shape, kh, kw, stride, padding, dilation)
    return crop(scatter(six, x_shape, kh, kw, 1, padding, dilation), padding)


@reject("dilation ignored on the way back", "Tap (i, j) lies i·d rows and j·d columns from the corner of its window.")
def col2im(cols, x_shape, kh, kw, stride=1, padding=0, dilation=1):
    six = six_axes(cols, x_shape, kh, kw, stride, padding, dilation)
    return crop(scatter(six, x_shape, kh, kw, stride, padding, 1), padding)


@reject(
    "axes of the columns mixed up",
    "Your reshape takes the windows apart in another order than im2col put them together: (N, C, kh, kw, H_out, W_out).",
)
def col2im(cols, x_shape, kh, kw, stride=1, padding=0, dilation=1):
    H_out, W_out = sizes(*x_shape[2:], kh, kw, stride, padding, dilation)
    six = cols.reshape(*x_shape[:2], H_out, W_out, kh, kw).transpose(0, 1, 4, 5, 2, 3)
    return crop(scatter(six, x_shape, kh, kw, stride, padding, dilation), padding)


@reject(
    "col2im always float64",
    "The columns were float32, the pictures came out as float64: np.zeros(…, dtype=cols.dtype).",
)
def col2im(cols, x_shape, kh, kw, stride=1, padding=0, dilation=1):
    six = six_axes(cols, x_shape, kh, kw, stride, padding, dilation).astype(np.float64)
    return crop(scatter(six, x_shape, kh, kw, stride, padding, dilation), padding)


waive("col2im: 2 * padding → 3 * padding", "more room than needed at the end, which is cut off with the border")
waive("col2im: 2 * padding → 3 * padding #2", "more room than needed at the end, which is cut off with the border")
