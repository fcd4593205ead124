"""Other right training loops, and those that train the wrong thing."""

from __future__ import annotations

import numpy as np

from tutor.checks import accept, reject
from tutor.mine import cross_entropy, data_iter, softmax


@accept("bias as an extra row of the weights")
def train_softmax_regression(X, y, X_val, y_val, *, lr=0.03, epochs=10, batch_size=128, rng):
    def widen(x):
        return np.hstack([x, np.ones((len(x), 1), dtype=x.dtype)])

    wide, wide_val = widen(X), widen(X_val)
    Wb, losses, accuracies = np.zeros((wide.shape[1], y.max() + 1), dtype=X.dtype), [], []
    for _ in range(epochs):
        seen = []
        for x, t in data_iter(batch_size, wide, y, rng=rng):
            loss, dz = cross_entropy(np.dot(x, Wb), t)
            Wb = Wb - np.float32(lr) * np.dot(x.T, dz)
            seen += [loss] * len(t)
        losses.append(float(np.mean(seen)))
        accuracies.append(float((np.argmax(wide_val @ Wb, axis=1) == y_val).mean()))
    return {"W": Wb[:-1].copy(), "b": Wb[-1].copy(), "train_loss": losses, "val_acc": accuracies}


@accept("gradient from softmax minus one-hot, class by probability")
def train_softmax_regression(X, y, X_val, y_val, *, lr=0.03, epochs=10, batch_size=128, rng):
    C = y.max() + 1
    W, b = np.zeros((X.shape[1], C), dtype=np.float32), np.zeros(C, dtype=np.float32)
    history = {"train_loss": [], "val_acc": []}
    for _ in range(epochs):
        total = 0.0
        for x, t in data_iter(batch_size, X, y, rng=rng):
            logits = x @ W + b
            total += cross_entropy(logits, t)[0] * len(t)
            dz = (softmax(logits, axis=1) - np.eye(C, dtype=np.float32)[t]) / len(t)
            W, b = W - lr * x.T @ dz, b - lr * dz.sum(0)
        history["train_loss"].append(total / len(y))
        history["val_acc"].append(float(np.mean(softmax(X_val @ W + b, axis=1).argmax(1) == y_val)))
    return {"W": W, "b": b, **history}


def _train(
    X,
    y,
    X_val,
    y_val,
    lr,
    epochs,
    batch_size,
    rng,
    *,
    start=0.0,
    step=1.0,
    bias=1.0,
    batches=None,
    mean=None,
    classes=None,
    predict_axis=1,
    before=False,
    judge=None,
):
    """The right loop with one thing wrong, so that each variant below names exactly its mistake."""
    C = int(y.max()) + 1
    W = (start * np.random.default_rng(0).standard_normal((X.shape[1], C))).astype(X.dtype)
    b = np.zeros(C, dtype=X.dtype)
    train_loss, val_acc = [], []

    def accuracy():
        inputs, labels = judge or (X_val, y_val)
        predicted = (inputs @ W + b).argmax(axis=predict_axis)
        return float(np.mean(predicted == labels)) if predicted.shape == labels.shape else 0.0

    for epoch in range(epochs):
        losses, sizes = [], []
        if before:
            val_acc.append(accuracy())
        for x, t in (batches or _batches)(batch_size, X, y, rng, epoch):
            loss, dz = cross_entropy(x @ W + b, t)
            factor = lr * (step(len(t)) if callable(step) else step)
            W -= factor * (x.T @ dz)
            b -= bias * factor * dz.sum(axis=0)
            losses.append(loss)
            sizes.append(len(t))
        train_loss.append(float((mean or np.average)(losses, weights=sizes)))
        if not before:
            val_acc.append(accuracy())
    return {"W": W, "b": b, "train_loss": train_loss, "val_acc": val_acc}


def _batches(batch_size, X, y, rng, epoch):
    return data_iter(batch_size, X, y, rng=rng)


@reject("standard normal start", "The logits start far from 0, and the loss near 30 instead of log C. Start at zero.")
def train_softmax_regression(X, y, X_val, y_val, *, lr=0.03, epochs=10, batch_size=128, rng):
    return _train(X, y, X_val, y_val, lr, epochs, batch_size, rng, start=1.0)


@reject("uphill", "The loss rises: step AGAINST the gradient, W -= lr * dW.")
def train_softmax_regression(X, y, X_val, y_val, *, lr=0.03, epochs=10, batch_size=128, rng):
    return _train(X, y, X_val, y_val, lr, epochs, batch_size, rng, step=-1.0)


@reject(
    "divided by the batch size twice",
    "cross_entropy's gradient is a mean already; you divided by the batch size again.",
)
def train_softmax_regression(X, y, X_val, y_val, *, lr=0.03, epochs=10, batch_size=128, rng):
    return _train(X, y, X_val, y_val, lr, epochs, batch_size, rng, step=lambda size: 1 / size)


@reject(
    "summed instead of averaged", "Your steps grow with the batch: use the mean gradient that cross_entropy returns."
)
def train_softmax_regression(X, y, X_val, y_val, *, lr=0.03, epochs=10, batch_size=128, rng):
    return _train(X, y, X_val, y_val, lr, epochs, batch_size, rng, step=float)


@reject("bias not trained", "The bias never moves: b -= lr * dz.sum(axis=0).")
def train_softmax_regression(X, y, X_val, y_val, *, lr=0.03, epochs=10, batch_size=128, rng):
    return _train(X, y, X_val, y_val, lr, epochs, batch_size, rng, bias=0.0)


@reject("one step an epoch", "You make one step an epoch on all data. Step once for each mini-batch of data_iter.")
def train_softmax_regression(X, y, X_val, y_val, *, lr=0.03, epochs=10, batch_size=128, rng):
    return _train(X, y, X_val, y_val, lr, epochs, len(X), rng)


@reject("last batch dropped", "The last, shorter batch is missing: every sample counts once an epoch.")
def train_softmax_regression(X, y, X_val, y_val, *, lr=0.03, epochs=10, batch_size=128, rng):
    def batches(batch_size, X, y, rng, epoch):
        return data_iter(min(batch_size, len(X)), X, y, rng=rng, drop_last=True)

    return _train(X, y, X_val, y_val, lr, epochs, batch_size, rng, batches=batches)


@reject("never shuffled", "The batches are the same in every run: pass rng to data_iter and let it shuffle.")
def train_softmax_regression(X, y, X_val, y_val, *, lr=0.03, epochs=10, batch_size=128, rng):
    def batches(batch_size, X, y, rng, epoch):
        return data_iter(batch_size, X, y, shuffle=False)

    return _train(X, y, X_val, y_val, lr, epochs, batch_size, rng, batches=batches)


@reject(
    "generator of its own",
    "You made a generator of your own. Use the rng you were given, so that the caller sets the seed.",
)
def train_softmax_regression(X, y, X_val, y_val, *, lr=0.03, epochs=10, batch_size=128, rng):
    def batches(batch_size, X, y, rng, epoch):
        return data_iter(batch_size, X, y, rng=np.random.default_rng(epoch))

    return _train(X, y, X_val, y_val, lr, epochs, batch_size, rng, batches=batches)


@reject("shuffled only once", "You shuffle once and repeat the same batches. Call data_iter anew in every epoch.")
def train_softmax_regression(X, y, X_val, y_val, *, lr=0.03, epochs=10, batch_size=128, rng):
    kept = []

    def batches(batch_size, X, y, rng, epoch):
        if not kept:
            kept.extend(data_iter(batch_size, X, y, rng=rng))
        return kept

    return _train(X, y, X_val, y_val, lr, epochs, batch_size, rng, batches=batches)


@reject(
    "mean of batch means",
    "The short last batch weighs as much as a full one: weigh each loss by its number of samples.",
)
def train_softmax_regression(X, y, X_val, y_val, *, lr=0.03, epochs=10, batch_size=128, rng):
    return _train(
        X, y, X_val, y_val, lr, epochs, batch_size, rng, mean=lambda losses, weights: sum(losses) / len(losses)
    )


@reject("last batch's loss", "train_loss must be the mean over the whole epoch, not the loss of its last batch.")
def train_softmax_regression(X, y, X_val, y_val, *, lr=0.03, epochs=10, batch_size=128, rng):
    return _train(X, y, X_val, y_val, lr, epochs, batch_size, rng, mean=lambda losses, weights: losses[-1])


@reject("accuracy on the training data", "val_acc must be measured on the held-out data X_val, y_val.")
def train_softmax_regression(X, y, X_val, y_val, *, lr=0.03, epochs=10, batch_size=128, rng):
    return _train(X, y, X_val, y_val, lr, epochs, batch_size, rng, judge=(X, y))


@reject("accuracy before the epoch", "val_acc belongs AFTER the epoch's steps; yours is one epoch late.")
def train_softmax_regression(X, y, X_val, y_val, *, lr=0.03, epochs=10, batch_size=128, rng):
    return _train(X, y, X_val, y_val, lr, epochs, batch_size, rng, before=True)


@reject("argmax over the samples", "A prediction is the largest logit of each ROW: argmax over axis 1.")
def train_softmax_regression(X, y, X_val, y_val, *, lr=0.03, epochs=10, batch_size=128, rng):
    return _train(X, y, X_val, y_val, lr, epochs, batch_size, rng, predict_axis=0)


@reject("always ten classes", "The number of classes is y.max() + 1, not always 10.")
def train_softmax_regression(X, y, X_val, y_val, *, lr=0.03, epochs=10, batch_size=128, rng):
    W, b, train_loss, val_acc = np.zeros((X.shape[1], 10), X.dtype), np.zeros(10, X.dtype), [], []
    for _ in range(epochs):
        total = 0.0
        for x, t in data_iter(batch_size, X, y, rng=rng):
            loss, dz = cross_entropy(x @ W + b, t)
            W, b = W - lr * (x.T @ dz), b - lr * dz.sum(axis=0)
            total += loss * len(t)
        train_loss.append(total / len(X))
        val_acc.append(float(np.mean((X_val @ W + b).argmax(axis=1) == y_val)))
    return {"W": W, "b": b, "train_loss": train_loss, "val_acc": val_acc}


@reject("weights in float64", "np.zeros is float64 by default and widens everything. Train in the dtype of X.")
def train_softmax_regression(X, y, X_val, y_val, *, lr=0.03, epochs=10, batch_size=128, rng):
    out = _train(X.astype(np.float64), y, X_val, y_val, lr, epochs, batch_size, rng)
    return {**out, "W": out["W"].astype(np.float64), "b": out["b"].astype(np.float64)}


@reject("trains on the validation data", "The held-out data were trained on. Then they say nothing about new data.")
def train_softmax_regression(X, y, X_val, y_val, *, lr=0.03, epochs=10, batch_size=128, rng):
    return _train(np.concatenate([X, X_val]), np.concatenate([y, y_val]), X_val, y_val, lr, epochs, batch_size, rng)


@reject(
    "loss measured after the epoch", "train_loss is the mean of the batch losses, each measured before its own step."
)
def train_softmax_regression(X, y, X_val, y_val, *, lr=0.03, epochs=10, batch_size=128, rng):
    W, b, train_loss, val_acc = np.zeros((X.shape[1], y.max() + 1), X.dtype), np.zeros(y.max() + 1, X.dtype), [], []
    for _ in range(epochs):
        for x, t in data_iter(batch_size, X, y, rng=rng):
            _, dz = cross_entropy(x @ W + b, t)
            W, b = W - lr * (x.T @ dz), b - lr * dz.sum(axis=0)
        train_loss.append(cross_entropy(X @ W + b, y)[0])
        val_acc.append(float(np.mean((X_val @ W + b).argmax(axis=1) == y_val)))
    return {"W": W, "b": b, "train_loss": train_loss, "val_acc": val_acc}


@reject(
    "weights of the best epoch",
    "Return the weights after the last epoch. Picking the best by val_acc lets the held-out data choose the model.",
)
def train_softmax_regression(X, y, X_val, y_val, *, lr=0.03, epochs=10, batch_size=128, rng):
    C = int(y.max()) + 1
    W, b, train_loss, val_acc = np.zeros((X.shape[1], C), X.dtype), np.zeros(C, X.dtype), [], []
    best = (-1.0, W, b)
    for _ in range(epochs):
        total = 0.0
        for x, t in data_iter(batch_size, X, y, rng=rng):
            loss, dz = cross_entropy(x @ W + b, t)
            W, b = W - lr * (x.T @ dz), b - lr * dz.sum(axis=0)
            total += loss * len(t)
        train_loss.append(total / len(X))
        val_acc.append(float(np.mean((X_val @ W + b).argmax(axis=1) == y_val)))
        best = max(best, (val_acc[-1], W, b), key=lambda item: item[0])
    return {"W": best[1], "b": best[2], "train_loss": train_loss, "val_acc": val_acc}


@reject(
    "starts again in every epoch",
    "Each epoch began with zero weights again, so that only the last one counts. Make W and b once, before the loops.",
)
def train_softmax_regression(X, y, X_val, y_val, *, lr=0.03, epochs=10, batch_size=128, rng):
    C = int(y.max()) + 1
    W, b, train_loss, val_acc = np.zeros((X.shape[1], C), X.dtype), np.zeros(C, X.dtype), [], []
    for _ in range(epochs):
        W, b, total = np.zeros_like(W), np.zeros_like(b), 0.0
        for x, t in data_iter(batch_size, X, y, rng=rng):
            loss, dz = cross_entropy(x @ W + b, t)
            W, b = W - lr * (x.T @ dz), b - lr * dz.sum(axis=0)
            total += loss * len(t)
        train_loss.append(total / len(X))
        val_acc.append(float(np.mean((X_val @ W + b).argmax(axis=1) == y_val)))
    return {"W": W, "b": b, "train_loss": train_loss, "val_acc": val_acc}


@reject(
    "softmax before the loss",
    "cross_entropy takes logits and applies softmax itself. You applied it twice: hand over x @ W + b as it is.",
)
def train_softmax_regression(X, y, X_val, y_val, *, lr=0.03, epochs=10, batch_size=128, rng):
    C = int(y.max()) + 1
    W, b, train_loss, val_acc = np.zeros((X.shape[1], C), X.dtype), np.zeros(C, X.dtype), [], []
    for _ in range(epochs):
        total = 0.0
        for x, t in data_iter(batch_size, X, y, rng=rng):
            loss, dz = cross_entropy(softmax(x @ W + b), t)
            W, b = W - lr * (x.T @ dz), b - lr * dz.sum(axis=0)
            total += loss * len(t)
        train_loss.append(total / len(X))
        val_acc.append(float(np.mean((X_val @ W + b).argmax(axis=1) == y_val)))
    return {"W": W, "b": b, "train_loss": train_loss, "val_acc": val_acc}


@reject(
    "classes counted in the validation labels", "C is y.max() + 1, from the TRAINING labels: nothing else is known."
)
def train_softmax_regression(X, y, X_val, y_val, *, lr=0.03, epochs=10, batch_size=128, rng):
    C = int(max(y.max(), y_val.max())) + 1
    W, b, train_loss, val_acc = np.zeros((X.shape[1], C), X.dtype), np.zeros(C, X.dtype), [], []
    for _ in range(epochs):
        total = 0.0
        for x, t in data_iter(batch_size, X, y, rng=rng):
            loss, dz = cross_entropy(x @ W + b, t)
            W, b = W - lr * (x.T @ dz), b - lr * dz.sum(axis=0)
            total += loss * len(t)
        train_loss.append(total / len(X))
        val_acc.append(float(np.mean((X_val @ W + b).argmax(axis=1) == y_val)))
    return {"W": W, "b": b, "train_loss": train_loss, "val_acc": val_acc}
