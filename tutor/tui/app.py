"""The app: wires screens, session, themes and settings together and holds no logic of its own.

Imports nothing that the first paint does not need: other screens, the editor and Markdown come when they are opened.
"""

from __future__ import annotations

import asyncio
import os
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual.app import SuspendNotSupported
from textual.binding import Binding

from tutor.model import TutorError
from tutor.tui._textual_private import GuardedApp
from tutor.tui.actions import bindings
from tutor.tui.messages import told
from tutor.tui.outline import ChapterOutline, Item, next_item, outline
from tutor.tui.preferences import Preferences, load_preferences, save_preferences
from tutor.tui.rescue import on_stop, rescue_all
from tutor.tui.screens.home import HomeScreen
from tutor.tui.theme import DARK, LIGHT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from textual import events
    from textual.app import SystemCommand
    from textual.binding import BindingType
    from textual.screen import Screen
    from textual.theme import Theme

    from tutor.model import State
    from tutor.session import Session

_HERE = Path(__file__).parent
SMALLEST = (40, 10)
"""Columns and rows below which a screen asks for more room."""


class TutorApp(GuardedApp):
    """The tutor in a terminal. `open` names a lesson, exercise, lab or explorer to begin with."""

    TITLE = "tutor"
    CSS_PATH = [_HERE / "app.tcss", _HERE / "screens" / "home.tcss"]  # noqa: RUF012  # the default screen's is not read
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide")]  # noqa: RUF012  # Textual declares it so
    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings("app", skip=frozenset({"command_palette", "quit"})),
        Binding("ctrl+q", "quit", "Quit", show=False, priority=True),
    ]

    def __init__(self, session: Session, open: str | None = None) -> None:
        super().__init__()
        self.session = session
        self.outline: tuple[ChapterOutline, ...] = outline(session.course)
        self.preferences, self._note = load_preferences()
        self._open_first = open

    # Start

    def get_default_screen(self) -> Screen[None]:
        """Home is at the bottom of the stack."""
        return HomeScreen(self.session)

    def on_mount(self) -> None:
        """Themes and settings, before anything is painted."""
        self.register_theme(DARK)
        self.register_theme(LIGHT)
        self._apply(self.preferences)
        self.theme_changed_signal.subscribe(self, self._theme_chosen)
        self._take_signals()

    def _take_signals(self) -> None:
        self._give_signals_back = on_stop(asyncio.get_running_loop(), self._told_to_stop)

    def on_unmount(self) -> None:
        """Leave the process as it was."""
        self._give_signals_back()

    def on_ready(self) -> None:
        """After the first paint: tell what is to be told, and let the grader import torch in the background."""
        for note in filter(None, [self._note, *self.session.take_notices()]):
            self.notify(note, timeout=10, markup=False)
        self.run_worker(self._warm, thread=True, exit_on_error=False)
        if self._open_first:
            self.open_named(self._open_first)
        elif self._first_start():
            from tutor.tui.screens.welcome import WelcomeScreen

            self.push_screen(WelcomeScreen(self.session), lambda begin: self._begin() if begin else None)

    def _first_start(self) -> bool:
        states, pages, _ = self.progress_now()
        return bool(states) and not pages and all(state == "new" for state in states.values())

    def _warm(self) -> None:
        with suppress(Exception):  # whatever is wrong with the grader is said when something is graded
            self.session.grader.warm()

    def _begin(self) -> None:
        if (item := self.progress_now()[2]) is not None:
            self.open_item(item)

    # Progress

    def pages_read(self) -> dict[str, int]:
        """The furthest page of every lesson that was opened."""
        return self.session.progress.furthest("page")

    @told
    def _next(self, after: str | None) -> Item | None:
        exercise = self.session.next_exercise(after)
        return next_item(self.outline, exercise.id, self.session.states(), self.pages_read()) if exercise else None

    def next_item(self, after: str | None = None) -> Item | None:
        """What comes behind an exercise, or next of all; None when everything is done."""
        return self._next(after)

    def progress_now(self) -> tuple[dict[str, State], dict[str, int], Item | None]:
        """States of the exercises, pages of the lessons, and what is next."""
        try:
            return self.session.states(), self.pages_read(), self.next_item()
        except TutorError as error:
            self.notify(str(error), severity="error", timeout=10, markup=False)
            return {}, {}, None

    # Opening

    def open_item(self, item: Item) -> None:
        """Open a row of the tree."""
        {"lesson": self.open_lesson, "exercise": self.open_exercise, "lab": self.open_lab,
         "explorer": self.open_explorer}[item.kind](item.id)  # fmt: skip

    def open_named(self, name: str) -> None:
        """Open whatever is called so."""
        from tutor.course.find import find_exercise, find_explorer, find_lab, find_lesson

        course = self.session.course
        for find, show in ((find_exercise, self.open_exercise), (find_lesson, self.open_lesson),
                           (find_lab, self.open_lab), (find_explorer, self.open_explorer)):  # fmt: skip
            with suppress(TutorError):
                show(find(course, name).id)
                return
        self.notify(f"Nothing in this course is called {name!r}.", severity="error", markup=False)

    def open_lesson(self, lesson_id: str) -> None:
        """Show a lesson."""
        from tutor.tui.screens.lesson import LessonScreen

        self._show(LessonScreen, lesson_id)

    def open_exercise(self, exercise_id: str) -> None:
        """Show a workbench."""
        from tutor.tui.screens.workbench import WorkbenchScreen

        self._show(WorkbenchScreen, self.session.exercise(exercise_id).id)

    def open_lab(self, lab_id: str) -> None:
        """Show a lab."""
        from tutor.tui.screens.lab import LabScreen

        self._show(LabScreen, lab_id)

    def open_explorer(self, explorer_id: str) -> None:
        """Show an explorer."""
        from tutor.tui.screens.explorer import ExplorerScreen

        self._show(ExplorerScreen, explorer_id)

    @told
    def _show(self, kind: Callable[[Session, str], Screen[None]], name: str) -> None:
        """Come back to the screen if it is already open below, replace one of the same kind, else push."""
        key = f"{getattr(kind, '__name__', '')}:{name}"
        if any(getattr(screen, "opened_as", "") == key for screen in self.screen_stack):
            self._back_to(key)
            return
        screen = kind(self.session, name)
        screen.opened_as = key  # type: ignore[attr-defined]  # screens of several owners; only read here
        show = self.switch_screen if type(self.screen) is type(screen) else self.push_screen
        self._leave(self.screen, lambda: show(screen))

    def _back_to(self, key: str) -> None:
        """Close screens until this one is on top; each may first ask whether to save."""
        if getattr(self.screen, "opened_as", "") != key:
            self._leave(self.screen, partial(self._pop_back_to, key))

    def _pop_back_to(self, key: str) -> None:
        self.pop_screen()
        self._back_to(key)

    def action_open_progress(self) -> None:
        """Show the numbers."""
        from tutor.tui.screens.progress import ProgressScreen

        self.push_screen(ProgressScreen(self.session))

    def action_open_settings(self) -> None:
        """Show the settings."""
        from tutor.tui.screens.settings import SettingsScreen

        self.push_screen(SettingsScreen(self.preferences), self._choose)

    def action_help(self) -> None:
        """Show every key."""
        from tutor.tui.screens.help import HelpScreen

        if not isinstance(self.screen, HelpScreen):
            self.push_screen(HelpScreen())

    # Leaving

    async def action_back(self) -> None:
        """Close the screen on top, unless it is the last one."""
        if len(self.screen_stack) > 1:
            self._leave(self.screen, self.screen.dismiss)

    def action_go_home(self) -> None:
        """Close everything above home."""
        if len(self.screen_stack) > 1:
            self._leave(self.screen, self._pop_to_home)

    def _pop_to_home(self) -> None:
        self.pop_screen()
        self.call_next(self.action_go_home)

    async def action_quit(self) -> None:
        """Leave the app, once nothing typed can be lost by it."""
        self._quit(list(self.screen_stack))

    def _quit(self, screens: list[Screen[object]]) -> None:
        if screens:
            self._leave(screens[-1], lambda: self._quit(screens[:-1]))
        else:
            self.session.cancel()
            self.exit()

    def _told_to_stop(self) -> None:
        """A signal: nobody can be asked any more."""
        rescue_all(self.screen_stack)
        self.session.cancel()
        self.exit(return_code=0)

    @staticmethod
    def _leave(screen: Screen[object], then: Callable[[], object]) -> None:
        leave = getattr(screen, "leave", None)
        if leave is not None:
            leave(then)
        else:
            then()

    # Settings

    def _choose(self, preferences: Preferences | None) -> None:
        if preferences is not None and preferences != self.preferences:
            self._apply(preferences)
            self._keep(preferences)

    def _apply(self, preferences: Preferences) -> None:
        from dataclasses import replace

        if preferences.theme not in self.available_themes:
            preferences = replace(preferences, theme=Preferences().theme)
        self.preferences = preferences
        self.theme = preferences.theme
        self.animation_level = "none" if preferences.reduced_motion else "full"

    def _theme_chosen(self, theme: Theme) -> None:
        from dataclasses import replace

        if theme.name != self.preferences.theme:
            self._keep(replace(self.preferences, theme=theme.name))

    @told
    def _keep(self, preferences: Preferences) -> None:
        self.preferences = preferences
        save_preferences(preferences)

    # The rest

    @told
    def edit_outside(self, path: Path) -> None:
        """Run the learner's own editor on a file, with this app out of the way."""
        from tutor.tui.external import editor_command, run_editor

        command = editor_command(self.preferences.editor, os.environ)
        self._give_signals_back()  # ctrl+c in the editor must not be taken for a wish to end the app
        try:
            with self.suspend():
                problem = run_editor(command, path)  # an exception in here would leave the terminal handed over
        except SuspendNotSupported:
            raise TutorError(
                "This terminal cannot be handed to another program; open the file there yourself."
            ) from None
        finally:
            self._take_signals()
        if problem:
            raise TutorError(problem)

    def on_resize(self, event: events.Resize) -> None:
        """Ask for more room when there is too little, and come back when there is enough."""
        from tutor.tui.screens.small import TooSmall

        small = event.size.width < SMALLEST[0] or event.size.height < SMALLEST[1]
        shown = isinstance(self.screen, TooSmall)
        if small and not shown:
            self.push_screen(TooSmall(SMALLEST))
        elif shown and not small:
            self.pop_screen()

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """What the palette lists: the actions that work here, then everything that can be opened."""
        from tutor.tui.palette import commands

        return commands(self, screen)
