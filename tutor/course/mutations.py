"""The small mistakes: for one node of a syntax tree, the nodes that could stand there by mistake."""

from __future__ import annotations

import ast
import copy
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import TypeVar

Node = TypeVar("Node", bound=ast.AST)

_OPERATORS: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.FloorDiv: ast.Mult,
    ast.Mod: ast.FloorDiv, ast.Pow: ast.Mult, ast.MatMult: ast.Mult, ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd,
    ast.BitXor: ast.BitOr, ast.LShift: ast.RShift, ast.RShift: ast.LShift,
}  # fmt: skip

_ORDERED = (ast.Sub, ast.Div, ast.FloorDiv, ast.Mod, ast.Pow, ast.MatMult)
"""Operators whose operands may not be swapped."""

_COMPARISONS: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.Gt), ast.LtE: (ast.Lt, ast.GtE), ast.Gt: (ast.GtE, ast.Lt), ast.GtE: (ast.Gt, ast.LtE),
    ast.Eq: (ast.NotEq,), ast.NotEq: (ast.Eq,), ast.Is: (ast.IsNot,), ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,), ast.NotIn: (ast.In,),
}  # fmt: skip

_PAIRS = (
    ("max", "min"), ("amax", "amin"), ("argmax", "argmin"), ("maximum", "minimum"), ("fmax", "fmin"), ("sum", "mean"),
    ("any", "all"), ("zeros", "ones"), ("zeros_like", "ones_like"), ("floor", "ceil"), ("rows", "cols"),
    ("exp", "expm1"), ("log", "log1p"), ("sin", "cos"), ("vstack", "hstack"), ("cumsum", "cumprod"),
    ("logical_and", "logical_or"), ("isfinite", "isnan"), ("train", "eval"), ("triu", "tril"), ("append", "extend"),
)  # fmt: skip
_OTHER_NAME = {a: b for pair in _PAIRS for a, b in (pair, pair[::-1])}
"""Function and method names that stand for each other by mistake."""

_AXES = ("axis", "dim")


def _changed(node: Node, **fields: object) -> Node:
    """A copy of the node with other fields. Shallow: a mutant is turned into text before anything else moves."""
    twin = copy.copy(node)
    for name, value in fields.items():
        setattr(twin, name, value)
    return twin


def expression_mutations(node: ast.expr) -> Iterator[ast.expr]:
    """Every expression that could stand here by mistake."""
    for kind, mutate in _EXPRESSIONS:
        if isinstance(node, kind):
            yield from mutate(node)


def _binary(node: ast.BinOp) -> Iterator[ast.expr]:
    if type(node.op) in _OPERATORS:
        yield _changed(node, op=_OPERATORS[type(node.op)]())
    if isinstance(node.op, _ORDERED):
        yield _changed(node, left=node.right, right=node.left)


def _compare(node: ast.Compare) -> Iterator[ast.expr]:
    for position, operator in enumerate(node.ops):
        for other in _COMPARISONS[type(operator)]:
            yield _changed(node, ops=[*node.ops[:position], other(), *node.ops[position + 1 :]])


def _boolean(node: ast.BoolOp) -> Iterator[ast.expr]:
    yield _changed(node, op=ast.Or() if isinstance(node.op, ast.And) else ast.And())
    yield from node.values


def _unary(node: ast.UnaryOp) -> Iterator[ast.expr]:
    yield node.operand


def _constant(node: ast.Constant) -> Iterator[ast.expr]:
    value = node.value
    if isinstance(value, bool):
        yield ast.Constant(not value)
    elif isinstance(value, int):
        yield ast.Constant(value + 1)
        yield ast.Constant(value - 1) if value > 0 else ast.UnaryOp(ast.USub(), ast.Constant(1 - value))
    elif isinstance(value, float):
        yield ast.Constant(value + 1.0)
        yield ast.Constant(value * 2.0 if value else 0.5)
    elif isinstance(value, str) and value and not any(letter.isspace() for letter in value):
        yield ast.Constant(value + "_")  # a mode or a key; what has spaces is a message


def _call(node: ast.Call) -> Iterator[ast.expr]:
    for position, keyword in enumerate(node.keywords):
        if keyword.arg is not None:
            yield _changed(node, keywords=[*node.keywords[:position], *node.keywords[position + 1 :]])
        if keyword.arg in _AXES:
            yield from (_with_keyword(node, position, axis) for axis in _other_axes(keyword.value))
    plain = not any(isinstance(argument, ast.Starred) for argument in node.args)
    for position, (one, other) in enumerate(pairwise(node.args)):
        if plain and ast.dump(one) != ast.dump(other):
            yield _changed(node, args=[*node.args[:position], other, one, *node.args[position + 2 :]])
    if isinstance(node.func, ast.Name) and node.func.id == "range" and node.args:
        stop = min(1, len(node.args) - 1)
        less = ast.BinOp(node.args[stop], ast.Sub(), ast.Constant(1))
        yield _changed(node, args=[*node.args[:stop], less, *node.args[stop + 1 :]])


def _with_keyword(node: ast.Call, position: int, value: ast.expr) -> ast.Call:
    keyword = _changed(node.keywords[position], value=value)
    return _changed(node, keywords=[*node.keywords[:position], keyword, *node.keywords[position + 1 :]])


def _other_axes(value: ast.expr) -> Iterator[ast.expr]:
    if not isinstance(value, (ast.Constant, ast.UnaryOp)):  # literal axes are mutated as numbers
        yield ast.Constant(0)
        yield ast.UnaryOp(ast.USub(), ast.Constant(1))


def _attribute(node: ast.Attribute) -> Iterator[ast.expr]:
    if node.attr in _OTHER_NAME:
        yield _changed(node, attr=_OTHER_NAME[node.attr])
    if node.attr in ("T", "mT"):
        yield node.value


def _name(node: ast.Name) -> Iterator[ast.expr]:
    if node.id in ("max", "min", "any", "all"):
        yield _changed(node, id=_OTHER_NAME[node.id])


def _subscript(node: ast.Subscript) -> Iterator[ast.expr]:
    if isinstance(node.slice, ast.Tuple) and isinstance(node.ctx, ast.Load):
        for position, (one, other) in enumerate(pairwise(node.slice.elts)):
            if ast.dump(one) != ast.dump(other):
                items = [*node.slice.elts[:position], other, one, *node.slice.elts[position + 2 :]]
                yield _changed(node, slice=_changed(node.slice, elts=items))


def _slice(node: ast.Slice) -> Iterator[ast.expr]:
    for name in ("lower", "upper", "step"):
        if getattr(node, name) is not None:
            yield _changed(node, **{name: None})


def _conditional(node: ast.IfExp) -> Iterator[ast.expr]:
    yield node.body
    yield node.orelse


def _tuple(node: ast.Tuple) -> Iterator[ast.expr]:
    if isinstance(node.ctx, ast.Load) and len(node.elts) == 2 and ast.dump(node.elts[0]) != ast.dump(node.elts[1]):
        yield _changed(node, elts=node.elts[::-1])


_EXPRESSIONS: tuple[tuple[type[ast.expr], Callable[..., Iterator[ast.expr]]], ...] = (
    (ast.BinOp, _binary), (ast.Compare, _compare), (ast.BoolOp, _boolean), (ast.UnaryOp, _unary),
    (ast.Constant, _constant), (ast.Call, _call), (ast.Attribute, _attribute), (ast.Name, _name),
    (ast.Subscript, _subscript), (ast.Slice, _slice), (ast.IfExp, _conditional), (ast.Tuple, _tuple),
)  # fmt: skip


def statement_mutations(node: ast.stmt) -> Iterator[ast.stmt]:
    """Every statement that could stand here by mistake; `pass` for one that was forgotten."""
    if isinstance(
        node, (ast.Assign, ast.AugAssign, ast.AnnAssign, ast.Expr, ast.Return, ast.Raise, ast.If, ast.Delete)
    ):
        yield ast.Pass()
    if isinstance(node, ast.AugAssign):
        if type(node.op) in _OPERATORS:
            yield _changed(node, op=_OPERATORS[type(node.op)]())
        yield ast.Assign([node.target], node.value, lineno=node.lineno)
    elif isinstance(node, (ast.If, ast.While)):
        yield _changed(node, test=ast.UnaryOp(ast.Not(), node.test))
        if isinstance(node, ast.If) and node.orelse:
            yield _changed(node, orelse=[])
    elif isinstance(node, ast.For):
        yield _changed(node, iter=ast.List([], ast.Load()))
    elif isinstance(node, ast.With):
        yield from _without_context(node)
    elif isinstance(node, (ast.Break, ast.Continue)):
        yield ast.Continue() if isinstance(node, ast.Break) else ast.Break()


def _without_context(node: ast.With) -> Iterator[ast.stmt]:
    """`with torch.no_grad():` forgotten. Contexts that only silence warnings change no result and stay."""
    for item in node.items:
        call = item.context_expr
        name = ast.unparse(call.func if isinstance(call, ast.Call) else call).rpartition(".")[2]
        if item.optional_vars is None and name not in ("errstate", "catch_warnings"):
            yield (
                _changed(node, items=_others(node.items, item))
                if len(node.items) > 1
                else ast.If(ast.Constant(True), node.body, [])
            )


def _others(items: Sequence[ast.withitem], left_out: ast.withitem) -> list[ast.withitem]:
    return [item for item in items if item is not left_out]
