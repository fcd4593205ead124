"""Checks of Dense against torch.nn.functional.linear and autograd.

Weights are assigned, so that the numbers do not depend on how a layer draws them; the drawing has checks of its own.
"""

from __future__ import annotations

import numpy as np
import torch
import torch.nn.functional as F

from tutor.checks import close, draws, equal, holds, mean_is, same


def make(mine, W, b):
    """A layer with these weights and fresh gradients."""
    layer = mine.Dense(*W.shape, np.random.default_rng(0), b is not None)
    layer.W = W
    if b is not None:
        layer.b = b
    layer.zero_grad()
    return layer


def passes(mine, times=1):
    """One forward and some backward passes of the learner's layer, as a function to compare."""

    def dense(x, W, b, dout):
        layer = make(mine, W, b)
        y = layer.forward(x)
        for _ in range(times):
            dx = layer.backward(dout)
        return {"forward": y, "dx": dx, "dW": layer.dW, "db": layer.db}

    return dense


def reference(times=1):
    def dense(x, W, b, dout):
        xt, wt = (torch.tensor(np.array(a), requires_grad=True) for a in (x, W))
        bt = None if b is None else torch.tensor(np.array(b), requires_grad=True)
        y = F.linear(xt, wt.T, bt)
        for _ in range(times):
            xt.grad = None  # W and b collect, x does not
            y.backward(torch.tensor(np.array(dout)), retain_graph=True)
        db = None if b is None else bt.grad.numpy()
        return {"forward": y.detach().numpy(), "dx": xt.grad.numpy(), "dW": wt.grad.numpy(), "db": db}

    return dense


def problem(draw, lead, n_in, n_out, bias=True, scale=1.0):
    x, dout = draw.array((*lead, n_in), scale), draw.array((*lead, n_out))
    return x, draw.array((n_in, n_out)), draw.array(n_out) if bias else None, dout


@draws(12)
def test_rows(mine, draw):
    """For rows of samples, forward and backward give PyTorch's values: y, dx, dW and db."""
    samples, n_in, n_out = draw.shape(dims=3, high=5)
    same(passes(mine), reference(), *problem(draw, (samples,), n_in, n_out, bias=not draw.bool()))


@draws(12)
def test_leading_axes(mine, draw):
    """Any number of leading axes works: (n_in,), (N, T, n_in), (N, H, W, n_in)."""
    shape = draw.shape(dims=5, high=6)[: draw.pick(4, 3, 5, 2)]
    x, W, b, dout = problem(draw, shape[:-2], *shape[-2:])
    same(passes(mine), reference(), x, W, b, dout)


@draws(6)
def test_gradients_add_up(mine, draw):
    """A second backward adds to dW and db; its dx is the same again."""
    n_in, n_out = draw.shape(dims=2, high=4)
    samples = draw.pick(3, 5, 4)  # not 2: the mean of two rows, added twice, is their sum
    same(passes(mine, 2), reference(2), *problem(draw, (samples,), n_in, n_out), dtypes=("float64",))


@draws(3)
def test_two_batches(mine, draw):
    """Two forward-backward pairs give the sum of both gradients; zero_grad begins a new sum."""
    (x1, W, b, d1), (x2, _, _, d2) = problem(draw, (2,), 3, 4), problem(draw, (5,), 3, 4)
    layer = make(mine, W, b)
    for x, d in ((x1, d1), (x2, d2)):
        layer.forward(x)
        layer.backward(d)
    both = {"x1": x1, "dout1": d1, "x2": x2, "dout2": d2}
    close(layer.dW, x1.T @ d1 + x2.T @ d2, "dW", input=both)
    close(layer.db, d1.sum(0) + d2.sum(0), "db", input=both)
    layer.zero_grad()
    layer.backward(d2)
    close(layer.dW, x2.T @ d2, "dW after zero_grad and another backward", input=both)
    close(layer.db, d2.sum(0), "db after zero_grad and another backward", input=both)


@draws(6)
def test_layouts(mine, draw):
    """Takes transposed, strided and read-only arrays."""
    x, W, b, dout = problem(draw, (2, 3), 4, 2)
    same(passes(mine), reference(), draw.layout(x), draw.layout(W), draw.layout(b), draw.layout(dout))


@draws(4)
def test_small_sizes(mine, draw):
    """An empty batch gives zero gradients of the right shape; a single input or output is no exception."""
    lead, n_in, n_out = draw.pick(((0,), 3, 2), ((2, 0), 2, 3), ((1,), 1, 1), ((3,), 1, 2))
    same(passes(mine), reference(), *problem(draw, lead, n_in, n_out))


@draws(3)
def test_far_from_one(mine, draw):
    """Inputs of a millionth and of a million are no trouble."""
    same(passes(mine), reference(), *problem(draw, (3,), 4, 2, scale=draw.pick(1e-6, 1e6)))


@draws(2)
def test_keeps_its_own_copy(mine, draw):
    """What the caller does to x after forward does not reach backward."""
    x, W, b, dout = problem(draw, (3,), 4, 2)
    layer, before = make(mine, W, b), x.copy()
    layer.forward(x)
    x *= 0
    layer.backward(dout)
    close(layer.dW, before.T @ dout, "dW", input={"x at forward": before, "x at backward": x, "dout": dout})


@draws(3)
def test_new_layer(mine, draw):
    """A new layer: W (n_in, n_out) and b zeros (n_out,), both float64; dW and db zeros of the same shapes."""
    n_in, n_out = draw.shape(dims=2, low=2)
    layer = mine.Dense(n_in, n_out, draw.rng())
    given = {"n_in": n_in, "n_out": n_out}
    holds(isinstance(layer.W, np.ndarray), "W is not an array", got=layer.W, input=given)
    holds(layer.W.shape == (n_in, n_out), "W has a wrong shape", got=layer.W.shape, expected=f"({n_in}, {n_out})")
    holds(layer.W.dtype == np.float64, "W is not float64", got=str(layer.W.dtype), expected="float64", input=given)
    equal(layer.b, np.zeros(n_out), "b", input=given)
    equal(layer.dW, np.zeros((n_in, n_out)), "dW", input=given)
    equal(layer.db, np.zeros(n_out), "db", input=given)


def test_without_bias(mine):
    """With bias=False b and db are None, also after a backward and a zero_grad."""
    layer = mine.Dense(3, 2, np.random.default_rng(1), bias=False)
    holds(layer.b is None and layer.db is None, "b and db are not None", got=(layer.b, layer.db), expected="None")
    layer.forward(np.ones((1, 3)))
    layer.backward(np.ones((1, 2)))
    layer.zero_grad()
    holds(layer.b is None and layer.db is None, "b and db are not None", got=(layer.b, layer.db), expected="None")


def test_first_weights(mine):
    """W is drawn from rng with mean 0 and standard deviation sqrt(1 / n_in): the same seed, the same weights."""
    rng, sigma = np.random.default_rng(7), 64**-0.5
    one, two = mine.Dense(64, 160, rng).W, mine.Dense(64, 160, rng).W
    again = mine.Dense(64, 160, np.random.default_rng(7)).W
    holds(
        np.array_equal(again, one), "two layers from equally seeded generators differ: W does not come from rng alone"
    )
    holds(not np.array_equal(one, two), "two layers from one rng have the same W", got=two, expected="other numbers")
    mean_is(one, 0.0, sigma, "the mean of W")
    mean_is((one / sigma) ** 2, 1.0, 2**0.5, "the variance of W, times n_in,")
    mean_is(one[0] * one[1] * 64, 0.0, 1.0, "the correlation of two rows of W")
    holds(np.isfinite(one).all() and len(np.unique(one)) > 9000, "the entries of W are not all drawn", got=one)
