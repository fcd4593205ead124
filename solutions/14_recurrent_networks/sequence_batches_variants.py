"""Other right ways to cut a text into batches, and the mistakes that people make."""

from __future__ import annotations

import numpy as np

from tutor.checks import accept, reject, waive
from tutor.mine import data_iter


def rows(ids, starts, num_steps, ahead=1):
    """X and Y of the subsequences that start there."""
    return tuple(np.array([ids[s + k : s + k + num_steps] for s in starts]) for k in (0, ahead))


def cut(ids, starts, batch_size, num_steps, ahead=1):
    """Batches of the starts, in their order."""
    for k in range(len(starts) // batch_size):
        yield rows(ids, starts[k * batch_size : (k + 1) * batch_size], num_steps, ahead)


def strips(ids, batch_size, num_steps, offset, length=None):
    """Sequential batches, for strips of this length."""
    length = max(0, (len(ids) - offset - 1) // batch_size) if length is None else length
    for t in range(0, length // num_steps * num_steps, num_steps):
        yield rows(ids, [offset + i * length + t for i in range(batch_size)], num_steps)


@accept("shuffles a list of starts")
def random_batches(ids, batch_size, num_steps, rng):
    text = ids[int(rng.integers(0, num_steps)) :]
    starts = [k * num_steps for k in range((len(text) - 1) // num_steps)]
    rng.shuffle(starts)
    yield from cut(text, starts, batch_size, num_steps)


@accept("tables of subsequences, permuted")
def random_batches(ids, batch_size, num_steps, rng):
    offset = int(rng.random() * num_steps)
    count = max(0, len(ids) - offset - 1) // num_steps
    X, Y = (ids[offset + k : offset + k + count * num_steps].reshape(-1, num_steps) for k in (0, 1))
    return iter(data_iter(batch_size, X, Y, rng=rng, drop_last=True))


@accept("split into strips by hand")
def sequential_batches(ids, batch_size, num_steps, offset=0):
    return strips(ids, batch_size, num_steps, offset)


@accept("a table of positions")
def sequential_batches(ids, batch_size, num_steps, offset=0):
    length = (len(ids) - offset - 1) // batch_size
    first = offset + np.arange(batch_size)[:, None] * length + np.arange(num_steps)
    for k in range(length // num_steps):
        at = first + k * num_steps
        yield ids[at], ids[at + 1]


@reject("Y = X", "The target is the NEXT token: Y must be X one token later.")
def random_batches(ids, batch_size, num_steps, rng):
    starts = rng.permutation(np.arange(rng.integers(num_steps), len(ids) - num_steps, num_steps))
    yield from cut(ids, starts, batch_size, num_steps, 0)


@reject("Y two tokens later", "Y is X shifted by ONE token.")
def random_batches(ids, batch_size, num_steps, rng):
    starts = rng.permutation(np.arange(rng.integers(num_steps), len(ids) - num_steps, num_steps))
    yield from cut(np.append(ids, ids[:1]), starts, batch_size, num_steps, 2)


@reject(
    "Y shifted within X",
    "The last target of a row is the token BEHIND the row in the text, not the row's own first one.",
)
def random_batches(ids, batch_size, num_steps, rng):
    starts = rng.permutation(np.arange(rng.integers(num_steps), len(ids) - num_steps, num_steps))
    for X, _ in cut(ids, starts, batch_size, num_steps):
        yield X, np.roll(X, -1, axis=1)


@reject(
    "last subsequence has no label",
    "The last target lies beyond the end of the text. Each subsequence needs one more token: count with L - 1.",
)
def random_batches(ids, batch_size, num_steps, rng):
    starts = rng.permutation(np.arange(rng.integers(num_steps), len(ids) - num_steps + 1, num_steps))
    yield from cut(np.append(ids, -1), starts, batch_size, num_steps)


@reject(
    "one subsequence too few",
    "A subsequence that ends just before the last token still has all its targets; you left it out.",
)
def random_batches(ids, batch_size, num_steps, rng):
    starts = rng.permutation(np.arange(rng.integers(num_steps), len(ids) - num_steps - 1, num_steps))
    yield from cut(ids, starts, batch_size, num_steps)


@reject("no random offset", "You cut at the same places every epoch. Draw an offset from 0 … num_steps - 1 first.")
def random_batches(ids, batch_size, num_steps, rng):
    yield from cut(ids, rng.permutation(np.arange(0, len(ids) - num_steps, num_steps)), batch_size, num_steps)


@reject(
    "offset up to num_steps",
    "An offset of num_steps throws a whole subsequence away. rng.integers(n) gives 0 … n - 1: the end is excluded.",
)
def random_batches(ids, batch_size, num_steps, rng):
    offset = rng.integers(num_steps + 1)
    yield from cut(ids, rng.permutation(np.arange(offset, len(ids) - num_steps, num_steps)), batch_size, num_steps)


@reject(
    "offset never num_steps - 1",
    "rng.integers excludes its end: with num_steps - 1 there, the last offset never comes.",
)
def random_batches(ids, batch_size, num_steps, rng):
    offset = rng.integers(max(1, num_steps - 1))
    yield from cut(ids, rng.permutation(np.arange(offset, len(ids) - num_steps, num_steps)), batch_size, num_steps)


@reject("the order is not drawn", "Yield the subsequences in a random order: yours come as they stand in the text.")
def random_batches(ids, batch_size, num_steps, rng):
    yield from cut(ids, np.arange(rng.integers(num_steps), len(ids) - num_steps, num_steps), batch_size, num_steps)


@reject(
    "shuffled within batches only",
    "The same subsequences are in a batch every time. Shuffle ALL starts before you cut batches.",
)
def random_batches(ids, batch_size, num_steps, rng):
    starts = np.arange(rng.integers(num_steps), len(ids) - num_steps, num_steps)
    for k in range(len(starts) // batch_size):
        yield rows(ids, rng.permutation(starts[k * batch_size : (k + 1) * batch_size]), num_steps)


@reject(
    "batches shuffled whole",
    "Neighbours in the text are neighbours in the batch still: shuffle the starts, not the finished batches.",
)
def random_batches(ids, batch_size, num_steps, rng):
    starts = np.arange(rng.integers(num_steps), len(ids) - num_steps, num_steps)
    batches = list(cut(ids, starts, batch_size, num_steps))
    for k in rng.permutation(len(batches)):
        yield batches[k]


@reject(
    "tokens shuffled",
    "You shuffled the text itself. Only the ORDER of the subsequences is random; inside, the text stays as it is.",
)
def random_batches(ids, batch_size, num_steps, rng):
    starts = np.arange(rng.integers(num_steps), len(ids) - num_steps, num_steps)
    yield from cut(rng.permutation(ids), starts, batch_size, num_steps)


@reject(
    "drawn with replacement",
    "Some subsequences come twice and others never: permute the starts, do not draw each one anew.",
)
def random_batches(ids, batch_size, num_steps, rng):
    starts = np.arange(rng.integers(num_steps), len(ids) - num_steps, num_steps)
    picked = starts[rng.integers(0, len(starts), len(starts))] if len(starts) else starts
    yield from cut(ids, picked, batch_size, num_steps)


@reject(
    "starts anywhere",
    "Subsequences lie end to end: their starts are a multiple of num_steps apart. Yours begin anywhere and overlap.",
)
def random_batches(ids, batch_size, num_steps, rng):
    offset = rng.integers(num_steps)
    count = max(0, (len(ids) - offset - 1) // num_steps)
    starts = rng.choice(max(count, len(ids) - num_steps), size=count, replace=False)
    yield from cut(ids, starts, batch_size, num_steps)


@reject("the last batch is short", "Every batch has batch_size rows: what does not fill one is left out.")
def random_batches(ids, batch_size, num_steps, rng):
    starts = rng.permutation(np.arange(rng.integers(num_steps), len(ids) - num_steps, num_steps))
    for k in range(0, len(starts), batch_size):
        yield rows(ids, starts[k : k + batch_size], num_steps)


@reject(
    "a generator of its own", "Offset and order must come from the rng you were given: the same seed, the same epoch."
)
def random_batches(ids, batch_size, num_steps, rng):
    rng = np.random.default_rng(rng.integers(1000) * 0)
    starts = rng.permutation(np.arange(rng.integers(num_steps), len(ids) - num_steps, num_steps))
    yield from cut(ids, starts, batch_size, num_steps)


@reject(
    "X has the time axis first",
    "A batch has one subsequence in each ROW: (batch_size, num_steps). Yours is transposed.",
)
def random_batches(ids, batch_size, num_steps, rng):
    starts = rng.permutation(np.arange(rng.integers(num_steps), len(ids) - num_steps, num_steps))
    for X, Y in cut(ids, starts, batch_size, num_steps):
        yield X.T.copy(), Y.T.copy()


@reject("batches are lists", "Yield NumPy arrays: np.array of the list of rows.")
def random_batches(ids, batch_size, num_steps, rng):
    starts = rng.permutation(np.arange(rng.integers(num_steps), len(ids) - num_steps, num_steps))
    for X, Y in cut(ids, starts, batch_size, num_steps):
        yield X.tolist(), Y.tolist()


@reject(
    "splits the text into num_steps parts",
    "Cut the text into batch_size strips, one a row of the batch. You cut it into num_steps parts.",
)
def sequential_batches(ids, batch_size, num_steps, offset=0):
    length = max(0, (len(ids) - offset - 1) // num_steps)
    for t in range(0, length - batch_size + 1, batch_size):
        at = offset + np.arange(num_steps) * length + t + np.arange(batch_size)[:, None]
        yield ids[at], ids[at + 1]


@reject(
    "rows follow each other",
    "Your batch takes its rows one behind the other from the text. Row i of the next batch must continue row i of this one.",
)
def sequential_batches(ids, batch_size, num_steps, offset=0):
    step = batch_size * num_steps
    for start in range(offset, len(ids) - step, step):
        yield rows(ids, range(start, start + step, num_steps), num_steps)


@reject(
    "strips of whole steps",
    "You shortened the strips to a multiple of num_steps first: then strip 1 begins too early. Cut the rest off at their END.",
)
def sequential_batches(ids, batch_size, num_steps, offset=0):
    length = max(0, (len(ids) - offset - 1) // batch_size)
    return strips(ids, batch_size, num_steps, offset, length // num_steps * num_steps)


@reject(
    "strips without room for a label",
    "The strips share L - offset - 1 tokens: the last one needs another token behind it, for its last target.",
)
def sequential_batches(ids, batch_size, num_steps, offset=0):
    padded = np.append(ids, 0)
    return strips(padded, batch_size, num_steps, offset)


@reject("offset ignored", "Skip the first offset tokens.")
def sequential_batches(ids, batch_size, num_steps, offset=0):
    return strips(ids, batch_size, num_steps, 0)


@reject(
    "offset skipped twice",
    "You cut the first offset tokens off, and then subtracted the offset from the length of what was left once more.",
)
def sequential_batches(ids, batch_size, num_steps, offset=0):
    text = ids[offset:]
    return strips(text, batch_size, num_steps, 0, max(0, (len(text) - offset - 1) // batch_size))


@reject("offset only in the length", "The strips have the right length but begin at token 0: they begin at offset.")
def sequential_batches(ids, batch_size, num_steps, offset=0):
    length = max(0, (len(ids) - offset - 1) // batch_size)
    return strips(ids, batch_size, num_steps, 0, length)


@reject(
    "the offset is drawn here, too",
    "sequential_batches draws nothing: it begins at the offset it was given, 0 unless told otherwise.",
)
def sequential_batches(ids, batch_size, num_steps, offset=0):
    return strips(ids, batch_size, num_steps, offset + len(ids) % 2)


@reject("Y = X in order", "The target is the NEXT token: Y must be X one token later.")
def sequential_batches(ids, batch_size, num_steps, offset=0):
    for X, _ in strips(ids, batch_size, num_steps, offset):
        yield X, X.copy()


@reject(
    "Y stays inside its strip",
    "The last target of a strip is the first token of the next strip, not the first of its own.",
)
def sequential_batches(ids, batch_size, num_steps, offset=0):
    length = max(0, (len(ids) - offset - 1) // batch_size)
    X = ids[offset : offset + batch_size * length].reshape(batch_size, length)
    Y = np.roll(X, -1, axis=1)
    for t in range(0, length - num_steps + 1, num_steps):
        yield X[:, t : t + num_steps].copy(), Y[:, t : t + num_steps].copy()


@reject("a short batch at the end", "Every batch has num_steps columns: the rest of the strips is left out.")
def sequential_batches(ids, batch_size, num_steps, offset=0):
    length = max(0, (len(ids) - offset - 1) // batch_size)
    for t in range(0, length, num_steps):
        yield rows(ids, [offset + i * length + t for i in range(batch_size)], min(num_steps, length - t))


@reject("batches overlap", "Walk along the strips in steps of num_steps, not token by token.")
def sequential_batches(ids, batch_size, num_steps, offset=0):
    length = max(0, (len(ids) - offset - 1) // batch_size)
    for t in range(length - num_steps + 1):
        yield rows(ids, [offset + i * length + t for i in range(batch_size)], num_steps)


@reject(
    "one batch too few",
    "A strip whose length is a multiple of num_steps gives one more batch: your loop ends a step early.",
)
def sequential_batches(ids, batch_size, num_steps, offset=0):
    length = max(0, (len(ids) - offset - 1) // batch_size)
    for t in range(0, length - num_steps, num_steps):
        yield rows(ids, [offset + i * length + t for i in range(batch_size)], num_steps)


@reject(
    "the strips side by side",
    "You reshaped to (S, batch_size): neighbours in the text landed in one row of time. Reshape to (batch_size, S).",
)
def sequential_batches(ids, batch_size, num_steps, offset=0):
    length = max(0, (len(ids) - offset - 1) // batch_size)
    X, Y = (ids[offset + k : offset + k + batch_size * length].reshape(length, batch_size).T for k in (0, 1))
    for t in range(0, length - num_steps + 1, num_steps):
        yield X[:, t : t + num_steps].copy(), Y[:, t : t + num_steps].copy()


@reject("views of the text", "A slice is a view: who writes to your batch writes to the text. Copy it.")
def sequential_batches(ids, batch_size, num_steps, offset=0):
    length = max(0, (len(ids) - offset - 1) // batch_size)
    X, Y = (ids[offset + k : offset + k + batch_size * length].reshape(batch_size, length) for k in (0, 1))
    for t in range(0, length - num_steps + 1, num_steps):
        yield X[:, t : t + num_steps], Y[:, t : t + num_steps]


@reject("a short text raises", "A text that is too short yields nothing: it is no error.")
def sequential_batches(ids, batch_size, num_steps, offset=0):
    if (len(ids) - offset - 1) // batch_size < num_steps:
        raise ValueError("the text is too short")
    yield from strips(ids, batch_size, num_steps, offset)


waive(
    "sequential_batches: max(0, len(ids) - offset - 1) → max(-1, len(ids) - offset - 1)",
    "a length of -1 gives no batches either, and the two slices are empty",
)
waive(
    "sequential_batches: max(0, len(ids) - offset - 1) → max(len(ids) - offset - 1, 0)",
    "max does not mind the order of its arguments",
)
