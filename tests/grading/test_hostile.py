"""Nothing learner code does ends or fakes a run: each is one finding with a sentence, the rest is not run."""
# ruff: noqa: E501  whole programs and messages on one line each read better than wrapped ones

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tutor.model import Limits

CHECKS = '''
import numpy as np

def test_first(mine):
    """It doubles."""
    assert mine.f(2) == 4

def test_second(mine):
    """It doubles arrays."""
    assert np.array_equal(mine.f(np.ones(2)), [2, 2])
'''
RIGHT = "def f(x):\n    return x * 2\n"
SHORT = Limits(check_seconds=1.0, verdict_seconds=20)


@pytest.fixture
def short(bench):
    bench.exercise("ex", CHECKS, solution=RIGHT)

    def grade(source, **more):
        more.setdefault("limits", SHORT)
        verdict = bench.grade(source, **more)
        assert not verdict.passed
        after = bench.grade(RIGHT)
        assert after.passed, after
        return verdict

    return grade


def outcomes(verdict) -> list[str]:
    return [f.outcome for f in verdict.findings]


LOADING = {
    "syntax": ("def f(x:\n  return", "SyntaxError"),
    "indent": ("def f(x):\nreturn 1", "IndentationError"),
    "import": ("import not_there", "not_there"),
    "exit": ("import sys; sys.exit(0)", "sys.exit(0)"),
    "quit": ("raise SystemExit", "sys.exit"),
    "os_exit": ("import os; os._exit(0)", "exit code 0"),
    "raises": ("raise RuntimeError('no')", "RuntimeError: no"),
    "interrupt": ("raise KeyboardInterrupt", "KeyboardInterrupt"),
    "not utf-8": (b"s = '\xff'\ndef f(x): return 2*x", "SyntaxError"),
    "nul": (b"def f(x):\0 return 2*x", "null"),
    "stub": ("raise NotImplementedError", "not implemented"),
}


@pytest.mark.parametrize("name", LOADING)
def test_a_file_that_cannot_be_run(short, name):
    source, text = LOADING[name]
    verdict = short(source)
    assert verdict.outcome == "error"
    assert outcomes(verdict) == ["error", "not_run", "not_run"]
    assert text in verdict.findings[0].message


def test_an_empty_file(short):
    verdict = short("")
    assert outcomes(verdict) == ["error", "error"]
    assert "does not define f" in verdict.findings[0].message


CALLING = {
    "os_exit": ("import os\ndef f(x):\n    os._exit(0)", "error", "exit code 0"),
    "sys_exit": ("import sys\ndef f(x):\n    sys.exit(0)", "error", "sys.exit(0)"),
    "segfault": ("import ctypes\ndef f(x):\n    ctypes.string_at(0)", "error", "segmentation fault"),
    "abort": ("import os\ndef f(x):\n    os.abort()", "error", "SIGABRT"),
    "kill": ("import os\ndef f(x):\n    os.kill(os.getpid(), 9)", "error", "killed"),
    "loop": ("def f(x):\n    while True:\n        pass", "timeout", "line "),
    "loop, deaf": (
        "import signal\nfor s in range(1, 32):\n    try: signal.signal(s, signal.SIG_IGN)\n    except OSError: pass\n"
        "def f(x):\n    while True: pass",
        "timeout",
        "endless loop",
    ),
    "loop in C": ("def f(x):\n    return sum(iter(int, 1))", "timeout", "endless loop"),
    "sleep": ("import time\ndef f(x):\n    time.sleep(1000)", "timeout", "longer than 1 s"),
    "endless generator": ("def f(x):\n    while True:\n        yield 1", "error", None),
    "closes its connection": ("import os\ndef f(x):\n    os.closerange(0, 100)\n    return 4", "error", "exit code"),
    "nonsense": (
        "import os, stat\ndef f(x):\n    for fd in range(3, 100):\n        try:\n            os.write(fd, b'\\0' * 64)\n"
        "        except OSError: pass\n    return 4",
        "error",
        "disturbed",
    ),
    "huge message": (
        "import os\ndef f(x):\n    for fd in range(3, 100):\n        try:\n            os.write(fd, b'\\xff' * 8)\n"
        "        except OSError: pass\n    return 4",
        "error",
        "disturbed",
    ),
}


@pytest.mark.parametrize("name", [n for n in CALLING if n != "endless generator"])
def test_a_call_that_ends_the_process(short, name):
    source, outcome, text = CALLING[name]
    verdict = short(source)
    assert outcomes(verdict) == [outcome, "not_run"]
    assert text in verdict.findings[0].message
    assert verdict.findings[1].message.startswith("not run: ")


def test_the_line_of_an_endless_loop_is_named(short):
    finding = short("def f(x):\n    n = 1\n    while True:\n        n += 1\n").findings[0]
    assert "line 3" in finding.message or "line 4" in finding.message
    assert 'File "ex.py"' in finding.traceback
    assert finding.output == ""


def test_an_endless_generator_read_to_its_end(bench):
    checks = "def test_all(mine):\n    assert sum(mine.f()) > 0\n"
    bench.exercise("ex", checks, solution="def f():\n    return [1]\n")
    verdict = bench.grade("def f():\n    while True:\n        yield 1\n", limits=SHORT)
    assert outcomes(verdict) == ["timeout"]


def test_recursion_without_end(short):
    verdict = short("def f(x):\n    return f(x)\n")
    assert outcomes(verdict) == ["error", "error"]
    assert "RecursionError" in verdict.findings[0].message


@pytest.mark.parametrize("how", ["bytearray(10 << 30)", "__import__('numpy').ones(10 << 27)"])
def test_a_huge_allocation(short, how):
    verdict = short(f"def f(x):\n    return {how}\n")
    assert outcomes(verdict) == ["error", "error"]
    assert "memory" in verdict.findings[0].message.lower()


def test_a_huge_allocation_in_torch(bench):
    bench.exercise("ex", CHECKS, solution=RIGHT, front='framework = "torch"')
    verdict = bench.grade("import torch\ndef f(x):\n    return torch.ones(10 << 27, dtype=torch.float64)\n")
    assert "out of memory" in verdict.findings[0].message


def test_a_result_too_large_to_cross(short):
    verdict = short("import numpy as np\ndef f(x):\n    return np.zeros(80 << 20)\n")
    assert set(outcomes(verdict)) == {"error"}


def test_a_flood_of_output(short):
    verdict = short("def f(x):\n    while True:\n        print('x' * 100_000)\n", limits=Limits(check_seconds=2.0))
    assert outcomes(verdict)[1] == "not_run"
    assert len(verdict.findings[0].output) < 10_000


def test_much_output_is_cut(short):
    verdict = short("def f(x):\n    print('ab' * 500_000)\n    return 0\n")
    assert outcomes(verdict) == ["failed", "failed"]
    assert 1000 < len(verdict.findings[0].output) < 10_000


def test_terminal_codes_are_made_harmless(short):
    bad = "\\x1b[2J\\x1b]0;title\\x07\\u202e\\x9b\\r"
    verdict = short(f"def f(x):\n    print('{bad}')\n    raise ValueError('{bad}')\n")
    text = "".join(map(str, verdict.findings))
    assert not any(c in text for c in "\x1b\x07\u202e\x9b\r")
    assert "ValueError" in verdict.findings[0].message


@pytest.mark.parametrize(
    "how",
    [
        "import os; os.fork()",
        "import subprocess; subprocess.run(['true'])",
        "import os; os.system('true')",
        "import os; os.execv('/bin/true', ['x'])",
    ],
)
def test_other_processes_are_refused(short, how):
    verdict = short(f"def f(x):\n    {how}\n")
    assert "not allowed" in verdict.findings[0].message


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="counts processes through /proc")
def test_a_fork_bomb_past_python(short):
    source = "import ctypes, time\nfork = ctypes.CDLL(None).fork\ndef f(x):\n    for _ in range(7): fork()\n    time.sleep(30)\n"
    verdict = short(source, limits=Limits(check_seconds=2, processes=16))
    refused = not verdict.limits["processes"].startswith("16")
    assert outcomes(verdict) == ["timeout" if refused else "error", "not_run"]
    assert not [pid for pid in Path("/proc").glob("[0-9]*") if b"tutor-bomb" in _read(pid / "cmdline")]


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""


def test_a_large_file(short):
    verdict = short("def f(x):\n    open('big', 'wb').write(bytes(64 << 20))\n")
    assert "OSError" in verdict.findings[0].message or "File too large" in verdict.findings[0].message


def test_neither_environment_nor_stdin_nor_descriptors(bench, monkeypatch):
    checks = "def test_it(mine):\n    assert mine.f() == ([], '', 1)\n"
    bench.exercise("ex", checks, solution="")
    source = """
    import os, sys
    def f():
        bad = [k for k in os.environ if "TOKEN" in k or "SECRET" in k or "TUTOR" in k]
        open_ones = [n for n in range(3, 200) if _open(n)]
        return bad, sys.stdin.read(), len(open_ones)
    def _open(n):
        try:
            os.fstat(n)
        except OSError:
            return False
        return True
    """
    verdict = bench.grade(source)
    assert verdict.passed, verdict


def test_our_own_modules_are_out_of_reach(bench):
    checks = "import pytest\ndef test_it(mine):\n    with pytest.raises(ImportError):\n        mine.f()\n    with pytest.raises(ImportError):\n        mine.g()\n"
    bench.exercise("ex", checks)
    source = "def f():\n    import tutor.checks\ndef g():\n    from tutor.grading import learner\n"
    assert outcomes(bench.grade(source)) == ["failed"]  # it counts as a forbidden operation, caught or not
    hidden = "import sys\ndef f():\n    raise ImportError(len([m for m in sys.modules if m.startswith('tutor.') and m != 'tutor.mine']))\ng = f\n"
    assert bench.grade(hidden).passed


def test_a_skip_is_no_pass(short):
    verdict = short(
        "class Skipped(BaseException):\n    pass\nimport unittest\ndef f(x):\n    raise unittest.SkipTest('no')\n"
    )
    assert outcomes(verdict) == ["error", "error"]


def test_objects_that_claim_to_be_equal(short):
    source = "class Any:\n    def __eq__(self, other):\n        return True\n    __array__ = None\ndef f(x):\n    return Any()\n"
    assert outcomes(short(source))[1] != "passed"


def test_nothing_is_left_running(bench):
    bench.exercise("ex", CHECKS, solution=RIGHT)
    bench.grade(
        "import threading, time\ndef f(x):\n    threading.Thread(target=time.sleep, args=(60,)).start()\n    return 2 * x\n"
    )
    server = bench.grader.server_pid
    if not Path(f"/proc/{server}/task/{server}/children").exists():
        pytest.skip("reads /proc")
    children = Path(f"/proc/{server}/task/{server}/children").read_text().split()
    assert len(children) <= 2
    assert os.getpgid(server) != os.getpgid(0)


def test_an_end_on_the_way_back_is_told_as_such(bench):
    checks = """
        import torch
        from tutor.checks import same
        def test_values(mine):
            same(mine.f, lambda x: 2 * x, torch.ones(3, dtype=torch.float64, requires_grad=True))
    """
    bench.exercise("ex", checks, front='framework = "torch"')
    source = """
        import os
        import torch
        class Double(torch.autograd.Function):
            @staticmethod
            def forward(ctx, x):
                return 2 * x
            @staticmethod
            def backward(ctx, grad):
                os._exit(3)
        f = Double.apply
    """
    finding = bench.grade(source).findings[0]
    assert (finding.outcome, "exit code 3" in finding.message) == ("error", True), finding
