"""`junit.xml`: a suite for each student and exercise, a case for each check, as CI systems show them.

Students read it in their repository's CI, so it says what is released and no more.
"""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree as Xml

from tutor.atomic import write_atomic
from tutor.classroom.feedback import STATES, Item, items, number
from tutor.classroom.model import Grading, PartResult, Release, Result
from tutor.model import Finding
from tutor.text.escape import line, terminal

_NO_CHARACTERS = dict.fromkeys((0xFFFE, 0xFFFF), "?")
"""No XML may hold these; control characters are made visible before."""


def write(grading: Grading, folder: Path) -> list[Path]:
    """Write the file."""
    root = Xml.Element("testsuites", name=line(grading.assignment.title))
    for result in grading.results:
        for part in result.parts:
            root.append(_suite(result, part, grading.assignment.release))
    for name in ("tests", "failures", "errors", "skipped"):
        root.set(name, str(sum(int(suite.get(name, "0")) for suite in root)))
    Xml.indent(root)
    path = folder / "junit.xml"
    text = Xml.tostring(root, encoding="unicode").translate(_NO_CHARACTERS)
    write_atomic(path, f'<?xml version="1.0" encoding="utf-8"?>\n{text}\n'.encode())
    return [path]


def _suite(result: Result, part: PartResult, release: Release) -> Xml.Element:
    suite = Xml.Element("testsuite", name=line(f"{result.student.key} · {part.exercise}"))
    shown = items(part, release)
    findings = part.verdict.findings if part.verdict and shown else ()
    cases = [_case(result, part, f, item) for f, item in zip(findings, shown, strict=True)] or [_whole(result, part)]
    suite.extend(cases)
    kinds = {"failures": "failure", "errors": "error", "skipped": "skipped"}
    counts = {name: sum(case.find(tag) is not None for case in cases) for name, tag in kinds.items()}
    for name, count in {"tests": len(cases), **counts}.items():
        suite.set(name, str(count))
    suite.set("time", f"{part.verdict.seconds if part.verdict else 0:.3f}")
    return suite


def _case(result: Result, part: PartResult, finding: Finding, item: Item) -> Xml.Element:
    name = f"{item.check} (hidden)" if finding.hidden else item.check
    case = Xml.Element("testcase", classname=_class_name(result, part), name=line(name))
    case.set("time", f"{finding.seconds:.3f}")
    if not item.passed:
        # A check that was not run is no pass: `skipped` would be shown as one.
        tag = "failure" if finding.outcome in ("failed", "not_run") else "error"
        first = item.text.partition("\n")[0]
        told = Xml.SubElement(case, tag, message=line(first or item.sentence), type=finding.outcome)
        told.text = terminal(item.text)
    return case


def _whole(result: Result, part: PartResult) -> Xml.Element:
    """One case for an exercise: nothing was handed in, or only points are released."""
    name = "handed in" if part.verdict is None else "points"
    case = Xml.Element("testcase", classname=_class_name(result, part), name=name, time="0")
    if part.verdict is None:
        why = STATES[result.state] if result.state != "graded" else part.note
        Xml.SubElement(case, "failure", message=why, type="missing")
    elif part.points < part.possible:
        told = f"{number(part.points)} of {number(part.possible)} points"
        Xml.SubElement(case, "failure", message=told, type="failed")
    return case


def _class_name(result: Result, part: PartResult) -> str:
    return f"{line(result.student.key).replace('.', '_')}.{part.exercise}"
