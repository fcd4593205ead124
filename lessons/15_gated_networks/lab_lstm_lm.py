"""A GRU or LSTM of the learner's own reads a book, against the learner's own n-grams; it writes while it trains."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F

from tutor.training import Axis, Figure, Line, Log, Note, Target, choice, knob
from tutor.training.data import load

TITLE = "Beat the n-gram"
USES = (
    "gru-cell",
    "lstm-cell",
    "truncated-bptt",
    "clip-grad-norm",
    "adam",
    "sequence-batches",
    "ngram-lm",
    "clean-tokenize",
    "vocab",
)
TARGET = Target("new_text_perplexity", "<=", 5.2, best=True)
CURVES = ("new_text_perplexity",)

BREAK = (
    ("gru-cell", "the state is not kept"),
    ("gru-cell", "gate order z, r, n"),
    ("gru-cell", "the past without gradient"),
    ("truncated-bptt", "state reset although carry_state is true"),
    ("truncated-bptt", "no clipping, or after the step"),
    ("truncated-bptt", "values set to zero"),
)

EMBED, BATCH, STEPS = 32, 128, 32
LETTERS = {"timemachine": 170_000, "python-docs": 120_000}
"""How much of each text is taken; the last tenth is new text."""
JUDGED = 8_000
"""Characters of the new text that the perplexity is measured on."""
STRIPS = 16
"""They are read as so many strips side by side."""


@dataclass(frozen=True)
class Knobs:
    """What can be turned."""

    cell: str = choice("gru", "gru", "lstm", help="the recurrent cell")
    hidden: int = knob(128, 16, 256, step=16, help="units of each layer")
    layers: int = knob(1, 1, 3, help="layers on top of each other: each reads the states of the one below")
    epochs: int = knob(10, 1, 40, help="how often the text is read")
    lr: float = knob(
        0.01, 1e-4, 0.1, log=True, help="learning rate of Adam; it falls to a third after 60 % of the epochs"
    )
    clip: float = knob(1.0, 0.01, 100.0, log=True, help="greatest norm of the gradient")
    temperature: float = knob(0.6, 0.1, 2.0, step=0.1, help="of the writing")
    data: str = choice(
        "largest", "largest", "python-docs", "timemachine", help="largest: The Time Machine if it is here"
    )


class Model(torch.nn.Module):
    """A table, layers of the learner's cells, and a dense layer to the characters."""

    def __init__(self, mine: SimpleNamespace, V: int, knobs: Knobs, generator: torch.Generator) -> None:
        super().__init__()
        self.mine, self.gru, H = mine, knobs.cell == "gru", knobs.hidden
        self.hidden, blocks = H, 3 if self.gru else 4

        def uniform(*shape: int) -> torch.nn.Parameter:
            return torch.nn.Parameter((2 * torch.rand(shape, generator=generator) - 1) / H**0.5)

        self.table = torch.nn.Parameter(torch.randn(V, EMBED, generator=generator))
        self.layers = torch.nn.ModuleList()
        for k in range(knobs.layers):
            sizes = ((blocks * H, H if k else EMBED), (blocks * H, H), (blocks * H,), (blocks * H,))
            self.layers.append(torch.nn.ParameterList([uniform(*size) for size in sizes]))
            with torch.no_grad():
                self.layers[-1][2][H : 2 * H] += 1  # block 1 keeps: z of a GRU, f of an LSTM
        self.Wo, self.bo = uniform(H, V), torch.nn.Parameter(torch.zeros(V))

    def forward(self, X: torch.Tensor, state: Any) -> tuple[torch.Tensor, Any]:  # noqa: ANN401  # see truncated-bptt
        """Logits (N, T, V) of X (N, T), and the state: one tensor a layer for a GRU, one pair for an LSTM."""
        if state is None:
            zero = self.bo.new_zeros(len(X), self.hidden)  # (N, H)
            state = [zero if self.gru else (zero, zero)] * len(self.layers)
        state, tops = list(state), []
        cell = self.mine.gru_cell if self.gru else self.mine.lstm_cell
        for x in self.table[X].unbind(1):  # (N, D)
            for k, weights in enumerate(self.layers):
                state[k] = cell(x, state[k], *weights)
                x = state[k] if self.gru else state[k][0]  # the layer above reads this one
            tops.append(x)
        return torch.stack(tops, 1) @ self.Wo + self.bo, state


def train(mine: SimpleNamespace, log: Log, device: str, knobs: Knobs) -> None:
    """Truncated backpropagation on sequential batches; after every epoch new text is judged, and some is written."""
    ids, new, vocab = text(mine, log, knobs)
    best, at = best_ngram(mine, log, ids, new, len(vocab))
    generator = torch.Generator().manual_seed(log.seed)
    model = Model(mine, len(vocab), knobs, generator)
    adam = mine.Adam(list(model.parameters()), lr=knobs.lr)
    offsets = [7 * epoch % STEPS for epoch in range(knobs.epochs)]
    log.total(sum((len(ids) - offset - 1) // BATCH // STEPS for offset in offsets))
    log.note(
        f"{sum(p.numel() for p in model.parameters()):,} numbers to learn; the line to beat is {best:.2f}, n = {at}."
    )
    curves: list[tuple[int, float, float]] = []
    written: list[Note] = []
    step = [0]
    for epoch, offset in enumerate(offsets):
        adam.param_groups[0]["lr"] = knobs.lr * (1 if epoch < 0.6 * knobs.epochs else 1 / 3)
        batches = counted(log, step, mine.sequential_batches(ids, BATCH, STEPS, offset))
        learned = mine.tbptt_epoch(model, batches, adam, knobs.clip, True)
        curves.append((epoch + 1, learned, judge(model, new)))
        log(step[0], new_text_perplexity=curves[-1][2], train_perplexity=learned)
        written.append(Note(f"epoch {epoch + 1}: {write(model, vocab, knobs.temperature, generator)}"))
        log.show(against(curves, best, at))
        log.show(Figure(tuple(written[-8:]), "what it writes"))


def counted(log: Log, step: list[int], batches: Iterator[Any]) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
    """The batches as tensors; each is told to the progress bar."""
    for X, Y in batches:
        step[0] += 1
        log(step[0])
        yield torch.from_numpy(X), torch.from_numpy(Y)


@torch.no_grad()
def judge(model: Model, new: torch.Tensor) -> float:
    """The perplexity on text that was never learned."""
    length = (len(new) - 1) // STRIPS
    X, Y = (new[k : k + STRIPS * length].reshape(STRIPS, length) for k in (0, 1))
    logits, _ = model(X, None)  # (STRIPS, length, V)
    return float(F.cross_entropy(logits.flatten(0, 1), Y.flatten()).exp())


@torch.no_grad()
def write(model: Model, vocab: SimpleNamespace, temperature: float, generator: torch.Generator) -> str:
    """Sixty characters behind `the `, drawn from the model."""
    read, state, found = torch.tensor([vocab[list("the ")]]), None, []
    for _ in range(60):
        logits, state = model(read, state)  # (1, T, V)
        share = torch.softmax(logits[0, -1].nan_to_num() / temperature, 0)  # (V,)
        read = torch.multinomial(share, 1, generator=generator)[None]  # (1, 1)
        found.append(vocab.to_tokens(int(read)))
    return "the " + "".join("?" if token == "<unk>" else token for token in found)


def against(curves: list[tuple[int, float, float]], best: float, at: int) -> Figure:
    """Perplexities by epoch, and the line of the n-gram model."""
    epochs, learned, new = (list(column) for column in zip(*curves, strict=True))
    lines = (
        Line(epochs, [best] * len(epochs), f"{at}-grams, new text", "reference", "-"),
        Line(epochs, learned, "network, learned text", "mine", "○"),
        Line(epochs, new, "network, new text", "fourth", "●"),
    )
    return Figure(lines, "perplexity", Axis("epoch"), Axis(log=True))


def best_ngram(mine: SimpleNamespace, log: Log, ids: np.ndarray, new: torch.Tensor, V: int) -> tuple[float, int]:
    """The least perplexity on the new text, and its n, of n-gram models that counted the same characters."""
    found = {n: mine.NGramLM(n, V, 0.1).fit(ids.tolist()).perplexity(new.tolist()) for n in range(2, 7)}
    n = min(found, key=found.__getitem__)
    log.note("n-grams on the new text, by n: " + ", ".join(f"{k}: {value:.2f}" for k, value in found.items()))
    return found[n], n


def text(mine: SimpleNamespace, log: Log, knobs: Knobs) -> tuple[np.ndarray, torch.Tensor, SimpleNamespace]:
    """Ids to learn (a NumPy array, as sequential_batches wants them), ids to be judged by, and the vocabulary."""
    name = "timemachine" if knobs.data == "largest" else knobs.data
    data = load(name, otherwise="python-docs")  # type: ignore[call-overload]  # one of two names
    log.note(data.note)
    wanted = LETTERS[data.name]
    lines = [line for line in mine.clean_lines(data.text[: 2 * wanted]) if line]
    letters = list(" ".join(lines))[:wanted]
    vocab = mine.Vocab(letters)
    ids = np.array(vocab[letters])
    cut = len(ids) * 9 // 10
    log.note(f"{cut:,} characters to learn, {JUDGED:,} behind them to be judged by.")
    return ids[:cut], torch.from_numpy(ids[cut : cut + JUDGED]), vocab
