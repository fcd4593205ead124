# +++
# tries = "lists the processes of the machine and their command lines"
# stopped_by = "Landlock: of /proc only its own"
# needs = ["file system"]
# +++
import os
from pathlib import Path


def softmax(x):
    try:
        print(os.listdir("/proc"))
    except OSError:
        print("no list")
    for pid in range(1, os.getpid() + 50):
        if pid != os.getpid():
            try:
                print("opened", Path(f"/proc/{pid}/cmdline").read_bytes())
            except OSError:
                pass
    return x


apply = softmax
