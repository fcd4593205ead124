"""What labs that translate have in common: pairs prepared by the learner's own functions, BLEU, and the attention map.

Imports torch, so only labs import it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import SimpleNamespace
from typing import cast

import numpy as np
import torch

from tutor.training.data import load
from tutor.training.data.kinds import Pairs
from tutor.training.figure import Axis, Figure, Grid, Note
from tutor.training.log import Log
from tutor.training.target import Target

Pair = tuple[list[str], list[str]]
References = list[tuple[list[str], list[list[str]]]]
"""Sources, each with all its translations."""

_SHORT = 6000
"""Pairs of eng-fra that are read: they are sorted by length, and the labs want short ones."""
_FEW = 600
"""Different sources of eng-fra to learn from; `_ROUNDS` passes over them count as an epoch."""
_ROUNDS = 3
_JUDGED = 200
_LENGTHS = {"dates": 10, "numbers": 12, "eng-fra": 10}
"""Steps of a sentence, <eos> included."""


@dataclass
class Texts:
    """Training arrays, and the sentences to be judged by."""

    mine: SimpleNamespace
    pairs: list[Pair]
    judged: References
    steps: int
    device: str = "cpu"
    rounds: int = 1
    """Passes over the pairs that count as one epoch: a small corpus needs more."""

    def __post_init__(self) -> None:
        """Make both vocabularies and all arrays."""
        special = ["<pad>", "<bos>", "<eos>"]
        self.src, self.tgt = (self.mine.Vocab([pair[i] for pair in self.pairs], 0, special) for i in (0, 1))
        self.bos, self.eos = self.tgt["<bos>"], self.tgt["<eos>"]
        self.x, self.x_len = self.sources([source for source, _ in self.pairs])
        y, y_len = self.mine.build_arrays([target for _, target in self.pairs], self.tgt, self.steps)
        self.y_in = self._here(self.mine.shift_right(y, self.bos))  # (N, T)
        self.y, self.y_len = self._here(y), self._here(y_len)  # (N, T), (N,)
        self.judged_x = self.sources([source for source, _ in self.judged])

    def sources(self, lines: list[list[str]]) -> tuple[torch.Tensor, torch.Tensor]:
        """Give sentences of the source language as (N, T), and their lengths as (N,)."""
        x, x_len = self.mine.build_arrays(lines, self.src, self.steps)
        return self._here(x), self._here(x_len)

    def _here(self, array: np.ndarray) -> torch.Tensor:
        return torch.from_numpy(array).to(self.device)

    def words(self, ids: list[int]) -> list[str]:
        """Give the words up to <eos>."""
        ids = ids[: ids.index(self.eos)] if self.eos in ids else ids
        return list(self.tgt.to_tokens(ids))

    def bleu(self, ids: torch.Tensor) -> float:
        """Give the mean BLEU of translations (N, T) of the first N judged sentences, against all their references."""
        scores = [
            self.mine.multi_bleu(self.words(row), references)
            for row, (_, references) in zip(ids.tolist(), self.judged, strict=False)
        ]
        return float(np.mean(scores))


def prepared(
    mine: SimpleNamespace, log: Log, name: str, count: int, aims: Mapping[str, Target], device: str = "cpu"
) -> Texts:
    """Clean and tokenise `count` pairs to learn from, and sentences to be judged by.

    Those are unseen ones; with eng-fra the first of those it learns from. `aims` has another target for some data.
    """
    data = cast(Pairs, load(name, otherwise="dates"))
    log.note(data.note)
    if data.name in aims:
        log.aim(aims[data.name])
    pairs: list[Pair] = [
        tuple(mine.tokenize([mine.normalize_nmt(side) for side in pair]))
        for pair in (data.pairs[:_SHORT] if data.name == "eng-fra" else data.pairs)
    ]
    steps = _LENGTHS[data.name]
    if data.name != "eng-fra":
        unseen = [(source, [target]) for source, target in pairs[-_JUDGED:]]
        return Texts(mine, pairs[:count], unseen, steps, device)
    log.note("Judged on the sentences it learns from, against all their translations: “Go.” has many right answers.")
    log.note("They are few: an epoch goes three times over them.")
    references: dict[tuple[str, ...], list[list[str]]] = defaultdict(list)
    for source, target in pairs:
        references[tuple(source)].append(target)
    first = [(list(source), targets) for source, targets in list(references.items())[: min(_FEW, count)]]
    return Texts(mine, [(source, targets[0]) for source, targets in first], first[:_JUDGED], steps, device, _ROUNDS)


# --- what is shown ----------------------------------------------------------------------------------------------------


def examples(texts: Texts) -> list[int]:
    """Choose judged sentences to show: a long one for the map, and three others."""
    rows = range(min(40, len(texts.judged)))
    longest = max(rows, key=lambda i: len(texts.judged[i][0]))
    return [longest, *[i for i in rows if i != longest][:3]]


def attention_map(
    texts: Texts, rows: Sequence[int], ids: torch.Tensor, weights: torch.Tensor | None, epoch: int
) -> Figure:
    """Show where the decoder looked in the first of `rows`, and how all of them were translated.

    Args:
        texts: where the sentences come from.
        rows: numbers of judged sentences.
        ids: (len(rows), T), their translations.
        weights: (T, S), attention of the first translation; None shows the translations only.
        epoch: for the caption.
    """
    wanted = texts.judged[rows[0]][1][0]
    notes = [Note(f"After epoch {epoch}; the map's sentence in French is “{' '.join(wanted)}”.")]
    for row, translation in list(zip(rows, ids.tolist(), strict=True))[1:]:
        notes.append(Note(f"{' '.join(texts.judged[row][0])} → {' '.join(texts.words(translation))}"))
    if weights is None:
        return Figure(tuple(notes), "translations")
    source, target = ends(texts, rows[0], ids[0])
    map_ = heat(weights[: len(target), : len(source)].cpu(), source, target)
    return Figure((*map_.parts, *notes), "attention", map_.x, map_.y)


def ends(texts: Texts, row: int, translation: torch.Tensor) -> tuple[list[str], list[str]]:
    """Give the words of a judged sentence and of its translation (T,), each with its <eos>."""
    source = [*texts.judged[row][0], "<eos>"][: texts.steps]
    return source, [*texts.words(translation.tolist()), "<eos>"][: len(translation)]


def heat(weights: torch.Tensor, source: Sequence[str], target: Sequence[str]) -> Figure:
    """Draw weights (out, in) with numbers from a tenth on; the first word of the output is on top."""
    n, m = weights.shape
    cells = [
        Note(_two_digits(float(weights[i, j])), j + 0.5, n - i - 0.5)
        for i in range(n)
        for j in range(m)
        if weights[i, j] >= 0.1
    ]
    x = Axis("source", ticks=tuple((j + 0.5, word[:9]) for j, word in enumerate(source)), low=0, high=m)
    y = Axis("output", ticks=tuple((n - i - 0.5, word[:12]) for i, word in enumerate(target)), low=0, high=n)
    return Figure((Grid(weights.flip(0).tolist(), (0, m), (0, n), kind="heat"), *cells), "attention", x=x, y=y)


def _two_digits(weight: float) -> str:
    return "1.0" if weight > 0.995 else f"{weight:.2f}"[1:]
