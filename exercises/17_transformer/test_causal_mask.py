"""Checks of causal-mask."""

from __future__ import annotations

import torch
import torch.nn.functional as F

from tutor.checks import close, draws, equal, holds, raises, same


def triangle(q_len, k_len=None):
    k_len = q_len if k_len is None else k_len
    return torch.ones(q_len, k_len, dtype=torch.bool).tril(diagonal=k_len - q_len)


def allowed(causal, key_valid_len, k_len):
    """(N, 1, Q, K), or None: both conditions, spelled out."""
    if causal is None and key_valid_len is None:
        return None
    if key_valid_len is None:
        return causal[None, None]
    valid = torch.arange(k_len, device=key_valid_len.device) < key_valid_len[:, None, None, None]
    return valid if causal is None else valid & causal


def spread_to(mask, shape, given):
    """The mask broadcast to (N, heads, Q, K); a failure where it cannot be, or is no mask."""
    holds(isinstance(mask, torch.Tensor), "no mask was returned", got=mask, expected="a bool tensor", input=given)
    holds(mask.dtype == torch.bool, "the mask is not boolean", got=mask, expected="dtype torch.bool", input=given)
    try:
        return mask.broadcast_to(shape)
    except RuntimeError:
        wanted = f"a shape that broadcasts to (N, heads, q_len, k_len) = {shape}"
        holds(False, f"a mask of shape {tuple(mask.shape)} does not fit", got=mask, expected=wanted, input=given)


def check_combined(mine, causal, lengths, n, q_len, k_len, heads=7):
    """combine_masks against the two conditions, spread over heads and queries."""
    given = {"causal": causal, "key_valid_len": lengths, "k_len": k_len}
    kept = {name: value.clone() for name, value in given.items() if isinstance(value, torch.Tensor)}
    got = mine.combine_masks(causal, lengths, k_len)
    shape = (n, heads, q_len, k_len)
    wanted = allowed(causal, lengths, k_len).broadcast_to(shape)
    equal(spread_to(got, shape, given), wanted, "the mask, broadcast to (N, heads, q_len, k_len),", input=given)
    for name, value in kept.items():
        equal(given[name], value, f"{name} after the call", input=given)


@draws(6)
def test_square(mine, draw):
    """causal_mask(T) is the triangle: a position sees itself and what stands before it."""
    same(mine.causal_mask, triangle, (2, 1, 3, 4, 5, 8)[draw.index])


@draws(10)
def test_rectangle(mine, draw):
    """With more keys than queries the queries are the last positions: the last one sees every key."""
    q_len = draw.int(1, 4)
    same(mine.causal_mask, triangle, q_len, q_len + draw.int(1, 4))


def test_one_query(mine):
    """A single query, as in decoding with a cache, sees all keys; k_len = q_len is the square again."""
    same(mine.causal_mask, triangle, 1, 6)
    same(mine.causal_mask, triangle, 3, 3)
    same(mine.causal_mask, triangle, 2, k_len=5)


@draws(3)
def test_more_queries_than_keys(mine, draw):
    """Raises ValueError when there are fewer keys than queries."""
    q_len, k_len = ((3, 2), (2, 1), (6, 2))[draw.index]
    raises(ValueError, mine.causal_mask, q_len, k_len, because=f"{q_len} queries are not the last of {k_len} positions")


@draws(10)
def test_lengths_only(mine, draw):
    """Lengths alone give a mask that broadcasts over heads and queries: valid keys are True, for each sample."""
    n, q_len, k_len = draw.shape(3, 2, 5)
    lengths = draw.targets(n, k_len + 1)
    lengths[0] = (k_len - 1, 0, k_len)[draw.index % 3]
    check_combined(mine, None, lengths, n, q_len, k_len)


@draws(6)
def test_causal_only(mine, draw):
    """The causal mask alone stays what it is, for every sample and every head."""
    n, q_len, k_len = draw.shape(3, 2, 5)
    q_len, k_len = sorted((q_len, k_len))
    check_combined(mine, triangle(q_len, k_len).to(draw.device), None, n, q_len, k_len)


@draws(16)
def test_both(mine, draw):
    """With both, a query may look at a key that is valid AND not later than it."""
    n, q_len, k_len = draw.shape(3, 1, 6)
    q_len, k_len = sorted((q_len, k_len))
    k_len = q_len if draw.index % 4 == 3 else k_len
    lengths = draw.targets(n, k_len + 1)
    lengths[-1] = (k_len, max(1, k_len - 1), 0)[draw.index % 3]
    check_combined(mine, draw.layout(triangle(q_len, k_len).to(draw.device)), lengths, n, q_len, k_len)


@draws(3)
def test_any_causal_mask(mine, draw):
    """Takes any boolean mask as `causal`, a window of three tokens, say, and keeps what it forbids forbidden."""
    n, q_len, k_len = ((2, 4, 5), (3, 5, 4), (1, 4, 6))[draw.index]
    distance = torch.arange(q_len)[:, None] - torch.arange(k_len)
    window = ((distance >= 0) & (distance < 3)).to(draw.device)
    check_combined(mine, window, draw.targets(n, k_len + 1), n, q_len, k_len)


def test_no_mask(mine):
    """Without a causal mask and without lengths there is no mask: None."""
    got = mine.combine_masks(None, None, 5)
    holds(got is None, "there is nothing to mask", got=got, expected="None")


@draws(3)
def test_in_attention(mine, draw):
    """PyTorch's attention takes the combined mask as attn_mask, and gives what causal attention over valid keys gives."""
    n, q_len, k_len, heads, d = draw.pick((2, 3, 5, 4, 6), (3, 4, 4, 2, 5), (4, 1, 6, 3, 2))
    q, k, v = (draw.tensor((n, heads, length, d), requires_grad=False) for length in (q_len, k_len, k_len))
    lengths = 1 + draw.targets(n, k_len)
    lengths[0] = k_len
    given = {"q_len": q_len, "k_len": k_len, "key_valid_len": lengths}
    mask = mine.combine_masks(mine.causal_mask(q_len, k_len).to(q.device), lengths, k_len)
    spread_to(mask, (n, heads, q_len, k_len), given)
    scores = (q @ k.mT / d**0.5).masked_fill(~allowed(triangle(q_len, k_len).to(q.device), lengths, k_len), -1e30)
    wanted = torch.softmax(scores, -1) @ v
    close(F.scaled_dot_product_attention(q, k, v, attn_mask=mask), wanted, "the attention", input=given)
