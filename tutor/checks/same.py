"""`same`: one call of the learner's function against one call of the reference, compared in every respect.

Each call gets copies of its own, so nothing that a function does to its arguments reaches the other one. Knows nothing
of where the function lives: a plain function and a proxy into another process are treated alike.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

import numpy as np
import torch

from tutor.checks.arguments import Arguments
from tutor.checks.autograd import gradient_mismatch
from tutor.checks.compare import Mismatch, Tolerance, compare
from tutor.checks.draws import current_draw
from tutor.checks.failure import MISSING, CheckFailure, Words
from tutor.checks.trees import content, has_floats, leaves, trainable, without_float64

Function = Callable[..., object]

REPEATED_DRAWS = 3
"""A second call is made on so many draws: what depends on a hidden state shows at once. A call is most of the cost."""

FEW_DRAWS = 8
"""A check with no more draws than these tries each precision on all of them; they are often a list of edge cases."""


@dataclass(frozen=True, slots=True)
class _Options:
    rtol: float | None
    atol: float | None
    exact: bool
    grads: bool | None
    may_change: tuple[str | int, ...]
    may_alias: bool
    note: str

    def tolerance(self, dtype: str) -> Tolerance:
        return Tolerance.of(dtype, self.rtol, self.atol, exact=self.exact)


def same(
    fn: Function,
    reference: Function,
    *args: object,
    rtol: float | None = None,
    atol: float | None = None,
    exact: bool = False,
    dtypes: Sequence[str] | None = ("float64", "float32"),
    grads: bool | None = None,
    may_change: Sequence[str | int] = (),
    may_alias: bool = False,
    note: str = "",
    **kwargs: object,
) -> None:
    """Raise CheckFailure unless `fn` does what `reference` does with these arguments.

    Compared are: type, shape, dtype, device, values, gradients under a random cotangent (for tensors that require
    them), that no argument was changed and none handed back, and that a second call gives the same bits (on the first
    draws). The float64 pass compares with rtol 1e-9 and atol 1e-12 (gradients 1e-8), the float32 pass (on the first
    half of the draws, where there are many) with 1e-5 and 1e-6 (gradients 1e-4) against the float64 reference.

    Args:
        fn: the learner's function, such as `mine.softmax`.
        reference: the truth. Wrap a torch function with `from_torch` when the arguments are NumPy arrays.
        args: the arguments of both; what is not an array or a tensor is passed as it is.
        rtol: relative tolerance instead of the default; so for `atol`, which is then taken literally (0 too).
        atol: absolute tolerance.
        exact: the same bits.
        dtypes: one pass for each; None takes the arguments as they are. Without floating arguments there is one pass.
        grads: None compares the gradients of the tensors that require one, True insists on that, False leaves it.
        may_change: names or positions of arguments that the function is to change in place, like the reference does.
        may_alias: the result may share memory with an argument (where the reference's does, it may anyway).
        note: a sentence about this case, added to the message.
        kwargs: the keyword arguments of both.
    """
    given = Arguments.of(fn, reference, args, kwargs)
    options = _Options(rtol, atol, exact, grads, tuple(may_change), may_alias, note)
    passes: Sequence[str | None] = dtypes if dtypes and has_floats(given.values) else (None,)
    truth = "float64"
    if without_float64(given.values):
        passes, truth = [dtype for dtype in passes if dtype != "float64"] or (None,), "float32"
    index, count = current_draw()
    passes = passes if _in_full(index, count) else passes[:1]
    pairs = [_Pass(fn, reference, given.duplicate(dtype), dtype, truth, options) for dtype in passes]
    if index < REPEATED_DRAWS:
        pairs[0].repeated = pairs[0].given.duplicate()
    _send_off(fn, pairs)
    for pair in pairs:
        pair.run()


def _in_full(index: int, count: int) -> bool:
    """Whether this draw gets all passes: each of a few, and of many the first half, in which shapes reach full size.

    Not every second one: `draw.pick` steps through its options with the index, and float32 would only see half of them.
    """
    return index < max(FEW_DRAWS, (count + 1) // 2)


@dataclass(slots=True)
class _Pass:
    """The comparison in one precision."""

    fn: Function
    reference: Function
    given: Arguments
    dtype: str | None
    precise: str
    """The precision of the truth."""
    options: _Options
    truth: object = None
    like: object = None
    sent: Arguments = field(init=False)
    sent_to_reference: Arguments = field(init=False)
    rounded: Arguments | None = None
    """What the reference was called with in the pass's own precision, where that is lower than the truth's."""
    repeated: Arguments | None = None
    """The arguments of a second call, if there is to be one."""
    asked: bool = False
    """Whether the reference has been."""
    answers: Iterator[Callable[[], object]] | None = None
    """Results on their way, where the calls were made ahead."""

    def __post_init__(self) -> None:
        self.sent = self.given.duplicate()

    def calls(self) -> list[Arguments]:
        """The calls of the learner's function, in order."""
        return [self.sent] if self.repeated is None else [self.sent, self.repeated]

    def run(self) -> None:
        self.ask_reference()
        sent, got = self.sent, self._call(self.sent)
        tolerance = self.options.tolerance(self._precision())
        found = compare(got, self.truth, tolerance, like=self.like)
        if found:
            raise self._explained(found, sent, got, tolerance)
        self._arguments_unchanged(sent, tolerance)
        self._no_alias(sent, got)
        differentiable = self.options.grads is not False and bool(trainable(self.given.values))
        if differentiable:
            self._gradients(sent, got)
        elif self.options.grads:
            raise TypeError("same(grads=True) needs a tensor that requires a gradient among the arguments")
        if self.repeated is not None:
            self._repeats(got, self.repeated)

    def _call(self, sent: Arguments) -> object:
        """Call, or take what a call made ahead gave; an exception carries the arguments, to be shown."""
        try:
            return sent.apply(self.fn) if self.answers is None else next(self.answers)()
        except Exception as error:
            error.__dict__.setdefault("tutor_input", self.given.as_dict())
            error.__dict__.setdefault("tutor_call", self.given.call)
            raise

    def ask_reference(self) -> None:
        """The float64 result is the truth; the result in the pass's own precision tells dtypes and rounding."""
        if self.asked:
            return
        self.asked = True
        self.sent_to_reference = self.given.duplicate(self.precise if self.dtype else None)
        self.truth = self.like = self.sent_to_reference.apply(self.reference)
        if self.dtype not in (None, self.precise):
            self.rounded = self.given.duplicate()
            self.like = self.rounded.apply(self.reference)

    def _precision(self) -> str:
        """The dtype whose tolerances apply: that of the pass, else the coarsest among the arguments."""
        if self.dtype:
            return self.dtype
        found = {str(getattr(leaf, "dtype", "")).removeprefix("torch.") for leaf in leaves(self.given.values)}
        return next((name for name in ("bfloat16", "float16", "float32") if name in found), "float64")

    def _explained(self, found: Mismatch, sent: Arguments, got: object, tolerance: Tolerance) -> CheckFailure:
        """The failure, with what else is known to be right: it narrows down where the mistake can be."""
        failure = self._failure(found)
        if found.kind != "value":
            return failure
        if (
            isinstance(got, (tuple, list))
            and isinstance(self.like, (tuple, list))
            and isinstance(self.truth, (tuple, list))
        ):
            parts = zip(got, self.truth, self.like, strict=True)
            failure.rest_right = sum(compare(g, t, tolerance, like=k) is not None for g, t, k in parts) == 1
        elif self.options.grads is not False and trainable(self.given.values):
            failure.gradient_right = self._gradient_mismatch(sent, got) is None
        return failure

    def _arguments_unchanged(self, sent: Arguments, tolerance: Tolerance) -> None:
        for name, position in self.given.names():
            after, before = content(sent.pick(position)), content(self.given.pick(position))
            if before is MISSING:
                continue
            if name in self.options.may_change or position in self.options.may_change:
                wanted = content(self.sent_to_reference.pick(position))
                found = compare(after, wanted, tolerance, like=_typed(wanted, before))
                if found:
                    message = f"after the call, {name} is not what it should be: {found.message}"
                    raise self._failure(replace(found, message=message, kind="value", where=name))
            else:
                found = compare(after, before, Tolerance(exact=True))
                if found:
                    raise self._failure(
                        replace(found, message=f"the caller's {name} was changed in place", kind="changed")
                    )

    def _no_alias(self, sent: Arguments, got: object) -> None:
        name = "" if self.options.may_alias else sent.aliased_by(got)
        if name and not self.sent_to_reference.aliased_by(self.truth):
            message = f"the result shares memory with the argument {name}: writing to one would change the other"
            raise self._failure(Mismatch("alias", message, "", got, Words("a result of its own")))

    def _gradients(self, sent: Arguments, got: object) -> None:
        found = self._gradient_mismatch(sent, got)
        if found:
            raise self._failure(found)

    def _gradient_mismatch(self, sent: Arguments, got: object) -> Mismatch | None:
        return gradient_mismatch(
            (sent, got),
            (self.sent_to_reference, self.truth),
            self._precision(),
            None if self.rounded is None else (self.rounded, self.like),
        )

    def _repeats(self, got: object, again: Arguments) -> None:
        found = compare(self._call(again), got, Tolerance(exact=True))
        if found:
            message = "a second call with the same arguments gives another result"
            raise self._failure(replace(found, message=message, kind="unstable"))

    def _failure(self, found: Mismatch) -> CheckFailure:
        note = f" ({self.options.note})" if self.options.note else ""
        return CheckFailure(
            found.message + note,
            kind=found.kind,
            input=self.given.as_dict(),
            expected=found.expected,
            got=found.got,
            difference=found.difference,
            call=self.given.call,
            where=found.where,
        )


def _send_off(fn: Function, pairs: list[_Pass]) -> None:
    """Have a function in another process called for all passes in one go, and ask the reference in the meantime.

    Not with arguments that are more than data: a function that is passed, say, would be called in another order.
    """
    together = getattr(type(fn), "__tutor_calls__", None)
    if together is None or not pairs[0].given.plain():
        return
    calls = [arguments for pair in pairs for arguments in pair.calls()]
    take = together(fn, tuple(arguments.begun() for arguments in calls))
    answers = iter([partial(take, number) for number in range(len(calls))])
    for pair in pairs:
        pair.answers = answers
        pair.ask_reference()


def _typed(wanted: object, before: object) -> object:
    """A changed argument keeps the dtype it had: the float64 truth, with the types of the argument."""
    if isinstance(wanted, np.ndarray) and isinstance(before, np.ndarray):
        return wanted.astype(before.dtype)
    if isinstance(wanted, torch.Tensor) and isinstance(before, torch.Tensor):
        return wanted.to(before.dtype)
    if isinstance(wanted, (list, tuple)) and isinstance(before, (list, tuple)) and len(wanted) == len(before):
        return type(wanted)(_typed(w, b) for w, b in zip(wanted, before, strict=True))
    if isinstance(wanted, dict) and isinstance(before, dict):
        return {key: _typed(value, before.get(key)) for key, value in wanted.items()}
    return wanted
