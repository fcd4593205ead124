"""Other ways to write layernorm, and the mistakes that people make."""

import numpy as np

from tutor.checks import accept, reject


def _finish(x, mean, std, gamma, beta):
    xhat = (x - mean) / std
    return gamma * xhat + beta, (xhat, gamma, std)


def _dx(dout, cache):
    xhat, gamma, std = cache
    d = dout * gamma
    return (d - d.mean(-1, keepdims=True) - xhat * (d * xhat).mean(-1, keepdims=True)) / std


def _over_rows(a):
    return a.reshape(-1, a.shape[-1]).sum(0)


@accept("np.var and a reshape")
def layernorm_forward(x, gamma, beta, eps=1e-5):
    flat = x.reshape(-1, x.shape[-1])
    mean, std = flat.mean(1)[:, None], np.sqrt(flat.var(1) + eps)[:, None]
    y, (xhat, gamma, std) = _finish(flat, mean, std, gamma, beta)
    return y.reshape(x.shape), (xhat.reshape(x.shape), gamma, std.reshape(*x.shape[:-1], 1))


@accept("sums over flattened rows")
def layernorm_backward(dout, cache):
    return _dx(dout, cache), _over_rows(dout * cache[0]), _over_rows(dout)


@accept("the long way through mean and variance")
def layernorm_backward(dout, cache):
    xhat, gamma, std = cache
    n = dout.shape[-1]
    d, centred = dout * gamma, xhat * std
    dvar = -0.5 * (d * centred).sum(-1, keepdims=True) / std**3
    dmean = -(d / std).sum(-1, keepdims=True)
    return d / std + 2 * dvar * centred / n + dmean / n, _over_rows(dout * xhat), _over_rows(dout)


@reject(
    "unbiased variance",
    "The layer divides by the BIASED variance, the mean of the squares: no ddof=1.",
)
def layernorm_forward(x, gamma, beta, eps=1e-5):
    n = x.shape[-1]
    var = x.var(-1, keepdims=True) * x.dtype.type(n / max(n - 1, 1))
    return _finish(x, x.mean(-1, keepdims=True), np.sqrt(var + eps), gamma, beta)


@reject("eps outside the root", "eps belongs under the root: sqrt(var + eps), not std + eps.")
def layernorm_forward(x, gamma, beta, eps=1e-5):
    return _finish(x, x.mean(-1, keepdims=True), x.std(-1, keepdims=True) + eps, gamma, beta)


@reject("divided by the variance", "Divide by the standard deviation sqrt(var + eps), not by the variance.")
def layernorm_forward(x, gamma, beta, eps=1e-5):
    return _finish(x, x.mean(-1, keepdims=True), x.var(-1, keepdims=True) + eps, gamma, beta)


@reject("eps ignored", "eps of the caller has no effect: yours is fixed.")
def layernorm_forward(x, gamma, beta, eps=1e-5):
    return _finish(x, x.mean(-1, keepdims=True), np.sqrt(x.var(-1, keepdims=True) + 1e-5), gamma, beta)


@reject(
    "statistics over all axes",
    "All rows share one mean here, so tokens mix. Each row is normalised by itself: axis=-1.",
)
def layernorm_forward(x, gamma, beta, eps=1e-5):
    ones = np.ones_like(x[..., :1])
    return _finish(x, x.mean() * ones, np.sqrt(x.var() + eps) * ones, gamma, beta)


@reject(
    "statistics over the batch",
    "Each column was normalised over the batch: that is batch normalisation. A row's own mean is along axis=-1.",
)
def layernorm_forward(x, gamma, beta, eps=1e-5):
    ones = np.ones_like(x)
    return _finish(x, x.mean(0) * ones, np.sqrt(x.var(0) + eps) * ones, gamma, beta)


@reject(
    "statistics over all axes but the first",
    "With three axes, all tokens of a sample were normalised together. Here only the LAST axis counts.",
)
def layernorm_forward(x, gamma, beta, eps=1e-5):
    axes = tuple(range(min(1, x.ndim - 1), x.ndim))
    ones = np.ones_like(x[..., :1])
    return _finish(x, x.mean(axes, keepdims=True) * ones, np.sqrt(x.var(axes, keepdims=True) + eps) * ones, gamma, beta)


@reject("mean not subtracted", "The mean of each row is still there (that would be RMSNorm): subtract it first.")
def layernorm_forward(x, gamma, beta, eps=1e-5):
    return _finish(x, 0, np.sqrt(x.var(-1, keepdims=True) + eps), gamma, beta)


@reject("gamma and beta forgotten", "The normalised rows were not scaled by gamma and shifted by beta.")
def layernorm_forward(x, gamma, beta, eps=1e-5):
    _, cache = _finish(x, x.mean(-1, keepdims=True), np.sqrt(x.var(-1, keepdims=True) + eps), gamma, beta)
    return cache[0], cache


@reject(
    "mean of squares minus square of mean",
    "E[x²] - E[x]² cancels catastrophically far from zero. Subtract the mean first, then square.",
)
def layernorm_forward(x, gamma, beta, eps=1e-5):
    mean = x.mean(-1, keepdims=True)
    var = np.maximum((x * x).mean(-1, keepdims=True) - mean * mean, 0)
    return _finish(x, mean, np.sqrt(var + eps), gamma, beta)


@reject("cache not returned", "Return two things, `y` and `cache`: the backward pass gets the cache, and nothing else.")
def layernorm_forward(x, gamma, beta, eps=1e-5):
    return _finish(x, x.mean(-1, keepdims=True), np.sqrt(x.var(-1, keepdims=True) + eps), gamma, beta)[0]


@reject(
    "dgamma and dbeta not summed",
    "gamma and beta are used by every row: sum their gradients over all axes except the last.",
)
def layernorm_backward(dout, cache):
    return _dx(dout, cache), dout * cache[0], dout.copy()


@reject(
    "dgamma and dbeta summed over the first axis only",
    "With more than two axes there are rows along all of them but the last: sum over every one of those.",
)
def layernorm_backward(dout, cache):
    if dout.ndim == 1:
        return _dx(dout, cache), dout * cache[0], dout.copy()
    return _dx(dout, cache), (dout * cache[0]).sum(0), dout.sum(0)


@reject(
    "dgamma and dbeta summed along the row",
    "dgamma has one number for each POSITION in a row: sum over the rows, not along them.",
)
def layernorm_backward(dout, cache):
    return _dx(dout, cache), (dout * cache[0]).sum(-1), dout.sum(-1)


@reject("dgamma with gamma in it", "y = gamma·xhat + beta: the slope by gamma is xhat, so dgamma = sum of dout·xhat.")
def layernorm_backward(dout, cache):
    return _dx(dout, cache), _over_rows(dout * cache[0] * cache[1]), _over_rows(dout)


@reject(
    "mean and variance taken as constants",
    "Every number of a row moves the mean and the variance of that row: two more terms belong into dx.",
)
def layernorm_backward(dout, cache):
    xhat, gamma, std = cache
    return dout * gamma / std, _over_rows(dout * xhat), _over_rows(dout)


@reject(
    "the way through the variance is missing",
    "The gradient through the variance is missing: -xhat · mean(dxhat · xhat).",
)
def layernorm_backward(dout, cache):
    xhat, gamma, std = cache
    d = dout * gamma
    return (d - d.mean(-1, keepdims=True)) / std, _over_rows(dout * xhat), _over_rows(dout)


@reject("the way through the mean is missing", "The gradient through the mean is missing: minus the mean of dxhat.")
def layernorm_backward(dout, cache):
    xhat, gamma, std = cache
    d = dout * gamma
    return (d - xhat * (d * xhat).mean(-1, keepdims=True)) / std, _over_rows(dout * xhat), _over_rows(dout)


@reject("gamma missing in dx", "y = gamma·xhat + beta: on the way to x, dout is multiplied by gamma, before the means.")
def layernorm_backward(dout, cache):
    xhat, _, std = cache
    d = dout
    dx = (d - d.mean(-1, keepdims=True) - xhat * (d * xhat).mean(-1, keepdims=True)) / std
    return dx, _over_rows(dout * xhat), _over_rows(dout)


@reject(
    "gamma after the means",
    "dxhat = dout·gamma comes first: gamma differs along the row, so it belongs inside the means.",
)
def layernorm_backward(dout, cache):
    xhat, gamma, std = cache
    d = dout
    dx = gamma * (d - d.mean(-1, keepdims=True) - xhat * (d * xhat).mean(-1, keepdims=True)) / std
    return dx, _over_rows(dout * xhat), _over_rows(dout)


@reject("means over the batch in dx", "The means in dx run along the row, like the statistics: axis=-1, keepdims=True.")
def layernorm_backward(dout, cache):
    xhat, gamma, std = cache
    d = dout * gamma
    dx = (d - d.mean(0) - xhat * (d * xhat).mean(0)) / std
    return dx, _over_rows(dout * xhat), _over_rows(dout)
