"""The learner's own GPT reads Python source (or Shakespeare), writes while it learns, and meets the n-grams."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import torch

from tutor.training import Axis, Figure, Line, Log, Note, Target, choice, knob
from tutor.training.data import is_available, load

TITLE = "A tiny GPT"
USES = ("gpt-block", "gpt-model", "adam", "lr-schedules")
TARGET = Target("val_loss", "<=", 2.47, best=True, text="0.1 nats better than the bigram model")
CURVES = ("val_loss", "train_loss")

BREAK = (
    ("gpt-block", "sees one token ahead"),
    ("gpt-block", "no causal mask"),
    ("gpt-block", "not scaled"),
    ("gpt-block", "heads cut out of the time axis"),
    ("gpt-model", "PyTorch's own start"),
    ("gpt-model", "positions forgotten"),
    ("gpt-model", "only the last token goes in"),
    ("adam", "no bias correction"),
)

CHARACTERS = 600_000
"""Of the text; the last tenth validates."""
WINDOWS = 160
"""So many windows of the validation part are judged, spread evenly."""
SAMPLES = 5
"""Texts that are shown: the oldest make room."""
NAMES = {1: "unigram", 2: "bigram", 3: "trigram", 4: "4-gram", 5: "5-gram"}


@dataclass(frozen=True)
class Knobs:
    """What can be turned."""

    steps: int = knob(400, 50, 5000, step=50, help="steps of AdamW")
    lr: float = knob(0.003, 1e-5, 0.3, log=True, help="the top of the schedule: a climb, then half a cosine down")
    d_model: int = knob(64, 16, 256, step=16, help="width of the stream; 4 heads")
    layers: int = knob(2, 1, 8, help="blocks")
    block: int = knob(64, 4, 256, step=4, help="how many characters the model sees")
    batch_size: int = knob(32, 4, 128, step=4, help="windows a step")
    temperature: float = knob(0.7, 0.0, 2.0, step=0.1, help="of the writing: 0 takes the likeliest character")
    top_k: int = knob(20, 1, 100, help="of the writing: it draws from so many characters")
    letters: int = knob(120, 20, 400, step=20, help="how long each sample is")
    data: str = choice(
        "largest", "largest", "python-source", "python-docs", "shakespeare", help="largest: Shakespeare if it is here"
    )


def train(mine: SimpleNamespace, log: Log, device: str, knobs: Knobs) -> None:
    """AdamW on random windows; ten times on the way a validation and a piece of writing."""
    text = corpus(log, knobs)
    chars = "".join(sorted(set(text)))
    index = {char: i for i, char in enumerate(chars)}
    ids = torch.tensor([index[char] for char in text], device=device)  # (characters,)
    cut = int(0.9 * len(ids))
    lines = ngram_losses(text[:cut], text[cut:], len(chars))
    goal = round(lines[2] - 0.1, 2)
    words = f"{goal} nats or less: 0.1 better than the bigram ({lines[2]:.2f})"
    log.aim(Target("val_loss", "<=", goal, best=True, text=words))
    torch.manual_seed(log.seed)
    model = mine.GPT(len(chars), knobs.d_model, 4, knobs.layers, knobs.block).to(device)
    size = sum(p.numel() for p in model.parameters())
    log.note(f"{cut:,} characters to train, {len(chars)} different ones; {size:,} parameters.")
    log.note("Nats a character: " + ", ".join(f"{NAMES[n]} {loss:.2f}" for n, loss in lines.items()) + ".")
    optimizer = mine.Adam(model.parameters(), lr=knobs.lr, betas=(0.9, 0.99), weight_decay=0.1, decoupled=True)
    log.total(knobs.steps)
    curve: list[tuple[int, float]] = []
    written: list[tuple[int, str]] = []
    stops = {round(knobs.steps * i / 10) for i in range(11)} | {min(knobs.steps, 20)}
    for step in range(knobs.steps + 1):
        if step in stops:
            curve.append((step, validate(model, ids[cut:], knobs.block)))
            written.append((step, write(model, index, chars, knobs, log.seed)))
            log(step, val_loss=curve[-1][1])
            log.show(samples(written))
            log.show(against(curve, lines, knobs.steps))
        if step < knobs.steps:
            warmup = max(1, knobs.steps // 10)
            optimizer.param_groups[0]["lr"] = mine.cosine_warmup(step, knobs.steps, warmup, knobs.lr, knobs.lr / 10)
            loss = model(*batch(ids[:cut], knobs))[1]  # ()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            log(step, train_loss=loss.item())
    log.note(verdict(min(loss for _, loss in curve), lines))


def corpus(log: Log, knobs: Knobs) -> str:
    """Plain ASCII, from the middle of what there is."""
    name = knobs.data
    if name == "largest":
        name = "shakespeare" if is_available("shakespeare") else "python-source"
    data = load(name, otherwise="python-source")  # type: ignore[call-overload]  # one of the names of the choice
    log.note(data.note)
    if knobs.data == "largest" and name != "shakespeare":
        log.note("With tiny Shakespeare this lab writes plays: tutor data fetch shakespeare (1.1 MB).")
    text = "".join(c for c in data.text[: 3 * CHARACTERS] if c == "\n" or " " <= c <= "~")
    start = max(0, (len(text) - CHARACTERS) // 2)
    return text[start : start + CHARACTERS]


def batch(ids: torch.Tensor, knobs: Knobs) -> tuple[torch.Tensor, torch.Tensor]:
    """Random windows, and the same one character later: (B, T) each."""
    starts = torch.randint(len(ids) - knobs.block, (knobs.batch_size, 1))  # (B, 1)
    places = (starts + torch.arange(knobs.block)).to(ids.device)  # (B, T)
    return ids[places], ids[places + 1]


@torch.no_grad()
def validate(model: Any, ids: torch.Tensor, block: int) -> float:  # noqa: ANN401  the learner's
    """The mean loss over windows that are spread evenly."""
    starts = torch.linspace(0, len(ids) - block - 1, WINDOWS).long()[:, None]  # (W, 1)
    places = (starts + torch.arange(block)).to(ids.device)  # (W, T)
    parts = zip(ids[places].split(32), ids[places + 1].split(32), strict=True)
    losses = [float(model(x, y)[1]) for x, y in parts]
    return sum(losses) / len(losses)


def write(model: Any, index: dict[str, int], chars: str, knobs: Knobs, seed: int) -> str:  # noqa: ANN401  the learner's
    """What the model has to say after an empty line, the same dice every time."""
    device = next(iter(model.parameters())).device
    start = torch.tensor([[index["\n"]]], device=device)  # (1, 1)
    dice = torch.Generator(device).manual_seed(seed)
    ids = model.generate(start, knobs.letters, knobs.temperature, knobs.top_k, dice)  # (1, 1 + letters)
    return "".join(chars[i] for i in ids[0, 1:].tolist())


def ngram_losses(train: str, held_out: str, size: int) -> dict[int, float]:
    """Nats a character of counted n-grams on (a part of) the held-out text, each leaning on the shorter ones."""
    held_out, longest = held_out[:30_000], max(NAMES)
    counts: dict[int, Counter[str]] = {0: Counter({"": len(train)})}
    losses = {}
    p = [1 / size] * (len(held_out) - longest)  # of each character, by the model before
    for n in range(1, longest + 1):
        counts[n] = Counter(train[i : i + n] for i in range(len(train) - n + 1))
        for i in range(len(p)):
            seen = held_out[i + longest - n + 1 : i + longest + 1]  # n characters, the last one is predicted
            p[i] = (counts[n][seen] + 4 * p[i]) / (counts[n - 1][seen[:-1]] + 4)
        losses[n] = -sum(map(math.log, p)) / len(p)
    return losses


def samples(written: list[tuple[int, str]]) -> Figure:
    """The newest texts, line breaks shown as ⏎."""
    notes = [Note(f"step {step}: {' ⏎ '.join(line for line in lines_of(text))}") for step, text in written[-SAMPLES:]]
    return Figure(tuple(notes), "what it writes")


def lines_of(text: str) -> Iterator[str]:
    """The lines that hold something, indentation shortened."""
    return (line.rstrip().replace("    ", "  ") for line in text.split("\n") if line.strip())


def against(curve: list[tuple[int, float]], lines: dict[int, float], steps: int) -> Figure:
    """The validation loss and, as level lines, what the n-grams reach."""
    levels = [Line([0, steps], [lines[n]] * 2, role="muted", marker="·", every=2) for n in (2, 3, 4)]
    names = [Note(NAMES[n], 0.72 * steps, lines[n], "muted") for n in (2, 3, 4)]
    own = Line([step for step, _ in curve], [min(loss, 5.0) for _, loss in curve], "your GPT")
    return Figure((*levels, own, *names), "validation loss and the n-grams", Axis("step"), Axis("nats"))


def verdict(best: float, lines: dict[int, float]) -> str:
    """Which n-grams are beaten."""
    beaten = [n for n, loss in lines.items() if best < loss]
    if not beaten:
        return f"{best:.2f} nats: not even the unigram is beaten."
    rest = [NAMES[n] for n in lines if n > max(beaten)]
    ahead = f"; still ahead: {', '.join(rest)}" if rest else ""
    return f"{best:.2f} nats: better than the {NAMES[max(beaten)]}{ahead}. Every further character costs more steps."
