"""A vocabulary: tokens to indices and back."""

from __future__ import annotations


class Vocab:
    """Index 0 is "<unk>", then the reserved tokens, then the tokens of a corpus, the most frequent first.

    Attributes: token_freqs: a list of (token, count) for every token of the corpus, by falling count, equal counts in
    alphabetical order.
    """

    def __init__(
        self, tokens: list[str] | list[list[str]], min_freq: int = 0, reserved: list[str] | None = None
    ) -> None:
        """Count the tokens and give indices to those that come at least min_freq times.

        Args:
            tokens: a flat list of tokens, or a list of lists of tokens.
            min_freq: rarer tokens get no index of their own.
            reserved: tokens with the indices 1, 2, …, such as ["<pad>", "<bos>", "<eos>"].
        """
        # TODO: flatten, count, sort; keep token_freqs.
        # TODO: the list of tokens in the order of their indices, and the way back from token to index.
        raise NotImplementedError

    def __len__(self) -> int:
        """How many indices there are."""
        # TODO: one line.
        raise NotImplementedError

    def __getitem__(self, tokens: str | list[str] | tuple[str, ...]) -> int | list[int]:
        """The index of a token, 0 for an unknown one; for a list or tuple of tokens, also nested, a list."""
        # TODO: a list is looked up item by item.
        raise NotImplementedError

    def to_tokens(self, idx: int | list[int]) -> str | list[str]:
        """The token at an index, or for a list of indices, also nested, a list of tokens.

        Raises:
            IndexError: an index is not one of 0 … len(self) - 1.
        """
        # TODO: the way back.
        raise NotImplementedError
