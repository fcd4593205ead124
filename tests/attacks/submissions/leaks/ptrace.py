# +++
# tries = "traces its parent"
# stopped_by = "the system call is refused"
# needs = ["other processes"]
# +++
import ctypes
import os


def softmax(x):
    libc = ctypes.CDLL(None)
    print("opened" if libc.ptrace(0x4206, os.getppid(), 0, 0) == 0 else "refused")
    return x


apply = softmax
