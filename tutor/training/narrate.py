"""What a run says in words: whose code, which target, how it ended. Pure; both front ends show these sentences."""

from __future__ import annotations

import math

from tutor.training.curves import last_common
from tutor.training.events import Meta, Used
from tutor.training.record import Half, RunRecord


def whose_code(meta: Meta) -> str:
    """Which functions are the learner's, which the course's, which a known mistake."""
    groups = {"yours": "Yours", "course": "The course's", "mistake": "With a known mistake"}
    parts = []
    for origin, words in groups.items():
        names = [_named(u) for u in meta.used if u.origin == origin]
        if names:
            parts.append(f"{words}: {', '.join(names)}.")
    hint = " Pass an exercise, and the lab trains with your code." if "The course's" in " ".join(parts) else ""
    return " ".join(parts) + hint


def _named(used: Used) -> str:
    return f"{used.exercise} (“{used.variant}”)" if used.variant else used.exercise


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


def clock(seconds: float) -> str:
    """`0:07`, `12:05`, or `?` when nobody knows."""
    if not math.isfinite(seconds):
        return "?"
    minutes, rest = divmod(round(max(0.0, seconds)), 60)
    return f"{minutes}:{rest:02d}"
