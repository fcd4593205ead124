"""Replaces attributes of types that Python does not let be changed, such as `numpy.ndarray.dot`, in this process.

What is written as an operator does not pass here: `a @ b` is found in the source, also in what is compiled later.
"""

from __future__ import annotations

import ctypes
import gc
import sys
import types
from collections.abc import Callable
from typing import Any

NAMES = {"@": "matmul", "**": "pow", "//": "floordiv", "%": "mod", "*": "mul", "/": "truediv", "+": "add", "-": "sub"}
"""Operator → its name in `operator`, and with underscores as a method."""


def of_operator(sign: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Give the functions and the methods that do what an operator does."""
    name = NAMES[sign]
    functions = tuple(f"{m}.{f}" for m in ("operator", "_operator") for f in (name, f"i{name}", f"__{name}__"))
    return functions, (f"__{name}__", f"__r{name}__", f"__i{name}__")


def replace(kind: type, name: str, before: Callable[[], object]) -> None:
    """Have `before` called when an attribute of a type is used; what it raises is raised there."""
    owner = next((k for k in kind.__mro__ if name in vars(k)), None)
    if owner is None or owner is object:
        return
    value = _guarded(vars(owner)[name], before)
    try:
        setattr(kind, name, value)
    except TypeError:  # a type that was made in C
        _write(kind, name, value)


def _guarded(original: Any, before: Callable[[], object]) -> object:  # noqa: ANN401
    if callable(original):

        def method(*args: object, **kwargs: object) -> object:
            before()
            return original(*args, **kwargs)

        return method

    def get(self: object) -> object:
        before()
        return original.__get__(self, type(self))

    def put(self: object, value: object) -> None:
        before()
        original.__set__(self, value)

    return property(get, put)


def _write(kind: type, name: str, value: object) -> None:
    if sys.implementation.name != "cpython":
        return
    for space in gc.get_referents(vars(kind)):
        if isinstance(space, dict) and not isinstance(space, types.MappingProxyType):
            space[name] = value
            ctypes.pythonapi.PyType_Modified(ctypes.py_object(kind))
