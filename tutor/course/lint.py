"""The content linter: everything about a course's texts and files that can be proved without its checks.

`tutor course check` proves the checks as well. For authors at work: `python -m tutor.course.lint [DIR] [NAME…]`.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path

from tutor.course.lint_code import lint_code
from tutor.course.lint_markdown import lint_markdown
from tutor.course.lint_run import lint_runs
from tutor.course.load import bundled_root, load_course
from tutor.course.parts import file_stem, read_exercise, read_explorer, read_lab
from tutor.course.problem import Problem, problem_of
from tutor.course.validate import live_parts, validate
from tutor.model import Chapter, Course, CourseError, Exercise, TutorError
from tutor.text.frontmatter import parse_toml, read_text, split
from tutor.text.lesson import LessonDoc, Live, Prose, parse_lesson
from tutor.text.nearest import shown
from tutor.text.quiz import Question, parse_quiz
from tutor.text.task import parse_task

PAGE_LINES = 150
HINTS = 2


def lint_course(course: Course, *, run_fences: bool = True) -> list[Problem]:
    """Find everything that an author has to put right, in the order of the course's files."""
    problems = [problem_of(error, course.root) for error in validate(course)]
    problems += _lessons(course)
    for exercise in course.exercises:
        problems += _guarded(exercise.task, _task(exercise))
        problems += _guarded(exercise.stub, lint_code(course, exercise))
    problems += _reachable(course)
    problems += _listed(course)
    if run_fences:
        problems += lint_runs([lesson.path for lesson in course.lessons])
    return list(dict.fromkeys(problems))


def _guarded(path: Path, problems: Iterable[Problem]) -> Iterator[Problem]:
    """A text that cannot be read is one problem more, not the end of the others."""
    try:
        yield from problems
    except CourseError as error:
        yield problem_of(error, path)


def _lessons(course: Course) -> Iterator[Problem]:
    for lesson in course.lessons:
        try:
            document = parse_lesson(lesson.path)
        except CourseError:
            continue  # validate has told
        yield from _guarded(lesson.path, _lesson(lesson.path, document))


def _lesson(path: Path, document: LessonDoc) -> Iterator[Problem]:
    for page in document.pages:
        if page.lines > PAGE_LINES:
            message = f"the page `{page.title}` has {page.lines} lines; split it with `##` (at most {PAGE_LINES})"
            yield Problem(path, page.line, "length", message)
        for block in page.blocks:
            if isinstance(block, Prose):
                yield from lint_markdown(block.markdown, path, block.line)
            elif block.kind == "quiz":
                for question in parse_quiz(block.body, path, block.line + 1):
                    yield from _question(path, block, question)


def _question(path: Path, live: Live, question: Question) -> Iterator[Problem]:
    texts = [question.ask, question.why, question.otherwise, *(wrong.why for wrong in question.wrong)]
    texts += [text for option in question.options for text in (option.text, option.why)]
    if any(re.search(r"[\b\t\f\r]|\n(abla|e|eq|u|ot)\b", text) for text in texts):
        message = (
            f"in question `{question.id}`: TOML has read a TeX command as an escape; put formulas in 'single quotes'"
        )
        yield Problem(path, live.line, "formula", message)
    for text in filter(None, texts):
        for problem in lint_markdown(text, path, live.line):
            yield Problem(path, live.line, problem.rule, f"in question `{question.id}`: {problem.message}")


def _task(exercise: Exercise) -> Iterator[Problem]:
    path = exercise.task
    task = parse_task(path)
    _, body, first_line = split(read_text(path), path)
    yield from lint_markdown(body, path, first_line)
    if len(task.hints) < HINTS:
        yield Problem(
            path, None, "hints", f"{len(task.hints)} hints are too few; write at least {HINTS} (`## Hint 1`, …)"
        )
    if not re.search(r"^\|.*\b(shape|type|dtype)", task.body, re.MULTILINE | re.IGNORECASE):
        yield Problem(path, None, "task", "there is no table of arguments with a column for their types or shapes")
    if "xample" not in task.body and "```" not in task.body:
        yield Problem(path, None, "task", "there is no example with numbers")


def _reachable(course: Course) -> Iterator[Problem]:
    """Every exercise, lab and explorer must be opened from some lesson."""
    opened: set[tuple[str, str]] = set()
    for lesson in course.lessons:
        try:
            opened |= {(live.kind, live.target) for live in live_parts(parse_lesson(lesson.path))}
        except CourseError:
            continue
    for exercise in course.exercises:
        if ("exercise", exercise.id) not in opened:
            yield Problem(exercise.task, None, "reach", f"no lesson has a fence ```exercise {exercise.id}```")
    for kind, parts in (("lab", course.labs), ("explore", course.explorers)):
        for part in parts:
            if (kind, part.id) not in opened:
                yield Problem(part.path, None, "reach", f"no lesson has a fence ```{kind} {part.id}```")


def _listed(course: Course) -> Iterator[Problem]:
    """What chapter.toml lists and what lies in the folders must be the same."""
    for chapter in course.chapters:
        manifest = course.root / "lessons" / chapter.folder / "chapter.toml"
        table = parse_toml(read_text(manifest), manifest)
        loaded = {
            "exercises": {part.id for part in chapter.exercises},
            "labs": {part.id for part in chapter.labs},
            "explorers": {part.id for part in chapter.explorers},
        }
        if table.flag("draft"):
            yield Problem(manifest, table.line("draft"), "draft", "the chapter is marked as a draft")
            yield from _left_out(course, chapter, {key: table.texts(key) for key in loaded}, loaded)
        stems = {file_stem(name) for name in table.texts("exercises")}
        for task in sorted((course.root / "exercises" / chapter.folder).glob("*.md")):
            if "." not in task.stem and task.stem not in stems:
                yield Problem(task, None, "unlisted", f"{shown(manifest)} does not list this exercise")


def _left_out(
    course: Course, chapter: Chapter, listed: dict[str, tuple[str, ...]], loaded: dict[str, set[str]]
) -> Iterator[Problem]:
    """Say why a draft chapter is loaded without some of its parts."""
    folder = course.root / "lessons" / chapter.folder
    read: dict[str, Callable[[str], object]] = {
        "exercises": partial(read_exercise, course.root, chapter.folder, chapter.id),
        "labs": partial(read_lab, folder, chapter.id),
        "explorers": partial(read_explorer, folder, chapter.id),
    }
    for key, names in listed.items():
        for name in names:
            if name not in loaded[key]:
                try:
                    read[key](name)
                except CourseError as error:
                    yield problem_of(error, folder)


def main(arguments: list[str] | None = None) -> int:
    """Print the problems of a course for its author; the exit code is 1 when there are any."""
    parser = argparse.ArgumentParser(prog="python -m tutor.course.lint", description="Lint a course's content.")
    parser.add_argument("course", nargs="?", type=Path, default=bundled_root(), metavar="DIR")
    parser.add_argument("names", nargs="*", help="show only problems of files whose path contains one of these")
    parser.add_argument("--no-run", action="store_true", help="do not run the code of the lessons")
    chosen = parser.parse_args(arguments)
    try:
        problems = lint_course(load_course(chosen.course), run_fences=not chosen.no_run)
    except TutorError as error:
        sys.stdout.write(f"{error}\n")
        return 2
    shown_problems = [p for p in map(str, problems) if not chosen.names or any(name in p for name in chosen.names)]
    sys.stdout.write("".join(f"{problem}\n" for problem in shown_problems) or "Nothing to put right.\n")
    return 1 if shown_problems else 0


if __name__ == "__main__":
    sys.exit(main())
