"""`from tutor.mine import …` outside of the grader: the learner's own files find each other."""

from __future__ import annotations

import runpy

import pytest

from tutor import mine
from tutor.workspace import Manifest, _to_toml

FILES = ("data_iter", "linreg", "train")


@pytest.fixture
def space(tmp_path, monkeypatch):
    """A workspace of three files; each import starts afresh."""
    monkeypatch.setattr(mine, "_loaded", {})
    (tmp_path / ".tutor").mkdir()
    (tmp_path / "02_topic").mkdir()
    manifest = Manifest("tiny", "1", files={name: f"02_topic/{name}.py" for name in FILES})
    (tmp_path / ".tutor" / "workspace.toml").write_text(_to_toml(manifest))
    return tmp_path / "02_topic"


def write(space, **contents):
    for name, text in contents.items():
        (space / f"{name}.py").write_text(text)


def test_a_function_of_an_earlier_exercise(space):
    write(
        space,
        data_iter="def data_iter():\n    return 41\n",
        train="from tutor.mine import data_iter\nx = data_iter() + 1\n",
    )
    assert runpy.run_path(str(space / "train.py"))["x"] == 42


def test_through_several_files_and_each_loaded_once(space):
    write(
        space,
        data_iter="print('loaded')\nclass Batch: pass\n",
        linreg="from tutor.mine import Batch\ndef grad(): return Batch\n",
        train="from tutor.mine import Batch, grad\nsame = grad() is Batch\n",
    )
    assert runpy.run_path(str(space / "train.py"))["same"]


def test_dataclasses_find_their_module(space):
    text = "from __future__ import annotations\nfrom dataclasses import dataclass\n"
    write(
        space,
        data_iter=text + "@dataclass\nclass Batch:\n    x: int\n",
        train="from tutor.mine import Batch\nb = Batch(3)\n",
    )
    assert runpy.run_path(str(space / "train.py"))["b"].x == 3


def test_a_broken_file_that_is_not_asked_for_does_not_matter(space):
    write(
        space,
        data_iter="def broken(:\n",
        linreg="def grad(): return 1\n",
        train="from tutor.mine import grad\nx = grad()\n",
    )
    assert runpy.run_path(str(space / "train.py"))["x"] == 1


def test_the_file_that_asks_is_not_the_answer(space):
    write(
        space,
        linreg="def grad(): return 1\n",
        train="from tutor.mine import grad as theirs\ndef grad(): return 2\nx = theirs()\n",
    )
    assert runpy.run_path(str(space / "train.py"))["x"] == 1


def test_from_a_console_the_current_folder_counts(space, monkeypatch):
    write(space, data_iter="SIZE: int = 3\n")
    monkeypatch.chdir(space)
    names = {}
    exec("from tutor.mine import SIZE", names)
    assert names["SIZE"] == 3


def test_what_nobody_defines_is_named(space):
    write(space, train="from tutor.mine import softmax\n", data_iter="# softmax = later\n")
    with pytest.raises(ImportError, match=r"cannot find 'softmax': no file of your workspace"):
        runpy.run_path(str(space / "train.py"))


def test_files_that_import_each_other_are_named(space):
    write(
        space,
        data_iter="from tutor.mine import grad\ndef data_iter(): ...\n",
        linreg="from tutor.mine import data_iter\ndef grad(): ...\n",
        train="from tutor.mine import grad\n",
    )
    with pytest.raises(ImportError, match=r"linreg\.py → data_iter\.py → linreg\.py"):
        runpy.run_path(str(space / "train.py"))


def test_without_a_workspace_it_says_so(tmp_path):
    (tmp_path / "loose.py").write_text("from tutor.mine import softmax\n")
    with pytest.raises(ImportError, match="lies in no workspace"):
        runpy.run_path(str(tmp_path / "loose.py"))
