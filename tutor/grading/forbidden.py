"""Operations an exercise forbids: a friendly scan of the source, and enforcement at run time, in the learner process only."""

from __future__ import annotations

from dataclasses import dataclass

_used: list[str] = []


@dataclass(frozen=True, slots=True)
class Rules:
    """What the exercise's front matter forbids."""

    framework: str
    names: tuple[str, ...] = ()


def scan(source: bytes, file: str, rules: Rules) -> tuple[tuple[str, int], ...]:
    """Find forbidden names in the source: (name, line)."""
    return ()


def enforce(rules: Rules, file: str) -> None:
    """Make forbidden operations fail in this process, however they are reached."""


def take_used() -> tuple[str, ...]:
    """Give and forget the forbidden operations that ran since the last time, also those whose error was caught."""
    found = tuple(dict.fromkeys(_used))
    _used.clear()
    return found
