from __future__ import annotations

from typing import Any

import torch


def filter_logits(
    logits: torch.Tensor, temperature: float = 1.0, top_k: int | None = None, top_p: float | None = None
) -> torch.Tensor:
    r"""Temperature, then top-k, then top-p; what is dropped becomes $-\infty$.

    logits: (N, V). Returns the same shape and dtype. Of equal logits the lower index counts as the larger one.
    """
    # TODO: divide by the temperature; 0 means that only the largest stays.
    # TODO: sort, decide who stays, and bring the decision back into the order of the vocabulary.
    raise NotImplementedError


def sample(logits: torch.Tensor, generator: torch.Generator, **kw: Any) -> torch.Tensor:
    """Draw one token a row from the softmax of the filtered logits.

    logits: (N, V); kw: for filter_logits. Returns int64 (N,).
    """
    # TODO: filter, softmax, draw with the generator.
    raise NotImplementedError
