"""The wheel, installed into an empty environment, is the whole program with its course."""

from __future__ import annotations

import contextlib
import os
import select
import subprocess
import sys
import threading
import time
import venv
from pathlib import Path

import numpy
import pytest

pty = pytest.importorskip("pty", reason="a pseudo-terminal is needed to see the app paint")

REPOSITORY = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment that holds nothing but the built wheel, and sees the dependencies of this one."""
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(REPOSITORY)],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    (wheel,) = folder.glob("dl_tutor-*.whl")
    venv.create(folder / "env", with_pip=False)
    python = folder / "env" / "bin" / "python"
    (site,) = (folder / "env").glob("lib/python*/site-packages")
    # A path line adds the packages but does not run their .pth files: the editable tutor stays invisible.
    (site / "dependencies.pth").write_text(str(Path(numpy.__file__).parents[1]))
    subprocess.run(
        [sys.executable, "-m", "pip", "--python", str(python), "install", "--quiet", "--no-deps", str(wheel)],
        check=True,
        stderr=subprocess.DEVNULL,
    )
    return folder / "env" / "bin"


def clean_environment(home: Path) -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "HOME": str(home), "TERM": "xterm-256color", "LANG": "C.UTF-8"}


def run(environment: Path, home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(environment / "tutor"), *arguments],
        cwd=home,
        env=clean_environment(home),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_the_installed_program_is_not_the_checkout(environment: Path, tmp_path: Path) -> None:
    found = subprocess.run(
        [str(environment / "python"), "-c", "import tutor; print(tutor.__file__)"],
        cwd=tmp_path, env=clean_environment(tmp_path), capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    assert str(environment.parent) in found


def test_grades_the_learners_file_from_the_bundled_course(environment: Path, tmp_path: Path) -> None:
    assert run(environment, tmp_path, "init", "learning").returncode == 0
    workspace = tmp_path / "learning"
    stub = workspace / "01_orientation" / "hello_grader.py"
    before = run(environment, tmp_path, "--workspace", str(workspace), "grade", "hello-grader")
    assert before.returncode == 1, before.stderr
    stub.write_text((REPOSITORY / "solutions" / "01_orientation" / "hello_grader.py").read_text())
    after = run(environment, tmp_path, "--workspace", str(workspace), "grade", "hello-grader")
    assert after.returncode == 0, after.stdout + after.stderr


def read_to_the_end(terminal: int) -> None:
    """A terminal that nobody reads is full at 4 KB, and whoever writes to it waits."""
    with contextlib.suppress(OSError):
        while os.read(terminal, 1 << 16):
            pass


def read_until(master: int, wanted: str, seconds: float) -> str:
    """What the terminal received until the text appears; fails when it does not."""
    seen, end = "", time.monotonic() + seconds
    while time.monotonic() < end:
        if select.select([master], [], [], 0.2)[0]:
            try:
                seen += os.read(master, 65536).decode(errors="replace")
            except OSError:
                break
        if wanted in seen:
            return seen
    raise AssertionError(f"{wanted!r} did not appear; the terminal shows:\n{seen[-2000:]}")


def test_start_paints_the_course_and_quits(environment: Path, tmp_path: Path) -> None:
    import fcntl
    import struct
    import termios

    run(environment, tmp_path, "init", "learning")
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    app = subprocess.Popen(
        [str(environment / "tutor"), "--workspace", str(tmp_path / "learning"), "start"],
        cwd=tmp_path, env=clean_environment(tmp_path), stdin=slave, stdout=slave, stderr=slave, start_new_session=True,
    )  # fmt: skip
    os.close(slave)
    try:
        read_until(master, "Linear regression", 60)
        os.write(master, b"\x11")  # ctrl+q
        threading.Thread(target=read_to_the_end, args=(master,), daemon=True).start()
        app.wait(timeout=30)
        assert app.returncode == 0
    finally:
        app.kill()
        os.close(master)
