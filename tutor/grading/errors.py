"""Exceptions as data: type, message and the learner's own traceback lines.

Owns which exception types may cross. A learner's own class crosses as its nearest known base, its name in the message.
"""

from __future__ import annotations

import builtins
import linecache
import sys
from collections.abc import Container
from types import TracebackType
from typing import cast

_FRAMES = 12
_TEXT = 2000


class LearnerDiedError(BaseException):
    """The learner process is gone. Not an Exception, so that no check can take it for an answer.

    `outcome` is "error" or "timeout"; the message is the sentence for the learner. The `tutor_…` attributes are what
    `tutor.checks` looks for on any exception.
    """

    def __init__(self, message: str, outcome: str = "error", traceback: str = "") -> None:
        super().__init__(message)
        self.tutor_message = message
        self.tutor_outcome = outcome
        self.tutor_traceback = traceback
        self.tutor_ends_run = f"not run: {message}"


class ForbiddenError(RuntimeError):
    """The learner's code uses an operation that the exercise forbids."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.tutor_message = message
        self.tutor_outcome = "failed"


class ForbiddenImportError(ForbiddenError, ImportError):
    """The same for an import, so that a library that can do without still can."""


def learner_traceback(error: BaseException) -> str:
    """Give the traceback lines of the learner's own code, if the exception came out of it."""
    return str(getattr(error, "tutor_traceback", ""))


def pack(error: BaseException, files: Container[str]) -> tuple[object, ...]:
    """Turn an exception into plain values; `files` are the names of the learner's own files."""
    names = tuple(f"{c.__module__}.{c.__qualname__}" for c in type(error).__mro__[:-1])
    try:
        message = str(error)
    except Exception:  # a learner's __str__ may do anything
        message = "(the exception's message could not be made)"
    first = error.args[0] if len(error.args) == 1 and type(error.args[0]) in (str, int, float) else None
    return names[:12], message[:_TEXT], first, _lines(error.__traceback__, files), type(error).__name__


def _lines(traceback: TracebackType | None, files: Container[str]) -> tuple[tuple[str, int, str, str], ...]:
    found = []
    while traceback is not None:
        code = traceback.tb_frame.f_code
        if code.co_filename in files:
            line = linecache.getline(code.co_filename, traceback.tb_lineno).strip()
            found.append((code.co_filename, traceback.tb_lineno, code.co_name, line[:200]))
        traceback = traceback.tb_next
    if len(found) > _FRAMES:
        found = found[: _FRAMES // 2] + found[-_FRAMES // 2 :]
    return tuple(found)


def unpack(data: object) -> BaseException:
    """Build the exception again from what `pack` gave."""
    names, message, first, lines, own = cast("tuple[tuple[str, ...], str, object, tuple[object, ...], str]", data)
    if "builtins.SystemExit" in names:
        return LearnerDiedError(f"your code called sys.exit({message})", traceback=format_lines(lines))
    found = next((c for c in map(_known, map(str, names)) if c is not None), RuntimeError)
    message = str(message)
    if found.__name__ != own and found is not ForbiddenError:
        message = f"{own}: {message}"
    error = _make(found, message, first)
    error.tutor_traceback = format_lines(lines)  # type: ignore[attr-defined]
    error.tutor_lines = lines  # type: ignore[attr-defined]
    error.tutor_own_type = str(own)  # type: ignore[attr-defined]
    return error


def _make(found: type[BaseException], message: str, first: object) -> BaseException:
    try:
        if issubclass(found, KeyError | StopIteration) and first is not None:
            return found(first)
        return found(message)
    except TypeError:  # such as UnicodeDecodeError, which wants five arguments
        base = next(c for c in found.__mro__ if c in (ValueError, OSError, RuntimeError, Exception, BaseException))
        return base(f"{found.__name__}: {message}")


def _known(name: str) -> type[BaseException] | None:
    module, _, short = name.rpartition(".")
    if module == "builtins":
        found = getattr(builtins, short, None)
    elif name == "tutor.grading.errors.ForbiddenError":
        found = ForbiddenError
    elif name in ("torch._C._LinAlgError", "torch.OutOfMemoryError", "torch.AcceleratorError"):
        torch = sys.modules.get("torch")
        found = getattr(getattr(torch, "_C", None) if short == "_LinAlgError" else torch, short, None)
    elif name in ("numpy.linalg.LinAlgError", "numpy.exceptions.AxisError"):
        import numpy as np

        found = np.linalg.LinAlgError if short == "LinAlgError" else getattr(np.exceptions, short, None)
    else:
        found = None
    # Exits and interrupts are the other process's affair: here they would end more than a check.
    return found if isinstance(found, type) and issubclass(found, Exception) else None


def format_lines(lines: tuple[object, ...]) -> str:
    """Write traceback lines the way Python does, the learner's own ones only."""
    out = []
    for entry in lines:
        file, number, function, text = cast("tuple[str, int, str, str]", entry)
        out.append(f'File "{file}", line {number}, in {function}')
        if text:
            out.append(f"    {text}")
    return "\n".join(out)
