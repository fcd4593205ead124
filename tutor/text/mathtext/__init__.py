"""TeX formulas as Unicode text: `inline` in one line for running text, `display` as rows for a formula by itself.

Pure and quick: nothing but the standard library, no state. Every character is of the basic plane and takes one column
(combining marks none). Formulas in lessons are proved to render by the content check; should one fail all the same,
`inline_or_raw` and `display_or_raw` show the TeX instead of failing the reader.
"""

from __future__ import annotations

from tutor.text.mathtext.commands import parse
from tutor.text.mathtext.flat import flat
from tutor.text.mathtext.layout import layout
from tutor.text.mathtext.nodes import MathError

__all__ = ["MathError", "display", "display_or_raw", "inline", "inline_or_raw"]


def inline(tex: str) -> str:
    r"""Write a formula in one line, as in `\frac{\partial L}{\partial z_i}` → `∂L/∂zᵢ`; raises MathError."""
    return flat(parse(tex)).strip()


def display(tex: str) -> list[str]:
    """Lay a formula out as rows of equal width; raises MathError."""
    return list(layout(parse(tex)).rows)


def inline_or_raw(tex: str) -> str:
    """Write a formula in one line, or give the TeX back when it is not understood."""
    try:
        return inline(tex)
    except (MathError, RecursionError):
        return tex.strip()


def display_or_raw(tex: str) -> list[str]:
    """Lay a formula out, or give the lines of TeX back when it is not understood."""
    try:
        return display(tex)
    except (MathError, RecursionError):
        return tex.strip().splitlines()
