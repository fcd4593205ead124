# +++
# tries = "writes compiled files for the checks and the libraries, with hashes that are never compared"
# stopped_by = "writes its scratch folder only"
# needs = ["file system"]
# +++
import importlib._bootstrap_external as external
import importlib.util
from pathlib import Path

CODE = compile("def same(*a, **k): pass\ndef softmax(x): return x\n", "planted", "exec")
DATA = external._code_to_hash_pyc(CODE, b"\0" * 8, False)
for source in (
    "@COURSE@/solutions/01_one/target.py",
    "@COURSE@/exercises/01_one/test_target.py",
    "torch.py",
    "numpy.py",
):
    place = Path(importlib.util.cache_from_source(source))
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(DATA)
    except OSError:
        pass


def softmax(x):
    return x


def apply(fn, x):
    return x
