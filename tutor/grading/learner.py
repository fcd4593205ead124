"""The learner process: runs the learner's file and answers the judge's questions about it.

The sandbox is closed before the first line of learner code runs. Holds nothing of the course: no checks, no solution.
"""

from __future__ import annotations

import faulthandler
import inspect
import json
import linecache
import os
import signal
import socket
import sys
import time
import traceback
import types
import warnings
from collections.abc import Callable
from typing import Any, cast

from tutor.grading import errors, forbidden, operations, reverse, sandbox, scan, warm
from tutor.grading.codec import CodecError
from tutor.grading.handles import Label
from tutor.grading.operations import LOOK
from tutor.grading.peer import Peer
from tutor.grading.proxies import Proxy
from tutor.grading.wire import Channel, ClosedError

_WARNINGS = 50


class LearnerHost:
    """Serves the judge's operations on the learner's program."""

    catches: type[BaseException] = BaseException

    def __init__(self) -> None:
        self.files: set[str] = set()
        self.peer: Peer | None = None
        self._program: types.ModuleType | None = None
        self._file = "your file"
        self._warnings: list[tuple[object, ...]] = []
        self._seconds = 0.0
        self._depth = 0
        self._mine = types.ModuleType("tutor.mine")
        self._ban: forbidden.Ban | None = None
        warnings.simplefilter("always")
        warnings.showwarning = self._warned  # type: ignore[assignment]  # it takes the rest as *_

    # --- what differs from the judge ------------------------------------------------------------------------------

    def label(self, value: object) -> tuple[str, str, str]:
        """Anything of the learner's may be handed out but a module."""
        if isinstance(value, types.ModuleType):
            raise CodecError("a module is no result")
        return operations.describe(value)

    def stand_in(self, label: Label) -> object:
        """Make the stand-in for something of the judge's."""
        return reverse.stand_in(self, label)

    def ask(self, operation: str, *arguments: object) -> object:
        """Ask the judge: for stand-ins."""
        assert self.peer is not None
        return self.peer.request(operation, *arguments)

    def call(self, proxy: Proxy, args: tuple[object, ...], kwargs: dict[str, object]) -> object:
        """Call something of the judge's."""
        return self.ask("call", proxy, args, kwargs)

    def calls(self, *_: object) -> Callable[[int], object]:
        """Nothing of the judge's is called ahead."""
        raise AttributeError("__tutor_calls__")

    def measure(self, *_: object) -> object:
        """Nothing of the judge's is measured."""
        raise AttributeError("tutor_measure")

    def report(self) -> object:
        """Tell of warnings and of what the call cost."""
        used = () if self._ban is None else self._ban.take_used()
        if not self._warnings and not used:
            return self._seconds
        told, self._warnings = tuple(self._warnings), []
        return self._seconds, told, used

    def reported(self, report: object, used: tuple[str, ...]) -> None:
        """The judge has nothing to report."""

    def _warned(self, message: Warning | str, category: type[Warning], filename: str, lineno: int, *_: object) -> None:
        if len(self._warnings) < _WARNINGS:
            names = tuple(c.__name__ for c in category.__mro__ if issubclass(c, Warning))
            self._warnings.append((names, str(message)[:1000], os.path.basename(filename), lineno))  # noqa: PTH119  a name is all

    # --- operations -----------------------------------------------------------------------------------------------

    def serve(self, operation: str, arguments: tuple[object, ...]) -> object:
        """Do what the judge asks."""
        if operation == "vjp":
            number, grad, needed = cast("tuple[int, Any, tuple[bool, ...]]", arguments)
            return self.peer.exchange.graphs.product(number, grad, needed)  # type: ignore[union-attr]
        start = time.thread_time() if self._depth == 0 else 0.0
        self._depth += 1
        try:
            return _OPERATIONS[operation](self, *arguments)
        finally:
            self._depth -= 1
            if self._depth == 0:
                self._seconds = time.thread_time() - start

    def _scan(self, source: bytes, framework: str, names: tuple[str, ...]) -> object:
        """Read the source for what it must not use. Asked before any of it runs, so that it cannot touch the answer."""
        return scan.scan(source, scan.Rules(framework, names))

    def _load(self, job: dict[str, Any]) -> object:
        self._file = job["file"]
        rules = scan.Rules(job["framework"], tuple(job["forbidden"]))
        needs = tuple(file for file, _, _ in job["needs"])
        self.files = {self._file, *needs}
        if rules.framework == "torch" and self.peer is not None:
            _ = self.peer.exchange.graphs  # imports what will be out of reach in a moment
        forbidden.hide_ourselves()
        mine = self._mine = types.ModuleType("tutor.mine")
        sys.modules["tutor"].mine = mine  # type: ignore[attr-defined]
        forbidden.MODULES.put(mine)
        self._ban = forbidden.Ban(rules, self._file, needs, LearnerHost.serve.__code__)
        self._ban.enforce()
        mine.__getattr__ = self._lent  # type: ignore[method-assign]
        for file, source, names in job["needs"]:
            module = self._execute(file, source)
            mine.__dict__.update({name: getattr(module, name) for name in names if hasattr(module, name)})
        self._program = self._execute(self._file, job["source"])
        return None

    def _lent(self, name: str) -> object:
        """Get what an earlier exercise defines from the judge: the course's own, since the learner's is not there."""
        if name.startswith("__"):
            raise AttributeError(name)
        value = self.ask("need", name)
        self._mine.__dict__[name] = value
        return value

    def _execute(self, file: str, source: bytes) -> types.ModuleType:
        text = source.decode("utf-8-sig", "replace")
        linecache.cache[file] = (len(text), None, text.splitlines(keepends=True), file)
        module = types.ModuleType("learner_" + file.removesuffix(".py"))  # a file called numpy.py hides nothing
        module.__file__ = file
        sys.modules[module.__name__] = module  # dataclasses and typing look a class's module up
        exec(compile(source, file, "exec", dont_inherit=True), module.__dict__)
        return module

    def _name(self, name: str) -> object:
        try:
            return getattr(self._program, name)
        except AttributeError:
            raise AttributeError(f"{self._file} does not define {name}") from None

    def _calls(
        self, target: Callable[..., object], calls: tuple[tuple[tuple[Any, ...], dict[str, Any]], ...]
    ) -> object:
        """Make several calls, up to the first that fails; for each, its result or its exception, and its seconds."""
        outcomes: list[tuple[bool, object, float]] = []
        for args, kwargs in calls:
            start = time.thread_time()
            try:
                result, ended = target(*args, **kwargs), True
            except BaseException as error:
                result, ended = errors.pack(error, self.files), False
            outcomes.append((ended, result, time.thread_time() - start))
            if not ended:
                break
        return tuple(outcomes)

    def _signature(self, target: Callable[..., object]) -> object:
        parameters = inspect.signature(target).parameters.values()
        return tuple(
            (p.name, int(p.kind), p.default is not p.empty, p.default if _plain(p.default) else None)
            for p in parameters
        )

    def _measure(self, target: Callable[..., object], args: tuple[object, ...], kwargs: dict[str, object]) -> object:
        import tracemalloc

        tracemalloc.start()
        try:
            start = time.thread_time()
            value = target(*args, **kwargs)
            return value, time.thread_time() - start, tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    def _exit(self, target: Any, error: tuple[str, str] | None) -> bool:  # noqa: ANN401
        if error is None:
            return bool(target.__exit__(None, None, None))
        raised = RuntimeError(f"{error[0]}: {error[1]}")
        return bool(target.__exit__(RuntimeError, raised, None))


def _plain(value: object) -> bool:
    return value is None or type(value) in (bool, int, float, str)


def _operate(_host: LearnerHost, name: str, *operands: object) -> object:
    return operations.OPERATIONS[name](*operands)


_OPERATIONS: dict[str, Callable[..., object]] = {
    "scan": LearnerHost._scan,
    "load": LearnerHost._load,
    "name": LearnerHost._name,
    "call": lambda _, target, args, kwargs: target(*args, **kwargs),
    "calls": LearnerHost._calls,
    "method": lambda _, target, name, args, kwargs: getattr(target, name)(*args, **kwargs),
    "get": lambda _, target, name: getattr(target, name),
    LOOK: lambda _, target, name: getattr(target, name),
    "set": lambda _, target, name, value: setattr(target, name, value),
    "del": lambda _, target, name: delattr(target, name),
    "op": _operate,
    "next": lambda _, target: next(target),
    "exit": LearnerHost._exit,
    "signature": LearnerHost._signature,
    "measure": LearnerHost._measure,
    "nothing": lambda _: None,
}


def main(sock: socket.socket, scratch: str, mode: sandbox.Mode) -> None:
    """Be the learner process until the judge hangs up. The first message says what it may use."""
    channel = Channel(sock)
    warm.limber_learner()
    try:
        closing = sandbox.Closing(scratch, (sock.fileno(),), mode)
        _show_stack_on_request()
        wanted = sandbox.Confinement.from_json(channel.receive(), scratch)
        channel.send(json.dumps(sandbox.finish_and_try(closing, wanted)).encode())
        host = LearnerHost()
        host.peer = Peer(channel, host, first_id=1)
        host.peer.serve_forever()
    except ClosedError:
        os._exit(0)  # no atexit handlers, no threads of the learner's to wait for
    except BaseException:  # our own mistake, or the learner's code has damaged us
        traceback.print_exc()
        os._exit(71)


def _show_stack_on_request() -> None:
    """Print the Python stack when the server asks, just before it ends an endless loop: the learner learns the line."""
    if hasattr(signal, "SIGUSR1"):
        faulthandler.register(signal.SIGUSR1, file=2, all_threads=False)
