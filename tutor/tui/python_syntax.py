"""Python highlighting through tree-sitter; without it text stays plain. Knows no widget and no colour."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tree_sitter import Language

Span = tuple[int, int, str]
"""(first, end, name): a range of code points of a text and what it is."""

ORDER = (
    "error",
    "string",
    "docstring",
    "interpolation",
    "type",
    "decorator",
    "builtin",
    "function",
    "class",
    "constant",
)
"""Of two names for the very same token the later one wins; a name that is not here wins over all that are."""


@cache
def grammar() -> tuple[Language, str] | None:
    """The grammar and the query that names what to colour, or None when tree-sitter is not installed."""
    try:
        import tree_sitter_python
        from tree_sitter import Language
    except ImportError:
        return None
    query = resources.files("tutor.tui").joinpath("python.scm").read_text(encoding="utf-8")
    return Language(tree_sitter_python.language()), query


def rank(name: str) -> int:
    """Which of two names for the same token wins: the one with the larger rank."""
    return ORDER.index(name) if name in ORDER else len(ORDER)


def spans(text: str) -> list[Span]:
    """What to colour in a whole text, in the order in which to paint it: what lies inside comes later."""
    if (python := grammar()) is None:
        return []
    from tree_sitter import Parser, Query, QueryCursor

    language, query = python
    data = text.encode("utf-8")
    captures = QueryCursor(Query(language, query)).captures(Parser(language).parse(data).root_node)
    found = [
        (
            len(data[: node.start_byte].decode("utf-8", "replace")),
            len(data[: node.end_byte].decode("utf-8", "replace")),
            name,
        )
        for name, nodes in captures.items()
        for node in nodes
    ]
    return sorted(found, key=lambda span: (span[0], -span[1], rank(span[2])))
