"""Findings and verdicts as plain, append-only lines that a screen reader can follow.

Owns the wording and the layout; colour never carries a meaning alone.
"""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from tutor.commands.common import shorter
from tutor.console import mark, note, paint, say
from tutor.text import escape

if TYPE_CHECKING:
    from tutor.model import Finding, Outcome, Verdict

_WORDS: dict[Outcome, str] = {
    "passed": "passed",
    "failed": "failed",
    "error": "error",
    "timeout": "too slow",
    "not_run": "not run",
}

_WIDTH = 76
_NUMBERS = ("wall clock", "computing time", "memory", "file size")


class Report:
    """Prints one exercise's findings as they come; opens the first that did not pass, or all of them."""

    def __init__(self, *, everything: bool = False) -> None:
        """With `everything`, every finding that did not pass is opened."""
        self._everything = everything
        self._opened = False

    def finding(self, finding: Finding) -> None:
        """One line, and the details when it is the first unfinished one."""
        say(finding_line(finding))
        if finding.outcome in ("passed", "not_run"):
            return
        if self._everything or not self._opened:
            for line in details(finding):
                say("    " + line)
        elif finding.message:
            say(f"    {finding.message}")
        self._opened = True

    def verdict(self, verdict: Verdict) -> None:
        """The line that sums up, on what it was reached, and what was enforced."""
        for sentence in verdict.notes:
            say(f"  note: {sentence}")
        say(summary(verdict))
        say(f"  {escape.line(shorter(verdict.path))}  sha256 {verdict.sha256[:8]}")
        say(f"  course {verdict.course} {verdict.course_version}, seed {verdict.seed}, {verdict.device}")
        if verdict.limits:
            for line in textwrap.wrap(f"limits: {_limits(verdict)}", _WIDTH):
                say(f"  {line}")
        if not verdict.counted:
            note("This verdict does not enter your progress: only a full, ordinary run counts.")


def finding_line(finding: Finding) -> str:
    """Mark, sentence and outcome in a word."""
    name, color = {"passed": ("passed", "green"), "not_run": ("other", "dim")}.get(finding.outcome, ("failed", "red"))
    word = "" if finding.outcome == "passed" else f"  ({_WORDS[finding.outcome]})"
    return f"  {paint(mark(name), color)} {finding.sentence}{word}"


def details(finding: Finding) -> list[str]:
    """Everything that is known about a finding, label by label; long values keep their own lines."""
    lines = [*textwrap.wrap(finding.message, _WIDTH)] if finding.message else []
    pairs = (
        ("input", finding.input),
        ("expected", finding.expected),
        ("got", finding.got),
        ("difference", finding.difference),
        ("which draw", finding.draw),
    )
    for label, value in pairs:
        if value:
            lines += _labelled(label, value)
    if finding.diagnosis is not None:
        wrapped = textwrap.wrap(finding.diagnosis.message, _WIDTH - 12)
        lines += [paint(line, "yellow") for line in _labelled("diagnosis", "\n".join(wrapped))]
    if finding.traceback:
        lines += ["your code:", *("  " + line for line in finding.traceback.rstrip().splitlines())]
    if finding.output:
        lines += ["printed:", *("  " + line for line in finding.output.rstrip().splitlines())]
    return lines


def summary(verdict: Verdict) -> str:
    """`softmax: passed, 5 of 5 checks, 0.08 s`."""
    passed = sum(f.outcome == "passed" for f in verdict.findings)
    word = paint(_WORDS[verdict.outcome], "bold", "green" if verdict.passed else "red")
    counts = f"{passed} of {len(verdict.findings)} checks"
    return f"{paint(verdict.exercise, 'bold')}: {word}, {counts}, {verdict.seconds:.2f} s"


def _labelled(label: str, value: str) -> list[str]:
    first, *rest = value.rstrip().splitlines() or [""]
    return [f"{label:<10}  {first}", *(" " * 12 + line for line in rest)]


def _limits(verdict: Verdict) -> str:
    """The limits in numbers, then what guards nothing here; `--json` has all of it."""
    told = [f"{name} {value}" for name, value in verdict.limits.items() if name in _NUMBERS]
    open_ = [name for name, value in verdict.limits.items() if value == "not enforced"]
    mode = verdict.limits.get("sandbox", "").partition(":")[0]
    told += (
        [f"sandbox {mode}" + (f", which does not enforce here: {', '.join(open_)}" if open_ else "")] if mode else []
    )
    return ", ".join(told)
