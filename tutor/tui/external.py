"""Which command opens the learner's own editor, and running it on the real file. Knows no widget."""

from __future__ import annotations

import os
import shlex
import shutil
import signal
import subprocess
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from tutor.model import TutorError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path


def editor_command(chosen: str, environment: Mapping[str, str]) -> list[str]:
    """The command from the settings, else $VISUAL, else $EDITOR; raises TutorError when there is none to run."""
    text = chosen or environment.get("VISUAL") or environment.get("EDITOR") or ""
    if not text.strip():
        raise TutorError("No editor is set. Choose one in the settings, or set $EDITOR, e.g. export EDITOR=nano.")
    try:
        command = shlex.split(text, posix=os.name != "nt")
    except ValueError as error:
        raise TutorError(f"The editor command {text!r} cannot be understood: {error}.") from error
    if shutil.which(command[0]) is None:
        raise TutorError(
            f"The editor {command[0]!r} is not installed or not on the PATH. Choose another in the settings."
        )
    return command


def run_editor(command: list[str], path: Path) -> str:
    """Open the file and wait until the command ends; gives the sentence to show when it did not work. Never raises."""
    with _ctrl_c_is_the_editors():
        try:
            code = subprocess.call([*command, str(path)])
        except OSError as error:
            return f"{command[0]} could not be started: {error.strerror or error}."
    if code < 0:
        return f"{command[0]} was stopped; the file is as it left it."
    return f"{command[0]} ended with exit code {code}; the file is as it left it." if code else ""


@contextmanager
def _ctrl_c_is_the_editors() -> Iterator[None]:
    """The terminal sends ctrl+c to every program in it: while the editor runs, it is not for us.

    A handler rather than SIG_IGN, because what is ignored would be ignored in the editor as well.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, lambda *_: None)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
