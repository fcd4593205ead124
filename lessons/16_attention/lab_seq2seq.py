"""A translator from the learner's own parts, with attention and, beside it, without: dates and numbers, or Tatoeba."""

from __future__ import annotations

from dataclasses import dataclass
from types import SimpleNamespace

import numpy as np
import torch
from torch import nn

from tutor.training import Figure, Log, Target, choice, knob, toggle
from tutor.training.translation import Texts, attention_map, examples, prepared

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


def train(mine: SimpleNamespace, log: Log, device: str, knobs: Knobs) -> None:
    """One model after the other; BLEU and an attention map after every epoch, a beam search at the end."""
    texts = prepared(mine, log, knobs.data, knobs.pairs, {"numbers": NUMBERS, "eng-fra": TATOEBA}, device)
    curves = {"bleu": mine.AttentionDecoder}
    if knobs.compare:
        curves["bleu_without_attention"] = mine.Decoder
    batches = -(-len(texts.pairs) // knobs.batch_size)
    epochs = knobs.epochs * texts.rounds
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
            score = texts.bleu(greedy(texts, model, *texts.judged_x)[0])
            log((epoch + 1) * batches, **({"train_loss": loss} if name == "bleu" else {}), **{name: score})
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
    plain = texts.bleu(greedy(texts, model, x, x_len)[0])
    found = f"BLEU {np.mean(scores):.3f} with a beam of {beam}, {plain:.3f} greedy."
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
    rows = examples(texts)
    ids, attention = greedy(texts, model, *(part[rows] for part in texts.judged_x))  # (4, T), (4, T, S)
    return attention_map(texts, rows, ids, attention[0], epoch)
