"""Checks of loss and gradient of logistic regression against PyTorch's autograd on the transposed data."""

from __future__ import annotations

import numpy as np
import torch
import torch.nn.functional as F

from tutor.checks import draws, faster_than, gradients, same


def logistic_loss_and_grad(X, Y, w, b):
    x, y = torch.tensor(X.T.copy()), torch.tensor(Y[0].copy())  # (m, n_x), (m,): one row a sample
    weight = torch.tensor(w[:, 0].copy(), requires_grad=True)  # (n_x,)
    bias = torch.tensor(float(b), dtype=torch.float64, requires_grad=True)
    loss = F.binary_cross_entropy_with_logits(x @ weight + bias, y)
    loss.backward()
    return loss.item(), weight.grad.numpy()[:, None], bias.grad.item()


def in_one_go(X, Y, w, b):
    """What the time of a vectorised solution is compared with."""
    A = 1 / (1 + np.exp(-(w.T @ X + b)))
    return -np.mean(Y * np.log(A) + (1 - Y) * np.log(1 - A)), X @ (A - Y).T / X.shape[1], float(np.mean(A - Y))


def problem(draw, features, samples, scale=1.0):
    """X (n_x, m), Y (1, m) of 0 and 1, w (n_x, 1), b."""
    Y = draw.labels((1, samples), 2).astype(np.float64)
    return draw.array((features, samples)), Y, draw.array((features, 1), scale=scale), draw.float(-1.0, 1.0)


@draws(20)
def test_matches_autograd(mine, draw):
    """Loss and gradients are those of autograd, for any number of features and samples."""
    X, Y, w, b = problem(draw, *draw.shape(dims=2, high=7))
    same(mine.logistic_loss_and_grad, logistic_loss_and_grad, draw.layout(X), Y, w, b, dtypes=("float64",))


@draws(4)
def test_single_sample(mine, draw):
    """One sample, or one feature, is enough."""
    features, samples = draw.pick((3, 1), (1, 3), (1, 1), (4, 1))
    same(mine.logistic_loss_and_grad, logistic_loss_and_grad, *problem(draw, features, samples), dtypes=("float64",))


@draws(6)
def test_saturated(mine, draw):
    """With logits of ±1000 the loss and the gradients stay finite, and right."""
    X, Y, w, b = problem(draw, 3, 5, scale=1000.0)
    same(mine.logistic_loss_and_grad, logistic_loss_and_grad, X, Y, w, b, dtypes=("float64",))


@draws(3)
def test_slopes(mine, draw):
    """dw is the slope of J: moving w a little changes J as the gradient says."""
    X, Y, w, b = problem(draw, 4, 6)
    _, dw, _ = mine.logistic_loss_and_grad(X, Y, w, b)
    gradients(lambda at: mine.logistic_loss_and_grad(X, Y, at, b)[0], w, dw, what="dw", directions=4)


def test_no_loop_over_samples(mine):
    """All samples are handled at once, not one by one in a Python loop."""
    rng = np.random.default_rng(0)
    X, Y = rng.normal(size=(10, 5000)), rng.integers(0, 2, size=(1, 5000)).astype(np.float64)
    faster_than(mine.logistic_loss_and_grad, in_one_go, 20, X, Y, np.zeros((10, 1)), 0.0)
