"""A language model that counts: the next token depends on the n - 1 tokens before it."""

from __future__ import annotations

from collections.abc import Sequence


class NGramLM:
    r"""$p(w \mid c) = (\text{count}(c\,w) + \alpha) / (\text{count}(c) + \alpha V)$ for contexts c of n - 1 tokens."""

    def __init__(self, n: int, vocab_size: int, alpha: float = 0.0) -> None:
        """n >= 1: how many tokens one count is about; vocab_size: V; alpha >= 0: what is added to every count."""
        # TODO: keep the settings, start with no counts.
        raise NotImplementedError

    def fit(self, ids: Sequence[int]) -> NGramLM:
        """Count the n-grams of a text; a further call adds to the counts. Returns the model itself."""
        # TODO: for each place in the text: the n tokens there, and the n - 1 that they begin with.
        raise NotImplementedError

    def prob(self, context: Sequence[int], token: int) -> float:
        """The probability that the token follows.

        Args:
            context: at least n - 1 ids; the last n - 1 of them count.
            token: the id that is to follow.

        Returns:
            The formula above; 0.0 where its denominator is 0.

        Raises:
            ValueError: the context is shorter than n - 1.
        """
        # TODO: find the two counts.
        raise NotImplementedError

    def perplexity(self, ids: Sequence[int]) -> float:
        """exp of the mean of -log p over all tokens that have n - 1 others before them.

        Returns:
            inf when the model holds one of them for impossible, nan when there are none.
        """
        # TODO: add logarithms, never multiply probabilities.
        raise NotImplementedError
