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


GUIDE = (ROOT / "INSTRUCTORS.md").read_text(encoding="utf-8")


def test_the_assignment_of_the_guide_can_be_read(tmp_path: Path) -> None:
    from tutor.classroom.assignment import read_assignment

    (tmp_path / "hidden").mkdir()
    (tmp_path / "hidden" / "test_softmax.py").touch()
    example = re.search(r"```toml\n(.*?)```", GUIDE, re.DOTALL)
    assert example is not None
    (tmp_path / "hw.toml").write_text(example[1], encoding="utf-8")
    found = read_assignment(tmp_path / "hw.toml", load_course(bundled_root()))
    assert [part.exercise for part in found.parts] == ["softmax", "cross-entropy"]


def test_the_guide_names_only_options_and_links_that_exist() -> None:
    import argparse

    from tutor.commands import classroom, grade

    parser = argparse.ArgumentParser(allow_abbrev=False)
    grade.arguments(parser)
    known = set(parser._option_string_actions) | {"--for"}
    assert set(re.findall(r"--[a-z][a-z-]+", GUIDE)) <= known
    classroom.arguments(actions := argparse.ArgumentParser())
    shown = set(re.findall(r"tutor classroom ([a-z]+)", GUIDE))
    assert shown == set(actions._subparsers._group_actions[0].choices)  # type: ignore[union-attr]
    for target in re.findall(r"\]\(([^)#]+)\)", GUIDE):
        assert (ROOT / target).exists(), target
