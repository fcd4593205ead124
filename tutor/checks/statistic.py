"""Judges random results with a stated false-alarm rate: right code fails by chance less than once in a million runs.

All bounds are exact or conservative inequalities in plain floats (no SciPy): Bernstein for frequencies, a normal bound
with its tail for means, a union bound over the cells for uniformity.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from tutor.checks.failure import CheckFailure, Words


def frequency(count: int, n: int, p: float, what: str = "the event", *, false_alarm: float = 1e-6) -> None:
    """Raise CheckFailure when `count` successes in `n` independent trials do not fit the probability `p`."""
    allowed = _allowed_count(n, p, false_alarm)
    if abs(count - n * p) > allowed:
        raise CheckFailure(
            f"{what} happened {count} times in {n}: by chance, with probability {p:.4g}, that practically never occurs",
            kind="statistic",
            expected=Words(f"{n * p:.0f} ± {allowed:.0f}"),
            got=count,
        )


def _allowed_count(n: int, p: float, false_alarm: float) -> float:
    """Bernstein: P(|S - np| > t) ≤ 2·exp(-t²/2 / (np(1-p) + t/3)), solved for t."""
    log = math.log(2 / false_alarm)
    return log / 3 + math.sqrt(log * log / 9 + 2 * log * n * p * (1 - p))


def mean_is(
    samples: np.ndarray | Sequence[float],
    mu: float,
    sigma: float,
    what: str = "the mean",
    *,
    false_alarm: float = 1e-6,
) -> None:
    """Raise CheckFailure when the mean of independent samples with standard deviation `sigma` does not fit `mu`."""
    values = np.asarray(samples, dtype=float).ravel()
    allowed = math.sqrt(2 * math.log(2 / false_alarm)) * sigma / math.sqrt(values.size)
    got = float(values.mean())
    if not abs(got - mu) <= allowed:
        raise CheckFailure(
            f"{what} of {values.size} samples is {got:.4g}; it should be {mu:.4g} ± {allowed:.2g}",
            kind="statistic",
            expected=Words(f"{mu:.6g} ± {allowed:.2g}"),
            got=got,
        )


def uniform(counts: np.ndarray | Sequence[int], what: str = "the choice", *, false_alarm: float = 1e-6) -> None:
    """Raise CheckFailure when the counts do not fit equally likely cells."""
    cells = np.asarray(counts)
    n, p = int(cells.sum()), 1.0 / cells.size
    allowed = _allowed_count(n, p, false_alarm / cells.size)
    worst = int(np.abs(cells - n * p).argmax())
    if abs(float(cells.flat[worst]) - n * p) > allowed:
        came = int(cells.flat[worst])
        raise CheckFailure(
            f"{what} is not even: number {worst} came {came} times in {n}, {n * p:.0f} ± {allowed:.0f} is even",
            kind="statistic",
            expected=Words(f"{n * p:.0f} ± {allowed:.0f} each"),
            got=cells,
        )
