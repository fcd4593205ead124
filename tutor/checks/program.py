"""Loads programs for an exercise in this process: the solution, its variants, a stub, or any source as `mine`.

For trusted code only (the course's own, or the learner's in `--debug`): the engine in `tutor.grading` runs learner code
in a process of its own. Every program is a fresh module, so nothing that one of them does reaches another.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import CodeType, ModuleType

from tutor.checks.variants import Variant, VariantsFile, public_names, read_variants
from tutor.model import CourseError, Exercise

MINE = "tutor.mine"


@dataclass(frozen=True, slots=True)
class Programs:
    """Every program that the course holds for one exercise, compiled once."""

    exercise: Exercise
    file: VariantsFile
    solution_code: CodeType

    @staticmethod
    def of(exercise: Exercise) -> Programs:
        """Read the solution and the variants; raises CourseError or SyntaxError."""
        file = read_variants(exercise.variants)
        return Programs(exercise, file, compile_file(exercise.solution))

    @property
    def public(self) -> tuple[str, ...]:
        """The names the exercise asks for."""
        return public_names(ast.parse(self.exercise.solution.read_bytes()))

    def solution(self) -> ModuleType:
        """The reference program."""
        return run_code(self.exercise.id, self.exercise.solution, self.solution_code)

    def stub(self) -> ModuleType:
        """What the learner starts from."""
        return run_code(self.exercise.id, self.exercise.stub, compile_file(self.exercise.stub))

    def variant(self, variant: Variant) -> ModuleType:
        """The solution with the variant's definition in it."""
        module = self.solution()
        tree = self.file.definitions(variant)
        code = compile(tree, str(variant.path), "exec", dont_inherit=True)
        module.__file__ = str(variant.path)
        exec(code, module.__dict__)
        return module


def compile_file(path: Path) -> CodeType:
    """Compile a source file under its own path, so that tracebacks find its lines."""
    return compile(path.read_bytes(), str(path), "exec", dont_inherit=True)


def run_code(name: str, path: Path, code: CodeType) -> ModuleType:
    """Run a module's code in a fresh namespace."""
    module = ModuleType(name.replace("-", "_"))
    module.__file__ = str(path)
    exec(code, module.__dict__)
    return module


@contextmanager
def needs_installed(needed: Sequence[Exercise]) -> Iterator[None]:
    """Let `from tutor.mine import data_iter` find the solutions of the needed exercises, in teaching order."""
    before = sys.modules.get(MINE)
    synthetic = ModuleType(MINE)
    sys.modules[MINE] = synthetic
    try:
        for exercise in needed:
            module = run_code(exercise.id, exercise.solution, compile_file(exercise.solution))
            names = public_names(ast.parse(exercise.solution.read_bytes()))
            synthetic.__dict__.update({name: module.__dict__[name] for name in names})
        yield
    finally:
        if before is None:
            sys.modules.pop(MINE, None)
        else:
            sys.modules[MINE] = before


def needed_by(exercise: Exercise, known: dict[str, Exercise]) -> tuple[Exercise, ...]:
    """Everything the exercise builds on, also indirectly, so that each comes after what it needs itself."""
    order: dict[str, Exercise] = {}

    def visit(name: str, path: tuple[str, ...]) -> None:
        if name in path:
            raise CourseError(f"exercise `{name}` needs itself: {' → '.join((*path, name))}")
        if name not in known:  # the course loader complains about this; an author at work may not have it yet
            return
        for need in known[name].needs:
            visit(need, (*path, name))
        order.setdefault(name, known[name])

    for need in exercise.needs:
        visit(need, (exercise.id,))
    return tuple(order.values())
