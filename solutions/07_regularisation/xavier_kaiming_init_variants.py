"""Other right ways to initialise weights, and the mistakes that people make."""

from __future__ import annotations

import math

import numpy as np

from tutor.checks import accept, reject, waive


@accept("numpy's prod, sizes unpacked")
def fan_in_out(shape):
    if len(shape) < 2:
        raise ValueError("no fan-in")
    n_out, n_in, *kernel = shape
    return int(n_in * np.prod(kernel, dtype=int)), int(n_out * np.prod(kernel, dtype=int))


@accept("by dividing the number of weights")
def fan_in_out(shape):
    if len(shape) < 2:
        raise ValueError("no fan-in")
    return math.prod(shape) // shape[0], math.prod(shape) // shape[1]


@accept("stretched from 0 to 1, in float32")
def xavier_uniform(shape, rng, gain=1.0):
    std = gain * math.sqrt(2.0 / sum(fan_in_out(shape)))  # noqa: F821
    return (rng.random(shape, dtype=np.float32) * 2 - 1) * np.float32(math.sqrt(3.0) * std)


@accept("standard normal, scaled, in float32")
def kaiming_normal(shape, rng, mode="fan_in", a=0.0):
    fan = dict(zip(("fan_in", "fan_out"), fan_in_out(shape), strict=True))  # noqa: F821
    if mode not in fan:
        raise ValueError(mode)
    gain = math.sqrt(2.0 / (1 + a**2))
    return rng.standard_normal(shape, dtype=np.float32) * np.float32(gain / math.sqrt(fan[mode]))


@reject(
    "in and out swapped",
    "PyTorch stores the outputs first: shape is (out, in, …), so fan-in is shape[1] times the kernel.",
)
def fan_in_out(shape):
    if len(shape) < 2:
        raise ValueError("no fan-in")
    cells = math.prod(shape[2:])
    return shape[0] * cells, shape[1] * cells


@reject(
    "kernel forgotten",
    "One output of a convolution reads every cell of its kernel in every channel: in · kh · kw numbers.",
)
def fan_in_out(shape):
    if len(shape) < 2:
        raise ValueError("no fan-in")
    return shape[1], shape[0]


@reject(
    "kernel in fan-in only",
    "The kernel counts for fan-out as well: one input is read by every output channel, at every position of the kernel.",
)
def fan_in_out(shape):
    if len(shape) < 2:
        raise ValueError("no fan-in")
    return math.prod(shape[1:]), shape[0]


@reject("two kernel axes at most", "A convolution can have one kernel axis or three: multiply all of shape[2:].")
def fan_in_out(shape):
    if len(shape) < 2:
        raise ValueError("no fan-in")
    cells = shape[2] * shape[3] if len(shape) == 4 else 1
    return shape[1] * cells, shape[0] * cells


@reject(
    "channels at the end",
    "You took the last two axes for in and out. That is another library's layout: PyTorch has (out, in, kernel sizes…).",
)
def fan_in_out(shape):
    if len(shape) < 2:
        raise ValueError("no fan-in")
    cells = math.prod(shape[:-2])
    return shape[-1] * cells, shape[-2] * cells


@reject(
    "np.prod of nothing",
    "np.prod gives a NumPy number, and for a dense layer, where shape[2:] is empty, the float 1.0. math.prod gives the int 1.",
)
def fan_in_out(shape):
    if len(shape) < 2:
        raise ValueError("no fan-in")
    return shape[1] * np.prod(shape[2:]), shape[0] * np.prod(shape[2:])


@reject(
    "one axis accepted",
    "A bias has one axis and no fan-in; its usual start is 0. Raise ValueError instead of inventing a number.",
)
def fan_in_out(shape):
    cells = math.prod(shape[2:])
    return (shape[1] if len(shape) > 1 else 1) * cells, (shape[0] if shape else 1) * cells


@reject(
    "no check of the axes", "A shape with fewer than two axes should raise ValueError; an IndexError is an accident."
)
def fan_in_out(shape):
    cells = math.prod(shape[2:])
    return shape[1] * cells, shape[0] * cells


@reject(
    "bound equal to the standard deviation",
    "A uniform number on [-a, a] has standard deviation a / sqrt(3): the bound is sqrt(3) times larger, sqrt(6 / (in + out)).",
)
def xavier_uniform(shape, rng, gain=1.0):
    bound = gain * math.sqrt(2 / sum(fan_in_out(shape)))  # noqa: F821
    return rng.uniform(-bound, bound, size=shape).astype(np.float32)


@reject(
    "only positive weights", "Your weights are all positive: rng.random() lies in [0, 1). Draw from -bound to +bound."
)
def xavier_uniform(shape, rng, gain=1.0):
    bound = gain * math.sqrt(6 / sum(fan_in_out(shape)))  # noqa: F821
    return (rng.random(shape) * bound).astype(np.float32)


@reject("fan-in alone", "Xavier balances both directions: divide by fan_in + fan_out, not by fan_in alone.")
def xavier_uniform(shape, rng, gain=1.0):
    bound = gain * math.sqrt(3 / fan_in_out(shape)[0])  # noqa: F821
    return rng.uniform(-bound, bound, size=shape).astype(np.float32)


@reject(
    "normal instead of uniform", "The spread is right, the distribution is not: this one is uniform, it has bounds."
)
def xavier_uniform(shape, rng, gain=1.0):
    std = gain * math.sqrt(2 / sum(fan_in_out(shape)))  # noqa: F821
    return rng.normal(0, std, size=shape).astype(np.float32)


@reject("gain ignored", "The spread does not depend on gain: multiply the bound by it.")
def xavier_uniform(shape, rng, gain=1.0):
    bound = math.sqrt(6 / sum(fan_in_out(shape)))  # noqa: F821
    return rng.uniform(-bound, bound, size=shape).astype(np.float32)


@reject("gain under the root", "The gain multiplies the bound itself: outside of the square root.")
def xavier_uniform(shape, rng, gain=1.0):
    bound = math.sqrt(gain * 6 / sum(fan_in_out(shape)))  # noqa: F821
    return rng.uniform(-bound, bound, size=shape).astype(np.float32)


@reject("root forgotten", "6 / (in + out) is the bound's square: take the root.")
def xavier_uniform(shape, rng, gain=1.0):
    bound = gain * 6 / sum(fan_in_out(shape))  # noqa: F821
    return rng.uniform(-bound, bound, size=shape).astype(np.float32)


@reject("left in float64", "The weights are float64: rng.uniform always gives that. Convert them to float32.")
def xavier_uniform(shape, rng, gain=1.0):
    bound = gain * math.sqrt(6 / sum(fan_in_out(shape)))  # noqa: F821
    return rng.uniform(-bound, bound, size=shape)


@reject(
    "one row for all", "Every row is the same: all units would learn the same thing for ever. Draw size=shape numbers."
)
def xavier_uniform(shape, rng, gain=1.0):
    bound = gain * math.sqrt(6 / sum(fan_in_out(shape)))  # noqa: F821
    row = rng.uniform(-bound, bound, size=shape[1:]).astype(np.float32)
    return np.broadcast_to(row, shape).copy()


@reject(
    "a generator of its own",
    "Two calls with one rng gave the same weights: two layers of one shape would begin as twins. Draw from the rng.",
)
def kaiming_normal(shape, rng, mode="fan_in", a=0.0):
    if mode not in ("fan_in", "fan_out"):
        raise ValueError(mode)
    fan = fan_in_out(shape)[mode == "fan_out"]  # noqa: F821
    return np.random.default_rng(0).normal(0, math.sqrt(2 / (1 + a * a) / fan), size=shape).astype(np.float32)


@reject("variance for the standard deviation", "rng.normal takes the STANDARD DEVIATION: the root of 2 / fan.")
def kaiming_normal(shape, rng, mode="fan_in", a=0.0):
    if mode not in ("fan_in", "fan_out"):
        raise ValueError(mode)
    fan = fan_in_out(shape)[mode == "fan_out"]  # noqa: F821
    return rng.normal(0, 2 / (1 + a * a) / fan, size=shape).astype(np.float32)


@reject(
    "without the factor 2",
    "A ReLU sets half of its inputs to zero and so halves the mean square: 2 / fan makes up for it.",
)
def kaiming_normal(shape, rng, mode="fan_in", a=0.0):
    if mode not in ("fan_in", "fan_out"):
        raise ValueError(mode)
    fan = fan_in_out(shape)[mode == "fan_out"]  # noqa: F821
    return rng.normal(0, math.sqrt(1 / (1 + a * a) / fan), size=shape).astype(np.float32)


@reject(
    "mean of both fans",
    "You divided by the mean of both fans. Kaiming divides by one of them, the one that mode names.",
)
def kaiming_normal(shape, rng, mode="fan_in", a=0.0):
    if mode not in ("fan_in", "fan_out"):
        raise ValueError(mode)
    fan = sum(fan_in_out(shape)) / 2  # noqa: F821
    return rng.normal(0, math.sqrt(2 / (1 + a * a) / fan), size=shape).astype(np.float32)


@reject(
    "both fans",
    "These weights have Xavier's spread, 2 / (in + out). Kaiming divides by one fan, the one that mode names.",
)
def kaiming_normal(shape, rng, mode="fan_in", a=0.0):
    if mode not in ("fan_in", "fan_out"):
        raise ValueError(mode)
    return rng.normal(0, math.sqrt(2 / sum(fan_in_out(shape))), size=shape).astype(np.float32)  # noqa: F821


@reject("mode ignored", 'With mode="fan_out" the number to divide by is fan_out.')
def kaiming_normal(shape, rng, mode="fan_in", a=0.0):
    if mode not in ("fan_in", "fan_out"):
        raise ValueError(mode)
    return rng.normal(0, math.sqrt(2 / (1 + a * a) / fan_in_out(shape)[0]), size=shape).astype(np.float32)  # noqa: F821


@reject("slope ignored", "A leaky ReLU lets a part of the negative side through: the factor is 2 / (1 + a²), not 2.")
def kaiming_normal(shape, rng, mode="fan_in", a=0.0):
    if mode not in ("fan_in", "fan_out"):
        raise ValueError(mode)
    fan = fan_in_out(shape)[mode == "fan_out"]  # noqa: F821
    return rng.normal(0, math.sqrt(2 / fan), size=shape).astype(np.float32)


@reject(
    "slope not squared", "The slope counts squared, because it scales the negative half's mean SQUARE: 2 / (1 + a²)."
)
def kaiming_normal(shape, rng, mode="fan_in", a=0.0):
    if mode not in ("fan_in", "fan_out"):
        raise ValueError(mode)
    fan = fan_in_out(shape)[mode == "fan_out"]  # noqa: F821
    return rng.normal(0, math.sqrt(2 / abs(1 + a) / fan), size=shape).astype(np.float32)


@reject("uniform instead of normal", "The spread is right, the distribution is not: this one is normal, a bell.")
def kaiming_normal(shape, rng, mode="fan_in", a=0.0):
    if mode not in ("fan_in", "fan_out"):
        raise ValueError(mode)
    fan = fan_in_out(shape)[mode == "fan_out"]  # noqa: F821
    bound = math.sqrt(6 / (1 + a * a) / fan)
    return rng.uniform(-bound, bound, size=shape).astype(np.float32)


@reject("any mode accepted", 'A mode that does not exist went through as if it were "fan_out". Raise ValueError.')
def kaiming_normal(shape, rng, mode="fan_in", a=0.0):
    fan_in, fan_out = fan_in_out(shape)  # noqa: F821
    fan = fan_in if mode == "fan_in" else fan_out
    return rng.normal(0, math.sqrt(2 / (1 + a * a) / fan), size=shape).astype(np.float32)


waive(
    "kaiming_normal: mode not in ('fan_in', 'fan_out') → mode not in ('fan_out', 'fan_in')",
    "membership in a tuple does not depend on its order",
)
