"""An attack: a submission with front data that says what it tries and what stops it.

A file under `submissions/CATEGORY/` begins with TOML in comments between two `# +++` lines:

    tries        what it does, as the rest of a sentence
    stopped_by   what keeps it from succeeding
    needs        rows of a verdict's `limits` without which it is not run: the machine would not be safe from it
    exercise     which exercise of `world.py` it is handed in for
    seconds      how long a check may take
    forbidden    true when its answers are right, and only the way to them is not allowed

`@NAME@` in a file is replaced by what an attacker could at best know: paths, ports and numbers of processes.
Makers of archives (see `archives/`) carry the same front data.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
CATEGORIES = {
    "forgery": "A mark that was not earned",
    "forbidden": "An answer by what the exercise forbids",
    "leaks": "What learner code must not know",
    "harm": "What it must not do",
    "archives": "What a submitted archive must not do",
}


@dataclass(frozen=True, slots=True)
class Attack:
    """One file of the suite."""

    path: Path
    tries: str
    stopped_by: str
    needs: tuple[str, ...] = ()
    exercise: str = "target"
    seconds: float = 5.0
    forbidden: bool = False

    @property
    def category(self) -> str:
        return self.path.parent.name

    @property
    def name(self) -> str:
        return f"{self.category}/{self.path.stem}"

    def source(self, known: dict[str, object]) -> bytes:
        text = self.path.read_text("utf-8")
        for name, value in known.items():
            text = text.replace(f"@{name}@", str(value))
        return text.encode()


def read(path: Path) -> Attack:
    """Read an attack's front data."""
    lines = path.read_text("utf-8").splitlines()
    assert lines[0] == "# +++", f"{path} does not begin with front data"
    end = lines.index("# +++", 1)
    front = tomllib.loads("\n".join(line.removeprefix("# ") for line in lines[1:end]))
    front["needs"] = tuple(front.get("needs", ()))
    if path.parent.name == "forbidden":
        front.setdefault("exercise", "banned")
    return Attack(path, **front)


def submissions() -> list[Attack]:
    """Every attack by learner code."""
    return [read(path) for path in sorted((HERE / "submissions").glob("*/*.py"))]


def archives() -> list[Attack]:
    """Every attack by a submitted archive."""
    return [read(path) for path in sorted((HERE / "archives").glob("[a-z]*.py"))]
