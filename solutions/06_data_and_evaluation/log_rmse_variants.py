"""Other right ways to write log-rmse, and the mistakes people make."""

from __future__ import annotations

import math

import numpy as np

from tutor.checks import accept, reject, waive


def agree(pred, target):
    """Refuse shapes that differ."""
    if pred.shape != target.shape:
        raise ValueError("shapes differ")


@accept("logarithm of the ratio")
def log_rmse(pred, target, floor=1.0):
    agree(pred, target)
    ratio = np.clip(pred.astype(float), floor, None) / target
    return float(np.sqrt(np.square(np.log(ratio)).mean()))


@accept("where before the logarithm, root by hand")
def log_rmse(pred, target, floor=1.0):
    agree(pred, target)
    p, t = np.asarray(pred, dtype=np.float64).ravel(), np.asarray(target, dtype=np.float64).ravel()
    p = np.where(p < floor, floor, p)
    error = np.log(p) - np.log(t)
    return math.sqrt(float(error @ error) / error.size)


@accept("norm over the root of N")
def log_rmse(pred, target, floor=1.0):
    agree(pred, target)
    p = pred.astype("float64", copy=True)
    p[p < floor] = floor
    return float(np.linalg.norm((np.log(p) - np.log(target.astype("float64"))).ravel()) / np.sqrt(p.size))


@reject("no floor", "A price of zero or less has no logarithm: the result is NaN or -inf. Lift it to the floor first.")
def log_rmse(pred, target, floor=1.0):
    agree(pred, target)
    return float(np.sqrt(np.mean((np.log(pred.astype(float)) - np.log(target.astype(float))) ** 2)))


@reject(
    "only zero and below lifted",
    "You lifted predictions of 0 and less. Every prediction below the floor counts as the floor, 0.3 with a floor of 1, too.",
)
def log_rmse(pred, target, floor=1.0):
    agree(pred, target)
    lifted = np.where(pred <= 0, floor, pred.astype(float))
    return float(np.sqrt(np.mean((np.log(lifted) - np.log(target.astype(float))) ** 2)))


@reject(
    "minimum instead of maximum",
    "np.minimum pulls every prediction DOWN to the floor. Lift those below it: np.maximum.",
)
def log_rmse(pred, target, floor=1.0):
    agree(pred, target)
    with np.errstate(all="ignore"):
        error = np.log(np.minimum(pred.astype(float), floor)) - np.log(target.astype(float))
        return float(np.sqrt(np.mean(error**2)))


@reject(
    "divided by the number of rows", "len(…) counts the rows only. The mean runs over all elements: divide by .size."
)
def log_rmse(pred, target, floor=1.0):
    agree(pred, target)
    error = np.log(np.maximum(pred.astype(float), floor)) - np.log(target.astype(float))
    return float(np.sqrt((error**2).sum() / len(error)))


@reject("log1p", "Another competition's metric takes log(1 + price). This one takes log(price), on both sides.")
def log_rmse(pred, target, floor=1.0):
    agree(pred, target)
    lifted = np.maximum(pred.astype(float), floor)
    return float(np.sqrt(np.mean((np.log1p(lifted) - np.log1p(target.astype(float))) ** 2)))


@reject("no square root", "This is the mean of the squares. Its root is back on the scale of a logarithm.")
def log_rmse(pred, target, floor=1.0):
    agree(pred, target)
    lifted = np.maximum(pred.astype(float), floor)
    return float(np.mean((np.log(lifted) - np.log(target.astype(float))) ** 2))


@reject(
    "floor under the difference", "You lifted the difference to the floor. The floor belongs under the predictions."
)
def log_rmse(pred, target, floor=1.0):
    agree(pred, target)
    return float(np.log(np.sqrt(np.mean(np.maximum(pred.astype(float) - target, floor) ** 2))))


@reject("root before the mean", "sqrt(error²) is |error|: this is the mean absolute error. Square, average, then root.")
def log_rmse(pred, target, floor=1.0):
    agree(pred, target)
    lifted = np.maximum(pred.astype(float), floor)
    return float(np.mean(np.sqrt((np.log(lifted) - np.log(target.astype(float))) ** 2)))


@reject("logarithm of the RMSE", "You took the logarithm of the error. Take it of the prices, before you subtract.")
def log_rmse(pred, target, floor=1.0):
    agree(pred, target)
    lifted = np.maximum(pred.astype(float), floor)
    return float(np.log(np.sqrt(np.mean((lifted - target) ** 2)) + 1e-300))


@reject("plain RMSE", "This is the error in the unit of the prices. Where are the logarithms?")
def log_rmse(pred, target, floor=1.0):
    agree(pred, target)
    lifted = np.maximum(pred.astype(float), floor)
    return float(np.sqrt(np.mean((lifted - target.astype(float)) ** 2)))


@reject("floor under the targets too", "The targets are the truth: they have no floor. Lift only the predictions.")
def log_rmse(pred, target, floor=1.0):
    agree(pred, target)
    lifted, truth = np.maximum(pred.astype(float), floor), np.maximum(target.astype(float), floor)
    return float(np.sqrt(np.mean((np.log(lifted) - np.log(truth)) ** 2)))


@reject("floor of 1 whatever was asked", "The floor is an argument: 1.0 is only what it is when nobody says otherwise.")
def log_rmse(pred, target, floor=1.0):
    agree(pred, target)
    lifted = np.maximum(pred.astype(float), 1.0)
    return float(np.sqrt(np.mean((np.log(lifted) - np.log(target.astype(float))) ** 2)))


@reject("logarithm to base 10", "These are common logarithms. The score uses the natural one, np.log.")
def log_rmse(pred, target, floor=1.0):
    agree(pred, target)
    lifted = np.maximum(pred.astype(float), floor)
    return float(np.sqrt(np.mean((np.log10(lifted) - np.log10(target.astype(float))) ** 2)))


@reject(
    "sum instead of mean", "These are the squares added up. Divide by their number, or more houses mean a worse score."
)
def log_rmse(pred, target, floor=1.0):
    agree(pred, target)
    lifted = np.maximum(pred.astype(float), floor)
    return float(np.sqrt(np.sum((np.log(lifted) - np.log(target.astype(float))) ** 2)))


@reject("divided by N - 1", "You divide by N - 1. Nothing was estimated here: the mean of N squares divides by N.")
def log_rmse(pred, target, floor=1.0):
    agree(pred, target)
    error = np.log(np.maximum(pred.astype(float), floor)) - np.log(target.astype(float))
    return float(np.sqrt(np.sum(error**2) / max(error.size - 1, 1)))


@reject(
    "standard deviation of the errors", "np.std subtracts the mean error first, so a constant factor costs nothing."
)
def log_rmse(pred, target, floor=1.0):
    agree(pred, target)
    lifted = np.maximum(pred.astype(float), floor)
    return float(np.std(np.log(lifted) - np.log(target.astype(float))))


@reject(
    "floor applied to the logarithm",
    "You lifted the logarithms, and too late: log(-5) had become NaN. Lift the prices.",
)
def log_rmse(pred, target, floor=1.0):
    agree(pred, target)
    logs = np.maximum(np.log(pred.astype(float)), np.log(floor))
    return float(np.sqrt(np.mean((logs - np.log(target.astype(float))) ** 2)))


@reject(
    "chosen after the logarithm",
    "np.where picks the right numbers, but np.log has seen the negative ones and warned. Lift first, then take the log.",
)
def log_rmse(pred, target, floor=1.0):
    agree(pred, target)
    p = pred.astype(float)
    logs = np.where(p < floor, np.log(floor), np.log(p))
    return float(np.sqrt(np.mean((logs - np.log(target.astype(float))) ** 2)))


@reject("absolute value", "|-5| is not a price anybody predicted. Below the floor a prediction counts as the floor.")
def log_rmse(pred, target, floor=1.0):
    agree(pred, target)
    logs = np.log(np.abs(pred.astype(float)) + 1e-300)
    return float(np.sqrt(np.mean((logs - np.log(target.astype(float))) ** 2)))


@reject("bad predictions left out", "You dropped the predictions below the floor: the worst ones would not count.")
def log_rmse(pred, target, floor=1.0):
    agree(pred, target)
    keep = ~(pred < floor)
    error = np.log(pred[keep].astype(float)) - np.log(target[keep].astype(float))
    return float(np.sqrt(np.mean(error**2)))


@reject(
    "NaN hidden", "np.fmax (or nan_to_num) turned a NaN into the floor: a broken model got a score. Use np.maximum."
)
def log_rmse(pred, target, floor=1.0):
    agree(pred, target)
    lifted = np.fmax(pred.astype(float), floor)
    return float(np.sqrt(np.mean((np.log(lifted) - np.log(target.astype(float))) ** 2)))


@reject(
    "computed in float32", "Near log 200 000 float32 has no digits left for small errors. Convert to float64 first."
)
def log_rmse(pred, target, floor=1.0):
    agree(pred, target)
    lifted = np.maximum(pred, pred.dtype.type(floor))
    return float(np.sqrt(np.mean((np.log(lifted) - np.log(target)) ** 2)))


@reject(
    "shapes not compared",
    "(N, 1) against (N,) broadcast to N × N differences. Compare the shapes and raise ValueError.",
)
def log_rmse(pred, target, floor=1.0):
    lifted = np.maximum(pred.astype(float), floor)
    return float(np.sqrt(np.mean((np.log(lifted) - np.log(target.astype(float))) ** 2)))


@reject("only the sizes compared", "The sizes agree, the shapes do not: (2, 3) against (3, 2) pairs the wrong houses.")
def log_rmse(pred, target, floor=1.0):
    if pred.size != target.size:
        raise ValueError("sizes differ")
    lifted = np.maximum(pred.astype(float).ravel(), floor)
    return float(np.sqrt(np.mean((np.log(lifted) - np.log(target.astype(float).ravel())) ** 2)))


@reject("caller's predictions changed", "You wrote the floor into the caller's predictions. Make a new array.")
def log_rmse(pred, target, floor=1.0):
    agree(pred, target)
    pred[pred < floor] = floor
    return float(np.sqrt(np.mean((np.log(pred.astype(float)) - np.log(target.astype(float))) ** 2)))


@reject("one number a row", "The mean runs over all elements and gives one float; yours has one number a column.")
def log_rmse(pred, target, floor=1.0):
    agree(pred, target)
    lifted = np.maximum(pred.astype(float), floor)
    return np.sqrt(np.mean((np.log(lifted) - np.log(target.astype(float))) ** 2, axis=0))


waive(
    "log_rmse: np.maximum(pred.astype(np.float64), floor) → np.maximum(floor, pred.astype(np.float64))",
    "the larger of two numbers, in either order",
)
waive(
    "log_rmse: np.log(lifted) - np.log(target.astype(np.float64)) → np.log(target.astype(np.float64)) - np.log(lifted)",
    "the difference is squared",
)
