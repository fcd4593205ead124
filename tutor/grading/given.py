"""What the judge lends to the learner process, and the little that may be done with it.

Functions may be called, iterators advanced, modules and optimizers used the way a training loop does, objects of the
course's solutions used through public names and operators. Everything else is refused: the other side is hostile.
"""

from __future__ import annotations

import copy
import sys
from collections.abc import Iterable
from typing import Any, cast

from tutor.grading.codec import CodecError
from tutor.grading.operations import GROUP, LOOK, OPERATIONS, describe

SOLUTION = "tutor_course_"
"""Prefix of the module names under which the course's solutions are loaded in the judge."""

_LISTED = frozenset(
    ("parameters", "named_parameters", "modules", "children", "named_children", "named_modules", "buffers")
)
_MODULE = _LISTED | {
    *("train", "eval", "zero_grad", "state_dict", "load_state_dict"),
    *("named_buffers", "requires_grad_", "double", "float"),
}
TABLES = ("_parameters", "_buffers", "_modules")
"""What torch walks through when a module is a part of a larger one, which may be the learner's."""

_SELF = frozenset(("train", "eval", "requires_grad_", "double", "float"))
_OPTIMIZER = frozenset(("zero_grad", "step"))


def sort_of(value: object) -> tuple[str, str, str]:
    """Give the label for something the judge passes; raises CodecError for what must not leave."""
    sort, name, type_name = describe(value)
    torch = sys.modules.get("torch")
    if torch is not None and isinstance(value, torch.nn.Module):
        return "module", type_name, type_name
    if torch is not None and (isinstance(value, torch.optim.Optimizer) or _solved_optimizer(value)):
        return "optimizer", type_name, type_name
    if sort in ("iterator", "class", "function") or _of_solution(value):
        return sort, name, type_name
    if callable(value):
        return "function", name, type_name
    if hasattr(type(value), "__iter__") or hasattr(type(value), "__getitem__"):
        return "object", name, type_name
    raise CodecError(f"a {type_name} cannot be passed to the learner's code")


def _of_solution(value: object) -> bool:
    kind = value if isinstance(value, type) else type(value)
    return str(kind.__module__).startswith(SOLUTION)


def _solved_optimizer(value: object) -> bool:
    """An optimizer of the course's solutions: what is assigned to a key of its groups must reach it."""
    return _of_solution(value) and "param_groups" in getattr(value, "__dict__", {})


def _public(target: object, name: str) -> bool:
    return _of_solution(target) and not name.startswith("_")


def serve(operation: str, arguments: tuple[object, ...]) -> object:
    """Do what the learner process asks, if it may."""
    if operation == "nothing":
        return None
    if not arguments:
        raise CodecError("a request without an object")
    target, rest = arguments[0], cast("tuple[Any, ...]", arguments[1:])
    if operation == "call":
        return cast(Any, target)(*rest[0], **rest[1])
    if operation == "next":
        return next(cast(Any, target))
    if operation == "op":
        return _operate(str(target), rest)
    if operation == "method":
        return _method(target, str(rest[0]), rest[1], rest[2])
    if operation in ("get", LOOK):
        return _get(target, str(rest[0]))
    if operation == "set":
        _set(target, str(rest[0]), rest[1])
        return None
    if operation == GROUP:
        groups = cast(Any, target).param_groups
        groups[int(rest[0])][str(rest[1])] = rest[2]
        return None
    raise PermissionError(f"the learner's code may not {operation} what it was given")


def _operate(name: str, operands: tuple[Any, ...]) -> object:
    if name not in OPERATIONS or name == "dir":
        raise CodecError("an unknown operator")
    if name not in ("iter", "len", "bool", "repr", "str", "getitem", "isinstance", "eq", "ne") and not any(
        map(_of_solution, operands)
    ):
        raise PermissionError(f"the operator {name} cannot be used on what was given")
    return OPERATIONS[name](*operands)


def _method(target: object, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> object:
    sort = sort_of(target)[0]
    if sort == "module" and name == "__deepcopy__":
        return copy.deepcopy(target)
    allowed = _MODULE if sort == "module" else _OPTIMIZER if sort == "optimizer" else frozenset[str]()
    if name not in allowed and not _public(target, name):
        raise AttributeError(f"{name} cannot be used on what was given")
    result = getattr(target, name)(*args, **kwargs)
    if name in _LISTED or name == "named_buffers":
        return list(cast("Iterable[object]", result))
    return None if name in _SELF else result


def _get(target: object, name: str) -> object:
    sort = sort_of(target)[0]
    if _public(target, name):
        return getattr(target, name)
    if sort == "optimizer" and name in (*_OPTIMIZER, "param_groups"):
        return getattr(target, name)
    if sort == "module" and (name == "training" or name in _parts(target)):
        return getattr(target, name)
    if sort == "module" and name in TABLES:
        return dict(getattr(target, name))
    if sort == "module" and name == "_non_persistent_buffers_set":
        return set(getattr(target, name))
    if sort == "module" and _is_size(target, name):
        return getattr(target, name)
    if name == "__doc__":
        return None
    raise AttributeError(f"{name} cannot be read here: this {sort} belongs to the check")


def _is_size(module: object, name: str) -> bool:
    """How a layer of torch's was made: `in_features`, `kernel_size`, `eps`, `p`; numbers and words, nothing else."""
    value = vars(module).get(name)
    values = value if isinstance(value, tuple) else (value,)
    ours = type(module).__module__.startswith("torch.nn.")
    return ours and not name.startswith("_") and name in vars(module) and all(type(v) in _PLAIN for v in values)


_PLAIN = (bool, int, float, str, type(None))


def _parts(module: Any) -> set[str]:  # noqa: ANN401  an nn.Module
    return {part for table in TABLES for part in getattr(module, table)}


def _set(target: object, name: str, value: object) -> None:
    sort = sort_of(target)[0]
    if sort == "module" and name == "training":
        cast(Any, target).training = bool(value)
    elif (sort == "module" and name in {*cast(Any, target)._parameters, *cast(Any, target)._buffers}) or (
        _of_solution(target) and not name.startswith("_")
    ):
        setattr(target, name, value)
    else:
        raise AttributeError(f"{name} cannot be set here: this {sort} belongs to the check")
