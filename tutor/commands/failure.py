"""What the user reads when a command raised: a sentence for what they can mend, a saved traceback for what they cannot.

Loaded only when something went wrong.
"""

from __future__ import annotations

import errno
import os
import time
import traceback
from pathlib import Path

from tutor.atomic import REASONS
from tutor.model import TutorError
from tutor.paths import user_folder

_MACHINE = {
    errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM, errno.EMFILE, errno.EIO,
}  # fmt: skip
"""A missing file, on the other hand, that nobody turned into a sentence before is our mistake."""


def explain(error: Exception) -> tuple[str, int]:
    """The sentence for this error and the exit code: 2 when the user can act, 3 when it is our mistake."""
    if isinstance(error, TutorError):
        return str(error), 2
    if isinstance(error, OSError) and error.errno in _MACHINE:
        return _refused(error), 2
    return _internal(error), 3


def _refused(error: OSError) -> str:
    where = f" at {os.fsdecode(error.filename)}" if isinstance(error.filename, (str, bytes, os.PathLike)) else ""
    return f"the operating system refused{where}: {REASONS[error.errno or 0]}. Mend that, then try again."


def _internal(error: Exception) -> str:
    text = "".join(traceback.format_exception(error))
    if os.environ.get("TUTOR_DEBUG"):
        return f"internal error\n{text}"
    where = _save(text)
    kept = f"The traceback is in {where}" if where else "TUTOR_DEBUG=1 shows the traceback"
    return f"internal error, our mistake ({type(error).__name__}: {error}). {kept}; please report it."


def _save(text: str) -> Path | None:
    folder = user_folder("state")
    path = folder / f"crash-{time.strftime('%Y%m%d-%H%M%S')}-{os.getpid()}.txt"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", errors="replace")
    except OSError:
        return None
    return path
