from __future__ import annotations

import pytest
from textual.color import Color
from textual.theme import BUILTIN_THEMES

from tutor.tui.editor_theme import READABLE, ROLES, contrast, editor_theme, readable
from tutor.tui.theme import DARK, LIGHT, rich_color

THEMES = {**BUILTIN_THEMES, DARK.name: DARK, LIGHT.name: LIGHT}


def test_contrast_is_that_of_wcag() -> None:
    assert contrast(Color.parse("#000"), Color.parse("#fff")) == pytest.approx(21)
    assert contrast(Color.parse("#777"), Color.parse("#777")) == pytest.approx(1)
    assert contrast(Color.parse("#767676"), Color.parse("#ffffff")) == pytest.approx(4.54, abs=0.01)


def test_a_color_is_moved_only_as_far_as_it_must() -> None:
    white, black = Color.parse("#ffffff"), Color.parse("#000000")
    fine = Color.parse("#003366")
    assert readable(fine, white, black) == fine
    assert contrast(readable(Color.parse("#ffff00"), white, black), white) >= READABLE


@pytest.mark.parametrize("name", sorted(THEMES))
def test_the_editor_is_readable_in_every_theme(name: str) -> None:
    theme = THEMES[name]
    variables = theme.to_color_system().generate()
    styles = editor_theme(theme, variables).syntax_styles
    assert set(styles) == set(ROLES)
    if theme.ansi:
        assert all(style.color is not None for style in styles.values())
        return
    surface = Color.parse(variables["surface"])
    for role, style in styles.items():
        assert contrast(Color.from_rich_color(style.color), surface) >= READABLE, role


@pytest.mark.parametrize("theme", [DARK, LIGHT], ids=lambda theme: theme.name)
def test_our_own_themes_are_readable_everywhere(theme) -> None:
    backgrounds = [Color.parse(color) for color in (theme.background, theme.surface, theme.panel)]
    for name in ("foreground", "primary", "accent", "success", "warning", "error"):
        color = Color.parse(getattr(theme, name))
        assert min(contrast(color, background) for background in backgrounds) >= READABLE, name


def test_no_name_of_ours_hides_a_part_of_textual() -> None:
    """`self._running = …` in a widget would break Textual in ways that are hard to find."""
    import importlib
    import inspect
    import pkgutil
    import re

    import tutor.tui

    wanted = {"_highlights", "_build_highlight_map", "_handle_exception"}
    hidden = []
    for module in pkgutil.walk_packages(tutor.tui.__path__, "tutor.tui."):
        for name, kind in vars(importlib.import_module(module.name)).items():
            if not inspect.isclass(kind) or kind.__module__ != module.name:
                continue
            bases = [base for base in kind.__mro__[1:] if base.__module__.startswith("textual.")]
            ours = set(re.findall(r"self\.(_[a-z]\w*)(?:: [^=]+)? =", inspect.getsource(kind)))
            ours |= {key for key, value in vars(kind).items() if key.startswith("_") and inspect.isfunction(value)}
            theirs = {key for base in bases for key in vars(base)}
            theirs |= {
                key for base in bases for key in re.findall(r"self\.(_[a-z]\w*)(?:: [^=]+)? =", inspect.getsource(base))
            }
            hidden += [f"{name}.{key}" for key in ours & theirs - wanted if not key.startswith("__")]
    assert hidden == []


def test_colors_for_rich() -> None:
    assert rich_color({"a": "#FFAA0080"}, "a") == "#FFAA00"
    assert rich_color({"a": "auto 60%"}, "a") is None
    assert rich_color({"a": "ansi_blue"}, "a") == "blue"
    assert rich_color({}, "a") is None
