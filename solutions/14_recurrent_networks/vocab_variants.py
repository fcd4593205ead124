"""Other right ways to write a vocabulary, and the mistakes that people make."""

from __future__ import annotations

from collections import Counter, defaultdict

from tutor.checks import accept, reject, waive


class _Base:
    """The right vocabulary; each variant below changes one method."""

    def __init__(self, tokens, min_freq=0, reserved=None):
        self.token_freqs = self._sorted(Counter(self._flat(tokens)))
        self._table(["<unk>", *(reserved or [])], min_freq)

    def _flat(self, tokens):
        return [t for entry in tokens for t in (entry if isinstance(entry, list) else [entry])]

    def _sorted(self, counter):
        return sorted(counter.items(), key=lambda pair: (-pair[1], pair[0]))

    def _table(self, special, min_freq):
        rest = [t for t, n in self.token_freqs if n >= min_freq and t not in special]
        self._tokens = special + rest
        self._index = {t: i for i, t in enumerate(self._tokens)}

    def __len__(self):
        return len(self._tokens)

    def __getitem__(self, tokens):
        return [self[t] for t in tokens] if isinstance(tokens, (list, tuple)) else self._index.get(tokens, 0)

    def to_tokens(self, idx):
        if isinstance(idx, (list, tuple)):
            return [self.to_tokens(i) for i in idx]
        if idx < 0:
            raise IndexError(idx)
        return self._tokens[idx]


@accept("sorted twice: first by name, then by count, which keeps the order of equals")
class Vocab(_Base):
    def _sorted(self, counter):
        by_name = [(token, counter[token]) for token in sorted(set(counter))]
        by_name.sort(key=lambda pair: pair[1], reverse=True)
        return by_name


@accept("two dictionaries, grown one token at a time")
class Vocab(_Base):
    def _table(self, special, min_freq):
        self.forth, self.back = {}, {}
        for token in special + [t for t, n in self.token_freqs if n >= min_freq]:
            if token not in self.forth:
                self.back[len(self.forth)] = token
                self.forth[token] = len(self.forth)

    def __len__(self):
        return len(self.back)

    def __getitem__(self, tokens):
        if not isinstance(tokens, str):
            return [self[t] for t in tokens]
        return self.forth[tokens] if tokens in self.forth else 0

    def to_tokens(self, idx):
        if not isinstance(idx, int):
            return [self.to_tokens(i) for i in idx]
        if idx not in self.back:
            raise IndexError(idx)
        return self.back[idx]


@accept("a defaultdict of counts, and a list searched with index")
class Vocab(_Base):
    def __init__(self, tokens, min_freq=0, reserved=None):
        counts = defaultdict(int)
        for entry in tokens:
            for token in [entry] if isinstance(entry, str) else entry:
                counts[token] += 1
        self.token_freqs = [(t, n) for n, t in sorted((-n, t) for t, n in counts.items())]
        self.token_freqs = [(t, -n) for t, n in self.token_freqs]
        self._tokens = ["<unk>"] + ([] if reserved is None else reserved)
        self._tokens = self._tokens + [t for t, n in self.token_freqs if n >= min_freq and t not in self._tokens]

    def __getitem__(self, tokens):
        if isinstance(tokens, list | tuple):
            return [self.__getitem__(t) for t in tokens]
        return self._tokens.index(tokens) if tokens in self._tokens else 0


@reject(
    "set() order",
    "Equal counts must come in alphabetical order. Yours follow the order of a set (or of the text), which changes from run to run.",
)
class Vocab(_Base):
    def _sorted(self, counter):
        return sorted([(t, counter[t]) for t in set(counter)], key=lambda pair: -pair[1])


@reject(
    "ties in the order of the text",
    "Equal counts must come in alphabetical order; yours come in the order in which the text happens to bring them.",
)
class Vocab(_Base):
    def _sorted(self, counter):
        return counter.most_common()


@reject(
    "ties backwards",
    "reverse=True turns both around: large counts first, but also z before a. Sort by (-count, token) instead.",
)
class Vocab(_Base):
    def _sorted(self, counter):
        return sorted(counter.items(), key=lambda pair: (pair[1], pair[0]), reverse=True)


@reject("rare tokens first", "The most frequent token comes first; yours begin with the rarest.")
class Vocab(_Base):
    def _sorted(self, counter):
        return sorted(counter.items(), key=lambda pair: (pair[1], pair[0]))


@reject("alphabetical", "Sort by count first; the alphabet only decides between equal counts.")
class Vocab(_Base):
    def _sorted(self, counter):
        return sorted(counter.items())


@reject("min_freq exclusive", "A token with exactly min_freq occurrences stays: count >= min_freq.")
class Vocab(_Base):
    def _table(self, special, min_freq):
        super()._table(special, min_freq + 1)


@reject("min_freq ignored", "Tokens that come fewer than min_freq times get no index of their own.")
class Vocab(_Base):
    def _table(self, special, min_freq):
        super()._table(special, 0)


@reject(
    "min_freq cuts reserved tokens", "Reserved tokens stay, however rare they are in the text: most never occur there."
)
class Vocab(_Base):
    def _table(self, special, min_freq):
        counts = dict(self.token_freqs)
        super()._table(["<unk>"] + [t for t in special[1:] if counts.get(t, 0) >= min_freq], min_freq)


@reject(
    "min_freq cuts token_freqs", "token_freqs names ALL tokens of the corpus; min_freq only decides who gets an index."
)
class Vocab(_Base):
    def _table(self, special, min_freq):
        self.token_freqs = [(t, n) for t, n in self.token_freqs if n >= min_freq]
        super()._table(special, min_freq)


@reject(
    "unknown token raises KeyError",
    "An unknown token is no accident, it is what <unk> is for: return index 0. dict.get takes a second argument.",
)
class Vocab(_Base):
    def __getitem__(self, tokens):
        return [self[t] for t in tokens] if isinstance(tokens, (list, tuple)) else self._index[tokens]


@reject("unknown token is None", "dict.get(token) answers None. Unknown tokens have the index of <unk>, 0.")
class Vocab(_Base):
    def __getitem__(self, tokens):
        return [self[t] for t in tokens] if isinstance(tokens, (list, tuple)) else self._index.get(tokens)


@reject(
    "a str treated as a list of characters",
    "A str can be iterated over, too, so you looked its characters up one by one. Check for list and tuple first.",
)
class Vocab(_Base):
    def __getitem__(self, tokens):
        if isinstance(tokens, str) and len(tokens) == 1:
            return self._index.get(tokens, 0)
        return [self[t] for t in tokens]


@reject("tuples are not looked into", "A tuple of tokens is a sequence as well: isinstance(tokens, (list, tuple)).")
class Vocab(_Base):
    def __getitem__(self, tokens):
        return [self[t] for t in tokens] if isinstance(tokens, list) else self._index.get(tokens, 0)


@reject(
    "nested lists are not looked into",
    "The items of a list may be lists themselves: call self[…] for each, not the dictionary.",
)
class Vocab(_Base):
    def __getitem__(self, tokens):
        if isinstance(tokens, (list, tuple)):
            return [self._index.get(t, 0) if isinstance(t, str) else 0 for t in tokens]
        return self._index.get(tokens, 0)


@reject("nested lists are flattened", "Keep the structure: a list of lists of tokens gives a list of lists of indices.")
class Vocab(_Base):
    def __getitem__(self, tokens):
        if isinstance(tokens, (list, tuple)):
            found = [self[t] for t in tokens]
            return [j for i in found for j in (i if isinstance(i, list) else [i])]
        return self._index.get(tokens, 0)


@reject("a tuple gives a tuple", "A list or a tuple of tokens gives a list of indices.")
class Vocab(_Base):
    def __getitem__(self, tokens):
        found = super().__getitem__(tokens)
        return tuple(found) if isinstance(tokens, tuple) else found


@reject("to_tokens takes no nested lists", "to_tokens takes lists of lists, too: call it for each item.")
class Vocab(_Base):
    def to_tokens(self, idx):
        if isinstance(idx, list):
            return [
                self._tokens[i] if isinstance(i, int) and i >= 0 else self._tokens[len(self) + len(idx)] for i in idx
            ]
        return super().to_tokens(idx)


@reject(
    "negative indices wrap",
    "to_tokens(-1) gave the last token, as Python lists do. Nobody encoded -1: raise an IndexError.",
)
class Vocab(_Base):
    def to_tokens(self, idx):
        return [self.to_tokens(i) for i in idx] if isinstance(idx, (list, tuple)) else self._tokens[idx]


@reject(
    "an index too high is <unk>",
    "<unk> stands for unknown TOKENS. An index that does not exist is an error: IndexError.",
)
class Vocab(_Base):
    def to_tokens(self, idx):
        if isinstance(idx, (list, tuple)):
            return [self.to_tokens(i) for i in idx]
        return self._tokens[idx] if 0 <= idx < len(self) else "<unk>"


@reject("no <unk>", "Index 0 belongs to <unk>, before the reserved tokens and everything else.")
class Vocab(_Base):
    def _table(self, special, min_freq):
        super()._table(special[1:], min_freq)


@reject("<unk> behind the reserved tokens", "<unk> is index 0; the reserved tokens come behind it.")
class Vocab(_Base):
    def _table(self, special, min_freq):
        super()._table(special[1:] + ["<unk>"], min_freq)


@reject(
    "reserved tokens at the end",
    "The reserved tokens follow <unk> directly, so that <pad> has the same index in every vocabulary.",
)
class Vocab(_Base):
    def _table(self, special, min_freq):
        super()._table(["<unk>"], min_freq)
        self._tokens = [t for t in self._tokens if t not in special[1:]] + special[1:]
        self._index = {t: i for i, t in enumerate(self._tokens)}


@reject("reserved tokens sorted", "The reserved tokens keep the order in which they were given.")
class Vocab(_Base):
    def _table(self, special, min_freq):
        super()._table(["<unk>", *sorted(special[1:])], min_freq)


@reject(
    "reserved tokens get a second index",
    "A special token that also occurs in the text is in your table twice. Leave out what has an index already.",
)
class Vocab(_Base):
    def _table(self, special, min_freq):
        self._tokens = special + [t for t, n in self.token_freqs if n >= min_freq]
        self._index = {t: i for i, t in enumerate(self._tokens)}


@reject("only reserved tokens are kept single", "<unk> may stand in the text, too, and must not get a second index.")
class Vocab(_Base):
    def _table(self, special, min_freq):
        self._tokens = special + [t for t, n in self.token_freqs if n >= min_freq and t not in special[1:]]
        self._index = {t: i for i, t in enumerate(self._tokens)}


@reject("reserved tokens dropped from token_freqs", "token_freqs counts all tokens of the corpus, special ones too.")
class Vocab(_Base):
    def _table(self, special, min_freq):
        super()._table(special, min_freq)
        self.token_freqs = [(t, n) for t, n in self.token_freqs if t not in special]


@reject(
    "the first entry tells whether it is nested",
    "With an empty corpus tokens[0] does not exist. Look at each entry instead of at the first one.",
)
class Vocab(_Base):
    def _flat(self, tokens):
        return [t for line in tokens for t in line] if isinstance(tokens[0], list) else tokens


@reject(
    "lines counted as tokens of characters",
    "You flattened a flat list, too, so its words fell apart into characters. Flatten only what is a list.",
)
class Vocab(_Base):
    def _flat(self, tokens):
        return [t for entry in tokens for t in entry]


@reject("len counts the corpus", "len(vocab) is the number of indices, <unk> and reserved tokens included.")
class Vocab(_Base):
    def __len__(self):
        return len(self.token_freqs)


@reject("min_freq is 2 by default", "Unless the caller says otherwise, every token gets an index: min_freq=0.")
class Vocab(_Base):
    def __init__(self, tokens, min_freq=2, reserved=None):
        super().__init__(tokens, min_freq, reserved)


@reject(
    "lower case", "You lowered the case of the tokens. That is a matter of cleaning; here The and the are two tokens."
)
class Vocab(_Base):
    def _flat(self, tokens):
        return [token.lower() for token in super()._flat(tokens)]

    def __getitem__(self, tokens):
        return super().__getitem__(tokens.lower() if isinstance(tokens, str) else tokens)


@reject("token_freqs is a dict", "token_freqs is a sorted LIST of pairs (token, count).")
class Vocab(_Base):
    def _table(self, special, min_freq):
        super()._table(special, min_freq)
        self.token_freqs = dict(self.token_freqs)


@reject(
    "grows the caller's list of reserved tokens",
    "You added tokens to the list that the caller gave you as reserved. Build a new list.",
)
class Vocab(_Base):
    def __init__(self, tokens, min_freq=0, reserved=None):
        self.token_freqs = self._sorted(Counter(self._flat(tokens)))
        reserved = [] if reserved is None else reserved
        self._table(["<unk>", *reserved], min_freq)
        reserved.extend(self._tokens[len(reserved) + 1 :])


waive("Vocab.__init__: 0 → 1", "every token of a corpus occurs at least once, so any min_freq below 2 keeps them all")
waive("Vocab.__init__: 0 → -1", "every token of a corpus occurs at least once, so any min_freq below 2 keeps them all")
waive(
    "Vocab.__getitem__: isinstance(tokens, (list, tuple)) → isinstance(tokens, (tuple, list))",
    "isinstance does not mind the order of the classes",
)
waive(
    "Vocab.to_tokens: 0 <= idx < len(self) → 0 <= idx <= len(self)", "the list itself raises IndexError at its length"
)
waive(
    "Vocab.to_tokens: isinstance(idx, (list, tuple)) → isinstance(idx, (tuple, list))",
    "isinstance does not mind the order of the classes",
)
