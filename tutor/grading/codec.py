"""What the wire format allows: limits, types, dtypes, and the error for everything else.

Values cross as tagged bytes, never as pickles; `tutor.grading.encoder` writes them, `tutor.grading.decoder` reads them.
Every length is checked against the message and every tag against a table, because the sender may run hostile code.
"""

from __future__ import annotations

import struct
from typing import TypeAlias

import numpy as np

MAX_DEPTH = 64
MAX_MESSAGE = 512 << 20
"""Bytes of one message; more than that is refused on both sides."""

INT = struct.Struct("<q")
COUNT = struct.Struct("<I")
FLOAT = struct.Struct("<d")
COMPLEX = struct.Struct("<dd")

ClassLike: TypeAlias = "type[object]"
TYPES: dict[str, ClassLike] = {
    t.__name__: t
    for t in (object, int, float, bool, complex, str, bytes, list, tuple, dict, set, frozenset, type(None))
}
"""Types that may cross as values, beside the built-in exceptions and NumPy's scalar types."""

_TORCH_NAMES = frozenset(
    {
        *("float16", "bfloat16", "float32", "float64", "float8_e4m3fn", "float8_e5m2"),
        *("complex32", "complex64", "complex128", "bool"),
        *("uint8", "uint16", "uint32", "uint64", "int8", "int16", "int32", "int64"),
        *("strided", "contiguous_format", "preserve_format", "channels_last", "channels_last_3d"),
    }
)


class CodecError(Exception):
    """A value that may not cross, or bytes that are no valid message."""


def is_builtin_exception(value: ClassLike) -> bool:
    """Tell whether a class is an exception of Python's own."""
    return value.__module__ == "builtins" and issubclass(value, BaseException)


def plain_dtype(text: str) -> np.dtype[np.generic]:
    """Give the dtype of a fixed-size scalar of the allow-list; object, structured and time types are refused."""
    if len(text) > 12 or text[:1] not in "<>|=" or text[1:2] not in tuple("biufcSU"):
        raise CodecError(f"dtype {text[:20]!r} cannot cross")
    try:
        return np.dtype(text)
    except TypeError:
        raise CodecError(f"dtype {text!r} cannot cross") from None


def torch_attribute(name: str) -> object:
    """Give `torch.float32` and the like for the names of the allow-list."""
    if name not in _TORCH_NAMES:
        raise CodecError(f"torch.{name[:30]} cannot cross")
    import torch

    return getattr(torch, name)
