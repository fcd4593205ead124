"""Objects that stay where they are and are used from the other process by number.

Owns the table of what this side has handed out and the table of stand-ins for what the other side handed out.
"""

from __future__ import annotations

import weakref
from dataclasses import dataclass, field

from tutor.grading.codec import CodecError


@dataclass(frozen=True, slots=True)
class Label:
    """What a stand-in knows of its object: sort (`function`, `class`, `object`, `iterator`, `module`, …) and names."""

    number: int
    sort: str
    name: str
    type_name: str = ""


@dataclass(slots=True)
class Handles:
    """Both tables of one side."""

    next_id: int
    given: dict[int, object] = field(default_factory=dict)
    numbers: dict[int, int] = field(default_factory=dict)
    """id(object) → its number; the object is alive as long as it is in `given`."""
    received: weakref.WeakValueDictionary[int, object] = field(default_factory=weakref.WeakValueDictionary)
    released: list[int] = field(default_factory=list)
    """Numbers of stand-ins that died here, each followed by how often it had arrived."""
    times: dict[int, int] = field(default_factory=dict)
    """Number → how often it was written or has arrived. A stand-in may die while the same object is on its way again:
    only when all that was written has been released is an object let go."""

    def give(self, value: object) -> int:
        """Hand out an object; the same object has the same number while the other side holds it."""
        number = self.numbers.get(id(value))
        if number is None:
            self.next_id += 2
            number = self.next_id
            self.given[number] = value
            self.numbers[id(value)] = number
        self.times[number] = self.times.get(number, 0) + 1
        return number

    def look_up(self, number: int) -> object:
        """Give the object behind one of our own numbers."""
        if number not in self.given:
            raise CodecError("a reference to something that was never handed out")
        return self.given[number]

    def release(self, number: int, times: int | None = None) -> None:
        """A stand-in on the other side has died that had arrived so many times; None forgets the object altogether."""
        left = 0 if times is None else self.times.get(number, 0) - max(times, 0)
        if left > 0:
            self.times[number] = left
            return
        self.times.pop(number, None)
        value = self.given.pop(number, None)
        if value is not None:
            self.numbers.pop(id(value), None)

    def receive(self, stand_in: object, number: int) -> None:
        """Enter the stand-in for one of the other side's objects."""
        self.received[number] = stand_in
        weakref.finalize(stand_in, self._gone, number).atexit = False

    def arrived(self, number: int) -> None:
        """Count one more arrival of the other side's number."""
        self.times[number] = self.times.get(number, 0) + 1

    def _gone(self, number: int) -> None:
        self.released += (number, self.times.pop(number, 0))
