"""Checks of the capstone: the same network in torch starts from the learner's weights and must go the same way."""

from __future__ import annotations

import inspect

import numpy as np
import torch
import torch.nn.functional as F

from tutor.checks import close, draws, equal, finite, holds, raises, same

NAMES = ["E", "Wx", "Wh", "b", "Wo", "bo"]
DEFAULTS = {"embed": 32, "hidden": 256, "batch_size": 32, "num_steps": 35, "epochs": 300, "lr": 1.0, "clip": 1.0}

TEXT = (
    "a network with a memory reads one letter at a time and keeps what it has read in its state. the state meets the next "
    "letter, and out of the two comes a new state. from the state it guesses which letter will be next. at first all its "
    "guesses are bad. then it learns that a space comes after a comma, that the letter t is often met by an h, and in the "
    "end it knows the whole text by heart, and writes it down letter by letter, without a mistake and without a thought. "
)


def shapes(V, D, H):
    return {"E": (V, D), "Wx": (D, H), "Wh": (H, H), "b": (H,), "Wo": (H, V), "bo": (V,)}


def states(p, X, h):
    """All states of the recurrent layer; tensors."""
    found = []
    for t in range(X.shape[1]):
        h = torch.tanh(p["E"][X[:, t]] @ p["Wx"] + h @ p["Wh"] + p["b"])
        found.append(h)
    return torch.stack(found, 1)


def strips(ids, N, T, offset):
    """Sequential batches: row i of each continues row i of the one before."""
    S = (len(ids) - offset - 1) // N
    X, Y = (ids[offset + k : offset + k + N * S].reshape(N, S) for k in (0, 1))
    return [(X[:, a : a + T], Y[:, a : a + T]) for a in range(0, S - T + 1, T)]


def reference(start, ids, batch_size, num_steps, epochs, lr, clip):
    """From the given weights, in float64: weights and perplexities."""
    p = {name: torch.tensor(value).double().requires_grad_() for name, value in start.items()}
    train_ppl = []
    for epoch in range(epochs):
        h, losses = torch.zeros(batch_size, len(p["b"]), dtype=torch.float64), []
        for X, Y in strips(torch.tensor(ids), batch_size, num_steps, epoch % num_steps):
            hs = states(p, X, h)
            loss = F.cross_entropy((hs @ p["Wo"] + p["bo"]).permute(0, 2, 1), Y)
            grads = torch.autograd.grad(loss, list(p.values()))
            scale = min(1.0, clip / (float(torch.cat([g.flatten() for g in grads]).norm()) + 1e-6))
            with torch.no_grad():
                for name, g in zip(p, grads, strict=True):
                    p[name] -= lr * scale * g
            h = hs[:, -1].detach()
            losses.append(loss.item())
        train_ppl.append(float(np.exp(np.mean(losses))))
    return {name: value.detach().numpy() for name, value in p.items()}, train_ppl


def generate(params, prefix, n):
    p = {name: torch.tensor(np.array(value)) for name, value in params.items()}
    written = [int(i) for i in prefix]
    for _ in range(n):  # everything is read again each time: slow, and hard to get wrong
        last = states(p, torch.tensor([written]), torch.zeros(1, len(p["b"]), dtype=p["b"].dtype))[:, -1]
        written.append(int((last @ p["Wo"] + p["bo"]).argmax()))
    return written[len(prefix) :]


def trained(mine, ids, vocab_size, rng, **options):
    got = mine.train_char_rnn(ids, vocab_size, rng=rng, **options)
    holds(isinstance(got, dict) and set(got) == {"params", "train_ppl"}, "the result is not the dict that was asked for", got=sorted(got) if isinstance(got, dict) else got, expected="params, train_ppl")  # fmt: skip
    return got


def agree(mine, draw, V, options):
    """Perplexities and the whole way of the weights are those of the reference."""
    ids = draw.labels(60, V)
    sizes = {"embed": 3, "hidden": 4}
    start = trained(mine, ids, V, draw.rng(), **sizes, **{**options, "epochs": 0})["params"]
    got = trained(mine, ids, V, draw.rng(), **sizes, **options)
    params, train_ppl = reference({name: start[name] for name in NAMES}, ids, **options)
    found = {name: likeness(start[name].astype(float) - got["params"][name], start[name] - params[name]) for name in NAMES}  # fmt: skip
    ways = {"train_ppl": got["train_ppl"]}
    close(ways, {"train_ppl": train_ppl}, "the result", rtol=1e-3, atol=1e-3, input=options)
    right = all(abs(n - 1) < 2e-3 for pair in found.values() for n in pair)
    message = (
        "the way of a parameter is not the right one; for each its length in parts of the right way, and the cosine"
    )
    holds(right, message, got=found, expected=dict.fromkeys(found, (1.0, 1.0)), input=options)


def likeness(got, wanted):
    """How far the way of a parameter goes along the right one, and the cosine between them; (0, 0) if it did not move."""
    length, right = float(np.linalg.norm(got)), float(np.linalg.norm(wanted))
    along = float((got * wanted).sum())
    return (round(along / right**2, 4), round(along / right / length, 4)) if length > 1e-9 else (0.0, 0.0)


@draws(1)
def test_start(mine, draw):
    """With epochs=0: six float32 arrays with the shapes of the table, biases 0, weights as spread as asked."""
    V, D, H = 40, 24, 32
    got = trained(mine, draw.labels(60, V), V, draw.rng(), embed=D, hidden=H, batch_size=2, num_steps=5, epochs=0)
    found = {name: (tuple(value.shape), str(value.dtype)) for name, value in got["params"].items()}
    wanted = {name: (shape, "float32") for name, shape in shapes(V, D, H).items()}
    holds(found == wanted, "params has other names, shapes or dtypes", got=found, expected=wanted)
    equal(got["train_ppl"], [], "train_ppl")
    spreads = {"E": 1, "Wx": D**-0.5, "Wh": H**-0.5, "Wo": H**-0.5}
    starts = {name: spread_of(got["params"][name], spreads.get(name)) for name in NAMES}
    wanted = {name: "as asked" if name in spreads else "zeros" for name in NAMES}
    holds(starts == wanted, "not every parameter starts as it should", got=starts, expected=wanted)


def spread_of(values, wanted):
    """In words; right code is called wrong less than once in a million runs."""
    if not values.any():
        return "zeros"
    if wanted is None:
        return "not zeros"
    square = float((values.astype(float) ** 2).mean()) / wanted**2
    return (
        "as asked" if abs(square - 1) <= 5.4 * (2 / values.size) ** 0.5 else f"about {square**0.5:.2g} times the spread"
    )


@draws(1)
def test_defaults(mine, draw):
    """Has the defaults that the signature shows."""
    trained(mine, draw.labels(40, 3), 3, draw.rng(), embed=2, hidden=3, epochs=0)
    parameters = inspect.signature(mine.train_char_rnn).parameters
    got = {name: parameters[name].default if name in parameters else "missing" for name in DEFAULTS}
    equal(got, DEFAULTS, "the dict of defaults")


@draws(4)
def test_one_batch(mine, draw):
    """One step on one batch moves all six parameters as the gradient says, clipped or not."""
    options = {"batch_size": draw.pick(3, 2), "num_steps": 15, "epochs": 1, "lr": 0.5, "clip": [0.1, 100.0, 0.02, 1.0][draw.index]}  # fmt: skip
    agree(mine, draw, draw.pick(5, 7), options)


@draws(4)
def test_one_epoch(mine, draw):
    """Each batch starts from the last state of the one before, and no gradient goes back there."""
    options = {"batch_size": draw.pick(2, 3), "num_steps": 5, "epochs": 1, "lr": 0.4, "clip": draw.pick(0.2, 50.0)}
    agree(mine, draw, 5, options)


@draws(4)
def test_some_epochs(mine, draw):
    """Each epoch starts from the state zero, with its cuts one character further on."""
    T = draw.pick(3, 4)
    agree(mine, draw, 6, {"batch_size": draw.pick(3, 1), "num_steps": T, "epochs": T + 2, "lr": 0.2, "clip": 0.5})


@draws(1)
def test_random_numbers(mine, draw):
    """One seed gives one run, another seed other weights; the text is not changed."""
    ids = draw.labels(40, 4)
    before, runs = ids.copy(), []
    for seed in (1, 1, 2):
        rng = np.random.default_rng(seed)
        runs.append(trained(mine, ids, 4, rng, embed=2, hidden=3, batch_size=2, num_steps=4, epochs=1)["params"]["Wh"])
    holds(np.array_equal(runs[0], runs[1]), "two runs with one seed differ", got=runs[0], expected=runs[1])
    holds(not np.array_equal(runs[0], runs[2]), "another seed gives the same weights", got=runs[2], expected="others")
    equal(ids, before, "the text after training")


def writer(draw, V, D, H):
    """Weights that write something lively."""
    return {name: draw.array(shape, scale=1.5 if name == "Wh" else 1.0) for name, shape in shapes(V, D, H).items()}


@draws(8)
def test_generate(mine, draw):
    """generate reads the prefix, then writes the most likely character each time, and gives n Python ints."""
    V, D, H, T = draw.shape(dims=4, low=2, high=8)
    prefix = draw.pick(list, tuple)(draw.labels(T, V).tolist())
    same(mine.generate, generate, writer(draw, V, D, H), prefix, draw.pick(6, 12))


@draws(3)
def test_generate_edges(mine, draw):
    """generate takes a prefix of one, an array of ids, and n = 0; a prefix of none is a ValueError."""
    params, prefix = writer(draw, 5, 3, 4), [[2], np.array([1, 4, 0]), [3, 1]][draw.index]
    same(mine.generate, generate, params, prefix, [5, 7, 0][draw.index])
    raises(ValueError, mine.generate, params, [], 3, because="there is nothing to continue")


def test_learns_a_text(mine):
    """Learns a short text to a perplexity below 1.5, and can continue it."""
    alphabet = sorted(set(TEXT))
    ids = np.array([alphabet.index(c) for c in TEXT])
    options = {"embed": 16, "hidden": 64, "batch_size": 4, "num_steps": 16, "epochs": 40, "lr": 0.5}
    got = trained(mine, ids, len(alphabet), np.random.default_rng(0), **options)
    finite(got["train_ppl"], "the list of perplexities")
    holds(len(got["train_ppl"]) == 40, "there is not one perplexity an epoch", got=len(got["train_ppl"]), expected=40)
    holds(min(got["train_ppl"]) < 1.5, "it learns too little", got=got["train_ppl"][-5:], expected="below 1.5")
    written = "".join(alphabet[i] for i in mine.generate(got["params"], ids[:20], 60))
    known = sum(written[i : i + 4] in TEXT for i in range(57))
    holds(
        known > 25, f"what it writes is not like the text: {written}", got=known, expected="more than 25 of 57 pieces"
    )
