"""Markdown with formulas, callouts and the output of code, through Textual's public hooks only.

A formula in running text becomes a text with a style of its own; one by itself a `MathBlock`, whose rows never wrap.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from markdown_it.token import Token
from textual.content import Content
from textual.widgets import Markdown, Static
from textual.widgets._markdown import (  # they have no public name yet
    MarkdownBlock,
    MarkdownBlockQuote,
    MarkdownFence,
    MarkdownTable,
    MarkdownTableContent,
)

from tutor.text.markdown import callout_kind, markdown_parser
from tutor.text.mathtext import display_or_raw, inline_or_raw
from tutor.text.plain.table import column_widths

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.rules_core import StateCore
    from textual.app import ComposeResult


class MathBlock(MarkdownBlock):
    """A displayed formula: centred, and scrolled sideways when it is wider than its pane."""

    DEFAULT_CSS = """
    MathBlock {
        width: 1fr; height: auto; margin: 0 0 1 0; align-horizontal: center;
        overflow-x: auto; overflow-y: hidden;
    }
    MathBlock > Static { width: auto; height: auto; color: $text-accent; text-wrap: nowrap; }
    """

    @property
    def allow_horizontal_scroll(self) -> bool:
        """Static forbids it; a formula that is too wide must not be cut."""
        return True

    def compose(self) -> ComposeResult:
        """The rows of the formula."""
        yield Static(Content("\n".join(display_or_raw(self._token.content))))


class LessonFence(MarkdownFence):
    """Code, or what code printed, which stands right under it."""

    DEFAULT_CSS = """
    LessonFence {
        margin: 0 0 1 0; background: $surface; color: $foreground; overflow-x: auto; overflow-y: hidden;
    }
    LessonFence > Label { padding: 0 0 0 1; }
    LessonFence:light { background: $panel 60%; }
    LessonFence.-joined { margin: 0; }
    LessonFence.-output { background: transparent; border-left: outer $secondary 50%; color: $text-muted; }
    LessonFence.-output > Label { color: $text-muted; }
    """

    def __init__(self, markdown: Markdown, token: Token, code: str) -> None:
        super().__init__(markdown, token, code)
        self.set_class(bool(token.meta.get("output")), "-output")
        self.set_class(bool(token.meta.get("joined")), "-joined")


class LessonQuote(MarkdownBlockQuote):
    """A quotation or a callout, coloured by its kind; the kind is also written out."""

    DEFAULT_CSS = """
    LessonQuote { margin: 0 0 1 0; padding: 0 1; background: $boost; }
    LessonQuote > MarkdownParagraph:last-child { margin: 0; }
    LessonQuote.-tip { border-left: outer $success; background: $success 8%; }
    LessonQuote.-note { border-left: outer $primary; background: $primary 8%; }
    LessonQuote.-careful { border-left: outer $error; background: $error 8%; }
    LessonQuote.-try { border-left: outer $warning; background: $warning 8%; }
    """

    def __init__(self, markdown: Markdown, token: Token) -> None:
        super().__init__(markdown, token)
        if kind := token.meta.get("callout"):
            self.add_class(f"-{kind}")


class LessonTable(MarkdownTable):
    """A table without lines, which would double its height: every second row has a shade instead.

    Its columns get the room their texts need; a grid by itself shares it out evenly, and long cells wrap for nothing.
    """

    def on_mount(self) -> None:
        """The cells come with the next refresh."""
        self.call_after_refresh(self._shade)

    def on_resize(self) -> None:
        """Share out the width anew."""
        rows = [[cell.plain for cell in row] for row in (self._headers, *self._rows)]
        content = self.query_one(MarkdownTableContent)
        content.styles.grid_columns = " ".join(str(size + 2) for size in column_widths(rows, self.size.width - 2, 2))

    def _shade(self) -> None:
        """Their cells carry the classes row1, row2, …"""
        for number in range(2, len(self._rows) + 1, 2):
            self.query(f".row{number}").add_class("band")


class LessonMarkdown(Markdown):
    """A Markdown document of the course. Links are left to the screen: it handles `Markdown.LinkClicked`."""

    DEFAULT_CSS = """
    LessonMarkdown { padding: 0 1; }
    LessonMarkdown MarkdownHeader { margin: 0 0 1 0; padding: 0; }
    LessonMarkdown MarkdownH1 { content-align: left middle; }
    LessonMarkdown MarkdownH2 { text-style: bold; color: $text-primary; }
    LessonMarkdown MarkdownTable { margin: 0 0 1 0; }
    LessonMarkdown MarkdownTable:light { background: transparent; }
    LessonMarkdown MarkdownTableContent { keyline: none; grid-gutter: 0 0; }
    LessonMarkdown MarkdownTableContent > .header { text-style: bold; background: $primary 15%; }
    LessonMarkdown MarkdownTableContent > .band { background: $foreground 6%; }
    LessonMarkdown MarkdownBlock > .s { text-style: italic; color: $text-accent; }
    """
    BLOCKS = Markdown.BLOCKS | {
        "fence": LessonFence,
        "code_block": LessonFence,
        "blockquote_open": LessonQuote,
        "table_open": LessonTable,
    }

    def __init__(self, markdown: str | None = None, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(markdown, id=id, classes=classes, parser_factory=lesson_parser, open_links=False)

    def unhandled_token(self, token: Token) -> MarkdownBlock | None:
        """Show a displayed formula."""
        return MathBlock(self, token) if token.type == "math_block" else None


def lesson_parser() -> MarkdownIt:
    """The course's dialect, with tokens that Textual's Markdown can show."""
    parser = markdown_parser()
    parser.core.ruler.push("tutor", _for_textual)
    return parser


def _for_textual(state: StateCore) -> None:
    tokens = state.tokens
    for i, token in enumerate(tokens):
        if token.type == "inline":
            token.children = [part for child in token.children or [] for part in _shown(child)]
        elif token.type == "blockquote_open":
            words = next((later.content for later in tokens[i:] if later.type == "inline"), "")
            kind = callout_kind(words)
            token.meta["callout"] = kind.lower() if kind else ""
        elif token.type == "fence":
            after = tokens[i + 1] if i + 1 < len(tokens) else None
            _mark_fence(token, after)


def _mark_fence(token: Token, after: Token | None) -> None:
    """Tell code from output, and code whose output follows; `python run` is highlighted as Python."""
    token.meta["output"] = token.info.strip() == "output"
    token.meta["joined"] = after is not None and after.type == "fence" and after.info.strip() == "output"
    token.info = "text" if token.meta["output"] else (token.info.split() or ["text"])[0]


def _shown(token: Token) -> list[Token]:
    """Write a formula of the running text in one line.

    Textual has four inline styles. The course's dialect knows no strikethrough, so that style is free for formulas.
    """
    if token.type not in ("math_inline", "math_inline_double"):
        return [token]
    text = Token("text", "", 0, content=inline_or_raw(token.content))
    return [Token("s_open", "s", 1), text, Token("s_close", "s", -1)]
