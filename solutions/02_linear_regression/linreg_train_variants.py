"""Other right ways to write linreg-train, and the mistakes that people make."""

import numpy as np

from tutor.checks import accept, reject
from tutor.mine import data_iter, linreg_loss_and_grad


@accept("in place, loss by hand")
def train_linreg(X, y, *, lr=0.03, epochs=3, batch_size=10, rng):
    w, b, history = np.zeros_like(X[0]), 0.0, []
    for _ in range(epochs):
        for xb, yb in data_iter(batch_size, X, y, rng=rng):
            _, dw, db = linreg_loss_and_grad(xb, yb, w, b)
            w -= lr * dw
            b -= lr * db
        history += [float(((X @ w + b - y) ** 2).mean())]
    return {"w": w, "b": b, "history": history}


@accept("without data_iter")
def train_linreg(X, y, *, lr=0.03, epochs=3, batch_size=10, rng):
    w, b, history, n = np.zeros(X.shape[1], X.dtype), 0.0, [], len(X)
    for _ in range(epochs):
        order = rng.permutation(n)
        for i in range(0, n, batch_size):
            rows = order[i : i + batch_size]
            e = X[rows] @ w + b - y[rows]
            w, b = w - lr * 2 * (X[rows].T @ e) / X.dtype.type(len(rows)), b - lr * 2 * float(e.mean())
        history.append(float(np.mean((X @ w + b - y) ** 2)))
    return dict(w=w, b=b, history=history)


@accept("bias as one more weight")
def train_linreg(X, y, *, lr=0.03, epochs=3, batch_size=10, rng):
    X1 = np.concatenate([X, np.ones((len(X), 1), X.dtype)], axis=1)
    v, history = np.zeros(X1.shape[1], X.dtype), []
    for _ in range(epochs):
        for xb, yb in data_iter(batch_size, X1, y, rng=rng):
            v = v - lr * linreg_loss_and_grad(xb, yb, v, 0.0)[1]
        history.append(linreg_loss_and_grad(X1, y, v, 0.0)[0])
    return {"w": v[:-1].copy(), "b": float(v[-1]), "history": history}


@reject(
    "one full step an epoch",
    "You took one step an epoch, on all data: three steps are not enough. Take one for every batch of data_iter.",
)
def train_linreg(X, y, *, lr=0.03, epochs=3, batch_size=10, rng):
    w, b, history = np.zeros(X.shape[1], X.dtype), 0.0, []
    for _ in range(epochs):
        _, dw, db = linreg_loss_and_grad(X, y, w, b)
        w, b = w - lr * dw, b - lr * db
        history.append(linreg_loss_and_grad(X, y, w, b)[0])
    return {"w": w, "b": b, "history": history}


@reject(
    "history of the batches",
    "history has one entry for each batch. It should have one for each epoch, measured on all data after the epoch.",
)
def train_linreg(X, y, *, lr=0.03, epochs=3, batch_size=10, rng):
    w, b, history = np.zeros(X.shape[1], X.dtype), 0.0, []
    for _ in range(epochs):
        for xb, yb in data_iter(batch_size, X, y, rng=rng):
            loss, dw, db = linreg_loss_and_grad(xb, yb, w, b)
            w, b = w - lr * dw, b - lr * db
            history.append(loss)
    return {"w": w, "b": b, "history": history}


@reject(
    "history of the last batch",
    "history holds the loss of the last batch, before its step. Measure all data, after the epoch.",
)
def train_linreg(X, y, *, lr=0.03, epochs=3, batch_size=10, rng):
    w, b, history = np.zeros(X.shape[1], X.dtype), 0.0, []
    for _ in range(epochs):
        loss = 0.0
        for xb, yb in data_iter(batch_size, X, y, rng=rng):
            loss, dw, db = linreg_loss_and_grad(xb, yb, w, b)
            w, b = w - lr * dw, b - lr * db
        history.append(loss)
    return {"w": w, "b": b, "history": history}


@reject(
    "history before the epoch",
    "Your history begins with the loss of the untrained line. Measure after each epoch.",
)
def train_linreg(X, y, *, lr=0.03, epochs=3, batch_size=10, rng):
    w, b, history = np.zeros(X.shape[1], X.dtype), 0.0, []
    for _ in range(epochs):
        history.append(linreg_loss_and_grad(X, y, w, b)[0])
        for xb, yb in data_iter(batch_size, X, y, rng=rng):
            _, dw, db = linreg_loss_and_grad(xb, yb, w, b)
            w, b = w - lr * dw, b - lr * db
    return {"w": w, "b": b, "history": history}


@reject(
    "starts again in every epoch",
    "Each epoch began with w = 0 and b = 0 again, so that only the last one counts. Set them to zero once, before the loops.",
)
def train_linreg(X, y, *, lr=0.03, epochs=3, batch_size=10, rng):
    w, b, history = np.zeros(X.shape[1], X.dtype), 0.0, []
    for _ in range(epochs):
        w, b = np.zeros(X.shape[1], X.dtype), 0.0
        for xb, yb in data_iter(batch_size, X, y, rng=rng):
            _, dw, db = linreg_loss_and_grad(xb, yb, w, b)
            w, b = w - lr * dw, b - lr * db
        history.append(linreg_loss_and_grad(X, y, w, b)[0])
    return {"w": w, "b": b, "history": history}


@reject(
    "bias steps from the new weights",
    "w had moved already when you computed the gradient for b. Both gradients belong to the same point: compute them in one "
    "call, then take both steps.",
)
def train_linreg(X, y, *, lr=0.03, epochs=3, batch_size=10, rng):
    w, b, history = np.zeros(X.shape[1], X.dtype), 0.0, []
    for _ in range(epochs):
        for xb, yb in data_iter(batch_size, X, y, rng=rng):
            w = w - lr * linreg_loss_and_grad(xb, yb, w, b)[1]
            b = b - lr * linreg_loss_and_grad(xb, yb, w, b)[2]
        history.append(linreg_loss_and_grad(X, y, w, b)[0])
    return {"w": w, "b": b, "history": history}


@reject(
    "returns a tuple",
    'Return a dictionary with the keys "w", "b" and "history", so that nobody has to remember an order.',
)
def train_linreg(X, y, *, lr=0.03, epochs=3, batch_size=10, rng):
    w, b, history = np.zeros(X.shape[1], X.dtype), 0.0, []
    for _ in range(epochs):
        for xb, yb in data_iter(batch_size, X, y, rng=rng):
            _, dw, db = linreg_loss_and_grad(xb, yb, w, b)
            w, b = w - lr * dw, b - lr * db
        history.append(linreg_loss_and_grad(X, y, w, b)[0])
    return w, b, history


@reject(
    "divides the gradient by the batch size",
    "linreg_loss_and_grad gives mean gradients already. Divided once more, the steps are batch_size times too short.",
)
def train_linreg(X, y, *, lr=0.03, epochs=3, batch_size=10, rng):
    w, b, history = np.zeros(X.shape[1], X.dtype), 0.0, []
    for _ in range(epochs):
        for xb, yb in data_iter(batch_size, X, y, rng=rng):
            _, dw, db = linreg_loss_and_grad(xb, yb, w, b)
            w, b = w - lr * dw / batch_size, b - lr * db / batch_size
        history.append(linreg_loss_and_grad(X, y, w, b)[0])
    return {"w": w, "b": b, "history": history}


@reject(
    "fresh generator every epoch",
    "Every epoch saw the same order: a new generator with the same seed begins again. Use the rng you were given.",
)
def train_linreg(X, y, *, lr=0.03, epochs=3, batch_size=10, rng):
    w, b, history = np.zeros(X.shape[1], X.dtype), 0.0, []
    for _ in range(epochs):
        for xb, yb in data_iter(batch_size, X, y, rng=np.random.default_rng(0)):
            _, dw, db = linreg_loss_and_grad(xb, yb, w, b)
            w, b = w - lr * dw, b - lr * db
        history.append(linreg_loss_and_grad(X, y, w, b)[0])
    return {"w": w, "b": b, "history": history}


@reject(
    "one order for all epochs",
    "Every epoch saw the same order. Draw a new one from rng for each epoch: call data_iter inside the loop over epochs.",
)
def train_linreg(X, y, *, lr=0.03, epochs=3, batch_size=10, rng):
    w, b, history = np.zeros(X.shape[1], X.dtype), 0.0, []
    batches = list(data_iter(batch_size, X, y, rng=rng))
    for _ in range(epochs):
        for xb, yb in batches:
            _, dw, db = linreg_loss_and_grad(xb, yb, w, b)
            w, b = w - lr * dw, b - lr * db
        history.append(linreg_loss_and_grad(X, y, w, b)[0])
    return {"w": w, "b": b, "history": history}


@reject("never shuffles", "The batches came in the order of the data. Let data_iter shuffle them with rng.")
def train_linreg(X, y, *, lr=0.03, epochs=3, batch_size=10, rng):
    w, b, history = np.zeros(X.shape[1], X.dtype), 0.0, []
    for _ in range(epochs):
        for xb, yb in data_iter(batch_size, X, y, shuffle=False):
            _, dw, db = linreg_loss_and_grad(xb, yb, w, b)
            w, b = w - lr * dw, b - lr * db
        history.append(linreg_loss_and_grad(X, y, w, b)[0])
    return {"w": w, "b": b, "history": history}


@reject("drops the last batch", "The samples of the last, shorter batch were never used. Do not drop it.")
def train_linreg(X, y, *, lr=0.03, epochs=3, batch_size=10, rng):
    w, b, history = np.zeros(X.shape[1], X.dtype), 0.0, []
    for _ in range(epochs):
        for xb, yb in data_iter(batch_size, X, y, rng=rng, drop_last=True):
            _, dw, db = linreg_loss_and_grad(xb, yb, w, b)
            w, b = w - lr * dw, b - lr * db
        history.append(linreg_loss_and_grad(X, y, w, b)[0])
    return {"w": w, "b": b, "history": history}


@reject("climbs instead of descending", "The loss grows: subtract the gradient, do not add it.")
def train_linreg(X, y, *, lr=0.03, epochs=3, batch_size=10, rng):
    w, b, history = np.zeros(X.shape[1], X.dtype), 0.0, []
    for _ in range(epochs):
        for xb, yb in data_iter(batch_size, X, y, rng=rng):
            _, dw, db = linreg_loss_and_grad(xb, yb, w, b)
            w, b = w + lr * dw, b + lr * db
        history.append(linreg_loss_and_grad(X, y, w, b)[0])
    return {"w": w, "b": b, "history": history}


@reject("bias never updated", "The bias stayed at 0: it takes a step of its own, b = b - lr * db.")
def train_linreg(X, y, *, lr=0.03, epochs=3, batch_size=10, rng):
    w, b, history = np.zeros(X.shape[1], X.dtype), 0.0, []
    for _ in range(epochs):
        for xb, yb in data_iter(batch_size, X, y, rng=rng):
            _, dw, _db = linreg_loss_and_grad(xb, yb, w, b)
            w = w - lr * dw
        history.append(linreg_loss_and_grad(X, y, w, b)[0])
    return {"w": w, "b": b, "history": history}


@reject(
    "weights in float64",
    "float32 data trained float64 weights: np.zeros makes float64 unless you give it dtype=X.dtype.",
)
def train_linreg(X, y, *, lr=0.03, epochs=3, batch_size=10, rng):
    w, b, history = np.zeros(X.shape[1]), 0.0, []
    for _ in range(epochs):
        for xb, yb in data_iter(batch_size, X, y, rng=rng):
            _, dw, db = linreg_loss_and_grad(xb, yb, w, b)
            w, b = w - lr * dw, b - lr * db
        history.append(linreg_loss_and_grad(X, y, w, b)[0])
    return {"w": w, "b": b, "history": history}


@reject("random start", "The weights start at zero here; linear regression has nothing to break the symmetry of.")
def train_linreg(X, y, *, lr=0.03, epochs=3, batch_size=10, rng):
    w, b, history = np.full(X.shape[1], 0.01, X.dtype), 0.0, []
    for _ in range(epochs):
        for xb, yb in data_iter(batch_size, X, y, rng=rng):
            _, dw, db = linreg_loss_and_grad(xb, yb, w, b)
            w, b = w - lr * dw, b - lr * db
        history.append(linreg_loss_and_grad(X, y, w, b)[0])
    return {"w": w, "b": b, "history": history}


@reject("ignores lr", "The learning rate of the caller has no effect: yours is fixed.")
def train_linreg(X, y, *, lr=0.03, epochs=3, batch_size=10, rng):
    w, b, history = np.zeros(X.shape[1], X.dtype), 0.0, []
    for _ in range(epochs):
        for xb, yb in data_iter(batch_size, X, y, rng=rng):
            _, dw, db = linreg_loss_and_grad(xb, yb, w, b)
            w, b = w - 0.03 * dw, b - 0.03 * db
        history.append(linreg_loss_and_grad(X, y, w, b)[0])
    return {"w": w, "b": b, "history": history}
