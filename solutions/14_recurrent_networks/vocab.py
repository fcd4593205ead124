"""A vocabulary: tokens to indices and back."""

from __future__ import annotations

from collections import Counter


class Vocab:
    """Index 0 is "<unk>", then the reserved tokens, then the tokens of a corpus, the most frequent first.

    token_freqs: (token, count) of every token of the corpus, by falling count, equal counts alphabetically.
    """

    def __init__(
        self, tokens: list[str] | list[list[str]], min_freq: int = 0, reserved: list[str] | None = None
    ) -> None:
        flat = [token for entry in tokens for token in (entry if isinstance(entry, list) else [entry])]
        self.token_freqs = sorted(Counter(flat).items(), key=lambda pair: (-pair[1], pair[0]))
        special = ["<unk>", *(reserved or [])]
        frequent = [token for token, count in self.token_freqs if count >= min_freq and token not in special]
        self._tokens = special + frequent  # index -> token
        self._index = {token: i for i, token in enumerate(self._tokens)}  # token -> index

    def __len__(self) -> int:
        return len(self._tokens)

    def __getitem__(self, tokens: str | list[str] | tuple[str, ...]) -> int | list[int]:
        """The index of a token, 0 where it is unknown; a list (or tuple) of tokens gives a list, nested ones too."""
        if isinstance(tokens, (list, tuple)):
            return [self[token] for token in tokens]
        return self._index.get(tokens, 0)

    def to_tokens(self, idx: int | list[int]) -> str | list[str]:
        """The token at an index; a list of indices gives a list. Raises IndexError outside 0 … len - 1."""
        if isinstance(idx, (list, tuple)):
            return [self.to_tokens(i) for i in idx]
        if not 0 <= idx < len(self):  # a list would take -1 for its last entry
            raise IndexError(f"index {idx} is outside 0 … {len(self) - 1}")
        return self._tokens[idx]
