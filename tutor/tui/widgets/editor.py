"""The Python editor: highlighting, indentation, comments, brackets. Edits text and does nothing with files.

What the keys do to text is decided in `tutor.tui.editing`; here it is only applied to the selection.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.message import Message
from textual.widgets.text_area import Selection

from tutor.tui import editing
from tutor.tui._textual_private_editor import ViewportTextArea
from tutor.tui.actions import bindings
from tutor.tui.editor_theme import editor_theme
from tutor.tui.python_syntax import grammar
from tutor.tui.widgets.keys import act_at_once

if TYPE_CHECKING:
    from textual import events
    from textual.binding import BindingType
    from textual.theme import Theme

_OF_TEXT_AREA = frozenset({"undo", "redo", "cut", "copy", "paste", "delete_to_end_of_line_or_delete_line", "indent"})


class Editor(ViewportTextArea):
    """Edits one Python file."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("editor", skip=_OF_TEXT_AREA)]

    class LeaveRequested(Message):
        """Escape was pressed in the editor."""

    def __init__(self, *, tab_width: int = 4, close_brackets: bool = False, id: str | None = None) -> None:
        super().__init__(
            soft_wrap=False,
            show_line_numbers=True,
            tab_behavior="indent",
            max_checkpoints=200,
            highlight_cursor_line=True,
            id=id,
        )
        self.indent_width = tab_width
        self.close_brackets = close_brackets

    def on_mount(self) -> None:
        """Take the colours of the app's theme, now and whenever it changes."""
        if (python := grammar()) is not None:
            self.register_language("python", *python)
            self.language = "python"
        self._follow(self.app.current_theme)
        self.app.theme_changed_signal.subscribe(self, self._follow)

    def _follow(self, theme: Theme) -> None:
        self.register_theme(editor_theme(theme, self.app.theme_variables))
        self.theme = "tutor"
        self.notify_style_update()

    async def on_key(self, event: events.Key) -> None:
        """Escape leaves, enter indents, brackets may close themselves, bound keys act at once; text is TextArea's."""
        if event.key == "escape":
            self.post_message(self.LeaveRequested())
        elif self.read_only or not self._handled(event):
            await act_at_once(self, event)
            return
        event.stop()
        event.prevent_default()

    def _handled(self, event: events.Key) -> bool:
        if event.key == "enter":
            self._break_line()
            return True
        if event.key == "tab" and not self.selection.is_empty:
            self._change_lines(lambda lines: editing.indent(lines, self.indent_width))
            return True
        return self.close_brackets and event.character is not None and self._pair(event.character)

    def _break_line(self) -> None:
        start, end = sorted(self.selection)
        before = self.document.get_line(start[0])[: start[1]]
        self.replace("\n" + editing.next_indentation(before, self.indent_width), start, end,
                     maintain_selection_offset=False)  # fmt: skip

    def _pair(self, character: str) -> bool:
        """Insert a pair of brackets, or step over a closing one that is already there."""
        (row, column), end = sorted(self.selection)
        after = self.document.get_line(row)[column : column + 1]
        if self.selection.is_empty and character == after and character in editing.PAIRS.values():
            self.move_cursor((row, column + 1))
            return True
        if character in editing.PAIRS and (not self.selection.is_empty or not after.isalnum()):
            inside = self.selected_text
            self.replace(character + inside + editing.PAIRS[character], (row, column), end)
            self.move_cursor((row, column + 1))
            return True
        return False

    def action_delete_left(self) -> None:
        """Backspace: inside indentation, to the previous stop."""
        row, column = self.selection.end
        count = editing.backspace(self.document.get_line(row)[:column], self.indent_width)
        if self.read_only or not self.selection.is_empty or count == 1:
            super().action_delete_left()
        else:
            self.delete((row, column - count), (row, column), maintain_selection_offset=False)

    def action_document_start(self) -> None:
        """The first character of the file."""
        self.move_cursor((0, 0))

    def action_document_end(self) -> None:
        """Behind the last character of the file."""
        self.move_cursor(self.document.end)

    def action_dedent(self) -> None:
        """Move the selected lines one stop to the left."""
        self._change_lines(lambda lines: editing.dedent(lines, self.indent_width))

    def action_comment(self) -> None:
        """Comment the selected lines in or out."""
        self._change_lines(editing.toggle_comment)

    def _change_lines(self, change: editing.ChangeLines) -> None:
        """Replace the lines that the selection touches, and keep them selected."""
        if self.read_only:
            return
        selection = self.selection
        (top, _), (bottom, right) = sorted(selection)
        if bottom > top and right == 0:
            bottom -= 1  # the cursor stands before the first character of a line that looks unselected
        lines = [self.document.get_line(row) for row in range(top, bottom + 1)]
        changed = change(lines)
        if changed == lines:
            return
        self.replace("\n".join(changed), (top, 0), (bottom, len(lines[-1])), maintain_selection_offset=False)
        shift = {row: len(new) - len(old) for row, (old, new) in enumerate(zip(lines, changed, strict=True), top)}
        self.selection = Selection(*((row, max(0, column + shift.get(row, 0))) for row, column in selection))

    def on_resize(self) -> None:
        """The cursor stays in view; in a pane that was hidden, it is now that there is a view."""
        (row, column), (left, top) = self.cursor_location, self.scroll_offset
        too_far_right = left > 0 and column < self.size.width - self.gutter_width
        if too_far_right or not top <= row < top + self.size.height:
            self._to_the_middle()

    def _to_the_middle(self) -> None:
        """The cursor's row in the middle; to the right only when the cursor is there."""
        self.scroll_to(0, max(0, self.cursor_location[0] - self.size.height // 2), animate=False, immediate=True)
        self.scroll_cursor_visible(animate=False)

    def show_text(self, text: str) -> None:
        """Replace the whole text, keeping cursor and scroll position where they make sense."""
        cursor, (x, y) = self.cursor_location, self.scroll_offset
        self.load_text(text)
        self.move_cursor(cursor)
        self.scroll_to(x, y, animate=False)

    def go_to(self, row: int, column: int = 0, length: int = 0) -> None:
        """Put the cursor somewhere (rows from 0), optionally selecting what is there, in the middle of the view."""
        self.selection = Selection((row, column), (row, column + length))
        self._to_the_middle()
