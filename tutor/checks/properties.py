"""What checks say besides `same`: closeness, properties, exceptions, warnings. Each raises CheckFailure."""

from __future__ import annotations

import warnings
from collections.abc import Callable

import numpy as np
import torch

from tutor.checks.arguments import Arguments
from tutor.checks.compare import Tolerance, compare
from tutor.checks.failure import MISSING, CheckFailure, Words
from tutor.checks.trees import leaves

Function = Callable[..., object]


def close(
    got: object,
    expected: object,
    what: str = "the result",
    rtol: float | None = None,
    atol: float | None = None,
    exact: bool = False,
    *,
    input: object = MISSING,
) -> None:
    """Raise CheckFailure unless `got` has the type, shape, dtype and (within tolerance) the values of `expected`."""
    tolerance = Tolerance.of(_coarsest(got), rtol, atol, exact=exact)
    found = compare(got, expected, tolerance)
    if found:
        message = found.message.replace("the result", what, 1) if not found.where else f"{what}: {found.message}"
        raise CheckFailure(
            message,
            kind=found.kind,
            input=input,
            expected=found.expected,
            got=found.got,
            difference=found.difference,
            where=found.where,
        )


def equal(got: object, expected: object, what: str = "the result", *, input: object = MISSING) -> None:
    """Raise CheckFailure unless both are the same to the last bit (NaN equals NaN)."""
    close(got, expected, what, exact=True, input=input)


def _coarsest(value: object) -> str:
    names = {str(getattr(leaf, "dtype", "float64")).removeprefix("torch.") for leaf in leaves(value)}
    return next((name for name in ("bfloat16", "float16", "float32") if name in names), "float64")


def holds(
    condition: object, message: str, *, got: object = MISSING, expected: object = MISSING, input: object = MISSING
) -> None:
    """Raise CheckFailure with `message` (what is wrong, in one line) unless the condition is true."""
    if not bool(condition):
        expected = Words(expected) if isinstance(expected, str) else expected
        raise CheckFailure(message, kind="property", got=got, expected=expected, input=input)


def raises(
    kinds: type[BaseException] | tuple[type[BaseException], ...],
    fn: Function,
    *args: object,
    because: str = "",
    **kwargs: object,
) -> BaseException:
    """Call `fn`; raise CheckFailure unless it raises one of `kinds`. Gives the exception back.

    NotImplementedError never counts, so a stub cannot pass by accident, and neither does AttributeError or NameError
    unless it is asked for by name. A generator function must raise when called or when its first item is taken.
    """
    wanted = kinds if isinstance(kinds, tuple) else (kinds,)
    names = " or ".join(kind.__name__ for kind in wanted)
    given = Arguments.of(fn, None, args, kwargs)
    reason = f": {because}" if because else ""
    try:
        result = given.duplicate().apply(fn)
        result = _take_first(result)
    except wanted as error:
        if isinstance(error, NotImplementedError):
            error.__dict__.setdefault("tutor_input", given.as_dict())
            raise
        return error
    except (NotImplementedError, SystemExit, KeyboardInterrupt):
        raise
    except Exception as error:
        if getattr(error, "tutor_outcome", "error") != "error":  # a timeout, a killed process: not the code's answer
            raise
        message = f"{type(error).__name__} was raised, {names} was expected{reason}"
        raise CheckFailure(
            message, kind="raised", input=given.as_dict(), expected=Words(names), got=error, call=given.call
        ) from error
    raise CheckFailure(
        f"no {names} was raised{reason}",
        kind="raised",
        input=given.as_dict(),
        expected=Words(names),
        got=result,
        call=given.call,
    )


def _take_first(result: object) -> object:
    """A generator has not run yet when it is made: ask for its first item."""
    if hasattr(result, "__next__"):
        return next(iter(result), result)  # type: ignore[call-overload]  # checked by hasattr
    return result


def quiet(fn: Function, *args: object, **kwargs: object) -> object:
    """Call `fn` and give its result; raise CheckFailure when NumPy or Python warned during the call."""
    given = Arguments.of(fn, None, args, kwargs)
    with warnings.catch_warnings(record=True) as seen, np.errstate(divide="warn", over="warn", invalid="warn"):
        warnings.simplefilter("always")
        result = given.duplicate().apply(fn)
    if seen:
        message = f"the call warned: {seen[0].message}"
        raise CheckFailure(
            message,
            kind="warning",
            input=given.as_dict(),
            expected=Words("no warning"),
            got=result,
            call=given.call,
            where=str(seen[0].message),
        )
    return result


def finite(got: object, what: str = "the result", *, input: object = MISSING) -> None:
    """Raise CheckFailure when an array, tensor or number of the (nested) value is NaN or infinite."""
    for leaf in leaves(got):
        array = leaf.detach().cpu().numpy() if isinstance(leaf, torch.Tensor) else np.asarray(leaf)
        if array.dtype.kind in "fc" and not np.isfinite(array).all():
            bad = "NaN" if np.isnan(array).any() else "infinite"
            raise CheckFailure(f"{what} is {bad}", kind="value", got=got, expected=Words("finite numbers"), input=input)


def unchanged(fn: Function, *args: object, **kwargs: object) -> object:
    """Call `fn` and give its result; raise CheckFailure when an argument was changed in place."""
    given = Arguments.of(fn, None, args, kwargs)
    sent = given.duplicate()
    result = sent.apply(fn)
    for name, position in given.names():
        found = compare(sent.pick(position), given.pick(position), Tolerance(exact=True))
        if found:
            message = f"the caller's {name} was changed in place"
            raise CheckFailure(
                message,
                kind="changed",
                input=given.as_dict(),
                expected=found.expected,
                got=found.got,
                difference=found.difference,
                call=given.call,
            )
    return result


def deterministic(fn: Function, *args: object, **kwargs: object) -> object:
    """Call `fn` twice with equal arguments; raise CheckFailure unless both results have the same bits."""
    given = Arguments.of(fn, None, args, kwargs)
    first, second = (given.duplicate().apply(fn) for _ in range(2))
    found = compare(second, first, Tolerance(exact=True))
    if found:
        raise CheckFailure(
            "a second call with the same arguments gives another result",
            kind="unstable",
            input=given.as_dict(),
            expected=found.expected,
            got=found.got,
            difference=found.difference,
            call=given.call,
        )
    return first
