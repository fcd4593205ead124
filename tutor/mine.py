"""`from tutor.mine import data_iter`: the learner's own functions, from the other files of the same workspace.

This is what an import finds in an editor, in a notebook and in `python my_file.py`. While a verdict, a lab or a course
check runs, another module stands in its place, with the versions that passed. The file of the exercise that was taught
first wins when several define a name. Loads only the files that are asked for, each once.
"""

from __future__ import annotations

import re
import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

from tutor.locate import find_workspace
from tutor.model import TutorError
from tutor.workspace import open_workspace

_loaded: dict[Path, ModuleType] = {}
_loading: list[Path] = []


def __getattr__(name: str) -> object:
    """The function of this name; raises ImportError with a sentence when no file of the workspace defines it."""
    if name.startswith("__"):
        raise AttributeError(name)
    importer = Path(sys._getframe(1).f_globals.get("__file__") or Path.cwd() / "console")
    root = find_workspace(importer.absolute().parent)
    if root is None:
        raise ImportError(f"cannot find {name!r}: {importer} lies in no workspace, and none was used before")
    return getattr(_load(_defining(name, root, importer), name), name)


def _defining(name: str, root: Path, importer: Path) -> Path:
    pattern = re.compile(rf"^(?:(?:async )?def|class) {re.escape(name)}\b|^{re.escape(name)}\s*[:=]", re.MULTILINE)
    try:
        files = open_workspace(root).manifest.files.values()
    except TutorError as error:
        raise ImportError(str(error)) from error
    for path in (root / file for file in files):
        if path != importer.absolute() and path.is_file():
            text = path.read_text(encoding="utf-8", errors="replace")
            if pattern.search(text):
                return path
    raise ImportError(f"cannot find {name!r}: no file of your workspace {root} defines it")


def _load(path: Path, name: str) -> ModuleType:
    if path in _loaded:
        return _loaded[path]
    if path in _loading:
        circle = " → ".join(p.name for p in (*_loading[_loading.index(path) :], path))
        raise ImportError(f"cannot load {name!r}: these files import each other: {circle}")
    spec = spec_from_file_location(f"_mine_{path.stem}", path)
    if spec is None or spec.loader is None:
        raise ImportError(f"cannot load {name!r} from {path}")
    module = module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses and pickle look a class's module up
    _loading.append(path)
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[spec.name]
        raise
    finally:
        _loading.remove(path)
    _loaded[path] = module
    return module
