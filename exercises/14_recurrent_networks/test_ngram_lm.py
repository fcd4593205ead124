"""Checks of ngram-lm. The reference looks through the whole text for every probability; it stores no counts."""

from __future__ import annotations

import math

from tutor.checks import close, draws, equal, faster_than, holds, raises, same

YOU, GO, FIRST = 0, 1, 2


class Slow:
    """The definition, word for word."""

    def __init__(self, n, vocab_size, alpha=0.0):
        self.n, self.V, self.alpha, self.texts = n, vocab_size, alpha, []

    def fit(self, ids):
        self.texts.append([int(i) for i in ids])
        return self

    def prob(self, context, token):
        c = [int(i) for i in context]
        c = c[len(c) - (self.n - 1) :]
        spots = [
            (text[i : i + self.n - 1], text[i + self.n - 1])
            for text in self.texts
            for i in range(len(text) - self.n + 1)
        ]
        followers = [follower for before, follower in spots if before == c]
        total = len(followers) + self.alpha * self.V
        return (followers.count(token) + self.alpha) / total if total > 0 else 0.0

    def perplexity(self, ids):
        spots = range(self.n - 1, len(ids))
        p = [self.prob(ids[:i], ids[i]) for i in spots]
        if 0.0 in p:
            return math.inf
        return math.exp(sum(-math.log(x) for x in p) / len(p)) if p else math.nan


def probabilities(kind):
    """p(token | context) for some contexts and all tokens, as a function to compare."""

    def prob(n, vocab_size, alpha, texts, contexts):
        model = kind(n, vocab_size, alpha)
        for ids in texts:
            model.fit(ids)
        return [[model.prob(context, token) for token in range(vocab_size)] for context in contexts]

    return prob


def perplexities(kind):
    def perplexity(n, vocab_size, alpha, ids, held_out):
        return kind(n, vocab_size, alpha).fit(ids).perplexity(held_out)

    return perplexity


def text(draw, length, vocab_size):
    """Ids as Python ints, with habits: some tokens are frequent."""
    rng = draw.rng()
    return [int(min(i, j)) for i, j in rng.integers(0, vocab_size, (length, 2))]


@draws(16)
def test_probabilities(mine, draw):
    """Without smoothing, p is how often the token followed the context, divided by how often anything did."""
    n, V = draw.pick(1, 2, 3, 4), draw.int(2, 5)
    ids = text(draw, 6 + 2 * draw.index, V)
    contexts = [ids[i : i + n - 1] for i in (0, 2, len(ids) - n + 1)]  # the last one: nothing follows there
    same(probabilities(mine.NGramLM), probabilities(Slow), n, V, 0.0, [ids], contexts)


@draws(12)
def test_smoothing(mine, draw):
    """alpha is added to every count, and alpha times V to the count of the context."""
    n, V, alpha = draw.pick(2, 1, 3), draw.int(3, 6), draw.pick(0.5, 0.1, 2.0, 1)
    ids = text(draw, 5 + 2 * draw.index, V)
    unseen = [V - 1] * (n - 1)
    same(probabilities(mine.NGramLM), probabilities(Slow), n, V, alpha, [ids], [ids[: n - 1], unseen])


@draws(9)
def test_long_contexts(mine, draw):
    """Of a longer context only the last n - 1 ids count: none at all for n = 1."""
    n, V, alpha = draw.pick(2, 1, 3), 4, draw.pick(0.0, 0.3)
    ids = text(draw, 30, V)
    contexts = [ids[: n + extra] for extra in (0, 1, 4)]
    same(probabilities(mine.NGramLM), probabilities(Slow), n, V, alpha, [ids], contexts)


@draws(6)
def test_a_distribution(mine, draw):
    """Behind every context that was seen, the probabilities of all tokens add up to 1."""
    n, V, alpha = draw.pick(2, 3), draw.int(3, 6), draw.pick(0.0, 0.2, 1.0)
    ids = text(draw, 20, V)
    model = mine.NGramLM(n, V, alpha).fit(ids)
    context = ids[3 : 2 + n]
    p = [model.prob(context, token) for token in range(V)]
    close(sum(p), 1.0, "the sum over all tokens", input={"n": n, "alpha": alpha, "ids": ids, "context": context})


@draws(16)
def test_perplexity(mine, draw):
    """The perplexity of another text is exp of the mean of -log p over all tokens with a full context."""
    n, V, alpha = draw.pick(1, 2, 3, 4), draw.int(2, 6), draw.pick(0.1, 1.0)
    ids, held_out = text(draw, 6 + 2 * draw.index, V), text(draw, 5 + draw.index, V)[::-1]
    same(perplexities(mine.NGramLM), perplexities(Slow), n, V, alpha, ids, held_out)


@draws(4)
def test_perplexity_of_the_training_text(mine, draw):
    """Without smoothing, too: no n-gram of the training text is impossible."""
    n, V = draw.pick(2, 1, 3, 4), draw.int(2, 5)
    ids = text(draw, 12 + draw.index, V)
    same(perplexities(mine.NGramLM), perplexities(Slow), n, V, 0.0, ids, ids)


def test_order_of_words(mine):
    """A unigram model finds "you go first" and "first you go" equally likely; a bigram model does not."""
    ids = [YOU, GO, FIRST, YOU, GO, GO, FIRST]
    one, two = [YOU, GO, FIRST], [FIRST, YOU, GO]
    for n in (1, 2):
        model, right = mine.NGramLM(n, 3, 0.5).fit(ids), Slow(n, 3, 0.5).fit(ids)
        got = (model.perplexity(one), model.perplexity(two))
        close(
            got, (right.perplexity(one), right.perplexity(two)), "the pair of perplexities", input={"n": n, "ids": ids}
        )


@draws(4)
def test_several_texts(mine, draw):
    """fit adds to earlier counts; no n-gram reaches from one text into the next."""
    n, V = draw.pick(2, 3), 4
    texts = [text(draw, 7, V), text(draw, 9, V)[::-1], [3, 3]]
    contexts = [texts[0][-n + 1 :], texts[1][: n - 1], [3] * (n - 1)]
    same(probabilities(mine.NGramLM), probabilities(Slow), n, V, draw.pick(0.0, 0.5), texts, contexts)


def test_ids_of_two_digits(mine):
    """Ids may have several digits: behind 1 comes 11 is not what behind 11 comes 1 is."""
    ids = [1, 11, 1, 1, 0, 11, 11, 1, 11, 10, 1]
    for n, contexts in ((2, [[1], [11], [10]]), (3, [[1, 11], [11, 1], [1, 1]])):
        same(probabilities(mine.NGramLM), probabilities(Slow), n, 12, 0.5, [ids], contexts)


def test_nothing_known(mine):
    """An unseen context has probability 0.0 without smoothing and 1/V with it, without a warning."""
    for texts in ([], [[]], [[0]], [[0, 1, 0, 1]]):
        for alpha in (0.0, 0.25):
            same(probabilities(mine.NGramLM), probabilities(Slow), 3, 4, alpha, texts, [[2, 2]])
    same(probabilities(mine.NGramLM), probabilities(Slow), 1, 4, 0.0, [], [[]])
    same(probabilities(mine.NGramLM), probabilities(Slow), 1, 4, 0.5, [], [[], [2]])


def test_impossible_tokens(mine):
    """Without smoothing, a text with an n-gram that never came has perplexity inf, without an exception."""
    for held_out in ([0, 1, 2, 2], [0, 1, 3], [3, 3, 3], [2, 0, 0, 1, 2]):
        same(perplexities(mine.NGramLM), perplexities(Slow), 3, 4, 0.0, [0, 1, 2, 0, 1, 2, 0], held_out)


def test_nothing_to_predict(mine):
    """A text that is shorter than n has no full n-gram, and its perplexity is nan."""
    for n, held_out in ((3, [0, 1]), (3, []), (1, []), (9, [0, 1, 2, 0])):
        for alpha in (0.0, 0.5):
            same(perplexities(mine.NGramLM), perplexities(Slow), n, 4, alpha, [0, 1, 2, 0, 1, 2, 0], held_out)


def test_contexts_too_short(mine):
    """A context with fewer than n - 1 ids raises ValueError."""
    for n, context in ((2, []), (3, [0]), (4, [])):
        model = mine.NGramLM(n, 3, 0.5).fit([0, 1, 2, 0, 1, 2])
        raises(ValueError, model.prob, context, 1, because=f"a {n}-gram needs {n - 1} tokens before it")


def test_long_text(mine):
    """Two thousand tokens do not underflow: logarithms are added, probabilities are not multiplied."""
    ids = [i * i % 7 for i in range(2_000)]
    got = mine.NGramLM(1, 7, 0.0).fit(ids).perplexity(ids)
    shares = [ids.count(k) / len(ids) for k in range(7)]
    right = math.exp(-sum(p * math.log(p) for p in shares if p))
    close(got, right, "the perplexity of a unigram model on its own text", input={"ids": "2000 of them"})


def test_settings(mine):
    """alpha is 0 unless given, fit returns the model itself, and two models share no counts."""
    model = mine.NGramLM(2, 3)
    equal(model.prob([0], 1), 0.0, "the probability before fit")
    fitted = model.fit((0, 1, 0, 2))
    equal(
        (fitted.prob([0], 1), model.prob([0], 1)),
        (0.5, 0.5),
        "the pair of p(1 | 0) of what fit returned and of the model",
    )
    equal(mine.NGramLM(2, 3).fit([0, 2]).prob((0,), 1), 0.0, "p(1 | 0) of another model")
    holds(type(model.prob([0], 1)) is float, "prob is no Python float", got=type(model.prob([0], 1)).__name__)


def test_counts_once(mine):
    """Counts in fit, once: prob does not search the text again."""
    ids = [i * i % 11 for i in range(4_000)]

    def counted(text):
        counts = {}
        for i in range(len(text) - 1):
            key = tuple(text[i : i + 2])
            counts[key] = counts.get(key, 0) + 1
        return sum(math.log(counts[tuple(text[i : i + 2])]) for i in range(len(text) - 1))

    model = mine.NGramLM(2, 11, 0.1).fit(ids)
    faster_than(model.perplexity, counted, 60, ids[:200])
