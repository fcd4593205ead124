"""Checks of rnn_forward against torch.nn.RNN (batch first, tanh) with the same weights."""

from __future__ import annotations

import numpy as np
import torch

from tutor.checks import close, draws, faster_than, from_torch, same


@from_torch
def rnn_forward(x, h0, Wx, Wh, b):
    """PyTorch's recurrent layer has its weights the other way round, and two biases of which one is 0 here."""
    if 0 in x.shape[:2]:  # torch asks for at least one step
        return x.new_zeros(*x.shape[:2], len(Wh))
    weights = [Wx.T.contiguous(), Wh.T.contiguous(), b, torch.zeros_like(b)]
    return torch.rnn_tanh(x, h0[None], weights, True, 1, 0.0, False, False, True)[0]


def problem(draw, N, T, D, H, scale=1.0):
    """Weights that keep the states between -1 and 1 without driving them against these walls."""
    Wx, Wh = draw.array((D, H), scale=D**-0.5), draw.array((H, H), scale=0.8 * H**-0.5)
    return draw.array((N, T, D), scale), draw.array((N, H)), Wx, Wh, draw.array(H, scale=0.5)


@draws(6)
def test_few_steps(mine, draw):
    """The first step is tanh(x Wx + h0 Wh + b), and the second one starts from there."""
    N, D, H = draw.shape(dims=3, low=2, high=5)
    same(mine.rnn_forward, rnn_forward, *problem(draw, N, draw.pick(2, 1), D, H))


@draws(24)
def test_matches_torch(mine, draw):
    """Gives all states of torch.nn.RNN for any number of sequences, steps, features and units."""
    same(mine.rnn_forward, rnn_forward, *problem(draw, *draw.shape(dims=4, low=1, high=8)))


@draws(4)
def test_square(mine, draw):
    """Works the same when batch, time, features and units are equally many, and mix-ups fit."""
    same(mine.rnn_forward, rnn_forward, *problem(draw, *(draw.pick(2, 3, 4),) * 4))


@draws(3)
def test_cut_in_two(mine, draw):
    """A sequence read in two parts, the last state handed over, gives the states of the whole."""
    x, h0, Wx, Wh, b = problem(draw, *draw.pick((2, 5, 3, 4), (1, 4, 2, 3), (3, 6, 1, 2)))
    whole = mine.rnn_forward(x, h0, Wx, Wh, b)
    second = mine.rnn_forward(x[:, 3:], whole[:, 2].copy(), Wx, Wh, b)
    close(second, rnn_forward(x, h0, Wx, Wh, b)[:, 3:], "the second part", input={"x": x, "h0": h0, "Wx": Wx, "Wh": Wh})


@draws(5)
def test_edges(mine, draw):
    """One sequence, one step, one feature or one unit are enough; no step gives no state."""
    sizes = [(1, 3, 2, 4), (2, 1, 3, 1), (3, 2, 1, 2), (2, 0, 3, 4), (1, 1, 1, 1)]
    same(mine.rnn_forward, rnn_forward, *problem(draw, *sizes[draw.index]))


@draws(5)
def test_layouts(mine, draw):
    """Takes transposed, strided, reversed and read-only arrays."""
    same(mine.rnn_forward, rnn_forward, *map(draw.layout, problem(draw, 3, 4, 5, 2)))


@draws(3)
def test_saturation(mine, draw):
    """Inputs of ten thousand end at ±1, without overflow."""
    same(mine.rnn_forward, rnn_forward, *problem(draw, 2, 5, 3, 4, scale=1e4))


def test_batch_at_once(mine):
    """Takes each step for the whole batch, which is much faster than one sequence after another."""
    rng = np.random.default_rng(0)
    shapes = (256, 4, 8), (256, 16), (8, 16), (16, 16), (16,)
    faster_than(mine.rnn_forward, one_after_another, 0.5, *(0.3 * rng.normal(size=shape) for shape in shapes))


def one_after_another(x, h0, Wx, Wh, b):
    """Each sequence by itself."""
    hs = np.empty((*x.shape[:2], len(Wh)))
    for n, h in enumerate(h0):
        for t in range(x.shape[1]):
            h = hs[n, t] = np.tanh(x[n, t] @ Wx + h @ Wh + b)  # noqa: PLW2901  # the state moves on
    return hs
