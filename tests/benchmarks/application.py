"""The app: first paint, lesson pages, keystrokes in the editor, redrawing a curve."""

from __future__ import annotations

import asyncio
import math
import statistics
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from measure import REPOSITORY, Row, paint, repeated

BARE = (
    "from textual.app import App\nfrom textual.widgets import Tree\n"
    "class Bare(App):\n    def compose(self):\n        yield Tree('Linear regression')\nBare().run()"
)


def first_paint(home: Path, runs: int) -> Iterator[Row]:
    """From the start of the process until the course stands on an 80×24 terminal."""
    bare = paint([sys.executable, "-c", BARE], "Linear regression", home, runs)
    command = [sys.executable, "-m", "tutor", "--workspace", str(home / "tutor"), "start"]
    own = paint(command, "Linear regression", home, runs)
    yield Row("tutor start, first paint of home", own, "s", bare, "a bare Textual tree", "≤ 0.7 s")


def lesson_pages(home: Path, runs: int) -> Iterator[Row]:
    """Turning the pages of a long lesson, against one page of Textual's Markdown."""
    from tutor.session import open_session
    from tutor.tui.app import TutorApp

    async def measure() -> list[float]:
        taken: list[float] = []
        with open_session(None, home / "tutor") as session:
            app = TutorApp(session)
            async with app.run_test(size=(80, 24)) as pilot:
                app.open_lesson("l03-3")
                await pilot.pause()
                for _ in range(runs):
                    begin = time.perf_counter()
                    await pilot.press("n")
                    await pilot.pause()
                    taken.append(time.perf_counter() - begin)
        return taken

    text = (REPOSITORY / "lessons" / "03_linear_classification" / "03_softmax_and_cross_entropy.md").read_text()
    page = text.split("\n## ")[1]

    async def plain() -> float:
        from textual.app import App, ComposeResult
        from textual.widgets import Markdown

        class Bare(App[None]):
            def compose(self) -> ComposeResult:
                yield Markdown()

        app = Bare()
        async with app.run_test(size=(80, 24)) as pilot:
            begin = time.perf_counter()
            await app.query_one(Markdown).update(page)
            await pilot.pause()
            return time.perf_counter() - begin

    baseline = asyncio.run(plain())
    yield Row("lesson page switch", statistics.median(asyncio.run(measure())), "s", baseline, "Textual's Markdown", "≤ 0.3 s")


def keystroke(home: Path, runs: int) -> Iterator[Row]:
    """One character typed in the middle of a 300-line Python file."""
    from textual.app import App, ComposeResult
    from textual.widgets import TextArea

    from tutor.tui.widgets.editor import Editor

    source = (REPOSITORY / "solutions" / "03_linear_classification" / "softmax.py").read_text()
    text = "\n".join((source * 20).splitlines()[:300])

    async def measure(make: type[TextArea] | None) -> float:
        class Bare(App[None]):
            def compose(self) -> ComposeResult:
                yield TextArea.code_editor(language="python") if make is None else make()

        app = Bare()
        async with app.run_test(size=(80, 24)) as pilot:
            area = app.query_one(TextArea)
            area.text = text
            area.focus()
            area.move_cursor((150, 0))
            await pilot.pause()
            taken = []
            for _ in range(4 * runs):
                begin = time.perf_counter()
                area.insert("x")
                await pilot.pause()
                typed = time.perf_counter()
                await pilot.pause()  # what the harness itself takes, to be subtracted
                taken.append(2 * typed - begin - time.perf_counter())
            return statistics.median(taken)

    stock, own = asyncio.run(measure(None)), asyncio.run(measure(Editor))
    yield Row("keystroke, 300 lines of Python", own * 1000, "ms", stock * 1000, "Textual's code editor", "≤ 25 ms")


def curve_redraw(home: Path, runs: int) -> Iterator[Row]:
    """Two curves of 2,000 points on 100×30, against plotext given all the points."""
    import plotext

    from tutor.training.figure import Figure, Line
    from tutor.training.plot import render

    steps = list(range(2000))
    losses = [2.3 * math.exp(-s / 500) + 0.1 * math.sin(s) ** 2 for s in steps]
    other = [value * 1.1 for value in losses]
    figure = Figure(parts=(Line(steps, losses, "mine"), Line(steps, other, "reference", role="reference")))

    def naive() -> None:
        plotext.clear_figure()
        plotext.plot_size(100, 30)
        plotext.plot(steps, losses, marker="braille")
        plotext.plot(steps, other, marker="braille")
        plotext.build()
        plotext.clear_figure()

    own = statistics.median(repeated(lambda: render(figure, 100, 30), 4 * runs)) * 1000
    yield Row("curve redraw, 2 × 2,000 points, 100×30", own, "ms",
              statistics.median(repeated(naive, runs)) * 1000, "plotext, every point", "≤ 15 ms")  # fmt: skip
