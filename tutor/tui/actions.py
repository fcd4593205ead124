"""Every action of the app in one table: keys, words, where it works and which command does the same.

Bindings, footer, palette, help screen and the README's key table are made from this table and from nothing else.
Owns no behaviour: an action's name is that of the `action_…` method of the screen or app that is in its scope; one that
belongs to the screen or app although a part of it has the key begins with `screen.` or `app.`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from textual.binding import Binding

Scope = Literal[
    "app", "home", "workbench", "editor", "find", "lesson", "lab", "explorer", "solution", "history", "progress"
]

SCOPE_TITLES: dict[Scope, str] = {
    "app": "Everywhere",
    "home": "Home",
    "lesson": "Lesson",
    "workbench": "Workbench",
    "editor": "Editor",
    "find": "Search in the editor",
    "solution": "Solution",
    "history": "Earlier versions",
    "lab": "Lab",
    "explorer": "Explorer",
    "progress": "Progress",
}


@dataclass(frozen=True, slots=True)
class Action:
    """One thing the learner can do. `keys` are Textual's names; the first is the one that is shown."""

    name: str
    keys: tuple[str, ...]
    label: str
    help: str
    scope: Scope
    footer: bool = False
    command: str = ""
    """The same in a plain terminal, e.g. `tutor grade NAME`."""
    palette: bool = True
    shown: str = ""
    """What to print for the key when Textual's own name reads badly."""


ACTIONS: tuple[Action, ...] = (
    # Everywhere. ctrl+q and ctrl+p are Textual's own; they stand here so that help and README list them.
    Action("back", ("escape",), "Back", "Back to where you came from", "app", palette=False, shown="esc"),
    Action("help", ("f1", "question_mark"), "Help", "Every key and what it does", "app", shown="?"),
    Action("command_palette", ("ctrl+p",), "Palette", "Search every action, lesson and exercise", "app", palette=False),
    Action("open_progress", (), "Progress", "History, time, streak, what to review", "app", command="tutor progress"),
    Action("open_settings", (), "Settings", "Theme, tab width, editor, saving, motion", "app"),
    Action("change_theme", (), "Theme", "Choose a theme with a live preview", "app"),
    Action("go_home", (), "Home", "Back to the list of chapters", "app", command="tutor list"),
    Action("quit", ("ctrl+q",), "Quit", "Save and leave", "app"),
    # Home
    Action("select", ("enter",), "Open", "Open what is highlighted; a chapter folds", "home", True, palette=False),
    Action("go_on", ("ctrl+n", "c"), "Continue", "Open what is next", "home", True, "tutor next"),
    Action("search", ("slash", "ctrl+f"), "Search", "Search lessons, exercises, labs and explorers", "home", True,
           shown="/"),
    Action("app.open_progress", ("p",), "Progress", "History, time, streak, what to review", "home", True,
           "tutor progress", palette=False),
    Action("app.open_settings", ("s",), "Settings", "Theme, tab width, editor, saving, motion", "home", True,
           palette=False),
    # Workbench
    Action("grade", ("ctrl+r",), "Grade", "Save, then check your code", "workbench", True, "tutor grade NAME"),
    Action("save", ("ctrl+s",), "Save", "Save, which also checks your code", "workbench", False, "tutor watch NAME"),
    Action("hint", ("ctrl+g",), "Hint", "The next hint, from a nudge to almost the line", "workbench", True,
           "tutor hint NAME"),
    Action("external_editor", ("ctrl+o",), "$EDITOR", "Open the file in your own editor", "workbench", True),
    Action("train", ("ctrl+t",), "Train", "Train something real with your code", "workbench", True, "tutor lab NAME"),
    Action("next_exercise", ("ctrl+n",), "Next", "Go on to the next exercise", "workbench", True, "tutor next"),
    Action("next_pane", ("ctrl+b",), "Pane", "The next pane: task, code, findings, curve", "workbench", True),
    Action("solution", (), "Solution", "The solution beside yours, after a pass or giving up", "workbench", False,
           "tutor solution NAME"),
    Action("reset", (), "Start over", "A fresh stub; your file is kept as a backup", "workbench", False,
           "tutor reset NAME"),
    Action("history", (), "Earlier versions", "Every version you had graded; bring one back", "workbench", False,
           "tutor history NAME"),
    # Editor
    Action("screen.find", ("ctrl+f",), "Find", "Find in the file; again for the next match", "editor"),
    Action("screen.goto_line", ("ctrl+l",), "Go to line", "Go to a line by its number", "editor"),
    Action("document_start", ("ctrl+home",), "Top", "The top of the file", "editor", palette=False),
    Action("document_end", ("ctrl+end",), "End", "The end of the file", "editor", palette=False),
    Action("comment", ("ctrl+underscore", "ctrl+slash"), "Comment", "Comment the selected lines in or out", "editor",
           shown="^/"),
    Action("indent", ("tab",), "Indent", "Indent the selected lines, or to the next stop", "editor", palette=False),
    Action("dedent", ("shift+tab",), "Dedent", "Dedent the selected lines", "editor", palette=False),
    Action("undo", ("ctrl+z",), "Undo", "Undo", "editor"),
    Action("redo", ("ctrl+y",), "Redo", "Redo", "editor"),
    Action("cut", ("ctrl+x",), "Cut", "Cut the selection, or the line", "editor", palette=False),
    Action("copy", ("ctrl+c",), "Copy", "Copy the selection", "editor", palette=False),
    Action("paste", ("ctrl+v",), "Paste", "Paste", "editor", palette=False),
    Action("delete_to_end_of_line_or_delete_line", ("ctrl+k",), "Delete line", "Delete to the end of the line",
           "editor", palette=False),
    Action("next_match", ("enter", "down", "ctrl+f"), "Next match", "The next match", "find", palette=False),
    Action("previous_match", ("up",), "Previous match", "The previous match", "find", palette=False),
    # Lesson
    Action("next_page", ("n", "right"), "Next page", "The next page of the lesson", "lesson", True),
    Action("previous_page", ("p", "left"), "Page before", "The page before", "lesson", True),
    Action("next_lesson", ("ctrl+n",), "Next lesson", "The next lesson", "lesson", True, "tutor next"),
    Action("read_on", ("pagedown", "space"), "Read on", "Scroll on; at the end, the next page", "lesson",
           palette=False),
    Action("read_back", ("pageup", "b"), "Read back", "Scroll back; at the top, the page before", "lesson",
           palette=False),
    Action("line_down", ("down", "j"), "Line down", "Scroll down", "lesson", palette=False),
    Action("line_up", ("up", "k"), "Line up", "Scroll up", "lesson", palette=False),
    Action("page_top", ("home",), "Top", "The top of the page", "lesson", palette=False),
    Action("page_bottom", ("end",), "End", "The end of the page", "lesson", palette=False),
    # Solution
    Action("next_difference", ("n", "ctrl+n"), "Next difference", "Go to the next lines that differ", "solution", True),
    Action("switch_side", ("ctrl+b", "tab"), "Yours/solution", "Show the other side in a narrow terminal", "solution",
           True),
    # Earlier versions
    Action("restore", ("r", "enter"), "Bring back", "Bring the highlighted version back", "history", True,
           "tutor history NAME --restore ID"),
    Action("compare", ("d",), "Compare", "Show it beside what you have now", "history", True),
    # Lab
    Action("train", ("ctrl+t", "t"), "Train", "Start training with these knobs", "lab", True, "tutor lab NAME",
           shown="^t"),
    Action("pause", ("space",), "Pause", "Pause, and go on", "lab", True, shown="space"),
    Action("stop", ("s",), "Stop", "End the run now; it is judged as it stands", "lab", True),
    Action("break_it", ("b",), "Break", "Train with a known mistake, and see the damage", "lab", True,
           "tutor lab NAME --break"),
    Action("log_axis", ("g",), "Log", "Logarithmic axis on and off", "lab", True, "tutor lab NAME --log"),
    Action("smooth", ("m",), "Smooth", "Smoothing: off, over 10 points, over 50", "lab", False,
           "tutor lab NAME --smooth"),
    Action("next_picture", ("v",), "View", "The next curve or picture", "lab", True),
    Action("compare", ("c",), "Compare", "Lay an earlier run over the curve", "lab", False, "tutor lab NAME --compare"),
    Action("export", ("x",), "Export", "Write the run as CSV", "lab", False, "tutor lab NAME --export FILE"),
    Action("next_pane", ("ctrl+b",), "Pane", "The next pane: set-up, curve, runs", "lab", True),
    # Explorer
    Action("reset", ("home", "r"), "Reset", "Every knob back to its default", "explorer", True),
    Action("turn_less", ("left",), "Less", "Turn the selected knob down", "explorer", True, palette=False, shown="←"),
    Action("turn_more", ("right",), "More", "Turn the selected knob up", "explorer", True, palette=False, shown="→"),
    Action("select_up", ("up",), "Up", "The knob above", "explorer", False, palette=False, shown="↑"),
    Action("select_down", ("down",), "Down", "The knob below", "explorer", True, palette=False, shown="↓"),
)  # fmt: skip


def actions(scope: Scope) -> tuple[Action, ...]:
    """The actions that work in one place, in the order in which they are shown."""
    return tuple(action for action in ACTIONS if action.scope == scope)


def bindings(scope: Scope, *, skip: frozenset[str] = frozenset()) -> list[Binding]:
    """Textual bindings of one scope; `skip` names actions that Textual itself binds there."""
    from textual.binding import Binding

    return [
        Binding(
            ",".join(action.keys),
            action.name,
            action.label,
            show=action.footer,
            key_display=action.shown or None,
            tooltip=action.help,
        )
        for action in actions(scope)
        if action.keys and action.name not in skip
    ]


def shown_key(action: Action) -> str:
    """The action's key as a person reads it: `ctrl+r`, `?`, `esc`; empty when only the palette has it."""
    if not action.keys:
        return ""
    if action.shown:
        return action.shown.replace("^", "ctrl+")
    return action.keys[0]


def key_table() -> str:
    """The README's key table in Markdown."""
    rows = ["| Where | Key | What | As a command |", "|---|---|---|---|"]
    for scope, title in SCOPE_TITLES.items():
        for action in actions(scope):
            key = f"`{shown_key(action)}`" if action.keys else "palette"
            command = f"`{action.command}`" if action.command else ""
            rows.append(f"| {title} | {key} | {action.help} | {command} |")
            title = ""
    return "\n".join(rows)


if __name__ == "__main__":
    print(key_table())  # noqa: T201  # the module's only output, for the README
