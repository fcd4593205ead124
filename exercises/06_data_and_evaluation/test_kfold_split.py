"""Checks of kfold-split: sets of row numbers, sizes, and the calls that cross_validate makes.

The sizes of the folds are those of scikit-learn's KFold; its import takes longer than all checks here.
"""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from tutor.checks import close, draws, equal, holds, raises, uniform

PARTS = ("training part", "validation part", "test part")


def rows(values, what, given):
    """The row numbers of one part, after a look at their type."""
    holds(isinstance(values, np.ndarray), f"{what} is not an array", got=values, expected="an int64 array", input=given)
    holds(
        values.dtype == np.int64 and values.ndim == 1,
        f"{what} is not a row of int64 numbers but {values.dtype} of shape {values.shape}",
        got=values,
        expected="int64, one axis",
        input=given,
    )
    return values.tolist()


def dealt(parts, n, given, what="the parts together"):
    """Every row number in exactly one of the parts."""
    together = sorted(number for part in parts for number in part)
    holds(len(together) == len(set(together)), f"{what} hold a row twice", got=together, expected="once", input=given)
    equal(together, list(range(n)), f"{what}, sorted", input=given)


def agree(got, wanted, what, given):
    """Lists that have to be equal, shown whole."""
    holds(got == wanted, f"{what} are not right", got=got, expected=wanted, input=given)


def split(mine, n, ratios, rng):
    parts = mine.split_indices(n, ratios, rng)
    given = {"n": n, "ratios": ratios}
    holds(isinstance(parts, tuple) and len(parts) == 3, "three parts were asked for", got=parts, input=given)
    return [rows(part, f"the {name}", given) for part, name in zip(parts, PARTS, strict=True)]


def folds(mine, n, k, rng=None):
    pairs = mine.kfold_indices(n, k, rng)
    given = {"n": n, "k": k, "rng": rng}
    wanted = f"{k} tuples (train, validation) in a list"
    holds(isinstance(pairs, list), "kfold_indices gives no list", got=pairs, expected=wanted, input=given)
    holds(len(pairs) == k, f"kfold_indices gives {len(pairs)} folds", got=pairs, expected=wanted, input=given)
    for pair in pairs:
        holds(isinstance(pair, tuple) and len(pair) == 2, "a fold is not a tuple of two", got=pair, input=given)
    return [(rows(t, "the training part", given), rows(v, "the validation part", given)) for t, v in pairs]


def runs(n, k):
    """Validation folds without shuffling: the first n % k have one row more."""
    numbers = iter(range(n))
    return [[next(numbers) for _ in range(n // k + (i < n % k))] for i in range(k)]


@draws(10)
def test_folds_in_order(mine, draw):
    """Without rng the validation folds are runs of neighbours; the first n % k have one row more."""
    k = draw.int(2, 6)
    n = k + draw.int(0, 9)
    got = [sorted(validation) for _, validation in folds(mine, n, k)]
    agree(got, runs(n, k), "the validation folds", {"n": n, "k": k})


@draws(10)
def test_training_is_the_rest(mine, draw):
    """In each fold, training and validation part share no row and leave none out, shuffled or not."""
    k = draw.int(2, 6)
    n = k + draw.int(0, 9)
    rng = draw.rng() if draw.bool() else None
    for number, (train, validation) in enumerate(folds(mine, n, k, rng)):
        both = f"training and validation rows of fold {number}"
        dealt((train, validation), n, {"n": n, "k": k}, both)


@draws(8)
def test_shuffled_folds(mine, draw):
    """With rng each row is still in exactly one validation fold, and the sizes are the same as without."""
    k = draw.int(2, 6)
    n = k + draw.int(0, 9)
    got = [validation for _, validation in folds(mine, n, k, draw.rng())]
    dealt(got, n, {"n": n, "k": k}, "the validation folds together")
    wanted = [len(fold) for fold in runs(n, k)]
    agree([len(fold) for fold in got], wanted, "the sizes of the folds", {"n": n, "k": k})


def test_leave_one_out(mine):
    """k = n validates each row alone, and k = 2 on two rows works too."""
    equal([v for _, v in folds(mine, 4, 4)], [[0], [1], [2], [3]], "the list of validation folds")
    equal(folds(mine, 2, 2), [([1], [0]), ([0], [1])], "the list of folds")


def test_impossible_k(mine):
    """k below 2 or above n raises ValueError, in cross_validate as well."""
    for n, k in ((5, 1), (5, 0), (5, -2), (5, 6), (1, 2)):
        raises(ValueError, mine.kfold_indices, n, k, because=f"{n} rows cannot be dealt into {k} folds")
    for n, k in ((5, 1), (2, 3)):
        raises(ValueError, mine.cross_validate, lambda t, v: (0.0, 0.0), n, k, because=f"k = {k} with n = {n}")


@draws(12)
def test_split_deals_all_rows(mine, draw):
    """split_indices puts each row into exactly one of the three parts, in proportion to the ratios."""
    n, scale = draw.int(3, 30), draw.pick(1, 0.1, 3)
    counts = [draw.int(1, 9), draw.int(1, 9), draw.int(1, 8)]
    counts[2] += sum(counts) % 2 == 0  # with an odd sum no cut falls halfway between two rows
    first, second = (round(Fraction(n * share, sum(counts))) for share in (counts[0], counts[0] + counts[1]))
    ratios = tuple(scale * count for count in counts)
    parts = split(mine, n, ratios, draw.rng())
    given = {"n": n, "ratios": ratios}
    agree([len(part) for part in parts], [first, second - first, n - second], "the sizes of the parts", given)
    dealt(parts, n, given)


def test_whole_shares(mine):
    """Shares that are whole numbers come out exactly: 10 rows at (0.7, 0.2, 0.1) are 7, 2 and 1."""
    for n, ratios, sizes in (
        (10, (6, 2, 2), [6, 2, 2]),
        (10, (0.7, 0.2, 0.1), [7, 2, 1]),
        (100, (0.98, 0.01, 0.01), [98, 1, 1]),
        (200, (98, 1, 1), [196, 2, 2]),
        (30, (0.1, 0.2, 0.7), [3, 6, 21]),
    ):
        parts = split(mine, n, ratios, np.random.default_rng(0))
        agree([len(part) for part in parts], sizes, "the sizes of the parts", {"n": n, "ratios": ratios})


def test_ratio_of_zero(mine):
    """A ratio of 0 gives an empty part, first, in the middle or last."""
    for n, ratios in (
        (11, (7, 3, 0)),
        (13, (0.7, 0.3, 0.0)),
        (9, (8, 0, 2)),
        (7, (0, 1, 2)),
        (5, (0, 0, 1)),
        (3, (1, 0, 0)),
    ):
        parts = split(mine, n, ratios, np.random.default_rng(1))
        dealt(parts, n, {"n": n, "ratios": ratios})
        empty = [len(part) == 0 for part in parts]
        equal(empty, [ratio == 0 for ratio in ratios], "the list of empty parts", input={"n": n, "ratios": ratios})


def test_impossible_ratios(mine):
    """A negative ratio, or ratios that are all 0, raise ValueError."""
    for ratios in ((8, -1, 3), (-1, 1, 1), (1, 1, -1), (0, 0, 0), (0.0, 0.0, 0.0)):
        raises(ValueError, mine.split_indices, 10, ratios, np.random.default_rng(0), because=f"ratios {ratios}")


class Calls:
    """A fit_score that remembers its calls and has errors that tell the folds apart."""

    def __init__(self, errors):
        self.errors, self.seen = errors, []

    def __call__(self, train, validation):
        self.seen.append((np.asarray(train).tolist(), np.asarray(validation).tolist()))
        return self.errors[(len(self.seen) - 1) % len(self.errors)]


@draws(8)
def test_mean_errors(mine, draw):
    """cross_validate returns the mean training error and the mean validation error over the folds."""
    k = draw.int(2, 6)
    n = k + draw.int(0, 7)
    errors = [(draw.float(0, 1), draw.float(1, 3)) for _ in range(k)]
    got = mine.cross_validate(Calls(errors), n, k, draw.rng() if draw.bool() else None)
    wanted = tuple(sum(column) / k for column in zip(*errors, strict=True))
    close(got, wanted, "the mean errors", input={"n": n, "k": k, "errors of the folds": errors})


@draws(6)
def test_one_call_a_fold(mine, draw):
    """fit_score is called once for each fold, in order, with the training rows first."""
    k = draw.int(2, 5)
    n = k + draw.int(0, 7)
    rng = draw.rng() if draw.bool() else None
    calls = Calls([(0.5, 1.0)])
    mine.cross_validate(calls, n, k, rng)
    given = {"n": n, "k": k}
    equal(len(calls.seen), k, "the number of calls of fit_score", input=given)
    for train, validation in calls.seen:
        dealt((train, validation), n, given, "training and validation rows of a call")
    agree([len(v) for _, v in calls.seen], [len(fold) for fold in runs(n, k)], "the sizes of the folds", given)
    if rng is None:
        agree([sorted(v) for _, v in calls.seen], runs(n, k), "the validation folds", given)
    dealt([v for _, v in calls.seen], n, given, "the validation folds together")


def test_a_broken_fold_shows(mine):
    """A fold whose error is NaN makes the mean NaN, and only that mean."""
    got = mine.cross_validate(Calls([(0.25, 1.0), (0.75, float("nan")), (0.5, 2.0)]), 7, 3)
    equal(got, (0.5, float("nan")), "the mean errors")


def test_errors_may_be_numpy_numbers(mine):
    """Errors that are NumPy numbers give Python floats all the same."""
    got = mine.cross_validate(Calls([(np.float32(0.25), np.float32(2.0)), (np.float32(0.75), np.float32(1.5))]), 5, 2)
    close(got, (0.5, 1.75), "the mean errors")


def same_seed(order, what):
    """One seed, one order; another seed or another call, another order."""
    first = order(np.random.default_rng(5))
    again = order(np.random.default_rng(5)) == first
    holds(again, f"two runs with the same seed gave other {what}", got="other ones", expected="the same")
    holds(order(np.random.default_rng(6)) != first, f"another seed gave the same {what}", got=first)
    rng = np.random.default_rng(5)
    holds(order(rng) != order(rng), f"two calls with one rng gave the same {what}", got=first)


def test_same_seed_same_parts(mine):
    """split_indices gives the same parts for the same seed; other ones for another seed, or another call."""
    same_seed(lambda rng: split(mine, 40, (6, 2, 2), rng), "parts")


def test_same_seed_same_folds(mine):
    """kfold_indices gives the same folds for the same seed; other ones for another seed, or another call."""
    same_seed(lambda rng: folds(mine, 40, 4, rng), "folds")


def test_same_seed_same_calls(mine):
    """cross_validate shuffles with the rng it was given: the same folds for the same seed, others for another."""

    def seen(rng):
        calls = Calls([(0.0, 0.0)])
        mine.cross_validate(calls, 40, 4, rng)
        return calls.seen

    same_seed(seen, "folds in cross_validate")


def well_mixed(deal, parts, what):
    """Each row is as likely in one part as in another, and neighbours come apart (false alarm: below 1e-6)."""
    n, rng, counts = 400 // parts * parts, np.random.default_rng(2), np.zeros((parts, parts), dtype=int)
    for _ in range(3):
        place = np.zeros(n, dtype=int)  # (n,) the part of each row
        for number, part in enumerate(deal(n, rng)):
            place[part] = number
        together = int((np.diff(place) == 0).sum())
        holds(
            abs(together - n / parts) < 55,  # its standard deviation is below 9.5
            f"{together} of {n} neighbours are in one {what}",
            got=together,
            expected=f"about {n // parts}",
        )
        np.add.at(counts, (np.arange(n) * parts // n, place), 1)
    uniform(counts, f"the {what} of a row")


def test_every_deal_is_equally_likely(mine):
    """Shuffled well: each row is as likely in one part as in another (false alarm: 1e-6)."""
    well_mixed(lambda n, rng: split(mine, n, (1, 1, 1), rng), 3, "part")
    well_mixed(lambda n, rng: [validation for _, validation in folds(mine, n, 4, rng)], 4, "fold")
