"""From logits to the next token: temperature, top-k and top-p (nucleus) sampling."""

from __future__ import annotations

from typing import Any

import torch


def filter_logits(
    logits: torch.Tensor, temperature: float = 1.0, top_k: int | None = None, top_p: float | None = None
) -> torch.Tensor:
    r"""Temperature, then top-k, then top-p (Holtzman et al. 2020); what is dropped becomes $-\infty$.

    Args:
        logits: (N, V).
        temperature: divides the logits; 0 leaves only the largest.
        top_k: how many of the largest stay; None: all.
        top_p: the probability that the smallest set of likeliest tokens must reach; None: all stay.

    Returns:
        (N, V). Of equal logits the lower index counts as the larger one.
    """
    if temperature == 0:
        top_k, top_p = 1, None
    else:
        logits = logits / temperature  # (N, V)
    order = logits.argsort(dim=-1, descending=True, stable=True)  # (N, V) token at each rank
    keep = torch.ones_like(logits, dtype=torch.bool)  # (N, V) by rank
    if top_k is not None:
        keep[:, top_k:] = False
    if top_p is not None and top_p < 1:
        ranked = logits.gather(-1, order)  # (N, V) descending
        p = ranked.masked_fill(~keep, -torch.inf).softmax(dim=-1)  # (N, V)
        keep &= p.cumsum(dim=-1) - p < top_p  # the sum before this token
        keep[:, 0] = True
    stays = torch.zeros_like(keep).scatter(-1, order, keep)  # (N, V) by token
    return logits.masked_fill(~stays, -torch.inf)  # (N, V)


def sample(logits: torch.Tensor, generator: torch.Generator, **kw: Any) -> torch.Tensor:
    """Draw one token a row from the softmax of the filtered logits.

    Args:
        logits: (N, V).
        generator: where all chance comes from.
        kw: for `filter_logits`.

    Returns:
        int64 (N,).
    """
    p = filter_logits(logits, **kw).softmax(dim=-1)  # (N, V)
    return torch.multinomial(p, 1, generator=generator)[:, 0]  # (N,)
