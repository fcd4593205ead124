"""Other right ways to write the encoding, and the mistakes that people make."""

from __future__ import annotations

import math

import torch

from tutor.checks import accept, reject


def angles(max_len, d_model, dtype=torch.float64):
    """(max_len, ⌈d/2⌉)."""
    rates = 10000 ** (-torch.arange(0, d_model, 2, dtype=dtype) / d_model)
    return torch.arange(max_len, dtype=dtype)[:, None] * rates


def interleaved(sines, cosines, d_model):
    return torch.stack([sines, cosines], -1).flatten(1)[:, :d_model].float()


def check(ids, pe, offset):
    if offset < 0 or offset + ids.shape[1] > len(pe):
        raise ValueError("the table is too short")
    return pe[offset : offset + ids.shape[1]]


@accept("exp of a logarithm, stacked pairs")
def sinusoidal_encoding(max_len, d_model):
    rates = torch.exp(torch.arange(0, d_model, 2).double() * (-math.log(10000) / d_model))
    angle = torch.outer(torch.arange(max_len).double(), rates)
    return torch.stack((angle.sin(), angle.cos()), dim=2).reshape(max_len, -1)[:, :d_model].contiguous().float()


@accept("cosine as a shifted sine")
def sinusoidal_encoding(max_len, d_model):
    column = torch.arange(d_model)
    angle = torch.arange(max_len).double()[:, None] / 10000 ** ((column - column % 2).double() / d_model)
    return torch.sin(angle + (column % 2) * math.pi / 2).to(torch.float32)


@accept("torch.nn.functional.embedding and index_select")
def embed_with_positions(ids, weight, pe, offset=0):
    places = torch.arange(offset, offset + ids.shape[1], device=pe.device)
    if len(places) and (places[0] < 0 or places[-1] >= pe.shape[0]):
        raise ValueError("no such position")
    tokens = torch.nn.functional.embedding(ids, weight)
    return tokens.mul(math.sqrt(tokens.shape[-1])).add(pe.index_select(0, places).to(tokens))


@reject(
    "first half sines, second half cosines",
    "Sines fill the first half and cosines the second. They alternate: even columns sine, odd columns cosine.",
)
def sinusoidal_encoding(max_len, d_model):
    angle = angles(max_len, d_model)
    return torch.cat([angle.sin(), angle.cos()[:, : d_model // 2]], 1).float()


@reject("sine and cosine swapped", "Sine stands in the even columns, from column 0 on, cosine in the odd ones.")
def sinusoidal_encoding(max_len, d_model):
    angle = angles(max_len, d_model)
    return interleaved(angle.cos(), angle.sin(), d_model)


@reject(
    "every column with its own frequency",
    "The columns of a pair have different frequencies. Both have the exponent 2j/d, that of the even column.",
)
def sinusoidal_encoding(max_len, d_model):
    column = torch.arange(d_model).double()
    angle = torch.arange(max_len).double()[:, None] / 10000 ** (column / d_model)
    return torch.where(column % 2 == 0, angle.sin(), angle.cos()).float()


@reject("exponent j/d", "The exponent is 2j/d for pair j: yours is half of that, so the wavelengths only reach 100·2π.")
def sinusoidal_encoding(max_len, d_model):
    pair = torch.arange((d_model + 1) // 2).double()
    angle = torch.arange(max_len).double()[:, None] / 10000 ** (pair / d_model)
    return interleaved(angle.sin(), angle.cos(), d_model)


@reject("exponent 4j/d", "The exponent is 2j/d; you doubled a step that already counts 0, 2, 4, …")
def sinusoidal_encoding(max_len, d_model):
    even = torch.arange(0, d_model, 2).double()
    angle = torch.arange(max_len).double()[:, None] / 10000 ** (2 * even / d_model)
    return interleaved(angle.sin(), angle.cos(), d_model)


@reject("base 1000", "The base is 10000; you have another one.")
def sinusoidal_encoding(max_len, d_model):
    even = torch.arange(0, d_model, 2).double()
    angle = torch.arange(max_len).double()[:, None] / 1000 ** (even / d_model)
    return interleaved(angle.sin(), angle.cos(), d_model)


@reject(
    "multiplied by the divisor", "You multiply the position by 10000^(2j/d). It is divided: later pairs are slower."
)
def sinusoidal_encoding(max_len, d_model):
    even = torch.arange(0, d_model, 2).double()
    angle = torch.arange(max_len).double()[:, None] * 10000 ** (even / d_model)
    return interleaved(angle.sin(), angle.cos(), d_model)


@reject("positions from 1", "Your first row is that of position 1. Positions count from 0: row 0 is 0, 1, 0, 1, …")
def sinusoidal_encoding(max_len, d_model):
    angle = angles(max_len + 1, d_model)[1:]
    return interleaved(angle.sin(), angle.cos(), d_model)


@reject(
    "angles in float32",
    "Far positions are off in the fourth digit: a float32 angle of 10 000 is only known to 0.0005. Compute in float64, round at "
    "the end.",
)
def sinusoidal_encoding(max_len, d_model):
    angle = angles(max_len, d_model, torch.float32)
    return interleaved(angle.sin(), angle.cos(), d_model)


@reject(
    "returned in float64",
    "The table is float64. Round it to float32 at the end, so that it does not widen what it is added to.",
)
def sinusoidal_encoding(max_len, d_model):
    angle = angles(max_len, d_model)
    return torch.stack([angle.sin(), angle.cos()], -1).flatten(1)[:, :d_model].contiguous()


@reject(
    "only even widths",
    "An odd width fails or comes out too wide or too narrow: there the last sine has no cosine beside it.",
)
def sinusoidal_encoding(max_len, d_model):
    angle = angles(max_len, d_model)
    return torch.stack([angle.sin(), angle.cos()], -1).flatten(1).float()


@reject("axes swapped", "The table is (d_model, max_len). It has a row for each position.")
def sinusoidal_encoding(max_len, d_model):
    angle = angles(max_len, d_model)
    return interleaved(angle.sin(), angle.cos(), d_model).T.contiguous()


@reject("not scaled", "The embeddings were not multiplied by the root of d: beside them the table would be too loud.")
def embed_with_positions(ids, weight, pe, offset=0):
    return weight[ids] + check(ids, pe, offset).to(weight.dtype)


@reject("scaled by d", "The factor is the ROOT of d.")
def embed_with_positions(ids, weight, pe, offset=0):
    return weight[ids] * weight.shape[1] + check(ids, pe, offset).to(weight.dtype)


@reject(
    "divided by the root of d",
    "The embeddings are multiplied by the root of d. (It is attention scores that are divided by it.)",
)
def embed_with_positions(ids, weight, pe, offset=0):
    return weight[ids] / weight.shape[1] ** 0.5 + check(ids, pe, offset).to(weight.dtype)


@reject("scaled by the vocabulary", "The root is that of d, the width of an embedding, not of the number of words.")
def embed_with_positions(ids, weight, pe, offset=0):
    return weight[ids] * len(weight) ** 0.5 + check(ids, pe, offset).to(weight.dtype)


@reject("the sum scaled", "Only the embedding is multiplied by the root of d; you scaled the positions, too.")
def embed_with_positions(ids, weight, pe, offset=0):
    return (weight[ids] + check(ids, pe, offset).to(weight.dtype)) * weight.shape[1] ** 0.5


@reject("multiplied by the encoding", "The encoding is added; you multiplied by it.")
def embed_with_positions(ids, weight, pe, offset=0):
    return weight[ids] * weight.shape[1] ** 0.5 * check(ids, pe, offset).to(weight.dtype)


@reject("encoding left out", "The positions are missing: add the rows of pe.")
def embed_with_positions(ids, weight, pe, offset=0):
    check(ids, pe, offset)
    return weight[ids] * weight.shape[1] ** 0.5


@reject(
    "offset ignored",
    "The offset was ignored: in step-wise decoding every new token would believe that it stands at position 0.",
)
def embed_with_positions(ids, weight, pe, offset=0):
    check(ids, pe, offset)
    return weight[ids] * weight.shape[1] ** 0.5 + pe[: ids.shape[1]].to(weight.dtype)


@reject("one position for all", "All tokens got the encoding of the first one: token t stands at position offset + t.")
def embed_with_positions(ids, weight, pe, offset=0):
    return weight[ids] * weight.shape[1] ** 0.5 + check(ids, pe, offset)[:1].to(weight.dtype)


@reject(
    "positions of the batch",
    "Positions were counted along the batch. They count along the second axis, the tokens of a sentence.",
)
def embed_with_positions(ids, weight, pe, offset=0):
    rows = check(ids, pe, offset)
    rows = torch.cat([rows] * (1 + len(ids) // max(1, len(rows))))[: len(ids), None]
    return weight[ids] * weight.shape[1] ** 0.5 + rows.to(weight.dtype)


@reject(
    "encoding looked up by token",
    "You took row ids[n, t] of the table. The position is where a token stands, not which one it is.",
)
def embed_with_positions(ids, weight, pe, offset=0):
    check(ids, pe, offset)
    return weight[ids] * weight.shape[1] ** 0.5 + pe[(ids + offset).clamp(max=len(pe) - 1)].to(weight.dtype)


@reject("a table of its own", "You made a table instead of using the one given as pe.")
def embed_with_positions(ids, weight, pe, offset=0):
    rows = sinusoidal_encoding(offset + ids.shape[1], weight.shape[1])[offset:].to(weight)
    check(ids, pe, offset)
    return weight[ids] * weight.shape[1] ** 0.5 + rows


@reject(
    "widened by the table", "The result has the dtype of the table. It must have that of weight: convert pe's rows."
)
def embed_with_positions(ids, weight, pe, offset=0):
    return (weight[ids] * weight.shape[1] ** 0.5).to(pe.dtype) + check(ids, pe, offset)


@reject("table in place", "You added the embeddings into pe: the next call would find a table full of words.")
def embed_with_positions(ids, weight, pe, offset=0):
    rows = check(ids, pe, offset)
    out = weight[ids] * weight.shape[1] ** 0.5 + rows.to(weight.dtype)
    rows += 1
    return out


@reject(
    "weight scaled in place",
    "weight was scaled in place: after ten steps it has grown by the tenth power of the root of d.",
)
def embed_with_positions(ids, weight, pe, offset=0):
    with torch.no_grad():
        weight *= weight.shape[1] ** 0.5
    return weight[ids] + check(ids, pe, offset).to(weight.dtype)


@reject(
    "weights without a gradient",
    "The embeddings are cut off from the graph (weight.data, detach or no_grad): they would never learn.",
)
def embed_with_positions(ids, weight, pe, offset=0):
    return weight.detach()[ids] * weight.shape[1] ** 0.5 + check(ids, pe, offset).to(weight.dtype)


@reject(
    "length not checked",
    "Positions beyond the table did not raise ValueError. A slice that is too long comes back shorter, without a word; with one "
    "row it even broadcasts.",
)
def embed_with_positions(ids, weight, pe, offset=0):
    return weight[ids] * weight.shape[1] ** 0.5 + pe[offset : offset + ids.shape[1]].to(weight.dtype)


@reject("last position refused", "The last position of the table was refused: offset + T may be equal to max_len.")
def embed_with_positions(ids, weight, pe, offset=0):
    if offset < 0 or offset + ids.shape[1] >= len(pe):
        raise ValueError("the table is too short")
    return weight[ids] * weight.shape[1] ** 0.5 + pe[offset : offset + ids.shape[1]].to(weight.dtype)


@reject(
    "negative offset accepted",
    "A negative offset went through: it takes rows from the END of the table. Raise ValueError.",
)
def embed_with_positions(ids, weight, pe, offset=0):
    if offset + ids.shape[1] > len(pe):
        raise ValueError("the table is too short")
    places = torch.arange(offset, offset + ids.shape[1], device=pe.device)
    return weight[ids] * weight.shape[1] ** 0.5 + pe[places].to(weight.dtype)
