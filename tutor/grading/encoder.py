"""Writes values in the wire format.

Knows plain values: scalars, text, containers, slices, dtypes, devices. Arrays, tensors, generators and handles belong
to whoever holds the tables they refer to (`tutor.grading.exchange`), who plugs in as `Writer`.
"""

from __future__ import annotations

import struct
import sys
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Protocol

import numpy as np

from tutor.grading.codec import (
    COMPLEX,
    COUNT,
    FLOAT,
    INT,
    MAX_DEPTH,
    MAX_MESSAGE,
    TYPES,
    ClassLike,
    CodecError,
    is_builtin_exception,
)  # fmt: skip


class Writer(Protocol):
    """Writes what is more than a plain value."""

    def encodes(self, kind: type) -> bool:
        """Tell quickly that values of this type are this writer's; False only means `perhaps`."""

    def encode(self, value: object, encoder: Encoder) -> None:
        """Write `value`, beginning with a tag of its own; raises CodecError."""


class Encoder:
    """Writes values one after the other into `out`."""

    def __init__(self, others: Writer | None = None, containers: Iterable[object] = ()) -> None:
        self.out = bytearray()
        self.others = others
        self.containers: list[object] = list(containers)
        """Lists and dicts in the order met: the other side counts the same way, so a number names one."""
        self._seen = {id(c): i for i, c in enumerate(self.containers)}
        self._depth = 0

    def tag(self, letter: bytes) -> None:
        """Write one tag."""
        self.out += letter

    def count(self, number: int) -> None:
        """Write a count or length below 2**32."""
        self.out += COUNT.pack(number)

    def raw(self, data: bytes | memoryview) -> None:
        """Write a length and that many bytes."""
        self.out += COUNT.pack(len(data))
        self.out += data

    def numbers(self, numbers: Sequence[int]) -> None:
        """Write whole numbers below 2**63, packed."""
        count = len(numbers)
        self.out += struct.pack(f"<I{count}q", count, *numbers)

    def value(self, value: object) -> None:
        """Write any value that may cross."""
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise CodecError(f"the value is nested deeper than {MAX_DEPTH} levels")
        if len(self.out) > MAX_MESSAGE:
            raise CodecError(f"the values are larger than {MAX_MESSAGE >> 20} MB together")
        write = _WRITERS.get(type(value))
        if write is not None:
            write(self, value)
        else:
            self._other(value)
        self._depth -= 1

    def _other(self, value: object) -> None:
        if self.others is not None and self.others.encodes(type(value)):
            self.others.encode(value, self)
        elif isinstance(value, np.generic) and type(value).__module__ == "numpy":
            self._scalar(value)
        elif isinstance(value, np.dtype):
            self.tag(b"D")
            self.value(value.str)
        elif isinstance(value, type) and (value in TYPES.values() or is_builtin_exception(value)):
            self.tag(b"Y")
            self.value(value.__name__)
        elif isinstance(value, type) and issubclass(value, np.generic) and value.__module__ == "numpy":
            self.tag(b"G")
            self.value(np.dtype(value).str)
        elif not self._torch(value) and not self._subclass(value):
            if self.others is None:
                raise CodecError(f"{type(value).__name__} objects cannot cross")
            self.others.encode(value, self)

    def _scalar(self, value: np.generic) -> None:
        if value.dtype.kind not in "biufcSU":
            raise CodecError(f"NumPy scalars of dtype {value.dtype} cannot cross")
        self.tag(b"g")
        self.value(value.dtype.str)
        self.raw(value.tobytes())

    def _torch(self, value: object) -> bool:
        torch = sys.modules.get("torch")
        if torch is None:
            return False
        if isinstance(value, torch.Size):
            self.tag(b"Z")
            self.numbers(tuple(value))
        elif isinstance(value, torch.device):
            self.tag(b"V")
            self.value(str(value))
        elif isinstance(value, torch.dtype | torch.layout | torch.memory_format):
            self.tag(b"H")
            self.value(str(value).removeprefix("torch."))
        else:
            return False
        return True

    def _subclass(self, value: object) -> bool:
        """Named tuples, OrderedDict, str and int enums cross as what they are made of."""
        for base in (int, float, complex, str, bytes, tuple, dict):
            if isinstance(value, base):
                # The base's own methods, because a subclass may have replaced them.
                if base is dict:
                    _write_dict(self, value)
                elif base is tuple:
                    _write_items(self, b"t", tuple.__iter__(value), tuple.__len__(value))  # type: ignore[arg-type]
                else:
                    _WRITERS[base](self, _EXACT[base](value))
                return True
        return False

    def position(self) -> tuple[int, int]:
        """Give the place to `rewind` to."""
        return len(self.out), len(self.containers)

    def rewind(self, position: tuple[int, int]) -> None:
        """Forget what was written since `position`."""
        length, containers = position
        del self.out[length:]
        for value in self.containers[containers:]:
            self._seen.pop(id(value), None)
        del self.containers[containers:]
        self._depth = 0

    def once(self, value: object) -> bool:
        """Write a reference and return True when this list or dict was written before; else take note of it."""
        index = self._seen.get(id(value))
        if index is not None:
            self.tag(b"r")
            self.count(index)
            return True
        self._seen[id(value)] = len(self.containers)
        self.containers.append(value)
        return False


_EXACT: dict[ClassLike, Callable[[Any], object]] = {
    int: int.__int__, float: float.__float__, complex: complex.__complex__, str: str.__str__, bytes: bytes.__bytes__,
}  # fmt: skip
"""The base's own conversion of an instance of a subclass, which may have replaced its own."""


def _write_int(e: Encoder, value: object) -> None:
    assert isinstance(value, int)
    if -(1 << 63) <= value < 1 << 63:
        e.out += b"i" + INT.pack(value)
    else:
        e.tag(b"I")
        e.raw(value.to_bytes(value.bit_length() // 8 + 1, "little", signed=True))


def _write_text(e: Encoder, value: object) -> None:
    data = str(value).encode("utf-8", "surrogatepass")
    e.out += b"s" + COUNT.pack(len(data)) + data


def _write_items(e: Encoder, tag: bytes, items: Iterable[object], length: int) -> None:
    e.out += tag + COUNT.pack(length)
    for item in items:
        e.value(item)


def _write_list(e: Encoder, value: object) -> None:
    assert isinstance(value, list)
    if not e.once(value):
        _write_items(e, b"l", value, len(value))


def _write_dict(e: Encoder, value: object) -> None:
    assert isinstance(value, dict)
    if not e.once(value):
        items = list(dict.items(value))
        e.out += b"d" + COUNT.pack(len(items))
        for key, item in items:
            e.value(key)
            e.value(item)


def _write_slice(e: Encoder, value: object) -> None:
    assert isinstance(value, slice | range)
    e.tag(b":" if isinstance(value, slice) else b"R")
    for part in (value.start, value.stop, value.step):
        e.value(part)


def _write_bytes(e: Encoder, value: object) -> None:
    assert isinstance(value, bytes | bytearray)
    e.tag(b"b")
    e.raw(bytes(value))


def _write_constant(tag: bytes) -> Callable[[Encoder, object], None]:
    return lambda e, _value: e.tag(tag)


_WRITERS: dict[ClassLike, Callable[[Encoder, object], None]] = {
    type(None): _write_constant(b"N"),
    type(...): _write_constant(b"E"),
    bool: lambda e, v: e.tag(b"T" if v else b"F"),
    int: _write_int,
    float: lambda e, v: e.tag(b"f" + FLOAT.pack(v)),
    complex: lambda e, v: e.tag(b"c" + COMPLEX.pack(v.real, v.imag)),  # type: ignore[attr-defined]
    str: _write_text,
    bytes: _write_bytes,
    bytearray: _write_bytes,
    tuple: lambda e, v: _write_items(e, b"t", v, len(v)),  # type: ignore[arg-type]
    list: _write_list,
    dict: _write_dict,
    set: lambda e, v: _write_items(e, b"S", list(v), len(v)),  # type: ignore[call-overload, arg-type]
    frozenset: lambda e, v: _write_items(e, b"z", list(v), len(v)),  # type: ignore[call-overload, arg-type]
    slice: _write_slice,
    range: _write_slice,
}
