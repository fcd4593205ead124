from __future__ import annotations

import numpy as np

from tutor.mine import Vocab


def build_arrays(lines: list[list[str]], vocab: Vocab, num_steps: int) -> tuple[np.ndarray, np.ndarray]:
    """Tokenised sentences as one rectangle: tokens, "<eos>", then "<pad>", cut or filled to num_steps.

    lines: N lists of tokens; returns (ids: int64 (N, num_steps), valid_len: int64 (N,), "<eos>" counted).
    """
    # TODO: one row a sentence; the special tokens are looked up in the vocabulary.
    raise NotImplementedError


def shift_right(target: np.ndarray, bos: int) -> np.ndarray:
    """What the decoder reads while it predicts `target`: bos, then every token but the last.

    target: int64 (N, T); returns a new int64 (N, T).
    """
    # TODO: everything one place to the right, bos in front.
    raise NotImplementedError
