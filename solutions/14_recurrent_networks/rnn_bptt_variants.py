"""Other right ways to write rnn-bptt, and the mistakes that people make."""

from __future__ import annotations

import numpy as np

from tutor.checks import accept, reject, waive


def errors(dhs, hs, Wh, *, slope=None, order=None, join=None):
    """dz of all steps, (N, T, H), and the gradient at h0; right unless it is told otherwise."""
    dzs, dh = np.zeros_like(hs), np.zeros_like(hs[:, 0])
    for t in order or range(hs.shape[1] - 1, -1, -1):
        bend = slope(t) if slope else 1 - hs[:, t] ** 2
        dzs[:, t] = join(dhs[:, t], dh, bend) if join else (dhs[:, t] + dh) * bend
        dh = dzs[:, t] @ Wh.T
    return dzs, dh


def states_before(h0, hs):
    return np.concatenate([h0[:, None], hs[:, :-1]], axis=1)


def collect(dzs, dh, x, h0, hs, Wx, before=None):
    """The five gradients from dz of all steps."""
    before = states_before(h0, hs) if before is None else before
    dWx, dWh = np.einsum("ntd,nth->dh", x, dzs), np.einsum("ntg,nth->gh", before, dzs)
    return [dzs @ Wx.T, dh, dWx, dWh, dzs.sum(axis=(0, 1))]


def right(dhs, x, h0, hs, Wx, Wh, **how):
    return collect(*errors(dhs, hs, Wh, **how), x, h0, hs, Wx)


@accept("all dz first, then one product a weight")
def rnn_backward(dhs, x, h0, hs, Wx, Wh):
    N, T, D = x.shape
    dzs, dh = errors(dhs, hs, Wh)
    flat, past = dzs.reshape(N * T, -1), states_before(h0, hs).reshape(N * T, -1)
    dx = (flat @ Wx.T).reshape(N, T, D)
    return dx, dh, x.reshape(N * T, D).T @ flat, past.T @ flat, flat.sum(0)


@accept("recursion over the steps")
def rnn_backward(dhs, x, h0, hs, Wx, Wh):
    if x.shape[1] == 0:
        return np.zeros_like(x), np.zeros_like(h0), np.zeros_like(Wx), np.zeros_like(Wh), np.zeros_like(Wh[0])
    last, before = hs[:, -1], hs[:, -2] if x.shape[1] > 1 else h0
    dz = dhs[:, -1] * (1 - last) * (1 + last)
    earlier = dhs[:, :-1].copy()
    if x.shape[1] > 1:
        earlier[:, -1] += dz @ Wh.T
    dx, dh0, dWx, dWh, db = rnn_backward(earlier, x[:, :-1], h0, hs[:, :-1], Wx, Wh)
    if x.shape[1] == 1:
        dh0 = dz @ Wh.T
    dx = np.concatenate([dx, (dz @ Wx.T)[:, None]], axis=1)
    return dx, dh0, dWx + x[:, -1].T @ dz, dWh + before.T @ dz, db + dz.sum(0)


@reject(
    "forgets the gradient from the next step",
    "Each state is also used by the next step: add dz of step t + 1 times Wh.T to dhs[:, t] before the tanh.",
)
def rnn_backward(dhs, x, h0, hs, Wx, Wh):
    return tuple(right(dhs, x, h0, hs, Wx, Wh, join=lambda own, future, bend: own * bend))


@reject(
    "only the last step's error", "You used dhs[:, -1] only. Every step may have a loss: add dhs[:, t] at each of them."
)
def rnn_backward(dhs, x, h0, hs, Wx, Wh):
    only = np.zeros_like(dhs)
    only[:, -1:] = dhs[:, -1:]
    return tuple(right(only, x, h0, hs, Wx, Wh))


@reject(
    "dWh uses h_t instead of h_{t-1}",
    "The recurrent weight saw the state BEFORE: dWh adds up h_{t-1}.T @ dz_t, with h0 at t = 0.",
)
def rnn_backward(dhs, x, h0, hs, Wx, Wh):
    return tuple(collect(*errors(dhs, hs, Wh), x, h0, hs, Wx, before=hs))


@reject(
    "h_{-1} is the last state",
    "At t = 0 hs[:, t - 1] is hs[:, -1], the LAST state: negative indices count from the end. Take h0 there.",
)
def rnn_backward(dhs, x, h0, hs, Wx, Wh):
    return tuple(collect(*errors(dhs, hs, Wh), x, h0, hs, Wx, before=np.roll(hs, 1, axis=1)))


@reject("h0 taken as zero in dWh", "The first step saw h0: its share of dWh is h0.T @ dz at t = 0. You left it out.")
def rnn_backward(dhs, x, h0, hs, Wx, Wh):
    return tuple(collect(*errors(dhs, hs, Wh), x, h0, hs, Wx, before=states_before(0 * h0, hs)))


@reject(
    "weights' gradients overwritten in every step",
    "You kept the share of one step only. The steps share the weights: add the shares up, += instead of =.",
)
def rnn_backward(dhs, x, h0, hs, Wx, Wh):
    dzs, dh = errors(dhs, hs, Wh)
    dx, dh, *_ = collect(dzs, dh, x, h0, hs, Wx)
    return dx, dh, x[:, 0].T @ dzs[:, 0], h0.T @ dzs[:, 0], dzs[:, 0].sum(0)


@reject("loop runs forwards", "Your loop runs from t = 0 on, but the error comes from the end: reversed(range(T)).")
def rnn_backward(dhs, x, h0, hs, Wx, Wh):
    return tuple(right(dhs, x, h0, hs, Wx, Wh, order=range(x.shape[1])))


@reject(
    "the first step left out",
    "Your loop ends at t = 1: the first step, which read x[:, 0] and h0, is missing. range(T - 1, -1, -1) reaches it.",
)
def rnn_backward(dhs, x, h0, hs, Wx, Wh):
    dzs, _ = errors(dhs, hs, Wh)
    dzs[:, 0] = 0
    dh = dzs[:, 1] @ Wh.T if x.shape[1] > 1 else np.zeros_like(h0)
    return tuple(collect(dzs, dh, x, h0, hs, Wx))


@reject("no slope of tanh", "The way back leads through tanh as well: multiply by its slope, 1 - h_t ** 2.")
def rnn_backward(dhs, x, h0, hs, Wx, Wh):
    return tuple(right(dhs, x, h0, hs, Wx, Wh, slope=lambda t: 1.0))


@reject("slope without the square", "The slope of tanh is 1 - h ** 2; you took 1 - h.")
def rnn_backward(dhs, x, h0, hs, Wx, Wh):
    return tuple(right(dhs, x, h0, hs, Wx, Wh, slope=lambda t: 1 - hs[:, t]))


@reject("slope of the sigmoid", "h * (1 - h) is the slope of a sigmoid. Here it is tanh: 1 - h ** 2.")
def rnn_backward(dhs, x, h0, hs, Wx, Wh):
    return tuple(right(dhs, x, h0, hs, Wx, Wh, slope=lambda t: hs[:, t] * (1 - hs[:, t])))


@reject("tanh applied to hs again", "hs holds tanh(z) already: its slope is 1 - hs ** 2, without another tanh.")
def rnn_backward(dhs, x, h0, hs, Wx, Wh):
    return tuple(right(dhs, x, h0, hs, Wx, Wh, slope=lambda t: 1 - np.tanh(hs[:, t]) ** 2))


@reject(
    "slope on one of the two parts", "Both parts, dhs_t and what comes from the future, pass the tanh: bracket the sum."
)
def rnn_backward(dhs, x, h0, hs, Wx, Wh):
    return tuple(right(dhs, x, h0, hs, Wx, Wh, join=lambda own, future, bend: own + future * bend))


@reject("the future does not pass the tanh", "What comes from the next step passes the tanh, too: bracket the sum.")
def rnn_backward(dhs, x, h0, hs, Wx, Wh):
    return tuple(right(dhs, x, h0, hs, Wx, Wh, join=lambda own, future, bend: own * bend + future))


@reject("Wh not transposed", "Going back, the matrix is transposed: dz @ Wh.T.")
def rnn_backward(dhs, x, h0, hs, Wx, Wh):
    return tuple(right(dhs, x, h0, hs, Wx, Wh.T))


@reject("dh0 left at zero", "dh0 is what the first step sends back to its state: dz_0 @ Wh.T. You returned zeros.")
def rnn_backward(dhs, x, h0, hs, Wx, Wh):
    dx, _, *rest = right(dhs, x, h0, hs, Wx, Wh)
    return dx, np.zeros_like(h0), *rest


@reject(
    "dh0 without the last product", "dz_0 is the error behind the first sum. On its way to h0 it meets Wh.T once more."
)
def rnn_backward(dhs, x, h0, hs, Wx, Wh):
    dzs, dh = errors(dhs, hs, Wh)
    dx, _, *rest = collect(dzs, dh, x, h0, hs, Wx)
    return dx, dzs[:, 0].copy(), *rest


@reject(
    "averaged over the batch",
    "You divided by the number of sequences. The loss has done that: dWx, dWh and db are sums.",
)
def rnn_backward(dhs, x, h0, hs, Wx, Wh):
    dx, dh, *sums = right(dhs, x, h0, hs, Wx, Wh)
    return dx, dh, *(s / len(x) for s in sums)


@reject("averaged over time", "You divided by the number of steps: the gradients of shared weights are SUMS over time.")
def rnn_backward(dhs, x, h0, hs, Wx, Wh):
    dx, dh, *sums = right(dhs, x, h0, hs, Wx, Wh)
    return dx, dh, *(s / x.shape[1] for s in sums)


@reject("db for each sequence", "b is shared by all sequences: sum db over the batch as well.")
def rnn_backward(dhs, x, h0, hs, Wx, Wh):
    dzs, dh = errors(dhs, hs, Wh)
    return *collect(dzs, dh, x, h0, hs, Wx)[:4], dzs.sum(axis=1)


@reject("another order of the results", "The order is (dx, dh0, dWx, dWh, db), that of the arguments of rnn_forward.")
def rnn_backward(dhs, x, h0, hs, Wx, Wh):
    dx, dh, dWx, dWh, db = right(dhs, x, h0, hs, Wx, Wh)
    return dWx, dWh, db, dx, dh


@reject(
    "cut after one step", "The error must go back through ALL steps; yours stops one step before the one it came from."
)
def rnn_backward(dhs, x, h0, hs, Wx, Wh):
    N, T, _ = x.shape
    own = dhs * (1 - hs**2)
    dzs = own.copy()
    for t in range(T - 1):
        dzs[:, t] += own[:, t + 1] @ Wh.T * (1 - hs[:, t] ** 2)
    return tuple(collect(dzs, dzs[:, 0] @ Wh.T, x, h0, hs, Wx))


@reject(
    "adds the future into dhs",
    "dhs was changed: dhs[:, t] += … writes into the caller's array. Keep the sum in a new one.",
)
def rnn_backward(dhs, x, h0, hs, Wx, Wh):
    for t in range(x.shape[1] - 1, 0, -1):
        dhs[:, t - 1] += dhs[:, t] * (1 - hs[:, t] ** 2) @ Wh.T
    dzs = dhs * (1 - hs**2)
    return tuple(collect(dzs, dzs[:, 0] @ Wh.T, x, h0, hs, Wx))


waive("rnn_backward: Wh[0] → Wh[-1]", "all rows of Wh are equally long")
