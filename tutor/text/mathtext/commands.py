"""What TeX's commands mean: each takes its arguments from the parser and gives a node."""

from __future__ import annotations

import re

from tutor.text.mathtext import symbols as s
from tutor.text.mathtext.grammar import Command, Parser
from tutor.text.mathtext.nodes import (
    Accent,
    Brace,
    Fence,
    Frac,
    Grid,
    MathError,
    Node,
    Phantom,
    Root,
    Row,
    Script,
    Stack,
    Symbol,
    Tag,
)


def parse(tex: str) -> Node:
    """Parse a formula; raises MathError for what is not understood."""
    return Parser(tex, _COMMANDS).formula()


def _plain(node: Node) -> str | None:
    """The characters of a node that holds nothing but symbols."""
    if isinstance(node, Symbol):
        return node.text.replace("−", "-")
    if isinstance(node, Row):
        parts = [_plain(item) for item in node.items]
        return None if None in parts else "".join(part or "" for part in parts)
    return None


def _word(parser: Parser, name: str) -> Node:
    body = parser.group()
    text = _plain(body)
    if name.startswith("operatorname"):
        return Symbol(text or "", "fn", limits=name.endswith("*"))
    return Symbol(text, "word") if text and len(text) > 1 and text.replace(" ", "").isalnum() else body


def _text(parser: Parser, _: str) -> Node:
    """Text with its spaces; a `$…$` in it is a formula again."""
    if parser.peek() != "{":
        return parser.group()
    pieces = re.split(r"(?<!\\)\$", parser.raw_group())
    if len(pieces) % 2 == 0:
        raise MathError("a $ inside of \\text is never closed")
    nodes: list[Node] = []
    for i, piece in enumerate(pieces):
        if i % 2:
            nodes.append(parse(piece))
        elif piece:
            clean = re.sub(r"\\([%&_#$ {}])", r"\1", piece).replace("~", " ")
            nodes.append(Symbol(clean, "word" if len(clean) > 1 else "ord"))
    return nodes[0] if len(nodes) == 1 else Row(tuple(nodes))


def _letters(parser: Parser, name: str) -> Node:
    table = s.LETTERS[name]

    def changed(node: Node) -> Node:
        if isinstance(node, Symbol):
            return Symbol("".join(table.get(char, char) for char in node.text), node.kind)
        return Row(tuple(changed(item) for item in node.items)) if isinstance(node, Row) else node

    return changed(parser.group())


def _mathop(parser: Parser, name: str) -> Node:
    body = parser.group()
    text = _plain(body) if name == "mathop" else None
    return body if text is None else Symbol(text, "fn" if text.replace(" ", "").isalpha() else "big", limits=True)


def _delimiter(parser: Parser) -> str:
    token = parser.take()
    if token == ".":
        return ""
    if token[:1] == "\\" and token[1:] in s.DELIMITERS:
        return s.DELIMITERS[token[1:]]
    if token and token in "()[]|/<>":
        return {"<": "⟨", ">": "⟩"}.get(token, token)
    raise MathError(f"{token or 'the end of the formula'} is no bracket")


def _left(parser: Parser, _: str) -> Node:
    left = _delimiter(parser)
    parts: list[Node] = []
    bars: list[str] = []
    while True:
        parts.append(parser.row(r"\middle", r"\right"))
        ended = parser.take() == r"\right"
        bar = _delimiter(parser)
        if ended:
            return Fence(left, bar, tuple(parts), tuple(bars))
        bars.append(bar)


def _big(parser: Parser, name: str) -> Node:
    text = _delimiter(parser)
    kinds = {"l": "open", "r": "close", "m": "rel"}
    if name[-1] in kinds:
        return Symbol(text, "open" if name[-1] == "l" else "close" if name[-1] == "r" else "rel")
    return Symbol(text, "open" if text in "([{⟨⌊⌈" else "close" if text in ")]}⟩⌋⌉" else "ord")


def _binom(parser: Parser, _: str) -> Node:
    return Fence("(", ")", (Frac(parser.group(), parser.group(), bar=False),))


def _sqrt(parser: Parser, _: str) -> Node:
    index = parser.option()
    return Root(parser.group(), index)


def _accent(parser: Parser, name: str) -> Node:
    mark, wide = s.ACCENTS[name]
    return Accent(mark, wide, parser.group())


def _overset(parser: Parser, _: str) -> Node:
    above = parser.group()
    return Stack(parser.group(), above, None)


def _underset(parser: Parser, _: str) -> Node:
    below = parser.group()
    base = parser.group()
    if isinstance(base, Symbol) and base.kind in ("fn", "big", "word"):
        return Script(base, below, None, limits=True)
    return Stack(base, None, below)


def _arrow(parser: Parser, name: str) -> Node:
    below = parser.option()
    return Stack(Symbol(s.ARROWS[name], "rel"), parser.group(), below, stretch=True)


def _not(parser: Parser, _: str) -> Node:
    body = parser.group()
    if not isinstance(body, Symbol):
        raise MathError("\\not must be followed by a sign")
    return Symbol(s.NEGATED.get(body.text, body.text + "\u0338"), body.kind)


def _colored(parser: Parser, name: str) -> Node | None:
    if parser.peek() == "[":
        parser.option()
    parser.raw_group()
    return parser.group() if name == "textcolor" or parser.peek() == "{" else None


def _skip_argument(parser: Parser, _: str) -> None:
    parser.raw_group()


def _mod(parser: Parser, name: str) -> Node:
    if name == "bmod":
        return Symbol("mod", "bin")
    return Row((Symbol("  (mod ", "space"), parser.group(), Symbol(")", "close")))


_BRACKETS = {"pmatrix": "()", "bmatrix": "[]", "Bmatrix": "{}", "vmatrix": "||", "Vmatrix": "‖‖", "matrix": "",
             "smallmatrix": "", "array": ""}  # fmt: skip
_ALIGNED = frozenset({"aligned", "align", "split", "alignedat", "eqnarray", "alignat"})
_LINES = frozenset({"gathered", "gather", "equation", "multline", "displaymath"})


def _begin(parser: Parser, _: str) -> Node:
    name = parser.raw_group()
    kind = name.removesuffix("*")
    if kind not in _BRACKETS and kind not in _ALIGNED | _LINES | {"cases", "rcases", "dcases"}:
        raise MathError(f"the environment {name} is not known")
    align = "c"
    if kind == "array":
        align = "".join(letter for letter in parser.raw_group() if letter in "lcr") or "c"
    elif kind in ("alignat", "alignedat"):
        parser.raw_group()
    elif kind in _ALIGNED | _LINES and parser.peek() == "[":
        parser.option()
    rows = parser.grid_rows(r"\end")
    if (closed := parser.raw_group()) != name:
        raise MathError(f"\\begin{{{name}}} is closed by \\end{{{closed}}}")
    if kind in _BRACKETS:
        brackets = _BRACKETS[kind]
        return Grid(rows, align, brackets[:1], brackets[1:])
    if kind in _ALIGNED:
        return Grid(rows, "rl" * 8, gap=0)
    if kind in _LINES:
        return Grid(rows, "c")
    return Grid(rows, "l", "", "}", 3) if kind == "rcases" else Grid(rows, "l", "{", "", 3)


def _substack(parser: Parser, _: str) -> Node:
    parser.expect("{")
    return Grid(parser.grid_rows("}"), "c")


_COMMANDS: dict[str, Command] = {
    "frac": lambda p, _: Frac(p.group(), p.group()),
    "dfrac": lambda p, _: Frac(p.group(), p.group()),
    "tfrac": lambda p, _: Frac(p.group(), p.group()),
    "cfrac": lambda p, _: Frac(p.group(), p.group()),
    "binom": _binom, "dbinom": _binom, "tbinom": _binom,
    "sqrt": _sqrt,
    "underline": lambda p, _: Accent("\u0332", "‾", p.group(), below=True),
    "underbrace": lambda p, _: Brace(p.group(), None, below=True),
    "overbrace": lambda p, _: Brace(p.group(), None, below=False),
    "stackrel": _overset, "overset": _overset, "underset": _underset,
    "not": _not,
    "left": _left,
    "color": _colored, "textcolor": _colored, "colorbox": _colored,
    "label": _skip_argument, "hspace": _skip_argument, "hspace*": _skip_argument, "vspace": _skip_argument,
    "phantom": lambda p, _: Phantom(p.group()),
    "hphantom": lambda p, _: Phantom(p.group()),
    "vphantom": _skip_argument,
    "tag": lambda p, _: Tag(f"({p.raw_group()})"),
    "tag*": lambda p, _: Tag(p.raw_group()),
    "boxed": lambda p, _: Fence("[", "]", (p.group(),)),
    "bmod": _mod, "pmod": _mod,
    "begin": _begin,
    "substack": _substack,
    "operatorname": _word, "operatorname*": _word,
    **dict.fromkeys(s.TEXTS, _text),
    **dict.fromkeys(s.WORDS - {"operatorname"}, _word),
    **dict.fromkeys(s.FONTS, _mathop),
    **dict.fromkeys(s.LETTERS, _letters),
    **dict.fromkeys(s.ACCENTS, _accent),
    **dict.fromkeys(s.ARROWS, _arrow),
    **dict.fromkeys([a + b for a in ("big", "Big", "bigg", "Bigg") for b in ("", "l", "r", "m")], _big),
}  # fmt: skip
