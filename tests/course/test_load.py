"""The loader: a sound course is read whole; every kind of break is told with its place and the nearest name."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tutor.course.load import bundled_root, find_exercise, find_explorer, find_lab, find_lesson, load_course
from tutor.course.validate import questions, validate
from tutor.model import CourseError
from tutor.text.lesson import parse_lesson

Write = Callable[..., Path]
CHAPTER = "lessons/01_first/chapter.toml"
TASK = "exercises/01_first/double_it.md"


def test_a_sound_course_is_read_whole(write_course: Write) -> None:
    course = load_course(write_course())
    (chapter,) = course.chapters
    assert (course.id, chapter.id, chapter.number, chapter.folder) == ("small", "c01", 1, "01_first")
    assert [lesson.id for lesson in course.lessons] == ["l01-1", "l01-2"]
    assert [exercise.id for exercise in course.exercises] == ["add-one", "double-it"]
    double = course.exercises[1]
    assert (double.needs, double.forbidden, double.points) == (("add-one",), ("numpy.add", "@", ".data"), 10)
    assert double.variants.name == "double_it_variants.py"
    assert course.labs[0].uses == ("add-one", "double-it")
    assert course.labs[0].title == "A line"
    assert course.explorers[0].title == "A curve"
    assert list(validate(course)) == []
    assert [q.id for q in questions(parse_lesson(course.lessons[1].path), course.lessons[1].path)] == ["q-print"]


def test_the_bundled_course_is_found_and_sound() -> None:
    course = load_course(bundled_root())
    numbers = (*range(1, 12), *range(14, 20))
    assert [chapter.id for chapter in course.chapters] == [f"c{number:02}" for number in numbers]
    assert all(chapter.lessons and chapter.exercises for chapter in course.chapters)


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("double-it", "double-it"),
        ("double_it", "double-it"),
        ("double_it.py", "double-it"),
        ("01_first/double_it.py", "double-it"),
        ("test_double_it.py", "double-it"),
        ("dou", "double-it"),
        ("DOUBLE-IT", "double-it"),
        ("twice", "double-it"),
    ],
)
def test_an_exercise_is_found_by_many_names(
    write_course: Write, small_files: dict[str, str], name: str, found: str
) -> None:
    task = small_files[TASK].replace("level = 1", 'level = 1\nformerly = ["twice"]')
    assert find_exercise(load_course(write_course({TASK: task})), name).id == found


def test_lessons_labs_and_explorers_are_found(write_course: Write) -> None:
    course = load_course(write_course())
    assert find_lesson(course, "l01-2").id == "l01-2"
    assert find_lesson(course, "02_more.md").id == "l01-2"
    assert find_lesson(course, "more").id == "l01-2"
    assert find_lab(course, "lab-line").id == find_lab(course, "line").id == "line"
    assert find_explorer(course, "x-curve").id == find_explorer(course, "curve").id == "curve"


@pytest.mark.parametrize(
    ("find", "name", "part"),
    [
        (find_exercise, "add-onne", "no exercise called `add-onne`; did you mean `add-one`"),
        (find_exercise, "", "no exercise"),
        (find_lesson, "l01", "more than one lesson: `l01-1`, `l01-2`"),
        (find_lab, "lyne", "did you mean `line`"),
        (find_explorer, "zzz", "valid are `curve`"),
    ],
)
def test_a_name_that_is_not_there(write_course: Write, find: Callable[..., object], name: str, part: str) -> None:
    course = load_course(write_course())
    with pytest.raises(CourseError, match=part):
        find(course, name)


@pytest.mark.parametrize(
    ("file", "old", "new", "part"),
    [
        ("lessons/course.toml", 'id = "small"', 'id = "Small Course"', "course.toml: `Small Course` is not an id"),
        ("lessons/course.toml", 'title = "Small"', "", "`title` is missing"),
        ("lessons/course.toml", "licence", "license", r"course.toml:5: `license` is not a key.*did you mean `licence`"),
        (CHAPTER, "exercises", "exercices", r"chapter.toml:4: `exercices`.*did you mean `exercises`"),
        (CHAPTER, '"double-it"', '"double-itt"', r"double_itt.md: this file.*is missing.*`double_it.md`"),
        (CHAPTER, '"double-it"', '"Double It"', r"chapter.toml:4: `exercises` `Double It` is not an id"),
        (CHAPTER, '"double-it"', '"add-one"', "`add-one` twice"),
        (CHAPTER, '"line"', '"lime"', "lab_lime.py: this file of lab `lime` is missing"),
        (TASK, 'id = "double-it"', 'id = "duoble-it"', "double_it.md:2: `id` must be `double-it`"),
        (TASK, "level = 1", "level = 6", "double_it.md:4: `level` must lie between 1 and 5, not 6"),
        (TASK, 'framework = "numpy"', 'framework = "nunpy"', "`framework` cannot be `nunpy`; did you mean `numpy`"),
        (TASK, 'needs = ["add-one"]', 'needs = ["add-on"]', "names no exercise with `add-on`; did you mean `add-one`"),
        (TASK, 'needs = ["add-one"]', 'needs = ["double-it"]', "in a circle: double-it → double-it"),
        (TASK, "level = 1", 'level = 1\nformerly = ["add-one"]', "`add-one` is taken"),
        ("exercises/01_first/add_one.md", "needs = []", 'needs = ["double-it"]', "add-one → double-it → add-one"),
        ("lessons/01_first/02_more.md", "l01-2", "l01-1", "the lesson id `l01-1` is taken by .*01_start.md"),
        ("lessons/01_first/02_more.md", "minutes = 5", "minutes = 0", "`minutes` must lie between"),
        ("lessons/01_first/lab_line.py", '"double-it"', '"double-at"', "`USES` names no exercise with `double-at`"),
        ("lessons/01_first/lab_line.py", '"add-one"', "name", "lab_line.py:2: USES must be a plain text or a tuple"),
        ("lessons/01_first/lab_line.py", "TITLE", "TITEL", "must set TITLE"),
        ("lessons/01_first/explore_curve.py", '"A curve"', "3", "TITLE must be a text"),
    ],
)  # fmt: skip
def test_every_break_is_told(
    write_course: Write, small_files: dict[str, str], file: str, old: str, new: str, part: str
) -> None:
    assert old in small_files[file]
    root = write_course({file: small_files[file].replace(old, new)})
    with pytest.raises(CourseError, match=part):
        load_course(root)


@pytest.mark.parametrize(
    ("missing", "part"),
    [
        ("lessons/course.toml", "holds no course"),
        (CHAPTER, "chapter.toml: the chapter's manifest is missing"),
        ("exercises/01_first/test_add_one.py", "test_add_one.py: this file of exercise `add-one` is missing"),
        ("solutions/01_first/add_one_variants.py", "add_one_variants.py: this file"),
    ],
)
def test_every_missing_file_is_told(write_course: Write, missing: str, part: str) -> None:
    with pytest.raises(CourseError, match=part):
        load_course(write_course({missing: None}))


def test_a_chapter_folder_has_a_number(write_course: Write) -> None:
    root = write_course({"lessons/second/chapter.toml": ""})
    with pytest.raises(CourseError, match="lessons/second: a chapter's folder is named like"):
        load_course(root)


def test_a_draft_chapter_goes_without_what_is_not_there_yet(write_course: Write, small_files: dict[str, str]) -> None:
    draft = small_files[CHAPTER] + "draft = true\n"
    course = load_course(write_course({CHAPTER: draft, "exercises/01_first/add_one.py": None}))
    assert [(e.id, e.needs) for e in course.exercises] == [("double-it", ())]
    assert course.labs[0].uses == ("double-it",)


@pytest.mark.parametrize(
    ("old", "new", "part"),
    [
        ("```exercise add-one", "```exercise add-onne", "01_start.md:21: There is no exercise.*`add-one`"),
        (
            "```exercise add-one",
            "```exercise add",
            "no exercise `add`; did you mean|no exercise `add`; valid are `add-one`",
        ),
        ("```explore curve", "```explore curv", "no explore `curv`; did you mean `curve`"),
        ("```lab line", "```lab lime", "no lab called `lime`"),
        ("```exercise double-it\n", "```exercise double-it\nx\n", "leave it empty"),
    ],
)
def test_live_parts_must_resolve(
    write_course: Write, small_files: dict[str, str], old: str, new: str, part: str
) -> None:
    name = "lessons/01_first/01_start.md"
    course = load_course(write_course({name: small_files[name].replace(old, new)}))
    (error,) = validate(course)
    with pytest.raises(CourseError, match=part):
        raise error


def test_broken_quizzes_and_tasks_are_told(write_course: Write, small_files: dict[str, str]) -> None:
    more = small_files["lessons/01_first/02_more.md"]
    quiz = more[more.index("```quiz") :]
    course = load_course(
        write_course({
            "lessons/01_first/01_start.md": small_files["lessons/01_first/01_start.md"] + quiz,
            "lessons/01_first/02_more.md": more + quiz.replace("q-print", "q-other").replace("otherwise", "otherwize"),
            TASK: small_files[TASK].replace("## Hint 2", "## Hint 3"),
        })
    )  # fmt: skip
    told = [str(error) for error in validate(course)]
    assert any("double_it.md:" in text and "this should be `## Hint 2`" in text for text in told)
    assert any("question id `q-print` is taken" in text for text in told)
    assert any("`otherwise` is missing" in text for text in told)


def test_loading_imports_nothing_heavy() -> None:
    code = (
        "import sys\nfrom tutor.course.load import *\nload_course(bundled_root())\n"
        "import tutor.text.lesson, tutor.text.task, tutor.text.quiz\n"
        "names = {'torch','numpy','textual','rich','pytest','plotext','markdown_it'}\n"
        "heavy = names & set(sys.modules)\n"
        "assert not heavy, heavy\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=bundled_root())
    assert done.returncode == 0, done.stderr


def test_what_a_draft_lacks_takes_no_namesake_away(write_course: Write, small_files: dict[str, str]) -> None:
    chapter = small_files[CHAPTER] + "draft = true\n"
    draft = re.sub(r"explorers = \[.*?\]", 'explorers = ["add-one"]', chapter)
    course = load_course(write_course({CHAPTER: draft}))
    assert "add-one" in {exercise.id for exercise in course.exercises}
