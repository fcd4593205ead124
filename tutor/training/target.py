"""What a lab's run is judged by. Pure."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from tutor.training.curves import Series


@dataclass(frozen=True, slots=True)
class Target:
    """A metric and the value that it must reach: `Target("test_accuracy", ">=", 0.9)`."""

    metric: str
    op: Literal[">=", "<="]
    value: float
    best: bool = False
    """True: the best value of the whole run counts. False: the last one."""
    text: str = ""
    """The target in words, where the metric's name does not say it."""

    def judge(self, series: Series | None) -> tuple[bool, float]:
        """(reached, the value that counts); a run that never logged the metric, or broke with NaN, has not reached."""
        if series is None or not series.values or (series.broke_at is not None and not self.best):
            return False, math.nan
        pick = max if self.op == ">=" else min
        value = pick(series.values) if self.best else series.values[-1]
        return (value >= self.value if self.op == ">=" else value <= self.value), value

    def sentence(self) -> str:
        """The target as people read it: `best test accuracy ≥ 0.9`."""
        sign = "≥" if self.op == ">=" else "≤"
        return self.text or f"{'best ' if self.best else ''}{self.metric.replace('_', ' ')} {sign} {self.value:g}"
