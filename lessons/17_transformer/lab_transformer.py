"""A Transformer from the learner's own parts learns to translate; a GRU with attention gets the same time."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import SimpleNamespace

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

from tutor.training import Axis, Figure, Line, Log, Note, Target, choice, knob, toggle
from tutor.training.translation import Texts, attention_map, ends, examples, prepared

TITLE = "The same with a Transformer"
USES = (
    "clean-tokenize",
    "vocab",
    "nmt-data",
    "masked-cross-entropy",
    "multi-head-attention",
    "ffn-addnorm",
    "sinusoidal-positions",
    "encoder-block",
    "decoder-block",
    "transformer-model",
    "lr-schedules",
    "adam",
    "bleu",
    "encoder-decoder",
    "bahdanau-step",
    "clip-grad-norm",
)
TARGET = Target("bleu", ">=", 0.9, best=True, text="BLEU of 0.90 on dates that were never seen in training")
CURVES = ("bleu", "bleu_gru", "train_loss")

BREAK = (
    ("decoder-block", "no causal mask"),
    ("decoder-block", "keys and values from y"),
    ("decoder-block", "cache holds results"),
    ("transformer-model", "positions start again in every step"),
    ("transformer-model", "embeddings as nn.Embedding draws them"),
    ("transformer-model", "each decoder block with its own encoder block"),
    ("encoder-block", "second residual from x"),
    ("nmt-data", "not shifted"),
)

NUMBERS = Target("bleu", ">=", 0.7, best=True, text="BLEU of 0.70 on numbers that were never seen in training")
TATOEBA = Target("bleu", ">=", 0.9, best=True, text="BLEU of 0.90, with all references, on the training sources")


@dataclass(frozen=True)
class Knobs:
    """What can be turned."""

    data: str = choice("dates", "dates", "numbers", "eng-fra", help="eng-fra: 600 short sentences, where fetched")
    pairs: int = knob(1000, 100, 4000, step=100, help="sentences to learn from (eng-fra: 600)")
    epochs: int = knob(8, 1, 60, help="how often every pair is seen")
    d_model: int = knob(64, 16, 256, step=16, help="width of the model; its feed-forward networks are twice as wide")
    num_heads: str = choice("4", "1", "2", "4", "8", help="heads of every attention")
    layers: int = knob(2, 1, 4, help="blocks on each side")
    dropout: float = knob(0.1, 0.0, 0.5, step=0.05, help="in all blocks and on the embeddings")
    lr: float = knob(0.003, 1e-4, 0.1, log=True, help="the largest learning rate")
    warmup: float = knob(0.1, 0.0, 0.9, step=0.05, help="share of the steps in which the learning rate climbs")
    smoothing: float = knob(0.1, 0.0, 0.5, step=0.05, help="label smoothing: the share of all other words")
    batch_size: int = knob(32, 8, 256, step=8, help="pairs a step")
    gru: bool = toggle(True, help="train a GRU with attention for as many seconds, too")


def train(mine: SimpleNamespace, log: Log, device: str, knobs: Knobs) -> None:
    """An epoch of the Transformer, then the GRU for as long; BLEU, translations and attention after each."""
    texts = prepared(mine, log, knobs.data, knobs.pairs, {"numbers": NUMBERS, "eng-fra": TATOEBA})
    torch.manual_seed(log.seed)
    sizes = (len(texts.src), len(texts.tgt), knobs.d_model, int(knobs.num_heads), 2 * knobs.d_model, knobs.layers)
    model = mine.Transformer(*sizes, knobs.dropout)
    gru = Gru(mine, texts, knobs.batch_size) if knobs.gru else None
    batches = -(-len(texts.pairs) // knobs.batch_size) * texts.rounds
    log.total(knobs.epochs * batches)
    history = [(0.0, 0.0, 0.0)]  # CPU seconds, BLEU, BLEU of the GRU
    steps = stepped(mine, texts, model, knobs, batches)
    for epoch in range(1, knobs.epochs + 1):
        begun = time.process_time()
        model.train()
        losses = []
        for _ in range(batches):
            losses.append(next(steps))
            if len(losses) % 8 == 0:
                log((epoch - 1) * batches + len(losses), train_loss=float(np.mean(losses[-8:])))
        seconds = history[-1][0] + time.process_time() - begun
        scores = {"bleu": texts.bleu(model.greedy(*texts.judged_x, texts.bos, texts.eos, texts.steps))}
        if gru:
            gru.train_until(seconds)
            scores["bleu_gru"] = texts.bleu(gru.greedy())
        history.append((seconds, scores["bleu"], scores.get("bleu_gru", 0.0)))
        log(epoch * batches, **scores)
        log.show(race(history, gru is not None))
        if epoch % 2 == 0 or epoch == knobs.epochs:
            log.show(picture(texts, model, epoch))
    if gru:
        log.note(verdict(history, knobs.epochs * batches, gru))


def stepped(mine: SimpleNamespace, texts: Texts, model: nn.Module, knobs: Knobs, batches: int) -> Iterator[float]:
    """Takes one step whenever it is asked for a loss."""
    optimizer = mine.Adam(model.parameters(), lr=knobs.lr, betas=(0.9, 0.98))
    group, total = optimizer.param_groups[0], knobs.epochs * batches
    for step, rows in enumerate(order(len(texts.pairs), knobs.batch_size)):
        group["lr"] = mine.cosine_warmup(step, total, int(knobs.warmup * total), knobs.lr)
        logits = model(texts.x[rows], texts.x_len[rows], texts.y_in[rows])  # (B, T, V)
        loss = mine.masked_cross_entropy(logits, texts.y[rows], texts.y_len[rows])
        smoothed = (1 - knobs.smoothing) * loss
        if knobs.smoothing:
            real = torch.arange(texts.steps) < texts.y_len[rows, None]  # (B, T)
            smoothed = smoothed - knobs.smoothing * F.log_softmax(logits, -1).mean(-1)[real].mean()
        optimizer.zero_grad()
        smoothed.backward()
        optimizer.step()
        yield loss.item()


def order(count: int, batch_size: int) -> Iterator[torch.Tensor]:
    """Batches of rows for ever, each epoch in a new order."""
    while True:
        yield from torch.randperm(count).split(batch_size)


class Gru:
    """The chapter before: a GRU that reads, and one that attends to what was read."""

    def __init__(self, mine: SimpleNamespace, texts: Texts, batch_size: int) -> None:
        self.mine, self.texts, self.seconds, self.steps = mine, texts, 0.0, 0
        self.encoder = mine.Encoder(len(texts.src), 32, 64)
        self.decoder = mine.AttentionDecoder(len(texts.tgt), 32, 64)
        self.params = [*self.encoder.parameters(), *self.decoder.parameters()]
        self.optimizer = mine.Adam(self.params, 0.005)
        self.order = order(len(texts.pairs), batch_size)

    def train_until(self, seconds: float) -> None:
        """Go on until this much CPU time is used up."""
        while self.seconds < seconds:
            begun = time.process_time()
            self.step(next(self.order))
            self.seconds += time.process_time() - begun

    def step(self, rows: torch.Tensor) -> None:
        """One batch, as in the chapter before."""
        t = self.texts
        state = self.decoder.init_state(self.encoder(t.x[rows], t.x_len[rows]), t.x_len[rows])
        logits, _ = self.decoder(t.y_in[rows], state)  # (B, T, V)
        loss = self.mine.masked_cross_entropy(logits, t.y[rows], t.y_len[rows])
        self.optimizer.zero_grad()
        loss.backward()
        self.mine.clip_grad_norm_(self.params, 1.0)
        self.optimizer.step()
        self.steps += 1

    @torch.no_grad()
    def greedy(self) -> torch.Tensor:
        """(N, T)."""
        x, x_len = self.texts.judged_x
        state, token = self.decoder.init_state(self.encoder(x, x_len), x_len), torch.full((len(x), 1), self.texts.bos)
        tokens = []
        for _ in range(self.texts.steps):
            logits, state = self.decoder(token, state)  # (N, 1, V)
            token = logits.argmax(-1)  # (N, 1)
            tokens.append(token)
        return torch.cat(tokens, 1)


def race(history: list[tuple[float, float, float]], both: bool) -> Figure:
    """BLEU over the CPU seconds that training took, judging not counted."""
    seconds, bleu, gru = zip(*history, strict=True)
    lines = [Line(seconds, bleu, "Transformer", "mine", "●")]
    if both:
        lines.append(Line(seconds, gru, "GRU with attention", "reference", "○"))
    return Figure(tuple(lines), "BLEU over time", Axis("CPU seconds of training", low=0), Axis(low=0, high=1))


def verdict(history: list[tuple[float, float, float]], steps: int, gru: Gru) -> str:
    """Both at the end, and when each of them was good for the first time."""
    seconds, bleu, other = history[-1]
    good = [next((h[0] for h in history if h[i] >= 0.9), None) for i in (1, 2)]
    when = [f"0.90 after {s:.1f} s" if s else "never 0.90" for s in good]
    paces = f"{1000 * seconds / steps:.0f} ms and {1000 * gru.seconds / gru.steps:.0f} ms a step"
    return (
        f"In {seconds:.0f} CPU seconds each: Transformer BLEU {bleu:.3f} ({when[0]}), "
        f"GRU with attention {other:.3f} ({when[1]}); {paces}."
    )


# --- what the decoder looks at ----------------------------------------------------------------------------------------


@torch.no_grad()
def picture(texts: Texts, model: nn.Module, epoch: int) -> Figure:
    """Where each head of the last decoder block looks while one sentence is translated, and three others."""
    rows = examples(texts)
    x, x_len = (part[rows] for part in texts.judged_x)
    ids = model.greedy(x, x_len, texts.bos, texts.eos, texts.steps)  # (4, T)
    weights = watched(model, lambda: model(x[:1], x_len[:1], shifted(ids[:1], texts.bos)))  # (1, heads, T, S)
    if weights is None:
        return attention_map(texts, rows, ids, None, epoch)
    mean = attention_map(texts, rows, ids, weights[0].mean(0), epoch)
    source, target = ends(texts, rows[0], ids[0])
    favourites = [source[int(head[: len(target), : len(source)].sum(0).argmax())] for head in weights[0]]
    told_of = ", ".join(f"head {i} “{word}”" for i, word in enumerate(favourites, 1))
    return Figure((*mean.parts, Note(f"Most looked at: {told_of}.")), "attention", mean.x, mean.y)


def shifted(ids: torch.Tensor, bos: int) -> torch.Tensor:
    """<bos> and all tokens but the last: (N, T)."""
    return torch.cat([torch.full_like(ids[:, :1], bos), ids[:, :-1]], 1)


def watched(model: nn.Module, call: Callable[[], object]) -> torch.Tensor | None:
    """The weights (1, heads, T, S) with which the last decoder block looked at the source during a call."""
    seen: list[torch.Tensor] = []
    hook = model.decoder[-1].cross_attn.register_forward_hook(lambda _part, _given, out: seen.append(out[1]))
    model.eval()
    call()
    hook.remove()
    return seen[-1] if seen else None
