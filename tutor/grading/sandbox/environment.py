"""Which variables of the environment a server and a learner process get: those on a list, no others."""

from __future__ import annotations

import contextlib
import os
import tempfile

_KEPT = (
    "PATH",
    "LANG",
    "LC_ALL",
    "LC_CTYPE",
    "TZ",
    "SYSTEMROOT",
    "OMP_NUM_THREADS",
    "MKL_NUM_THREADS",
    "CUDA_VISIBLE_DEVICES",
)
_OF_SERVER = (
    "HOME",
    "TMPDIR",
    "TEMP",
    "TMP",
    "LD_LIBRARY_PATH",
    "VIRTUAL_ENV",
    "PYTHONPATH",
    "PYTHONHOME",
    "TUTOR_HOME",
    "TUTOR_GRADING_LOG",
)


def reduce(scratch: str) -> None:
    """Leave a learner process the variables on the list and a home of its own, where it also works."""
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    os.environ.clear()
    os.environ.update(kept, HOME=scratch, TMPDIR=scratch, USER="learner", LOGNAME="learner")
    tempfile.tempdir = None
    with contextlib.suppress(OSError):
        os.chdir(scratch)


def server_environment() -> dict[str, str]:
    """Give the environment of the warm server: nothing of the user's secrets is inherited by what it forks."""
    kept = {name: os.environ[name] for name in (*_KEPT, *_OF_SERVER) if name in os.environ}
    threads = {f"{name}_NUM_THREADS": "1" for name in ("OMP", "MKL", "OPENBLAS", "NUMEXPR")}
    return {**kept, **threads, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTORCH_NVML_BASED_CUDA_CHECK": "1"}
