"""Checks of sequence-batches. The text is one in which every token tells where it stands, so batches can be read."""

from __future__ import annotations

import numpy as np

from tutor.checks import draws, equal, holds, uniform


def sequential(ids, batch_size, num_steps, offset=0):
    """Token by token, from the task."""
    length = (len(ids) - offset - 1) // batch_size
    batches = []
    for k in range(max(0, length // num_steps)):
        at = [[offset + i * length + k * num_steps + t for t in range(num_steps)] for i in range(batch_size)]
        batches.append((ids[np.array(at)], ids[np.array(at) + 1]))
    return batches


def marked(length):
    """Token k of the text is 100 + k."""
    return np.arange(length) + 100


def all_of(batches, batch_size, num_steps, given):
    """The batches as a list, each of them looked at."""
    found = []
    for batch in batches:
        holds(isinstance(batch, tuple) and len(batch) == 2, "a batch is no pair (X, Y)", got=batch, input=given)
        for name, part in zip("XY", batch, strict=True):
            size = f"({batch_size}, {num_steps})"
            holds(isinstance(part, np.ndarray), f"{name} is no array", got=part, expected="an array", input=given)
            right = part.shape == (batch_size, num_steps)
            holds(right, f"{name} has shape {part.shape}", got=part, expected=size, input=given)
            holds(part.dtype == np.int64, f"{name} is {part.dtype}", got=part, expected="int64", input=given)
        found.append(batch)
    return found


def epoch(mine, length, batch_size, num_steps, rng):
    """Where the subsequences of a random epoch start, in the order in which they came: (number of batches, batch_size)."""
    given = {"ids": f"{length} tokens, 100, 101, …", "batch_size": batch_size, "num_steps": num_steps}
    ids = marked(length)
    found = all_of(mine.random_batches(ids, batch_size, num_steps, rng), batch_size, num_steps, given)
    for X, Y in found:
        equal(X, X[:, :1] + np.arange(num_steps), "X, of neighbouring tokens", input=given)
        equal(Y, X + 1, "Y, the token behind each of X", input=given)
    equal(ids, marked(length), "the caller's ids after the call")
    starts = np.array([X[:, 0] - 100 for X, _ in found], dtype=np.int64).reshape(-1, batch_size)
    inside = starts.size == 0 or (starts.min() >= 0 and starts.max() + num_steps < length)
    holds(inside, "tokens that are not in the text", got=starts + 100, expected="tokens of the text", input=given)
    return starts


@draws(16)
def test_sequential(mine, draw):
    """sequential_batches walks along batch_size strips: every batch goes on where the one before ended."""
    batch_size, num_steps, offset = draw.int(1, 4), draw.int(1, 5), draw.pick(0, 1, 3, 5)
    length = offset + 1 + batch_size * num_steps * draw.int(1, 3) + draw.int(0, 6)
    given = {"ids": marked(length), "batch_size": batch_size, "num_steps": num_steps, "offset": offset}
    found = mine.sequential_batches(marked(length), batch_size, num_steps, *([offset] if offset else []))
    found = all_of(found, batch_size, num_steps, given)
    equal(found, sequential(marked(length), batch_size, num_steps, offset), "the batches", input=given)


def test_lengths(mine):
    """One token more than batch_size * num_steps makes one batch; with one less there is none."""
    for batch_size, num_steps in ((1, 1), (2, 3), (3, 1), (1, 4)):
        for length in range(batch_size * num_steps + 2):
            given = {"ids": marked(length), "batch_size": batch_size, "num_steps": num_steps}
            found = list(mine.sequential_batches(marked(length), batch_size, num_steps))
            equal(len(found), int(length > batch_size * num_steps), "the number of sequential batches", input=given)
            if num_steps == 1:  # then there is one offset only
                found = mine.random_batches(marked(length), batch_size, num_steps, np.random.default_rng(1))
                found = all_of(found, batch_size, num_steps, given)
                equal(len(found), int(length > batch_size), "the number of random batches", input=given)
        for offset in (1, 2):
            whole = marked(batch_size * num_steps + 1 + offset)
            given = {"ids": whole, "batch_size": batch_size, "num_steps": num_steps, "offset": offset}
            found = [list(mine.sequential_batches(ids, batch_size, num_steps, offset)) for ids in (whole, whole[:-1])]
            equal([len(part) for part in found], [1, 0], "the numbers of batches, with a token less 0", input=given)
    for length in (0, 1, 2, 5):  # far too short, and an offset beyond the end
        equal(list(mine.sequential_batches(marked(length), 3, 4, 7)), [], "the batches", input={"ids": marked(length)})
        found = list(mine.random_batches(marked(length), 3, 4, np.random.default_rng(length)))
        equal(found, [], "the batches", input={"ids": marked(length)})


@draws(16)
def test_random_subsequences(mine, draw):
    """random_batches cuts subsequences that lie end to end from one offset on, and uses each at most once."""
    batch_size, num_steps = draw.int(1, 4), draw.int(1, 5)
    length = num_steps * (batch_size * draw.int(1, 3) + 1) + draw.int(0, 5)
    starts = epoch(mine, length, batch_size, num_steps, draw.rng()).ravel()
    given = {"ids": marked(length), "batch_size": batch_size, "num_steps": num_steps}
    holds(starts.size > 0, "no batch came", got="no batch", expected="one at least", input=given)
    once = len(set(starts.tolist())) == len(starts)
    holds(once, "a subsequence came twice", got=starts + 100, expected="different first tokens", input=given)
    offset = starts[0] % num_steps
    holds(
        (starts % num_steps == offset).all(),
        "the first tokens of two subsequences are not a multiple of num_steps apart",
        got=starts + 100,
        expected=f"steps of {num_steps}",
        input=given,
    )
    subsequences = (length - offset - 1) // num_steps
    equal(len(starts) // batch_size, int(subsequences // batch_size), "the number of batches", input=given)


def test_the_offset_is_drawn(mine):
    """The offset of random_batches is 0 … num_steps - 1, each as likely as the others (false alarm: 1e-6)."""
    rng, offsets = np.random.default_rng(11), []
    for _ in range(120):  # 9 tokens in steps of 3 have two subsequences for each of the three offsets
        batches = list(mine.random_batches(marked(9), 2, 3, rng))
        holds(len(batches) == 1, f"{len(batches)} batches from 9 tokens, for steps of 3 and 2 in a batch", expected="1")
        offsets.append(int(batches[0][0].min()) - 100)
    holds(max(offsets) < 3, "the first num_steps tokens were skipped", got=max(offsets), expected="at most 2")
    uniform(np.bincount(offsets, minlength=3), "the offset")


def test_the_order_is_drawn(mine):
    """Every subsequence is as likely as the others to come first, and neighbours come apart (false alarm: 1e-6)."""
    rng, counts, beside, pairs = np.random.default_rng(5), np.zeros(4, dtype=int), 0, 0
    for _ in range(12):
        order = epoch(mine, 41, 20, 1, rng).ravel()  # (40,) in two batches
        np.add.at(counts, order[:10] // 10, 1)
        beside, pairs = beside + int((np.abs(np.diff(order)) == 1).sum()), pairs + 39
    uniform(counts, "the place in the text of what came first")
    holds(beside < pairs / 4, "subsequences that are neighbours in the text came one after the other", got=beside)


def test_same_seed_same_batches(mine):
    """The same seed gives the same epoch, another seed another; the next epoch of one rng differs from the first."""
    ids, seen = marked(200), []
    rng = np.random.default_rng(3)
    for generator in (rng, rng, np.random.default_rng(3), np.random.default_rng(4)):
        seen.append(list(mine.random_batches(ids, 4, 5, generator)))
    first, second, again, other = seen
    equal(again, first, "the epoch of a generator with the same seed")
    for batches, what in ((second, "the second epoch of one rng"), (other, "the epoch of another seed")):
        new = len(batches) != len(first) or any(
            not np.array_equal(a[0], b[0]) for a, b in zip(first, batches, strict=True)
        )
        holds(new, f"{what} is the first one again", got="the same batches", expected="others")


@draws(6)
def test_layouts(mine, draw):
    """Takes strided, reversed and read-only texts; nothing but their tokens matters."""
    ids = draw.labels(25 + draw.index, 50)
    laid = draw.layout(ids)
    given = {"ids": ids, "batch_size": 2, "num_steps": 3}
    equal(list(mine.sequential_batches(laid, 2, 3, 1)), sequential(ids, 2, 3, 1), "the batches", input=given)
    one, two = (list(mine.random_batches(text, 2, 3, draw.rng())) for text in (ids, laid))
    equal(two, one, "the random batches of the same text laid out otherwise", input=given)


def test_arrays_of_their_own(mine):
    """The batches are no views of the text: they can be written to, also when ids is read-only."""
    ids = marked(40)
    ids.flags.writeable = False
    for batches in (mine.sequential_batches(ids, 2, 3), mine.random_batches(ids, 2, 3, np.random.default_rng(1))):
        for X, Y in batches:
            own = X.flags.writeable and Y.flags.writeable
            holds(own, "a batch shares memory with ids", got="a read-only view", expected="an array of its own")
