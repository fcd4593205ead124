"""Checks of sgd-step."""

import torch
from torch.optim.sgd import sgd

from tutor.checks import close, draws, equal, holds


def parameters(draw, dtype=torch.float64, without=()):
    """Some parameters of different shapes with gradients; those at the places `without` have none."""
    shapes = [draw.shape(dims=(1, 3), low=2, high=5) for _ in range(3)]
    params = [torch.nn.Parameter(draw.tensor(shape, dtype=dtype, requires_grad=False)) for shape in shapes]
    for i, p in enumerate(params):
        if i not in without:
            p.grad = draw.tensor(p.shape, dtype=dtype, requires_grad=False)
    return params


def twins(params):
    """The same parameters and gradients again."""
    copies = [torch.nn.Parameter(p.detach().clone(), p.requires_grad) for p in params]
    for copy, p in zip(copies, params, strict=True):
        copy.grad = None if p.grad is None else p.grad.clone()
    return copies


def torch_step(params, lr):
    """One step of torch.optim.SGD, by the function that does its arithmetic (the class takes a second to import)."""
    trained = [p for p in params if p.grad is not None]
    with torch.no_grad():
        sgd(
            trained,
            [p.grad for p in trained],
            [None] * len(trained),
            weight_decay=0.0,
            momentum=0.0,
            lr=lr,
            dampening=0.0,
            nesterov=False,
            maximize=False,
            foreach=False,
        )


def values(params):
    return [p.detach().clone() for p in params]


@draws(12)
def test_three_steps(mine, draw):
    """Gives the parameters that torch.optim.SGD gives, over three steps with new gradients."""
    params = parameters(draw, draw.pick(torch.float64, torch.float32))
    theirs, lr = twins(params), draw.float(0.05, 2)
    for _ in range(3):
        given = {"params": values(params), "grads": [p.grad.clone() for p in params], "lr": lr}
        equal(mine.sgd_step(params, lr), None, "what the step returns")
        torch_step(theirs, lr)
        close(values(params), values(theirs), "the list of parameters after the step", input=given)
        for p, q in zip(params, theirs, strict=True):
            p.grad = draw.tensor(p.shape, dtype=p.dtype, requires_grad=False)
            q.grad = p.grad.clone()


@draws(4)
def test_skips_parameters_without_gradient(mine, draw):
    """Skips parameters whose .grad is None, wherever they stand, and updates all others."""
    params = parameters(draw, without=[(0,), (1,), (2,), (0, 1, 2)][draw.index])
    theirs = twins(params)
    mine.sgd_step(params, 0.5)
    torch_step(theirs, 0.5)
    close(values(params), values(theirs), "the list of parameters after the step")
    holds(
        all((p.grad is None) == (q.grad is None) for p, q in zip(params, theirs, strict=True)),
        "a .grad appeared or vanished",
    )


@draws(3)
def test_takes_any_iterable(mine, draw):
    """Takes a generator, a tuple and model.parameters()."""
    params = parameters(draw)
    model = torch.nn.ParameterList(params)
    theirs = twins(params)
    mine.sgd_step([iter(params), tuple(params), model.parameters()][draw.index], 0.3)
    torch_step(theirs, 0.3)
    close(values(params), values(theirs), "the list of parameters after the step")


@draws(3)
def test_gradients_stay(mine, draw):
    """Leaves p.grad as it was."""
    params = parameters(draw)
    before = [p.grad.clone() for p in params]
    mine.sgd_step(params, 0.3)
    holds(all(p.grad is not None for p in params), "a .grad is None after the step", expected=before)
    equal([p.grad for p in params], before, "the list of gradients after the step")


@draws(3)
def test_in_place(mine, draw):
    """Writes into the parameter's own memory, so that whoever shares it sees the change."""
    params = parameters(draw)
    views, places = [p.detach() for p in params], [p.data_ptr() for p in params]
    mine.sgd_step(params, 0.3)
    holds([p.data_ptr() for p in params] == places, "a parameter lies in other memory after the step")
    equal(views, values(params), "a view of the parameters after the step")


@draws(2)
def test_autograd_can_notice(mine, draw):
    """Raises the version counter of what it changes, so that autograd notices; .data would hide the change."""
    params = parameters(draw)
    before = [p._version for p in params]
    mine.sgd_step(params, 0.3)
    after = [p._version for p in params]
    holds(
        all(a > b for a, b in zip(after, before, strict=True)),
        "the version counter of a parameter did not move",
        got="the same",
    )


@draws(3)
def test_still_trainable(mine, draw):
    """Leaves parameters that are leaves and require a gradient, frozen ones frozen; the next backward pass works."""
    params = parameters(draw, without=(1,))
    params[1].requires_grad_(False)
    mine.sgd_step(params, 0.3)
    equal([p.requires_grad for p in params], [True, False, True], "the list of requires_grad after the step")
    equal([p.is_leaf for p in params], [True, True, True], "the list of is_leaf after the step")
    for p in params:
        p.grad = None
    sum((p**2).sum() for p in params).backward()
    close(
        [params[0].grad, params[2].grad],
        [2 * params[0].detach(), 2 * params[2].detach()],
        "the gradient of the next pass",
    )


@draws(2)
def test_zero_learning_rate(mine, draw):
    """Leaves the parameters bit by bit as they are when lr is 0."""
    params = parameters(draw)
    before = values(params)
    mine.sgd_step(params, 0.0)
    equal(values(params), before, "the list of parameters after a step with lr = 0")


@draws(2)
def test_bfloat16(mine, draw):
    """Works in bfloat16."""
    params = parameters(draw, torch.bfloat16)
    theirs = twins(params)
    mine.sgd_step(params, 0.25)
    torch_step(theirs, 0.25)
    close(values(params), values(theirs), "the list of parameters after the step")
