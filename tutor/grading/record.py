"""Jobs, findings and verdicts as JSON. `schema.json` beside this file describes a verdict."""

from __future__ import annotations

import base64
import json
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any, cast

from tutor.model import Diagnosis, Finding, Job, Limits, Need, Verdict

SCHEMA = Path(__file__).with_name("schema.json")
FORMAT = "tutor/verdict/v1"

_FINDING = dict.fromkeys(field.name for field in fields(Finding))
_VERDICT = dict.fromkeys(field.name for field in fields(Verdict))
"""Names in the order of the class."""


def schema() -> dict[str, Any]:
    """Give the JSON schema of a verdict."""
    return cast("dict[str, Any]", json.loads(SCHEMA.read_text(encoding="utf-8")))


def finding_to_json(finding: Finding) -> dict[str, Any]:
    """Turn a finding into plain JSON values."""
    values = {name: getattr(finding, name) for name in _FINDING}  # `asdict` takes seven times as long
    told = finding.diagnosis
    return {**values, "diagnosis": None if told is None else asdict(told)}


def finding_from_json(data: dict[str, Any]) -> Finding:
    """Read a finding; keys of later versions are ignored."""
    values = {key: value for key, value in data.items() if key in _FINDING}
    told = values.get("diagnosis")
    values["diagnosis"] = Diagnosis(**told) if told else None
    return Finding(**values)


def verdict_to_json(verdict: Verdict) -> dict[str, Any]:
    """Turn a verdict into plain JSON values that fit the schema."""
    data = {name: getattr(verdict, name) for name in _VERDICT}
    data["findings"] = [finding_to_json(f) for f in verdict.findings]
    data["notes"] = list(verdict.notes)
    return {"format": FORMAT, "passed": verdict.passed, **data}


def verdict_from_json(data: dict[str, Any]) -> Verdict:
    """Read a verdict; keys of later versions are ignored."""
    values = {key: value for key, value in data.items() if key in _VERDICT}
    values["findings"] = tuple(map(finding_from_json, values["findings"]))
    values["notes"] = tuple(values.get("notes", ()))
    return Verdict(**values)


def job_to_json(job: Job) -> dict[str, Any]:
    """Turn a job into plain JSON values; sources as base64, since a learner's file may hold any bytes."""
    return {
        **{name: getattr(job, name) for name in ("exercise", "path", "seed", "device")},
        "course_root": str(job.course_root),
        "source": base64.b64encode(job.source).decode(),
        "needs": [(n.exercise, None if n.source is None else base64.b64encode(n.source).decode()) for n in job.needs],
        "checks": list(job.checks),
        "limits": asdict(job.limits),
        "hidden": None if job.hidden is None else str(job.hidden),
    }


def job_from_json(data: dict[str, Any]) -> Job:
    """Read a job."""
    needs = tuple(Need(name, None if text is None else base64.b64decode(text)) for name, text in data["needs"])
    return Job(
        course_root=Path(data["course_root"]),
        exercise=data["exercise"],
        source=base64.b64decode(data["source"]),
        path=data["path"],
        needs=needs,
        seed=data["seed"],
        device=data["device"],
        checks=tuple(data["checks"]),
        limits=Limits(**data["limits"]),
        hidden=Path(data["hidden"]) if data.get("hidden") else None,
    )
