"""Checks of affine_quantize against the formulas in float64 and against torch.fake_quantize_per_tensor_affine.

Inputs are drawn so that no quotient lies within a thousandth of a half: there float32 and float64 round differently.
Exact halves have a check of their own, with scales that are powers of two.
"""

from __future__ import annotations

import torch

from tutor.checks import close, draws, equal, finite, holds, raises, same

FLOATS = (torch.float32, torch.float64)


def marks(bits):
    return -(2 ** (bits - 1)), 2 ** (bits - 1) - 1


def along(values, ndim, axis):
    return values if axis is None else values.reshape([-1 if d == axis % ndim else 1 for d in range(ndim)])


def exact_params(x, bits, symmetric, axis):
    """Scale and the quotient that is rounded for the zero point, in float64."""
    qmin, qmax = marks(bits)
    rows = x.double().reshape(1, -1) if axis is None else x.double().movedim(axis, 0).flatten(1)
    lo, hi = rows.min(1).values.clamp(max=0), rows.max(1).values.clamp(min=0)
    scale = torch.maximum(-lo, hi) / qmax if symmetric else (hi - lo) / (2**bits - 1)
    shift = torch.zeros_like(scale) if symmetric else lo / scale
    return (scale[0], shift[0]) if axis is None else (scale, shift)


def choose_qparams(x, bits=8, symmetric=False, axis=None):
    scale, shift = exact_params(x, bits, symmetric, axis)
    qmin, qmax = marks(bits)
    zero_point = torch.zeros_like(scale) if symmetric else (qmin - shift.round()).clamp(qmin, qmax)
    return scale.float(), zero_point.to(torch.int32)


def quantize(x, scale, zero_point, bits=8, axis=None):
    s, z = along(scale.double(), x.ndim, axis), along(zero_point.double(), x.ndim, axis)
    return ((x.double() / s).round() + z).clamp(*marks(bits)).to(torch.int8)


def dequantize(q, scale, zero_point, axis=None):
    s, z = along(scale.double(), q.ndim, axis), along(zero_point.double(), q.ndim, axis)
    return ((q.double() - z) * s).float()


def halfway(quotient):
    """Whether a quotient is so near to a half that rounding may go either way."""
    return (quotient - quotient.floor() - 0.5).abs() < 1e-3


def tensor(draw, bits, axis=None, symmetric=False, dims=(1, 4), dtype=torch.float32, shift=True):
    """Numbers with a range of their own (for each index along the axis), rounding never in doubt, and their axis."""
    shape = draw.shape(dims=dims, low=2, high=6)
    if axis is not None:
        axis = draw.int(-len(shape), len(shape) - 1)
    for _ in range(50):
        x = draw.tensor(shape, draw.pick(1.0, 5.0), dtype, requires_grad=False)
        size = (
            along(1 + draw.tensor(shape[axis], requires_grad=False).abs(), len(shape), axis) if axis is not None else 1
        )
        x = ((x + draw.float(-2, 2) * shift) * size).to(dtype)
        _, rounded = exact_params(x, bits, symmetric, axis)
        if not halfway(rounded).any():
            break
    return x, axis


def sure(x, scale, zero_point, axis=None):
    """The tensor with 0 in place of every entry whose rounding is in doubt."""
    s = along(scale.double(), x.ndim, axis)
    return torch.where(halfway(x.double() / s), 0, x)


@draws(12)
def test_affine_range(mine, draw):
    """The ruler covers the range of the tensor, 0 included, with 2^bits - 1 steps; the zero point is whole and fits."""
    bits = draw.pick(8, 4, 2, 6)
    x, _ = tensor(draw, bits, dtype=FLOATS[draw.index % 2])
    same(mine.choose_qparams, choose_qparams, draw.layout(x), bits, dtypes=None, rtol=2e-6)


@draws(8)
def test_symmetric_range(mine, draw):
    """The symmetric ruler reaches as far as the largest magnitude on both sides, and its zero point is 0."""
    bits = draw.pick(8, 4, 3, 2)
    x, _ = tensor(draw, bits, symmetric=True)
    same(mine.choose_qparams, choose_qparams, x, bits, True, dtypes=None, rtol=2e-6)


@draws(16)
def test_channels(mine, draw):
    """With an axis, each index along it has a scale and a zero point of its own."""
    bits, symmetric = draw.pick(8, 4), draw.bool()
    x, axis = tensor(draw, bits, 0, symmetric, dims=(2, 4))
    same(mine.choose_qparams, choose_qparams, draw.layout(x), bits, symmetric, axis, dtypes=None, rtol=2e-6)


@draws(4)
def test_one_sided(mine, draw):
    """Where all numbers have one sign, the range still begins or ends at 0."""
    x, _ = tensor(draw, 8, shift=False)
    x = draw.pick(1, -1) * (x.abs() + 3)
    same(mine.choose_qparams, choose_qparams, x, draw.pick(8, 5), dtypes=None, rtol=2e-6)


@draws(12)
def test_quantize(mine, draw):
    """Divides, rounds, shifts and clamps; the result is int8."""
    bits, dtype = draw.pick(8, 4, 2), FLOATS[draw.index % 2]
    x, _ = tensor(draw, bits, dtype=dtype)
    scale, zero_point = choose_qparams(x, bits, draw.bool())
    x = sure(x, scale, zero_point)
    same(mine.quantize, quantize, draw.layout(x), scale, zero_point, bits, dtypes=None, exact=True)


@draws(8)
def test_quantize_channels(mine, draw):
    """Uses each channel's own scale and zero point, along any axis."""
    x, axis = tensor(draw, 8, 0, dims=(2, 4))
    scale, zero_point = choose_qparams(x, 8, draw.bool(), axis)
    x = sure(x, scale, zero_point, axis)
    same(mine.quantize, quantize, draw.layout(x), scale, zero_point, 8, axis, dtypes=None, exact=True)


@draws(8)
def test_saturates(mine, draw):
    """Numbers far outside of the range end at the first or the last mark, and do not wrap around."""
    bits, symmetric = draw.pick(8, 4), draw.bool()
    x, _ = tensor(draw, bits)
    scale, zero_point = choose_qparams(x, bits, symmetric)
    far = sure(x * draw.float(1.5, 4) + draw.pick(0.0, 300.0) * scale, scale, zero_point)
    far.view(-1)[0], far.view(-1)[-1] = torch.inf, -1e30
    same(mine.quantize, quantize, far, scale, zero_point, bits, dtypes=None, exact=True)


@draws(4)
def test_halves(mine, draw):
    """Quotients that lie exactly between two marks go to the even one, as torch.round does."""
    scale, zero_point = torch.tensor(draw.pick(0.5, 0.125)), torch.tensor(2 * draw.int(-3, 3), dtype=torch.int32)
    x = (torch.arange(-6.0, 6.0) + 0.5) * scale
    bits = draw.pick(8, 4)
    same(mine.quantize, quantize, x, scale, zero_point, bits, dtypes=None, exact=True)


@draws(12)
def test_dequantize(mine, draw):
    """Gives scale · (q - zero_point) as float32; the difference does not wrap around in int8."""
    axis = draw.pick(None, 0)
    shape = draw.shape(dims=(2, 4), low=2)
    axis = axis if axis is None else draw.int(-len(shape), len(shape) - 1)
    q = draw.tensor(shape, 42, torch.int8)
    size = () if axis is None else (shape[axis],)
    scale = draw.tensor(size, dtype=torch.float32, requires_grad=False).abs() + 0.01
    zero_point = draw.tensor(size, 42, torch.int32)
    same(mine.dequantize, dequantize, draw.layout(q), scale, zero_point, axis, dtypes=None, rtol=1e-6)


@draws(8)
def test_there_and_back(mine, draw):
    """Inside the range the error is at most half a step, and the way there and back is PyTorch's."""
    bits, symmetric = draw.pick(8, 4), draw.bool()
    x, _ = tensor(draw, bits)
    scale, zero_point = mine.choose_qparams(x, bits, symmetric)
    x = sure(x, scale, zero_point).clamp(x.min(), x.max())
    back = mine.dequantize(mine.quantize(x, scale, zero_point, bits), scale, zero_point)
    error, given = (back - x).abs().max(), {"x": x, "bits": bits, "symmetric": symmetric}
    slack = 1.01 if symmetric else 2.02  # a zero point that was rounded moves the last mark by up to half a step
    holds(
        error <= scale * slack / 2, "the error is larger than half a step", got=error, expected=scale / 2, input=given
    )
    wanted = torch.fake_quantize_per_tensor_affine(x, scale, zero_point, *marks(bits))
    close(back, wanted, "what comes back", rtol=1e-5, atol=1e-6, input=given)


@draws(6)
def test_zero_is_exact(mine, draw):
    """0.0 comes back as exactly 0.0, whatever the range."""
    bits, symmetric = draw.pick(8, 3), draw.bool()
    x = draw.tensor(7, 4, torch.float32, requires_grad=False) + draw.pick(0.0, 20.0, -20.0)
    scale, zero_point = mine.choose_qparams(x, bits, symmetric)
    zeros = torch.zeros(3)
    back = mine.dequantize(mine.quantize(zeros, scale, zero_point, bits), scale, zero_point)
    equal(back, zeros, "what comes back of zeros", input={"x": x, "scale": scale, "zero_point": zero_point})


@draws(6)
def test_no_range(mine, draw):
    """Constant tensors and zeros, whole or in one channel, have a finite scale above 0 and come back."""
    axis, value, symmetric = draw.pick(None, 0), [0.0, 0.0, 3.0, 3.0, -0.5, -0.5][draw.index], draw.index >= 3
    x = torch.full((2, 3), value)
    scale, zero_point = mine.choose_qparams(x, 8, symmetric, axis)
    finite(scale, "the scale", input={"x": x})
    holds((scale > 0).all(), "a scale is not above 0", got=scale, input={"x": x})
    back = mine.dequantize(mine.quantize(x, scale, zero_point, 8, axis), scale, zero_point, axis)
    close(back, x, "what comes back", rtol=1e-5, input={"x": x, "scale": scale, "zero_point": zero_point})


@draws(6)
def test_sizes(mine, draw):
    """Numbers of size 1e-8, 1e-20 and 1e8 are quantised as well as those of size 1."""
    x, _ = tensor(draw, 8)
    x = x * draw.pick(1e-8, 1e8, 1e-20)
    symmetric = draw.bool()
    scale, _ = exact_params(x, 8, symmetric, None)
    same(mine.choose_qparams, choose_qparams, x, 8, symmetric, dtypes=None, rtol=2e-6, atol=1e-6 * float(scale))


@draws(2)
def test_half_precision(mine, draw):
    """bfloat16 tensors are quantised in float32: their own eight digits would not tell 255 steps apart."""
    x = draw.tensor((4, 30), dtype=torch.bfloat16, requires_grad=False)
    scale, zero_point = choose_qparams(x, 8, draw.bool())
    x = sure(x, scale, zero_point)
    same(mine.quantize, quantize, x, scale, zero_point, dtypes=None, exact=True)
    same(mine.choose_qparams, choose_qparams, x, 8, True, dtypes=None, rtol=2e-6)


@draws(2)
def test_defaults(mine, draw):
    """Without further arguments it is affine, with eight bits and one scale for the whole tensor."""
    x, _ = tensor(draw, 8)
    same(mine.choose_qparams, choose_qparams, x, dtypes=None, rtol=2e-6)


@draws(3)
def test_small_shapes(mine, draw):
    """A number without axes, a single entry and channels of length 1 work, too."""
    x = [torch.tensor(2.5), torch.tensor([-1.5]), torch.tensor([[0.25], [-4.0]])][draw.index]
    axis = None if x.ndim < 2 else 0
    scale, zero_point = choose_qparams(x, 8, True, axis)
    same(mine.choose_qparams, choose_qparams, x, 8, True, axis, dtypes=None, rtol=2e-6)
    same(mine.quantize, quantize, x, scale, zero_point, 8, axis, dtypes=None, exact=True)
    same(
        mine.dequantize,
        dequantize,
        quantize(x, scale, zero_point, 8, axis),
        scale,
        zero_point,
        axis,
        dtypes=None,
        rtol=1e-6,
    )


def test_refuses(mine):
    """Fewer than 2 and more than 8 bits raise ValueError."""
    x = torch.tensor([1.0, -2.0])
    for bits in (1, 9, 0, 16):
        raises(ValueError, mine.choose_qparams, x, bits, because=f"{bits} bits are not possible in int8")
