"""A whole class: submissions a minute against one pytest process for each exercise, memory, and grading again."""

from __future__ import annotations

import random
import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import verdicts
from measure import REPOSITORY, Row, environment, smaps

from tutor.course.load import bundled_root, load_course
from tutor.model import Exercise

NAMES = ("hello-grader", "one-hot", "batched-matmul", "sgd-step", "softmax")
STUDENTS, FEW = 500, 60
KINDS = ("right",) * 62 + ("wrong",) * 25 + ("stub",) * 8 + ("slow",) * 3 + ("hostile",) * 2
"""What a hundred students hand in."""

ASSIGNMENT = f"""
title = "Benchmark"
exercises = {list(NAMES)}
[limits]
check_seconds = 1
verdict_seconds = 2
"""
HOSTILE = (
    "import os\nos._exit(0)\n",
    "import sys\nsys.exit(0)\n",
    "while True: pass\n",
    "x = [0] * 10**11\n",
    "print('x' * 10**7)\n",
)


def generate(folder: Path, count: int) -> None:
    """Write a class: no two files are the same, or they would be graded once."""
    chance = random.Random(0)
    exercises = [e for e in load_course(bundled_root()).exercises if e.id in NAMES]
    for number in range(count):
        home = folder / f"student{number:03}"
        home.mkdir(parents=True)
        for exercise in exercises:
            text = _source(exercise, chance.choice(KINDS), chance)
            (home / exercise.stub.name).write_text(f"{text}\n# {number}\n")


def _source(exercise: Exercise, kind: str, chance: random.Random) -> str:
    right = exercise.solution.read_text()
    if kind == "stub":
        return exercise.stub.read_text()
    if kind == "wrong":
        signs = [match.start() for match in re.finditer(r" [-+*/] ", right)]
        place = chance.choice(signs) if signs else 0
        return right[:place] + " - 2 * " + right[place + 3 :] if signs else right.replace("return ", "return 2 * ", 1)
    if kind == "slow":
        return right.replace("    return ", "    import time\n    time.sleep(0.02)\n    return ", 1)
    return chance.choice(HOSTILE) if kind == "hostile" else right


def throughput(home: Path, runs: int) -> Iterator[Row]:
    """Grade it with two jobs; a small class with `--quick`."""
    count = STUDENTS if runs > 3 else FEW
    generate(home / "class", count)
    (home / "hw.toml").write_text(ASSIGNMENT)
    against = "python -m pytest each, two at a time"
    baseline = 60 / _naive(home, 3)
    seconds, memory = _grade(home, "auto")
    yield Row(
        f"class of {count} × {len(NAMES)}: submissions a minute, 2 jobs",
        60 * count / seconds,
        "/min",
        baseline,
        against,
        "≥ 20 ×",
    )
    yield Row("a class: memory at the peak, all processes", memory, "MiB")
    (home / "class" / "student000" / "softmax.py").write_text(
        (REPOSITORY / "solutions" / verdicts.CHAPTER / "softmax.py").read_text()
    )
    again, _ = _grade(home, "auto")
    yield Row("a class: grading again after one file changed", again, "s", seconds, "the first time")
    small = home / "small"
    generate(small / "class", FEW)
    (small / "hw.toml").write_text(ASSIGNMENT)
    taken = {mode: _grade(small, mode, out=f"grades-{mode}")[0] for mode in ("off", "auto")}
    each = 1000 * 2 / (FEW * len(NAMES))
    yield Row("sandbox: time a verdict with it", taken["auto"] * each, "ms", taken["off"] * each, "--sandbox off")


def _naive(home: Path, runs: int) -> float:
    """Seconds a right submission, with a pytest process for each exercise, two of them at a time."""
    commands = [verdicts.naive_command(e, home) for e in load_course(bundled_root()).exercises if e.id in NAMES]
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda one: verdicts.naive_seconds(home, *one), commands))  # compiles, reads from the disk
        begin = time.perf_counter()
        list(pool.map(lambda one: verdicts.naive_seconds(home, *one), commands * runs))
        return (time.perf_counter() - begin) / runs


def _grade(home: Path, sandbox: str, out: str = "grades") -> tuple[float, float]:
    """Wall seconds, and the largest memory of the process tree in MiB."""
    command = [sys.executable, "-m", "tutor", "grade", "--class", "class", "--assignment", "hw.toml", "--jobs", "2"]
    begin = time.perf_counter()
    child = subprocess.Popen(
        [*command, "--sandbox", sandbox, "--out", out, "--format", "json"], cwd=home, env=environment(home),
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    most = [0.0]
    watching = threading.Thread(target=_watch, args=(child, most), daemon=True)
    watching.start()
    if child.wait():
        raise SystemExit("the class was not graded")
    taken = time.perf_counter() - begin
    watching.join(timeout=2)
    return taken, most[0]


def _watch(child: subprocess.Popen[bytes], most: list[float]) -> None:
    while child.poll() is None:
        most[0] = max(most[0], sum(_pss(pid) for pid in _tree(child.pid)))
        time.sleep(1)


def _tree(pid: int) -> list[int]:
    try:
        tasks = list(Path(f"/proc/{pid}/task").iterdir())
        children = [int(word) for task in tasks for word in (task / "children").read_text().split()]
    except OSError:
        return [pid]
    return [pid, *(below for child in children for below in _tree(child))]


def _pss(pid: int) -> float:
    try:
        return smaps(pid)["Pss"]
    except (OSError, KeyError):
        return 0.0
