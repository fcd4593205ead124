"""Checks of dropout.

Random masks are judged by statistics and by coincidences that practically never happen. All judgements of a verdict
together cry wolf with a probability below 1e-6.
"""

from __future__ import annotations

import numpy as np

from tutor.checks import close, draws, equal, frequency, holds, quiet, raises, unchanged

ALARM = 5e-8


def nonzero(draw, shape, dtype="float64", layout=False):
    """Activations of which none is 0, so that a dropped one can be told."""
    x = draw.array(shape, layout=layout)
    return np.where(np.abs(x) < 0.1, 0.5, x).astype(dtype) if not layout else x


def given_by(layer, x, p, name="x"):
    """The output of a training step and what of it was kept, after checking that nothing else happened to it."""
    out = layer.forward(x)
    kept = np.asarray(out) != 0
    expected = np.where(kept, x / (1 - p), 0).astype(x.dtype) if p < 1 else np.zeros_like(x)
    close(out, expected, "the output, where it is not 0,", input={name: x, "p": p})
    return kept


@draws(16)
def test_kept_or_dropped(mine, draw):
    """In training every element is either 0 or x / (1 - p), in the shape and dtype of x."""
    p = draw.pick(0.5, 0.2, 0.8, 0.05)
    x = nonzero(draw, draw.shape(dims=(1, 4)), draw.pick("float64", "float32"))
    given_by(mine.Dropout(p, draw.rng()), x, p)


@draws(8)
def test_evaluation(mine, draw):
    """In evaluation the values pass as they are: neither mask nor factor, forward and backward."""
    x = draw.array(draw.shape(dims=(1, 4)), dtype=draw.pick("float64", "float32"))
    dout = draw.array(x.shape, dtype=x.dtype)
    layer = mine.Dropout(draw.pick(0.5, 0.9, 1.0, 0.0), draw.rng())
    if draw.index >= 4:
        layer.forward(x)  # a mask from training must not be left over
    equal(layer.forward(x, training=False), x, "the output in evaluation", input={"x": x})
    equal(layer.backward(dout), dout, "the gradient after a forward in evaluation", input={"dout": dout})


@draws(12)
def test_backward(mine, draw):
    """backward sends the gradient through the mask of the last forward, with the same scale."""
    p = draw.pick(0.5, 0.25, 0.8)
    x = nonzero(draw, draw.shape(dims=(1, 3), low=3, high=6), draw.pick("float64", "float32"))
    dout = nonzero(draw, x.shape, x.dtype)
    layer, other = mine.Dropout(p, draw.rng()), mine.Dropout(p, np.random.default_rng(1))
    layer.forward(x)
    kept = given_by(layer, x, p)  # a second step: the mask of the first is history
    other.forward(x)  # another layer has another mask
    expected = np.where(kept, dout / (1 - p), 0).astype(x.dtype)
    for factor in (1, -3):  # twice: backward leaves the mask as it is
        given = {"dout": factor * dout, "kept": kept, "p": p}
        close(layer.backward(factor * dout), factor * expected, "the gradient at x", input=given)


@draws(3)
def test_drop_rate(mine, draw):
    """p is the probability to DROP: of 200 000 ones a share p is zero, and their mean stays 1."""
    p = [0.3, 0.9, 0.1][draw.index]
    out = mine.Dropout(p, draw.rng()).forward(np.ones((400, 500)))
    frequency(int((out == 0).sum()), out.size, p, f"with p = {p}, a zero", false_alarm=ALARM)


def test_each_element_on_its_own(mine):
    """Every element has a fate of its own: rows, columns, samples and channels do not fall together."""
    layer = mine.Dropout(0.5, np.random.default_rng(7))
    mask = layer.forward(np.ones((40, 50))) != 0
    rows, columns = len(np.unique(mask, axis=0)), len(np.unique(mask.T, axis=0))
    given = {"x": "ones of shape (40, 50)", "p": 0.5}
    holds(columns == 50, "columns fall together", got=f"{columns} different columns", expected="50", input=given)
    holds(rows == 40, "rows fall together", got=f"{rows} different rows", expected="40", input=given)
    maps = (layer.forward(np.ones((3, 4, 6, 7))) != 0).reshape(12, 42)
    given = {"x": "ones of shape (3, 4, 6, 7)", "p": 0.5}
    together = int((maps.all(1) | ~maps.any(1)).sum())
    holds(together == 0, "whole channels fall together", got=f"{together} of 12", expected="none", input=given)
    different = len(np.unique(maps, axis=0))
    holds(different == 12, "channels share one mask", got=f"{different} different", expected="12", input=given)


def test_number_of_drops_varies(mine):
    """How many fall is chance, too: it differs from step to step."""
    layer = mine.Dropout(0.5, np.random.default_rng(8))
    counts = [int((layer.forward(np.ones(100)) == 0).sum()) for _ in range(14)]
    holds(
        len(set(counts)) > 1,
        "every step drops the same number of 100 elements",
        got=counts,
        expected="numbers around 50 that vary",
    )


@draws(3)
def test_masks_come_from_rng(mine, draw):
    """The same seed gives the same mask; every forward draws a new one, and evaluation draws nothing."""
    x = np.ones((8, 9))
    layer, twin = mine.Dropout(0.5, draw.rng()), mine.Dropout(0.5, draw.rng())
    first = layer.forward(x)
    twin.forward(x, training=False)
    equal(twin.forward(x), first, "the first training step of a layer with the same seed, after an evaluation")
    second = layer.forward(x)
    holds(
        not np.array_equal(first, second),
        "two training steps had the same mask",
        got=second,
        expected="a new mask",
        input={"x": x},
    )
    equal(twin.forward(x), second, "the second step of a layer with the same seed")


@draws(4)
def test_mask_is_not_read_off_the_values(mine, draw):
    """Zeros among the activations (a ReLU makes many) are kept or dropped like others."""
    p, x = draw.pick(0.5, 0.2), np.zeros((30, 40))
    layer = mine.Dropout(p, draw.rng())
    layer.forward(x)
    dx = layer.backward(np.ones_like(x))
    dropped = int((dx == 0).sum())
    frequency(dropped, x.size, p, "of activations that are all 0, a zero in the gradient", false_alarm=ALARM)


@draws(4)
def test_all_or_nothing(mine, draw):
    """p = 0 changes nothing, p = 1 gives zeros, both without warning or NaN, forward and backward."""
    p, x = float(draw.pick(1, 0)), draw.array((3, 5), dtype=draw.pick("float64", "float32"))
    layer = mine.Dropout(p, draw.rng())
    close(quiet(layer.forward, x), x if p == 0 else np.zeros_like(x), "the output", input={"x": x, "p": p})
    close(quiet(layer.backward, x), x if p == 0 else np.zeros_like(x), "the gradient", input={"dout": x, "p": p})


def test_no_probability(mine):
    """A p below 0 or above 1 raises ValueError when the layer is made."""

    def made_with(p):
        mine.Dropout(p, np.random.default_rng(0))

    for p in (-0.1, 1.1, 50, -1.0):
        raises(ValueError, made_with, p, because=f"{p} is no probability")


@draws(8)
def test_any_array(mine, draw):
    """Takes transposed, strided, read-only and empty arrays, and writes into none of them."""
    x = draw.layout(draw.array(draw.shape(dims=(1, 3), low=2)) ** 2 + 0.1)
    x = x if draw.index < 6 else np.zeros((0, 3))
    layer = mine.Dropout(0.5, draw.rng())
    out = unchanged(layer.forward, x)
    holds(out.shape == x.shape, "the output has another shape", got=out.shape, expected=x.shape, input={"x": x})
    unchanged(layer.backward, x)
    unchanged(layer.forward, x, training=False)


@draws(2)
def test_large_values(mine, draw):
    """Activations of size 1e30 stay finite, in float32, too."""
    x = (nonzero(draw, (4, 5)) * 1e30).astype(draw.pick("float32", "float64"))
    given_by(mine.Dropout(0.5, draw.rng()), x, 0.5)
