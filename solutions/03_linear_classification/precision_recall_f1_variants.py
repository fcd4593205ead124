"""Other right ways to count and to score, and the mix-ups between the scores."""

from __future__ import annotations

import numpy as np

from tutor.checks import accept, reject, waive

AVERAGES = (None, "macro", "micro", "weighted")


@accept("counted with bincount")
def confusion_matrix(y_true, y_pred, num_classes):
    places = y_true.astype(np.int64) * num_classes + y_pred.astype(np.int64)
    return np.bincount(places, minlength=num_classes**2).reshape(num_classes, num_classes)


@accept("counted with one-hot rows")
def confusion_matrix(y_true, y_pred, num_classes):
    classes = np.arange(num_classes)
    truth = (y_true[:, None] == classes).astype(np.int64)
    return truth.T @ (y_pred[:, None] == classes).astype(np.int64)


@accept("counted in a loop")
def confusion_matrix(y_true, y_pred, num_classes):
    cm = np.zeros((num_classes, num_classes), np.int64)
    for t, p in zip(y_true, y_pred, strict=True):
        cm[t, p] += 1
    return cm


def _scores(cm, average, zero, f1=None, precision=None, recall=None, empty=None):
    """The three scores in plain Python; each part can be replaced by a wrong one."""
    if average not in AVERAGES:
        raise ValueError("unknown average")
    C = len(cm)
    counts = [(int(cm[c, c]), int(cm[:, c].sum() - cm[c, c]), int(cm[c].sum() - cm[c, c])) for c in range(C)]
    support = [tp + fn for tp, _, fn in counts]
    if average == "micro":
        counts = [tuple(sum(column) for column in zip(*counts, strict=True))]

    def ratio(above, below):
        return above / below if below else zero

    precision = precision or (lambda tp, fp, fn: ratio(tp, tp + fp))
    recall = recall or (lambda tp, fp, fn: ratio(tp, tp + fn))
    f1 = f1 or (lambda tp, fp, fn: ratio(2 * tp, 2 * tp + fp + fn))
    rows = [np.array([score(*row) for row in counts], dtype=np.float64) for score in (precision, recall, f1)]
    if average is None:
        return tuple(rows)
    if average == "weighted":
        if sum(support) == 0:
            return (float(zero if empty is None else empty),) * 3
        return tuple(float(row @ np.array(support) / sum(support)) for row in rows)
    return tuple(float(row.sum() / len(row)) for row in rows)


@accept("scores in plain Python")
def precision_recall_f1(cm, average="macro", zero_division=0.0):
    return _scores(cm, average, zero_division)


@accept("harmonic mean with its corner spelt out")
def precision_recall_f1(cm, average="macro", zero_division=0.0):
    def f1(tp, fp, fn):
        if tp + fp + fn == 0:
            return zero_division
        return 0.0 if tp == 0 else 2 / ((tp + fp) / tp + (tp + fn) / tp)

    return _scores(cm, average, zero_division, f1=f1)


@reject("table transposed", "Rows must be the TRUTH and columns the prediction: yours is the transpose.")
def confusion_matrix(y_true, y_pred, num_classes):
    cm = np.zeros((num_classes, num_classes), np.int64)
    np.add.at(cm, (y_pred, y_true), 1)
    return cm


@reject(
    "fancy index with +=",
    "cm[y_true, y_pred] += 1 adds 1 only once for places that come up many times. Use np.add.at or np.bincount.",
)
def confusion_matrix(y_true, y_pred, num_classes):
    cm = np.zeros((num_classes, num_classes), np.int64)
    cm[y_true, y_pred] += 1
    return cm


@reject(
    "places computed in the labels' dtype",
    "y_true * C + y_pred overflows for uint8 labels at 256. Convert the labels to int64 first.",
)
def confusion_matrix(y_true, y_pred, num_classes):
    places = y_true * y_true.dtype.type(num_classes) + y_pred
    return np.bincount(places, minlength=num_classes**2)[: num_classes**2].reshape(num_classes, num_classes)


@reject("counters in uint8", "Your counters overflow at 256 samples. Count in int64.")
def confusion_matrix(y_true, y_pred, num_classes):
    cm = np.zeros((num_classes, num_classes), np.uint8)
    np.add.at(cm, (y_true, y_pred), 1)
    return cm.astype(np.int64)


@reject("counts as floats", "Counts are whole numbers: return int64.")
def confusion_matrix(y_true, y_pred, num_classes):
    cm = np.zeros((num_classes, num_classes))
    np.add.at(cm, (y_true, y_pred), 1)
    return cm


@reject("size from the labels", "The table has num_classes rows even if some class never comes up in this batch.")
def confusion_matrix(y_true, y_pred, num_classes):
    C = int(max(y_true.max(), y_pred.max())) + 1 if len(y_true) else num_classes
    cm = np.zeros((C, C), np.int64)
    np.add.at(cm, (y_true, y_pred), 1)
    return cm


@reject("fractions instead of counts", "Do not normalise: the entries are counts.")
def confusion_matrix(y_true, y_pred, num_classes):
    cm = np.zeros((num_classes, num_classes))
    np.add.at(cm, (y_true, y_pred), 1)
    return (cm / max(len(y_true), 1)).astype(np.int64)


@reject(
    "precision and recall swapped",
    "Precision looks down a column (everything CALLED c), recall along a row (everything that IS c). Yours are swapped.",
)
def precision_recall_f1(cm, average="macro", zero_division=0.0):
    return _scores(cm.T, average, zero_division)


@reject("arithmetic mean for F1", "F1 is the harmonic mean: with P = 1 and R = 0 it must be 0, not 0.5.")
def precision_recall_f1(cm, average="macro", zero_division=0.0):
    def f1(tp, fp, fn):
        p = tp / (tp + fp) if tp + fp else zero_division
        r = tp / (tp + fn) if tp + fn else zero_division
        return (p + r) / 2

    return _scores(cm, average, zero_division, f1=f1)


@reject("factor 2 missing in F1", "Your F1 is at most 1/2: the harmonic mean is 2PR / (P + R), with a 2.")
def precision_recall_f1(cm, average="macro", zero_division=0.0):
    return _scores(
        cm, average, zero_division, f1=lambda tp, fp, fn: tp / (2 * tp + fp + fn) if tp + fp + fn else zero_division
    )


@reject(
    "F1 of the averages",
    "Average the classes' F1. The harmonic mean of the average precision and the average recall is another number.",
)
def precision_recall_f1(cm, average="macro", zero_division=0.0):
    p, r, f1 = _scores(cm, average, zero_division)
    if average in ("macro", "weighted"):
        f1 = 2 * p * r / (p + r) if p + r else 0.0
    return p, r, f1


@reject(
    "accuracy for precision",
    "Accuracy counts all right answers over all samples. Precision is TP / (TP + FP), class by class.",
)
def precision_recall_f1(cm, average="macro", zero_division=0.0):
    total = int(cm.sum())
    return _scores(
        cm, average, zero_division, precision=lambda tp, fp, fn: (total - fp - fn) / total if total else zero_division
    )


@reject(
    "0/0 left alone", "0/0 gives nan: a class that was never predicted has no precision. Return zero_division there."
)
def precision_recall_f1(cm, average="macro", zero_division=0.0):
    return _scores(cm, average, float("nan"))


@reject("zero_division ignored", "You always put 0 for 0/0. The caller may ask for another value.")
def precision_recall_f1(cm, average="macro", zero_division=0.0):
    return _scores(cm, average, 0.0)


@reject(
    "F1 from undefined precision",
    "F1's denominator is 2TP + FP + FN: while samples of the class exist it is defined, and 0 without a hit. "
    "zero_division counts only when all three are 0.",
)
def precision_recall_f1(cm, average="macro", zero_division=0.0):
    def f1(tp, fp, fn):
        p = tp / (tp + fp) if tp + fp else zero_division
        r = tp / (tp + fn) if tp + fn else zero_division
        return 2 * p * r / (p + r) if p + r else zero_division

    return _scores(cm, average, zero_division, f1=f1)


@reject("weighted by predictions", "The weights are the TRUE samples of each class, the row sums, not the column sums.")
def precision_recall_f1(cm, average="macro", zero_division=0.0):
    if average != "weighted" or cm.sum() == 0:
        return _scores(cm, average, zero_division)
    rows = _scores(cm, None, zero_division)
    return tuple(float(np.average(row, weights=cm.sum(axis=0))) for row in rows)


@reject(
    "weighted is 0 without samples",
    "With average='weighted' and no sample at all there is nothing to weigh by: return zero_division, whatever it is.",
)
def precision_recall_f1(cm, average="macro", zero_division=0.0):
    return _scores(cm, average, zero_division, empty=0.0)


@reject("weighted is macro", "With average='weighted', each class counts by its number of true samples.")
def precision_recall_f1(cm, average="macro", zero_division=0.0):
    return _scores(cm, "macro" if average == "weighted" else average, zero_division)


@reject("micro is macro", "With average='micro', TP, FP and FN are added up over the classes before dividing.")
def precision_recall_f1(cm, average="macro", zero_division=0.0):
    return _scores(cm, "macro" if average == "micro" else average, zero_division)


@reject(
    "classes that never occur left out", "The macro mean runs over all C classes, also those without a single sample."
)
def precision_recall_f1(cm, average="macro", zero_division=0.0):
    if average != "macro":
        return _scores(cm, average, zero_division)
    seen = (cm.sum(axis=0) + cm.sum(axis=1)) > 0
    rows = _scores(cm, None, zero_division)
    return tuple(float(row[seen].mean()) if seen.any() else float(zero_division) for row in rows)


@reject("unknown average accepted", "average='typo' must raise ValueError instead of quietly being something else.")
def precision_recall_f1(cm, average="macro", zero_division=0.0):
    return _scores(cm, average if average in AVERAGES else "macro", zero_division)


waive(
    "precision_recall_f1: count.sum(keepdims=True) → count.mean(keepdims=True)",
    "the three counts are divided by C alike, and only their ratios are used",
)
