"""`tutor lab` as a person and as a program see it."""

from __future__ import annotations

import json
import os
import runpy
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tutor import cli
from tutor.progress.store import Attempt
from tutor.session import open_session

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    make_course = runpy.run_path(str(Path(__file__).parents[1] / "training" / "mini.py"))["make_course"]
    return make_course(tmp_path_factory.mktemp("mini"))


@pytest.fixture
def workspace(course, tmp_path):
    assert cli.main(["--course", str(course), "init", str(tmp_path / "mine")]) == 0
    return tmp_path / "mine"


@pytest.fixture
def lab(course, workspace, capsys):
    """Run `tutor lab …` and give (exit code, stdout, stderr)."""
    capsys.readouterr()

    def run(*args):
        code = cli.main(["--course", str(course), "--workspace", str(workspace), "lab", *args])
        out = capsys.readouterr()
        return code, out.out, out.err

    return run


def test_the_target_decides_about_the_exit_code(lab):
    code, out, err = lab("halve")
    assert code == 0
    assert "Target reached: error ≤ 0.01" in out
    assert "error (log)" in out
    assert "╌╌ target 0.01" in out
    assert "picture" in out, "the lab's own picture"
    assert "The course's: shrink, measure." in err
    assert "made-up numbers" in err
    assert "\x1b" not in out
    code, out, _ = lab("halve", "--knob", "steps=2")
    assert code == 1
    assert "Target not reached: error ≤ 0.01; it is 0.25." in out


def test_events_for_programs(lab):
    code, out, err = lab("halve", "--json", "--knob", "steps=3", "--seed", "4")
    events = [json.loads(line) for line in out.splitlines()]
    assert code == 1
    assert events[0]["event"] == "meta"
    assert events[0]["seed"] == 4
    assert events[0]["knobs"]["steps"] == 3
    assert [e["values"]["size"] for e in events if e["event"] == "metrics"] == [0.5, 0.25, 0.125]
    assert events[-1]["event"] == "end"
    assert events[-1]["reached"] is False
    assert "%" not in err


def test_a_known_mistake_is_chosen_by_number_or_words(lab):
    for words in ("1", "grows", "shrink: grows"):
        code, out, err = lab("halve", "--break", words, "--knob", "steps=3", "--no-reference")
        assert code == 1
        assert "with the mistake" in out
        assert "shrink (“grows”)" in err
    code, _, err = lab("halve", "--break", "nonsense")
    assert code == 2
    assert "1 shrink: grows; 2 shrink: raises" in err


def test_a_mistake_that_raises_shows_its_line(lab):
    code, out, _ = lab("halve", "--break", "2", "--no-reference")
    assert code == 1
    assert "The mistake “raises” in shrink raised ValueError: no way" in out
    assert "shrink_variants.py, line" in out


def test_verified_code_of_the_learner_trains_also_after_the_file_was_broken(lab, course, workspace):
    """What passed once is used from the history, and its lines carry the exercise's name."""
    code = (
        b"def shrink(value, rate):\n    if value < 0.2:\n        raise OverflowError('tiny')\n    return value * rate\n"
    )
    with open_session(course, workspace) as session:
        session.save("shrink", code.decode())
        sha256 = session.workspace.keep(code)
        session.progress.add_attempt(Attempt("shrink", "passed", sha256, 0.1, 0, "cpu", "1", 1, 1))
    code, out, err = lab("halve", "--knob", "steps=2")
    assert code == 1
    assert "Yours: shrink. The course's: measure." in err
    assert "⠤⠤ yours 0.25   ○○ reference 0.25" in out
    assert "size at step 2: 0.25, the same as the reference." in out
    (workspace / "01_small" / "shrink.py").write_text("broken now (")
    code, out, err = lab("halve")
    assert code == 1
    assert "Yours: shrink." in err
    assert "Your shrink raised OverflowError: tiny" in out
    assert "shrink.py, line 3, in shrink" in out


def test_runs_are_kept_listed_compared_and_exported(lab, workspace, tmp_path):
    lab("halve", "--knob", "steps=4")
    lab("halve", "--knob", "rate=0.9")
    code, out, _ = lab("--runs")
    assert code == 0
    newest, oldest = out.splitlines()
    assert "rate=0.9" in newest
    assert "steps=4" in oldest
    run_id = oldest.split()[1]
    code, out, _ = lab("halve", "--compare", run_id)
    assert code == 0
    assert f"++ {run_id} 0.0625" in out
    assert lab("--export", str(tmp_path / "run.csv"), "--run", run_id)[0] == 0
    assert (tmp_path / "run.csv").read_text().startswith("who,step,error,size\nmine,1,0.5,0.5\n")
    assert (workspace / ".tutor" / "runs" / f"{run_id}.jsonl").is_file()


def test_lists(lab):
    code, out, _ = lab("--list")
    assert code == 0
    assert out.startswith("halve  Halving")
    assert lab() == (0, out, "")
    code, out, _ = lab("halve", "--knobs")
    assert "rate=0.5  (0.01 to 1)  how fast" in out
    assert "2  shrink: raises" in out


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["halv3"], "did you mean `halve`"),
        (["halve", "--knob", "rat=1"], "Did you mean rate?"),
        (["halve", "--knob", "rate"], "say NAME=VALUE"),
        (["halve", "--knob", "rate=9"], "out of range"),
        (["halve", "--smooth", "2"], "--smooth 2 is out of range"),
        (["halve", "--compare", "nothing"], "No run is kept yet"),
        (["--export", "x.png"], "csv or .jsonl"),
    ],
)
def test_usage_errors_are_sentences(lab, args, words):
    code, out, err = lab(*args)
    assert code == 2
    assert words in err
    assert not out


def test_without_a_workspace_the_courses_code_trains(course, capsys, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    assert cli.main(["--course", str(course), "lab", "halve"]) == 0
    assert "There is no workspace" in capsys.readouterr().err


def test_ctrl_c_ends_the_run_in_order_and_leaves_no_process(course, workspace):
    """The first ctrl+c stops, judges and keeps; nothing of the run is alive afterwards."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tutor", "--course", str(course), "--workspace", str(workspace), "lab", "halve",
         "--json", "--knob", "steps=100000", "--knob", "nap=0.01"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=os.environ | {"PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert process.stdout is not None
    lines = [process.stdout.readline() for _ in range(8)]
    assert json.loads(lines[0])["event"] == "meta"
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    end = json.loads(out.splitlines()[-1])
    assert end["event"] == "end"
    assert end["outcome"] == "stopped"
    assert "Stopping" in err
    assert process.returncode in (0, 1)
    time.sleep(0.1)
    assert str(workspace) not in _commands()


def _commands() -> str:
    listing = Path("/proc")
    if not listing.is_dir():
        return ""
    found = []
    for entry in listing.glob("[0-9]*/cmdline"):
        try:
            found.append(entry.read_bytes().replace(b"\0", b" ").decode(errors="replace"))
        except OSError:  # it has just ended
            continue
    return "\n".join(found)
