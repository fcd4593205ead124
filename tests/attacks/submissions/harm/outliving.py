# +++
# tries = "asks not to be killed with its parent, and leaves its group"
# stopped_by = "the calls are refused"
# needs = ["other processes"]
# +++
import ctypes
import os


def softmax(x):
    libc = ctypes.CDLL(None)
    if libc.prctl(1, 0, 0, 0, 0) == 0:
        print("opened")
    for act in (os.setsid, lambda: os.setpgid(0, os.getppid())):
        try:
            act()
            print("opened")
        except OSError:
            pass
    return x


apply = softmax
