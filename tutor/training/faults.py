"""What went wrong inside a training process, as a sentence and the learner's own lines. Pure."""

from __future__ import annotations

import traceback
from pathlib import Path

from tutor.training.job import LabJob, Source


def explain(error: BaseException, job: LabJob) -> str:
    """One sentence: what was raised, and in whose code."""
    owner = _owner(traceback.extract_tb(error.__traceback__), error, job)
    if isinstance(error, NotImplementedError) and owner is not None and owner.origin == "yours":
        return f"Your {owner.exercise} is not implemented yet: it raises NotImplementedError."
    if isinstance(error, AttributeError) and owner is None and "has no attribute" in str(error):
        return f"The lab asks for a function that is not there: {error}"
    what = "used more memory than there is" if isinstance(error, MemoryError) else f"raised {type(error).__name__}"
    detail = f": {_one_line(str(error))}" if str(error) and not isinstance(error, MemoryError) else ""
    if isinstance(error, SystemExit):
        what, detail = "called sys.exit()", ""
    return f"{_subject(owner)} {what}{detail}"


def own_lines(stack: traceback.StackSummary, job: LabJob) -> str:
    """The part of a traceback inside the exercises' files; the lab's and libraries' lines teach nobody anything."""
    # A verified version lies in the history under its hash: the learner knows it by the exercise's name.
    files = {s.path: f"{s.exercise.replace('-', '_')}.py" for s in job.sources if s.origin != "course"}
    files |= {s.variants: Path(s.variants).name for s in job.sources if s.variant}
    if not any(frame.filename in files for frame in stack):
        files = {job.path: Path(job.path).name}
    frames = [frame for frame in stack if frame.filename in files]
    return "\n".join(f"{files[f.filename]}, line {f.lineno}, in {f.name}\n    {f.line}" for f in frames[-6:])


def _owner(stack: traceback.StackSummary, error: BaseException, job: LabJob) -> Source | None:
    by_path = {s.path: s for s in job.sources} | {s.variants: s for s in job.sources if s.variant}
    names = [frame.filename for frame in stack]
    if isinstance(error, SyntaxError) and error.filename:
        names.append(error.filename)
    return next((by_path[name] for name in reversed(names) if name in by_path), None)


def _subject(owner: Source | None) -> str:
    if owner is None:
        return "The lab"
    if owner.origin == "yours":
        return f"Your {owner.exercise}"
    if owner.origin == "mistake":
        return f"The mistake “{owner.variant}” in {owner.exercise}"
    return f"The course's {owner.exercise}"


def _one_line(text: str) -> str:
    shown = "".join(c if c.isprintable() else " " for c in text)
    return shown if len(shown) <= 200 else shown[:199] + "…"
