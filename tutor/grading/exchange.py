"""Everything that has identity on the wire: shared buffers, views of them, handles, autograd history.

Plugs into encoder and decoder. What may be handed out as a handle, and what a stand-in looks like, is decided by each
side's `Side`; what a handle's other end may do with it too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Protocol, cast

import numpy as np

from tutor.grading import buffers
from tutor.grading.buffers import Array
from tutor.grading.codec import CodecError, plain_dtype
from tutor.grading.decoder import PLAIN, Decoder
from tutor.grading.encoder import Encoder
from tutor.grading.handles import Handles, Label
from tutor.grading.operations import is_walk
from tutor.grading.twins import Twin, Twins

if TYPE_CHECKING:
    import torch

    from tutor.grading.crossing import Vjp

_PARAMETER, _REQUIRES, _HISTORY, _GRAD, _INFERENCE = 1, 2, 4, 8, 16


class Side(Protocol):
    """What differs between judge and learner process."""

    def label(self, value: object) -> tuple[str, str, str]:
        """Give sort, name and type name of an object to hand out; raises CodecError when it may not leave."""

    def stand_in(self, label: Label) -> object:
        """Make the stand-in for an object of the other side."""


class _Memory:
    """Lets NumPy make a view of a given address while `owner` stays alive."""

    def __init__(
        self, owner: Array, address: int, shape: tuple[int, ...], strides: tuple[int, ...], dtype: str
    ) -> None:
        self.owner = owner
        self.__array_interface__ = {
            "data": (address, not owner.flags.writeable),
            "shape": shape,
            "strides": strides,
            "typestr": dtype,
            "version": 3,
        }


def _three(numbers: tuple[int, ...]) -> tuple[int, int, int]:
    if len(numbers) != 3:
        raise CodecError("three numbers were expected")
    return numbers[0], numbers[1], numbers[2]


def _walk(d: Decoder) -> object:
    items = d.value()
    if type(items) is not tuple:
        raise CodecError("a walk of the wrong form")
    return iter(items)


class Exchange:
    """Encodes and decodes objects with identity for one side."""

    def __init__(self, side: Side, first_id: int, vjp: Vjp) -> None:
        self.side = side
        self.twins = Twins(first_id)
        self.handles = Handles(first_id)
        self.active: set[int] = set()
        """Ids of the shared buffers met in the current message or call."""
        self._vjp = vjp
        own = {"@": self._known, "+": self._new, "#": self._theirs, "%": self._ours, "*": _walk}
        self._tags = {**PLAIN, **{ord(tag): read for tag, read in own.items()}}

    def decoders(self) -> dict[int, Callable[[Decoder], object]]:
        """Give the tags of this module."""
        return self._tags

    @property
    def graphs(self) -> object:
        """The autograd graphs; torch is needed from the first use on."""
        if self.twins.graphs is None:
            from tutor.grading.crossing import Graphs

            self.twins.graphs = Graphs(self.twins, self._vjp)
        return self.twins.graphs

    # --- writing ------------------------------------------------------------------------------------------------

    def encodes(self, kind: type) -> bool:
        """Arrays and stand-ins are ours; whether anything else is, takes longer to tell."""
        return kind is np.ndarray or hasattr(kind, "__tutor_number__")

    def encode(self, value: object, encoder: Encoder) -> None:
        """Write an array, a tensor, a generator, or a handle."""
        twin = self.twins.find(value)
        if twin is not None:
            self.active.add(twin.id)
            encoder.tag(b"@")
            encoder.count(twin.id)
        elif isinstance(value, np.ndarray):
            self._array(value, encoder)
        elif buffers.is_tensor(value):
            self._tensor(cast("torch.Tensor", value), encoder)
        elif buffers.is_generator(value):
            number = self._begin(encoder, b"g")
            state = buffers.generator_state(value)
            encoder.value(state)
            self.twins.add(number, "g", value, state, mine=True)
        else:
            self._handle(value, encoder)

    def _begin(self, e: Encoder, kind: bytes) -> int:
        number = self.twins.new_id()
        self.active.add(number)
        e.tag(b"+" + kind)
        e.count(number)
        return number

    def _array(self, x: Array, e: Encoder) -> None:
        if type(x) is not np.ndarray:
            x = np.asarray(x)  # a subclass may have replaced any method
        number = self._begin(e, b"a")
        found = None if x.size == 0 or x.dtype.hasobject else next(self.twins.containing(x), None)
        if found is not None:
            owner, offset = found
            e.tag(b"V")
            e.numbers((owner.id, offset, x.flags.writeable))
            e.numbers(x.shape)
            e.numbers(x.strides)
            e.raw(x.dtype.str.encode())
            mark: object = buffers.mark(x.tobytes())
        else:
            e.tag(b"C")
            mark = buffers.write_array(e, x)
        self.twins.add(number, "a", x, mark, mine=True)

    def _tensor(self, t: torch.Tensor, e: Encoder) -> None:
        import torch

        number = self._begin(e, b"t")
        inference = t.is_inference()
        history = t.requires_grad and not t.is_leaf
        view = self._view_of(t)
        bits = _PARAMETER * isinstance(t, torch.nn.Parameter) | _REQUIRES * t.requires_grad | _INFERENCE * inference
        bits |= _HISTORY * (history and view is None)
        bits |= _GRAD * (t.is_leaf and t.grad is not None)
        e.count(bits)
        if view is not None:
            owner, offset = view
            e.tag(b"V")
            size = t.element_size()
            e.numbers((owner.id, offset // size))
            e.numbers(tuple(t.shape))
            e.numbers(t.stride())
            mark: object = buffers.mark(buffers.tensor_bytes(t))
        else:
            e.tag(b"C")
            mark = buffers.write_tensor(e, t)
        twin = self.twins.add(number, "t", t, mark, mine=True)
        if bits & _HISTORY:
            self.graphs.write(e, twin, t)  # type: ignore[attr-defined]
        if bits & _GRAD:
            e.value(t.grad)
            twin.grad = t.grad

    def _view_of(self, t: torch.Tensor) -> tuple[Twin, int] | None:
        """Find a tensor both sides know that `t` is a view of; with a gradient, only when autograd says so too."""
        if t.numel() == 0 or not self.twins.by_memory:
            return None
        for owner, offset in self.twins.containing(t):
            base = cast("torch.Tensor", owner.get())
            if base.dtype != t.dtype or offset % t.element_size():
                continue
            if not t.requires_grad or (not t.is_leaf and t._is_view() and (t._base is base or t._base is base._base)):
                return owner, offset
        return None

    def _handle(self, value: object, e: Encoder) -> None:
        number = getattr(type(value), "__tutor_number__", None)
        if number is not None:
            e.tag(b"%")
            e.count(number(value))
            return
        if is_walk(value):  # torch's own, so that nobody can tell when it is advanced: one turn instead of hundreds
            e.tag(b"*")
            e.value(tuple(cast("Iterable[object]", value)))
            return
        sort, name, type_name = self.side.label(value)
        e.tag(b"#")
        e.count(self.handles.give(value))
        for part in (sort, name, type_name):
            e.value(part)

    # --- reading ------------------------------------------------------------------------------------------------

    def _known(self, d: Decoder) -> object:
        number = d.count()
        twin = self.twins.by_id.get(number)
        value = None if twin is None else twin.get()
        if value is None:
            raise CodecError("a reference to a buffer that is not shared")
        self.active.add(number)
        return value

    def _new(self, d: Decoder) -> object:
        kind, number = d.byte(), d.count()
        if number in self.twins.by_id or number % 2 == self.twins.next_id % 2:
            raise CodecError("a new buffer under a number that is in use")
        self.active.add(number)
        if kind == b"a":
            return self._read_array(d, number)
        if kind == b"t":
            return self._read_tensor(d, number)
        if kind == b"g":
            state = d.value()
            generator = buffers.set_generator(None, state)
            self.twins.add(number, "g", generator, state, mine=False)
            return generator
        raise CodecError("a buffer of an unknown kind")

    def _read_array(self, d: Decoder, number: int) -> Array:
        mark: object
        if d.byte() == b"V":
            number_of, offset, writeable = _three(d.numbers())
            shape, strides, dtype = d.numbers(), d.numbers(), plain_dtype(d.short().decode("latin-1"))
            base = cast(Array, self._owner(number_of, "a").get())
            low, high = buffers.bounds(base)
            begin, end = buffers.span(shape, strides, dtype.itemsize)
            if len(shape) != len(strides) or offset < 0 or low + offset + end - begin > high:
                raise CodecError("a view beyond its array")
            x: Array = np.asarray(_Memory(base, low + offset - begin, shape, strides, dtype.str))
            if not writeable:
                x.flags.writeable = False
            mark = buffers.mark(x.tobytes())
        else:
            x, mark = buffers.read_array(d)
        self.twins.add(number, "a", x, mark, mine=False)
        return x

    def _owner(self, number: int, kind: str) -> Twin:
        twin = self.twins.by_id.get(number)
        if twin is None or twin.kind != kind or twin.get() is None:
            raise CodecError("a view of something that is not shared")
        return twin

    def _read_tensor(self, d: Decoder, number: int) -> torch.Tensor:
        import torch

        bits, mark = d.count(), None
        if d.byte() == b"V":
            number_of, offset, _ = _three((*d.numbers(), 0))
            shape, stride = d.numbers(), d.numbers()
            base = cast("torch.Tensor", self._owner(number_of, "t").get())
            size = base.element_size()
            low, high = buffers.span(shape, [s * size for s in stride], size)
            _, limit = buffers.span(tuple(base.shape), [s * size for s in base.stride()], size)
            if len(shape) != len(stride) or offset < 0 or low < 0 or offset * size + high > limit:
                raise CodecError("a view beyond its tensor")
            with torch.set_grad_enabled(bool(bits & _REQUIRES)):
                source = base if bits & _REQUIRES else base.detach()
                t = source.as_strided(shape, stride, base.storage_offset() + offset)
            mark = buffers.mark(buffers.tensor_bytes(t))
        else:
            with torch.inference_mode(bool(bits & _INFERENCE)):
                t, mark = buffers.read_tensor(d)
            if bits & _REQUIRES and not t.is_floating_point() and not t.is_complex():
                raise CodecError("a gradient of whole numbers")
            if bits & _PARAMETER:
                t = torch.nn.Parameter(t, requires_grad=bool(bits & _REQUIRES))
            elif bits & _HISTORY:
                t = self.graphs.read(d, t)  # type: ignore[attr-defined]
            elif bits & _REQUIRES:
                t.requires_grad_()
        twin = self.twins.add(number, "t", t, mark, mine=False)
        twin.node = t.grad_fn
        if bits & _GRAD:
            t.grad = cast("torch.Tensor | None", d.value())
            twin.grad = t.grad
        return t

    def _theirs(self, d: Decoder) -> object:
        number = d.count()
        label = Label(number, d.text(), d.text(), d.text())
        known = self.handles.received.get(number)
        if known is None:
            known = self.side.stand_in(label)
            self.handles.receive(known, number)
        self.handles.arrived(number)
        return known

    def _ours(self, d: Decoder) -> object:
        return self.handles.look_up(d.count())

    # --- undoing a message that was not sent ----------------------------------------------------------------------

    def newest(self) -> tuple[int, int]:
        """Give the place to `forget_since`."""
        return self.twins.next_id, self.handles.next_id

    def forget_since(self, newest: tuple[int, int]) -> None:
        """Take back what was entered for the other side since `newest`."""
        graphs = self.twins.graphs
        for number in [n for n, twin in self.twins.by_id.items() if twin.mine and n > newest[0]]:
            self.twins.drop(number)
        for number in [] if graphs is None else [n for n in graphs.holds if n > newest[0]]:
            graphs.release(number)  # type: ignore[union-attr]
        for number in [n for n in self.handles.given if n > newest[1]]:
            self.handles.release(number)

    # --- letting go ---------------------------------------------------------------------------------------------

    def write_released(self, e: Encoder) -> None:
        """Write what died here since the last turn; results of this side that the other may still refer to stay."""
        graphs = self.twins.graphs
        e.numbers(self.twins.take_released())
        for released in (self.handles.released, [] if graphs is None else graphs.released):
            e.numbers(tuple(released))
            released.clear()

    def read_released(self, d: Decoder) -> None:
        """Let go what died on the other side."""
        for number in d.numbers():
            self.twins.drop(number)
        handles = d.numbers()
        for number, times in zip(handles[::2], handles[1::2], strict=True):
            self.handles.release(number, times)
        for number in d.numbers():
            if self.twins.graphs is not None:
                self.twins.graphs.release(number)
