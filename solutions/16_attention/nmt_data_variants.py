"""Other right ways to build the batches, and the mistakes that people make."""

from __future__ import annotations

import numpy as np

from tutor.checks import accept, reject, waive


def _rows(lines, vocab, num_steps, finish=None, length=None):
    """The arrays; a mistake gives its own way to finish a row of tokens, or to count it."""
    finish = finish or (lambda line: _pad([*line, "<eos>"], num_steps))
    length = length or (lambda line: min(len(line) + 1, num_steps))
    rows = [finish([*line]) for line in lines]
    ids = np.array([vocab[row] for row in rows], dtype=np.int64).reshape(len(lines), num_steps)
    return ids, np.array([length(line) for line in lines], dtype=np.int64)


def _pad(tokens, num_steps):
    return (tokens + ["<pad>"] * num_steps)[:num_steps]


@accept("lists first, one array at the end")
def build_arrays(lines, vocab, num_steps):
    return _rows(lines, vocab, num_steps)


@accept("lengths counted from the padding")
def build_arrays(lines, vocab, num_steps):
    pad, eos = vocab["<pad>"], vocab["<eos>"]
    ids = np.empty((len(lines), num_steps), dtype=np.int64)
    for row, line in zip(ids, lines, strict=False):
        whole = vocab[list(line)] + [eos] + [pad] * num_steps
        row[:] = whole[:num_steps]
    return ids, (ids != pad).sum(axis=1)


@accept("token by token")
def build_arrays(lines, vocab, num_steps):
    ids = np.full((len(lines), num_steps), vocab["<pad>"], dtype=np.int64)
    lengths = []
    for i, line in enumerate(lines):
        for t, token in enumerate(line[:num_steps]):
            ids[i, t] = vocab[token]
        if len(line) < num_steps:
            ids[i, len(line)] = vocab["<eos>"]
        lengths.append(min(num_steps, len(line) + 1))
    return ids, np.array(lengths, dtype=np.int64)


@accept("rolled, then <bos> in front")
def shift_right(target, bos):
    out = np.roll(target, 1, axis=1)
    out[:, 0] = bos
    return out


@accept("a column of <bos> concatenated")
def shift_right(target, bos):
    return np.concatenate([np.full((len(target), 1), bos, dtype=target.dtype), target[:, :-1]], axis=1)


@reject("<eos> added after the padding", "<eos> follows the last word; your rows have padding between the two.")
def build_arrays(lines, vocab, num_steps):
    return _rows(lines, vocab, num_steps, lambda line: _pad(line, num_steps)[: num_steps - 1] + ["<eos>"])


@reject("no <eos>", "The rows end without <eos>: a decoder trained on them never learns where to stop.")
def build_arrays(lines, vocab, num_steps):
    return _rows(lines, vocab, num_steps, lambda line: _pad(line, num_steps), lambda line: min(len(line), num_steps))


@reject(
    "<eos> kept when a sentence is cut",
    "A sentence that is too long was cut and closed with <eos>, as if it ended there. Add <eos> first, then cut.",
)
def build_arrays(lines, vocab, num_steps):
    return _rows(lines, vocab, num_steps, lambda line: _pad(line[: num_steps - 1] + ["<eos>"], num_steps))


@reject("zeros as padding", "np.zeros fills the rows with index 0, which is <unk>. Pad with vocab['<pad>'].")
def build_arrays(lines, vocab, num_steps):
    ids, lengths = np.zeros((len(lines), num_steps), dtype=np.int64), np.zeros(len(lines), dtype=np.int64)
    for i, line in enumerate(lines):
        kept = [*line, "<eos>"][:num_steps]
        ids[i, : len(kept)], lengths[i] = vocab[kept], len(kept)
    return ids, lengths


@reject(
    "special tokens by fixed numbers",
    "You wrote the indices of <pad> and <eos> down as 1 and 3. Another vocabulary has them elsewhere: look them up by name.",
)
def build_arrays(lines, vocab, num_steps):
    ids, lengths = np.full((len(lines), num_steps), 1, dtype=np.int64), np.zeros(len(lines), dtype=np.int64)
    for i, line in enumerate(lines):
        kept = (vocab[[*line]] + [3])[:num_steps]
        ids[i, : len(kept)], lengths[i] = kept, len(kept)
    return ids, lengths


@reject("unknown tokens become padding", "A token that the vocabulary does not know is <unk>, not <pad>.")
def build_arrays(lines, vocab, num_steps):
    known = [[token if vocab[token] else "<pad>" for token in line] for line in lines]
    return _rows(known, vocab, num_steps)


@reject("unknown tokens left out", "An unknown token is a token all the same: it stands in its place as <unk>.")
def build_arrays(lines, vocab, num_steps):
    lines = [[token for token in line if vocab[token]] for line in lines]
    return _rows(lines, vocab, num_steps)


@reject("<eos> not counted", "valid_len leaves <eos> out: then the loss never asks for it. It counts like a word.")
def build_arrays(lines, vocab, num_steps):
    return _rows(lines, vocab, num_steps, length=lambda line: min(len(line), num_steps))


@reject("lengths before the cut", "valid_len is longer than the row: count what is left after the cut.")
def build_arrays(lines, vocab, num_steps):
    return _rows(lines, vocab, num_steps, length=lambda line: len(line) + 1)


@reject(
    "num_steps as every length", "Every valid_len is num_steps: then padding counts as text. Count tokens and <eos>."
)
def build_arrays(lines, vocab, num_steps):
    return _rows(lines, vocab, num_steps, length=lambda line: num_steps)


@reject("<bos> in front", "These rows begin with <bos>. That is the decoder's input; shift_right puts it there.")
def build_arrays(lines, vocab, num_steps):
    return _rows(
        lines,
        vocab,
        num_steps,
        lambda line: _pad(["<bos>", *line, "<eos>"], num_steps),
        lambda line: min(len(line) + 2, num_steps),
    )


@reject(
    "padding in front", "Your padding comes first. It belongs behind <eos>, so that every sentence starts at column 0."
)
def build_arrays(lines, vocab, num_steps):
    return _rows(
        lines, vocab, num_steps, lambda line: (["<pad>"] * num_steps + [*line, "<eos>"][:num_steps])[-num_steps:]
    )


@reject("rows as long as the longest sentence", "Every row has num_steps columns, however short the sentences are.")
def build_arrays(lines, vocab, num_steps):
    num_steps = max([1, *(min(len(line) + 1, num_steps) for line in lines)])
    return _rows(lines, vocab, num_steps)


@reject(
    "<eos> appended to the caller's list",
    "line.append('<eos>') changes the caller's sentence. Make a new list: line + ['<eos>'].",
)
def build_arrays(lines, vocab, num_steps):
    for line in lines:
        line.append("<eos>")
    return _rows(lines, vocab, num_steps, lambda line: _pad(line, num_steps), lambda line: min(len(line), num_steps))


@reject("floats instead of indices", "An index is a whole number: np.full and np.zeros need dtype=np.int64 here.")
def build_arrays(lines, vocab, num_steps):
    ids, lengths = _rows(lines, vocab, num_steps)
    return ids.astype(np.float64), lengths


@reject(
    "the first token dropped",
    "You shifted to the left: the decoder would read what comes two places later. It reads <bos>, y1, … and predicts y1, y2, …",
)
def shift_right(target, bos):
    return np.concatenate([target[:, 1:], np.full_like(target[:, :1], bos)], axis=1)


@reject(
    "the first token lost", "<bos> took the place of the first token. It comes in front, and the LAST token is dropped."
)
def shift_right(target, bos):
    out = target.copy()
    out[:, 0] = bos
    return out


@reject("rolled without <bos>", "np.roll brings the LAST token to the front: put <bos> there.")
def shift_right(target, bos):
    return np.roll(target, 1, axis=1)


@reject("one column more", "The last token is still there: the result has T columns, like target.")
def shift_right(target, bos):
    return np.concatenate([np.full_like(target[:, :1], bos), target], axis=1)


@reject("not shifted", "The decoder would read the very token that it has to predict: nothing is left to learn.")
def shift_right(target, bos):
    return target.copy()


@reject("shifted down", "You moved the rows, so every sentence got its neighbour's tokens. Shift along axis 1.")
def shift_right(target, bos):
    out = np.full_like(target, bos)
    out[1:] = target[:-1]
    return out


@reject("shifted in place", "target itself was changed, and the loss needs it as it was: work on a copy.")
def shift_right(target, bos):
    target[:, 1:] = target[:, :-1].copy()
    target[:, 0] = bos
    return target


@reject("always the same <bos>", "You put a fixed number in front; the caller says which index <bos> has.")
def shift_right(target, bos):
    out = np.full_like(target, 2)
    out[:, 1:] = target[:, :-1]
    return out


waive(
    "build_arrays: np.full((len(lines), num_steps), vocab['<pad>'], dtype=np.int64) → np.full((len(lines), num_steps), vocab['<pad>'])",
    "int64 is what NumPy takes for a Python int on every common machine; written out, it holds on the others too",
)
