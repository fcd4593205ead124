"""Knobs of labs and explorers: fields of a dataclass that know their range, their step and their text."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, Literal

from tutor.model import TutorError

Value = float | int | str | bool
Kind = Literal["float", "int", "choice", "toggle"]
_METADATA = "tutor.knob"
_LOG_STEPS = 20
"""Presses of a key from one end of a logarithmic knob to the other, when the author gives no step."""


@dataclass(frozen=True, slots=True)
class Knob:
    """One knob: what it may be set to, and how a key press changes it."""

    name: str
    kind: Kind
    default: Value
    low: float = 0.0
    high: float = 0.0
    step: float = 0.0
    """Added a press; multiplied where `log`."""
    log: bool = False
    options: tuple[str, ...] = ()
    help: str = ""

    @property
    def label(self) -> str:
        """The name as people read it."""
        return self.name.replace("_", " ")

    def show(self, value: Value) -> str:
        """The value as text: `0.03`, `on`, `huber`."""
        if isinstance(value, bool):
            return "on" if value else "off"
        return f"{value:.3g}" if isinstance(value, float) else str(value)

    def fraction(self, value: Value) -> float:
        """Where the value lies between the ends, from 0 to 1."""
        if self.kind == "choice":
            return self.options.index(str(value)) / max(1, len(self.options) - 1)
        if self.kind == "toggle":
            return 1.0 if value else 0.0
        number = float(value)
        if self.log:
            return math.log(number / self.low) / math.log(self.high / self.low)
        return (number - self.low) / (self.high - self.low)

    def at(self, fraction: float) -> Value:
        """The value at a place between the ends (a click on the slider), rounded to a whole number of steps."""
        fraction = min(1.0, max(0.0, fraction))
        if self.kind == "choice":
            return self.options[round(fraction * (len(self.options) - 1))]
        if self.kind == "toggle":
            return fraction >= 0.5
        if self.log:
            count = round(math.log(self.high / self.low) / math.log(self.step))
            return self._number(self.low * self.step ** round(fraction * count))
        return self._number(self.low + round(fraction * (self.high - self.low) / self.step) * self.step)

    def turn(self, value: Value, presses: int) -> Value:
        """The value after so many presses to the right (negative: to the left). Choices go round, numbers stop."""
        if self.kind == "choice":
            return self.options[(self.options.index(str(value)) + presses) % len(self.options)]
        if self.kind == "toggle":
            return bool(value) ^ bool(presses % 2)
        number = float(value)
        return self._number(number * self.step**presses if self.log else number + presses * self.step)

    def parse(self, text: str) -> Value:
        """The value that a user typed; a TutorError says what is allowed."""
        word = text.strip()
        if self.kind == "choice":
            if word in self.options:
                return word
            raise TutorError(f"{self.name}={text!r} is not possible: choose one of {', '.join(self.options)}.")
        if self.kind == "toggle":
            if word.lower() in {"on", "true", "yes", "1", "off", "false", "no", "0"}:
                return word.lower() in {"on", "true", "yes", "1"}
            raise TutorError(f"{self.name}={text!r} is not possible: say on or off.")
        try:
            number = float(word)
        except ValueError:
            raise TutorError(f"{self.name}={text!r} is not a number.") from None
        if not self.low <= number <= self.high or (self.kind == "int" and number != int(number)):
            whole = "a whole number " if self.kind == "int" else ""
            raise TutorError(f"{self.name}={text} is out of range: {whole}from {self.low:g} to {self.high:g}.")
        return int(number) if self.kind == "int" else number

    def _number(self, number: float) -> Value:
        held = min(self.high, max(self.low, number))
        if self.kind == "int":
            return round(held)
        if not self.log:  # a whole number of steps from the low end, without 0.30000000000000004
            held = min(self.high, self.low + round((held - self.low) / self.step) * self.step)
        return float(f"{held:.6g}")


def knob(
    default: float, low: float, high: float, *, step: float | None = None, log: bool = False, help: str = ""
) -> Any:  # noqa: ANN401 - stands where the field's own type is declared, as dataclasses.field does
    """A number from `low` to `high`; whole numbers when all three are. Returns a dataclass field, hence Any."""
    kind: Kind = "int" if all(isinstance(v, int) for v in (default, low, high)) else "float"
    if not low < high or not low <= default <= high or (log and low <= 0):
        raise ValueError(f"a knob needs low < high and low <= default <= high, got {low}, {default}, {high}")
    fallback = (high / low) ** (1 / _LOG_STEPS) if log else (1.0 if kind == "int" else (high - low) / _LOG_STEPS)
    start = default if kind == "int" else float(default)
    spec = Knob("", kind, start, float(low), float(high), step or fallback, log, help=help)
    return dataclasses.field(default=start, metadata={_METADATA: spec})


def choice(default: str, *options: str, help: str = "") -> Any:  # noqa: ANN401 - as above
    """One of a few words."""
    if default not in options:
        raise ValueError(f"the default {default!r} is not among the options {options}")
    return dataclasses.field(
        default=default, metadata={_METADATA: Knob("", "choice", default, options=options, help=help)}
    )


def toggle(default: bool = False, help: str = "") -> Any:  # noqa: ANN401 - as above
    """On or off."""
    return dataclasses.field(default=default, metadata={_METADATA: Knob("", "toggle", default, help=help)})


def knobs_of(cls: type) -> tuple[Knob, ...]:
    """The knobs that a dataclass declares, in order."""
    if not dataclasses.is_dataclass(cls):
        raise TypeError(f"{cls.__name__} must be a dataclass of knobs")
    found = []
    for field in dataclasses.fields(cls):
        spec = field.metadata.get(_METADATA)
        if not isinstance(spec, Knob):
            raise TypeError(f"{cls.__name__}.{field.name} must be made by knob(), choice() or toggle()")
        found.append(dataclasses.replace(spec, name=field.name))
    return tuple(found)


def defaults(knobs: tuple[Knob, ...]) -> dict[str, Value]:
    """Every knob at its default."""
    return {k.name: k.default for k in knobs}


def parse_settings(knobs: tuple[Knob, ...], texts: Mapping[str, str]) -> dict[str, Value]:
    """Defaults with what the user set as `name=value` texts; an unknown name gets the nearest one."""
    values = defaults(knobs)
    by_name = {k.name: k for k in knobs}
    for name, text in texts.items():
        wanted = name.strip().replace("-", "_")
        if wanted not in by_name:
            near = get_close_matches(wanted, by_name, 1, 0.5)
            hint = f" Did you mean {near[0]}?" if near else f" There are: {', '.join(by_name) or 'none'}."
            raise TutorError(f"There is no knob {name!r}.{hint}")
        values[wanted] = by_name[wanted].parse(text)
    return values
