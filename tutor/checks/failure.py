"""What a failed check says: one exception with the facts still as objects.

The facts stay raw (arrays, tensors) because diagnosis compares them with those of known mistakes; only
`tutor.checks.finding` turns them into text.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal

Kind = Literal[
    "value", "shape", "dtype", "type", "structure", "device", "changed", "alias", "gradient", "detached",
    "unstable", "raised", "warning", "slow", "property", "statistic", "random",
]  # fmt: skip
"""The sort of fact that failed. Two programs make the same mistake only if their failures are of the same kind."""


class _Missing:
    def __repr__(self) -> str:
        return "nothing"


MISSING: Final = _Missing()
"""Stands for `no value was given`, where None may be a value."""


class Words(str):
    """Words where a value is usually shown: printed without quotes, and equal to no value a learner returns."""

    __slots__ = ()


class CheckFailure(AssertionError):  # noqa: N818  # a failed check is not an error of the program
    """A check's verdict on one call: what is wrong in one line, and the facts to show and to compare."""

    def __init__(
        self,
        message: str,
        *,
        kind: Kind = "property",
        input: Mapping[str, object] | object = MISSING,
        expected: object = MISSING,
        got: object = MISSING,
        difference: str = "",
        call: str = "",
        where: str = "",
    ) -> None:
        super().__init__(message)
        self.message = message
        self.kind: Kind = kind
        self.input = input
        self.expected = expected
        self.got = got
        self.difference = difference
        self.call = call
        self.where = where
        """Which part of the result: empty for the whole, else such as `[1]` or `['loss']`."""
        self.gradient_right: bool | None = None
        """For wrong values: whether the gradient was right all the same, where there is one."""
        self.rest_right: bool | None = None
        """For one wrong value of several: whether all the others were right."""
