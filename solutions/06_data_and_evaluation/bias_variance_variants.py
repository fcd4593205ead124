"""Other right ways to write bias-variance, and the mistakes people make."""

from __future__ import annotations

import numpy as np

from tutor.checks import accept, reject, waive
from tutor.mine import lstsq_fit


def powers(x, degree):
    """(N, degree + 1)"""
    return (x[:, None] ** np.arange(degree + 1)).astype(x.dtype)


def fits(x_test, sample_train, degree, n_repeats, rng):
    """(R, M) predictions."""
    out = []
    for _ in range(n_repeats):
        x, y = sample_train(rng)
        out.append(powers(x_test, degree) @ np.linalg.lstsq(powers(x, degree), y, rcond=None)[0])
    return np.array(out)


@accept("Vandermonde matrix")
def poly_features(x, degree):
    return np.vander(x, degree + 1, increasing=True).astype(x.dtype)


@accept("column times x")
def poly_features(x, degree):
    columns = [np.ones_like(x)]
    for _ in range(degree):
        columns.append(columns[-1] * x)
    return np.stack(columns, axis=1)


@accept("the learner's own least squares")
def bias_variance(x_test, f_true, sample_train, degree, n_repeats, rng):
    rows = []
    for _ in range(n_repeats):
        x, y = sample_train(rng)
        if degree == 0:
            rows.append(np.full(len(x_test), y.mean()))
            continue
        w, b = lstsq_fit(powers(x, degree)[:, 1:], y)
        rows.append(powers(x_test, degree)[:, 1:] @ w + b)
    y_hat = np.stack(rows)
    total = ((y_hat - f_true(x_test)) ** 2).mean()
    variance = ((y_hat - y_hat.mean(0)) ** 2).mean()
    bias2 = ((y_hat.mean(0) - f_true(x_test)) ** 2).mean()
    assert abs(bias2 + variance - total) <= 1e-9 * max(1, total)
    return float(bias2), float(variance)


@accept("mean of the squares less the square of the mean")
def bias_variance(x_test, f_true, sample_train, degree, n_repeats, rng):
    predictions = np.stack(fits(x_test, sample_train, degree, n_repeats, rng), axis=1)  # (M, R)
    mean = predictions.mean(axis=1)
    variance = np.mean(np.mean(predictions**2, axis=1) - mean**2)
    return float(np.mean(np.square(mean - f_true(x_test)))), float(variance)


@accept("normal equations")
def bias_variance(x_test, f_true, sample_train, degree, n_repeats, rng):
    total, squares = np.zeros(len(x_test)), []
    for _ in range(n_repeats):
        x, y = sample_train(rng)
        A = powers(x, degree)
        squares.append(powers(x_test, degree) @ np.linalg.solve(A.T @ A, A.T @ y))
        total += squares[-1]
    mean = total / n_repeats
    variance = sum(((row - mean) ** 2).mean() for row in squares) / n_repeats
    return float(((mean - f_true(x_test)) ** 2).mean()), float(variance)


@reject("no constant column", "Column 0 is x⁰ = 1. Without it every polynomial has to pass through the origin.")
def poly_features(x, degree):
    return (x[:, None] ** np.arange(1, degree + 1)).astype(x.dtype)


@reject("highest power first", "np.vander starts with the highest power. Here column j is x^j: increasing=True.")
def poly_features(x, degree):
    return np.vander(x, degree + 1).astype(x.dtype)


@reject("one power short", "Degree d has d + 1 columns: the constant, and the powers up to d itself.")
def poly_features(x, degree):
    return np.vander(x, max(degree, 1), increasing=True).astype(x.dtype)


@reject("always float64", "float32 came in and float64 went out. Let the features keep the dtype of x.")
def poly_features(x, degree):
    return x[:, None] ** np.arange(degree + 1.0)


@reject("multiples instead of powers", "Column j is x to the power j, not j times x.")
def poly_features(x, degree):
    return (x[:, None] * np.arange(degree + 1)).astype(x.dtype)


@reject("powers through logarithms", "log of a negative x is NaN. Multiply, or use **.")
def poly_features(x, degree):
    with np.errstate(all="ignore"):
        return np.exp(np.log(x)[:, None] * np.arange(degree + 1)).astype(x.dtype)


@reject("points as columns", "Rows are points and columns are powers; yours is transposed.")
def poly_features(x, degree):
    return np.stack([x**j for j in range(degree + 1)])


@reject("divides by R - 1", "With R - 1 bias² and variance no longer add up to the squared error. Divide by R.")
def bias_variance(x_test, f_true, sample_train, degree, n_repeats, rng):
    y_hat = fits(x_test, sample_train, degree, n_repeats, rng)
    bias2 = ((y_hat.mean(0) - f_true(x_test)) ** 2).mean()
    with np.errstate(all="ignore"):
        return float(bias2), float(y_hat.var(axis=0, ddof=min(1, n_repeats - 1)).mean())


@reject(
    "variance over x",
    "You took the variance of each fit over x: that is how curved it is. Fix x and compare the fits: axis 0.",
)
def bias_variance(x_test, f_true, sample_train, degree, n_repeats, rng):
    y_hat = fits(x_test, sample_train, degree, n_repeats, rng)
    return float(((y_hat.mean(0) - f_true(x_test)) ** 2).mean()), float(y_hat.var(axis=1).mean())


@reject(
    "variance of all predictions at once",
    "np.var without an axis takes fits and test points together: how curved the fits are comes in. Give it axis=0.",
)
def bias_variance(x_test, f_true, sample_train, degree, n_repeats, rng):
    y_hat = fits(x_test, sample_train, degree, n_repeats, rng)
    return float(((y_hat.mean(0) - f_true(x_test)) ** 2).mean()), float(y_hat.var())


@reject(
    "variance of all errors at once",
    "This is the variance of all errors, over fits and over x together. Take it over the fits at each x, then average.",
)
def bias_variance(x_test, f_true, sample_train, degree, n_repeats, rng):
    y_hat = fits(x_test, sample_train, degree, n_repeats, rng)
    errors = y_hat - f_true(x_test)
    return float((errors.mean(0) ** 2).mean()), float(errors.var())


@reject(
    "errors averaged before squaring",
    "Too high here and too low there cancel. Square the error of the mean prediction at each x, then average over x.",
)
def bias_variance(x_test, f_true, sample_train, degree, n_repeats, rng):
    y_hat = fits(x_test, sample_train, degree, n_repeats, rng)
    return float((y_hat - f_true(x_test)).mean() ** 2), float(y_hat.var(axis=0).mean())


@reject(
    "whole squared error as bias",
    "This is the squared error of the single fits: bias² and variance together. For the bias, average the fits first.",
)
def bias_variance(x_test, f_true, sample_train, degree, n_repeats, rng):
    y_hat = fits(x_test, sample_train, degree, n_repeats, rng)
    return float(((y_hat - f_true(x_test)) ** 2).mean()), float(y_hat.var(axis=0).mean())


@reject("bias not squared", "This is the mean distance |mean - f|. The decomposition adds up with its square.")
def bias_variance(x_test, f_true, sample_train, degree, n_repeats, rng):
    y_hat = fits(x_test, sample_train, degree, n_repeats, rng)
    return float(np.abs(y_hat.mean(0) - f_true(x_test)).mean()), float(y_hat.var(axis=0).mean())


@reject("standard deviation", "This is the standard deviation of the fits. The variance is its square.")
def bias_variance(x_test, f_true, sample_train, degree, n_repeats, rng):
    y_hat = fits(x_test, sample_train, degree, n_repeats, rng)
    return float(((y_hat.mean(0) - f_true(x_test)) ** 2).mean()), float(y_hat.std(axis=0).mean())


@reject("sums over x", "These are sums over the test points. Average, or more points mean more bias.")
def bias_variance(x_test, f_true, sample_train, degree, n_repeats, rng):
    y_hat = fits(x_test, sample_train, degree, n_repeats, rng)
    return float(((y_hat.mean(0) - f_true(x_test)) ** 2).sum()), float(y_hat.var(axis=0).sum())


@reject("results swapped", "Squared bias comes first, then variance.")
def bias_variance(x_test, f_true, sample_train, degree, n_repeats, rng):
    y_hat = fits(x_test, sample_train, degree, n_repeats, rng)
    return float(y_hat.var(axis=0).mean()), float(((y_hat.mean(0) - f_true(x_test)) ** 2).mean())


@reject(
    "one training set for all fits",
    "All fits saw the same training set, so they cannot disagree. Call sample_train in every round.",
)
def bias_variance(x_test, f_true, sample_train, degree, n_repeats, rng):
    data = sample_train(rng)
    y_hat = fits(x_test, lambda rng: data, degree, n_repeats, rng)
    return float(((y_hat.mean(0) - f_true(x_test)) ** 2).mean()), float(y_hat.var(axis=0).mean())


@reject(
    "all training sets joined",
    "You fitted one model to all the data. Fit each training set on its own, then compare the fits.",
)
def bias_variance(x_test, f_true, sample_train, degree, n_repeats, rng):
    sets = [sample_train(rng) for _ in range(n_repeats)]
    joined = tuple(np.concatenate(part) for part in zip(*sets, strict=True))
    y_hat = fits(x_test, lambda rng: joined, degree, 1, rng)
    return float(((y_hat.mean(0) - f_true(x_test)) ** 2).mean()), float(y_hat.var(axis=0).mean())


@reject("a generator of its own", "sample_train got another generator than the caller's: hand `rng` on.")
def bias_variance(x_test, f_true, sample_train, degree, n_repeats, rng):
    y_hat = fits(x_test, sample_train, degree, n_repeats, np.random.default_rng(0))
    return float(((y_hat.mean(0) - f_true(x_test)) ** 2).mean()), float(y_hat.var(axis=0).mean())


@reject(
    "compared with noisy labels",
    "You compared with values that carry noise. Noise is a third part of the error, no model's fault: compare with f.",
)
def bias_variance(x_test, f_true, sample_train, degree, n_repeats, rng):
    y_hat = fits(x_test, sample_train, degree, n_repeats, rng)
    noisy = f_true(x_test) + 0.3 * np.random.default_rng(7).normal(size=len(x_test))
    return float(((y_hat.mean(0) - noisy) ** 2).mean()), float(y_hat.var(axis=0).mean())


@reject("one degree too many", "The fit has one power more than was asked for.")
def bias_variance(x_test, f_true, sample_train, degree, n_repeats, rng):
    y_hat = fits(x_test, sample_train, degree + 1, n_repeats, rng)
    return float(((y_hat.mean(0) - f_true(x_test)) ** 2).mean()), float(y_hat.var(axis=0).mean())


@reject("a ridge penalty", "A penalty on the weights adds bias of its own. Plain least squares is asked for.")
def bias_variance(x_test, f_true, sample_train, degree, n_repeats, rng):
    rows = []
    for _ in range(n_repeats):
        x, y = sample_train(rng)
        A = powers(x, degree)
        rows.append(powers(x_test, degree) @ np.linalg.solve(A.T @ A + 1e-3 * np.eye(degree + 1), A.T @ y))
    y_hat = np.array(rows)
    return float(((y_hat.mean(0) - f_true(x_test)) ** 2).mean()), float(y_hat.var(axis=0).mean())


@reject("fewer fits than asked", "One training set too few was drawn: n_repeats fits are asked for.")
def bias_variance(x_test, f_true, sample_train, degree, n_repeats, rng):
    y_hat = fits(x_test, sample_train, degree, max(1, n_repeats - 1), rng)
    return float(((y_hat.mean(0) - f_true(x_test)) ** 2).mean()), float(y_hat.var(axis=0).mean())


waive(
    "bias_variance: np.linalg.lstsq(poly_features(x, degree), y, rcond=None) "
    "→ np.linalg.lstsq(poly_features(x, degree), y)",
    "None has been the default since NumPy 2; with NumPy 1 the old default warned",
)
waive("bias_variance: mean - f_true(x_test) → f_true(x_test) - mean", "the difference is squared")
