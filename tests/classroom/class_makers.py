"""Archives and verdicts to order."""

from __future__ import annotations

import io
import tarfile
import zipfile
from collections.abc import Mapping

from tutor.model import Diagnosis, Finding, Verdict


def verdict(exercise: str, text: str) -> Verdict:
    outcomes = text.partition("#")[2].split()
    findings = tuple(
        Finding(
            f"test_{i}", f"Sentence {i}.", outcome, message="" if outcome == "passed" else f"wrong {i}",
            diagnosis=Diagnosis("swapped", "You swapped them.") if outcome == "failed" else None,
            traceback="File softmax.py, line 7, in f" if outcome == "error" else "",
        )
        for i, outcome in enumerate(outcomes)
    )  # fmt: skip
    whole = "passed" if all(o == "passed" for o in outcomes) else "failed"
    return Verdict(exercise, whole, findings, f"{exercise}.py", "0" * 64, "c", "1", 0, "cpu", 0.25)


def zipped(files: Mapping[str, str | bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


def tarred(members: list[tuple[tarfile.TarInfo, bytes]], mode: str = "w:gz") -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=mode) as archive:
        for info, content in members:
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return out.getvalue()
