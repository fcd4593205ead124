"""How a figure is taken: whole processes with the system's own accounting, terminals, and a table with baselines."""

from __future__ import annotations

import os
import select
import statistics
import struct
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table: a figure, its baseline from the same run, and the budget of the design."""

    what: str
    measured: float
    unit: str
    baseline: float | None = None
    against: str = ""
    budget: str = ""

    @property
    def ratio(self) -> float | None:
        """Measured over baseline."""
        return self.measured / self.baseline if self.baseline else None


def environment(home: Path) -> dict[str, str]:
    """A user's environment with a home of its own and one thread."""
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "TUTOR_HOME": str(home / "tutor-home"),
        "TERM": "xterm-256color",
        "LANG": "C.UTF-8",
        "OMP_NUM_THREADS": "1",
        "PYTHONPATH": str(REPOSITORY),
    }


def process(command: Sequence[str], home: Path, runs: int = 5) -> tuple[float, float]:
    """Median (CPU, wall) seconds of whole runs of a command, after one warm-up."""
    cpu, wall = [], []
    for turn in range(runs + 1):
        begin = time.perf_counter()
        child = subprocess.Popen(
            list(command), cwd=home, env=environment(home), stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        if turn:
            wall.append(time.perf_counter() - begin)
            cpu.append(usage.ru_utime + usage.ru_stime)
    return statistics.median(cpu), statistics.median(wall)


def paint(command: Sequence[str], wanted: str, home: Path, runs: int = 5) -> float:
    """Median seconds from the start of a program in an 80×24 terminal until a text appears."""
    import fcntl
    import pty
    import termios

    taken = []
    for turn in range(runs + 1):
        master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        begin = time.perf_counter()
        app = subprocess.Popen(
            list(command), cwd=home, env=environment(home), stdin=slave, stdout=slave, stderr=slave, start_new_session=True
        )
        os.close(slave)
        if _appears(master, wanted, begin + 30) and turn:
            taken.append(time.perf_counter() - begin)
        app.kill()
        app.wait()
        os.close(master)
        time.sleep(0.5)  # children of the app end after it
    return statistics.median(taken) if taken else float("nan")


def _appears(master: int, wanted: str, deadline: float) -> bool:
    seen = ""
    while time.perf_counter() < deadline:
        if select.select([master], [], [], 0.05)[0]:
            try:
                seen += os.read(master, 1 << 16).decode(errors="replace")
            except OSError:
                return False
            if wanted in seen:
                return True
    return False


def repeated(function: Callable[[], object], runs: int = 20) -> list[float]:
    """Seconds of each call, after one warm-up."""
    function()
    taken = []
    for _ in range(runs):
        begin = time.perf_counter()
        function()
        taken.append(time.perf_counter() - begin)
    return taken


def smaps(pid: int) -> dict[str, float]:
    """Rss, Pss and Private_Dirty of a process in MiB (Linux)."""
    found: dict[str, float] = {}
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]:
        key, value, *_ = line.replace(":", "").split()
        found[key] = int(value) / 1024
    return found


def show(rows: Sequence[Row], as_json: bool) -> None:
    """Print the table, or the same as JSON."""
    if as_json:
        import json

        print(json.dumps([{**asdict(row), "ratio": row.ratio} for row in rows], indent=1))
        return
    print(f"{'what':<52} {'measured':>12}  {'baseline':>12} {'ratio':>7}  {'budget':<22} baseline is")
    for row in rows:
        base = f"{row.baseline:.4g} {row.unit}" if row.baseline is not None else ""
        ratio = f"{row.ratio:.2f}" if row.ratio is not None else ""
        print(f"{row.what:<52} {f'{row.measured:.4g} {row.unit}':>12}  {base:>12} {ratio:>7}  {row.budget:<22} {row.against}")
    sys.stdout.flush()
