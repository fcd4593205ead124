"""Other right training loops, and those that train the wrong thing."""

from __future__ import annotations

import math

import numpy as np

from tutor.checks import accept, reject
from tutor.mine import act_forward, data_iter, mlp_loss_and_grads, softmax


@accept("a new dict each step, probabilities for the accuracy")
def train_mlp(X, y, X_val, y_val, *, hidden=(128, 64), lr=0.05, epochs=8, batch_size=64, rng):
    D, (H1, H2), C = X.shape[1], hidden, len(np.bincount(y))
    p = {}
    for name, n_in, n_out in (("1", D, H1), ("2", H1, H2), ("3", H2, C)):
        p["W" + name] = (np.sqrt(2 / n_in) * rng.standard_normal((n_in, n_out))).astype(X.dtype)
        p["b" + name] = np.zeros(n_out, X.dtype)
    losses, accuracies = [], []
    for _ in range(epochs):
        seen = []
        for x, t in data_iter(batch_size, X, y, rng=rng):
            loss, grads = mlp_loss_and_grads(p, x, t)
            p = {key: p[key] - lr * grads[key] for key in p}
            seen += [loss] * len(t)
        losses.append(float(np.mean(seen)))
        h = X_val
        for name in "12":
            h = np.maximum(h @ p["W" + name] + p["b" + name], 0)
        accuracies.append(float((softmax(h @ p["W3"] + p["b3"], axis=1).argmax(axis=1) == y_val).mean()))
    return {"params": p, "train_loss": losses, "val_acc": accuracies}


@accept("uniform start, own order of the samples")
def train_mlp(X, y, X_val, y_val, *, hidden=(128, 64), lr=0.05, epochs=8, batch_size=64, rng):
    sizes, p = [X.shape[1], *hidden, int(max(y)) + 1], {}
    for i in range(3):
        edge = (6 / sizes[i]) ** 0.5
        p[f"W{i + 1}"] = rng.uniform(-edge, edge, (sizes[i], sizes[i + 1])).astype(X.dtype)
        p[f"b{i + 1}"] = np.zeros_like(p[f"W{i + 1}"][0])
    history = {"train_loss": [], "val_acc": []}
    for _ in range(epochs):
        order, total = rng.permutation(len(X)), 0.0
        for start in range(0, len(X), batch_size):
            rows = order[start : start + batch_size]
            loss, grads = mlp_loss_and_grads(p, X[rows], y[rows])
            total += loss * len(rows)
            for key, grad in grads.items():
                p[key] = p[key] - lr * grad
        history["train_loss"].append(total / len(y))
        h = act_forward(act_forward(X_val @ p["W1"] + p["b1"], "relu") @ p["W2"] + p["b2"], "relu")
        history["val_acc"].append(float(np.mean(np.argmax(h @ p["W3"] + p["b3"], 1) == y_val)))
    return {"params": p, **history}


def _start(X, sizes, rng, spread=lambda n_in, n_out: math.sqrt(2 / n_in), bias=0.0, dtype=None):
    params = {}
    for i in (1, 2, 3):
        n_in, n_out = sizes[i - 1], sizes[i]
        params[f"W{i}"] = (rng.normal(size=(n_in, n_out)) * spread(n_in, n_out)).astype(dtype or X.dtype)
        params[f"b{i}"] = (np.zeros(n_out) if not bias else bias * rng.normal(size=n_out)).astype(dtype or X.dtype)
    return params


def _step(params, grads, lr, x, t):
    for name in params:
        params[name] -= lr * grads[name]


def _correct(params, X_val, y_val, relu=True):
    h = X_val
    for i in "12":
        h = h @ params["W" + i] + params["b" + i]
        h = np.maximum(h, 0) if relu else h
    return (h @ params["W3"] + params["b3"]).argmax(axis=1) == y_val


def _train(
    X,
    y,
    X_val,
    y_val,
    *,
    hidden=(128, 64),
    lr=0.05,
    epochs=8,
    batch_size=64,
    rng,
    start=_start,
    step=_step,
    batches=None,
    mean=np.average,
    classes=None,
    accuracy=lambda params, X_val, y_val: float(_correct(params, X_val, y_val).mean()),
    before=False,
    after=False,
):
    """The right loop with one thing wrong, so that each variant below names exactly its mistake."""
    params = start(X, (X.shape[1], *hidden, classes or int(y.max()) + 1), rng)
    train_loss, val_acc = [], []
    for epoch in range(epochs):
        losses, sizes = [], []
        if before:
            val_acc.append(accuracy(params, X_val, y_val))
        for x, t in data_iter(batch_size, X, y, rng=rng) if batches is None else batches(batch_size, X, y, rng, epoch):
            loss, grads = mlp_loss_and_grads(params, x, t)
            step(params, grads, lr, x, t)
            losses.append(mlp_loss_and_grads(params, x, t)[0] if after else loss)
            sizes.append(len(t))
        train_loss.append(float(mean(losses, weights=sizes)))
        if not before:
            val_acc.append(accuracy(params, X_val, y_val))
    return {"params": params, "train_loss": train_loss, "val_acc": val_acc}


@reject(
    "all weights zero",
    "With W = 0 every hidden unit is the same, and behind a ReLU no gradient comes back at all. Draw the weights from rng.",
)
def train_mlp(X, y, X_val, y_val, **options):
    return _train(X, y, X_val, y_val, **options, start=lambda X, s, rng: _start(X, s, rng, lambda i, o: 0.0))


@reject(
    "all weights equal",
    "Units with equal weights get equal gradients and stay one unit for ever. Draw every weight from rng.",
)
def train_mlp(X, y, X_val, y_val, **options):
    def start(X, sizes, rng):
        params = _start(X, sizes, rng)
        return {key: np.full_like(value, 0.1) if key[0] == "W" else value for key, value in params.items()}

    return _train(X, y, X_val, y_val, **options, start=start)


@reject(
    "standard normal weights",
    "Without the factor sqrt(2 / n_in) the sums grow from layer to layer and the first loss is enormous.",
)
def train_mlp(X, y, X_val, y_val, **options):
    return _train(X, y, X_val, y_val, **options, start=lambda X, s, rng: _start(X, s, rng, lambda i, o: 1.0))


@reject(
    "spread sqrt(1 / n_in)",
    "Behind a ReLU half of the signal is gone: the standard deviation is sqrt(2 / n_in), with a 2.",
)
def train_mlp(X, y, X_val, y_val, **options):
    return _train(X, y, X_val, y_val, **options, start=lambda X, s, rng: _start(X, s, rng, lambda i, o: i**-0.5))


@reject(
    "spread 2 / n_in", "2 / n_in is the variance. The standard deviation, by which you multiply, is its square root."
)
def train_mlp(X, y, X_val, y_val, **options):
    return _train(X, y, X_val, y_val, **options, start=lambda X, s, rng: _start(X, s, rng, lambda i, o: 2 / i))


@reject("spread from n_out", "The spread depends on how many inputs are summed: sqrt(2 / n_in), not n_out.")
def train_mlp(X, y, X_val, y_val, **options):
    return _train(X, y, X_val, y_val, **options, start=lambda X, s, rng: _start(X, s, rng, lambda i, o: (2 / o) ** 0.5))


@reject(
    "small fixed spread",
    "0.01 for every layer makes the signal fade layer by layer. The standard deviation is sqrt(2 / n_in).",
)
def train_mlp(X, y, X_val, y_val, **options):
    return _train(X, y, X_val, y_val, **options, start=lambda X, s, rng: _start(X, s, rng, lambda i, o: 0.01))


@reject("biases drawn at random", "The biases start at zero; only the weights need random numbers.")
def train_mlp(X, y, X_val, y_val, **options):
    return _train(X, y, X_val, y_val, **options, start=lambda X, s, rng: _start(X, s, rng, bias=0.1))


@reject(
    "weights in float64", "rng.normal gives float64 and widens everything. Train in the dtype of X: .astype(X.dtype)."
)
def train_mlp(X, y, X_val, y_val, **options):
    return _train(X, y, X_val, y_val, **options, start=lambda X, s, rng: _start(X, s, rng, dtype=np.float64))


@reject(
    "a generator of its own",
    "You made a generator of your own for the weights. Use the rng you were given, so that the caller sets the seed.",
)
def train_mlp(X, y, X_val, y_val, **options):
    def batches(batch_size, X, y, rng, epoch):
        return data_iter(batch_size, X, y, rng=np.random.default_rng(epoch))

    return _train(
        X,
        y,
        X_val,
        y_val,
        **options,
        start=lambda X, s, rng: _start(X, s, np.random.default_rng(0)),
        batches=batches,
    )


@reject("hidden ignored", "The widths of the hidden layers come from the argument hidden, not from its default.")
def train_mlp(X, y, X_val, y_val, **options):
    return _train(X, y, X_val, y_val, **{**options, "hidden": (128, 64)})


@reject(
    "hidden layers in the wrong order", "hidden[0] belongs to the first layer: sizes are D, hidden[0], hidden[1], C."
)
def train_mlp(X, y, X_val, y_val, **options):
    return _train(X, y, X_val, y_val, **{**options, "hidden": options.get("hidden", (128, 64))[::-1]})


@reject("always ten classes", "The number of classes is y.max() + 1, not always 10.")
def train_mlp(X, y, X_val, y_val, **options):
    return _train(X, y, X_val, y_val, **options, classes=10)


@reject(
    "classes counted, not looked up",
    "The number of classes is y.max() + 1: one that no training sample has still needs its unit.",
)
def train_mlp(X, y, X_val, y_val, **options):
    return _train(X, y, X_val, y_val, **options, classes=len(np.unique(y)))


@reject("uphill", "The loss rises: step AGAINST the gradient, params[name] -= lr * grads[name].")
def train_mlp(X, y, X_val, y_val, **options):
    return _train(X, y, X_val, y_val, **options, step=lambda p, g, lr, x, t: _step(p, g, -lr, x, t))


@reject(
    "divided by the batch size twice", "The gradients are those of a mean already; you divided by the batch size again."
)
def train_mlp(X, y, X_val, y_val, **options):
    return _train(X, y, X_val, y_val, **options, step=lambda p, g, lr, x, t: _step(p, g, lr / len(t), x, t))


@reject("biases not trained", "The biases never move: step all six parameters.")
def train_mlp(X, y, X_val, y_val, **options):
    def step(params, grads, lr, x, t):
        for i in "123":
            params["W" + i] -= lr * grads["W" + i]

    return _train(X, y, X_val, y_val, **options, step=step)


@reject(
    "hidden layers not trained",
    "W1 is still what it was at the start. Step all six parameters, the hidden layers' too, and return the stepped ones.",
)
def train_mlp(X, y, X_val, y_val, **options):
    def step(params, grads, lr, x, t):
        for name in ("W3", "b3"):
            params[name] -= lr * grads[name]

    return _train(X, y, X_val, y_val, **options, step=step)


@reject(
    "gradients computed anew after each update",
    "Compute all six gradients at the same parameters, then step; yours are taken from a half-updated network.",
)
def train_mlp(X, y, X_val, y_val, **options):
    def step(params, grads, lr, x, t):
        for name in params:
            params[name] -= lr * mlp_loss_and_grads(params, x, t)[1][name]

    return _train(X, y, X_val, y_val, **options, step=step)


@reject("one step an epoch", "You make one step an epoch on all data. Step once for each mini-batch of data_iter.")
def train_mlp(X, y, X_val, y_val, **options):
    return _train(X, y, X_val, y_val, **{**options, "batch_size": len(X)})


@reject("last batch dropped", "The last, shorter batch is missing: every sample counts once an epoch.")
def train_mlp(X, y, X_val, y_val, **options):
    def batches(batch_size, X, y, rng, epoch):
        return data_iter(min(batch_size, len(X)), X, y, rng=rng, drop_last=True)

    return _train(X, y, X_val, y_val, **options, batches=batches)


@reject("never shuffled", "The batches are the same in every epoch: pass rng to data_iter and let it shuffle.")
def train_mlp(X, y, X_val, y_val, **options):
    def batches(batch_size, X, y, rng, epoch):
        return data_iter(batch_size, X, y, shuffle=False)

    return _train(X, y, X_val, y_val, **options, batches=batches)


@reject("shuffled only once", "You shuffle once and repeat the same batches. Call data_iter anew in every epoch.")
def train_mlp(X, y, X_val, y_val, **options):
    kept = []

    def batches(batch_size, X, y, rng, epoch):
        if not kept:
            kept.extend(data_iter(batch_size, X, y, rng=rng))
        return kept

    return _train(X, y, X_val, y_val, **options, batches=batches)


@reject(
    "weights drawn again in every epoch",
    "The first weights are drawn once, before the loop over the epochs: each epoch of yours starts from scratch.",
)
def train_mlp(X, y, X_val, y_val, *, hidden=(128, 64), lr=0.05, epochs=8, batch_size=64, rng):
    out = _train(X, y, X_val, y_val, hidden=hidden, lr=lr, epochs=min(epochs, 1), batch_size=batch_size, rng=rng)
    for _ in range(epochs - 1):
        last = _train(X, y, X_val, y_val, hidden=hidden, lr=lr, epochs=1, batch_size=batch_size, rng=rng)
        out["train_loss"] += last["train_loss"]
        out["val_acc"] += last["val_acc"]
        out["params"] = last["params"]
    return out


@reject(
    "mean of batch means",
    "The short last batch weighs as much as a full one: weigh each loss by its number of samples.",
)
def train_mlp(X, y, X_val, y_val, **options):
    return _train(X, y, X_val, y_val, **options, mean=lambda losses, weights: np.mean(losses))


@reject("loss measured after the step", "train_loss is measured with the weights BEFORE each batch's own step.")
def train_mlp(X, y, X_val, y_val, **options):
    return _train(X, y, X_val, y_val, **options, after=True)


@reject("last batch's loss", "train_loss must be the mean over the whole epoch, not the loss of its last batch.")
def train_mlp(X, y, X_val, y_val, **options):
    return _train(X, y, X_val, y_val, **options, mean=lambda losses, weights: losses[-1])


@reject("sum of the losses", "train_loss is a mean: divide the sum by the number of samples.")
def train_mlp(X, y, X_val, y_val, **options):
    return _train(
        X,
        y,
        X_val,
        y_val,
        **options,
        mean=lambda losses, weights: sum(a * b for a, b in zip(losses, weights, strict=True)),
    )


@reject("accuracy on the training data", "val_acc must be measured on the held-out data X_val, y_val.")
def train_mlp(X, y, X_val, y_val, **options):
    return _train(X, y, X_val, y_val, **options, accuracy=lambda p, Xv, yv: float(_correct(p, X, y).mean()))


@reject("accuracy before the epoch", "val_acc belongs AFTER the epoch's steps; yours is one epoch late.")
def train_mlp(X, y, X_val, y_val, **options):
    return _train(X, y, X_val, y_val, **options, before=True)


@reject(
    "validation without ReLU",
    "Evaluate the network that you trained: the ReLUs are missing in your forward pass for val_acc.",
)
def train_mlp(X, y, X_val, y_val, **options):
    return _train(
        X, y, X_val, y_val, **options, accuracy=lambda p, Xv, yv: float(_correct(p, Xv, yv, relu=False).mean())
    )


@reject("accuracy as a count", "val_acc is a fraction between 0 and 1; you give the number of right answers.")
def train_mlp(X, y, X_val, y_val, **options):
    return _train(X, y, X_val, y_val, **options, accuracy=lambda p, Xv, yv: float(_correct(p, Xv, yv).sum()))


@reject("accuracy in percent", "val_acc is a fraction between 0 and 1, not percent.")
def train_mlp(X, y, X_val, y_val, **options):
    return _train(X, y, X_val, y_val, **options, accuracy=lambda p, Xv, yv: 100 * float(_correct(p, Xv, yv).mean()))


@reject("trains on the validation data", "The held-out data were trained on. Then they say nothing about new data.")
def train_mlp(X, y, X_val, y_val, **options):
    return _train(np.concatenate([X, X_val]), np.concatenate([y, y_val]), X_val, y_val, **options)


@reject(
    "weights of the best epoch",
    "Return the weights after the last epoch. Picking the best by val_acc lets the held-out data choose the model.",
)
def train_mlp(X, y, X_val, y_val, **options):
    kept = []

    def accuracy(params, X_val, y_val):
        value = float(_correct(params, X_val, y_val).mean())
        if not kept or value > kept[0][0]:
            kept[:] = [(value, {key: array.copy() for key, array in params.items()})]
        return value

    out = _train(X, y, X_val, y_val, **options, accuracy=accuracy)
    return {**out, "params": kept[0][1]} if kept else out
