"""Lists that `tutor lab` prints: kept runs, knobs, mistakes. Owns no training."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from tutor.console import mark, note, paint, say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tutor.model import Lab
    from tutor.training.knobs import Knob
    from tutor.training.module import LabModule
    from tutor.training.store import KeptRun


def print_runs(runs: Sequence[KeptRun]) -> int:
    """One line a run, newest first."""
    from tutor.training.narrate import settings

    for run in runs:
        name = "passed" if run.reached else "failed" if run.reached is False else "other"
        value = f"{run.metric} {run.value:.4g}" if math.isfinite(run.value) else run.outcome
        say(f"{mark(name)} {run.id}  {value}  {settings(run.meta)}")
    if not runs:
        note("No run is kept yet. Train a lab first: tutor lab NAME")
    return 0


def print_knobs(lab: Lab, module: LabModule) -> int:
    """The lab's knobs with their ranges, and the mistakes that it can be trained with."""
    say(paint(f"{lab.id}: {module.title}", "bold"))
    for knob in module.knobs:
        say(f"  {knob.name}={knob.show(knob.default)}  {_range(knob)}  {knob.help}".rstrip())
    if module.breaks:
        say("Known mistakes, for --break:")
    for number, (exercise, title) in enumerate(module.breaks, 1):
        say(f"  {number}  {exercise}: {title}")
    return 0


def _range(knob: Knob) -> str:
    if knob.kind == "choice":
        return f"({' | '.join(knob.options)})"
    return "(on | off)" if knob.kind == "toggle" else f"({knob.low:g} to {knob.high:g})"
