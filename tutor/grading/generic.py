"""Mistakes that any code can make, recognised from a failure alone: what came back against what was expected.

Several may explain one draw: on two rows, `twice` and `summed over the rows` look alike. Then further draws decide.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

import numpy as np

from tutor.checks.checkfile import FailedCheck
from tutor.checks.failure import CheckFailure, Kind
from tutor.grading.advice import GRADIENT_ONLY, GRADIENT_RIGHT, REST_RIGHT, advise
from tutor.grading.alike import as_array
from tutor.grading.numeric import number_mistakes
from tutor.grading.shapes import shape_mistakes
from tutor.model import Diagnosis

CONFIRMING_DRAWS = 4


def generic_diagnosis(failed: FailedCheck) -> Diagnosis | None:
    """The first generic mistake that explains the failure, and those of some later draws, or None."""
    found = list(candidates(failed.error))
    if len(found) < 2:
        return found[0] if found else None
    later = range(failed.index + 1, failed.count)
    for index in later[:: max(1, len(later) // CONFIRMING_DRAWS)]:
        error = failed.rerun(failed.mine, index)
        names = {diagnosis.name for diagnosis in candidates(error)} if error is not None else set()
        found = [diagnosis for diagnosis in found if diagnosis.name in names] or found
    return found[0]


def candidates(error: BaseException) -> Iterator[Diagnosis]:
    """Every generic mistake that explains this failure, the more telling ones first."""
    if not isinstance(error, CheckFailure):
        return
    if error.kind in _FIXED:
        yield advise(_FIXED[error.kind])
    elif error.kind in _EXPLAINED:
        yield from _EXPLAINED[error.kind](error)


_FIXED: dict[Kind, str] = {
    "detached": "detached graph",
    "changed": "changed in place",
    "alias": "shares memory",
    "unstable": "not repeatable",
    "random": "global random numbers",
}


def _type(error: CheckFailure) -> Iterator[Diagnosis]:
    got, expected = error.got, error.expected
    array = as_array(got)
    if got is None and error.where:  # a part of the result, such as a gradient that is not there
        return
    if got is None:
        yield advise("returned None")
    elif isinstance(expected, (bool, int, float)) and array is not None and type(got) not in (bool, int, float):
        if array.size != 1:
            yield advise("not reduced to a number")
        else:
            yield advise("not a plain number" if isinstance(got, np.generic) else "one-element array")
    elif isinstance(expected, tuple) and not isinstance(got, (tuple, list)):
        yield advise("one value of several", count=len(expected))


def _dtype(error: CheckFailure) -> Iterator[Diagnosis]:
    ours, wanted = _dtype_name(error.got), error.difference.rpartition(" ")[2]
    if ours == "float64" and wanted.startswith(("float", "bfloat")):
        yield advise("promoted to float64", wanted=wanted)
    elif wanted == "float64" and ours.startswith(("float", "bfloat")):
        yield advise("digits lost", ours=ours)
    else:
        yield advise("truth values" if ours == "bool" else "wrong dtype", ours=ours, wanted=wanted)


def _dtype_name(value: object) -> str:
    return str(getattr(value, "dtype", "")).removeprefix("torch.")


def _shape(error: CheckFailure) -> Iterator[Diagnosis]:
    got, expected = as_array(error.got), as_array(error.expected)
    if got is not None and expected is not None:
        yield from shape_mistakes(got, expected, _arrays(error.input))


def _value(error: CheckFailure) -> Iterator[Diagnosis]:
    got, expected = as_array(error.got), as_array(error.expected)
    if got is not None and expected is not None and got.shape == expected.shape:
        more = GRADIENT_RIGHT if error.gradient_right else REST_RIGHT if error.rest_right else ""
        for found in number_mistakes(got, expected, _arrays(error.input)):
            yield replace(found, message=found.message + more)
        if error.gradient_right:
            yield advise("values wrong, gradient right")


def _gradient(error: CheckFailure) -> Iterator[Diagnosis]:
    got, expected = as_array(error.got), as_array(error.expected)
    name = error.where or "the argument"
    if got is not None and expected is not None and got.shape == expected.shape:
        for found in number_mistakes(got, expected, _arrays(error.input)):
            yield replace(
                found, name=f"gradient: {found.name}", message=GRADIENT_ONLY.format(name=name) + found.message
            )
    if error.where:  # else it was written by hand, and autograd is not in it
        yield advise("gradient wrong, values right", name=name)


def _arrays(given: object) -> dict[str, np.ndarray]:
    """The arrays among the inputs, by name, in order; their sizes name the factors that are seen."""
    if not isinstance(given, Mapping):
        return {}
    found = ((str(name), as_array(value)) for name, value in given.items())
    return {name: array for name, array in found if array is not None and array.ndim}


_EXPLAINED: dict[Kind, Callable[[CheckFailure], Iterator[Diagnosis]]] = {
    "type": _type,
    "dtype": _dtype,
    "shape": _shape,
    "value": _value,
    "gradient": _gradient,
}
