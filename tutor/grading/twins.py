"""Arrays, tensors and generators that exist in both processes, kept equal whenever control crosses.

Judge and learner process take turns, so it is enough that the one who hands over control tells what changed: contents,
`._version`, `.grad`, `requires_grad`, a generator's state. Each side holds its copy weakly; a copy that dies is
released in the next message. Owns the table and the change records; knows nothing of sockets.
"""

from __future__ import annotations

import sys
import weakref
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from tutor.grading import buffers
from tutor.grading.buffers import Array, Mark
from tutor.grading.codec import CodecError
from tutor.grading.decoder import Decoder
from tutor.grading.encoder import Encoder

if TYPE_CHECKING:
    import torch

    from tutor.grading.crossing import Graphs

_CONTENT, _GRAD, _REQUIRES, _HISTORY, _REBASED = 1, 2, 4, 8, 16
_LARGE = 1 << 20
"""Buffers beyond this are compared when passed and then ever more rarely: no batch rereads a whole data set."""
_BUMPS = 1000


@dataclass(slots=True, eq=False, weakref_slot=True)
class Twin:
    """One shared object as this side knows it."""

    id: int
    kind: str
    get: Callable[[], object]
    look: Callable[[], object]
    """The same, for no longer than a look."""
    mark: Mark | object
    mine: bool
    """Created here; else in the other process."""
    memory: int = 0
    pointer: int = 0
    layout: tuple[tuple[int, ...], tuple[int, ...]] = ((), ())
    """Shape and strides."""
    contents: Callable[[], bytes] | None = None
    """Gives a tensor's bytes, as long as pointer and layout are these."""
    version: int = 0
    requires_grad: bool = False
    grad: object = None
    node: object = None
    """The autograd node of a tensor that the other side knows as the result of a crossing; compared by identity."""
    strong: object = None
    size: int = 0
    turns: int = 0


@dataclass(slots=True)
class Change:
    """What happened to one twin since the last turn."""

    twin: Twin
    bits: int = 0
    version: int = 0
    data: object = None


@dataclass(slots=True)
class Changed:
    """What the last message said about one object of ours: for `CallInfo`."""

    value: object
    content: bool
    version: int
    rebased: bool
    grad: bool


@dataclass(slots=True)
class Twins:
    """The table of shared buffers of one side."""

    next_id: int
    by_id: dict[int, Twin] = field(default_factory=dict)
    by_object: dict[int, Twin] = field(default_factory=dict)
    by_memory: dict[int, list[Twin]] = field(default_factory=dict)
    released: list[int] = field(default_factory=list)
    graphs: Graphs | None = None
    changed: list[Changed] = field(default_factory=list)

    def find(self, value: object) -> Twin | None:
        """Give the twin of an object that has one."""
        twin = self.by_object.get(id(value))
        return twin if twin is not None and twin.get() is value else None

    def new_id(self) -> int:
        """Give an id that the other side does not use: one counts odd, the other even."""
        self.next_id += 2
        return self.next_id

    def add(self, number: int, kind: str, value: object, mark: object, *, mine: bool) -> Twin:
        """Enter an object that both sides have from now on."""
        look = _strong(value) if isinstance(value, np.random.Generator) else weakref.ref(value, self._death_of(number))
        get = _kept(look) if hasattr(value, "_fix_weakref") else look
        twin = Twin(number, kind, get, look, mark, mine)
        if kind == "a":
            array = cast(Array, value)
            kept = buffers.faithful(array.shape, array.strides, array.itemsize)
            twin.memory, twin.size = _root(array) if kept else 0, array.nbytes
        elif kind == "t":
            self._measure(twin, cast("torch.Tensor", value))
        self.by_id[number] = twin
        self.by_object[id(value)] = twin
        if twin.memory:
            self.by_memory.setdefault(twin.memory, []).append(twin)
        return twin

    def _measure(self, twin: Twin, t: torch.Tensor) -> None:
        twin.version = 0 if t.is_inference() else t._version
        _locate(twin, t)
        kept = buffers.faithful(t.shape, t.stride(), 1)
        twin.memory, twin.size = t.untyped_storage().data_ptr() if kept else 0, t.nbytes
        if not twin.mine and t.requires_grad and t.is_leaf:
            twin.strong = t  # gradients gather in it, also when nobody here holds it

    def _death_of(self, number: int) -> Callable[[object], None]:
        def died(_: object) -> None:
            if number in self.by_id:
                self.released.append(number)

        return died

    def drop(self, number: int) -> None:
        """Forget an object: it is an ordinary one from now on."""
        twin = self.by_id.pop(number, None)
        if twin is None:
            return
        for key in [key for key, other in self.by_object.items() if other is twin]:
            del self.by_object[key]
        same = self.by_memory.get(twin.memory, [])
        if twin in same:
            same.remove(twin)
            if not same:
                del self.by_memory[twin.memory]

    def pins(self) -> list[object]:
        """Give every shared object: held while the other side has control, so that its references stay good."""
        found = [twin.look() for twin in self.by_id.values()]
        for value in found:
            if hasattr(value, "_fix_weakref"):
                value._fix_weakref()  # as in `_kept`
        return found

    def take_released(self) -> tuple[int, ...]:
        """Give and forget the ids of objects that died here."""
        for twin in [twin for twin in self.by_id.values() if twin.kind == "g"]:
            # 4: the closure's cell, `value` below, getrefcount's argument and nothing else.
            if (value := twin.get()) is not None and sys.getrefcount(value) <= 3:
                self.released.append(twin.id)
                del value
        gone = tuple(dict.fromkeys(self.released))
        self.released.clear()
        for number in gone:
            self.drop(number)
        return gone

    def containing(self, value: Array | torch.Tensor) -> Iterator[tuple[Twin, int]]:
        """Give the twins whose memory contains all of `value`'s, each with the offset in bytes."""
        array = isinstance(value, np.ndarray)
        memory = _root(value) if array else cast("torch.Tensor", value).untyped_storage().data_ptr()
        for twin in self.by_memory.get(memory, []):
            owner = twin.get()
            if owner is None or (twin.kind == "a") != array:
                continue
            (low, high), (start, stop) = buffers.bounds(value), buffers.bounds(cast("Array", owner))
            if start <= low < high <= stop:
                yield twin, low - start

    # --- what changed -------------------------------------------------------------------------------------------

    def changes(self, active: set[int]) -> list[Change]:
        """Find what changed here since the last turn; `active` holds the ids of objects passed in the current call."""
        found = []
        for twin in list(self.by_id.values()):
            value = twin.look()
            if value is not None and (change := _COMPARE[twin.kind](self, twin, value, active)) is not None:
                found.append(change)
        return found

    def _due(self, twin: Twin, active: set[int]) -> bool:
        twin.turns += 1
        return twin.size <= _LARGE or twin.id in active or twin.turns & (twin.turns - 1) == 0

    def _compare_array(self, twin: Twin, value: object, active: set[int]) -> Change | None:
        if self._due(twin, active) and buffers.mark(buffers.array_bytes(cast(Array, value))) != twin.mark:
            return Change(twin, _CONTENT, data=value)
        return None

    def _compare_generator(self, twin: Twin, value: object, _active: set[int]) -> Change | None:
        state = buffers.generator_state(value)
        return Change(twin, _CONTENT, data=state) if state != twin.mark else None

    def _compare_tensor(self, twin: Twin, value: object, active: set[int]) -> Change | None:
        """This runs for every shared tensor at every turn, hence few calls and a view of the contents that is kept."""
        t = cast("torch.Tensor", value)
        version = 0 if t.is_inference() else t._version - twin.version
        bits = 0
        if t.data_ptr() != twin.pointer:
            bits = _REBASED | _CONTENT
        elif version or self._due(twin, active):
            kept = twin.contents if (t.shape, t.stride()) == twin.layout else None
            if buffers.mark(kept() if kept is not None else buffers.tensor_bytes(t)) != twin.mark:
                bits = _CONTENT
        if t.requires_grad != twin.requires_grad:
            bits |= _REQUIRES
        if t.is_leaf:
            if t.grad is not twin.grad:
                bits |= _GRAD
        elif version and self.graphs is not None and self.graphs.moved(twin, t):
            bits |= _HISTORY | _CONTENT
        return Change(twin, bits, version) if bits or version else None

    def write(self, e: Encoder, changes: list[Change]) -> None:
        """Write the changes, and agree on them from here."""
        e.count(len(changes))
        for change in changes:
            twin = change.twin
            e.numbers((twin.id, change.bits, change.version))
            value = twin.get()
            if twin.kind == "g":
                e.value(change.data)
                twin.mark = change.data
            elif twin.kind == "a":
                twin.mark = buffers.write_array(e, cast(Array, value))
            else:
                self._write_tensor(e, change, cast("torch.Tensor", value))

    def _write_tensor(self, e: Encoder, change: Change, t: torch.Tensor) -> None:
        twin = change.twin
        if change.bits & _CONTENT:
            twin.mark = buffers.write_tensor(e, t)
        if change.bits & _REQUIRES:
            e.value(t.requires_grad)
        if change.bits & _HISTORY and self.graphs is not None:
            self.graphs.write(e, twin, t)
        if change.bits & _GRAD:
            e.value(t.grad)
            twin.grad = t.grad
        twin.version += change.version
        _locate(twin, t)

    def read(self, d: Decoder) -> None:
        """Read changes and apply them to this side's copies."""
        self.changed = []
        for _ in range(d.count()):
            number, bits, version = d.numbers()
            twin = self.by_id.get(number)
            value = None if twin is None else twin.get()
            if twin is None or value is None:
                raise CodecError("a change of something that is not shared")
            if twin.kind == "g":
                twin.mark = d.value()
                buffers.set_generator(value, twin.mark)
            elif twin.kind == "a":
                new, twin.mark = buffers.read_array(d)
                buffers.refill_array(cast(Array, value), new)
            else:
                self._read_tensor(d, twin, cast("torch.Tensor", value), bits, version)
            self.changed.append(
                Changed(value, bool(bits & _CONTENT), version, bool(bits & _REBASED), bool(bits & _GRAD))
            )

    def _read_tensor(self, d: Decoder, twin: Twin, t: torch.Tensor, bits: int, version: int) -> None:
        import torch

        new = None
        if bits & _CONTENT:
            new, twin.mark = buffers.read_tensor(d)
        if bits & _REQUIRES and t.is_leaf:
            t.requires_grad_(bool(d.value()) and t.is_floating_point())
        elif bits & _REQUIRES:
            d.value()
        goal = twin.version + min(max(version, 0), _BUMPS)
        if bits & _HISTORY and self.graphs is not None and new is not None:
            self.graphs.rebase(d, twin, t, new)
        elif new is not None:
            with torch.inference_mode(t.is_inference()), torch.no_grad():
                if bits & _REBASED or new.shape != t.shape:
                    t.data = new
                else:
                    t.data.copy_(new)
        if bits & _GRAD:
            grad = d.value()
            t.grad = cast("torch.Tensor | None", grad)
            twin.grad = t.grad
        if not t.is_inference():
            while t._version < goal:
                torch.autograd.graph.increment_version(t)
            twin.version = t._version
        _locate(twin, t)


_COMPARE = {"a": Twins._compare_array, "g": Twins._compare_generator, "t": Twins._compare_tensor}


def _locate(twin: Twin, t: torch.Tensor) -> None:
    """Note where a tensor's contents are, and how to get at them quickly."""
    twin.requires_grad, twin.pointer, twin.layout = t.requires_grad, t.data_ptr(), (t.shape, t.stride())
    twin.contents = buffers.reader(t)


def _strong(value: object) -> Callable[[], object]:
    """Hold one of NumPy's generators, which know no weak references."""
    return lambda: value


def _kept(look: Callable[[], object]) -> Callable[[], object]:
    """Give what finds a tensor and may hold it: if only C++ held it, it is Python's again (see `torch.utils.weak`)."""

    def get() -> object:
        out = look()
        if out is not None:
            cast(Any, out)._fix_weakref()
        return out

    return get


def _root(x: object) -> int:
    while isinstance(x, np.ndarray) and isinstance(x.base, np.ndarray):
        x = x.base
    return int(cast(Array, x).__array_interface__["data"][0]) if isinstance(x, np.ndarray) else 0
