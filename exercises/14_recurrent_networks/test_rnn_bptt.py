"""Checks of rnn_backward against autograd through PyTorch's recurrent layer."""

from __future__ import annotations

import numpy as np
import torch

from tutor.checks import draws, gradients, same


def forward(x, h0, Wx, Wh, b):
    """All states of torch.nn.RNN (batch first, tanh) with these weights; tensors."""
    weights = [Wx.T.contiguous(), Wh.T.contiguous(), b, torch.zeros_like(b)]
    return torch.rnn_tanh(x, h0[None], weights, True, 1, 0.0, False, False, True)[0]


def reference(b):
    """The gradients that autograd finds; the bias is no argument of the backward pass, but the reference needs it."""

    def rnn_backward(dhs, x, h0, hs, Wx, Wh):
        inputs = [torch.tensor(np.array(a), requires_grad=True) for a in (x, h0, Wx, Wh, b.astype(x.dtype))]
        found = torch.autograd.grad(forward(*inputs), inputs, torch.tensor(np.array(dhs)))
        return tuple(g.numpy() for g in found)

    return rnn_backward


def problem(draw, N, T, D, H):
    """Arguments of rnn_backward, and the bias that made the states."""
    Wx, Wh, b = draw.array((D, H), scale=D**-0.5), draw.array((H, H), scale=0.8 * H**-0.5), draw.array(H, scale=0.5)
    x, h0, dhs = draw.array((N, T, D)), draw.array((N, H)), draw.array((N, T, H))
    hs = forward(*map(torch.tensor, (x, h0, Wx, Wh, b))).numpy()
    return [dhs, x, h0, hs, Wx, Wh], b


@draws(6)
def test_few_steps(mine, draw):
    """Two steps, or one: what comes back to the first state is its own error and that of the second."""
    N, D, H = draw.shape(dims=3, low=3, high=6)  # not as many as there are steps
    given, b = problem(draw, N, draw.pick(2, 1), D, H)
    same(mine.rnn_backward, reference(b), *given)


@draws(8)
def test_loss_on_last_step(mine, draw):
    """An error at the last state alone comes back through all steps."""
    N, D, H = draw.shape(dims=3, low=1, high=6)
    given, b = problem(draw, N, draw.int(2, 5), D, H)
    given[0][:, :-1] = 0
    same(mine.rnn_backward, reference(b), *given)


@draws(16)
def test_loss_on_all_steps(mine, draw):
    """With an error at every state, all five gradients are those of autograd."""
    given, b = problem(draw, *draw.shape(dims=4, low=1, high=7))
    same(mine.rnn_backward, reference(b), *given)


@draws(4)
def test_square(mine, draw):
    """Works the same when batch, time, features and units are equally many, and mix-ups fit."""
    given, b = problem(draw, *(draw.pick(2, 3, 4),) * 4)
    same(mine.rnn_backward, reference(b), *given)


@draws(5)
def test_edges(mine, draw):
    """One sequence, one step, one feature or one unit are enough."""
    sizes = [(1, 3, 2, 4), (2, 1, 3, 1), (3, 2, 1, 2), (2, 4, 3, 1), (1, 1, 1, 1)]
    given, b = problem(draw, *sizes[draw.index])
    same(mine.rnn_backward, reference(b), *given)


@draws(5)
def test_layouts(mine, draw):
    """Takes transposed, strided, reversed and read-only arrays."""
    given, b = problem(draw, 3, 4, 5, 2)
    same(mine.rnn_backward, reference(b), *map(draw.layout, given))


@draws(2)
def test_long(mine, draw):
    """Two hundred steps are no more trouble than two."""
    given, b = problem(draw, 2, 200, 2, 3)
    same(mine.rnn_backward, reference(b), *given, dtypes=("float64",))


@draws(2)
def test_is_the_slope(mine, draw):
    """The gradients are the slopes of the loss, measured by moving the arguments a little."""
    (dhs, x, h0, hs, Wx, Wh), b = problem(draw, 2, 3, 2, 4)
    dx, dh0, _, dWh, _ = mine.rnn_backward(dhs, x, h0, hs, Wx, Wh)

    def loss(x, h0, Wh):
        return float((forward(*map(torch.tensor, (x, h0, Wx, Wh, b))).numpy() * dhs).sum())

    gradients(lambda at: loss(at, h0, Wh), x, dx, what="dx", directions=2)
    gradients(lambda at: loss(x, at, Wh), h0, dh0, what="dh0", directions=2)
    gradients(lambda at: loss(x, h0, at), Wh, dWh, what="dWh", directions=2)
