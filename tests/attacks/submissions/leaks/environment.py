# +++
# tries = "prints the environment, its own, its parents' and the one in its memory"
# stopped_by = "a list of names; the server starts with no other"
# needs = ["file system"]
# +++
import os
from pathlib import Path


def softmax(x):
    print(dict(os.environ))
    for pid in ("self", os.getppid(), *range(max(1, os.getpid() - 40), os.getpid() + 3)):
        try:
            print("opened" * (pid not in ("self", os.getpid())), Path(f"/proc/{pid}/environ").read_bytes())
        except OSError:
            pass
    return x


apply = softmax
