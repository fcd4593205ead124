"""The adding problem: two marked numbers far apart, to be added. One plain and two gated networks, side by side."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import numpy as np
import torch

from tutor.training import Axis, Figure, Line, Log, Note, Target, knob

TITLE = "The adding problem"
USES = ("rnn-forward", "rnn-bptt", "gru-cell", "lstm-cell", "clip-grad-norm", "adam")
TARGET = Target(
    "gated_error", "<=", 0.02, best=True, text="mean squared error of GRU and LSTM at most 0.02 (guessing: 0.167)"
)
CURVES = ("gated_error", "rnn_error")
LOG_AXIS = True

BREAK = (
    ("gru-cell", "the state is not kept"),
    ("gru-cell", "update gate the other way round"),
    ("gru-cell", "the past without gradient"),
    ("lstm-cell", "the old cell has no part"),
    ("lstm-cell", "the cell without gradient"),
    ("lstm-cell", "cell squashed twice"),
    ("lstm-cell", "nothing is forgotten"),
)

GUESS = 1 / 6
"""The variance of the sum of two uniform numbers: the error of who always says 1."""
BATCH = 64
Read = Callable[[torch.Tensor, "Net"], torch.Tensor]


@dataclass(frozen=True)
class Knobs:
    """What can be turned."""

    length: int = knob(40, 10, 80, help="numbers in a sequence; one in each half is marked")
    hidden: int = knob(32, 4, 64, step=4, help="units of each network")
    steps: int = knob(350, 50, 2000, step=50, help="batches of 64 new sequences")
    lr: float = knob(0.02, 1e-4, 0.3, log=True, help="learning rate of Adam")
    keep: float = knob(1.0, -2.0, 4.0, step=0.5, help="added to the first bias of GRU's update and LSTM's forget gate")
    clip: float = knob(1.0, 0.01, 100.0, log=True, help="greatest norm of the gradient")


@dataclass
class Net:
    """Weights of one network in PyTorch's layout, its optimiser, and its error of late."""

    weights: list[torch.Tensor]
    dense: list[torch.Tensor]
    adam: Any
    error: float = GUESS


def train(mine: SimpleNamespace, log: Log, device: str, knobs: Knobs) -> None:
    """All three take one step on the same new batch, again and again; the error is that of the last twenty or so."""
    rng = log.rng()
    reads: dict[str, Read] = {"rnn": plain(mine), "gru": gru(mine), "lstm": lstm(mine)}
    nets = {name: net(mine, rng, knobs, gates) for name, gates in (("rnn", 1), ("gru", 3), ("lstm", 4))}
    history: dict[str, list[float]] = {name: [] for name in nets}
    log.note(f"Who always answers 1 has an error of {GUESS:.3f}: that is the line to leave.")
    log.total(knobs.steps)
    for step in range(1, knobs.steps + 1):
        x, y = batch(rng, knobs.length)
        for name, one in nets.items():
            answer = reads[name](x, one) @ one.dense[0] + one.dense[1]  # (N,)
            loss = ((answer - y) ** 2).mean()
            everything = [*one.weights, *one.dense]
            one.adam.zero_grad()
            loss.backward()
            mine.clip_grad_norm_(everything, knobs.clip)
            one.adam.step()
            one.error += 0.05 * (float(loss.detach()) - one.error)
        if step % 5 == 0 or step == knobs.steps:
            for name, one in nets.items():
                history[name].append(one.error)
            log(
                step,
                gated_error=max(nets["gru"].error, nets["lstm"].error),
                rnn_error=nets["rnn"].error,
                gru_error=nets["gru"].error,
                lstm_error=nets["lstm"].error,
            )
        if step % 25 == 0 or step == knobs.steps:
            log.show(race(history))


def batch(rng: np.random.Generator, length: int) -> tuple[torch.Tensor, torch.Tensor]:
    """(N, T, 2): numbers from 0 to 1, and a mark on one of them in each half; (N,): the sum of the marked ones."""
    x = np.zeros((BATCH, length, 2), np.float32)
    x[:, :, 0] = rng.random((BATCH, length))
    rows, half = np.arange(BATCH), length // 2
    first, second = rng.integers(0, half, BATCH), rng.integers(half, length, BATCH)  # (N,) each
    x[rows, first, 1] = x[rows, second, 1] = 1
    y = x[rows, first, 0] + x[rows, second, 0]  # (N,)
    return torch.from_numpy(x), torch.from_numpy(y)


def net(mine: SimpleNamespace, rng: np.random.Generator, knobs: Knobs, gates: int) -> Net:
    """Uniform weights up to 1/√H, as torch.nn.GRU has them; the gate that keeps starts a little open."""
    H = knobs.hidden

    def uniform(*shape: int) -> torch.Tensor:
        values = rng.uniform(-1, 1, size=shape).astype(np.float32) / np.float32(H**0.5)
        return torch.nn.Parameter(torch.from_numpy(values))

    weights = [uniform(gates * H, 2), uniform(gates * H, H), uniform(gates * H), uniform(gates * H)]
    if gates > 1:
        with torch.no_grad():
            weights[2][H : 2 * H] += knobs.keep  # block 1 is z of a GRU, and f of an LSTM
    dense = [uniform(H), torch.nn.Parameter(torch.ones(()))]
    return Net(weights, dense, mine.Adam([*weights, *dense], lr=knobs.lr))


def plain(mine: SimpleNamespace) -> Read:
    """The learner's NumPy layer, with its own way back, as one operation of autograd."""

    class Layer(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, x: Any, Wx: Any, Wh: Any, b: Any) -> Any:  # noqa: ANN401  # torch's context and tensors
            given = [t.detach().numpy() for t in (x, Wx, Wh, b)]
            h0 = np.zeros((len(x), len(Wh)), np.float32)  # (N, H)
            hs = mine.rnn_forward(given[0], h0, *given[1:])  # (N, T, H)
            ctx.kept = given[0], h0, hs, given[1], given[2]
            return torch.from_numpy(hs[:, -1].copy())  # (N, H)

        @staticmethod
        def backward(ctx: Any, *errors: Any) -> Any:  # noqa: ANN401
            dhs = np.zeros_like(ctx.kept[2])  # (N, T, H)
            dhs[:, -1] = errors[0].numpy()
            _, _, *found = mine.rnn_backward(dhs, *ctx.kept)
            return None, *map(torch.from_numpy, found)

    def read(x: torch.Tensor, one: Net) -> torch.Tensor:
        w_ih, w_hh, b_ih, b_hh = one.weights
        result: torch.Tensor = Layer.apply(x, w_ih.T, w_hh.T, b_ih + b_hh)  # type: ignore[no-untyped-call]  # torch's
        return result

    return read


def gru(mine: SimpleNamespace) -> Read:
    """The learner's GRU cell, step by step; the last state."""

    def read(x: torch.Tensor, one: Net) -> torch.Tensor:
        h = x.new_zeros(len(x), len(one.dense[0]))  # (N, H)
        for now in x.unbind(1):  # (N, 2)
            h = mine.gru_cell(now, h, *one.weights)
        return h

    return read


def lstm(mine: SimpleNamespace) -> Read:
    """The learner's LSTM cell, step by step; the last hidden state."""

    def read(x: torch.Tensor, one: Net) -> torch.Tensor:
        h = c = x.new_zeros(len(x), len(one.dense[0]))  # (N, H)
        for now in x.unbind(1):  # (N, 2)
            h, c = mine.lstm_cell(now, (h, c), *one.weights)
        return h

    return read


def race(history: dict[str, list[float]]) -> Figure:
    """The three errors and the line of guessing."""
    steps = [5 * (i + 1) for i in range(len(history["rnn"]))]
    lines = (
        Line(steps, [GUESS] * len(steps), "always 1", "muted", "-", every=4),
        Line(steps, history["rnn"], "plain RNN", "fourth", "R", every=7),
        Line(steps, history["lstm"], "LSTM", "third", "L", every=7),
        Line(steps, history["gru"], "GRU", "mine", "G", every=7),
    )
    words = f"Errors: plain {history['rnn'][-1]:.3f}, GRU {history['gru'][-1]:.4f}, LSTM {history['lstm'][-1]:.4f}."
    return Figure((*lines, Note(words)), "mean squared error of the sum", Axis("step"), Axis(log=True))
