"""The house style, where a machine can check it: types, lint, layers, sizes, names that must not appear."""

from __future__ import annotations

import ast
import statistics
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[1]
MODULES = sorted((REPOSITORY / "tutor").rglob("*.py"))


def run(*command: str) -> None:
    done = subprocess.run([sys.executable, "-m", *command], cwd=REPOSITORY, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_types_are_strict() -> None:
    run("mypy")


def test_ruff_finds_nothing() -> None:
    run("ruff", "check", ".")


def test_the_program_is_formatted() -> None:
    run("ruff", "format", "--check", "tutor")


def test_layers_hold() -> None:
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(REPOSITORY)))
def test_a_module_stays_within_400_lines(module: Path) -> None:
    assert len(module.read_text(encoding="utf-8").splitlines()) <= 400


def test_the_median_module_is_short() -> None:
    sizes = [len(module.read_text(encoding="utf-8").splitlines()) for module in MODULES]
    assert statistics.median(size for size in sizes if size) <= 160


def functions(module: Path) -> Iterator[tuple[str, int]]:
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name, (node.end_lineno or node.lineno) - node.lineno + 1


def test_functions_stay_within_50_lines() -> None:
    long = [f"{module.relative_to(REPOSITORY)}: {name} has {size} lines"
            for module in MODULES for name, size in functions(module) if size > 50]  # fmt: skip
    assert not long, "\n".join(long)


def test_only_the_plot_adapter_imports_plotext() -> None:
    importers = [m for m in MODULES if "import plotext" in m.read_text(encoding="utf-8")]
    assert [m.name for m in importers] == ["plot.py"]
