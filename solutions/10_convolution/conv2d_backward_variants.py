"""Other right backward passes of a convolution, and the mistakes people make."""

from __future__ import annotations

import numpy as np

from tutor.checks import accept, reject, waive
from tutor.mine import col2im, conv2d, im2col


def filters_gradient(dout, x, w, stride, padding, dilation):
    """dw."""
    cols = im2col(x, w.shape[2], w.shape[3], stride, padding, dilation)
    error = dout.reshape(*dout.shape[:2], cols.shape[2])
    return np.einsum("nol,nkl->ok", error, cols).reshape(w.shape)


def input_gradient(dout, x, w, stride, padding, dilation):
    """dx."""
    N, C_out = dout.shape[:2]
    dcols = w.reshape(C_out, -1).T @ dout.reshape(N, C_out, -1)
    return col2im(dcols, x.shape, w.shape[2], w.shape[3], stride, padding, dilation)


def stretched(dout, stride):
    """dout with stride - 1 zeros between its pixels."""
    N, C, H, W = dout.shape
    wide = np.zeros((N, C, (H - 1) * stride + 1, (W - 1) * stride + 1), dtype=dout.dtype)
    wide[:, :, ::stride, ::stride] = dout
    return wide


@accept("einsum and col2im")
def conv2d_backward(dout, x, w, stride=1, padding=0, dilation=1):
    how = stride, padding, dilation
    return input_gradient(dout, x, w, *how), filters_gradient(dout, x, w, *how), np.einsum("nohw->o", dout)


@accept("one tap at a time, nothing imported")
def conv2d_backward(dout, x, w, stride=1, padding=0, dilation=1):
    H_out, W_out = dout.shape[2:]
    p, (H, W) = padding, x.shape[2:]
    padded = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)))
    dpadded, dw = np.zeros_like(padded), np.zeros_like(w, order="C")
    for i in range(w.shape[2]):
        for j in range(w.shape[3]):
            top, left = i * dilation, j * dilation
            part = np.s_[:, :, top : top + stride * H_out : stride, left : left + stride * W_out : stride]
            dw[:, :, i, j] = np.einsum("nohw,nchw->oc", dout, padded[part])
            dpadded[part] += np.einsum("nohw,oc->nchw", dout, w[:, :, i, j])
    return dpadded[:, :, p : p + H, p : p + W].copy(), dw, dout.sum((0, 2, 3))


@accept("two more convolutions: the full one for dx, a dilated one for dw")
def conv2d_backward(dout, x, w, stride=1, padding=0, dilation=1):
    N, C_in, H, W = x.shape
    kh, kw = w.shape[2:]
    wide = stretched(dout, stride)
    reach = [dilation * (k - 1) for k in (kh, kw)]
    full = np.pad(wide, ((0, 0), (0, 0), (reach[0],) * 2, (reach[1],) * 2))
    turned = w.swapaxes(0, 1)[:, :, ::-1, ::-1]
    covered = conv2d(full, turned, dilation=dilation)
    dpadded = np.zeros((N, C_in, H + 2 * padding, W + 2 * padding), dtype=x.dtype)
    dpadded[:, :, : covered.shape[2], : covered.shape[3]] = covered
    padded = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    rows = [padded[:, :, i * dilation : i * dilation + wide.shape[2]] for i in range(kh)]
    dw = np.stack(
        [
            np.stack(
                [
                    np.einsum("nohw,nchw->oc", wide, r[:, :, :, j * dilation : j * dilation + wide.shape[3]])
                    for j in range(kw)
                ],
                axis=-1,
            )
            for r in rows
        ],
        axis=2,
    )
    dx = dpadded[:, :, padding : padding + H, padding : padding + W].copy()
    return dx, dw, dout.sum(axis=(0, 2, 3))


@reject(
    "dw taken with the kernel turned",
    "Your dw is turned by 180 degrees. The forward pass did not turn the kernel, so its gradient is not turned either.",
)
def conv2d_backward(dout, x, w, stride=1, padding=0, dilation=1):
    how = stride, padding, dilation
    dw = filters_gradient(dout, x, w, *how)[:, :, ::-1, ::-1].copy()
    return input_gradient(dout, x, w, *how), dw, dout.sum((0, 2, 3))


@reject(
    "dx with the kernel not turned",
    "You correlated the error with the kernel as it is. On the way back each error is spread out by the kernel: that is "
    "the full correlation with the kernel TURNED, or simply col2im.",
)
def conv2d_backward(dout, x, w, stride=1, padding=0, dilation=1):
    how = stride, padding, dilation
    dx = input_gradient(dout, x, w[:, :, ::-1, ::-1], *how)
    return dx, filters_gradient(dout, x, w, *how), dout.sum((0, 2, 3))


@reject(
    "stride ignored in dx",
    "The errors lie next to each other in your dx. Each belongs to its own window, and windows are `stride` pixels apart.",
)
def conv2d_backward(dout, x, w, stride=1, padding=0, dilation=1):
    how = stride, padding, dilation
    kh, kw = w.shape[2:]
    N, C_in, H, W = x.shape
    dpadded = np.zeros((N, C_in, H + 2 * padding, W + 2 * padding), dtype=x.dtype)
    for i in range(kh):
        for j in range(kw):
            top, left = i * dilation, j * dilation
            part = dpadded[:, :, top : top + dout.shape[2], left : left + dout.shape[3]]
            part += np.einsum("nohw,oc->nchw", dout, w[:, :, i, j])[:, :, : part.shape[2], : part.shape[3]]
    dx = dpadded[:, :, padding : padding + H, padding : padding + W].copy()
    return dx, filters_gradient(dout, x, w, *how), dout.sum((0, 2, 3))


@reject("overlaps overwritten", "A pixel lies in several windows: what comes back from them is added, not overwritten.")
def conv2d_backward(dout, x, w, stride=1, padding=0, dilation=1):
    how = stride, padding, dilation
    H_out, W_out = dout.shape[2:]
    p, (H, W) = padding, x.shape[2:]
    dpadded = np.zeros((*x.shape[:2], H + 2 * p, W + 2 * p), dtype=x.dtype)
    for i in range(w.shape[2]):
        for j in range(w.shape[3]):
            top, left = i * dilation, j * dilation
            part = np.s_[:, :, top : top + stride * H_out : stride, left : left + stride * W_out : stride]
            dpadded[part] = np.einsum("nohw,oc->nchw", dout, w[:, :, i, j])
    dx = dpadded[:, :, p : p + H, p : p + W].copy()
    return dx, filters_gradient(dout, x, w, *how), dout.sum((0, 2, 3))


@reject("border kept in dx", "dx still has the padding around it: it has the shape of x, so cut the border off.")
def conv2d_backward(dout, x, w, stride=1, padding=0, dilation=1):
    how = stride, padding, dilation
    wide = (*x.shape[:2], x.shape[2] + 2 * padding, x.shape[3] + 2 * padding)
    dcols = w.reshape(len(w), -1).T @ dout.reshape(*dout.shape[:2], -1)
    dx = col2im(dcols, wide, w.shape[2], w.shape[3], stride, 0, dilation)
    return dx, filters_gradient(dout, x, w, *how), dout.sum((0, 2, 3))


@reject(
    "db as a mean", "Your db is too small by a factor: the bias went into every pixel of every picture. Sum, no mean."
)
def conv2d_backward(dout, x, w, stride=1, padding=0, dilation=1):
    how = stride, padding, dilation
    return input_gradient(dout, x, w, *how), filters_gradient(dout, x, w, *how), dout.mean((0, 2, 3))


@reject("db summed over the filters, too", "db is one number for everything. Each filter has a bias of its own.")
def conv2d_backward(dout, x, w, stride=1, padding=0, dilation=1):
    how = stride, padding, dilation
    return input_gradient(dout, x, w, *how), filters_gradient(dout, x, w, *how), np.full(len(w), dout.sum())


@reject("db of each picture", "db has one row a picture: sum over the batch, too.")
def conv2d_backward(dout, x, w, stride=1, padding=0, dilation=1):
    how = stride, padding, dilation
    return input_gradient(dout, x, w, *how), filters_gradient(dout, x, w, *how), dout.sum((2, 3))


@reject("dw of the first picture", "dw comes from the first picture only: add up over the batch.")
def conv2d_backward(dout, x, w, stride=1, padding=0, dilation=1):
    how = stride, padding, dilation
    dw = filters_gradient(dout[:1], x[:1], w, *how)
    return input_gradient(dout, x, w, *how), dw, dout.sum((0, 2, 3))


@reject(
    "averaged over the batch",
    "dw and db are N times too small. Whether the loss is a mean is the loss's business: it is in dout already.",
)
def conv2d_backward(dout, x, w, stride=1, padding=0, dilation=1):
    how, N = (stride, padding, dilation), x.dtype.type(len(x))
    dw = filters_gradient(dout, x, w, *how) / N
    return input_gradient(dout, x, w, *how), dw, dout.sum((0, 2, 3)) / N


@reject("db averaged over the batch", "db is N times too small: the loss has taken the mean over the batch already.")
def conv2d_backward(dout, x, w, stride=1, padding=0, dilation=1):
    how, N = (stride, padding, dilation), x.dtype.type(len(x))
    return input_gradient(dout, x, w, *how), filters_gradient(dout, x, w, *how), dout.sum((0, 2, 3)) / N


@reject(
    "dw from the unpadded picture", "dw was computed from x without its border: the windows of the forward pass had it."
)
def conv2d_backward(dout, x, w, stride=1, padding=0, dilation=1):
    how = stride, padding, dilation
    shifted = np.zeros((*x.shape[:2], x.shape[2] + 2 * padding, x.shape[3] + 2 * padding), dtype=x.dtype)
    shifted[:, :, : x.shape[2], : x.shape[3]] = x
    dw = filters_gradient(dout, shifted, w, stride, 0, dilation)
    return input_gradient(dout, x, w, *how), dw, dout.sum((0, 2, 3))


@reject("dilation ignored", "The dilation of the forward pass is missing: the taps of a window lie d pixels apart.")
def conv2d_backward(dout, x, w, stride=1, padding=0, dilation=1):
    H_out, W_out = dout.shape[2:]
    p, (H, W) = padding, x.shape[2:]
    padded = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)))
    dpadded, dw = np.zeros_like(padded), np.zeros_like(w, order="C")
    for i in range(w.shape[2]):
        for j in range(w.shape[3]):
            part = np.s_[:, :, i : i + stride * H_out : stride, j : j + stride * W_out : stride]
            dw[:, :, i, j] = np.einsum("nohw,nchw->oc", dout, padded[part])
            dpadded[part] += np.einsum("nohw,oc->nchw", dout, w[:, :, i, j])
    return dpadded[:, :, p : p + H, p : p + W].copy(), dw, dout.sum((0, 2, 3))


@reject("order of the results", "The order is (dx, dw, db).")
def conv2d_backward(dout, x, w, stride=1, padding=0, dilation=1):
    how = stride, padding, dilation
    return filters_gradient(dout, x, w, *how), input_gradient(dout, x, w, *how), dout.sum((0, 2, 3))


@reject("db always float64", "float32 came in, and db went out as float64: keep the dtype of dout.")
def conv2d_backward(dout, x, w, stride=1, padding=0, dilation=1):
    how = stride, padding, dilation
    db = np.zeros(len(w))
    db += dout.sum((0, 2, 3))
    return input_gradient(dout, x, w, *how), filters_gradient(dout, x, w, *how), db


@reject(
    "as if the padding were half the kernel",
    "Your dx is right only where the padding is (k - 1)/2: then the picture keeps its size. In general use col2im.",
)
def conv2d_backward(dout, x, w, stride=1, padding=0, dilation=1):
    how = stride, padding, dilation
    turned = w.swapaxes(0, 1)[:, :, ::-1, ::-1]
    wide = stretched(dout, stride)
    side = dilation * (max(w.shape[2:]) - 1) // 2
    room = max(0, x.shape[2] + 2 * side), max(0, x.shape[3] + 2 * side)
    big = np.zeros((*wide.shape[:2], room[0] + wide.shape[2], room[1] + wide.shape[3]), dtype=dout.dtype)
    big[:, :, side : side + wide.shape[2], side : side + wide.shape[3]] = wide
    dx = conv2d(big, turned, dilation=dilation)[:, :, : x.shape[2], : x.shape[3]].copy()
    return dx, filters_gradient(dout, x, w, *how), dout.sum((0, 2, 3))


waive("conv2d_backward: error.sum(axis=(0, 2)) → error.sum(axis=(2, 0))", "the order of summed axes has no meaning")
