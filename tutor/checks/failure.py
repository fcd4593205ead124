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


class CheckFailure(AssertionError):
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
        self.forward: bool | None = None
        """For a gradient failure: True, because the values were compared first and were right."""
