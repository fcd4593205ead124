"""Batches for translation: sentences padded to one length, and the decoder's input."""

from __future__ import annotations

import numpy as np

from tutor.mine import Vocab


def build_arrays(lines: list[list[str]], vocab: Vocab, num_steps: int) -> tuple[np.ndarray, np.ndarray]:
    """Each sentence with "<eos>" behind it, cut or padded to `num_steps`, and how many tokens are no padding."""
    ids = np.full((len(lines), num_steps), vocab["<pad>"], dtype=np.int64)  # (N, T)
    valid_len = np.empty(len(lines), dtype=np.int64)  # (N,)
    for i, line in enumerate(lines):
        kept = [*line, "<eos>"][:num_steps]  # a sentence that is too long loses its <eos>
        ids[i, : len(kept)] = vocab[kept]
        valid_len[i] = len(kept)
    return ids, valid_len


def shift_right(target: np.ndarray, bos: int) -> np.ndarray:
    """<bos> and every token but the last: at each place what was said just before."""
    shifted = np.full_like(target, bos)  # (N, T)
    shifted[:, 1:] = target[:, :-1]
    return shifted
