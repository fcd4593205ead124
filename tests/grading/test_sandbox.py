"""The layers one by one, what a learner process says of them, and what honest code must still be able to do."""

# ruff: noqa: E501  whole programs on one line each read better than wrapped ones

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import types
from pathlib import Path
from textwrap import dedent

import pytest

from tutor.grading import limits, sandbox
from tutor.grading.assembly import Assembly
from tutor.grading.client import Grader
from tutor.grading.sandbox import landlock, paths, seccomp, syscalls
from tutor.model import Limits, TutorError

linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="layers of Linux")
ROOT = Path(__file__).parents[2]
CHECKS = "def test_it(mine):\n    assert mine.f() is None\n"


# --- what is told -----------------------------------------------------------------------------------------------------


def test_every_verdict_says_what_was_tried(bench):
    bench.exercise("ex", CHECKS)
    verdict = bench.grade("def f(): pass")
    assert verdict.limits == limits.enforced(Limits(check_seconds=20, verdict_seconds=60), _found(verdict))
    guarded = {name for name in sandbox.GUARDS if verdict.limits[name] != "not enforced"}
    assert guarded >= set(sandbox.GUARDS) - set(limits.missing()), "the learner process and doctor find the same"


def _found(verdict) -> dict[str, object]:
    mode, _, layers = verdict.limits["sandbox"].partition(": ")
    held = [name for name in sandbox.GUARDS if verdict.limits[name] != "not enforced"]
    return {"mode": mode, "layers": layers.split(", "), "held": held, "counted": sys.platform.startswith("linux")}


def test_strict_runs_where_everything_holds_and_nowhere_else(bench):
    bench.exercise("ex", CHECKS)
    with Grader(sandbox="strict") as bench.grader:
        if limits.missing():
            with pytest.raises(TutorError, match="strict"):
                bench.grade("def f(): pass")
        else:
            assert bench.grade("def f(): pass").limits["sandbox"].startswith("strict: ")


def test_strict_refuses_in_a_sentence_what_it_lacks(bench):
    bench.exercise("ex", CHECKS)
    with pytest.raises(TutorError, match="nothing guards network, file system") as told:
        list(Assembly(bench.job("")).end({"refused": ["network", "file system"]}))
    assert "Nothing was run" in str(told.value)


def test_off_is_only_limits(bench):
    bench.exercise("ex", CHECKS)
    with Grader(sandbox="off") as bench.grader:
        verdict = bench.grade("def f(): pass")
    assert verdict.passed
    assert verdict.limits["sandbox"] == "off"
    assert verdict.limits["file system"] == verdict.limits["other processes"] == "not enforced"
    assert limits.missing(_found(verdict))


def test_nothing_found_is_nothing_enforced():
    assert limits.missing({}) == sandbox.GUARDS


# --- the layers -------------------------------------------------------------------------------------------------------


def closed(program: str, *, secret: str = "") -> str:
    """Run a program in a process that was closed off, and give what it printed."""
    scratch = sandbox.make_scratch()
    boot = (
        "import sys, os; sys.path.append(sys.argv[1])\n"
        "from tutor.grading import sandbox\nfrom tutor.model import Limits\n"
        "wanted = sandbox.Confinement(Limits(), sys.argv[2], secret=(sys.argv[3],) * bool(sys.argv[3]))\n"
        "found = sandbox.finish_and_try(sandbox.Closing(sys.argv[2], (), 'auto'), wanted)\n"
    )
    try:
        done = subprocess.run(
            [sys.executable, "-P", "-c", boot + dedent(program), str(ROOT), scratch, secret],
            capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
    finally:
        sandbox.remove_scratch(scratch)
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


HONEST = {
    "threads": "import threading; t = threading.Thread(target=print, args=('ok',)); t.start(); t.join()",
    "a pool": "from concurrent.futures import ThreadPoolExecutor as P\nprint('ok' if list(P(3).map(abs, [-1])) == [1] else 0)",
    "asyncio": "import asyncio; asyncio.run(asyncio.sleep(0)); print('ok')",
    "files": "from pathlib import Path; Path('a').mkdir(); Path('a/b').write_text('ok'); os.rename('a/b', 'c'); print(open('c').read())",
    "temporary files": "import tempfile; f = tempfile.TemporaryFile(); f.write(b'ok'); f.seek(0); print(f.read().decode())",
    "random": "print('ok' if os.urandom(4) else 0)",
    "time": "import time; time.sleep(0.001); time.localtime(); print('ok')",
    "late imports": "import xml.dom.minidom, sqlite3, decimal, lzma; print('ok')",
    "itself": "import signal; signal.signal(signal.SIGUSR2, lambda *_: print('ok')); os.kill(os.getpid(), signal.SIGUSR2)",
    "user": "import getpass; print('ok' if getpass.getuser() == 'learner' else 0)",
    "arrays": "import numpy as np; np.save('a.npy', np.eye(300)); a = np.load('a.npy', mmap_mode='r'); print('ok' if (a @ a).sum() == 300 else 0)",
    "shell of numpy": "import numpy.fft, numpy.polynomial, numpy.ma; print('ok')",
}


@pytest.mark.parametrize("name", HONEST)
def test_honest_code_works(name):
    assert closed(HONEST[name]).strip() == "ok"


def test_torch_works():
    program = """
    import torch
    torch.set_num_threads(2)
    a = torch.randn(400, 400, requires_grad=True); (a @ a).exp().sum().backward()
    torch.save(a, 'a.pt'); assert torch.equal(torch.load('a.pt'), a)
    model = torch.nn.Linear(3, 3); model(torch.ones(2, 3)).sum().backward()
    torch.optim.SGD(model.parameters(), 0.1).step()
    from torch.utils.data import DataLoader, TensorDataset
    assert len(list(DataLoader(TensorDataset(torch.ones(10, 2)), batch_size=3))) == 4
    assert torch.func.vmap(torch.sin)(torch.ones(3)).shape == (3,)
    torch.autograd.gradcheck(torch.tanh, torch.ones(2, dtype=torch.float64, requires_grad=True))
    print('ok')
    """
    assert closed(program).strip() == "ok"


REFUSED = {
    "fork": "os.fork()",
    "exec": "os.execv('/bin/true', ['true'])",
    "a program": "import subprocess; subprocess.run(['true'])",
    "fork past Python": "import ctypes; assert ctypes.CDLL(None).fork() == -1; raise OSError",
    "a socket": "import socket; socket.socket()",
    "a local socket": "import socket; socket.socket(socket.AF_UNIX)",
    "pairs of datagrams": "import socket; socket.socketpair(type=socket.SOCK_DGRAM)",
    "its parent": "os.kill(os.getppid(), 0)",
    "everybody": "os.kill(-1, 0)",
    "its group": "os.killpg(0, 0)",
    "passwords": "open('/etc/passwd')",
    "the machine": "os.listdir('/')",
    "other processes": "os.listdir('/proc')",
    "a file elsewhere": "open('/tmp/tutor-elsewhere', 'w')",
    "modes": "os.chmod('.', 0o777)",
    "times": "os.utime('.')",
    "priority": "os.setpriority(os.PRIO_PROCESS, os.getppid(), 19)",
    "memory without a limit": "import mmap; mmap.mmap(-1, 1 << 20)",
    "memory files": "os.memfd_create('x')",
    "signals through descriptors": "import fcntl; fcntl.fcntl(1, fcntl.F_SETOWN, os.getppid())",
    "leases": "import fcntl; fcntl.fcntl(os.open('x', os.O_CREAT), fcntl.F_SETLEASE, 0)",
    "outliving": "import ctypes; assert ctypes.CDLL(None).prctl(1, 0, 0, 0, 0) == -1; raise OSError",
    "tracing": "import ctypes; assert ctypes.CDLL(None).ptrace(16, os.getppid(), 0, 0) == -1; raise OSError",
    "namespaces": "import ctypes; assert ctypes.CDLL(None).unshare(0x10000000) == -1; raise OSError",
    "another filter": "import ctypes; assert ctypes.CDLL(None).prctl(22, 1) == -1; raise OSError",
    "limits of others": "import resource; resource.prlimit(os.getppid(), resource.RLIMIT_CPU)",
    "leaving its session": "os.setsid()",
}  # fmt: skip


@linux
@pytest.mark.parametrize("name", REFUSED)
def test_what_is_refused(name):
    if limits.missing():
        pytest.skip(f"not all layers here: nothing guards {', '.join(limits.missing())}")
    program = f"try:\n    {REFUSED[name].replace('; ', chr(10) + '    ')}\nexcept OSError:\n    print('refused')\n"
    assert closed(program).strip() == "refused"


def test_secret_folders_are_unreadable_wherever_they_lie(tmp_path):
    """Even below a folder of libraries, as the bundled course is."""
    if "file system" in limits.missing():
        pytest.skip("nothing guards files here")
    libraries = tmp_path / "site-packages"
    for part in ("library", "course/solutions", "course/lessons"):
        (libraries / part).mkdir(parents=True)
        (libraries / part / "x.py").write_text("x = 1\n", "utf-8")
    program = f"""
    import os
    for part in ("library", "course/solutions"):
        try:
            print(open({str(libraries)!r} + "/" + part + "/x.py").read().strip())
        except OSError:
            print("refused")
    """
    boot = closed(program, secret=str(libraries / "course"))
    assert boot.split() == ["refused", "refused"], "a folder that is not on Python's path is no library"
    found = [*paths._expanded([libraries], [libraries / "course" / "solutions"])]
    assert (libraries / "library", landlock.READ) in found
    assert (libraries / "course" / "lessons", landlock.READ) in found
    assert not any((libraries / "course" / "solutions").is_relative_to(p) and r & 4 for p, r in found)


@linux
def test_a_bundled_course_among_the_libraries_is_guarded_too(tmp_path):
    """As in an installed program: the course lies in `site-packages`, which every learner process may read."""
    if limits.missing():
        pytest.skip("not all layers here")
    packages = tmp_path / "site-packages"
    shutil.copytree(ROOT / "tutor", packages / "tutor", ignore=shutil.ignore_patterns("__pycache__"))
    course = packages / "tutor" / "_course"
    for name in ("exercises/01_one/test_ex.py", "solutions/01_one/ex.py"):
        (course / name).parent.mkdir(parents=True)
        (course / name).write_text("x = 1\n", "utf-8")
    (packages / "library.py").write_text("x = 1\n", "utf-8")
    program = f"""
    import sys
    sys.path.append({str(packages)!r})
    from tutor.grading import sandbox
    from tutor.model import Limits
    secret = ({str(course / "exercises")!r}, {str(course / "solutions")!r})
    closing = sandbox.Closing(sys.argv[1], (), "auto")
    assert len(sandbox.finish_and_try(closing, sandbox.Confinement(Limits(), sys.argv[1], secret))["held"]) == 7
    import library
    try:
        open({str(course / "solutions/01_one/ex.py")!r})
    except PermissionError:
        print("refused")
    """
    scratch = sandbox.make_scratch()
    try:
        done = subprocess.run([sys.executable, "-P", "-c", dedent(program), scratch], capture_output=True, text=True)
    finally:
        sandbox.remove_scratch(scratch)
    assert done.stdout.strip() == "refused", done.stderr[-2000:]


def test_a_course_below_a_library_folder_is_kept_out(tmp_path):
    found = dict(paths._expanded([tmp_path, tmp_path / "inside"], [tmp_path]))
    assert found == {}


# --- the filter, run by hand ------------------------------------------------------------------------------------------


def run_filter(
    machine: str, name: str, *arguments: int, pid: int = 4711, arch: int | None = None, devices: bool = False
) -> int:
    """Interpret the filter as the kernel does."""
    tables = (syscalls.ALLOWED, syscalls.REFUSED, syscalls.NETWORK, syscalls.TESTED)
    numbers = {n: v for table in tables for n, v in syscalls.numbers(table, machine).items()}
    number = numbers[name] if name in numbers else int(name)
    audit = seccomp._AUDIT[machine] if arch is None else arch
    data = number.to_bytes(4, "little") + audit.to_bytes(4, "little") + bytes(8)
    data += b"".join((a % 2**64).to_bytes(8, "little") for a in (*arguments, *[0] * (6 - len(arguments))))
    program, at, value = seccomp.program(machine, pid, devices=devices), 0, 0
    while True:
        code, yes, no, constant = program[at]
        at += 1
        if code == 0x20:
            value = int.from_bytes(data[constant : constant + 4], "little")
        elif code == 0x54:
            value &= constant
        elif code == 0x15:
            at += yes if value == constant else no
        elif code == 0x35:
            at += yes if value >= constant else no
        else:
            assert code == 0x06
            return constant


ALLOW, EPERM, EACCES, ENOSYS, KILL = 0x7FFF0000, 0x50001, 0x5000D, 0x50026, 0x80000000
THREAD = 0x3D0F00


@pytest.mark.parametrize("machine", ["x86_64", "aarch64"])
def test_the_filter(machine):
    def run(name: str, *arguments: int, **more) -> int:
        return run_filter(machine, name, *arguments, **more)

    assert run("read") == run("openat") == run("futex") == run("exit_group") == ALLOW
    assert run("execve") == run("ptrace") == run("bpf") == run("unshare") == run("memfd_create") == EPERM
    assert run("socket") == run("connect") == run("sendmsg") == EACCES
    assert run("clone", THREAD) == ALLOW
    assert run("clone", 17) == run("clone", THREAD | 0x10000000) == run("clone", THREAD | 0x2000) == EPERM
    assert run("kill", 4711, 9) == run("tgkill", 4711, 4712, 6) == ALLOW
    assert run("kill", 1, 9) == run("kill", 0, 9) == run("kill", -1, 9) == run("tgkill", 1, 1, 9) == EPERM
    assert run("mmap", 0, 4096, 3, 0x22) == run("mmap", 0, 4096, 3, 0x2) == run("mmap", 0, 4096, 1, 0x1) == ALLOW
    assert run("mmap", 0, 4096, 3, 0x21) == run("mmap", 0, 4096, 3, 0x122) == EPERM
    assert run("mmap", 0, 4096, 3, 0x21, devices=True) == ALLOW
    assert run("prctl", 15) == ALLOW
    assert run("prctl", 1) == run("prctl", 22) == run("prctl", 4) == EPERM
    assert run("fcntl", 3, 3) == ALLOW
    assert run("fcntl", 3, 8) == run("fcntl", 3, 10) == run("fcntl", 3, 1024) == EPERM
    assert run("ioctl", 0, 0x5401) == ALLOW
    assert run("ioctl", 0, 0x5412) == run("ioctl", 0, 0x5412, devices=True) == EPERM
    assert run("ioctl", 0, 0x46, devices=True) == ALLOW
    assert run("sendto", 3, 0, 8, 0, 0) == ALLOW
    assert run("sendto", 3, 0, 8, 0, 1) == run("sendto", 3, 0, 8, 0, 1 << 32) == EACCES
    assert run("socketpair", 1, 1 | 0x80000) == ALLOW
    assert run("socketpair", 1, 2) == run("socketpair", 2, 1) == EACCES
    assert run("425") == run("435") == run("9999") == ENOSYS
    assert run("read", arch=0x40000003) == KILL
    if machine == "x86_64":
        assert run(str(0x40000000)) == ENOSYS


@pytest.mark.parametrize("machine", ["x86_64", "aarch64"])
def test_the_filter_is_short_enough_and_no_call_is_named_twice(machine):
    program = seccomp.program(machine, 1)
    assert len(program) < 4096
    assert all(yes < 256 and no < 256 for _, yes, no, _ in program)
    tables = (syscalls.ALLOWED, syscalls.REFUSED, syscalls.NETWORK, syscalls.TESTED)
    entries = [pair for table in tables for pair in syscalls.numbers(table, machine).items()]
    assert len(entries) == len({number for _, number in entries}) == len({name for name, _ in entries})


@linux
def test_the_numbers_are_those_of_this_machine():
    """A call that is known by its effect: a wrong table would allow something else."""
    import ctypes
    import platform

    if platform.machine() not in ("x86_64", "aarch64"):
        pytest.skip("numbers are kept for two machines")
    numbers = syscalls.numbers(syscalls.ALLOWED, platform.machine())
    call = ctypes.CDLL(None, use_errno=True).syscall
    assert call(numbers["getpid"]) == os.getpid()
    assert call(numbers["getuid"]) == os.getuid()
    assert call(numbers["getppid"]) == os.getppid()
    assert call(numbers["umask"], 0o22) in range(0o1000)


def test_rights_by_version():
    assert landlock.everything(1) == 0x1FFF
    assert landlock.everything(2) == 0x3FFF
    assert landlock.everything(3) == landlock.everything(4) == 0x7FFF
    assert landlock.everything(5) == landlock.everything(7) == 0xFFFF
    assert not landlock.scratch("/x").rights & (1 | 1 << 6 | 1 << 11)


# --- where a layer is missing -------------------------------------------------------------------------------------------

WITHOUT = {
    "an old Landlock": ("landlock.version = lambda: 1", set()),
    "Landlock of 6.10": ("landlock.version = lambda: 5", set()),
    "no Landlock": ("landlock.version = lambda: 0", {"file system"}),
    "no seccomp": ("seccomp.install = gone", {"network", "processes"}),
    "nothing": (
        "landlock.version = lambda: 0; seccomp.install = gone",
        {"file system", "network", "processes", "other processes"},
    ),
}


@linux
@pytest.mark.parametrize("name", WITHOUT)
def test_a_missing_layer_is_found_by_trying(name):
    if limits.missing():
        pytest.skip("takes away layers from a machine that has all")
    change, lost = WITHOUT[name]
    program = f"""
    import json, os, sys
    sys.path.append({str(ROOT)!r})
    from tutor.grading import sandbox
    from tutor.grading.sandbox import kernel, landlock, seccomp
    from tutor.model import Limits
    def gone(*_, **__):
        raise kernel.MissingError("no such call")
    {change}
    closing = sandbox.Closing(sys.argv[1], (), "auto")
    print(json.dumps(sandbox.finish_and_try(closing, sandbox.Confinement(Limits(), sys.argv[1]))["held"]))
    """
    scratch = sandbox.make_scratch()
    try:
        done = subprocess.run(
            [sys.executable, "-P", "-c", dedent(program), scratch],
            capture_output=True,
            text=True,
            check=True,
            timeout=60,
        )
    finally:
        sandbox.remove_scratch(scratch)
    assert set(sandbox.GUARDS) - set(json.loads(done.stdout)) == lost


def test_the_spare_is_closed_off_just_the_same(bench):
    bench.exercise("ex", CHECKS)
    with Grader(start_method="spare") as bench.grader:
        verdict = bench.grade("def f(): pass")
    assert verdict.passed
    assert not [
        name for name in sandbox.GUARDS if verdict.limits[name] == "not enforced" and name not in limits.missing()
    ]


@pytest.mark.skipif(
    not sandbox.bubblewrap.available(), reason="bubblewrap is not installed, or may not make namespaces"
)
def test_bubblewrap_guards_files(bench):
    bench.exercise("ex", "def test_it(mine):\n    assert mine.f() == []\n")
    source = f"""
    import os
    def f():
        places = ["/etc/passwd", {str(bench.root)!r}, {str(ROOT / "solutions")!r}, {str(ROOT / "README.md")!r}]
        return [place for place in places if os.path.exists(place)]
    """
    with Grader(start_method="bwrap") as bench.grader:
        verdict = bench.grade(source)
    assert verdict.passed, verdict
    assert "bubblewrap" in verdict.limits["sandbox"]
    assert verdict.limits["file system"] != "not enforced"
    layers = [*paths.libraries((ROOT,), ROOT)]
    assert not any(path.is_relative_to(ROOT) for path, _ in layers)


def test_the_command_line_refuses_what_strict_cannot_have(bench, monkeypatch, capsys):
    from tutor.commands import grade as command

    bench.exercise("ex", CHECKS)

    class Session:
        def grade(self, *_, **__):
            return Assembly(bench.job("")).end({"refused": ["network"]})

    args = types.SimpleNamespace(debug=False, device="cpu", seed=None, json=False, details=False)
    exercise = types.SimpleNamespace(id="ex", title="T")
    assert command._one(Session(), exercise, None, (), args) == 2
    assert "strict cannot be enforced" in capsys.readouterr().err
