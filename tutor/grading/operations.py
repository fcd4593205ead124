"""Operators by name, for stand-ins: what `a + b`, `len(a)` or `a[i]` on a stand-in does to the object itself."""

from __future__ import annotations

import operator
import sys
import types
from collections.abc import Callable, Iterable

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

LOOK = "look"
"""The operation that only asks how something is put together: nobody's code runs, so nothing can have changed. What did
change before it is told at the next turn, since looking for changes costs more than the answer."""

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


def is_walk(value: object) -> bool:
    """Tell a generator of torch's that walks through a module: `model.parameters()` and its like."""
    torch = sys.modules.get("torch")
    if type(value) is not types.GeneratorType or torch is None:
        return False
    return value.gi_code in {getattr(torch.nn.Module, name).__code__ for name in _WALKS}


def iterate(value: Iterable[object]) -> object:
    """Advance an iterator by one; StopIteration passes."""
    return next(value)  # type: ignore[call-overload]
