"""What the learner chose in the settings, kept in a small TOML file in the user's config folder.

A missing file means the defaults; a damaged one too, with a sentence about it. Knows no widget.
"""

from __future__ import annotations

import json
import tomllib
from dataclasses import asdict, dataclass, replace

from tutor.atomic import write_atomic
from tutor.paths import user_folder

FILE = "app.toml"


@dataclass(frozen=True, slots=True)
class Preferences:
    """Settings of the app."""

    theme: str = "tutor-dark"
    tab_width: int = 4
    editor: str = ""
    """Command of the external editor; empty means $VISUAL, then $EDITOR."""
    autosave: bool = True
    """Save without asking when an exercise is left. Grading always saves first."""
    reduced_motion: bool = False
    close_brackets: bool = False


def load_preferences() -> tuple[Preferences, str]:
    """The learner's choices and a sentence about what could not be read (usually empty)."""
    path = user_folder("config") / FILE
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return Preferences(), ""
    except (OSError, ValueError) as error:
        return Preferences(), f"Your settings in {path} could not be read ({error}); the defaults are used."
    default = Preferences()
    wrong = [name for name in table if not _sensible(name, table[name], getattr(default, name, None))]
    chosen = {name: value for name, value in table.items() if name not in wrong}
    note = f"{', '.join(wrong)} in {path} makes no sense; the default is used." if wrong else ""
    return replace(default, **chosen), note


def save_preferences(preferences: Preferences) -> None:
    """Write the choices; raises TutorError when that is impossible."""
    lines = [f"{key} = {json.dumps(value)}" for key, value in asdict(preferences).items()]  # JSON scalars are TOML
    write_atomic(user_folder("config") / FILE, ("\n".join(lines) + "\n").encode())


def _sensible(name: str, value: object, default: object) -> bool:
    return type(value) is type(default) and (name != "tab_width" or value in range(1, 9))
