"""Lab runs in their processes: whose code, what it says, and everything learner code may do wrong."""

from __future__ import annotations

import os
import threading
import time
from dataclasses import replace

import pytest

from tutor.model import TutorError
from tutor.training.events import End, Metrics, from_json, to_json
from tutor.training.narrate import comparison, ending, whose_run
from tutor.training.run import LabRun

GOOD = "def shrink(value, rate):\n    return value * rate\n"


def alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_the_learners_code_trains_beside_the_reference(job, train):
    record = train(job("def shrink(value, rate):\n    return value * rate * 0.5\n", steps=4), reference=True)
    assert record.mine.series["size"].values == [0.25, 0.0625, 0.015625, 0.00390625]
    assert record.reference.series["size"].values == [0.5, 0.25, 0.125, 0.0625]
    assert record.mine.meta.used[0].origin == "yours"
    assert record.reference.meta.used[0].origin == "course"
    assert record.mine.total == 4
    assert record.mine.fraction == 1.0
    assert record.mine.end.outcome == "finished"
    assert record.mine.end.reached is True
    assert record.mine.notes == ["made-up numbers"]
    assert list(record.mine.figures) == ["picture"]
    assert comparison(record, "size") == "size at step 4: 0.003906, the reference has 0.0625."
    assert "Yours: shrink." in whose_run(record.mine.meta)
    assert "The course's: measure." in whose_run(record.mine.meta)


def test_a_need_is_the_function_of_the_same_run(job, train):
    """measure imports shrink from tutor.mine and fails when it returns None."""
    record = train(
        job("def shrink(value, rate):\n    return None if value == 1.0 and rate == 0.5 else 0.1\n", rate=0.4)
    )
    assert record.mine.end.outcome == "error"
    assert "course's measure raised AssertionError" in record.mine.end.sentence


def test_the_target_is_judged(job, train):
    record = train(job(steps=2))
    assert record.mine.end.reached is False
    assert record.mine.end.value == 0.25
    assert ending(record.mine) == ["Target not reached: error ≤ 0.01; it is 0.25."]
    assert not record.reached


def test_without_own_code_there_is_nothing_to_compare(job):
    with LabRun(job(steps=1)) as run:
        assert {event.who for event in run.events()} == {"mine"}


def test_a_known_mistake_takes_one_functions_place(job, train):
    record = train(job(broken=("shrink", "grows"), steps=3))
    assert record.mine.series["size"].values == [2.0, 4.0, 8.0]
    assert "known mistake: shrink (“grows”)" in whose_run(record.mine.meta)
    with pytest.raises(TutorError, match="does not use"):
        job(broken=("softmax", "grows"))


@pytest.mark.parametrize(
    ("code", "outcome", "words", "line"),
    [
        ("def shrink(value, rate):\n    return value / 0\n", "error", "Your shrink raised ZeroDivisionError", "line 2"),
        ("def shrink(v, rate):\n    raise NotImplementedError\n", "error", "shrink is not implemented yet", "line 2"),
        ("def shrink(value, rate)\n    return 1\n", "error", "Your shrink raised SyntaxError", ""),
        ("import sys\ndef shrink(value, rate):\n    sys.exit(0)\n", "error", "Your shrink called sys.exit()", "line 3"),
        ("def shrnk(value, rate):\n    return 1\n", "error", "shrink", ""),
        ("def shrink(value, rate):\n    return 'much'\n", "error", "raised TypeError", ""),
        ("def shrink(value, rate):\n    return shrink(value, rate)\n", "error", "RecursionError", "line 2"),
        ("import os\ndef shrink(value, rate):\n    os._exit(0)\n", "died", "ended without a result", ""),
        ("import os\ndef shrink(value, rate):\n    os.kill(os.getpid(), 9)\n", "died", "SIGKILL", ""),
        ("raise SystemExit\n", "error", "called sys.exit()", "line 1"),
    ],
)  # fmt: skip
def test_code_that_fails_gives_a_sentence_and_its_own_lines(job, train, code, outcome, words, line):
    end = train(job(code)).mine.end
    assert end.outcome == outcome
    assert words in end.sentence
    assert line in end.traceback
    assert "lab_halve" not in end.traceback or "shrink.py" not in end.traceback
    assert end.reached is None


def test_an_endless_loop_is_ended_and_its_line_is_named(job, train):
    endless = "def shrink(value, rate):\n    while True:\n        value += 1\n"
    end = train(replace(job(endless), stall_seconds=0.5)).mine.end
    assert end.outcome == "stalled"
    assert "endless loop" in end.sentence
    assert "shrink.py, line" in end.traceback
    assert "in shrink" in end.traceback


def test_a_swallowed_stop_is_still_a_stop(job):
    """`except Exception` in learner code must not keep a run alive; nor does a loop that never logs."""
    code = (
        "def shrink(value, rate):\n    while rate < 0.02:\n        try:\n            value += 1\n"
        "        except Exception:\n            pass\n    return value\n"
    )
    with LabRun(job(code, rate=0.01), reference=False) as run:
        events = run.events()
        next(events)
        run.stop()
        end = list(events)[-1]
    assert isinstance(end, End)
    assert end.outcome == "stopped"


def test_prints_become_events_and_are_limited(job, train):
    code = (
        "print('loaded')\ndef shrink(value, rate):\n    print('x' * 300, end='')\n    print('\\x1b[31m')\n"
        "    return value * rate\n"
    )
    record = train(job(code, steps=200))
    assert record.mine.printed[0] == "loaded"
    assert not any("\x1b" in text for text in record.mine.printed)
    assert sum(map(len, record.mine.printed)) < 9000
    assert record.mine.printed[-1].startswith("(it prints more")
    assert record.mine.logged == 200


def test_writing_to_stdout_past_python_does_not_disturb_the_events(job, train):
    code = "import os\ndef shrink(value, rate):\n    os.write(1, b'garbage\\n')\n    return value * rate\n"
    assert train(job(code)).mine.end.outcome == "finished"


def test_nan_and_infinity_survive_the_journey(job, train):
    record = train(job("def shrink(value, rate):\n    return value * 1e200\n", steps=4))
    series = record.mine.series["size"]
    assert len(series.values) == 1
    assert series.broke_at == 2
    assert series.broke_with == "inf"
    assert record.mine.end.reached is False


def test_pause_holds_the_run_and_resume_lets_it_end(job):
    with LabRun(job(GOOD, steps=60, nap=0.01), reference=False) as run:
        steps = []
        for event in run.events():
            if isinstance(event, Metrics):
                steps.append(event.step)
                if len(steps) == 5:
                    run.pause()
                    threading.Timer(0.4, run.resume).start()
                    paused_at = time.monotonic()
        assert len(steps) == 60
        assert event.outcome == "finished"
        assert event.seconds < time.monotonic() - paused_at  # the pause is not counted as training


def test_stop_ends_early_and_is_judged_as_it_stands(job):
    with LabRun(job(GOOD, steps=100000, nap=0.005), reference=False) as run:
        for event in run.events():
            if isinstance(event, Metrics) and event.step == 10:
                run.stop()
    assert event.outcome == "stopped"
    assert event.reached is True


def test_close_leaves_no_process(job):
    run = LabRun(job(GOOD, steps=100000, nap=0.01))
    events = run.events()
    next(events)
    pids = [child._process.pid for child in run._children]
    assert all(map(alive, pids))
    run.close()
    assert [e.outcome for e in events if isinstance(e, End)] == ["stopped", "stopped"]
    assert not any(map(alive, pids))


def test_a_run_dies_with_its_parent(job, tmp_path):
    """The control channel is a pipe: when the program is killed, its end ends the training."""
    import subprocess
    import sys
    from pathlib import Path

    script = (
        "import sys, os, signal\nfrom tutor.training.job import LabJob\nfrom tutor.training.run import LabRun\n"
        "run = LabRun(LabJob.from_json(sys.argv[1]), reference=False)\n"
        "for event in run.events():\n    print(run._children[0]._process.pid, flush=True)\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    root = str(Path(__file__).parents[2])
    done = subprocess.run(
        [sys.executable, "-c", script, job(GOOD, steps=100000, nap=0.01).to_json()],
        capture_output=True, text=True, cwd=root, env=os.environ | {"PYTHONPATH": root}, check=False,
    )  # fmt: skip
    pid = int(done.stdout.split()[0])
    deadline = time.monotonic() + 20
    while alive(pid) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not alive(pid)


def test_the_same_seed_gives_the_same_run(job, train):
    code = "import random\ndef shrink(value, rate):\n    return value * random.random()\n"
    first, second, other = (train(job(code, seed=s)).mine.series["size"].values for s in (1, 1, 2))
    assert first == second != other


def test_every_event_survives_json(job):
    import json

    with LabRun(job(GOOD, steps=2, shout="on")) as run:
        for event in run.events():
            there = from_json(json.loads(json.dumps(to_json(event), allow_nan=False)))
            assert to_json(there) == to_json(event)
