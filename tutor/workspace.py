"""The learner's folder: copies of the stubs, backups and the graded versions. A learner's file is never overwritten.

Owns everything below the workspace but the progress database. It reads stubs from the course and writes nothing there.

    <workspace>/03_linear_classification/softmax.py    what the learner edits
    <workspace>/.tutor/workspace.toml                  which course, which file belongs to which exercise
    <workspace>/.tutor/history/ab/abcdef….py           graded versions, named by their SHA-256
    <workspace>/.tutor/backups/softmax/…               what a reset or a restore replaced
"""

from __future__ import annotations

import hashlib
import os
import time
import tomllib
from dataclasses import dataclass, field, replace
from pathlib import Path

from tutor.atomic import create_new, link_new, make_folder, move_new, refusal, write_atomic
from tutor.locate import last_used_file
from tutor.model import Course, Exercise, TutorError

_FORMAT = 1


@dataclass(frozen=True, slots=True)
class Manifest:
    """What `.tutor/workspace.toml` says. Paths are relative to the workspace, with slashes."""

    course: str
    version: str
    root: str = ""
    """The course's folder when it is not the bundled one."""
    files: dict[str, str] = field(default_factory=dict)
    stubs: dict[str, str] = field(default_factory=dict)
    """SHA-256 of the stub as it was copied: an upgrade of the stub does not make a file look edited."""


class Workspace:
    """One workspace on disk, open for one course."""

    def __init__(self, root: Path, manifest: Manifest) -> None:
        self.root = root
        self.manifest = manifest

    @property
    def hidden(self) -> Path:
        """The folder of everything that is not for editing."""
        return self.root / ".tutor"

    @property
    def database(self) -> Path:
        """Where the progress database lies."""
        return self.hidden / "progress.db"

    @property
    def runs(self) -> Path:
        """Where the runs of labs are kept."""
        return self.hidden / "runs"

    def path(self, exercise: Exercise) -> Path:
        """The learner's file for this exercise; it may have been deleted."""
        return self.root / self.manifest.files.get(exercise.id, default_file(exercise))

    def edited(self, exercise: Exercise) -> bool:
        """True when the learner's file is there and is not the stub as it was copied."""
        try:
            data = self.path(exercise).read_bytes()
        except OSError:
            return False
        stub = self.manifest.stubs.get(exercise.id)
        return digest(data) != stub if stub else data != exercise.stub.read_bytes()

    def save(self, exercise: Exercise, data: bytes) -> None:
        """Replace the learner's file with what the learner wrote in the app."""
        write_atomic(self.path(exercise), data)

    def reset(self, exercise: Exercise) -> Path | None:
        """Put a fresh stub in place; returns where the former file is kept (None when there was nothing to keep)."""
        stub, path = exercise.stub.read_bytes(), self.path(exercise)
        untouched = path.is_file() and path.read_bytes() == stub
        backup = None if untouched else self._replace(exercise, stub)
        self._write_manifest(replace(self.manifest, stubs={**self.manifest.stubs, exercise.id: digest(stub)}))
        return backup

    def restore(self, exercise: Exercise, sha256: str) -> Path | None:
        """Put a graded version back in place; returns where the replaced file is kept."""
        return self._replace(exercise, self.version(sha256))

    def keep(self, data: bytes) -> str:
        """Store a graded version under its SHA-256, which is returned; the same content is stored once."""
        sha256 = digest(data)
        path = self.version_path(sha256)
        if not path.exists():
            create_new(path, data)
        return sha256

    def version(self, sha256: str) -> bytes:
        """The content of a graded version; raises TutorError when it is gone or was changed on disk."""
        path = self.version_path(sha256)
        try:
            data = path.read_bytes()
        except OSError as error:
            raise TutorError(f"Version {sha256[:8]} is not in this workspace's history ({path}).") from error
        if digest(data) != sha256:
            raise TutorError(f"Version {sha256[:8]} was changed on disk ({path}); it is not what was checked.")
        return data

    def sync(self, course: Course, root: str = "") -> list[str]:
        """Bring in what an upgraded course added or renamed; returns sentences about what was done.

        Files that exist stay as they are, whatever the course says; deleted ones are not brought back.
        """
        files, stubs = dict(self.manifest.files), dict(self.manifest.stubs)
        added: list[str] = []
        notes: list[str] = []
        for exercise in course.exercises:
            known = next((files.pop(old) for old in (exercise.id, *exercise.formerly) if old in files), None)
            files[exercise.id] = default_file(exercise) if known is None else self._follow(exercise, known, notes)
            former = next((stubs.pop(old) for old in (exercise.id, *exercise.formerly) if old in stubs), "")
            stubs[exercise.id] = former
            if known is None:
                stub = exercise.stub.read_bytes()
                stubs[exercise.id] = digest(stub)
                if create_new(self.root / files[exercise.id], stub):
                    added.append(exercise.id)
        if added and self.manifest.files:
            notes.append(f"The course has new exercises; added to your workspace: {', '.join(added)}.")
        self._write_manifest(Manifest(course.id, course.version, root, files, stubs))
        return notes

    def _follow(self, exercise: Exercise, known: str, notes: list[str]) -> str:
        """The file of an exercise that may have been renamed or moved to another chapter since."""
        wanted = default_file(exercise)
        old, new = self.root / known, self.root / wanted
        if known == wanted or (old.exists() and new.exists()):
            return known
        if old.is_file() and move_new(old, new):
            notes.append(f"The course moved {exercise.id}: your file {known} is now {wanted}.")
        return wanted

    def _replace(self, exercise: Exercise, data: bytes) -> Path | None:
        path = self.path(exercise)
        backup = self._back_up(exercise, path)
        write_atomic(path, data)
        return backup

    def _back_up(self, exercise: Exercise, path: Path) -> Path | None:
        """Give the file a second name below backups/ (a folder in its place is moved there whole)."""
        if not os.path.lexists(path):
            return None
        folder = self.hidden / "backups" / exercise.id
        make_folder(folder)
        stamp = time.strftime("%Y%m%d-%H%M%S")
        names = (f"{stamp}{suffix}" for suffix in ("", *(f"-{n}" for n in range(2, 1000))))
        try:
            for name in names:
                backup = folder / (name + path.suffix)
                if path.is_file():
                    if link_new(path, backup):
                        return backup
                elif not os.path.lexists(backup):
                    path.rename(backup)
                    return backup
        except OSError as error:
            raise refusal("keep a backup of", path, error) from error
        raise TutorError(f"Could not find a free name for a backup in {folder}. Nothing of yours was changed.")

    def version_path(self, sha256: str) -> Path:
        """Where a graded version is kept."""
        return self.hidden / "history" / sha256[:2] / f"{sha256}.py"

    def _write_manifest(self, changed: Manifest) -> None:
        if changed != self.manifest or not _manifest_path(self.root).exists():
            write_atomic(_manifest_path(self.root), _to_toml(changed).encode())
            self.manifest = changed


def digest(data: bytes) -> str:
    """SHA-256 in hexadecimal: the name of a version."""
    return hashlib.sha256(data).hexdigest()


def default_file(exercise: Exercise) -> str:
    """Where an exercise's file lies in a workspace: the same chapter folder and name as the stub."""
    return f"{exercise.stub.parent.name}/{exercise.stub.name}"


def remember(root: Path) -> None:
    """Make this the workspace that commands use when they are called outside of any."""
    path = last_used_file()
    try:
        if path.is_file() and path.read_text(encoding="utf-8") == f"{root}\n":
            return
        write_atomic(path, f"{root}\n".encode())
    except (TutorError, OSError, ValueError):
        return  # a convenience: a read-only home must not stop anybody


def create_workspace(root: Path, course: Course, *, course_root: str = "") -> Workspace:
    """Make a workspace (or complete the one that is there) with a copy of every stub that is missing."""
    root = root.expanduser().absolute()
    _refuse_course(root, course)
    if _manifest_path(root).is_file():
        return open_workspace(root)
    make_folder(root / ".tutor")
    workspace = Workspace(root, Manifest(course.id, course.version))
    workspace.sync(course, course_root)
    return workspace


def open_workspace(root: Path) -> Workspace:
    """The workspace in this folder; raises TutorError with what to do when there is none or it cannot be read."""
    root = root.expanduser().absolute()
    path = _manifest_path(root)
    try:
        text = path.read_bytes().decode("utf-8")
    except FileNotFoundError:
        raise TutorError(f"{root} is no workspace. `tutor init {root}` makes one.") from None
    except (OSError, ValueError) as error:
        raise TutorError(f"The workspace's {path} cannot be read: {error}.") from error
    return Workspace(root, _from_toml(text, path))


def _refuse_course(root: Path, course: Course) -> None:
    inside, source = Path(os.path.realpath(root)), Path(os.path.realpath(course.root))
    if inside == source or source in inside.parents:
        raise TutorError(f"{root} lies inside the course ({course.root}). Choose a folder of your own, e.g. ~/tutor.")


def _manifest_path(root: Path) -> Path:
    return root / ".tutor" / "workspace.toml"


def _to_toml(manifest: Manifest) -> str:
    import json  # a JSON string is a TOML string; only writing needs it, and it costs 8 ms

    lines = ["# Written by tutor: which file belongs to which exercise.", f"format = {_FORMAT}"]
    lines += [f"{key} = {json.dumps(getattr(manifest, key))}" for key in ("course", "version", "root")]
    for name in ("files", "stubs"):
        table: dict[str, str] = getattr(manifest, name)
        lines += ["", f"[{name}]", *(f"{json.dumps(k)} = {json.dumps(v)}" for k, v in table.items())]
    return "\n".join(lines) + "\n"


def _from_toml(text: str, path: Path) -> Manifest:
    try:
        table = tomllib.loads(text)
        if table["format"] > _FORMAT:
            raise TutorError(f"{path.parent.parent} was made by a newer tutor. Upgrade: `pip install -U dl-tutor`.")
        files, stubs = ({str(k): str(v) for k, v in table[name].items()} for name in ("files", "stubs"))
        manifest = Manifest(str(table["course"]), str(table["version"]), str(table["root"]), files, stubs)
    except (tomllib.TOMLDecodeError, KeyError, TypeError, AttributeError) as error:
        raise TutorError(
            f"{path} is damaged ({error}). Move that file away and run `tutor init {path.parent.parent}`: "
            "your exercises and progress stay as they are."
        ) from error
    if any(_escapes(file) for file in files.values()):
        raise TutorError(f"{path} names a file outside of the workspace. Move that file away and run `tutor init`.")
    return manifest


def _escapes(file: str) -> bool:
    return Path(file).is_absolute() or ".." in Path(file).parts
