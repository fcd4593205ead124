"""A recurrent network in NumPy learns ten thousand characters by heart, and shows what it writes on the way."""

from __future__ import annotations

from dataclasses import dataclass
from types import SimpleNamespace

import numpy as np

from tutor.training import Axis, Figure, Line, Log, Note, Target, choice, knob
from tutor.training.data import load

TITLE = "A network that writes"
USES = (
    "rnn-forward",
    "rnn-bptt",
    "sequence-batches",
    "embedding",
    "cross-entropy",
    "softmax",
    "ngram-lm",
    "clean-tokenize",
    "vocab",
)
TARGET = Target("train_perplexity", "<=", 2.0, best=True)
CURVES = ("train_perplexity",)
LOG_AXIS = True

BREAK = (
    ("rnn-forward", "the old state is forgotten"),
    ("rnn-forward", "h0 reused at every step"),
    ("rnn-bptt", "forgets the gradient from the next step"),
    ("rnn-bptt", "dWh uses h_t instead of h_{t-1}"),
    ("rnn-bptt", "loop runs forwards"),
)

EMBED, TRAIN, NEW = 32, 10_000, 2_000
"""Numbers a character is looked up as; characters to learn; characters behind them, to be judged by."""
SAMPLES = 8
"""Lines of writing that are shown: the oldest ones thin out."""

Array = np.ndarray
Params = dict[str, Array]


@dataclass(frozen=True)
class Knobs:
    """What can be turned."""

    hidden: int = knob(128, 8, 256, step=8, help="units of the state")
    num_steps: int = knob(35, 1, 100, help="steps that the gradient goes back: 1 learns from the last step alone")
    epochs: int = knob(100, 5, 400, help="how often the text is read")
    lr: float = knob(1.0, 0.01, 10.0, log=True, help="learning rate")
    clip: float = knob(1.0, 0.05, 1000.0, log=True, help="greatest norm of the gradient; 1000 is no clipping")
    temperature: float = knob(0.0, 0.0, 2.0, step=0.1, help="of the writing: 0 takes the most likely character")
    data: str = choice(
        "largest", "largest", "python-docs", "timemachine", help="largest: The Time Machine if it is here"
    )


def train(mine: SimpleNamespace, log: Log, device: str, knobs: Knobs) -> None:
    """Clipped descent on sequential batches; after every few epochs new text is judged, and some is written."""
    ids, new, vocab = text(mine, log, knobs)
    V, N, T = len(vocab), 32, knobs.num_steps
    best = best_ngram(mine, log, ids, new, V)
    rng = log.rng()
    table = mine.Embedding(V, EMBED, rng)
    p = start(table, knobs.hidden, rng)
    log.total(knobs.epochs)
    written: list[tuple[int, str]] = []
    judged: list[tuple[int, float, float]] = []  # epoch, on what was learned, on new text
    with np.errstate(all="ignore"):  # a mistake may overflow: the curve shows it
        for epoch in range(knobs.epochs):
            h = np.zeros((N, knobs.hidden), np.float32)  # (N, H)
            losses = []
            for X, Y in mine.sequential_batches(ids, N, T, epoch % T):  # (N, T) each
                table.W = p["E"]
                loss, g, h = gradients(mine, p, table, X, Y, h)
                norm = np.sqrt(sum(float((part**2).sum()) for part in g.values()))
                rate = np.float32(knobs.lr * min(1.0, knobs.clip / (norm + 1e-6)))
                p = {name: p[name] - rate * g[name] for name in p}
                losses.append(loss)
            learned = float(np.exp(np.mean(losses)))
            log(epoch + 1, train_perplexity=learned)
            if epoch in (0, 2, 4, 9) or epoch % 10 == 9 or epoch == knobs.epochs - 1:
                judged.append((epoch + 1, learned, judge(mine, p, new)))
                log(epoch + 1, new_text_perplexity=judged[-1][2])
                log.show(against(judged, best))
                written.append((epoch + 1, write(mine, p, vocab, knobs.temperature, log.rng())))
                log.show(writing(written))


def start(table: object, hidden: int, rng: np.random.Generator) -> Params:
    """The table, normal weights with the standard deviation 1/√rows, zero biases; float32."""
    E: Array = table.W  # type: ignore[attr-defined]  # the learner's Embedding
    V, D = E.shape
    p = {"E": E, "b": np.zeros(hidden), "bo": np.zeros(V)}
    for name, shape in (("Wx", (D, hidden)), ("Wh", (hidden, hidden)), ("Wo", (hidden, V))):
        p[name] = rng.normal(size=shape) / np.sqrt(shape[0])
    return {name: value.astype(np.float32) for name, value in p.items()}


def gradients(
    mine: SimpleNamespace, p: Params, table: SimpleNamespace, X: Array, Y: Array, h: Array
) -> tuple[float, Params, Array]:
    """The loss of a batch, its gradients, and the state that the next one starts from."""
    x = table.forward(X)  # (N, T, D)
    hs = mine.rnn_forward(x, h, p["Wx"], p["Wh"], p["b"])  # (N, T, H)
    flat = hs.reshape(-1, hs.shape[2])  # (N·T, H)
    loss, dlogits = mine.cross_entropy(flat @ p["Wo"] + p["bo"], Y.reshape(-1))  # (N·T, V)
    dhs = (dlogits @ p["Wo"].T).reshape(hs.shape)  # (N, T, H)
    dx, _, dWx, dWh, db = mine.rnn_backward(dhs, x, h, hs, p["Wx"], p["Wh"])
    table.zero_grad()
    table.backward(dx)
    grads = {"E": table.dW, "Wx": dWx, "Wh": dWh, "b": db, "Wo": flat.T @ dlogits, "bo": dlogits.sum(axis=0)}
    return loss, grads, hs[:, -1]


def judge(mine: SimpleNamespace, p: Params, new: Array) -> float:
    """Perplexity on text that was never learned, read in one go."""
    h = np.zeros((1, len(p["b"])), np.float32)  # (1, H)
    hs = mine.rnn_forward(p["E"][new[:-1]][None], h, p["Wx"], p["Wh"], p["b"])[0]  # (L, H)
    return float(np.exp(mine.cross_entropy(hs @ p["Wo"] + p["bo"], new[1:])[0]))


def write(
    mine: SimpleNamespace, p: Params, vocab: SimpleNamespace, temperature: float, rng: np.random.Generator
) -> str:
    """Sixty characters behind `the `."""
    read, h, found = vocab[list("the ")], np.zeros((1, len(p["b"])), np.float32), []
    for _ in range(60):
        h = mine.rnn_forward(p["E"][read][None], h, p["Wx"], p["Wh"], p["b"])[:, -1]  # (1, H)
        logits = h @ p["Wo"] + p["bo"]  # (1, V)
        if not np.isfinite(logits).all():
            break
        if temperature > 0:
            share = mine.softmax(logits / temperature, axis=1)[0].astype(float)  # (V,)
            read = [int(rng.choice(len(share), p=share / share.sum()))]
        else:
            read = [int(logits.argmax())]
        found += vocab.to_tokens(read)
    return "the " + "".join("?" if token == "<unk>" else token for token in found)


def against(judged: list[tuple[int, float, float]], best: float) -> Figure:
    """The perplexity on learned and on new text, with the line that the best n-gram model sets."""
    epochs, learned, new = (list(column) for column in zip(*judged, strict=True))
    lines = (
        Line(epochs, [best] * len(epochs), "n-grams, new text", "reference", "-"),
        Line(epochs, learned, "network, learned text", "mine", "○"),
        Line(epochs, new, "network, new text", "fourth", "●"),
    )
    return Figure(lines, "perplexity on learned and on new text", Axis("epoch"), Axis(log=True))


def writing(written: list[tuple[int, str]]) -> Figure:
    """What it wrote, epoch by epoch: the first lines, and the latest ones."""
    shown = written if len(written) <= SAMPLES else [*written[:4], *written[4 - SAMPLES :]]
    return Figure(tuple(Note(f"epoch {epoch}: {text}") for epoch, text in shown), "what it writes")


def best_ngram(mine: SimpleNamespace, log: Log, ids: Array, new: Array, V: int) -> float:
    """The perplexity on the new text of the best n-gram model that counted the same characters."""
    found = {n: mine.NGramLM(n, V, 0.1).fit(ids.tolist()).perplexity(new.tolist()) for n in range(1, 6)}
    n = min(found, key=found.__getitem__)
    shown = ", ".join(f"{n}: {value:.2f}" for n, value in found.items())
    log.note(f"n-grams on the new text, by n: {shown}. The line to beat is that of n = {n}.")
    return found[n]


def text(mine: SimpleNamespace, log: Log, knobs: Knobs) -> tuple[Array, Array, SimpleNamespace]:
    """Ids of the characters to learn and of those behind them, and the vocabulary."""
    name = "timemachine" if knobs.data == "largest" else knobs.data
    data = load(name, otherwise="python-docs")  # type: ignore[call-overload]  # one of two names
    log.note(data.note)
    lines = [line for line in mine.clean_lines(data.text[: 3 * (TRAIN + NEW)]) if line]
    letters = list(" ".join(lines))[: TRAIN + NEW]
    vocab = mine.Vocab(letters)
    ids = np.array(vocab[letters])  # (TRAIN + NEW,)
    log.note(f"{TRAIN:,} characters to learn, {NEW:,} behind them to be judged by, {len(vocab)} different ones.")
    return ids[:TRAIN], ids[TRAIN:], vocab
