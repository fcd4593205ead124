"""A run as it grows in memory: series, notes, pictures, progress. Both front ends and the store fill it from events."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from tutor.training.curves import Series
from tutor.training.events import End, Event, Goal, Meta, Metrics, Said, Shown, Total, Who
from tutor.training.figure import Figure
from tutor.training.target import Target


@dataclass(slots=True)
class Half:
    """What one process has said so far."""

    meta: Meta | None = None
    target: Target | None = None
    total: int = 0
    step: float = 0.0
    logged: int = 0
    series: dict[str, Series] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    printed: list[str] = field(default_factory=list)
    figures: dict[str, Figure] = field(default_factory=dict)
    end: End | None = None

    def accept(self, event: Event) -> None:
        """Take one event in."""
        match event:
            case Metrics():
                self.step, self.logged = event.step, self.logged + 1
                for name, value in event.values.items():
                    self.series.setdefault(name, Series(name)).add(event.step, value)
            case Meta():
                self.meta = event
            case Goal():
                self.target = event.target
            case Total():
                self.total = event.steps
            case Said(kind="note"):
                self.notes.append(event.text)
            case Said():
                self.printed.append(event.text)
            case Shown():
                self.figures[event.figure.title] = event.figure
            case End():
                self.end = event

    @property
    def fraction(self) -> float | None:
        """How much of the run is done, from 0 to 1; None while the lab has not said how long it is."""
        if self.end is not None and self.end.outcome == "finished":
            return 1.0
        return min(1.0, self.step / self.total) if self.total else None


@dataclass(slots=True)
class RunRecord:
    """The learner's run and the reference beside it."""

    id: str = ""
    mine: Half = field(default_factory=Half)
    reference: Half = field(default_factory=Half)

    def accept(self, event: Event) -> None:
        """Take one event of either process in."""
        self.half(event.who).accept(event)

    def half(self, who: Who) -> Half:
        """The learner's part or the reference's."""
        return self.mine if who == "mine" else self.reference

    @property
    def reached(self) -> bool:
        """Whether the learner's run ended with its target reached."""
        return self.mine.end is not None and self.mine.end.reached is True

    def metrics(self, first: tuple[str, ...] = ()) -> tuple[str, ...]:
        """Names of the learner's metrics (the reference's before the learner's first step), `first` ones first."""
        names = self.mine.series or self.reference.series
        return tuple(n for n in first if n in names) + tuple(n for n in names if n not in first)


def time_left(half: Half, seconds: float) -> float:
    """Seconds to go at the pace so far; NaN while nobody can know."""
    done = half.fraction
    return seconds * (1 - done) / done if done and seconds > 0 else math.nan
