"""Other right convolution layers, and the mistakes people make."""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from tutor.checks import accept, reject, waive
from tutor.mine import conv_out, im2col


def fit(x, w, stride, padding, dilation):
    """Refuse what does not fit; give the size of the output."""
    if x.shape[1] != w.shape[1]:
        raise ValueError("channels do not fit")
    sides = ((x.shape[2], w.shape[2]), (x.shape[3], w.shape[3]))
    return tuple(conv_out(n, k, stride, padding, dilation) for n, k in sides)


def biased(out, b):
    """One bias a filter."""
    return out if b is None else out + b[:, None, None]


def product(x, w, stride=1, padding=0, dilation=1):
    """The layer without its bias."""
    size = fit(x, w, stride, padding, dilation)
    cols = im2col(x, w.shape[2], w.shape[3], stride, padding, dilation)
    return (w.reshape(len(w), -1) @ cols).reshape(len(x), len(w), *size)


def windows(x, w, stride, padding, dilation):
    """(N, C, H_out, W_out, kh, kw)."""
    fit(x, w, stride, padding, dilation)
    reach = tuple(dilation * (k - 1) + 1 for k in w.shape[2:])
    padded = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    view = sliding_window_view(padded, reach, axis=(2, 3))
    return view[:, :, ::stride, ::stride, ::dilation, ::dilation]


@accept("windows as a view, tensordot")
def conv2d(x, w, b=None, stride=1, padding=0, dilation=1):
    view = windows(x, w, stride, padding, dilation)
    out = np.tensordot(view, w, axes=((1, 4, 5), (1, 2, 3)))  # (N, H_out, W_out, C_out)
    return biased(np.ascontiguousarray(out.transpose(0, 3, 1, 2)), b)


@accept("one tap at a time, nothing imported")
def conv2d(x, w, b=None, stride=1, padding=0, dilation=1):
    H_out, W_out = fit(x, w, stride, padding, dilation)
    padded = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    out = np.zeros((len(x), len(w), H_out, W_out), dtype=x.dtype)
    for i in range(w.shape[2]):
        for j in range(w.shape[3]):
            top, left = i * dilation, j * dilation
            part = padded[:, :, top : top + stride * H_out : stride, left : left + stride * W_out : stride]
            out += np.einsum("nchw,oc->nohw", part, w[:, :, i, j])
    return biased(out, b)


@accept("all pictures in one matrix")
def conv2d(x, w, b=None, stride=1, padding=0, dilation=1):
    H_out, W_out = fit(x, w, stride, padding, dilation)
    cols = im2col(x, w.shape[2], w.shape[3], stride, padding, dilation)
    K = cols.shape[1]
    flat = cols.transpose(1, 0, 2).reshape(K, len(x) * H_out * W_out)
    out = w.reshape(len(w), K) @ flat
    out = out.reshape(len(w), len(x), H_out, W_out).transpose(1, 0, 2, 3)
    return np.ascontiguousarray(biased(out, b))


@reject(
    "one kernel for all channels",
    "You used the first kernel of a filter for every input channel. Each channel has a kernel of its own: w[o, c].",
)
def conv2d(x, w, b=None, stride=1, padding=0, dilation=1):
    fit(x, w, stride, padding, dilation)
    return biased(product(x, np.repeat(w[:, :1], w.shape[1], 1), stride, padding, dilation), b)


@reject("channels averaged", "The channels are added, not averaged: their kernels are the weights.")
def conv2d(x, w, b=None, stride=1, padding=0, dilation=1):
    out = product(x, w, stride, padding, dilation) / x.dtype.type(x.shape[1])
    return biased(out, b)


@reject("only the first channel", "Only the first input channel was read. A filter adds up all of them.")
def conv2d(x, w, b=None, stride=1, padding=0, dilation=1):
    fit(x, w, stride, padding, dilation)
    return biased(product(x[:, :1], w[:, :1], stride, padding, dilation), b)


@reject(
    "kernel turned", "These are the numbers with the kernels turned by 180 degrees. Deep learning does not turn them."
)
def conv2d(x, w, b=None, stride=1, padding=0, dilation=1):
    return biased(product(x, w[:, :, ::-1, ::-1], stride, padding, dilation), b)


@reject("kernel transposed", "Rows and columns of the kernels are swapped: w is (C_out, C_in, kh, kw).")
def conv2d(x, w, b=None, stride=1, padding=0, dilation=1):
    fit(x, w, stride, padding, dilation)
    cols = im2col(x, w.shape[2], w.shape[3], stride, padding, dilation)
    out = w.swapaxes(2, 3).reshape(len(w), -1) @ cols
    return biased(out.reshape(len(x), len(w), *fit(x, w, stride, padding, dilation)), b)


@reject("bias once a channel", "Your bias counts C_in times: a filter adds it once, after the channels were added up.")
def conv2d(x, w, b=None, stride=1, padding=0, dilation=1):
    out = product(x, w, stride, padding, dilation)
    return out if b is None else biased(out, b * x.dtype.type(x.shape[1]))


@reject("bias along the width", "The bias was added along the last axis. It belongs to the filters: b[:, None, None].")
def conv2d(x, w, b=None, stride=1, padding=0, dilation=1):
    out = product(x, w, stride, padding, dilation)
    return out if b is None else out + b


@reject("bias forgotten", "The bias is missing: add b[o] to every pixel of output channel o.")
def conv2d(x, w, b=None, stride=1, padding=0, dilation=1):
    return product(x, w, stride, padding, dilation)


@reject("bias required", "Called without a bias it fails: b may be None.")
def conv2d(x, w, b=None, stride=1, padding=0, dilation=1):
    return product(x, w, stride, padding, dilation) + b[:, None, None]


@reject("padding on one side", "You padded at the end only. The border goes round: above and below, left and right.")
def conv2d(x, w, b=None, stride=1, padding=0, dilation=1):
    fit(x, w, stride, padding, dilation)
    padded = np.pad(x, ((0, 0), (0, 0), (0, 2 * padding), (0, 2 * padding)))
    return biased(product(padded, w, stride, 0, dilation), b)


@reject("height padded only", "The border goes round: pad the width, too.")
def conv2d(x, w, b=None, stride=1, padding=0, dilation=1):
    fit(x, w, stride, padding, dilation)
    padded = np.pad(x, ((0, 0), (0, 0), (padding, padding), (0, 0)))
    return biased(product(padded, w, stride, 0, dilation), b)


@reject(
    "stride over the pixels", "You thinned out the picture first. The stride skips windows, not the pixels in them."
)
def conv2d(x, w, b=None, stride=1, padding=0, dilation=1):
    H_out, W_out = fit(x, w, stride, padding, dilation)
    padded = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))[:, :, ::stride, ::stride]
    padded = np.pad(padded, ((0, 0), (0, 0), (0, 50), (0, 50)))
    return biased(product(padded, w, 1, 0, dilation)[:, :, :H_out, :W_out].copy(), b)


@reject("stride ignored", "With a stride of s only every s-th window counts, in both directions.")
def conv2d(x, w, b=None, stride=1, padding=0, dilation=1):
    return biased(product(x, w, 1, padding, dilation), b)


@reject("padding ignored", "The padding changes nothing in your result: pass it on to im2col.")
def conv2d(x, w, b=None, stride=1, padding=0, dilation=1):
    return biased(product(x, w, stride, 0, dilation), b)


@reject("dilation ignored", "The dilation changes nothing in your result: pass it on to im2col and to conv_out.")
def conv2d(x, w, b=None, stride=1, padding=0, dilation=1):
    return biased(product(x, w, stride, padding, 1), b)


@reject(
    "height and width swapped",
    "The columns were folded to (W_out, H_out): for a picture that is not square the rows run into each other.",
)
def conv2d(x, w, b=None, stride=1, padding=0, dilation=1):
    H_out, W_out = fit(x, w, stride, padding, dilation)
    return biased(product(x, w, stride, padding, dilation).reshape(len(x), len(w), W_out, H_out), b)


@reject(
    "pictures and filters mixed up",
    "The result is right up to a reshape of (C_out, N, …) to (N, C_out, …): reshape does not move axes, transpose does.",
)
def conv2d(x, w, b=None, stride=1, padding=0, dilation=1):
    out = product(x, w, stride, padding, dilation)
    return biased(np.ascontiguousarray(out.transpose(1, 0, 2, 3)).reshape(out.shape), b)


@reject("channels last", "The result is (N, H_out, W_out, C_out). Channels stand in axis 1: (N, C_out, H_out, W_out).")
def conv2d(x, w, b=None, stride=1, padding=0, dilation=1):
    return np.ascontiguousarray(biased(product(x, w, stride, padding, dilation), b).transpose(0, 2, 3, 1))


@reject(
    "channels not compared",
    "Filters for another number of channels went through: broadcasting or a reshape hid it. Compare x.shape[1] with "
    "w.shape[1] and raise ValueError.",
)
def conv2d(x, w, b=None, stride=1, padding=0, dilation=1):
    if x.shape[1] != w.shape[1]:
        w = np.resize(w, (w.shape[0], x.shape[1], *w.shape[2:]))
    return biased(product(x, w, stride, padding, dilation), b)


@reject("always float64", "float32 came in, float64 went out: keep the dtype of x.")
def conv2d(x, w, b=None, stride=1, padding=0, dilation=1):
    return biased(product(x, w, stride, padding, dilation), b).astype(np.float64)


@reject(
    "loops over the pixels",
    "Right values, but a Python loop over the output pixels: a LeNet would take minutes. Use im2col and one product.",
)
def conv2d(x, w, b=None, stride=1, padding=0, dilation=1):
    view = windows(x, w, stride, padding, dilation)
    N, _, H_out, W_out = view.shape[:4]
    out = np.empty((N, len(w), H_out, W_out), dtype=x.dtype)
    for n in range(N):
        for r in range(H_out):
            for q in range(W_out):
                out[n, :, r, q] = (w * view[n, :, r, q]).sum(axis=(1, 2, 3))
    return biased(out, b)


waive("conv2d: if depth != C_in: … → (dropped)", "the reshape of the filters then raises ValueError, in worse words")
waive(
    "conv2d: raise ValueError(f'filters for {depth} channels cannot read an image of {C_in}') → (dropped)",
    "the reshape of the filters then raises ValueError, in worse words",
)
