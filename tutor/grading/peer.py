"""Calls between judge and learner process, each from the other's point of view the same thing.

The two take turns: whoever waits for an answer serves the questions that come instead, so a call may call back.
Owns the order of things in a message: random states, changes of shared buffers, context, the question or answer, what
was let go.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Protocol, cast

from tutor.grading import context, errors
from tutor.grading.codec import CodecError
from tutor.grading.decoder import Decoder
from tutor.grading.encoder import Encoder
from tutor.grading.exchange import Exchange, Side
from tutor.grading.operations import QUIET
from tutor.grading.wire import Channel

if TYPE_CHECKING:
    import torch

_ASK, _RESULT, _ERROR, _STOP = b"Q", b"R", b"X", b"."
MAX_NESTING = 60
"""Calls back and forth inside each other; each takes a dozen Python frames on both sides."""


class Host(Side, Protocol):
    """One side's part: what it does when asked, and what it wants to know."""

    files: set[str]
    catches: type[BaseException]
    """What is passed on to the other side; anything else ends this side's work."""

    def ask(self, operation: str, *arguments: object) -> object:
        """Ask the other side, in this side's words when it is gone."""

    def serve(self, operation: str, arguments: tuple[object, ...]) -> object:
        """Answer a question of the other side."""

    def report(self) -> object:
        """Give plain values to send along with an answer."""

    def reported(self, report: object, random_used: tuple[str, ...]) -> None:
        """Take note of what the other side sent along."""


@dataclass(slots=True, eq=False)
class Question:
    """What was asked, and the answer when it has come."""

    containers: list[object]
    failure: Exception | None
    """Why the arguments could not be sent; the question was replaced by an empty one."""
    result: object = None
    error: BaseException | None = None


class Peer:
    """One side's end of the conversation."""

    def __init__(self, channel: Channel, host: Host, first_id: int) -> None:
        self.channel = channel
        self.host = host
        self.exchange = Exchange(host, first_id, self._vjp)
        self.random = context.GlobalRandom()
        self._pins: list[object] = []
        self._nesting = 0
        self._open_question: Question | None = None

    def request(self, operation: str, *arguments: object) -> object:
        """Ask the other side and wait for its answer; raises what it raised."""
        return self.answer(self.begin(operation, *arguments))

    def begin(self, operation: str, *arguments: object) -> Question:
        """Ask the other side; whoever asks may do something else before taking the answer."""
        if self._open_question is not None:
            self._settle(self._open_question)
        if self._nesting >= MAX_NESTING:
            raise RecursionError("the calls back and forth are nested too deeply")
        encoder = self._open(_ASK, set(), quiet=operation in QUIET)
        context.write(encoder)
        failure = self._write_or_undo(encoder, lambda: self._question(encoder, operation, arguments))
        if failure is not None:  # what changed must arrive all the same
            self._question(encoder, "nothing", ())
        self._send(encoder)
        self._open_question = question = Question(encoder.containers, failure)
        return question

    def answer(self, question: Question) -> object:
        """Wait for the answer of a question; raises what the other side raised."""
        self._settle(question)
        if question.error is not None:
            raise question.error
        if question.failure is not None:
            raise TypeError(f"the arguments cannot be passed: {question.failure}")
        return question.result

    def _settle(self, question: Question) -> None:
        """Receive the answer, unless it is there."""
        if question is not self._open_question:
            return
        self._open_question = None
        self._nesting += 1
        try:
            question.result = self._answer(question.containers)
        except BaseException as error:  # raised where the answer is taken
            question.error = error
        finally:
            self._nesting -= 1

    @staticmethod
    def _question(encoder: Encoder, operation: str, arguments: tuple[object, ...]) -> None:
        encoder.value(operation)
        encoder.value(arguments)

    def _write_or_undo(self, encoder: Encoder, write: Callable[[], None]) -> Exception | None:
        """Write, or leave message and tables as they were and give the reason."""
        start, newest = encoder.position(), self.exchange.newest()
        try:
            write()
        except (CodecError, RecursionError) as error:
            encoder.rewind(start)
            self.exchange.forget_since(newest)
            return error
        return None

    def serve_forever(self) -> None:
        """Answer questions until the connection is closed."""
        while True:
            decoder = self._receive()
            if decoder.byte() != _ASK:
                raise CodecError("an answer that nobody asked for")
            self._serve(decoder)

    def _answer(self, containers: list[object]) -> object:
        while True:
            decoder = self._receive(containers)
            kind = decoder.byte()
            if kind == _ASK:
                self._serve(decoder)
                continue
            if kind not in (_RESULT, _ERROR, _STOP):
                raise CodecError("an answer of an unknown kind")
            with _damage_told():
                used = self._read_state(decoder)
                self._refill(decoder, containers)
                result, report = decoder.value(), decoder.value()
                self._close(decoder)
                failure = errors.unpack(result) if kind == _ERROR else None
            self.host.reported(report, used)
            if failure is not None:
                raise failure
            if kind == _STOP:
                raise StopIteration(result)
            return result

    def _serve(self, decoder: Decoder) -> None:
        self.exchange.active = set()
        with _damage_told():
            self._read_state(decoder)
            state = context.read(decoder)
            operation, arguments = decoder.text(), decoder.value()
            if type(arguments) is not tuple:
                raise CodecError("a question of the wrong form")
            self._close(decoder)
        active, before = self.exchange.active, [_shallow(c) for c in decoder.containers]
        kind, result = self._run(operation, arguments, state)
        encoder = self._open(kind, active, decoder.containers, quiet=operation in QUIET)
        failure = self._write_or_undo(encoder, partial(self._write_answer, encoder, before, result))
        if failure is not None:
            encoder.out[0:1] = _ERROR
            excuse = TypeError(f"the result cannot be used outside your code: {failure}")
            self._write_answer(encoder, [], errors.pack(excuse, ()))
        del arguments, result  # what only this call held dies now, and is told as released
        decoder.containers.clear()
        encoder.containers.clear()
        before.clear()
        self._send(encoder)

    def _run(self, operation: str, arguments: tuple[object, ...], state: tuple[object, ...]) -> tuple[bytes, object]:
        self._nesting += 1
        try:
            with context.applied(state):
                return _RESULT, self.host.serve(operation, arguments)
        except StopIteration as stop:
            return (_STOP, stop.value) if operation == "next" else (_ERROR, errors.pack(stop, self.host.files))
        except self.host.catches as error:
            return _ERROR, errors.pack(error, self.host.files)
        finally:
            self._nesting -= 1

    def _write_answer(self, encoder: Encoder, before: list[object], result: object) -> None:
        changed = [i for i, then in enumerate(before) if _changed(encoder.containers[i], then)]
        encoder.count(len(changed))
        for index in changed:
            encoder.count(index)
            # As a tuple, since the container itself would be written as a reference.
            encoder.value(tuple(cast("list[object]", _shallow(encoder.containers[index]))))
        encoder.value(result)
        encoder.value(self.host.report())

    def _open(
        self, kind: bytes, active: set[int], containers: list[object] | None = None, *, quiet: bool = False
    ) -> Encoder:
        encoder = Encoder(self.exchange, containers or ())
        encoder.tag(kind)
        encoder.value(None if quiet else self.random.changes() or None)
        self.exchange.twins.write(encoder, [] if quiet else self.exchange.twins.changes(active))
        return encoder

    def _send(self, encoder: Encoder) -> None:
        self.exchange.write_released(encoder)
        self._pins = self.exchange.twins.pins()
        self.channel.send(encoder.out)

    def _receive(self, containers: list[object] | None = None) -> Decoder:
        return Decoder(self.channel.receive(), self.exchange, containers or ())

    def _read_state(self, decoder: Decoder) -> tuple[str, ...]:
        changed = decoder.value()
        if changed is not None:
            self.random.apply(changed)
        self.exchange.twins.read(decoder)
        return () if changed is None else tuple(cast("dict[str, object]", changed))

    def _close(self, decoder: Decoder) -> None:
        self.exchange.read_released(decoder)
        decoder.end()
        self._pins = []

    def _refill(self, decoder: Decoder, containers: list[object]) -> None:
        """Apply what the other side did to lists and dicts that were passed to it."""
        for _ in range(decoder.count()):
            index = decoder.count()
            if index >= len(containers):
                raise CodecError("a change of a container that was not passed")
            target, new = containers[index], decoder.value()
            if isinstance(target, list) and isinstance(new, tuple):
                target[:] = new
            elif isinstance(target, dict) and isinstance(new, tuple):
                pairs = cast("tuple[tuple[object, object], ...]", new)
                target.clear()
                target.update(pairs)
            else:
                raise CodecError("a container changed its kind")

    def _vjp(self, number: int, grad: torch.Tensor, needed: tuple[bool, ...]) -> tuple[torch.Tensor | None, ...]:
        return cast("tuple[torch.Tensor | None, ...]", self.host.ask("vjp", number, grad, needed))


@contextlib.contextmanager
def _damage_told() -> Iterator[None]:
    """Whatever goes wrong while a message is read, the message is to blame."""
    try:
        yield
    except CodecError:
        raise
    except Exception as error:
        raise CodecError(f"a damaged message ({type(error).__name__})") from error


def _shallow(container: object) -> object:
    return list(container) if isinstance(container, list) else list(cast("dict[object, object]", container).items())


def _changed(container: object, before: object) -> bool:
    now, then = cast("list[object]", _shallow(container)), cast("list[object]", before)
    if len(now) != len(then):
        return True
    if isinstance(container, list):
        return any(a is not b for a, b in zip(now, then, strict=True))
    pairs = zip(cast("list[tuple[object, object]]", now), cast("list[tuple[object, object]]", then), strict=True)
    return any(a[0] is not b[0] or a[1] is not b[1] for a, b in pairs)
