"""Checks of l2-weight-decay."""

from __future__ import annotations

import numpy as np
import torch
from torch.optim.sgd import sgd

from tutor.checks import close, draws, same


def penalty(params, lam):
    """PyTorch's autograd of the penalty."""
    leaves = {name: torch.from_numpy(np.array(p)).requires_grad_() for name, p in params.items()}
    total = sum((lam / 2 * (p**2).sum() for p in leaves.values() if p.ndim >= 2), torch.zeros((), dtype=torch.float64))
    if total.requires_grad:
        total.backward()
    return total.item(), {
        name: (torch.zeros_like(p) if p.grad is None else p.grad).numpy() for name, p in leaves.items()
    }


def torch_step(w, grad, lr, lam):
    """torch.optim.SGD(weight_decay=lam), by the function that does its arithmetic (the class is slow to import)."""
    p, g = torch.from_numpy(np.array(w)), torch.from_numpy(np.array(grad))
    options = {"momentum": 0.0, "dampening": 0.0, "nesterov": False, "maximize": False, "foreach": False}
    sgd([p], [g], [None], weight_decay=lam, lr=lr, **options)
    return p.numpy()


@draws(20)
def test_step(mine, draw):
    """sgd_decay_step gives what torch.optim.SGD(weight_decay=lam) gives."""
    shape = draw.shape(dims=(1, 4))
    w, grad = draw.array(shape, scale=3, layout=True), draw.array(shape, layout=True)
    same(mine.sgd_decay_step, torch_step, w, grad, draw.float(0.05, 0.9), draw.float(0.1, 2))


@draws(16)
def test_penalty(mine, draw):
    """l2_penalty gives half of lam times the sum of all squared weights; biases are free and get zeros."""
    D, H, C = draw.shape(dims=3, low=1, high=5)
    params = {
        "W1": draw.array((D, H), layout=True),
        "b1": draw.array(H, layout=True),
        "W2": draw.array((H, C), layout=True),
        "b2": draw.array(C),
    }
    same(mine.l2_penalty, penalty, params, draw.float(0.01, 2))


@draws(6)
def test_axes_not_names_decide(mine, draw):
    """What counts is the number of axes, not the name: kernels are weights, a scale with one axis is free."""
    params = {
        "conv.kernel": draw.array((3, 2, 3, 1)),
        "b": draw.array((1, 4)),
        "W": draw.array(4),
        "gamma": draw.array(5, scale=10),
        "embedding": draw.array((2, 3, 4)),
        "temperature": draw.array(()),
    }
    same(mine.l2_penalty, penalty, params, draw.float(0.01, 2))


@draws(4)
def test_nothing_to_charge(mine, draw):
    """No parameters, biases only, or lam = 0 cost exactly nothing, and every name still gets its gradient."""
    W, b = draw.array((2, 3)), draw.array(3)
    params, lam = [({"W": W, "b": b}, 0.0), ({"b": b}, 0.5), ({}, 0.5), ({"W": W[:0], "b": b[:0]}, 0.5)][draw.index]
    same(mine.l2_penalty, penalty, params, lam)


@draws(4)
def test_limits_of_the_step(mine, draw):
    """lam = 0 is plain SGD, lr = 0 leaves the weights, and lr·lam ≥ 1 is not held back at zero."""
    w, grad = draw.array((3, 2)), draw.array((3, 2))
    lr, lam = [(0.3, 0.0), (0.0, 0.7), (0.5, 2.0), (0.8, 4.0)][draw.index]
    same(mine.sgd_decay_step, torch_step, w, grad, lr, lam)


@draws(6)
def test_ten_steps_on_the_penalised_loss(mine, draw):
    """Ten steps with decay are ten plain steps on loss plus penalty."""
    X, y = draw.array((5, 3)), draw.array((5, 1))
    w = start = draw.array((3, 1))
    theirs = torch.from_numpy(start.copy()).requires_grad_()
    lr, lam = 0.1, draw.float(0.2, 2)
    for _ in range(10):
        w = mine.sgd_decay_step(w, X.T @ (X @ w - y) / 5, lr, lam)
        error = torch.from_numpy(X) @ theirs - torch.from_numpy(y)
        loss = (error**2).mean() / 2 + lam / 2 * (theirs**2).sum()
        (slope,) = torch.autograd.grad(loss, theirs)
        theirs = (theirs - lr * slope).detach().requires_grad_()
    close(w, theirs.detach().numpy(), "w after ten steps", input={"X": X, "y": y, "w": start, "lr": lr, "lam": lam})


@draws(4)
def test_scales(mine, draw):
    """Works with weights of size a millionth and a million, compared digit by digit."""
    scale = draw.pick(1e-6, 1e6)
    params = {"W": draw.array((3, 4), scale), "b": draw.array(4, scale)}
    same(mine.l2_penalty, penalty, params, 0.3, atol=0.0, rtol=1e-5)
    same(mine.sgd_decay_step, torch_step, params["W"], draw.array((3, 4), scale), 0.1, 0.3, atol=1e-6 * scale)
