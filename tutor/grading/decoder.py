"""Reads values in the wire format, trusting nothing.

Knows plain values; the tags of arrays, tensors, generators and handles are plugged in as a `Reader`.
"""

from __future__ import annotations

import builtins
from collections.abc import Callable, Iterable
from typing import Protocol

import numpy as np

from tutor.grading.codec import (
    COMPLEX,
    COUNT,
    FLOAT,
    INT,
    MAX_DEPTH,
    TYPES,
    CodecError,
    is_builtin_exception,
    plain_dtype,
    torch_attribute,
)  # fmt: skip


class Reader(Protocol):
    """Reads what is more than a plain value."""

    def decoders(self) -> dict[int, Callable[[Decoder], object]]:
        """Give tag → function, beside the plain ones."""


class Decoder:
    """Reads values one after the other from one message."""

    def __init__(
        self, data: bytes | bytearray, others: Reader | None = None, containers: Iterable[object] = ()
    ) -> None:
        self.data = memoryview(data)
        self.at = 0
        self.containers: list[object] = list(containers)
        self._readers = _READERS if others is None else {**_READERS, **others.decoders()}
        self._depth = 0

    def take(self, length: int) -> memoryview:
        """Read `length` bytes."""
        end = self.at + length
        if end > len(self.data):
            raise CodecError("the message ends too early")
        part = self.data[self.at : end]
        self.at = end
        return part

    def byte(self) -> bytes:
        """Read one byte."""
        return bytes(self.take(1))

    def count(self) -> int:
        """Read a count or length."""
        return int(COUNT.unpack(self.take(4))[0])

    def raw(self) -> memoryview:
        """Read a length and that many bytes."""
        return self.take(self.count())

    def value(self) -> object:
        """Read any value."""
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise CodecError(f"the message is nested deeper than {MAX_DEPTH} levels")
        read = self._readers.get(self.take(1)[0])
        if read is None:
            raise CodecError(f"unknown tag {self.data[self.at - 1]}")
        value = read(self)
        self._depth -= 1
        return value

    def text(self) -> str:
        """Read a value that must be a string."""
        value = self.value()
        if type(value) is not str:
            raise CodecError("a text was expected")
        return value

    def integer(self) -> int:
        """Read a value that must be an int."""
        value = self.value()
        if type(value) is not int:
            raise CodecError("a whole number was expected")
        return value

    def integers(self) -> tuple[int, ...]:
        """Read a value that must be a tuple of ints."""
        value = self.value()
        if type(value) is not tuple or any(type(n) is not int for n in value):
            raise CodecError("a tuple of whole numbers was expected")
        return value

    def end(self) -> None:
        """Complain about anything left over."""
        if self.at != len(self.data):
            raise CodecError("the message goes on after its end")


def _read_items(d: Decoder) -> list[object]:
    count = d.count()
    if count > len(d.data) - d.at:  # every item takes a byte at least
        raise CodecError("a container is longer than its message")
    return [d.value() for _ in range(count)]


def _read_list(d: Decoder) -> list[object]:
    out: list[object] = []
    d.containers.append(out)
    out.extend(_read_items(d))
    return out


def _read_dict(d: Decoder) -> dict[object, object]:
    out: dict[object, object] = {}
    d.containers.append(out)
    for _ in range(d.count()):
        key = _hashable(d.value())
        out[key] = d.value()
    return out


def _hashable(value: object) -> object:
    try:
        hash(value)
    except TypeError:
        raise CodecError("a key that cannot be hashed") from None
    return value


def _read_reference(d: Decoder) -> object:
    index = d.count()
    if index >= len(d.containers):
        raise CodecError("a reference to a container that is not there")
    return d.containers[index]


def _read_scalar(d: Decoder) -> np.generic:
    dtype = plain_dtype(d.text())
    data = d.raw()
    if len(data) != dtype.itemsize:
        raise CodecError("a scalar of the wrong size")
    if not data:
        return dtype.type()
    return np.frombuffer(data, dtype, 1)[0]  # type: ignore[no-any-return]


def _read_type(d: Decoder) -> object:
    name = d.text()
    found = TYPES.get(name) or getattr(builtins, name, None)
    if not isinstance(found, type) or (found not in TYPES.values() and not is_builtin_exception(found)):
        raise CodecError(f"the type {name[:30]!r} cannot cross")
    return found


def _read_device(d: Decoder) -> object:
    import torch

    try:
        return torch.device(d.text())
    except RuntimeError:
        raise CodecError("no such device") from None


def _read_size(d: Decoder) -> object:
    import torch

    return torch.Size(d.integers())


def _read_range(d: Decoder) -> range:
    start, stop, step = d.integer(), d.integer(), d.integer()
    return range(start, stop, step or 1)


_READERS: dict[int, Callable[[Decoder], object]] = {
    ord(tag): read
    for tag, read in {
        "N": lambda _: None,
        "E": lambda _: ...,
        "T": lambda _: True,
        "F": lambda _: False,
        "i": lambda d: INT.unpack(d.take(8))[0],
        "I": lambda d: int.from_bytes(d.raw(), "little", signed=True),
        "f": lambda d: FLOAT.unpack(d.take(8))[0],
        "c": lambda d: complex(*COMPLEX.unpack(d.take(16))),
        "s": lambda d: str(d.raw(), "utf-8", "surrogatepass"),
        "b": lambda d: bytes(d.raw()),
        "t": lambda d: tuple(_read_items(d)),
        "l": _read_list,
        "d": _read_dict,
        "S": lambda d: {_hashable(v) for v in _read_items(d)},
        "z": lambda d: frozenset(_hashable(v) for v in _read_items(d)),
        "r": _read_reference,
        ":": lambda d: slice(d.value(), d.value(), d.value()),
        "R": _read_range,
        "D": lambda d: plain_dtype(d.text()),
        "G": lambda d: plain_dtype(d.text()).type,
        "g": _read_scalar,
        "Y": _read_type,
        "Z": _read_size,
        "V": _read_device,
        "H": lambda d: torch_attribute(d.text()),
    }.items()
}
