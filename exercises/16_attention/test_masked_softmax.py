"""Checks of masked-softmax against torch.softmax with -inf at the masked scores, rows of length 0 being zeros."""

from __future__ import annotations

import torch

from tutor.checks import close, draws, equal, finite, holds, same


def mask(valid_len, max_len):
    return torch.arange(max_len, device=valid_len.device) < valid_len.unsqueeze(-1)


def keys_kept(scores, valid_len):
    """(N, Q, K), True where a key may be attended to."""
    kept = mask(valid_len, scores.shape[2])
    return (kept if valid_len.dim() == 2 else kept.unsqueeze(1)).expand(scores.shape)


def reference(scores, valid_len):
    if valid_len is None:
        return torch.softmax(scores, dim=2)
    kept = keys_kept(scores, valid_len)
    return torch.softmax(scores.masked_fill(~kept, -torch.inf), dim=2).masked_fill(~kept, 0.0)


def sizes(draw, low=2):
    """N, Q and K, all different."""
    return draw.shape(dims=3, low=low, high=6)


def lengths(draw, shape, most, least=1):
    """int64 lengths from `least` to `most`; the first is the least, the last the most."""
    found = least + draw.targets(shape, most - least + 1)
    found.view(-1)[0], found.view(-1)[-1] = least, most
    return found


@draws(12)
def test_sequence_mask(mine, draw):
    """sequence_mask is True at the first valid_len positions of each row, and bool, for one length a sample."""
    n, most = draw.shape(dims=2, low=1, high=6)
    valid_len = lengths(draw, n, most + draw.pick(0, 2), least=0)
    same(mine.sequence_mask, mask, valid_len, most, exact=True)


@draws(6)
def test_sequence_mask_for_each_query(mine, draw):
    """Lengths of shape (N, Q) give a mask of shape (N, Q, max_len)."""
    n, q, most = sizes(draw, low=1)
    same(mine.sequence_mask, mask, lengths(draw, (n, q), most, least=0), most, exact=True)


@draws(4)
def test_no_lengths(mine, draw):
    """With valid_len = None it is the softmax over the keys, the last axis."""
    same(mine.masked_softmax, reference, draw.layout(draw.tensor(sizes(draw), 2)), None)


@draws(12)
def test_one_length_a_sample(mine, draw):
    """Lengths (N,): all queries of a sample share its length; values, and gradients at the scores."""
    n, q, k = sizes(draw)
    scores = draw.layout(draw.tensor((n, q, k), draw.pick(1, 4)))
    same(mine.masked_softmax, reference, scores, lengths(draw, n, k))


@draws(12)
def test_one_length_a_query(mine, draw):
    """Lengths (N, Q): every query has a length of its own; values, and gradients at the scores."""
    n, q, k = sizes(draw)
    scores = draw.layout(draw.tensor((n, q, k), draw.pick(1, 4)))
    same(mine.masked_softmax, reference, scores, lengths(draw, (n, q), k))


@draws(8)
def test_nothing_to_attend_to(mine, draw):
    """A row of length 0 is all zeros and has a gradient of zeros, other rows are unharmed: no NaN either way."""
    n, q, k = sizes(draw)
    valid_len = lengths(draw, draw.pick((n, q), n), k, least=0)
    same(mine.masked_softmax, reference, draw.tensor((n, q, k)), valid_len)


@draws(1)
def test_nothing_at_all(mine, draw):
    """When all lengths are 0, all weights are 0."""
    same(mine.masked_softmax, reference, draw.tensor((2, 3, 4)), torch.zeros(2, dtype=torch.int64, device=draw.device))


@draws(8)
def test_padding_scores_are_powerless(mine, draw):
    """However large or small the scores are, here and in the padding, padding gets exactly 0 and the rest sums to 1."""
    n, q, k = 3, 2, 5
    valid_len = lengths(draw, draw.pick(n, (n, q)), k - 1)
    scores = draw.tensor((n, q, k), requires_grad=False)
    kept = keys_kept(scores, valid_len)
    scores = torch.where(kept, scores + draw.pick(-1e4, -1e7, 1e4, -1e10), scores + 1e4)
    weights = mine.masked_softmax(scores, valid_len)
    given = {"scores": scores, "valid_len": valid_len}
    close(weights, reference(scores, valid_len), "the weights", input=given)
    equal(weights[~kept], torch.zeros_like(weights[~kept]), "the weights of the padding", input=given)


@draws(4)
def test_large_scores(mine, draw):
    """Scores of ±10 000 neither overflow nor vanish, forward and backward."""
    scores = draw.tensor((2, 3, 4), draw.pick(1, 1e4), requires_grad=False) + draw.pick(1e4, -1e4)
    same(mine.masked_softmax, reference, scores.requires_grad_(), lengths(draw, (2, 3), 4, least=0))


@draws(4)
def test_half_precision(mine, draw):
    """Works in float16 and bfloat16, which have no -1e9 or no digits: finite, zeros exact, the same dtype."""
    dtype = draw.pick(torch.float16, torch.bfloat16)
    scores = draw.tensor((2, 3, 5), draw.pick(1, 1e4), dtype, requires_grad=False)
    valid_len = lengths(draw, draw.pick(2, (2, 3)), 5, least=0)
    weights = mine.masked_softmax(scores, valid_len)
    given = {"scores": scores, "valid_len": valid_len}
    holds(weights.dtype == dtype, f"the weights have the dtype {weights.dtype}", expected=str(dtype), input=given)
    weights, kept = weights.double(), keys_kept(scores, valid_len)
    finite(weights, "a weight", input=given)
    close(weights, reference(scores.double(), valid_len), "the weights", rtol=2e-2, atol=1e-2, input=given)
    equal(weights[~kept], torch.zeros_like(weights[~kept]), "the weights of the padding", input=given)


@draws(5)
def test_extreme_sizes(mine, draw):
    """One key, one query, one sample; more length than keys; lengths in int32."""
    shape = [(1, 1, 1), (1, 3, 2), (3, 1, 4), (4, 2, 1), (1, 2, 3)][draw.index]
    valid_len = lengths(draw, shape[: draw.pick(1, 2)], shape[2] + 1)
    same(mine.masked_softmax, reference, draw.tensor(shape), valid_len.to(draw.pick(torch.int64, torch.int32)))
