"""Whatever a class hands in is read or refused with a sentence; nothing is unpacked, followed or run."""

from __future__ import annotations

import os
import shutil
import subprocess
import tarfile
import zipfile
from pathlib import Path

import pytest
from class_makers import CODE, tarred, zipped

from tutor.classroom.intake import files
from tutor.classroom.intake.collect import collect, collect_one
from tutor.model import TutorError


def by_name(root: Path, exercises) -> dict[str, object]:
    return {submission.origin: submission for submission in collect(root, exercises)}


def test_folders_archives_and_single_files(folder, exercises):
    (info := tarfile.TarInfo("hw/softmax.py")).mtime = 0
    root = folder({
        "anna/softmax.py": CODE, "anna/cross_entropy.py": "x = 1\n",
        "bob.zip": zipped({"whatever/softmax.py": CODE}), "cleo.tar.gz": tarred([(info, CODE.encode())]),
        "dan_softmax.py": CODE, "notes.txt": "hello", ".DS_Store": "x",
    })  # fmt: skip
    found = by_name(root, exercises)
    assert sorted(found) == ["anna", "bob.zip", "cleo.tar.gz", "dan"]
    assert set(found["anna"].sources) == {"softmax", "cross-entropy"}
    assert {tuple(s.sources) for name, s in found.items() if name != "anna"} == {("softmax",)}
    assert {name: s.who[0] for name, s in found.items()} == {
        "anna": "anna", "bob.zip": "bob", "cleo.tar.gz": "cleo", "dan": "dan",
    }  # fmt: skip
    assert not any(s.problem for s in found.values())


def test_a_zip_of_the_whole_class(folder, exercises):
    inner = zipped({"softmax.py": CODE})
    root = folder({"class.zip": zipped({"anna/softmax.py": CODE, "bob.zip": inner})})
    found = by_name(root / "class.zip", exercises)
    assert {name: list(s.sources) for name, s in found.items()} == {"anna": ["softmax"], "bob.zip": ["softmax"]}


def test_canvas(folder, exercises):
    root = folder({
        "doejane_4242_99001_softmax.py": CODE, "doejane_4242_99002_cross_entropy.py": "x = 1\n",
        "lee_LATE_77_99003_softmax-2.py": CODE,
    })  # fmt: skip
    jane, lee = collect(root, exercises)
    assert jane.who == ("4242", "doejane")
    assert set(jane.sources) == {"softmax", "cross-entropy"}
    assert (lee.marked_late, lee.attempt, list(lee.sources)) == (True, 3, ["softmax"])


def test_moodle(folder, exercises):
    root = folder({
        "Jane Doe_311_assignsubmission_file_/softmax.py": CODE,
        "Li Wei_312_assignsubmission_file_/hw.zip": zipped({"a/softmax.py": CODE}),
        "Max Roe_313_assignsubmission_file_softmax.py": CODE,
    })  # fmt: skip
    found = collect(root, exercises)
    assert [s.who for s in found] == [("311", "Jane Doe"), ("312", "Li Wei"), ("313", "Max Roe")]
    assert all(list(s.sources) == ["softmax"] for s in found)


def test_classroom_50_puts_class_and_assignment_before_the_user(folder, exercises):
    root = folder({"cs-hw1-jane-doe/softmax.py": CODE, "cs-hw1-li/softmax.py": CODE, "scores.csv": "x"})
    assert [s.who[-1] for s in collect(root, exercises)] == ["jane-doe", "li"]


def test_attempts_in_folders(folder, exercises):
    root = folder({"jane/attempt_1/softmax.py": CODE, "jane/attempt_2/softmax.py": CODE + "# 2\n"})
    assert [(s.attempt, s.sources["softmax"][-2:]) for s in collect(root, exercises)] == [(1, b"z\n"), (2, b"2\n")]


@pytest.mark.parametrize("name", ["softmax (1).py", "softmax-3.py", "Softmax copy 2.py", "SOFTMAX.PY", "homework.py"])
def test_files_under_other_names(folder, exercises, name):
    root = folder({f"jane/{name}": CODE + "\ndef logsumexp(z, axis, keepdims): ...\ndef log_softmax(z, axis): ...\n"})
    (jane,) = collect(root, exercises)
    assert list(jane.sources) == ["softmax"], jane.problem


def test_the_file_that_lies_as_in_a_workspace_is_graded_and_backups_never(folder, exercises):
    root = folder({
        "jane/old/softmax.py": "old = 1\n", "jane/03_linear_classification/softmax.py": CODE,
        "jane/.tutor/backups/softmax.py": "backup = 1\n", "jane/__pycache__/softmax.py": "x",
    })  # fmt: skip
    (jane,) = collect(root, exercises)
    assert jane.sources["softmax"] == CODE.encode()
    assert "old/softmax.py" in jane.notes[0]
    assert "backup" not in jane.notes[0]


# --- hostile archives ----------------------------------------------------------------------------------------------


def link(name: str, target: str, kind: bytes = tarfile.SYMTYPE) -> tuple[tarfile.TarInfo, bytes]:
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, target
    return info, b""


def device(name: str, kind: bytes) -> tuple[tarfile.TarInfo, bytes]:
    info = tarfile.TarInfo(name)
    info.type, info.devmajor, info.devminor = kind, 1, 5
    return info, b""


def zip_link() -> bytes:
    info = zipfile.ZipInfo("softmax.py")
    info.create_system, info.external_attr = 3, 0o120777 << 16
    return zipped_infos([(info, "/etc/passwd")])


def zipped_infos(infos) -> bytes:
    import io

    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for info, content in infos:
            archive.writestr(info, content)
    return out.getvalue()


def encrypted() -> bytes:
    data = bytearray(zipped({"softmax.py": CODE}))
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(mark) + place] |= 1
    return bytes(data)


@pytest.mark.parametrize(
    "name", ["../softmax.py", "/tmp/softmax.py", "a/../../softmax.py", "C:\\x\\softmax.py", "..\\softmax.py"]
)
def test_a_path_that_leads_out_is_passed_over(folder, exercises, name, tmp_path):
    before = set(tmp_path.rglob("*"))
    root = folder({"eve.zip": zipped({name: CODE}), "mal.tar": tarred([(tarfile.TarInfo(name), CODE.encode())], "w")})
    for submission in collect(root, exercises):
        assert not submission.sources
        assert submission.problem
    assert {p.name for p in set(tmp_path.rglob("*")) - before} == {"class", "eve.zip", "mal.tar"}


@pytest.mark.parametrize("members", [
    [link("softmax.py", "/etc/passwd")], [link("softmax.py", "/etc/passwd", tarfile.LNKTYPE)],
    [device("softmax.py", tarfile.CHRTYPE)], [device("softmax.py", tarfile.BLKTYPE)],
    [device("softmax.py", tarfile.FIFOTYPE)],
    [link("here", "/etc"), (tarfile.TarInfo("here/softmax.py"), b"x = 1\n")],
])  # fmt: skip
def test_links_and_devices_in_a_tar_give_nothing_of_the_system(folder, exercises, members):
    (eve,) = collect(folder({"eve.tar.gz": tarred(members)}), exercises)
    assert eve.sources in ({}, {"softmax": b"x = 1\n"})


def test_a_link_in_a_zip_is_not_followed(folder, exercises):
    (eve,) = collect(folder({"eve.zip": zip_link()}), exercises)
    assert not eve.sources


def test_links_on_disk_are_not_followed(folder, exercises, tmp_path):
    secret = tmp_path / "secret.py"
    secret.write_text("password = 1\n")
    root = folder({"eve/x.txt": "", "mal/cross_entropy.py": "x = 1\n"})
    (root / "eve" / "softmax.py").symlink_to(secret)
    (root / "mal" / "softmax.py").symlink_to(secret)
    (root / "whole").symlink_to(tmp_path)
    os.mkfifo(root / "mal" / "a.py")
    found = by_name(root, exercises)
    assert set(found) == {"eve", "mal"}
    assert set(found["mal"].sources) == {"cross-entropy"}
    assert found["eve"].problem


def test_an_encrypted_archive_is_a_sentence(folder, exercises):
    (eve,) = collect(folder({"eve.zip": encrypted()}), exercises)
    assert "encrypted" in eve.problem


@pytest.mark.parametrize(
    "data", [b"", b"PK\x03\x04junk", b"\x1f\x8bjunk", b"BZhjunk", b"\xfd7zXZ\x00junk", b"x" * 600, zipped({})]
)
def test_a_damaged_or_empty_archive_is_a_sentence(folder, exercises, data):
    (eve,) = collect(folder({"eve.zip": data}), exercises)
    assert eve.problem.endswith(".")


@pytest.mark.parametrize("name", ["eve.rar", "eve.7z", "eve.py.gz"])
def test_other_archives_are_named(folder, exercises, name):
    (eve,) = collect(folder({name: b"Rar!"}), exercises)
    assert "ask for zip" in eve.problem


def test_bombs_end_in_a_sentence(folder, exercises, monkeypatch):
    monkeypatch.setattr(files, "MAX_TOTAL", 8 << 20)
    zeros = bytes(3 << 20)
    root = folder({
        "large.zip": zipped({"softmax.py": bytes(5 << 20)}),
        "many.zip": zipped({f"{i}.py": zeros for i in range(4)}),
        "tar.tar.gz": tarred([(tarfile.TarInfo(f"{i}.bin"), zeros) for i in range(4)]),
        "entries.zip": zipped({f"{i}.txt": "" for i in range(files.MAX_ENTRIES + 1)}),
        "entries.tar.gz": tarred([(tarfile.TarInfo(f"{i}.txt"), b"") for i in range(files.MAX_ENTRIES + 1)]),
        "good/softmax.py": CODE,
    })  # fmt: skip
    found = by_name(root, exercises)
    assert "more than 4 MB" in found["large.zip"].problem
    assert "unpacks to more than" in found["many.zip"].problem
    assert "unpacks to more than" in found["tar.tar.gz"].problem
    assert "more than 10,000 files" in found["entries.zip"].problem
    assert "more than 10,000 files" in found["entries.tar.gz"].problem
    assert found["good"].sources


def test_an_archive_inside_of_an_archive_is_not_opened(folder, exercises):
    (eve,) = collect(folder({"eve.zip": zipped({"in.zip": zipped({"softmax.py": CODE})})}), exercises)
    assert not eve.sources


@pytest.mark.parametrize("name", ["=cmd|' /C calc'!A0", "\x1b[31mred", "a\nb", "ünï-漢", "‮evil", "CON", "x" * 200])
def test_odd_names_are_read(folder, exercises, name):
    (eve,) = collect(folder({f"{name}/softmax.py": CODE}), exercises)
    assert list(eve.sources) == ["softmax"]


def test_names_that_are_no_unicode_are_read(folder, exercises):
    root = folder({})
    odd = os.fsencode(root) + b"/\xff\xfe"
    try:
        os.mkdir(odd)  # noqa: PTH102  bytes
    except OSError:
        pytest.skip("this file system takes no such names")
    with open(odd + b"/softmax.py", "w") as file:  # noqa: PTH123  bytes
        file.write(CODE)
    (eve,) = collect(root, exercises)
    assert list(eve.sources) == ["softmax"]


# --- the rest ------------------------------------------------------------------------------------------------------


def test_nothing_there_is_a_sentence(tmp_path, exercises):
    with pytest.raises(TutorError, match="nothing at"):
        collect(tmp_path / "nowhere", exercises)
    (tmp_path / "class.zip").write_bytes(b"junk")
    with pytest.raises(TutorError, match="cannot be read as a class"):
        collect(tmp_path / "class.zip", exercises)


@pytest.mark.parametrize("place", ["jane", "jane/softmax.py", "jane.zip"])
def test_one_submission(folder, exercises, place):
    root = folder({"jane/softmax.py": CODE, "jane.zip": zipped({"softmax.py": CODE})})
    submission = collect_one(root / place, exercises)
    assert submission.sources["softmax"] == CODE.encode()


@pytest.mark.skipif(shutil.which("git") is None, reason="asks git")
def test_a_clone_tells_its_commit_and_its_own_settings_run_nothing(folder, exercises, tmp_path):
    root = folder({"jane/softmax.py": CODE})
    clone, trap = root / "jane", tmp_path / "ran"
    env = {**os.environ, "GIT_COMMITTER_DATE": "2026-01-02T03:04:05+01:00", "GIT_CONFIG_GLOBAL": os.devnull}
    git = ["git", "-C", str(clone), "-c", "user.name=j", "-c", "user.email=j@x"]
    for words in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "x"]):
        subprocess.run([*git, *words], check=True, env=env)
    for name in ("core.fsmonitor", "core.pager", "gpg.program", "diff.external"):
        subprocess.run([*git, "config", name, f"touch {trap}"], check=True)
    (jane,) = collect(root, exercises)
    assert jane.at.isoformat() == "2026-01-02T03:04:05+01:00"
    assert len(jane.commit) == 40
    subprocess.run([*git, "pack-refs", "--all"], check=True)
    assert collect(root, exercises)[0].commit == jane.commit
    (clone / ".git" / "HEAD").write_text("ref: refs/../../../etc/passwd")
    assert collect(root, exercises)[0].commit == ""
    assert not trap.exists()
