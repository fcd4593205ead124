"""The editor's colours, made from whatever app theme is chosen.

Every colour is moved towards the text colour until it reads well on the editor's background, in every theme that
Textual brings.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from rich.style import Style
from textual.color import Color, ColorParseError
from textual.widgets.text_area import TextAreaTheme

if TYPE_CHECKING:
    from collections.abc import Mapping

    from textual.theme import Theme

READABLE: Final = 4.5
"""WCAG AA: contrast of text to its background."""

# Which of the theme's colours a kind of Python token takes, and how it is set.
ROLES: dict[str, tuple[str, str]] = {
    "keyword": ("primary", "bold"),
    "string": ("success", ""),
    "docstring": ("success", "italic"),
    "comment": ("", "italic"),
    "interpolation": ("foreground", ""),
    "number": ("accent", ""),
    "constant": ("accent", ""),
    "function": ("warning", ""),
    "class": ("warning", "bold"),
    "type": ("secondary", ""),
    "builtin": ("secondary", ""),
    "decorator": ("accent", "italic"),
    "todo": ("error", "bold"),
    "error": ("error", ""),
}

_ANSI = {"primary": "blue", "success": "green", "accent": "magenta", "warning": "cyan", "secondary": "cyan",
         "error": "red", "foreground": "default", "": "bright_black"}  # fmt: skip


def contrast(one: Color, other: Color) -> float:
    """WCAG 2 contrast ratio, from 1 (equal) to 21 (black on white)."""
    bright, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


def readable(color: Color, background: Color, towards: Color) -> Color:
    """The colour, moved towards another only as far as it must be to read well."""
    for step in range(11):
        candidate = color.blend(towards, step / 10)
        if contrast(candidate, background) >= READABLE:
            return candidate
    return towards


def editor_theme(theme: Theme, variables: Mapping[str, str]) -> TextAreaTheme:
    """The syntax colours for an app theme; everything else of the editor follows the app's CSS."""
    if theme.ansi:
        styles = {name: Style.parse(f"{style} {_ANSI[role]}".strip()) for name, (role, style) in ROLES.items()}
        return TextAreaTheme(name="tutor", syntax_styles=styles)
    background = _parse(variables.get("surface"), Color.parse("#1e1e1e" if theme.dark else "#ffffff"))
    strongest = Color.parse("#ffffff" if theme.dark else "#000000")
    text = readable(_parse(variables.get("foreground"), strongest), background, strongest)
    styles = {}
    for name, (role, style) in ROLES.items():
        wanted = _parse(variables.get(role), text) if role else text.blend(background, 0.5)
        rich_color = readable(wanted, background, text).rich_color
        styles[name] = Style(color=rich_color, bold="bold" in style or None, italic="italic" in style or None)
    return TextAreaTheme(name="tutor", syntax_styles=styles)


def _parse(text: str | None, otherwise: Color) -> Color:
    try:
        return Color.parse(text) if text else otherwise
    except ColorParseError:
        return otherwise


def _luminance(color: Color) -> float:
    channels = (value / 255 for value in color.rgb)
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return float(0.2126 * red + 0.7152 * green + 0.0722 * blue)
