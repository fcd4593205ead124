"""Other right ways to write ewa-bias-correction, and the mistakes that people make."""

import numpy as np

from tutor.checks import accept, reject, waive


def _refuse(beta):
    if not 0 <= beta < 1:
        raise ValueError("beta must lie in [0, 1)")


@accept("table of all weights")
def ewa(x, beta, bias_correction=True):
    _refuse(beta)
    t = np.arange(1, len(x) + 1)
    weights = np.tril((1 - beta) * np.power(beta, np.maximum(t[:, None] - t, 0)))
    v = (weights @ x.astype(np.float64)).astype(x.dtype)
    if bias_correction:
        v = v / (1 - beta**t).reshape(-1, *[1] * (x.ndim - 1)).astype(x.dtype)
    return v


@accept("pulled towards the new value, corrected afterwards")
def ewa(x, beta, bias_correction=True):
    _refuse(beta)
    v, rows, left = np.zeros(x.shape[1:], x.dtype), [], 1.0
    for now in x:
        v = v + (1 - beta) * (now - v)
        left *= beta
        rows.append(v / (1 - left) if bias_correction else v)
    return np.array(rows, dtype=x.dtype).reshape(x.shape)


@accept("state in float64")
def ewa(x, beta, bias_correction=True):
    _refuse(beta)
    v, out = np.zeros(x.shape[1:]), np.zeros(x.shape)
    for t in range(len(x)):
        v = beta * v + (1 - beta) * x[t]
        out[t] = v
        if bias_correction:
            out[t] /= 1 - beta ** (t + 1)
    return out.astype(x.dtype)


@reject(
    "corrected value fed back",
    "You divide v itself, and the next average is built on the divided value, so that the correction compounds. Keep "
    "the raw v as the state, and divide only what you return.",
)
def ewa(x, beta, bias_correction=True):
    _refuse(beta)
    out, v = np.empty_like(x), np.zeros(x.shape[1:], x.dtype)
    for t, now in enumerate(x, 1):
        v = beta * v + (1 - beta) * now
        if bias_correction:
            v = v / (1 - beta**t)
        out[t - 1] = v
    return out


@reject(
    "time counted from 0",
    "The first correction divides by 1 - beta^0 = 0. After the first value the exponent is 1.",
)
def ewa(x, beta, bias_correction=True):
    _refuse(beta)
    out, v = np.empty_like(x), np.zeros(x.shape[1:], x.dtype)
    for t, now in enumerate(x):
        v = beta * v + (1 - beta) * now
        out[t] = v / np.float64(1 - beta**t) if bias_correction else v
    return out


@reject(
    "exponent one too large",
    "The first correction must divide by 1 - beta^1, so that the first result is the first value. Your exponent is one ahead.",
)
def ewa(x, beta, bias_correction=True):
    _refuse(beta)
    out, v = np.empty_like(x), np.zeros(x.shape[1:], x.dtype)
    for t, now in enumerate(x, 1):
        v = beta * v + (1 - beta) * now
        out[t - 1] = v / (1 - beta ** (t + 1)) if bias_correction else v
    return out


@reject(
    "one fixed correction",
    "You divide by 1 - beta at every moment; that is right for the first value only. The missing weight shrinks: 1 - beta^t.",
)
def ewa(x, beta, bias_correction=True):
    _refuse(beta)
    out, v = np.empty_like(x), np.zeros(x.shape[1:], x.dtype)
    for t, now in enumerate(x, 1):
        v = beta * v + (1 - beta) * now
        out[t - 1] = v / (1 - beta) if bias_correction else v
    return out


@reject(
    "starts at the first value",
    "Your average starts at x_1 instead of 0. That hides the bias, but it gives the first value the weight of the whole "
    "past: another filter. Start at 0.",
)
def ewa(x, beta, bias_correction=True):
    _refuse(beta)
    out, v = np.empty_like(x), None
    for t, now in enumerate(x, 1):
        v = now if v is None else beta * v + (1 - beta) * now
        out[t - 1] = v
    return out


@reject(
    "starts at the first value, and corrects all the same",
    "Your average starts at x_1 and is divided by 1 - beta^t as well. The correction belongs to a start at 0.",
)
def ewa(x, beta, bias_correction=True):
    _refuse(beta)
    out, v = np.empty_like(x), None
    for t, now in enumerate(x, 1):
        v = now if v is None else beta * v + (1 - beta) * now
        out[t - 1] = v / (1 - beta**t) if bias_correction else v
    return out


@reject(
    "weights swapped",
    "beta weighs the past and 1 - beta the new value; yours are the other way round. beta = 0.9 is a slow average.",
)
def ewa(x, beta, bias_correction=True):
    _refuse(beta)
    out, v = np.empty_like(x), np.zeros(x.shape[1:], x.dtype)
    for t, now in enumerate(x, 1):
        v = (1 - beta) * v + beta * now
        out[t - 1] = v / (1 - (1 - beta) ** t) if bias_correction and beta else v
    return out


@reject(
    "weights swapped, correction not",
    "beta weighs the past and 1 - beta the new value; in your recursion they are the other way round.",
)
def ewa(x, beta, bias_correction=True):
    _refuse(beta)
    out, v = np.empty_like(x), np.zeros(x.shape[1:], x.dtype)
    for t, now in enumerate(x, 1):
        v = (1 - beta) * v + beta * now
        out[t - 1] = v / (1 - beta**t) if bias_correction else v
    return out


@reject(
    "a sum instead of an average",
    "The new value has lost its factor 1 - beta: the weights add up to 1 / (1 - beta). (PyTorch's momentum buffer is built "
    "like that, an average is not.)",
)
def ewa(x, beta, bias_correction=True):
    _refuse(beta)
    out, v = np.empty_like(x), np.zeros(x.shape[1:], x.dtype)
    for t, now in enumerate(x, 1):
        v = beta * v + now
        out[t - 1] = v / (1 - beta**t) if bias_correction else v
    return out


@reject(
    "never corrects",
    "These are the raw averages, pulled towards 0 at the beginning. Divide by 1 - beta^t when bias_correction is true.",
)
def ewa(x, beta, bias_correction=True):
    _refuse(beta)
    out, v = np.empty_like(x), np.zeros(x.shape[1:], x.dtype)
    for t, now in enumerate(x):
        v = beta * v + (1 - beta) * now
        out[t] = v
    return out


@reject("always corrects", "With bias_correction=False the raw averages are asked for.")
def ewa(x, beta, bias_correction=True):
    _refuse(beta)
    out, v = np.empty_like(x), np.zeros(x.shape[1:], x.dtype)
    for t, now in enumerate(x, 1):
        v = beta * v + (1 - beta) * now
        out[t - 1] = v / (1 - beta**t)
    return out


@reject(
    "along the last axis",
    "You averaged along the last axis. Time is axis 0: each column is a series of its own.",
)
def ewa(x, beta, bias_correction=True):
    _refuse(beta)
    out, v = np.empty_like(x), np.zeros(x.shape[:-1], x.dtype)
    for t in range(x.shape[-1]):
        v = beta * v + (1 - beta) * x[..., t]
        out[..., t] = v / (1 - beta ** (t + 1)) if bias_correction else v
    return out


@reject(
    "one average for all columns",
    "The columns got mixed: keep one average for each of them, a state of shape x.shape[1:].",
)
def ewa(x, beta, bias_correction=True):
    _refuse(beta)
    out, v = np.empty_like(x), x.dtype.type(0)
    for t, now in enumerate(x, 1):
        v = beta * v + (1 - beta) * np.mean(now) if now.size else v
        out[t - 1] = v / (1 - beta**t) if bias_correction else v
    return out


@reject(
    "moving average of the last 1 / (1 - beta) values",
    "That is a plain average over a window with a sharp edge. Here every past value counts, with a weight that fades.",
)
def ewa(x, beta, bias_correction=True):
    _refuse(beta)
    window = max(1, round(1 / (1 - beta)))
    return np.array([x[max(0, t + 1 - window) : t + 1].mean(axis=0) for t in range(len(x))], x.dtype).reshape(x.shape)


@reject(
    "sum of x / beta^t",
    "Dividing by beta^t and multiplying by it again looks clever, but beta^-t overflows for a long series (and beta may be "
    "0). Carry the average from one moment to the next.",
)
def ewa(x, beta, bias_correction=True):
    _refuse(beta)
    t = np.arange(1.0, len(x) + 1).reshape(-1, *[1] * (x.ndim - 1))
    with np.errstate(all="ignore"):
        v = (1 - beta) * np.cumsum(x * np.power(beta, -t), axis=0) * beta**t
    return (v / (1 - beta**t) if bias_correction else v).astype(x.dtype)


@reject("always float64", "float32 came in and float64 went out: make the result with the dtype of x.")
def ewa(x, beta, bias_correction=True):
    _refuse(beta)
    out, v = np.empty(x.shape), np.zeros(x.shape[1:])
    for t, now in enumerate(x, 1):
        v = beta * v + (1 - beta) * now
        out[t - 1] = v / (1 - beta**t) if bias_correction else v
    return out


@reject("writes into the series", "The caller's x was overwritten with the averages. Make a new array for them.")
def ewa(x, beta, bias_correction=True):
    _refuse(beta)
    v = np.zeros(x.shape[1:], x.dtype)
    x = x if x.flags.writeable else x.copy()
    for t in range(len(x)):
        v = beta * v + (1 - beta) * x[t]
        x[t] = v / (1 - beta ** (t + 1)) if bias_correction else v
    return x


@reject("beta not checked", "A beta of 1 or more, or a negative one, is no average: raise ValueError.")
def ewa(x, beta, bias_correction=True):
    out, v = np.empty_like(x), np.zeros(x.shape[1:], x.dtype)
    with np.errstate(all="ignore"):
        for t, now in enumerate(x, 1):
            v = beta * v + (1 - beta) * now
            out[t - 1] = v / np.float64(1 - beta**t) if bias_correction else v
    return out


@reject("beta = 0 refused", "beta = 0 is allowed: no memory at all, the averages are the values themselves.")
def ewa(x, beta, bias_correction=True):
    if not 0 < beta < 1:
        raise ValueError("beta")
    out, v = np.empty_like(x), np.zeros(x.shape[1:], x.dtype)
    for t, now in enumerate(x, 1):
        v = beta * v + (1 - beta) * now
        out[t - 1] = v / (1 - beta**t) if bias_correction else v
    return out


waive("ewa: np.zeros(x.shape[1:], dtype=x.dtype) → np.zeros(x.shape[1:])", "out has the dtype of x whatever v has")
waive("ewa: x.shape[1:] → x.shape[2:]", "with at most two axes this is (): a zero that becomes (D,) at the first value")
