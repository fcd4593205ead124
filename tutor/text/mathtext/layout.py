"""The displayed form of a formula: boxes of text, put together from the inside out."""

from __future__ import annotations

from dataclasses import dataclass

from tutor.text.mathtext.box import EMPTY, Box, aligned, beside, box_of, stacked, text_box
from tutor.text.mathtext.delimiters import tall
from tutor.text.mathtext.flat import (
    accented,
    fence_edges,
    flat,
    is_simple,
    lowered,
    piece,
    raised,
    root_sign,
    row_edges,
    row_items,
)
from tutor.text.mathtext.nodes import Accent, Brace, Fence, Frac, Grid, Node, Phantom, Root, Row, Script, Stack, Symbol
from tutor.text.mathtext.spacing import BRACKETED, INNER, ORD, Edges, gaps
from tutor.text.mathtext.symbols import INTEGRALS, STRETCHED
from tutor.text.mathtext.width import width

_INTEGRALS = frozenset(INTEGRALS.values())


@dataclass(frozen=True, slots=True)
class Placed:
    """A box and how it behaves towards its neighbours."""

    box: Box
    edges: Edges = ORD


def layout(node: Node, *, nested: bool = False) -> Box:
    """Lay a node out; `nested` is inside of a fraction, where limits stand beside their sign if they can."""
    return _place(node, nested).box


def _place(node: Node, nested: bool) -> Placed:
    match node:
        case Row(items):
            return _row(items, nested)
        case Script():
            return _script(node, nested)
        case Frac():
            return Placed(_frac(node), INNER)
        case Root(body, index):
            box = _root(body, index, nested)
            return Placed(box, ORD if box.height == 1 else INNER)
        case Fence():
            return Placed(_fence(node, nested), fence_edges(node.left, node.right))
        case Accent():
            return Placed(_accent(node, nested), piece(node.body, tight=False).edges)
        case Brace():
            return Placed(_brace(node, nested), INNER)
        case Stack():
            return Placed(_stack(node), Edges(node.kind, node.kind))
        case Grid():
            return Placed(_grid(node, nested), BRACKETED if node.left else INNER)
        case Phantom(body):
            box = layout(body, nested=nested)
            return Placed(Box((" " * box.width,) * box.height, box.base, box.width))
        case _:
            one = piece(node, tight=False)
            return Placed(text_box(one.text), one.edges)


def _row(items: tuple[Node, ...], nested: bool) -> Placed:
    parts = [_place(item, nested) for item in items]
    edges = [part.edges for part in parts]
    return Placed(beside([part.box for part in parts], gaps(edges, tight=False)), row_edges(edges))


def _script(node: Script, nested: bool) -> Placed:
    base = _place(node.base, nested)
    sub = flat(node.sub, tight=True) if node.sub else ""
    sup = flat(node.sup, tight=True) if node.sup else ""
    small_sub, small_sup = lowered(sub), raised(sup)
    if node.limits and not (nested and small_sub is not None and small_sup is not None):
        above = [_limit(node.sup)] if node.sup else []
        below = [_limit(node.sub)] if node.sub else []
        return Placed(stacked([*above, base.box, *below], len(above)), base.edges)
    if isinstance(node.base, Symbol) and node.base.text in _INTEGRALS and not nested:
        return Placed(_integral(node.base.text, sub, sup), base.edges)
    if base.box.height > 1:
        box = _beside_tall(base.box, small_sub or sub, small_sup or sup)
        return Placed(box, base.edges)
    near = (small_sub or "") + (small_sup or "")
    rows, line = [base.box.rows[0] + near], 0
    indent = " " * base.box.width
    if small_sup is None:
        rows, line = [indent + sup, *rows], 1
    if small_sub is None:
        rows.append(indent + sub)
    return Placed(box_of(rows, line), base.edges)


def _limit(node: Node) -> Box:
    lines = [cells[0] for cells in node.rows] if isinstance(node, Grid) else [node]
    return stacked([text_box(flat(line, tight=True)) for line in lines], 0)


def _integral(sign: str, sub: str, sup: str) -> Box:
    count = {"∬": 2, "∭": 3}.get(sign, 1)
    middle = "∮" if sign == "∮" else "⎮"
    return box_of(["⌠" * count + sup, middle * count, "⌡" * count + sub], 1)


def _beside_tall(base: Box, sub: str, sup: str) -> Box:
    """Write scripts at the upper and lower right corner; they need a row of their own if that is the baseline."""
    rows, line = [*base.rows], base.base
    if sup and line == 0:
        rows, line = [" " * base.width, *rows], 1
    if sub and line == len(rows) - 1:
        rows.append(" " * base.width)
    rows[0] += sup
    rows[-1] += sub
    return box_of(rows, line)


def _frac(node: Frac) -> Box:
    above, below = layout(node.above, nested=True), layout(node.below, nested=True)
    columns = max(above.width, below.width)
    if above.height > 1 or below.height > 1 or columns == 1:
        columns += 2
    bar = text_box(("─" if node.bar else " ") * columns)
    return stacked([above, bar, below], 1)


def _root(body: Node, index: Node | None, nested: bool) -> Box:
    sign = root_sign(index)
    if is_simple(body):
        return text_box(sign + flat(body))
    inside = layout(body, nested=nested)
    indent = " " * (width(sign) - 1)
    bar = indent + "┌" + "─" * inside.width
    if inside.height == 1:
        return box_of([bar, sign + inside.rows[0]], 1)
    rows = [f"{indent} │{row}" for row in inside.rows[:-1]]
    return box_of([f" {bar}", *rows, f"{sign}│{inside.rows[-1]}"], inside.base + 1)


def _fence(node: Fence, nested: bool) -> Box:
    inner = [layout(part, nested=nested) for part in node.parts]
    if not any(_grows(part) for part in node.parts):
        marks = [text_box(mark) for mark in (node.left, *(f" {bar} " for bar in node.bars), node.right)]
        return beside([box for pair in zip(marks, [*inner, EMPTY], strict=True) for box in pair])
    base = max(box.base for box in inner)
    height = base + 1 + max(box.below for box in inner)
    brackets = [tall(mark, height, base) for mark in (node.left, *node.bars, node.right)]
    boxes, spaces = [brackets[0]], [0]
    for box, bracket in zip(inner, brackets[1:], strict=True):
        boxes += [box, bracket]
        spaces += [1 if boxes[-3].width else 0, 1 if bracket.width else 0]
    return beside(boxes, spaces)


def _grows(node: Node) -> bool:
    """Tell whether brackets grow with a node; scripts at the side do not make them grow."""
    match node:
        case Frac() | Grid() | Brace():
            return True
        case Row(items):
            return any(map(_grows, items))
        case Script(base, _, _, limits):
            return limits or _grows(base) or (isinstance(base, Symbol) and base.text in _INTEGRALS)
        case Fence(_, _, parts):
            return any(map(_grows, parts))
        case Root(body) | Accent(_, _, body) | Phantom(body):
            return _grows(body)
        case _:
            return False


def _accent(node: Accent, nested: bool) -> Box:
    body = layout(node.body, nested=nested)
    letter = node.body.base if isinstance(node.body, Script) else node.body
    if body.height == 1 and width(flat(letter)) <= 1:
        return text_box(accented(node))
    if isinstance(node.body, Script) and width(flat(letter)) <= 1:
        return _script(Script(Accent(node.mark, node.wide, letter), node.body.sub, node.body.sup), nested).box
    mark = node.wide * body.width if node.wide in STRETCHED or node.below else node.wide
    return stacked([body, text_box(mark)], 0) if node.below else stacked([text_box(mark), body], 1)


def _brace(node: Brace, nested: bool) -> Box:
    body = layout(node.body, nested=nested)
    columns = max(body.width, 3)
    left, middle, right = "╰┬╯" if node.below else "╭┴╮"
    half = (columns - 3) // 2
    line = text_box(left + "─" * half + middle + "─" * (columns - 3 - half) + right)
    label = [text_box(flat(node.label))] if node.label else []
    return stacked([body, line, *label], 0) if node.below else stacked([*label, line, body], len(label) + 1)


def _stack(node: Stack) -> Box:
    above = text_box(flat(node.above, tight=True)) if node.above else None
    below = text_box(flat(node.below, tight=True)) if node.below else None
    base = layout(node.base)
    if node.stretch:
        columns = max(box.width for box in (above, below, base) if box) + 2
        head = base.rows[0]
        line = "═" if head in "⇒⇐" else "─"
        left_head = "" if head in "→⇒" else ("←" if head == "↔" else head)
        right_head = "" if head in "←⇐" else ("→" if head == "↔" else head)
        base = text_box(left_head + line * (columns - len(left_head) - len(right_head)) + right_head)
    boxes = [box for box in (above, base, below) if box]
    return stacked(boxes, 1 if above else 0)


def _grid(node: Grid, nested: bool) -> Box:
    table = [[_cell(cell, i, node, nested) for i, cell in enumerate(cells)] for cells in node.rows]
    count = max(map(len, table))
    table = [[*cells, *[EMPTY] * (count - len(cells))] for cells in table]
    widths = [max(cells[i].width for cells in table) for i in range(count)]
    spaces = [0] + [(3 if i % 2 == 0 else 0) if node.gap == 0 else node.gap for i in range(1, count)]
    lines = [beside([_fill(c, w, _align(node, i)) for i, (c, w) in enumerate(zip(cells, widths, strict=True))], spaces)
             for cells in table]  # fmt: skip
    apart = any(line.height > 1 for line in lines) or (len(lines) == 2 and "{" in (node.left, node.right))
    rows: list[str] = []
    for i, line in enumerate(lines):
        rows += [" " * line.width] if i and apart else []
        rows += line.rows
    base = (len(rows) - 1) // 2 if len(lines) > 1 else lines[0].base
    if not node.left and not node.right:
        return box_of(rows, base)
    if len(rows) == 1:
        return text_box(node.left + rows[0] + node.right)
    body = box_of(rows, base)
    pads = [0, 1 if node.left else 0, 1 if node.right else 0]
    return beside([tall(node.left, len(rows), base), body, tall(node.right, len(rows), base)], pads)


def _cell(node: Node, column: int, grid: Grid, nested: bool) -> Box:
    """Lay a cell out; after `&` in aligned lines an operator has its left operand in the cell before."""
    if grid.gap == 0 and column % 2:
        node = Row((Row(()), *row_items(node)))
    return layout(node, nested=nested)


def _align(node: Grid, column: int) -> str:
    return node.align[min(column, len(node.align) - 1)]


def _fill(box: Box, columns: int, align: str) -> Box:
    return Box(tuple(aligned(row, columns, align) for row in box.rows), box.base, columns)
