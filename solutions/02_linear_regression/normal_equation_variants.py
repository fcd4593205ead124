"""Other right ways to write normal-equation, and the mistakes that people make."""

import numpy as np

from tutor.checks import accept, reject, waive


def centred(X, y):
    """Float64 data without their means, and the means."""
    X, y = X.astype(np.float64), y.astype(np.float64)
    return X - X.mean(0), y - y.mean(), X.mean(0), y.mean()


def with_bias(w, x_mean, y_mean):
    """The bias that belongs to w."""
    return w, float(y_mean - x_mean @ w)


@accept("pseudo-inverse of the stacked rows")
def lstsq_fit(X, y, l2=0.0):
    Xc, yc, x_mean, y_mean = centred(X, y)
    D = X.shape[1]
    A = np.vstack([Xc, l2**0.5 * np.identity(D)])
    return with_bias(np.linalg.pinv(A) @ np.append(yc, np.zeros(D)), x_mean, y_mean)


@accept("singular values")
def lstsq_fit(X, y, l2=0.0):
    Xc, yc, x_mean, y_mean = centred(X, y)
    U, s, Vt = np.linalg.svd(Xc, full_matrices=False)
    tiny = np.finfo(np.float64).eps * max(Xc.shape) * s.max(initial=0.0)
    shrink = np.where(s > tiny, s / np.where(s > tiny, s**2 + l2, 1), 0)
    return with_bias(Vt.T @ (shrink * (U.T @ yc)), x_mean, y_mean)


@accept("solve where lambda makes it regular")
def lstsq_fit(X, y, l2=0.0):
    Xc, yc, x_mean, y_mean = centred(X, y)
    if l2 > 0:
        w = np.linalg.solve(Xc.T @ Xc + l2 * np.eye(X.shape[1]), Xc.T @ yc)
    else:
        w = np.linalg.lstsq(Xc, yc, rcond=None)[0]
    return with_bias(w, x_mean, y_mean)


@reject(
    "solves with X.T X",
    "X.T X is singular when a feature is constant, when a column repeats, or with fewer samples than features: it has no "
    "inverse, and solve refuses it. Use lstsq or pinv on the data themselves: they give the shortest solution.",
)
def lstsq_fit(X, y, l2=0.0):
    Xc, yc, x_mean, y_mean = centred(X, y)
    return with_bias(np.linalg.solve(Xc.T @ Xc + l2 * np.eye(X.shape[1]), Xc.T @ yc), x_mean, y_mean)


@reject(
    "penalises the bias",
    "The bias was shrunk, too. Centre X and y first, or leave the bias out of the penalty.",
)
def lstsq_fit(X, y, l2=0.0):
    X1 = np.column_stack([X.astype(np.float64), np.ones(len(X))])
    D = X1.shape[1]
    A = np.vstack([X1, l2**0.5 * np.eye(D)])
    v = np.linalg.lstsq(A, np.append(y.astype(np.float64), np.zeros(D)), rcond=None)[0]
    if l2 == 0:
        return with_bias(np.linalg.lstsq(centred(X, y)[0], centred(X, y)[1], rcond=None)[0], X.mean(0), y.mean())
    return v[:-1], float(v[-1])


@reject(
    "column of ones with the shortest solution",
    "Among many minimisers the one with the smallest norm of w is asked for; you made the norm of (w, b) smallest, because "
    "the bias was one of the unknowns. Centre X and y instead of adding a column of ones.",
)
def lstsq_fit(X, y, l2=0.0):
    X1 = np.column_stack([X.astype(np.float64), np.ones(len(X))])
    penalty = np.diag([l2**0.5] * X.shape[1] + [0.0])
    A = np.vstack([X1, penalty])
    v = np.linalg.lstsq(A, np.append(y.astype(np.float64), np.zeros(len(penalty))), rcond=None)[0]
    return v[:-1], float(v[-1])


@reject("no intercept", "Your line is forced through the origin. Centre X and y before, and compute the bias after.")
def lstsq_fit(X, y, l2=0.0):
    D = X.shape[1]
    A = np.vstack([X.astype(np.float64), l2**0.5 * np.eye(D)])
    return np.linalg.lstsq(A, np.append(y.astype(np.float64), np.zeros(D)), rcond=None)[0], 0.0


@reject(
    "centres only X",
    "The weights are those of the centred data, but the bias is not: b = mean(y) - mean(X) w, and not just mean(y).",
)
def lstsq_fit(X, y, l2=0.0):
    Xc, yc, x_mean, y_mean = centred(X, y)
    D = X.shape[1]
    w = np.linalg.lstsq(np.vstack([Xc, l2**0.5 * np.eye(D)]), np.append(yc, np.zeros(D)), rcond=None)[0]
    return w, float(y_mean)


@reject(
    "bias from the means of the centred data",
    "The means of the centred data are 0, and so is your bias. Take the means of X and y before you centre them.",
)
def lstsq_fit(X, y, l2=0.0):
    X, y, _, _ = centred(X, y)
    D = X.shape[1]
    w = np.linalg.lstsq(np.vstack([X, l2**0.5 * np.eye(D)]), np.append(y, np.zeros(D)), rcond=None)[0]
    return with_bias(w, X.mean(0), y.mean())


@reject(
    "lambda times N",
    "Your penalty is N times too strong: the objective is the sum of squares, not their mean, plus lambda times the squared "
    "norm.",
)
def lstsq_fit(X, y, l2=0.0):
    Xc, yc, x_mean, y_mean = centred(X, y)
    D = X.shape[1]
    w = np.linalg.lstsq(np.vstack([Xc, (len(X) * l2) ** 0.5 * np.eye(D)]), np.append(yc, np.zeros(D)), rcond=None)[0]
    return with_bias(w, x_mean, y_mean)


@reject("lambda divided by N", "Your penalty is N times too weak: take lambda as it is.")
def lstsq_fit(X, y, l2=0.0):
    Xc, yc, x_mean, y_mean = centred(X, y)
    D = X.shape[1]
    w = np.linalg.lstsq(np.vstack([Xc, (l2 / len(X)) ** 0.5 * np.eye(D)]), np.append(yc, np.zeros(D)), rcond=None)[0]
    return with_bias(w, x_mean, y_mean)


@reject(
    "lambda instead of its root",
    "The rows under the data must be sqrt(lambda) times the identity: their squares are summed, which gives lambda.",
)
def lstsq_fit(X, y, l2=0.0):
    Xc, yc, x_mean, y_mean = centred(X, y)
    D = X.shape[1]
    w = np.linalg.lstsq(np.vstack([Xc, l2 * np.eye(D)]), np.append(yc, np.zeros(D)), rcond=None)[0]
    return with_bias(w, x_mean, y_mean)


@reject("ignores l2", "These are the weights without any penalty: l2 has no effect.")
def lstsq_fit(X, y, l2=0.0):
    Xc, yc, x_mean, y_mean = centred(X, y)
    return with_bias(np.linalg.lstsq(Xc, yc, rcond=None)[0], x_mean, y_mean)


@reject(
    "keeps float32",
    "The result is float32. Convert X and y to float64 first: least squares squares the loss of digits.",
)
def lstsq_fit(X, y, l2=0.0):
    D = X.shape[1]
    x_mean, y_mean = X.mean(0), y.mean()
    A = np.vstack([X - x_mean, (l2**0.5 * np.eye(D)).astype(X.dtype)])
    w = np.linalg.lstsq(A, np.append(y - y_mean, np.zeros(D, dtype=X.dtype)), rcond=None)[0]
    return with_bias(w, x_mean, y_mean)


@reject(
    "computes in float32, converts at the end",
    "float64 on the label, but only float32 digits inside: convert X and y before the computation, not after.",
)
def lstsq_fit(X, y, l2=0.0):
    D = X.shape[1]
    x_mean, y_mean = X.mean(0), y.mean()
    A = np.vstack([X - x_mean, (l2**0.5 * np.eye(D)).astype(X.dtype)])
    w = np.linalg.lstsq(A, np.append(y - y_mean, np.zeros(D, dtype=X.dtype)), rcond=None)[0]
    return with_bias(w.astype(np.float64), x_mean, y_mean)


@reject("centres X in place", "The caller's X was changed by the centring. Make a new array: X = X - X.mean(axis=0).")
def lstsq_fit(X, y, l2=0.0):
    D = X.shape[1]
    x_mean, y_mean = X.mean(0, dtype=np.float64), y.mean(dtype=np.float64)
    X -= x_mean.astype(X.dtype)
    A = np.vstack([X.astype(np.float64), l2**0.5 * np.eye(D)])
    return with_bias(np.linalg.lstsq(A, np.append(y - y_mean, np.zeros(D)), rcond=None)[0], x_mean, y_mean)


waive(
    "lstsq_fit: y - y_mean → y + y_mean",
    "a constant added to y is orthogonal to the centred columns: w does not change",
)
waive(
    "lstsq_fit: np.linalg.lstsq(A, t, rcond=None) → np.linalg.lstsq(A, t)", "None is NumPy 2's default; NumPy 1 warned"
)
waive("lstsq_fit: x_mean @ w → w @ x_mean", "an inner product is symmetric")
