"""Other right ways to factorise a layer, and the mistakes that people make."""

from __future__ import annotations

import torch
from torch import nn

from tutor.checks import accept, reject, waive


def decomposed(lin, rank):
    """The first parts: (n_out, r), (r,), (r, n_in)."""
    W = lin.weight.detach()
    if rank < 1 or rank > min(W.shape):
        raise ValueError("no such rank")
    U, S, Vh = torch.linalg.svd(W, full_matrices=False)
    return U[:, :rank], S[:rank], Vh[:rank]


def pair(lin, A, B, bias=True):
    """The two layers, filled."""
    like = {"dtype": lin.weight.dtype, "device": lin.weight.device}
    first = nn.Linear(A.shape[1], A.shape[0], bias=False, **like)
    last = nn.Linear(A.shape[0], B.shape[0], bias=bias and lin.bias is not None, **like)
    with torch.no_grad():
        first.weight.copy_(A)
        last.weight.copy_(B)
        if last.bias is not None:
            last.bias.copy_(lin.bias)
    return nn.Sequential(first, last)


def squares(weight):
    return torch.linalg.svdvals(weight) ** 2


@accept("all of sigma in the second layer")
def low_rank_linear(lin, rank):
    U, S, Vh = decomposed(lin, rank)
    return pair(lin, Vh, U * S)


@accept("all of sigma in the first layer, parameters replaced")
def low_rank_linear(lin, rank):
    U, S, Vh = decomposed(lin, rank)
    first = nn.Linear(lin.in_features, rank, bias=False)
    last = nn.Linear(rank, lin.out_features, bias=lin.bias is not None)
    first.weight = nn.Parameter(torch.diag(S) @ Vh)
    last.weight = nn.Parameter(U.clone())
    if lin.bias is not None:
        last.bias = nn.Parameter(lin.bias.detach().clone())
    return nn.Sequential(first, last)


@accept("a loop over the ranks")
def rank_for_energy(weight, energy):
    parts = squares(weight).tolist()
    reached, r = parts[0], 1
    while r < len(parts) and reached < energy * sum(parts):
        reached += parts[r]
        r += 1
    return r


@accept("by search")
def worthwhile_rank(n_in, n_out):
    r = min(n_in, n_out)
    while r and r * (n_in + n_out) >= n_in * n_out:
        r -= 1
    return r


@reject(
    "the smallest singular values",
    "You kept the SMALLEST singular values: they are sorted in descending order, keep the first ones.",
)
def low_rank_linear(lin, rank):
    decomposed(lin, rank)
    U, S, Vh = torch.linalg.svd(lin.weight.detach(), full_matrices=False)
    return pair(lin, Vh[-rank:], U[:, -rank:] * S[-rank:])


@reject("sigma twice", "Both layers were multiplied by sigma. Give it to one of them, or its root to each.")
def low_rank_linear(lin, rank):
    U, S, Vh = decomposed(lin, rank)
    return pair(lin, S[:, None] * Vh, U * S)


@reject(
    "sigma forgotten", "The singular values are missing: U V^T alone only turns, all directions have the same size."
)
def low_rank_linear(lin, rank):
    U, _, Vh = decomposed(lin, rank)
    return pair(lin, Vh, U)


@reject(
    "V not transposed",
    "torch.linalg.svd returns V TRANSPOSED already: its first rows are the directions, not its columns.",
)
def low_rank_linear(lin, rank):
    decomposed(lin, rank)
    U, S, Vh = torch.linalg.svd(lin.weight.detach())
    return pair(lin, Vh.T[:rank], U[:, :rank] * S[:rank])


@reject("rows of U", "The left vectors are the COLUMNS of U: U[:, :rank].")
def low_rank_linear(lin, rank):
    decomposed(lin, rank)
    U, S, Vh = torch.linalg.svd(lin.weight.detach())
    return pair(lin, Vh[:rank], U.T[:, :rank] * S[:rank])


@reject("bias forgotten", "The bias is gone. It belongs to the second layer.")
def low_rank_linear(lin, rank):
    U, S, Vh = decomposed(lin, rank)
    net = pair(lin, Vh, U * S)
    if lin.bias is not None:
        nn.init.zeros_(net[1].bias)
    return net


@reject(
    "bias in the first layer",
    "A bias in front would be mixed by the second layer. lin's bias belongs to the LAST layer.",
)
def low_rank_linear(lin, rank):
    U, S, Vh = decomposed(lin, rank)
    like = {"dtype": lin.weight.dtype, "device": lin.weight.device}
    net = nn.Sequential(nn.Linear(lin.in_features, rank, **like), nn.Linear(rank, lin.out_features, False, **like))
    with torch.no_grad():
        net[0].weight.copy_(Vh)
        net[1].weight.copy_(U * S)
        net[0].bias.copy_(
            torch.linalg.pinv(U * S) @ (lin.bias if lin.bias is not None else torch.zeros(len(U), **like))
        )
    return net


@reject(
    "a bias where there was none", "lin has no bias, and your second layer has one: pass bias=lin.bias is not None."
)
def low_rank_linear(lin, rank):
    U, S, Vh = decomposed(lin, rank)
    net = pair(lin, Vh, U * S)
    if lin.bias is None:
        net[1].bias = nn.Parameter(torch.zeros(len(U), dtype=U.dtype, device=U.device))
    return net


@reject(
    "one layer", "This is one layer of the old size with a poorer weight: nothing is saved. Return the two factors."
)
def low_rank_linear(lin, rank):
    U, S, Vh = decomposed(lin, rank)
    like = {"dtype": lin.weight.dtype, "device": lin.weight.device}
    one = nn.Linear(lin.in_features, lin.out_features, lin.bias is not None, **like)
    with torch.no_grad():
        one.weight.copy_(U * S @ Vh)
        if lin.bias is not None:
            one.bias.copy_(lin.bias)
    return nn.Sequential(one)


@reject("any rank", "Slicing takes any number: a rank of 0 or above min(n_in, n_out) must raise ValueError.")
def low_rank_linear(lin, rank):
    U, S, Vh = decomposed(lin, min(max(rank, 1), *lin.weight.shape))
    return pair(lin, Vh, U * S)


@reject("lin's own bias", "Your second layer holds lin's own bias: training one changes the other. Copy it.")
def low_rank_linear(lin, rank):
    U, S, Vh = decomposed(lin, rank)
    net = pair(lin, Vh, U * S)
    if lin.bias is not None:
        net[1].bias = lin.bias
    return net


@reject("always float32", "The new layers are float32, whatever lin is: pass dtype and device on.")
def low_rank_linear(lin, rank):
    U, S, Vh = decomposed(lin, rank)
    return pair(lin, Vh, U * S).float()


@reject("sigma not squared", "Energy is the sum of SQUARED singular values, the sum of all squared weights.")
def rank_for_energy(weight, energy):
    reached = torch.cumsum(torch.linalg.svdvals(weight), 0)
    return 1 + int((reached < energy * reached[-1]).sum())


@reject("one rank too few", "Count from 1: the index of the first sum that reaches the energy is the rank minus one.")
def rank_for_energy(weight, energy):
    reached = torch.cumsum(squares(weight), 0)
    return max(1, int((reached < energy * reached[-1]).sum()))


@reject("one rank too many", "One rank less reaches the energy already.")
def rank_for_energy(weight, energy):
    reached = torch.cumsum(squares(weight), 0)
    return min(len(reached), 2 + int((reached < energy * reached[-1]).sum()))


@reject(
    "number of large singular values",
    "You compare each single share with the energy. It is their running SUM that must reach it.",
)
def rank_for_energy(weight, energy):
    parts = squares(weight)
    return max(1, int((parts / parts.sum().clamp(min=1e-30) >= 1 - energy).sum()))


@reject(
    "search runs over the end",
    "With energy = 1 no rounded sum may reach the total, and your search runs over the end. Compare with the last running sum.",
)
def rank_for_energy(weight, energy):
    reached = torch.cumsum(squares(weight), 0)
    return 1 + int((reached < energy * reached[-1] * (1 + 1e-6)).sum())


@reject("a tensor instead of an int", "Return a Python int: a tensor is no rank.")
def rank_for_energy(weight, energy):
    reached = torch.cumsum(squares(weight), 0)
    return 1 + (reached < energy * reached[-1]).sum()


@reject(
    "as many weights allowed", "At this rank the two layers have exactly as many weights as the one: nothing is saved."
)
def worthwhile_rank(n_in, n_out):
    return n_in * n_out // (n_in + n_out)


@reject(
    "half of the smaller side",
    "Half of the smaller side is right for square layers only: r·(n_in + n_out) < n_in·n_out.",
)
def worthwhile_rank(n_in, n_out):
    return (min(n_in, n_out) - 1) // 2


@reject(
    "one less than the smaller side",
    "Every rank below the smaller side is an approximation, but most of them cost MORE weights.",
)
def worthwhile_rank(n_in, n_out):
    return min(n_in, n_out) - 1


waive("low_rank_linear: min(n_in, n_out) → min(n_out, n_in)", "the same number")
waive(
    "low_rank_linear: torch.linalg.svd(W, full_matrices=False) → torch.linalg.svd(W)",
    "the first rank parts are the same, the rest is cut off",
)
waive(
    "low_rank_linear: torch.linalg.svd(W, full_matrices=False) → torch.linalg.svd(W, full_matrices=True)",
    "the first rank parts are the same, the rest is cut off",
)
waive(
    "rank_for_energy: torch.cumsum(torch.linalg.svdvals(weight) ** 2, dim=0) → torch.cumsum(torch.linalg.svdvals(weight) ** 2, dim=-1)",
    "there is one axis",
)
