"""Formulas: every box of the corpus was looked at once and must stay as it was; properties hold for all of them.

After a wanted change: `python tests/text/test_mathtext.py` writes the file anew; read its diff before it is committed.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from rich.cells import cell_len

from tutor.text.mathtext import MathError, display, display_or_raw, inline, inline_or_raw
from tutor.text.mathtext.box import beside, box_of, stacked, text_box
from tutor.text.mathtext.commands import parse
from tutor.text.mathtext.delimiters import tall
from tutor.text.mathtext.layout import layout
from tutor.text.mathtext.nodes import Script, Symbol
from tutor.text.mathtext.width import width

HERE = Path(__file__).parent
GOLDEN = HERE / "formulas.golden.txt"
FORMULAS = [
    line for line in (HERE / "formulas.txt").read_text(encoding="utf-8").splitlines() if line and line[0] != "%"
]


def written(tex: str) -> str:
    rows = "\n".join(row.rstrip() for row in display(tex))
    return f"{tex}\n{inline(tex)}\n{rows}\n"


def test_the_corpus_is_large() -> None:
    assert len(FORMULAS) >= 150
    assert len(set(FORMULAS)) == len(FORMULAS)


def test_every_formula_looks_as_it_did() -> None:
    golden = GOLDEN.read_text(encoding="utf-8").split("%\n")
    for tex, expected in zip(FORMULAS, golden, strict=True):
        assert written(tex) == expected


@pytest.mark.parametrize("tex", FORMULAS)
def test_properties(tex: str) -> None:
    box = layout(parse(tex))
    assert 0 <= box.base < box.height
    assert {cell_len(row) for row in box.rows} == {box.width}, "rows of equal width"
    assert box.width <= 76
    line = inline(tex)
    assert line == line.strip()
    assert "\n" not in line
    for text in (*box.rows, line):
        assert "\\" not in text, "no TeX is left"
        assert max(map(ord, text), default=0) <= 0xFFFF, "terminals have no glyphs for more"
        assert width(text) == cell_len(text)


@pytest.mark.parametrize(
    ("tex", "text"),
    [
        ("x_i^2", "xᵢ²"),
        ("x_{i+1}", "xᵢ₊₁"),
        ("W_Q x", "W_Q x"),
        ("W_{out}", "Wₒᵤₜ"),
        (r"d_{\text{model}}", "d_model"),
        ("e^{-x^2}", "e^{−x²}"),
        (r"A^\top", "Aᵀ"),
        ("f''(x)", "f′′(x)"),
        (r"\frac{1}{2}x", "½x"),
        (r"\frac12", "½"),
        ("x^10", "x¹0"),
        (r"\frac{a+b}{c}", "(a + b)/c"),
        (r"\frac{a}{bc}", "a/(bc)"),
        (r"\frac{\partial L}{\partial z_i}", "∂L/∂zᵢ"),
        (r"\frac{a}{b}c", "(a/b)c"),
        (r"\frac{a}{b} + c", "a/b + c"),
        (r"\frac{f(x+1)}{2}", "f(x + 1)/2"),
        (r"\frac{a/b}{c}", "(a/b)/c"),
        (r"\log \frac{p}{q}", "log(p/q)"),
        (r"-\log p", "−log p"),
        ("a - -b", "a − −b"),
        ("(-1)^n", "(−1)ⁿ"),
        ("a=-b", "a = −b"),
        ("2x", "2x"),
        (r"2\sin x", "2 sin x"),
        (r"\sin(x)", "sin(x)"),
        ("1{,}000", "1,000"),
        ("f: X \\to Y", "f: X → Y"),
        ("a := b", "a := b"),
        (r"\text{if } x > 0", "if x > 0"),
        (r"50\,\%", "50 %"),
        (r"\sqrt{x}", "√x"),
        (r"\sqrt{x+1}", "√(x + 1)"),
        (r"\hat{y}_i", "ŷᵢ"),
        (r"\hat{y_i}", "ŷᵢ"),
        (r"\begin{bmatrix}1 & 2\\3 & 4\end{bmatrix}", "[1, 2; 3, 4]"),
        ("[0, 1)", "[0, 1)"),
        ("(a", "(a"),
        (r"\}", "}"),
        (r"\text{where $x_1 > 0$ holds}", "where x₁ > 0 holds"),
        ("", ""),
    ],
)
def test_one_line(tex: str, text: str) -> None:
    assert inline(tex) == text


@pytest.mark.parametrize(
    ("tex", "rows"),
    [
        (r"\frac{1}{2}", [" 1 ", "───", " 2 "]),
        (r"\frac{ab}{cd}", ["ab", "──", "cd"]),
        (r"\sqrt{d_k}", ["√dₖ"]),
        (r"\sqrt{a+b}", ["┌─────", "√a + b"]),
        ("e^{z_i}", [" zᵢ", "e  "]),
        ("x_Q", ["x ", " Q"]),
        (r"\sum_{i=1}^n x_i", [" n    ", " ∑  xᵢ", "i=1   "]),
        (r"\left(\frac{a}{b}\right)", ["╭  a  ╮", "│ ─── │", "╰  b  ╯"]),
        (r"\begin{bmatrix}1&2\\3&4\end{bmatrix}", ["┌ 1  2 ┐", "└ 3  4 ┘"]),
        (r"\begin{cases}0 & a\\1 & b\end{cases}", ["╭ 0   a", "┤      ", "╰ 1   b"]),
        (r"\begin{aligned}a &= b\\ &+ c\end{aligned}", ["a = b", "  + c"]),
        (r"\underbrace{a+b}_{c}", ["a + b", "╰─┬─╯", "  c  "]),
        (r"\int_0^1 f", ["⌠1  ", "⎮  f", "⌡0  "]),
        (r"\xrightarrow{f}", [" f ", "──→"]),
        (r"\overline{AB}", ["__", "AB"]),
        (r"\left\langle\frac{a}{b}\right\rangle", [" ╱  a  ╲ ", "⟨  ───  ⟩", " ╲  b  ╱ "]),
        ("a\\\\b", ["a", "b"]),
        (r"\phantom{ab}c", ["  c"]),
        ("", [""]),
    ],
)
def test_box(tex: str, rows: list[str]) -> None:
    assert display(tex) == rows


@pytest.mark.parametrize(
    ("tex", "part"),
    [
        (r"\foo", "\\foo"),
        (r"\frac{a}", "argument"),
        ("{a", "missing"),
        ("a}", "}"),
        ("a & b", "&"),
        (r"\left( a", "right"),
        (r"\begin{pmatrix} a", "end"),
        (r"\begin{pmatrix} a \end{bmatrix}", "bmatrix"),
        (r"\begin{tikzpicture}\end{tikzpicture}", "tikzpicture"),
        ("a_1_2", "subscripts"),
        (r"\left? a \right)", "bracket"),
        (r"\text{a", "closed"),
    ],
)
def test_errors_name_the_cause(tex: str, part: str) -> None:
    with pytest.raises(MathError, match=part.replace("\\", "\\\\").replace("}", "\\}")):
        display(tex)
    assert display_or_raw(tex) == [tex]
    assert inline_or_raw(f" {tex} ") == tex


def test_any_prefix_of_a_formula_renders_or_is_a_math_error() -> None:
    """Half-typed TeX must never end in another exception."""
    for tex in FORMULAS[::7]:
        for end in range(0, len(tex), 3):
            display_or_raw(tex[:end])
            inline_or_raw(tex[end:])


def test_deep_nesting_falls_back_to_the_source() -> None:
    tex = r"\sqrt{" * 5000 + "x" + "}" * 5000
    assert display_or_raw(tex) == [tex]


def test_limits_are_the_bases_own() -> None:
    node = parse(r"\max_i")
    assert node == Script(Symbol("max", "fn", limits=True), Symbol("i"), None, limits=True)


def test_boxes_meet_on_their_baselines() -> None:
    low, high = box_of(["a", "b", "c"], 0), box_of(["x", "y"], 1)
    assert beside([low, high]).rows == (" x", "ay", "b ", "c ")
    assert stacked([text_box("long"), text_box("ab")], 1, "r").rows == ("long", "  ab")


@pytest.mark.parametrize("bracket", list("()[]{}|‖⟨⟩⌊⌋⌈⌉/"))
@pytest.mark.parametrize("height", [2, 3, 4, 5, 8])
def test_tall_brackets_have_the_height_asked_for(bracket: str, height: int) -> None:
    box = tall(bracket, height, 1)
    assert box.height == height
    assert {cell_len(row) for row in box.rows} == {box.width}
    assert all(row.strip() for row in box.rows)


if __name__ == "__main__":
    GOLDEN.write_text("%\n".join(map(written, FORMULAS)), encoding="utf-8")
