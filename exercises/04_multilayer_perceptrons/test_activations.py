"""Checks of act_forward and act_backward against torch's functions and autograd."""

from __future__ import annotations

import numpy as np
import torch
import torch.nn.functional as F

from tutor.checks import draws, from_torch, quiet, raises, same

FUNCTIONS = {
    "relu": lambda x, alpha: torch.relu(x),
    "leaky_relu": F.leaky_relu,
    "sigmoid": lambda x, alpha: torch.sigmoid(x),
    "tanh": lambda x, alpha: torch.tanh(x),
    "identity": lambda x, alpha: x.clone(),
}
KINDS = tuple(FUNCTIONS)
ENDS = np.array([1e4, -1e4, 800.0, -800.0, np.inf, -np.inf, 0.0])


@from_torch
def act_forward(x, kind, alpha=0.01):
    return FUNCTIONS[kind](x, alpha)


def act_backward(dout, x, y, kind, alpha=0.01):
    xt = torch.tensor(np.array(x), requires_grad=True)
    return torch.autograd.grad(FUNCTIONS[kind](xt, alpha), xt, torch.tensor(np.array(dout)))[0].numpy()


def inputs(draw):
    """Whole and half numbers among them, so that 0 occurs."""
    x = draw.array(draw.shape(dims=(1, 4), high=5), scale=2)
    return np.where(np.abs(x) < 1, np.round(2 * x) / 2, x)


@draws(30)
def test_forward(mine, draw):
    """act_forward gives the values of PyTorch's function of that kind, for any shape."""
    kind = draw.pick(*KINDS)
    same(mine.act_forward, act_forward, draw.layout(inputs(draw)), kind, draw.pick(0.1, 0.3))


@draws(30)
def test_backward(mine, draw):
    """act_backward gives autograd's gradient: dout times the slope, element by element."""
    kind, alpha = draw.pick(*KINDS), draw.pick(0.1, 0.3)
    x = inputs(draw)
    dout, y = draw.array(x.shape), act_forward(x, kind, alpha)
    same(mine.act_backward, act_backward, draw.layout(dout), draw.layout(x), y, kind, alpha)


@draws(5)
def test_at_zero(mine, draw):
    """At 0 the slope is PyTorch's: 0 for ReLU, alpha for leaky ReLU."""
    kind = draw.pick(*KINDS)
    x = np.array([0.0, -0.0])
    same(mine.act_backward, act_backward, draw.array(2), x, act_forward(x, kind), kind)


@draws(2)
def test_default_alpha(mine, draw):
    """Without alpha, leaky ReLU has the slope 0.01."""
    x = -np.abs(draw.array(3)) - 1
    y = act_forward(x, "leaky_relu")
    same(mine.act_forward, act_forward, x, "leaky_relu")
    same(mine.act_backward, act_backward, draw.array(3), x, y, "leaky_relu")


@draws(5)
def test_the_ends(mine, draw):
    """At ±10 000 and ±infinity values and slopes are the limits, without a warning and never NaN."""
    kind = draw.pick(*KINDS)
    y = act_forward(ENDS, kind, 0.1)
    same(mine.act_forward, act_forward, ENDS, kind, 0.1)
    same(mine.act_backward, act_backward, draw.array(7), ENDS, y, kind, 0.1)
    quiet(mine.act_forward, ENDS, kind, 0.1)
    quiet(mine.act_forward, ENDS.astype(np.float32), kind, 0.1)
    quiet(mine.act_backward, np.ones(7), ENDS, y, kind, 0.1)


@draws(5)
def test_nan_stays(mine, draw):
    """act_forward lets a NaN through as NaN."""
    same(mine.act_forward, act_forward, np.array([1.0, np.nan, -1.0]), draw.pick(*KINDS), 0.1)


def test_unknown_kind(mine):
    """Another kind raises ValueError, in both functions."""
    x = np.ones(2)
    raises(ValueError, mine.act_forward, x, "Relu", because="'Relu' is not one of the five")
    raises(ValueError, mine.act_backward, x, x, x, "swish", because="'swish' is not one of the five")
