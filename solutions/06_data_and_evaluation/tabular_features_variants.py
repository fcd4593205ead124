"""Other right ways to write tabular-features, and the mistakes people make."""

from __future__ import annotations

import numpy as np

from tutor.checks import accept, reject

MISSING = (None, "NA")


def numeric(train, test):
    """The pair of features of one numeric column."""
    train, test = train.astype(float), test.astype(float)
    known = train[~np.isnan(train)]
    if not len(known):
        return np.zeros(len(train)), np.zeros(len(test))
    mean, spread = known.mean(), known.std() if known.min() < known.max() else 1.0
    return tuple(np.where(np.isnan(part), 0.0, (part - mean) / spread) for part in (train, test))


def categories(train):
    """Sorted categories of the training cells."""
    return sorted({str(v) for v in train if v not in MISSING})


def has_missing(train, test):
    """Whether either part has a missing cell."""
    return any(v in MISSING for v in [*train, *test])


def block(train, test, known=categories, marked=has_missing, gap="nan"):
    """Labels and pairs of one categorical column."""
    out = [(c, [np.array([v == c for v in part], dtype=float) for part in (train, test)]) for c in known(train)]
    if marked(train, test):
        out.append((gap, [np.array([v in MISSING for v in part], dtype=float) for part in (train, test)]))
    return out


def build(train, test, drop, numeric=numeric, block=block, names_of=list, is_number=lambda a: a.dtype.kind == "f"):
    """The whole matrix from exchangeable parts."""
    names, features = [], []
    for column in names_of(train):
        if column in drop:
            continue
        if is_number(train[column]):
            names.append(column)
            features.append(numeric(train[column], test[column]))
        else:
            for label, pair in block(list(train[column]), list(test[column])):
                names.append(f"{column}={label}")
                features.append(pair)
    return (*(np.stack([f[i] for f in features], axis=1).astype(np.float32) for i in (0, 1)), names)


@accept("matrices filled column by column")
def build_features(train, test, drop=("Id",)):
    return build(train, test, drop)


@accept("np.unique and masks")
def build_features(train, test, drop=("Id",)):
    n, m = (len(next(iter(part.values()))) for part in (train, test))
    left, right, names = np.zeros((n, 0)), np.zeros((m, 0)), []
    for column in [c for c in train if c not in drop]:
        a, b = train[column], test[column]
        if np.issubdtype(a.dtype, np.floating):
            pair = numeric(a, b)
            left, right = np.column_stack([left, pair[0]]), np.column_stack([right, pair[1]])
            names.append(column)
            continue
        a, b = (np.array(["NA" if v is None else v for v in part.tolist()], dtype="U64") for part in (a, b))
        known = [c for c in np.unique(a).tolist() if c != "NA"]
        if (a == "NA").any() or (b == "NA").any():
            known.append("NA")
        left = np.hstack([left, a[:, None] == np.array(known, dtype="U64")])
        right = np.hstack([right, b[:, None] == np.array(known, dtype="U64")])
        names += [f"{column}={'nan' if c == 'NA' else c}" for c in known]
    return left.astype(np.float32), right.astype(np.float32), names


@reject(
    "missing numbers filled with raw 0",
    "You put 0 into the missing cells *before* standardising: an area of 0, a house from the year 0. Standardise first, "
    "without them; then 0 is the mean.",
)
def build_features(train, test, drop=("Id",)):
    return build(train, test, drop, numeric=lambda a, b: numeric(np.nan_to_num(a), np.nan_to_num(b)))


@reject(
    "missing numbers stay NaN", "NaN is still in the matrix, and one is enough to make every weight NaN. Fill with 0."
)
def build_features(train, test, drop=("Id",)):
    def left(a, b):
        pair = numeric(a, b)
        return tuple(np.where(np.isnan(part), np.nan, out) for part, out in zip((a, b), pair, strict=True))

    return build(train, test, drop, numeric=left)


@reject("gaps filled in the training rows alone", "The test rows still hold NaN: missing cells become 0 in both parts.")
def build_features(train, test, drop=("Id",)):
    def left(a, b):
        first, second = numeric(a, b)
        return first, np.where(np.isnan(b), np.nan, second)

    return build(train, test, drop, numeric=left)


@reject("raw mean left in the gaps", "The gaps hold the raw mean. After standardising, the mean is 0.")
def build_features(train, test, drop=("Id",)):
    def filled(a, b):
        pair = numeric(a, b)
        mean = np.nanmean(a) if not np.isnan(a).all() else 0.0
        return tuple(np.where(np.isnan(part), mean, out) for part, out in zip((a, b), pair, strict=True))

    return build(train, test, drop, numeric=filled)


@reject(
    "statistics of both parts together",
    "Mean and σ were computed from training and test rows together: a leak. The test rows are not there yet.",
)
def build_features(train, test, drop=("Id",)):
    def joint(a, b):
        both = numeric(np.concatenate([a, b]), b)[0]
        return both[: len(a)], both[len(a) :]

    return build(train, test, drop, numeric=joint)


@reject(
    "test rows by their own statistics",
    "The test rows were standardised by their own mean and σ: the same house gets other features there.",
)
def build_features(train, test, drop=("Id",)):
    return build(train, test, drop, numeric=lambda a, b: (numeric(a, a)[0], numeric(b, b)[0]))


@reject("numbers not standardised", "The numeric columns came through in their own units: standardise them.")
def build_features(train, test, drop=("Id",)):
    return build(train, test, drop, numeric=lambda a, b: (np.nan_to_num(a), np.nan_to_num(b)))


@reject("divides by N - 1", "This is the deviation with N - 1. The course divides by N.")
def build_features(train, test, drop=("Id",)):
    def sample(a, b):
        known = a[~np.isnan(a)]
        factor = np.sqrt(1 - 1 / len(known)) if len(known) > 1 and known.min() < known.max() else 1.0
        return tuple(factor * part for part in numeric(a, b))

    return build(train, test, drop, numeric=sample)


@reject("constant column divided by 0", "A column of equal values has σ = 0: only centre it.")
def build_features(train, test, drop=("Id",)):
    def plain(a, b):
        with np.errstate(all="ignore"):
            known = a[~np.isnan(a)]
            if not len(known):
                return numeric(a, b)
            return tuple((part - known.mean()) / known.std() for part in (a, b))

    def filled(a, b):
        out = plain(a, b)
        return tuple(np.where(np.isnan(part), 0.0, new) for part, new in zip((a, b), out, strict=True))

    return build(train, test, drop, numeric=filled)


@reject(
    "constant column set to 0",
    "A column that is constant in training may be another in the test rows: centre it there.",
)
def build_features(train, test, drop=("Id",)):
    def zeros(a, b):
        known = a[~np.isnan(a)]
        flat = not len(known) or known.min() == known.max()
        return (np.zeros(len(a)), np.zeros(len(b))) if flat else numeric(a, b)

    return build(train, test, drop, numeric=zeros)


@reject(
    "indicator for missing numbers", "A numeric column gives one feature here; its gaps become 0 and have no indicator."
)
def build_features(train, test, drop=("Id",)):
    X, Z, names = build(train, test, drop)
    for column in train:
        if column not in drop and train[column].dtype.kind == "f" and np.isnan(train[column]).any():
            X = np.column_stack([X, np.isnan(train[column])]).astype(np.float32)
            Z = np.column_stack([Z, np.isnan(test[column])]).astype(np.float32)
            names.append(f"{column}=nan")
    return X, Z, names


@reject(
    "missing category left out",
    "Rows with a missing category have zeros only. “Not recorded” is information: it gets an indicator of its own.",
)
def build_features(train, test, drop=("Id",)):
    return build(train, test, drop, block=lambda a, b: block(a, b, marked=lambda a, b: False))


@reject(
    "missing marked by the training rows alone",
    "A cell was missing in the test rows only, and got no indicator. Look at both parts.",
)
def build_features(train, test, drop=("Id",)):
    return build(train, test, drop, block=lambda a, b: block(a, b, marked=lambda a, b: has_missing(a, [])))


@reject(
    "missing always marked", "The last indicator stands there only if a cell of this column is missing in either part."
)
def build_features(train, test, drop=("Id",)):
    return build(train, test, drop, block=lambda a, b: block(a, b, marked=lambda a, b: True))


@reject(
    "unknown taken for missing",
    "A category that training never saw was marked as missing. It was recorded, it is only unknown: all zeros.",
)
def build_features(train, test, drop=("Id",)):
    def unknown(a, b):
        known = categories(a)
        return block(a, [v if v in known else None for v in b])

    return build(train, test, drop, block=unknown)


@reject("None as the category 'None'", "None is a missing cell, not a category called “None”.")
def build_features(train, test, drop=("Id",)):
    def named(a, b):
        return block(*([("None" if v is None else v) for v in part] for part in (a, b)))

    return build(train, test, drop, block=named)


@reject("NA as a category", '"NA" stands for a missing cell, just like None: both are marked by "column=nan".')
def build_features(train, test, drop=("Id",)):
    def named(a, b):
        return block(*([("NA " if v == "NA" else v) for v in part] for part in (a, b)))

    def labelled(a, b):
        return [(label.strip(), pair) for label, pair in named(a, b)]

    return build(train, test, drop, block=labelled)


@reject(
    "categories of both parts",
    "Categories that only the test rows have became columns: the training matrix is 0 there, and they teach nothing. "
    "Take those of the training rows.",
)
def build_features(train, test, drop=("Id",)):
    return build(train, test, drop, block=lambda a, b: block(a, b, known=lambda a: categories([*a, *b])))


@reject(
    "indicators built separately for the test rows",
    "The test rows made categories of their own: the two matrices differ in width, or in the meaning of a column.",
)
def build_features(train, test, drop=("Id",)):
    X, _, names = build(train, train, drop)
    _, Z, _ = build(test, test, drop) if len(next(iter(test.values()))) else build(train, test, drop)
    return X, Z, names


@reject("categories in the order of appearance", "The categories stand in the order in which they came. Sort them.")
def build_features(train, test, drop=("Id",)):
    def seen(a):
        return list(dict.fromkeys(v for v in a if v not in MISSING))

    return build(train, test, drop, block=lambda a, b: block(a, b, known=seen))


@reject(
    "first category left out",
    "One category has no indicator. Statistics books drop one; here every category has its own.",
)
def build_features(train, test, drop=("Id",)):
    return build(train, test, drop, block=lambda a, b: block(a, b, known=lambda a: categories(a)[1:]))


@reject(
    "categories numbered",
    "Categories became numbers 0, 1, 2: that claims an order and distances that streets do not have. Use indicators.",
)
def build_features(train, test, drop=("Id",)):
    def codes(a, b):
        known = categories(a)
        return [("code", [np.array([known.index(v) if v in known else -1.0 for v in part]) for part in (a, b)])]

    return build(train, test, drop, block=codes)


@reject(
    "Id kept",
    "The id column is still there: an identifier lets a model learn rows by heart. Leave out what drop names.",
)
def build_features(train, test, drop=("Id",)):
    return build(train, test, ())


@reject("drop ignored", "Only Id was left out. The caller says in `drop` which columns to leave out.")
def build_features(train, test, drop=("Id",)):
    return build(train, test, ("Id",))


@reject("names compared in part", "A column is left out only if its whole name is in drop: `name in drop`.")
def build_features(train, test, drop=("Id",)):
    return build(train, test, [c for c in train if any(name in c for name in drop)])


@reject("numbers first", "Features stand in the order of the columns of train, numbers and categories mixed.")
def build_features(train, test, drop=("Id",)):
    return build(train, test, drop, names_of=lambda t: sorted(t, key=lambda name: t[name].dtype.kind != "f"))


@reject("order of the test columns", "The features follow the columns of test. Those of train give the order.")
def build_features(train, test, drop=("Id",)):
    return build(train, test, drop, names_of=lambda t: list(test))


@reject(
    "test columns taken by position", "The k-th column of test was paired with the k-th of train. Pair them by name."
)
def build_features(train, test, drop=("Id",)):
    return build(train, dict(zip(train, test.values(), strict=True)), drop)


@reject("float64", "The matrices are float64. Networks compute in float32: .astype(np.float32).")
def build_features(train, test, drop=("Id",)):
    X, Z, names = build(train, test, drop)
    return X.astype(np.float64), Z.astype(np.float64), names


@reject("gaps filled in the caller's arrays", "You wrote into the caller's arrays. Make new ones.")
def build_features(train, test, drop=("Id",)):
    result = build(train, test, drop)
    for part in (train, test):
        for column in part.values():
            if column.dtype.kind == "f":
                column[np.isnan(column)] = 0.0
    return result


@reject(
    "strings tested by dtype object alone", 'A column may have dtype str as well: ask for numbers (kind "f") instead.'
)
def build_features(train, test, drop=("Id",)):
    return build(train, test, drop, is_number=lambda a: a.dtype != object)
