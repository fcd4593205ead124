from __future__ import annotations

from pathlib import Path

import pytest

from tutor.model import TutorError
from tutor.paths import user_folder
from tutor.tui.preferences import FILE, Preferences, load_preferences, save_preferences


def write(text: str | bytes) -> Path:
    path = user_folder("config") / FILE
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_what_is_saved_comes_back() -> None:
    chosen = Preferences(theme="nord", tab_width=2, editor='code --wait "my file" \\ ü', autosave=False)
    save_preferences(chosen)
    assert load_preferences() == (chosen, "")


def test_nothing_saved_means_the_defaults() -> None:
    assert load_preferences() == (Preferences(), "")


@pytest.mark.parametrize("text", ["theme = [", b"\xff\xfe", "theme ="])
def test_a_damaged_file_means_the_defaults_and_a_sentence(text: str | bytes) -> None:
    path = write(text)
    preferences, note = load_preferences()
    assert preferences == Preferences()
    assert str(path) in note


@pytest.mark.parametrize(
    "text", ["tab_width = 0", "tab_width = 99", "tab_width = true", 'autosave = "yes"', "colour = 1"]
)
def test_a_wrong_value_is_left_out_and_named(text: str) -> None:
    write(f'{text}\ntheme = "nord"')
    preferences, note = load_preferences()
    assert preferences == Preferences(theme="nord")
    assert text.split()[0] in note


def test_what_cannot_be_saved_is_told() -> None:
    folder = user_folder("config")
    folder.parent.mkdir(parents=True, exist_ok=True)
    folder.write_text("a file where the folder should be")
    with pytest.raises(TutorError):
        save_preferences(Preferences())
