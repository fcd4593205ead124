"""From a run's record to the figures of its curves. Pure: both front ends draw what is made here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tutor.training.curves import Series, leaves_view, smooth, view_range
from tutor.training.figure import BRAILLE, Axis, Figure, Line, Note, Part, Role
from tutor.training.record import Half, RunRecord

REFERENCE_MARK = "○"
TARGET_MARK = "╌"
_OTHERS: tuple[tuple[Role, str], ...] = (("third", "+"), ("fourth", "×"), ("fifth", "◇"))
"""How earlier runs that are laid over the picture look; more than three nobody can tell apart."""


@dataclass(frozen=True, slots=True)
class View:
    """How curves are looked at."""

    log: bool = False
    smoothing: float = 0.0
    """0 shows every point as it is; 0.9 averages over about ten."""


def curve(
    record: RunRecord, metric: str, view: View, others: Mapping[str, RunRecord] | None = None, *, x_label: str = "step"
) -> Figure:
    """One metric of the run, of the reference and of earlier runs, with the target where it is about this metric."""
    mine, reference = record.mine.series.get(metric), record.reference.series.get(metric)
    earlier = [(name, run.mine.series[metric]) for name, run in (others or {}).items() if metric in run.mine.series]
    series = [s for s in (mine, reference, *(s for _, s in earlier[: len(_OTHERS)])) if s is not None and s.values]
    log = view.log and all(any(v > 0 for v in s.values) for s in series)
    limits = view_range(series, log=log)
    parts: list[Part] = []
    if mine is not None:
        parts.append(_line(mine, whose(record.mine), "mine", BRAILLE, view))
    for (name, one), (role, mark) in zip(earlier, _OTHERS, strict=False):
        parts.append(_line(one, name, role, mark, view))
    if reference is not None:
        parts.append(_line(reference, "reference", "reference", REFERENCE_MARK, view))
    parts += _target(record, metric, series, limits)
    parts += _remarks(record, metric, limits)
    low, high = limits or (None, None)
    title = metric.replace("_", " ") + (" (log)" if log else "")
    return Figure(
        tuple(parts), title, x=Axis(x_label, low=0, high=_end(record, series)), y=Axis(log=log, low=low, high=high)
    )


def whose(half: Half) -> str:
    """How the learner's curve is called: `yours`, or what stands in for it."""
    if half.meta is None:
        return "yours"
    origins = {u.origin for u in half.meta.used}
    if "mistake" in origins:
        return "with the mistake"
    return "yours" if "yours" in origins else "the course's code"


def _line(series: Series, name: str, role: Role, mark: str, view: View) -> Line:
    values: Sequence[float] = smooth(series.values, view.smoothing)
    label = f"{name} {series.values[-1]:.4g}" if series.values else name
    if series.broke_at is not None:
        label = f"{name} {series.broke_with} from {series.broke_at:g}"
    # A copy: the figure is drawn later, when the run has gone on.
    return Line(list(series.steps), values, label, role, mark)


def _end(record: RunRecord, series: Sequence[Series]) -> float | None:
    """The axis goes to the end of the run from the start, so that the curve grows instead of shrinking."""
    last = max((s.steps[-1] for s in series), default=0.0)
    return max(record.mine.total, record.reference.total, last) or None


def _target(record: RunRecord, metric: str, series: Sequence[Series], limits: tuple[float, float] | None) -> list[Part]:
    target = record.mine.target or record.reference.target
    end = _end(record, series)
    if target is None or target.metric != metric or limits is None or end is None:
        return []
    if not limits[0] <= target.value <= limits[1]:
        return []
    return [Line((0.0, end), (target.value, target.value), f"target {target.value:g}", "good", TARGET_MARK, every=2)]


def _remarks(record: RunRecord, metric: str, limits: tuple[float, float] | None) -> list[Part]:
    """What the picture cannot show: a curve that left it or stopped being a number."""
    notes: list[Part] = []
    series = record.mine.series.get(metric)
    if series is None:
        return notes
    left = leaves_view(series, limits[1]) if limits is not None else None
    if left is not None:
        notes.append(
            Note(
                f"{whose(record.mine)} leaves the picture at step {left:g} (up to {max(series.values):.2e})", role="bad"
            )
        )
    if series.broke_at is not None:
        notes.append(Note(f"{whose(record.mine)} is {series.broke_with} from step {series.broke_at:g} on", role="bad"))
    return notes


def pictures(
    record: RunRecord, first: tuple[str, ...], view: View, others: Mapping[str, RunRecord] | None = None
) -> list[Figure]:
    """Everything a run has to show: its curves, the first on the chosen axis, then the lab's own pictures."""
    linear = View(False, view.smoothing)
    curves = [curve(record, m, linear if n else view, others) for n, m in enumerate(record.metrics(first))]
    return curves + list((record.mine.figures or record.reference.figures).values())
