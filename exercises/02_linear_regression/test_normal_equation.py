"""Checks of normal-equation."""

import numpy as np
import torch

from tutor.checks import close, draws, holds, same


def lstsq_fit(X, y, l2=0.0):
    """PyTorch's least squares with small singular values cut off, on the centred data with the penalty below."""
    Xt, yt = torch.from_numpy(np.array(X)).double(), torch.from_numpy(np.array(y)).double()
    D = Xt.shape[1]
    A = torch.cat([Xt - Xt.mean(0), l2**0.5 * torch.eye(D, dtype=torch.float64)])
    t = torch.cat([yt - yt.mean(), torch.zeros(D, dtype=torch.float64)])
    w = torch.linalg.lstsq(A, t[:, None], driver="gelsd").solution[:, 0]
    return w.numpy(), float(yt.mean() - Xt.mean(0) @ w)


def regular(draw, N, D):
    """A well-conditioned problem with a bias and features far from 0."""
    return draw.array((N, D)) + draw.float(-2, 2), draw.array(N) + 3.0


@draws(15)
def test_least_squares(mine, draw):
    """Gives the weights and the bias of torch.linalg.lstsq without a penalty, in float64 whatever comes in."""
    D = draw.int(1, 4)
    same(mine.lstsq_fit, lstsq_fit, *regular(draw, 3 * D + 3 + draw.int(0, 4), D))


@draws(12)
def test_ridge(mine, draw):
    """Gives the minimiser with a penalty of 0.1, 10 and others, and does not shrink the bias."""
    D = draw.int(1, 4)
    X, y = regular(draw, 2 * D + 3, D)
    same(mine.lstsq_fit, lstsq_fit, X, y, draw.pick(0.1, 10.0, 2.5, 0.7))


@draws(6)
def test_is_a_minimum(mine, draw):
    """Gives weights and a bias at which the objective of the task is flat."""
    X, y = regular(draw, 8, 3)
    l2 = draw.pick(0.0, 0.1, 10.0)
    w, b = mine.lstsq_fit(X, y, l2=l2)

    error = X @ np.reshape(w, 3) + float(b) - y
    slopes = np.append(2 * X.T @ error + 2 * l2 * np.reshape(w, 3), 2 * error.sum())  # (4,)
    holds(
        bool((np.abs(slopes) < 1e-6).all()),
        "the objective still falls: some slopes with respect to w and b are not 0",
        got=slopes,
        expected="slopes of 0",
        input={"X": X, "y": y, "l2": l2},
    )


@draws(3)
def test_constant_feature(mine, draw):
    """Gives a feature that is constant the weight 0."""
    X, y = regular(draw, 6, draw.index + 1)
    X[:, 0] = 2.0
    same(mine.lstsq_fit, lstsq_fit, X, y, dtypes=("float64",), rtol=1e-6, atol=1e-8)


@draws(6)
def test_many_minimisers(mine, draw):
    """With a repeated column, or with fewer samples than features, gives the shortest of the minimisers."""
    if draw.bool():
        X, y = regular(draw, 3, 5)
    else:
        X, y = regular(draw, 7, 3)
        X = np.concatenate([X, X[:, :1]], axis=1)
    same(mine.lstsq_fit, lstsq_fit, X, y, dtypes=("float64",), rtol=1e-6, atol=1e-8)


@draws(3)
def test_edge_cases(mine, draw):
    """Handles a single sample and a single feature."""
    X, y = regular(draw, *[(1, 3), (1, 1), (5, 1)][draw.index])
    same(mine.lstsq_fit, lstsq_fit, X, y, dtypes=("float64",), rtol=1e-6, atol=1e-8)


@draws(3)
def test_huge_penalty(mine, draw):
    """With a penalty of 1e12 the weights vanish and the bias becomes the mean of y."""
    X, y = regular(draw, 6, 2)
    w, b = mine.lstsq_fit(X, y, 1e12)
    holds(
        bool((np.abs(w) < 1e-9).all()), "the weights do not vanish", got=w, expected="nearly 0", input={"X": X, "y": y}
    )
    close(b, float(y.mean()), "the bias", rtol=1e-9, input={"X": X, "y": y})


@draws(8)
def test_layouts(mine, draw):
    """Takes transposed, strided and read-only arrays."""
    X, y = regular(draw, 8, 3)
    same(mine.lstsq_fit, lstsq_fit, draw.layout(X), draw.layout(y), 0.5)


@draws(3)
def test_keeps_its_digits(mine, draw):
    """Loses no digits to float32 inputs: they are exact numbers, and the computation is float64."""
    X, y = regular(draw, 9, 3)
    X, y = X.astype(np.float32), y.astype(np.float32)
    same(mine.lstsq_fit, lstsq_fit, X, y, dtypes=None, rtol=1e-9, atol=1e-10)
