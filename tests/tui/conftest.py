"""Fixtures of the TUI tests: an app on a small course, and text snapshots of what it shows."""

from __future__ import annotations

import os
import runpy
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import pytest
from textual.pilot import Pilot

from tutor.session import Session, open_session
from tutor.tui._textual_private import screen_text
from tutor.tui.app import TutorApp

sys.path.insert(0, str(Path(__file__).parent))  # for the fakes: test folders are no packages
from tui_fakes import FakeGrader, make_session

GOLDEN = Path(__file__).with_name("golden")

Start = Callable[..., AbstractAsyncContextManager[Pilot[None]]]


@pytest.fixture
def grader() -> FakeGrader:
    return FakeGrader()


@pytest.fixture
def session(tmp_path: Path, grader: FakeGrader) -> Iterator[Session]:
    with make_session(tmp_path, grader) as opened:
        yield opened


@pytest.fixture
def start(session: Session) -> Start:
    """Run the app: `async with start("softmax", size=(80, 24)) as pilot`."""

    def started(open: str | None = None, *, size: tuple[int, int] = (80, 24)):
        return TutorApp(session, open).run_test(size=size, notifications=True)

    return started


@pytest.fixture(scope="module")
def mini_course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small course of tests/training/mini.py, with one lab and one explorer."""
    make_course = runpy.run_path(str(Path(__file__).parents[1] / "training" / "mini.py"))["make_course"]
    return make_course(tmp_path_factory.mktemp("mini"))


@pytest.fixture
def start_mini(mini_course: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Start]:
    """Run the app on that course: `async with start_mini(lambda app: app.open_lab("halve")) as pilot`."""
    with open_session(mini_course, tmp_path / "mine", create=True) as session:
        monkeypatch.setattr(TutorApp, "_warm", lambda self: None)  # no grader is needed here

        @asynccontextmanager
        async def started(go: Callable[[TutorApp], None], size: tuple[int, int] = (80, 24)):
            app = TutorApp(session)
            async with app.run_test(size=size, notifications=True) as pilot:
                await pilot.pause()
                go(app)
                await pilot.pause()
                yield pilot

        yield started


@pytest.fixture
def until() -> Callable[[Pilot[None], Callable[[], object]], Awaitable[None]]:
    """Wait for something to become true; fails after ten seconds with what the screen showed."""

    async def wait(pilot: Pilot[None], condition: Callable[[], object]) -> None:
        for _ in range(120):
            await pilot.pause(0.08)  # not less: looking costs a whole rendering
            if condition():
                return
        raise AssertionError(screen_text(pilot.app))

    return wait


@pytest.fixture
def settled() -> Callable[[Pilot[None]], Awaitable[str]]:
    """What the app shows once it stands still, as text."""

    async def wait(pilot: Pilot[None]) -> str:
        text = screen_text(pilot.app)
        for _ in range(40):
            await pilot.pause(0.2)
            before, text = text, screen_text(pilot.app)
            if text == before:
                break
        return text

    return wait


@pytest.fixture
def golden() -> Callable[[str, str], None]:
    """Compare with tests/tui/golden/NAME.txt; `TUTOR_UPDATE_GOLDEN=1` writes the file instead."""

    def compare(name: str, text: str) -> None:
        path = GOLDEN / f"{name}.txt"
        if os.environ.get("TUTOR_UPDATE_GOLDEN"):
            path.parent.mkdir(exist_ok=True)
            path.write_text(text + "\n", encoding="utf-8")
        assert path.read_text(encoding="utf-8") == text + "\n"

    return compare
