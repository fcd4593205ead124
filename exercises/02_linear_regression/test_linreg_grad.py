"""Checks of linreg-grad."""

import numpy as np
import torch

from tutor.checks import draws, gradients, raises, same


def linreg(X, y, w, b):
    """PyTorch's mse_loss and autograd."""
    Xt, yt = torch.from_numpy(np.array(X)), torch.from_numpy(np.array(y))
    wt = torch.from_numpy(np.array(w)).requires_grad_()
    bt = torch.tensor(b, dtype=wt.dtype, requires_grad=True)
    loss = torch.nn.functional.mse_loss(Xt @ wt + bt, yt)
    loss.backward()
    return loss.item(), wt.grad.numpy(), bt.grad.item()


def problem(draw, N, D, scale=1.0):
    return draw.array((N, D), scale), draw.array(N), draw.array(D), draw.float(-2, 2)


@draws(20)
def test_loss_and_gradients(mine, draw):
    """Gives the loss and the gradients that PyTorch's mse_loss and autograd give."""
    same(mine.linreg_loss_and_grad, linreg, *problem(draw, *draw.shape(dims=2, high=8)))


@draws(4)
def test_edge_sizes(mine, draw):
    """Handles a single sample, a single feature, and as many samples as features."""
    N, D = [(1, 1), (1, 3), (4, 1), (3, 3)][draw.index]
    same(mine.linreg_loss_and_grad, linreg, *problem(draw, N, D))


@draws(8)
def test_layouts(mine, draw):
    """Takes transposed, strided and read-only arrays."""
    X, y, w, b = problem(draw, *draw.shape(dims=2, high=5))
    same(mine.linreg_loss_and_grad, linreg, draw.layout(X), draw.layout(y), draw.layout(w), b)


@draws(3)
def test_slopes(mine, draw):
    """Gives gradients that are the slopes of its own loss, by central differences."""
    X, y, w, b = problem(draw, 5, 3)
    _, dw, db = mine.linreg_loss_and_grad(X, y, w, b)
    gradients(lambda v: mine.linreg_loss_and_grad(X, y, v, b)[0], w, dw, what="dw", directions=5)
    gradients(
        lambda v: mine.linreg_loss_and_grad(X, y, w, float(v[0]))[0],
        np.array([b]),
        np.array([db]),
        what="db",
        directions=2,
    )


@draws(3)
def test_large_features(mine, draw):
    """Keeps its accuracy with features of size a million."""
    same(mine.linreg_loss_and_grad, linreg, *problem(draw, 6, 3, scale=1e6))


@draws(3)
def test_refuses_other_shapes_of_y(mine, draw):
    """Raises ValueError when y is a column (N, 1), a row (1, N) or has another length."""
    X, _, w, b = problem(draw, 4, 2)
    shape = [(4, 1), (1, 4), (1,)][draw.index]
    raises(ValueError, mine.linreg_loss_and_grad, X, draw.array(shape), w, b, because=f"y of shape {shape} broadcasts")
