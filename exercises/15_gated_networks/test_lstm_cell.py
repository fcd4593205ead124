"""Checks of lstm_cell against torch.lstm_cell."""

from __future__ import annotations

import torch
import torch.nn.functional as F

from tutor.checks import close, draws, equal, same


def lstm_cell(x, state, w_ih, w_hh, b_ih, b_hh):
    """PyTorch's own cell, or the formula for an empty batch."""
    if len(x):
        return tuple(torch.lstm_cell(x, state, w_ih, w_hh, b_ih, b_hh))
    parts = F.linear(x, w_ih, b_ih) + F.linear(state[0], w_hh, b_hh)
    i, f, g, o = parts.split(state[0].shape[1], 1)
    c = state[1] * f.sigmoid() + i.sigmoid() * g.tanh()
    return o.sigmoid() * c.tanh(), c


def problem(draw, N, D, H, scale=1.0, dtype=torch.float64):
    """Input, state, and weights that keep the gates away from 0 and 1; the cell is larger than 1 in places."""
    x, h, c = draw.tensor((N, D), scale, dtype), draw.tensor((N, H), 0.7, dtype), draw.tensor((N, H), 1.5, dtype)
    w_ih, w_hh = draw.tensor((4 * H, D), D**-0.5, dtype), draw.tensor((4 * H, H), H**-0.5, dtype)
    return x, (h, c), w_ih, w_hh, draw.tensor(4 * H, 0.6, dtype), draw.tensor(4 * H, 0.6, dtype)


@draws(20)
def test_as_in_pytorch(mine, draw):
    """Gives torch.nn.LSTMCell's new (h, c), and its gradients at all seven tensors."""
    same(mine.lstm_cell, lstm_cell, *problem(draw, *draw.shape(dims=3, low=1, high=6)))


@draws(3)
def test_square(mine, draw):
    """Works the same when sizes are equal and a mix-up of axes would fit."""
    same(mine.lstm_cell, lstm_cell, *problem(draw, *[(3, 3, 3), (8, 2, 2), (4, 4, 4)][draw.index]))


@draws(6)
def test_gates_shut(mine, draw):
    """Forget gate 1 and input gate 0 keep the cell to the last digit; forget gate 0 empties it; output gate 0 hides it."""
    x, state, w_ih, w_hh, b_ih, b_hh = problem(draw, 3, 2, 4)
    forget, write, show = [(1, 0, 1), (0, 1, 1), (1, 1, 0), (0, 0, 1), (1, 0, 0), (1, 1, 1)][draw.index]
    b_ih = b_ih.detach().clone()
    for rows, is_open in ((slice(0, 4), write), (slice(4, 8), forget), (slice(12, 16), show)):
        b_ih[rows] = 1e3 if is_open else -1e3
    same(mine.lstm_cell, lstm_cell, x, state, w_ih, w_hh, b_ih, b_hh)
    if forget and not write:
        _, c = mine.lstm_cell(x, state, w_ih, w_hh, b_ih, b_hh)
        equal(c.detach(), state[1].detach(), "the cell behind a forget gate of 1", input={"state": state, "b_ih": b_ih})


@draws(6)
def test_edges(mine, draw):
    """One sequence, one feature, one unit are enough; an empty batch gives an empty state."""
    sizes = [(1, 2, 3), (2, 3, 1), (3, 1, 2), (0, 2, 3), (0, 3, 2), (1, 1, 1)][draw.index]
    same(mine.lstm_cell, lstm_cell, *problem(draw, *sizes))


@draws(4)
def test_layouts(mine, draw):
    """Takes tensors that are transposed, sliced with a step, or expanded."""
    x, (h, c), *weights = problem(draw, 3, 4, 2)
    state = (h[:1].expand(3, -1), draw.layout(c)) if draw.index > 1 else (draw.layout(h), c[:1].expand(3, -1))
    same(mine.lstm_cell, lstm_cell, draw.layout(x), state, *map(draw.layout, weights))


@draws(3)
def test_large(mine, draw):
    """Inputs of ten thousand saturate the gates; nothing overflows, gradients included."""
    same(mine.lstm_cell, lstm_cell, *problem(draw, 3, 2, 4, scale=1e4))


@draws(2)
def test_bfloat16(mine, draw):
    """Works in bfloat16."""
    inputs = problem(draw, 3, 4, 2, dtype=torch.bfloat16)
    close(mine.lstm_cell(*inputs), lstm_cell(*inputs), rtol=0.03, atol=0.03, input=inputs)


@draws(2)
def test_weights_of_a_layer(mine, draw):
    """Step by step with the weights of a torch.nn.LSTM it gives that layer's states and its last cell."""
    N, T, D, H = 2, 4, 3, 5
    layer = torch.nn.LSTM(D, H, batch_first=True, device=draw.device)
    with torch.no_grad():
        for p in layer.parameters():
            p.copy_(draw.tensor(tuple(p.shape), 0.5, torch.float32))
    x, state = draw.tensor((N, T, D), 1.0, torch.float32), tuple(draw.tensor((2, N, H), 1.0, torch.float32))
    expected, (_, last) = layer(x, (state[0][None], state[1][None]))
    states = []
    for t in range(T):
        state = mine.lstm_cell(x[:, t], state, *layer.all_weights[0])
        states.append(state[0])
    close(torch.stack(states, 1), expected, "the tensor of all states", rtol=1e-4, atol=1e-5, input={"x": x})
    close(state[1], last[0], "the last cell", rtol=1e-4, atol=1e-5, input={"x": x})
