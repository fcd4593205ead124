"""Arrays, tensors and generators as bytes, with their layout: dtype, shape, strides, flags.

Owns what a buffer looks like on the wire and how it is rebuilt and compared. Identity, aliasing and gradients are the
matter of `tutor.grading.twins` and `tutor.grading.crossing`.
"""

from __future__ import annotations

import math
import sys
import zlib
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias, cast

import numpy as np

from tutor.grading.codec import MAX_MESSAGE, CodecError, plain_dtype, torch_attribute
from tutor.grading.decoder import Decoder
from tutor.grading.encoder import Encoder

if TYPE_CHECKING:
    import torch

Array: TypeAlias = "np.ndarray[Any, np.dtype[Any]]"
Mark: TypeAlias = bytes | int
"""What a buffer held when both sides last agreed: its bytes, or a checksum of a large one."""

_EXACT = 64 << 10
_SPAN = 64
"""A strided buffer keeps its strides unless it spans this many times the bytes it shows."""

_AS_INTEGERS = {"bfloat16": "int16", "float8_e4m3fn": "uint8", "float8_e5m2": "uint8", "complex32": "int32"}
"""Dtypes NumPy does not know, and the one to carry their bits."""

_GENERATORS = ("PCG64", "PCG64DXSM", "MT19937", "Philox", "SFC64")


def mark(data: bytes | memoryview) -> Mark:
    """Remember contents: exactly when small, as a checksum when keeping a copy would cost memory."""
    return bytes(data) if len(data) <= _EXACT else zlib.crc32(data)


def _dense(shape: Sequence[int], itemsize: int) -> list[int]:
    strides, step = [], itemsize
    for size in reversed(shape):
        strides.append(step)
        step *= max(size, 1)
    return strides[::-1]


def span(shape: Sequence[int], strides: Sequence[int], itemsize: int) -> tuple[int, int]:
    """Give the lowest and the highest byte (exclusive) that a strided buffer touches, counted from its first item."""
    if 0 in shape:
        return 0, 0
    low, high = 0, itemsize
    for n, s in zip(shape, strides, strict=True):
        if s < 0:
            low += (n - 1) * s
        else:
            high += (n - 1) * s
    return low, high


def _checked(shape: tuple[int, ...], strides: tuple[int, ...], itemsize: int, nbytes: int) -> tuple[int, int]:
    if len(shape) > 32 or len(shape) != len(strides) or any(n < 0 for n in shape):
        raise CodecError("a buffer with an impossible shape")
    if math.prod(shape) * itemsize != nbytes:
        raise CodecError("a buffer whose bytes do not fit its shape")
    low, high = span(shape, strides, itemsize)
    if high - low > _SPAN * nbytes + 4096:
        raise CodecError("a buffer with impossible strides")
    return low, high


def faithful(shape: Sequence[int], strides: Sequence[int], itemsize: int) -> bool:
    """Tell whether this layout survives the crossing as it is."""
    low, high = span(shape, strides, itemsize)
    return high - low <= _SPAN * math.prod(shape) * itemsize + 4096


def array_bytes(x: Array) -> bytes:
    """Give the contents in C order."""
    return repr(x.tolist()).encode() if x.dtype.hasobject else x.tobytes()


def write_array(e: Encoder, x: Array) -> Mark:
    """Write an array with its layout."""
    if x.dtype.kind == "O":
        e.tag(b"O")
        e.numbers(x.shape)
        items = list(x.reshape(-1))
        if any(type(item) not in (type(None), bool, int, float, complex, str, bytes) for item in items):
            raise CodecError("an object array may only hold plain numbers and texts to cross")
        e.value(tuple(items))
        return mark(array_bytes(x))
    plain_dtype(x.dtype.str)
    _fits(x.nbytes)
    strides = x.strides if faithful(x.shape, x.strides, x.itemsize) else tuple(_dense(x.shape, x.itemsize))
    data = x.tobytes()
    e.tag(b"A")
    e.raw(x.dtype.str.encode())
    e.numbers(x.shape)
    e.numbers(strides)
    e.tag(b"W" if x.flags.writeable else b"R")
    e.raw(data)
    return mark(data)


def _fits(nbytes: int) -> None:
    if nbytes > MAX_MESSAGE:
        raise CodecError(f"{nbytes >> 20} MB are more than the {MAX_MESSAGE >> 20} MB that may cross at once")


def read_array(d: Decoder) -> tuple[Array, Mark]:
    """Read an array; a new, aligned buffer with the layout it had."""
    if d.byte() == b"O":
        shape, items = d.numbers(), d.value()
        if type(items) is not tuple or len(items) != math.prod(shape) or any(n < 0 for n in shape):
            raise CodecError("an object array of the wrong size")
        flat: Array = np.empty(len(items), object)
        flat[:] = items
        objects = flat.reshape(shape)
        return objects, mark(array_bytes(objects))
    dtype, shape, strides = plain_dtype(d.short().decode("latin-1")), d.numbers(), d.numbers()
    writeable, data = d.byte() == b"W", d.raw()
    low, high = _checked(shape, strides, dtype.itemsize, len(data))
    source: Array = np.frombuffer(data, dtype).reshape(shape) if len(data) else np.empty(shape, dtype)
    out: Array
    if list(strides) == _dense(shape, dtype.itemsize):
        out = source.copy()
    else:
        memory = np.zeros(max(high - low, 1), np.uint8)
        out = np.ndarray(shape, dtype, memory, -low, strides)
        out[...] = source
    out.flags.writeable = writeable
    return out, mark(data)


def refill_array(x: Array, new: Array) -> None:
    """Give `x` the contents of `new`, also where the learner's view of it is read-only."""
    if x.shape != new.shape:
        x.resize(new.shape, refcheck=False)
    if x.flags.writeable:
        x[...] = new
    else:
        x.flags.writeable = True
        x[...] = new
        x.flags.writeable = False


def tensor_bytes(t: torch.Tensor) -> bytes:
    """Give the contents in C order."""
    return cast(bytes, _numpy(t.detach()).tobytes())


def reader(t: torch.Tensor) -> Callable[[], bytes] | None:
    """Give what reads a tensor's contents again and again, while pointer and layout stay; or None."""
    if t.device.type != "cpu" or t.is_conj() or t.is_neg():
        return None
    return cast("Callable[[], bytes]", _numpy(t.detach()).tobytes)


def _numpy(t: torch.Tensor) -> Any:  # noqa: ANN401  an ndarray of a dtype only known at run time
    import torch

    if t.device.type != "cpu":
        t = t.cpu()
    if t.is_conj() or t.is_neg():
        t = t.resolve_conj().resolve_neg()
    carrier = _AS_INTEGERS.get(str(t.dtype).removeprefix("torch."))
    return (t if carrier is None else t.view(getattr(torch, carrier))).numpy()


def write_tensor(e: Encoder, t: torch.Tensor) -> Mark:
    """Write a dense tensor's layout and contents, without its autograd history."""
    import torch

    if t.layout != torch.strided or t.is_quantized:
        raise CodecError(f"a tensor with layout {t.layout} cannot cross")
    if t.is_meta:
        raise CodecError("a tensor on the meta device has no contents to send")
    name = str(t.dtype).removeprefix("torch.")
    torch_attribute(name)
    _fits(t.nbytes)
    shape, size = tuple(t.shape), t.element_size()
    strides = tuple(s * size for s in t.stride())
    data = tensor_bytes(t)
    e.raw(name.encode())
    e.numbers(shape)
    e.numbers(strides if faithful(shape, strides, size) else _dense(shape, size))
    e.raw(str(t.device).encode())
    e.raw(data)
    return mark(data)


def read_tensor(d: Decoder) -> tuple[torch.Tensor, Mark]:
    """Read a tensor: a new leaf that does not require a gradient."""
    import torch

    dtype, shape, strides = torch_attribute(d.short().decode("latin-1")), d.numbers(), d.numbers()
    device, data = torch.device(d.short().decode("latin-1")), d.raw()
    if not isinstance(dtype, torch.dtype):
        raise CodecError("a tensor without a dtype")
    low, _high = _checked(shape, strides, dtype.itemsize, len(data))
    if low < 0 or any(s % dtype.itemsize for s in strides):
        raise CodecError("a tensor with impossible strides")
    out = torch.empty_strided(shape, [s // dtype.itemsize for s in strides], dtype=dtype, device="cpu")
    if len(data):
        target = _numpy(out)
        target[...] = np.frombuffer(data, target.dtype).reshape(shape)
    return (out if device.type == "cpu" else out.to(device)), mark(data)


def generator_state(g: object) -> object:
    """Give a generator's whole state as plain values."""
    if isinstance(g, np.random.Generator):
        state = g.bit_generator.state
        if state["bit_generator"] not in _GENERATORS:
            raise CodecError(f"generators of kind {state['bit_generator']} cannot cross")
        return _flat(dict(state))
    return (str(cast("torch.Generator", g).device), cast("torch.Generator", g).get_state().numpy().tobytes())


def _flat(value: object) -> object:
    if isinstance(value, dict):
        return {key: _flat(item) for key, item in value.items()}
    if isinstance(value, np.ndarray):
        return (value.dtype.str, value.tobytes())
    return value


def _unflat(value: object) -> object:
    if isinstance(value, dict):
        return {key: _unflat(item) for key, item in value.items()}
    if isinstance(value, tuple) and len(value) == 2 and isinstance(value[1], bytes):
        return np.frombuffer(value[1], plain_dtype(str(value[0]))).copy()
    return value


def set_generator(g: object | None, state: object) -> object:
    """Put a state into a generator, or into a new one of the right kind."""
    try:
        if isinstance(state, dict):
            if state["bit_generator"] not in _GENERATORS:
                raise CodecError("a generator of an unknown kind")
            if g is None:
                g = np.random.Generator(getattr(np.random, state["bit_generator"])(0))
            cast(np.random.Generator, g).bit_generator.state = cast("dict[str, object]", _unflat(state))
            return g
        import torch

        device, data = cast("tuple[str, bytes]", state)
        g = torch.Generator(device) if g is None else g
        cast(torch.Generator, g).set_state(torch.frombuffer(bytearray(data), dtype=torch.uint8).clone())
    except (KeyError, TypeError, ValueError, RuntimeError) as error:
        raise CodecError(f"a generator's state that does not fit: {error}") from None
    return g


def bounds(x: Array | torch.Tensor) -> tuple[int, int]:
    """Give the lowest and the highest address (exclusive) that a buffer touches."""
    if isinstance(x, np.ndarray):
        start = int(x.__array_interface__["data"][0])
        low, high = span(x.shape, x.strides, x.itemsize)
    else:
        size = x.element_size()
        start = x.data_ptr()
        low, high = span(tuple(x.shape), [s * size for s in x.stride()], size)
    return start + low, start + high


def is_tensor(value: object) -> bool:
    """Tell a torch tensor without importing torch."""
    torch = sys.modules.get("torch")
    return torch is not None and isinstance(value, torch.Tensor)


def is_generator(value: object) -> bool:
    """Tell a NumPy or torch random generator without importing torch."""
    torch = sys.modules.get("torch")
    return isinstance(value, np.random.Generator) or (torch is not None and isinstance(value, torch.Generator))
