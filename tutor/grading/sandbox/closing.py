"""Closes a process off before learner code runs in it: every layer that this machine has, in the order they need."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Literal

from tutor.grading.sandbox import bubblewrap, environment, kernel, landlock, namespaces, paths, process, seccomp
from tutor.grading.sandbox.landlock import Access
from tutor.model import Limits

Mode = Literal["strict", "auto", "off"]
MODES: tuple[Mode, ...] = ("strict", "auto", "off")
"""`strict` refuses to run what cannot be enforced, `auto` enforces what it can, `off` only the limits of the kernel."""

_PROCESS_EVENTS = (
    "os.fork",
    "os.forkpty",
    "os.exec",
    "os.posix_spawn",
    "os.spawn",
    "os.system",
    "subprocess.Popen",
    "pty.spawn",
)


@dataclass(frozen=True, slots=True)
class Confinement:
    """What one learner process may use and where it may write."""

    limits: Limits
    scratch: str
    secret: tuple[str, ...] = ()
    """Folders that must stay unreadable wherever they lie: the course, hidden checks, submissions."""
    devices: bool = False
    """Whether it needs a graphics card."""

    def to_json(self) -> bytes:
        """Write what a judge asks for; the scratch folder is the learner process's own affair."""
        names = ("secret", "devices")
        return json.dumps({"limits": asdict(self.limits), **{name: getattr(self, name) for name in names}}).encode()

    @classmethod
    def from_json(cls, data: bytes | bytearray, scratch: str) -> Confinement:
        """Read it."""
        asked = json.loads(data)
        return cls(Limits(**asked["limits"]), scratch, tuple(map(str, asked["secret"])), bool(asked["devices"]))


def prepare() -> None:
    """Find out, for all processes that are forked from this one, what is the same for each."""
    paths.prepare()
    seccomp.prepare()


class Closing:
    """Closes this process off in two steps: what depends on no job comes first, while nobody waits for it."""

    def __init__(self, scratch: str, keep: tuple[int, ...], mode: Mode) -> None:
        """Take the first step."""
        self.scratch = scratch
        self.keep = keep
        self.mode = mode
        self.layers: list[str] = []
        self._granted: list[Access] = []
        prepare()  # before the environment is reduced, which names libraries too
        environment.reduce(scratch)
        process.close_descriptors((0, 1, 2, *keep))
        process.die_first()
        self._tasks = process.tasks_of_user()  # before /proc is closed
        if mode != "off":
            self._attempt("bubblewrap", bubblewrap.inside)
            self._attempt("a network of its own", namespaces.lone_network)
            self._attempt("no new privileges", lambda: kernel.prctl(kernel.PR_SET_NO_NEW_PRIVS, 1))
            self._attempt("no capabilities", namespaces.drop_capabilities)
            self._granted = paths.allowed(scratch, devices=paths.has_cards())
            self._attempt("Landlock", lambda: landlock.restrict(self._granted))

    def finish(self, confinement: Confinement) -> tuple[str, ...]:
        """Take the second step; gives the names of the layers that closed. Cannot be undone.

        Whether they hold is tried afterwards, by `trying`.
        """
        process.set_limits(confinement.limits)
        if self.mode != "off":
            if self._too_much(confinement):  # a further layer of Landlock takes away from what the first one gave
                readable = paths.allowed(self.scratch, confinement.secret, devices=confinement.devices)
                self._attempt("", lambda: landlock.restrict(readable))
            self._attempt("seccomp", lambda: seccomp.install(os.getpid(), devices=confinement.devices))
        if "seccomp" not in self.layers:
            process.limit_tasks(confinement.limits.processes + self._tasks)
        return tuple(self.layers)

    def _too_much(self, confinement: Confinement) -> bool:
        if paths.has_cards() and not confinement.devices:
            return True
        readable = (access.path for access in self._granted if access.rights != landlock.LIST)
        granted = [os.path.join(path, "") for path in readable]  # noqa: PTH118  hundreds, at each verdict
        for secret in (os.path.join(os.path.realpath(path), "") for path in confinement.secret):  # noqa: PTH118
            if any(secret.startswith(path) or path.startswith(secret) for path in granted):
                return True
        return False

    def _attempt(self, name: str, layer: Callable[[], object]) -> None:
        try:
            told = layer()
        except OSError:
            return
        if name:
            self.layers.append(f"{name} {told}" if told else name)


def refuse_processes() -> None:
    """Say in a sentence what the kernel would say in a number, and where no kernel does, say no all the same."""
    sys.addaudithook(_no_processes)


def _no_processes(event: str, _arguments: object) -> None:
    if event in _PROCESS_EVENTS:
        raise PermissionError("starting another process is not allowed here")
