"""Operators by name, for stand-ins: what `a + b`, `len(a)` or `a[i]` on a stand-in does to the object itself."""

from __future__ import annotations

import operator
import sys
import types
from collections.abc import Callable, Iterable, Iterator

_BINARY = "add sub mul truediv floordiv mod pow matmul lshift rshift".split()  # noqa: SIM905  reads better
_SAME_NAME = "eq ne lt le gt ge neg pos abs invert index contains getitem setitem delitem".split()  # noqa: SIM905

OPERATIONS: dict[str, Callable[..., object]] = {
    **{name: getattr(operator, name) for name in _BINARY},
    **{f"i{name}": getattr(operator, f"i{name}") for name in (*_BINARY, "and", "or", "xor")},
    **{name: getattr(operator, name) for name in _SAME_NAME},
    "and": operator.and_,
    "or": operator.or_,
    "xor": operator.xor,
    **{f.__name__: f for f in (len, bool, int, float, complex, repr, str, iter, dir, isinstance, issubclass)},
}

LOOK, GROUP = "look", "group"
"""To ask how something is put together, and to set a value of an optimizer's group."""

QUIET = frozenset((LOOK, GROUP))
"""Operations that run nobody's code, so that nothing shared can have changed. What did change before is told at the
next turn: to look for changes costs more than these answers."""

_FUNCTIONS = (types.FunctionType, types.MethodType, types.BuiltinFunctionType, types.MethodWrapperType)


_WALKS = (
    *("parameters", "named_parameters", "buffers", "named_buffers", "_named_members"),
    *("modules", "named_modules", "children", "named_children"),
)


def describe(value: object) -> tuple[str, str, str]:
    """Give sort, name and type name for a stand-in's label, without running code of the object."""
    kind = type(value)
    type_name = str(type.__getattribute__(kind, "__name__"))
    if isinstance(value, type):
        return "class", str(type.__getattribute__(value, "__name__")), type_name
    if isinstance(value, _FUNCTIONS):
        return "function", str(value.__name__), type_name
    if hasattr(kind, "__next__") and hasattr(kind, "__iter__"):
        return "iterator", type_name, type_name
    return "object", type_name, type_name


def walk(items: Iterable[object]) -> Iterator[object]:
    """Go through what a walk of torch's would give."""
    yield from items


def is_walk(value: object) -> bool:
    """Tell a generator that walks through a module: torch's `model.parameters()` and its like."""
    torch = sys.modules.get("torch")
    if type(value) is not types.GeneratorType or torch is None:
        return False
    return value.gi_code in {walk.__code__, *(getattr(torch.nn.Module, name).__code__ for name in _WALKS)}


def iterate(value: Iterable[object]) -> object:
    """Advance an iterator by one; StopIteration passes."""
    return next(value)  # type: ignore[call-overload]
