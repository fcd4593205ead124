"""The course in the order in which it is walked through: after each lesson the exercises and labs that it opens.

Owns order, marks and counts for the home screen and the search. Pure but for reading lesson files; knows no widget.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tutor.model import Chapter, Course, Exercise, Explorer, Lab, Lesson, State

Kind = Literal["lesson", "exercise", "lab", "explorer"]
Mark = Literal["done", "shown", "wrong", "open", "new"]

SIGNS: dict[Mark, str] = {"done": "✓", "shown": "○", "wrong": "✗", "open": "◐", "new": "·"}
WORDS: dict[Mark, str] = {"done": "done", "shown": "solution shown", "wrong": "not passing yet", "open": "begun",
                          "new": "new"}  # fmt: skip

_FENCE = re.compile(r"^(?:```|~~~)(exercise|lab|explore) +(\S+) *$", re.MULTILINE)
_PAGE = re.compile(r"^## ", re.MULTILINE)
_MARK_OF: dict[str, Mark] = {"passed": "done", "given_up": "shown", "failed": "wrong", "started": "open", "new": "new"}


@dataclass(frozen=True, slots=True)
class Item:
    """One row below a chapter."""

    kind: Kind
    id: str
    title: str
    chapter: str
    minutes: int = 0
    level: int = 0
    pages: int = 0
    about: str = ""


@dataclass(frozen=True, slots=True)
class ChapterOutline:
    """A chapter with its rows in walking order."""

    chapter: Chapter
    items: tuple[Item, ...]


def outline(course: Course) -> tuple[ChapterOutline, ...]:
    """The whole course in walking order."""
    return tuple(ChapterOutline(chapter, tuple(_walk(chapter))) for chapter in course.chapters)


def _walk(chapter: Chapter) -> list[Item]:
    left: dict[tuple[Kind, str], Item] = {}
    for part in chapter.exercises:
        left["exercise", part.id] = _exercise(part)
    for lab in chapter.labs:
        left["lab", lab.id] = _plain("lab", lab)
    for explorer in chapter.explorers:
        left["explorer", explorer.id] = _plain("explorer", explorer)
    rows = []
    for lesson in chapter.lessons:
        text = _read(lesson)
        rows.append(_lesson(lesson, text))
        for word, target in _FENCE.findall(text):
            kind: Kind = "explorer" if word == "explore" else word
            found = left.pop((kind, target.removeprefix("lab-").removeprefix("x-")), None)
            rows += [found] if found else []
    return rows + list(left.values())


def _read(lesson: Lesson) -> str:
    try:
        return lesson.path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return ""  # the lesson's screen says what is wrong with it


def _lesson(lesson: Lesson, text: str) -> Item:
    before, *pages = _PAGE.split(text.split("+++", 2)[-1])
    count = len(pages) + bool(before.strip())
    about = "\n".join(f"- {objective}" for objective in lesson.objectives)
    return Item("lesson", lesson.id, lesson.title, lesson.chapter, lesson.minutes, 0, count, about)


def _exercise(exercise: Exercise) -> Item:
    needs = f"Builds on {', '.join(exercise.needs)}." if exercise.needs else ""
    framework = "NumPy" if exercise.framework == "numpy" else "PyTorch"
    about = f"{framework}, {exercise.points} points. {needs}".strip()
    return Item("exercise", exercise.id, exercise.title, exercise.chapter, exercise.minutes, exercise.level, 0, about)


def _plain(kind: Kind, part: Lab | Explorer) -> Item:
    about = "Train with your own code and watch the curve." if kind == "lab" else "A picture with knobs to turn."
    return Item(kind, part.id, part.title, part.chapter, about=about)


def mark(item: Item, states: Mapping[str, State], pages_read: Mapping[str, int]) -> Mark:
    """How far the learner is with one row. Labs and explorers have no such thing: they are always new."""
    if item.kind == "exercise":
        return _MARK_OF[states.get(item.id, "new")]
    if item.kind == "lesson" and item.id in pages_read:
        return "done" if pages_read[item.id] >= item.pages - 1 else "open"
    return "new"


def chapter_mark(done: int, total: int, begun: bool) -> Mark:
    """A chapter's mark from the counts of its exercises."""
    if total and done == total:
        return "done"
    return "open" if done or begun else "new"


def search(chapters: tuple[ChapterOutline, ...], words: str) -> list[Item]:
    """Rows whose title, id, kind or chapter hold every word; those whose title begins so come first."""
    wanted = words.lower().split()
    found = []
    for part in chapters:
        for item in part.items:
            text = f"{item.title} {item.id} {item.kind} {part.chapter.title}".lower()
            if all(word in text for word in wanted):
                found.append(item)
    first = words.lower().strip()
    return sorted(found, key=lambda item: _distance(item, first))


def _distance(item: Item, typed: str) -> int:
    """How far a row is from what was typed: its very id, the beginning of its title or id, or anything else."""
    if typed and item.id == typed:
        return 0 if item.kind == "exercise" else 1
    return 2 if item.title.lower().startswith(typed) or item.id.startswith(typed) else 3


def next_item(
    chapters: tuple[ChapterOutline, ...],
    exercise_id: str,
    states: Mapping[str, State],
    pages_read: Mapping[str, int],
) -> Item | None:
    """The row to go on with when this is the exercise to do next: first the lessons before it that were not opened.

    Lessons before an exercise that is already done were left out on purpose.
    """
    for part in chapters:
        waiting: list[Item] = []
        for item in part.items:
            if item.kind == "lesson" and item.id not in pages_read:
                waiting.append(item)
            elif item.kind == "exercise" and item.id == exercise_id:
                return waiting[0] if waiting else item
            elif item.kind == "exercise" and mark(item, states, pages_read) in ("done", "shown"):
                waiting.clear()
    return None
