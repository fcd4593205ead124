"""Closes a process off before learner code runs in it: every layer that this machine has, in the order they need."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import asdict, dataclass
from typing import Literal

from tutor.grading.sandbox import bubblewrap, environment, kernel, landlock, namespaces, paths, process, seccomp
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
    keep: tuple[int, ...] = ()
    """Descriptors that stay open beside stdin, stdout and stderr."""
    mode: Mode = "auto"
    secret: tuple[str, ...] = ()
    """Folders that must stay unreadable wherever they lie: the course, hidden checks, submissions."""
    devices: bool = False
    """Whether it needs a graphics card."""

    def to_json(self) -> bytes:
        """Write what a judge asks for; scratch and descriptors are the learner process's own affair."""
        names = ("mode", "secret", "devices")
        return json.dumps({"limits": asdict(self.limits), **{name: getattr(self, name) for name in names}}).encode()

    @classmethod
    def from_json(cls, data: bytes | bytearray, scratch: str, keep: tuple[int, ...]) -> Confinement:
        """Read it."""
        asked = json.loads(data)
        secret = tuple(map(str, asked["secret"]))
        return cls(Limits(**asked["limits"]), scratch, keep, asked["mode"], secret, bool(asked["devices"]))


def close(confinement: Confinement) -> tuple[str, ...]:
    """Close this process off; gives the names of the layers that closed. Cannot be undone.

    Whether they hold is tried afterwards, by `trying`.
    """
    environment.reduce(confinement.scratch)
    process.close_descriptors((0, 1, 2, *confinement.keep))
    process.die_first()
    process.set_limits(confinement.limits)
    return () if confinement.mode == "off" else tuple(_layers(confinement))


def _layers(confinement: Confinement) -> list[str]:
    closed: list[str] = []

    def attempt(name: str, layer: object) -> None:
        try:
            told = layer() if callable(layer) else None
        except OSError:
            return
        closed.append(f"{name} {told}" if told else name)

    attempt("bubblewrap", bubblewrap.inside)
    attempt("a network of its own", namespaces.lone_network)
    attempt("no new privileges", lambda: kernel.prctl(kernel.PR_SET_NO_NEW_PRIVS, 1))
    attempt("no capabilities", namespaces.drop_capabilities)
    readable = paths.allowed(confinement.scratch, confinement.secret, devices=confinement.devices)
    attempt("Landlock", lambda: landlock.restrict(readable))
    attempt("seccomp", lambda: seccomp.install(os.getpid(), devices=confinement.devices))
    return closed


def refuse_processes() -> None:
    """Say in a sentence what the kernel would say in a number, and where no kernel does, say no all the same."""
    sys.addaudithook(_no_processes)


def _no_processes(event: str, _arguments: object) -> None:
    if event in _PROCESS_EVENTS:
        raise PermissionError("starting another process is not allowed here")
