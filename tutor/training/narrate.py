"""What a run says in words: whose code, which target, how it ended. Pure; both front ends show these sentences."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping

from tutor.training.curves import last_common
from tutor.training.events import Meta
from tutor.training.knobs import Value
from tutor.training.record import Half, RunRecord, time_left


def whose_code(own: Mapping[str, bool], mistake: tuple[str, str] | None = None) -> str:
    """Which functions are the learner's, which the course's, which a known mistake. `own`: exercise → learner's."""
    broken = mistake[0] if mistake else ""
    yours = [name for name, mine in own.items() if mine and name != broken]
    course = [name for name, mine in own.items() if not mine and name != broken]
    parts = [f"Yours: {', '.join(yours)}."] if yours else []
    if course:
        parts.append(f"The course's: {', '.join(course)}. Pass an exercise, and the lab trains with your code.")
    if mistake:
        parts.append(f"With a known mistake: {mistake[0]} (“{mistake[1]}”).")
    return " ".join(parts)


def whose_run(meta: Meta) -> str:
    """The same for a run that has begun."""
    mistakes = [(u.exercise, u.variant) for u in meta.used if u.origin == "mistake"]
    return whose_code({u.exercise: u.origin == "yours" for u in meta.used}, mistakes[0] if mistakes else None)


def settings(meta: Meta, usual: Mapping[str, Value] | None = None) -> str:
    """Knobs, seed and mistake in one line: what tells two runs apart. `usual` leaves out what has its default."""
    knobs = {k: v for k, v in (meta.knobs | {"seed": meta.seed}).items() if usual is None or v != usual.get(k, 0)}
    words = [f"{k}={_shown(v)}" for k, v in knobs.items()]
    words += [f"{u.exercise} “{u.variant}”" for u in meta.used if u.origin == "mistake"]
    return " ".join(words) or "default knobs"


def _shown(value: Value) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    return f"{value:.3g}" if isinstance(value, float) else str(value)


def progress_line(half: Half, seconds: float, *, paused: bool = False) -> str:
    """`██████░░░░  62 %  0:03 left  loss 0.2513`; empty before the first step."""
    done = half.fraction
    if done is None:
        return "paused" if paused else ""
    bar = "█" * int(20 * done) + "░" * (20 - int(20 * done))
    left = "" if half.end is not None else "paused  " if paused else f"{clock(time_left(half, seconds))} left  "
    latest = [f"{name.replace('_', ' ')} {s.values[-1]:.4g}" for name, s in half.series.items() if s.values]
    values = "  ".join(latest[:2])
    return f"{bar} {round(100 * done):3d} %  {left}{values}"


def ending(half: Half) -> list[str]:
    """How a run ended: what went wrong with the learner's lines, or the target and the value."""
    end = half.end
    if end is None:
        return []
    lines = [end.sentence] if end.sentence else []
    lines += [f"    {line}" for line in end.traceback.splitlines()]
    if end.outcome == "stopped":
        lines.append("Stopped before the end.")
    if half.target is not None and end.reached is not None:
        value = "it was never measured" if math.isnan(end.value) else f"it is {end.value:.4g}"
        verdict = "Target reached" if end.reached else "Target not reached"
        lines.append(f"{verdict}: {half.target.sentence()}; {value}.")
    return lines


def comparison(record: RunRecord, metric: str) -> str:
    """The learner's value beside the reference's at the last step both have reached."""
    mine, reference = record.mine.series.get(metric), record.reference.series.get(metric)
    common = last_common(mine, reference) if mine is not None and reference is not None else None
    if common is None:
        return ""
    step, a, b = common
    name = metric.replace("_", " ")
    same = math.isclose(a, b, rel_tol=1e-6, abs_tol=1e-12)
    tail = "the same as the reference" if same else f"the reference has {b:.4g}"
    return f"{name} at step {step:g}: {a:.4g}, {tail}."


def summary(record: RunRecord) -> str:
    """The run in one line of JSON, for the learner's progress."""
    end = record.mine.end
    return json.dumps({
        "run": record.id,
        "outcome": end.outcome if end else "",
        "reached": end.reached if end else None,
    })  # fmt: skip


def clock(seconds: float) -> str:
    """`0:07`, `12:05`, or `?` when nobody knows."""
    if not math.isfinite(seconds):
        return "?"
    minutes, rest = divmod(round(max(0.0, seconds)), 60)
    return f"{minutes}:{rest:02d}"
