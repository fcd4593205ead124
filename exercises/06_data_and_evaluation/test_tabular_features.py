"""Checks of tabular-features against a table built cell by cell, without NumPy's statistics."""

from __future__ import annotations

import math

import numpy as np

from tutor.checks import close, draws, equal, quiet, same

STREETS = ("Elm", "Oak", "Ash", "Fir", "Yew")


def build_features(train, test, drop=("Id",)):
    """One cell after the other, straight from the task."""
    features, names = [], []  # features: pairs of lists
    for column in train:
        if column in drop:
            continue
        if train[column].dtype.kind == "f":
            names.append(column)
            features.append(numeric(train[column].tolist(), test[column].tolist()))
        else:
            for label, pair in categorical(train[column].tolist(), test[column].tolist()):
                names.append(f"{column}={label}")
                features.append(pair)
    sizes = [len(next(iter(part.values()))) for part in (train, test)]
    matrices = [np.zeros((size, len(names)), dtype=np.float32) for size in sizes]
    for j, pair in enumerate(features):
        for matrix, cells in zip(matrices, pair, strict=True):
            matrix[:, j] = cells
    return matrices[0], matrices[1], names


def numeric(train, test):
    known = [v for v in train if not math.isnan(v)]
    if not known:
        return [0.0] * len(train), [0.0] * len(test)
    mean = math.fsum(known) / len(known)
    spread = math.sqrt(math.fsum((v - mean) ** 2 for v in known) / len(known)) if min(known) < max(known) else 1.0
    return [[0.0 if math.isnan(v) else (v - mean) / spread for v in part] for part in (train, test)]


def categorical(train, test):
    missing = (None, "NA")
    for category in sorted({v for v in train if v not in missing}):
        yield category, [[float(v == category) for v in part] for part in (train, test)]
    if any(v in missing for v in train + test):
        yield "nan", [[float(v in missing) for v in part] for part in (train, test)]


def numbers(draw, rows, missing):
    """A numeric column, in some unit, around some value."""
    column = draw.array(rows) * draw.pick(30.0, 0.01) + draw.pick(50.0, -3.0)
    column[: rows // 3 if missing else 0] = np.nan
    return column[draw.rng().permutation(rows)]


def words(draw, rows, names, missing):
    """A categorical column; None and "NA" both stand for a missing cell."""
    cells = [names[i] for i in draw.labels(rows, len(names))]
    if missing and rows > 1:
        cells[0], cells[-1] = None, "NA"
    return np.array(cells, dtype=object)


def table(draw, rows, streets, missing=True):
    """An id, two numeric columns and two categorical ones, not in this order."""
    return {
        "street": words(draw, rows, streets, missing),
        "area": numbers(draw, rows, missing),
        "Id": np.arange(rows) + 100.0,
        "roof": words(draw, rows, ("tile", "flat"), False),
        "year": numbers(draw, rows, False) + 1900,
    }


def test_textbook(mine):
    """The example of the task: matrix, names and all."""
    train = {
        "Id": np.array([1.0, 2.0, 3.0]),
        "area": np.array([50.0, np.nan, 70.0]),
        "roof": np.array(["tile", None, "flat"], dtype=object),
    }
    test = {"Id": np.array([4.0]), "area": np.array([80.0]), "roof": np.array(["reed"], dtype=object)}
    same(mine.build_features, build_features, train, test, dtypes=None)


@draws(10)
def test_tables(mine, draw):
    """Tables of numbers, names and missing cells become the matrices and names of the task."""
    train = table(draw, draw.int(4, 9), STREETS[: draw.int(2, 4)], missing=draw.bool())
    test = table(draw, draw.int(2, 5), STREETS, missing=draw.bool())
    same(mine.build_features, build_features, train, test, dtypes=None)


@draws(4)
def test_numbers(mine, draw):
    """A numeric column is standardised by its known training values; missing cells become 0 afterwards."""
    train, test = ({"area": numbers(draw, rows, True)} for rows in (8, 5))
    test["area"] = 2 * test["area"] + 1
    same(mine.build_features, build_features, train, test, dtypes=None)


@draws(4)
def test_sorted_categories(mine, draw):
    """Indicators stand in the sorted order of the training categories, whatever came first; none is left out."""
    order = draw.rng().permutation(len(STREETS))
    train = {"street": np.array([STREETS[i] for i in order], dtype=object)}
    test = {"street": np.array(STREETS[::-1], dtype=object)}
    same(mine.build_features, build_features, train, test, dtypes=None)


def test_missing_in_one_part(mine):
    """A cell that is missing in the test rows only, or in the training rows only, gives both parts the last feature."""
    whole, holes = (np.array(cells, dtype=object) for cells in (["a", "b", "a"], ["b", None, "a", "NA"]))
    same(mine.build_features, build_features, {"c": whole}, {"c": holes}, dtypes=None)
    same(mine.build_features, build_features, {"c": holes}, {"c": whole}, dtypes=None)
    same(mine.build_features, build_features, {"c": whole}, {"c": whole[:2]}, dtypes=None)


def test_unseen_category(mine):
    """A category that only the test rows have gives zeros in the whole block: unknown is not missing."""
    train = {"c": np.array(["b", "NA", "d"], dtype=object)}
    test = {"c": np.array(["a", "b", "c", None], dtype=object)}
    same(mine.build_features, build_features, train, test, dtypes=None)


def test_string_arrays(mine):
    """Columns of dtype str are categorical as well."""
    train = {"c": np.array(["tile", "NA", "flat"]), "x": np.array([1.0, 2.0, 6.0])}
    test = {"c": np.array(["NA", "tile"]), "x": np.array([2.0, np.nan])}
    same(mine.build_features, build_features, train, test, dtypes=None)


def test_nothing_to_divide_by(mine):
    """A constant column is only centred; one without a known training value is 0 everywhere, without a warning."""
    train = {"same": np.array([0.1, np.nan, 0.1, 0.1]), "none": np.full(4, np.nan), "x": np.arange(4.0)}
    test = {"same": np.array([0.1, 5.1, np.nan]), "none": np.array([1.0, np.nan, 3.0]), "x": np.zeros(3)}
    quiet(mine.build_features, train, test)
    same(mine.build_features, build_features, train, test, dtypes=None)
    lost = {"c": np.array([None, "NA"], dtype=object), "x": np.array([1.0, 2.0])}
    same(mine.build_features, build_features, lost, lost, dtypes=None)


def test_no_test_rows(mine):
    """Without test rows X_test is empty and has as many columns as X_train."""
    train = {"x": np.array([1.0, 4.0]), "c": np.array(["u", "v"], dtype=object)}
    test = {"x": np.zeros(0), "c": np.zeros(0, dtype=object)}
    same(mine.build_features, build_features, train, test, dtypes=None)


def test_columns_of_test_in_another_order(mine):
    """The columns of train give the order; those of test may come in another one."""
    train = {"b": np.array([1.0, 2.0]), "c": np.array(["u", "v"], dtype=object), "a": np.array([5.0, 9.0])}
    test = {"c": np.array(["v"], dtype=object), "a": np.array([3.0]), "b": np.array([4.0])}
    same(mine.build_features, build_features, train, test, dtypes=None)


@draws(3)
def test_drop(mine, draw):
    """The columns named in drop are left out, whatever their kind; without it only Id is."""
    train, test = (table(draw, rows, STREETS) for rows in (5, 3))
    drop = draw.pick(("area", "street"), (), ("year",))
    same(mine.build_features, build_features, train, test, drop, dtypes=None)
    same(mine.build_features, build_features, train, test, drop=("nothing",), dtypes=None)
    train, test = ({"Ids": numbers(draw, 3, False), "I": numbers(draw, 3, False)} for _ in range(2))
    same(mine.build_features, build_features, train, test, dtypes=None, note="no column is called Id exactly")


def test_callers_table(mine):
    """The caller's dicts keep their columns, and the arrays their values."""
    train = {"Id": np.array([1.0, 2.0]), "x": np.array([np.nan, 4.0]), "c": np.array(["u", None], dtype=object)}
    test = {name: column.copy() for name, column in train.items()}
    mine.build_features(train, test)
    for part in (train, test):
        equal(list(part), ["Id", "x", "c"], "the list of the caller's columns after the call")
        close(part["x"], np.array([np.nan, 4.0]), "the caller's numeric column after the call")
        equal(part["c"].tolist(), ["u", None], "the caller's categorical column after the call")
