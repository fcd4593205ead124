from __future__ import annotations

from pathlib import Path

import pytest
from tui_fakes import write_course

from tutor.course.load import load_course
from tutor.tui.outline import ChapterOutline, chapter_mark, mark, next_item, outline, search


@pytest.fixture(scope="module")
def chapters(tmp_path_factory: pytest.TempPathFactory) -> tuple[ChapterOutline, ...]:
    return outline(load_course(write_course(tmp_path_factory.mktemp("course"))))


def test_each_lesson_is_followed_by_what_it_opens(chapters) -> None:
    rows = [(item.kind, item.id) for part in chapters for item in part.items]
    assert rows == [("lesson", "l01-1"), ("exercise", "say-hello"), ("lesson", "l02-1"), ("exercise", "softmax"),
                    ("exercise", "cross-entropy"), ("lab", "digits"), ("explorer", "heat")]  # fmt: skip


def test_what_no_lesson_opens_comes_last(tmp_path: Path) -> None:
    root = write_course(tmp_path)
    lesson = root / "lessons/02_linear_classification/01_lesson.md"
    lesson.write_text(lesson.read_text().replace("```exercise softmax\n```", ""))
    rows = [item.id for item in outline(load_course(root))[1].items]
    assert rows == ["l02-1", "cross-entropy", "digits", "heat", "softmax"]


def test_a_lesson_that_cannot_be_read_is_still_listed(chapters, tmp_path: Path) -> None:
    root = write_course(tmp_path)
    course = load_course(root)
    course.lessons[0].path.write_bytes(b"\xff\xfe")
    assert outline(course)[0].items[0].id == "l01-1"


def test_marks(chapters) -> None:
    lesson, exercise = chapters[0].items
    assert lesson.pages == 3
    assert [mark(lesson, {}, pages) for pages in ({}, {"l01-1": 1}, {"l01-1": 2})] == ["new", "open", "done"]
    states = ("new", "started", "failed", "passed", "given_up")
    marks = [mark(exercise, {"say-hello": state}, {}) for state in states]
    assert marks == ["new", "open", "wrong", "done", "shown"]


def test_a_chapter_is_done_with_its_last_exercise() -> None:
    counts = ((0, False), (0, True), (1, True), (2, True))
    assert [chapter_mark(done, 2, begun) for done, begun in counts] == ["new", "open", "open", "done"]
    assert chapter_mark(0, 0, False) == "new"


def test_next_is_the_lesson_before_the_exercise_until_it_was_opened(chapters) -> None:
    assert next_item(chapters, "softmax", {}, {}).id == "l02-1"
    assert next_item(chapters, "softmax", {}, {"l02-1": 0}).id == "softmax"
    assert next_item(chapters, "cross-entropy", {"softmax": "passed"}, {}).id == "cross-entropy"
    assert next_item(chapters, "cross-entropy", {"softmax": "failed"}, {}).id == "l02-1"


def test_searching_finds_every_kind_of_part(chapters) -> None:
    assert [item.id for item in search(chapters, "SOFT")] == ["softmax"]
    assert [item.id for item in search(chapters, "lab")] == ["digits"]
    assert [item.id for item in search(chapters, "linear exercise")] == ["softmax", "cross-entropy"]
    assert [item.id for item in search(chapters, "cross")] == ["cross-entropy"]
    assert len(search(chapters, " ")) == 7
    assert search(chapters, "nothing like it") == []
