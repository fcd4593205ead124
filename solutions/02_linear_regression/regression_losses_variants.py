"""Other right ways to write regression-losses, and the mistakes that people make."""

import numpy as np

from tutor.checks import accept, reject


def elements(pred, target, kind, delta):
    """Loss and slope of every element."""
    if pred.shape != target.shape:
        raise ValueError("shapes differ")
    e = pred - target
    if kind == "mse":
        return e * e, 2 * e
    if kind == "l1":
        return np.abs(e), np.sign(e)
    if kind == "huber":
        c = np.clip(e, -delta, delta)
        return c * (e - c / 2), c
    raise ValueError("unknown kind")


def reduced(loss, slope, reduction):
    """The loss and its gradient."""
    if reduction == "mean":
        return loss.mean(), slope / slope.size
    if reduction == "sum":
        return loss.sum(), slope
    if reduction == "none":
        return loss, slope
    raise ValueError("unknown reduction")


@accept("two cases by np.where")
def regression_loss(pred, target, kind="mse", reduction="mean", delta=1.0):
    if kind != "huber":
        return reduced(*elements(pred, target, kind, delta), reduction)
    elements(pred, target, kind, delta)
    e = pred - target
    a = np.abs(e)
    with np.errstate(over="ignore"):
        loss = np.where(a < delta, e**2 / 2, delta * (a - delta / 2))
    return reduced(loss, np.where(a < delta, e, delta * np.sign(e)), reduction)


@accept("tables of functions")
def regression_loss(pred, target, kind="mse", reduction="mean", delta=1.0):
    scales = {"mean": 1 / max(pred.size, 1), "sum": 1.0, "none": 1.0}
    reduce = {"mean": np.mean, "sum": np.sum, "none": np.array}
    if reduction not in scales:
        raise ValueError(reduction)
    loss, slope = elements(pred, target, kind, delta)
    return reduce[reduction](loss), slope * scales[reduction]


@accept("huber with masks")
def regression_loss(pred, target, kind="mse", reduction="mean", delta=1.0):
    if kind != "huber":
        return reduced(*elements(pred, target, kind, delta), reduction)
    elements(pred, target, kind, delta)
    e = np.asarray(pred - target)
    loss, slope = np.empty_like(e), np.empty_like(e)
    near = np.abs(e) <= delta
    loss[near], slope[near] = e[near] ** 2 / 2, e[near]
    loss[~near] = delta * np.abs(e[~near]) - delta**2 / 2
    slope[~near] = np.copysign(delta, e[~near])
    return reduced(loss, slope, reduction)


@reject(
    "broadcasts unequal shapes",
    "pred (N, 1) and target (N,) went through: their difference is an (N, N) table of errors between samples that have "
    "nothing to do with each other. Refuse unequal shapes.",
)
def regression_loss(pred, target, kind="mse", reduction="mean", delta=1.0):
    pred, target = np.broadcast_arrays(pred, target)
    return reduced(*elements(pred, target, kind, delta), reduction)


@reject(
    "mse with a factor 1/2",
    "Your mse is half of the right one. The 1/2 is a convenience of some textbooks; torch's mse_loss has none, and the "
    "gradient is 2e.",
)
def regression_loss(pred, target, kind="mse", reduction="mean", delta=1.0):
    loss, slope = elements(pred, target, kind, delta)
    if kind == "mse":
        loss, slope = loss / 2, slope / 2
    return reduced(loss, slope, reduction)


@reject(
    "gradient of mse without the 2",
    "The loss is right, its gradient is half as large as it should be: the derivative of e^2 is 2e.",
)
def regression_loss(pred, target, kind="mse", reduction="mean", delta=1.0):
    loss, slope = elements(pred, target, kind, delta)
    return reduced(loss, slope / 2 if kind == "mse" else slope, reduction)


@reject(
    "mean over the first axis only",
    "reduction='mean' gives one number: it averages over all elements, not over the rows.",
)
def regression_loss(pred, target, kind="mse", reduction="mean", delta=1.0):
    loss, slope = elements(pred, target, kind, delta)
    if reduction == "mean":
        return loss.mean(axis=0) if loss.ndim else loss, slope / (len(slope) if slope.ndim else 1)
    return reduced(loss, slope, reduction)


@reject(
    "mean divides by the rows",
    "reduction='mean' divides by the number of elements, pred.size. You divided by the number of rows.",
)
def regression_loss(pred, target, kind="mse", reduction="mean", delta=1.0):
    loss, slope = elements(pred, target, kind, delta)
    if reduction == "mean" and loss.ndim:
        return loss.sum() / len(loss), slope / len(slope)
    return reduced(loss, slope, reduction)


@reject(
    "gradient of the mean without 1/n",
    "Differentiate what you return: the mean brings a factor 1/n into the gradient, with n the number of elements.",
)
def regression_loss(pred, target, kind="mse", reduction="mean", delta=1.0):
    loss, slope = elements(pred, target, kind, delta)
    return reduced(loss, slope, reduction)[0], slope


@reject(
    "gradient always divided by n",
    "For 'sum' and 'none' nothing is averaged, so there is no 1/n in the gradient either.",
)
def regression_loss(pred, target, kind="mse", reduction="mean", delta=1.0):
    loss, slope = elements(pred, target, kind, delta)
    return reduced(loss, slope, reduction)[0], slope / max(slope.size, 1)


@reject(
    "gradient with respect to the target",
    "The sign of your gradient is flipped: it is the one with respect to the target. The error is pred - target.",
)
def regression_loss(pred, target, kind="mse", reduction="mean", delta=1.0):
    loss, slope = elements(pred, target, kind, delta)
    return reduced(loss, -slope, reduction)


@reject(
    "huber tail |e| - delta/2",
    "Outside the band Huber is delta * (|e| - delta/2): without the factor delta the two pieces do not meet.",
)
def regression_loss(pred, target, kind="mse", reduction="mean", delta=1.0):
    loss, slope = elements(pred, target, kind, delta)
    if kind == "huber":
        e = pred - target
        loss = np.where(np.abs(e) <= delta, loss, np.abs(e) - delta / 2)
        slope = np.where(np.abs(e) <= delta, slope, np.sign(e))
    return reduced(loss, slope, reduction)


@reject(
    "huber tail delta * |e|",
    "Outside the band Huber is delta * (|e| - delta/2). Without the delta/2 the loss jumps where |e| = delta.",
)
def regression_loss(pred, target, kind="mse", reduction="mean", delta=1.0):
    loss, slope = elements(pred, target, kind, delta)
    if kind == "huber":
        e = pred - target
        loss = np.where(np.abs(e) <= delta, loss, delta * np.abs(e))
    return reduced(loss, slope, reduction)


@reject(
    "huber slope delta on both sides",
    "Outside the band the slope of Huber is delta on the right and -delta on the left: delta times the sign of e.",
)
def regression_loss(pred, target, kind="mse", reduction="mean", delta=1.0):
    loss, slope = elements(pred, target, kind, delta)
    if kind == "huber":
        e = pred - target
        slope = np.where(np.abs(e) <= delta, e, delta)
    return reduced(loss, slope.astype(pred.dtype), reduction)


@reject(
    "huber slope delta * e",
    "Outside the band Huber is a straight line: its slope is delta times the sign of e, and does not grow with e.",
)
def regression_loss(pred, target, kind="mse", reduction="mean", delta=1.0):
    loss, slope = elements(pred, target, kind, delta)
    if kind == "huber":
        e = pred - target
        slope = np.where(np.abs(e) <= delta, e, delta * e)
    return reduced(loss, slope, reduction)


@reject(
    "huber band tested without |e|",
    "You asked whether e <= delta, and every negative error is below delta. The band is |e| <= delta.",
)
def regression_loss(pred, target, kind="mse", reduction="mean", delta=1.0):
    loss, slope = elements(pred, target, kind, delta)
    if kind == "huber":
        e = pred - target
        with np.errstate(over="ignore"):
            loss, slope = np.where(e <= delta, e**2 / 2, loss), np.where(e <= delta, e, slope)
    return reduced(loss, slope, reduction)


@reject(
    "huber divided by delta",
    "These are the numbers of the smooth L1 loss, which is Huber divided by delta.",
)
def regression_loss(pred, target, kind="mse", reduction="mean", delta=1.0):
    loss, slope = elements(pred, target, kind, delta)
    if kind == "huber":
        loss, slope = loss / delta, slope / delta
    return reduced(loss, slope, reduction)


@reject("huber ignores delta", "Your Huber loss always uses delta = 1. Take the argument.")
def regression_loss(pred, target, kind="mse", reduction="mean", delta=1.0):
    return reduced(*elements(pred, target, kind, 1.0), reduction)


@reject("huber without the 1/2 inside", "Inside the band Huber is e^2 / 2: with e^2 its slope would jump at delta.")
def regression_loss(pred, target, kind="mse", reduction="mean", delta=1.0):
    loss, slope = elements(pred, target, kind, delta)
    if kind == "huber":
        e = pred - target
        inside = np.abs(e) <= delta
        loss, slope = np.where(inside, e**2, loss), np.where(inside, 2 * e, slope)
    return reduced(loss, slope, reduction)


@reject(
    "l1 with slope 1 at error 0",
    "At an error of exactly 0 the slope of L1 is taken as 0, as PyTorch does. np.sign does that; a comparison with 0 does not.",
)
def regression_loss(pred, target, kind="mse", reduction="mean", delta=1.0):
    loss, slope = elements(pred, target, kind, delta)
    if kind == "l1":
        slope = np.where(pred - target >= 0, 1.0, -1.0).astype(pred.dtype)
    return reduced(loss, slope, reduction)


@reject(
    "l1 without absolute value",
    "Positive and negative errors cancelled: L1 takes the absolute value of each error.",
)
def regression_loss(pred, target, kind="mse", reduction="mean", delta=1.0):
    loss, slope = elements(pred, target, kind, delta)
    if kind == "l1":
        loss, slope = pred - target, np.ones_like(pred)
    return reduced(loss, slope, reduction)


@reject(
    "root of the mean square",
    "This is the root mean squared error. MSE takes no root.",
)
def regression_loss(pred, target, kind="mse", reduction="mean", delta=1.0):
    loss, slope = reduced(*elements(pred, target, kind, delta), reduction)
    return (np.sqrt(loss) if kind == "mse" else loss), slope


@reject(
    "an unknown kind falls through",
    "A misspelt kind was silently treated as another one. Raise ValueError: a wrong loss is found days later.",
)
def regression_loss(pred, target, kind="mse", reduction="mean", delta=1.0):
    return reduced(*elements(pred, target, kind if kind in ("mse", "l1") else "huber", delta), reduction)


@reject(
    "an unknown reduction falls through",
    "A misspelt reduction was silently treated as 'none'. Raise ValueError.",
)
def regression_loss(pred, target, kind="mse", reduction="mean", delta=1.0):
    return reduced(*elements(pred, target, kind, delta), reduction if reduction in ("mean", "sum") else "none")


@reject(
    "KeyError for an unknown name",
    "An unknown name raised KeyError, as a dictionary does. The task asks for a ValueError.",
)
def regression_loss(pred, target, kind="mse", reduction="mean", delta=1.0):
    {"mse": 0, "l1": 0, "huber": 0}[kind]
    {"mean": 0, "sum": 0, "none": 0}[reduction]
    return reduced(*elements(pred, target, kind, delta), reduction)


@reject(
    "loss returned alone",
    "Return the pair (loss, dpred).",
)
def regression_loss(pred, target, kind="mse", reduction="mean", delta=1.0):
    return reduced(*elements(pred, target, kind, delta), reduction)[0]
