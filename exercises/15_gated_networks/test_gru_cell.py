"""Checks of gru_cell against torch.gru_cell, and against the formula of the paper for reset_after=False."""

from __future__ import annotations

import torch
import torch.nn.functional as F

from tutor.checks import close, draws, same


def gru_cell(x, h, w_ih, w_hh, b_ih, b_hh, reset_after=True):
    """PyTorch's own cell; the other form is written out, part by part."""
    if reset_after and len(x):
        return torch.gru_cell(x, h, w_ih, w_hh, b_ih, b_hh)
    H = h.shape[1]
    r, z, n = (F.linear(x, w_ih[k : k + H], b_ih[k : k + H]) for k in (0, H, 2 * H))
    r = (r + F.linear(h, w_hh[:H], b_hh[:H])).sigmoid()
    z = (z + F.linear(h, w_hh[H : 2 * H], b_hh[H : 2 * H])).sigmoid()
    return torch.lerp((n + F.linear(r * h, w_hh[2 * H :], b_hh[2 * H :])).tanh(), h, z)


def problem(draw, N, D, H, scale=1.0, dtype=torch.float64):
    """Input, state, and weights that keep the gates away from 0 and 1; no two biases are alike."""
    x, h = draw.tensor((N, D), scale, dtype), draw.tensor((N, H), 0.7, dtype)
    w_ih, w_hh = draw.tensor((3 * H, D), D**-0.5, dtype), draw.tensor((3 * H, H), H**-0.5, dtype)
    return x, h, w_ih, w_hh, draw.tensor(3 * H, 0.6, dtype), draw.tensor(3 * H, 0.6, dtype)


@draws(16)
def test_as_in_pytorch(mine, draw):
    """Gives torch.nn.GRUCell's new state, and its gradients at all six tensors."""
    same(mine.gru_cell, gru_cell, *problem(draw, *draw.shape(dims=3, low=1, high=6)))


@draws(12)
def test_original_form(mine, draw):
    """With reset_after=False the reset gate meets the state before the matrix does."""
    same(mine.gru_cell, gru_cell, *problem(draw, *draw.shape(dims=3, low=1, high=5)), reset_after=False)


@draws(4)
def test_square(mine, draw):
    """Works the same when sizes are equal and a mix-up of axes would fit."""
    sizes = draw.pick((3, 3, 3), (6, 2, 2))
    same(mine.gru_cell, gru_cell, *problem(draw, *sizes), reset_after=draw.bool())


@draws(6)
def test_gates_shut(mine, draw):
    """An update gate of 1 copies the state, one of 0 replaces it, a reset gate of 0 hides the past."""
    x, h, w_ih, w_hh, b_ih, b_hh = problem(draw, 3, 2, 4)
    gate, value = [("z", 1), ("z", 0), ("r", 0)][draw.index % 3]
    after = draw.index < 3
    rows = slice(0, 4) if gate == "r" else slice(4, 8)
    b_ih = b_ih.detach().clone()
    b_ih[rows] = 1e3 if value else -1e3
    same(mine.gru_cell, gru_cell, x, h, w_ih, w_hh, b_ih, b_hh, after)


@draws(6)
def test_edges(mine, draw):
    """One sequence, one feature, one unit are enough; an empty batch gives an empty state."""
    sizes = [(1, 2, 3), (2, 3, 1), (3, 1, 2), (0, 2, 3), (0, 3, 2), (1, 1, 1)][draw.index]
    same(mine.gru_cell, gru_cell, *problem(draw, *sizes), reset_after=draw.index % 2 == 0)


@draws(4)
def test_layouts(mine, draw):
    """Takes tensors that are transposed, sliced with a step, or expanded."""
    x, h, *weights = problem(draw, 3, 4, 2)
    if draw.index > 1:
        h = h[:1].expand(3, -1)
    same(mine.gru_cell, gru_cell, draw.layout(x), h, *map(draw.layout, weights), reset_after=draw.bool())


@draws(4)
def test_large(mine, draw):
    """Inputs of ten thousand saturate the gates; nothing overflows, gradients included."""
    same(mine.gru_cell, gru_cell, *problem(draw, 3, 2, 4, scale=1e4), reset_after=draw.bool())


@draws(2)
def test_bfloat16(mine, draw):
    """Works in bfloat16."""
    inputs = problem(draw, 3, 4, 2, dtype=torch.bfloat16)
    close(mine.gru_cell(*inputs), gru_cell(*inputs), rtol=0.03, atol=0.03, input=inputs)


@draws(2)
def test_weights_of_a_layer(mine, draw):
    """Step by step with the weights of a torch.nn.GRU it gives that layer's states."""
    N, T, D, H = 2, 4, 3, 5
    layer = torch.nn.GRU(D, H, batch_first=True, device=draw.device)
    with torch.no_grad():
        for p in layer.parameters():
            p.copy_(draw.tensor(tuple(p.shape), 0.5, torch.float32))
    x, h = draw.tensor((N, T, D), 1.0, torch.float32), draw.tensor((N, H), 1.0, torch.float32)
    states, first = [], h
    for t in range(T):
        h = mine.gru_cell(x[:, t], h, *layer.all_weights[0])
        states.append(h)
    expected, _ = layer(x, first[None])
    close(torch.stack(states, 1), expected, "the tensor of all states", rtol=1e-4, atol=1e-5, input={"x": x})
