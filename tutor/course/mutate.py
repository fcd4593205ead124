"""Makes mutants of a solution: programs with one small mistake each, which good checks must notice.

Why not an existing library: cosmic-ray's operators can be driven in process (`mutation_positions`, `mutate` on parso
trees), but they come with SQLAlchemy, aiohttp, GitPython and stevedore, and they lack the mistakes that matter in array
code: the wrong axis, swapped arguments, a dropped keyword such as keepdims, dropped statements, min for max. mutmut's
are bound to its own runner with trampolines and copied source trees. Over the standard `ast` all of them together are
two hundred lines. Docstrings, annotations, imports, and the texts of error messages are never mutated.
"""

from __future__ import annotations

import ast
import difflib
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tutor.course.mutations import expression_mutations, statement_mutations


@dataclass(frozen=True, slots=True)
class Mutant:
    """A program that differs from the solution in one place."""

    name: str
    """`softmax: e / s → e * s`: the function, the expression and what became of it. Formatting does not change it."""
    source: str
    diff: str


@dataclass(frozen=True, slots=True)
class _Site:
    """A place in the tree where one node can be put instead of another."""

    parent: ast.AST
    field: str
    index: int | None
    node: ast.AST
    scope: str
    around: ast.expr | None
    """The expression that this node lies in."""
    whole: ast.AST
    """What a name shows: the node itself, or for a number or a name alone the expression around it."""

    def put(self, node: ast.AST) -> None:
        if self.index is None:
            setattr(self.parent, self.field, node)
        else:
            getattr(self.parent, self.field)[self.index] = node


def mutants(source: str) -> tuple[Mutant, ...]:
    """All mutants of a program, in the order of its text; two ways to the same program give one mutant."""
    tree = _without_docstrings(ast.parse(source))
    original = ast.unparse(tree)
    seen, names = {original}, Counter[str]()
    found: list[Mutant] = []
    for site in list(_sites(tree, "module")):
        for replacement in _replacements(site):
            before = _text(site.whole)
            site.put(replacement)
            mutated = ast.unparse(ast.fix_missing_locations(tree))
            after = _text(replacement if site.whole is site.node else site.whole)
            site.put(site.node)
            if mutated in seen:
                continue
            seen.add(mutated)
            name = _numbered(f"{site.scope}: {before} → {after}", names)
            found.append(Mutant(name, mutated, _diff(original, mutated)))
    return tuple(found)


def _numbered(name: str, names: Counter[str]) -> str:
    names[name] += 1
    return name if names[name] == 1 else f"{name} #{names[name]}"


def sample(all_mutants: Sequence[Mutant], budget: int | None) -> tuple[Mutant, ...]:
    """At most `budget` mutants, chosen by a hash of their names: the same ones each time, spread over the program."""
    if budget is None or budget >= len(all_mutants):
        return tuple(all_mutants)
    chosen = sorted(all_mutants, key=lambda mutant: zlib.crc32(mutant.name.encode()))[:budget]
    return tuple(mutant for mutant in all_mutants if mutant in set(chosen))


def _replacements(site: _Site) -> Iterator[ast.AST]:
    if isinstance(site.node, ast.stmt):
        yield from statement_mutations(site.node)
    elif isinstance(site.node, ast.expr):
        yield from expression_mutations(site.node)


_SKIPPED_STATEMENTS = (ast.Import, ast.ImportFrom, ast.Raise, ast.Global, ast.Nonlocal, ast.Assert)
_SKIPPED_FIELDS = {
    "annotation",
    "returns",
    "decorator_list",
    "bases",
    "keywords_of_class",
    "type_comment",
    "type_params",
    "ctx",
}
_SMALL = (ast.Constant, ast.Name, ast.Attribute, ast.Slice, ast.UnaryOp, ast.Tuple)
"""Expressions that say little by themselves: `0 → 1` could be anywhere."""

_SILENCERS = {"errstate", "catch_warnings", "simplefilter", "filterwarnings", "warn", "cast"}
"""Calls that change no result: what is inside them is not mutated."""


def _sites(parent: ast.AST, scope: str, around: ast.expr | None = None) -> Iterator[_Site]:
    """Every node that may be mutated, outermost first. `around` is the expression that the parent lies in."""
    for field, value in ast.iter_fields(parent):
        if field in _SKIPPED_FIELDS:
            continue
        many = isinstance(value, list)
        for index, node in enumerate(value if many else [value]):
            if isinstance(node, ast.AST):
                whole = around if around is not None and isinstance(node, _SMALL) else node
                yield from _sites_of(_Site(parent, field, index if many else None, node, scope, around, whole))


def _sites_of(site: _Site) -> Iterator[_Site]:
    node, scope = site.node, site.scope
    if isinstance(node, _SKIPPED_STATEMENTS):
        if isinstance(node, ast.Raise):
            yield site  # it may be dropped; the words of its message are nobody's business
        return
    if isinstance(node, ast.Call) and _name(node.func) in _SILENCERS:
        return
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        scope = node.name if scope == "module" else f"{scope}.{node.name}"
    elif isinstance(node, (ast.stmt, ast.expr)) and not _is_assigned_to(site):
        yield site
    if isinstance(node, ast.stmt):
        yield from _sites(node, scope)
    elif isinstance(node, ast.expr) and not isinstance(node, _SMALL):
        yield from _sites(node, scope, node)
    else:  # nobody would quote a slice or a keyword
        yield from _sites(node, scope, site.around)


def _is_assigned_to(site: _Site) -> bool:
    """A name on the left of `=` is no expression to mutate."""
    return isinstance(getattr(site.node, "ctx", None), (ast.Store, ast.Del)) and isinstance(site.node, ast.Name)


def _name(function: ast.expr) -> str:
    return (
        function.attr if isinstance(function, ast.Attribute) else function.id if isinstance(function, ast.Name) else ""
    )


def _text(node: ast.AST) -> str:
    """The node as one line, without the body of a compound statement."""
    if isinstance(node, ast.Pass):
        return "(dropped)"
    lines = ast.unparse(ast.fix_missing_locations(node)).splitlines()
    return lines[0] if len(lines) == 1 else f"{lines[0]} …"


def _diff(original: str, mutated: str) -> str:
    """The changed lines only, each side first seen as one would write it."""
    lines = difflib.unified_diff(original.splitlines(), mutated.splitlines(), lineterm="", n=0)
    return "\n".join(line for line in lines if not line.startswith(("---", "+++", "@@")))


def _without_docstrings(tree: ast.Module) -> ast.Module:
    for node in ast.walk(tree):
        match node:
            case ast.Module() | ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef() if ast.get_docstring(node):
                node.body = node.body[1:] or [ast.Pass()]
    return tree
