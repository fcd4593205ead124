"""Checks of xavier-kaiming-init.

Random weights are judged by statistics of 100 000 numbers or more. Each single judgement cries wolf with a probability
below 2e-8, all of them in a verdict together below 1e-6.
"""

from __future__ import annotations

import math

import numpy as np
import torch

from tutor.checks import deterministic, draws, equal, holds, raises

ALARM = 1e-8


def fans(shape):
    """PyTorch's count."""
    return torch.nn.init._calculate_fan_in_and_fan_out(torch.empty(shape))


def distance(samples, cdf):
    """Kolmogorov's distance between the samples' distribution and the one that is wanted."""
    x = np.sort(samples.ravel().astype(float))
    steps = np.arange(len(x) + 1) / len(x)
    wanted = cdf(x)
    return max(np.abs(steps[1:] - wanted).max(), np.abs(steps[:-1] - wanted).max())


def normal_cdf(x):
    return torch.special.ndtr(torch.from_numpy(x)).numpy()


def spread_is(weights, std, fourth, given):
    """The root of the mean square is `std`; `fourth` is the mean of z**4 for z of spread 1."""
    values = weights.ravel().astype(float)
    got = math.sqrt(float(np.mean(values**2)))
    allowed = (
        6.2 * math.sqrt(fourth - 1) / math.sqrt(values.size)
    )  # of the mean square; 6.2 sigma of a chi-square: below 2e-8
    holds(
        abs((got / std) ** 2 - 1) <= allowed,
        f"the weights have a spread of {got:.4g}, it should be {std:.4g} (within {allowed / 2:.1%})",
        got=float(f"{got / std:.2g}") * std,  # two digits: the same mistake is known again in other random numbers
        expected=std,
        input=given,
    )


def centred(weights, std, given):
    """The mean is 0."""
    mean, allowed = float(weights.mean(dtype=float)), std * math.sqrt(2 * math.log(2 / ALARM) / weights.size)
    holds(
        abs(mean) <= allowed,
        f"the weights have a mean of {mean:.3g}, it should be 0 (within {allowed:.2g})",
        got=float(f"{mean:.2g}"),
        expected=0.0,
        input=given,
    )


def distributed(weights, cdf, name, given):
    """Kolmogorov's distance stays below the bound of Dvoretzky, Kiefer, Wolfowitz and Massart."""
    allowed = math.sqrt(math.log(2 / ALARM) / (2 * weights.size))
    far = distance(weights, cdf)
    holds(far <= allowed, f"the weights are not {name}", got=float(f"{far:.1g}"), expected=name, input=given)


@draws(20)
def test_fans(mine, draw):
    """fan_in_out counts as PyTorch does: dense layers, and convolutions with one, two or three kernel axes."""
    shape = draw.shape(dims=[2, 4, 3, 5][draw.index % 4], low=1, high=9)
    equal(mine.fan_in_out(shape), fans(shape), "the pair of fans", input={"shape": shape})


def test_shapes_without_fans(mine):
    """A shape with fewer than two axes raises ValueError, in all three functions."""
    rng = np.random.default_rng(0)
    for shape in ((5,), ()):
        raises(ValueError, mine.fan_in_out, shape, because="a bias has no fan-in")
        raises(ValueError, mine.xavier_uniform, shape, rng, because="a bias has no fan-in")
        raises(ValueError, mine.kaiming_normal, shape, rng, because="a bias has no fan-in")


@draws(8)
def test_shape_and_dtype(mine, draw):
    """Both give float32 arrays of the shape that was asked for."""
    shape = draw.shape(dims=[2, 4, 3, 5][draw.index % 4], low=1, high=5)
    for make in (mine.xavier_uniform, mine.kaiming_normal):
        got = make(shape, draw.rng())
        given = {"shape": shape, "function": make.__name__}
        holds(isinstance(got, np.ndarray), "the result is no array", got=got, expected="an array", input=given)
        holds(got.shape == shape, "the result has another shape", got=got.shape, expected=shape, input=given)
        holds(got.dtype == np.float32, "the result is not float32", got=str(got.dtype), expected="float32", input=given)


@draws(4)
def test_xavier(mine, draw):
    """xavier_uniform fills the range ±gain·sqrt(6 / (fan_in + fan_out)) evenly, and stays inside."""
    shape = [(200, 600), (700, 150), (160, 40, 5, 5), (64, 180, 3, 3)][draw.index]
    gain = [1.0, 1.0, 5 / 3, 0.5][draw.index]
    rng = draw.rng()
    weights = mine.xavier_uniform(shape, rng) if gain == 1 else mine.xavier_uniform(shape, rng, gain)
    given = {"shape": shape, "gain": gain}
    bound = gain * math.sqrt(6 / sum(fans(shape)))
    centred(weights, bound / math.sqrt(3), given)
    spread_is(weights, bound / math.sqrt(3), 9 / 5, given)
    distributed(weights, lambda x: np.clip((x / bound + 1) / 2, 0, 1), "evenly distributed between the bounds", given)
    largest = float(np.abs(weights).max())
    holds(largest <= bound * (1 + 1e-6), "a weight lies outside the bounds", got=largest, expected=bound, input=given)


@draws(4)
def test_kaiming(mine, draw):
    """kaiming_normal gives normal numbers with the standard deviation sqrt(2 / fan_in)."""
    shape = [(200, 600), (700, 150), (160, 40, 5, 5), (64, 180, 3, 3)][draw.index]
    weights, given = mine.kaiming_normal(shape, draw.rng()), {"shape": shape}
    std = math.sqrt(2 / fans(shape)[0])
    centred(weights, std, given)
    spread_is(weights, std, 3.0, given)
    distributed(weights, lambda x: normal_cdf(x / std), "normally distributed", given)


@draws(6)
def test_mode_and_slope(mine, draw):
    """kaiming_normal divides by the fan that mode names, and makes up for the slope of a leaky ReLU."""
    shape = [(200, 700), (128, 30, 5, 7)][draw.index % 2]
    mode, a = [
        ("fan_out", 0.0),
        ("fan_in", 0.3),
        ("fan_out", 1.0),
        ("fan_in", 1.0),
        ("fan_in", -0.5),
        ("fan_out", 2.0),
    ][draw.index]
    rng = draw.rng()
    weights = mine.kaiming_normal(shape, rng, mode) if a == 0 else mine.kaiming_normal(shape, rng, mode=mode, a=a)
    std = math.sqrt(2 / (1 + a * a) / fans(shape)[mode == "fan_out"])
    spread_is(weights, std, 3.0, {"shape": shape, "mode": mode, "a": a})


def test_unknown_mode(mine):
    """A mode that is neither fan_in nor fan_out raises ValueError."""
    rng = np.random.default_rng(0)
    for mode in ("fan_avg", "in", ""):
        raises(ValueError, mine.kaiming_normal, (4, 3), rng, mode, because=f"there is no mode {mode!r}")


def test_each_entry_of_its_own(mine):
    """Every weight is a number of its own: rows, columns and kernels do not repeat."""
    for make in (mine.xavier_uniform, mine.kaiming_normal):
        weights = make((30, 20, 3, 3), np.random.default_rng(5))
        different = len(np.unique(weights))
        name = make.__name__
        holds(
            different > 0.99 * weights.size,
            f"only {different} of {weights.size} weights are different",
            got=different,
            expected="nearly all different",
            input={"function": name},
        )


@draws(3)
def test_randomness_comes_from_rng(mine, draw):
    """The same state of rng gives the same weights, the next call with it gives others."""
    for make in (mine.xavier_uniform, mine.kaiming_normal):
        deterministic(make, (4, 3), draw.rng())
        rng = draw.rng()
        first, second = make((4, 3), rng), make((4, 3), rng)
        holds(
            not np.array_equal(first, second),
            "two calls with one rng gave the same weights",
            got=second,
            expected="new weights",
            input={"function": make.__name__},
        )
