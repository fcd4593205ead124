"""Pages that read well without network: `index.html` for the class, `students/NAME.html` for each student.

Every text goes through Jinja's escaping and through `tutor.text.escape`. The class's page sorts its tables by a
script of ours, which the page's own policy allows by its hash; no other script runs, and students' pages have none.
"""

from __future__ import annotations

import base64
import hashlib
from collections import Counter
from pathlib import Path
from statistics import mean, median
from typing import Any

from jinja2 import Environment, PackageLoader, select_autoescape
from markupsafe import Markup

from tutor.atomic import make_folder, write_atomic
from tutor.classroom.feedback import STATES, headline, items, number
from tutor.classroom.model import Grading, Result
from tutor.classroom.reports.names import file_names
from tutor.classroom.statistics import exercise_statistics
from tutor.text.escape import terminal


def write(grading: Grading, folder: Path) -> list[Path]:
    """Write the pages."""
    make_folder(folder / "students")
    templates, names = _templates(), file_names(grading.results)
    page = templates.get_template("student.html")
    written = []
    for result in grading.results:
        path = folder / "students" / f"{names[result.student.key]}.html"
        text = page.render(grading=grading, result=result, parts=_parts(grading, result), headline=headline(result))
        write_atomic(path, text.encode("utf-8", "replace"), durable=False)
        written.append(path)
    index = folder / "index.html"
    write_atomic(index, _index(templates, grading, names).encode("utf-8", "replace"), durable=False)
    return [index, *written]


def _templates() -> Environment:
    templates = Environment(
        loader=PackageLoader("tutor.classroom", "reports"),
        autoescape=select_autoescape(["html"]),
        finalize=lambda value: terminal(value, 20_000) if type(value) is str else value,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    templates.filters["number"] = number
    templates.globals["states"] = STATES
    return templates


def _parts(grading: Grading, result: Result) -> list[dict[str, Any]]:
    release = grading.assignment.release
    return [{"result": part, "items": items(part, release)} for part in result.parts]


def _index(templates: Environment, grading: Grading, names: dict[str, str]) -> str:
    there = [result for result in grading.results if result.state != "missing"]
    shares = [100 * result.share for result in there]
    points = [result.points for result in there]
    bars = Counter(min(9, int(share / 10 + 1e-9)) for share in shares)
    script = Path(__file__).with_name("sort.js").read_text(encoding="utf-8")
    return templates.get_template("index.html").render(
        grading=grading,
        names=names,
        states_count=Counter(result.state for result in grading.results),
        bars=[(f"{10 * n}–{10 * n + 10} %", bars[n]) for n in range(10)],
        most=max(bars.values(), default=1),
        summary={"mean": mean(shares), "median": median(shares), "points": mean(points)} if shares else None,
        sections=any(result.student.section for result in grading.results),
        script=Markup(script),  # our own file, no text of anybody's
        digest=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
        statistics=exercise_statistics(grading),
    )
