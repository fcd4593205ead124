"""Checks of sampling: the filters row by row against plain Python, the draws against the frequencies they must have."""

from __future__ import annotations

import itertools
import math

import torch

from tutor.checks import close, draws, equal, frequency, holds, same

INF = math.inf


def kept(row, top_k=None, top_p=None):
    """The indices that stay, by going down the list."""
    order = sorted(range(len(row)), key=lambda i: (-row[i], i))[: top_k or len(row)]
    if top_p is None or top_p >= 1:
        return set(order)
    e = [math.exp(row[i] - row[order[0]]) for i in order]
    stays, mass = set(), 0.0
    for i, weight in zip(order, e, strict=True):
        stays.add(i)
        mass += weight / sum(e)
        if mass >= top_p:
            break
    return stays


def reference(logits, temperature=1.0, top_k=None, top_p=None):
    z = logits if temperature == 0 else logits / temperature
    drop = torch.ones_like(z, dtype=torch.bool)
    for n, row in enumerate(z.tolist()):
        drop[n, list(kept(row, *((1, None) if temperature == 0 else (top_k, top_p))))] = False
    return z.masked_fill(drop, -INF)


def some(draw, low=1):
    """Logits (N, V), N ≠ V."""
    n, v = draw.shape(2, low, 7)
    return draw.layout(draw.tensor((n, v + 1), draw.pick(2, 0.7), requires_grad=False))


def between(draw, z):
    """A top_p that lies well between the sums of all rows, so that rounding decides nothing."""
    sums = z.double().sort(dim=-1, descending=True).values.softmax(-1).cumsum(-1).flatten().tolist()
    edges = sorted([0.0, *sums])
    gaps = sorted(itertools.pairwise(edges), key=lambda pair: pair[0] - pair[1])[:4]
    low, high = gaps[draw.int(0, min(3, len(gaps) - 1))]
    return (low + high) / 2


@draws(12)
def test_top_k(mine, draw):
    """top_k keeps the k largest logits of each row where they are; k beyond V keeps all."""
    z = some(draw)
    k = draw.pick(1, 2, z.shape[1] - 1, z.shape[1], z.shape[1] + 3)
    same(mine.filter_logits, reference, z, 1.0, k)


@draws(16)
def test_top_p(mine, draw):
    """top_p keeps the smallest set that reaches p, the token that reaches it included."""
    z = some(draw)
    same(mine.filter_logits, reference, z, top_p=between(draw, z))


@draws(8)
def test_temperature(mine, draw):
    """The temperature divides the logits; without filters all of them stay."""
    z, temperature = some(draw), draw.pick(0.5, 2.0, 1.0, 0.1)
    same(mine.filter_logits, reference, z, temperature)


def test_defaults(mine):
    """Called with the logits alone nothing is filtered."""
    z = torch.tensor([[0.5, -1.0, 2.0]], dtype=torch.float64)
    same(mine.filter_logits, reference, z)


@draws(16)
def test_together(mine, draw):
    """All three together: temperature first, then top-k, then top-p of what top-k has left."""
    z = some(draw, low=3)
    temperature, k = draw.pick(0.5, 2.0, 3.0), draw.pick(2, 3, z.shape[1] - 1)
    p = between(draw, (z / temperature).sort(dim=-1, descending=True).values[:, :k])
    same(mine.filter_logits, reference, z, temperature, k, p)


@draws(5)
def test_greedy(mine, draw):
    """Temperature 0 leaves only the largest logit, without inf or NaN beside it."""
    z = some(draw)
    given = {"logits": z, "temperature": 0}
    got = mine.filter_logits(z, temperature=draw.pick(0.0, 0))
    wanted = torch.nn.functional.one_hot(z.argmax(-1), z.shape[1]).to(z)
    close(got.softmax(-1), wanted, "the softmax of the filtered logits", input=given)
    same(mine.filter_logits, reference, z, 0.0, draw.pick(None, 3), draw.pick(None, 0.9))


@draws(4)
def test_extremes_of_top_p(mine, draw):
    """top_p = 1 keeps tokens of probability 1e-30, too; top_p = 0 keeps the best one."""
    z = draw.tensor((3, 5), requires_grad=False) * 3
    z[:, 2] -= 70
    p = draw.pick(1.0, 0.0, 1, 1e-9)
    same(mine.filter_logits, reference, z, top_p=p)


@draws(7)
def test_ties(mine, draw):
    """Equal logits: the lower index first. top-k keeps exactly k, top-p no more than reach p."""
    z, options = [
        ([1.0, 3.0, 3.0, 2.0, 3.0], {"top_k": 2}),
        ([0.5] * 4, {"top_p": 0.5}),
        ([2.0, 2.0], {"temperature": 0.0}),
        ([0.5] * 8, {"top_p": 0.375}),
        ([0.5, 0.5, -INF, 0.5, 0.5], {"top_p": 0.75}),
        ([1.0, 1.0, 1.0], {"top_k": 1}),
        ([1.0, 2.0] * 20, {"top_k": 5}),  # more than the 16 that any sort keeps in order
    ][draw.index]
    same(mine.filter_logits, reference, torch.tensor([z, z[::-1]], dtype=torch.float64, device=draw.device), **options)


@draws(4)
def test_large_logits(mine, draw):
    """Logits of 10 000 overflow nowhere, and tokens that were impossible stay impossible."""
    z = draw.tensor((3, 6), requires_grad=False) + draw.pick(1e4, -1e4)
    z[1, draw.int(0, 5)] = -INF
    same(mine.filter_logits, reference, z, 1.0, draw.pick(None, 4), between(draw, z), atol=1e-6)
    flat = 0.3 * draw.tensor((3, 6), requires_grad=False) + z.clamp(-1e4, 1e4).sign() * 1e4
    same(mine.filter_logits, reference, flat, top_p=0.9, dtypes=("float64",))  # keeps several of them


def rows_of(draw, z, count):
    """The same row `count` times: as many draws in one call."""
    return torch.tensor(z, dtype=torch.float32, device=draw.device).expand(count, len(z))


def counted(tokens, size, given):
    holds(
        tokens.dtype == torch.int64 and tokens.ndim == 1,
        "sample gives one int64 a row",
        got=f"{tokens.dtype}, shape {tuple(tokens.shape)}",
        expected="torch.int64, shape (N,)",
        input=given,
    )
    return torch.bincount(tokens, minlength=size).tolist()


@draws(2)
def test_chance(mine, draw):
    """All chance comes from the generator, a new piece for every row and every call."""
    z, generator = torch.zeros(40, 50, device=draw.device), draw.generator()
    calls = [mine.sample(z, generator).flatten() for _ in range(8)]
    again = mine.sample(z, draw.generator()).flatten()
    other = mine.sample(z, torch.Generator(draw.device).manual_seed(7 + draw.index)).flatten()
    got = {
        "the rows of a call": words(len(set(calls[0].tolist())) == 1),
        "one call and the next ones": words(all(torch.equal(tokens, calls[0]) for tokens in calls)),
        "two equal generators": words(torch.equal(again, calls[0])),
        "two seeds": words(torch.equal(other, calls[0])),
    }
    wanted = dict.fromkeys(got, "differ") | {"two equal generators": "agree"}
    said, asked = (", ".join(f"{what} {how}" for what, how in facts.items()) for facts in (got, wanted))
    holds(
        said == asked,
        "the draws depend on the wrong things",
        got=said,
        expected=asked,
        input={"logits": "zeros (40, 50)"},
    )


def words(agree):
    return "agree" if agree else "differ"


@draws(4)
def test_frequencies(mine, draw):
    """Tokens are drawn as often as the softmax says; what was filtered out never."""
    z = [1.5, 0.0, -1.0, 1.0, 0.5]
    options = [{}, {"top_k": 3}, {"temperature": 2.0, "top_p": 0.7}, {"temperature": 0.5}][draw.index]
    n, given = 20_000, {"logits": z, **options}
    counts = counted(mine.sample(rows_of(draw, z, n), draw.generator(), **options), 5, given)
    p = reference(torch.tensor([z], dtype=torch.float64), **options).softmax(-1)[0].tolist()
    ranks = sorted(range(5), key=lambda i: counts[i] == 0 or p[i] > 0)
    for i in ranks:  # a token that should not have come first
        if p[i] == 0:
            holds(counts[i] == 0, f"token {i} was filtered out and came", got=counts, expected="0 times", input=given)
        frequency(counts[i], n, p[i], f"token {i}", false_alarm=1e-8)


@draws(2)
def test_rows_draw_for_themselves(mine, draw):
    """Each row is drawn from its own logits."""
    z = torch.full((4, 5), -20.0, dtype=torch.float64, device=draw.device)
    wanted = torch.tensor(draw.pick([3, 0, 4, 1], [2, 2, 1, 0]), device=draw.device)
    z[torch.arange(4), wanted] = 20.0
    equal(mine.sample(z, draw.generator()), wanted, "the tokens drawn", input={"logits": z})
    flat = torch.zeros(3000, 2, device=draw.device)
    same_row = int((mine.sample(flat, draw.generator()) == 1).sum())
    frequency(same_row, 3000, 0.5, "token 1 of two equal ones", false_alarm=1e-8)


@draws(4)
def test_certain(mine, draw):
    """With top_k = 1, a tiny top_p, or temperature 0, sample takes the largest, whatever the generator."""
    z = draw.tensor((6, 5), requires_grad=False)
    options = draw.pick({"top_k": 1}, {"top_p": 1e-6}, {"temperature": 0.0}, {"temperature": 0.0, "top_p": 0.9})
    equal(mine.sample(z, draw.generator(), **options), z.argmax(-1), "the tokens drawn", input={"logits": z, **options})
