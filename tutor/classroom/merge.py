"""Puts the gradings of shards together. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from tutor.classroom.model import Grading
from tutor.model import TutorError
from tutor.text.escape import line


def merge(gradings: Sequence[Grading]) -> Grading:
    """One grading of all; raises TutorError when they do not belong together or a shard is missing or there twice."""
    first = gradings[0]
    for other in gradings[1:]:
        if (other.assignment, other.course_version) != (first.assignment, first.course_version):
            raise TutorError("These gradings are not of one assignment and one version of the course.")
    shards = [_shard(grading.shard) for grading in gradings]
    count = shards[0][1]
    expected = [(number, count) for number in range(1, count + 1)]
    if sorted(shards) != expected:
        missing = ", ".join(f"{k}/{n}" for k, n in expected if (k, n) not in shards)
        raise TutorError(f"Shard {missing} is missing." if missing else "A shard is there twice.")
    often = Counter(result.student.key for grading in gradings for result in grading.results)
    if twice := [key for key, count in often.items() if count > 1]:
        raise TutorError(f"{line(twice[0])} is in several shards; grade all of them with the same files and roster.")
    results = sorted((result for grading in gradings for result in grading.results), key=lambda r: r.student.key)
    return replace(
        first,
        results=tuple(results),
        began=min(grading.began for grading in gradings),
        seconds=max(grading.seconds for grading in gradings),
        graded=sum(grading.graded for grading in gradings),
        shard="",
        notes=tuple(dict.fromkeys(note for grading in gradings for note in grading.notes)),
    )


def _shard(text: str) -> tuple[int, int]:
    number, _, count = (text or "1/1").partition("/")
    if not number.isdecimal() or not count.isdecimal():
        raise TutorError(f"{text!r} is no shard of a class.")
    return int(number), int(count)
