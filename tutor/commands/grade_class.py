"""`tutor grade --class DIR` and `--submission PATH`: grades what was handed in, and writes the reports.

Exit code: 0 when all was graded and reached `--min-score`, 1 when somebody or something did not, 2 when nothing could
be graded, 130 after Ctrl+C.
"""

from __future__ import annotations

import os
import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from tutor.console import note, say
from tutor.model import TutorError
from tutor.text.nearest import nearest

if TYPE_CHECKING:
    import argparse

    from tutor.classroom.model import Assignment, Grading, Student, Submission
    from tutor.classroom.people import HandedIn
    from tutor.classroom.run import Again
    from tutor.model import Course, Verdict


def arguments(parser: argparse.ArgumentParser) -> None:
    """Options of class grading."""
    group = parser.add_argument_group("a whole class (for instructors)")
    group.add_argument("--class", dest="place", type=Path, metavar="DIR", help="folder or zip with the submissions")
    group.add_argument("--submission", type=Path, metavar="PATH", help="one submission: a folder, an archive or a file")
    group.add_argument(
        "--gradescope", type=Path, metavar="FILE", help="submission_metadata.json: author, time, attempt, extension"
    )
    group.add_argument("--assignment", type=Path, metavar="FILE", help="exercises, points, dates (assignment.toml)")
    group.add_argument("--roster", type=Path, metavar="FILE", help="CSV with the names of the class")
    group.add_argument("--out", type=Path, default=Path("grades"), metavar="DIR", help="where the reports go (grades)")
    group.add_argument(
        "--format", action="append", default=[], metavar="NAMES", help="reports, e.g. csv,html,junit; all"
    )
    group.add_argument("--canvas", type=Path, metavar="FILE", help="gradebook exported from Canvas, to fill in")
    group.add_argument("--moodle", type=Path, metavar="FILE", help="grading worksheet exported from Moodle, to fill in")
    group.add_argument("--jobs", type=int, metavar="N", help="submissions at once; default: one for each core")
    group.add_argument("--engine", default="local", metavar="WHERE", help="local, dask, or a Dask scheduler's address")
    group.add_argument("--shard", metavar="K/N", help="only the K-th of N parts of the class; see `tutor grade merge`")
    group.add_argument("--regrade", default="changed", metavar="WHAT", help="changed, failed, all, or a student's name")
    group.add_argument("--min-score", type=float, metavar="PERCENT", help="exit code 1 when somebody has less")


def run(args: argparse.Namespace) -> int:
    """Grade and write the reports."""
    from tutor.classroom.engine import engine
    from tutor.classroom.people import by_student, shard_of
    from tutor.classroom.progress import Bar
    from tutor.classroom.reports import chosen
    from tutor.classroom.roster import read_roster
    from tutor.classroom.run import Class
    from tutor.classroom.store import Store
    from tutor.course.load import bundled_root, load_course

    formats, shard, jobs = chosen(args.format), _shard(args.shard), _jobs(args.jobs)
    _look_for(args.canvas, args.moodle)
    if args.gradescope is not None and args.submission is None:
        raise TutorError("--gradescope tells of one submission; it goes with --submission PATH.")
    course = load_course(args.course or bundled_root())
    roster = read_roster(args.roster) if args.roster else None
    assignment, submissions = _handed_in(args, course)
    everybody = by_student(submissions, roster)
    students = shard_of(everybody, *shard)
    name = "" if shard == (1, 1) else "/".join(map(str, shard))
    _not_of_another_part(args.out, name)
    store = Store(args.out)
    again = _again(args.regrade, everybody)
    _announce(assignment, students)
    bar = Bar(anybody=bool(students))
    try:
        with engine(args.engine, jobs) as executor:
            grading = Class(course, assignment, store).grade(students, executor, bar, again=again, shard=name)
    except (KeyboardInterrupt, SystemExit):
        bar.end()
        note(f"Stopped. What was graded is kept in {args.out}; the same command goes on there.")
        raise
    return _finish(grading, args.out, formats, canvas=args.canvas, moodle=args.moodle, min_score=args.min_score)


def merge(args: argparse.Namespace) -> int:
    """`tutor grade merge DIR…`: put the gradings of shards together."""
    from tutor.classroom.merge import merge as merged
    from tutor.classroom.record import read_grading
    from tutor.classroom.reports import chosen
    from tutor.classroom.store import Store

    _look_for(args.canvas, args.moodle)
    folders = args.exercise[1:]
    if not folders:
        raise TutorError("Which gradings? `tutor grade merge part1 part2 --out grades`.")
    grading = merged([read_grading(Path(folder)) for folder in folders])
    formats, store = chosen(args.format), Store(args.out)
    for folder in filter(Path.is_dir, map(Path, folders)):
        store.absorb(Store(folder))
    return _finish(grading, args.out, formats, canvas=args.canvas, moodle=args.moodle, min_score=args.min_score)


def _look_for(*files: Path | None) -> None:
    """Say at once, not after an hour of grading, that a file to be filled in is not there."""
    for file in files:
        if file is not None and not file.is_file():
            raise TutorError(f"There is no file {file} to fill in.")


def _not_of_another_part(out: Path, shard: str) -> None:
    """Refuse to write a part of a class over another part."""
    from tutor.classroom.record import read_grading

    if not shard or not (out / "grading.json").is_file():
        return
    there = read_grading(out).shard
    if there != shard:
        what = f"part {there}" if there else "the grading of a whole class"
        raise TutorError(f"{out} holds {what}, not part {shard}; give each part an --out of its own.")


def _finish(
    grading: Grading,
    out: Path,
    formats: tuple[str, ...],
    *,
    canvas: Path | None = None,
    moodle: Path | None = None,
    min_score: float | None = None,
) -> int:
    """Write the reports, say how it went, give the exit code."""
    from tutor.classroom.lms import fill_canvas, fill_moodle
    from tutor.classroom.reports import write_reports
    from tutor.classroom.scoring import NOT_GRADED

    written = write_reports(grading, out, formats)
    for exported, fill in ((canvas, fill_canvas), (moodle, fill_moodle)):
        if exported is not None:
            written.append(fill(grading, exported, out))
    _tell(grading, out, written)
    lost = any(part.note == NOT_GRADED for result in grading.results for part in result.parts)
    if min_score is None:
        return int(lost)
    below = [result for result in grading.results if 100 * result.share < min_score - 1e-9]
    if below:
        note(f"{len(below)} of {len(grading.results)} are below {min_score:g} %.")
    return int(bool(below) or lost)


def _handed_in(args: argparse.Namespace, course: Course) -> tuple[Assignment, list[Submission]]:
    from tutor.classroom.assignment import read_assignment, whole_course
    from tutor.classroom.intake import gradescope
    from tutor.classroom.intake.collect import collect, collect_one

    assignment = read_assignment(args.assignment, course) if args.assignment else None
    wanted = {part.exercise for part in assignment.parts} if assignment else {e.id for e in course.exercises}
    exercises = [exercise for exercise in course.exercises if exercise.id in wanted]
    if args.submission is not None:
        if not args.submission.exists():
            raise TutorError(f"There is nothing at {args.submission}.")
        submissions = [collect_one(args.submission, exercises)]
    else:
        submissions = collect(args.place, exercises)
        if not submissions and args.roster is None:
            raise TutorError(f"{args.place} holds no submissions: a folder, an archive or a file for each student.")
    if assignment is None:
        assignment = whole_course(course, {name for s in submissions for name in s.sources})
    if args.seed is not None:
        assignment = replace(assignment, seed=args.seed)
    if args.sandbox != "auto":
        assignment = replace(assignment, sandbox=args.sandbox)
    if args.device != "cpu":
        assignment = replace(assignment, device=args.device)
    if args.gradescope is not None:
        submissions[0], assignment = gradescope.apply(
            gradescope.read_metadata(args.gradescope), submissions[0], assignment
        )
    return assignment, submissions


def _shard(text: str | None) -> tuple[int, int]:
    if text is None:
        return 1, 1
    match = re.fullmatch(r"(\d{1,5})/(\d{1,5})", text)
    if match is None or not 1 <= int(match[1]) <= int(match[2]):
        raise TutorError(f"--shard {text} is not understood; the second of four parts is --shard 2/4.")
    return int(match[1]), int(match[2])


def _jobs(wanted: int | None) -> int:
    if wanted is not None and wanted < 1:
        raise TutorError(f"--jobs {wanted}: at least one submission must be graded at a time.")
    if wanted is not None:
        return wanted
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _again(what: str, students: HandedIn) -> Again | None:
    if what == "changed":
        return None
    if what == "all":
        return lambda *_: True
    if what == "failed":
        return _failed
    keys = [student.key for student, _ in students]
    if what not in keys:
        raise TutorError(f"--regrade {what!r}: neither changed, failed, all, nor a student{nearest(what, keys, '.')}")
    return lambda student, *_: student.key == what


def _failed(_student: Student, _exercise: str, verdict: Verdict) -> bool:
    return not verdict.passed


def _announce(assignment: Assignment, students: HandedIn) -> None:
    there = sum(bool(submissions) for _, submissions in students)
    parts = len(assignment.parts)
    note(f"{assignment.title}: {there} submissions of {len(students)} students, {parts} exercise{'s' * (parts != 1)}.")


def _tell(grading: Grading, out: Path, written: list[Path]) -> None:
    from collections import Counter

    from tutor.classroom.feedback import STATES, headline

    if len(grading.results) == 1:
        say(headline(grading.results[0]))
    else:
        counts = Counter(result.state for result in grading.results)
        say(", ".join(f"{count} {STATES[state]}" for state, count in counts.items()) + "." if counts else "Nobody.")
        shares = [result.share for result in grading.results if result.state != "missing"]
        if shares:
            say(f"Mean {100 * sum(shares) / len(shares):.1f} % of those who handed in.")
    for result in grading.results:
        if result.state in ("unreadable", "duplicate") or not result.student.on_roster:
            _mention(result.student.key, result.state, result.notes, on_roster=result.student.on_roster)
    for text in grading.notes:
        note(text)
    say(f"{len(written)} file{'s' * (len(written) != 1)} in {out}.")


def _mention(key: str, state: str, notes: tuple[str, ...], *, on_roster: bool) -> None:
    from tutor.text.escape import line

    what = [] if on_roster else ["is not on the roster"]
    if state != "graded":
        what.append(state)
    note(line(f"  {key}: {', '.join(what)}. {' '.join(notes)}"))
