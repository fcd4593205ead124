# +++
# tries = "reads the checks and prints them"
# stopped_by = "Landlock: the course is unreadable"
# needs = ["file system"]
# +++
from pathlib import Path


def softmax(x):
    for path in [Path("@COURSE@"), *Path("@COURSE@").rglob("*"), Path("@COURSE@/exercises/01_one/test_target.py")]:
        try:
            print(path.read_text())
        except OSError as error:
            print(type(error).__name__)
    return x


apply = softmax
