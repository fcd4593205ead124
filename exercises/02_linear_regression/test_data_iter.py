"""Checks of data-iter."""

import numpy as np
import torch
from torch.utils.data import DataLoader, TensorDataset

from tutor.checks import draws, equal, holds, raises, uniform


def sizes(n, batch_size, drop_last):
    """Batch sizes that PyTorch's DataLoader gives."""
    if n == 0:
        return []
    loader = DataLoader(TensorDataset(torch.arange(n)), batch_size=batch_size, drop_last=drop_last)
    return [len(batch) for (batch,) in loader]


def epoch(mine, batch_size, *arrays, **options):
    """All batches of an epoch, each of them a tuple with an array for each of the arrays."""
    batches = list(mine.data_iter(batch_size, *arrays, **options))
    for batch in batches:
        holds(isinstance(batch, tuple), "a batch is not a tuple", got=batch, expected="a tuple")
        holds(
            len(batch) == len(arrays),
            "a batch has not one part for each array",
            got=batch,
            expected=f"{len(arrays)} parts",
        )
    return batches


def joined(batches, arrays):
    """The batches put together again, one array for each of the arrays."""
    return tuple(np.concatenate([a[:0], *(batch[k] for batch in batches)]) for k, a in enumerate(arrays))


def table(n):
    """Features, labels and names that tell which sample each row belongs to."""
    X = np.stack([np.arange(n), np.arange(n) + 0.25], axis=1).astype(np.float32)  # (n, 2)
    return X, np.arange(n), np.array([f"sample {i}" for i in range(n)], dtype=object)


@draws(10)
def test_in_order(mine, draw):
    """Without shuffle yields the rows in their order, in batches of the sizes that PyTorch's DataLoader gives."""
    n, batch_size, drop_last = draw.int(1, 12), draw.int(1, 5), draw.bool()
    arrays = table(n)
    batches = epoch(mine, batch_size, *arrays, shuffle=False, drop_last=drop_last)
    given = {"n": n, "batch_size": batch_size, "shuffle": False, "drop_last": drop_last}
    wanted = sizes(n, batch_size, drop_last)
    equal([len(part) for batch in batches for part in batch[:1]], wanted, "the list of batch sizes", input=given)
    kept = sum(wanted)
    equal(joined(batches, arrays), tuple(a[:kept] for a in arrays), "the epoch put together", input=given)


def test_sources_keep_their_order(mine):
    """Leaves the arrays that it reads from as they were, also when they are read-only."""
    X, y = np.arange(18.0).reshape(9, 2), np.arange(9)
    epoch(mine, 2, X, y, rng=np.random.default_rng(1))
    equal((X, y), (np.arange(18.0).reshape(9, 2), np.arange(9)), "the source after an epoch")
    X.flags.writeable = y.flags.writeable = False
    epoch(mine, 2, X, y, rng=np.random.default_rng(1))


@draws(10)
def test_shuffled(mine, draw):
    """With shuffle yields each sample exactly once, and the same rows of every array."""
    n, batch_size, drop_last = draw.int(1, 12), draw.int(1, 5), draw.bool()
    X, y, _ = table(n)
    arrays = (X, y, 10 * y)
    batches = epoch(mine, batch_size, *arrays, rng=draw.rng(), drop_last=drop_last)
    given = {"n": n, "batch_size": batch_size, "drop_last": drop_last}
    wanted = sizes(n, batch_size, drop_last)
    equal([len(part) for batch in batches for part in batch[:1]], wanted, "the list of batch sizes", input=given)
    order = joined(batches, arrays)[1]
    holds(
        len(set(order.tolist())) == sum(wanted),
        "a sample came twice",
        got=order,
        expected="each sample once",
        input=given,
    )
    equal(joined(batches, arrays), tuple(a[order] for a in arrays), "the epoch put together", input=given)


def test_batch_sizes_around_n(mine):
    """Handles a batch_size of n, one above n, far above n, and an exact divisor of n, with and without drop_last."""
    for n, batch_size in ((4, 4), (4, 5), (3, 100), (6, 2), (6, 3), (1, 1)):
        for drop_last in (False, True):
            batches = epoch(mine, batch_size, np.arange(n), shuffle=False, drop_last=drop_last)
            given = {"n": n, "batch_size": batch_size, "drop_last": drop_last}
            equal(
                [len(part) for (part,) in batches],
                sizes(n, batch_size, drop_last),
                "the list of batch sizes",
                input=given,
            )


def test_defaults(mine):
    """Shuffles, and keeps the last short batch, unless told otherwise."""
    x = np.arange(50)
    batches = epoch(mine, 20, x, rng=np.random.default_rng(0))
    equal([len(part) for (part,) in batches], [20, 20, 10], "the list of batch sizes")
    order = joined(batches, (x,))[0]
    holds(
        not np.array_equal(order, x), "the samples came in the order of the array", got="in order", expected="shuffled"
    )
    equal(np.sort(order), x, "the epoch put together and sorted")


def test_no_samples(mine):
    """Yields nothing for arrays without rows."""
    equal(epoch(mine, 3, np.zeros((0, 2)), np.zeros(0), shuffle=False), [], "the epoch")
    equal(epoch(mine, 3, np.zeros((0, 2)), np.zeros(0), rng=np.random.default_rng(0)), [], "the epoch")


def test_same_seed_same_order(mine):
    """Gives the same order for the same seed, another for another seed, and a new one for each epoch of one rng."""
    x = np.arange(40)

    def order(rng):
        return joined(epoch(mine, 7, x, rng=rng), (x,))[0]

    first = order(np.random.default_rng(5))
    again = order(np.random.default_rng(5))
    holds(
        np.array_equal(again, first),
        "two runs with the same seed gave two orders",
        got="two orders",
        expected="one order",
    )
    holds(not np.array_equal(order(np.random.default_rng(6)), first), "another seed gave the same order", got=first)
    rng = np.random.default_rng(5)
    one, two = order(rng), order(rng)
    equal(one, first, "the order of the first epoch")
    holds(
        not np.array_equal(one, two), "two epochs of the same rng had the same order", got=two, expected="another order"
    )


def test_every_order_is_equally_likely(mine):
    """Mixes well: neighbours come apart, and each sample is as likely in one batch as in another (false alarm: 1e-6)."""
    n, x, rng = 400, np.arange(400), np.random.default_rng(2)
    counts = np.zeros((4, 4), dtype=int)
    for _ in range(3):
        order = joined(epoch(mine, 40, x, rng=rng), (x,))[0]
        equal(np.sort(order), x, "the epoch put together and sorted")
        steps = np.diff(order) % n
        holds(
            not (steps == 1).all(),
            "the order is the original one with another start",
            got="a rotation",
            expected="any order",
        )
        holds(
            (steps == 1).sum() < 25,
            "samples that were neighbours are neighbours still",
            got="neighbours",
            expected="any order",
        )
        np.add.at(counts, (np.arange(n) // 100, order // 100), 1)
    uniform(counts, "the place of a sample")


def refuses(mine, *args, because, **options):
    """The whole epoch, so that an error inside a generator comes out."""

    def data_iter(batch_size, *arrays, **options):
        return list(mine.data_iter(batch_size, *arrays, **options))

    raises(ValueError, data_iter, *args, because=because, **options)


def test_refuses_a_batch_size_below_1(mine):
    """Raises ValueError when batch_size is 0 or negative."""
    for batch_size in (0, -2):
        refuses(mine, batch_size, np.arange(6), shuffle=False, because="a batch holds at least one row")


def test_refuses_arrays_of_different_lengths(mine):
    """Raises ValueError when one of the arrays has more or fewer rows than the first one."""
    x = np.arange(6)
    for arrays in ((x, x[:5]), (x[:5], x), (x, x, x[:5])):
        refuses(mine, 9, *arrays, shuffle=False, because="the arrays differ in length")
        refuses(mine, 2, *arrays, rng=np.random.default_rng(0), because="the arrays differ in length")


def test_raises_before_the_first_batch(mine):
    """Raises at the call or for the first batch, not when half of the data have been used."""
    raises(
        ValueError, mine.data_iter, 2, np.arange(6), np.arange(5), shuffle=False, because="the second array is shorter"
    )


def test_refuses_to_shuffle_without_a_generator(mine):
    """Raises ValueError when shuffle is true and no rng was given."""
    refuses(mine, 2, np.arange(6), because="there is no rng to shuffle with")
