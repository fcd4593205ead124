"""Finds forbidden names in a learner's source, for a friendly message with the line; `forbidden` enforces.

Follows import aliases and simple assignments; what hides behind `getattr` is left to the run-time ban.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

OTHER_FRAMEWORKS = ("torch", "scipy", "sklearn", "jax", "tensorflow")
"""What a NumPy exercise may not import, and neither may one of torch that forbids anything: they have it, too."""

_OPERATORS: dict[str, type[ast.operator]] = {
    "@": ast.MatMult, "**": ast.Pow, "//": ast.FloorDiv, "%": ast.Mod,
    "*": ast.Mult, "/": ast.Div, "+": ast.Add, "-": ast.Sub,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Rules:
    """What the exercise's front matter forbids."""

    framework: str
    names: tuple[str, ...] = ()

    @property
    def dotted(self) -> tuple[str, ...]:
        """The names of functions, classes and modules."""
        own = tuple(n for n in self.names if n not in _OPERATORS and not n.startswith("."))
        others = tuple(n for n in OTHER_FRAMEWORKS if n != self.framework)
        return (*own, *others) if own or self.framework == "numpy" else own

    def rule(self, name: str) -> str | None:
        """Give the rule that forbids a dotted name: the same name, or one it lies below."""
        return next((r for r in self.dotted if name == r or name.startswith(f"{r}.")), None)


def scan(source: bytes, rules: Rules) -> tuple[tuple[str, int], ...]:
    """Find forbidden names and the line of their first use. Nothing for source that does not parse."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ()
    found: dict[str, int] = {}
    for name, line in sorted(_Scanner(tree, rules).uses(), key=lambda use: use[1]):
        found.setdefault(name, line)
    return tuple(found.items())


class _Scanner:
    def __init__(self, tree: ast.Module, rules: Rules) -> None:
        self._nodes = list(ast.walk(tree))
        self._rules = rules
        self._alias: dict[str, str] = {}
        self._own = {
            n.name for n in self._nodes if isinstance(n, ast.FunctionDef | ast.ClassDef | ast.AsyncFunctionDef)
        }
        self._attributes = {n[1:] for n in rules.names if n.startswith(".")}
        self._methods = {
            n.rpartition(".")[2] for n in rules.dotted if n.startswith(("torch.Tensor.", "numpy.ndarray."))
        }
        self._operators = {_OPERATORS[n]: n for n in rules.names if n in _OPERATORS}

    def uses(self) -> Iterator[tuple[str, int]]:
        """Give every use."""
        for node in self._nodes:
            if isinstance(node, ast.Import | ast.ImportFrom):
                yield from self._imports(node)
        for node in self._nodes:  # so that `f = torch.softmax` is known wherever it is used
            if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
                dotted = self._dotted(node.value)
                if dotted is not None and node.targets[0].id not in self._alias:
                    self._alias[node.targets[0].id] = dotted
        for node in self._nodes:
            yield from self._node(node)

    def _imports(self, node: ast.Import | ast.ImportFrom) -> Iterator[tuple[str, int]]:
        module = "" if isinstance(node, ast.Import) else f"{node.module or ''}."
        for alias in node.names:
            full = module + alias.name
            bound = alias.asname or (alias.name if module else alias.name.partition(".")[0])
            self._alias[bound] = full if alias.asname or module else bound
            rule = self._rules.rule(full) or (self._rules.rule(module.rstrip(".")) if module else None)
            if rule is not None:
                yield (f"import {full}" if rule in OTHER_FRAMEWORKS else full), node.lineno

    def _node(self, node: ast.AST) -> Iterator[tuple[str, int]]:
        if isinstance(node, ast.BinOp | ast.AugAssign) and type(node.op) in self._operators:
            yield self._operators[type(node.op)], node.lineno
        elif isinstance(node, ast.Attribute):
            dotted = self._dotted(node)
            if dotted is not None and self._rules.rule(dotted) in self._rules.names:
                yield dotted, node.lineno
            elif node.attr in self._attributes:
                yield f".{node.attr}", node.lineno
            elif dotted is None and node.attr in self._methods and node.attr not in self._own:
                yield f".{node.attr}()", node.lineno
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id in self._alias:
            dotted = self._alias[node.id]
            if dotted != node.id and self._rules.rule(dotted) in self._rules.names:
                yield dotted, node.lineno

    def _dotted(self, node: ast.expr) -> str | None:
        parts: list[str] = []
        while isinstance(node, ast.Attribute):
            parts.append(node.attr)
            node = node.value
        if not isinstance(node, ast.Name) or node.id not in self._alias:
            return None
        return ".".join((self._alias[node.id], *reversed(parts)))
