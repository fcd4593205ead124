"""What the quick commands load, seen by fresh interpreters: help must not pay for torch or Textual."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import tutor

SLOW = ("torch", "numpy", "textual", "rich", "pytest", "plotext")

ENVIRONMENT = {"PYTHONPATH": str(Path(tutor.__file__).parents[1])}
"""Makes the children find this very package, installed or not."""

_RUN = """
import sys
from tutor.cli import main
code = main(sys.argv[1:])
print("loaded:", *sorted({name.partition(".")[0] for name in sys.modules}), file=sys.stderr)
raise SystemExit(code)
"""


@pytest.fixture(scope="module")
def workspace(tmp_path_factory):
    """A workspace of the bundled course."""
    from tutor.session import open_session

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TUTOR_HOME", str(tmp_path_factory.mktemp("home")))
        folder = tmp_path_factory.mktemp("work") / "tutor"
        open_session(None, folder, create=True).close()
    return folder


def loaded(workspace, *argv):
    command = [sys.executable, "-c", _RUN, *argv]
    environment = {**os.environ, **ENVIRONMENT}
    done = subprocess.run(command, cwd=workspace, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return set(done.stderr.rpartition("loaded:")[2].split()), done.stdout


def test_importing_the_command_line_loads_nothing_slow():
    code = "import sys, tutor.cli; print(*sys.modules)"
    environment = {**os.environ, **ENVIRONMENT}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    names = {name.partition(".")[0] for name in done.stdout.split()}
    assert not names & {*SLOW, "sqlite3", "tomllib", "dataclasses"}


@pytest.mark.parametrize(
    "argv", [["--help"], ["--version"], ["list"], ["hint", "softmax"], ["next"], ["grade", "--help"], ["lab", "--help"]]
)
def test_quick_commands_load_nothing_slow(workspace, argv):
    names, out = loaded(workspace, *argv)
    assert out
    assert not names & set(SLOW)


def test_the_session_loads_no_grader(workspace):
    names, _ = loaded(workspace, "progress", "--json")
    assert not names & {"torch", "numpy"}
