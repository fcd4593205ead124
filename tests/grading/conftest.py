"""A course of one exercise, a warm grader a worker, and a judge that talks to a learner host in a thread."""

from __future__ import annotations

import contextlib
import socket
import threading
import types
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent

import pytest

from tutor.grading.client import Grader
from tutor.grading.codec import CodecError
from tutor.grading.errors import LearnerDiedError
from tutor.grading.judge import JudgeHost
from tutor.grading.learner import LearnerHost
from tutor.grading.output import Output
from tutor.grading.peer import Peer
from tutor.grading.wire import Channel, ClosedError
from tutor.model import Finding, Job, Limits, Verdict


@dataclass
class Bench:
    """Writes exercises and grades sources against them."""

    root: Path
    grader: Grader

    def exercise(self, name: str, checks: str, *, solution: str = "", front: str = "", variants: str = "") -> None:
        stem = name.replace("-", "_")
        folder, solutions = self.root / "exercises" / "01_one", self.root / "solutions" / "01_one"
        for path in (folder, solutions, self.root / "lessons"):
            path.mkdir(parents=True, exist_ok=True)
        (self.root / "lessons" / "course.toml").write_text('id = "tiny"\nversion = "1.2"\n', "utf-8")
        lines = front if "framework" in front else f'framework = "numpy"\n{front}'
        (folder / f"{stem}.md").write_text(f'+++\nid = "{name}"\ntitle = "T"\n{lines}\n+++\nDo it.\n', "utf-8")
        (folder / f"{stem}.py").write_text("raise NotImplementedError\n", "utf-8")
        (folder / f"test_{stem}.py").write_text(dedent(checks), "utf-8")
        (solutions / f"{stem}.py").write_text(dedent(solution), "utf-8")
        (solutions / f"{stem}_variants.py").write_text(dedent(variants), "utf-8")

    def job(self, source: str | bytes, name: str = "ex", **more) -> Job:
        data = source if isinstance(source, bytes) else dedent(source).encode()
        more.setdefault("limits", Limits(check_seconds=20, verdict_seconds=60))
        return Job(self.root, name, data, f"/somewhere/{name.replace('-', '_')}.py", **more)

    def grade(self, source: str | bytes, name: str = "ex", **more) -> Verdict:
        *findings, verdict = self.grader.grade(self.job(source, name, **more))
        assert isinstance(verdict, Verdict)
        assert verdict.findings == tuple(findings)
        assert all(isinstance(f, Finding) for f in findings)
        return verdict


@pytest.fixture(scope="session")
def grader() -> Iterator[Grader]:
    with Grader() as grader:
        yield grader


@pytest.fixture
def bench(tmp_path: Path, grader: Grader) -> Bench:
    return Bench(tmp_path, grader)


@pytest.fixture
def talk() -> Iterator[Callable[[str], object]]:
    """`mine = talk(source)`: the real judge host here, the real learner host in a thread."""
    with contextlib.ExitStack() as stack:

        def start(source: str) -> object:
            return stack.enter_context(_conversation(dedent(source)))

        yield start


@contextlib.contextmanager
def _conversation(source: str) -> Iterator[object]:
    ours, theirs = socket.socketpair()
    prints, printed = socket.socketpair()
    shown = warnings.showwarning
    with warnings.catch_warnings():
        learner = LearnerHost()
        warnings.showwarning = shown
        learner.peer = Peer(Channel(theirs), learner, first_id=1)
        learner.files = {"ex.py"}
        learner._program = types.ModuleType("ex")
        learner._file = "ex.py"
        exec(compile(source, "ex.py", "exec"), learner._program.__dict__)

        def run() -> None:
            with contextlib.suppress(ClosedError, CodecError), theirs:
                learner.peer.serve_forever()

        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        judge = JudgeHost(Channel(ours, Output(prints, 1 << 16)), Output(prints, 1 << 16), _gone, "ex.py")
        judge.mine.far = learner
        judge.mine.host = judge
        try:
            yield judge.mine
        finally:
            for sock in (ours, prints, printed):
                sock.close()
            thread.join(timeout=10)
            theirs.close()


def _gone() -> LearnerDiedError:
    return LearnerDiedError("the connection was closed")
