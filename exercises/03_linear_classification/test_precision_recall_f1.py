"""Checks of the confusion matrix and its scores against counts made one sample at a time, in exact fractions.

scikit-learn defines the scores in the same way; its import takes longer than all checks here.
"""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from tutor.checks import close, draws, equal, raises, same


def confusion_matrix(y_true, y_pred, num_classes):
    pairs = list(zip(y_true.tolist(), y_pred.tolist(), strict=True))
    classes = range(num_classes)
    return np.array([[pairs.count((t, p)) for p in classes] for t in classes], dtype=np.int64)


def precision_recall_f1(cm, average="macro", zero_division=0.0):
    """Straight from the definitions; fractions, so that nothing is rounded before the end."""
    table, zero = cm.tolist(), Fraction(zero_division)
    classes = range(len(table))
    tp = [table[c][c] for c in classes]
    fp = [sum(table[t][c] for t in classes if t != c) for c in classes]
    fn = [sum(table[c][p] for p in classes if p != c) for c in classes]
    if average == "micro":
        tp, fp, fn = [sum(tp)], [sum(fp)], [sum(fn)]

    def ratio(above, below):
        return Fraction(above, below) if below else zero

    scores = (
        [ratio(t, t + p) for t, p in zip(tp, fp, strict=True)],
        [ratio(t, t + n) for t, n in zip(tp, fn, strict=True)],
        [ratio(2 * t, 2 * t + p + n) for t, p, n in zip(tp, fp, fn, strict=True)],
    )
    if average is None:
        return tuple(np.array([float(value) for value in score]) for score in scores)
    weights = [t + n for t, n in zip(tp, fn, strict=True)] if average == "weighted" else [1] * len(tp)
    if sum(weights) == 0:
        return (float(zero),) * 3
    return tuple(
        float(sum(w * value for w, value in zip(weights, score, strict=True)) / sum(weights)) for score in scores
    )


def table(draw, low=2):
    """A table of counts, small and large, with an empty row or column now and then."""
    classes = draw.int(low, 5)
    cm = np.abs(draw.array((classes, classes), scale=draw.pick(1, 8, 300), dtype="int64"))
    if draw.bool():
        cm[draw.int(0, classes - 1)] = 0  # a class that is never present
    if draw.bool():
        cm[:, draw.int(0, classes - 1)] = 0  # a class that is never predicted
    return cm


@draws(20)
def test_counts(mine, draw):
    """The table counts every pair of true and predicted class, rows for the truth."""
    samples, classes = draw.int(1, 40), draw.int(2, 5)
    y_true, y_pred = draw.labels(samples, classes), draw.labels(samples, classes)
    same(mine.confusion_matrix, confusion_matrix, draw.layout(y_true), draw.layout(y_pred), classes)


def test_no_samples(mine):
    """Without samples all counts are 0, and classes that never come up have their row and column all the same."""
    nothing = np.zeros(0, dtype=np.int64)
    same(mine.confusion_matrix, confusion_matrix, nothing, nothing, 3)
    same(mine.confusion_matrix, confusion_matrix, np.array([1]), np.array([0]), 4)


@draws(4)
def test_small_integers(mine, draw):
    """uint8 labels do not overflow: neither 300 equal samples nor 20 classes."""
    dtype = draw.pick("uint8", "int8", "int32", "uint16")
    ones = np.ones(300, dtype=dtype)
    same(mine.confusion_matrix, confusion_matrix, ones, ones, 2)
    many = np.arange(20).astype(dtype)
    same(mine.confusion_matrix, confusion_matrix, many, many[::-1].copy(), 20)


def test_textbook(mine):
    """The spam filter of the task: precision, recall and F1 of both classes."""
    y_true = np.array([0, 0, 0, 0, 0, 0, 1, 1, 1, 1])
    y_pred = np.array([0, 0, 0, 0, 0, 1, 1, 1, 0, 0])
    cm = mine.confusion_matrix(y_true, y_pred, 2)
    equal(cm, np.array([[5, 1], [2, 2]]), "the confusion matrix")
    precision, recall, f1 = mine.precision_recall_f1(cm, average=None)
    close(precision, np.array([5 / 7, 2 / 3]), "precision", input={"cm": cm})
    close(recall, np.array([5 / 6, 1 / 2]), "recall", input={"cm": cm})
    close(f1, np.array([10 / 13, 4 / 7]), "F1", input={"cm": cm})


@draws(16)
def test_each_class(mine, draw):
    """With average=None there is one precision, recall and F1 a class; 0/0 gives zero_division."""
    cm, zero = table(draw), draw.pick(0.0, 1.0)
    same(mine.precision_recall_f1, precision_recall_f1, cm, average=None, zero_division=zero)


@draws(24)
def test_averages(mine, draw):
    """The macro, micro and weighted averages are those of the definitions."""
    average, zero = draw.pick("macro", "micro", "weighted"), draw.pick(0.0, 1.0, 0.5)
    same(mine.precision_recall_f1, precision_recall_f1, table(draw), average=average, zero_division=zero)


@draws(3)
def test_defaults(mine, draw):
    """Called with the table alone, the scores are macro averages and 0/0 is 0; all can be given by position."""
    cm = table(draw, low=3)
    cm[0] = cm[:, 0] = 0
    same(mine.precision_recall_f1, precision_recall_f1, cm)
    same(mine.precision_recall_f1, precision_recall_f1, cm, "weighted", 1.0)


def test_nothing_right(mine):
    """Without a single hit F1 is 0, also where precision or recall is undefined."""
    for cm in (np.array([[0, 3], [2, 0]]), np.array([[0, 4], [0, 6]]), np.array([[0, 0], [5, 0]])):
        for zero in (0.0, 1.0):
            same(mine.precision_recall_f1, precision_recall_f1, cm, average=None, zero_division=zero)


@draws(8)
def test_empty_table(mine, draw):
    """With no samples at all, every score is zero_division."""
    average, zero = draw.pick(None, "macro", "micro", "weighted"), draw.pick(0.0, 1.0)
    cm = np.zeros((3, 3), dtype=np.int64)
    same(mine.precision_recall_f1, precision_recall_f1, cm, average=average, zero_division=zero)


def test_unknown_average(mine):
    """An unknown average raises ValueError."""
    raises(ValueError, mine.precision_recall_f1, np.eye(2, dtype=np.int64), "marco", because="'marco' is a typo")
