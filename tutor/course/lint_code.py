"""Lints an exercise's Python files by reading them: stub against solution, checks, imports. Runs nothing."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tutor.course.problem import Problem
from tutor.model import Course, CourseError, Exercise
from tutor.text.frontmatter import read_text
from tutor.text.nearest import nearest, shown

_FORBIDDEN = re.compile(r"@|\.?[A-Za-z_]\w*(\.[A-Za-z_]\w*)*")
Definition = ast.FunctionDef | ast.ClassDef


def lint_code(course: Course, exercise: Exercise) -> Iterator[Problem]:
    """Lint the stub, the solution, the variants and the checks of an exercise."""
    try:
        trees = {path: parse_python(path) for path in (exercise.stub, exercise.solution, exercise.variants)}
        checks = parse_python(exercise.checks)
    except CourseError as error:
        yield Problem(exercise.stub, None, "course", str(error))
        return
    stub, solution = public(trees[exercise.stub]), public(trees[exercise.solution])
    yield from _stub(exercise.stub, stub)
    yield from _signatures(exercise, stub, solution)
    yield from _variants(exercise, trees[exercise.variants], solution)
    yield from _checks(exercise.checks, checks)
    for path, tree in trees.items():
        yield from _imports(course, exercise, path, tree)
    for name in exercise.forbidden:
        if not _FORBIDDEN.fullmatch(name):
            yield Problem(exercise.task, None, "forbidden", f"`{name}` is neither a dotted name, `@` nor `.attribute`")


def parse_python(path: Path) -> ast.Module:
    """Parse a Python file; raises CourseError for a syntax error."""
    try:
        return ast.parse(read_text(path))
    except SyntaxError as error:
        raise CourseError(f"{shown(path, error.lineno)}: this is not valid Python: {error.msg}") from None


def public(tree: ast.Module | ast.ClassDef) -> dict[str, Definition]:
    """The public functions and classes of a module, or the methods of a class with `__init__` and `__call__`."""
    names = {}
    for node in tree.body:
        if isinstance(node, Definition) and (node.name[0] != "_" or node.name.startswith("__")):
            names[node.name] = node
    return names


def _stub(path: Path, stub: dict[str, Definition]) -> Iterator[Problem]:
    text = read_text(path)
    if "# TODO" not in text:
        yield Problem(path, None, "stub", "there is no `# TODO: …` comment that says what to write")
    if "raise NotImplementedError" not in text:
        yield Problem(path, None, "stub", "there is no `raise NotImplementedError`")
    if not stub:
        yield Problem(path, None, "stub", "there is nothing to implement: no public function or class")
    for name, node in stub.items():
        if not ast.get_docstring(node):
            yield Problem(path, node.lineno, "stub", f"`{name}` has no docstring with its formula and shapes")


def _signatures(exercise: Exercise, stub: dict[str, Definition], solution: dict[str, Definition]) -> Iterator[Problem]:
    for name, node in solution.items():
        if name not in stub:
            yield Problem(exercise.stub, None, "stub", f"`{name}` of the solution is missing{nearest(name, stub)}")
        elif (mine := _signature(stub[name])) != (theirs := _signature(node)):
            line = stub[name].lineno
            yield Problem(exercise.stub, line, "stub", f"`{name}` is {mine} here, but {theirs} in the solution")
        elif isinstance(node, ast.ClassDef) and isinstance(stub[name], ast.ClassDef):
            yield from _signatures(exercise, public(stub[name]), public(node))  # type: ignore[arg-type]  # both are classes
    for name, node in stub.items():
        if name not in solution:
            yield Problem(exercise.stub, node.lineno, "stub", f"`{name}` has no solution{nearest(name, solution)}")


def _signature(node: Definition) -> str:
    if isinstance(node, ast.ClassDef):
        return f"class ({', '.join(map(ast.unparse, node.bases))})"
    returns = f" -> {ast.unparse(node.returns)}" if node.returns else ""
    return f"({ast.unparse(node.args)}){returns}"


def _variants(exercise: Exercise, tree: ast.Module, solution: dict[str, Definition]) -> Iterator[Problem]:
    titles: set[str] = set()
    counts = {"accept": 0, "reject": 0}
    for node in tree.body:
        for mark in getattr(node, "decorator_list", []):
            if not (isinstance(mark, ast.Call) and isinstance(mark.func, ast.Name) and mark.func.id in counts):
                continue
            counts[mark.func.id] += 1
            name, title = getattr(node, "name", ""), ast.unparse(mark.args[0]) if mark.args else ""
            if name not in solution:
                message = f"`{name}` is not defined by the solution{nearest(name, solution)}"
                yield Problem(exercise.variants, mark.lineno, "variants", message)
            if not title or title in titles:
                message = f"`{name}` needs a title of its own, not {title or 'none'}"
                yield Problem(exercise.variants, mark.lineno, "variants", message)
            titles.add(title)
    for kind, count in counts.items():
        if not count:
            yield Problem(exercise.variants, None, "variants", f"there is no @{kind} variant")


def _checks(path: Path, tree: ast.Module) -> Iterator[Problem]:
    seen: set[str] = set()
    for node in tree.body:
        if not isinstance(node, ast.FunctionDef) or not node.name.startswith("test_"):
            continue
        if node.name in seen:
            yield Problem(path, node.lineno, "checks", f"`{node.name}` is defined twice; only the last would run")
        seen.add(node.name)
        sentence = (ast.get_docstring(node) or "").partition("\n")[0].strip()
        if not sentence.endswith((".", "!", "?")):
            yield Problem(path, node.lineno, "checks", f"`{node.name}` needs a docstring that begins with a sentence")
        if "mine" not in [arg.arg for arg in node.args.args]:
            yield Problem(path, node.lineno, "checks", f"`{node.name}` does not take `mine`, the learner's code")
    if not seen:
        yield Problem(path, None, "checks", "there is no check: no function called test_…")


def _imports(course: Course, exercise: Exercise, path: Path, tree: ast.Module) -> Iterator[Problem]:
    """What comes from `tutor.mine` must be defined by an exercise in `needs`, directly or through its needs."""
    imports = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module == "tutor.mine"]
    if not imports:
        return
    known = {part.id: part for part in course.exercises}
    todo, offered, seen = list(exercise.needs), set(), set()
    while todo:
        need = known[todo.pop()]
        if need.id not in seen:
            seen.add(need.id)
            offered |= set(public(parse_python(need.solution)))
            todo += need.needs
    for node in imports:
        for alias in node.names:
            if alias.name not in offered:
                message = f"no exercise in `needs` defines `{alias.name}`{nearest(alias.name, offered)}"
                yield Problem(path, node.lineno, "needs", message)
