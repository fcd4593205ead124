"""Checks of svd_low_rank against torch.linalg.svd; a layer is judged by what it computes, not by how sigma is divided."""

from __future__ import annotations

import torch
from torch import nn

from tutor.checks import close, draws, equal, holds, raises, same


def truncated(weight, rank):
    U, S, Vh = torch.linalg.svd(weight, full_matrices=False)
    return (U[:, :rank] * S[:rank]) @ Vh[:rank]


def reference(x, weight, bias, rank):
    return nn.functional.linear(x, truncated(weight, rank), bias)


def layer(weight, bias):
    """A dense layer with these parameters."""
    lin = nn.Linear(weight.shape[1], weight.shape[0], bias is not None, dtype=weight.dtype, device=weight.device)
    with torch.no_grad():
        lin.weight.copy_(weight)
        if bias is not None:
            lin.bias.copy_(bias)
    return lin


def factorised(mine):
    """The learner's two layers, applied to x."""

    def low_rank_linear(x, weight, bias, rank):
        return mine.low_rank_linear(layer(weight, bias), rank)(x)

    return low_rank_linear


def spread(draw, n_out, n_in, smallest=0.1):
    """A weight whose singular values lie well apart, so that the best matrix of each rank is unique."""
    k = min(n_out, n_in)
    U, _ = torch.linalg.qr(draw.tensor((n_out, k), requires_grad=False))
    V, _ = torch.linalg.qr(draw.tensor((n_in, k), requires_grad=False))
    sigma = 3 * 0.7 ** torch.arange(k, dtype=U.dtype, device=U.device) + smallest
    return (U * sigma) @ V.T, sigma


def problem(draw, low=2, high=8):
    n_out, n_in = draw.shape(dims=2, low=low, high=high)
    weight, sigma = spread(draw, n_out, n_in)
    return weight, draw.tensor(n_out, requires_grad=False), sigma


@draws(12)
def test_best_of_its_rank(mine, draw):
    """Together the two layers compute the best matrix of this rank, and the bias: values and input gradients."""
    weight, bias, _ = problem(draw)
    rank = draw.int(1, min(weight.shape) - 1) if min(weight.shape) > 1 else 1
    x = draw.tensor((draw.int(1, 4), weight.shape[1]))
    same(factorised(mine), reference, x, weight, bias, rank, dtypes=("float64",))
    same(factorised(mine), reference, x, weight, bias, rank, dtypes=("float32",), rtol=1e-4, atol=1e-4)


@draws(4)
def test_without_bias(mine, draw):
    """A layer without bias becomes two layers without bias."""
    weight, _, _ = problem(draw)
    same(factorised(mine), reference, draw.tensor((3, weight.shape[1])), weight, None, 1, dtypes=("float64",))
    names = list(mine.low_rank_linear(layer(weight, None), 1).state_dict())
    equal(names, ["0.weight", "1.weight"], "the list of parameters")


@draws(4)
def test_error(mine, draw):
    """What is missing has the next singular value as its spectral norm, and at full rank nothing is missing."""
    weight, bias, sigma = problem(draw, low=3)
    rank = draw.int(1, len(sigma))
    state = mine.low_rank_linear(layer(weight, bias), rank).state_dict()
    missed = torch.linalg.matrix_norm(weight - state["1.weight"] @ state["0.weight"], 2)
    wanted = sigma[rank] if rank < len(sigma) else torch.zeros_like(missed)
    close(missed, wanted, "the spectral norm of the error", atol=1e-9, input={"weight": weight, "rank": rank})
    full = mine.low_rank_linear(layer(weight, bias), len(sigma)).state_dict()
    close(full["1.weight"] @ full["0.weight"], weight, "the product at full rank", atol=1e-9, input={"weight": weight})


@draws(4)
def test_two_layers(mine, draw):
    """There are two dense layers of the right shapes, with the bias in the second one and lin's dtype."""
    weight, bias, _ = problem(draw)
    dtype = draw.pick(torch.float64, torch.float32)
    rank = draw.int(1, min(weight.shape))
    state = mine.low_rank_linear(layer(weight.to(dtype), bias.to(dtype)), rank).state_dict()
    n_out, n_in = weight.shape
    got = {name: (tuple(p.shape), p.dtype) for name, p in state.items()}
    wanted = {"0.weight": ((rank, n_in), dtype), "1.weight": ((n_out, rank), dtype), "1.bias": ((n_out,), dtype)}
    equal(got, wanted, "the parameters' shapes and dtypes", input={"weight": weight, "rank": rank})


@draws(2)
def test_can_be_trained(mine, draw):
    """All parameters are new ones that require a gradient and get one; lin stays as it is."""
    weight, bias, _ = problem(draw)
    lin = layer(weight, bias)
    net = mine.low_rank_linear(lin, 1)
    net(draw.tensor((2, weight.shape[1]), requires_grad=False)).square().sum().backward()
    gradients = {name: None if p.grad is None else tuple(p.grad.shape) for name, p in net.named_parameters()}
    n_out, n_in = weight.shape
    equal(gradients, {"0.weight": (1, n_in), "1.weight": (n_out, 1), "1.bias": (n_out,)}, "the gradients' shapes")
    with torch.no_grad():
        for p in net.parameters():
            p.zero_()
    holds(torch.equal(lin.weight, weight) and torch.equal(lin.bias, bias), "lin has changed", got=lin.weight.detach())
    holds(lin.weight.grad is None, "a gradient flows to lin", got=lin.weight.grad)


@draws(3)
def test_deficient(mine, draw):
    """A weight of low rank is reproduced by that rank, and one of zeros gives zeros."""
    n_out, n_in = draw.shape(dims=2, low=3, high=7)
    weight = draw.tensor((n_out, 2), requires_grad=False) @ draw.tensor((2, n_in), requires_grad=False)
    x, bias = draw.tensor((3, n_in)), draw.tensor(n_out, requires_grad=False)
    same(factorised(mine), reference, x, weight, bias, 2, dtypes=("float64",), atol=1e-9)
    same(factorised(mine), reference, x, weight * 0, bias, 1, dtypes=("float64",), grads=False)


@draws(3)
def test_refuses(mine, draw):
    """A rank below 1 or above min(n_in, n_out) raises ValueError."""
    weight, bias, _ = problem(draw)
    lin = layer(weight, bias)
    for rank in (0, min(weight.shape) + 1, -1):
        raises(ValueError, outcome(mine), lin, rank, because=f"a {tuple(weight.shape)} weight has no rank {rank}")


def outcome(mine):
    """Says only that layers were made."""

    def low_rank_linear(lin, rank):
        mine.low_rank_linear(lin, rank)
        return "two layers"

    return low_rank_linear


@draws(12)
def test_energy(mine, draw):
    """Finds the smallest rank whose squared singular values reach the fraction; float32 and layouts included."""
    weight, _, sigma = problem(draw)
    share = torch.cumsum(sigma**2, 0) / (sigma**2).sum()
    rank = draw.int(1, len(sigma))
    below = float(share[rank - 2]) if rank > 1 else 0.0
    energy = below + draw.float(0.1, 0.9) * (float(share[rank - 1]) - below)  # between two fractions, never on one
    given = draw.layout(weight.to(draw.pick(torch.float64, torch.float32)))
    equal(mine.rank_for_energy(given, energy), rank, "the rank", input={"weight": weight, "energy": energy})


def test_energy_of_a_diagonal(mine):
    """Of diag(4, 2, 1, 1) one direction holds 16/22 of the energy, two hold 20/22, three 21/22."""
    weight = torch.diag(torch.tensor([1.0, 4.0, 1.0, 2.0]))
    for energy, rank in ((0.7, 1), (0.75, 2), (0.9, 2), (0.93, 3), (0.96, 4)):
        equal(mine.rank_for_energy(weight, energy), rank, "the rank", input={"weight": weight, "energy": energy})


@draws(8)
def test_all_energy(mine, draw):
    """energy = 1.0 gives the full rank where no singular value is small, however the sums are rounded."""
    n_out, n_in = draw.shape(dims=2, low=2, high=12)
    weight, sigma = spread(draw, n_out, n_in, smallest=2.0)
    given = weight.to(draw.pick(torch.float64, torch.float32))
    equal(mine.rank_for_energy(given, 1.0), len(sigma), "the rank", input={"weight": given})


@draws(3)
def test_few_directions(mine, draw):
    """A weight of rank 1 needs rank 1 for any energy below 1, and zeros have rank 1, too."""
    n_out, n_in = draw.shape(dims=2, low=2, high=6)
    weight = draw.tensor((n_out, 1), requires_grad=False) @ draw.tensor((1, n_in), requires_grad=False)
    equal(mine.rank_for_energy(weight, draw.pick(0.5, 0.999)), 1, "the rank", input={"weight": weight})
    equal(mine.rank_for_energy(torch.zeros(n_out, n_in), 0.9), 1, "the rank", input={"weight": "zeros"})


def test_types(mine):
    """Ranks are Python integers."""
    rank = mine.rank_for_energy(torch.eye(3), 0.5)
    holds(type(rank) is int, "rank_for_energy returns no int", got=rank, expected="an int")
    rank = mine.worthwhile_rank(4, 5)
    holds(type(rank) is int, "worthwhile_rank returns no int", got=rank, expected="an int")


@draws(20)
def test_worthwhile(mine, draw):
    """Gives the largest rank that saves weights, and 0 where none does."""
    n_in, n_out = draw.pick(
        (100, 100), (400, 120), (1, 5), (2, 2), (3, 6), (7, 7), (84, 10), (4, 12), (1, 1), (4096, 2)
    )
    if draw.index >= 10:
        n_in, n_out = draw.int(1, 60), draw.int(1, 60)
    saving = [r for r in range(1, min(n_in, n_out) + 1) if r * (n_in + n_out) < n_in * n_out]
    wanted = max(saving, default=0)
    equal(mine.worthwhile_rank(n_in, n_out), wanted, "the rank", input={"n_in": n_in, "n_out": n_out})
