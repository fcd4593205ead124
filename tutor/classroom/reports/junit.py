"""`junit.xml`: a suite for each student and exercise, a case for each check, as CI systems show them."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree as Xml

from tutor.atomic import write_atomic
from tutor.classroom.feedback import STATES, explain
from tutor.classroom.model import Grading, PartResult, Result
from tutor.classroom.scoring import base_name
from tutor.model import Finding
from tutor.text.escape import line, terminal

_NO_CHARACTERS = dict.fromkeys((0xFFFE, 0xFFFF), "?")
"""No XML may hold these; control characters are made visible before."""


def write(grading: Grading, folder: Path) -> list[Path]:
    """Write the file."""
    root = Xml.Element("testsuites", name=line(grading.assignment.title))
    for result in grading.results:
        for part in result.parts:
            root.append(_suite(result, part))
    for name in ("tests", "failures", "errors", "skipped"):
        root.set(name, str(sum(int(suite.get(name, "0")) for suite in root)))
    Xml.indent(root)
    path = folder / "junit.xml"
    text = Xml.tostring(root, encoding="unicode").translate(_NO_CHARACTERS)
    write_atomic(path, f'<?xml version="1.0" encoding="utf-8"?>\n{text}\n'.encode())
    return [path]


def _suite(result: Result, part: PartResult) -> Xml.Element:
    suite = Xml.Element("testsuite", name=line(f"{result.student.key} · {part.exercise}"))
    findings = part.verdict.findings if part.verdict else ()
    cases = [_case(result, part, finding) for finding in findings] or [_nothing(result, part)]
    suite.extend(cases)
    kinds = {"failures": "failure", "errors": "error", "skipped": "skipped"}
    counts = {name: sum(case.find(tag) is not None for case in cases) for name, tag in kinds.items()}
    for name, count in {"tests": len(cases), **counts}.items():
        suite.set(name, str(count))
    suite.set("time", f"{part.verdict.seconds if part.verdict else 0:.3f}")
    return suite


def _case(result: Result, part: PartResult, finding: Finding) -> Xml.Element:
    case = Xml.Element("testcase", classname=_class_name(result, part), name=line(base_name(finding.check)))
    case.set("time", f"{finding.seconds:.3f}")
    if finding.outcome != "passed":
        # A check that was not run is no pass: `skipped` would be shown as one.
        tag = "failure" if finding.outcome in ("failed", "not_run") else "error"
        told = Xml.SubElement(case, tag, message=line(finding.message or finding.sentence), type=finding.outcome)
        told.text = terminal(explain(finding)) if not finding.hidden else ""
    return case


def _nothing(result: Result, part: PartResult) -> Xml.Element:
    case = Xml.Element("testcase", classname=_class_name(result, part), name="handed in", time="0")
    Xml.SubElement(
        case, "failure", message=STATES[result.state] if result.state != "graded" else part.note, type="missing"
    )
    return case


def _class_name(result: Result, part: PartResult) -> str:
    return f"{line(result.student.key).replace('.', '_')}.{part.exercise}"
