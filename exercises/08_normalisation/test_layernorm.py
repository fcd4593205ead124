"""Checks of layernorm against PyTorch's layer_norm and its autograd."""

import numpy as np
import torch
import torch.nn.functional as F

from tutor.checks import close, draws, from_torch, holds, same


@from_torch
def reference(x, gamma, beta, eps=1e-5):
    return F.layer_norm(x, gamma.shape, gamma, beta, eps)


@from_torch
def reference_gradients(x, gamma, beta, dout, eps=1e-5):
    inputs = [t.clone().requires_grad_() for t in (x, gamma, beta)]
    with torch.enable_grad():
        y = F.layer_norm(inputs[0], gamma.shape, *inputs[1:], eps)
    return tuple(torch.autograd.grad(y, inputs, dout))


def pair(returned):
    """What the forward pass returned, once it is known to be two things."""
    fits = isinstance(returned, tuple | list) and len(returned) == 2
    holds(
        fits,
        "layernorm_forward does not return the pair (y, cache)",
        got=returned,
        expected="a tuple of y and the cache",
    )
    return returned


def three(returned):
    """A list of the gradients is as good as a tuple."""
    return tuple(returned) if isinstance(returned, list) else returned


def forward(mine):
    """The learner's forward pass without its cache."""

    def layernorm_forward(x, gamma, beta, *eps):
        return pair(mine.layernorm_forward(x, gamma, beta, *eps))[0]

    return layernorm_forward


def gradients(mine):
    """Forward, then backward."""

    def layernorm_backward(x, gamma, beta, dout, *eps):
        _, cache = pair(mine.layernorm_forward(x, gamma, beta, *eps))
        return three(mine.layernorm_backward(dout, cache))

    return layernorm_backward


def rows(draw, shape, layout=False):
    """Rows with means and spreads of their own."""
    x = draw.array(shape)
    x = x * (1 + np.abs(draw.array((*shape[:-1], 1)))) + 2 * draw.array((*shape[:-1], 1))
    return draw.layout(x) if layout else x


def shape_of(draw, low=2):
    """One to four axes, the last of them at least `low` long."""
    *front, last = draw.shape(dims=(1, 4), high=5)
    return (*front, last + low)


@draws(16)
def test_forward(mine, draw):
    """Normalises every row by itself, whatever the number of axes in front, then scales and shifts."""
    shape = shape_of(draw, low=1)
    same(forward(mine), reference, rows(draw, shape, True), draw.array(shape[-1]), draw.array(shape[-1]))


@draws(16)
def test_backward(mine, draw):
    """dx, dgamma and dbeta are those of autograd; dgamma and dbeta are summed over all rows."""
    shape = shape_of(draw, low=3)
    gamma, beta = draw.array(shape[-1]), draw.array(shape[-1])
    same(gradients(mine), reference_gradients, rows(draw, shape), gamma, beta, draw.layout(draw.array(shape)))


@draws(4)
def test_eps(mine, draw):
    """Adds eps under the root, also for rows so small that it matters."""
    x, eps = rows(draw, (3, 5)) * [1, 1, 1e-4, 1e-2][draw.index], [0.5, 1e-3, 1e-5, 1e-5][draw.index]
    gamma, beta = draw.array(5), draw.array(5)
    same(forward(mine), reference, x, gamma, beta, eps)
    same(gradients(mine), reference_gradients, x, gamma, beta, draw.array((3, 5)), eps)


@draws(2)
def test_alone_or_in_a_batch(mine, draw):
    """A row alone gives the same as the row in its batch."""
    x, gamma, beta = rows(draw, (4, 3, 5)), draw.array(5), draw.array(5)
    whole, _ = pair(mine.layernorm_forward(x, gamma, beta))
    alone, _ = pair(mine.layernorm_forward(x[2:3, 1:2], gamma, beta))
    close(alone, whole[2:3, 1:2], "the row alone", input={"x": x[2:3, 1:2]})


@draws(3)
def test_offset(mine, draw):
    """Keeps its digits for rows far from zero."""
    x = [1e6, -1e6, 1e4][draw.index] + rows(draw, (3, 6))
    same(forward(mine), reference, x, draw.array(6), draw.array(6), dtypes=("float64",), rtol=1e-7)


@draws(3)
def test_nothing_to_normalise(mine, draw):
    """A row of equal numbers becomes beta, and so does everything when D is 1."""
    x = [np.full((2, 4), 0.25), np.array([[3.0], [-1.0]]), np.zeros((1, 4))][draw.index]
    same(forward(mine), reference, x, draw.array(x.shape[-1]), draw.array(x.shape[-1]))


@draws(1)
def test_cache(mine, draw):
    """The cache belongs to its call: another forward pass in between changes nothing."""
    x, dout, gamma, beta = rows(draw, (3, 4)), draw.array((3, 4)), draw.array(4), draw.array(4)
    _, cache = pair(mine.layernorm_forward(x, gamma, beta))
    mine.layernorm_forward(rows(draw, (3, 4)) * 2, gamma, beta)
    wanted = reference_gradients(x, gamma, beta, dout)
    close(three(mine.layernorm_backward(dout, cache)), wanted, "the gradients of the first call", input={"x": x})
