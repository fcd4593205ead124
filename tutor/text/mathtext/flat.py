"""The one-line form of a formula, for running text and for scripts."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from tutor.text.mathtext.nodes import (
    Accent,
    Brace,
    Fence,
    Frac,
    Grid,
    Node,
    Phantom,
    Root,
    Row,
    Script,
    Stack,
    Symbol,
    Tag,
)
from tutor.text.mathtext.spacing import BRACKETED, INNER, ORD, Edges, gaps
from tutor.text.mathtext.symbols import FRACTIONS, SUBSCRIPTS, SUPERSCRIPTS
from tutor.text.mathtext.width import width


@dataclass(frozen=True, slots=True)
class Piece:
    """A text and how it behaves towards its neighbours."""

    text: str
    edges: Edges = ORD


def flat(node: Node, *, tight: bool = False) -> str:
    """Write a node in one line; `tight` leaves out the space around operators, as scripts do."""
    return piece(node, tight).text


def raised(text: str) -> str | None:
    """Write a text in superscript characters, if there is one for each of its characters."""
    return _mapped(text, SUPERSCRIPTS) if text != "∘" else "°"


def lowered(text: str) -> str | None:
    """Write a text in subscript characters, if there is one for each of its characters."""
    return _mapped(text, SUBSCRIPTS)


def _mapped(text: str, table: dict[str, str]) -> str | None:
    chars = [table.get(char) for char in text]
    return None if None in chars else "".join(char or "" for char in chars)


def symbol_edges(symbol: Symbol) -> Edges:
    """The class of a symbol; text that brings its own space at an end asks for none there."""
    kind = symbol.kind
    return Edges("space" if symbol.text[:1] == " " else kind, "space" if symbol.text[-1:] == " " else kind)


def fence_edges(left: str, right: str) -> Edges:
    """The ends of a bracketed part; where a bracket is left out, it touches nothing."""
    return Edges("open" if left else "inner", "close" if right else "inner")


def row_items(node: Node) -> tuple[Node, ...]:
    """The parts of a row, or the node itself."""
    return node.items if isinstance(node, Row) else (node,)


def row_edges(parts: list[Edges]) -> Edges:
    """The ends of a row; a group in braces takes the meaning from operators and commas, as in `1{,}000`."""
    if not parts:
        return ORD
    plain = ("bin", "rel", "punct", "sign")
    left, right = parts[0].left, parts[-1].right
    return Edges("ord" if left in plain else left, "ord" if right in plain else right)


def piece(node: Node, tight: bool) -> Piece:
    """Write a node in one line, with its edges."""
    match node:
        case Symbol(text):
            return Piece(text, symbol_edges(node))
        case Row(items):
            return _row(items, tight)
        case Script():
            return _script(node, tight)
        case Frac():
            return _frac(node)
        case Root(body, index):
            return Piece(root_sign(index) + atom_text(body, tight))
        case Fence(left, right, parts, bars):
            text = left + _with_bars([flat(part, tight=tight) for part in parts], bars) + right
            return Piece(text, fence_edges(left, right))
        case Accent():
            return Piece(accented(node, tight), piece(node.body, tight).edges)
        case Brace(body, label):
            text = flat(label) if label else ""
            note = text if text[:1] == "(" and text[-1:] == ")" else f"({text})"
            return Piece(flat(body) + (f" {note}" if text else ""), INNER)
        case Stack():
            return _stack(node, tight)
        case Grid():
            return Piece(_grid(node, tight), BRACKETED if node.left else INNER)
        case Phantom(body):
            return Piece(" " * width(flat(body, tight=tight)))
        case Tag(text):
            return Piece("    " + text, Edges("space", "space"))


def _row(items: tuple[Node, ...], tight: bool) -> Piece:
    pieces = [piece(item, tight) for item in items]
    for i, item in enumerate(items):
        if isinstance(item, Frac) and item.bar and "/" in pieces[i].text and _multiplied(pieces, i):
            pieces[i] = Piece(f"({pieces[i].text})", BRACKETED)
    edges = [part.edges for part in pieces]
    text = "".join(" " * gap + part.text for gap, part in zip(gaps(edges, tight=tight), pieces, strict=True))
    return Piece(text, row_edges(edges))


def _multiplied(pieces: list[Piece], i: int) -> bool:
    """Tell whether a fraction has a factor beside it, so that `1/N ∑` needs brackets."""
    after = pieces[i + 1].edges.left if i + 1 < len(pieces) else "rel"
    before = pieces[i - 1].edges.right if i else "rel"
    return after in ("ord", "word", "fn", "big", "inner", "open") or before in ("ord", "word", "fn", "close", "inner")


def _script(node: Script, tight: bool) -> Piece:
    base = piece(node.base, tight)
    text = base.text
    if isinstance(node.base, Frac) or (isinstance(node.base, Row) and " " in text):
        text = f"({text})"
    right = base.edges.right
    for script, mapped, mark in ((node.sub, lowered, "_"), (node.sup, raised, "^")):
        if script is None:
            continue
        plain = flat(script, tight=True)
        small = mapped(plain)
        text += small if small is not None else mark + _braced(plain)
        if small is None and right == "ord":
            right = "word"  # `W_Q x` must not read as `W_Qx`
    return Piece(text, Edges(base.edges.left, right))


def _braced(text: str) -> str:
    """Braces make clear where a script ends; a word, a single character and a bracket end by themselves."""
    if (
        width(text) == 1
        or (text.isascii() and text.isalnum())
        or (text[:1] in "([" and text[-1:] in ")]" and text.count(text[0]) == 1)
    ):
        return text
    return f"{{{text}}}"


def _frac(node: Frac) -> Piece:
    if not node.bar:
        return Piece(f"{flat(node.above)} choose {flat(node.below)}")
    above, below = flat(node.above), flat(node.below)
    if (above, below) in FRACTIONS:
        return Piece(FRACTIONS[above, below])
    if any(char in _outside_brackets(above) for char in " /"):
        above = f"({above})"
    if not _is_atom(node.below):
        below = f"({below})"
    return Piece(f"{above}/{below}")


def _outside_brackets(text: str) -> str:
    depth, kept = 0, ""
    for char in text:
        depth -= char in ")]⟩"
        kept += "" if depth else char
        depth += char in "([⟨"
    return kept


def _is_atom(node: Node) -> bool:
    """Tell whether a node reads as one thing after `/` or `√`, as `2`, `zᵢ`, `∂zᵢ`, `dx`, `(a + b)` and `f(x)` do."""
    if isinstance(node, Row):
        if len(node.items) != 2:
            return len(node.items) == 1 and _is_atom(node.items[0])
        first, second = node.items
        prefix = isinstance(first, Symbol) and first.text in ("∂", "d", "Δ", "∇")
        return _is_atom(second) and (prefix or (isinstance(second, Fence) and isinstance(first, Symbol | Script)))
    if isinstance(node, Script):
        return _is_atom(node.base)
    if isinstance(node, Symbol):
        return node.kind in ("ord", "word") and " " not in node.text
    return isinstance(node, Fence | Root) or (isinstance(node, Accent) and _is_atom(node.body))


def atom_text(node: Node, tight: bool = False) -> str:
    """Write a node so that it reads as one thing, in brackets if need be."""
    text = flat(node, tight=tight)
    simple = isinstance(node, Symbol | Script | Accent | Fence) and _is_atom(node)
    return text if simple else f"({text})"


def is_simple(node: Node) -> bool:
    """Tell whether `√` before a node needs no bar above it."""
    return isinstance(node, Symbol | Script | Accent) and _is_atom(node) and width(flat(node)) <= 3


def root_sign(index: Node | None) -> str:
    """The root sign with its index."""
    text = flat(index, tight=True) if index else ""
    return {"": "√", "2": "√", "3": "∛", "4": "∜"}.get(text) or f"{raised(text) or text}√"


def accented(node: Accent, tight: bool = False) -> str:
    """Put a mark on a body: on a letter, on the letter that carries scripts, or on the letters of a word."""
    body = node.body
    if isinstance(body, Script) and not node.below:
        return flat(Script(Accent(node.mark, node.wide, body.base), body.sub, body.sup), tight=tight)
    text = flat(body, tight=tight)
    if width(text) <= 1:
        return unicodedata.normalize("NFC", text + node.mark)
    if node.wide in "_‾~":
        return "".join(unicodedata.normalize("NFC", char + node.mark) if char != " " else char for char in text)
    middle = (len(text) + 1) // 2
    return unicodedata.normalize("NFC", text[:middle] + node.mark + text[middle:])


_STACKED = {("=", "def"): "≝", ("=", "Δ"): "≜", ("=", "△"): "≜", ("=", "?"): "≟", ("∼", "iid"): "∼ⁱⁱᵈ"}


def _stack(node: Stack, tight: bool) -> Piece:
    base = flat(node.base, tight=tight)
    above = flat(node.above, tight=True) if node.above else None
    known = _STACKED.get((base, above or ""))
    if known:
        return Piece(known, Edges(node.kind, node.kind))
    if node.stretch:
        return Piece(f"─{above}{base}" if base in "→⇒" else f"{base}{above}─", Edges(node.kind, node.kind))
    script = _script(Script(Symbol(base, node.kind), node.below, node.above), tight)
    return Piece(script.text, Edges(node.kind, node.kind))


def _with_bars(parts: list[str], bars: tuple[str, ...]) -> str:
    text = parts[0]
    for bar, part in zip(bars, parts[1:], strict=True):
        text += f" {bar} {part}"
    return text


def _grid(node: Grid, tight: bool) -> str:
    if node.gap == 0:
        lines = [flat(Row(tuple(item for cell in cells for item in row_items(cell)))) for cells in node.rows]
    else:
        between = " " if node.gap == 3 else ", "
        lines = [between.join(flat(cell, tight=tight) for cell in cells) for cells in node.rows]
    return node.left + (", " if tight else "; ").join(lines) + node.right
