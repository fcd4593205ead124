"""Reads values in the wire format, trusting nothing.

Knows plain values; the tags of arrays, tensors, generators and handles are plugged in as a `Reader`.
"""

from __future__ import annotations

import builtins
import struct
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
        """Give tag → function: `PLAIN` and its own."""


class Decoder:
    """Reads values one after the other from one message."""

    def __init__(
        self, data: bytes | bytearray, others: Reader | None = None, containers: Iterable[object] = ()
    ) -> None:
        self.data = data
        self.size = len(data)
        self.at = 0
        self.containers: list[object] = list(containers)
        self._readers = PLAIN if others is None else others.decoders()
        self._depth = 0

    def take(self, length: int) -> memoryview:
        """Read `length` bytes."""
        return memoryview(self.data)[self._skip(length) : self.at]

    def _skip(self, length: int) -> int:
        """Step over `length` bytes and give where they begin."""
        at = self.at
        self.at = at + length
        if self.at > self.size:
            raise CodecError("the message ends too early")
        return at

    def byte(self) -> bytes:
        """Read one byte."""
        return bytes(self.data[self._skip(1) : self.at])

    def count(self) -> int:
        """Read a count or length."""
        at = self._skip(4)
        return COUNT.unpack_from(self.data, at)[0]  # type: ignore[no-any-return]

    def raw(self) -> memoryview:
        """Read a length and that many bytes."""
        return self.take(self.count())

    def short(self) -> bytes:
        """Read a length and that many bytes, as bytes."""
        return bytes(self.data[self._skip(self.count()) : self.at])

    def numbers(self) -> tuple[int, ...]:
        """Read whole numbers that were written by `Encoder.numbers`."""
        length = self.count()
        at = self._skip(8 * length)
        return struct.unpack_from(f"<{length}q", self.data, at)

    def value(self) -> object:
        """Read any value."""
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise CodecError(f"the message is nested deeper than {MAX_DEPTH} levels")
        at = self.at
        if at >= self.size:
            raise CodecError("the message ends too early")
        self.at = at + 1
        read = self._readers.get(self.data[at])
        if read is None:
            raise CodecError(f"unknown tag {self.data[at]}")
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

    def end(self) -> None:
        """Complain about anything left over."""
        if self.at != self.size:
            raise CodecError("the message goes on after its end")


def _read_items(d: Decoder) -> list[object]:
    count = d.count()
    if count > d.size - d.at:  # every item takes a byte at least
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

    return torch.Size(d.numbers())


def _read_range(d: Decoder) -> range:
    start, stop, step = d.integer(), d.integer(), d.integer()
    return range(start, stop, step or 1)


PLAIN: dict[int, Callable[[Decoder], object]] = {
    ord(tag): read
    for tag, read in {
        "N": lambda _: None,
        "E": lambda _: ...,
        "T": lambda _: True,
        "F": lambda _: False,
        "i": lambda d: INT.unpack_from(d.data, d._skip(8))[0],
        "I": lambda d: int.from_bytes(d.raw(), "little", signed=True),
        "f": lambda d: FLOAT.unpack_from(d.data, d._skip(8))[0],
        "c": lambda d: complex(*COMPLEX.unpack(d.take(16))),
        "s": lambda d: d.short().decode("utf-8", "surrogatepass"),
        "b": lambda d: d.short(),
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
