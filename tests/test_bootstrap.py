"""The one-line set-up: says clearly what is missing, installs once, and hands the terminal over."""

from __future__ import annotations

import ast
import builtins
import importlib.util
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

SCRIPT = Path(__file__).resolve().parents[1] / "bootstrap.py"


@pytest.fixture
def script(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("bootstrap", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "VENV", str(tmp_path / "venv"))
    return module


def sentence(capsys: pytest.CaptureFixture[str], call: Callable[[], object]) -> str:
    with pytest.raises(SystemExit) as stop:
        call()
    assert stop.value.code == 2
    return capsys.readouterr().err


def test_an_old_python_can_read_it() -> None:
    ast.parse(SCRIPT.read_text(encoding="utf-8"), feature_version=(3, 5))


def test_an_old_python_is_told_so(script, monkeypatch, capsys) -> None:
    monkeypatch.setattr(script.sys, "version_info", (3, 8, 10))
    monkeypatch.setattr(script.shutil, "which", lambda name: None)
    assert "Python 3.11 or newer is needed" in sentence(capsys, script.require_python)


def test_a_newer_python_on_the_path_takes_over(script, monkeypatch) -> None:
    called: list[list[str]] = []
    monkeypatch.setattr(script.sys, "version_info", (3, 8, 10))
    monkeypatch.setattr(script.sys, "argv", ["bootstrap.py", "start"])
    monkeypatch.setattr(script.shutil, "which", lambda name: "/opt/python3.12" if name == "python3.12" else None)
    monkeypatch.setattr(script.os, "execv", lambda path, arguments: called.append([path, *arguments]))
    script.require_python()
    assert called == [["/opt/python3.12", "/opt/python3.12", str(SCRIPT), "start"]]


def test_a_python_without_pip_is_told_so(script, monkeypatch, capsys) -> None:
    original = builtins.__import__

    def without(name: str, *rest: object) -> object:
        if name == "ensurepip":
            raise ImportError(name)
        return original(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without)
    assert "python3-venv" in sentence(capsys, script.make_venv)


def test_a_failed_download_is_told_and_not_stamped(script, monkeypatch, capsys, tmp_path) -> None:
    monkeypatch.setattr(script, "make_venv", lambda: sys.executable)
    monkeypatch.setattr(script, "install_torch", lambda python: None)
    monkeypatch.setattr(script, "pip", lambda *arguments: False)
    (tmp_path / "venv").mkdir()
    assert "the installation failed" in sentence(capsys, lambda: script.install(""))
    assert not list((tmp_path / "venv").iterdir())


def test_the_second_time_nothing_is_installed(script, monkeypatch, tmp_path) -> None:
    installed: list[tuple[str, ...]] = []
    monkeypatch.setattr(script, "make_venv", lambda: sys.executable)
    monkeypatch.setattr(script, "install_torch", lambda python: None)
    monkeypatch.setattr(script, "pip", lambda *arguments: installed.append(arguments) is None)
    (tmp_path / "venv").mkdir()
    assert script.install("dev") == script.install("dev") == sys.executable
    assert len(installed) == 1


def test_an_installed_torch_is_left_alone(script, monkeypatch) -> None:
    monkeypatch.setattr(script, "pip", lambda *arguments: pytest.fail("torch is there"))
    script.install_torch(sys.executable)


def test_a_download_with_cuda_is_announced_where_there_is_no_gpu(script, monkeypatch, capsys) -> None:
    report = b'{"install": [{"metadata": {"name": "torch"}}, {"metadata": {"name": "nvidia-cublas"}}]}'
    answers = iter([subprocess.CompletedProcess([], 1), subprocess.CompletedProcess([], 0, stdout=report)])
    monkeypatch.setattr(script.subprocess, "run", lambda *a, **k: next(answers))
    monkeypatch.setattr(script.shutil, "which", lambda name: None)
    monkeypatch.setattr(script, "pip", lambda *arguments: True)
    script.install_torch("python")
    assert "TUTOR_TORCH_INDEX" in capsys.readouterr().err


def test_the_range_of_torch_is_that_of_the_project(script) -> None:
    assert f'"{script.TORCH}"' in (SCRIPT.parent / "pyproject.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize(("arguments", "code"), [([], 2), (["--help"], 0), (["nonsense"], 2), (["run"], 2)])
def test_usage(arguments: list[str], code: int) -> None:
    done = subprocess.run(
        [sys.executable, str(SCRIPT), *arguments], capture_output=True, text=True, check=False, env=dict(os.environ)
    )
    assert done.returncode == code
    assert "python3 bootstrap.py start" in done.stderr
