"""Makes what an exercise forbids fail at run time, in the learner process only, however it is reached.

Python names are replaced, modules cannot be imported, and torch operators are overridden in the dispatcher, which sees
`getattr(torch, "soft" + "max")` too. Backward formulas, which run in the same dispatcher, and the learner's earlier
exercises keep what they need. Measured: 60 µs an operator once, nothing for other operators; a dispatch mode would cost
5 µs at every operator and miss other threads.
"""

from __future__ import annotations

import importlib
import sys
import types
import warnings
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NoReturn, cast

from tutor.grading.errors import ForbiddenError, ForbiddenImportError
from tutor.grading.scan import OTHER_FRAMEWORKS, Rules

_RENAMED = {
    "cross_entropy": ("cross_entropy_loss",),
    "batch_norm": ("native_batch_norm", "_native_batch_norm_legit"),
    "layer_norm": ("native_layer_norm",),
    "scaled_dot_product_attention": ("scaled_dot_product_attention",),
}
"""torch function → further names of its operators, beside its own with an underscore or a family's prefix."""


class Ban:
    """The ban in force in this process."""

    def __init__(self, rules: Rules, file: str, needs: Sequence[str]) -> None:
        self._rules = rules
        self._file = file
        self._needs = frozenset(needs)
        self._used: list[str] = []
        self._library: Any = None

    def take_used(self) -> tuple[str, ...]:
        """Give and forget what was tried since the last time, also where the learner's code caught the error."""
        found = tuple(dict.fromkeys(self._used))
        self._used.clear()
        return found

    def enforce(self) -> None:
        """Put the ban in force. Cannot be undone."""
        torch = sys.modules.get("torch") if self._rules.framework == "torch" else None
        for rule in self._rules.dotted:
            if torch is not None and rule.startswith("torch."):
                self._override(torch, rule)
            if rule not in OTHER_FRAMEWORKS or self._rules.framework != "numpy":
                self._replace(rule)
        blocked = [r for r in self._rules.dotted if isinstance(sys.modules.get(r), types.ModuleType) or "." not in r]
        for name in [m for m in sys.modules if any(m == b or m.startswith(f"{b}.") for b in blocked)]:
            del sys.modules[name]
        sys.meta_path.insert(0, _Blocker(self, (*blocked, "tutor")))

    # --- who asks ---------------------------------------------------------------------------------------------------

    def _asking(self) -> str | None:
        """Give where the exercise's own code asks, or None when somebody else does: an earlier exercise, or we."""
        frame = sys._getframe(2)
        while frame is not None:
            code = frame.f_code
            if code.co_filename == self._file:
                # In a backward pass this frame is only the one that started it, unless it is a `backward` itself.
                return None if _in_backward() and code.co_varnames[:1] != ("ctx",) else f"line {frame.f_lineno}"
            if code.co_filename in self._needs:
                return None
            if frame.f_back is None:
                return None
            frame = frame.f_back
        return None

    def deny(self, name: str, kind: type[ForbiddenError] = ForbiddenError) -> None:
        """Raise when it is the exercise's own code that asks."""
        where = self._asking()
        if where is not None:
            self._used.append(f"{name}, {where}")
            raise kind(f"uses a forbidden operation: {name}, {where}")

    # --- Python names -----------------------------------------------------------------------------------------------

    def _replace(self, rule: str) -> None:
        parent_name, _, name = rule.rpartition(".")
        parent = _resolve(parent_name)
        target = getattr(parent, name, None) if parent is not None else None
        if target is None:
            return
        if isinstance(target, types.ModuleType):
            setattr(parent, name, self._denied_module(rule))
        elif parent is not None and (isinstance(parent, types.ModuleType) or name in vars(parent)):
            try:
                setattr(parent, name, self._denied(rule, target))
            except TypeError:  # a method of a built-in type, such as numpy.ndarray.dot: only the scan sees it
                return

    def _denied(self, rule: str, original: Any) -> object:  # noqa: ANN401
        if isinstance(original, type):

            def refuse(*_args: object, **_kwargs: object) -> NoReturn:
                self.deny(rule)
                raise ForbiddenError(f"uses a forbidden operation: {rule}")

            return type(original.__name__, (), {"__new__": refuse, "__init_subclass__": classmethod(refuse)})

        def denied(*args: object, **kwargs: object) -> object:
            self.deny(rule)
            return original(*args, **kwargs)

        return denied

    def _denied_module(self, rule: str) -> types.ModuleType:
        module = types.ModuleType(rule)

        def attribute(name: str) -> NoReturn:
            if not name.startswith("__"):
                self.deny(f"{rule}.{name}")
            raise AttributeError(name)

        module.__getattr__ = attribute  # type: ignore[method-assign]
        return module

    # --- torch's dispatcher -----------------------------------------------------------------------------------------

    def _override(self, torch: Any, rule: str) -> None:  # noqa: ANN401  the module, which only some exercises may have
        if self._library is None:
            self._library = torch.library.Library("aten", "IMPL")
        for overload in _overloads(torch, rule.rpartition(".")[2]):
            name = str(overload._schema.name).removeprefix("aten::")
            if overload._overloadname != "default":
                name += f".{overload._overloadname}"
            for key, original in _kernels(torch, overload, name):
                with warnings.catch_warnings():  # torch warns of every operator that is overridden
                    warnings.simplefilter("ignore")
                    self._library.impl(name, self._denied_operator(rule, original), key, with_keyset=True)

    def _denied_operator(self, rule: str, original: Any) -> Callable[..., object]:  # noqa: ANN401
        def operator(keyset: object, *args: object, **kwargs: object) -> object:
            self.deny(rule)
            return original.call_boxed(keyset, *args, **kwargs)

        return operator


def _in_backward() -> bool:
    torch = sys.modules.get("torch")
    return torch is not None and torch._C._current_graph_task_id() != -1


def _resolve(dotted: str) -> Any:  # noqa: ANN401  a module or a class
    names = dotted.split(".")
    try:
        found: Any = importlib.import_module(names[0])
    except ImportError:
        return None
    for name in names[1:]:
        found = getattr(found, name, None)
    return found


def _overloads(torch: Any, name: str) -> Iterator[Any]:  # noqa: ANN401
    names = [
        name,
        f"_{name}",
        f"{name}_",
        f"_safe_{name}",
        f"special_{name}",
        f"linalg_{name}",
        *_RENAMED.get(name, ()),
    ]
    for candidate in dict.fromkeys(names):
        packet = getattr(torch.ops.aten, candidate, None)
        if packet is not None:
            for overload in packet.overloads():
                yield getattr(packet, overload)


def _kernels(torch: Any, overload: Any, name: str) -> Iterator[tuple[str, Any]]:  # noqa: ANN401
    """Give the dispatch keys to override, each with the kernel that is there now."""
    get_kernel = getattr(torch.library, "get_kernel", None)
    if get_kernel is None:  # torch before 2.9: without the original, backward formulas would break
        return
    has = torch._C._dispatch_has_kernel_for_dispatch_key
    if has(f"aten::{name}", "CompositeImplicitAutograd"):
        keys = [("CompositeImplicitAutograd", "AutogradCPU")]
    else:
        keys = [(key, key) for key in ("CPU", "CUDA", "MPS") if has(f"aten::{name}", key)]
    for key, present in keys:
        try:
            yield key, get_kernel(overload, present)
        except RuntimeError:  # nothing to override on this build
            continue


class _Blocker:
    """The first finder asked: refuses modules the exercise may not use, and our own."""

    def __init__(self, ban: Ban, names: Sequence[str]) -> None:
        self._ban = ban
        self._names = tuple(names)

    def find_spec(self, name: str, *_: object) -> None:
        """Raise for a blocked module; else leave it to the next finder."""
        if any(name == blocked or name.startswith(f"{blocked}.") for blocked in self._names):
            self._ban.deny(f"import {name}", cast("type[ForbiddenError]", ForbiddenImportError))
            raise ForbiddenImportError(f"uses a forbidden operation: import {name}")


def hide_ourselves() -> None:
    """Take our own modules out of reach of an import; what is loaded stays in use."""
    for name in [m for m in sys.modules if m == "tutor" or m.startswith("tutor.")]:
        del sys.modules[name]
    package = types.ModuleType("tutor")
    package.__path__ = []
    sys.modules["tutor"] = package
