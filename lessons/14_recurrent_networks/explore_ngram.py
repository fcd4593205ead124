"""A text generator that counts: what may come next, what it writes, and how empty its table is."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache

from tutor.training import Bars, Figure, Note, choice, knob
from tutor.training.data import load
from tutor.training.figure import Role

TITLE = "N-gram text generator"
TEACHES = (
    "A larger n writes better text from an emptier table. With few letters to count and a large n, most contexts have "
    "had a single follower: the model recites."
)

V = 27
"""26 letters and the space."""
MOST = 40_000
SHOWN = 6
LINE = 68
LETTER: Role = "mine"
OTHERS: Role = "muted"
POWERS = "¹²³⁴⁵⁶⁷"
SEEDS = ("the value of ", "an expression ", "in the class ", "zygote quiz ")


@dataclass(frozen=True)
class Knobs:
    """What can be turned."""

    n: int = knob(3, 1, 7, help="letters in an n-gram: n - 1 are looked at, one is predicted")
    alpha: float = knob(0.0, 0.0, 1.0, step=0.01, help="added to every count, also to those that are 0")
    letters: int = knob(30_000, 300, MOST, log=True, help="how much text is counted")
    start: str = choice(SEEDS[0], *SEEDS, help="how the text begins")
    throw: int = knob(1, 1, 50, help="another throw of the dice")


def draw(knobs: Knobs) -> Figure:
    """Bars of the likeliest next letters, two lines of text, and the numbers of the table."""
    n, table = knobs.n, counts(knobs.n, knobs.letters)
    written = knobs.start + write(knobs, table)
    context = knobs.start[len(knobs.start) - n + 1 :]
    after, total = table.get(context, Counter()), sum(table.get(context, Counter()).values())
    p = [(chance(after, total, letter, knobs.alpha), letter) for letter in ALPHABET]
    best = sorted(p, key=lambda pair: (-pair[0], pair[1]))[:SHOWN]
    rest = max(0.0, sum(value for value, _ in p) - sum(value for value, _ in best))
    bars = Bars(
        (*(named(letter) for _, letter in best), f"{V - SHOWN} others"),
        (*(value for value, _ in best), rest),
        (*(f"{value:.3f}   {after[letter]:,} of {total:,}" for value, letter in best), f"{rest:.3f}"),
        (LETTER,) * SHOWN + (OTHERS,),
        low=0.0,
        high=1.0,
    )
    lines = [written[i : i + LINE] for i in range(0, 2 * LINE, LINE)]
    notes = (Note(""), *(Note(line.strip() or DEAD_END) for line in lines), Note(""), *map(Note, facts(knobs, table)))
    return Figure((bars, *notes), f"after “{context}”" if n > 1 else "without looking back")


DEAD_END = "× never seen before, and alpha is 0: the model falls silent."
ALPHABET = " abcdefghijklmnopqrstuvwxyz"


@lru_cache(maxsize=1)
def corpus() -> str:
    """Clean letters of the Python language reference: lower case, single spaces."""
    raw = load("python-docs").text[: 2 * MOST]
    kept = "".join(c if c.isascii() and c.isalpha() else " " for c in raw)
    return " ".join(kept.lower().split())[:MOST]


@lru_cache(maxsize=8)
def counts(n: int, letters: int) -> dict[str, Counter[str]]:
    """context → how often each letter followed it."""
    text = corpus()[:letters]
    table: dict[str, Counter[str]] = {}
    for gram, count in Counter(text[i : i + n] for i in range(len(text) - n + 1)).items():
        table.setdefault(gram[:-1], Counter())[gram[-1]] = count
    return table


def chance(after: Counter[str], total: int, letter: str, alpha: float) -> float:
    """The smoothed probability; 0 where nothing is known."""
    below = total + alpha * V
    return (after[letter] + alpha) / below if below else 0.0


def write(knobs: Knobs, table: dict[str, Counter[str]]) -> str:
    """Letter after letter; where the context was never seen and alpha is 0 the text ends with a cross."""
    dice, text = random.Random(knobs.throw), knobs.start
    for _ in range(2 * LINE - len(knobs.start)):
        after = table.get(text[len(text) - knobs.n + 1 :], Counter())
        weights = [after[letter] + knobs.alpha for letter in ALPHABET]
        if not sum(weights):
            return text[len(knobs.start) :] + "×"
        text += dice.choices(ALPHABET, weights)[0]
    return text[len(knobs.start) :]


def facts(knobs: Knobs, table: dict[str, Counter[str]]) -> list[str]:
    """How much of the table is filled, and how much of it decides nothing."""
    n, grams = knobs.n, sum(len(after) for after in table.values())
    single = sum(len(after) == 1 for after in table.values())
    full = 100 * grams / V**n
    share = f"{full:.1f}" if full >= 0.1 else f"{full:.1g}" if full >= 1e-4 else "below 0.0001"
    return [
        f"{grams:,} different {n}-grams in {knobs.letters:,} letters, of 27{POWERS[n - 1]} possible: {share} %.",
        "One context, the empty one: it comes before every letter."
        if n == 1
        else f"{len(table):,} contexts; {100 * single / len(table):.0f} % of them have only ever had one follower.",
    ]


def named(letter: str) -> str:
    """A space can be seen."""
    return "space" if letter == " " else letter
