"""The judge: runs the course's checks against a stand-in for the learner's program and reports findings.

The only source of a verdict's findings. Believes nothing but values that come out of the codec, never runs learner
code, and escapes every string that may stem from it.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import replace
from typing import Any, cast

from tutor.checks.calls import CallInfo
from tutor.grading import errors, given
from tutor.grading.codec import CodecError
from tutor.grading.errors import LearnerDiedError
from tutor.grading.handles import Label
from tutor.grading.output import Output
from tutor.grading.peer import Peer, Question
from tutor.grading.proxies import Call, IteratorProxy, Mine, Proxy
from tutor.grading.wire import Channel, ClosedError
from tutor.model import Finding
from tutor.text.escape import terminal as harmless

_FLOOD = 64
"""How many times the output limit a learner may print before the run is ended."""


class JudgeHost:
    """The judge's side of the conversation: lends what checks pass, keeps the record of calls."""

    catches: type[BaseException] = Exception

    def __init__(self, channel: Channel, output: Output, why: Callable[[], LearnerDiedError], file: str) -> None:
        self.files: set[str] = set()
        self.peer = Peer(channel, self, first_id=2)
        self.mine = Mine(self, file)
        self.lend: Callable[[str], object] = _nothing_to_lend
        self.dead: LearnerDiedError | None = None
        self._output = output
        self._why = why
        self._depth = 0
        self._seconds = 0.0
        self._told: tuple[str, ...] = ()
        self._used: tuple[str, ...] = ()
        self._banned: tuple[str, ...] = ()
        self.begin()

    def begin(self) -> None:
        """Forget everything about calls: another check begins."""
        self.mine.tutor_last_call = CallInfo("")
        self.mine.tutor_last_result = None
        self.mine.tutor_random_used = set()
        self._output.begin()

    def printed(self) -> str:
        """Give what the learner's code printed since the check began."""
        return self._output.text()

    # --- asking ---------------------------------------------------------------------------------------------------

    def ask(self, operation: str, *arguments: object) -> object:
        """Ask the learner process; when it is gone or talks nonsense, that is the end of the run."""
        return self._answer(self._begin(operation, *arguments))

    def _begin(self, operation: str, *arguments: object) -> Question:
        if self.dead is not None:
            raise self.dead
        try:
            return self.peer.begin(operation, *arguments)
        except ClosedError:
            self.dead = self._why()
        except CodecError as error:
            self.dead = self._nonsense(error)
        raise self.dead

    def _answer(self, question: Question) -> object:
        try:
            result = self.peer.answer(question)
        except ClosedError:
            self.dead = self._why()
        except CodecError as error:
            self.dead = self._nonsense(error)
        except LearnerDiedError as error:
            self.dead = error
        except RuntimeError as error:
            raise _advised(error) from None
        else:
            if self._banned:
                raise errors.ForbiddenError(f"uses a forbidden operation: {harmless(', '.join(self._banned), 200)}")
            return result
        raise self.dead

    def _nonsense(self, error: CodecError) -> LearnerDiedError:
        self.peer.channel.close()
        return LearnerDiedError(f"your code disturbed the connection to the checks: {error}")

    def call(self, proxy: Proxy, args: tuple[object, ...], kwargs: dict[str, object]) -> object:
        """Call something of the learner's and keep a record."""
        return self._recorded(proxy, lambda: self.ask("call", proxy, args, kwargs))

    def calls(self, proxy: Proxy, calls: tuple[Call, ...]) -> Callable[[int], object]:
        """Send several calls off together; the function given waits for the result of one of them."""
        question = self._begin("calls", proxy, calls)
        outcomes: list[tuple[object, ...]] = []

        def take(index: int) -> object:
            if not outcomes:
                outcomes.extend(_outcomes(self._answer(question)))
            return self._outcome(outcomes, index)

        return lambda index: self._recorded(proxy, lambda: take(index))

    def _outcome(self, outcomes: list[tuple[object, ...]], index: int) -> object:
        if index >= len(outcomes):
            self.dead = self._nonsense(CodecError("a result is missing"))
            raise self.dead
        ended, value, self._seconds = cast("tuple[bool, object, float]", outcomes[index])
        if ended:
            return value
        error = errors.unpack(value)
        if isinstance(error, LearnerDiedError):
            self.dead = error
        raise _advised(error) if isinstance(error, RuntimeError) else error

    def _recorded(self, proxy: Proxy, get: Callable[[], object]) -> object:
        result: object = None
        outer = self._depth == 0
        self._depth += 1
        self._seconds, self._told, self._used = 0.0, (), ()
        try:
            result = get()
            if self._output.total > _FLOOD * self._output.limit:
                raise self._flooded()
            return result
        finally:
            self._depth -= 1
            changed = tuple(f"{type(c.value).__name__}" for c in self.peer.exchange.twins.changed)
            info = CallInfo(
                proxy._label.name, self._output.text(), self._told, changed, self._used, self._seconds, None
            )
            if outer:
                self.mine.tutor_last_call = proxy._record["tutor_last_call"] = info
                self.mine.tutor_last_result = result

    def _flooded(self) -> LearnerDiedError:
        self.dead = LearnerDiedError(f"your code printed more than {_FLOOD * self._output.limit >> 20} MB")
        self.peer.channel.close()
        return self.dead

    def measure(self, proxy: Proxy, args: tuple[object, ...], kwargs: dict[str, object], /) -> object:
        """Call with CPU seconds and peak bytes measured over there."""
        return self.ask("measure", proxy, args, kwargs)

    # --- being asked ----------------------------------------------------------------------------------------------

    def label(self, value: object) -> tuple[str, str, str]:
        """Only what `given` allows leaves the judge."""
        return given.sort_of(value)

    def stand_in(self, label: Label) -> object:
        """Make the stand-in for something of the learner's."""
        return (IteratorProxy if label.sort == "iterator" else Proxy)(self, label)

    def serve(self, operation: str, arguments: tuple[object, ...]) -> object:
        """Do what learner code asks of the things it was lent."""
        if operation == "vjp":
            number, grad, needed = cast("tuple[int, Any, tuple[bool, ...]]", arguments)
            return self.peer.exchange.graphs.product(number, grad, needed)  # type: ignore[attr-defined]
        if operation == "need":
            return self.lend(str(arguments[0]))
        self._lent(operation, arguments)
        return given.serve(operation, arguments)

    def _lent(self, operation: str, arguments: tuple[object, ...]) -> None:
        """Refuse to work on anything but what was lent: `bytes(10**12)` would be a request, too."""
        numbers = self.peer.exchange.handles.numbers
        targets = arguments[1:] if operation == "op" else arguments[:1]
        if operation != "nothing" and not any(id(target) in numbers for target in targets):
            raise PermissionError("this is not something the check has lent")

    def report(self) -> object:
        """The learner's code learns nothing beyond the answer."""
        return None

    def reported(self, report: object, used: tuple[str, ...]) -> None:
        """Take note of a call's cost; emit its warnings here, where the check's filters apply."""
        self.mine.tutor_random_used.update(used)
        if type(report) is float:  # nothing to tell but the time
            self._seconds, self._used, self._told, self._banned = report, used, (), ()
            return
        seconds, told, banned = cast("tuple[float, tuple[Any, ...], tuple[str, ...]]", report)
        self._seconds, self._used, self._banned = float(seconds), used, banned
        self._told = tuple(harmless(str(message), 300) for _, message, _, _ in told)
        for names, message, file, line in told:
            warnings.warn_explicit(harmless(str(message), 1000), _category(names), str(file), int(line), registry={})


def _outcomes(answer: object) -> list[tuple[object, ...]]:
    """Check what the learner process says of several calls: (whether it ended, result or exception, seconds) each."""
    found = list(answer) if type(answer) is tuple else [()]
    if not found or any(type(one) is not tuple or len(one) != 3 or type(one[2]) is not float for one in found):
        raise CodecError("an answer of the wrong form")
    return found


def _nothing_to_lend(name: str) -> object:
    raise AttributeError(name)


def _advised(error: RuntimeError) -> RuntimeError:
    """Say in plain words what torch's allocator says in its own."""
    if "DefaultCPUAllocator" in str(error) or "can't allocate memory" in str(error):
        error.tutor_message = "out of memory: your code asked for more than it may use"  # type: ignore[attr-defined]
    return error


def _category(names: object) -> type[Warning]:
    import builtins

    for name in cast("tuple[str, ...]", names):
        found = getattr(builtins, str(name), None)
        if isinstance(found, type) and issubclass(found, Warning):
            return found
    return UserWarning


_CONCEALED = {
    "passed": "",
    "failed": "this hidden check failed",
    "error": "your code raised an error in this hidden check",
    "timeout": "your code was stopped in this hidden check",
    "not_run": "not run",
}


def concealed(finding: Finding) -> Finding:
    """Leave nothing of a hidden check but its name, sentence and outcome: inputs travel in values, texts and times."""
    return Finding(finding.check, finding.sentence, finding.outcome, message=_CONCEALED[finding.outcome], hidden=True)


def shielded(finding: Finding) -> Finding:
    """Make every string of a finding harmless and short: the last barrier before a terminal."""
    texts = {
        name: harmless(getattr(finding, name), limit)
        for name, limit in {
            "message": 600, "input": 4000, "expected": 4000, "got": 4000, "difference": 1000, "traceback": 4000,
            "output": 8000, "draw": 200, "sentence": 400, "check": 200,
        }.items()
    }  # fmt: skip
    return replace(finding, **cast("dict[str, Any]", texts))
