"""Other right ways to write lstm-cell, and the mistakes that people make."""

from __future__ import annotations

import torch
import torch.nn.functional as F

from tutor.checks import accept, reject


def right(x, h, c, w_ih, w_hh, b_ih, b_hh, *, order=(0, 1, 2, 3), gate=torch.sigmoid, squash=torch.tanh):
    """The parts (i, f, g, o) of the right cell, in another order where a variant wants that."""
    parts = (x @ w_ih.T + b_ih + h @ w_hh.T + b_hh).chunk(4, dim=1)
    i, f, g, o = (parts[k] for k in order)
    return gate(i), gate(f), squash(g), gate(o)


def step(x, state, *weights, cell=None, show=None, **how):
    """The right step with one thing wrong."""
    h, c = state
    i, f, g, o = right(x, h, c, *weights, **how)
    new = f * c + i * g if cell is None else cell(i, f, g, o, h, c)
    return (o * torch.tanh(new) if show is None else show(o, new, c)), new


@accept("gate by gate, with views of the weights")
def lstm_cell(x, state, w_ih, w_hh, b_ih, b_hh):
    h, c = state
    H = h.shape[-1]
    i, f, g, o = (
        F.linear(x, w_ih[k : k + H], b_ih[k : k + H]) + F.linear(h, w_hh[k : k + H], b_hh[k : k + H])
        for k in range(0, 4 * H, H)
    )
    new = torch.addcmul(c * f.sigmoid(), i.sigmoid(), g.tanh())
    return o.sigmoid().mul(new.tanh()), new


@accept("one product for input and state, sigmoid over all, tanh through the sigmoid")
def lstm_cell(x, state, w_ih, w_hh, b_ih, b_hh):
    h, c = state
    N, H = h.shape
    a = torch.cat([x, h], dim=1) @ torch.cat([w_ih, w_hh], dim=1).T + (b_ih + b_hh)
    a = a.reshape(N, 4, H)
    scale = torch.ones(4, 1, dtype=a.dtype, device=a.device)
    scale[2] = 2
    s = torch.sigmoid(a * scale)
    new = s[:, 1] * c + s[:, 0] * (2 * s[:, 2] - 1)
    return s[:, 3] * torch.tanh(new), new


@accept("torch.split")
def lstm_cell(x, state, w_ih, w_hh, b_ih, b_hh):
    h, c = state
    i, f, g, o = torch.split(torch.addmm(b_ih, x, w_ih.t()) + torch.addmm(b_hh, h, w_hh.t()), h.size(1), dim=1)
    c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
    return torch.sigmoid(o) * torch.tanh(c), c


@reject(
    "gate order i, f, o, g",
    "The third block is the candidate g, the fourth the output gate: PyTorch's order is i, f, g, o.",
)
def lstm_cell(x, state, *weights):
    return step(x, state, *weights, order=(0, 1, 3, 2))


@reject("gate order f, i, g, o", "The first block is the input gate, the second the forget gate: i, f, g, o.")
def lstm_cell(x, state, *weights):
    return step(x, state, *weights, order=(1, 0, 2, 3))


@reject("gate order f, i, o, g", "You read the blocks as f, i, o, g. PyTorch's order is i, f, g, o.")
def lstm_cell(x, state, *weights):
    return step(x, state, *weights, order=(1, 0, 3, 2))


@reject("returns (c, h)", "The two parts of the result are swapped: first the hidden state, then the cell.")
def lstm_cell(x, state, *weights):
    return step(x, state, *weights)[::-1]


@reject("takes the state as (c, h)", "state is (h, c): the hidden state comes first.")
def lstm_cell(x, state, *weights):
    return step(x, (state[1], state[0]), *weights)


@reject("h = o * c_new", "The cell is squashed before it is shown: h' = o * tanh(c'). Otherwise h grows with the cell.")
def lstm_cell(x, state, *weights):
    return step(x, state, *weights, show=lambda o, new, c: o * new)


@reject("shows the old cell", "The output gate shows the NEW cell: o * tanh(c').")
def lstm_cell(x, state, *weights):
    return step(x, state, *weights, show=lambda o, new, c: o * torch.tanh(c))


@reject("no output gate", "You showed the whole cell, tanh(c'): multiply by the output gate.")
def lstm_cell(x, state, *weights):
    return step(x, state, *weights, show=lambda o, new, c: torch.tanh(new))


@reject(
    "tanh applied to the cell that is kept",
    "tanh is for what is SHOWN. The cell itself goes on unsquashed: f * c + i * g.",
)
def lstm_cell(x, state, *weights):
    return step(x, state, *weights, cell=lambda i, f, g, o, h, c: torch.tanh(f * c + i * g), show=lambda o, n, c: o * n)


@reject(
    "cell squashed twice", "The new cell is f * c + i * g without tanh around it: squashed in each step it would fade."
)
def lstm_cell(x, state, *weights):
    return step(x, state, *weights, cell=lambda i, f, g, o, h, c: torch.tanh(f * c + i * g))


@reject(
    "forget gate multiplies h", "The forget gate scales the old CELL: c' = f * c + i * g. You scaled the hidden state."
)
def lstm_cell(x, state, *weights):
    return step(x, state, *weights, cell=lambda i, f, g, o, h, c: f * h + i * g)


@reject("nothing is forgotten", "The forget gate is missing: c' = f * c + i * g, not c + i * g.")
def lstm_cell(x, state, *weights):
    return step(x, state, *weights, cell=lambda i, f, g, o, h, c: c + i * g)


@reject("no input gate", "The candidate is written through the input gate: i * g, not g.")
def lstm_cell(x, state, *weights):
    return step(x, state, *weights, cell=lambda i, f, g, o, h, c: f * c + g)


@reject("forget gate backwards", "f = 1 means KEEP: c' = f * c + i * g. You used 1 - f.")
def lstm_cell(x, state, *weights):
    return step(x, state, *weights, cell=lambda i, f, g, o, h, c: (1 - f) * c + i * g)


@reject("input gate as 1 - f", "That is a coupled gate, as in a GRU. An LSTM has an input gate of its own: i * g.")
def lstm_cell(x, state, *weights):
    return step(x, state, *weights, cell=lambda i, f, g, o, h, c: f * c + (1 - f) * g)


@reject("forget gate as 1 - i", "That is a coupled gate. An LSTM has a forget gate of its own: c' = f * c + i * g.")
def lstm_cell(x, state, *weights):
    return step(x, state, *weights, cell=lambda i, f, g, o, h, c: (1 - i) * c + i * g)


@reject("the old cell is returned", "The new h is right, but the cell that you returned with it is the old one.")
def lstm_cell(x, state, *weights):
    return step(x, state, *weights)[0], state[1].clone()


@reject("the old cell has no part", "The old cell is missing from the new one: c' = f * c + i * g.")
def lstm_cell(x, state, *weights):
    return step(x, state, *weights, cell=lambda i, f, g, o, h, c: i * g)


@reject("sigmoid for the candidate", "The candidate g goes through tanh: it must be able to subtract from the cell.")
def lstm_cell(x, state, *weights):
    return step(x, state, *weights, squash=torch.sigmoid)


@reject("no tanh on the candidate", "The candidate g goes through tanh.")
def lstm_cell(x, state, *weights):
    return step(x, state, *weights, squash=lambda a: a)


@reject("tanh for the gates", "Gates are shares between 0 and 1: sigmoid. You used tanh, which can be negative.")
def lstm_cell(x, state, *weights):
    return step(x, state, *weights, gate=torch.tanh)


@reject("only the bias of the input", "PyTorch has two biases, and both are added: b_hh is missing.")
def lstm_cell(x, state, w_ih, w_hh, b_ih, b_hh):
    return step(x, state, w_ih, w_hh, b_ih, 0 * b_hh)


@reject("only the bias of the state", "PyTorch has two biases, and both are added: b_ih is missing.")
def lstm_cell(x, state, w_ih, w_hh, b_ih, b_hh):
    return step(x, state, w_ih, w_hh, 0 * b_ih, b_hh)


@reject(
    "a forget bias on top", "You added 1 to the forget gate. That belongs into the initial bias, not into the formula."
)
def lstm_cell(x, state, w_ih, w_hh, b_ih, b_hh):
    more = torch.zeros_like(b_ih)
    more[len(b_ih) // 4 : len(b_ih) // 2] = 1
    return step(x, state, w_ih, w_hh, b_ih + more, b_hh)


@reject("gates that look at the cell", "The gates are made from x and h. (Gates that also see c are called peepholes.)")
def lstm_cell(x, state, *weights):
    return step(x, (state[0] + state[1], state[1]), *weights)


@reject(
    "w_hh not transposed", "Each block of w_hh is applied as h @ U.T: its rows are the new units, its columns the old."
)
def lstm_cell(x, state, w_ih, w_hh, b_ih, b_hh):
    return step(x, state, w_ih, torch.cat([u.T for u in w_hh.chunk(4)]), b_ih, b_hh)


@reject("units taken with step 4", "The rows are stacked in blocks: all of i, then f, g, o. You read them in turn.")
def lstm_cell(x, state, *weights):
    return step(x, state, *(torch.cat([w[k::4] for k in range(4)]) for w in weights))


@reject("the cell without gradient", "The values are right, but no gradient passes along the cell: do not detach c.")
def lstm_cell(x, state, *weights):
    return step(x, (state[0], state[1].detach()), *weights)


@reject("gates without gradient", "The values are right, but no gradient reaches the gates: do not detach them.")
def lstm_cell(x, state, *weights):
    return step(x, state, *weights, gate=lambda a: torch.sigmoid(a).detach())


@reject("changes the cell in place", "The caller's c was overwritten: c * f makes a new tensor, c *= f does not.")
def lstm_cell(x, state, *weights):
    new = step(x, state, *weights)
    with torch.no_grad():
        state[1].copy_(new[1])
    return new


@reject("a list instead of a tuple", "Return a tuple (h, c).")
def lstm_cell(x, state, *weights):
    return list(step(x, state, *weights))


@reject(
    "sigmoid by hand, which overflows",
    "exp of a large number is infinite, and infinity over infinity NaN: torch.sigmoid.",
)
def lstm_cell(x, state, *weights):
    return step(x, state, *weights, gate=lambda a: torch.exp(a) / (1 + torch.exp(a)))


@reject(
    "sigmoid by hand, without a gradient at the ends",
    "1 / (1 + exp(-a)) has the right values, but where exp(-a) is infinite its gradient is 0 times infinity, NaN: "
    "torch.sigmoid.",
)
def lstm_cell(x, state, *weights):
    return step(x, state, *weights, gate=lambda a: 1 / (1 + torch.exp(-a)))
