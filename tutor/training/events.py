"""What a training process says, one JSON object a line. Owns the words and their coding; starts and draws nothing.

Every line has `event` and `who` (`mine` or `reference`). JSON has no NaN: such numbers travel as "nan", "inf", "-inf".
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal, cast

from tutor.training.figure import Figure
from tutor.training.figure_json import figure_from_json, figure_to_json
from tutor.training.knobs import Value
from tutor.training.target import Target

Who = Literal["mine", "reference"]
Origin = Literal["yours", "course", "mistake"]
Outcome = Literal["finished", "stopped", "error", "stalled", "died"]
Json = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Used:
    """One exercise in a run, and whose code stands for it."""

    exercise: str
    origin: Origin
    variant: str = ""
    """The known mistake's title, where `origin` is `mistake`."""


@dataclass(frozen=True, slots=True)
class Meta:
    """The first event of a process: what is trained, with whose code."""

    who: Who
    lab: str
    title: str
    seed: int
    knobs: dict[str, Value]
    used: tuple[Used, ...]
    started: str
    """Local time, ISO 8601."""


@dataclass(frozen=True, slots=True)
class Goal:
    """The target that the end will be judged by; the last one said counts."""

    who: Who
    target: Target


@dataclass(frozen=True, slots=True)
class Total:
    """How many steps there will be."""

    who: Who
    steps: int


@dataclass(frozen=True, slots=True)
class Metrics:
    """Values at one step."""

    who: Who
    step: float
    values: dict[str, float]


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence of the lab (`kind` note), or what the learner's code printed."""

    who: Who
    text: str
    kind: Literal["note", "printed"] = "note"


@dataclass(frozen=True, slots=True)
class Shown:
    """A picture besides the curves; one with the same title replaces the earlier."""

    who: Who
    figure: Figure


@dataclass(frozen=True, slots=True)
class End:
    """The last event of a process."""

    who: Who
    outcome: Outcome
    seconds: float
    sentence: str = ""
    """What went wrong, for people."""
    traceback: str = ""
    """The learner's own lines."""
    reached: bool | None = None
    value: float = math.nan
    """The value that was judged."""


@dataclass(frozen=True, slots=True)
class Alive:
    """A sign of life without content."""

    who: Who
    paused: bool = field(default=False)


Event = Meta | Goal | Total | Metrics | Said | Shown | End | Alive


def to_json(event: Event) -> dict[str, object]:
    """The event as JSON without NaN."""
    head: dict[str, object] = {"event": type(event).__name__.lower(), "who": event.who}
    match event:
        case Meta():
            used = [{"exercise": u.exercise, "origin": u.origin, "variant": u.variant} for u in event.used]
            body: dict[str, object] = {"lab": event.lab, "title": event.title, "seed": event.seed, "knobs": event.knobs}
            body |= {"used": used, "started": event.started}
        case Goal(target=t):
            body = {"metric": t.metric, "op": t.op, "value": t.value, "best": t.best, "text": t.text}
        case Total():
            body = {"steps": event.steps}
        case Metrics():
            body = {"step": event.step, "values": {k: number_to_json(v) for k, v in event.values.items()}}
        case Said():
            body = {"text": event.text, "kind": event.kind}
        case Shown():
            body = {"figure": figure_to_json(event.figure)}
        case End():
            body = {"outcome": event.outcome, "seconds": round(event.seconds, 3), "sentence": event.sentence}
            body |= {"traceback": event.traceback, "reached": event.reached, "value": number_to_json(event.value)}
        case Alive():
            body = {"paused": event.paused}
    return head | body


def from_json(line: Json) -> Event:
    """The event that a line says; KeyError, TypeError or ValueError when it is none."""
    who: Who = "reference" if line["who"] == "reference" else "mine"
    return _READERS[str(line["event"])](who, line)


def number_to_json(value: float) -> float | str:
    """A finite number as it is, else its name."""
    return value if math.isfinite(value) else str(value)


def _meta(who: Who, line: Json) -> Meta:
    used = tuple(
        Used(str(u["exercise"]), cast(Origin, u["origin"]), str(u["variant"])) for u in cast(list[Json], line["used"])
    )
    knobs = dict(cast(Mapping[str, Value], line["knobs"]))
    seed = cast(int, line["seed"])
    return Meta(who, str(line["lab"]), str(line["title"]), seed, knobs, used, str(line["started"]))


def _goal(who: Who, line: Json) -> Goal:
    op: Literal[">=", "<="] = "<=" if line["op"] == "<=" else ">="
    target = Target(str(line["metric"]), op, _number(line["value"]), bool(line["best"]), str(line["text"]))
    return Goal(who, target)


def _metrics(who: Who, line: Json) -> Metrics:
    values = cast(Mapping[str, object], line["values"])
    return Metrics(who, _number(line["step"]), {str(k): _number(v) for k, v in values.items()})


def _end(who: Who, line: Json) -> End:
    reached = line["reached"]
    return End(
        who,
        cast(Outcome, line["outcome"]),
        _number(line["seconds"]),
        str(line["sentence"]),
        str(line["traceback"]),
        None if reached is None else bool(reached),
        _number(line["value"]),
    )


def _number(value: object) -> float:
    return float(cast(float, value))


_READERS: dict[str, Callable[[Who, Json], Event]] = {
    "meta": _meta,
    "goal": _goal,
    "total": lambda who, line: Total(who, int(_number(line["steps"]))),
    "metrics": _metrics,
    "said": lambda who, line: Said(who, str(line["text"]), "printed" if line["kind"] == "printed" else "note"),
    "shown": lambda who, line: Shown(who, figure_from_json(cast(Json, line["figure"]))),
    "end": _end,
    "alive": lambda who, line: Alive(who, bool(line["paused"])),
}
