"""Checks of the backward pass of softmax against autograd."""

from __future__ import annotations

import numpy as np
import torch

from tutor.checks import close, draws, equal, gradients, holds, measure, same


def softmax(z, axis):
    return torch.softmax(torch.tensor(np.array(z)), dim=axis).numpy()


def softmax_backward(dout, probs, axis=-1):
    """Autograd through torch.softmax, at logits whose softmax is `probs`."""
    z = torch.log(torch.tensor(np.array(probs))).requires_grad_()
    torch.softmax(z, dim=axis).backward(torch.tensor(np.array(dout)))
    return z.grad.numpy()


@draws(30)
def test_matches_autograd(mine, draw):
    """The gradient is autograd's for any shape, along any axis."""
    z = draw.array(draw.shape(dims=(1, 4)), scale=draw.pick(1, 4))
    axis = draw.dim(z)
    probs = softmax(z, axis)
    same(mine.softmax_backward, softmax_backward, draw.layout(draw.array(z.shape)), draw.layout(probs), axis=axis)


@draws(3)
def test_default_axis(mine, draw):
    """Without an axis it works along the last one; the axis may also be given by position."""
    z = draw.array((3, 2, 4))
    same(mine.softmax_backward, softmax_backward, draw.array(z.shape), softmax(z, -1))
    same(mine.softmax_backward, softmax_backward, draw.array(z.shape), softmax(z, 0), 0)


@draws(4)
def test_slopes(mine, draw):
    """The gradient agrees with finite differences of sum(dout · softmax(z))."""
    z, dout, axis = draw.array((3, 5)), draw.array((3, 5)), draw.pick(1, 0)
    dz = mine.softmax_backward(dout, softmax(z, axis), axis=axis)
    gradients(lambda at: np.sum(dout * softmax(at, axis)), z, dz)


@draws(4)
def test_sums_to_zero(mine, draw):
    """The gradient adds up to 0 along the axis: a shift of all logits changes nothing."""
    z, axis = draw.array((4, 3), scale=3), draw.pick(0, 1)
    dz = mine.softmax_backward(draw.array((4, 3)), softmax(z, axis), axis=axis)
    close(dz.sum(axis=axis), np.zeros(z.shape[1 - axis]), "the sum of the gradient along the axis", atol=1e-12)


@draws(4)
def test_certain(mine, draw):
    """Where a probability is exactly 0 or 1, the gradient is exactly 0."""
    probs = np.eye(4)[draw.labels(3, 4)]  # (3, 4), each row certain of one class
    equal(
        np.abs(mine.softmax_backward(draw.array((3, 4)), probs)),
        np.zeros((3, 4)),
        "the gradient of rows that are certain",
        input={"probs": probs},
    )
    probs = np.array([[0.0, 0.3, 0.7, 0.0], [0.2, 0.0, 0.3, 0.5]])
    equal(
        np.abs(mine.softmax_backward(draw.array((2, 4)), probs))[probs == 0],
        np.zeros(3),
        "the gradient where the probability is 0",
        input={"probs": probs},
    )


def test_one_class(mine):
    """With a single class the probability is always 1, so the gradient is 0."""
    same(mine.softmax_backward, softmax_backward, np.array([[3.0], [-2.0]]), np.ones((2, 1)))


def test_memory(mine):
    """No Jacobian is built: the work takes a few arrays of the size of `probs`."""
    z = np.random.default_rng(0).normal(size=(4, 512))
    probs = softmax(z, 1)
    mine.softmax_backward(z, probs)  # what is loaded on first use does not count
    peak = measure(mine.softmax_backward, z, probs).peak_bytes
    limit = 24 * probs.nbytes
    holds(
        peak <= limit,
        f"it needs {peak / probs.nbytes:.0f} times the memory of `probs`: a C × C matrix a row, or nearly so",
        expected="at most 24 times",
    )
