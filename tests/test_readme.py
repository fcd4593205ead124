"""The README tells the truth about commands, counts and files."""

from __future__ import annotations

import re
from pathlib import Path

from tutor.cli import COMMANDS
from tutor.course.load import bundled_root, load_course

ROOT = Path(__file__).resolve().parents[1]
TEXT = (ROOT / "README.md").read_text(encoding="utf-8")


def test_every_command_it_shows_exists() -> None:
    shown = set(re.findall(r"^tutor ([a-z]+)", TEXT, re.MULTILINE)) | set(re.findall(r"`tutor ([a-z]+)", TEXT))
    assert shown <= set(COMMANDS)


def test_every_command_is_shown_or_opens_the_app() -> None:
    missing = [name for name in COMMANDS if f"tutor {name}" not in TEXT and name not in ("start", "init")]
    assert not missing


def test_its_counts_are_those_of_the_course() -> None:
    course = load_course(bundled_root())
    words = {"lessons": course.lessons, "exercises": course.exercises, "labs": course.labs}
    for word, parts in words.items():
        assert f"{len(parts)} {word}" in TEXT.replace("\n", " ")


def test_its_links_resolve() -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", TEXT):
        assert (ROOT / target).exists(), target


def test_nothing_in_it_opens_an_address() -> None:
    assert "http" not in TEXT
