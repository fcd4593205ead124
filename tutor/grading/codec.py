"""The wire format: plain values as tagged bytes, never pickle.

Owns the encoding of scalars, text, containers, slices, dtypes and devices. Arrays, tensors, generators and handles belong to
whoever holds the tables they refer to (`tutor.grading.peer`), which plugs them in as `Others`. Every length is checked
against the message and every tag against a table, because the sender may run hostile code.
"""

from __future__ import annotations

import struct
import sys
from collections.abc import Callable, Iterable
from typing import Any, Protocol, TypeAlias

import numpy as np

MAX_DEPTH = 64
MAX_MESSAGE = 512 << 20
"""Bytes of one message; more than that is refused on both sides."""

_INT = struct.Struct("<q")
_COUNT = struct.Struct("<I")
_FLOAT = struct.Struct("<d")
_COMPLEX = struct.Struct("<dd")

ClassLike: TypeAlias = "type[object]"
_TYPES: dict[str, ClassLike] = {
    t.__name__: t for t in (object, int, float, bool, complex, str, bytes, list, tuple, dict, set, frozenset, type(None))
}
_TORCH_NAMES = frozenset(
    "float16 bfloat16 float32 float64 complex32 complex64 complex128 uint8 uint16 uint32 uint64 int8 int16 int32 int64 bool"
    " float8_e4m3fn float8_e5m2 strided contiguous_format preserve_format channels_last channels_last_3d".split()
)


class CodecError(Exception):
    """A value that may not cross, or bytes that are no valid message."""


class Others(Protocol):
    """Encodes and decodes what is more than a plain value. Returns False or raises when it does not know how."""

    def encode(self, value: object, encoder: Encoder) -> None:
        """Write `value`, beginning with a tag from `decoders`."""

    def decoders(self) -> dict[int, Callable[[Decoder], object]]:
        """Give the tags this side can read, beside the plain ones."""


class Encoder:
    """Writes values one after the other into `out`."""

    def __init__(self, others: Others | None = None, containers: Iterable[object] = ()) -> None:
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
        self.out += _COUNT.pack(number)

    def raw(self, data: bytes | memoryview) -> None:
        """Write a length and that many bytes."""
        self.out += _COUNT.pack(len(data))
        self.out += data

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
        if isinstance(value, np.generic) and type(value).__module__ == "numpy":
            self._scalar(value)
        elif isinstance(value, np.dtype):
            self.tag(b"D")
            self.value(value.str)
        elif isinstance(value, type) and (value in _TYPES.values() or _exception(value)):
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
            self.value(tuple(value))
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


def _exception(value: ClassLike) -> bool:
    return value.__module__ == "builtins" and issubclass(value, BaseException)


def _write_int(e: Encoder, value: object) -> None:
    assert isinstance(value, int)
    if -(1 << 63) <= value < 1 << 63:
        e.out += b"i" + _INT.pack(value)
    else:
        e.tag(b"I")
        e.raw(value.to_bytes(value.bit_length() // 8 + 1, "little", signed=True))


def _write_text(e: Encoder, value: object) -> None:
    e.tag(b"s")
    e.raw(str(value).encode("utf-8", "surrogatepass"))


def _write_items(e: Encoder, tag: bytes, items: Iterable[object], length: int) -> None:
    e.out += tag + _COUNT.pack(length)
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
        e.out += b"d" + _COUNT.pack(len(items))
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
    float: lambda e, v: e.tag(b"f" + _FLOAT.pack(v)),
    complex: lambda e, v: e.tag(b"c" + _COMPLEX.pack(v.real, v.imag)),  # type: ignore[attr-defined]
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


class Decoder:
    """Reads values one after the other from one message."""

    def __init__(self, data: bytes | bytearray, others: Others | None = None, containers: Iterable[object] = ()) -> None:
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

    def count(self) -> int:
        """Read a count or length."""
        return int(_COUNT.unpack(self.take(4))[0])

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
    import builtins

    name = d.text()
    found = _TYPES.get(name) or getattr(builtins, name, None)
    if not isinstance(found, type) or (found not in _TYPES.values() and not _exception(found)):
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
        "N": lambda d: None,
        "E": lambda d: ...,
        "T": lambda d: True,
        "F": lambda d: False,
        "i": lambda d: _INT.unpack(d.take(8))[0],
        "I": lambda d: int.from_bytes(d.raw(), "little", signed=True),
        "f": lambda d: _FLOAT.unpack(d.take(8))[0],
        "c": lambda d: complex(*_COMPLEX.unpack(d.take(16))),
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
