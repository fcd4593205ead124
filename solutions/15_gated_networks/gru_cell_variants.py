"""Other right ways to write gru-cell, and the mistakes that people make."""

from __future__ import annotations

import torch
import torch.nn.functional as F

from tutor.checks import accept, reject


def step(x, h, w_ih, w_hh, b_ih, b_hh, after, *, order=(0, 1, 2), mix=None, squash=torch.tanh, past=None, gate=None):
    """The right cell with one thing wrong, so that each variant below names exactly its mistake."""
    gate = gate or torch.sigmoid
    xs, us, bs = (x @ w_ih.T + b_ih).chunk(3, 1), w_hh.chunk(3), b_hh.chunk(3)
    (x_r, x_z, x_n), (u_r, u_z, u_n), (b_r, b_z, b_n) = ([part[i] for i in order] for part in (xs, us, bs))
    r, z = gate(x_r + h @ u_r.T + b_r), gate(x_z + h @ u_z.T + b_z)
    if past is not None:
        n = squash(past(x_n, r, h, u_n, b_n))
    else:
        n = squash(x_n + (r * (h @ u_n.T + b_n) if after else (r * h) @ u_n.T + b_n))
    return mix(z, n, h) if mix else (1 - z) * n + z * h


@accept("both products at once, the gates cut from their sum")
def gru_cell(x, h, w_ih, w_hh, b_ih, b_hh, reset_after=True):
    H = h.size(1)
    gi, gh = F.linear(x, w_ih, b_ih), F.linear(h, w_hh, b_hh)
    gates = torch.sigmoid(gi[:, : 2 * H] + gh[:, : 2 * H])
    r, z = gates[:, :H], gates[:, H:]
    n = r * gh[:, 2 * H :] if reset_after else F.linear(r * h, w_hh[2 * H :], b_hh[2 * H :])
    n = torch.tanh(gi[:, 2 * H :] + n)
    return n + z * (h - n)


@accept("einsum over weights viewed as (3, H, ·), sigmoid through tanh")
def gru_cell(x, h, w_ih, w_hh, b_ih, b_hh, reset_after=True):
    H = h.shape[-1]
    W, U = w_ih.reshape(3, H, w_ih.shape[1]), w_hh.reshape(3, H, H)
    a, b = b_ih.reshape(3, H), b_hh.reshape(3, H)
    i = torch.einsum("nd,khd->knh", x, W) + a[:, None]
    s = torch.einsum("ng,khg->knh", h, U) + b[:, None]
    r, z = (1 + torch.tanh((i[:2] + s[:2]) / 2)) / 2
    if not reset_after:
        s = torch.einsum("ng,khg->knh", r * h, U[2:]) + b[2:, None]
    return torch.lerp(torch.tanh(i[2] + (r * s[2] if reset_after else s[0])), h, z)


@accept("torch.split and addmm, the gates side by side")
def gru_cell(x, h, w_ih, w_hh, b_ih, b_hh, reset_after=True):
    H = h.size(-1)
    both, candidate = torch.addmm(b_ih, x, w_ih.t()).split([2 * H, H], dim=1)
    r, z = torch.split(torch.sigmoid(both + torch.addmm(b_hh[: 2 * H], h, w_hh[: 2 * H].t())), H, dim=1)
    past = torch.addmm(b_hh[2 * H :], h if reset_after else r * h, w_hh[2 * H :].t())
    n = torch.tanh(candidate + (r * past if reset_after else past))
    return n - z * n + z * h


@reject(
    "gate order z, r, n",
    "You took the first rows for the update gate. PyTorch stacks reset, update, candidate: r, z, n.",
)
def gru_cell(x, h, w_ih, w_hh, b_ih, b_hh, reset_after=True):
    return step(x, h, w_ih, w_hh, b_ih, b_hh, reset_after, order=(1, 0, 2))


@reject("candidate first", "You took the first rows for the candidate. The order of the rows is r, z, n.")
def gru_cell(x, h, w_ih, w_hh, b_ih, b_hh, reset_after=True):
    return step(x, h, w_ih, w_hh, b_ih, b_hh, reset_after, order=(1, 2, 0))


@reject(
    "update gate the other way round",
    "Your update gate lets the candidate in where it should keep the state: h' = (1 - z) * n + z * h. (Some papers have z "
    "the other way; the weights of torch.nn.GRUCell then mean the opposite.)",
)
def gru_cell(x, h, w_ih, w_hh, b_ih, b_hh, reset_after=True):
    return step(x, h, w_ih, w_hh, b_ih, b_hh, reset_after, mix=lambda z, n, h: z * n + (1 - z) * h)


@reject(
    "the state is not kept", "You returned the candidate. The new state mixes it with the old one: (1 - z) * n + z * h."
)
def gru_cell(x, h, w_ih, w_hh, b_ih, b_hh, reset_after=True):
    return step(x, h, w_ih, w_hh, b_ih, b_hh, reset_after, mix=lambda z, n, h: n)


@reject(
    "candidate not weighted", "The candidate enters with the weight 1 - z; you added all of it: (1 - z) * n + z * h."
)
def gru_cell(x, h, w_ih, w_hh, b_ih, b_hh, reset_after=True):
    return step(x, h, w_ih, w_hh, b_ih, b_hh, reset_after, mix=lambda z, n, h: n + z * h)


@reject(
    "bias b_hn outside the reset product",
    "With reset_after the gate multiplies the whole of U_n h + b_hn: your bias b_hn stands outside.",
)
def gru_cell(x, h, w_ih, w_hh, b_ih, b_hh, reset_after=True):
    past = (lambda x_n, r, h, u, b: x_n + r * (h @ u.T) + b) if reset_after else None
    return step(x, h, w_ih, w_hh, b_ih, b_hh, reset_after, past=past)


@reject(
    "bias b_in inside the reset product",
    "The gate multiplies U_n h + b_hn, what the STATE says. What the input says, W_n x + b_in, stays outside.",
)
def gru_cell(x, h, w_ih, w_hh, b_ih, b_hh, reset_after=True):
    b_in = b_ih.chunk(3)[2]
    past = (lambda x_n, r, h, u, b: x_n - b_in + r * (h @ u.T + b + b_in)) if reset_after else None
    return step(x, h, w_ih, w_hh, b_ih, b_hh, reset_after, past=past)


@reject("reset applied to x", "Your reset gate multiplies what the input says. It makes the cell forget the STATE.")
def gru_cell(x, h, w_ih, w_hh, b_ih, b_hh, reset_after=True):
    def past(x_n, r, h, u, b):
        return r * x_n + h @ u.T + b

    return step(x, h, w_ih, w_hh, b_ih, b_hh, reset_after, past=past)


@reject("no reset gate", "The reset gate has no effect in your candidate: multiply what comes from the state by r.")
def gru_cell(x, h, w_ih, w_hh, b_ih, b_hh, reset_after=True):
    return step(x, h, w_ih, w_hh, b_ih, b_hh, reset_after, past=lambda x_n, r, h, u, b: x_n + h @ u.T + b)


@reject("reset gate on the whole sum", "r multiplies the part of the state only, not the sum with the input's part.")
def gru_cell(x, h, w_ih, w_hh, b_ih, b_hh, reset_after=True):
    return step(x, h, w_ih, w_hh, b_ih, b_hh, reset_after, past=lambda x_n, r, h, u, b: r * (x_n + h @ u.T + b))


@reject(
    "sigmoid for the candidate", "The candidate is a new state, between -1 and 1: tanh. Only gates use the sigmoid."
)
def gru_cell(x, h, w_ih, w_hh, b_ih, b_hh, reset_after=True):
    return step(x, h, w_ih, w_hh, b_ih, b_hh, reset_after, squash=torch.sigmoid)


@reject("no tanh", "The candidate goes through tanh.")
def gru_cell(x, h, w_ih, w_hh, b_ih, b_hh, reset_after=True):
    return step(x, h, w_ih, w_hh, b_ih, b_hh, reset_after, squash=lambda a: a)


@reject("tanh for the gates", "A gate is a share between 0 and 1: sigmoid. You used tanh, which can be negative.")
def gru_cell(x, h, w_ih, w_hh, b_ih, b_hh, reset_after=True):
    return step(x, h, w_ih, w_hh, b_ih, b_hh, reset_after, gate=torch.tanh)


@reject(
    "reset_after ignored: always PyTorch's form",
    "reset_after=False gave PyTorch's numbers. There the gate multiplies the state before the matrix: (r * h) @ U_n.T.",
)
def gru_cell(x, h, w_ih, w_hh, b_ih, b_hh, reset_after=True):
    return step(x, h, w_ih, w_hh, b_ih, b_hh, True)


@reject(
    "the two forms swapped, or always the original one",
    "reset_after=True gave the numbers of the original form. True means: first the matrix, r * (h @ U_n.T + b_hn).",
)
def gru_cell(x, h, w_ih, w_hh, b_ih, b_hh, reset_after=True):
    return step(x, h, w_ih, w_hh, b_ih, b_hh, False)


@reject(
    "b_hn inside the reset in the original form",
    "With reset_after=False only the state is reset; b_hn is added outside, whatever the gate says.",
)
def gru_cell(x, h, w_ih, w_hh, b_ih, b_hh, reset_after=True):
    past = None if reset_after else lambda x_n, r, h, u, b: x_n + (r * h) @ u.T + r * b
    return step(x, h, w_ih, w_hh, b_ih, b_hh, reset_after, past=past)


@reject("biases of the state forgotten", "There are two biases: b_hh is missing.")
def gru_cell(x, h, w_ih, w_hh, b_ih, b_hh, reset_after=True):
    return step(x, h, w_ih, w_hh, b_ih, 0 * b_hh, reset_after)


@reject("biases of the input forgotten", "There are two biases: b_ih is missing.")
def gru_cell(x, h, w_ih, w_hh, b_ih, b_hh, reset_after=True):
    return step(x, h, w_ih, w_hh, 0 * b_ih, b_hh, reset_after)


@reject(
    "w_hh not transposed", "Each block of w_hh is applied as h @ U.T: its rows are the new units, its columns the old."
)
def gru_cell(x, h, w_ih, w_hh, b_ih, b_hh, reset_after=True):
    turned = torch.cat([u.T for u in w_hh.chunk(3)])
    return step(x, h, w_ih, turned, b_ih, b_hh, reset_after)


@reject(
    "units taken with step 3",
    "The rows are stacked in blocks, all of r, then all of z, then all of n. You read them in turn, as if reshaped to (H, 3).",
)
def gru_cell(x, h, w_ih, w_hh, b_ih, b_hh, reset_after=True):
    return step(x, h, *(torch.cat([w[k::3] for k in range(3)]) for w in (w_ih, w_hh, b_ih, b_hh)), reset_after)


@reject("gates without gradient", "The values are right, but no gradient reaches the gates: do not detach r and z.")
def gru_cell(x, h, w_ih, w_hh, b_ih, b_hh, reset_after=True):
    return step(x, h, w_ih, w_hh, b_ih, b_hh, reset_after, gate=lambda a: torch.sigmoid(a).detach())


@reject("the past without gradient", "The values are right, but no gradient reaches the old state: do not detach h.")
def gru_cell(x, h, w_ih, w_hh, b_ih, b_hh, reset_after=True):
    return step(x, h.detach(), w_ih, w_hh, b_ih, b_hh, reset_after)


@reject("changes the state in place", "h belongs to the caller and was overwritten: return a new tensor.")
def gru_cell(x, h, w_ih, w_hh, b_ih, b_hh, reset_after=True):
    new = step(x, h, w_ih, w_hh, b_ih, b_hh, reset_after)
    with torch.no_grad():
        h.copy_(new)
    return new


@reject(
    "sigmoid by hand, which overflows",
    "exp of a large number is infinite, and infinity over infinity is NaN: use torch.sigmoid.",
)
def gru_cell(x, h, w_ih, w_hh, b_ih, b_hh, reset_after=True):
    return step(x, h, w_ih, w_hh, b_ih, b_hh, reset_after, gate=lambda a: torch.exp(a) / (1 + torch.exp(a)))


@reject(
    "sigmoid by hand, without a gradient at the ends",
    "1 / (1 + exp(-a)) has the right values, but where exp(-a) is infinite its gradient is 0 times infinity, NaN: "
    "torch.sigmoid.",
)
def gru_cell(x, h, w_ih, w_hh, b_ih, b_hh, reset_after=True):
    return step(x, h, w_ih, w_hh, b_ih, b_hh, reset_after, gate=lambda a: 1 / (1 + torch.exp(-a)))
