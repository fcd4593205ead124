"""Other right ways to write linreg-grad, and the mistakes that people make."""

import numpy as np

from tutor.checks import accept, reject


def errors(X, y, w, b):
    """Errors of the predictions, (N,)."""
    if y.shape != (len(X),):
        raise ValueError("y must have the shape (N,)")
    return X @ w + b - y


@accept("backwards through the graph, step by step")
def linreg_loss_and_grad(X, y, w, b):
    e = errors(X, y, w, b)
    de = 2 * e / e.size  # dL/de, (N,)
    return float((e * e).sum() / e.size), (de[:, None] * X).sum(axis=0), float(de.sum())


@accept("bias as one more weight")
def linreg_loss_and_grad(X, y, w, b):
    errors(X, y, w, b)
    X1 = np.concatenate([X, np.ones((len(X), 1), dtype=X.dtype)], axis=1)  # (N, D + 1)
    e = X1 @ np.append(w, w.dtype.type(b)) - y
    g = (e @ X1) * (2 / len(y))  # (D + 1,)
    return float(e @ e) / len(y), g[:-1], float(g[-1])


@accept("residuals y - prediction, with the minus taken along")
def linreg_loss_and_grad(X, y, w, b):
    residual = -errors(X, y, w, b)
    return (
        float(np.square(residual).mean()),
        np.einsum("nd,n->d", X, residual) * (-2 / len(y)),
        float(-2 * residual.mean()),
    )


@reject(
    "sum instead of mean in the gradients",
    "Your gradient grows with the number of samples, so the learning rate would have to shrink with it. "
    "Mean loss, mean gradient: divide by N.",
)
def linreg_loss_and_grad(X, y, w, b):
    e = errors(X, y, w, b)
    return float(np.mean(e**2)), 2 * X.T @ e, float(2 * e.sum())


@reject(
    "factor 2 missing",
    "Your gradients are half of the right ones. The derivative of a square is 2e, and this loss has no 1/2.",
)
def linreg_loss_and_grad(X, y, w, b):
    e = errors(X, y, w, b)
    return float(np.mean(e**2)), X.T @ e / len(y), float(e.mean())


@reject(
    "loss with a factor 1/2",
    "Your loss is half of the mean squared error. The 1/2 of some textbooks is not part of this loss.",
)
def linreg_loss_and_grad(X, y, w, b):
    e = errors(X, y, w, b)
    return float(np.mean(e**2) / 2), 2 / len(y) * X.T @ e, float(2 * e.mean())


@reject(
    "sign of the gradients flipped",
    "The sign is flipped: the error is prediction minus target. Going against this gradient would climb the loss.",
)
def linreg_loss_and_grad(X, y, w, b):
    e = -errors(X, y, w, b)
    return float(np.mean(e**2)), 2 / len(y) * X.T @ e, float(2 * e.mean())


@reject("db not averaged", "db is the mean of 2 * error, not its sum: the same scaling as dw.")
def linreg_loss_and_grad(X, y, w, b):
    e = errors(X, y, w, b)
    return float(np.mean(e**2)), 2 / len(y) * X.T @ e, float(2 * e.sum())


@reject("db without the factor 2", "db is the mean of 2 * error: it has the same factor 2 as dw.")
def linreg_loss_and_grad(X, y, w, b):
    e = errors(X, y, w, b)
    return float(np.mean(e**2)), 2 / len(y) * X.T @ e, float(e.mean())


@reject("bias left out", "The predictions lack the bias: X @ w + b.")
def linreg_loss_and_grad(X, y, w, b):
    e = errors(X, y, w, 0.0)
    return float(np.mean(e**2)), 2 / len(y) * X.T @ e, float(2 * e.mean())


@reject(
    "sum of squares as the loss", "Your loss is N times too large: it is the mean of the squared errors, not their sum."
)
def linreg_loss_and_grad(X, y, w, b):
    e = errors(X, y, w, b)
    return float(np.sum(e**2)), 2 / len(y) * X.T @ e, float(2 * e.mean())


@reject(
    "broadcasts y of shape (N, 1)",
    "y of shape (N, 1) went through: the difference to the predictions (N,) became an (N, N) table. Refuse it with "
    "ValueError.",
)
def linreg_loss_and_grad(X, y, w, b):
    e = X @ w + b - y
    return float(np.mean(e**2)), 2 / len(X) * (X.T @ e), float(2 * np.mean(e))


@reject(
    "mean over D instead of N", "The gradient was divided by the number of features. The mean runs over the N samples."
)
def linreg_loss_and_grad(X, y, w, b):
    e = errors(X, y, w, b)
    return float(np.mean(e**2)), 2 / X.shape[1] * X.T @ e, float(2 * e.mean())


@reject(
    "gradient of the root of the loss",
    "This is the root mean squared error. The loss is the mean of the squares, without a root.",
)
def linreg_loss_and_grad(X, y, w, b):
    e = errors(X, y, w, b)
    return float(np.sqrt(np.mean(e**2))), 2 / len(y) * X.T @ e, float(2 * e.mean())


@reject("dw of shape (D, 1)", "dw must have the shape of w, (D,): a column would broadcast to (D, D) in w - lr * dw.")
def linreg_loss_and_grad(X, y, w, b):
    e = errors(X, y, w, b)
    return float(np.mean(e**2)), 2 / len(y) * X.T @ e[:, None], float(2 * e.mean())


@reject("dw in float64", "float32 came in, float64 went out. Keep the dtype of X.")
def linreg_loss_and_grad(X, y, w, b):
    e = errors(X, y, w, b)
    return float(np.mean(e**2)), np.float64(2 / len(y)) * (X.T @ e), float(2 * e.mean())
