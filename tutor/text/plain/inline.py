"""Running text: inline Markdown to words with faces, and words to lines."""

from __future__ import annotations

from collections.abc import Iterable

from markdown_it.token import Token

from tutor.text.mathtext import inline_or_raw
from tutor.text.plain.style import Face, Style, visible

_GLUE = "\ue000"
"""Stands for a space at which no line may end; from the private area, so that no text holds it."""
_UNBROKEN = 24
"""Formulas and code up to so many columns are kept on one line."""
_FACES: dict[str, Face] = {"strong_open": "strong", "em_open": "em", "link_open": "link"}


def inline_text(token: Token, style: Style) -> str:
    """Write an inline token as one long line, broken only where the author forced it."""
    parts: list[str] = []
    faces: list[tuple[Face, list[str], str]] = []
    for child in token.children or []:
        if child.type in _FACES:
            faces.append((_FACES[child.type], parts, str(child.attrGet("href") or "")))
            parts = []
        elif child.nesting == -1 and faces:
            face, before, href = faces.pop()
            parts = [*before, *_painted(face, "".join(parts), href, style)]
        else:
            parts.append(_leaf(child, style))
    return "".join(parts)


def _painted(face: Face, text: str, href: str, style: Style) -> Iterable[str]:
    # Each word is painted by itself: a colour code must not run on into the next line's margin.
    yield " ".join(style.paint(face, word) for word in text.split(" "))
    if href.startswith("http") and href != text:
        yield f" ({href})"


def _leaf(token: Token, style: Style) -> str:
    match token.type:
        case "code_inline":
            return _whole(token.content if style.color else f"`{token.content}`", "code", style)
        case "math_inline" | "math_inline_double":
            return _whole(inline_or_raw(token.content) if style.unicode else f"${token.content}$", "math", style)
        case "softbreak":
            return " "
        case "hardbreak":
            return "\n"
        case _:
            return token.content


def _whole(text: str, face: Face, style: Style) -> str:
    if visible(text) <= _UNBROKEN:
        return style.paint(face, text).replace(" ", _GLUE)
    return " ".join(style.paint(face, word) for word in text.split(" "))


def wrap(text: str, columns: int, first: str = "", rest: str | None = None) -> list[str]:
    """Break a text into lines of at most `columns`; `first` begins the first line, `rest` the others."""
    rest = first if rest is None else rest
    lines: list[str] = []
    margin = first
    for paragraph in text.split("\n"):
        line, used = margin, visible(margin)
        empty = True
        for word in paragraph.split(" "):
            size = visible(word)
            if not empty and used + 1 + size > columns:
                lines.append(line.replace(_GLUE, " ").rstrip())
                line, used, empty = rest, visible(rest), True
            line += word if empty else f" {word}"
            used += size if empty else size + 1
            empty = False
        lines.append(line.replace(_GLUE, " ").rstrip())
        margin = rest
    return lines
