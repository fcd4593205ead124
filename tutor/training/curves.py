"""Curves as numbers: series, thinning, smoothing, comparison. Pure; knows neither terminal nor process."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(slots=True)
class Series:
    """One metric over steps. Only finite values are kept as points; the first other one is remembered by its step."""

    name: str
    steps: list[float] = field(default_factory=list)
    values: list[float] = field(default_factory=list)
    broke_at: float | None = None
    """Step of the first NaN or infinity."""
    broke_with: str = ""

    def add(self, step: float, value: float) -> None:
        """Append one point; a value that is not finite marks the place where the curve broke."""
        if math.isfinite(value):
            self.steps.append(step)
            self.values.append(value)
        elif self.broke_at is None:
            self.broke_at, self.broke_with = step, f"{value}"

    @property
    def last(self) -> float | None:
        """The latest finite value."""
        return self.values[-1] if self.values else None


def decimate(x: Sequence[float], y: Sequence[float], buckets: int) -> tuple[list[float], list[float]]:
    """Thin (x, y) to at most 2 × `buckets` points: the smallest and largest y of each run of points, in their order.

    Peaks survive, which taking every n-th point would lose. The first and the last point are always kept.
    """
    n = len(x)
    if n <= 2 * buckets or buckets < 1:
        return list(x), list(y)
    if not all(map(math.isfinite, y)):  # a NaN would hide the minimum and the maximum of its bucket
        pairs = [(a, b) for a, b in zip(x, y, strict=True) if math.isfinite(b)]
        return decimate([a for a, _ in pairs], [b for _, b in pairs], buckets)
    keep = {0, n - 1}
    inner = max(1, buckets - 1)
    for bucket in range(inner):
        start, stop = bucket * n // inner, (bucket + 1) * n // inner
        run = y[start:stop]
        low, high = min(run), max(run)
        keep.add(start + run.index(low))
        keep.add(start + run.index(high))
    chosen = sorted(keep)
    return [x[i] for i in chosen], [y[i] for i in chosen]


def smooth(values: Sequence[float], beta: float) -> list[float]:
    r"""Exponential moving average with bias correction.

    $m_t = \beta m_{t-1} + (1-\beta) v_t$, shown as $m_t/(1-\beta^t)$.

    Without the correction the first points would be pulled towards zero (Kingma and Ba 2015, section 3).
    """
    if not 0.0 < beta < 1.0:
        return list(values)
    mean, weight = 0.0, 1.0
    out = []
    for value in values:
        mean = beta * mean + (1 - beta) * value
        weight *= beta
        out.append(mean / (1 - weight))
    return out


def value_at(series: Series, step: float) -> float | None:
    """The latest value at or before `step`."""
    place = bisect_right(series.steps, step)
    return series.values[place - 1] if place else None


def last_common(mine: Series, other: Series) -> tuple[float, float, float] | None:
    """(step, mine, other) at the last step that both runs have reached: what a fair comparison may quote."""
    if not mine.values or not other.values:
        return None
    step = min(mine.steps[-1], other.steps[-1])
    a, b = value_at(mine, step), value_at(other, step)
    return None if a is None or b is None else (step, a, b)


def view_range(series: Sequence[Series], *, log: bool) -> tuple[float, float] | None:
    """The y range to show. On a linear axis a run that explodes is cut, so that the healthy one stays readable."""
    runs = [[v for v in s.values if v > 0] if log else s.values for s in series]
    shown = [run for run in runs if run]
    if not shown:
        return None
    low, high = min(map(min, shown)), max(map(max, shown))
    if log:
        return (low, high) if high > low else (low / 2, high * 2)
    calm = [max(abs(v) for v in run[: max(1, len(run) // 50)]) for run in shown]
    ceiling = 3 * max(max(calm), min(max(abs(v) for v in run) for run in shown))
    if high > 10 * ceiling > 0:
        high = ceiling
    if low < -10 * ceiling < 0:
        low = -ceiling
    pad = 0.04 * (high - low) or abs(high) * 0.5 or 1.0
    return (0.0 if 0 <= low < 0.25 * high else low - pad), high + pad


def leaves_view(series: Series, high: float) -> float | None:
    """The first step at which the series rises above the visible range."""
    return next((s for s, v in zip(series.steps, series.values, strict=True) if v > high), None)
