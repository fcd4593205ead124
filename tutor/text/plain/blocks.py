"""Markdown blocks to lines of text: headings, paragraphs, lists, callouts, code, formulas, tables."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from markdown_it.token import Token

from tutor.text.markdown import callout_kind, markdown_parser
from tutor.text.mathtext import display_or_raw
from tutor.text.plain.inline import inline_text, wrap
from tutor.text.plain.style import Style, visible
from tutor.text.plain.table import table_lines

_INDENT = "    "


def markdown_lines(text: str, style: Style) -> list[str]:
    """Write Markdown as lines without their ends; blocks are parted by one empty line."""
    tokens = markdown_parser().parse(text)
    return _blocks(tokens, style)


def _blocks(tokens: list[Token], style: Style, *, loose: bool = True) -> list[str]:
    lines: list[str] = []
    for group in _groups(tokens):
        block = _block(group, style)
        if lines and block and loose:
            lines.append("")
        lines += block
    return lines


def _groups(tokens: list[Token]) -> Iterator[list[Token]]:
    """Part tokens into blocks: each from its opening token to the one that closes it."""
    depth, start = 0, 0
    for i, token in enumerate(tokens):
        depth += token.nesting
        if depth == 0:
            yield tokens[start : i + 1]
            start = i + 1


def _block(tokens: list[Token], style: Style) -> list[str]:
    first = tokens[0]
    match first.type:
        case "heading_open":
            return _heading(inline_text(tokens[1], style), int(first.tag[1]), style)
        case "paragraph_open":
            return wrap(inline_text(tokens[1], style), style.columns)
        case "bullet_list_open" | "ordered_list_open":
            return _list(tokens, style)
        case "blockquote_open":
            return _quote(tokens, style)
        case "fence" | "code_block":
            return _code(first, style)
        case "math_block":
            rows = display_or_raw(first.content) if style.unicode else first.content.strip().splitlines()
            return [_INDENT + style.paint("math", row.rstrip()) for row in rows]
        case "table_open":
            return _table(tokens, style)
        case "hr":
            return [style.rule(style.columns)]
        case _:
            return first.content.splitlines()


def _heading(text: str, level: int, style: Style) -> list[str]:
    lines = wrap(text, style.columns)
    if style.color:
        return [style.paint("heading", line) for line in lines]
    return lines + ([style.rule(max(map(visible, lines)), "=" if level == 1 else "-")] if level <= 2 else [])


def _list(tokens: list[Token], style: Style) -> list[str]:
    number = int(tokens[0].attrGet("start") or 1) if tokens[0].type == "ordered_list_open" else None
    tight = all(token.hidden for token in tokens if token.type == "paragraph_open" and token.level == 2)
    lines: list[str] = []
    for item in _groups(tokens[1:-1]):
        mark = "• " if number is None else f"{number}. "
        number = None if number is None else number + 1
        inner = replace(style, columns=style.columns - len(mark))
        body = _blocks(item[1:-1], inner, loose=not tight) or [""]
        if lines and not tight:
            lines.append("")
        lines += [mark + body[0], *(" " * len(mark) + line if line else "" for line in body[1:])]
    return lines


def _quote(tokens: list[Token], style: Style) -> list[str]:
    inner = replace(style, columns=style.columns - 2)
    paragraph = next((token for token in tokens if token.type == "inline"), None)
    kind = callout_kind(paragraph.content) if paragraph else None
    body = _blocks(tokens[1:-1], inner)
    if kind and body:
        title = style.paint("strong", kind)
        body[0] = body[0].replace(title, style.paint("careful" if kind == "Careful" else "good", f"{kind}:"), 1)
    return [f"{style.paint('dim', '│')} {line}".rstrip() for line in body]


def _code(token: Token, style: Style) -> list[str]:
    source = token.content.rstrip("\n")
    if token.info.strip() == "output":
        return [_INDENT + style.paint("dim", "│ ") + line for line in source.split("\n")]
    python = token.info.startswith("python")
    text = _highlighted(source) if python and style.color else source
    return [(_INDENT + line).rstrip() for line in text.split("\n")]


def _highlighted(source: str) -> str:
    """Colour Python by rich, which costs some 80 ms and is loaded for nothing else here."""
    from rich.console import Console
    from rich.syntax import Syntax

    console = Console(force_terminal=True, color_system="standard", width=200, legacy_windows=False)
    with console.capture() as capture:
        console.print(Syntax("", "python", theme="ansi_dark").highlight(source), end="", soft_wrap=True)
    return capture.get().rstrip("\n")


def _table(tokens: list[Token], style: Style) -> list[str]:
    rows: list[list[str]] = []
    aligns: list[str] = []
    for i, token in enumerate(tokens):
        if token.type == "tr_open":
            rows.append([])
        elif token.type in ("th_open", "td_open"):
            rows[-1].append(inline_text(tokens[i + 1], style))
            if len(rows) == 1:
                aligns.append(str(token.attrGet("style") or "left").removeprefix("text-align:"))
    return table_lines(rows, aligns, style, style.columns)
