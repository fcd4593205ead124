"""A small, sound course for the tests of the loader and the linter, which then break one thing in it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

FILES = {
    "lessons/course.toml": 'id = "small"\ntitle = "Small"\nversion = "1"\nauthors = ["A"]\nlicence = "MIT"\n',
    "lessons/01_first/chapter.toml": (
        'id = "c01"\ntitle = "First"\nsummary = "Begin."\nexercises = ["add-one", "double-it"]\n'
        'labs = ["line"]\nexplorers = ["curve"]\n'
    ),
    "lessons/01_first/01_start.md": """+++
id = "l01-1"
title = "Start"
minutes = 5
objectives = ["begin"]
+++
A formula $x_i$ and a [link](02_more.md).

> **Tip** Breathe.

```python run
print(1 + 1)
```

```output
2
```

## Do

```exercise add-one
```

```exercise double-it
```

```lab line
```

```explore curve
```
""",
    "lessons/01_first/02_more.md": """+++
id = "l01-2"
title = "More"
minutes = 5
objectives = ["go on"]
+++
Questions.

```quiz
[[question]]
id = "q-print"
kind = "output"
ask = "What does it print?"
code = "print(2 * 3)"
answer = "6"
why = "Twice three."
otherwise = "Multiply."
```
""",
    "lessons/01_first/02_more.zh.md": "a translation is not a lesson of its own\n",
    "lessons/01_first/lab_line.py": 'TITLE = "A line"\nUSES = (\n    "add-one",\n    "double-it",\n)\nimport nowhere\n',
    "lessons/01_first/explore_curve.py": 'TITLE: str = "A curve"\nimport nowhere\n',
}


def exercise_files(name: str, needs: str = "", imports: str = "") -> dict[str, str]:
    """The five files of an exercise called `name`."""
    stem = name.replace("-", "_")
    stub = (
        f'{imports}def {stem}(x: float) -> float:\n    """x + 1, shape ()."""\n'
        "    # TODO: add\n    raise NotImplementedError\n"
    )
    task = f"""+++
id = "{name}"
title = "{name.title()}"
level = 1
minutes = 5
needs = [{needs}]
framework = "numpy"
forbidden = ["numpy.add", "@", ".data"]
+++
Do it.

| argument | shape |
|---|---|
| x | () |

Example: 1 gives 2.

## Hint 1

Think.

## Hint 2

Add.
"""
    return {
        f"exercises/01_first/{stem}.md": task,
        f"exercises/01_first/{stem}.py": stub,
        f"exercises/01_first/test_{stem}.py": f'def test_it(mine):\n    """Adds one."""\n    assert mine.{stem}(1)\n',
        f"solutions/01_first/{stem}.py": stub.replace("# TODO: add\n    raise NotImplementedError", "return x + 1"),
        f"solutions/01_first/{stem}_variants.py": (
            "from tutor.checks import accept, reject\n\n\n"
            f'@accept("other way")\ndef {stem}(x):\n    return 1 + x\n\n\n'
            f'@reject("subtracts", "Add.")\ndef {stem}(x):\n    return x - 1\n'
        ),
    }


def all_files() -> dict[str, str]:
    """Every file of the course, by name."""
    double = exercise_files("double-it", '"add-one"', "from tutor.mine import add_one\n\n\n")
    return FILES | exercise_files("add-one") | double


@pytest.fixture
def small_files() -> dict[str, str]:
    """The files of the small course, to change."""
    return all_files()


@pytest.fixture
def write_course(tmp_path: Path) -> Callable[..., Path]:
    """Write the small course with some files changed (or left out, when None); gives its root."""

    def write(changes: dict[str, str | None] | None = None) -> Path:
        for name, text in (all_files() | (changes or {})).items():
            if text is not None:
                path = tmp_path / "course" / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8")
        return tmp_path / "course"

    return write
