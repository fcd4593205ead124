"""Checks of standard-scaler against PyTorch's means, and of what a scaler must remember and forget."""

from __future__ import annotations

import numpy as np
import torch

from tutor.checks import close, draws, equal, from_torch, holds, quiet, raises, same


def statistics(X):
    """(D,) mean and scale in float64, without the missing cells; scale 1 for a constant column."""
    X = X.double()
    mean = torch.nanmean(X, dim=0)
    spread = torch.nanmean((X - mean) ** 2, dim=0).sqrt()
    lowest, highest = X.nan_to_num(torch.inf).amin(dim=0), X.nan_to_num(-torch.inf).amax(dim=0)
    return mean, torch.where(lowest == highest, 1.0, spread)


@from_torch
def transformed(X_train, X):
    mean, scale = statistics(X_train)
    return ((X.double() - mean) / scale).to(X.dtype)


@from_torch
def restored(X_train, Z):
    mean, scale = statistics(X_train)
    return (Z.double() * scale + mean).to(Z.dtype)


def scaled(mine):
    """fit on the first argument, transform the second one."""

    def fit_then_transform(X_train, X):
        return fitted(mine, X_train).transform(X)

    return fit_then_transform


def unscaled(mine):
    """fit on the first argument, transform the second one back."""

    def fit_then_inverse_transform(X_train, Z):
        return fitted(mine, X_train).inverse_transform(Z)

    return fit_then_inverse_transform


def fitted(mine, X):
    scaler = mine.StandardScaler()
    chained = scaler.fit(X)
    holds(
        chained is not None, "fit returned None", got=None, expected="the scaler itself, so that calls can be chained"
    )
    return chained


def table(draw, low=2):
    """Rows whose columns differ in place and size."""
    n, d = draw.shape(dims=2, low=low, high=6)
    return draw.array((n + 2, d)) * 10.0 ** draw.array(d, scale=1.5) + draw.array(d, scale=5)


@draws(10)
def test_training_rows(mine, draw):
    """Training rows come out with mean 0 and standard deviation 1 (divided by N), column by column."""
    X = draw.layout(table(draw))
    same(scaled(mine), transformed, X, X)


@draws(8)
def test_other_rows(mine, draw):
    """Other rows are scaled with the statistics of the training rows, not with their own; a single row too."""
    X = table(draw)
    others = 3 * draw.array((draw.pick(1, 4), X.shape[1])) + 7
    same(scaled(mine), transformed, X, draw.layout(others))


@draws(6)
def test_statistics(mine, draw):
    """fit sets mean_ and scale_, float64 also for float32 rows."""
    X = table(draw).astype(draw.pick("float64", "float32"))
    scaler = fitted(mine, X)
    mean, scale = (t.numpy() for t in statistics(torch.from_numpy(X)))
    close(scaler.mean_, mean, "mean_", input={"X": X})
    close(scaler.scale_, scale, "scale_", input={"X": X})


@draws(6)
def test_inverse(mine, draw):
    """inverse_transform multiplies by the scale and adds the mean, in the dtype of its argument."""
    X = table(draw)
    same(unscaled(mine), restored, X, draw.layout(draw.array((draw.int(1, 5), X.shape[1]), scale=2)))


@draws(4)
def test_there_and_back(mine, draw):
    """inverse_transform(transform(X)) is X again."""
    X, others = table(draw), table(draw)[:, :1]
    scaler = fitted(mine, X)
    close(scaler.inverse_transform(scaler.transform(X)), X, "X, there and back", input={"X": X})
    scaler = fitted(mine, others)
    close(scaler.transform(scaler.inverse_transform(others)), others, "Z, back and there", input={"Z": others})


@draws(6)
def test_missing_cells(mine, draw):
    """A NaN counts in no statistic and is still NaN afterwards; the cells beside it are right."""
    X = table(draw, low=3)
    X[draw.int(0, len(X) - 1), draw.int(0, X.shape[1] - 1)] = np.nan
    X[0, 0] = np.nan
    other = X[1:3].copy()
    other[0, 1] = np.nan
    same(scaled(mine), transformed, X, draw.pick(X, other))
    same(unscaled(mine), restored, X, other)


@draws(8)
def test_constant_columns(mine, draw):
    """A column of equal values has scale 1 and becomes 0, without a warning, also where its mean is rounded."""
    value = draw.pick(0.1, 0.0, -7.3, 1e6 + 0.1)
    X = draw.array((draw.pick(3, 6, 10), 3))
    X[:, 1] = value
    if draw.bool():
        X[0, 1] = np.nan
    scaler = mine.StandardScaler()
    quiet(scaler.fit, X)
    holds(np.shape(scaler.scale_) == (3,), "scale_ has a wrong shape", got=np.shape(scaler.scale_), expected="(3,)")
    equal(scaler.scale_[1], np.float64(1.0), "scale_ of the constant column", input={"X": X})
    got = quiet(scaler.transform, X)
    close(got, transformed(X, X), "the transformed rows", atol=1e-9, input={"X": X})


def test_one_row(mine):
    """A single training row makes every column constant: it becomes 0, and other rows are only centred."""
    X = np.array([[4.0, -2.0, 0.3]])
    same(scaled(mine), transformed, X, X)
    same(scaled(mine), transformed, X, X + np.array([[1.0, 2.0, 3.0], [0.0, 0.5, 0.0]]))


@draws(4)
def test_small_spread(mine, draw):
    """A column between 0.000001 and 0.000002 is not constant: it gets standard deviation 1 as well."""
    X = draw.array((5, 2)) * np.array([10.0 ** draw.pick(-6, -9, -12, -30), 1.0])
    same(scaled(mine), transformed, X, X, dtypes=("float64",))


@draws(4)
def test_far_from_zero(mine, draw):
    """Columns far from 0 keep their digits: (x - mean)², not the mean of x² less the square of the mean."""
    X = draw.array((6, 2), scale=0.01) + 1e6
    same(scaled(mine), transformed, X, X, dtypes=("float64",), rtol=1e-5, atol=1e-6)
    X = (draw.array((6, 2)) + 3e4).astype(np.float32)
    same(scaled(mine), transformed, X, X, dtypes=None, note="float32 rows, statistics in float64")


def test_no_rows_to_transform(mine):
    """An array without rows is transformed to one without rows."""
    X = np.array([[1.0, 2.0], [3.0, 7.0]])
    same(scaled(mine), transformed, X, np.zeros((0, 2)))


def test_needs_fit_first(mine):
    """transform and inverse_transform raise RuntimeError before fit."""
    X = np.array([[1.0, 2.0], [3.0, 7.0]])
    fitted(mine, X)  # another scaler's statistics must not help
    scaler = mine.StandardScaler()
    raises(RuntimeError, scaler.transform, X, because="fit has not been called")
    raises(RuntimeError, scaler.inverse_transform, X, because="fit has not been called")


def test_number_of_columns(mine):
    """Rows with another number of columns raise ValueError, where broadcasting would hide it too."""
    scaler = fitted(mine, np.array([[1.0, 2.0, 4.0], [3.0, 7.0, 5.0]]))
    for columns in (1, 2, 4):
        rows = np.ones((2, columns))
        raises(ValueError, scaler.transform, rows, because=f"fitted on 3 columns, given {columns}")
        raises(ValueError, scaler.inverse_transform, rows, because=f"fitted on 3 columns, given {columns}")


@draws(3)
def test_fit_again(mine, draw):
    """A second fit forgets the first; transform leaves the statistics alone; two scalers are independent."""
    X, Y = table(draw), table(draw)[:, :2]
    one, two = fitted(mine, X), fitted(mine, Y)
    one.transform(3 * X + 1)
    close(one.transform(X), transformed(X, X), "what the first of two scalers gives", input={"X": X})
    one.fit(Y + 5)
    close(one.transform(Y), transformed(Y + 5, Y), "what a scaler gives after a second fit", input={"X": Y})
    close(two.transform(Y), transformed(Y, Y), "what the second of two scalers gives", input={"X": Y})


def linear(draw):
    """Raw rows, and a model for the standardised ones."""
    X = table(draw)
    return X, draw.array(X.shape[1]), draw.float(-3, 3)


def joined(got, given):
    """w and b in one array, after a look at their types: a comparison then shows both."""
    holds(isinstance(got, tuple) and len(got) == 2, "a tuple (w, b) was asked for", got=got, input=given)
    w, b = got
    right = isinstance(w, np.ndarray) and w.dtype == np.float64 and w.shape == (given["X"].shape[1],)
    holds(right, "w is not a float64 array with one weight a column", got=w, input=given)
    holds(isinstance(b, float) and not isinstance(b, np.generic), "b is not a Python float", got=b, input=given)
    return np.append(w, b)


@draws(6)
def test_weights_for_raw_features(mine, draw):
    """(w, b) predict from raw rows what (w_s, b_s) predict from standardised ones."""
    X, w_s, b_s = linear(draw)
    scaler = fitted(mine, X)
    mean, scale = (t.numpy() for t in statistics(torch.from_numpy(X)))
    given = {"X": X, "w_s": w_s, "b_s": b_s}
    before = w_s.copy()
    got = joined(mine.destandardise_linear(w_s, b_s, scaler), given)
    w = w_s / scale
    close(got, np.append(w, b_s - w @ mean), "w, and b behind it,", rtol=1e-8, input=given)
    equal(w_s, before, "the caller's w_s after the call")
    prediction = X @ got[:-1] + got[-1]
    close(prediction, transformed(X, X) @ w_s + b_s, "the prediction", rtol=1e-7, atol=1e-9, input=given)


@draws(6)
def test_weights_for_raw_labels(mine, draw):
    """With a scaler for the labels, (w, b) predict raw labels from raw rows."""
    X, w_s, b_s = linear(draw)
    y = draw.array((6, 1), scale=draw.pick(1, 40)) + draw.pick(100.0, -3.0)
    x_scaler, y_scaler = fitted(mine, X), fitted(mine, y)
    given = {"X": X, "y": y, "w_s": w_s, "b_s": b_s}
    got = joined(mine.destandardise_linear(w_s, b_s, x_scaler, y_scaler), given)
    mean, scale = (t.numpy() for t in statistics(torch.from_numpy(X)))
    centre, spread = (t.item() for t in statistics(torch.from_numpy(y)))
    w = w_s / scale
    wanted = np.append(w * spread, (b_s - w @ mean) * spread + centre)
    close(got, wanted, "w, and b behind it,", rtol=1e-8, input=given)


def test_float32_weights(mine):
    """float32 weights give float64 ones: nothing is rounded on the way."""
    X = np.array([[1.0, 200.0], [3.0, 500.0], [5.0, 200.0]])
    w_s = np.array([0.5, -2.0], dtype=np.float32)
    given = {"X": X, "w_s": w_s, "b_s": 1.0}
    got = joined(mine.destandardise_linear(w_s, 1.0, fitted(mine, X)), given)
    mean, scale = (t.numpy() for t in statistics(torch.from_numpy(X)))
    wanted = w_s.astype(np.float64) / scale
    close(got, np.append(wanted, 1.0 - wanted @ mean), "w, and b behind it,", input=given)
