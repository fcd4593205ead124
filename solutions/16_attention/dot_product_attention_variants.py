"""Other right ways to write dot-product attention, and the mistakes that people make."""

from __future__ import annotations

import torch

from tutor.checks import accept, reject, waive


def masked(scores, valid_len, dim=-1):
    """The masked softmax, for variants that go astray in it."""
    if valid_len is None:
        return torch.softmax(scores, dim)
    keep = kept(scores, valid_len)
    return torch.softmax(scores.masked_fill(~keep, torch.finfo(scores.dtype).min), dim).masked_fill(~keep, 0)


def kept(scores, valid_len):
    lengths = valid_len[:, None, None] if valid_len.dim() == 1 else valid_len[:, :, None]
    return torch.arange(scores.shape[2], device=scores.device) < lengths


def scaled(q, k):
    return q @ k.mT / q.shape[-1] ** 0.5


def dropped(weights, dropout, training, generator):
    if not training or not dropout:
        return weights
    keep = torch.rand(weights.shape, generator=generator, device=weights.device) >= dropout
    return weights * keep / (1 - dropout)


@accept("queries scaled first, bmm")
def dot_product_attention(q, k, v, valid_len=None, dropout=0.0, training=False, generator=None):
    scores = torch.bmm(q * q.size(2) ** -0.5, k.permute(0, 2, 1))
    weights = masked(scores, valid_len)
    return torch.bmm(dropped(weights, dropout, training, generator), v), weights


@accept("einsum, a mask from bernoulli")
def dot_product_attention(q, k, v, valid_len=None, dropout=0.0, training=False, generator=None):
    weights = masked(torch.einsum("bqd,bkd->bqk", q, k).div(q.shape[2] ** 0.5), valid_len)
    used = weights
    if training and dropout:
        chance = torch.full_like(weights.detach(), 1 - dropout)
        used = used * torch.bernoulli(chance, generator=generator) / (1 - dropout)
    return torch.einsum("bqk,bkv->bqv", used, v), weights


@accept("a loop over the samples, the keys cut off")
def dot_product_attention(q, k, v, valid_len=None, dropout=0.0, training=False, generator=None):
    weights = []
    for i in range(len(q)):
        row = (q[i] @ k[i].T) / q.shape[-1] ** 0.5
        weights.append(masked(row[None], None if valid_len is None else valid_len[i : i + 1])[0])
    weights = torch.stack(weights)
    used = dropped(weights, dropout, training, generator)
    return torch.stack([w @ x for w, x in zip(used, v, strict=True)]), weights


@reject(
    "no division by the root of d",
    "These are the numbers of attention without 1/√d: scores grow with d, and the softmax saturates.",
)
def dot_product_attention(q, k, v, valid_len=None, dropout=0.0, training=False, generator=None):
    weights = masked(q @ k.mT, valid_len)
    return dropped(weights, dropout, training, generator) @ v, weights


@reject("divided by d", "You divide by d. A dot product of d terms has the standard deviation √d: divide by its root.")
def dot_product_attention(q, k, v, valid_len=None, dropout=0.0, training=False, generator=None):
    weights = masked(q @ k.mT / q.shape[-1], valid_len)
    return dropped(weights, dropout, training, generator) @ v, weights


@reject("multiplied by the root of d", "You multiply by √d and make the scores larger still: divide.")
def dot_product_attention(q, k, v, valid_len=None, dropout=0.0, training=False, generator=None):
    weights = masked(q @ k.mT * q.shape[-1] ** 0.5, valid_len)
    return dropped(weights, dropout, training, generator) @ v, weights


@reject(
    "width of the values",
    "√d is the width of queries and KEYS, over which the dot product sums. Yours is that of the values.",
)
def dot_product_attention(q, k, v, valid_len=None, dropout=0.0, training=False, generator=None):
    weights = masked(q @ k.mT / v.shape[-1] ** 0.5, valid_len)
    return dropped(weights, dropout, training, generator) @ v, weights


@reject("root of the number of keys", "You divide by the root of the number of keys, k.shape[1]. d is the last axis.")
def dot_product_attention(q, k, v, valid_len=None, dropout=0.0, training=False, generator=None):
    weights = masked(q @ k.mT / k.shape[1] ** 0.5, valid_len)
    return dropped(weights, dropout, training, generator) @ v, weights


@reject(
    "scaled after the softmax",
    "The division by √d came after the softmax: the weights no longer sum to 1. It belongs on the scores.",
)
def dot_product_attention(q, k, v, valid_len=None, dropout=0.0, training=False, generator=None):
    weights = masked(q @ k.mT, valid_len) / q.shape[-1] ** 0.5
    return dropped(weights, dropout, training, generator) @ v, weights


@reject(
    "all axes turned around",
    "k.T turns ALL axes around, (N, K, d) becomes (d, K, N). Only the last two change places: k.transpose(-2, -1).",
)
def dot_product_attention(q, k, v, valid_len=None, dropout=0.0, training=False, generator=None):
    weights = masked(q @ k.permute(2, 1, 0) / q.shape[-1] ** 0.5, valid_len)
    return dropped(weights, dropout, training, generator) @ v, weights


@reject(
    "keys not transposed",
    "q @ k takes the rows of q with the COLUMNS of k. Compare rows with rows: k.transpose(-2, -1).",
)
def dot_product_attention(q, k, v, valid_len=None, dropout=0.0, training=False, generator=None):
    weights = masked(q @ k / q.shape[-1] ** 0.5, valid_len)
    return dropped(weights, dropout, training, generator) @ v, weights


@reject(
    "keys reshaped instead of transposed",
    "reshape and view keep the order in memory and mix the numbers of different keys; to swap axes use transpose(-2, -1).",
)
def dot_product_attention(q, k, v, valid_len=None, dropout=0.0, training=False, generator=None):
    weights = masked(q @ k.reshape(k.shape[0], k.shape[2], k.shape[1]) / q.shape[-1] ** 0.5, valid_len)
    return dropped(weights, dropout, training, generator) @ v, weights


@reject(
    "softmax over the queries",
    "Here the weights of a KEY sum to 1 over all queries. Each query shares out its own attention: softmax over the keys, dim=-1.",
)
def dot_product_attention(q, k, v, valid_len=None, dropout=0.0, training=False, generator=None):
    weights = masked(scaled(q, k), valid_len, dim=1)
    return dropped(weights, dropout, training, generator) @ v, weights


@reject("no softmax", "The scores themselves were used as weights. They need the softmax, so that each row sums to 1.")
def dot_product_attention(q, k, v, valid_len=None, dropout=0.0, training=False, generator=None):
    weights = scaled(q, k)
    if valid_len is not None:
        weights = weights.masked_fill(~kept(weights, valid_len), 0)
    return dropped(weights, dropout, training, generator) @ v, weights


@reject("lengths ignored", "These are the numbers without valid_len: padding is attended to.")
def dot_product_attention(q, k, v, valid_len=None, dropout=0.0, training=False, generator=None):
    weights = torch.softmax(scaled(q, k), dim=-1)
    return dropped(weights, dropout, training, generator) @ v, weights


@reject(
    "mask after the softmax",
    "The padding took its share in the softmax and was erased then: rows no longer sum to 1. Mask the scores first.",
)
def dot_product_attention(q, k, v, valid_len=None, dropout=0.0, training=False, generator=None):
    weights = torch.softmax(scaled(q, k), dim=-1)
    if valid_len is not None:
        weights = weights * kept(weights, valid_len)
    return dropped(weights, dropout, training, generator) @ v, weights


@reject("keys mixed instead of values", "The weights mix the keys here. Keys are only compared; what is mixed is v.")
def dot_product_attention(q, k, v, valid_len=None, dropout=0.0, training=False, generator=None):
    weights = masked(scaled(q, k), valid_len)
    return dropped(weights, dropout, training, generator) @ k, weights


@reject("scores returned", "The second result is the weights, after the softmax, not the scores.")
def dot_product_attention(q, k, v, valid_len=None, dropout=0.0, training=False, generator=None):
    scores = scaled(q, k)
    return dropped(masked(scores, valid_len), dropout, training, generator) @ v, scores


@reject("weights after dropout returned", "The weights you return have holes in them: return those before dropout.")
def dot_product_attention(q, k, v, valid_len=None, dropout=0.0, training=False, generator=None):
    weights = dropped(masked(scaled(q, k), valid_len), dropout, training, generator)
    return weights @ v, weights


@reject("dropout outside of training", "Weights are dropped although training=False: predictions become random.")
def dot_product_attention(q, k, v, valid_len=None, dropout=0.0, training=False, generator=None):
    weights = masked(scaled(q, k), valid_len)
    return dropped(weights, dropout, True, generator) @ v, weights


@reject("no dropout", "In training no weight was dropped.")
def dot_product_attention(q, k, v, valid_len=None, dropout=0.0, training=False, generator=None):
    weights = masked(scaled(q, k), valid_len)
    return weights @ v, weights


@reject(
    "kept weights not scaled up",
    "What dropout leaves must be divided by 1 - p, or the output is smaller in training than in evaluation.",
)
def dot_product_attention(q, k, v, valid_len=None, dropout=0.0, training=False, generator=None):
    weights = masked(scaled(q, k), valid_len)
    if not training:
        return weights @ v, weights
    return dropped(weights, dropout, training, generator) * (1 - dropout) @ v, weights


@reject("dropout is what is kept", "You keep a weight with probability `dropout`. It is the probability to DROP.")
def dot_product_attention(q, k, v, valid_len=None, dropout=0.0, training=False, generator=None):
    weights = masked(scaled(q, k), valid_len)
    if not training or not dropout:
        return weights @ v, weights
    keep = torch.rand(weights.shape, generator=generator, device=weights.device) < dropout
    return weights * keep / (1 - dropout) @ v, weights


@reject(
    "dropout on the scores",
    "Dropout on the SCORES sets them to 0, which is a real score. Drop weights, after the softmax.",
)
def dot_product_attention(q, k, v, valid_len=None, dropout=0.0, training=False, generator=None):
    scores = scaled(q, k)
    weights = masked(scores, valid_len)
    return masked(dropped(scores, dropout, training, generator), valid_len) @ v, weights


@reject(
    "dropout on the output", "Dropout on the output drops coordinates of the result. It is the WEIGHTS that fall here."
)
def dot_product_attention(q, k, v, valid_len=None, dropout=0.0, training=False, generator=None):
    weights = masked(scaled(q, k), valid_len)
    return dropped(weights.detach() * 0 + weights, 0.0, training, generator) @ v * dropped(
        torch.ones(v.shape[0], q.shape[1], v.shape[2], dtype=v.dtype, device=v.device), dropout, training, generator
    ), weights


@reject(
    "whole keys dropped", "One mask for all queries: a key falls for everybody at once. Draw a number for every weight."
)
def dot_product_attention(q, k, v, valid_len=None, dropout=0.0, training=False, generator=None):
    weights = masked(scaled(q, k), valid_len)
    mask = dropped(torch.ones_like(weights[:, :1]), dropout, training, generator)
    return weights * mask @ v, weights


@reject(
    "generator ignored",
    "The mask comes from torch's own generator, not from the one that was passed: no run can be repeated.",
)
def dot_product_attention(q, k, v, valid_len=None, dropout=0.0, training=False, generator=None):
    weights = masked(scaled(q, k), valid_len)
    return dropped(weights, dropout, training, None) @ v, weights


@reject("the same mask in every call", "Every call drops the same weights: the random numbers start anew each time.")
def dot_product_attention(q, k, v, valid_len=None, dropout=0.0, training=False, generator=None):
    weights = masked(scaled(q, k), valid_len)
    fixed = torch.Generator(q.device).manual_seed(0)
    return dropped(weights, dropout, training, fixed) @ v, weights


@reject("drawn although nothing is dropped", "Outside of training, or with dropout = 0, no random number may be drawn.")
def dot_product_attention(q, k, v, valid_len=None, dropout=0.0, training=False, generator=None):
    weights = masked(scaled(q, k), valid_len)
    keep = torch.rand(weights.shape, generator=generator, device=weights.device) >= dropout
    return (weights * keep / (1 - dropout) if training else weights) @ v, weights


waive(
    "dot_product_attention: k.transpose(-2, -1) → k.transpose(-1, -2)",
    "transpose(-2, -1) and transpose(-1, -2) swap the same two axes",
)
waive(
    "dot_product_attention: torch.rand(weights.shape, generator=generator, device=weights.device) >= dropout → "
    "torch.rand(weights.shape, generator=generator, device=weights.device) > dropout",
    "a random number hits the probability exactly once in 16 million draws",
)
waive(
    "dot_product_attention: torch.rand(weights.shape, generator=generator, device=weights.device) → "
    "torch.rand(weights.shape, generator=generator)",
    "tells on a GPU only: the checks run with --device cuda there",
)
