"""What authors of checks import. CONTRIBUTING.md shows a check being written; each name's own text says the details."""

from tutor.checks.bridge import from_torch
from tutor.checks.calls import CallInfo, last_call
from tutor.checks.draws import Draw, draws
from tutor.checks.failure import CheckFailure
from tutor.checks.gradient import gradients
from tutor.checks.measure import Measure, faster_than, measure
from tutor.checks.properties import close, deterministic, equal, finite, holds, quiet, raises, unchanged
from tutor.checks.same import same
from tutor.checks.statistic import frequency, mean_is, uniform
from tutor.checks.variants import accept, reject, waive

__all__ = [
    "CallInfo",
    "CheckFailure",
    "Draw",
    "Measure",
    "accept",
    "close",
    "deterministic",
    "draws",
    "equal",
    "faster_than",
    "finite",
    "frequency",
    "from_torch",
    "gradients",
    "holds",
    "last_call",
    "mean_is",
    "measure",
    "quiet",
    "raises",
    "reject",
    "same",
    "unchanged",
    "uniform",
    "waive",
]
