# +++
# tries = "sends a signal to every process there is"
# stopped_by = "signals reach nobody else"
# needs = ["other processes"]
# +++
import ctypes
import os
import signal


def softmax(x):
    for pid in (-1, 0, -os.getppid()):
        try:
            os.kill(pid, signal.SIGTERM)
        except OSError:
            pass
    libc = ctypes.CDLL(None)
    for pid in (os.getppid(), int("@SIBLING@")):
        if libc.syscall(200, pid, 15) == 0 or libc.syscall(234, pid, pid, 15) == 0 or libc.sigqueue(pid, 15, None) == 0:
            print("opened")
        if hasattr(os, "pidfd_open"):
            try:
                signal.pidfd_send_signal(os.pidfd_open(pid), 15)
                print("opened")
            except OSError:
                pass
    return x


apply = softmax
