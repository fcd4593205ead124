"""Checks of the perceptron rule: its exact path on numbers that floats hold exactly, and what it promises."""

from __future__ import annotations

import numpy as np

from tutor.checks import close, draws, faster_than, holds, same

CORNERS = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])


def perceptron_fit(X, y, lr=1.0, max_epochs=100):
    """The rule with the bias as the weight of a constant 1. Whole numbers, so there is no rounding anywhere."""
    rows = np.column_stack([X.astype(np.float64), np.ones(len(X))])  # (N, D + 1)
    v, updates, converged = np.zeros(rows.shape[1]), 0, False
    for _ in range(max_epochs):
        before = updates
        for row, target in zip(rows, y.tolist(), strict=True):
            error = target - (1 if row @ v >= 0 else 0)
            v = v + lr * error * row
            updates += abs(error)
        if updates == before:
            converged = True
            break
    return v[:-1].copy(), float(v[-1]), updates, converged


def separable(draw, rows):
    """Whole-number points on both sides of a random line, none near it; labels; and the line itself."""
    size = draw.int(1, 4)
    line = draw.array(size + 1)
    line /= np.linalg.norm(line)
    X = np.round(draw.array((40 * rows, size), scale=4))
    score = X @ line[:-1] + line[-1]
    X = X[np.abs(score) > 0.5][:rows]
    return X, (X @ line[:-1] + line[-1] > 0).astype(np.int64), line


@draws(16)
def test_follows_the_rule(mine, draw):
    """Weights, bias and number of updates are those of the rule, step by step."""
    X, y, _ = separable(draw, draw.int(2, 25))
    same(mine.perceptron_fit, perceptron_fit, draw.layout(X), y, lr=draw.pick(1.0, 0.5, 2.0), max_epochs=40)


@draws(12)
def test_stops_in_time(mine, draw):
    """Random labels, which no line may separate: exactly max_epochs passes at most, then converged is False."""
    X, y = np.round(draw.array((draw.int(2, 8), 2), scale=1.5)), draw.labels(8, 2)
    y = y[: len(X)]
    same(mine.perceptron_fit, perceptron_fit, X, y, lr=draw.pick(1.0, 0.25), max_epochs=draw.pick(1, 2, 3, 10))


def test_gates(mine):
    """It learns AND and OR, and finds out that it cannot learn XOR."""
    for labels in ((0, 0, 0, 1), (0, 1, 1, 1), (0, 1, 1, 0)):
        same(mine.perceptron_fit, perceptron_fit, CORNERS, np.array(labels), max_epochs=20)


def test_a_whole_epoch_without_update(mine):
    """Converged means a whole epoch without an update: right rows alone are not enough."""
    for labels in ((0, 0, 0, 1), (0, 1, 1, 1)):
        y = np.array(labels)
        needed = next(n for n in range(1, 50) if perceptron_fit(CORNERS, y, max_epochs=n)[3])
        # One epoch fewer: the last correction was made in it, so nobody has seen a whole epoch pass.
        for epochs in (needed - 1, needed, needed + 1):
            same(mine.perceptron_fit, perceptron_fit, CORNERS, y, max_epochs=epochs)


def test_defaults(mine):
    """Without further arguments the learning rate is 1.0 and there are 100 epochs at most."""
    same(mine.perceptron_fit, perceptron_fit, CORNERS, np.array([0, 1, 1, 0]))
    X = np.array([[10.0], [11.0]])  # needs more than 20 and fewer than 100 epochs
    same(mine.perceptron_fit, perceptron_fit, X, np.array([0, 1]))


def test_no_epoch_at_all(mine):
    """With max_epochs=0 nothing is learnt: zeros, no update, not converged."""
    same(mine.perceptron_fit, perceptron_fit, CORNERS, np.array([0, 0, 0, 1]), max_epochs=0)


def test_single_sample(mine):
    """One sample is enough: a positive one needs no update, a negative one needs some."""
    for label in (0, 1):
        same(mine.perceptron_fit, perceptron_fit, np.array([[2.0, -1.0, 0.0]]), np.array([label]))


@draws(5)
def test_separates(mine, draw):
    """On separable data it converges, all rows are right, and no more than (R/γ)² updates were made."""
    X, y, line = separable(draw, 20)
    w, b, updates, converged = mine.perceptron_fit(X, y, max_epochs=1000)
    holds(bool(converged), "it did not converge although a line separates the data", got=converged, expected=True)
    close((X @ w + b >= 0).astype(np.int64), y, "the prediction of the training rows")
    rows = np.column_stack([X, np.ones(len(X))])
    radius, margin = np.linalg.norm(rows, axis=1).max(), np.abs(rows @ line).min()
    bound = (radius / margin) ** 2
    holds(
        updates <= bound,
        "more updates than the perceptron theorem allows",
        got=updates,
        expected=f"at most {bound:.0f}",
    )


def test_stops_when_done(mine):
    """It stops with the first epoch without an update, however many epochs are allowed."""
    faster_than(mine.perceptron_fit, perceptron_fit, 30, CORNERS, np.array([0, 1, 1, 1]), max_epochs=600)
