"""A language model that counts: the next token depends on the n - 1 tokens before it."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence


class NGramLM:
    r"""$p(w \mid c) = (\text{count}(c\,w) + \alpha) / (\text{count}(c) + \alpha V)$ for contexts c of n - 1 tokens."""

    def __init__(self, n: int, vocab_size: int, alpha: float = 0.0) -> None:
        self.n, self.vocab_size, self.alpha = n, vocab_size, alpha
        self._ngrams: Counter[tuple[int, ...]] = Counter()  # context and token
        self._contexts: Counter[tuple[int, ...]] = Counter()  # only where a token follows

    def fit(self, ids: Sequence[int]) -> NGramLM:
        """Add the n-grams of a text to the counts."""
        for i in range(len(ids) - self.n + 1):
            ngram = tuple(ids[i : i + self.n])  # n ids
            self._ngrams[ngram] += 1
            self._contexts[ngram[:-1]] += 1
        return self

    def prob(self, context: Sequence[int], token: int) -> float:
        """The probability of a token behind the last n - 1 ids of the context; 0 where nothing is known."""
        if len(context) < self.n - 1:
            raise ValueError(f"a {self.n}-gram model needs a context of {self.n - 1} tokens, not {len(context)}")
        seen = tuple(context[len(context) - self.n + 1 :])  # n - 1 ids; context[-(n - 1):] would be all for n = 1
        total = self._contexts[seen] + self.alpha * self.vocab_size
        return float((self._ngrams[(*seen, token)] + self.alpha) / total) if total else 0.0

    def perplexity(self, ids: Sequence[int]) -> float:
        """exp of the mean of -log p over the positions n - 1 … end; inf after an impossible token, nan without any."""
        logs = []
        for i in range(self.n - 1, len(ids)):
            p = self.prob(ids[i - self.n + 1 : i], ids[i])
            if p == 0:
                return math.inf
            logs.append(math.log(p))
        return math.exp(-math.fsum(logs) / len(logs)) if logs else math.nan
