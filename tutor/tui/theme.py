"""The app's own two themes, dark and light; Textual's can be chosen too. Imports no widget."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.theme import Theme

if TYPE_CHECKING:
    from collections.abc import Mapping

DARK = Theme(
    name="tutor-dark",
    primary="#6cb2eb",
    secondary="#93a8c9",
    accent="#f2b866",
    success="#86c98f",
    warning="#e8c266",
    error="#f08791",
    foreground="#dce1e8",
    background="#15181d",
    surface="#1b1f25",
    panel="#262b33",
    dark=True,
    variables={
        "footer-background": "#20252c",
        "footer-key-foreground": "#f2b866",
        "border": "#6cb2eb",
        "border-blurred": "#343b46",
        "block-cursor-background": "#2d4a66",
        "block-cursor-foreground": "#ffffff",
        "block-cursor-text-style": "bold",
        "block-cursor-blurred-background": "#262b33",
        "scrollbar": "#3a4350",
        "scrollbar-hover": "#4a5666",
        "scrollbar-active": "#6cb2eb",
        "scrollbar-background": "#1b1f25",
        "scrollbar-background-hover": "#1b1f25",
        "scrollbar-background-active": "#1b1f25",
        "scrollbar-corner-color": "#1b1f25",
    },
)

LIGHT = Theme(
    name="tutor-light",
    primary="#1f5f9e",
    secondary="#53657f",
    accent="#96580a",
    success="#28703a",
    warning="#85600a",
    error="#b02a3c",
    foreground="#23272e",
    background="#faf8f4",
    surface="#ffffff",
    panel="#ebe7df",
    dark=False,
    variables={
        "footer-background": "#ebe7df",
        "footer-key-foreground": "#96580a",
        "border": "#1f5f9e",
        "border-blurred": "#cfc9be",
        "block-cursor-background": "#cfe0f2",
        "block-cursor-foreground": "#10202f",
        "block-cursor-text-style": "bold",
        "block-cursor-blurred-background": "#e9e5dc",
        "scrollbar": "#c5beb1",
        "scrollbar-hover": "#aaa294",
        "scrollbar-active": "#1f5f9e",
        "scrollbar-background": "#f3f0ea",
        "scrollbar-background-hover": "#f3f0ea",
        "scrollbar-background-active": "#f3f0ea",
        "scrollbar-corner-color": "#f3f0ea",
    },
)


def rich_color(variables: Mapping[str, str], name: str) -> str | None:
    """A theme variable as Rich writes colours; None for what depends on the background, such as `auto 60%`."""
    text = variables.get(name, "")
    if text.startswith("#"):
        return text[:7]
    return text.removeprefix("ansi_") if text.startswith("ansi_") and text != "ansi_default" else None
