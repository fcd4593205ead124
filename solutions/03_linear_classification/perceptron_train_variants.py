"""Other right perceptrons, and the mistakes people make with the rule."""

from __future__ import annotations

import numpy as np

from tutor.checks import accept, reject, waive


@accept("bias as a weight of a constant input")
def perceptron_fit(X, y, lr=1.0, max_epochs=100):
    rows = np.hstack([X.astype(np.float64), np.ones((len(X), 1))])  # (N, D + 1)
    wb, updates = np.zeros(rows.shape[1]), 0
    for _ in range(max_epochs):
        before = updates
        for row, target in zip(rows, y.tolist(), strict=True):
            fired = 1 if np.dot(row, wb) >= 0 else 0
            if fired != target:
                wb += lr * (target - fired) * row
                updates += 1
        if updates == before:
            return wb[:-1].copy(), float(wb[-1]), updates, True
    return wb[:-1].copy(), float(wb[-1]), updates, False


@accept("always adds the (possibly zero) correction")
def perceptron_fit(X, y, lr=1.0, max_epochs=100):
    w, b, updates, converged, epoch = np.zeros(X.shape[1]), 0.0, 0, False, 0
    while epoch < max_epochs and not converged:
        converged = True
        for i in range(X.shape[0]):
            error = y[i] - (1 if (X[i] * w).sum() + b >= 0 else 0)
            w += lr * error * X[i]
            b += lr * error
            updates += abs(int(error))
            converged = converged and error == 0
        epoch += 1
    return w, float(b), updates, bool(converged)


@reject(
    "updates on every sample",
    "Only mistakes change the weights: y - yhat is 0 when the answer is right. You moved towards every sample.",
)
def perceptron_fit(X, y, lr=1.0, max_epochs=100):
    w, b, updates = np.zeros(X.shape[1]), 0.0, 0
    for _ in range(max_epochs):
        mistakes = 0
        for x, target in zip(X, y, strict=True):
            mistakes += int(target) != int(x @ w + b >= 0)
            w = w + lr * (2 * int(target) - 1) * x
            b += lr * (2 * int(target) - 1)
        updates += mistakes
        if mistakes == 0:
            return w, b, updates, True
    return w, b, updates, False


def _fit(X, y, lr, max_epochs, *, w_sign=1, b_sign=1, fires=lambda score: score >= 0, start=0.0):
    w, b, updates = np.full(X.shape[1], float(start)), 0.0, 0
    for _ in range(max_epochs):
        mistakes = 0
        for x, target in zip(X, y, strict=True):
            error = int(target) - int(fires(x @ w + b))
            if error:
                w = w + w_sign * lr * error * x
                b += b_sign * lr * error
                mistakes += 1
        updates += mistakes
        if mistakes == 0:
            return w, b, updates, True
    return w, b, updates, False


@reject("bias never updated", "The bias learns too: b += lr * (y - yhat). Without it the line is tied to the origin.")
def perceptron_fit(X, y, lr=1.0, max_epochs=100):
    return _fit(X, y, lr, max_epochs, b_sign=0)


@reject("bias with the wrong sign", "The bias moves like a weight whose input is 1: b += lr * (y - yhat), with plus.")
def perceptron_fit(X, y, lr=1.0, max_epochs=100):
    return _fit(X, y, lr, max_epochs, b_sign=-1)


@reject("sign flipped", "The sign is turned round: a missed positive (y - yhat = 1) must pull w TOWARDS x.")
def perceptron_fit(X, y, lr=1.0, max_epochs=100):
    return _fit(X, y, lr, max_epochs, w_sign=-1, b_sign=-1)


@reject("strict comparison", "On the boundary the neuron fires: predict 1 when w·x + b >= 0, so also at the start.")
def perceptron_fit(X, y, lr=1.0, max_epochs=100):
    return _fit(X, y, lr, max_epochs, fires=lambda score: score > 0)


@reject(
    "corrects whenever t (w·x + b) <= 0",
    "That is the rule for labels t of -1 and +1, where the boundary counts as wrong for both. Here the neuron fires on the "
    "boundary: there, a sample with label 1 is right and needs no update.",
)
def perceptron_fit(X, y, lr=1.0, max_epochs=100):
    w, b, updates = np.zeros(X.shape[1]), 0.0, 0
    for _ in range(max_epochs):
        before = updates
        for x, t in zip(X, (2 * y - 1).tolist(), strict=True):
            if t * (x @ w + b) <= 0:
                w, b, updates = w + lr * t * x, b + lr * t, updates + 1
        if updates == before:
            return w, b, updates, True
    return w, b, updates, False


@reject(
    "moves by the label alone",
    "A false alarm must push w away from x: move by y - yhat, which is -1 there. Yours did not move. Is your factor y, which "
    "is 0 there, or y minus the sum w·x + b, which is 0 at the start?",
)
def perceptron_fit(X, y, lr=1.0, max_epochs=100):
    w, b, updates = np.zeros(X.shape[1]), 0.0, 0
    for _ in range(max_epochs):
        before = updates
        for x, target in zip(X, y.tolist(), strict=True):
            if target != int(x @ w + b >= 0):
                w, b, updates = w + lr * target * x, b + lr * target, updates + 1
        if updates == before:
            return w, b, updates, True
    return w, b, updates, False


@reject("starts at ones", "Start with w = 0 and b = 0, as the task says: another start takes another path.")
def perceptron_fit(X, y, lr=1.0, max_epochs=100):
    return _fit(X, y, lr, max_epochs, start=1.0)


@reject("learning rate ignored", "The corrections must be scaled by lr.")
def perceptron_fit(X, y, lr=1.0, max_epochs=100):
    return _fit(X, y, 1.0, max_epochs)


@reject("bias not scaled by lr", "The learning rate scales the bias as well: b += lr * (y - yhat).")
def perceptron_fit(X, y, lr=1.0, max_epochs=100):
    w, b, updates = np.zeros(X.shape[1]), 0.0, 0
    for _ in range(max_epochs):
        mistakes = 0
        for x, target in zip(X, y, strict=True):
            error = int(target) - int(x @ w + b >= 0)
            w = w + lr * error * x
            b += error
            mistakes += abs(error)
        updates += mistakes
        if mistakes == 0:
            return w, b, updates, True
    return w, b, updates, False


@reject(
    "predictions of the epoch made in advance",
    "You predict all rows first and correct afterwards. The rule corrects at once: row 2 is judged by what row 1 taught.",
)
def perceptron_fit(X, y, lr=1.0, max_epochs=100):
    w, b, updates = np.zeros(X.shape[1]), 0.0, 0
    for _ in range(max_epochs):
        errors = y.astype(np.int64) - (X @ w + b >= 0)  # (N,)
        if not errors.any():
            return w, b, updates, True
        w = w + lr * errors @ X
        b += lr * float(errors.sum())
        updates += int(np.abs(errors).sum())
    return w, b, updates, False


@reject(
    "converged when two epochs end alike",
    "Weights can walk in a circle and end an epoch where they began (XOR does). Converged means: no update in an epoch.",
)
def perceptron_fit(X, y, lr=1.0, max_epochs=100):
    w, b, updates = np.zeros(X.shape[1]), 0.0, 0
    for _ in range(max_epochs):
        w_before, b_before = w, b
        w, b, more, _ = _one_epoch(X, y, lr, w, b)
        updates += more
        if np.array_equal(w, w_before) and b == b_before:
            return w, b, updates, True
    return w, b, updates, False


def _one_epoch(X, y, lr, w, b):
    updates = 0
    for x, target in zip(X, y, strict=True):
        error = int(target) - int(x @ w + b >= 0)
        w, b, updates = w + lr * error * x, b + lr * error, updates + abs(error)
    return w, b, updates, updates == 0


@reject("always converged", "After max_epochs with mistakes in the last one, the rule has NOT converged: return False.")
def perceptron_fit(X, y, lr=1.0, max_epochs=100):
    return *_fit(X, y, lr, max_epochs)[:3], True


@reject("stops one epoch early", "The last allowed epoch was not run: max_epochs passes may be made, not one fewer.")
def perceptron_fit(X, y, lr=1.0, max_epochs=100):
    return _fit(X, y, lr, max_epochs - 1)


@reject("counts epochs", "`updates` counts single corrections, not epochs.")
def perceptron_fit(X, y, lr=1.0, max_epochs=100):
    w, b, epochs = np.zeros(X.shape[1]), 0.0, 0
    for _ in range(max_epochs):
        w, b, _, done = _one_epoch(X, y, lr, w, b)
        if done:
            return w, b, epochs, True
        epochs += 1
    return w, b, epochs, False


@reject("weights in the dtype of X", "Keep the weights in float64 even when X is float32: start with np.zeros(D).")
def perceptron_fit(X, y, lr=1.0, max_epochs=100):
    w, b, updates, converged = _fit(X, y, lr, max_epochs)
    return w.astype(X.dtype), b, updates, converged


@reject(
    "converged when all rows are right at the end",
    "Converged means a whole epoch without an update. You stop right after the last correction, one epoch too soon.",
)
def perceptron_fit(X, y, lr=1.0, max_epochs=100):
    w, b, updates = np.zeros(X.shape[1]), 0.0, 0
    for _ in range(max_epochs):
        w, b, more, _ = _one_epoch(X, y, lr, w, b)
        updates += more
        if np.array_equal(X @ w + b >= 0, y == 1):
            return w, b, updates, True
    return w, b, updates, False


@reject("rows in random order", "Visit the rows in their order: a random order takes another path to other weights.")
def perceptron_fit(X, y, lr=1.0, max_epochs=100):
    w, b, updates = np.zeros(X.shape[1]), 0.0, 0
    rng = np.random.default_rng(0)
    for _ in range(max_epochs):
        order = rng.permutation(len(X))
        w, b, more, done = _one_epoch(X[order], y[order], lr, w, b)
        updates += more
        if done:
            return w, b, updates, True
    return w, b, updates, False


@reject(
    "never stops early",
    "Right numbers, but you go on after convergence. Return with the first epoch without an update.",
)
def perceptron_fit(X, y, lr=1.0, max_epochs=100):
    w, b, updates, done = np.zeros(X.shape[1]), 0.0, 0, False
    for _ in range(max_epochs):
        w, b, more, done = _one_epoch(X, y, lr, w, b)
        updates += more
    return w, b, updates, done


waive("perceptron_fit: zip(X, y, strict=True) → zip(X, y)", "X and y have the same length")
waive("perceptron_fit: zip(X, y, strict=True) → zip(X, y, strict=False)", "X and y have the same length")
waive("perceptron_fit: x @ w → w @ x", "the product of two vectors commutes")
waive("perceptron_fit: lr * error → lr / error", "an error is +1 or -1")
waive("perceptron_fit: lr * error → lr / error #2", "an error is +1 or -1")
