"""Other right ways to write rotary positions, and the mistakes that people make."""

from __future__ import annotations

import torch

from tutor.checks import accept, reject, waive


def _angles(head_dim, max_len, theta):
    if head_dim % 2:
        raise ValueError("odd")
    angles = torch.arange(max_len, dtype=torch.float64)[:, None] * theta
    return angles.cos().float(), angles.sin().float()


def _theta(head_dim, base):
    return base ** (-torch.arange(0, head_dim, 2, dtype=torch.float64) / head_dim)


def _rows(x, cos, sin, offset):
    if offset + x.shape[-2] > cos.shape[0]:
        raise ValueError("beyond the table")
    wide = x if x.dtype == torch.float64 else x.float()
    c, s = (t.narrow(0, offset, x.shape[-2]).to(wide) for t in (cos, sin))
    return wide, c, s


def _together(first, second, x):
    return torch.stack((first, second), -1).reshape(x.shape).to(x.dtype)


@accept("complex numbers")
def apply_rope(x, cos, sin, offset=0):
    wide, c, s = _rows(x, cos, sin, offset)
    turned = torch.view_as_complex(wide.reshape(*x.shape[:-1], -1, 2).contiguous()) * torch.complex(c, s)
    return torch.view_as_real(turned).reshape(x.shape).to(x.dtype)


@accept("x cos + (x turned by a quarter) sin")
def apply_rope(x, cos, sin, offset=0):
    wide, c, s = _rows(x, cos, sin, offset)
    quarter = torch.stack((-wide[..., 1::2], wide[..., ::2]), -1).flatten(-2)
    return (wide * c.repeat_interleave(2, -1) + quarter * s.repeat_interleave(2, -1)).to(x.dtype)


@accept("written into an empty tensor")
def apply_rope(x, cos, sin, offset=0):
    wide, c, s = _rows(x, cos, sin, offset)
    out = torch.empty_like(wide)
    out[..., ::2] = wide[..., ::2] * c - wide[..., 1::2] * s
    out[..., 1::2] = wide[..., ::2] * s + wide[..., 1::2] * c
    return out.to(x.dtype)


@accept("frequencies through exp and log")
def rope_table(head_dim, max_len, base=10000.0):
    steps = torch.arange(head_dim // 2, dtype=torch.float64)
    return _angles(head_dim, max_len, torch.exp(-2 * steps / head_dim * torch.log(torch.tensor(base).double())))


@reject(
    "rotates halves instead of neighbours",
    "You pair i with i + d/2. That layout exists (GPT-NeoX, Hugging Face); this contract pairs the neighbours 2i and 2i + 1.",
)
def apply_rope(x, cos, sin, offset=0):
    wide, c, s = _rows(x, cos, sin, offset)
    a, b = wide.chunk(2, -1)
    return torch.cat((a * c - b * s, a * s + b * c), -1).to(x.dtype)


@reject(
    "first partners in front",
    "The pairs are torn apart: torch.cat puts all first partners in front. Stack along a new last axis, then flatten it.",
)
def apply_rope(x, cos, sin, offset=0):
    wide, c, s = _rows(x, cos, sin, offset)
    a, b = wide[..., ::2], wide[..., 1::2]
    return torch.cat((a * c - b * s, a * s + b * c), -1).to(x.dtype)


@reject(
    "added instead of rotated",
    "You add sine and cosine as sinusoidal positions do. Rotary positions multiply: (a cos - b sin, a sin + b cos).",
)
def apply_rope(x, cos, sin, offset=0):
    wide, c, s = _rows(x, cos, sin, offset)
    return _together(wide[..., ::2] + s, wide[..., 1::2] + c, x)


@reject(
    "offset ignored",
    "Every call begins at position 0. With a cache, new tokens must continue the positions: rows offset … offset + T - 1.",
)
def apply_rope(x, cos, sin, offset=0):
    _rows(x, cos, sin, offset)
    wide, c, s = _rows(x, cos, sin, 0)
    a, b = wide[..., ::2], wide[..., 1::2]
    return _together(a * c - b * s, a * s + b * c, x)


@reject("positions from 1", "Your first token has position 1. Position 0 is the one that does not turn.")
def apply_rope(x, cos, sin, offset=0):
    wide, c, s = _rows(x, torch.cat((cos[1:], cos[-1:])), torch.cat((sin[1:], sin[-1:])), offset)
    a, b = wide[..., ::2], wide[..., 1::2]
    return _together(a * c - b * s, a * s + b * c, x)


@reject(
    "turned the other way", "You turn by minus the angle. The first partner is a cos - b sin, the second a sin + b cos."
)
def apply_rope(x, cos, sin, offset=0):
    wide, c, s = _rows(x, cos, sin, offset)
    a, b = wide[..., ::2], wide[..., 1::2]
    return _together(a * c + b * s, b * c - a * s, x)


@reject(
    "no rotation: a sign is missing",
    "a cos + b sin and a sin + b cos is no rotation: one of the four terms has a minus.",
)
def apply_rope(x, cos, sin, offset=0):
    wide, c, s = _rows(x, cos, sin, offset)
    a, b = wide[..., ::2], wide[..., 1::2]
    return _together(a * c + b * s, a * s + b * c, x)


@reject(
    "second partner from the first one's new value",
    "The second line uses the a of the first line, which has turned already. Keep the old pair until both are computed.",
)
def apply_rope(x, cos, sin, offset=0):
    wide, c, s = _rows(x, cos, sin, offset)
    a, b = wide[..., ::2], wide[..., 1::2]
    a = a * c - b * s
    return _together(a, a * s + b * c, x)


@reject("returns x as it is", "Nothing was rotated.")
def apply_rope(x, cos, sin, offset=0):
    _rows(x, cos, sin, offset)
    return x.clone()


@reject(
    "the caller's x changed",
    "You write into the caller's x. The unrotated values are still needed: make a new tensor.",
)
def apply_rope(x, cos, sin, offset=0):
    wide, c, s = _rows(x, cos, sin, offset)
    a, b = wide[..., ::2], wide[..., 1::2]
    out = _together(a * c - b * s, a * s + b * c, x)
    with torch.no_grad():
        x.copy_(out)
    return out


@reject(
    "rotated in half precision", "You cast the table to half precision: compute in float32, round once, at the end."
)
def apply_rope(x, cos, sin, offset=0):
    if offset + x.shape[2] > len(cos):
        raise ValueError("beyond the table")
    c, s = (t[offset : offset + x.shape[2]].to(x) for t in (cos, sin))
    a, b = x[..., ::2], x[..., 1::2]
    return torch.stack((a * c - b * s, a * s + b * c), -1).flatten(-2)


@reject("not cast back", "The table is float32, and so is your result for a half-precision x: cast it back to x.dtype.")
def apply_rope(x, cos, sin, offset=0):
    wide, c, s = _rows(x, cos, sin, offset)
    a, b = wide[..., ::2], wide[..., 1::2]
    return torch.stack((a * c - b * s, a * s + b * c), -1).flatten(-2)


@reject("float64 rounded to float32", "x.float() throws away half of a float64's digits. Cast up only what is smaller.")
def apply_rope(x, cos, sin, offset=0):
    wide, c, s = _rows(x.float(), cos, sin, offset)
    a, b = wide[..., ::2], wide[..., 1::2]
    return _together(a * c - b * s, a * s + b * c, x)


@reject(
    "beyond the table unnoticed",
    "A slice beyond the table is simply shorter; with one row left it even broadcasts over all tokens. Raise ValueError.",
)
def apply_rope(x, cos, sin, offset=0):
    wide = x if x.dtype == torch.float64 else x.float()
    c, s = (t[offset : offset + x.shape[2]].to(wide) for t in (cos, sin))
    a, b = wide[..., ::2], wide[..., 1::2]
    return _together(a * c - b * s, a * s + b * c, x)


@reject(
    "exponent i/d instead of 2i/d",
    "The frequencies fall half as fast as they should: base^(-2i/d), with i = 0 … d/2 - 1.",
)
def rope_table(head_dim, max_len, base=10000.0):
    return _angles(head_dim, max_len, base ** (-torch.arange(head_dim // 2, dtype=torch.float64) / head_dim))


@reject(
    "exponent divided by d/2 twice",
    "Your last frequency is 1/base already at i = d/4: the exponent is 2i/d, which is i divided by d/2.",
)
def rope_table(head_dim, max_len, base=10000.0):
    return _angles(head_dim, max_len, base ** (-4 * torch.arange(head_dim // 2, dtype=torch.float64) / head_dim))


@reject("frequencies rise", "Your frequencies grow with i. The exponent is negative: the first pair turns fastest.")
def rope_table(head_dim, max_len, base=10000.0):
    return _angles(head_dim, max_len, 1 / _theta(head_dim, base))


@reject("base ignored", "base of the caller has no effect: yours is always 10 000.")
def rope_table(head_dim, max_len, base=10000.0):
    return _angles(head_dim, max_len, _theta(head_dim, 10000.0))


@reject("sin and cos exchanged", "The pair is (cos, sin), in this order.")
def rope_table(head_dim, max_len, base=10000.0):
    return _angles(head_dim, max_len, _theta(head_dim, base))[::-1]


@reject(
    "both partners in the table",
    "Your table has head_dim columns. Both partners of a pair share one angle: head_dim / 2.",
)
def rope_table(head_dim, max_len, base=10000.0):
    return tuple(t.repeat_interleave(2, -1) for t in _angles(head_dim, max_len, _theta(head_dim, base)))


@reject("table in float64", "The table is float32: only the angles need float64.")
def rope_table(head_dim, max_len, base=10000.0):
    if head_dim % 2:
        raise ValueError("odd")
    angles = torch.arange(max_len).double()[:, None] * _theta(head_dim, base)
    return angles.cos(), angles.sin()


@reject(
    "angles in float32",
    "Far out your angles are wrong: position 100 000 times a float32 frequency is off by thousandths. Use float64 for them.",
)
def rope_table(head_dim, max_len, base=10000.0):
    if head_dim % 2:
        raise ValueError("odd")
    angles = torch.outer(torch.arange(max_len).float(), base ** (-torch.arange(0, head_dim, 2).float() / head_dim))
    return angles.cos(), angles.sin()


@reject("odd dimensions accepted", "With an odd head_dim one dimension has no partner: raise ValueError.")
def rope_table(head_dim, max_len, base=10000.0):
    angles = torch.arange(max_len, dtype=torch.float64)[:, None] * _theta(head_dim, base)
    return angles.cos().float(), angles.sin().float()


waive(
    "apply_rope: torch.promote_types(x.dtype, torch.float32) → torch.promote_types(torch.float32, x.dtype)",
    "the wider of two dtypes, in either order",
)
waive(
    "rope_table: torch.arange(max_len, dtype=torch.float64) → torch.arange(max_len)",
    "whole numbers times float64 are float64",
)
