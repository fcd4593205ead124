"""Checks of ewa-bias-correction, against the weights that the recursion gives to each past value."""

import numpy as np

from tutor.checks import draws, raises, same


def ewa(x, beta, bias_correction=True):
    """The closed form: value i has the weight (1 - beta) * beta**(t - i) in the average after value t."""
    lag = np.arange(len(x))[:, None] - np.arange(len(x))  # (T, T)
    weights = np.where(lag >= 0, (1 - beta) * beta ** np.maximum(lag, 0), 0.0)  # (T, T)
    if bias_correction:
        weights /= np.maximum(weights.sum(axis=1, keepdims=True), 1e-300)  # sums to 1 - beta**t
    return (weights @ np.asarray(x, dtype=np.float64)).astype(x.dtype)


@draws(20)
def test_values(mine, draw):
    """Gives each past value the weight (1 - beta) beta^(age), divided by 1 - beta^t when corrected."""
    beta = draw.pick(0.5, 0.9, 0.0, 0.98, 0.25)
    x = draw.array(draw.shape(dims=(1, 2), low=2, high=12)).round(1) + draw.pick(0.0, 3.0)
    same(mine.ewa, ewa, draw.layout(x), beta, bias_correction=not draw.bool())


@draws(3)
def test_defaults(mine, draw):
    """Corrects unless told otherwise, also when the arguments come by position."""
    x = draw.array((5, 2)[: 1 + draw.index % 2])
    same(mine.ewa, ewa, x, 0.8)
    same(mine.ewa, ewa, x, 0.8, False)


@draws(6)
def test_constant(mine, draw):
    """A constant series stays constant when corrected, however slow the average."""
    beta = draw.pick(0.9, 0.999, 0.99999)
    same(mine.ewa, lambda x, beta: x.copy(), np.full(draw.pick((7,), (4, 3)), 2.5), beta)


@draws(8)
def test_small_series(mine, draw):
    """Takes series of one value, of no value, and of one or no column."""
    shape = [(1,), (0,), (1, 3), (4, 1), (0, 2), (3, 0), (1, 1), (2,)][draw.index]
    same(mine.ewa, ewa, draw.array(shape), 0.7, bias_correction=draw.index % 3 != 1)


@draws(2)
def test_long_series(mine, draw):
    """Stays exact over a thousand values: one peak fades as beta^age, and nothing overflows or is lost."""
    beta, length, peak = [0.5, 0.999][draw.index], 1200, 40

    def reference(x, beta):
        t = np.arange(1, length + 1)
        fading = np.where(t > peak, (1 - beta) * beta ** np.maximum(t - 1.0 - peak, 0), 0)
        return (1.5 + 8 * fading / (1 - beta**t)).astype(x.dtype)

    x = np.full(length, 1.5)
    x[peak] += 8
    same(mine.ewa, reference, x, beta, rtol=2e-5 if draw.index else None)


def test_beta_out_of_range(mine):
    """Raises ValueError for a beta below 0, of 1 or above, also when there is nothing to average."""
    x = np.array([1.0, 2.0])
    raises(ValueError, mine.ewa, x, 1.0, because="beta = 1 would never take anything in")
    raises(ValueError, mine.ewa, x, 1.5, because="beta = 1.5 would grow without end")
    raises(ValueError, mine.ewa, x, -0.1, because="beta is negative")
    raises(
        ValueError, mine.ewa, x[:0], 1.0, bias_correction=False, because="beta = 1 is wrong for an empty series, too"
    )
