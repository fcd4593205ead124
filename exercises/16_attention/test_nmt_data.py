"""Checks of nmt-data, on small vocabularies whose special tokens lie in different places."""

from __future__ import annotations

import numpy as np

from tutor.checks import draws, equal, holds, same

WORDS = ["go", "run", "now", "we", "you", "home", "!", "."]


class Vocab:
    """A vocabulary as the learner's own: <unk> is 0, the reserved tokens and the words follow."""

    def __init__(self, *tokens):
        self.tokens = ["<unk>", *tokens]

    def __len__(self):
        return len(self.tokens)

    def __getitem__(self, tokens):
        if isinstance(tokens, (list, tuple)):
            return [self[token] for token in tokens]
        return self.tokens.index(tokens) if tokens in self.tokens else 0

    def __repr__(self):
        return f"Vocab({', '.join(self.tokens)})"


def vocabulary(draw):
    special = draw.pick(
        ("<pad>", "<bos>", "<eos>"), ("<bos>", "<eos>", "<pad>"), ("<eos>", "<pad>", "<bos>"), ("<pad>", "<eos>")
    )
    if draw.pick(False, True):
        return Vocab(*WORDS, *special)
    return Vocab(*special, *WORDS)


def sentence(draw, length, words=WORDS):
    return [words[i] for i in draw.labels(length, len(words))]


def build_arrays(lines, vocab, num_steps):
    rows, lengths = [], []
    for line in lines:
        row = [vocab[token] for token in line]
        if len(row) < num_steps:
            row.append(vocab["<eos>"])
        row = row[:num_steps]
        lengths.append(len(row))
        rows.append(row + [vocab["<pad>"]] * (num_steps - len(row)))
    ids = np.array(rows, dtype=np.int64).reshape(len(lines), num_steps)
    return ids, np.array(lengths, dtype=np.int64)


def shift_right(target, bos):
    return np.column_stack([np.full(len(target), bos), target[:, :-1]])


def check(mine, lines, vocab, num_steps, note=""):
    same(mine.build_arrays, build_arrays, lines, vocab, num_steps, note=note)


@draws(10)
def test_short_sentences(mine, draw):
    """Short sentences: the tokens, then <eos>, then <pad>; valid_len counts the tokens and <eos>."""
    lines = [sentence(draw, length) for length in (1, 3, 2)]
    check(mine, lines, vocabulary(draw), draw.pick(5, 6, 9))


@draws(8)
def test_long_sentences(mine, draw):
    """A sentence that fills the row has no room for <eos>, a longer one is cut: valid_len is num_steps."""
    num_steps = draw.int(1, 5)
    lines = [sentence(draw, length) for length in (num_steps, num_steps + 1, num_steps + 3, max(0, num_steps - 1))]
    check(mine, lines, vocabulary(draw), num_steps)


@draws(12)
def test_any_lengths(mine, draw):
    """Sentences of all lengths in one batch."""
    count, num_steps = draw.shape(dims=2, high=8)
    lines = [sentence(draw, int(n)) for n in draw.labels(count, num_steps + 3)]
    check(mine, lines, vocabulary(draw), num_steps)


@draws(4)
def test_unknown_tokens(mine, draw):
    """A token that the vocabulary does not know gets the index of <unk>, and counts as a token."""
    lines = [sentence(draw, 3, ["go", "zebra", "now", "qua"]), ["zebra"], ["zebra"] * 9]
    check(mine, lines, vocabulary(draw), 5)


@draws(4)
def test_empty(mine, draw):
    """An empty sentence is <eos> alone, with length 1; no sentence at all gives the shape (0, T)."""
    vocab = vocabulary(draw)
    check(mine, [[], ["go"]], vocab, 4)
    check(mine, [[]], vocab, 1)
    check(mine, [], vocab, 3)


def test_lines_stay(mine):
    """The caller's sentences are as long after the call as before."""
    vocab, lines = Vocab("<pad>", "<bos>", "<eos>", *WORDS), [["go"], ["run", "now", "!"], []]
    mine.build_arrays(lines, vocab, 3)
    equal(lines, [["go"], ["run", "now", "!"], []], "the list of sentences after the call")


@draws(10)
def test_shift(mine, draw):
    """shift_right puts <bos> in front and drops the last token of every row."""
    shape = draw.shape(dims=2, low=1, high=7)
    target = draw.layout(draw.labels(shape, 20))
    same(mine.shift_right, shift_right, target, draw.pick(2, 1, 7, 0))


@draws(2)
def test_shift_of_nothing(mine, draw):
    """shift_right of rows of one token is a column of <bos>, and of no row at all has no row."""
    same(mine.shift_right, shift_right, draw.labels((3, 1), 9) + 1, 5)
    same(mine.shift_right, shift_right, np.zeros((0, 4), dtype=np.int64), 5)


@draws(2)
def test_together(mine, draw):
    """What the decoder reads at a place is what it had to predict one place before."""
    vocab = vocabulary(draw)
    lines = [sentence(draw, n) for n in (2, 4, 0)]
    ids, _ = mine.build_arrays(lines, vocab, 5)
    given = mine.shift_right(ids, 2)
    holds(bool((given[:, 0] == 2).all()), "a row does not begin with <bos>", got=given, input={"target": ids})
    equal(given[:, 1:], ids[:, :-1], "all columns but the first", input={"target": ids})
