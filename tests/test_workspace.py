"""The workspace: never overwrites, keeps every version, follows renames, survives what the disk does."""

from __future__ import annotations

import errno
import os
import random
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from tutor import atomic, locate, workspace
from tutor.locate import find_workspace
from tutor.model import Chapter, Course, Exercise, TutorError
from tutor.workspace import create_workspace, digest, open_workspace, remember


def make_exercise(root: Path, name: str, chapter: str = "03_classification", formerly=()) -> Exercise:
    stem = name.replace("-", "_")
    stub = root / "exercises" / chapter / f"{stem}.py"
    stub.parent.mkdir(parents=True, exist_ok=True)
    stub.write_text(f"def {stem}(z):\n    # TODO: write it.\n    raise NotImplementedError\n")
    other = stub.with_suffix(".md")
    return Exercise(name, name, "c03", 1, 5, "numpy", other, stub, other, other, other, formerly=formerly)


def make_course(root: Path, *exercises: Exercise, version: str = "1.0") -> Course:
    chapter = Chapter("c03", 3, "Classification", "", "03_classification", exercises=exercises)
    return Course("tiny", "Tiny", version, root, (chapter,))


@pytest.fixture
def softmax(tmp_path):
    return make_exercise(tmp_path / "course", "softmax")


@pytest.fixture
def course(tmp_path, softmax):
    return make_course(tmp_path / "course", softmax, make_exercise(tmp_path / "course", "log-loss"))


@pytest.fixture
def space(tmp_path, course):
    return create_workspace(tmp_path / "work", course)


def test_copies_every_stub(space, course):
    assert [space.path(e).relative_to(space.root).as_posix() for e in course.exercises] == [
        "03_classification/softmax.py",
        "03_classification/log_loss.py",
    ]
    assert all(space.path(e).read_bytes() == e.stub.read_bytes() for e in course.exercises)
    assert not any(space.edited(e) for e in course.exercises)


def test_a_file_that_was_there_is_kept(tmp_path, course, softmax):
    mine = tmp_path / "work" / "03_classification" / "softmax.py"
    mine.parent.mkdir(parents=True)
    mine.write_text("# mine\n")
    space = create_workspace(tmp_path / "work", course)
    assert space.path(softmax) == mine
    assert mine.read_text() == "# mine\n"
    assert space.edited(softmax)


def test_made_twice_changes_nothing(space, course, softmax):
    space.path(softmax).write_text("# mine\n")
    again = create_workspace(space.root, course)
    again.sync(course)
    assert again.path(softmax).read_text() == "# mine\n"


@pytest.mark.parametrize("inside", [".", "exercises", "solutions/deep/er"])
def test_never_inside_the_course(course, inside):
    with pytest.raises(TutorError, match="lies inside the course"):
        create_workspace(course.root / inside, course)


def test_never_inside_the_course_through_a_link(course, tmp_path):
    link = tmp_path / "link"
    link.symlink_to(course.root, target_is_directory=True)
    with pytest.raises(TutorError, match="lies inside the course"):
        create_workspace(link / "work", course)


def test_a_file_where_the_folder_should_be(tmp_path, course):
    (tmp_path / "work").write_text("a file")
    with pytest.raises(TutorError, match=r"Could not make the folder .*not a folder|already something"):
        create_workspace(tmp_path / "work", course)
    assert (tmp_path / "work").read_text() == "a file"


def test_an_upgrade_adds_new_exercises_and_touches_nothing(space, course, softmax):
    space.path(softmax).write_text("# mine\n")
    log_loss = space.path(course.exercises[1])
    log_loss.unlink()
    softmax.stub.write_text("def softmax(z): ...  # the new edition\n")
    new = make_exercise(course.root, "relu")
    upgraded = make_course(course.root, *course.exercises, new, version="2.0")
    (note,) = open_workspace(space.root).sync(upgraded)
    assert "relu" in note
    again = open_workspace(space.root)
    assert again.path(new).read_bytes() == new.stub.read_bytes()
    assert again.path(softmax).read_text() == "# mine\n"
    assert not log_loss.exists(), "a file the learner deleted does not come back by itself"
    assert again.manifest.version == "2.0"


def test_an_upgraded_stub_does_not_make_the_file_look_edited(space, course, softmax):
    softmax.stub.write_text("def softmax(z): ...  # the new edition\n")
    again = open_workspace(space.root)
    again.sync(make_course(course.root, *course.exercises, version="2.0"))
    assert not again.edited(softmax)


def test_a_renamed_exercise_keeps_its_file(space, course, softmax):
    space.path(softmax).write_text("# mine\n")
    renamed = make_exercise(course.root, "softmax-rows", "04_moved", formerly=("softmax",))
    again = open_workspace(space.root)
    (note,) = again.sync(make_course(course.root, renamed, version="2.0"))
    assert again.path(renamed).relative_to(space.root).as_posix() == "04_moved/softmax_rows.py"
    assert again.path(renamed).read_text() == "# mine\n"
    assert not space.path(softmax).exists()
    assert "03_classification/softmax.py is now 04_moved/softmax_rows.py" in note
    assert open_workspace(space.root).path(renamed) == again.path(renamed)


def test_a_rename_overwrites_nothing(space, course, softmax):
    space.path(softmax).write_text("# mine\n")
    taken = space.root / "04_moved" / "softmax_rows.py"
    taken.parent.mkdir()
    taken.write_text("# also mine\n")
    renamed = make_exercise(course.root, "softmax-rows", "04_moved", formerly=("softmax",))
    again = open_workspace(space.root)
    again.sync(make_course(course.root, renamed))
    assert again.path(renamed).read_text() == "# mine\n"
    assert taken.read_text() == "# also mine\n"


def test_reset_keeps_a_backup_each_time(space, softmax):
    contents = ["# first\n", "# second\n"]
    backups = []
    for content in contents:
        space.path(softmax).write_text(content)
        backups.append(space.reset(softmax))
    assert [backup.read_text() for backup in backups] == contents
    assert space.path(softmax).read_bytes() == softmax.stub.read_bytes()
    assert space.reset(softmax) is None, "an untouched stub needs no backup"


def test_reset_of_a_deleted_file_or_a_folder(space, softmax):
    space.path(softmax).unlink()
    assert space.reset(softmax) is None
    space.path(softmax).unlink()
    space.path(softmax).mkdir()
    (space.path(softmax) / "notes.txt").write_text("kept")
    backup = space.reset(softmax)
    assert (backup / "notes.txt").read_text() == "kept"
    assert space.path(softmax).read_bytes() == softmax.stub.read_bytes()


def test_reset_without_hard_links_still_keeps_a_backup(space, softmax, monkeypatch):
    def no_links(*_args, **_kwargs):
        raise OSError(errno.EPERM, "no links here")

    monkeypatch.setattr(os, "link", no_links)
    space.path(softmax).write_text("# mine\n")
    assert space.reset(softmax).read_text() == "# mine\n"


def test_versions_are_kept_once_and_restored(space, softmax):
    first = space.keep(b"# one\n")
    assert space.keep(b"# one\n") == first == digest(b"# one\n")
    assert len(list((space.hidden / "history").rglob("*.py"))) == 1
    space.path(softmax).write_text("# two\n")
    backup = space.restore(softmax, first)
    assert space.path(softmax).read_text() == "# one\n"
    assert backup.read_text() == "# two\n"


def test_a_version_that_was_changed_on_disk_is_refused(space, softmax):
    sha = space.keep(b"# one\n")
    space.version_path(sha).write_bytes(b"# forged\n")
    space.path(softmax).write_text("# mine\n")
    with pytest.raises(TutorError, match="was changed on disk"):
        space.restore(softmax, sha)
    assert space.path(softmax).read_text() == "# mine\n"


def test_full_disk_leaves_the_file_as_it_was(space, softmax, monkeypatch):
    space.path(softmax).write_text("# mine\n")

    def full(_handle):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(atomic.os, "fsync", full)
    for action in (
        lambda: space.save(softmax, b"# new\n"),
        lambda: space.reset(softmax),
        lambda: space.keep(b"# new\n"),
    ):
        with pytest.raises(TutorError, match="the disk is full"):
            action()
    assert space.path(softmax).read_text() == "# mine\n"
    assert not list(space.root.rglob("*.tutor-tmp"))


def test_save_keeps_permissions_and_follows_links(space, softmax, tmp_path):
    elsewhere = tmp_path / "elsewhere.py"
    elsewhere.write_text("# mine\n")
    elsewhere.chmod(0o640)
    path = space.path(softmax)
    path.unlink()
    path.symlink_to(elsewhere)
    space.save(softmax, b"# new\r\n")
    assert path.is_symlink()
    assert elsewhere.read_bytes() == b"# new\r\n"
    assert elsewhere.stat().st_mode & 0o777 == 0o640


def test_new_files_have_the_user_s_own_permissions(space, softmax, tmp_path):
    ordinary = tmp_path / "ordinary"
    ordinary.write_text("x")
    assert space.path(softmax).stat().st_mode == ordinary.stat().st_mode


def test_found_from_below_else_the_last_one_used(space, tmp_path, monkeypatch):
    assert find_workspace(space.root / "03_classification") == space.root
    assert find_workspace(tmp_path) is None
    remember(space.root)
    assert find_workspace(tmp_path) == space.root
    monkeypatch.setattr(locate, "user_folder", lambda _kind: Path("/dev/null/config"))
    assert find_workspace(tmp_path) is None
    remember(space.root)  # a home that cannot be written to stops nobody


def test_a_remembered_workspace_that_is_gone_is_forgotten(space, tmp_path):
    remember(space.root)
    space.root.rename(tmp_path / "elsewhere")
    assert find_workspace(tmp_path) is None


@pytest.mark.parametrize("text", ["", "format = ", "format = 1\n", "format = 1\ncourse = 'a'\nfiles = 3\n", "\xff"])
def test_a_damaged_manifest_is_said_in_a_sentence(space, text):
    (space.hidden / "workspace.toml").write_bytes(text.encode("latin-1"))
    with pytest.raises(TutorError, match=r"workspace\.toml"):
        open_workspace(space.root)


@pytest.mark.parametrize("file", ["../../etc/passwd", "/etc/passwd"])
def test_a_manifest_cannot_lead_out_of_the_workspace(space, softmax, file):
    manifest = replace(space.manifest, files={"softmax": file})
    (space.hidden / "workspace.toml").write_text(workspace._to_toml(manifest))
    with pytest.raises(TutorError, match="outside of the workspace"):
        open_workspace(space.root)


def test_a_newer_workspace_is_left_alone(space):
    path = space.hidden / "workspace.toml"
    path.write_text(path.read_text().replace("format = 1", "format = 2"))
    with pytest.raises(TutorError, match="newer tutor"):
        open_workspace(space.root)


def test_no_workspace_says_how_to_make_one(tmp_path):
    with pytest.raises(TutorError, match="tutor init"):
        open_workspace(tmp_path)


_WRITER = """
import sys
from pathlib import Path
from tutor.atomic import write_atomic
contents = [b"# one\\n" * 40_000, b"# two\\n" * 30_000]
while True:
    for content in contents:
        write_atomic(Path(sys.argv[1]), content)
        print(flush=True)
"""


def test_kill_while_writing_leaves_one_whole_file(tmp_path):
    path, moments = tmp_path / "softmax.py", random.Random(0)
    for _ in range(3):
        command = [sys.executable, "-c", _WRITER, str(path)]
        environment = {**os.environ, "PYTHONPATH": str(Path(atomic.__file__).parents[1])}
        writer = subprocess.Popen(command, stdout=subprocess.PIPE, env=environment)
        assert writer.stdout is not None
        writer.stdout.readline()
        time.sleep(moments.uniform(0, 0.03))
        writer.kill()
        writer.wait()
        writer.stdout.close()
        assert path.read_bytes() in (b"# one\n" * 40_000, b"# two\n" * 30_000)
