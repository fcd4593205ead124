"""Counts the n-grams of a book with the learner's own parts, measures them on pages held out, and lets them write."""

from __future__ import annotations

import math
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import numpy as np

from tutor.training import Bars, Figure, Log, Note, Target, choice, knob
from tutor.training.data import is_available, load

TITLE = "N-grams write"
USES = ("clean-tokenize", "vocab", "ngram-lm")
TARGET = Target("held_out", "<=", 4.2, best=True, text="a perplexity of 4.2 or less on the pages held out, for some n")
CURVES = ("held_out", "train")
LOG_AXIS = True

BREAK = (
    ("clean-tokenize", "one space for each character"),
    ("ngram-lm", "alpha added to the numerator only"),
    ("ngram-lm", "no smoothing"),
    ("ngram-lm", "joint instead of conditional"),
    ("ngram-lm", "product of probabilities"),
    ("ngram-lm", "the context backwards"),
)

NOVEL = Target("held_out", "<=", 4.6, best=True, text="a perplexity of 4.6 or less on the pages held out, for some n")
WORDS = Target("held_out", "<=", 450.0, best=True, text="a perplexity of 450 or less on the pages held out, for some n")
MOST = 20_000
"""Tokens of the training text that its own perplexity is measured on."""

Ids = list[int]


@dataclass(frozen=True)
class Knobs:
    """What can be turned."""

    alpha: float = knob(0.1, 1e-4, 10.0, log=True, help="what is added to every count")
    largest_n: int = knob(7, 1, 9, help="n = 1, 2, … so far")
    share: float = knob(1.0, 0.02, 1.0, log=True, help="how much of the training text is counted")
    letters: int = knob(120, 40, 400, step=10, help="how long the written samples are")
    noise: float = knob(0.0, 0.0, 1.0, step=0.01, help="alpha of the models that write; 0 writes only what was seen")
    tokens: str = choice("characters", "characters", "words", help="what one token is")
    data: str = choice("largest", "largest", "docs", "novel", help="largest takes The Time Machine where it is here")


@dataclass(frozen=True)
class Row:
    """What one n gave."""

    n: int
    held_out: float
    unseen: float
    text: str


def train(mine: SimpleNamespace, log: Log, device: str, knobs: Knobs) -> None:
    """One model for each n; after each, its perplexities, and what it writes."""
    vocab, ids = corpus(mine, log, knobs)
    cut = len(ids) * 9 // 10
    counted, held_out = ids[: int(cut * knobs.share)], ids[cut:]
    log.note(f"{len(counted):,} tokens to count, {len(held_out):,} held out; {len(vocab):,} in the vocabulary.")
    log.note(f"A model that knows nothing has perplexity {len(vocab):,}.")
    log.total(knobs.largest_n)
    rows: list[Row] = []
    for n in range(1, knobs.largest_n + 1):
        model = mine.NGramLM(n, len(vocab), knobs.alpha).fit(counted)
        new, old = model.perplexity(held_out), model.perplexity(counted[:MOST])
        writer = model if knobs.noise == knobs.alpha else mine.NGramLM(n, len(vocab), knobs.noise).fit(counted)
        text = write(writer, vocab, counted[: n - 1], knobs, log.rng())
        rows.append(Row(n, new, unseen(n, counted, held_out), text))
        log(n, held_out=min(new, 1e6), train=min(old, 1e6))  # inf would end the curve
        log.show(written(rows))
        log.show(compared(rows, len(vocab)))


def corpus(mine: SimpleNamespace, log: Log, knobs: Knobs) -> tuple[Any, Ids]:
    """A vocabulary and a whole text as indices. The vocabulary may be the learner's: `len` and [] are all it needs."""
    novel = knobs.data == "novel" or (knobs.data == "largest" and is_available("timemachine"))
    data = load("timemachine" if novel else "python-docs", otherwise="python-docs")
    log.note(data.note)
    if knobs.tokens == "words":
        log.aim(WORDS)
    elif data.name == "timemachine":
        log.aim(NOVEL)
    elif not novel and knobs.data == "largest":
        log.note("With The Time Machine this lab writes like a novelist: tutor data fetch timemachine (0.2 MB).")
    text = " ".join(line for line in mine.clean_lines(data.text) if line)
    (tokens,) = mine.tokenize([text], "word" if knobs.tokens == "words" else "char")
    vocab = mine.Vocab(tokens, min_freq=3 if knobs.tokens == "words" else 0)
    return vocab, list(vocab[tokens])


def write(model: Any, vocab: Any, start: Ids, knobs: Knobs, rng: np.random.Generator) -> str:  # noqa: ANN401  the learner's
    """Draws one token after the other. Where all are impossible, it begins again with its first tokens."""
    ids, tokens = list(start), range(len(vocab))
    steps = knobs.letters if knobs.tokens == "characters" else max(4, knobs.letters // 12)
    for _ in range(steps):
        context = ids[len(ids) - len(start) :]
        p = np.nan_to_num([model.prob(context, token) for token in tokens])  # (V,)
        if p.sum() <= 0:
            ids += start
            continue
        ids.append(int(rng.choice(len(p), p=p / p.sum())))
    between = "" if knobs.tokens == "characters" else " "
    return between.join(vocab.to_tokens(ids))


def unseen(n: int, counted: Ids, held_out: Ids) -> float:
    """How many of the n-grams held out never came in the text that was counted: a share."""
    seen = {tuple(counted[i : i + n]) for i in range(len(counted) - n + 1)}
    spots = range(len(held_out) - n + 1)
    return sum(tuple(held_out[i : i + n]) not in seen for i in spots) / max(1, len(spots))


def written(rows: list[Row]) -> Figure:
    """One paragraph for each n."""
    return Figure(tuple(Note(f"n = {row.n}: {row.text}") for row in rows), "what each model writes")


def compared(rows: list[Row], size: int) -> Figure:
    """A bar for each n: the perplexity on what was held out, and how much of it had never been seen."""
    finite = [row.held_out for row in rows if math.isfinite(row.held_out)]
    best = min(finite, default=math.inf)
    bars = Bars(
        tuple(f"n = {row.n}" for row in rows),
        tuple(math.log2(min(row.held_out, 1e9)) for row in rows),
        tuple(f"{row.held_out:.2f}   {100 * row.unseen:.1f} % never seen" for row in rows),
        tuple("good" if row.held_out == best else "mine" for row in rows),
        low=0.0,
        high=math.log2(size),
    )
    words = "Bars are logarithmic and end at the size of the vocabulary. Seen n-grams run out as n grows."
    return Figure((bars, Note(words)), "perplexity on the pages held out")
