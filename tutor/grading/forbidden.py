"""Makes what an exercise forbids fail at run time, in the learner process only, however it is reached.

Python names are replaced, modules cannot be imported, and torch operators are overridden in the dispatcher, which sees
`getattr(torch, "soft" + "max")` too. Backward formulas, which run in the same dispatcher, and the learner's earlier
exercises keep what they need. Measured: 60 µs an operator once, nothing for other operators; a dispatch mode would cost
5 µs at every operator and miss other threads.
"""

from __future__ import annotations

import ctypes
import importlib
import inspect
import sys
import threading
import types
import warnings
import weakref
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NoReturn, cast

from tutor.grading import attributes
from tutor.grading.errors import ForbiddenError, ForbiddenImportError
from tutor.grading.scan import OTHER_FRAMEWORKS, Rules, scan

_RENAMED = {
    "cross_entropy": ("cross_entropy_loss",),
    "batch_norm": ("native_batch_norm", "_native_batch_norm_legit"),
    "layer_norm": ("native_layer_norm",),
    "scaled_dot_product_attention": ("scaled_dot_product_attention",),
}
"""torch function → further names of its operators, beside its own with an underscore or a family's prefix."""


_LOOKS = frozenset(
    [
        *("sys._getframe", "sys._current_frames", "sys._current_exceptions", "sys.settrace", "sys.setprofile"),
        *("gc.get_objects", "gc.get_referrers", "gc.get_referents", "object.__getattr__"),
        *("compile", "marshal.loads", "code.__new__", "sys.monitoring.register_callback"),
    ]
)
"""Events: frames, all objects, and code that was not in the file when it was read."""
_FRAMES = frozenset(("tb_frame", "gi_frame", "cr_frame", "ag_frame"))
_HOOK = """
def framed(original):
    def register(tensor, hook):
        return original(tensor, hook if hasattr(hook, "__code__") else lambda *args: hook(*args))
    return register
"""


class Ban:
    """The ban in force in this process."""

    def __init__(self, rules: Rules, file: str, needs: Sequence[str], serving: types.CodeType | None = None) -> None:
        """`serving` is our code below which everything is done for the judge, by the exercise's own code."""
        self._rules = rules
        self._file = file
        self._needs = frozenset(needs)
        self._serving = serving
        self._backward: types.CodeType | None = None
        self._used: list[str] = []
        self._guarding: set[int] = set()
        self._library: Any = None

    def take_used(self) -> tuple[str, ...]:
        """Give and forget what was tried since the last time, also where the learner's code caught the error."""
        found = tuple(dict.fromkeys(self._used))
        self._used.clear()
        return found

    def enforce(self) -> None:
        """Put the ban in force. Cannot be undone."""
        torch = sys.modules.get("torch") if self._rules.framework == "torch" else None
        ours = [rule for rule in self._rules.dotted if torch is not None and rule.startswith("torch.")]
        for rule in ours:  # all of them before the first name is replaced: `torch.ops` may be among these
            self._override(torch, rule)
        for rule in (*map(_in_numpy, ours), *(r for r in self._rules.dotted if r not in OTHER_FRAMEWORKS)):
            self._replace(rule)
        self._enforce_attributes(torch)
        if torch is not None:
            self._watch_backward(torch)
            self._keep_overrides()
        blocked = [r for r in self._rules.dotted if isinstance(sys.modules.get(r), types.ModuleType) or "." not in r]
        packages = [rule for rule in blocked if "." not in rule]
        inner = tuple(rule for rule in blocked if "." in rule)
        for package in packages:
            MODULES.drop(MODULES.of(package))
        for package in {rule.partition(".")[0] for rule in inner}:
            MODULES.drop([name for name in MODULES.of(package) if _is_within(name, inner)])
        sys.meta_path.insert(0, _Blocker(self, (*blocked, "tutor")))
        if self._rules.dotted or self._rules.names:
            sys.addaudithook(self._guard)

    def _enforce_attributes(self, torch: Any) -> None:  # noqa: ANN401
        """Enforce `.dot` and `@`, as far as they are reached by name."""
        names = [rule.removeprefix(".") for rule in self._rules.names if rule.startswith(".")]
        for sign in set(self._rules.names) & set(attributes.NAMES):
            functions, methods = attributes.of_operator(sign)
            names += methods
            for function in functions:
                self._replace(function)
        for rule in self._rules.dotted:
            parent, _, name = rule.rpartition(".")
            names += [name] * (parent in ("numpy.ndarray", "torch.Tensor"))
        kind = torch.Tensor if torch is not None else getattr(sys.modules.get("numpy"), "ndarray", object)
        for name in dict.fromkeys(names):
            attributes.replace(kind, name, partial(self._deny_directly, f".{name}"))

    # --- who asks ---------------------------------------------------------------------------------------------------

    def _asking(self) -> str | None:
        """Give where the exercise's own code asks, or None when somebody else does: an earlier exercise, or we.

        The innermost frame that belongs to anybody decides. Below the engine of a backward pass there is only who
        started it; what runs in it without a frame of its own are torch's formulas.
        """
        frame: types.FrameType | None = sys._getframe(2)
        while frame is not None:
            code = frame.f_code
            if code.co_filename == self._file:
                return f"line {frame.f_lineno}"
            if code is self._backward or code.co_filename in self._needs:
                return None
            if code is self._serving:  # a function of a library, handed out as the learner's own
                return "called from outside"
            frame = frame.f_back
        return None if threading.current_thread() is threading.main_thread() or _in_backward() else "in a thread"

    def deny(self, name: str, kind: type[ForbiddenError] = ForbiddenError) -> None:
        """Raise when it is the exercise's own code that asks."""
        where = self._asking()
        if where is not None:
            self._used.append(f"{name}, {where}")
            raise kind(f"uses a forbidden operation: {name}, {where}")

    def _deny_directly(self, name: str) -> None:
        """Raise when the exercise's own code does it itself: a library may, whoever has called it."""
        frame: types.FrameType | None = sys._getframe(1)
        while frame is not None and frame.f_code.co_filename == attributes.__file__:
            frame = frame.f_back
        ours = self._serving.co_filename if self._serving is not None else ""
        if frame is not None and (self._is_own(frame.f_code.co_filename) or frame.f_code.co_filename == ours):
            where = "called from outside" if frame.f_code.co_filename == ours else f"line {frame.f_lineno}"
            self._used.append(f"{name}, {where}")
            raise ForbiddenError(f"uses a forbidden operation: {name}, {where}")

    def _guard(self, event: str, arguments: tuple[object, ...]) -> None:
        """Refuse the exercise's own code what a ban can be evaded or taken apart with: see `_LOOKS`."""
        if event not in _LOOKS or (event == "object.__getattr__" and arguments[1] not in _FRAMES):
            return
        me = threading.get_ident()
        if me in self._guarding:  # we look at frames ourselves
            return
        self._guarding.add(me)
        try:
            frame: types.FrameType | None = sys._getframe(1)
        finally:
            self._guarding.discard(me)
        while frame is not None and frame.f_code.co_filename == inspect.__file__:
            frame = frame.f_back
        if frame is None or not self._is_own(frame.f_code.co_filename):
            return
        name = str(arguments[1]) if event == "object.__getattr__" else event
        if event == "compile":
            source = arguments[0].encode() if isinstance(arguments[0], str) else arguments[0]
            found = scan(source, self._rules) if isinstance(source, bytes) else (("compile", 0),)
            if not found:
                return
            name = found[0][0]
        self._used.append(f"{name}, line {frame.f_lineno}")
        raise ForbiddenError(f"uses a forbidden operation: {name}, line {frame.f_lineno}")

    def _is_own(self, file: str) -> bool:
        return file == self._file or (file.startswith("<") and not file.startswith("<frozen"))

    def _watch_backward(self, torch: Any) -> None:  # noqa: ANN401
        """Know the engine of the backward pass, and give hooks without a frame of their own one of the exercise's."""
        self._backward = getattr(getattr(torch.autograd.graph, "_engine_run_backward", None), "__code__", None)
        space: dict[str, Any] = {}
        exec(compile(_HOOK, self._file, "exec"), space)
        for name in ("register_hook", "register_post_accumulate_grad_hook"):
            original = getattr(torch.Tensor, name, None)
            if original is not None:
                setattr(torch.Tensor, name, space["framed"](original))

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

    def _keep_overrides(self) -> None:
        """Let go of the library without ending it: what no Python name leads to cannot be destroyed from Python."""
        library, self._library = self._library, None
        if library is None:
            return
        for finalizer, info in list(weakref.finalize._registry.items()):  # type: ignore[attr-defined]
            if info.weakref() is library:
                finalizer.detach()
        ctypes.pythonapi.Py_IncRef(ctypes.py_object(library.m))
        library.m = None

    def _denied_operator(self, rule: str, original: Any) -> Callable[..., object]:  # noqa: ANN401
        def operator(keyset: object, *args: object, **kwargs: object) -> object:
            self.deny(rule)
            return original.call_boxed(keyset, *args, **kwargs)

        return operator


def _in_numpy(rule: str) -> str:
    """Give the name that NumPy may have for a function of torch."""
    name = rule.removeprefix("torch.")
    for part in ("nn.functional.", "special.", "Tensor."):
        name = name.removeprefix(part)
    return f"numpy.{name}"


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
        if _is_within(name, self._names):
            if not _by_library(sys._getframe(1)):
                self._ban.deny(f"import {name}", cast("type[ForbiddenError]", ForbiddenImportError))
            raise ForbiddenImportError(f"uses a forbidden operation: import {name}")


def _by_library(frame: types.FrameType | None) -> bool:
    """Tell whether an installed library imports something, which it may also do without: torch's optimizers try to."""
    while frame is not None and (
        frame.f_code.co_filename.startswith("<") or frame.f_code.co_filename == importlib.__file__
    ):
        frame = frame.f_back
    return frame is not None and Path(frame.f_code.co_filename).is_absolute()


def _is_within(name: str, packages: tuple[str, ...]) -> bool:
    return any(name == package or name.startswith(f"{package}.") for package in packages)


class Modules:
    """The names of the loaded modules by package.

    To go through all of `sys.modules` touches two thousand names, and so copies a thousand pages that a forked process
    shares with others: a template counts them beforehand.
    """

    def __init__(self) -> None:
        self._by_package: dict[str, list[str]] = {}
        self._size = 0

    def count(self) -> None:
        """Take in what is loaded now."""
        self._by_package.clear()
        for name in sys.modules:
            self._by_package.setdefault(name.partition(".")[0], []).append(name)
        self._size = len(sys.modules)

    def of(self, package: str) -> list[str]:
        """Give the modules of a package."""
        if len(sys.modules) != self._size:
            self.count()
        return self._by_package.get(package, [])

    def drop(self, names: Sequence[str]) -> None:
        """Take modules out of reach of an import."""
        for name in names:
            sys.modules.pop(name, None)
        self._size = len(sys.modules)

    def put(self, module: types.ModuleType) -> None:
        """Bring one within reach."""
        sys.modules[module.__name__] = module
        self._size = len(sys.modules)


MODULES = Modules()


def hide_ourselves() -> None:
    """Take our own modules out of reach of an import; what is loaded stays in use."""
    MODULES.drop(MODULES.of("tutor"))
    package = types.ModuleType("tutor")
    package.__path__ = []
    MODULES.put(package)
