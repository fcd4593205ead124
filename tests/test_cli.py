"""The command line itself: the table, misspelt names, exit codes, closed and narrow streams, signals."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

from tutor import __version__, cli


def environment(**more):
    """Children find this very package, installed or not."""
    return {**os.environ, "PYTHONPATH": str(Path(cli.__file__).parents[1]), **more}


def run(*argv, **more):
    command = [sys.executable, "-m", "tutor", *map(str, argv)]
    return subprocess.run(command, capture_output=True, env=environment(**more), check=False)


def shell(line):
    """Run a line of bash in which `tutor` is this program."""
    line = line.replace("tutor", f"{sys.executable} -m tutor", 1)
    return subprocess.run(["bash", "-c", line], capture_output=True, env=environment(), text=True, check=False)


@pytest.fixture
def tutor(capsys):
    def call(*argv):
        code = cli.main([str(arg) for arg in argv])
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return call


def test_every_command_of_the_table_is_there_with_help(tutor):
    for name, (target, summary) in cli.COMMANDS.items():
        module, _, function = target.partition(":")
        assert callable(getattr(import_module(module), function)), target
        code, out, _ = tutor(name, "--help")
        assert code == 0
        assert out.startswith(f"usage: tutor {name}")
        assert summary


def test_help_lists_every_command(tutor):
    code, out, _ = tutor("--help")
    assert code == 0
    assert all(f"  {name} " in out for name in cli.COMMANDS)
    assert tutor()[1] == out


def test_version(tutor):
    assert tutor("--version") == (0, f"tutor {__version__}\n", "")


@pytest.mark.parametrize(("typed", "meant"), [("grad", "grade"), ("lst", "list"), ("histroy", "history")])
def test_a_misspelt_command_suggests_the_nearest(tutor, typed, meant):
    code, out, err = tutor(typed)
    assert code == 2
    assert out == ""
    assert f"did you mean `tutor {meant}`?" in err


def test_usage_errors_end_with_2_and_say_where_help_is(tutor):
    for argv in (["grade", "--sed", "1"], ["--cours", "x", "list"], ["grade", "x", "--seed", "many"], ["init"]):
        code, out, err = tutor(*argv)
        assert code == 2
        assert out == ""
        assert "--help`" in err


def test_folders_may_stand_before_or_behind_the_command(tutor, tmp_path):
    for argv in (["--course", tmp_path, "list"], ["list", "--course", tmp_path], [f"--course={tmp_path}", "list"]):
        code, _, err = tutor(*argv)
        assert code == 2
        assert "holds no course" in err


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "utf-8"])
def test_any_encoding_of_stdout_will_do(encoding):
    for argv in (["list"], ["--help"], ["show", "softmax"], ["doctor", "--help"]):
        done = run(*argv, PYTHONIOENCODING=encoding, PYTHONUTF8="0")
        assert done.returncode == 0, done.stderr
        done.stdout.decode(encoding)


def test_ascii_gets_words_instead_of_marks():
    out = run("list", PYTHONIOENCODING="ascii").stdout.decode("ascii")
    assert "  - hello-grader" in out
    assert "?" not in out


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX shells")
def test_stdout_closed_early_is_no_error():
    done = shell("tutor show softmax | head -n 1; echo ${PIPESTATUS[0]}")
    assert done.stderr.count("\n") <= 1, "at most the narration"
    assert "Error" not in done.stderr
    first, code = done.stdout.splitlines()
    assert first
    assert code in ("0", "141")


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX shells")
@pytest.mark.parametrize("closing", [">&-", "2>&-", ">&- 2>&- <&-", "> /dev/full"])
def test_closed_or_full_streams_end_without_a_traceback(closing):
    done = shell(f"tutor list {closing}")
    assert done.returncode in (0, 2)
    assert "Traceback" not in done.stderr
    assert "Exception" not in done.stderr


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_ends_a_command_quietly(tmp_path, number, code):
    folder = tmp_path / "work"
    assert run("init", folder).returncode == 0
    stub = "import sys, time, tutor.session as s\nclass G:\n    def __getattr__(self, n): return lambda *a: None\n"
    stub += "s._new_grader = G\nfrom tutor.cli import main\nsys.argv = ['tutor', 'watch']\nraise SystemExit(main())"
    command = [sys.executable, "-c", stub]
    child = subprocess.Popen(command, cwd=folder, env=environment(), stderr=subprocess.PIPE, text=True)
    assert child.stderr is not None
    assert "Watching" in child.stderr.readline()
    child.send_signal(number)
    _, rest = child.communicate(timeout=30)
    assert "Traceback" not in rest
    # ctrl+c is how `watch` is meant to end
    assert child.returncode == (0 if number == signal.SIGINT else code)


def test_ctrl_c_while_a_question_waits_ends_with_130(tmp_path):
    script = "import tutor.commands.next as n\ndef run(args): raise KeyboardInterrupt\nn.run = run\n"
    script += "from tutor.cli import main\nraise SystemExit(main(['next']))"
    command = [sys.executable, "-c", script]
    done = subprocess.run(command, env=environment(), capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "")
