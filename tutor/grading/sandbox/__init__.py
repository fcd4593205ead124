"""Closes a process off before learner code runs in it: the one place for everything of that sort.

`closing` puts the layers in force, `trying` finds out what they hold. Each layer is a module: `process`
(every system), `environment`, `scratch`, and on Linux `landlock` with `paths`, `seccomp` with `syscalls`, `namespaces`.
"""

from tutor.grading.sandbox import bubblewrap
from tutor.grading.sandbox.closing import MODES, Closing, Confinement, Mode, prepare
from tutor.grading.sandbox.environment import server_environment
from tutor.grading.sandbox.namespaces import leave_network
from tutor.grading.sandbox.process import (
    become_subreaper,
    close_descriptors,
    die_with_parent,
    limit_memory,
    own_session,
    redirect,
    redirect_input,
    set_limits,
)
from tutor.grading.sandbox.scratch import make_scratch, overfull, remove_scratch, sweep_scratch
from tutor.grading.sandbox.trying import GUARDS, finish_and_try

__all__ = [
    "GUARDS",
    "MODES",
    "Closing",
    "Confinement",
    "Mode",
    "become_subreaper",
    "bubblewrap",
    "close_descriptors",
    "die_with_parent",
    "finish_and_try",
    "leave_network",
    "limit_memory",
    "make_scratch",
    "overfull",
    "own_session",
    "prepare",
    "redirect",
    "redirect_input",
    "remove_scratch",
    "server_environment",
    "set_limits",
    "sweep_scratch",
]
