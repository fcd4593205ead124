"""Other right ways to write splits and K-fold cross-validation, and the mistakes people make."""

from __future__ import annotations

import numpy as np

from tutor.checks import accept, reject, waive


def possible(n, k):
    """Refuse a number of folds that cannot be."""
    if k < 2 or k > n:
        raise ValueError("impossible k")


def cut(order, k):
    """Folds of an order: the first ones take the remainder."""
    folds, start = [], 0
    for i in range(k):
        stop = start + len(order) // k + (1 if i < len(order) % k else 0)
        folds.append(order[start:stop])
        start = stop
    return folds


def paired(folds):
    """Each fold with all the others."""
    return [(np.concatenate([f for j, f in enumerate(folds) if j != i]), fold) for i, fold in enumerate(folds)]


def cuts(n, ratios):
    """Where the parts end."""
    if any(r < 0 for r in ratios) or not any(ratios):
        raise ValueError("impossible ratios")
    a, b, c = ratios
    return round(n * a / (a + b + c)), round(n * (a + b) / (a + b + c))


@accept("a mask for each fold")
def kfold_indices(n, k, rng=None):
    possible(n, k)
    order = np.arange(n)
    if rng is not None:
        rng.shuffle(order)
    pairs = []
    for fold in cut(order, k):
        mask = np.zeros(n, dtype=bool)
        mask[fold] = True
        pairs.append((np.flatnonzero(~mask), np.flatnonzero(mask)))
    return pairs


@accept("set difference")
def kfold_indices(n, k, rng=None):
    possible(n, k)
    order = np.argsort(rng.random(n)) if rng is not None else np.arange(n)
    return [(np.setdiff1d(order, fold), fold) for fold in np.array_split(order, k)]


@accept("lists of numbers")
def kfold_indices(n, k, rng=None):
    possible(n, k)
    order = [int(i) for i in (range(n) if rng is None else rng.permutation(n))]
    pairs = []
    for fold in cut(order, k):
        pairs.append((np.array([i for i in order if i not in fold]), np.array(fold)))
    return pairs


@accept("slices of one permutation")
def split_indices(n, ratios, rng):
    first, second = cuts(n, ratios)
    order = rng.permutation(n)
    return order[:first], order[first:second], order[second:]


@accept("parts sorted, sizes rounded half up")
def split_indices(n, ratios, rng):
    cuts(n, ratios)
    order = np.arange(n)
    rng.shuffle(order)
    first = int(np.floor(n * ratios[0] / sum(ratios) + 0.5))
    second = n - int(np.floor(n * ratios[2] / sum(ratios) + 0.5)) if ratios[1] else first
    return np.sort(order[:first]), np.sort(order[first:second]), np.sort(order[second:])


@accept("running sums")
def cross_validate(fit_score, n, k, rng=None):
    total_train = total_val = 0.0
    for train, val in kfold_indices(n, k, rng):  # noqa: F821
        a, b = fit_score(train, val)
        total_train += float(a)
        total_val += float(b)
    return total_train / k, total_val / k


@reject(
    "remainder dropped", "n // k rows a fold leave n % k rows that are never validated. The first folds take one more."
)
def kfold_indices(n, k, rng=None):
    possible(n, k)
    order = np.arange(n) if rng is None else rng.permutation(n)
    size = n // k
    folds = [order[i * size : (i + 1) * size] for i in range(k)]
    return [(np.setdiff1d(order, fold), fold) for fold in folds]


@reject(
    "remainder in the last fold",
    "All extra rows are in the last fold. Sizes may differ by 1: the first n % k folds take one row more each.",
)
def kfold_indices(n, k, rng=None):
    possible(n, k)
    order = np.arange(n) if rng is None else rng.permutation(n)
    size = n // k
    return paired([order[i * size : (i + 1) * size if i < k - 1 else n] for i in range(k)])


@reject("fold size rounded up", "Folds of ceil(n / k) rows leave too few for the last one, or none at all.")
def kfold_indices(n, k, rng=None):
    possible(n, k)
    order = np.arange(n) if rng is None else rng.permutation(n)
    size = -(-n // k)
    return paired([order[i * size : (i + 1) * size] for i in range(k)])


@reject("extra rows in the last folds", "The sizes are right, their order is not: the *first* n % k folds are larger.")
def kfold_indices(n, k, rng=None):
    possible(n, k)
    order = np.arange(n) if rng is None else rng.permutation(n)
    bounds = [i * n // k for i in range(k + 1)]
    bounds = np.cumsum([0, *sorted(np.diff(bounds).tolist())])
    return paired([order[bounds[i] : bounds[i + 1]] for i in range(k)])


@reject(
    "validation rows also train",
    "Each training set holds all rows, its own validation rows too: the model has seen the answers. Leave the fold out.",
)
def kfold_indices(n, k, rng=None):
    possible(n, k)
    order = np.arange(n) if rng is None else rng.permutation(n)
    return [(order.copy(), fold) for fold in np.array_split(order, k)]


@reject("trains on one fold", "You train on one fold and validate on the others. It is the other way round.")
def kfold_indices(n, k, rng=None):
    possible(n, k)
    order = np.arange(n) if rng is None else rng.permutation(n)
    return [(fold, rest) for rest, fold in paired(np.array_split(order, k))]


@reject("every k-th row", "Fold i holds the rows i, i + k, i + 2k, …: without rng each fold is a run of neighbours.")
def kfold_indices(n, k, rng=None):
    possible(n, k)
    order = np.arange(n) if rng is None else rng.permutation(n)
    return paired([order[i::k] for i in range(k)])


@reject(
    "shuffled again for each fold",
    "You deal the rows anew for each fold: some are validated twice, others never. Shuffle once, then cut.",
)
def kfold_indices(n, k, rng=None):
    possible(n, k)
    pairs = []
    for i in range(k):
        order = np.arange(n) if rng is None else rng.permutation(n)
        pairs.append(paired(np.array_split(order, k))[i])
    return pairs


@reject("rng not passed on", "cross_validate has an rng, and the folds were not shuffled with it. Pass it on.")
def cross_validate(fit_score, n, k, rng=None):
    scores = np.array([fit_score(t, v) for t, v in kfold_indices(n, k)])  # noqa: F821
    return float(scores[:, 0].mean()), float(scores[:, 1].mean())


@reject("never shuffled", "With rng the rows have to be shuffled before they are cut into folds.")
def kfold_indices(n, k, rng=None):
    possible(n, k)
    return paired(np.array_split(np.arange(n), k))


@reject("always shuffled", "Without rng the rows stay in their order: the folds are runs of neighbours.")
def kfold_indices(n, k, rng=None):
    possible(n, k)
    return paired(np.array_split((rng or np.random.default_rng(0)).permutation(n), k))


@reject("folds shuffled, not rows", "Only the order of the folds is random; the same neighbours share one every time.")
def kfold_indices(n, k, rng=None):
    possible(n, k)
    folds = np.array_split(np.arange(n), k)
    pairs = paired(folds)
    if rng is None:
        return pairs
    sizes = [len(f) for f in folds]
    start = int(rng.integers(n))  # a rotation keeps the sizes
    return paired(np.split(np.roll(np.arange(n), start), np.cumsum(sizes)[:-1]))


@reject("a generator of its own", "The folds do not come from the rng you were given: every run deals the same ones.")
def kfold_indices(n, k, rng=None):
    possible(n, k)
    order = np.arange(n) if rng is None else np.random.default_rng(0).permutation(n)
    return paired(np.array_split(order, k))


@reject("drawn with replacement", "rng.integers draws some rows twice and others never. Use a permutation.")
def kfold_indices(n, k, rng=None):
    possible(n, k)
    order = np.arange(n) if rng is None else rng.integers(0, n, size=n)
    return paired(np.array_split(order, k))


@reject("k not checked", "k folds need at least k rows, and one fold leaves nothing to train on. Raise ValueError.")
def kfold_indices(n, k, rng=None):
    order = np.arange(n) if rng is None else rng.permutation(n)
    folds = np.array_split(order, k) if k > 0 else []
    return [(np.setdiff1d(order, fold), fold) for fold in folds]


@reject("leave-one-out refused", "k = n is allowed: each row is validated alone.")
def kfold_indices(n, k, rng=None):
    if not 2 <= k < n:
        raise ValueError("impossible k")
    return paired(np.array_split(np.arange(n) if rng is None else rng.permutation(n), k))


@reject("lists instead of arrays", "Row numbers are int64 arrays, so that `X[train]` picks rows whatever X is.")
def kfold_indices(n, k, rng=None):
    possible(n, k)
    order = np.arange(n) if rng is None else rng.permutation(n)
    return [(train.tolist(), fold.tolist()) for train, fold in paired(np.array_split(order, k))]


@reject("masks instead of row numbers", "These are masks of True and False. The row numbers themselves are asked for.")
def kfold_indices(n, k, rng=None):
    possible(n, k)
    order = np.arange(n) if rng is None else rng.permutation(n)
    return [(~np.isin(np.arange(n), fold), np.isin(np.arange(n), fold)) for fold in np.array_split(order, k)]


@reject("digits cut off", "int() cuts digits off, and 0.9 · 10 may be 8.999…: a row ends up in the wrong part. Round.")
def split_indices(n, ratios, rng):
    cuts(n, ratios)
    total = np.cumsum(ratios)
    first, second = int(n * total[0] / total[2]), int(n * total[1] / total[2])
    order = rng.permutation(n)
    return order[:first], order[first:second], order[second:]


@reject(
    "the rest is the test part",
    "What rounding leaves over went to the test part, even at a ratio of 0. Cut at the rounded *cumulative* shares.",
)
def split_indices(n, ratios, rng):
    cuts(n, ratios)
    first, second = int(n * ratios[0] / sum(ratios)), int(n * ratios[1] / sum(ratios))
    order = rng.permutation(n)
    return order[:first], order[first : first + second], order[first + second :]


@reject(
    "validation and test part exchanged", "The order is training, validation, test: your last two parts are exchanged."
)
def split_indices(n, ratios, rng):
    first, second = cuts(n, ratios)
    order = rng.permutation(n)
    return order[:first], order[second:], order[first:second]


@reject("ratios taken as fractions", "Ratios need not add up to 1: (6, 2, 2) is allowed. Divide by their sum.")
def split_indices(n, ratios, rng):
    cuts(n, ratios)
    first, second = round(n * ratios[0]), round(n * (ratios[0] + ratios[1]))
    order = rng.permutation(n)
    return order[:first], order[first:second], order[second:]


@reject("second cut not cumulative", "The second cut comes after the first two parts: n · (r1 + r2) / R.")
def split_indices(n, ratios, rng):
    cuts(n, ratios)
    first, length = round(n * ratios[0] / sum(ratios)), round(n * ratios[1] / sum(ratios))
    order = rng.permutation(n)
    return order[:first], order[first : max(first, length)], order[max(first, length) :]


@reject(
    "split without shuffling", "The parts are runs of neighbours. Sorted data would train on one kind only: shuffle."
)
def split_indices(n, ratios, rng):
    first, second = cuts(n, ratios)
    order = np.arange(n)
    return order[:first], order[first:second], order[second:]


@reject("each part drawn on its own", "Each part was drawn from all rows, so they overlap. Cut one permutation.")
def split_indices(n, ratios, rng):
    first, second = cuts(n, ratios)
    sizes = first, second - first, n - second
    return tuple(rng.choice(n, size, replace=False).astype(np.int64) for size in sizes)


@reject("a fresh seed", "Two runs with the same seed gave other parts. Use the rng you were given.")
def split_indices(n, ratios, rng):
    first, second = cuts(n, ratios)
    order = np.random.default_rng().permutation(n)
    return order[:first], order[first:second], order[second:]


@reject("ratios not checked", "A negative share, or three zeros, ask for nothing that can be dealt. Raise ValueError.")
def split_indices(n, ratios, rng):
    a, b, c = ratios
    total = (a + b + c) or 1
    first, second = round(n * a / total), round(n * (a + b) / total)
    order = rng.permutation(n)
    return order[:first], order[first:second], order[second:]


@reject(
    "parts as lists", "The parts are lists. Row numbers are int64 arrays, so that `X[train]` picks rows whatever X is."
)
def split_indices(n, ratios, rng):
    first, second = cuts(n, ratios)
    order = rng.permutation(n).tolist()
    return order[:first], order[first:second], order[second:]


@reject("coin for each row", "You toss for each row: the sizes are right on average only. Cut one permutation.")
def split_indices(n, ratios, rng):
    cuts(n, ratios)
    part = rng.choice(3, size=n, p=np.array(ratios) / sum(ratios))
    return tuple(np.flatnonzero(part == i) for i in range(3))


@reject("sum instead of mean", "These are the errors added up. Divide by the number of folds.")
def cross_validate(fit_score, n, k, rng=None):
    scores = np.array([fit_score(t, v) for t, v in kfold_indices(n, k, rng)])  # noqa: F821
    return float(scores[:, 0].sum()), float(scores[:, 1].sum())


@reject("last fold only", "These are the errors of the last fold. Collect those of all folds, then average.")
def cross_validate(fit_score, n, k, rng=None):
    for t, v in kfold_indices(n, k, rng):  # noqa: F821
        train_error, val_error = fit_score(t, v)
    return float(train_error), float(val_error)


@reject("best fold only", "You report the luckiest fold. The mean over all folds is the estimate.")
def cross_validate(fit_score, n, k, rng=None):
    scores = [fit_score(t, v) for t, v in kfold_indices(n, k, rng)]  # noqa: F821
    best = min(scores, key=lambda s: s[1])
    return float(best[0]), float(best[1])


@reject("one mean of all errors", "Training and validation errors went into one mean. Average each of them: axis=0.")
def cross_validate(fit_score, n, k, rng=None):
    mean = float(np.mean([fit_score(t, v) for t, v in kfold_indices(n, k, rng)]))  # noqa: F821
    return mean, mean


@reject("errors swapped", "The mean training error comes first, then the mean validation error.")
def cross_validate(fit_score, n, k, rng=None):
    scores = np.array([fit_score(t, v) for t, v in kfold_indices(n, k, rng)])  # noqa: F821
    return float(scores[:, 1].mean()), float(scores[:, 0].mean())


@reject("training error twice", "Both numbers are the training error. Models are compared by the validation error.")
def cross_validate(fit_score, n, k, rng=None):
    scores = np.array([fit_score(t, v) for t, v in kfold_indices(n, k, rng)])  # noqa: F821
    return float(scores[:, 0].mean()), float(scores[:, 0].mean())


@reject("arguments swapped", "fit_score takes the training rows first. You trained on the small fold.")
def cross_validate(fit_score, n, k, rng=None):
    scores = np.array([fit_score(v, t) for t, v in kfold_indices(n, k, rng)])  # noqa: F821
    return float(scores[:, 0].mean()), float(scores[:, 1].mean())


@reject("fit_score called twice a fold", "You train twice for each fold, once for each error. One call gives both.")
def cross_validate(fit_score, n, k, rng=None):
    pairs = kfold_indices(n, k, rng)  # noqa: F821
    train = [fit_score(t, v)[0] for t, v in pairs]
    val = [fit_score(t, v)[1] for t, v in pairs]
    return float(np.mean(train)), float(np.mean(val))


@reject(
    "folds dealt anew",
    "You ask for the folds once for each fold: with rng they are others every time. Ask once, then walk through them.",
)
def cross_validate(fit_score, n, k, rng=None):
    scores = np.array([fit_score(*kfold_indices(n, k, rng)[i]) for i in range(k)])  # noqa: F821
    return float(scores[:, 0].mean()), float(scores[:, 1].mean())


@reject("broken folds skipped", "np.nanmean leaves the fold out that broke. A model that diverges has to look bad.")
def cross_validate(fit_score, n, k, rng=None):
    scores = np.array([fit_score(t, v) for t, v in kfold_indices(n, k, rng)])  # noqa: F821
    return float(np.nanmean(scores[:, 0])), float(np.nanmean(scores[:, 1]))


@reject("weighted by fold size", "You weigh the folds by their sizes. The plain mean over the k folds is asked for.")
def cross_validate(fit_score, n, k, rng=None):
    pairs = kfold_indices(n, k, rng)  # noqa: F821
    scores = np.array([fit_score(t, v) for t, v in pairs])
    weights = np.array([len(v) for _, v in pairs]) / n
    return float(weights @ scores[:, 0]), float(weights @ scores[:, 1])


@reject("NumPy numbers", "Give two Python floats: float(…).")
def cross_validate(fit_score, n, k, rng=None):
    scores = np.array([fit_score(t, v) for t, v in kfold_indices(n, k, rng)])  # noqa: F821
    return tuple(scores.mean(axis=0))


waive(
    "kfold_indices: 2 <= k <= n → 1 <= k <= n",
    "with one fold there is nothing to join: np.concatenate raises ValueError",
)
