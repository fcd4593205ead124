# +++
# tries = "looks through /tmp and /dev/shm for what others left"
# stopped_by = "Landlock: only its own scratch folder"
# needs = ["file system"]
# +++
import os
from pathlib import Path


def softmax(x):
    for folder in ("/tmp", "/var/tmp", "/dev/shm", os.path.dirname(os.getcwd())):
        try:
            print("opened", os.listdir(folder))
        except OSError:
            pass
    for path in ("@OTHER@/../secret.txt",):
        try:
            print(Path(path).read_text())
        except OSError:
            pass
    return x


apply = softmax
