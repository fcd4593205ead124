"""The learner's file in an editor: saving, reloading, and the questions these raise. Grades nothing.

Nothing that was written elsewhere is overwritten, and nothing that was typed here is thrown away, without being asked.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from textual import on
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message

from tutor.model import TutorError
from tutor.tui import editing
from tutor.tui.messages import told
from tutor.tui.widgets.editor import Editor
from tutor.tui.widgets.editor_pane import EditorPane
from tutor.tui.widgets.status import Click

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.app import ComposeResult

    from tutor.tui.buffer import Buffer
    from tutor.tui.preferences import Preferences

EVERY = 0.5
"""Seconds between two looks at the file: polling works on network drives too, where notifications do not."""


class CodePane(Vertical):
    """The editor, and a banner for what is wrong with the file."""

    class Changed(Message):
        """The text differs from the file, or does so no more."""

    class Reloaded(Message):
        """The file was changed elsewhere and is now shown."""

    class Settled(Message):
        """A conflict has ended; the file is as the learner chose."""

    def __init__(
        self, buffer: Buffer, preferences: Preferences, keep: Callable[[bytes], object], *, id: str | None = None
    ) -> None:
        """`keep` stores a version that would otherwise be gone."""
        super().__init__(id=id)
        self._keep = keep
        self.buffer = buffer
        self.conflict = False
        """True when the file was changed elsewhere while there are unsaved changes here."""
        self._gone = False
        self._preferences = preferences

    def compose(self) -> ComposeResult:
        """Banner and editor."""
        yield Click("", "screen.resolve", id="banner")
        yield EditorPane(self._preferences)

    def on_mount(self) -> None:
        """Read the file and begin to look at it."""
        self.reload()
        self.call_after_refresh(self._to_the_gap)
        self.set_interval(EVERY, self.look)

    def _to_the_gap(self) -> None:
        """Begin where there is something to do, below a docstring that may fill the pane."""
        row = editing.gap(self.editor.text)
        if row and self.editor.cursor_location == (0, 0):
            line = self.editor.document.get_line(row)
            self.editor.go_to(row, len(editing.indentation(line)))

    @property
    def editor(self) -> Editor:
        """The editor."""
        return self.query_one(Editor)

    @property
    def dirty(self) -> bool:
        """True when there is something that is not in the file."""
        return self._gone or self._typed_here

    @property
    def _typed_here(self) -> bool:
        return self.is_mounted and self.editor.text != self.buffer.text

    def reload(self) -> None:
        """Show what is on disk; when that is impossible, say why and keep what is shown."""
        text = self.buffer.load()
        self.conflict, self._gone = False, False
        problem = self.buffer.problem
        self.editor.read_only = problem is not None
        if problem is None:
            self.editor.show_text(text)
        else:
            self.buffer.text = self.editor.text  # nothing of it can be saved while the file is in this state
        self._banner(problem.sentence if problem else "")
        self.post_message(self.Changed())

    @on(Editor.Changed)
    def _edited(self) -> None:
        self.post_message(self.Changed())

    def look(self) -> None:
        """See whether the file was changed elsewhere."""
        change = self.buffer.outside()
        if change == "none":
            return
        if change == "gone":
            self._gone = True
            self._banner(f"{self.buffer.path.name} is gone from the disk. ctrl+s writes it again.")
            self.post_message(self.Changed())
        elif self._typed_here:
            self.conflict = True
            self._banner("The file was changed elsewhere, and you have unsaved changes here. ctrl+s lets you choose.")
        else:
            self.reload()
            self.post_message(self.Reloaded())

    def save(self) -> bool:
        """Write the text if it differs from the file. False in a conflict; raises TutorError."""
        self.look()
        if self.conflict:
            return False
        if self.buffer.problem is not None:
            raise TutorError(self.buffer.problem.sentence)
        if self.dirty:
            self.buffer.save(self.editor.text)
            self._gone = False
            self._banner("")
            self.post_message(self.Changed())
        return True

    def keep_mine(self) -> None:
        """End a conflict in favour of what is typed here; what is on disk is kept."""
        if other := self.buffer.keep_mine():
            self._keep(other)
        self.conflict = False
        self._banner("")

    def _banner(self, text: str) -> None:
        self.query_one("#banner", Click).show(Content.styled(f"✗ {text}", "bold") if text else "")

    # Questions to the learner

    def resolve(self) -> None:
        """Ask what to do about a file that was changed elsewhere and here."""
        if not self.conflict:
            return
        from tutor.tui.screens.dialogs import Question

        self.app.push_screen(
            Question(
                "The file was changed elsewhere",
                f"{self.buffer.path.name} was saved by another program, and you have unsaved changes here. "
                "Whatever you choose, the other version is kept in the history folder of your workspace.",
                {"mine": "Keep mine", "theirs": "Take the file", "difference": "See difference"},
            ),
            self._resolved,
        )

    @told
    def _resolved(self, answer: str | None) -> None:
        if answer == "mine":
            self.keep_mine()
            self.save()
            self.post_message(self.Settled())
        elif answer == "theirs":
            self._keep(self.editor.text.encode("utf-8"))
            self.reload()
            self.post_message(self.Settled())
        elif answer == "difference":
            from tutor.tui.screens.solution import TwoTexts

            texts = (("yours", self.editor.text), ("the file", self.buffer.their_text()))
            self.app.push_screen(TwoTexts(self.buffer.path.name, *texts), lambda _: self.resolve())

    def leave(self, then: Callable[[], object]) -> None:
        """Do something that hides the editor, once nothing typed can be lost by it."""
        if not self.dirty or self.buffer.problem is not None or self._saved_by_itself():
            then()
            return
        from tutor.tui.screens.dialogs import Question

        where = " The file was changed elsewhere as well; that version is kept in the history." * self.conflict
        question = Question(
            "Save your changes?",
            f"{self.buffer.path.name} has changes that are not saved.{where}",
            {"save": "Save", "discard": "Do not save", "stay": "Stay"},
        )
        self.app.push_screen(question, lambda answer: self._left(answer, then))

    def rescue(self) -> None:
        """Save without a question: into the file, or beside it when that was changed elsewhere."""
        if self.dirty and self.buffer.problem is None:
            if self.conflict or self.buffer.outside() == "changed":
                self._keep(self.editor.text.encode("utf-8"))
            else:
                self.buffer.save(self.editor.text)

    def _saved_by_itself(self) -> bool:
        """Save without asking, where that is wanted and possible."""
        try:
            return self._preferences.autosave and self.save()
        except TutorError as error:
            self.notify(str(error), severity="error", timeout=10, markup=False)
            return False

    @told
    def _left(self, answer: str | None, then: Callable[[], object]) -> None:
        if answer == "save":
            if self.conflict:
                self.keep_mine()
            self.save()
            then()
        elif answer == "discard":
            with suppress(TutorError):  # on a full disk, leaving must still be possible
                self._keep(self.editor.text.encode("utf-8"))
            self.reload()
            then()
