"""What is done at every turn and between verdicts: telling that a global generator moved, importing while idle."""

from __future__ import annotations

import random
import socket
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from tutor.grading import context, server, warm
from tutor.grading.codec import CodecError
from tutor.grading.handles import Handles
from tutor.grading.lines import Lines

MOVES = {
    "random": (random.random, lambda: random.gauss(0, 1), lambda: random.gauss(0, 1), lambda: random.seed(3)),
    "numpy": (np.random.rand, lambda: np.random.seed(4), np.random.randn),
    "torch": (lambda: torch.rand(1), lambda: torch.manual_seed(5)),
}


@pytest.mark.parametrize("quick", [True, False])
@pytest.mark.parametrize("name", MOVES)
def test_every_use_of_a_global_generator_is_noticed_once(name, quick, monkeypatch):
    if not quick:
        monkeypatch.setattr(context, "_PLACE", 0)  # a Python with another layout
    watch = context.GlobalRandom()
    watch.agree()
    assert watch.changes() == {}
    for move in MOVES[name]:
        move()
        assert list(watch.changes()) == [name]
        assert watch.changes() == {}


@pytest.fixture
def idle():
    """A server without processes, and what it did."""
    did: list[str] = []

    def pair():
        did.append("pair")
        process, control = SimpleNamespace(pid=0), SimpleNamespace(send=lambda _: None)
        end = {"end": lambda sound: None, "gone": lambda within=0.0: True}
        return SimpleNamespace(learner=process, control=control, begin=lambda _: None, **end)

    maker = SimpleNamespace(pair=pair, do_later=did.append, later=warm.LATER)
    ours, theirs = socket.socketpair()
    yield server.Server(Lines(theirs), ours.fileno(), maker, "auto"), did
    ours.close()
    theirs.close()


def test_an_idle_server_imports_piece_by_piece_and_then_makes_a_new_pair(idle):
    it, did = idle
    it._rest(idle=False)
    assert did == ["pair"]
    for _ in range(len(warm.LATER) + 2):
        it._rest(idle=True)
    assert did == ["pair", *warm.LATER, "pair"]
    it._ending = [one for one in it._ending if not one.gone()]
    assert it._patience() is None  # and then it sleeps until someone speaks


def test_a_server_without_an_idle_moment_imports_all_the_same(idle):
    it, did = idle
    for number in range(1, server._BUSY + 2):
        it._start({"id": number, "job": {"limits": {}}})
    assert did == ["pair"] * server._BUSY + [*warm.LATER, "pair", "pair"]


def test_what_is_handed_out_again_while_its_stand_in_dies_stays():
    """The release of a first arrival may cross with a second one on its way."""
    ours, theirs, thing = Handles(1), Handles(2), object()
    number = ours.give(thing)
    theirs.arrived(number)
    assert ours.give(thing) == number  # on its way, while the stand-in of the first time dies
    theirs._gone(number)
    assert theirs.released == [number, 1]
    ours.release(*theirs.released)
    assert ours.look_up(number) is thing
    ours.release(number, 1)
    with pytest.raises(CodecError, match="never handed out"):
        ours.look_up(number)
