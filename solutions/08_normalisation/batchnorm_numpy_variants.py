"""Other ways to write batchnorm-numpy, and the mistakes that people make."""

import numpy as np

from tutor.checks import accept, reject, waive


def _statistics(x):
    mean = x.mean(0)
    return mean, ((x - mean) ** 2).mean(0)


def _update(running, mean, var, momentum):
    running["mean"] = (1 - momentum) * running["mean"] + momentum * mean
    running["var"] = (1 - momentum) * running["var"] + momentum * var


def _finish(x, mean, var, gamma, beta, eps, training):
    std = np.sqrt(var + eps)
    xhat = (x - mean) / std
    return gamma * xhat + beta, (xhat, gamma, std, training)


def _forward(x, gamma, beta, running, training, momentum, eps, statistics=_statistics, update=_update):
    """The right forward pass, of which a variant may change the two functions."""
    if not training:
        return _finish(x, running["mean"], running["var"], gamma, beta, eps, training)
    if len(x) < 2:
        raise ValueError("one row")
    mean, var = statistics(x)
    update(running, mean, var * len(x) / (len(x) - 1), momentum)
    return _finish(x, mean, var, gamma, beta, eps, training)


@accept("new arrays in the dict, x.var")
def batchnorm_forward(x, gamma, beta, running, *, training, momentum=0.1, eps=1e-5):
    return _forward(x, gamma, beta, running, training, momentum, eps, lambda x: (x.mean(0), x.var(0)))


@accept("updates the arrays themselves, multiplies by the inverse root")
def batchnorm_forward(x, gamma, beta, running, *, training, momentum=0.1, eps=1e-5):
    mean, var = running["mean"].copy(), running["var"].copy()
    if training:
        if x.shape[0] <= 1:
            raise ValueError("more rows, please")
        mean, var = np.mean(x, axis=0), np.var(x, axis=0)
        running["mean"][...] = running["mean"] * (1 - momentum) + mean * momentum
        running["var"][...] = running["var"] * (1 - momentum) + np.var(x, axis=0, ddof=1) * momentum
    inverse = (var + eps) ** -0.5
    xhat = (x - mean) * inverse
    return xhat * gamma + beta, (xhat, gamma, 1 / inverse, training)


@accept("the long way through mean and variance")
def batchnorm_backward(dout, cache):
    xhat, gamma, std, training = cache
    n = len(dout)
    dgamma, dbeta, dxhat = np.einsum("nd,nd->d", dout, xhat), dout.sum(0), dout * gamma
    if not training:
        return dxhat / std, dgamma, dbeta
    centred = xhat * std
    dvar = (dxhat * centred).sum(0) * -0.5 / std**3
    dmean = -(dxhat / std).sum(0) + dvar * -2 * centred.mean(0)
    return dxhat / std + dvar * 2 * centred / n + dmean / n, dgamma, dbeta


@reject(
    "running variance biased",
    "The biased variance normalises, but the UNBIASED one goes into running['var']: times N/(N - 1).",
)
def batchnorm_forward(x, gamma, beta, running, *, training, momentum=0.1, eps=1e-5):
    def update(running, mean, var, momentum):
        _update(running, mean, var * (len(x) - 1) / len(x), momentum)

    return _forward(x, gamma, beta, running, training, momentum, eps, update=update)


@reject(
    "momentum is the weight of the old value",
    "momentum is the weight of the NEW batch: running = (1 - momentum)·running + momentum·batch.",
)
def batchnorm_forward(x, gamma, beta, running, *, training, momentum=0.1, eps=1e-5):
    return _forward(x, gamma, beta, running, training, 1 - momentum, eps)


@reject(
    "normalised with the unbiased variance",
    "The batch is normalised with the BIASED variance (divide by N); only `running` gets the unbiased one.",
)
def batchnorm_forward(x, gamma, beta, running, *, training, momentum=0.1, eps=1e-5):
    y, cache = _forward(x, gamma, beta, running, training, momentum, eps)
    return _finish(x, x.mean(0), x.var(0, ddof=1), gamma, beta, eps, training) if training else (y, cache)


@reject("divided by the variance", "Divide by the standard deviation sqrt(var + eps), not by the variance.")
def batchnorm_forward(x, gamma, beta, running, *, training, momentum=0.1, eps=1e-5):
    def divided(x, mean, var):
        xhat = (x - mean) / (var + eps)
        return gamma * xhat + beta, (xhat, gamma, var + eps, training)

    _forward(x, gamma, beta, running, training, momentum, eps)
    return divided(x, *(_statistics(x) if training else (running["mean"], running["var"])))


@reject("eps outside the root", "eps belongs under the root: sqrt(var + eps), not sqrt(var) + eps.")
def batchnorm_forward(x, gamma, beta, running, *, training, momentum=0.1, eps=1e-5):
    _forward(x, gamma, beta, running, training, momentum, eps)
    mean, var = _statistics(x) if training else (running["mean"], running["var"])
    std = np.sqrt(var) + eps
    xhat = (x - mean) / std
    return gamma * xhat + beta, (xhat, gamma, std, training)


@reject("eps forgotten", "Without eps under the root a constant feature is divided by 0.")
def batchnorm_forward(x, gamma, beta, running, *, training, momentum=0.1, eps=1e-5):
    return _forward(x, gamma, beta, running, training, momentum, 0.0)


@reject("mean not subtracted", "The mean is still in the output: xhat = (x - mean) / sqrt(var + eps).")
def batchnorm_forward(x, gamma, beta, running, *, training, momentum=0.1, eps=1e-5):
    _, (_, _, std, _) = _forward(x, gamma, beta, running, training, momentum, eps)
    return gamma * (x / std) + beta, (x / std, gamma, std, training)


@reject(
    "each row on its own",
    "You normalised every row by itself (that is layer normalisation). Here each FEATURE is normalised over the batch: "
    "axis=0.",
)
def batchnorm_forward(x, gamma, beta, running, *, training, momentum=0.1, eps=1e-5):
    _forward(x, gamma, beta, running, training, momentum, eps)
    mean, var = x.mean(1, keepdims=True), x.var(1, keepdims=True)
    if not training:
        mean, var = running["mean"], running["var"]
    return _finish(x, mean, var, gamma, beta, eps, training)


@reject("one mean for all features", "Each feature has a mean and a variance of its own: reduce over axis=0 only.")
def batchnorm_forward(x, gamma, beta, running, *, training, momentum=0.1, eps=1e-5):
    def statistics(x):
        return np.full_like(x[0], x.mean()), np.full_like(x[0], x.var())

    return _forward(x, gamma, beta, running, training, momentum, eps, statistics)


@reject(
    "evaluation with the statistics of the batch",
    "In evaluation the running values are used: one image alone would normalise itself to beta.",
)
def batchnorm_forward(x, gamma, beta, running, *, training, momentum=0.1, eps=1e-5):
    if training:
        return _forward(x, gamma, beta, running, training, momentum, eps)
    return _finish(x, *_statistics(x), gamma, beta, eps, training)


@reject(
    "training with the running values",
    "In training the batch's own statistics normalise; the running values are for evaluation.",
)
def batchnorm_forward(x, gamma, beta, running, *, training, momentum=0.1, eps=1e-5):
    _forward(x, gamma, beta, running, training, momentum, eps)
    return _finish(x, running["mean"], running["var"], gamma, beta, eps, training)


@reject(
    "running values also updated in evaluation", "Evaluation changed `running`. It learns from training batches only."
)
def batchnorm_forward(x, gamma, beta, running, *, training, momentum=0.1, eps=1e-5):
    out = _forward(x, gamma, beta, running, training, momentum, eps)
    if not training and len(x) > 1:
        _update(running, *_statistics(x), momentum)
    return out


@reject(
    "running values never updated", "`running` stays as it was: move it towards the statistics of each training batch."
)
def batchnorm_forward(x, gamma, beta, running, *, training, momentum=0.1, eps=1e-5):
    return _forward(x, gamma, beta, dict(running), training, momentum, eps)


@reject(
    "mean of squares minus square of mean",
    "E[x²] - E[x]² cancels catastrophically far from zero. Subtract the mean first, then square.",
)
def batchnorm_forward(x, gamma, beta, running, *, training, momentum=0.1, eps=1e-5):
    def statistics(x):
        mean = x.mean(0)
        return mean, np.maximum((x * x).mean(0) - mean * mean, 0)

    return _forward(x, gamma, beta, running, training, momentum, eps, statistics)


@reject("gamma and beta forgotten", "The normalised values were not scaled by gamma and shifted by beta.")
def batchnorm_forward(x, gamma, beta, running, *, training, momentum=0.1, eps=1e-5):
    _, cache = _forward(x, gamma, beta, running, training, momentum, eps)
    return cache[0], cache


@reject(
    "gamma under the root",
    "gamma is the scale (standard deviation) of the output, not its variance: multiply by gamma itself.",
)
def batchnorm_forward(x, gamma, beta, running, *, training, momentum=0.1, eps=1e-5):
    _, cache = _forward(x, gamma, beta, running, training, momentum, eps)
    return np.sqrt(np.abs(gamma)) * cache[0] + beta, cache


@reject("a single row goes through in training", "One row has no variance: raise ValueError in training when N is 1.")
def batchnorm_forward(x, gamma, beta, running, *, training, momentum=0.1, eps=1e-5):
    if training and len(x) == 1:
        return _finish(x, *_statistics(x), gamma, beta, eps, training)
    return _forward(x, gamma, beta, running, training, momentum, eps)


@reject("a single row refused in evaluation", "Evaluation needs no batch: a single row is fine there.")
def batchnorm_forward(x, gamma, beta, running, *, training, momentum=0.1, eps=1e-5):
    if len(x) == 1:
        raise ValueError("one row")
    return _forward(x, gamma, beta, running, training, momentum, eps)


@reject("cache not returned", "Return two things, `y` and `cache`: the backward pass gets the cache, and nothing else.")
def batchnorm_forward(x, gamma, beta, running, *, training, momentum=0.1, eps=1e-5):
    return _forward(x, gamma, beta, running, training, momentum, eps)[0]


@reject(
    "mean and variance taken as constants",
    "In training x moves the mean and the variance of its batch, too: two more terms belong into dx.",
)
def batchnorm_backward(dout, cache):
    xhat, gamma, std, _ = cache
    return dout * gamma / std, (dout * xhat).sum(0), dout.sum(0)


@reject(
    "the way through the variance is missing",
    "The gradient through the variance is missing: -xhat · mean(dxhat · xhat).",
)
def batchnorm_backward(dout, cache):
    xhat, gamma, std, training = cache
    dxhat = dout * gamma
    dx = dxhat - dxhat.mean(0) if training else dxhat
    return dx / std, (dout * xhat).sum(0), dout.sum(0)


@reject("the way through the mean is missing", "The gradient through the mean is missing: minus the mean of dxhat.")
def batchnorm_backward(dout, cache):
    xhat, gamma, std, training = cache
    dxhat = dout * gamma
    dx = dxhat - xhat * (dxhat * xhat).mean(0) if training else dxhat
    return dx / std, (dout * xhat).sum(0), dout.sum(0)


@reject(
    "evaluation differentiated like training",
    "In evaluation mean and variance are constants: nothing flows through them. Keep the mode in the cache.",
)
def batchnorm_backward(dout, cache):
    xhat, gamma, std, _ = cache
    dxhat = dout * gamma
    dx = (dxhat - dxhat.mean(0) - xhat * (dxhat * xhat).mean(0)) / std
    return dx, (dout * xhat).sum(0), dout.sum(0)


@reject("gamma missing in dx", "y = gamma·xhat + beta: on the way to x, dout is multiplied by gamma.")
def batchnorm_backward(dout, cache):
    xhat, _, std, training = cache
    dx = dout - dout.mean(0) - xhat * (dout * xhat).mean(0) if training else dout
    return dx / std, (dout * xhat).sum(0), dout.sum(0)


@reject("sums where means belong", "Through mean and variance come MEANS over the batch: divide the sums by N.")
def batchnorm_backward(dout, cache):
    xhat, gamma, std, training = cache
    dxhat = dout * gamma
    dx = dxhat - dxhat.sum(0) - xhat * (dxhat * xhat).sum(0) if training else dxhat
    return dx / std, (dout * xhat).sum(0), dout.sum(0)


@reject(
    "means of the parameters' gradients",
    "gamma and beta are used by every row: their gradients are SUMS over the batch.",
)
def batchnorm_backward(dout, cache):
    dx, _, _ = _right_backward(dout, cache)
    return dx, (dout * cache[0]).mean(0), dout.mean(0)


@reject("root forgotten in dx", "xhat = (x - mean) / std: on the way to x the gradient is divided by std.")
def batchnorm_backward(dout, cache):
    dx, dgamma, dbeta = _right_backward(dout, cache)
    return dx * cache[2], dgamma, dbeta


def _right_backward(dout, cache):
    xhat, gamma, std, training = cache
    dxhat = dout * gamma
    dx = dxhat - dxhat.mean(0) - xhat * (dxhat * xhat).mean(0) if training else dxhat
    return dx / std, (dout * xhat).sum(0), dout.sum(0)


waive("batchnorm_forward: x - mean → mean - x", "only its square is used")
