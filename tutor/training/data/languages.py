"""Translation pairs that need no download: dates from CLDR, the Unicode consortium's tables, and numbers in words.

Babel and num2words say the same thing in two languages; this module chooses what is said, always the same, and leaves
the text as these libraries write it, narrow no-break spaces included: cleaning is the learner's.
"""

from __future__ import annotations

import datetime
import random
from collections.abc import Callable, Iterator
from typing import Literal, TypeVar

from tutor.training.data.catalogue import Source
from tutor.training.data.kinds import Pairs

_COUNT = 5000
"""Pairs of a source, all with different English sides."""
_LOCALES = ("en_US", "fr_FR")
_FIRST, _DAYS = datetime.date(1990, 1, 1), 40 * 365
_MINUTES = (0, 5, 15, 30, 45)
_UNITS: tuple[tuple[Literal["minute", "hour", "day", "week", "month", "year"], int], ...] = (
    ("minute", 60),
    ("hour", 3600),
    ("day", 86_400),
    ("week", 7 * 86_400),
    ("month", 30 * 86_400),
    ("year", 365 * 86_400),
)
"""With their lengths in seconds, as Babel counts them."""
_AT = {"en_US": "{date} at {time}", "fr_FR": "{date} à {time}"}
"""CLDR has a pattern for this too, but releases of Babel differ in which one they give."""

T = TypeVar("T")
Pair = tuple[str, str]


def dates(source: Source) -> Pairs:
    """Dates, times of day and spans: "Monday, March 3, 2025" and "lundi 3 mars 2025"; in no particular order."""
    chance = random.Random(0)
    ways = (_full, _full, _long, _long, _medium, _timed, _timed, _month, _quarter, _relative)
    return _pairs(source, (way(chance) for way in _forever(chance, ways)))


def numbers(source: Source) -> Pairs:
    """Whole numbers below a million in words, all lengths equally often: "ninety-seven" and "quatre-vingt-dix-sept"."""
    from num2words import num2words

    chance = random.Random(0)
    values = _forever(chance, (10, 100, 1000, 10_000, 100_000, 1_000_000))
    drawn = (chance.randrange(below) for below in values)
    return _pairs(source, ((num2words(n, lang="en"), num2words(n, lang="fr")) for n in _distinct(drawn)))


def _pairs(source: Source, stream: Iterator[Pair]) -> Pairs:
    """The first pairs of a stream whose English side is new."""
    found: dict[str, str] = {}
    for english, french in stream:
        found.setdefault(english, french)
        if len(found) == _COUNT:
            break
    note = f"Data: {source.title}, {len(found):,} pairs. {source.credit}, {source.licence}."
    return Pairs(source.name, tuple(found.items()), note)


def _forever(chance: random.Random, options: tuple[T, ...]) -> Iterator[T]:
    while True:
        yield chance.choice(options)


def _distinct(values: Iterator[int]) -> Iterator[int]:
    seen: set[int] = set()
    for value in values:
        if value not in seen:
            seen.add(value)
            yield value


def _both(say: Callable[[str], str]) -> Pair:
    english, french = (say(locale) for locale in _LOCALES)
    return english, french


def _day(chance: random.Random) -> datetime.date:
    return _FIRST + datetime.timedelta(days=chance.randrange(_DAYS))


def _dated(chance: random.Random, length: str) -> Pair:
    from babel.dates import format_date

    day = _day(chance)
    return _both(lambda locale: format_date(day, length, locale=locale))


def _full(chance: random.Random) -> Pair:
    """Monday, March 3, 2025"""
    return _dated(chance, "full")


def _long(chance: random.Random) -> Pair:
    """March 3, 2025"""
    return _dated(chance, "long")


def _medium(chance: random.Random) -> Pair:
    """Mar 3, 2025"""
    return _dated(chance, "medium")


def _month(chance: random.Random) -> Pair:
    """March 2025"""
    return _skeleton(chance, "yMMMM")


def _quarter(chance: random.Random) -> Pair:
    """1st quarter 2025"""
    return _skeleton(chance, "yQQQQ")


def _skeleton(chance: random.Random, skeleton: str) -> Pair:
    from babel.dates import format_skeleton

    day = _day(chance)
    return _both(lambda locale: format_skeleton(skeleton, day, locale=locale))


def _timed(chance: random.Random) -> Pair:
    """March 3, 2025 at 4:05 PM"""
    from babel.dates import format_date, format_time

    day, clock = _day(chance), datetime.time(chance.randrange(24), chance.choice(_MINUTES))
    return _both(
        lambda locale: _AT[locale].format(
            date=format_date(day, "long", locale=locale), time=format_time(clock, "short", locale=locale)
        )
    )


def _relative(chance: random.Random) -> Pair:
    """3 weeks ago"""
    from babel.dates import format_timedelta

    unit, seconds = chance.choice(_UNITS)
    span = datetime.timedelta(seconds=seconds * chance.randrange(1, 31) * chance.choice((-1, 1)))
    # A threshold that no unit reaches: the span stays in the unit that was drawn.
    return _both(
        lambda locale: format_timedelta(span, granularity=unit, threshold=1e9, add_direction=True, locale=locale)
    )
