"""Other right ways to write rnn-lm-train, and the mistakes that people make.

The rejected variants share one program, `train`, that is right but for the flaw it is told.
"""

from __future__ import annotations

import numpy as np

from tutor.checks import accept, reject, waive
from tutor.mine import Embedding, cross_entropy, random_batches, rnn_backward, rnn_forward, sequential_batches, softmax


def start(V, D, H, rng, flaw):
    small = {"small": 0.01, "large": None}.get(flaw)
    spread = [D**-0.5, H**-0.5, H**-0.5] if flaw != "large" else [1.0, 1.0, 1.0]
    spread = [small] * 3 if small else spread
    if flaw == "uniform":
        weights = [rng.uniform(-1, 1, size=s) for s in ((D, H), (H, H), (H, V))]
    else:
        weights = [rng.normal(size=s) for s in ((D, H), (H, H), (H, V))]
    Wx, Wh, Wo = (w * s for w, s in zip(weights, spread, strict=True))
    bias = np.ones if flaw == "bias" else np.zeros
    p = {"E": Embedding(V, D, rng).W, "Wx": Wx, "Wh": Wh, "b": bias(H), "Wo": Wo, "bo": np.zeros(V)}
    if flaw == "small":
        p["E"] = p["E"] * 0.01
    return {name: w.astype(np.float64 if flaw == "float64" else np.float32) for name, w in p.items()}


def shorten(grads, clip, flaw):
    if flaw == "no clip":
        return grads
    if flaw == "by value":
        return {name: np.clip(g, -clip, clip) for name, g in grads.items()}
    if flaw == "each alone":
        return {name: g * min(1.0, clip / (np.sqrt((g**2).sum()) + 1e-6)) for name, g in grads.items()}
    squares = [(g**2).sum() for name, g in grads.items() if not (flaw == "part" and name in ("E", "Wo", "bo"))]
    norm = sum(squares) if flaw == "no root" else np.sqrt(sum(squares))
    factor = clip / (norm + 1e-6)
    return {name: (g * (factor if flaw == "always" else min(1.0, factor))).astype(g.dtype) for name, g in grads.items()}


def gradients(p, table, X, Y, h, flaw):
    """Loss, gradients and the last state."""
    table.W = p["E"]
    x = table.forward(X)
    hs = rnn_forward(x, h, p["Wx"], p["Wh"], p["b"])
    flat = hs.reshape(-1, hs.shape[2])
    wanted = X if flaw == "same" else Y
    wanted = wanted.T if flaw == "turned" else wanted
    loss, d = cross_entropy(flat @ p["Wo"] + p["bo"], wanted.reshape(-1))
    if flaw == "summed":
        d = d * Y.size
    if flaw == "over rows":
        d = d * Y.shape[1]
    dhs = (d @ p["Wo"].T).reshape(hs.shape)
    if flaw == "last step":
        dhs[:, :-1] = 0
    dx, _, dWx, dWh, db = rnn_backward(dhs, x, h, hs, p["Wx"], p["Wh"])
    if flaw != "table not cleared":
        table.zero_grad()
    table.backward(dx)
    g = {"E": table.dW.copy(), "Wx": dWx, "Wh": dWh, "b": db, "Wo": flat.T @ d, "bo": d.sum(axis=0)}
    for name in {"table fixed": ["E"], "biases fixed": ["b", "bo"], "no output bias": ["bo"]}.get(flaw, []):
        g[name] = np.zeros_like(g[name])
    return loss, g, hs[:, 0] if flaw == "first state" else hs[:, -1]


def train(ids, V, D=32, H=256, N=32, T=35, epochs=300, lr=1.0, clip=1.0, rng=None, flaw=""):
    rng = np.random.default_rng(0) if flaw == "own rng" else rng
    p, table, train_ppl, h = start(V, D, H, rng, flaw), Embedding(V, D, rng), [], None
    for epoch in range(epochs):
        if h is None or flaw != "state kept over epochs":
            h = np.zeros((N, H), np.float32)
        losses = []
        offset = 0 if flaw == "no offset" else int(rng.integers(T)) if flaw == "random offset" else epoch % T
        offset = (epoch + 1) % T if flaw == "offset from 1" else offset
        batches = random_batches(ids, N, T, rng) if flaw == "random" else sequential_batches(ids, N, T, offset)
        for X, Y in batches:
            if flaw == "state reset":
                h = np.zeros((N, H), np.float32)
            loss, g, h = gradients(p, table, X, Y, h, flaw)
            g = shorten(g, clip, flaw)
            step = np.float32(-lr if flaw == "climbs" else lr)
            p = {name: p[name] - step * g[name] for name in p}
            losses.append(loss)
        mean = np.sum(losses) if flaw == "sum" else losses[-1] if flaw == "last" else np.mean(losses)
        mean = mean / np.log(2) if flaw == "base" else mean
        train_ppl.append(float(mean if flaw == "loss" else np.exp(mean)))
        if flaw == "mean of perplexities":
            train_ppl[-1] = float(np.mean(np.exp(losses)))
        if flaw == "all batches":
            train_ppl[-1:] = [float(np.exp(loss)) for loss in losses]
    return {"params": p, "train_ppl": train_ppl}


def write(p, prefix, n, choose=np.argmax, warm=True, keep=True):
    """Right, unless told otherwise."""
    E, Wx, Wh, b, Wo, bo = (p[name] for name in ("E", "Wx", "Wh", "b", "Wo", "bo"))
    h, found = np.zeros_like(b), []

    def read(h, i):
        return np.tanh(E[i] @ Wx + h @ Wh + b)

    for i in prefix:
        h = read(h, i)
    if not warm:
        h = read(np.zeros_like(b), prefix[-1])
    for _ in range(n):
        found.append(int(choose(h @ Wo + bo)))
        h = read(h if keep else np.zeros_like(h), found[-1])
    return found


@accept("a loop over the steps of one batch, without rnn_forward; softmax minus one-hot; offsets by slicing")
def train_char_rnn(
    ids, vocab_size, *, embed=32, hidden=256, batch_size=32, num_steps=35, epochs=300, lr=1.0, clip=1.0, rng
):
    p, (N, T) = start(vocab_size, embed, hidden, rng, ""), (batch_size, num_steps)
    history = []
    for e in range(epochs):
        h, total, count = np.zeros((N, hidden), np.float32), 0.0, 0
        for X, Y in sequential_batches(ids[e % T :], N, T):
            before, hs = [], []
            for t in range(T):
                before.append(h)
                h = np.tanh(p["E"][X[:, t]] @ p["Wx"] + h @ p["Wh"] + p["b"])
                hs.append(h)
            g, back = {name: np.zeros_like(w) for name, w in p.items()}, np.zeros_like(h)
            for t in reversed(range(T)):
                q = softmax(hs[t] @ p["Wo"] + p["bo"], axis=1)
                total -= float(np.log(q[np.arange(N), Y[:, t]]).sum())
                q[np.arange(N), Y[:, t]] -= 1
                q /= np.float32(N * T)
                g["Wo"] += hs[t].T @ q
                g["bo"] += q.sum(0)
                z = (q @ p["Wo"].T + back) * (1 - hs[t] ** 2)
                g["Wx"] += p["E"][X[:, t]].T @ z
                g["Wh"] += before[t].T @ z
                g["b"] += z.sum(0)
                np.add.at(g["E"], X[:, t], z @ p["Wx"].T)
                back = z @ p["Wh"].T
            count += Y.size
            norm = np.linalg.norm(np.concatenate([part.ravel() for part in g.values()]))
            for name in p:
                p[name] = p[name] - np.float32(lr * min(1.0, clip / (norm + 1e-6))) * g[name]
        history.append(float(np.exp(total / count)))
    return {"train_ppl": history, "params": p}


@accept("generate: one character at a time, prefix and all")
def generate(params, prefix, n):
    prefix = [int(i) for i in prefix]
    if not prefix:
        raise ValueError("nothing to continue")
    return write(params, prefix, n)


@accept("generate: the whole text is read again for every character")
def generate(params, prefix, n):
    if len(prefix) < 1:
        raise ValueError("a prefix, please")
    written = list(prefix)
    for _ in range(n):
        x, h = params["E"][np.array(written)][None], np.zeros((1, len(params["b"])), params["b"].dtype)
        last = rnn_forward(x, h, params["Wx"], params["Wh"], params["b"])[0, -1]
        written.append(int(np.argmax(last @ params["Wo"] + params["bo"])))
    return [int(i) for i in written[len(prefix) :]]


def generate_with(**how):
    def generate(params, prefix, n):
        if len(prefix) == 0:
            raise ValueError("nothing to continue")
        return write(params, prefix, n, **how)

    return generate


@reject(
    "every batch starts from zeros",
    "A batch continues the text of the one before: start it from the last state, hs[:, -1], and from zeros only at the start of an epoch.",
)
def train_char_rnn(
    ids, vocab_size, *, embed=32, hidden=256, batch_size=32, num_steps=35, epochs=300, lr=1.0, clip=1.0, rng
):
    return train(ids, vocab_size, embed, hidden, batch_size, num_steps, epochs, lr, clip, rng, "state reset")


@reject("state kept over epochs", "A new epoch is at the start of the text again: its first state is zero.")
def train_char_rnn(
    ids, vocab_size, *, embed=32, hidden=256, batch_size=32, num_steps=35, epochs=300, lr=1.0, clip=1.0, rng
):
    return train(ids, vocab_size, embed, hidden, batch_size, num_steps, epochs, lr, clip, rng, "state kept over epochs")


@reject(
    "hands over the first state",
    "You handed over hs[:, 0], the state after the first character. The next batch goes on from the LAST one.",
)
def train_char_rnn(
    ids, vocab_size, *, embed=32, hidden=256, batch_size=32, num_steps=35, epochs=300, lr=1.0, clip=1.0, rng
):
    return train(ids, vocab_size, embed, hidden, batch_size, num_steps, epochs, lr, clip, rng, "first state")


@reject(
    "the same cuts in every epoch",
    "Epoch e starts at the offset e % num_steps; yours always starts at the same character.",
)
def train_char_rnn(
    ids, vocab_size, *, embed=32, hidden=256, batch_size=32, num_steps=35, epochs=300, lr=1.0, clip=1.0, rng
):
    return train(ids, vocab_size, embed, hidden, batch_size, num_steps, epochs, lr, clip, rng, "no offset")


@reject("offset one too far", "The first epoch is number 0: its offset is 0.")
def train_char_rnn(
    ids, vocab_size, *, embed=32, hidden=256, batch_size=32, num_steps=35, epochs=300, lr=1.0, clip=1.0, rng
):
    return train(ids, vocab_size, embed, hidden, batch_size, num_steps, epochs, lr, clip, rng, "offset from 1")


@reject("random offsets", "The offset is e % num_steps, not random: here rng is for the weights only.")
def train_char_rnn(
    ids, vocab_size, *, embed=32, hidden=256, batch_size=32, num_steps=35, epochs=300, lr=1.0, clip=1.0, rng
):
    return train(ids, vocab_size, embed, hidden, batch_size, num_steps, epochs, lr, clip, rng, "random offset")


@reject(
    "random sampling",
    "You used random batches, whose rows do not continue each other. Carried states need sequential_batches.",
)
def train_char_rnn(
    ids, vocab_size, *, embed=32, hidden=256, batch_size=32, num_steps=35, epochs=300, lr=1.0, clip=1.0, rng
):
    return train(ids, vocab_size, embed, hidden, batch_size, num_steps, epochs, lr, clip, rng, "random")


@reject("no clipping", "The gradients were not clipped: with a step of 1 the loss soon explodes.")
def train_char_rnn(
    ids, vocab_size, *, embed=32, hidden=256, batch_size=32, num_steps=35, epochs=300, lr=1.0, clip=1.0, rng
):
    return train(ids, vocab_size, embed, hidden, batch_size, num_steps, epochs, lr, clip, rng, "no clip")


@reject(
    "clipped by value",
    "You limited each number to ±clip, which bends the direction. Scale all gradients by one factor.",
)
def train_char_rnn(
    ids, vocab_size, *, embed=32, hidden=256, batch_size=32, num_steps=35, epochs=300, lr=1.0, clip=1.0, rng
):
    return train(ids, vocab_size, embed, hidden, batch_size, num_steps, epochs, lr, clip, rng, "by value")


@reject("each parameter clipped alone", "Take ONE norm over all six gradients together, and one factor for all.")
def train_char_rnn(
    ids, vocab_size, *, embed=32, hidden=256, batch_size=32, num_steps=35, epochs=300, lr=1.0, clip=1.0, rng
):
    return train(ids, vocab_size, embed, hidden, batch_size, num_steps, epochs, lr, clip, rng, "each alone")


@reject("always scaled to clip", "Gradients shorter than clip stay as they are: the factor is at most 1.")
def train_char_rnn(
    ids, vocab_size, *, embed=32, hidden=256, batch_size=32, num_steps=35, epochs=300, lr=1.0, clip=1.0, rng
):
    return train(ids, vocab_size, embed, hidden, batch_size, num_steps, epochs, lr, clip, rng, "always")


@reject("norm without the root", "You compared clip with the SQUARE of the norm: take the root of the sum of squares.")
def train_char_rnn(
    ids, vocab_size, *, embed=32, hidden=256, batch_size=32, num_steps=35, epochs=300, lr=1.0, clip=1.0, rng
):
    return train(ids, vocab_size, embed, hidden, batch_size, num_steps, epochs, lr, clip, rng, "no root")


@reject(
    "only the recurrent gradients in the norm", "All six gradients count for the norm: table and output layer as well."
)
def train_char_rnn(
    ids, vocab_size, *, embed=32, hidden=256, batch_size=32, num_steps=35, epochs=300, lr=1.0, clip=1.0, rng
):
    return train(ids, vocab_size, embed, hidden, batch_size, num_steps, epochs, lr, clip, rng, "part")


@reject(
    "loss summed over the characters",
    "The gradient is that of the mean over all N·T characters: cross_entropy has divided already.",
)
def train_char_rnn(
    ids, vocab_size, *, embed=32, hidden=256, batch_size=32, num_steps=35, epochs=300, lr=1.0, clip=1.0, rng
):
    return train(ids, vocab_size, embed, hidden, batch_size, num_steps, epochs, lr, clip, rng, "summed")


@reject("averaged over rows only", "The loss is a mean over all N·T characters; yours is a sum over time.")
def train_char_rnn(
    ids, vocab_size, *, embed=32, hidden=256, batch_size=32, num_steps=35, epochs=300, lr=1.0, clip=1.0, rng
):
    return train(ids, vocab_size, embed, hidden, batch_size, num_steps, epochs, lr, clip, rng, "over rows")


@reject(
    "only the last character counts",
    "Every step predicts its next character, so every step has a loss: you used the last step only.",
)
def train_char_rnn(
    ids, vocab_size, *, embed=32, hidden=256, batch_size=32, num_steps=35, epochs=300, lr=1.0, clip=1.0, rng
):
    return train(ids, vocab_size, embed, hidden, batch_size, num_steps, epochs, lr, clip, rng, "last step")


@reject(
    "predicts the character it reads",
    "You compared with X, the characters that were read. The targets are Y, the next ones.",
)
def train_char_rnn(
    ids, vocab_size, *, embed=32, hidden=256, batch_size=32, num_steps=35, epochs=300, lr=1.0, clip=1.0, rng
):
    return train(ids, vocab_size, embed, hidden, batch_size, num_steps, epochs, lr, clip, rng, "same")


@reject(
    "targets in another order than the logits",
    "You flattened the transposed Y. The states go row by row: Y.reshape(-1).",
)
def train_char_rnn(
    ids, vocab_size, *, embed=32, hidden=256, batch_size=32, num_steps=35, epochs=300, lr=1.0, clip=1.0, rng
):
    return train(ids, vocab_size, embed, hidden, batch_size, num_steps, epochs, lr, clip, rng, "turned")


@reject(
    "the table's gradient is never cleared",
    "Embedding adds to dW: without zero_grad before backward the gradients of all batches pile up.",
)
def train_char_rnn(
    ids, vocab_size, *, embed=32, hidden=256, batch_size=32, num_steps=35, epochs=300, lr=1.0, clip=1.0, rng
):
    return train(ids, vocab_size, embed, hidden, batch_size, num_steps, epochs, lr, clip, rng, "table not cleared")


@reject("the table is not trained", "E did not move: its gradient comes from dx, through the embedding's backward.")
def train_char_rnn(
    ids, vocab_size, *, embed=32, hidden=256, batch_size=32, num_steps=35, epochs=300, lr=1.0, clip=1.0, rng
):
    return train(ids, vocab_size, embed, hidden, batch_size, num_steps, epochs, lr, clip, rng, "table fixed")


@reject("the biases are not trained", "b and bo did not move: they have gradients, too.")
def train_char_rnn(
    ids, vocab_size, *, embed=32, hidden=256, batch_size=32, num_steps=35, epochs=300, lr=1.0, clip=1.0, rng
):
    return train(ids, vocab_size, embed, hidden, batch_size, num_steps, epochs, lr, clip, rng, "biases fixed")


@reject("the output bias is not trained", "bo did not move: its gradient is dlogits.sum(axis=0).")
def train_char_rnn(
    ids, vocab_size, *, embed=32, hidden=256, batch_size=32, num_steps=35, epochs=300, lr=1.0, clip=1.0, rng
):
    return train(ids, vocab_size, embed, hidden, batch_size, num_steps, epochs, lr, clip, rng, "no output bias")


@reject("steps uphill", "The parameters went UP the gradient: subtract lr times it.")
def train_char_rnn(
    ids, vocab_size, *, embed=32, hidden=256, batch_size=32, num_steps=35, epochs=300, lr=1.0, clip=1.0, rng
):
    return train(ids, vocab_size, embed, hidden, batch_size, num_steps, epochs, lr, clip, rng, "climbs")


@reject(
    "weights as large as one",
    "Wx, Wh and Wo are normal with 1/√rows: yours have the standard deviation 1, and every state saturates.",
)
def train_char_rnn(
    ids, vocab_size, *, embed=32, hidden=256, batch_size=32, num_steps=35, epochs=300, lr=1.0, clip=1.0, rng
):
    return train(ids, vocab_size, embed, hidden, batch_size, num_steps, epochs, lr, clip, rng, "large")


@reject("weights of 0.01", "The weights are much smaller than asked: normal with 1/√rows, and the table with 1.")
def train_char_rnn(
    ids, vocab_size, *, embed=32, hidden=256, batch_size=32, num_steps=35, epochs=300, lr=1.0, clip=1.0, rng
):
    return train(ids, vocab_size, embed, hidden, batch_size, num_steps, epochs, lr, clip, rng, "small")


@reject("uniform weights", "The spread is not the one asked for: normal numbers times 1/√rows, not uniform ones.")
def train_char_rnn(
    ids, vocab_size, *, embed=32, hidden=256, batch_size=32, num_steps=35, epochs=300, lr=1.0, clip=1.0, rng
):
    return train(ids, vocab_size, embed, hidden, batch_size, num_steps, epochs, lr, clip, rng, "uniform")


@reject("bias starts at one", "Both biases start at zero.")
def train_char_rnn(
    ids, vocab_size, *, embed=32, hidden=256, batch_size=32, num_steps=35, epochs=300, lr=1.0, clip=1.0, rng
):
    return train(ids, vocab_size, embed, hidden, batch_size, num_steps, epochs, lr, clip, rng, "bias")


@reject(
    "parameters in float64",
    "The parameters are float32: .astype(np.float32) at the start, and np.float32(lr) in the step.",
)
def train_char_rnn(
    ids, vocab_size, *, embed=32, hidden=256, batch_size=32, num_steps=35, epochs=300, lr=1.0, clip=1.0, rng
):
    return train(ids, vocab_size, embed, hidden, batch_size, num_steps, epochs, lr, clip, rng, "float64")


@reject("a generator of its own", "Another seed gave the same weights: draw them from the rng that you are given.")
def train_char_rnn(
    ids, vocab_size, *, embed=32, hidden=256, batch_size=32, num_steps=35, epochs=300, lr=1.0, clip=1.0, rng
):
    return train(ids, vocab_size, embed, hidden, batch_size, num_steps, epochs, lr, clip, rng, "own rng")


@reject("loss instead of perplexity", "train_ppl holds perplexities, exp of the mean loss; yours holds the loss.")
def train_char_rnn(
    ids, vocab_size, *, embed=32, hidden=256, batch_size=32, num_steps=35, epochs=300, lr=1.0, clip=1.0, rng
):
    return train(ids, vocab_size, embed, hidden, batch_size, num_steps, epochs, lr, clip, rng, "loss")


@reject("base 2", "The loss is in natural logarithms: exp of it, without dividing by log 2.")
def train_char_rnn(
    ids, vocab_size, *, embed=32, hidden=256, batch_size=32, num_steps=35, epochs=300, lr=1.0, clip=1.0, rng
):
    return train(ids, vocab_size, embed, hidden, batch_size, num_steps, epochs, lr, clip, rng, "base")


@reject("mean of perplexities", "Average the losses of the batches, then take exp once; you averaged perplexities.")
def train_char_rnn(
    ids, vocab_size, *, embed=32, hidden=256, batch_size=32, num_steps=35, epochs=300, lr=1.0, clip=1.0, rng
):
    return train(ids, vocab_size, embed, hidden, batch_size, num_steps, epochs, lr, clip, rng, "mean of perplexities")


@reject(
    "perplexity of the last batch",
    "That is the last batch alone. The epoch's perplexity comes from the mean loss of all its batches.",
)
def train_char_rnn(
    ids, vocab_size, *, embed=32, hidden=256, batch_size=32, num_steps=35, epochs=300, lr=1.0, clip=1.0, rng
):
    return train(ids, vocab_size, embed, hidden, batch_size, num_steps, epochs, lr, clip, rng, "last")


@reject("loss summed over the batches", "You added the losses of the batches up. The mean of them goes into exp.")
def train_char_rnn(
    ids, vocab_size, *, embed=32, hidden=256, batch_size=32, num_steps=35, epochs=300, lr=1.0, clip=1.0, rng
):
    return train(ids, vocab_size, embed, hidden, batch_size, num_steps, epochs, lr, clip, rng, "sum")


@reject("one perplexity a batch", "train_ppl has one number an EPOCH, not one a batch.")
def train_char_rnn(
    ids, vocab_size, *, embed=32, hidden=256, batch_size=32, num_steps=35, epochs=300, lr=1.0, clip=1.0, rng
):
    return train(ids, vocab_size, embed, hidden, batch_size, num_steps, epochs, lr, clip, rng, "all batches")


@reject(
    "writing starts with an empty state",
    "Only the last character of the prefix was read. Read all of it, and keep the state.",
)
def generate(params, prefix, n):
    if len(prefix) == 0:
        raise ValueError("nothing to continue")
    return write(params, prefix, n, warm=False)


@reject(
    "the state is dropped between characters",
    "Each character was read from the state zero: hand the state on from step to step.",
)
def generate(params, prefix, n):
    if len(prefix) == 0:
        raise ValueError("nothing to continue")
    return write(params, prefix, n, keep=False)


@reject("least likely", "You took the smallest logit. The most likely character has the largest: argmax.")
def generate(params, prefix, n):
    if len(prefix) == 0:
        raise ValueError("nothing to continue")
    return write(params, prefix, n, choose=np.argmin)


@reject("the prefix is returned, too", "Return the n new ids only, without the prefix.")
def generate(params, prefix, n):
    if len(prefix) == 0:
        raise ValueError("nothing to continue")
    return [*map(int, prefix), *write(params, prefix, n)]


@reject(
    "starts with the last character of the prefix", "The first id is what FOLLOWS the prefix, not its last character."
)
def generate(params, prefix, n):
    if len(prefix) == 0:
        raise ValueError("nothing to continue")
    return [int(prefix[-1]), *write(params, prefix, n)][:n]


@reject(
    "the last character of the prefix is read twice", "The prefix has been read to its end: choose before you read on."
)
def generate(params, prefix, n):
    if len(prefix) == 0:
        raise ValueError("nothing to continue")
    return write(params, [*prefix, prefix[-1]], n)


@reject("stumbles over an empty prefix", "Without any character there is nothing to continue: raise a ValueError.")
def generate(params, prefix, n):
    return write(params, prefix, n)


@reject("output bias forgotten", "The logits are h @ Wo + bo: without bo another character may win.")
def generate(params, prefix, n):
    if len(prefix) == 0:
        raise ValueError("nothing to continue")
    return write({**params, "bo": 0 * params["bo"]}, prefix, n)


waive(
    "_clip: min(1.0, clip / (norm + 1e-06)) → min(clip / (norm + 1e-06), 1.0)",
    "the smaller of two numbers, in either order",
)
waive("_clip: norm + 1e-06 → norm - 1e-06", "the guard is there for a norm of 0; otherwise it changes a millionth")
waive("_clip: norm + 1e-06 → norm + 2e-06", "the guard is there for a norm of 0; otherwise it changes a millionth")
