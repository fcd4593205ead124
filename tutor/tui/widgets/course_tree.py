"""The course as a tree with marks in front and numbers at the right. Shows an outline; knows no session."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rich.cells import cell_len
from rich.style import Style
from rich.text import Text
from textual.binding import Binding
from textual.widgets import Tree

from tutor.tui.outline import SIGNS, ChapterOutline, Item, Mark, chapter_mark, mark

if TYPE_CHECKING:
    from collections.abc import Mapping

    from textual.binding import BindingType
    from textual.widgets.tree import TreeNode

    from tutor.model import State

Row = ChapterOutline | Item

_COLORS: dict[Mark, str] = {"done": "text-success", "shown": "text-muted", "wrong": "text-error",
                            "open": "text-warning", "new": "text-muted"}  # fmt: skip


class CourseTree(Tree[Row]):
    """Chapters that fold, with lessons, exercises, labs and explorers in walking order."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "select_cursor", "Open")]
    ICON_NODE = "▸ "
    ICON_NODE_EXPANDED = "▾ "

    def __init__(self, chapters: tuple[ChapterOutline, ...], *, id: str | None = None) -> None:
        super().__init__("course", id=id)
        self.show_root = False
        self.show_guides = False
        self.guide_depth = 3
        self.auto_expand = False
        self._chapters = chapters
        self._states: Mapping[str, State] = {}
        self._pages: Mapping[str, int] = {}
        self._next: Item | None = None
        for part in chapters:
            node = self.root.add(part.chapter.title, part)
            for item in part.items:
                node.add_leaf(item.title, item)

    def show_progress(self, states: Mapping[str, State], pages: Mapping[str, int], following: Item | None) -> None:
        """Draw marks and counts anew."""
        self._states, self._pages, self._next = states, pages, following
        for chapter in self.root.children:
            chapter.refresh()
            for leaf in chapter.children:
                leaf.refresh()

    def go_to(self, item: Item | None) -> None:
        """Unfold the chapter of a row and put the cursor on it; without a row, on the first chapter."""
        for node in self.root.children:
            for leaf in node.children:
                if item is not None and leaf.data == item:
                    node.expand()
                    self.call_after_refresh(self.move_cursor, leaf)
                    return
        if self.root.children:
            self.call_after_refresh(self.move_cursor, self.root.children[0])

    def counts(self, part: ChapterOutline) -> tuple[int, int]:
        """Exercises done, of how many."""
        exercises = [item for item in part.items if item.kind == "exercise"]
        return sum(self._states.get(item.id) == "passed" for item in exercises), len(exercises)

    def render_label(self, node: TreeNode[Row], base_style: Style, style: Style) -> Text:
        """One row, as wide as there is room."""
        del base_style  # `style` already has it
        row = node.data
        if row is None:
            return Text("")
        if isinstance(row, ChapterOutline):
            icon = self.ICON_NODE_EXPANDED if node.is_expanded else self.ICON_NODE
            left, right = self._chapter(row)
            return self._fit(Text.assemble((icon, self._color("text-muted")), left), right, 0, style)
        left, right = self._item(row)
        return self._fit(left, right, self.guide_depth, style)

    def _fit(self, left: Text, right: Text, indent: int, style: Style) -> Text:
        room = self.scrollable_content_region.width - indent - 1
        gap = room - cell_len(left.plain) - cell_len(right.plain)
        if gap < 2:
            left.truncate(max(0, room - cell_len(right.plain) - 2), overflow="ellipsis")
            gap = max(1, room - cell_len(left.plain) - cell_len(right.plain))
        text = Text.assemble(left, " " * gap, right)
        text.stylize_before(style)
        return text

    def _chapter(self, part: ChapterOutline) -> tuple[Text, Text]:
        done, total = self.counts(part)
        begun = any(mark(item, self._states, self._pages) != "new" for item in part.items)
        sign = chapter_mark(done, total, begun)
        left = Text.assemble((f"{part.chapter.number:02} ", self._color("text-muted")), (part.chapter.title, "bold"))
        counts = f"{done}/{total} " if total else ""
        return left, Text.assemble((counts, self._color("text-muted")), (SIGNS[sign], self._color(_COLORS[sign])))

    def _item(self, item: Item) -> tuple[Text, Text]:
        sign = mark(item, self._states, self._pages)
        follows = item == self._next
        front = ("→", self._color("text-accent")) if follows else (SIGNS[sign], self._color(_COLORS[sign]))
        title_style = Style(bold=True) if follows else Style()
        left = Text.assemble(front, " ", (f"{item.kind:<9}", self._color("text-muted")), (item.title, title_style))
        level = "●" * item.level + "○" * (5 - item.level) if item.level else ""
        minutes = f"{item.minutes:>4} min" if item.minutes else ""
        return left, Text.assemble((level, self._color("text-accent")), (minutes, self._color("text-muted")))

    def _color(self, name: str) -> Style:
        """A theme colour; none where the theme has none that Rich knows (`auto 60%`)."""
        from tutor.tui.theme import rich_color

        color = rich_color(self.app.theme_variables, name)
        return Style(color=color) if color else Style(dim=name == "text-muted")
