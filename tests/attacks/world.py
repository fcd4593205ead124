# ruff: noqa: E501  whole programs on one line each read better than wrapped ones
"""What attacks are let loose in: a course, hidden checks, another student's work, a home, listeners, a sibling process.

Everything in it that must not come out holds a canary, and everything that must not change is compared afterwards.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from textwrap import dedent

from tutor.grading import record
from tutor.grading.client import Grader
from tutor.model import Job, Limits, Verdict

SOFTMAX = "import torch\n\ndef softmax(x):\n    e = (x - x.amax(-1, keepdim=True)).exp()\n    return e / e.sum(-1, keepdim=True)\n"
APPLY = "\ndef apply(fn, x):\n    return [fn(row) for row in x]\n"
INVERSE = "import numpy as np\n\ndef inverse(a):\n    b, c, d, e = a.ravel()\n    return np.array([[e, -c], [-d, b]]) / (b * e - c * d)\n"

VALUES = """
    import torch
    from tutor.checks import draws, same

    @draws(4)
    def test_values(mine, draw):
        '''The rows are weights that sum to one.'''
        same(mine.softmax, lambda x: torch.special.softmax(x, -1), draw.tensor(draw.shape(dims=(2, 3))))

    def test_plain(mine):
        '''A known row, compared in the naive way.'''
        x = torch.tensor([[1.0, 2.0, 4.0], [0.0, 3.0, -1.0]])
        expected = torch.exp(x) / torch.exp(x).sum(-1, keepdim=True)
        assert torch.allclose(mine.softmax(x), expected, atol=1e-5)
"""
TARGET = (
    VALUES
    + """
    def test_apply(mine):
        '''It calls what it is given for each row.'''
        def each(row, scale=3.0, note="@closure@"):
            return row * scale
        x = torch.ones(2, 3)
        got = mine.apply(each, x)
        assert isinstance(got, list) and len(got) == 2
        assert all(torch.equal(a, b) for a, b in zip(got, [each(row) for row in x]))
"""
)
HIDDEN = """
    import torch
    def test_hidden(mine):
        '''What nobody has seen.'''
        x = torch.tensor([[31337.125, 31336.125]], dtype=torch.float64)
        expected = torch.special.softmax(x, -1)  # {canary}
        assert torch.allclose(mine.softmax(x), expected)
"""
MATRICES = """
    import numpy as np
    from tutor.checks import close
    def test_inverse(mine):
        '''It inverts two by two matrices.'''
        a = np.array([[2.0, 1.0], [1.0, 3.0]])
        close(mine.inverse(a.copy()) @ a, np.eye(2), "the product")
"""
PRODUCTS = """
    import numpy as np
    from tutor.checks import close
    def test_product(mine):
        '''It multiplies matrices.'''
        a, b = np.arange(4.0).reshape(2, 2), np.ones((2, 2))
        close(mine.product(a, b), np.array([[1.0, 1.0], [5.0, 5.0]]), "the product")
"""
PRODUCT = "def product(a, b):\n    return (a[:, :, None] * b[None]).sum(1)\n"
FORBIDDEN = '["torch.softmax", "torch.nn.functional.softmax", "torch.nn.Softmax", "torch.Tensor.softmax"]'


@dataclass
class World:
    """One for all the attacks that a test worker runs."""

    root: Path
    grader: Grader
    canaries: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in ("solution", "checks", "closure", "hidden", "other", "home", "environment", "previous"):
            self.canaries[name] = f"CANARY-{name}-{secrets.token_hex(8)}"
        self.course, self.other, self.home = self.root / "course", self.root / "class" / "other", self.root / "home"
        self._course("target", "torch", "[]", TARGET.replace("@closure@", self.canaries["closure"]), SOFTMAX + APPLY)
        self._course("banned", "torch", FORBIDDEN, VALUES, SOFTMAX)
        self._course("inverse", "numpy", '["numpy.linalg"]', MATRICES, INVERSE)
        self._course("product", "numpy", '["@", ".dot", "numpy.matmul", "numpy.dot"]', PRODUCTS, PRODUCT)
        self.hidden = self._write(
            self.root / "hidden" / "test_hidden.py", dedent(HIDDEN).format(canary=self.canaries["hidden"])
        )
        self._write(self.other / "target.py", f"# {self.canaries['other']}\n")
        for name in (".netrc", ".bash_history", ".ssh/id_rsa"):
            self._write(self.home / name, self.canaries["home"])
        self._listen()
        self.sibling = subprocess.Popen(
            [sys.executable, "-c", "import time; time.sleep(600)"], stdin=subprocess.DEVNULL
        )
        self._warm()
        self.right = (SOFTMAX + APPLY).encode()
        self.fingerprint = self._look()

    def _write(self, path: Path, text: str) -> Path:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
        return path

    def _course(self, name: str, framework: str, forbidden: str, checks: str, solution: str) -> None:
        one, solutions = self.course / "exercises" / "01_one", self.course / "solutions" / "01_one"
        front = f'+++\nid = "{name}"\ntitle = "T"\nframework = "{framework}"\nforbidden = {forbidden}\n+++\nDo it.\n'
        self._write(one / f"{name}.md", front)
        self._write(one / f"{name}.py", "raise NotImplementedError\n")
        self._write(one / f"test_{name}.py", f"# {self.canaries['checks']}\n{dedent(checks)}")
        self._write(solutions / f"{name}.py", f"{solution}\nKEPT = '{self.canaries['solution']}'\n")
        self._write(solutions / f"{name}_variants.py", "")

    def _listen(self) -> None:
        self._sockets = [socket.create_server(("127.0.0.1", 0)), socket.socket(socket.AF_INET, socket.SOCK_DGRAM)]
        self._sockets[1].bind(("127.0.0.1", 0))
        self._short = tempfile.mkdtemp(prefix="tw-", dir="/tmp")  # the path of a socket has a hundred letters at most
        self.unix, self.abstract = f"{self._short}/s", f"canary-{secrets.token_hex(8)}"
        for address, kind in ((self.unix, socket.SOCK_STREAM), (self.unix + "d", socket.SOCK_DGRAM)):
            sock = socket.socket(socket.AF_UNIX, kind)
            sock.bind(address)
            self._sockets.append(sock)
        if sys.platform.startswith("linux"):
            self._sockets.append(socket.socket(socket.AF_UNIX))
            self._sockets[-1].bind("\0" + self.abstract)
        for sock in self._sockets:
            if sock.type == socket.SOCK_STREAM:
                sock.listen()
            sock.setblocking(False)

    def known(self) -> dict[str, object]:
        """What an attacker could at best know."""
        return {
            "COURSE": self.course, "HIDDEN": self.hidden, "OTHER": self.other, "HOME": self.home,
            "TCP": self._sockets[0].getsockname()[1], "UDP": self._sockets[1].getsockname()[1],
            "UNIX": self.unix, "ABSTRACT": self.abstract,
            "SIBLING": self.sibling.pid, "GRADER": self.grader.server_pid, "CLIENT": os.getpid(),
        }  # fmt: skip

    def _warm(self) -> None:
        """Grade a right answer and another student's, whose text stays in memory for a while."""
        rights = {"target": SOFTMAX + APPLY, "banned": SOFTMAX, "inverse": INVERSE, "product": PRODUCT}
        for exercise, right in rights.items():
            assert (verdict := self.grade(right.encode(), exercise, 20.0)).passed, verdict  # torch imports on the way
        previous = (
            f"KEPT = '{self.canaries['previous']}'\ndef softmax(x):\n    raise ValueError(KEPT)\napply = softmax\n"
        )
        told = self.grade(previous.encode())
        assert self.canaries["previous"] in told.findings[0].message

    def grade(self, source: bytes, exercise: str = "target", seconds: float = 5.0) -> Verdict:
        """Hand a submission in."""
        limits = Limits(check_seconds=seconds, verdict_seconds=20, memory=2 << 30)
        hidden = self.hidden if exercise in ("target", "banned") else None
        job = Job(self.course, exercise, source, f"/class/{exercise}.py", seed=5, limits=limits, hidden=hidden)
        *_, verdict = self.grader.grade(job)
        assert isinstance(verdict, Verdict)
        return verdict

    # --- what must not have happened ------------------------------------------------------------------------------------

    def unharmed(self, verdict: Verdict) -> None:
        """Nothing came out, nothing changed, nobody died, nothing is left."""
        self._nothing_told(verdict)
        assert self._look() == self.fingerprint, "files or the sibling process have changed"
        assert self.grader.server_pid == self.server, "the server has died"
        self._nobody_called()
        self._nothing_left()

    def _nothing_told(self, verdict: Verdict) -> None:
        text = json.dumps(record.verdict_to_json(verdict))
        assert len(text) < 300_000
        told = [name for name, canary in self.canaries.items() if canary in text]
        assert not told, f"the verdict tells what it must not: {told}"
        # As a number of its own: its digits also occur within durations and hashes now and then.
        assert not re.search(r"(?<![\w.])3133[67](?!\w)", text), "the verdict tells a hidden input"
        shown = "\n".join(getattr(f, n) for f in verdict.findings for n in ("message", "got", "traceback", "output"))
        assert "opened" not in shown, shown[:500]
        assert not any((ord(c) < 32 and c not in "\n\t") or 0x7F <= ord(c) < 0xA0 or c in "\u202e\u200b" for c in shown)
        assert not any(line.lstrip().startswith(("::", "##")) for line in shown.splitlines()), (
            "a command of a CI system"
        )

    def _look(self) -> dict[str, object]:
        seen: dict[str, object] = {}
        for path in sorted(self.root.rglob("*")):
            status = path.lstat()
            data = hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""
            seen[str(path)] = (status.st_mode, status.st_uid, status.st_mtime_ns if data else 0, data)
        seen["sibling"] = self.sibling.poll()
        if hasattr(os, "sched_getaffinity"):
            import resource

            pid = self.sibling.pid
            seen["treated"] = (
                os.sched_getaffinity(pid),
                os.getpriority(os.PRIO_PROCESS, pid),
                resource.prlimit(pid, resource.RLIMIT_CPU),
            )
            seen["state"] = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] in "SRD"
        planted = [
            p
            for p in map(Path, ("/tmp", str(Path.home())))
            for n in ("conftest.py", "sitecustomize.py", "planted.pth")
            if (p / n).exists()
        ]
        seen["planted"] = planted
        self.server = self.grader.server_pid
        return seen

    def _nobody_called(self) -> None:
        for sock in self._sockets:
            try:
                got = sock.accept() if sock.type == socket.SOCK_STREAM else sock.recv(100)
            except BlockingIOError:
                continue
            raise AssertionError(f"somebody called: {got}")

    def _nothing_left(self) -> None:
        if not Path("/proc/self/task").exists():
            return
        deadline = time.monotonic() + 10
        while len(left := descendants(self.grader.server_pid or 0)) > 3 and time.monotonic() < deadline:
            time.sleep(0.02)
        assert len(left) <= 3, "more is running than the template and the next pair"

    def close(self) -> None:
        self.sibling.kill()
        self.sibling.wait()
        for sock in self._sockets:
            sock.close()
        shutil.rmtree(self._short)


def descendants(pid: int) -> list[int]:
    """Every process below one."""
    try:
        children = [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []
    return children + [found for child in children for found in descendants(child)]
