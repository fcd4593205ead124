"""Checks of clip-grad-norm."""

from __future__ import annotations

import torch

from tutor.checks import close, draws, equal, holds

INF = float("inf")


def parameters(draw, dtype=torch.float64, without=(), scale=1.0):
    """Some parameters of different shapes with gradients; those at the places `without` have none."""
    shapes = [draw.shape(dims=(1, 3), low=2, high=5) for _ in range(3)]
    params = [torch.nn.Parameter(draw.tensor(shape, dtype=dtype, requires_grad=False)) for shape in shapes]
    for i, p in enumerate(params):
        if i not in without:
            p.grad = draw.tensor(p.shape, scale, dtype=dtype, requires_grad=False)
    return params


def twins(params):
    """The same parameters and gradients again."""
    copies = [torch.nn.Parameter(p.detach().clone()) for p in params]
    for copy, p in zip(copies, params, strict=True):
        copy.grad = None if p.grad is None else p.grad.clone()
    return copies


def grads(params):
    return [p.grad for p in params]


def norm(params, kind=2.0):
    """The norm of all gradients as one vector."""
    return float(torch.linalg.vector_norm(torch.cat([p.grad.ravel() for p in params if p.grad is not None]), kind))


def compare(mine, params, max_norm, *kind, **tolerance):
    """One call beside PyTorch's, on twins; the parameters themselves must stay."""
    theirs, before = twins(params), [p.detach().clone() for p in params]
    given = {"grads": grads(twins(params)), "max_norm": max_norm} | ({"norm_type": kind[0]} if kind else {})
    got = mine.clip_grad_norm_(params, max_norm, *kind)
    expected = torch.nn.utils.clip_grad_norm_(theirs, max_norm, *kind)
    equal([p.detach() for p in params], before, "the list of parameters after clipping", input=given)
    close(grads(params), grads(theirs), "the list of gradients after clipping", input=given, **tolerance)
    close(got, expected, "what is returned, the norm before clipping,", input=given, **tolerance)


@draws(6)
def test_short_enough(mine, draw):
    """Gradients shorter than max_norm stay as they are, and their norm is returned all the same."""
    params = parameters(draw, draw.pick(torch.float64, torch.float32))
    compare(mine, params, norm(params) * draw.float(1.1, 20))


@draws(12)
def test_too_long(mine, draw):
    """Gradients longer than max_norm are scaled to it by one common factor, as PyTorch does."""
    params = parameters(draw, draw.pick(torch.float64, torch.float32))
    compare(mine, params, norm(params) * draw.float(0.05, 0.9))


@draws(12)
def test_other_norms(mine, draw):
    """norm_type chooses the norm: the sum of absolute values, the largest one, or the length."""
    kind = draw.pick(1.0, INF, 2.0)
    params = parameters(draw, draw.pick(torch.float64, torch.float32))
    compare(mine, params, norm(params, kind) * draw.pick(0.3, 3.0), kind)


@draws(4)
def test_without_gradient(mine, draw):
    """Parameters whose .grad is None are left out, wherever they stand; with no gradient at all 0 is returned."""
    params = parameters(draw, without=[(0,), (1, 2), (1,), (0, 1, 2)][draw.index])
    compare(mine, params, 0.5)


@draws(3)
def test_takes_any_iterable(mine, draw):
    """Takes a generator, a tuple and model.parameters()."""
    params = parameters(draw)
    theirs = twins(params)
    got = mine.clip_grad_norm_(
        [iter(params), tuple(params), torch.nn.ParameterList(params).parameters()][draw.index], 0.4
    )
    expected = torch.nn.utils.clip_grad_norm_(theirs, 0.4)
    close(grads(params), grads(theirs), "the list of gradients after clipping")
    close(got, expected, "what is returned")


def test_no_parameters(mine):
    """With no parameters at all 0 is returned, as a tensor."""
    close(mine.clip_grad_norm_([], 1.0), torch.tensor(0.0), "what is returned for an empty list")


@draws(3)
def test_in_place(mine, draw):
    """Writes into the gradients' own memory, so that whoever holds one sees the change."""
    params = parameters(draw)
    held = grads(params)
    places = [g.data_ptr() for g in held]
    mine.clip_grad_norm_(params, 0.1)
    holds(
        [p.grad.data_ptr() for p in params] == places and all(p.grad is g for p, g in zip(params, held, strict=True)),
        "a .grad is another tensor after the call",
        got="new tensors",
        expected="the same, changed in place",
    )


@draws(4)
def test_zeros(mine, draw):
    """max_norm = 0 gives gradients of 0, and gradients that are 0 stay so, without NaN."""
    params = parameters(draw, draw.pick(torch.float64, torch.float32))
    if draw.pick(False, True):
        for p in params:
            p.grad.zero_()
        compare(mine, params, 1.0)
    compare(mine, params, 0.0)


@draws(4)
def test_scales(mine, draw):
    """Works for gradients of size 1e-8 and 1e12, guard of 1e-6 included."""
    scale, dtype = draw.pick(1e-8, 1e12), draw.pick(torch.float64, torch.float32)
    params = parameters(draw, dtype, scale=scale)
    compare(mine, params, norm(params) / 2, atol=1e-6 * scale)


@draws(2)
def test_bfloat16(mine, draw):
    """Works in bfloat16."""
    params = parameters(draw, torch.bfloat16)
    compare(mine, params, 0.7, atol=0.02, rtol=0.03)


@draws(2)
def test_returned_norm(mine, draw):
    """What is returned is a 0-d tensor that carries no graph and does not change with the gradients."""
    params = parameters(draw)
    expected = norm(params)
    got = mine.clip_grad_norm_(iter(params), 0.2)
    holds(isinstance(got, torch.Tensor), "no tensor is returned", got=got, expected="a 0-d tensor")
    holds(got.shape == () and not got.requires_grad, "the norm has axes or requires a gradient", got=got)
    for p in params:
        p.grad.zero_()
    close(float(got), expected, "the norm, looked at later,")
