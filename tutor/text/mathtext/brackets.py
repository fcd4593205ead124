"""Finds the brackets that belong together in a row, so that they can grow with what they hold."""

from __future__ import annotations

from tutor.text.mathtext.nodes import Fence, Node, Row, Script, Symbol


def pair_brackets(items: list[Node]) -> list[Node]:
    """Fold each `( … )` into a Fence; any opening bracket goes with any closing one, as in `[0, 1)`."""
    levels: list[list[Node]] = [[]]
    opened: list[Symbol] = []
    for item in items:
        bracket = item.base if isinstance(item, Script) else item
        if isinstance(item, Symbol) and item.kind == "open":
            opened.append(item)
            levels.append([])
        elif isinstance(bracket, Symbol) and bracket.kind == "close" and opened:
            fence = Fence(opened.pop().text, bracket.text, (one(levels.pop()),))
            scripted = Script(fence, item.sub, item.sup, item.limits) if isinstance(item, Script) else fence
            levels[-1].append(scripted)
        else:
            levels[-1].append(item)
    while opened:  # never closed: the bracket stays a plain sign
        rest = levels.pop()
        levels[-1] += [opened.pop(), *rest]
    return levels[0]


def one(items: list[Node]) -> Node:
    """A single node for a list of them."""
    return items[0] if len(items) == 1 else Row(tuple(items))
