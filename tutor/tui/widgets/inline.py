"""One paragraph of Markdown as Textual content: for options, explanations and other texts too small for a document."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from textual.content import Content, Span

from tutor.text.markdown import markdown_parser
from tutor.text.mathtext import inline_or_raw

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

_STYLES = {"strong_open": "bold", "em_open": "italic", "link_open": "underline"}
CODE = "$text-warning on $warning 10%"
MATH = "italic $text-accent"


@cache
def _parser() -> MarkdownIt:
    return markdown_parser()


def inline_content(markdown: str) -> Content:
    """Turn inline Markdown with formulas into content; an empty line starts a new line."""
    return Content("\n").join([_paragraph(part) for part in markdown.strip().split("\n\n")])


def is_paragraph(markdown: str) -> bool:
    """Tell whether a text is a single paragraph, which needs no document widget."""
    return [token.type for token in _parser().parse(markdown)] == ["paragraph_open", "inline", "paragraph_close"]


def _paragraph(markdown: str) -> Content:
    text = ""
    spans: list[Span] = []
    opened: list[tuple[int, str]] = []
    for token in _parser().parseInline(" ".join(markdown.split()))[0].children or []:
        if token.type in _STYLES:
            opened.append((len(text), _STYLES[token.type]))
        elif token.nesting == -1 and opened:
            start, style = opened.pop()
            spans.append(Span(start, len(text), style))
        else:
            part, style = _leaf(token)
            if style:
                spans.append(Span(len(text), len(text) + len(part), style))
            text += part
    return Content(text, spans)


def _leaf(token: Token) -> tuple[str, str]:
    if token.type == "code_inline":
        return token.content, CODE
    if token.type in ("math_inline", "math_inline_double"):
        return inline_or_raw(token.content), MATH
    return token.content or " ", ""
