"""Other right ways to quantise, and the mistakes that people make."""

from __future__ import annotations

import torch

from tutor.checks import accept, reject, waive

TINY = torch.finfo(torch.float32).tiny


def limits(bits):
    if bits not in range(2, 9):
        raise ValueError("2 to 8 bits")
    return -(1 << (bits - 1)), (1 << (bits - 1)) - 1


def ends(x, axis):
    """Smallest and largest entry, of each channel."""
    if axis is None:
        return x.float().min(), x.float().max()
    rows = x.float().movedim(axis, 0).flatten(1)
    return rows.min(1).values, rows.max(1).values


def with_zero(x, axis):
    lo, hi = ends(x, axis)
    return lo.clamp(max=0), hi.clamp(min=0)


def params(lo, hi, bits, symmetric, tiny=TINY):
    qmin, qmax = limits(bits)
    if symmetric:
        scale = (torch.maximum(lo.abs(), hi.abs()) / qmax).clamp(min=tiny)
        return scale, torch.zeros_like(scale, dtype=torch.int32)
    scale = ((hi - lo) / (qmax - qmin)).clamp(min=tiny)
    return scale, (qmin - (lo / scale).round()).clamp(qmin, qmax).int()


def broad(v, ndim, axis):
    if axis is None:
        return v
    shape = [1] * ndim
    shape[axis] = -1
    return v.view(shape)


def level(x, scale, zero_point, axis):
    return torch.round(x.float() / broad(scale, x.ndim, axis)) + broad(zero_point, x.ndim, axis)


@accept("channels to the front")
def choose_qparams(x, bits=8, symmetric=False, axis=None):
    return params(*with_zero(x, axis), bits, symmetric)


@accept("scale 1 for zeros, zero point from the upper end")
def choose_qparams(x, bits=8, symmetric=False, axis=None):
    qmin, qmax = limits(bits)
    lo, hi = with_zero(x, axis)
    if symmetric:
        top = torch.maximum(-lo, hi)
        return torch.where(top > 0, top / qmax, 1.0), torch.zeros(top.shape, dtype=torch.int32, device=x.device)
    scale = torch.where(hi > lo, (hi - lo) / (2**bits - 1), 1.0)
    return scale, torch.round(qmin - lo / scale).clip(qmin, qmax).to(torch.int32)


@accept("shift before rounding, clamp by minimum and maximum")
def quantize(x, scale, zero_point, bits=8, axis=None):
    qmin, qmax = limits(bits)
    shifted = x.float() / broad(scale, x.ndim, axis) + broad(zero_point, x.ndim, axis).float()
    rounded = torch.round(torch.clamp(shifted, qmin, qmax))
    return rounded.to(torch.int8)


@accept("in int32")
def dequantize(q, scale, zero_point, axis=None):
    return broad(scale, q.ndim, axis) * (q.to(torch.int32) - broad(zero_point, q.ndim, axis)).to(torch.float32)


@accept("one channel after the other")
def dequantize(q, scale, zero_point, axis=None):
    if axis is None:
        return (q.float() - float(zero_point)) * scale
    parts = [(part.float() - z) * s for part, s, z in zip(q.unbind(axis), scale, zero_point, strict=True)]
    return torch.stack(parts, axis)


@reject("cast without clamp", "150 becomes -106 in int8: it wraps around. Clamp BEFORE the cast, while it is a float.")
def quantize(x, scale, zero_point, bits=8, axis=None):
    return level(x, scale, zero_point, axis).nan_to_num(0).to(torch.int32).to(torch.int8)


@reject("always eight bits", "bits changes the range: -2^(bits-1) … 2^(bits-1) - 1, for quantize as well.")
def quantize(x, scale, zero_point, bits=8, axis=None):
    return level(x, scale, zero_point, axis).clamp(-128, 127).to(torch.int8)


@reject("unsigned range", "These are codes from 0 on. The range is signed here: -2^(bits-1) … 2^(bits-1) - 1.")
def quantize(x, scale, zero_point, bits=8, axis=None):
    return level(x, scale, zero_point, axis).clamp(0, 2**bits - 1).clamp(max=127).to(torch.int8)


@reject(
    "the first mark left out",
    "You clamp at -(2^(bits-1) - 1). The first mark is -2^(bits-1), and quantize uses it, whatever the ruler is.",
)
def quantize(x, scale, zero_point, bits=8, axis=None):
    return level(x, scale, zero_point, axis).clamp(limits(bits)[0] + 1, limits(bits)[1]).to(torch.int8)


@reject(
    "clamped before the shift", "You clamp before the zero point is added, so the sum leaves the range. Clamp last."
)
def quantize(x, scale, zero_point, bits=8, axis=None):
    q = torch.round(x.float() / broad(scale, x.ndim, axis)).clamp(*limits(bits)) + broad(zero_point, x.ndim, axis)
    return q.to(torch.int32).to(torch.int8)


@reject(
    "cut off instead of rounded",
    "A cast cuts off towards 0: errors up to a whole step. Round to the nearest mark first.",
)
def quantize(x, scale, zero_point, bits=8, axis=None):
    q = torch.trunc(x.float() / broad(scale, x.ndim, axis)) + broad(zero_point, x.ndim, axis)
    return q.clamp(*limits(bits)).to(torch.int8)


@reject(
    "halves upwards", "floor(x + 0.5) sends every half up: a small bias. torch.round sends halves to the even mark."
)
def quantize(x, scale, zero_point, bits=8, axis=None):
    q = torch.floor(x.float() / broad(scale, x.ndim, axis) + 0.5) + broad(zero_point, x.ndim, axis)
    return q.clamp(*limits(bits)).to(torch.int8)


@reject("zero point forgotten on the way there", "Add the zero point: q = round(x / scale) + zero_point.")
def quantize(x, scale, zero_point, bits=8, axis=None):
    return torch.round(x.float() / broad(scale, x.ndim, axis)).clamp(*limits(bits)).to(torch.int8)


@reject("zero point subtracted on the way there", "The zero point is ADDED in quantize and subtracted in dequantize.")
def quantize(x, scale, zero_point, bits=8, axis=None):
    q = torch.round(x.float() / broad(scale, x.ndim, axis)) - broad(zero_point, x.ndim, axis)
    return q.clamp(*limits(bits)).to(torch.int8)


@reject(
    "multiplied by the scale",
    "Divide by the scale: it is the distance of two marks, and you ask how many marks away x is.",
)
def quantize(x, scale, zero_point, bits=8, axis=None):
    q = torch.round(x.float() * broad(scale, x.ndim, axis)) + broad(zero_point, x.ndim, axis)
    return q.nan_to_num(0).clamp(*limits(bits)).to(torch.int8)


@reject("floats returned", "The values are right, but they are floats: cast to torch.int8, or nothing is saved.")
def quantize(x, scale, zero_point, bits=8, axis=None):
    return level(x, scale, zero_point, axis).clamp(*limits(bits))


@reject("axis taken for the last", "The scales belong to `axis`. Broadcasting alone puts them on the last one.")
def quantize(x, scale, zero_point, bits=8, axis=None):
    return level(x, scale, zero_point, None if axis is None else -1).clamp(*limits(bits)).to(torch.int8)


@reject("divided in bfloat16", "bfloat16 has eight digits: x / scale is off by a whole mark. Divide in float32.")
def quantize(x, scale, zero_point, bits=8, axis=None):
    q = torch.round(x / broad(scale, x.ndim, axis).to(x.dtype)).float() + broad(zero_point, x.ndim, axis)
    return q.clamp(*limits(bits)).to(torch.int8)


@reject("difference in int8", "q - zero_point was computed in int8 and wraps around at ±128. Make floats of it first.")
def dequantize(q, scale, zero_point, axis=None):
    return (q - broad(zero_point, q.ndim, axis).to(torch.int8)).float() * broad(scale, q.ndim, axis)


@reject("zero point forgotten on the way back", "Subtract the zero point: (q - zero_point) · scale.")
def dequantize(q, scale, zero_point, axis=None):
    return q.float() * broad(scale, q.ndim, axis)


@reject(
    "zero point subtracted after scaling",
    "The zero point is a mark, not a value: (q - zero_point) · scale, in this order.",
)
def dequantize(q, scale, zero_point, axis=None):
    return q.float() * broad(scale, q.ndim, axis) - broad(zero_point, q.ndim, axis)


@reject("divided on the way back", "Multiply by the scale on the way back.")
def dequantize(q, scale, zero_point, axis=None):
    return (q.float() - broad(zero_point, q.ndim, axis)) / broad(scale, q.ndim, axis)


@reject(
    "range without 0",
    "0 must lie on a mark: padding, ReLU and pruned weights are exact zeros. Extend the range, min(lo, 0) and max(hi, 0).",
)
def choose_qparams(x, bits=8, symmetric=False, axis=None):
    return params(*ends(x, axis), bits, symmetric)


@reject("2 to the power of bits steps", "2^bits marks have 2^bits - 1 steps between them.")
def choose_qparams(x, bits=8, symmetric=False, axis=None):
    qmin, qmax = limits(bits)
    lo, hi = with_zero(x, axis)
    scale, zero_point = params(lo, hi, bits, symmetric)
    if symmetric:
        return scale, zero_point
    scale = ((hi - lo) / 2**bits).clamp(min=TINY)
    return scale, (qmin - (lo / scale).round()).clamp(qmin, qmax).int()


@reject(
    "symmetric over all steps", "The largest magnitude belongs on the mark 2^(bits-1) - 1: divide it by that number."
)
def choose_qparams(x, bits=8, symmetric=False, axis=None):
    scale, zero_point = params(*with_zero(x, axis), bits, symmetric)
    top = limits(bits)[1]
    return (scale * top / (top + 0.5) if symmetric else scale), zero_point


@reject(
    "symmetric over 2^(bits-1)",
    "You divided the largest magnitude by 2^(bits-1), but the last mark is 2^(bits-1) - 1: it would saturate there.",
)
def choose_qparams(x, bits=8, symmetric=False, axis=None):
    scale, zero_point = params(*with_zero(x, axis), bits, symmetric)
    top = limits(bits)[1]
    return (scale * top / (top + 1) if symmetric else scale), zero_point


@reject("zero point with the wrong sign", "z = qmin - round(lo / s). You returned its negative.")
def choose_qparams(x, bits=8, symmetric=False, axis=None):
    scale, zero_point = params(*with_zero(x, axis), bits, symmetric)
    return scale, -zero_point


@reject("zero point as a float", "The zero point is a mark: round it, clamp it, and make it int32.")
def choose_qparams(x, bits=8, symmetric=False, axis=None):
    scale, zero_point = params(*with_zero(x, axis), bits, symmetric)
    return scale, (zero_point.float() if symmetric else limits(bits)[0] - with_zero(x, axis)[0] / scale)


@reject("zero point cut off", "int() cuts off: ROUND lo / scale, or the marks do not meet the range.")
def choose_qparams(x, bits=8, symmetric=False, axis=None):
    scale, zero_point = params(*with_zero(x, axis), bits, symmetric)
    cut = (limits(bits)[0] - with_zero(x, axis)[0] / scale).int()
    return scale, (zero_point if symmetric else cut)


@reject(
    "zero point from 0 on", "With a signed range the lowest mark is -2^(bits-1): the zero point begins there, not at 0."
)
def choose_qparams(x, bits=8, symmetric=False, axis=None):
    scale, zero_point = params(*with_zero(x, axis), bits, symmetric)
    return scale, (zero_point if symmetric else zero_point - limits(bits)[0])


@reject("scale of 0", "A tensor of zeros gives scale 0, and then 0/0. The scale must be above 0.")
def choose_qparams(x, bits=8, symmetric=False, axis=None):
    scale, zero_point = params(*with_zero(x, axis), bits, symmetric)
    lo, hi = with_zero(x, axis)
    return torch.where(hi == lo, 0.0, scale), zero_point


@reject("guard too large", "Your guard swallows tensors of small numbers: the scale of numbers of size 1e-8 is 1e-10.")
def choose_qparams(x, bits=8, symmetric=False, axis=None):
    return params(*with_zero(x, axis), bits, symmetric, 1e-8)


@reject(
    "a guard of one's own",
    "Your guard against a scale of 0 is larger than needed and swallows tiny numbers: torch.finfo(torch.float32).tiny.",
)
def choose_qparams(x, bits=8, symmetric=False, axis=None):
    return params(*with_zero(x, axis), bits, symmetric, 1e-12)


@reject("symmetric ignored", "symmetric=True: the scale is max|x| / (2^(bits-1) - 1), and the zero point 0.")
def choose_qparams(x, bits=8, symmetric=False, axis=None):
    return params(*with_zero(x, axis), bits, False)


@reject(
    "largest value instead of largest magnitude",
    "The largest entry may be smaller than the most negative one: take max |x|.",
)
def choose_qparams(x, bits=8, symmetric=False, axis=None):
    lo, hi = with_zero(x, axis)
    return params(torch.zeros_like(lo) if symmetric else lo, hi, bits, symmetric)


@reject(
    "one scale for all channels", "With an axis each index along it gets a scale of its own: reduce all the OTHER axes."
)
def choose_qparams(x, bits=8, symmetric=False, axis=None):
    scale, zero_point = params(*with_zero(x, None), bits, symmetric)
    size = () if axis is None else (x.shape[axis],)
    return scale.expand(size).clone(), zero_point.expand(size).clone()


@reject(
    "reduced along the axis", "You reduced along `axis` and kept the others. It is the other way round: keep that axis."
)
def choose_qparams(x, bits=8, symmetric=False, axis=None):
    if axis is None:
        return params(*with_zero(x, None), bits, symmetric)
    lo, hi = x.float().amin(axis).clamp(max=0), x.float().amax(axis).clamp(min=0)
    return params(lo, hi, bits, symmetric)


@reject(
    "any number of bits", "Nine bits do not fit into int8, and one bit has no step: raise ValueError outside 2 … 8."
)
def choose_qparams(x, bits=8, symmetric=False, axis=None):
    if bits in range(2, 9):
        return params(*with_zero(x, axis), bits, symmetric)
    return params(*with_zero(x, axis), 8, symmetric)


waive("choose_qparams: torch.maximum(-lo, hi) → torch.maximum(hi, -lo)", "the same number")
