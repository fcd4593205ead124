"""Knobs: ranges, steps, texts."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from tutor.model import TutorError
from tutor.training import choice, knob, toggle
from tutor.training.knobs import defaults, knobs_of, parse_settings


@dataclass(frozen=True)
class Knobs:
    lr: float = knob(0.03, 1e-4, 1.0, log=True)
    epochs: int = knob(3, 1, 20)
    width: float = knob(0.5, 0.0, 1.0, step=0.1)
    loss: str = choice("mse", "mse", "l1", "huber")
    outlier: bool = toggle(False)


KNOBS = knobs_of(Knobs)
LR, EPOCHS, WIDTH, LOSS, OUTLIER = KNOBS


def test_the_dataclass_itself_has_the_defaults():
    assert Knobs() == Knobs(**defaults(KNOBS))
    assert Knobs().epochs == 3


def test_numbers_stop_at_their_ends():
    assert EPOCHS.turn(20, 1) == 20
    assert EPOCHS.turn(1, -5) == 1
    assert isinstance(EPOCHS.turn(3, 1), int)
    assert EPOCHS.turn(3, 1) == 4
    assert LR.turn(1.0, 3) == 1.0
    assert LR.turn(1e-4, -1) == pytest.approx(1e-4)


def test_steps_leave_no_rounding_dirt():
    value = 0.0
    for expected in (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7):
        value = WIDTH.turn(value, 1)
        assert value == expected


def test_a_logarithmic_knob_multiplies_and_crosses_its_range_in_twenty_presses():
    assert LR.turn(0.01, 1) / 0.01 == pytest.approx(LR.turn(0.1, 1) / 0.1, rel=1e-4)
    assert LR.turn(1e-4, 20) == pytest.approx(1.0, rel=1e-3)


def test_choices_and_toggles_go_round():
    assert LOSS.turn("huber", 1) == "mse"
    assert LOSS.turn("mse", -1) == "huber"
    assert OUTLIER.turn(False, 1) is True
    assert OUTLIER.turn(True, -1) is False


@pytest.mark.parametrize("one", KNOBS, ids=lambda k: k.name)
def test_a_click_finds_the_place_of_a_value(one):
    for fraction in (0.0, 0.5, 1.0):
        value = one.at(fraction)
        assert 0 <= one.fraction(value) <= 1
        assert one.at(one.fraction(value)) == value
    assert one.fraction(one.at(0.0)) == pytest.approx(0, abs=1e-4)
    assert one.fraction(one.at(1.0)) == pytest.approx(1, abs=1e-3)


def test_what_a_user_types():
    values = parse_settings(KNOBS, {"lr": "0.5", "epochs": "7", "loss": "l1", "outlier": "on"})
    assert values == {"lr": 0.5, "epochs": 7, "width": 0.5, "loss": "l1", "outlier": True}
    assert [k.show(values[k.name]) for k in KNOBS] == ["0.5", "7", "0.5", "l1", "on"]


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("lr", "7", "0.0001 to 1"),
        ("lr", "fast", "not a number"),
        ("lr", "nan", "out of range"),
        ("epochs", "2.5", "whole number"),
        ("loss", "hinge", "mse, l1, huber"),
        ("outlier", "maybe", "on or off"),
        ("epoch", "3", "Did you mean epochs?"),
    ],
)
def test_what_a_user_mistypes(name, text, words):
    with pytest.raises(TutorError, match=words.replace("?", r"\?")):
        parse_settings(KNOBS, {name: text})


def test_authors_mistakes_are_said_at_import():
    with pytest.raises(ValueError, match="low < high"):
        knob(3.0, 0.0, 1.0)
    with pytest.raises(ValueError, match="options"):
        choice("a", "b", "c")

    @dataclass
    class Plain:
        a: int = 3

    with pytest.raises(TypeError, match=r"Plain\.a"):
        knobs_of(Plain)
