"""Round numbers for axes. Pure arithmetic, nothing is drawn here."""

from __future__ import annotations

import math

_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)


def nice_ticks(low: float, high: float, count: int = 5) -> list[float]:
    """Multiples of 1, 2, 2.5 or 5 times a power of ten inside [low, high], at most `count` of them."""
    if not (math.isfinite(low) and math.isfinite(high)):
        return []
    if high <= low:
        return [low]
    raw = (high - low) / max(1, count)
    if raw == 0.0:  # the range is below the smallest positive float divided by count
        return [low]
    magnitude = 10.0 ** math.floor(math.log10(raw))
    for factor in _STEPS:
        step = factor * magnitude
        first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
        if last - first + 1 <= max(2, count):
            return [_clean(i * step, step) for i in range(first, last + 1)]
    return []


def log_ticks(low: float, high: float, count: int = 6) -> list[float]:
    """Powers of ten inside [low, high]; 1-2-5 steps where less than two powers fit; thinned to about `count`."""
    if not (0 < low < high and math.isfinite(high)):
        return [low] if low > 0 and math.isfinite(low) else []
    first, last = math.ceil(math.log10(low) - 1e-9), math.floor(math.log10(high) + 1e-9)
    powers = [10.0**e for e in range(first, last + 1)]
    if len(powers) >= 2:
        every = max(1, math.ceil(len(powers) / max(1, count)))
        return powers[::every]
    fine = [m * 10.0**e for e in range(first - 1, last + 2) for m in (1, 2, 5)]
    inside = [v for v in fine if low * (1 - 1e-9) <= v <= high * (1 + 1e-9)]
    return inside[:count] if len(inside) >= 2 else nice_ticks(low, high, min(count, 4))


def tick_label(value: float) -> str:
    """The shortest honest text of a tick: `0.25`, `1500`, `20k`, `1e-06`."""
    if value == 0:
        return "0"
    size = abs(value)
    if size >= 1e6 or size < 1e-3:
        mantissa, exponent = f"{value:.2e}".split("e")
        return f"{mantissa.rstrip('0').rstrip('.')}e{int(exponent)}"
    if size >= 10_000 and value % 100 == 0:
        return f"{value / 1000:g}k"
    return f"{value:.6g}"


def _clean(value: float, step: float) -> float:
    """`value` without the digits that multiplication by `step` invented (0.30000000000000004)."""
    digits = max(0, 2 - math.floor(math.log10(step)))
    return round(value, digits) + 0.0 if digits < 300 else value
