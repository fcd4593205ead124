"""The gradient's length at every depth of a network, for activations, starts, skip connections and normalisation."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from tutor.training import Bars, Figure, Note, choice, knob, toggle

TITLE = "Vanishing and exploding gradients"
TEACHES = (
    "Every layer multiplies the gradient by W and g′. Sigmoid lets at most a quarter through: no gain saves it. Gain 1 "
    "keeps tanh alive, 1.4 keeps ReLU. A skip connection adds a path that is multiplied by nothing."
)

WIDTH = 64
BATCH = 32
ROWS = 10
LIMIT = 12.0


@dataclass(frozen=True)
class Knobs:
    """What can be turned."""

    depth: int = knob(20, 1, 50, help="hidden layers, 64 units each")
    activation: str = choice("sigmoid", "sigmoid", "tanh", "relu", "identity", help="after every layer")
    gain: float = knob(1.0, 0.1, 4.0, step=0.1, help="spread of the weights times √64; 1 is Xavier, 1.4 Kaiming")
    residual: bool = toggle(False, help="skip connections: each layer adds to its input instead of replacing it")
    normalised: bool = toggle(False, help="batch normalisation before each activation")


def draw(knobs: Knobs) -> Figure:
    """One bar a layer (at most 10 of them): the power of ten of its gradient."""
    norms, spreads = passes(knobs)
    shown = sorted(
        {round(i * (knobs.depth - 1) / max(1, min(ROWS, knobs.depth) - 1)) for i in range(min(ROWS, knobs.depth))}
    )
    powers = [max(-LIMIT, min(LIMIT, math.log10(max(norms[i], 1e-300)))) for i in shown]
    roles = tuple("good" if abs(p) < 2 else "bad" for p in powers)
    labels = tuple(f"layer {i + 1:2d}" for i in shown)
    texts = tuple(f"{norms[i]:.1e}" for i in shown)
    bars = Bars(labels, tuple(powers), texts, roles, low=-LIMIT, high=LIMIT, title="length of ∂L/∂W, as a power of ten")
    ratio = norms[0] / max(norms[-1], 1e-300)
    forward = f"{spreads[0]:.2g} after layer 1, {spreads[-1]:.2g} after layer {knobs.depth}"
    notes = (
        Note(f"First layer / last layer: {ratio:.1e}. {verdict(norms)}"),
        Note(f"Spread of the activations: {forward}."),
    )
    return Figure((bars, *notes))


def verdict(norms: list[float]) -> str:
    """What happens on the way back."""
    ratio = norms[0] / max(norms[-1], 1e-300)
    if max(norms) > 1e4:
        return "Explodes."
    if ratio < 1e-3:
        return "Vanishes: the first layers do not learn."
    if max(norms) < 0.1:
        return "Even, but faint: no layer learns much."
    return "Alive at every depth."


def passes(knobs: Knobs) -> tuple[list[float], list[float]]:
    """Length of every layer's gradient, and spread of every layer's output, in one forward and one backward pass."""
    rng = np.random.default_rng(4)
    h = rng.normal(size=(BATCH, WIDTH))  # (N, U): standardised inputs
    kept = []
    for _ in range(knobs.depth):
        W = rng.normal(size=(WIDTH, WIDTH)) * knobs.gain / math.sqrt(WIDTH)  # (U, U)
        z = h @ W  # (N, U)
        spread = np.sqrt(z.var(0) + 1e-5) if knobs.normalised else None  # (U,)
        z = (z - z.mean(0)) / spread if spread is not None else z  # (N, U)
        out, slope = activate(z, knobs.activation)
        kept.append((W, h, z, spread, slope))
        h = h + out if knobs.residual else out  # (N, U)
    spreads = [float(after[1].std()) for after in kept[1:]] + [float(h.std())]
    d = rng.normal(size=h.shape) / math.sqrt(h.size)  # (N, U): a gradient of length 1 comes in at the top
    norms = []
    for W, before, z, spread, slope in reversed(kept):
        dz = d * slope  # (N, U)
        if spread is not None:
            dz = (dz - dz.mean(0) - z * (dz * z).mean(0)) / spread  # (N, U)
        norms.append(float(np.linalg.norm(before.T @ dz)))
        d = dz @ W.T + (d if knobs.residual else 0)  # (N, U)
    return norms[::-1], spreads


def activate(z: np.ndarray, kind: str) -> tuple[np.ndarray, np.ndarray]:
    """The activation and its derivative."""
    if kind == "relu":
        return np.maximum(z, 0), (z > 0).astype(float)
    if kind == "identity":
        return z, np.ones_like(z)
    t = np.tanh(z / 2 if kind == "sigmoid" else z)  # (N, U): tanh overflows nowhere
    return ((1 + t) / 2, (1 - t * t) / 4) if kind == "sigmoid" else (t, 1 - t * t)
