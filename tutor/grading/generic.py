"""Mistakes that any code can make, recognised from the failure alone."""

from __future__ import annotations

from tutor.model import Diagnosis


def generic_diagnosis(error: BaseException) -> Diagnosis | None:
    """The first generic mistake that explains the failure, or None."""
    return None
