"""The command from start to end, with the real grader: what instructors and CI see."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tutor.classroom import task
from tutor.classroom.record import read_grading
from tutor.classroom.store import FILE
from tutor.cli import main

HELLO, GREEDY = "hello-grader", "one-hot"


@pytest.fixture(scope="session")
def solutions(course) -> dict[str, str]:
    return {e.id: e.solution.read_text() for e in course.exercises if e.id in (HELLO, GREEDY)}


@pytest.fixture
def homework(tmp_path, solutions, course) -> Path:
    """A class of five on two exercises: right, stub, endless, hostile, half."""
    root = tmp_path / "class"
    stub = next(e for e in course.exercises if e.id == HELLO).stub.read_text()
    name = next(e for e in course.exercises if e.id == HELLO).stub.name
    files = {
        "right": solutions[HELLO], "stub": stub, "syntax": "def f(:\n", "exits": "import os\nos._exit(0)\n",
        "endless": "while True: pass\n",
    }  # fmt: skip
    for who, text in files.items():
        (root / who).mkdir(parents=True)
        (root / who / name).write_text(text)
    (root / "right" / "one_hot.py").write_text(solutions[GREEDY])
    (tmp_path / "hw.toml").write_text(
        f'title = "Homework"\nexercises = ["{HELLO}", "{GREEDY}"]\n[limits]\ncheck_seconds = 2\nverdict_seconds = 4\n'
    )
    return root


@pytest.fixture(autouse=True)
def _no_server_stays():
    yield
    task.close()


def grade(homework: Path, out: Path, *more: str) -> int:
    assignment = str(homework.parent / "hw.toml")
    return main(["grade", "--class", str(homework), "--assignment", assignment, "--out", str(out), *more])


def points(out: Path) -> dict[str, float]:
    return {result.student.key: result.points for result in read_grading(out).results}


def comparable(out: Path) -> list[object]:
    """Everything but times."""
    data = json.loads((out / "grading.json").read_text())["results"]

    def timeless(value):
        if isinstance(value, dict):
            return {k: timeless(v) for k, v in value.items() if k not in ("seconds", "limits")}
        return [timeless(item) for item in value] if isinstance(value, list) else value

    return timeless(data)


@pytest.mark.slow
def test_a_class_alone_or_two_at_a_time_in_shards_or_at_once(homework, tmp_path, capsys):
    assert grade(homework, tmp_path / "one", "--jobs", "1", "--format", "all") == 0
    told = capsys.readouterr()
    assert "5 submissions of 5 students, 2 exercises" in told.err
    assert points(tmp_path / "one") == {"right": 15.0, "stub": 0, "syntax": 0, "exits": 0, "endless": 0}
    assert grade(homework, tmp_path / "two", "--jobs", "2") == 0
    assert comparable(tmp_path / "one") == comparable(tmp_path / "two")
    folders = [str(tmp_path / f"shard{k}") for k in (1, 2)]
    for k, folder in enumerate(folders, 1):
        assert grade(homework, Path(folder), "--shard", f"{k}/2") == 0
    assert grade(homework, Path(folders[0]), "--shard", "2/2") == 2
    assert "holds part 1/2, not part 2/2" in capsys.readouterr().err
    assert main(["grade", "merge", *folders, "--out", str(tmp_path / "merged")]) == 0
    assert comparable(tmp_path / "merged") == comparable(tmp_path / "one")
    capsys.readouterr()
    assert grade(homework, tmp_path / "one", "--min-score", "50") == 1
    told = capsys.readouterr()
    assert "every verdict is known" in told.err
    assert "4 of 5 are below 50 %" in told.err
    assert main(["classroom", "diff", str(tmp_path / "one"), str(tmp_path / "two")]) == 0
    assert main(["classroom", "statistics", str(tmp_path / "one")]) == 0
    assert "1 of 5 passed" in capsys.readouterr().out


@pytest.mark.slow
def test_a_killed_run_goes_on_where_it_stopped(homework, tmp_path):
    out = tmp_path / "out"
    command = [sys.executable, "-m", "tutor", "grade", "--class", str(homework), "--jobs", "1", "--out", str(out)]
    command += ["--assignment", str(homework.parent / "hw.toml")]
    root = Path(__file__).parents[2]
    env = {**os.environ, "PYTHONPATH": str(root)}
    child = subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and not ((out / FILE).exists() and (out / FILE).stat().st_size):
        time.sleep(0.02)
    os.kill(child.pid, signal.SIGKILL)
    child.wait()
    lines = (out / FILE).read_bytes().splitlines()
    assert lines
    assert not (out / "grading.json").exists()
    assert grade(homework, out) == 0
    assert (out / FILE).read_bytes().splitlines()[: len(lines)] == lines
    assert read_grading(out).graded < 6
    assert points(out)["right"] == 15


HIDDEN = '''
"""Checks that students never see."""
from tutor.checks import holds


def test_first(mine):
    """Hidden sentence."""
    holds(True, "fine")


def test_second(mine):
    """Another."""
    holds(False, "SECRET VALUE", got="SECRET")
'''


def test_hidden_checks_count_and_say_nothing(homework, tmp_path):
    (hidden := tmp_path / "hidden").mkdir()
    (hidden / "test_hello_grader.py").write_text(HIDDEN)
    (tmp_path / "hw.toml").write_text(
        f'hidden = "hidden"\n[exercises.{HELLO}]\npoints = 10\nweights = {{second = 100}}\n'
    )
    for who in ("stub", "syntax", "exits", "endless"):
        shutil.rmtree(homework / who)
    assert grade(homework, tmp_path / "out", "--format", "all") == 0
    assert 0 < points(tmp_path / "out")["right"] < 1.0
    for path in (tmp_path / "out").rglob("*"):
        assert path.is_dir() or b"SECRET" not in path.read_bytes(), path


def launcher(tmp_path: Path) -> str:
    """`tutor` as a command, without installing it."""
    script = tmp_path / "tutor"
    script.write_text(f"#!{sys.executable}\nimport sys\nsys.path.insert(0, {str(Path(__file__).parents[2])!r})\n"
                      "from tutor.cli import main\nsys.exit(main(sys.argv[1:]))\n")  # fmt: skip
    script.chmod(0o755)
    return str(script)


@pytest.mark.skipif(shutil.which("bash") is None, reason="a shell script")
def test_the_gradescope_package(tmp_path, solutions, capsys):
    base = tmp_path / "autograder"
    assert main(["classroom", "init", "--for", "gradescope", str(base / "source")]) == 0
    assert main(["classroom", "init", "--for", "gradescope", str(base / "source")]) == 2
    assert "is there already" in capsys.readouterr().err
    (base / "source" / "assignment.toml").write_text(f'exercises = ["{HELLO}"]\n')
    (base / "submission").mkdir()
    (base / "submission" / "hello_grader.py").write_text(solutions[HELLO])
    env = {**os.environ, "TUTOR_AUTOGRADER": str(base), "TUTOR_COMMAND": launcher(tmp_path)}
    subprocess.run(["bash", "-n", str(base / "source" / "setup.sh")], check=True)
    done = subprocess.run(
        [str(base / "source" / "run_autograder")], env=env, capture_output=True, text=True, check=False
    )
    data = json.loads((base / "results" / "results.json").read_text())
    assert data["score"] == 5, done.stderr
    (base / "source" / "assignment.toml").write_text(
        f'exercises = ["{HELLO}"]\ndue = 2026-11-02T12:00:00Z\nlate.per_day = 0.2\n'
    )
    (base / "submission_metadata.json").write_text(json.dumps({"created_at": "2026-11-03T14:22:32-07:00"}))
    subprocess.run([str(base / "source" / "run_autograder")], env=env, capture_output=True, check=False)
    assert json.loads((base / "results" / "results.json").read_text())["score"] == 3  # two days late
    assert {test["status"] for test in data["tests"]} == {"passed"}
    shutil.rmtree(base / "results")
    (base / "results").mkdir()
    (base / "source" / "assignment.toml").write_text("broken = [")
    subprocess.run([str(base / "source" / "run_autograder")], env=env, capture_output=True, check=False)
    assert "tell your instructor" in (base / "results" / "results.json").read_text()


def test_the_classroom_50_entry_point(tmp_path, solutions):
    (repository := tmp_path / "repository").mkdir()
    assert main(["classroom", "init", "--for", "classroom50", str(tmp_path / "grader")]) == 0
    (tmp_path / "grader" / "assignment.toml").write_text(f'exercises = ["{HELLO}"]\n')
    (repository / "hello_grader.py").write_text(solutions[HELLO])
    env = {**os.environ, "RUNNER_TEMP": str(tmp_path), "TUTOR_COMMAND": launcher(tmp_path)}
    script = [sys.executable, str(tmp_path / "grader" / "autograder.py")]
    assert subprocess.run(script, cwd=repository, env=env, capture_output=True, check=False).returncode == 0
    assert json.loads((repository / "result.json").read_text())["score"] == 5


@pytest.mark.parametrize("target", ["github", "gitlab"])
def test_ci_templates_call_what_there_is(tmp_path, target, monkeypatch):
    import re

    import tutor

    assert main(["classroom", "init", "--for", target, str(tmp_path)]) == 0
    (path,) = tmp_path.rglob("*.yml")
    text = path.read_text()
    assert f"dl-tutor=={tutor.__version__}" in text
    assert "pull_request_target" not in text
    (command,) = re.findall(r"tutor (grade .*)", text)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "softmax.py").write_text("x = 1\n")
    (tmp_path / "assignment.toml").write_text('exercises = ["softmax"]\n')
    assert main(command.replace("--sandbox strict ", "").split()) == 1  # below --min-score


@pytest.mark.slow
def test_a_cluster_gives_the_same_and_loses_nothing_with_a_worker(homework, tmp_path):
    distributed = pytest.importorskip("distributed")
    import threading

    from tutor.classroom.assignment import read_assignment
    from tutor.classroom.engine import RETRIES
    from tutor.classroom.intake.collect import collect
    from tutor.classroom.people import by_student
    from tutor.classroom.record import grading_to_json
    from tutor.classroom.run import Class
    from tutor.classroom.store import Store
    from tutor.course.load import bundled_root, load_course

    assert grade(homework, tmp_path / "local") == 0
    course = load_course(bundled_root())
    assignment = read_assignment(tmp_path / "hw.toml", course)
    exercises = [e for e in course.exercises if e.id in (HELLO, GREEDY)]
    students = by_student(collect(homework, exercises), None)
    with (
        distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster,
        distributed.Client(cluster, set_as_default=False) as client,
    ):
        pids = list(client.run(os.getpid).values())
        killer = threading.Timer(1.0, os.kill, [pids[0], signal.SIGKILL])
        killer.start()
        far = Class(course, assignment, Store(tmp_path / "far"))
        grading = far.grade(students, client.get_executor(retries=RETRIES), lambda *_: None)
        killer.join()
    (tmp_path / "far" / "grading.json").write_text(json.dumps(grading_to_json(grading)))
    assert comparable(tmp_path / "far") == comparable(tmp_path / "local")


@pytest.mark.parametrize(("words", "sentence"), [
    (["--class", "nowhere"], "nothing at nowhere"), (["--submission", "nowhere"], "nothing at nowhere"),
    (["--class", ".", "--shard", "3/2"], "second of four"), (["--class", ".", "--jobs", "0"], "at least one"),
    (["--class", ".", "--format", "pdf"], "no report called"),
    (["--class", ".", "--roster", "no.csv"], "cannot be read"),
    (["--class", ".", "--assignment", "no.toml"], "cannot be read"), (["merge"], "Which gradings"),
    (["merge", "nowhere"], "cannot be read"), (["--class", "."], "holds no submissions"),
    (["--class", ".", "--canvas", "no.csv"], "no file no.csv"),
    (["merge", "x", "--moodle", "no.csv"], "no file no.csv"),
    (["--class", "some", "--out", "some/jane/softmax.py"], "Could"),
    (["--class", "some", "--engine", "moon"], "is no engine"),
    (["--class", "some", "--regrade", "somebody"], "nor a student"),
])  # fmt: skip
def test_bad_input_is_a_sentence(tmp_path, monkeypatch, capsys, words, sentence):
    monkeypatch.chdir(tmp_path)
    if "some" in words:
        (tmp_path / "some" / "jane").mkdir(parents=True)
        (tmp_path / "some" / "jane" / "softmax.py").write_text("x = 1\n")
    else:
        (tmp_path / "empty").mkdir()
        monkeypatch.chdir(tmp_path / "empty")
    assert main(["grade", *words]) == 2
    told = capsys.readouterr()
    assert sentence in told.err
    assert told.out == ""
