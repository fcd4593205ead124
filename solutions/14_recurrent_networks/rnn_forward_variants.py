"""Other right ways to write rnn-forward, and the mistakes that people make."""

from __future__ import annotations

import numpy as np

from tutor.checks import accept, reject


def states(x, h0, Wh, step):
    """The states that `step(x_t, h, h0)` gives one after the other."""
    hs = np.empty((*x.shape[:2], len(Wh)), dtype=x.dtype)
    h = h0
    for t in range(x.shape[1]):
        h = hs[:, t] = step(x[:, t], h)
    return hs


@accept("the inputs' part before the loop, states stacked at the end")
def rnn_forward(x, h0, Wx, Wh, b):
    N, T, D = x.shape
    U = (x.reshape(N * T, D) @ Wx).reshape(N, T, len(b)) + b
    found = [h0]
    for t in range(T):
        found.append(np.tanh(U[:, t] + found[-1].dot(Wh)))
    return np.stack(found, axis=1)[:, 1:].copy()


@accept("one matrix for input and state together")
def rnn_forward(x, h0, Wx, Wh, b):
    W = np.concatenate([Wx, Wh])
    hs = np.zeros((len(x), x.shape[1], len(b)), x.dtype)
    h = h0.copy()
    for t, xt in enumerate(x.transpose(1, 0, 2)):
        h = np.tanh(np.hstack([xt, h]) @ W + b)
        hs[:, t, :] = h
    return hs


@accept("time first inside")
def rnn_forward(x, h0, Wx, Wh, b):
    xs = np.swapaxes(x, 0, 1)
    hs = np.zeros((len(xs), *h0.shape), dtype=h0.dtype)
    for t in range(len(xs)):
        before = hs[t - 1] if t else h0
        hs[t] = np.tanh(np.einsum("nd,dh->nh", xs[t], Wx) + np.einsum("ng,gh->nh", before, Wh) + b)
    return np.ascontiguousarray(hs.transpose(1, 0, 2))


@reject("h0 reused at every step", "Every step started from h0. Feed each step the state that the step before it made.")
def rnn_forward(x, h0, Wx, Wh, b):
    return states(x, h0, Wh, lambda xt, h: np.tanh(xt @ Wx + h0 @ Wh + b))


@reject("the old state is forgotten", "The state before has no part in the new one: h @ Wh is missing from the sum.")
def rnn_forward(x, h0, Wx, Wh, b):
    return states(x, h0, Wh, lambda xt, h: np.tanh(xt @ Wx + b))


@reject("h0 taken as zero", "Your first step started from zeros. It starts from h0, which the caller may have kept.")
def rnn_forward(x, h0, Wx, Wh, b):
    return states(x, np.zeros_like(h0), Wh, lambda xt, h: np.tanh(xt @ Wx + h @ Wh + b))


@reject(
    "time and batch swapped", "The first axis is the batch, the second is time: loop over x.shape[1] and take x[:, t]."
)
def rnn_forward(x, h0, Wx, Wh, b):
    hs = np.empty((*x.shape[:2], len(Wh)), dtype=x.dtype)
    h = h0
    for t in range(x.shape[0]):
        h = hs[t] = np.tanh(x[t] @ Wx + h @ Wh + b)
    return hs


@reject("Wh applied to x", "The two matrices are swapped: x meets Wx, the state meets Wh.")
def rnn_forward(x, h0, Wx, Wh, b):
    return states(x, h0, Wh, lambda xt, h: np.tanh(xt @ Wh + h @ Wx + b))


@reject("Wh transposed", "A state is a row here, so it meets Wh as it is: h @ Wh, not h @ Wh.T (or Wh @ h).")
def rnn_forward(x, h0, Wx, Wh, b):
    return states(x, h0, Wh, lambda xt, h: np.tanh(xt @ Wx + h @ Wh.T + b))


@reject(
    "no tanh", "The sum goes through tanh in every step; without it the layer is linear, and its state may explode."
)
def rnn_forward(x, h0, Wx, Wh, b):
    return states(x, h0, Wh, lambda xt, h: xt @ Wx + h @ Wh + b)


@reject("sigmoid instead of tanh", "You squashed with a sigmoid. A state lives between -1 and 1: tanh.")
def rnn_forward(x, h0, Wx, Wh, b):
    return states(x, h0, Wh, lambda xt, h: 0.5 + 0.5 * np.tanh(0.5 * (xt @ Wx + h @ Wh + b)))


@reject("tanh of the new part only", "tanh belongs around the whole sum, the state's part included.")
def rnn_forward(x, h0, Wx, Wh, b):
    return states(x, h0, Wh, lambda xt, h: np.tanh(xt @ Wx + b) + h @ Wh)


@reject("tanh only in what is returned", "The next step must start from tanh(…), not from the sum before it.")
def rnn_forward(x, h0, Wx, Wh, b):
    return np.tanh(states(x, h0, Wh, lambda xt, h: xt @ Wx + h @ Wh + b))


@reject("bias forgotten", "The bias b is missing from the sum.")
def rnn_forward(x, h0, Wx, Wh, b):
    return states(x, h0, Wh, lambda xt, h: np.tanh(xt @ Wx + h @ Wh))


@reject("only the last state", "All states are asked for, (N, T, H); you returned the last one.")
def rnn_forward(x, h0, Wx, Wh, b):
    h = h0.copy()
    for t in range(x.shape[1]):
        h = np.tanh(x[:, t] @ Wx + h @ Wh + b)
    return h


@reject("time first in the result", "Your result is (T, N, H). The batch comes first: (N, T, H).")
def rnn_forward(x, h0, Wx, Wh, b):
    return states(x, h0, Wh, lambda xt, h: np.tanh(xt @ Wx + h @ Wh + b)).transpose(1, 0, 2).copy()


@reject("axes regrouped instead of moved", "reshape does not move axes: it mixed times and sequences. Use transpose.")
def rnn_forward(x, h0, Wx, Wh, b):
    hs = states(x, h0, Wh, lambda xt, h: np.tanh(xt @ Wx + h @ Wh + b))
    return hs.transpose(1, 0, 2).reshape(hs.shape)


@reject(
    "states before the items", "hs[:, t] is the state AFTER item t. You returned h0 first and dropped the last one."
)
def rnn_forward(x, h0, Wx, Wh, b):
    hs = states(x, h0, Wh, lambda xt, h: np.tanh(xt @ Wx + h @ Wh + b))
    return np.concatenate([h0[:, None], hs[:, :-1]], axis=1)[:, : x.shape[1]]


@reject("h0 among the states", "T steps give T states: do not return h0 as well.")
def rnn_forward(x, h0, Wx, Wh, b):
    hs = states(x, h0, Wh, lambda xt, h: np.tanh(xt @ Wx + h @ Wh + b))
    return np.concatenate([h0[:, None], hs], axis=1)


@reject("read backwards", "Your loop reads the sequence from its end. Go from t = 0 on.")
def rnn_forward(x, h0, Wx, Wh, b):
    hs = states(x[:, ::-1], h0, Wh, lambda xt, h: np.tanh(xt @ Wx + h @ Wh + b))
    return hs[:, ::-1].copy()


@reject(
    "writes the state into h0", "h0 belongs to the caller and was overwritten: bind h to a new array in every step."
)
def rnn_forward(x, h0, Wx, Wh, b):
    hs = np.empty((*x.shape[:2], len(Wh)), dtype=x.dtype)
    for t in range(x.shape[1]):
        h0[:] = np.tanh(x[:, t] @ Wx + h0 @ Wh + b)
        hs[:, t] = h0
    return hs


@reject("always float64", "float32 in, float32 out: give np.empty the dtype of x.")
def rnn_forward(x, h0, Wx, Wh, b):
    return states(x, h0, Wh, lambda xt, h: np.tanh(xt @ Wx + h @ Wh + b)).astype(np.float64)


@reject("fails without steps", "With T = 0 there is nothing to stack. Make the result first, np.empty((N, T, H)).")
def rnn_forward(x, h0, Wx, Wh, b):
    found, h = [], h0
    for t in range(x.shape[1]):
        h = np.tanh(x[:, t] @ Wx + h @ Wh + b)
        found.append(h)
    return np.stack(found, axis=1)


@reject("one sequence after another", "Right, but slow: leave the loop over the batch to the matrix products.")
def rnn_forward(x, h0, Wx, Wh, b):
    hs = np.empty((*x.shape[:2], len(Wh)), dtype=x.dtype)
    for n in range(len(x)):
        h = h0[n]
        for t in range(x.shape[1]):
            h = hs[n, t] = np.tanh(x[n, t] @ Wx + h @ Wh + b)
    return hs
