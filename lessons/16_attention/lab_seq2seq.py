"""A translator from the learner's own parts, with attention and, beside it, without: dates and numbers, or Tatoeba."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from types import SimpleNamespace

import numpy as np
import torch
from torch import nn

from tutor.training import Axis, Figure, Grid, Log, Note, Target, choice, knob, toggle
from tutor.training.data import load

TITLE = "English to French with attention"
USES = (
    "clean-tokenize",
    "vocab",
    "nmt-data",
    "masked-cross-entropy",
    "encoder-decoder",
    "masked-softmax",
    "additive-attention",
    "bahdanau-step",
    "bleu",
    "beam-search",
    "clip-grad-norm",
    "adam",
)
TARGET = Target("bleu", ">=", 0.9, best=True, text="BLEU of 0.90 on dates that were never seen in training")
CURVES = ("bleu", "bleu_without_attention", "train_loss")

BREAK = (
    ("bahdanau-step", "query from the start"),
    ("bahdanau-step", "starts from zeros"),
    ("masked-softmax", "softmax over the queries"),
    ("additive-attention", "no tanh"),
    ("nmt-data", "not shifted"),
    ("nmt-data", "no <eos>"),
    ("masked-cross-entropy", "the padding instead of the text"),
)

NUMBERS = Target("bleu", ">=", 0.9, best=True, text="BLEU of 0.90 on numbers that were never seen in training")
TATOEBA = Target("bleu", ">=", 0.9, best=True, text="BLEU of 0.90, with all references, on the training sources")

Pair = tuple[list[str], list[str]]
References = list[tuple[list[str], list[list[str]]]]


@dataclass(frozen=True)
class Knobs:
    """What can be turned."""

    data: str = choice("dates", "dates", "numbers", "eng-fra", help="eng-fra: 600 short sentences, where fetched")
    pairs: int = knob(1000, 100, 4000, step=100, help="sentences to learn from (eng-fra: 600)")
    epochs: int = knob(12, 1, 60, help="how often every pair is seen (eng-fra: three times as often)")
    hidden: int = knob(64, 16, 256, step=16, help="width of the GRUs and of the attention")
    emb: int = knob(32, 8, 128, step=8, help="width of the embeddings")
    lr: float = knob(0.005, 1e-4, 0.1, log=True, help="learning rate of Adam")
    batch_size: int = knob(32, 8, 256, step=8, help="pairs a step")
    beam: int = knob(3, 1, 10, help="width of the search at the end; while training it is greedy")
    compare: bool = toggle(True, help="train a decoder without attention, too")


@dataclass
class Texts:
    """Training arrays, and the sentences to be judged by."""

    mine: SimpleNamespace
    pairs: list[Pair]
    judged: References
    steps: int
    device: str
    passes: int = 1
    """How often an epoch goes over the pairs: a small corpus needs more."""

    def __post_init__(self) -> None:
        special = ["<pad>", "<bos>", "<eos>"]
        self.src, self.tgt = (self.mine.Vocab([p[i] for p in self.pairs], 0, special) for i in (0, 1))
        self.bos, self.eos = self.tgt["<bos>"], self.tgt["<eos>"]
        self.x, self.x_len = self.sources([source for source, _ in self.pairs])
        y, y_len = self.mine.build_arrays([target for _, target in self.pairs], self.tgt, self.steps)
        self.y_in = self.here(self.mine.shift_right(y, self.bos))  # (N, T)
        self.y, self.y_len = self.here(y), self.here(y_len)  # (N, T), (N,)
        self.judged_x = self.sources([source for source, _ in self.judged])

    def sources(self, lines: list[list[str]]) -> tuple[torch.Tensor, torch.Tensor]:
        """(N, T) and (N,)."""
        x, x_len = self.mine.build_arrays(lines, self.src, self.steps)
        return self.here(x), self.here(x_len)

    def here(self, array: np.ndarray) -> torch.Tensor:
        """As a tensor on the device."""
        return torch.from_numpy(array).to(self.device)

    def words(self, ids: list[int]) -> list[str]:
        """Up to <eos>."""
        ids = ids[: ids.index(self.eos)] if self.eos in ids else ids
        return list(self.tgt.to_tokens(ids))


def train(mine: SimpleNamespace, log: Log, device: str, knobs: Knobs) -> None:
    """One model after the other; BLEU and an attention map after every epoch, a beam search at the end."""
    texts = prepared(mine, log, knobs, device)
    curves = {"bleu": mine.AttentionDecoder}
    if knobs.compare:
        curves["bleu_without_attention"] = mine.Decoder
    batches = -(-len(texts.pairs) // knobs.batch_size)
    epochs = knobs.epochs * texts.passes
    log.total(epochs * batches)  # for each model
    for name, decoder_class in curves.items():
        torch.manual_seed(log.seed)
        model = nn.ModuleList(
            [
                mine.Encoder(len(texts.src), knobs.emb, knobs.hidden),
                decoder_class(len(texts.tgt), knobs.emb, knobs.hidden),
            ]
        ).to(device)
        optimizer = mine.Adam(list(model.parameters()), knobs.lr)
        for epoch in range(epochs):
            loss = one_epoch(mine, texts, model, optimizer, knobs.batch_size)
            step = (epoch + 1) * batches
            log(step, **({"train_loss": loss} if name == "bleu" else {}), **{name: judged(mine, texts, model)})
            if name == "bleu" and (epoch % 3 == 0 or epoch == epochs - 1):
                log.show(picture(texts, model, epoch + 1))
        if name == "bleu" and knobs.beam > 1:
            log.note(searched(mine, texts, model, knobs.beam))
        log.note(("With" if name == "bleu" else "Without") + " attention: " + mistakes(texts, model))


def one_epoch(mine: SimpleNamespace, texts: Texts, model: nn.ModuleList, optimizer: object, batch_size: int) -> float:
    """Teacher forcing over all pairs; the mean loss of a target token."""
    encoder, decoder = model
    params, total = list(model.parameters()), 0.0
    for rows in torch.randperm(len(texts.pairs)).split(batch_size):
        state = decoder.init_state(encoder(texts.x[rows], texts.x_len[rows]), texts.x_len[rows])
        logits, _ = decoder(texts.y_in[rows], state)  # (B, T, V)
        loss = mine.masked_cross_entropy(logits, texts.y[rows], texts.y_len[rows])
        optimizer.zero_grad()
        loss.backward()
        mine.clip_grad_norm_(params, 1.0)
        optimizer.step()
        total += loss.item() * int(texts.y_len[rows].sum())
    return total / int(texts.y_len.sum())


@torch.no_grad()
def greedy(
    texts: Texts, model: nn.ModuleList, x: torch.Tensor, x_len: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor]:
    """The most probable token at each step, and the attention to the source: (N, T), (N, T, S)."""
    encoder, decoder = model
    state, token = (
        decoder.init_state(encoder(x, x_len), x_len),
        torch.full((len(x), 1), texts.bos, device=x.device),
    )  # (N, 1)
    tokens, attention = [], []
    for _ in range(texts.steps):
        logits, state = decoder(token, state)  # (N, 1, V)
        token = logits.argmax(-1)  # (N, 1)
        tokens.append(token)
        attention += list(getattr(decoder, "attention_weights", [torch.zeros(x.shape, device=x.device)]))
    return torch.cat(tokens, dim=1), torch.stack(attention, dim=1)


def judged(mine: SimpleNamespace, texts: Texts, model: nn.ModuleList) -> float:
    """The mean BLEU of greedy translations, each against all its references."""
    ids, _ = greedy(texts, model, *texts.judged_x)
    scores = [
        mine.multi_bleu(texts.words(row), references)
        for row, (_, references) in zip(ids.tolist(), texts.judged, strict=True)
    ]
    return float(np.mean(scores))


@torch.no_grad()
def searched(mine: SimpleNamespace, texts: Texts, model: nn.ModuleList, beam: int, count: int = 40) -> str:
    """Greedy and beam search on the first sentences, compared in a sentence."""
    encoder, decoder = model
    x, x_len = (part[:count] for part in texts.judged_x)
    scores = []
    for i, (_, references) in enumerate(texts.judged[:count]):
        outputs, h = encoder(x[i : i + 1], x_len[i : i + 1])  # (1, T, H), (1, 1, H)

        def step(
            prefixes: list[tuple[int, ...]], i: int = i, outputs: torch.Tensor = outputs, h: torch.Tensor = h
        ) -> np.ndarray:
            n = len(prefixes)
            state = decoder.init_state((outputs.expand(n, -1, -1), h.repeat(1, n, 1)), x_len[i].expand(n))
            return (
                torch.log_softmax(decoder(torch.tensor(prefixes, device=x.device), state)[0][:, -1], dim=-1)
                .cpu()
                .numpy()
            )  # (n, V)

        found = mine.beam_search(step, texts.bos, texts.eos, beam, texts.steps)
        scores.append(mine.multi_bleu(texts.words(list(found[0][0])), references) if found else 0.0)
    rows = greedy(texts, model, x, x_len)[0].tolist()
    plain = [mine.multi_bleu(texts.words(row), refs) for row, (_, refs) in zip(rows, texts.judged[:count], strict=True)]
    found = f"BLEU {np.mean(scores):.3f} with a beam of {beam}, {np.mean(plain):.3f} greedy."
    return f"Beam search on {len(scores)} sentences: {found}"


def mistakes(texts: Texts, model: nn.ModuleList, count: int = 3) -> str:
    """How many translations are wrong somewhere, and the first of them."""
    rows = greedy(texts, model, *texts.judged_x)[0].tolist()
    found = [(texts.words(row), refs) for row, (_, refs) in zip(rows, texts.judged, strict=True)]
    wrong = [f"“{' '.join(got)}” for “{' '.join(refs[0])}”" for got, refs in found if got not in refs]
    some = ": " + "; ".join(wrong[:count]) if wrong else ""
    return f"{len(wrong)} of {len(found)} translations are not right word for word{some}."


def picture(texts: Texts, model: nn.ModuleList, epoch: int) -> Figure:
    """Where the decoder looks while it translates one sentence, and what it makes of three others."""
    rows = range(min(40, len(texts.judged)))
    told = max(rows, key=lambda i: len(texts.judged[i][0]))
    others = [i for i in rows if i != told][:3]
    ids, attention = greedy(texts, model, *(part[[told, *others]] for part in texts.judged_x))
    source = [*texts.judged[told][0], "<eos>"][: texts.steps]
    words = texts.words(ids[0].tolist())
    target = [*words, "<eos>"][: texts.steps]
    grid = attention[0, : len(target), : len(source)].cpu()  # (out, in)
    n, m = grid.shape
    cells = [
        Note(shown(float(grid[i, j])), j + 0.5, n - i - 0.5) for i in range(n) for j in range(m) if grid[i, j] >= 0.1
    ]
    x = Axis("source", ticks=tuple((j + 0.5, word[:9]) for j, word in enumerate(source)), low=0, high=m)
    y = Axis("output", ticks=tuple((n - i - 0.5, word[:12]) for i, word in enumerate(target)), low=0, high=n)
    notes = [
        Note(f"{' '.join(texts.judged[i][0])} → {' '.join(texts.words(row))}")
        for i, row in zip(others, ids[1:].tolist(), strict=True)
    ]
    notes.insert(
        0, Note(f"After epoch {epoch}; the map's sentence in French is “{' '.join(texts.judged[told][1][0])}”.")
    )
    return Figure((Grid(grid.flip(0).tolist(), (0, m), (0, n), kind="heat"), *cells, *notes), "attention", x=x, y=y)


def shown(weight: float) -> str:
    """Two digits."""
    return "1.0" if weight > 0.995 else f"{weight:.2f}"[1:]


def prepared(mine: SimpleNamespace, log: Log, knobs: Knobs, device: str) -> Texts:
    """Cleaned, tokenised pairs to learn from, and sentences to be judged by: unseen ones, or (eng-fra) the same."""
    data = load(knobs.data, otherwise="dates")
    log.note(data.note)
    pairs: list[Pair] = [tuple(mine.tokenize([mine.normalize_nmt(side) for side in pair])) for pair in data.pairs]
    if data.name != "eng-fra":
        if data.name == "numbers":
            log.aim(NUMBERS)
        steps = 10 if data.name == "dates" else 12
        return Texts(mine, pairs[: knobs.pairs], [(s, [t]) for s, t in pairs[-200:]], steps, device)
    log.aim(TATOEBA)
    log.note("Judged on the sentences it learns from, against all their translations: “Go.” has many right answers.")
    references: dict[tuple[str, ...], list[list[str]]] = defaultdict(list)
    for source, target in pairs:
        references[tuple(source)].append(target)
    first = list(references.items())[: min(600, knobs.pairs)]
    return Texts(mine, [(list(s), ts[0]) for s, ts in first], [(list(s), ts) for s, ts in first[:200]], 10, device, 3)
