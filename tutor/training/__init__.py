"""What the authors of labs and explorers import. Light: neither numpy nor plotext is loaded from here."""

from __future__ import annotations

from tutor.training.figure import Axis, Bars, Figure, Grid, Line, Note, Scatter
from tutor.training.knobs import choice, knob, toggle
from tutor.training.log import Log
from tutor.training.target import Target

__all__ = ["Axis", "Bars", "Figure", "Grid", "Line", "Log", "Note", "Scatter", "Target", "choice", "knob", "toggle"]
