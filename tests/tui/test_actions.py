from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest
from textual.widgets import TextArea

from tutor.tui.actions import ACTIONS, SCOPE_TITLES, actions, bindings, key_table, shown_key

ROOT = Path(__file__).resolve().parents[2]

OURS = {"home", "workbench", "editor", "find", "solution", "history", "progress", "app"}


@pytest.mark.parametrize("scope", SCOPE_TITLES)
def test_no_key_means_two_things_in_one_place(scope) -> None:
    keys = Counter(key for action in actions(scope) for key in action.keys)
    assert [key for key, count in keys.items() if count > 1] == []


def test_no_key_that_terminals_or_systems_own() -> None:
    keys = {key for action in ACTIONS for key in action.keys}
    assert not [
        key
        for key in keys
        if "alt+" in key or key in ("ctrl+enter", "f6", "f7", "ctrl+j", "ctrl+m", "ctrl+i", "ctrl+h")
    ]


def test_the_workbench_takes_no_key_of_the_text_area() -> None:
    owned = {key for binding in TextArea.BINDINGS for key in binding.key.split(",")}
    free = {
        key for action in (*actions("workbench"), *actions("app")) for key in action.keys if key.startswith("ctrl+")
    }
    assert not owned & free


def test_the_footer_has_room() -> None:
    for scope in SCOPE_TITLES:
        assert sum(action.footer for action in actions(scope)) <= 7
        words = sum(len(shown_key(a).replace("ctrl+", "^")) + len(a.label) + 3 for a in actions(scope) if a.footer)
        assert words <= 68, scope


def test_every_action_says_what_it_does() -> None:
    for action in ACTIONS:
        assert action.help
        assert action.label
        assert not action.help.endswith(".")


def test_bindings_are_made_from_the_table() -> None:
    by_action = {binding.action: binding for binding in bindings("workbench")}
    assert by_action["grade"].key == "ctrl+r"
    assert by_action["grade"].show
    assert "solution" not in by_action, "what only the palette has needs no key"


def test_the_readme_has_the_same_keys() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8") if (ROOT / "README.md").exists() else ""
    found = re.search(r"<!-- keys -->\n(.*?)<!-- /keys -->", text, re.DOTALL)
    if not found or not found[1].strip():
        pytest.skip("the README shows no key table")
    assert found[1].strip() == key_table()
