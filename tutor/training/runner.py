"""The training process: `python -m tutor.training.runner`. Reads one job from stdin, streams events to stdout.

After the job, stdin is the control channel: `pause`, `resume`, `stop`, one a line; its end means that the parent is
gone, and this process goes too. Learner code runs here, so nothing of it is trusted to log, to end or to be quiet:
what it prints becomes events, and a watch thread ends a run that logs nothing for too long and says where it hung.
"""

from __future__ import annotations

import datetime
import os
import random
import sys
import threading
import time
import traceback

from tutor.training.channel import Channel, Printed
from tutor.training.events import Alive, End, Meta, Outcome
from tutor.training.faults import explain, own_lines
from tutor.training.job import LabJob
from tutor.training.log import Log, Stopped


def main() -> int:
    """Train once. The exit code says nothing: the `end` event does."""
    line = sys.stdin.readline()
    if not line:
        return 1
    job = LabJob.from_json(line)
    channel = Channel(job.who)
    log = Log(job, channel)
    sys.stdout = sys.stderr = Printed(channel)
    threading.Thread(target=_obey, args=(log,), daemon=True).start()
    threading.Thread(target=_watch, args=(job, channel, log), daemon=True).start()
    outcome, sentence, trace = _train(job, channel, log)
    finish(job, channel, log, outcome, sentence, trace)
    return 0


def finish(job: LabJob, channel: Channel, log: Log, outcome: Outcome, sentence: str, trace: str) -> None:
    """Say the last event and go at once: a thread or an `atexit` of learner code must not hold the process."""
    reached, value = log.judge() if outcome in ("finished", "stopped") else (None, float("nan"))
    channel.send(End(job.who, outcome, log.seconds(), sentence, trace, reached, value), last=True)
    os._exit(0)


def _train(job: LabJob, channel: Channel, log: Log) -> tuple[Outcome, str, str]:
    from pathlib import Path

    from tutor.training.module import load_lab
    from tutor.training.sources import load_mine

    shown = tuple(s.used() for s in job.sources if s.exercise in job.shown or s.origin != "course")
    started = datetime.datetime.now().astimezone().isoformat(timespec="seconds")
    channel.send(Meta(job.who, job.lab, job.title, job.seed, job.knobs, shown, started))
    try:
        lab = load_lab(Path(job.path))
        log.aim(lab.target)
        mine = load_mine(job)
        _seed(job.seed)
        log.begin()
        lab.train(mine, log, job.device, lab.make_knobs(job.knobs))
    except Stopped:
        return "stopped", "", ""
    except BaseException as error:  # SystemExit and KeyboardInterrupt of learner code are faults like any other
        return "error", explain(error, job), own_lines(traceback.extract_tb(error.__traceback__), job)
    return "finished", "", ""


def _seed(seed: int) -> None:
    """Seed every global generator that is loaded, so that code which forgot to pass one still repeats itself."""
    random.seed(seed)
    if "numpy" in sys.modules:
        sys.modules["numpy"].random.seed(seed % 2**32)
    if "torch" in sys.modules:
        sys.modules["torch"].manual_seed(seed)
        sys.modules["torch"].set_num_threads(int(os.environ.get("OMP_NUM_THREADS", "1")))


def _obey(log: Log) -> None:
    """Follow the parent's words; when stdin ends the parent has died."""
    for line in sys.stdin:
        match line.strip():
            case "pause":
                log.pause()
            case "resume":
                log.resume()
            case "stop":
                log.stop()
    os._exit(3)


def _watch(job: LabJob, channel: Channel, log: Log) -> None:
    """A sign of life each second; ends a run in which nothing is logged for too long, with the place where it is."""
    main_thread = threading.main_thread().ident
    while True:
        time.sleep(1.0)
        channel.send(Alive(job.who, log.paused))
        if log.silence() > job.stall_seconds:
            frame = sys._current_frames().get(main_thread or 0)
            where = own_lines(traceback.extract_stack(frame), job) if frame is not None else ""
            sentence = (
                f"Nothing was logged for {job.stall_seconds:g} s, so the run was ended: is there an endless loop?"
            )
            finish(job, channel, log, "stalled", sentence, where)


if __name__ == "__main__":
    sys.exit(main())
