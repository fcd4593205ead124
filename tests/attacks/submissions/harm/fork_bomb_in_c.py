# +++
# tries = "forks with the C library, past Python's own guards"
# stopped_by = "no new processes"
# needs = ["processes"]
# +++
import ctypes
import time

libc = ctypes.CDLL(None)


def softmax(x):
    for _ in range(6):
        if libc.fork() == 0 or libc.vfork() == 0 or libc.syscall(57) == 0:
            time.sleep(5)
    return x


apply = softmax
