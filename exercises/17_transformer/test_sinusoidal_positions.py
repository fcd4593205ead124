"""Checks of sinusoidal-positions."""

from __future__ import annotations

import math

import torch

from tutor.checks import close, draws, holds, raises, same


def table(max_len, d_model):
    """The formula, in float64, entry by entry."""
    rows = [[entry(i, column, d_model) for column in range(d_model)] for i in range(max_len)]
    return torch.tensor(rows, dtype=torch.float64).reshape(max_len, d_model)


def entry(position, column, d_model):
    angle = position / 10000 ** ((column - column % 2) / d_model)
    return math.cos(angle) if column % 2 else math.sin(angle)


def rounded(max_len, d_model):
    return table(max_len, d_model).float()


def embedded(ids, weight, pe, offset=0):
    rows = pe[offset : offset + ids.shape[1]].to(weight.dtype)
    return torch.nn.functional.embedding(ids, weight) * math.sqrt(weight.shape[1]) + rows


@draws(12)
def test_table(mine, draw):
    """The table holds sines in even and cosines in odd columns, and both columns of a pair have one frequency."""
    max_len, d_model = draw.shape(2, 2, 9)
    same(mine.sinusoidal_encoding, rounded, max_len, d_model, rtol=0, atol=3e-7)


@draws(4)
def test_odd_width(mine, draw):
    """An odd width ends with a sine that has no partner; width 1 and a single position work, too."""
    max_len, d_model = ((4, 3), (3, 5), (5, 1), (1, 7))[draw.index]
    same(mine.sinusoidal_encoding, rounded, max_len, d_model, rtol=0, atol=3e-7)


def test_first_row(mine):
    """Position 0 is 0, 1, 0, 1, …, and all entries are between -1 and 1."""
    got = mine.sinusoidal_encoding(7, 8)
    close(got[0], torch.tensor([0.0, 1.0] * 4), "row 0", atol=1e-7)
    holds(got.abs().max() <= 1, "an entry is outside of -1 … 1", got=got, expected="sines and cosines")


def test_far_positions(mine):
    """Keeps its digits up to position 10 000: the angles are computed in float64."""
    got = mine.sinusoidal_encoding(10001, 6)
    rows = [1, 77, 4095, 9999, 10000]
    wanted = torch.tensor([[entry(i, c, 6) for c in range(6)] for i in rows], dtype=torch.float64).float()
    close(got[rows], wanted, f"the tensor of rows {rows}", rtol=0, atol=1e-6, input={"max_len": 10001, "d_model": 6})


@draws(3)
def test_shift_is_a_rotation(mine, draw):
    """Moving on by k positions turns each pair of columns by a fixed angle, wherever one starts."""
    k, d_model = draw.pick(1, 3, 5), draw.pick(6, 4, 8)
    pairs = mine.sinusoidal_encoding(12, d_model).double().unflatten(-1, (-1, 2))  # (12, d/2, 2): sine, cosine
    angle = k / 10000 ** (torch.arange(0, d_model, 2, dtype=torch.float64) / d_model)
    sine, cosine = pairs[:-k].unbind(-1)
    turned = [sine * angle.cos() + cosine * angle.sin(), cosine * angle.cos() - sine * angle.sin()]
    given = {"max_len": 12, "d_model": d_model, "k": k}
    close(pairs[k:], torch.stack(turned, -1), f"the row of position i + {k}", rtol=0, atol=1e-6, input=given)


def tokens(draw, low=1):
    """ids, weight, pe: N, T, V, d all different; the table is longer than T."""
    n, length, vocab, d = draw.shape(4, low, 7)
    ids, weight = draw.targets((n, length), vocab), draw.tensor((vocab, d))
    pe = draw.tensor((length + 6, d), dtype=torch.float32, requires_grad=False)
    return draw.layout(ids), draw.layout(weight), draw.layout(pe)


@draws(10)
def test_embed(mine, draw):
    """Scales the embeddings by the root of d, and adds the table's rows; gradients go to weight only."""
    ids, weight, pe = tokens(draw)
    same(lambda weight: mine.embed_with_positions(ids, weight, pe), lambda weight: embedded(ids, weight, pe), weight)


@draws(8)
def test_offset(mine, draw):
    """With an offset the first token stands at that position: the last ones of the table included."""
    ids, weight, pe = tokens(draw)
    offset = (1, len(pe) - ids.shape[1], 3)[draw.index % 3]
    same(
        lambda weight, offset: mine.embed_with_positions(ids, weight, pe, offset),
        lambda weight, offset: embedded(ids, weight, pe, offset),
        weight,
        offset,
    )


@draws(4)
def test_arguments_stay(mine, draw):
    """Changes neither ids nor weight nor the table, and works on any table."""
    ids, weight, pe = tokens(draw)
    pe = torch.zeros_like(pe) if draw.bool() else 5 * pe
    same(mine.embed_with_positions, embedded, ids, weight.detach(), pe, dtypes=None)


@draws(3)
def test_step_by_step(mine, draw):
    """Feeding the tokens one at a time with their offsets gives the same as all at once."""
    ids, weight, pe = tokens(draw, low=2)
    weight = weight.detach()
    whole = mine.embed_with_positions(ids, weight, pe, 2)
    steps = [mine.embed_with_positions(ids[:, t : t + 1], weight, pe, 2 + t) for t in range(ids.shape[1])]
    given = {"ids": ids, "weight": weight, "pe": pe}
    close(torch.cat(steps, 1), whole, "the tensor of single steps, side by side,", input=given)


@draws(5)
def test_beyond_the_table(mine, draw):
    """Raises ValueError for positions beyond the table, or before it; the last position of the table is allowed."""
    length, max_len, offset = ((4, 3, 0), (2, 5, 4), (1, 3, 3), (2, 4, -1), (5, 4, -2))[draw.index]
    ids, weight, pe = torch.zeros(2, length, dtype=torch.long), torch.ones(3, 4), torch.ones(max_len, 4)
    places = f"positions {offset} to {offset + length - 1} in a table of {max_len}"
    raises(ValueError, mine.embed_with_positions, ids, weight, pe, offset, because=places)
