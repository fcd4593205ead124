"""Stand-ins in the learner process for the judge's modules and optimizers: they look like what they stand for.

Functions, iterators and the objects of the course's own solutions are plain `Proxy`s. What may be asked of any of them
is the judge's decision (`tutor.grading.given`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any, cast

from tutor.grading.given import TABLES
from tutor.grading.handles import Label
from tutor.grading.operations import GROUP, LOOK, walk
from tutor.grading.proxies import IteratorProxy, Learner, Proxy


class OptimizerProxy(Proxy):
    """Stands for an optimizer: `zero_grad`, `step` and `param_groups`."""

    __slots__ = ()

    def zero_grad(self, *args: object, **kwargs: object) -> object:
        """Ask the judge at once: to read the method first would be a turn more."""
        return self._learner.ask("method", self, "zero_grad", args, kwargs)

    def step(self, *args: object, **kwargs: object) -> object:
        """Ask the judge at once."""
        return self._learner.ask("method", self, "step", args, kwargs)

    @property
    def param_groups(self) -> list[Any]:
        """The parameter groups; assigning to a key of one reaches the judge."""
        groups = cast("list[dict[str, object]]", self._learner.ask(LOOK, self, "param_groups"))
        return [_Group(group, self._learner, self, index) for index, group in enumerate(groups)]


class _Group(dict[str, object]):
    """A copy of one parameter group that passes assignments on."""

    def __init__(self, values: dict[str, object], learner: Learner, optimizer: Proxy, index: int) -> None:
        super().__init__(values)
        self._where = learner, optimizer, index

    def __setitem__(self, key: str, value: object) -> None:
        learner, optimizer, index = self._where
        learner.ask(GROUP, optimizer, index, key, value)
        super().__setitem__(key, value)


class _Parts(dict[str, object]):
    """A copy of a module's table of parameters, buffers or parts that passes assignments on."""

    def __init__(self, values: dict[str, object], module: object) -> None:
        super().__init__(values)
        self._module = module

    def __setitem__(self, name: str, value: object) -> None:
        setattr(self._module, name, value)
        super().__setitem__(name, value)


def module_proxy(learner: Learner, label: Label) -> object:
    """Make a stand-in that is an nn.Module: torch is imported only in exercises that use it."""
    import torch

    kind = getattr(torch.nn, label.type_name, None)
    if not (isinstance(kind, type) and issubclass(kind, torch.nn.Module)):
        kind = torch.nn.Module
    if kind not in _CLASSES:
        _CLASSES[kind] = _module_class(torch.nn.Module, kind)
    return _CLASSES[kind](learner, label)


_CLASSES: dict[type, Any] = {}
"""A class of stand-ins for each of torch's layers."""


class _Forwarding:
    """Forwards what a training loop does with a module, and what torch does with a part of a larger one."""

    # Hooks are the matter of the judge.
    _state_dict_hooks: Mapping[int, object] = MappingProxyType({})
    _state_dict_pre_hooks: Mapping[int, object] = MappingProxyType({})
    _load_state_dict_pre_hooks: Mapping[int, object] = MappingProxyType({})
    _load_state_dict_post_hooks: Mapping[int, object] = MappingProxyType({})

    def __init__(self, learner: Learner, label: Label) -> None:
        object.__setattr__(self, "_far", (learner, label))

    def __tutor_number__(self) -> int:
        return cast(int, self._far[1].number)

    def _ask(self, name: str, *args: object, **kwargs: object) -> Any:  # noqa: ANN401
        return self._far[0].ask("method", self, name, args, kwargs)

    def __call__(self, *args: object, **kwargs: object) -> Any:  # noqa: ANN401
        return self._far[0].ask("call", self, args, kwargs)

    forward = __call__

    def train(self, mode: bool = True) -> object:
        self._ask("train", mode)
        return self

    def eval(self) -> object:
        self._ask("eval")
        return self

    def parameters(self, recurse: bool = True) -> Iterator[Any]:
        return walk(self._ask("parameters", recurse))

    # As a part of the learner's own module it is walked through by torch, which calls these with arguments.

    def named_modules(self, *args: object, **kwargs: object) -> Iterator[Any]:
        if args or kwargs:
            return cast("Iterator[Any]", super().named_modules(*args, **kwargs))  # type: ignore[misc]  # nn.Module's
        return walk(self._ask("named_modules"))

    def state_dict(self, *args: object, **kwargs: object) -> Any:  # noqa: ANN401
        if args or kwargs:
            return super().state_dict(*args, **kwargs)  # type: ignore[misc]  # nn.Module's
        return self._ask("state_dict")

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401
        if name in METHODS:
            return lambda *args, **kwargs: self._ask(name, *args, **kwargs)
        if name not in TABLES:
            return self._far[0].ask(LOOK if name == "_non_persistent_buffers_set" else "get", self, name)
        found = self._far[0].ask(LOOK, self, name)
        table = _Parts(found, self)
        object.__setattr__(self, f"_held{name}", table)  # a buffer changed in place must live until that is told
        return table

    def __getattribute__(self, name: str) -> Any:  # noqa: ANN401
        if name in METHODS:
            return self.__getattr__(name)
        if name == "training":
            return self._far[0].ask(LOOK, self, name)
        return object.__getattribute__(self, name)

    def __setattr__(self, name: str, value: object) -> None:
        self._far[0].ask("set", self, name, value)

    def __deepcopy__(self, memo: object) -> object:
        return self._ask("__deepcopy__")

    def __repr__(self) -> str:
        return f"{self._far[1].type_name}(…)"

    def __hash__(self) -> int:
        return hash(("judge", self._far[1].number))

    def __eq__(self, other: object) -> bool:
        return self is other

    def __len__(self) -> int:
        return int(self._far[0].ask("op", "len", self))


def _module_class(base: Any, kind: Any) -> Any:  # noqa: ANN401  types that mypy cannot take as a base at run time
    """A class that passes for `kind` and has nothing of its own: `_Forwarding` answers before `base` can."""
    return type("ModuleProxy", (_Forwarding, base), {"__class__": property(lambda _: kind)})


METHODS = frozenset(
    (
        *("named_parameters", "zero_grad", "load_state_dict", "modules"),
        *("buffers", "named_buffers", "requires_grad_", "double", "float"),
    )
)
"""Methods of nn.Module that are asked of the judge, beside those written out above."""


def stand_in(learner: Learner, label: Label) -> object:
    """Make the stand-in for something of the judge's."""
    if label.sort == "module":
        return module_proxy(learner, label)
    if label.sort == "optimizer":
        return OptimizerProxy(learner, label)
    return (IteratorProxy if label.sort == "iterator" else Proxy)(learner, label)
