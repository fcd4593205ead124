"""Other right ways to write data-iter, and the mistakes that people make."""

import numpy as np

from tutor.checks import accept, reject, waive


def length(batch_size, arrays, rng, shuffle):
    """Refuse what cannot work; give the number of samples."""
    if batch_size < 1 or len({len(array) for array in arrays}) != 1 or (shuffle and rng is None):
        raise ValueError("bad arguments")
    return len(arrays[0])


def batches(order, batch_size, arrays, drop_last):
    """Cut an order of rows into batches."""
    for start in range(0, len(order), batch_size):
        rows = order[start : start + batch_size]
        if len(rows) == batch_size or not drop_last:
            yield tuple(array[rows] for array in arrays)


@accept("checks at the call, returns an inner generator")
def data_iter(batch_size, *arrays, rng=None, shuffle=True, drop_last=False):
    n = length(batch_size, arrays, rng, shuffle)
    order = np.arange(n)
    if shuffle:
        rng.shuffle(order)
    stop = n - n % batch_size if drop_last else n
    return (tuple(a[order[i : min(i + batch_size, stop)]] for a in arrays) for i in range(0, stop, batch_size))


@accept("permutes all arrays first, then slices")
def data_iter(batch_size, *arrays, rng=None, shuffle=True, drop_last=False):
    n = length(batch_size, arrays, rng, shuffle)
    if shuffle:
        order = rng.permutation(n)
        arrays = tuple(np.take(a, order, axis=0) for a in arrays)
    for k in range(n // batch_size if drop_last else -(-n // batch_size)):
        yield tuple(a[k * batch_size : (k + 1) * batch_size] for a in arrays)


@accept("sorts random keys")
def data_iter(batch_size, *arrays, rng=None, shuffle=True, drop_last=False):
    n = length(batch_size, arrays, rng, shuffle)
    rows = list(np.argsort(rng.random(n)) if shuffle else range(n))
    while rows:
        head, rows = rows[:batch_size], rows[batch_size:]
        if len(head) < batch_size and drop_last:
            break
        yield tuple(a[np.array(head)] for a in arrays)


@accept("slices of the arrays themselves where nothing is shuffled")
def data_iter(batch_size, *arrays, rng=None, shuffle=True, drop_last=False):
    n = length(batch_size, arrays, rng, shuffle)
    if shuffle:
        yield from batches(rng.permutation(n), batch_size, arrays, drop_last)
        return
    for start in range(0, n - batch_size + 1 if drop_last else n, batch_size):
        yield tuple(a[start : start + batch_size] for a in arrays)


@reject(
    "shuffles each array on its own",
    "The arrays were shuffled independently: rows that belong together came apart. Draw one order and use it for "
    "every array.",
)
def data_iter(batch_size, *arrays, rng=None, shuffle=True, drop_last=False):
    n = length(batch_size, arrays, rng, shuffle)
    if shuffle:
        arrays = tuple(a[rng.permutation(n)] for a in arrays)
    yield from batches(np.arange(n), batch_size, arrays, drop_last)


@reject(
    "always drops the last short batch",
    "The last, shorter batch is missing. Step through range(0, n, batch_size), and drop it only with drop_last.",
)
def data_iter(batch_size, *arrays, rng=None, shuffle=True, drop_last=False):
    n = length(batch_size, arrays, rng, shuffle)
    order = rng.permutation(n) if shuffle else np.arange(n)
    yield from batches(order, batch_size, arrays, True)


@reject(
    "fills up the last batch",
    "Your last batch was filled up with rows that had been handed out before. Each sample comes once in an epoch: the "
    "last batch has only the rows that are left.",
)
def data_iter(batch_size, *arrays, rng=None, shuffle=True, drop_last=False):
    n = length(batch_size, arrays, rng, shuffle)
    order = rng.permutation(n) if shuffle else np.arange(n)
    missing = 0 if drop_last else -n % batch_size
    yield from batches(np.concatenate([order, np.resize(order, missing)]), batch_size, arrays, drop_last)


@reject("ignores drop_last", "With drop_last the short batch at the end is left out.")
def data_iter(batch_size, *arrays, rng=None, shuffle=True, drop_last=False):
    n = length(batch_size, arrays, rng, shuffle)
    order = rng.permutation(n) if shuffle else np.arange(n)
    yield from batches(order, batch_size, arrays, False)


@reject(
    "drop_last drops a full batch",
    "With drop_last you left out a batch that was full: n was a multiple of batch_size. Only a shorter one is dropped.",
)
def data_iter(batch_size, *arrays, rng=None, shuffle=True, drop_last=False):
    n = length(batch_size, arrays, rng, shuffle)
    order = rng.permutation(n) if shuffle else np.arange(n)
    for start in range(0, n, batch_size):
        if drop_last and start + batch_size >= n:
            return
        yield tuple(a[order[start : start + batch_size]] for a in arrays)


@reject(
    "a generator of its own",
    "The order does not come from the rng you were given: a generator made inside gives the same order in every epoch.",
)
def data_iter(batch_size, *arrays, rng=None, shuffle=True, drop_last=False):
    n = length(batch_size, arrays, rng, shuffle)
    order = np.random.default_rng(0).permutation(n) if shuffle else np.arange(n)
    yield from batches(order, batch_size, arrays, drop_last)


@reject(
    "a generator with a fresh seed",
    "Two runs with the same seed gave different orders. Use the rng you were given, or nobody can repeat a run.",
)
def data_iter(batch_size, *arrays, rng=None, shuffle=True, drop_last=False):
    n = length(batch_size, arrays, rng, shuffle)
    order = np.random.default_rng().permutation(n) if shuffle else np.arange(n)
    yield from batches(order, batch_size, arrays, drop_last)


@reject("shuffles the data in place", "The caller's array was reordered. Shuffle the row numbers, not the data.")
def data_iter(batch_size, *arrays, rng=None, shuffle=True, drop_last=False):
    n = length(batch_size, arrays, rng, shuffle)
    if shuffle:
        state = rng.bit_generator.state
        for a in arrays:
            rng.bit_generator.state = state  # the same order for every array
            rng.shuffle(a)
    yield from batches(np.arange(n), batch_size, arrays, drop_last)


@reject(
    "always shuffles",
    "With shuffle=False the samples come in the order of the arrays.",
)
def data_iter(batch_size, *arrays, rng=None, shuffle=True, drop_last=False):
    n = length(batch_size, arrays, rng, shuffle)
    yield from batches((rng or np.random.default_rng(0)).permutation(n), batch_size, arrays, drop_last)


@reject("never shuffles", "The samples came in the order of the arrays although shuffle was true.")
def data_iter(batch_size, *arrays, rng=None, shuffle=True, drop_last=False):
    n = length(batch_size, arrays, rng, shuffle)
    yield from batches(np.arange(n), batch_size, arrays, drop_last)


@reject(
    "draws with replacement",
    "Some samples came twice and others not at all. An epoch is a permutation: each sample exactly once.",
)
def data_iter(batch_size, *arrays, rng=None, shuffle=True, drop_last=False):
    n = length(batch_size, arrays, rng, shuffle)
    order = rng.integers(0, n, size=n) if shuffle and n else np.arange(n)
    yield from batches(order, batch_size, arrays, drop_last)


@reject(
    "starts at a random place",
    "Your order is the original one with another start: neighbours stay neighbours. Every order must be equally likely.",
)
def data_iter(batch_size, *arrays, rng=None, shuffle=True, drop_last=False):
    n = length(batch_size, arrays, rng, shuffle)
    order = np.roll(np.arange(n), rng.integers(0, n)) if shuffle and n else np.arange(n)
    yield from batches(order, batch_size, arrays, drop_last)


@reject(
    "shuffles the batches, not the samples",
    "The batches come in random order, but always with the same samples in them. Shuffle the samples.",
)
def data_iter(batch_size, *arrays, rng=None, shuffle=True, drop_last=False):
    n = length(batch_size, arrays, rng, shuffle)
    parts = list(batches(np.arange(n), batch_size, arrays, drop_last))
    for k in rng.permutation(len(parts)) if shuffle else range(len(parts)):
        yield parts[k]


@reject(
    "shuffles inside the batches only",
    "Each batch has the same samples in every epoch, only in another order. Shuffle all samples before you cut batches.",
)
def data_iter(batch_size, *arrays, rng=None, shuffle=True, drop_last=False):
    n = length(batch_size, arrays, rng, shuffle)
    for rows in batches(np.arange(n), batch_size, (np.arange(n),), drop_last):
        rows = rng.permutation(rows[0]) if shuffle else rows[0]
        yield tuple(a[rows] for a in arrays)


@reject("no check of the lengths", "Arrays of different lengths went through. Raise ValueError before the first batch.")
def data_iter(batch_size, *arrays, rng=None, shuffle=True, drop_last=False):
    n = length(batch_size, arrays[:1], rng, shuffle)
    order = rng.permutation(n) if shuffle else np.arange(n)
    yield from batches(order, batch_size, [a[: len(order)] for a in arrays], drop_last)


@reject("no check of batch_size", "A batch_size below 1 gave an epoch without any batch. Raise ValueError.")
def data_iter(batch_size, *arrays, rng=None, shuffle=True, drop_last=False):
    n = length(1, arrays, rng, shuffle)
    order = rng.permutation(n) if shuffle else np.arange(n)
    if batch_size > 0:
        yield from batches(order, batch_size, arrays, drop_last)


@reject(
    "no check of rng",
    "Without an rng there is nothing to shuffle with, and you went on all the same. Raise ValueError.",
)
def data_iter(batch_size, *arrays, rng=None, shuffle=True, drop_last=False):
    n = length(batch_size, arrays, rng, False)
    order = rng.permutation(n) if shuffle and rng is not None else np.arange(n)
    yield from batches(order, batch_size, arrays, drop_last)


@reject("yields lists", "Each batch is a tuple, so that `for xb, yb in …` and everything else can rely on it.")
def data_iter(batch_size, *arrays, rng=None, shuffle=True, drop_last=False):
    n = length(batch_size, arrays, rng, shuffle)
    order = rng.permutation(n) if shuffle else np.arange(n)
    for batch in batches(order, batch_size, arrays, drop_last):
        yield list(batch)


@reject(
    "returns all batches of one array as it is",
    "With a single array, too, each batch is a tuple: (xb,).",
)
def data_iter(batch_size, *arrays, rng=None, shuffle=True, drop_last=False):
    n = length(batch_size, arrays, rng, shuffle)
    order = rng.permutation(n) if shuffle else np.arange(n)
    for batch in batches(order, batch_size, arrays, drop_last):
        yield batch if len(batch) > 1 else batch[0]


waive(
    "data_iter: batch_size < 1 → batch_size < 0",
    "range with a step of 0 raises ValueError as well; the test is there for its sentence",
)
waive("data_iter: arrays[0] → arrays[-1]", "all arrays have been found to be of one length, so any of them tells n")
