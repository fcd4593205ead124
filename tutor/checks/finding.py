"""Turns a failed check into a finding: small, readable, safe to print in a terminal."""

from __future__ import annotations

import traceback
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import cast

import pytest

from tutor.checks.failure import MISSING, CheckFailure
from tutor.checks.render import clean, show, show_named
from tutor.model import Diagnosis, Finding, Outcome

MAX_LINE = 300
MAX_TEXT = 4000


def finding_of(
    check: str,
    sentence: str,
    error: BaseException,
    *,
    seconds: float = 0.0,
    draw: str = "",
    output: str = "",
    diagnosis: Diagnosis | None = None,
    learner_files: Sequence[str] = (),
) -> Finding:
    """The finding for an exception that ended a check."""
    facts = _facts(error)
    return Finding(
        check=check,
        sentence=sentence,
        outcome=outcome_of(error),
        seconds=seconds,
        message=clean(_message(error), MAX_LINE, lines=1),
        input=facts["input"],
        expected=facts["expected"],
        got=facts["got"],
        difference=facts["difference"],
        diagnosis=diagnosis,
        traceback=clean(learner_traceback(error, learner_files), MAX_TEXT),
        output=clean(output, MAX_TEXT),
        draw=draw,
    )


def outcome_of(error: BaseException) -> Outcome:
    """`failed` for an answer that is wrong, `error` for code that raised; a proxy may know better (`timeout`)."""
    told = getattr(error, "tutor_outcome", None)
    if told is not None:
        return cast(Outcome, told)
    if isinstance(error, (pytest.skip.Exception, pytest.xfail.Exception)):
        return "not_run"
    if isinstance(error, pytest.fail.Exception):  # also what `pytest.raises` says when nothing was raised
        return "failed"
    return "failed" if isinstance(error, AssertionError) and not is_learners(error) else "error"


def is_learners(error: BaseException) -> bool:
    """True for an AssertionError that the learner's own code raised (a proxy marks it)."""
    return bool(getattr(error, "tutor_traceback", ""))


def _facts(error: BaseException) -> dict[str, str]:
    if isinstance(error, CheckFailure):
        return {
            "input": _input(error.input, error.call),
            "expected": "" if error.expected is MISSING else show(error.expected),
            "got": "" if error.got is MISSING else show(error.got),
            "difference": clean(error.difference, MAX_LINE),
        }
    given = getattr(error, "tutor_input", MISSING)
    return {"input": _input(given, getattr(error, "tutor_call", "")), "expected": "", "got": "", "difference": ""}


def _input(value: object, call: str) -> str:
    lines = [clean(call, 160, lines=1)] if call else []
    if isinstance(value, Mapping):
        lines.append(show_named(value))
    elif value is not MISSING:
        lines.append(show(value))
    return "\n".join(line for line in lines if line)


def _message(error: BaseException) -> str:
    if isinstance(error, CheckFailure):
        return error.message
    told = getattr(error, "tutor_message", "")
    if told:
        return str(told)
    if isinstance(error, NotImplementedError):
        return "not implemented yet"
    if isinstance(error, (pytest.skip.Exception, pytest.xfail.Exception)):
        return f"the check was skipped: {error}"
    if isinstance(error, pytest.fail.Exception):
        return str(error)
    text = str(error).strip().splitlines()
    first = text[0] if text else ""
    if isinstance(error, AssertionError) and is_learners(error):
        return f"an assertion in your code does not hold{': ' * bool(first)}{first}"
    if isinstance(error, AssertionError):
        return first.removeprefix("assert ") or "an assertion of the check does not hold"
    return f"{type(error).__name__}: {first}" if first else type(error).__name__


def learner_traceback(error: BaseException, files: Sequence[str]) -> str:
    """The frames that lie in the learner's files; a proxy brings the text along."""
    told = getattr(error, "tutor_traceback", "")
    if told:
        return str(told)
    frames = [frame for frame in _frames(error.__traceback__) if frame.filename in files]
    if not frames:
        return ""
    lines = [f"{Path(frame.filename).name}, line {frame.lineno}, in {frame.name}\n    {frame.line}" for frame in frames]
    return "\n".join([*lines[-6:], f"{type(error).__name__}: {error}".rstrip(": ")])


def _frames(trace: TracebackType | None) -> list[traceback.FrameSummary]:
    return list(traceback.extract_tb(trace, limit=-40))
