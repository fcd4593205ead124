"""Checks of rope: the table against its closed formula, the rotation against multiplication by complex numbers."""

from __future__ import annotations

import math

import torch

from tutor.checks import close, draws, equal, holds, raises, same


def table(head_dim, max_len, base=10000.0, dtype=torch.float32):
    """Angle by angle, in Python's own floats."""
    angles = [[m * base ** (-2 * i / head_dim) for i in range(head_dim // 2)] for m in range(max_len)]
    shape = (max_len, head_dim // 2)
    cos = torch.tensor([math.cos(a) for row in angles for a in row], dtype=torch.float64).reshape(shape)
    sin = torch.tensor([math.sin(a) for row in angles for a in row], dtype=torch.float64).reshape(shape)
    return cos.to(dtype), sin.to(dtype)


def rotated(x, cos, sin, offset=0):
    """(a + bi)(cos + i sin) for each pair of neighbours."""
    wide = x.to(torch.promote_types(x.dtype, torch.float32))
    pairs = torch.view_as_complex(wide.unflatten(-1, (-1, 2)).contiguous())
    turn = torch.complex(cos.to(wide), sin.to(wide))[offset : offset + x.shape[2]]
    return torch.view_as_real(pairs * turn).flatten(-2).to(x.dtype)


def some(draw, requires_grad=True):
    """x (N, H, T, d) with sizes that all differ, an offset, and a table that is longer than needed."""
    n, h, t, half = draw.shape(4, 1, 5)
    offset = draw.pick(0, 1, 4)
    cos, sin = (part.to(draw.device) for part in table(2 * half, offset + t + draw.int(0, 3), draw.pick(10000.0, 50.0)))
    x = draw.layout(draw.tensor((n, h, t, 2 * half), requires_grad=False)).requires_grad_(requires_grad)
    return x, cos, sin, offset


@draws(8)
def test_table(mine, draw):
    """The table holds cos and sin of m · base^(-2i/d), float32, one row a position."""
    options, head_dim, max_len = draw.pick((), (500.0,)), 2 * draw.pick(2, 3, 1, 4), draw.pick(5, 7, 1)
    call = f"rope_table({', '.join(map(str, (head_dim, max_len, *options)))})"
    close(mine.rope_table(head_dim, max_len, *options), table(head_dim, max_len, *options), call, 1e-6, 2e-7)


@draws(18)
def test_rotation(mine, draw):
    """Rotates the pair (2i, 2i+1) of position offset + t: values and gradients of a complex multiplication."""
    x, cos, sin, offset = some(draw)
    same(mine.apply_rope, rotated, x, cos, sin, offset)


@draws(2)
def test_default_offset(mine, draw):
    """Without an offset the first token has position 0, where nothing turns."""
    x = draw.tensor((2, 3, 4, 6))
    same(mine.apply_rope, rotated, x, *(part.to(draw.device) for part in table(6, 5)))


@draws(2)
def test_float64(mine, draw):
    """A float64 x keeps its digits and its dtype beside a float32 table."""
    x, cos, sin, offset = some(draw, requires_grad=False)
    same(mine.apply_rope, rotated, x, cos, sin, offset, dtypes=None)


@draws(4)
def test_half_precision(mine, draw):
    """float16 and bfloat16 are rotated in float32 and rounded once, at the end."""
    dtype = draw.pick(torch.float16, torch.bfloat16)
    x, cos, sin, offset = some(draw, requires_grad=False)
    x = x.repeat(1, 1, 1, 8)[..., : x.shape[-1] * 8].to(dtype)
    cos, sin = (part.repeat(1, 8) for part in (cos, sin))
    got = mine.apply_rope(x, cos, sin, offset)
    holds(
        got.dtype == dtype, f"the result for an x of {dtype} has another dtype", got=str(got.dtype), expected=str(dtype)
    )
    wanted = rotated(x.double(), cos, sin, offset)
    close(
        got.double(), wanted, f"the result in {dtype}", torch.finfo(dtype).eps, 1e-5, input={"x": x, "offset": offset}
    )


@draws(3)
def test_only_distance_counts(mine, draw):
    """With your own table: a query at m and a key at n have the score that they have at m + 5 and n + 5."""
    d = draw.pick(4, 6, 8)
    cos, sin = (part.to(draw.device) for part in mine.rope_table(d, 16))
    q, k = (draw.tensor((1, 1, 1, d), requires_grad=False) for _ in "qk")
    scores = []
    for m, n in ((4, 1), (9, 6), (1, 4)):
        both = mine.apply_rope(q, cos, sin, m) * mine.apply_rope(k, cos, sin, n)
        scores.append(float(both.sum()))
    given = {"q": q, "k": k, "positions": "(4, 1), (9, 6), (1, 4)"}
    close(scores[1], scores[0], "the score at (9, 6), compared with (4, 1)", 1e-5, 1e-5, input=given)
    apart = abs(scores[2] - scores[0]) > 1e-4
    holds(apart, "the score is the same at distance 3 and -3", got=scores[2], expected="another number", input=given)


def test_far_positions(mine):
    """Position 100 000 has its angles, too: they are computed in float64."""
    cos, sin = mine.rope_table(16, 100_001)
    rows = torch.tensor([99_998, 99_999, 100_000])
    theta = 10000.0 ** (-torch.arange(0, 16, 2, dtype=torch.float64) / 16)
    angles = torch.outer(rows.double(), theta)
    got = {"cos": cos[rows], "sin": sin[rows]}
    close(got, {"cos": angles.cos().float(), "sin": angles.sin().float()}, "the last rows of the table", 0, 1e-4)


def test_odd_dimension(mine):
    """An odd head_dim raises ValueError: one dimension would have no partner."""
    for head_dim in (3, 1, 7):
        raises(ValueError, mine.rope_table, head_dim, 4, because=f"{head_dim} dimensions make no pairs")


@draws(3)
def test_beyond_the_table(mine, draw):
    """Positions that the table does not have raise ValueError; its very last one is fine."""
    cos, sin = (part.to(draw.device) for part in table(4, 6))
    t, offset = draw.pick((2, 5), (3, 5), (1, 6))
    x = draw.tensor((2, 1, t, 4), requires_grad=False)
    raises(ValueError, mine.apply_rope, x, cos, sin, offset, because=f"positions up to {offset + t - 1}, a table of 6")
    same(mine.apply_rope, rotated, x, cos, sin, 6 - t)


@draws(1)
def test_table_is_not_changed(mine, draw):
    """The same table serves every layer: two calls with it give the same."""
    x, cos, sin, offset = some(draw, requires_grad=False)
    before = cos.clone(), sin.clone()
    mine.apply_rope(x, cos, sin, offset)
    equal((cos, sin), before, "the table after a call")
