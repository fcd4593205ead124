"""Checks of dot-product-attention against its formula written out, and against PyTorch's own attention.

Dropout is read off with values that are an identity matrix: the output then is the weights that were used. All
judgements of chance together call right code wrong less than once in a million runs.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F

from tutor.checks import close, draws, frequency, holds, mean_is, same

ALARM = 1e-7


def reference(q, k, v, valid_len=None, dropout=0.0, training=False, generator=None):
    scores = torch.einsum("nqd,nkd->nqk", q, k) / q.shape[2] ** 0.5
    if valid_len is None:
        weights = torch.softmax(scores, dim=2)
    else:
        kept = torch.arange(k.shape[1], device=q.device) < valid_len.reshape(len(q), -1, 1)  # (N, 1 or Q, K)
        weights = torch.softmax(scores.masked_fill(~kept, -torch.inf), dim=2).masked_fill(~kept, 0.0)
    return torch.einsum("nqk,nkv->nqv", weights, v), weights


def built_in(q, k, v):
    return F.scaled_dot_product_attention(q, k, v)


def output(mine):
    """The output alone."""

    def dot_product_attention(*args, **kwargs):
        return mine.dot_product_attention(*args, **kwargs)[0]

    return dot_product_attention


def inputs(draw, scale=1.0, low=2):
    """q, k and v; samples, queries, keys, width and width of the values all differ in number."""
    n, queries, keys, d, dv = draw.shape(dims=5, low=low, high=7)
    q, k, v = draw.tensor((n, queries, d), scale), draw.tensor((n, keys, d)), draw.tensor((n, keys, dv))
    return draw.layout(q), draw.layout(k), draw.layout(v)


def lengths(draw, q, k, least=1):
    """(N,) or (N, Q) in turn; one is the least, one all keys."""
    found = least + draw.targets(q.shape[: draw.pick(1, 2)], k.shape[1] - least + 1)
    found.view(-1)[0], found.view(-1)[-1] = least, k.shape[1]
    return found


@draws(12)
def test_without_mask(mine, draw):
    """Output, weights and the gradients of q, k and v are those of the formula; dv need not be d."""
    same(mine.dot_product_attention, reference, *inputs(draw))


@draws(14)
def test_with_mask(mine, draw):
    """With lengths (N,) or (N, Q), keys behind them have no part in output, weights and gradients."""
    q, k, v = inputs(draw, draw.pick(1, 3))
    same(mine.dot_product_attention, reference, q, k, v, lengths(draw, q, k))


@draws(4)
def test_nothing_to_attend_to(mine, draw):
    """A query with length 0 gets zeros and gives no gradient, without NaN; the others are unharmed."""
    q, k, v = inputs(draw)
    same(mine.dot_product_attention, reference, q, k, v, lengths(draw, q, k, least=0))


@draws(4)
def test_like_pytorch(mine, draw):
    """The output is that of torch.nn.functional.scaled_dot_product_attention."""
    same(output(mine), built_in, *inputs(draw))


@draws(3)
def test_equal_keys(mine, draw):
    """When all keys are equal, every query gets the mean of the values."""
    q, k, v = (t.detach() for t in inputs(draw))
    k = k[:, :1].expand(k.shape).clone()
    got = mine.dot_product_attention(q, k, v)[0]
    close(got, v.mean(1, keepdim=True).expand(got.shape), "the output", input={"q": q, "k": k, "v": v})


@draws(4)
def test_scores_of_a_million(mine, draw):
    """Scores of a million (q and k of size 100, d = 512) neither overflow nor give NaN, forward and backward."""
    q, k, v = draw.tensor((2, 3, 512), 100), draw.tensor((2, 4, 512), 100), draw.tensor((2, 4, 5))
    valid_len = None if draw.bool() else lengths(draw, q, k)
    same(mine.dot_product_attention, reference, q, k, v, valid_len, dtypes=("float64",))
    got = mine.dot_product_attention(q.detach().float(), k.detach().float(), v.detach().float(), valid_len)
    wanted = reference(q.detach(), k.detach(), v.detach(), valid_len)
    close(got[0].double(), wanted[0], "the output", rtol=1e-2, atol=1e-2, input={"q": q, "k": k, "v": v})


@draws(6)
def test_extreme_sizes(mine, draw):
    """One sample, one query, one key or one dimension."""
    n, queries, keys, d, dv = [(1, 1, 1, 1, 1), (1, 3, 2, 4, 5), (3, 1, 4, 2, 1), (2, 4, 1, 3, 5), (3, 2, 4, 1, 2), (1, 1, 3, 2, 4)][draw.index]  # fmt: skip
    q, k, v = draw.tensor((n, queries, d)), draw.tensor((n, keys, d)), draw.tensor((n, keys, dv))
    same(mine.dot_product_attention, reference, q, k, v, draw.pick(None, lengths(draw, q, k)))


@draws(4)
def test_half_precision(mine, draw):
    """Works in float16 and bfloat16, with and without lengths, and keeps the dtype."""
    dtype = draw.pick(torch.float16, torch.bfloat16)
    q, k, v = (t.detach().to(dtype) for t in inputs(draw))
    valid_len = draw.pick(None, lengths(draw, q, k, least=0))
    got = mine.dot_product_attention(q, k, v, valid_len)
    given = {"q": q, "k": k, "v": v, "valid_len": valid_len}
    for part, name in zip(got, ("output", "weights"), strict=True):
        holds(part.dtype == dtype, f"the {name} has the dtype {part.dtype}", expected=str(dtype), input=given)
    wanted = reference(q.double(), k.double(), v.double(), valid_len)
    close(tuple(part.double() for part in got), wanted, "the pair", rtol=3e-2, atol=3e-2, input=given)


# --- dropout --------------------------------------------------------------------------------------------------------


def identity(draw, n, keys, d=3):
    """q, k and values that are an identity matrix, so that the output is the weights that were used."""
    q, k = draw.tensor((n, 4, d), requires_grad=False), draw.tensor((n, keys, d), requires_grad=False)
    return q, k, torch.eye(keys, dtype=q.dtype, device=q.device).expand(n, keys, keys).contiguous()


@draws(4)
def test_no_dropout(mine, draw):
    """Outside of training, and with dropout = 0 in training, nothing is dropped and no random number drawn."""
    q, k, v = (t.detach() for t in inputs(draw))
    options = draw.pick({"dropout": 0.5}, {"training": True}, {"dropout": 0.5, "training": False}, {"dropout": 0.0, "training": True})  # fmt: skip
    generator = draw.generator()
    before = generator.get_state()
    got = mine.dot_product_attention(q, k, v, generator=generator, **options)
    close(got, reference(q, k, v), "the pair", input={"q": q, "k": k, "v": v, **options})
    holds(
        bool(torch.equal(generator.get_state(), before)),
        "a random number was drawn",
        got="the generator moved on",
        expected="the generator as it was",
        input=options,
    )


@draws(4)
def test_dropout(mine, draw):
    """In training each weight is used as 0 or as w / (1 - p); the weights returned are those before dropout."""
    p = draw.pick(0.5, 0.2)
    q, k, v = identity(draw, 2, 6)
    valid_len = draw.pick(None, torch.tensor([4, 6], device=q.device))
    used, weights = mine.dot_product_attention(q, k, v, valid_len, p, True, draw.generator())
    right = reference(q, k, v, valid_len)[1]
    given = {"q": q, "k": k, "v": "identity matrices", "valid_len": valid_len, "dropout": p, "training": True}
    close(weights, right, "the weights", input=given)
    close(used, torch.where(used == 0, 0.0, right / (1 - p)), "the output, where it is not 0,", input=given)


@draws(2)
def test_dropout_rate(mine, draw):
    """Each weight falls on its own with probability p, the expected output stays what it was."""
    p = draw.pick(0.3, 0.8)
    q, k, v = torch.zeros(40, 20, 2), torch.zeros(40, 50, 2), torch.eye(50).expand(40, 50, 50)
    used, _ = mine.dot_product_attention(q.to(draw.device), k.to(draw.device), v.to(draw.device), None, p, True, draw.generator())  # fmt: skip
    dropped = used == 0
    frequency(int(dropped.sum()), dropped.numel(), p, f"with dropout = {p}, a weight of 0", false_alarm=ALARM)
    spread = (p / (1 - p)) ** 0.5
    mean_is(used.flatten().cpu().double().numpy() * 50, 1.0, spread, "the mean of what is used", false_alarm=ALARM)
    for axis, name in enumerate(("samples", "queries", "keys")):
        masks = dropped.transpose(0, axis).flatten(1)
        holds(
            bool((masks[:1] != masks[1:]).any(1).all()),
            f"two {name} share one mask",
            got="equal masks",
            expected="each weight on its own",
            input={"dropout": p, "weights": "all 1/50, of shape (40, 20, 50)"},
        )


@draws(2)
def test_generator(mine, draw):
    """The same generator state gives the same output, the next call another; without one, torch's own is used."""
    q, k, v = identity(draw, 2, 6)
    generator, twin = draw.generator(), draw.generator()
    first, second = (mine.dot_product_attention(q, k, v, None, 0.5, True, generator)[0] for _ in range(2))
    again = mine.dot_product_attention(q, k, v, None, 0.5, True, twin)[0]
    given = {"dropout": 0.5, "training": True, "generator": "seeded"}
    holds(
        bool(torch.equal(again, first)),
        "two equally seeded generators gave different masks",
        got="another mask",
        expected="the same mask",
        input=given,
    )
    holds(not bool(torch.equal(first, second)), "two calls had the same mask", got=second, expected="a new one", input=given)  # fmt: skip
    free = [mine.dot_product_attention(q, k, v, None, 0.5, True)[0] for _ in range(2)]
    holds(not bool(torch.equal(*free)), "two calls without a generator had the same mask", got=free[1], expected="a new one")  # fmt: skip


@draws(2)
def test_gradient_through_dropout(mine, draw):
    """In training the gradients go through the weights that were kept, with the same factor."""
    n, keys, p = 2, 5, 0.4
    q, k, v = (t.requires_grad_() for t in identity(draw, n, keys))
    used, weights = mine.dot_product_attention(q, k, v, None, p, True, draw.generator())
    kept = (used != 0).detach()
    up = draw.tensor(used.shape, requires_grad=False)
    (used * up).sum().backward()
    q2, k2, v2 = (t.detach().clone().requires_grad_() for t in (q, k, v))
    ((reference(q2, k2, v2)[1] * kept / (1 - p)) @ v2 * up).sum().backward()
    for name, got, wanted in (("q", q, q2), ("k", k, k2), ("v", v, v2)):
        close(got.grad, wanted.grad, f"the gradient of {name}", 1e-8, input={"dropout": p, "kept": kept})
