"""Lints Markdown: formulas render and fit, links lead somewhere, callouts and fences are known, lines fit."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

from markdown_it.token import Token

from tutor.course.problem import Problem
from tutor.text.markdown import CALLOUTS, bold_start, markdown_parser, stray_dollar
from tutor.text.mathtext import MathError, display, inline
from tutor.text.mathtext.symbols import NOT_ON_GITHUB
from tutor.text.mathtext.width import width
from tutor.text.nearest import nearest

COLUMNS = 76
_INFOS = frozenset("python bash sh console text output toml json yaml markdown diff csv ini".split())  # noqa: SIM905  # a word list reads better
_NOT_SHOWN = {"html_block": "HTML", "html_inline": "HTML", "image": "images"}


def lint_markdown(text: str, path: Path, first_line: int) -> Iterator[Problem]:
    """Lint a piece of Markdown that begins on `first_line` of the file `path`."""
    line = first_line
    quoted = False
    for token in markdown_parser().parse(text):
        if token.map:
            line = first_line + token.map[0]
        for rule, message in _block(token, path):
            yield Problem(path, line, rule, message)
        if token.type == "blockquote_open":
            quoted = True
        elif token.type == "inline":
            word = bold_start(token.content) if quoted else None
            if word and word not in CALLOUTS:
                yield Problem(path, line, "callout", f"`{word}` is no callout{nearest(word, CALLOUTS)}")
            quoted = False


def _block(token: Token, path: Path) -> Iterator[tuple[str, str]]:
    if token.type == "math_block":
        yield from _formula(token.content, displayed=True)
    elif token.type == "fence":
        yield from _fence(token)
    elif token.type == "code_block":
        yield "code", "indented by four columns this becomes a code block; use ``` fences for code"
    elif token.type in _NOT_SHOWN:
        yield "markdown", f"{_NOT_SHOWN[token.type]} cannot be shown in a terminal"
    elif token.type == "inline":
        yield from _inline(token, path)


def _inline(token: Token, path: Path) -> Iterator[tuple[str, str]]:
    if stray_dollar(token.content):
        yield "formula", r"a $ is left over; close the formula, or write \$ for a dollar (in tables, \mid for |)"
    for child in token.children or []:
        if child.type == "math_inline":
            yield from _formula(child.content, displayed=False)
        elif child.type == "math_inline_double":
            yield from _formula(child.content, displayed=True)
        elif child.type in _NOT_SHOWN:
            yield "markdown", f"{_NOT_SHOWN[child.type]} cannot be shown in a terminal"
        elif child.type == "link_open":
            yield from _link(str(child.attrGet("href") or ""), path)


def _formula(tex: str, *, displayed: bool) -> Iterator[tuple[str, str]]:
    try:
        columns = max(map(width, display(tex))) if displayed else width(inline(tex))
    except MathError as error:
        yield "formula", f"{error}, in {_short(tex)}"
        return
    if columns > COLUMNS:
        yield "formula", f"needs {columns} columns, {COLUMNS} are there; break it with aligned: {_short(tex)}"
    for command in NOT_ON_GITHUB:
        if f"\\{command}" in tex:
            yield "formula", rf"GitHub does not know \{command}; write \operatorname*{{{command[:3]}\,{command[3:]}}}"


def _short(tex: str) -> str:
    text = " ".join(tex.split())
    return text if len(text) <= 60 else text[:59] + "…"


def _fence(token: Token) -> Iterator[tuple[str, str]]:
    info = token.info.strip()
    if info and info != "python run" and info not in _INFOS:
        live = ("exercise NAME", "lab NAME", "explore NAME", "quiz", "python run")
        yield "fence", f"`{info}` is not known after the fence marks{nearest(info, [*_INFOS, *live])}"
    for i, line in enumerate(token.content.split("\n"), 1):
        if width(line) > COLUMNS:
            yield "width", f"line {i} of this fence has {width(line)} columns; {COLUMNS} fit"


def _link(href: str, path: Path) -> Iterator[tuple[str, str]]:
    if not href or href.startswith(("http://", "https://", "mailto:", "#")):
        return
    target = path.parent / unquote(href.partition("#")[0])
    if not target.exists():
        beside = [other.name for other in target.parent.iterdir()] if target.parent.is_dir() else []
        yield "link", f"`{href}` leads nowhere{nearest(target.name, beside)}"
