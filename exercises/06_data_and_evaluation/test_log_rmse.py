"""Checks of log-rmse against PyTorch's mse_loss of logarithms."""

from __future__ import annotations

import numpy as np
import torch
import torch.nn.functional as F

from tutor.checks import close, draws, equal, from_torch, holds, quiet, raises, same


@from_torch
def log_rmse(pred, target, floor=1.0):
    lifted = torch.clamp(pred.double(), min=floor)
    return torch.sqrt(F.mse_loss(torch.log(lifted), torch.log(target.double()))).item()


def prices(draw, shape, unit=100.0):
    """True prices, and predictions that are off by a factor between a half and two."""
    target = unit * np.exp(draw.array(shape, scale=0.5))
    return target * np.exp(draw.array(shape, scale=0.4)), target


@draws(20)
def test_matches_torch(mine, draw):
    """Gives the root of PyTorch's mean squared error between the logarithms, for any shape."""
    pred, target = prices(draw, draw.shape(dims=(1, 3)), draw.pick(1e3, 2e5))
    same(mine.log_rmse, log_rmse, draw.layout(pred), target)


@draws(12)
def test_floor(mine, draw):
    """A prediction below the floor, even a negative one, counts as the floor; the others stay."""
    pred, target = prices(draw, (draw.int(2, 9),), 50.0)
    floor = draw.pick(1.0, 20.0, 0.05)
    pred[:2] = draw.pick(-5.0, 0.0, -1e6), floor * 0.5
    same(mine.log_rmse, log_rmse, pred, target, floor)


@draws(4)
def test_floor_is_1_when_not_given(mine, draw):
    """Called without a floor, predictions below 1 count as 1."""
    pred, target = prices(draw, (3,), 50.0)
    pred[0], pred[1] = draw.pick(-3.0, 0.0, 0.2), 1.7
    same(mine.log_rmse, log_rmse, pred, target)


@draws(4)
def test_targets_have_no_floor(mine, draw):
    """A true price below the floor is taken as it is."""
    pred, target = prices(draw, (5,), 0.3)
    same(mine.log_rmse, log_rmse, pred + 1, target)


def test_textbook(mine):
    """The example of the task: half the price is an error of log 2, wherever it happens."""
    pred, target = np.array([100.0, 150.0, -5.0]), np.array([200.0, 150.0, 2.0])
    close(mine.log_rmse(pred, target), float(np.log(2) * np.sqrt(2 / 3)), input={"pred": pred, "target": target})
    for half, whole in ((1e3, 2e3), (5e7, 1e8)):
        same(mine.log_rmse, log_rmse, np.array([half]), np.array([whole]))


def test_no_warning(mine):
    """Predictions of 0, -5 and 1e300 give a finite number without a warning."""
    target = np.array([3.0, 1e5, 2.0])
    for pred in (np.array([0.0, -5.0, 1e300]), np.array([-0.0, -np.inf, 1.0])):
        got = quiet(mine.log_rmse, pred, target)
        close(got, log_rmse(pred, target), input={"pred": pred, "target": target})


@draws(4)
def test_units_do_not_matter(mine, draw):
    """Prices in another currency have the same score, as long as none falls below the floor."""
    pred, target = prices(draw, (6,), 1e4)
    rate = draw.float(2, 200)
    first, second = mine.log_rmse(pred, target), mine.log_rmse(rate * pred, rate * target)
    close(second, first, f"the score of the prices times {rate:.4g}", input={"pred": pred, "target": target})


@draws(3)
def test_perfect(mine, draw):
    """A perfect prediction scores 0, and a single sample is enough."""
    _, target = prices(draw, (draw.pick(1, 4),))
    equal(mine.log_rmse(target, target.copy()), 0.0, "the score", input={"pred": target, "target": target})


@draws(4)
def test_nearly_perfect(mine, draw):
    """Float32 prices that are off by a ten-thousandth get their exact score: the logarithms are taken in float64."""
    target = (2e5 * np.exp(draw.array(5, scale=0.3))).astype(np.float32)
    pred = (target * (1 + 1e-4 * draw.array(5))).astype(np.float32)
    same(mine.log_rmse, log_rmse, pred, target, dtypes=None, rtol=1e-8, atol=0.0)


def test_nan_stays_visible(mine):
    """A NaN among the predictions makes the score NaN: the floor does not hide it."""
    pred, target = np.array([100.0, np.nan, 80.0]), np.array([90.0, 50.0, 80.0])
    got = mine.log_rmse(pred, target)
    holds(np.isnan(got), "a prediction is NaN, the score is not", got=got, expected="NaN", input={"pred": pred})


def test_shapes_must_agree(mine):
    """(N, 1) predictions against (N,) targets raise ValueError instead of broadcasting to (N, N)."""
    for given, wanted in (((2, 3), (3, 2)), ((3, 1), (3,)), ((3,), (1,))):
        pred, target = 2.0 + np.arange(np.prod(given)).reshape(given), 4.0 + np.arange(np.prod(wanted)).reshape(wanted)
        raises(ValueError, mine.log_rmse, pred, target, because=f"{given} against {wanted} is a mistake")
