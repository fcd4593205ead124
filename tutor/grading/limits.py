"""What this machine enforces on a learner process, found by trying; the words are for people."""

from __future__ import annotations

import functools
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import tutor
from tutor.grading import sandbox
from tutor.model import Limits

Found = dict[str, Any]
"""What `sandbox.finish_and_try` told: `mode`, `layers`, `held`, `counted`."""
NOT = "not enforced"


def enforced(limits: Limits, found: Found | None = None) -> dict[str, str]:
    """Give limit → what it is here, such as `{"memory": "4 GB", "network": "not enforced"}`.

    `found` is what the learner process itself found; without it, it is tried in one made for that.
    """
    found = here() if found is None else found
    held = found.get("held", ())

    def told(name: str, value: str) -> str:
        return value if name in held else NOT

    processes = told("processes", "none but its own threads")
    if processes == NOT and found.get("counted"):
        processes = f"{limits.processes}, by counting every quarter second"
    return {
        "wall clock": f"{limits.check_seconds:g} s a check, {limits.verdict_seconds:g} s a verdict",
        "computing time": told("computing time", f"{limits.cpu_seconds:g} s"),
        "memory": told("memory", _size(limits.memory)),
        "output": f"{_size(limits.output)} kept",
        "processes": processes,
        "file size": told("file size", f"{_size(limits.file_size)} each, {_size(8 * limits.file_size)} together"),
        "file system": told("file system", "reads installed libraries, writes its scratch folder"),
        "network": told("network", "none"),
        "other processes": told("other processes", "out of reach"),
        "dies with the grader": "yes" if sys.platform.startswith("linux") else "when its connection closes",
        "sandbox": ": ".join(filter(None, (str(found.get("mode", "auto")), ", ".join(found.get("layers", ()))))),
    }


def missing(found: Found | None = None) -> tuple[str, ...]:
    """Give what `strict` asks for and this machine does not enforce."""
    held = (here() if found is None else found).get("held", ())
    return tuple(name for name in sandbox.GUARDS if name not in held)


def refusal(names: list[str] | tuple[str, ...]) -> str:
    """Say in a sentence why `strict` runs nothing here."""
    return (
        f"--sandbox strict cannot be enforced on this machine: nothing guards {', '.join(names)}. Nothing was run. "
        "`tutor doctor` says what is enforced; Linux 5.13 or later has everything, or use `--sandbox auto`."
    )


def _size(count: int) -> str:
    for unit, size in (("GB", 1 << 30), ("MB", 1 << 20), ("KB", 1 << 10)):
        if count >= size:
            return f"{count / size:.3g} {unit}"
    return f"{count} bytes"


@functools.cache
def here() -> Found:
    """Try in a process of its own, closed off like a learner's."""
    scratch = sandbox.make_scratch()
    command = [sys.executable, "-P", "-c", _BOOT, str(Path(tutor.__file__).parents[1]), scratch]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, env=sandbox.server_environment())
        return dict(json.loads(done.stdout))
    except (OSError, ValueError, subprocess.TimeoutExpired):
        return {}
    finally:
        sandbox.remove_scratch(scratch)


_BOOT = "import sys; sys.path.append(sys.argv[1]); from tutor.grading.limits import try_here; try_here(sys.argv[2])"


def try_here(scratch: str) -> None:
    """Close this process off and print what holds."""
    sandbox.leave_network()
    closing = sandbox.Closing(scratch, (), "auto")
    wanted = sandbox.Confinement(Limits(), scratch, secret=(str(Path(tutor.__file__).parent),))
    sys.stdout.write(json.dumps(sandbox.finish_and_try(closing, wanted)))
