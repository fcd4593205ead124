"""Checks of depth-gradient-profile."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import torch

from tutor.checks import close, draws, holds, same

ACTIVATIONS = {"identity": lambda z: z, "sigmoid": torch.sigmoid, "tanh": torch.tanh, "relu": torch.relu}


def profile(weights, x, activation):
    """PyTorch's autograd on the same stack."""
    h = torch.from_numpy(np.array(x))
    leaves = [torch.from_numpy(np.array(W)).requires_grad_() for W in weights]
    for W in leaves:
        h = ACTIVATIONS[activation](h @ W)
    slopes = torch.autograd.grad(h.sum(), leaves)
    return torch.stack([g.norm() for g in slopes]).numpy()


def stack(draw, layers, low=1, high=6, layout=False):
    """Weights of neighbouring widths with a spread that keeps the signal, and their first width."""
    widths = [draw.shape(dims=1, low=low, high=high)[0] for _ in range(layers + 1)]
    return [draw.array((m, n), scale=1.2 / np.sqrt(m), layout=layout) for m, n in pairwise(widths)], widths[0]


def orthogonal(rng, width):
    return np.linalg.qr(rng.normal(size=(width, width)))[0]


@draws(24)
def test_matches_autograd(mine, draw):
    """Gives the norms of autograd's gradients, for every activation and a few layers of different widths."""
    activation = draw.pick("identity", "tanh", "sigmoid", "relu")
    weights, width = stack(draw, draw.int(2, 6), low=2)
    x = draw.array((draw.int(2, 6), width), scale=1.5)
    same(mine.gradient_profile, profile, weights, x, activation)


@draws(8)
def test_edges(mine, draw):
    """Handles one layer, one sample, layers of one unit, and batches of no sample."""
    activation = draw.pick("sigmoid", "identity", "relu", "tanh")
    weights, width = stack(draw, draw.pick(1, 4), high=2)
    same(mine.gradient_profile, profile, weights, draw.array(([1, 3, 1, 0][draw.index % 4], width)), activation)


@draws(8)
def test_layouts(mine, draw):
    """Takes transposed, strided and read-only arrays."""
    weights, width = stack(draw, 3, low=2, layout=True)
    same(mine.gradient_profile, profile, weights, draw.array((4, width), layout=True), draw.pick("tanh", "relu"))


@draws(4)
def test_thirty_layers(mine, draw):
    """Keeps its digits over thirty layers, however small or large the norms become."""
    activation = draw.pick("sigmoid", "relu", "tanh", "identity")
    rng = draw.rng()
    weights = [rng.normal(size=(12, 12)) * 0.35 for _ in range(30)]
    x = rng.normal(size=(5, 12))
    same(mine.gradient_profile, profile, weights, x, activation, dtypes=("float64",), rtol=1e-8, atol=0.0)
    if activation == "sigmoid":
        norms = mine.gradient_profile(weights, x, activation)
        ratio = float(norms[0] / norms[-1])
        holds(
            ratio < 1e-8, "the first of thirty sigmoid layers gets far too much gradient", got=ratio, expected="< 1e-8"
        )


@draws(2)
def test_orthogonal_layers(mine, draw):
    """A hundred layers of 1.5 (or 0.5) times a rotation: all norms are equal, and grow (or shrink) with each layer."""
    factor, rng = draw.pick(1.5, 0.5), draw.rng()
    weights, x = [factor * orthogonal(rng, 4) for _ in range(100)], rng.normal(size=(1, 4))
    norms = mine.gradient_profile(weights, x, "identity")
    expected = np.full(100, factor**99 * np.linalg.norm(x) * 2.0)  # 2: the length of four ones
    close(norms, expected, "the profile", rtol=1e-9, atol=0.0, input={"weights": f"100 times {factor} Q", "x": x})


@draws(3)
def test_at_the_kink(mine, draw):
    """A dead ReLU passes nothing on: where z is 0 or below, the gradient is 0."""
    weights = [np.array([[1.0, -1.0], [1.0, 0.0]]), np.array([[2.0, 1.0], [3.0, 1.0]]), draw.array((2, 3))]
    x = [np.array([[1.0, -1.0]]), np.array([[2.0, -3.0], [0.0, 0.0]]), np.array([[1.0, 1.0], [-1.0, -1.0]])][draw.index]
    same(mine.gradient_profile, profile, weights, x, "relu")
