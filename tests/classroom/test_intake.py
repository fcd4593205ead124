"""Whatever a class hands in is read or refused with a sentence; nothing is unpacked, followed or run."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tarfile
import zipfile
from pathlib import Path

import pytest
from class_makers import tarred, zipped

from tutor.classroom.intake import files
from tutor.classroom.intake.collect import collect, collect_one
from tutor.model import TutorError

CODE = "def softmax(z, axis=-1):\n    return z\n"


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


def notebook(*cells: str, kind: str = "code") -> bytes:
    cell = [{"cell_type": kind, "source": text.splitlines(keepends=True), "outputs": []} for text in cells]
    return json.dumps({"cells": cell, "nbformat": 4}).encode()


def test_a_notebook_gives_its_definitions_and_runs_nothing(folder, exercises):
    source = "import numpy as np\n%matplotlib inline\n!pip install x\nEPS = 1e-9\n"
    more = "@np.vectorize\ndef helper(x):\n    return x\n\ndef softmax(z):\n    return helper(z)\nprint(softmax([1]))"
    root = folder({"jane/softmax.ipynb": notebook(source, "x = open('secret').read()", "plt.show(", more)})
    (jane,) = collect(root, exercises)
    text = jane.sources["softmax"].decode()
    compile(text, "softmax.py", "exec")
    assert "@np.vectorize\ndef helper" in text
    assert "EPS = 1e-9" in text
    assert not any(word in text for word in ("print", "open", "pip", "show", "matplotlib"))


@pytest.mark.parametrize(("data", "words"), [
    (b"{}", "no notebook"), (b"\xff\xfe", "no notebook"), (notebook("def softmax(:\n  pass"), "cell 1, line 1"),
    (b"[" * 100_000, "no notebook"),
])  # fmt: skip
def test_a_broken_notebook_is_a_sentence(folder, exercises, data, words):
    (jane,) = collect(folder({"jane/softmax.ipynb": data}), exercises)
    assert words in jane.problem


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


# --- what platforms and students really hand in --------------------------------------------------------------------


def test_canvas_names_of_groups_of_nobody_and_of_many_files(folder, exercises):
    whole = CODE + "def logsumexp(z, axis, keepdims): ...\ndef log_softmax(z, axis): ...\n"
    root = folder({
        "team_a_4242_99001_softmax.py": CODE, "team_a_4242_99002_cross_entropy-2.py": "x = 1\n",
        "anon_Ab3dE_99003_softmax.py": CODE, "LATE_anon_Zz9_99004_softmax.py": CODE,
        "roe_LATE_5_99005_softmax-lab-2.py": whole, "poe_6_text.html": "<p>done</p>",
        "coe_8_99006_notes.pdf": "%PDF", "coe_8_99007_softmax.py": CODE,
    })  # fmt: skip
    found = {s.who: s for s in collect(root, exercises)}
    assert set(found) == {
        ("4242", "team_a"), ("anon_Ab3dE",), ("anon_Zz9",), ("5", "roe"), ("6", "poe"), ("8", "coe"),
    }  # fmt: skip
    assert set(found["4242", "team_a"].sources) == {"softmax", "cross-entropy"}
    assert found["4242", "team_a"].attempt == 3
    assert (found["5", "roe"].attempt, found["5", "roe"].marked_late) == (1, True)  # a name of the student's own
    assert list(found["5", "roe"].sources) == ["softmax"]
    assert found["anon_Zz9",].marked_late
    assert "no Python file" in found["6", "poe"].problem
    assert found["8", "coe"].notes == ()


def test_moodle_text_beside_a_file_and_alone(folder, exercises):
    root = folder({
        "A-Jane Doe_311_assignsubmission_file_/softmax.py": CODE,
        "A-Jane Doe_311_assignsubmission_onlinetext_/onlinetext.html": "<p>",
        "Li_312_assignsubmission_onlinetext_/onlinetext.html": "<p>",
        "Max_313_assignsubmission_onlinetext_onlinetext.html": "<p>",
    })  # fmt: skip
    jane, li, maximilian = collect(root, exercises)
    assert (jane.problem, jane.notes, list(jane.sources)) == ("", (), ["softmax"])
    assert (li.who, maximilian.who) == (("312", "Li"), ("313", "Max"))
    assert "no Python file" in li.problem
    assert "no Python file" in maximilian.problem


def test_platform_zips_keep_who_handed_in_nothing_of_use(folder, exercises):
    inside = {"doe_1_2_softmax.py": CODE, "poe_6_text.html": "x", "readme.txt": "x", "anna/notes.pdf": "x"}
    wrapped = {f"hw/{name}": data for name, data in inside.items()}
    root = folder({"class.zip": zipped(inside), "hw.zip": zipped(wrapped)})
    for name in ("class.zip", "hw.zip"):
        found = {s.who[0]: bool(s.problem) for s in collect(root / name, exercises)}
        assert found == {"1": False, "6": True, "anna": True}


def test_hyphens_in_first_names_are_no_classroom(folder, exercises):
    root = folder({"anna-lee/softmax.py": CODE, "anna-roe/softmax.py": CODE})
    assert [s.who for s in collect(root, exercises)] == [("anna-lee",), ("anna-roe",)]


def test_the_longest_exercise_names_a_single_file(course, folder):
    chosen = frozenset({"cross_entropy", "binary_cross_entropy"})
    from tutor.classroom.intake.layout import split

    files_ = [files.File(files.PurePosixPath("jane_binary_cross_entropy.py"), b"")]
    assert [(b.who, str(b.files[0].path)) for b in split(files_, chosen)] == [(("jane",), "binary_cross_entropy.py")]


def test_data_sets_and_large_files_beside_the_code_cost_nothing(folder, exercises):
    root = folder({
        "jane/softmax.py": CODE, "jane/data/train-images.gz": b"x", "jane/more.zip": b"PK\x03\x04junk",
        "jane/weights.py": b"#" * (5 << 20), "li/train.gz": "x",
    })  # fmt: skip
    jane, li = collect(root, exercises)
    assert (list(jane.sources), jane.problem) == (["softmax"], "")
    assert any("more.zip is damaged" in note for note in jane.notes)
    assert any("more than 4 MB" in note for note in jane.notes)
    assert not any("train-images" in note for note in jane.notes)
    assert "ask for zip" in li.problem


def test_one_large_file_in_the_zip_of_a_class_is_one_students_affair(folder, exercises):
    root = folder({"class.zip": zipped({"a/softmax.py": bytes(5 << 20), "b/softmax.py": CODE})})
    first, second = collect(root / "class.zip", exercises)
    assert "more than 4 MB" in first.problem
    assert second.sources


def test_our_own_reports_in_the_class_folder_are_nobodys_submission(folder, exercises):
    root = folder({
        "jane/softmax.py": CODE, "grades/verdicts.jsonl": "", "grades/students/jane.html": "x",
        "similarity/similarity.html": "x", "eve/verdicts.jsonl": "", "eve/softmax.py": CODE,
    })  # fmt: skip
    assert [s.origin for s in collect(root, exercises)] == ["eve", "jane"]
    root = folder({"verdicts.jsonl": "", "students/jane.html": "x", "grading.json": "{}", "gradescope/jane.json": "{}"})
    assert [s.origin for s in collect(root, exercises)] == ["eve", "jane"]


def test_a_homework_file_that_lacks_a_function_is_graded_for_the_others(folder, exercises):
    root = folder({"jane/hw.py": CODE + "def log_softmax(z): ...\n", "li/hw.py": CODE, "max/hw.py": "def f(): ..."})
    assert [list(s.sources) for s in collect(root, exercises)] == [["softmax"], [], []]


def python_of(folder, exercises, *cells: str) -> str:
    (jane,) = collect(folder({"jane/softmax.ipynb": notebook(*cells)}), exercises)
    assert not jane.problem, jane.problem
    text = jane.sources["softmax"].decode()
    compile(text, "softmax.py", "exec")
    return text


def test_a_notebook_keeps_what_its_functions_use(folder, exercises):
    text = python_of(
        folder, exercises,
        "rng = make(SEED)\nSEED = int('7')\nmodel = train(rng)\nx = open('secret')",
        "try:\n    import scipy as sp\nexcept ImportError:\n    sp = None",
        "def softmax(x):\n    y = rng\n    return sp, x, y\n",
        "if __name__ == '__main__':\n    rng = 1",
    )  # fmt: skip
    assert "rng = make(SEED)" in text
    assert "SEED = int('7')" in text
    assert "import scipy as sp" in text
    assert not any(word in text for word in ("train", "secret", "__main__"))


def test_a_notebook_with_magics_everywhere(folder, exercises):
    text = python_of(
        folder, exercises,
        "%%time\nA = 1", "%%bash\ndef softmax(\nrm -rf /", "%%writefile softmax.py\nB = 2\n", "files = !ls\nC = 3",
        "torch.softmax?\nD = (7\n  % 2)", "if True:\n    !pip install x\nE = '''\n% kept\n'''",
        "F = 1; print(F); G = 2",
    )  # fmt: skip
    space: dict[str, object] = {}
    exec(text, space)
    assert {k: space[k] for k in "ABCDEFG"} == {"A": 1, "B": 2, "C": 3, "D": 1, "E": "\n% kept\n", "F": 1, "G": 2}
    assert "print" not in text
    assert "rm -rf" not in text


def test_a_notebook_full_of_plots_is_read(folder, exercises):
    data = json.loads(notebook(CODE))
    data["cells"][0]["outputs"] = ["x" * (6 << 20)]
    (jane,) = collect(folder({"jane/softmax.ipynb": json.dumps(data)}), exercises)
    assert list(jane.sources) == ["softmax"]
