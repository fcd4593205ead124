"""Checks of batchnorm-numpy against PyTorch's batch_norm and its autograd."""

import numpy as np
import torch
import torch.nn.functional as F

from tutor.checks import close, draws, equal, from_torch, holds, raises, same


@from_torch
def reference(x, gamma, beta, running, training, momentum=0.1, eps=1e-5):
    mean, var = (torch.from_numpy(running[key]) for key in ("mean", "var"))  # the same memory: updated in place
    return F.batch_norm(x, mean, var, gamma, beta, training, momentum, eps)


@from_torch
def reference_gradients(x, gamma, beta, running, dout, training):
    inputs = [t.clone().requires_grad_() for t in (x, gamma, beta)]
    mean, var = (torch.from_numpy(running[key]) for key in ("mean", "var"))
    with torch.enable_grad():
        y = F.batch_norm(inputs[0], mean, var, *inputs[1:], training)
    return tuple(torch.autograd.grad(y, inputs, dout))


def pair(returned):
    """What the forward pass returned, once it is known to be two things."""
    fits = isinstance(returned, tuple | list) and len(returned) == 2
    holds(
        fits,
        "batchnorm_forward does not return the pair (y, cache)",
        got=returned,
        expected="a tuple of y and the cache",
    )
    return returned


def three(returned):
    """A list of the gradients is as good as a tuple."""
    return tuple(returned) if isinstance(returned, list) else returned


def forward(mine):
    """The learner's forward pass without its cache."""

    def batchnorm_forward(x, gamma, beta, running, training, momentum=0.1, eps=1e-5):
        return pair(mine.batchnorm_forward(x, gamma, beta, running, training=training, momentum=momentum, eps=eps))[0]

    return batchnorm_forward


def gradients(mine):
    """Forward, then backward."""

    def batchnorm_backward(x, gamma, beta, running, dout, training):
        _, cache = pair(mine.batchnorm_forward(x, gamma, beta, running, training=training))
        return three(mine.batchnorm_backward(dout, cache))

    return batchnorm_backward


def features(draw, n, d, layout=False):
    """A batch whose features have means and spreads of their own."""
    x = draw.array((n, d)) * np.arange(1, d + 1) + np.arange(d)
    return draw.layout(x) if layout else x


def state(draw, d):
    """gamma, beta and running values of a layer that has been trained for a while."""
    running = {"mean": draw.array(d), "var": 0.3 + np.abs(draw.array(d))}
    return draw.array(d), draw.array(d), running


@draws(16)
def test_training(mine, draw):
    """In training gives PyTorch's output, and afterwards `running` holds PyTorch's running values."""
    n, d = draw.int(3, 7), draw.int(1, 5)
    same(forward(mine), reference, features(draw, n, d, True), *state(draw, d), True, may_change=("running",))


@draws(10)
def test_evaluation(mine, draw):
    """In evaluation uses the running values and leaves them as they are, also for a single row."""
    n, d = draw.int(1, 6), draw.int(1, 5)
    same(forward(mine), reference, features(draw, n, d, True), *state(draw, d), False)


@draws(12)
def test_gradients_in_training(mine, draw):
    """In training dx, dgamma and dbeta are those of autograd, with the ways through mean and variance."""
    n, d = draw.int(4, 8), draw.int(1, 5)
    x, dout = features(draw, n, d), draw.layout(draw.array((n, d)))
    same(gradients(mine), reference_gradients, x, *state(draw, d), dout, True, may_change=("running",))


@draws(8)
def test_gradients_in_evaluation(mine, draw):
    """In evaluation mean and variance are constants, and the gradients know that."""
    n, d = draw.int(1, 6), draw.int(1, 5)
    same(gradients(mine), reference_gradients, features(draw, n, d), *state(draw, d), draw.array((n, d)), False)


@draws(4)
def test_options(mine, draw):
    """Uses momentum and eps as they are given: momentum is the weight of the new batch."""
    options = {"momentum": [0.0, 1.0, 0.3, 0.9][draw.index], "eps": [1e-5, 0.5, 1e-3, 2.0][draw.index]}
    args = (features(draw, 4, 3), *state(draw, 3), True)
    same(forward(mine), reference, *args, may_change=("running",), **options)


@draws(2)
def test_three_batches(mine, draw):
    """After three batches with the default momentum `running` is what PyTorch's layer has; then evaluation agrees."""
    layer = torch.nn.BatchNorm1d(3, dtype=torch.float64)
    running = {"mean": np.zeros(3), "var": np.ones(3)}
    gamma, beta = np.ones(3), np.zeros(3)
    for n in (5, 2, 4):
        x = features(draw, n, 3)
        layer(torch.from_numpy(x))
        mine.batchnorm_forward(x, gamma, beta, running, training=True)
        wanted = {"mean": layer.running_mean.numpy(), "var": layer.running_var.numpy()}
        close(running, wanted, f"running after a batch of {n}", input={"x": x})
    x = features(draw, 3, 3)
    got, _ = pair(mine.batchnorm_forward(x, gamma, beta, running, training=False))
    close(got, layer.eval()(torch.from_numpy(x)).detach().numpy(), "the evaluation afterwards", input={"x": x})


@draws(2)
def test_cache(mine, draw):
    """The cache belongs to its call: another forward pass in between changes nothing."""
    x, dout, (gamma, beta, running) = features(draw, 4, 3), draw.array((4, 3)), state(draw, 3)
    training = draw.bool()
    wanted = reference_gradients(x, gamma, beta, {k: v.copy() for k, v in running.items()}, dout, training)
    _, cache = pair(mine.batchnorm_forward(x, gamma, beta, running, training=training))
    mine.batchnorm_forward(features(draw, 4, 3) * 3, gamma, beta, running, training=True)
    close(three(mine.batchnorm_backward(dout, cache)), wanted, "the gradients of the first call", input={"x": x})


@draws(4)
def test_offset(mine, draw):
    """Keeps its digits for features far from zero, and for tiny ones."""
    x = [1e6, -1e6, 1e3, 0][draw.index] + features(draw, 6, 3) * [1, 1, 1, 1e-4][draw.index]
    same(forward(mine), reference, x, *state(draw, 3), True, may_change=("running",), dtypes=("float64",), rtol=1e-7)


@draws(2)
def test_constant_feature(mine, draw):
    """A feature that is the same in all rows becomes beta: eps keeps the root away from 0."""
    x = features(draw, 3, 2)
    x[:, draw.index] = 0.25  # exact in binary: its mean is itself
    same(forward(mine), reference, x, *state(draw, 2), True, may_change=("running",), dtypes=("float64",))


def test_single_row(mine):
    """One row in training raises ValueError, and `running` is not touched."""
    running = {"mean": np.array([1.0, 2.0]), "var": np.array([3.0, 4.0])}
    one = np.ones((1, 2))

    def batchnorm_forward(x, running):
        return mine.batchnorm_forward(x, np.ones(2), np.zeros(2), running, training=True)

    raises(ValueError, batchnorm_forward, one, running, because="one row has no variance")
    try:
        batchnorm_forward(one, running)
    except ValueError:
        equal(running, {"mean": np.array([1.0, 2.0]), "var": np.array([3.0, 4.0])}, "running after the error")
