"""Seeded random inputs for checks, smallest first: the first draw that fails is a small one.

A draw is made from (seed of the verdict, name of the check, index of the draw) alone, so any failure can be reproduced.
Nothing here touches a global random state.
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Callable
from typing import TypeAlias, TypeVar

import numpy as np
import torch

from tutor.checks.layouts import LAYOUTS, lay_out

Check = TypeVar("Check", bound=Callable[..., None])
Option = TypeVar("Option")
Values = TypeVar("Values", np.ndarray, torch.Tensor)
Shape = tuple[int, ...]
Int: TypeAlias = int
Float: TypeAlias = float
Bool: TypeAlias = bool
"""Inside `Draw`, `int`, `float` and `bool` are methods; these are the types."""


_turn = (0, 1)


def begin_draw(index: int, count: int) -> None:
    """Note which draw of a check runs now, of how many; a check without draws runs as draw 0 of 1."""
    global _turn  # one check runs at a time in a process
    _turn = (index, count)


def current_draw() -> tuple[int, int]:
    """The index of the draw that runs now, and how many there are."""
    return _turn


def draws(count: int) -> Callable[[Check], Check]:
    """Run the check `count` times with a `draw` argument that gives other random inputs each time."""
    if count < 1:
        raise ValueError(f"draws({count}): a check needs at least one draw")

    def mark(check: Check) -> Check:
        check.__dict__["tutor_draws"] = count
        return check

    return mark


class Draw:
    """One draw. `index` counts from 0 to `count` - 1; shapes and integers grow with it."""

    def __init__(self, seed: int, check: str, index: int, count: int, device: str = "cpu") -> None:
        self.seed, self.check, self.index, self.count, self.device = seed, check, index, count, device
        self._sequence = np.random.SeedSequence([seed, zlib.crc32(check.encode()), index])
        self._rng = np.random.Generator(np.random.PCG64(self._sequence))
        self._stride = 1

    def __repr__(self) -> str:
        return f"draw {self.index + 1} of {self.count}, seed {self.seed}"

    @property
    def _growth(self) -> float:
        """0 for the first draw, 1 from the middle one on."""
        return min(1.0, 2 * self.index / max(1, self.count - 1))

    def _cap(self, low: int, high: int) -> int:
        return low + math.ceil((high - low) * self._growth)

    def shape(
        self, dims: int | tuple[int, int] = (1, 4), low: int = 1, high: int = 6, *, distinct: bool = True
    ) -> Shape:
        """A shape with `dims` axes (a number, or a range) of sizes `low` … `high`.

        With `distinct`, no two axes have the same size where the range allows it: equal sizes hide a wrong axis.
        """
        fewest, most = (dims, dims) if isinstance(dims, int) else dims
        count = int(self._rng.integers(fewest, self._cap(fewest, most) + 1))
        cap = self._cap(min(low + 1, high), high)
        if self.index == 0 and high - 1 > count:  # with sizes of 1 mistakes look alike: be small, but tell
            low, cap = max(low, 2), min(max(cap, 3), high)
        if not distinct or high - low + 1 < count:
            return self._repeating(count, low, cap)
        cap = max(cap, low + count - 1)
        return tuple(int(n) for n in self._rng.permutation(np.arange(low, cap + 1))[:count])

    def _repeating(self, count: int, low: int, cap: int) -> Shape:
        sizes = [int(n) for n in self._rng.integers(low, cap + 1, size=count)]
        if count > 1 and cap > low and len(set(sizes)) == 1:
            sizes[0] = low if sizes[0] != low else cap
        return tuple(sizes)

    def array(
        self,
        shape: int | Shape = (),
        scale: float = 1.0,
        dtype: str | type = "float64",
        layout: str | bool | None = None,
    ) -> np.ndarray:
        """Normal numbers times `scale`; whole numbers up to ±3·`scale` for an integer dtype, coin flips for bool.

        `layout=True` draws a memory layout, a name from `LAYOUTS` chooses one.
        """
        size = (shape,) if isinstance(shape, int) else tuple(shape)
        kind = np.dtype(dtype).kind
        array = np.asarray(self._values(size, scale, kind)).astype(dtype)
        if not layout:
            return array
        return self.layout(array) if layout is True else lay_out(array, layout)

    def _values(self, size: Shape, scale: float, kind: str) -> object:
        if kind == "b":
            return self._rng.random(size) < 0.5
        if kind in "iu":
            top = max(1, round(3 * scale))
            return self._rng.integers(-top if kind == "i" else 0, top + 1, size=size)
        return self._rng.normal(size=size) * scale

    def tensor(
        self,
        shape: int | Shape = (),
        scale: float = 1.0,
        dtype: torch.dtype = torch.float64,
        requires_grad: bool = True,
    ) -> torch.Tensor:
        """The same as `array`, as a torch tensor on the device under test; floats require a gradient by default."""
        name = str(dtype).removeprefix("torch.")
        array = self.array(shape, scale, "float64" if dtype.is_floating_point else name)
        if self.device.startswith("mps") and dtype == torch.float64:
            dtype = torch.float32  # Apple's GPUs know no float64
        tensor = torch.from_numpy(array).to(self.device, dtype)
        return tensor.requires_grad_(requires_grad and dtype.is_floating_point)

    def labels(self, shape: int | Shape, classes: int, dtype: str = "int64") -> np.ndarray:
        """Whole numbers 0 … `classes` - 1."""
        return np.asarray(self._rng.integers(0, classes, size=shape)).astype(dtype)

    def targets(self, shape: int | Shape, classes: int) -> torch.Tensor:
        """The same as `labels`, as an int64 tensor on the device under test."""
        return torch.from_numpy(np.asarray(self.labels(shape, classes))).to(self.device)

    def layout(self, values: Values) -> Values:
        """The same values in another place and order in memory: transposed, strided, reversed or read-only."""
        names = LAYOUTS if isinstance(values, np.ndarray) else LAYOUTS[:2]
        return lay_out(values, names[(self.index + int(self._rng.integers(0, 2))) % len(names)])

    def pick(self, *options: Option) -> Option:
        """One of the options. The first draw takes the first one of each `pick`.

        As long as the draws suffice, all combinations of the picks of a check occur; later picks are random.
        """
        if self._stride * len(options) <= self.count:
            choice = self.index // self._stride % len(options)
            self._stride *= len(options)
        else:
            choice = int(self._rng.integers(0, len(options)))
        return options[choice]

    def bool(self) -> Bool:
        """False, then True, in turn."""
        return self.pick(False, True)

    def int(self, low: Int, high: Int) -> Int:
        """A whole number from `low` to `high`, both included; near `low` in the first draws."""
        return int(self._rng.integers(low, self._cap(low, high) + 1))

    def float(self, low: Float, high: Float) -> Float:
        """A Python float between `low` and `high`."""
        return float(self._rng.uniform(low, high))

    def dim(self, values: np.ndarray | torch.Tensor | Int) -> Int:
        """A valid axis of the array (or of that many axes), counted from the front or from the back."""
        axes = values if isinstance(values, Int) else values.ndim
        return int(self._rng.integers(-axes, axes))

    def rng(self) -> np.random.Generator:
        """A generator to pass as an argument. Each call gives the same fresh one, so that a check can ask twice."""
        return np.random.Generator(np.random.PCG64(np.random.SeedSequence([self._entropy, 1])))

    def generator(self) -> torch.Generator:
        """The same for torch."""
        return torch.Generator(self.device).manual_seed(self._entropy)

    @property
    def _entropy(self) -> Int:
        return int(self._sequence.generate_state(1, np.uint32)[0])
