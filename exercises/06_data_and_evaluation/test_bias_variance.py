"""Checks of bias-variance against orthogonal factors (QR), which is neither lstsq nor the normal equations."""

from __future__ import annotations

import numpy as np
import torch

from tutor.checks import close, draws, equal, from_torch, holds, same


@from_torch
def poly_features(x, degree):
    return torch.vander(x, degree + 1, increasing=True)


def bias_variance(x_test, f_true, sample_train, degree, n_repeats, rng):
    sets = [sample_train(rng) for _ in range(n_repeats)]
    fits = np.stack([fit(*data, x_test, degree) for data in sets])  # (R, M)
    mean = fits.sum(0) / n_repeats
    bias2 = ((mean - f_true(x_test)) ** 2).sum() / len(x_test)
    return float(bias2), float(((fits - mean) ** 2).sum() / fits.size)


def fit(x, y, x_test, degree):
    q, r = torch.linalg.qr(torch.from_numpy(poly_features(x, degree)))
    w = torch.linalg.solve_triangular(r, q.T @ torch.from_numpy(y)[:, None], upper=True)
    return (torch.from_numpy(poly_features(x_test, degree)) @ w)[:, 0].numpy()


def cubic(x):
    return 1.0 - 2.0 * x + 3.0 * x**3


class Source:
    """Draws training sets: n points in [-1, 1], a truth and noise. Remembers what it was asked."""

    def __init__(self, truth, n, noise):
        self.truth, self.n, self.noise, self.asked = truth, n, noise, 0

    def __call__(self, rng):
        self.asked += 1
        x = rng.uniform(-1, 1, self.n)
        return x, self.truth(x) + self.noise * rng.normal(size=self.n)


@draws(12)
def test_features(mine, draw):
    """poly_features has one column a power, the constant 1 first, in the dtype of x."""
    same(mine.poly_features, poly_features, draw.array(draw.int(1, 6), scale=2, layout=True), draw.int(0, 5))


def test_features_of_nothing(mine):
    """Degree 0 is the constant column alone, also at x = 0; the features of no points have no rows."""
    same(mine.poly_features, poly_features, np.array([0.0, -2.0, 5.0]), 0)
    same(mine.poly_features, poly_features, np.array([0.0, -1.0]), 4)
    same(mine.poly_features, poly_features, np.zeros(0), 3)


@draws(10)
def test_decomposition(mine, draw):
    """bias_variance gives squared bias and variance of the fits, averaged over the test points."""
    degree, repeats = draw.int(1, 5), draw.int(2, 7)
    source = Source(draw.pick(cubic, np.sin, np.exp), 12 + degree, draw.pick(0.3, 1.0))
    x_test = draw.array(draw.pick(5, 1, 4), scale=0.5)
    arguments = (x_test, source.truth, source, degree, repeats, draw.rng())
    same(mine.bias_variance, bias_variance, *arguments, dtypes=("float64",), rtol=1e-7, atol=1e-10)


@draws(3)
def test_high_degree(mine, draw):
    """Degree 9 on 30 points in [-1, 1] is fitted as well as degree 1."""
    arguments = (np.linspace(-0.9, 0.9, 7), np.cos, Source(np.cos, 30, 0.3), 9, 3, draw.rng())
    same(mine.bias_variance, bias_variance, *arguments, dtypes=("float64",), rtol=1e-5, atol=1e-8)


@draws(3)
def test_one_training_set(mine, draw):
    """With a single training set the variance is 0 and all of the error is bias."""
    arguments = (draw.array(4, scale=0.5), cubic, Source(cubic, 8, 0.5), draw.pick(1, 0, 2), 1, draw.rng())
    got = mine.bias_variance(*arguments)
    close(got, bias_variance(*arguments[:-1], draw.rng()), "(bias2, variance)", rtol=1e-7, atol=1e-12)
    equal(got[1], 0.0, "the variance")


def test_without_noise(mine):
    """A cubic fitted to a cubic without noise has neither bias nor variance."""
    got = mine.bias_variance(np.linspace(-1, 1, 6), cubic, Source(cubic, 9, 0.0), 3, 4, np.random.default_rng(0))
    close(got, (0.0, 0.0), "(bias2, variance)", atol=1e-12)


def test_fresh_training_sets(mine):
    """sample_train is asked once for each repeat, with the rng of the caller: the same seed, the same numbers."""
    x_test = np.linspace(-1, 1, 5)

    def run(seed, repeats):
        source = Source(cubic, 8, 0.5)
        got = mine.bias_variance(x_test, cubic, source, 1, repeats, np.random.default_rng(seed))
        holds(
            source.asked == repeats,
            f"{repeats} repeats asked {source.asked} times for a training set",
            got=source.asked,
            expected=repeats,
        )
        return got

    equal(run(3, 4), run(3, 4), "the result of a second run with the same seed")
    holds(run(3, 4) != run(4, 4), "another seed gives the same numbers", got="the same", expected="others")


def test_capacity(mine):
    """On a cubic with noise, degree 1 has the larger bias, degree 9 the larger variance."""
    x_test = np.linspace(-0.95, 0.95, 9)
    numbers = {
        degree: mine.bias_variance(x_test, cubic, Source(cubic, 25, 0.5), degree, 8, np.random.default_rng(1))
        for degree in (1, 3, 9)
    }
    bias2, variance = ({degree: pair[i] for degree, pair in numbers.items()} for i in (0, 1))
    holds(bias2[1] > 2 * bias2[3], "degree 1 has no larger bias than degree 3", got=bias2, expected="the largest at 1")
    rising = variance[1] < variance[9] and variance[3] < variance[9]
    holds(rising, "degree 9 has no larger variance than the others", got=variance, expected="the largest at 9")
