"""Other right ways to train LeNet by hand, and the mistakes that people make.

The rejected variants share one program, `train`, that is right but for the flaw it is told.
"""

from __future__ import annotations

import numpy as np

from tutor.checks import accept, reject, waive
from tutor.mine import conv2d, conv2d_backward, cross_entropy, data_iter, kaiming_normal, maxpool2d, maxpool2d_backward

SHAPES = [(6, 1, 5, 5), (16, 6, 5, 5), (120, 400), (84, 120)]


def start(classes, rng, flaw):
    p = {}
    for i, shape in enumerate([*SHAPES, (classes, 84)], start=1):
        w = kaiming_normal(shape, rng, mode="fan_out" if flaw == "fan_out" else "fan_in")
        spread = {"xavier": (2 / (shape[0] + shape[1]) / (2 / shape[1])) ** 0.5, "zero": 0.0, "lecun": 0.5**0.5}
        w = (w * spread.get(flaw, 1.0)).astype(np.float64 if flaw == "float64" else np.float32)
        p[f"W{i}"], p[f"b{i}"] = w, np.full(shape[0], 0.1 if flaw == "bias" else 0.0, w.dtype)
    return p


def forward(p, X, flaw=""):
    pad = 0 if flaw == "padding" else 2
    z1 = conv2d(X, p["W1"], p["b1"], padding=pad)
    a1 = np.maximum(z1, 0)
    p1, i1 = maxpool2d(a1, 2)
    a2 = np.maximum(conv2d(p1, p["W2"], p["b2"]), 0)
    p2, i2 = maxpool2d(a2, 2)
    flat = (p2.transpose(0, 2, 3, 1) if flaw == "channels last" else p2).reshape(len(X), 400)
    a3 = np.maximum(flat @ p["W3"].T + p["b3"], 0)
    a4 = np.maximum(a3 @ p["W4"].T + p["b4"], 0)
    logits = a4 @ p["W5"].T + p["b5"]
    if flaw == "relu at the end":
        logits = np.maximum(logits, 0)
    return logits, (X, a1, i1, p1, a2, i2, p2, flat, a3, a4)


def unpool(d, idx, a, pooled, flaw):
    if flaw != "mask":
        return maxpool2d_backward(d, idx, a.shape)
    ones = np.ones((1, 1, 2, 2), d.dtype)
    return np.kron(d, ones) * (a == np.kron(pooled, ones))


def backward(p, d, kept, flaw):
    X, a1, i1, p1, a2, i2, p2, flat, a3, a4 = kept
    g = {}
    for i, x in ((5, a4), (4, a3), (3, flat)):
        g[f"W{i}"], g[f"b{i}"] = d.T @ x, d.mean(axis=0) if flaw == "bias mean" else d.sum(axis=0)
        if flaw == "step inside":
            p[f"W{i}"] = p[f"W{i}"] - 0.02 * g[f"W{i}"]
        d = d @ p[f"W{i}"]
        if i > 3 and flaw != "no relu back":
            d = d * (x > 0)
    if flaw in ("channels last", "flatten back"):
        d = d.reshape(len(X), 5, 5, 16).transpose(0, 3, 1, 2)
    d = unpool(d.reshape(i2.shape), i2, a2, p2, flaw)
    d = d if flaw == "no relu after conv" else d * (a2 > 0)
    d, g["W2"], g["b2"] = conv2d_backward(d, p1, p["W2"])
    d = unpool(d, i1, a1, p1, flaw)
    d = d if flaw == "no relu after conv" else d * (a1 > 0)
    pad = 0 if flaw == "padding forgotten" else 2
    if pad == 0:
        d = d[:, :, 2:-2, 2:-2]
    _, g["W1"], g["b1"] = conv2d_backward(d, X, p["W1"], padding=pad)
    return g


def step(p, v, g, lr, momentum, flaw):
    for name in p:
        if flaw == "biases fixed" and name[0] == "b":
            continue
        if flaw == "convolutions fixed" and name in ("W1", "b1", "W2", "b2"):
            continue
        if flaw == "dampened":
            v[name] = momentum * v[name] + (1 - momentum) * g[name]
        else:
            v[name] = momentum * v[name] + g[name]
        direction = g[name] + momentum * v[name] if flaw == "nesterov" else v[name]
        direction = g[name] if flaw == "no momentum" else direction
        p[name] = p[name] + lr * direction if flaw == "climbs" else p[name] - lr * direction


def train(X, y, X_val, y_val, epochs=4, lr=0.02, momentum=0.9, batch_size=64, rng=None, flaw=""):
    rng = np.random.default_rng(0) if flaw == "own rng" else rng
    p = start(10 if flaw == "ten" else int(y.max()) + 1, rng, flaw)
    v = {name: np.zeros_like(value) for name, value in p.items()}
    train_loss, val_acc = [], []
    for _ in range(epochs):
        if flaw == "forgets velocity":
            v = {name: np.zeros_like(value) for name, value in p.items()}
        if flaw == "accuracy before":
            val_acc.append(float(np.mean(forward(p, X_val)[0].argmax(1) == y_val)))
        losses, sizes = [], []
        options = {"shuffle": False} if flaw == "in order" else {"rng": rng}
        for x, t in data_iter(batch_size, X, y, **options, drop_last=flaw == "drop last"):
            logits, kept = forward(p, x, flaw)
            loss, d = cross_entropy(logits, t)
            g = backward(p, d / len(t) if flaw == "divided" else d * len(t) if flaw == "summed" else d, kept, flaw)
            step(p, v, g, lr, momentum, flaw)
            if flaw == "loss after":
                loss = cross_entropy(forward(p, x)[0], t)[0]
            losses.append(loss)
            sizes.append(len(t))
        mean = np.mean(losses) if flaw == "mean of means" else np.dot(losses, sizes) / len(X)
        train_loss.append(float(losses[-1] if flaw == "last loss" else mean))
        if flaw == "losses of batches":
            train_loss[-1:] = losses
        if flaw != "accuracy before":
            A, b = (X, y) if flaw == "accuracy of training" else (X_val, y_val)
            right = forward(p, A, flaw)[0].argmax(1) == b
            val_acc.append(float(np.mean(right)) * (100 if flaw == "percent" else 1))
    return {"params": p, "train_loss": train_loss, "val_acc": val_acc}


waive("_backward: a2 > 0 → a2 >= 0", "where a2 is 0 its window gave 0, and (flat > 0) has let nothing through there")
waive("_backward: a2 > 0 → a2 > -1", "where a2 is 0 its window gave 0, and (flat > 0) has let nothing through there")
waive("_relu: np.maximum(z, 0) → np.maximum(0, z)", "the larger of two numbers, in either order")


@accept("pooling before ReLU: for maxima that is the same")
def train_lenet(X, y, X_val, y_val, *, epochs=4, lr=0.02, momentum=0.9, batch_size=64, rng):
    C = int(y.max()) + 1
    P = [(kaiming_normal(s, rng), np.zeros(s[0], np.float32)) for s in [*SHAPES, (C, 84)]]
    V = [(np.zeros_like(W), np.zeros_like(b)) for W, b in P]
    hist = {"train_loss": [], "val_acc": []}

    def run(x):
        z1, i1 = maxpool2d(conv2d(x, *P[0], padding=2), 2)
        z2, i2 = maxpool2d(conv2d(z1 * (z1 > 0), *P[1]), 2)
        acts = [(z2 * (z2 > 0)).reshape(len(x), -1)]
        for W, b in P[2:4]:
            acts.append(np.clip(acts[-1] @ W.T + b, 0, None))
        return acts[-1] @ P[4][0].T + P[4][1], (z1, i1, z2, i2, acts)

    for _ in range(epochs):
        loss_sum = 0.0
        for x, t in data_iter(batch_size, X, y, rng=rng):
            out, (z1, i1, z2, i2, acts) = run(x)
            loss, d = cross_entropy(out, t)
            loss_sum += loss * len(x)
            G = [None] * 5
            for i in (4, 3, 2):
                G[i] = (d.T @ acts[i - 2], d.sum(0))
                d = d @ P[i][0] * (acts[i - 2] > 0)
            d = maxpool2d_backward(d.reshape(z2.shape), i2, (len(x), 16, 10, 10))
            d, *rest = conv2d_backward(d, z1 * (z1 > 0), P[1][0])
            G[1] = tuple(rest)
            G[0] = conv2d_backward(maxpool2d_backward(d * (z1 > 0), i1, (len(x), 6, 28, 28)), x, P[0][0], padding=2)[1:]
            for pair, speed, slope in zip(P, V, G, strict=True):
                for w, v, g in zip(pair, speed, slope, strict=True):
                    v *= momentum
                    v -= lr * g
                    w += v
        hist["train_loss"].append(loss_sum / len(y))
        hist["val_acc"].append(float((run(X_val)[0].argmax(-1) == y_val).mean()))
    return {"params": {f"{k}{i + 1}": pair[j] for i, pair in enumerate(P) for j, k in enumerate("Wb")}, **hist}


@accept("validation in batches")
def train_lenet(X, y, X_val, y_val, *, epochs=4, lr=0.02, momentum=0.9, batch_size=64, rng):
    got = train(X, y, X_val, y_val, 0, rng=rng)
    p, v = got["params"], {name: 0.0 for name in got["params"]}
    for _ in range(epochs):
        total = count = right = 0
        for x, t in data_iter(batch_size, X, y, rng=rng):
            logits, kept = forward(p, x)
            loss, d = cross_entropy(logits, t)
            for name, g in backward(p, d, kept, "").items():
                v[name] = momentum * v[name] + g
            p = {name: p[name] - lr * v[name] for name in p}
            total, count = total + loss * len(t), count + len(t)
        for i in range(0, len(X_val), 4):
            right += int((forward(p, X_val[i : i + 4])[0].argmax(1) == y_val[i : i + 4]).sum())
        got["train_loss"].append(total / count)
        got["val_acc"].append(right / len(X_val))
    return got | {"params": p}


@reject(
    "no padding in the first convolution",
    "Without padding=2 the image shrinks to 4×4 and only 256 numbers reach the first dense layer.",
)
def train_lenet(X, y, X_val, y_val, *, epochs=4, lr=0.02, momentum=0.9, batch_size=64, rng):
    return train(X, y, X_val, y_val, epochs, lr, momentum, batch_size, rng, flaw="padding")


@reject(
    "padding forgotten on the way back",
    "conv2d_backward must be told the padding of the forward pass, or it takes other windows for the weights.",
)
def train_lenet(X, y, X_val, y_val, *, epochs=4, lr=0.02, momentum=0.9, batch_size=64, rng):
    return train(X, y, X_val, y_val, epochs, lr, momentum, batch_size, rng, flaw="padding forgotten")


@reject(
    "flattened with the channels last",
    "Flatten (N, 16, 5, 5) as it lies in memory, channels first. Yours is another network: its weights do not fit PyTorch's.",
)
def train_lenet(X, y, X_val, y_val, *, epochs=4, lr=0.02, momentum=0.9, batch_size=64, rng):
    return train(X, y, X_val, y_val, epochs, lr, momentum, batch_size, rng, flaw="channels last")


@reject(
    "flattened one way, unflattened another",
    "On the way back the 400 numbers become (N, 16, 5, 5) again, by the same reshape as on the way there.",
)
def train_lenet(X, y, X_val, y_val, *, epochs=4, lr=0.02, momentum=0.9, batch_size=64, rng):
    return train(X, y, X_val, y_val, epochs, lr, momentum, batch_size, rng, flaw="flatten back")


@reject(
    "mask of the maxima recomputed",
    "Where a window has two equal maxima, comparing with the maximum sends the gradient to both. Use the indices that maxpool2d gave you.",
)
def train_lenet(X, y, X_val, y_val, *, epochs=4, lr=0.02, momentum=0.9, batch_size=64, rng):
    return train(X, y, X_val, y_val, epochs, lr, momentum, batch_size, rng, flaw="mask")


@reject(
    "ReLU forgotten on the way back through the dense layers",
    "The gradient passes a ReLU only where its output was positive: multiply by (a > 0) after each dense layer.",
)
def train_lenet(X, y, X_val, y_val, *, epochs=4, lr=0.02, momentum=0.9, batch_size=64, rng):
    return train(X, y, X_val, y_val, epochs, lr, momentum, batch_size, rng, flaw="no relu back")


@reject(
    "ReLU forgotten on the way back through the convolutions",
    "The gradient passes a ReLU only where its output was positive, after the convolutions too.",
)
def train_lenet(X, y, X_val, y_val, *, epochs=4, lr=0.02, momentum=0.9, batch_size=64, rng):
    return train(X, y, X_val, y_val, epochs, lr, momentum, batch_size, rng, flaw="no relu after conv")


@reject("ReLU after the last layer", "The last layer gives logits, which may be negative: no ReLU follows it.")
def train_lenet(X, y, X_val, y_val, *, epochs=4, lr=0.02, momentum=0.9, batch_size=64, rng):
    return train(X, y, X_val, y_val, epochs, lr, momentum, batch_size, rng, flaw="relu at the end")


@reject(
    "gradients divided by the batch size again",
    "cross_entropy gives the gradient of the mean already. Divided once more, the steps are batch_size times too short.",
)
def train_lenet(X, y, X_val, y_val, *, epochs=4, lr=0.02, momentum=0.9, batch_size=64, rng):
    return train(X, y, X_val, y_val, epochs, lr, momentum, batch_size, rng, flaw="divided")


@reject(
    "gradients of the sum",
    "cross_entropy gives the gradient of the mean over the batch. Do not multiply it by the batch size.",
)
def train_lenet(X, y, X_val, y_val, *, epochs=4, lr=0.02, momentum=0.9, batch_size=64, rng):
    return train(X, y, X_val, y_val, epochs, lr, momentum, batch_size, rng, flaw="summed")


@reject(
    "bias gradients averaged",
    "A bias was added to every sample, so its gradient is the sum over the batch; the mean is in dlogits already.",
)
def train_lenet(X, y, X_val, y_val, *, epochs=4, lr=0.02, momentum=0.9, batch_size=64, rng):
    return train(X, y, X_val, y_val, epochs, lr, momentum, batch_size, rng, flaw="bias mean")


@reject(
    "weights changed during the backward pass",
    "A layer's weights were changed before its error was passed on. First all gradients, then all steps.",
)
def train_lenet(X, y, X_val, y_val, *, epochs=4, lr=0.02, momentum=0.9, batch_size=64, rng):
    return train(X, y, X_val, y_val, epochs, lr, momentum, batch_size, rng, flaw="step inside")


@reject("biases never updated", "The biases stay at 0: take a step for all ten parameters.")
def train_lenet(X, y, X_val, y_val, *, epochs=4, lr=0.02, momentum=0.9, batch_size=64, rng):
    return train(X, y, X_val, y_val, epochs, lr, momentum, batch_size, rng, flaw="biases fixed")


@reject(
    "convolutions never updated",
    "The filters stay as they were drawn. Their gradients come from conv2d_backward: take steps for them too.",
)
def train_lenet(X, y, X_val, y_val, *, epochs=4, lr=0.02, momentum=0.9, batch_size=64, rng):
    return train(X, y, X_val, y_val, epochs, lr, momentum, batch_size, rng, flaw="convolutions fixed")


@reject("no momentum", "These are plain gradient steps. Keep a velocity v for each parameter: v = momentum * v + g.")
def train_lenet(X, y, X_val, y_val, *, epochs=4, lr=0.02, momentum=0.9, batch_size=64, rng):
    return train(X, y, X_val, y_val, epochs, lr, momentum, batch_size, rng, flaw="no momentum")


@reject(
    "dampened velocity",
    "v = momentum * v + (1 - momentum) * g is an average, and ten times shorter. Here v = momentum * v + g.",
)
def train_lenet(X, y, X_val, y_val, *, epochs=4, lr=0.02, momentum=0.9, batch_size=64, rng):
    return train(X, y, X_val, y_val, epochs, lr, momentum, batch_size, rng, flaw="dampened")


@reject(
    "Nesterov's momentum", "These are the numbers of Nesterov's momentum. The plain kind is asked for: w = w - lr * v."
)
def train_lenet(X, y, X_val, y_val, *, epochs=4, lr=0.02, momentum=0.9, batch_size=64, rng):
    return train(X, y, X_val, y_val, epochs, lr, momentum, batch_size, rng, flaw="nesterov")


@reject(
    "velocity forgotten after each epoch", "The velocity starts anew in every epoch. Make it once, before the first."
)
def train_lenet(X, y, X_val, y_val, *, epochs=4, lr=0.02, momentum=0.9, batch_size=64, rng):
    return train(X, y, X_val, y_val, epochs, lr, momentum, batch_size, rng, flaw="forgets velocity")


@reject("climbs", "The loss grows: subtract lr * v, do not add it.")
def train_lenet(X, y, X_val, y_val, *, epochs=4, lr=0.02, momentum=0.9, batch_size=64, rng):
    return train(X, y, X_val, y_val, epochs, lr, momentum, batch_size, rng, flaw="climbs")


@reject("accuracy before the epoch", "val_acc shows the network before each epoch. Measure after it.")
def train_lenet(X, y, X_val, y_val, *, epochs=4, lr=0.02, momentum=0.9, batch_size=64, rng):
    return train(X, y, X_val, y_val, epochs, lr, momentum, batch_size, rng, flaw="accuracy before")


@reject("accuracy on the training data", "val_acc is measured on what was trained on. Use X_val and y_val.")
def train_lenet(X, y, X_val, y_val, *, epochs=4, lr=0.02, momentum=0.9, batch_size=64, rng):
    return train(X, y, X_val, y_val, epochs, lr, momentum, batch_size, rng, flaw="accuracy of training")


@reject("accuracy in percent", "val_acc is a fraction between 0 and 1, not percent.")
def train_lenet(X, y, X_val, y_val, *, epochs=4, lr=0.02, momentum=0.9, batch_size=64, rng):
    return train(X, y, X_val, y_val, epochs, lr, momentum, batch_size, rng, flaw="percent")


@reject("mean of the batch means", "The last batch may be short: weigh each batch's loss by its number of images.")
def train_lenet(X, y, X_val, y_val, *, epochs=4, lr=0.02, momentum=0.9, batch_size=64, rng):
    return train(X, y, X_val, y_val, epochs, lr, momentum, batch_size, rng, flaw="mean of means")


@reject(
    "loss of the last batch",
    "train_loss holds the loss of the last batch. It should be the mean over all images of the epoch.",
)
def train_lenet(X, y, X_val, y_val, *, epochs=4, lr=0.02, momentum=0.9, batch_size=64, rng):
    return train(X, y, X_val, y_val, epochs, lr, momentum, batch_size, rng, flaw="last loss")


@reject(
    "loss after the step", "Each batch's loss is measured before its own step; yours comes from the changed weights."
)
def train_lenet(X, y, X_val, y_val, *, epochs=4, lr=0.02, momentum=0.9, batch_size=64, rng):
    return train(X, y, X_val, y_val, epochs, lr, momentum, batch_size, rng, flaw="loss after")


@reject("one loss for each batch", "train_loss has one entry for each batch. It should have one for each epoch.")
def train_lenet(X, y, X_val, y_val, *, epochs=4, lr=0.02, momentum=0.9, batch_size=64, rng):
    return train(X, y, X_val, y_val, epochs, lr, momentum, batch_size, rng, flaw="losses of batches")


@reject("drops the short batch", "The images of the last, shorter batch were never used.")
def train_lenet(X, y, X_val, y_val, *, epochs=4, lr=0.02, momentum=0.9, batch_size=64, rng):
    return train(X, y, X_val, y_val, epochs, lr, momentum, batch_size, rng, flaw="drop last")


@reject("never shuffles", "Every epoch had the batches in the order of the data. Give rng to data_iter.")
def train_lenet(X, y, X_val, y_val, *, epochs=4, lr=0.02, momentum=0.9, batch_size=64, rng):
    return train(X, y, X_val, y_val, epochs, lr, momentum, batch_size, rng, flaw="in order")


@reject("own generator", "Two seeds gave the same run: draw everything from the rng that you were given.")
def train_lenet(X, y, X_val, y_val, *, epochs=4, lr=0.02, momentum=0.9, batch_size=64, rng):
    return train(X, y, X_val, y_val, epochs, lr, momentum, batch_size, rng, flaw="own rng")


@reject(
    "all weights zero",
    "With weights of 0 no ReLU ever opens and no gradient reaches the filters. Draw them with kaiming_normal.",
)
def train_lenet(X, y, X_val, y_val, *, epochs=4, lr=0.02, momentum=0.9, batch_size=64, rng):
    return train(X, y, X_val, y_val, epochs, lr, momentum, batch_size, rng, flaw="zero")


@reject(
    "weights as Xavier draws them",
    "A ReLU loses half of what comes in, so the spread must be √(2 / n_in): kaiming_normal.",
)
def train_lenet(X, y, X_val, y_val, *, epochs=4, lr=0.02, momentum=0.9, batch_size=64, rng):
    return train(X, y, X_val, y_val, epochs, lr, momentum, batch_size, rng, flaw="xavier")


@reject(
    "weights √2 too small", "The mean square of the weights should be 2 / n_in; yours is 1 / n_in. ReLU needs the 2."
)
def train_lenet(X, y, X_val, y_val, *, epochs=4, lr=0.02, momentum=0.9, batch_size=64, rng):
    return train(X, y, X_val, y_val, epochs, lr, momentum, batch_size, rng, flaw="lecun")


@reject(
    "fan out instead of fan in",
    "The spread counts the numbers that come IN: mode fan_in, the default of kaiming_normal.",
)
def train_lenet(X, y, X_val, y_val, *, epochs=4, lr=0.02, momentum=0.9, batch_size=64, rng):
    return train(X, y, X_val, y_val, epochs, lr, momentum, batch_size, rng, flaw="fan_out")


@reject("biases start at 0.1", "The biases start at 0.")
def train_lenet(X, y, X_val, y_val, *, epochs=4, lr=0.02, momentum=0.9, batch_size=64, rng):
    return train(X, y, X_val, y_val, epochs, lr, momentum, batch_size, rng, flaw="bias")


@reject("weights in float64", "The network computes in float64, twice as slow: weights and biases are float32.")
def train_lenet(X, y, X_val, y_val, *, epochs=4, lr=0.02, momentum=0.9, batch_size=64, rng):
    return train(X, y, X_val, y_val, epochs, lr, momentum, batch_size, rng, flaw="float64")


@reject("always ten classes", "The last layer has as many outputs as there are classes: y.max() + 1.")
def train_lenet(X, y, X_val, y_val, *, epochs=4, lr=0.02, momentum=0.9, batch_size=64, rng):
    return train(X, y, X_val, y_val, epochs, lr, momentum, batch_size, rng, flaw="ten")
