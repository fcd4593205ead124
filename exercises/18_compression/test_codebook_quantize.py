"""Checks of codebook_quantize. K-means has no single right answer, so its properties are checked, and tiny optima."""

from __future__ import annotations

import itertools

import numpy as np

from tutor.checks import close, draws, equal, finite, holds, quiet, raises, same

DTYPES = ("float64", "float32")
SLACK = {"float64": 1e-7, "float32": 1e-3}
"""How far from exact a nearest centre or a mean may be, as part of the size of the points."""


def distances(x, centres):
    """Squared, (N, k), in float64."""
    return ((x[:, None].astype("float64") - centres[None].astype("float64")) ** 2).sum(-1)


def inertia(x, centres, labels):
    return float(distances(x, centres)[np.arange(len(x)), labels].sum())


def points(draw, dtype="float64", low=6, high=24, dims=3):
    """(N, D) points, some of them in groups."""
    n, d = draw.int(low, high), draw.int(1, dims)
    groups = draw.array((3, d), 4.0)[draw.labels(n, 3)]
    return (draw.array((n, d)) + groups).astype(dtype)


def well_formed(x, k, centres, labels, shown):
    """Types and shapes; everything finite; every label a centre, and the nearest one."""
    equal(
        (centres.shape, str(centres.dtype), labels.shape, str(labels.dtype)),
        ((k, x.shape[1]), str(x.dtype), (len(x),), "int64"),
        "(centres' shape, dtype, labels' shape, dtype)",
        input=shown,
    )
    finite(centres, "a centre", input=shown)
    holds(((labels >= 0) & (labels < k)).all(), "a label is not one of 0 … k-1", got=labels, input=shown)
    d = distances(x, centres)
    own, best = d[np.arange(len(x)), labels], d.min(axis=1)
    slack = SLACK[str(x.dtype)] * float(np.square(x - x.mean(0)).sum(1).max())
    far = np.flatnonzero(own > best + slack)
    holds(
        len(far) == 0,
        "a row does not have the label of its nearest centre",
        got=labels,
        expected=d.argmin(1),
        input=shown,
    )


@draws(12)
def test_labels_are_nearest(mine, draw):
    """Gives every row the label of the nearest of the centres that are returned, after any number of rounds."""
    x = points(draw, DTYPES[draw.index % 2], high=24 + 8 * draw.index)
    k, iters = draw.int(1, 5), draw.pick(1, 0, 2, 30)
    for start in range(6):
        centres, labels = mine.kmeans(draw.layout(x), k, iters, np.random.default_rng([draw.seed, draw.index, start]))
        well_formed(x, k, centres, labels, {"x": x, "k": k, "iters": iters})


@draws(8)
def test_centres_are_means(mine, draw):
    """Once it has settled, every centre is the mean of its rows."""
    x = points(draw, DTYPES[draw.index % 2])
    k = draw.int(1, 5)
    centres, labels = mine.kmeans(x, k, 60, draw.rng())
    wanted = np.stack([x[labels == j].mean(0) if (labels == j).any() else centres[j] for j in range(k)])
    close(
        centres, wanted.astype(x.dtype), "the centres", rtol=1e-4, atol=1e-4, input={"x": x, "k": k, "labels": labels}
    )
    holds(len(set(labels.tolist())) == k, "a centre has no row, though the points are all different", got=labels)


@draws(6)
def test_one_round(mine, draw):
    """One round moves every centre to the mean of the rows that were nearest to it at the start."""
    x, k = points(draw, low=8), draw.int(1, 4)
    start, labels = mine.kmeans(x, k, 0, draw.rng())
    wanted = np.stack([x[labels == j].mean(0) for j in range(k)])  # all rows differ: each centre has itself
    centres, _ = mine.kmeans(x, k, 1, draw.rng())
    close(centres, wanted, "the centres after one round", input={"x": x, "k": k, "start": start})


@draws(6)
def test_start(mine, draw):
    """The start, which iters = 0 gives back, are different rows of x, and other generators choose others."""
    x = points(draw, DTYPES[draw.index % 2], low=12)
    k = draw.int(1, 4)
    starts = [mine.kmeans(x, k, 0, np.random.default_rng([draw.seed, draw.index, i]))[0] for i in range(12)]
    rows = {tuple(row) for row in x.tolist()}
    holds(
        all(tuple(c) in rows for c in starts[0].tolist()),
        "a centre is no row of x at the start",
        got=starts[0],
        input={"x": x},
    )
    holds(len({tuple(c) for c in starts[0].tolist()}) == k, "two centres start on the same row", got=starts[0])
    holds(len({s.tobytes() for s in starts}) > 1, "twelve generators choose the same start", got=starts[0])


@draws(6)
def test_inertia_falls(mine, draw):
    """From one start, more rounds never leave the points worse served."""
    x, k = points(draw, high=40), draw.int(2, 6)
    ends = [(n, *mine.kmeans(x, k, n, draw.rng())) for n in (0, 1, 2, 4, 8, 20)]
    values = [inertia(x, centres, labels) for _, centres, labels in ends]
    falls = all(b <= a * (1 + 1e-9) + 1e-12 for a, b in itertools.pairwise(values))
    shown = {"x": x, "k": k, "iters": [n for n, *_ in ends]}
    holds(falls, "the inertia rises", got=values, expected="each value at most the one before", input=shown)


@draws(4)
def test_tiny_optimum(mine, draw):
    """On a few numbers in groups the best of 40 starts is the best of all ways to divide them."""
    k = draw.pick(2, 3)
    sizes = [draw.int(2, 3) for _ in range(k)]
    x = np.concatenate([draw.array((n, 1)) + 12 * i * (1 + i) for i, n in enumerate(sizes)])
    order = np.sort(x, axis=0)
    cuts = [(0, *c, len(x)) for c in itertools.combinations(range(1, len(x)), k - 1)]
    best = min(sum(float(order[a:b].var() * (b - a)) for a, b in itertools.pairwise(cut)) for cut in cuts)
    rngs = [np.random.default_rng([draw.seed, draw.index, i]) for i in range(40)]
    found = min(inertia(x, *mine.kmeans(x, k, 30, rng)) for rng in rngs)
    close(found, best, "the smallest inertia of 40 starts", rtol=1e-6, input={"x": x, "k": k})


@draws(6)
def test_repeated_points(mine, draw):
    """Where most rows are equal, empty clusters move to rows that need them: no NaN, no warning, and every value found."""
    few = np.array([[2.0], [1.0], [3.0], [-4.0]]) * draw.pick(1.0, 0.5)
    x = np.concatenate([np.repeat(few[:1], draw.int(5, 30), axis=0), few])
    k = draw.pick(4, 6, 9)
    shown = {"x": x, "k": k}
    for start in range(6):
        centres, labels = quiet(mine.kmeans, x, k, 40, np.random.default_rng([draw.seed, draw.index, start]))
        well_formed(x, k, centres, labels, shown)
        left = inertia(x, centres, labels)
        holds(
            left < 1e-12,
            "there are as many centres as values, but a row is not on one",
            got=centres,
            expected=few,
            input=shown,
        )


@draws(4)
def test_empty_clusters(mine, draw):
    """In one round, empty clusters move to the rows that are worst served, two of them to two different rows."""
    place, far = 10 * draw.array((1, 2)), np.array([[60.0, 0.0], [0.0, -90.0]])
    x = np.concatenate([np.repeat(place, 24, axis=0), place + far])
    k = draw.pick(3, 2)
    for i in range(12):  # until a start has all its centres on the same place; k-means++ hardly ever has
        seed = [draw.seed, draw.index, i]
        start, labels = mine.kmeans(x, k, 0, np.random.default_rng(seed))
        if (start == place).all() and len(set(labels.tolist())) == 1:
            centres, _ = mine.kmeans(x, k, 1, np.random.default_rng(seed))
            worst = (place + far)[::-1][: k - 1]  # farthest first
            found = [bool(np.isclose(centres, row, atol=1e-6).all(axis=1).any()) for row in worst]
            holds(
                all(found),
                "after one round, the rows that were worst served have no centre",
                got=centres,
                expected=worst,
                input={"x": x, "k": k, "start": start},
            )
            return


@draws(3)
def test_identical_points(mine, draw):
    """Rows that are all equal, one centre, and as many centres as rows are no trouble."""
    x, k = [(np.full((5, 2), 0.3), 3), (points(draw), 1), (points(draw, high=7), 6)][draw.index]
    centres, labels = quiet(mine.kmeans, x, k, 10, draw.rng())
    well_formed(x, k, centres, labels, {"x": x, "k": k})
    if k == 1:
        close(centres[0], x.mean(0), "the only centre", input={"x": x})


@draws(6)
def test_sizes(mine, draw):
    """Points of size 1e-6 and 1e6 are grouped as well as those of size 1, in float32 as well."""
    scale, dtype = draw.pick(1e-6, 1e6), DTYPES[draw.index // 2 % 2]
    x, k = (points(draw) * scale).astype(dtype), draw.int(2, 4)
    centres, labels = mine.kmeans(x, k, 30, draw.rng())
    well_formed(x, k, centres, labels, {"x": x, "k": k})


@draws(3)
def test_same_seed(mine, draw):
    """The same generator state gives the same result, read-only arrays are fine, and nothing is changed."""
    x = points(draw)
    before, k = x.copy(), draw.int(2, 4)
    x.flags.writeable = False
    first, second = (mine.kmeans(x, k, 20, draw.rng()) for _ in range(2))
    equal(second, first, "a second run with the same seed", input={"x": x, "k": k})
    equal(x, before, "x after the call")
    holds(not any(np.shares_memory(part, x) for part in first), "a result shares memory with x")


def test_refuses(mine):
    """More centres than points, no centre, and rows that cannot be cut raise ValueError."""
    x, rng = np.arange(12.0).reshape(4, 3), np.random.default_rng(0)
    raises(ValueError, mine.kmeans, x, 5, 3, rng, because="4 points cannot have 5 centres")
    raises(ValueError, mine.kmeans, x, 0, 3, rng, because="there is no centre")
    raises(ValueError, mine.quantize_codebook, x, 13, rng, because="12 numbers cannot have 13 centres")
    raises(ValueError, mine.product_quantize, x, 2, 2, rng, because="rows of 3 cannot be cut into 2 equal pieces")


# --- code books -----------------------------------------------------------------------------------------------------


@draws(9)
def test_codebook(mine, draw):
    """All entries of a tensor of any shape share k values: codes name the nearest one, values are means."""
    shape = draw.shape(dims=(1, 4), low=2, high=4)
    w = draw.array(shape, draw.pick(1.0, 0.02), DTYPES[draw.index % 2])
    k = draw.int(2, min(4, w.size))
    book, codes = mine.quantize_codebook(draw.layout(w), k, draw.rng())
    shown = {"w": w, "k": k}
    got = (book.shape, str(book.dtype), codes.shape, str(codes.dtype))
    equal(got, ((k,), str(w.dtype), w.shape, "int64"), "(code book's shape, dtype, codes' shape, dtype)", input=shown)
    well_formed(w.reshape(-1, 1), k, book[:, None], codes.ravel(), shown)
    means = np.array([w[codes == j].mean() for j in range(k)], w.dtype)
    close(book, means, "the code book", rtol=1e-4, atol=1e-4 * float(np.abs(w).max()), input={**shown, "codes": codes})


@draws(4)
def test_more_values_less_error(mine, draw):
    """A larger code book comes closer, and one that holds all different values gives the tensor back."""
    w = draw.array((5, 8))
    errors = []
    for k in (2, 8, 40):
        book, codes = mine.quantize_codebook(w, k, draw.rng())
        errors.append(float(((book[codes] - w) ** 2).sum()))
    holds(errors[0] > errors[1] > errors[2], "the error does not fall with k = 2, 8, 40", got=errors, input={"w": w})
    few = np.array([-0.5, 0.0, 0.25])[draw.labels((6, 4), 3)]
    book, codes = mine.quantize_codebook(few, 3, draw.rng())
    close(book[codes], few, "the tensor that comes back", input={"w": few, "k": 3})


@draws(6)
def test_product(mine, draw):
    """Every place in the row has a code book of its own, and its codes name the nearest entries."""
    m, length, n, k = draw.pick(2, 3, 1), draw.int(1, 3), draw.int(6, 15), draw.int(2, 4)
    W = draw.array((n, m * length), dtype=DTYPES[draw.index % 2]) + 5 * np.repeat(np.arange(m), length).astype(
        "float32"
    )
    W = W.astype(DTYPES[draw.index % 2])
    books, codes = mine.product_quantize(draw.layout(W), m, k, draw.rng())
    shown = {"W": W, "m": m, "k": k}
    got = (books.shape, str(books.dtype), codes.shape, str(codes.dtype))
    equal(
        got, ((m, k, length), str(W.dtype), (n, m), "int64"), "(books' shape, dtype, codes' shape, dtype)", input=shown
    )
    for j in range(m):
        piece = W[:, j * length : (j + 1) * length]
        well_formed(piece, k, books[j], codes[:, j], shown)
        means = np.stack([piece[codes[:, j] == c].mean(0) for c in range(k)])
        close(books[j], means, f"the book of piece {j}", rtol=1e-4, atol=1e-4, input=shown)


@draws(3)
def test_product_exact(mine, draw):
    """Two values for each of three pieces name eight different rows: such a matrix comes back exactly."""
    values = draw.array((3, 2, 2), 3.0)
    picks = np.array(list(itertools.product((0, 1), repeat=3)))[draw.rng().permutation(8)]
    W = np.concatenate([values[j, picks[:, j]] for j in range(3)], axis=1)
    books, codes = mine.product_quantize(W, 3, 2, draw.rng())
    equal(
        (books.shape, codes.shape), ((3, 2, 2), (8, 3)), "(books' shape, codes' shape)", input={"W": W, "m": 3, "k": 2}
    )
    back = np.concatenate([books[j, codes[:, j]] for j in range(3)], axis=1)
    close(back, W, "the matrix that comes back", input={"W": W, "m": 3, "k": 2})


def ratio(n_weights, k, dim=1, codebooks=1):
    bits = next(b for b in range(64) if 2**b >= k)
    return 32 * n_weights / (n_weights // dim * bits + 32 * k * dim * codebooks)


@draws(12)
def test_ratio(mine, draw):
    """Counts whole bits for the codes, and the code books, too."""
    k, dim = draw.pick(16, 2, 5, 256, 3, 8), draw.pick(1, 4)
    n = dim * draw.int(10, 5000)
    given = (n, k) if dim == 1 else (n, k, dim, draw.int(1, 30))
    same(mine.compression_ratio, ratio, *given)


def test_ratio_of_one_value(mine):
    """A code book of one value needs no codes at all."""
    close(mine.compression_ratio(1000, 1), 1000.0, "the ratio")
