"""Other programs for an exercise: right ones that checks must accept, and known mistakes that they must reject.

A variants file is read as text, never imported: several definitions of one name live in it, and each is a program of
its own. A variant is the solution with this one definition put in its place; whatever else the variants file defines
(imports, helpers, constants) is there too, and everything calls everything by its usual name.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeVar

from tutor.model import CourseError
from tutor.text.nearest import shown

Definition = TypeVar("Definition")
Verb = Literal["accept", "reject"]


def accept(title: str) -> Callable[[Definition], Definition]:  # noqa: ARG001  # the text is read, see `read_variants`
    """Decorator: another right way to write the function or class; the checks must pass it."""
    return lambda definition: definition


def reject(title: str, message: str) -> Callable[[Definition], Definition]:  # noqa: ARG001  # as above
    """Decorator: a known mistake; the checks must fail it, and `message` is what the learner reads."""
    return lambda definition: definition


def waive(mutant: str, reason: str) -> None:
    """Declare that a mutant of the solution is equivalent to it, and why; its name is what the check printed."""


@dataclass(frozen=True, slots=True)
class Variant:
    """One definition of a variants file."""

    verb: Verb
    title: str
    message: str
    name: str
    """The function or class it defines."""
    path: Path
    line: int


@dataclass(frozen=True, slots=True)
class Waiver:
    """A mutant that the checks need not kill."""

    mutant: str
    reason: str
    line: int


@dataclass(frozen=True, slots=True)
class VariantsFile:
    """A variants file as it was read; `program` compiles the definitions that belong to one variant."""

    path: Path
    tree: ast.Module
    variants: tuple[Variant, ...]
    waivers: tuple[Waiver, ...]

    @property
    def accepted(self) -> tuple[Variant, ...]:
        """The right programs."""
        return tuple(variant for variant in self.variants if variant.verb == "accept")

    @property
    def rejected(self) -> tuple[Variant, ...]:
        """The known mistakes, in the order in which a diagnosis tries them."""
        return tuple(variant for variant in self.variants if variant.verb == "reject")

    def named(self, title: str) -> Variant:
        """The variant with this title; raises CourseError."""
        for variant in self.variants:
            if variant.title == title:
                return variant
        raise CourseError(f"{shown(self.path)}: there is no variant {title!r}")

    def definitions(self, variant: Variant) -> ast.Module:
        """The file's own statements without the other variants."""
        body = [node for node in self.tree.body if _variant_calls(node) == [] or node.lineno == variant.line]
        kept = [_bare(node) if node.lineno == variant.line else node for node in body if not _is_waiver(node)]
        return ast.Module(kept, [])


def read_variants(path: Path) -> VariantsFile:
    """Read a variants file; raises CourseError with its line for whatever cannot be understood."""
    try:
        tree = ast.parse(path.read_bytes(), str(path))
    except SyntaxError as error:
        raise CourseError(f"{shown(path, error.lineno)}: {error.msg}") from error
    variants = tuple(variant for node in tree.body for variant in _read_variant(node, path))
    waivers = tuple(waiver for node in tree.body for waiver in _read_waiver(node, path))
    titles: set[str] = set()
    for variant in variants:
        if variant.title in titles:
            raise CourseError(f"{shown(path, variant.line)}: the title {variant.title!r} is used twice")
        titles.add(variant.title)
    return VariantsFile(path, tree, variants, waivers)


def _read_variant(node: ast.stmt, path: Path) -> Iterator[Variant]:
    calls = _variant_calls(node)
    if not calls or not isinstance(node, (ast.FunctionDef, ast.ClassDef)):
        return
    if len(calls) > 1:
        raise CourseError(f"{shown(path, node.lineno)}: `{node.name}` is registered twice")
    verb, call = calls[0]
    texts = _texts(call, ("title",) if verb == "accept" else ("title", "message"), path)
    yield Variant(verb, texts[0], texts[1] if verb == "reject" else "", node.name, path, node.lineno)


def _variant_calls(node: ast.stmt) -> list[tuple[Verb, ast.Call]]:
    found: list[tuple[Verb, ast.Call]] = []
    if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
        for decorator in node.decorator_list:
            name = _called(decorator)
            if isinstance(decorator, ast.Call) and (name == "accept" or name == "reject"):
                found.append(("accept" if name == "accept" else "reject", decorator))
    return found


def _called(node: ast.expr) -> str:
    if not isinstance(node, ast.Call):
        return ""
    function = node.func
    return (
        function.id if isinstance(function, ast.Name) else function.attr if isinstance(function, ast.Attribute) else ""
    )


def _is_waiver(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and _called(node.value) == "waive"


def _read_waiver(node: ast.stmt, path: Path) -> Iterator[Waiver]:
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) and _is_waiver(node):
        mutant, reason = _texts(node.value, ("mutant", "reason"), path)
        yield Waiver(mutant, reason, node.lineno)


def _texts(call: ast.Call, names: tuple[str, ...], path: Path) -> tuple[str, ...]:
    given: dict[str, ast.expr] = dict(zip(names, call.args, strict=False))
    given |= {keyword.arg or "**": keyword.value for keyword in call.keywords}
    try:
        texts = tuple(ast.literal_eval(given[name]) for name in names)
    except (KeyError, ValueError):
        texts = ()
    if len(texts) != len(names) or set(given) != set(names) or not all(isinstance(t, str) and t.strip() for t in texts):
        raise CourseError(f"{shown(path, call.lineno)}: `{_called(call)}` takes plain texts: {', '.join(names)}")
    return texts


def _bare(node: ast.stmt) -> ast.stmt:
    """The definition without its `accept` or `reject`."""
    if not isinstance(node, (ast.FunctionDef, ast.ClassDef)):
        return node
    twin = copy.copy(node)
    twin.decorator_list = [item for item in node.decorator_list if _called(item) not in ("accept", "reject")]
    return twin


def public_names(tree: ast.Module) -> tuple[str, ...]:
    """The functions and classes that a module defines at its top level, without those that begin with `_`."""
    names: Iterable[str] = (
        node.name for node in tree.body if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef))
    )
    return tuple(dict.fromkeys(name for name in names if not name.startswith("_")))
