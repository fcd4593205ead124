"""Other right gradients of logistic regression, and the usual slips."""

from __future__ import annotations

import numpy as np

from tutor.checks import accept, reject
from tutor.mine import bce_with_logits, sigmoid


@accept("everything written out, nothing imported")
def logistic_loss_and_grad(X, Y, w, b):
    Z = np.dot(w.T, X) + b
    e = np.exp(-np.abs(Z))
    A = np.where(Z >= 0, 1, e) / (1 + e)
    J = np.mean(np.maximum(Z, 0) - Z * Y + np.log1p(e))
    return float(J), np.mean(X * (A - Y), axis=1, keepdims=True), float(np.mean(A - Y))


@accept("rows instead of columns inside")
def logistic_loss_and_grad(X, Y, w, b):
    rows, y = X.T, Y[0]  # (m, n_x), (m,)
    z = rows @ w[:, 0] + b
    d = sigmoid(z) - y
    return bce_with_logits(z, y), (d @ rows / len(y)).reshape(-1, 1), float(d.mean())


@reject(
    "through the derivative at the prediction",
    "-y/a + (1-y)/(1-a) divides by zero at saturation. The chain collapses to dz = a - y: use it directly.",
)
def logistic_loss_and_grad(X, Y, w, b):
    Z = w.T @ X + b
    A = sigmoid(Z)
    dA = -Y / A + (1 - Y) / (1 - A)
    dZ = dA * A * (1 - A) / X.shape[1]
    return bce_with_logits(Z, Y), X @ dZ.T, float(dZ.sum())


@reject("gradients not divided by m", "J is the mean over m samples, so its gradients carry the 1/m as well.")
def logistic_loss_and_grad(X, Y, w, b):
    Z = w.T @ X + b
    dZ = sigmoid(Z) - Y
    return bce_with_logits(Z, Y), X @ dZ.T, float(dZ.sum())


@reject("db not divided by m", "dw is the mean over the samples but db is their sum: divide both by m.")
def logistic_loss_and_grad(X, Y, w, b):
    Z = w.T @ X + b
    dZ = sigmoid(Z) - Y
    return bce_with_logits(Z, Y), X @ dZ.T / X.shape[1], float(dZ.sum())


@reject("divided by the number of features", "m is the number of samples, the COLUMNS of X: X.shape[1].")
def logistic_loss_and_grad(X, Y, w, b):
    Z = w.T @ X + b
    dZ = (sigmoid(Z) - Y) / X.shape[0]
    return bce_with_logits(Z, Y), X @ dZ.T, float(dZ.sum())


@reject("db as an array", "db is the gradient of a number: return a Python float, not a (1, 1) array.")
def logistic_loss_and_grad(X, Y, w, b):
    Z = w.T @ X + b
    dZ = (sigmoid(Z) - Y) / X.shape[1]
    return bce_with_logits(Z, Y), X @ dZ.T, np.sum(dZ, axis=1, keepdims=True)


@reject("dw as a row", "dw must have the shape of w, (n_x, 1), or the update w - lr * dw broadcasts to a matrix.")
def logistic_loss_and_grad(X, Y, w, b):
    Z = w.T @ X + b
    dZ = (sigmoid(Z) - Y) / X.shape[1]
    return bce_with_logits(Z, Y), dZ @ X.T, float(dZ.sum())


@reject("sign of the gradient", "The gradient is prediction minus label, A - Y. Yours points the other way.")
def logistic_loss_and_grad(X, Y, w, b):
    Z = w.T @ X + b
    dZ = (Y - sigmoid(Z)) / X.shape[1]
    return bce_with_logits(Z, Y), X @ dZ.T, float(dZ.sum())


@reject(
    "slope of the sigmoid left in",
    "(a - y) a (1 - a) is the gradient of a squared error. With cross-entropy the slope a (1 - a) cancels.",
)
def logistic_loss_and_grad(X, Y, w, b):
    Z = w.T @ X + b
    A = sigmoid(Z)
    dZ = (A - Y) * A * (1 - A) / X.shape[1]
    return bce_with_logits(Z, Y), X @ dZ.T, float(dZ.sum())


@reject("bias left out of the logits", "The logits are w.T @ X + b: the bias is missing.")
def logistic_loss_and_grad(X, Y, w, b):
    Z = w.T @ X
    dZ = (sigmoid(Z) - Y) / X.shape[1]
    return bce_with_logits(Z, Y), X @ dZ.T, float(dZ.sum())


@reject("loss of the logarithm of the sigmoid", "log(A) is log(0) at saturation. Compute the loss from the logits Z.")
def logistic_loss_and_grad(X, Y, w, b):
    Z = w.T @ X + b
    A = sigmoid(Z)
    J = -np.mean(Y * np.log(A) + (1 - Y) * np.log(1 - A))
    dZ = (A - Y) / X.shape[1]
    return float(J), X @ dZ.T, float(dZ.sum())


@reject("loop over the samples", "Right numbers, but one Python step a sample. Let X @ dZ.T do all of them at once.")
def logistic_loss_and_grad(X, Y, w, b):
    m = X.shape[1]
    J, dw, db = 0.0, np.zeros_like(w), 0.0
    for i in range(m):
        x = X[:, i : i + 1]
        z = w.T @ x + b
        e = np.exp(-np.abs(z))
        d = (np.where(z >= 0, 1, e) / (1 + e) - Y[0, i]).item()
        J += (np.maximum(z, 0) - z * Y[0, i] + np.log1p(e)).item()
        dw += x * d
        db += d
    return J / m, dw / m, db / m
