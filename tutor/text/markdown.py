"""The Markdown dialect of courses: CommonMark, tables, `$…$` and `$$…$$`, as GitHub shows them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal, cast, get_args

from markdown_it import MarkdownIt
from mdit_py_plugins.dollarmath import dollarmath_plugin

if TYPE_CHECKING:
    from markdown_it.parser_inline import RuleFuncInlineType
    from markdown_it.rules_inline import StateInline

Callout = Literal["Tip", "Note", "Careful", "Try"]
CALLOUTS: tuple[Callout, ...] = get_args(Callout)

_CALLOUT = re.compile(r"\*\*([A-Za-z ]+)\*\*")
_CODE_SPAN = re.compile(r"(`+)(?!`).*?(?<!`)\1(?!`)", re.DOTALL)
_MATH_SPAN = re.compile(r"(?<!\\)(\$\$?)(?!\$).+?(?<!\\)\1", re.DOTALL)


def markdown_parser() -> MarkdownIt:
    """Make a parser; its tokens have `math_inline`, `math_inline_double` and `math_block` beside the usual ones."""
    parser = MarkdownIt("commonmark").enable("table")
    parser.use(dollarmath_plugin, allow_labels=False, allow_space=False, allow_digits=False, double_inline=True)
    rule = next(r for r in parser.inline.ruler.__rules__ if r.name == "math_inline")
    rule.fn = _at_the_start(rule.fn)
    return parser


def _at_the_start(rule: RuleFuncInlineType) -> RuleFuncInlineType:
    """Mend the plugin: what stands before a formula at the start is no digit at the end of the text."""

    def mended(state: StateInline, silent: bool) -> bool:
        source = state.src
        if state.pos == 0:
            state.src += " "  # src[-1] is looked at; posMax stays, so that nothing is read beyond the text
        try:
            return rule(state, silent)
        finally:
            state.src = source

    return mended


def callout_kind(quote: str) -> Callout | None:
    """Tell which callout a block quote with this raw text is."""
    found = _CALLOUT.match(quote.lstrip("> \n"))
    return cast(Callout, found[1]) if found and found[1] in CALLOUTS else None


def bold_start(quote: str) -> str | None:
    """The bold words a block quote begins with."""
    found = _CALLOUT.match(quote.lstrip("> \n"))
    return found[1] if found else None


def stray_dollar(source: str) -> bool:
    """Tell whether raw inline Markdown has a `$` that is neither escaped, in code, nor part of a formula."""
    rest = _MATH_SPAN.sub("", _CODE_SPAN.sub("", source))
    return re.search(r"(?<!\\)\$", rest) is not None
