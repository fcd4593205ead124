"""Other right ways to write an n-gram model, and the mistakes that people make."""

from __future__ import annotations

import math
from collections import Counter, defaultdict

from tutor.checks import accept, reject, waive


class _Base:
    """The right model; each variant below changes one method."""

    def __init__(self, n, vocab_size, alpha=0.0):
        self.n, self.V, self.alpha = n, vocab_size, alpha
        self.ngrams, self.contexts = Counter(), Counter()

    def fit(self, ids):
        for i in range(len(ids) - self.n + 1):
            ngram = tuple(ids[i : i + self.n])
            self.ngrams[ngram] += 1
            self.contexts[ngram[:-1]] += 1
        return self

    def last(self, context):
        if len(context) < self.n - 1:
            raise ValueError("context too short")
        return tuple(context[len(context) - self.n + 1 :])

    def prob(self, context, token):
        c = self.last(context)
        total = self.contexts[c] + self.alpha * self.V
        return (self.ngrams[(*c, token)] + self.alpha) / total if total else 0.0

    def logs(self, ids):
        for i in range(self.n - 1, len(ids)):
            p = self.prob(ids[i - self.n + 1 : i], ids[i])
            yield math.log(p) if p else -math.inf

    def perplexity(self, ids):
        logs = list(self.logs(ids))
        return math.exp(-sum(logs) / len(logs)) if logs else math.nan


@accept("a dictionary of counters, one for each context")
class NGramLM(_Base):
    def __init__(self, n, vocab_size, alpha=0.0):
        self.n, self.V, self.alpha = n, vocab_size, alpha
        self.followers = defaultdict(Counter)

    def fit(self, ids):
        for end in range(self.n - 1, len(ids)):
            self.followers[tuple(ids[end - self.n + 1 : end])][ids[end]] += 1
        return self

    def prob(self, context, token):
        c = self.followers.get(self.last(context), {})
        total = sum(c.values()) + self.alpha * self.V
        return 0.0 if total == 0 else (c.get(token, 0) + self.alpha) / total


@accept("zip of shifted texts")
class NGramLM(_Base):
    def fit(self, ids):
        grams = list(zip(*(ids[k:] for k in range(self.n)), strict=False))
        self.ngrams.update(grams)
        self.contexts.update(gram[:-1] for gram in grams)
        return self

    def perplexity(self, ids):
        total, m = 0.0, 0
        for log in self.logs(ids):
            total, m = total - log, m + 1
        return float("nan") if m == 0 else math.exp(total / m)


@accept("a list of counters, for all orders up to n")
class NGramLM(_Base):
    def fit(self, ids):
        ids = list(ids)
        for at in range(len(ids) + 1 - self.n):
            window = ids[at : at + self.n]
            *before, _ = window
            self.contexts[tuple(before)] = self.contexts.get(tuple(before), 0) + 1
            self.ngrams[tuple(window)] = self.ngrams.get(tuple(window), 0) + 1
        return self


@reject(
    "product of probabilities",
    "A product of thousands of probabilities underflows to 0, and the perplexity becomes inf. Add logarithms instead.",
)
class NGramLM(_Base):
    def perplexity(self, ids):
        product, m = 1.0, 0
        for log in self.logs(ids):
            product, m = product * math.exp(log), m + 1
        if m == 0:
            return math.nan
        return math.inf if product == 0 else product ** (-1 / m)


@reject(
    "alpha added to the numerator only",
    "With alpha on each of the V counts, their sum grows by alpha * V: so must the denominator.",
)
class NGramLM(_Base):
    def prob(self, context, token):
        c = self.last(context)
        if not self.contexts[c]:
            return 1 / self.V if self.alpha else 0.0
        return (self.ngrams[(*c, token)] + self.alpha) / self.contexts[c]


@reject(
    "alpha times the contexts",
    "The denominator grows by alpha for each of the V TOKENS, not for each n-gram that was seen.",
)
class NGramLM(_Base):
    def prob(self, context, token):
        c = self.last(context)
        kinds = sum(1 for gram in self.ngrams if gram[:-1] == c and self.ngrams[gram])
        total = self.contexts[c] + self.alpha * kinds
        return (self.ngrams[(*c, token)] + self.alpha) / total if total else (1 / self.V if self.alpha else 0.0)


@reject(
    "V counted in the text",
    "V is vocab_size, not the number of different tokens in the text: those that never came share in alpha, too.",
)
class NGramLM(_Base):
    def prob(self, context, token):
        self.V = len({gram[-1] for gram, count in self.ngrams.items() if count})
        return super().prob(context, token)


@reject(
    "digits run together",
    'Your key runs the digits of the ids together: 1 and 11 give the same "111" as 11 and 1. Use tuples as keys.',
)
class NGramLM(_Base):
    def fit(self, ids):
        for i in range(len(ids) - self.n + 1):
            self.ngrams["".join(map(str, ids[i : i + self.n]))] += 1
            self.contexts["".join(map(str, ids[i : i + self.n - 1]))] += 1
        return self

    def prob(self, context, token):
        c = "".join(map(str, self.last(context)))
        total = self.contexts[c] + self.alpha * self.V
        return (self.ngrams[c + str(token)] + self.alpha) / total if total else 0.0


@reject(
    "the beginning padded",
    "You counted n-grams with tokens put in front of the text. Only n-grams that lie in the text as a whole count.",
)
class NGramLM(_Base):
    def fit(self, ids):
        return super().fit([0] * (self.n - 1) + list(ids))


@reject(
    "the first full context left out",
    "The first token with a full context stands at position n - 1, not n: range(n - 1, len(ids)).",
)
class NGramLM(_Base):
    def logs(self, ids):
        found = super().logs(ids)
        next(found, None)
        return found


@reject("alpha is 1 in the denominator", "The denominator gets alpha * V, not V: both only agree for alpha = 1.")
class NGramLM(_Base):
    def prob(self, context, token):
        c = self.last(context)
        total = self.contexts[c] + self.V
        return (self.ngrams[(*c, token)] + self.alpha) / total if total else 0.0


@reject(
    "no smoothing",
    "alpha is not used: an n-gram that never came must not have probability 0 when alpha is larger than 0.",
)
class NGramLM(_Base):
    def prob(self, context, token):
        c = self.last(context)
        return self.ngrams[(*c, token)] / self.contexts[c] if self.contexts[c] else 0.0


@reject("smoothing only where nothing was seen", "alpha is added to EVERY count, also to those that are not 0.")
class NGramLM(_Base):
    def prob(self, context, token):
        c = self.last(context)
        seen = self.ngrams[(*c, token)]
        total = self.contexts[c] + self.alpha * self.V
        return (seen or self.alpha) / total if total else 0.0


@reject(
    "n-gram uses n previous tokens", "An n-gram is n tokens in all: it conditions on n - 1, a unigram model on none."
)
class NGramLM(_Base):
    def __init__(self, n, vocab_size, alpha=0.0):
        super().__init__(n + 1, vocab_size, alpha)


@reject(
    "the last context counted as well",
    "The context at the very end of the text has no follower: counted as a prefix, its probabilities do not add up to 1.",
)
class NGramLM(_Base):
    def fit(self, ids):
        super().fit(ids)
        if len(ids) >= self.n - 1 and self.n > 1:
            self.contexts[tuple(ids[len(ids) - self.n + 1 :])] += 1
        return self


@reject(
    "joint instead of conditional",
    "You divided by the length of the text: that is how frequent the n-gram is, not how likely the token is AFTER its context.",
)
class NGramLM(_Base):
    def prob(self, context, token):
        total = sum(self.contexts.values()) + self.alpha * self.V
        return (self.ngrams[(*self.last(context), token)] + self.alpha) / total if total else 0.0


@reject(
    "context[-0:]",
    "For n = 1 the slice context[-(n - 1):] is context[-0:], the WHOLE context. Count from the front.",
)
class NGramLM(_Base):
    def last(self, context):
        super().last(context)
        return tuple(context[-(self.n - 1) :])


@reject(
    "the first n - 1 ids of a longer context",
    "Of a longer context the LAST n - 1 ids count: those just before the token.",
)
class NGramLM(_Base):
    def last(self, context):
        super().last(context)
        return tuple(context[: self.n - 1])


@reject(
    "a longer context is not cut",
    "A context may be longer than n - 1: its last n - 1 ids count. Yours was looked up whole, and never found.",
)
class NGramLM(_Base):
    def last(self, context):
        super().last(context)
        return tuple(context)


@reject("the context backwards", "The ids of the context keep their order: c w is one after the other, as in the text.")
class NGramLM(_Base):
    def last(self, context):
        return super().last(context)[::-1]


@reject(
    "short contexts pass",
    "A context of fewer than n - 1 ids was never counted, and you answered all the same. Raise a ValueError.",
)
class NGramLM(_Base):
    def last(self, context):
        return tuple(context[max(0, len(context) - self.n + 1) :])


@reject(
    "unseen context raises", "An unseen context divides by 0. Without smoothing its probability is 0.0 for every token."
)
class NGramLM(_Base):
    def prob(self, context, token):
        c = self.last(context)
        return (self.ngrams[(*c, token)] + self.alpha) / (self.contexts[c] + self.alpha * self.V)


@reject(
    "1/V for every unseen context",
    "Without smoothing nothing is known about an unseen context: the task asks for 0.0 then.",
)
class NGramLM(_Base):
    def prob(self, context, token):
        c = self.last(context)
        total = self.contexts[c] + self.alpha * self.V
        return (self.ngrams[(*c, token)] + self.alpha) / total if total else 1 / self.V


@reject("log base 2 with exp", "You took logarithms to base 2 and exp to base e. Both must have the same base.")
class NGramLM(_Base):
    def perplexity(self, ids):
        logs = [log / math.log(2) for log in self.logs(ids)]
        return math.exp(-sum(logs) / len(logs)) if logs else math.nan


@reject("sign forgotten", "This is 1 over the perplexity: the exponent is MINUS the mean logarithm.")
class NGramLM(_Base):
    def perplexity(self, ids):
        logs = list(self.logs(ids))
        return math.exp(sum(logs) / len(logs)) if logs else math.nan


@reject("cross-entropy instead of perplexity", "This is the mean of -log p. Perplexity is its exponential.")
class NGramLM(_Base):
    def perplexity(self, ids):
        logs = list(self.logs(ids))
        return -sum(logs) / len(logs) if logs else math.nan


@reject(
    "divided by the length of the text",
    "The first n - 1 tokens have no full context: divide by the number of probabilities you added.",
)
class NGramLM(_Base):
    def perplexity(self, ids):
        logs = list(self.logs(ids))
        return math.exp(-sum(logs) / len(ids)) if logs else math.nan


@reject("the sum, not the mean", "Divide by the number of tokens before exp: perplexity is per token.")
class NGramLM(_Base):
    def perplexity(self, ids):
        logs = list(self.logs(ids))
        if not logs:
            return math.nan
        total = -sum(logs)
        return math.exp(total) if total < 700 else math.inf


@reject("mean of 1 / p", "The geometric mean is asked for: average the logarithms, then take exp.")
class NGramLM(_Base):
    def perplexity(self, ids):
        logs = list(self.logs(ids))
        return sum(math.inf if log == -math.inf else math.exp(-log) for log in logs) / len(logs) if logs else math.nan


@reject(
    "impossible tokens left out",
    "A token with probability 0 makes the perplexity inf. You skipped it, and so the model looks perfect.",
)
class NGramLM(_Base):
    def logs(self, ids):
        return (log for log in super().logs(ids) if log > -math.inf)


@reject("log of 0 raises", "math.log(0) raises a ValueError. After an impossible token the perplexity is inf.")
class NGramLM(_Base):
    def logs(self, ids):
        return (math.log(self.prob(ids[i - self.n + 1 : i], ids[i])) for i in range(self.n - 1, len(ids)))


@reject(
    "a floor under the probability",
    "You replaced probability 0 by a tiny number. Without smoothing it is 0, and the perplexity inf.",
)
class NGramLM(_Base):
    def logs(self, ids):
        return (max(log, -30.0) for log in super().logs(ids))


@reject("nothing to predict is perfect", "Without a single full n-gram nothing was measured: nan, not 1 (and not 0).")
class NGramLM(_Base):
    def perplexity(self, ids):
        logs = list(self.logs(ids))
        return math.exp(-sum(logs) / max(1, len(logs)))


@reject(
    "nothing to predict raises",
    "A text shorter than n has no full n-gram: the mean of nothing is nan, not an exception.",
)
class NGramLM(_Base):
    def perplexity(self, ids):
        logs = list(self.logs(ids))
        return math.exp(-sum(logs) / len(logs))


@reject("fit starts anew", "fit ADDS to the counts: the texts that were counted before are forgotten.")
class NGramLM(_Base):
    def fit(self, ids):
        self.ngrams, self.contexts = Counter(), Counter()
        return super().fit(ids)


@reject(
    "n-grams across texts", "Two texts are two texts: the last tokens of one and the first of the next are no n-gram."
)
class NGramLM(_Base):
    def fit(self, ids):
        self.whole = [*getattr(self, "whole", []), *ids]
        self.ngrams, self.contexts = Counter(), Counter()
        return super().fit(self.whole)


@reject(
    "fit returns nothing", "fit returns the model itself, so that NGramLM(2, V).fit(ids) can be written in one line."
)
class NGramLM(_Base):
    def fit(self, ids):
        super().fit(ids)


@reject("the last n-gram is missed", "range(len(ids) - n) stops one short: a text of L tokens has L - n + 1 n-grams.")
class NGramLM(_Base):
    def fit(self, ids):
        return super().fit(ids[:-1])


@reject(
    "searches the text for every probability",
    "Right, but slow: you go through the whole text for every single probability. Count once, in fit.",
)
class NGramLM(_Base):
    def fit(self, ids):
        self.texts = [*getattr(self, "texts", []), list(ids)]
        return self

    def prob(self, context, token):
        c, n = list(self.last(context)), self.n
        after = [
            t[i + n - 1] for t in getattr(self, "texts", []) for i in range(len(t) - n + 1) if t[i : i + n - 1] == c
        ]
        total = len(after) + self.alpha * self.V
        return (after.count(token) + self.alpha) / total if total else 0.0


waive(
    "NGramLM.perplexity: ids[i - self.n + 1:i] → ids[:i]",
    "prob cuts a longer context itself; the slice only saves time",
)
