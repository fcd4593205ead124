from __future__ import annotations

from textual.app import App, ComposeResult
from textual.events import Key
from textual.widgets import Input

from tutor.tui.widgets.keys import LineInput


class Only(App[None]):
    """An app of one line; counts what was handed in."""

    def __init__(self) -> None:
        super().__init__()
        self.handed_in: list[str] = []

    def compose(self) -> ComposeResult:
        yield LineInput("2")

    def on_input_submitted(self, event: Input.Submitted) -> None:
        self.handed_in.append(event.value)


async def test_a_burst_of_keys_keeps_its_order() -> None:
    app = Only()
    async with app.run_test() as pilot:
        for key, character in (("backspace", "\x7f"), ("0", "0"), ("full_stop", "."), ("8", "8"), ("home", None),
                               ("minus", "-"), ("end", None), ("5", "5"), ("enter", "\r")):  # fmt: skip
            app.post_message(Key(key, character))  # none waits for the one before, as on a slow line
        await pilot.pause(0.1)
        assert app.handed_in == ["-0.85"]
        assert app.query_one(LineInput).value == "-0.85"
