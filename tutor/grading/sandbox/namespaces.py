"""Leaving the machine's network and its capabilities behind, where that is permitted."""

from __future__ import annotations

import ctypes
import os
from pathlib import Path

from tutor.grading.sandbox import kernel

_NEW_NET, _NEW_IPC, _NEW_USER = 0x40000000, 0x08000000, 0x10000000
_VERSION = 0x20080522


class _Header(ctypes.Structure):
    _fields_ = [("version", ctypes.c_uint32), ("pid", ctypes.c_int)]


def leave_network() -> bool:
    """Move this process and what it will fork into a network and System V IPC of their own; false when it may not.

    Done once by the warm server, not at each verdict: making a network costs the kernel more than a fork.
    """
    if not kernel.LINUX or not hasattr(os, "fork"):
        return False
    if _unshare(_NEW_NET | _NEW_IPC):
        return True
    user, group = os.getuid(), os.getgid()
    if not _may_make_user_namespace() or not _unshare(_NEW_USER | _NEW_NET | _NEW_IPC):
        return False
    for name, text in (("setgroups", "deny"), ("uid_map", f"{user} {user} 1"), ("gid_map", f"{group} {group} 1")):
        try:
            Path(f"/proc/self/{name}").write_text(text)
        except OSError:  # files are reached by the true user all the same; only names of users look odd
            break
    return True


def _may_make_user_namespace() -> bool:
    """Try in a child: a namespace that was half made cannot be left again."""
    pid = os.fork()
    if pid == 0:
        done = False
        try:
            done = _unshare(_NEW_USER | _NEW_NET | _NEW_IPC)
        finally:
            os._exit(0 if done else 1)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0


def _unshare(kinds: int) -> bool:
    try:
        return bool(ctypes.CDLL(None, use_errno=True).unshare(ctypes.c_int(kinds)) == 0)
    except AttributeError:
        return False


def lone_network() -> str:
    """Say so when this process sees no network but its own loopback; raises OSError where that cannot be read."""
    devices = Path("/proc/self/net/dev").read_text().splitlines()[2:]
    if [line.split(":")[0].strip() for line in devices] != ["lo"]:
        raise OSError("there is a network")
    return ""


def drop_capabilities() -> None:
    """Keep none of root's powers. Raises OSError."""
    header = _Header(_VERSION, 0)
    kernel.call("capset", ctypes.byref(header), ctypes.byref((ctypes.c_uint32 * 6)()))
