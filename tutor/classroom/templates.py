"""Writes the files that grade elsewhere: GitHub Actions, GitLab CI, Gradescope's autograder, Classroom 50.

The files themselves lie in `files/`, as they will be written. Nothing that is there already is overwritten.
"""

from __future__ import annotations

import zipfile
from importlib import resources
from pathlib import Path

from tutor import __version__
from tutor.atomic import make_folder, write_atomic
from tutor.model import TutorError

FILES: dict[str, tuple[tuple[str, str], ...]] = {
    "github": (("github.yml", ".github/workflows/grade.yml"),),
    "gitlab": (("gitlab.yml", ".gitlab-ci.yml"),),
    "gradescope": (("setup.sh", "setup.sh"), ("run_autograder", "run_autograder")),
    "classroom50": (("autograder.py", "autograder.py"),),
}
"""Target → (file here, where it goes)."""

_EXAMPLE = "assignment.toml"


def write_template(target: str, folder: Path, assignment: Path | None) -> list[Path]:
    """Write the files of one target and an assignment beside them; gives what was written. Raises TutorError."""
    wanted = [(folder / place, _file(name)) for name, place in FILES[target]]
    example = folder / _EXAMPLE
    if assignment is not None and assignment.resolve() != example.resolve():
        wanted.append((example, assignment.read_bytes()))
    elif not example.exists():
        wanted.append((example, _file(_EXAMPLE)))
    for path, _ in wanted:
        if path.exists():
            raise TutorError(f"{path} is there already; move it away first. Nothing was written.")
    for path, data in wanted:
        make_folder(path.parent)
        write_atomic(path, data)
        if data.startswith(b"#!"):
            path.chmod(0o755)
    written = [path for path, _ in wanted]
    return [*written, _pack(folder, written)] if target == "gradescope" else written


def _file(name: str) -> bytes:
    text = resources.files("tutor.classroom").joinpath("files", name).read_text(encoding="utf-8")
    return text.replace("@VERSION@", __version__).encode()


def _pack(folder: Path, files: list[Path]) -> Path:
    """The zip that Gradescope takes; the two scripts must be executable in it."""
    path = folder / "autograder.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in files:
            archive.write(file, file.name)
    return path
