"""Turns a notebook into the Python file it would have been: its definitions, not what it ran to try them out."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator

from tutor.classroom.intake.files import UnreadableError


def notebook_source(data: bytes, name: str) -> bytes:
    """Give imports, functions, classes and assignments of all code cells, in order, with a comment for each cell.

    Magics and shell lines are left out, and so are calls and loops at the top level: plots and training runs.
    """
    kept = []
    for number, text in _code_cells(data, name):
        try:
            tree = ast.parse(text)
        except SyntaxError as error:
            if _defines(text):
                raise UnreadableError(f"{name}, cell {number}, line {error.lineno}: {error.msg}") from None
            continue
        parts = [_text_of(text, node) for node in tree.body if _is_definition(node)]
        if parts:
            kept.append(f"# cell {number}\n" + "\n".join(parts))
    return ("\n\n".join(kept) + "\n").encode("utf-8", "replace")


def _code_cells(data: bytes, name: str) -> Iterator[tuple[int, str]]:
    try:
        cells = json.loads(data)["cells"]
        for number, cell in enumerate(cells, 1):
            if cell["cell_type"] == "code":
                source = cell["source"]
                text = "".join(source) if isinstance(source, list) else str(source)
                yield (
                    number,
                    "\n".join(line for line in text.splitlines() if not line.lstrip().startswith(("%", "!", "?"))),
                )
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise UnreadableError(f"{name} is no notebook (version 4) that can be read: {type(error).__name__}") from error


def _defines(text: str) -> bool:
    return any(line.startswith(("def ", "class ", "async def ", "@")) for line in text.splitlines())


def _is_definition(node: ast.stmt) -> bool:
    if isinstance(node, (ast.Assign, ast.AnnAssign)):
        return node.value is None or not any(isinstance(part, ast.Call) for part in ast.walk(node.value))
    return isinstance(node, (ast.FunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom, ast.AsyncFunctionDef))


def _text_of(text: str, node: ast.stmt) -> str:
    decorators = getattr(node, "decorator_list", [])
    first = min([node.lineno, *(d.lineno for d in decorators)])
    return "\n".join(text.splitlines()[first - 1 : node.end_lineno])
