"""Turns a notebook into the Python file it would have been: its definitions, not what it ran to try them out."""

from __future__ import annotations

import ast
import json
import re
import symtable
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from tutor.classroom.intake.files import UnreadableError

_MAGIC = re.compile(r"^(\s*)(?:[%!?].*|[\w.]+\?{1,2}\s*|[\w, ]+=\s*[%!].*)$")
"""A line that IPython reads and Python does not: a magic, a shell line, a question, the result of one of these."""
_PYTHON_CELLS = ("capture", "debug", "prun", "time", "timeit", "writefile")
"""Cell magics after which comes Python; after others comes a shell script, HTML, …."""
_MOST_MAGICS = 50
_DEFINITIONS = (ast.FunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom, ast.AsyncFunctionDef)
_MAY_BIND = (ast.Assign, ast.AnnAssign, ast.AugAssign, ast.If, ast.Try, ast.With)


@dataclass(frozen=True, slots=True)
class _Piece:
    """One statement at the top level of a cell."""

    cell: int
    node: ast.stmt
    text: str


def notebook_source(data: bytes, name: str) -> bytes:
    """Give imports, functions, classes and assignments of all code cells, in order, with a comment for each cell.

    Magics and shell lines are left out, and so are calls and loops at the top level: plots and training runs. What a
    function needs of these, as in `rng = np.random.default_rng(0)`, stays. Raises UnreadableError.
    """
    try:
        pieces = [piece for number, text in _code_cells(data, name) for piece in _pieces(number, text, name)]
        kept = _kept(pieces)
    except RecursionError:
        raise UnreadableError(f"{name} holds code that is nested too deeply") from None
    lines: list[str] = []
    cell = 0
    for piece in kept:
        if piece.cell != cell:
            cell = piece.cell
            lines.append(f"\n# cell {cell}" if lines else f"# cell {cell}")
        lines.append(piece.text)
    return ("\n".join(lines) + "\n").encode("utf-8", "replace")


def _code_cells(data: bytes, name: str) -> Iterator[tuple[int, str]]:
    try:
        for number, cell in enumerate(json.loads(data)["cells"], 1):
            if cell["cell_type"] == "code":
                source = cell["source"]
                yield number, "".join(source) if isinstance(source, list) else str(source)
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise UnreadableError(f"{name} is no notebook (version 4) that can be read: {type(error).__name__}") from error


def _pieces(number: int, text: str, name: str) -> list[_Piece]:
    """The statements of a cell; one with a syntax error has none, unless it defines something."""
    try:
        text, tree = _parsed(text)
    except SyntaxError as error:
        if _defines(text):
            raise UnreadableError(f"{name}, cell {number}, line {error.lineno}: {error.msg}") from None
        return []
    except ValueError:  # a NUL
        return []
    return [_Piece(number, node, _text_of(text, node)) for node in tree.body]


def _parsed(text: str) -> tuple[str, ast.Module]:
    """As Python, else without what only IPython reads; so `% b` stays where it goes on with an expression."""
    text = "\n".join(text.splitlines())
    first, _, rest = text.lstrip().partition("\n")
    if first.startswith("%%"):
        text = rest if first[2:].partition(" ")[0].strip() in _PYTHON_CELLS else ""
    lines = text.split("\n")
    for _ in range(_MOST_MAGICS):
        try:
            return "\n".join(lines), ast.parse("\n".join(lines))
        except SyntaxError as error:
            at = (error.lineno or 1) - 1
            if at >= len(lines) or not _MAGIC.match(lines[at]):
                break
            lines[at] = _MAGIC.sub(r"\1pass", lines[at])
    plain = "\n".join(_MAGIC.sub(r"\1pass", line) for line in lines)
    return plain, ast.parse(plain)


def _defines(text: str) -> bool:
    return any(line.startswith(("def ", "class ", "async def ", "@")) for line in text.splitlines())


def _kept(pieces: Iterable[_Piece]) -> list[_Piece]:
    """Definitions, and what they use by name, and what that uses; in the order of the notebook."""
    all_of_them = list(pieces)
    kept = {i for i, piece in enumerate(all_of_them) if _is_definition(piece.node)}
    binders: dict[str, list[int]] = {}
    for i, piece in enumerate(all_of_them):
        if i not in kept and isinstance(piece.node, _MAY_BIND) and not _asks_for_main(piece.node):
            for name in _bound(piece.node):
                binders.setdefault(name, []).append(i)
    waiting = list(kept)
    while waiting:
        for name in _globals(all_of_them[waiting.pop()].text):
            fresh = [i for i in binders.pop(name, ()) if i not in kept]
            kept.update(fresh)
            waiting += fresh
    return [all_of_them[i] for i in sorted(kept)]


def _is_definition(node: ast.stmt) -> bool:
    if isinstance(node, (ast.Assign, ast.AnnAssign)):
        return node.value is None or not any(isinstance(part, ast.Call) for part in ast.walk(node.value))
    return isinstance(node, _DEFINITIONS)


def _asks_for_main(node: ast.stmt) -> bool:
    return isinstance(node, ast.If) and any(getattr(p, "id", "") == "__name__" for p in ast.walk(node.test))


def _globals(text: str) -> set[str]:
    """Names that a statement asks its module for; parameters and local names are not among them."""
    try:
        waiting, names = [symtable.symtable(text, "cell", "exec")], set()
    except SyntaxError:  # such as `return` outside of a function: the exercise's file will say so
        return set()
    while waiting:
        table = waiting.pop()
        module = table.get_type() == "module"
        names |= {s.get_name() for s in table.get_symbols() if s.is_referenced() and (module or s.is_global())}
        waiting += table.get_children()
    return names


def _bound(node: ast.stmt) -> set[str]:
    """Names that a statement gives, also by an import or a function inside of `if` or `try`."""
    names = {part.id for part in ast.walk(node) if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store)}
    for part in ast.walk(node):
        if isinstance(part, (ast.Import, ast.ImportFrom)):
            names |= {(alias.asname or alias.name).partition(".")[0] for alias in part.names}
        elif isinstance(part, (ast.FunctionDef, ast.ClassDef)):
            names.add(part.name)
    return names


def _text_of(text: str, node: ast.stmt) -> str:
    """The statement alone, also where others share its line, with its decorators."""
    decorators = [decorator.lineno for decorator in getattr(node, "decorator_list", [])]
    above = text.split("\n")[min(decorators) - 1 : node.lineno - 1] if decorators else []
    return "\n".join([*above, ast.get_source_segment(text, node) or ""])
