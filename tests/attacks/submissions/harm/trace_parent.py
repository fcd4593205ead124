# +++
# tries = "attaches to its parent and stops it"
# stopped_by = "the system call is refused"
# needs = ["other processes"]
# +++
import ctypes
import os


def softmax(x):
    libc = ctypes.CDLL(None)
    for pid in (os.getppid(), int("@SIBLING@")):
        if libc.ptrace(16, pid, 0, 0) == 0:
            print("opened")
    return x


apply = softmax
