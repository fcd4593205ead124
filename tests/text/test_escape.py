"""Text of unknown origin, wherever it goes, stays text."""

from __future__ import annotations

import csv
import io
import json
from html.parser import HTMLParser

import pytest
from markdown_it import MarkdownIt

from tutor.text import escape

NASTY = [
    "\x1b[2J\x1b]0;title\x07", "\x9b31m", "a\rb", "\u202eevil", "x\u200by", "\ud800", "\U000e0041", "nul\0", "\u2028",
    "<script>alert(1)</script>", "</pre><img src=http://x>", "' onload='x", '"><b>', "&lt;", "]]>",
    "=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "  =1", "'=1", '"=1', "＝1",
    "# head", "[a](http://b)", "![i](http://b)", "| a | b |", "```\nend", "~~~", "`````", "* item", "1. item", "http://a.b",
    "@somebody", "#12", "a  \nb", "---", "$x$", "\\",
    "::error::no", "\n::notice title=Points::100/100", "%0A::add-mask::x", "a:b,c", "../../etc/passwd", "con\\nul", "",
]  # fmt: skip


@pytest.mark.parametrize("text", NASTY)
def test_a_terminal_sees_no_codes_and_nothing_invisible(text):
    for shown in (escape.terminal(text), escape.line(text)):
        assert not any((ord(c) < 32 and c not in "\n\t") or 0x7F <= ord(c) < 0xA0 for c in shown)
        assert not any(c in shown for c in "\u202e\u200b\u2028\ud800\U000e0041")
        assert not any(part.lstrip().startswith(("::", "##")) for part in shown.split("\n"))
        shown.encode()
        assert json.loads(json.dumps(shown)) == shown
    assert "\n" not in escape.line(text)


def test_what_is_harmless_stays_as_it_is():
    for text in ("ä – 漢字 ✓", "a\n\tb", "x" * 4000):
        assert escape.terminal(text) == text


def test_long_text_loses_its_middle():
    shown = escape.terminal("a" * 5000 + "z" * 5000, 900)
    assert shown.startswith("a" * 600)
    assert shown.endswith("z" * 300)
    assert "9100 characters left out" in shown


@pytest.mark.parametrize("text", NASTY)
def test_a_cell_is_never_a_formula(text):
    out = io.StringIO()
    csv.writer(out).writerow([escape.csv_cell(text), "end"])
    (row,) = csv.reader(io.StringIO(out.getvalue()))
    assert row[1] == "end"
    assert row[0][:1] not in tuple("=+-@\t\r|%＝")
    assert row[0].lstrip(" '\"")[:1] not in tuple("=+@") or row[0].startswith("'")


@pytest.mark.parametrize("text", ["3", "-3.5", "+1e-9", "name", "", "Zoë"])
def test_ordinary_cells_are_left_alone(text):
    assert escape.csv_cell(text) == text


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.seen: list[tuple[str, list[tuple[str, str | None]]]] = []

    def handle_starttag(self, tag, attrs):
        self.seen.append((tag, attrs))


@pytest.mark.parametrize("text", NASTY)
def test_html_stays_text_between_tags_and_in_attributes(text):
    safe = escape.html(text)
    parser = _Tags()
    parser.feed(f"<p title=\"{safe}\" lang='{safe}'>{safe}</p>")
    assert [(tag, [name for name, _ in attrs]) for tag, attrs in parser.seen] == [("p", ["title", "lang"])]


def _kinds(source: str) -> set[str]:
    tokens = MarkdownIt("gfm-like", {"linkify": False}).parse(source)
    return {t.type for t in tokens} | {c.type for t in tokens for c in t.children or ()}


@pytest.mark.parametrize("text", NASTY)
def test_markdown_stays_one_paragraph_of_text(text):
    assert _kinds(f"said: {escape.markdown(text)}") <= {
        "paragraph_open",
        "inline",
        "paragraph_close",
        "text",
        "text_special",
    }
    assert "<" not in escape.markdown(text)
    assert "http:" not in escape.markdown(text)


@pytest.mark.parametrize("text", NASTY)
def test_a_block_of_markdown_is_one_fence(text):
    assert _kinds(f"{escape.markdown_block(text)}\n") == {"fence"}


@pytest.mark.parametrize("text", NASTY)
def test_a_log_of_ci_gets_no_other_command(text):
    printed = f"::error file={escape.ci_property(text)},line=1::{escape.ci_message(text)}"
    assert len(printed.splitlines()) == 1
    head, _, _ = printed.removeprefix("::error ").partition("::")
    assert [part.partition("=")[0] for part in head.split(",")] == ["file", "line"]
