"""Checks of vocab against collections.Counter. A vocabulary is built, and everything that it tells is compared."""

from __future__ import annotations

from collections import Counter

from tutor.checks import draws, equal, raises, same

RESERVED = ["<pad>", "<bos>", "<eos>"]
TEXT = "the time machine was a thing of grey brass in the eyes of us all and then then"
WORDS = TEXT.split()


class Vocab:
    def __init__(self, tokens, min_freq=0, reserved=None):
        counter = Counter()
        for entry in tokens:
            counter.update(entry if isinstance(entry, list) else [entry])
        self.token_freqs = sorted(sorted(counter.items()), key=lambda pair: pair[1], reverse=True)
        self.tokens = ["<unk>"]
        self.tokens += reserved or []
        self.tokens += [token for token, n in self.token_freqs if n >= min_freq and token not in self.tokens]

    def __len__(self):
        return len(self.tokens)

    def __getitem__(self, tokens):
        if isinstance(tokens, str):
            return self.tokens.index(tokens) if tokens in self.tokens else 0
        return [self[token] for token in tokens]

    def to_tokens(self, idx):
        return self.tokens[idx] if isinstance(idx, int) else [self.to_tokens(i) for i in idx]


def told(kind):
    """Everything that a vocabulary of this class tells, as a function to compare."""

    def vocabulary(tokens, *args, **options):
        vocab = kind(tokens, *args, **options)
        size = len(vocab)
        return {
            "tokens": vocab.to_tokens(list(range(size))),
            "len": size,
            "indices": vocab[vocab.to_tokens(list(range(size)))],
            "token_freqs": vocab.token_freqs,
        }

    return vocabulary


def corpus(draw, length, alphabet=WORDS):
    """Words with equal and with different counts, in no order."""
    return [alphabet[i] for i in draw.labels(length, len(alphabet))]


def lines(draw, sizes):
    """Lists of words; some of them empty."""
    return [[WORDS[i] for i in draw.rng().permutation(len(WORDS))[: size % 9]] for size in sizes]


@draws(16)
def test_order(mine, draw):
    """Index 0 is <unk>; the tokens follow by falling count, those with equal counts in alphabetical order."""
    same(told(mine.Vocab), told(Vocab), corpus(draw, 3 + 3 * draw.index))


@draws(8)
def test_nested(mine, draw):
    """A list of lists counts like one long list, also when its first line is empty."""
    sizes = (*draw.pick((0, 2, 3), (1, 4), (5, 0, 1, 8)), draw.index)
    same(told(mine.Vocab), told(Vocab), lines(draw, sizes))


@draws(12)
def test_min_freq(mine, draw):
    """Tokens with at least min_freq occurrences stay, the others get no index; token_freqs names them all."""
    tokens = corpus(draw, 6 + 2 * draw.index, WORDS[:6])
    same(told(mine.Vocab), told(Vocab), tokens, min_freq=draw.pick(2, 1, 3, 0, 99))


@draws(12)
def test_reserved(mine, draw):
    """Reserved tokens take the indices 1, 2, …; where they occur in the text they get no second one."""
    tokens = corpus(draw, 6 + 2 * draw.index) + draw.pick([], ["<pad>", "<unk>", "<eos>"] * 2, ["<unk>"] * 3)
    reserved = draw.pick(RESERVED, ["<pad>"], ["zebra", "a"], [])
    same(told(mine.Vocab), told(Vocab), tokens, draw.pick(0, 2), reserved)


def test_empty_corpus(mine):
    """A vocabulary of nothing has <unk> and the reserved tokens."""
    for tokens in ([], [[]], [[], []]):
        same(told(mine.Vocab), told(Vocab), tokens)
        same(told(mine.Vocab), told(Vocab), tokens, reserved=RESERVED)


@draws(8)
def test_lookup(mine, draw):
    """A token gives its index, an unknown one 0, and a list of tokens a list of indices."""
    tokens = corpus(draw, 8 + draw.index)
    ours, right = mine.Vocab(tokens, 2, RESERVED), Vocab(tokens, 2, RESERVED)
    asked = [*tokens, "unheard", "<eos>", "<unk>", "", "t", "the time"]
    for token in asked:
        equal(ours[token], right[token], f"vocab[{token!r}]", input={"tokens": tokens, "min_freq": 2})
    equal(ours[asked], right[asked], "vocab[…] of a list", input={"tokens": tokens, "min_freq": 2, "asked": asked})
    equal(ours[tuple(asked)], right[asked], "vocab[…] of a tuple", input={"tokens": tokens, "min_freq": 2})


def test_nested_lookup(mine):
    """Lists of lists are looked up in their own shape, both ways; an empty list gives an empty list."""
    ours, right = mine.Vocab(WORDS), Vocab(WORDS)
    asked = [["the", "time"], [], ["nowhere"], [["grey"], "of"]]
    equal(ours[asked], right[asked], "vocab[…]", input={"asked": asked})
    equal(ours[[]], [], "vocab[[]]")
    equal(ours[[("the", "time"), []]], right[asked[:2]], "vocab[…] of tuples in a list")
    back = right[asked]
    equal(ours.to_tokens(back), right.to_tokens(back), "to_tokens", input={"idx": back})
    equal(ours.to_tokens([]), [], "to_tokens([])")


def test_characters(mine):
    """Characters are tokens like any others; a text of several characters is one token, not a list."""
    tokens = list("the time machine")
    same(told(mine.Vocab), told(Vocab), tokens)
    vocab = mine.Vocab(tokens)
    equal(vocab["eh"], 0, 'vocab["eh"]', input={"tokens": tokens})
    equal(vocab[list("eh?")], Vocab(tokens)[list("eh?")], 'vocab[["e", "h", "?"]]', input={"tokens": tokens})


def test_capitals(mine):
    """No token is changed: The and the are two, and THE is unknown."""
    tokens = ["the", "The", "the", "The", "the", "sea"]
    same(told(mine.Vocab), told(Vocab), tokens)
    equal(mine.Vocab(tokens)["THE"], 0, 'vocab["THE"]', input={"tokens": tokens})


@draws(3)
def test_to_tokens(mine, draw):
    """to_tokens gives one token for an index; back and forth again nothing changes."""
    tokens = corpus(draw, 12)
    ours, right = mine.Vocab(tokens, reserved=RESERVED), Vocab(tokens, reserved=RESERVED)
    for i in range(len(right)):
        equal(ours.to_tokens(i), right.to_tokens(i), f"to_tokens({i})", input={"tokens": tokens})
    equal(ours.to_tokens(ours[tokens]), tokens, "to_tokens(vocab[tokens])", input={"tokens": tokens})
    equal(ours.to_tokens(ours[["?"]]), ["<unk>"], 'to_tokens(vocab[["?"]])', input={"tokens": tokens})


def test_no_such_index(mine):
    """An index that no token has raises IndexError, a negative one too."""
    vocab = mine.Vocab(["b", "a", "b"])
    for idx in (3, 99, -1, -3, [0, 3], [-1]):
        raises(IndexError, vocab.to_tokens, idx, because="the indices of this vocabulary are 0, 1 and 2")


def test_vocabularies_of_their_own(mine):
    """Two vocabularies know nothing of each other, and the caller's lists stay as they are."""
    tokens, reserved = [["b", "a"], ["b"]], ["<pad>"]
    first = mine.Vocab(tokens, 0, reserved)
    second = mine.Vocab(["z"], 0)
    equal((len(first), len(second)), (4, 2), "the pair of their sizes")
    equal(
        (first["b"], first["z"], second["z"], second["b"]),
        (2, 0, 1, 0),
        "the indices of b, z in the one, z, b in the other",
    )
    equal((tokens, reserved), ([["b", "a"], ["b"]], ["<pad>"]), "the caller's lists after the call")
    tokens[0].append("c")
    reserved.append("c")
    equal((len(first), first["c"]), (4, 0), "size and the index of c, after the caller's lists have grown")
