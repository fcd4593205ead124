"""Stand-ins in the judge for what lives in the learner process: functions, classes, objects, iterators.

Every operation on one is a request. Nothing of the learner's is ever executed here.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from typing import Any, Protocol, cast

from tutor.grading.handles import Label
from tutor.grading.operations import LOOK

Call = tuple[tuple[object, ...], dict[str, object]]
"""Positional and keyword arguments."""


class Learner(Protocol):
    """What a stand-in needs: to ask, and to remember what it was told about the call."""

    def ask(self, operation: str, *arguments: object) -> object:
        """Ask the learner process."""

    def call(self, proxy: Proxy, args: tuple[object, ...], kwargs: dict[str, object]) -> object:
        """Call something over there, and keep a record of the call."""

    def calls(self, proxy: Proxy, calls: tuple[Call, ...]) -> Callable[[int], object]:
        """Send several calls of one thing off; the function given waits for the result of one."""

    def measure(self, proxy: Proxy, args: tuple[object, ...], kwargs: dict[str, object], /) -> object:
        """Call something over there; gives result, CPU seconds and peak bytes."""


_OWN = frozenset(("tutor_last_call", "tutor_last_result", "tutor_random_used"))
_PASSIVE = (
    "__array__",
    "__array_interface__",
    "__array_struct__",
    "__torch_function__",
    "__wrapped__",
    "_pytestfixturefunction",
)
"""Names that NumPy, torch and pytest look for on any object; no learner's object has them."""


_METHODS = frozenset(
    (
        *("to", "train", "eval", "load_state_dict", "state_dict", "zero_grad", "step", "forward", "backward"),
        *("parameters", "named_parameters", "buffers", "named_buffers", "modules", "named_modules"),
    )
)
"""What modules and optimizers are mostly asked for: methods, so that asking runs nobody's code."""


class Proxy:
    """Stands for one object of the learner's. Attributes, calls, operators and iteration go across."""

    __array_ufunc__ = None  # so that array + stand-in calls the learner's __radd__
    __slots__ = ("__weakref__", "_label", "_learner", "_record")

    def __init__(self, learner: Learner, label: Label) -> None:
        object.__setattr__(self, "_learner", learner)
        object.__setattr__(self, "_label", label)
        object.__setattr__(self, "_record", {})

    def __tutor_number__(self) -> int:
        return cast(int, self._label.number)

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401  any attribute of an unknown object
        if name in _OWN:
            return self._record.get(name)
        if name == "tutor_measure":
            return lambda *args, **kwargs: self._learner.measure(self, args, kwargs)
        if name in _PASSIVE or name.startswith("_pytest"):
            raise AttributeError(name)
        return self._learner.ask(LOOK if name in _METHODS else "get", self, name)

    def __setattr__(self, name: str, value: object) -> None:
        self._learner.ask("set", self, name, value)

    def __delattr__(self, name: str) -> None:
        self._learner.ask("del", self, name)

    def __call__(self, *args: object, **kwargs: object) -> Any:  # noqa: ANN401
        """Call it over there."""
        return self._learner.call(self, args, kwargs)

    def __tutor_calls__(self, calls: tuple[Call, ...]) -> Callable[[int], object]:
        """Have it called several times, without waiting; see `tutor.checks.same`."""
        return cast("Callable[[int], object]", self._learner.calls(self, calls))

    @property
    def __name__(self) -> str:
        return cast(str, self._label.name)

    @property
    def __doc__(self) -> Any:  # type: ignore[override]  # noqa: ANN401
        return self._learner.ask("get", self, "__doc__")

    @property
    def __signature__(self) -> inspect.Signature:
        described = cast("tuple[tuple[str, int, bool, object], ...]", self._learner.ask("signature", self))
        kinds = list(inspect._ParameterKind)
        return inspect.Signature(
            [
                inspect.Parameter(name, kinds[kind], default=default if has else inspect.Parameter.empty)
                for name, kind, has, default in described
            ]
        )

    def __repr__(self) -> str:
        if self._label.sort in ("function", "class"):
            return f"<{self._label.sort} {self._label.name}>"
        return str(self._learner.ask("op", "repr", self))

    def __str__(self) -> str:
        return repr(self) if self._label.sort in ("function", "class") else str(self._learner.ask("op", "str", self))

    def __hash__(self) -> int:
        return hash(("learner", self._label.number))

    def __eq__(self, other: object) -> bool:
        if self is other or self._label.sort in ("function", "class"):
            return self is other
        return cast(bool, self._learner.ask("op", "eq", self, other))

    def __iter__(self) -> Iterator[Any]:
        return cast("Iterator[Any]", self._learner.ask("op", "iter", self))

    def __dir__(self) -> list[str]:
        return cast("list[str]", self._learner.ask("op", "dir", self))

    def __enter__(self) -> Any:  # noqa: ANN401
        return self._learner.ask("method", self, "__enter__", (), {})

    def __exit__(self, kind: object, error: BaseException | None, traceback: object) -> bool:
        return bool(self._learner.ask("exit", self, None if error is None else (type(error).__name__, str(error))))

    def __instancecheck__(self, value: object) -> bool:
        return isinstance(value, Proxy) and bool(self._learner.ask("op", "isinstance", value, self))

    def __subclasscheck__(self, value: object) -> bool:
        return isinstance(value, Proxy) and bool(self._learner.ask("op", "issubclass", value, self))


class IteratorProxy(Proxy):
    """Stands for a generator or another iterator: lazily, one request an item."""

    __slots__ = ()

    def __iter__(self) -> Iterator[Any]:
        return self

    def __next__(self) -> Any:  # noqa: ANN401
        return self._learner.ask("next", self)


_BINARY = "add sub mul truediv floordiv mod pow matmul and or xor lshift rshift".split()  # noqa: SIM905  reads better
_IN_PLACE = [f"i{name}" for name in _BINARY]
_PLAIN = (  # what Python looks up on the type
    "ne lt le gt ge neg pos abs invert len bool int float complex index contains getitem setitem delitem".split()  # noqa: SIM905
)


def _operator(name: str) -> Callable[..., Any]:
    def method(self: Proxy, *others: object) -> Any:  # noqa: ANN401
        return self._learner.ask("op", name, self, *others)

    return method


def _reflected(name: str) -> Callable[..., Any]:
    def method(self: Proxy, other: object) -> Any:  # noqa: ANN401
        return self._learner.ask("op", name, other, self)

    return method


for _name in (*_BINARY, *_IN_PLACE, *_PLAIN):
    setattr(Proxy, f"__{_name}__", _operator(_name))
for _name in _BINARY:
    setattr(Proxy, f"__r{_name}__", _reflected(_name))


class Mine:
    """The learner's program as a check sees it: `mine.softmax` and whatever else the file defines."""

    def __init__(self, learner: Learner, file: str) -> None:
        self._learner = learner
        self._file = file
        self._known: dict[str, object] = {}
        self.tutor_last_call: object = None
        self.tutor_last_result: object = None
        self.tutor_random_used: set[str] = set()

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401
        if name in _PASSIVE or name.startswith(("__", "_pytest")):
            raise AttributeError(name)
        if name not in self._known:
            value = self._learner.ask("name", name)
            if not isinstance(value, Proxy) or value._label.sort not in ("function", "class"):
                return value  # a plain value of the module may change
            self._known[name] = value
        return self._known[name]

    def __repr__(self) -> str:
        return f"<the program {self._file}>"
