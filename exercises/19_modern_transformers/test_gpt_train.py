"""Checks of the capstone: small texts that tell right training from wrong, each trained for a second or less.

The batches are the learner's own affair, so nothing is compared step by step: what counts is what was learnt, and that
the validation loss is that of the model that comes back.
"""

from __future__ import annotations

import inspect
import itertools
import math
from collections import Counter

import numpy as np
import torch
import torch.nn.functional as F

from tutor.checks import close, draws, equal, holds, raises

MONTHS = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
]
DAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
TINY = {"d_model": 8, "num_heads": 2, "layers": 1, "block": 5, "batch_size": 4, "lr": 1e-2}


def words(draw, vocabulary, count):
    return " ".join(draw.rng().choice(vocabulary, count).tolist())


def split(text):
    """Training and validation tokens, as the task asks."""
    index = {char: i for i, char in enumerate(sorted(set(text)))}
    ids = torch.tensor([index[char] for char in text])
    return ids[: int(0.9 * len(ids))], ids[int(0.9 * len(ids)) :]


def windows(ids, block):
    n = (len(ids) - 1) // block * block
    return ids[:n].view(-1, block), ids[1 : n + 1].view(-1, block)


def measured(model, text, block):
    """The mean loss of a model on the validation windows, through nothing but its logits."""
    x, y = windows(split(text)[1], block)
    with torch.no_grad():
        return float(F.cross_entropy(model(x)[0].transpose(1, 2), y))


@draws(2)
def test_result(mine, draw):
    """The dict that was asked for: the model of these sizes, the sorted characters, one loss a step, the validations."""
    text = words(draw, MONTHS, 40) + " xyz"  # z comes in the validation part only
    steps, every, block = draw.pick((5, 2, 5), (6, 3, 7))
    got = mine.train_gpt(text, **TINY | {"block": block, "layers": 4}, steps=steps, every=every)
    holds(isinstance(got, dict), "the result is no dict", got=type(got).__name__, expected="a dict")
    equal(sorted(got), ["chars", "model", "train_loss", "val_loss"], "the list of keys")
    equal(got["chars"], "".join(sorted(set(text))), "the vocabulary")
    counts = {name: len(got[name]) for name in ("train_loss", "val_loss")}
    equal(counts, {"train_loss": steps, "val_loss": -(-steps // every)}, f"the dict of lengths after {steps} steps")
    numbers = all(isinstance(v, float) for name in ("train_loss", "val_loss") for v in got[name])
    holds(numbers, "the losses are not floats", got=got["train_loss"][:2], expected="Python floats")
    state = {name: tuple(value.shape) for name, value in got["model"].named_parameters()}
    sizes = {"tok": state.get("tok.weight"), "pos": state.get("pos.weight"), "blocks": blocks(state)}
    equal(sizes, {"tok": (len(got["chars"]), 8), "pos": (block, 8), "blocks": 4}, "the dict of sizes of the model")


def blocks(state):
    return len({name.split(".")[1] for name in state if name.startswith("blocks.")})


def test_defaults(mine):
    """Without further arguments: the sizes of the task, 1500 steps, a validation every 100, seed 0."""
    mine.train_gpt("ab" * 60, **TINY, steps=0)
    parameters = inspect.signature(mine.train_gpt).parameters
    wanted = {"d_model": 64, "num_heads": 4, "layers": 2, "block": 64, "batch_size": 32, "lr": 3e-3, "steps": 1500}
    wanted |= {"every": 100, "seed": 0}
    got = {name: parameters[name].default if name in parameters else "missing" for name in wanted}
    equal(got, wanted, "the dict of defaults")


@draws(1)
def test_no_steps(mine, draw):
    """With steps=0 the model is untrained: no losses, and a loss of about log V."""
    text = words(draw, MONTHS, 60)
    got = mine.train_gpt(text, **TINY, steps=0)
    equal((got["train_loss"], got["val_loss"]), ([], []), "the pair of losses")
    loss, wanted = measured(got["model"], text, 5), math.log(len(set(text)))
    holds(abs(loss - wanted) < 0.1, "the untrained model's loss is not log V", got=loss, expected=wanted)


@draws(3)
def test_validation_loss(mine, draw):
    """The validation loss is the mean over the windows of the last 10 %, of the model that comes back."""
    months, days, block = ((120, 10, 6), (120, 11, 4), (300, 15, 2))[draw.index]  # the last: over a hundred windows
    text = words(draw, MONTHS, months) + words(draw, DAYS, days)
    got = mine.train_gpt(text, **TINY | {"block": block}, steps=30, every=20)
    wanted = measured(got["model"], text, block)
    close(got["val_loss"][-1], wanted, "the last validation loss", 1e-4, 1e-4, input={"block": block, "steps": 30})


@draws(1)
def test_loss_before_the_step(mine, draw):
    """The loss of a batch is taken before the step: the very first is log V, even where a single step goes far."""
    text = words(draw, MONTHS, 60)
    loss, wanted = mine.train_gpt(text, **TINY | {"lr": 3.0}, steps=1)["train_loss"][0], math.log(len(set(text)))
    holds(abs(loss - wanted) < 0.2, "the loss before the first step is not log V", got=loss, expected=wanted)


@draws(1)
def test_loss_of_each_batch(mine, draw):
    """The training loss is that of each batch alone: in the end it is what the model then has on the training part."""
    text = words(draw, MONTHS, 100)
    got = mine.train_gpt(text, **TINY | {"batch_size": 8, "lr": 0.02}, steps=120, every=120)
    x, y = windows(split(text)[0], 5)
    with torch.no_grad():
        end = float(F.cross_entropy(got["model"](x)[0].transpose(1, 2), y))
    late = sum(got["train_loss"][-10:]) / 10  # within 0.1 of the end; the mean of all is 0.5 above
    holds(abs(late - end) < 0.3, "the last ten training losses are not those of the end", got=late, expected=f"about {end:.1f}")  # fmt: skip


@draws(1)
def test_validation_text_is_not_trained_on(mine, draw):
    """Nothing is learnt from the last 10 %: signs that stand only there stay improbable."""
    front = words(draw, MONTHS, 100)
    text = front + "+-" * (len(front) // 20)
    got = mine.train_gpt(text, **TINY | {"batch_size": 8, "lr": 0.02}, steps=120, every=120)
    loss = measured(got["model"], text, 5)
    least = 0.6 * math.log(len(set(text)))  # over 60 seeds 1.05 log V and more; at most 0.33 if the part is trained on
    holds(loss > least, "the validation part was trained on", got=loss, expected="about log V, or more")


@draws(1)
def test_windows_start_anywhere(mine, draw):
    """Windows begin at random places: in a text of period 4 a window of 4 does not give the answer away by its position."""
    text = "aabb" * 105  # the validation part begins in the middle of a period
    got = mine.train_gpt(text, **TINY | {"block": 4, "batch_size": 8, "d_model": 16}, steps=60, every=60)
    loss = measured(got["model"], text, 4)  # over 40 seeds at most 0.9; 2.9 and more with windows at multiples of 4
    holds(loss < 1.6, "what was learnt depends on where a window begins", got=loss, expected="at most log 2, about 0.7")


@draws(1)
def test_seed(mine, draw):
    """The seed decides: the same one gives the same losses, another one other weights and other batches."""
    text = words(draw, MONTHS, 60)
    runs = [mine.train_gpt(text, **TINY, steps=6, every=3, seed=seed) for seed in (3, 3, 4)]
    losses = [run["train_loss"] + run["val_loss"] for run in runs]
    said = f"seeds 3 and 3 {words_of(losses[0], losses[1])}, seeds 3 and 4 {words_of(losses[0], losses[2])}"
    asked = "seeds 3 and 3 agree, seeds 3 and 4 differ"
    holds(said == asked, "the losses do not depend on the seed as they should", got=said, expected=asked)


def words_of(a, b):
    return "agree" if a == b else "differ"


@draws(1)
def test_learning_rate(mine, draw):
    """The learning rate of the caller is used, and is the largest: with 0 nothing moves, with little hardly anything."""
    text = words(draw, MONTHS, 60)
    start = mine.train_gpt(text, **TINY | {"lr": 0.0}, steps=4, every=2)
    still = start["val_loss"]
    holds(still[0] == still[1], "with lr = 0 the model changes", got=still, expected="the same loss twice")
    slow = mine.train_gpt(text, **TINY | {"lr": 1e-6}, steps=4, every=4)["val_loss"][0]
    moved = abs(slow - still[0])
    holds(moved < 1e-3, "with lr = 1e-6 the model changes too much", got=moved, expected="less than 0.001")
    end = mine.train_gpt(text, **TINY | {"lr": 1e-3}, steps=20)["model"].state_dict()
    pairs = [(value, end[name]) for name, value in start["model"].state_dict().items()]
    way = max(float((a - b).abs().max()) for a, b in pairs)
    far = "a weight moved further than 20 steps with lr = 0.001 reach"
    holds(way < 2 * 20 * 1e-3, far, got=way, expected="about 0.02 at most: lr is the largest rate")


@draws(2)
def test_too_short(mine, draw):
    """A validation part without a whole window raises ValueError; one window is enough."""
    block = draw.pick(9, 5)
    text = "ab" * (5 * (block + 1))  # block + 1 characters validate

    def trained(text):
        mine.train_gpt(text, **TINY | {"block": block}, steps=1)

    raises(ValueError, trained, text[:-10], because=f"no window of {block} fits into its last tenth")
    got = mine.train_gpt(text, **TINY | {"block": block}, steps=1)
    equal(len(got["val_loss"]), 1, "the number of validations with a single window")


def bigram(text):
    """The validation loss of counted pairs, smoothed a little."""
    train, val = (part.tolist() for part in split(text))
    pairs, firsts, v = Counter(itertools.pairwise(train)), Counter(train), len(set(text))
    p = [(pairs[a, b] + 0.1) / (firsts[a] + 0.1 * v) for a, b in itertools.pairwise(val)]
    return float(-np.log(p).mean())


@draws(1)
def test_learns(mine, draw):
    """After 150 steps on names of months it is far better than the bigram: it has seen more than one character."""
    text = words(draw, MONTHS, 2000)
    got = mine.train_gpt(
        text,
        d_model=32,
        num_heads=4,
        layers=1,
        block=16,
        batch_size=16,
        lr=1e-2,
        steps=150,
        every=50,
        seed=draw.int(0, 9),
    )
    first, last, wanted = got["train_loss"][0], got["val_loss"][-1], 0.65 * bigram(text)
    holds(abs(first - math.log(len(set(text)))) < 0.2, "the first loss is not log V", got=first, expected=math.log(22))
    finite = all(math.isfinite(v) for v in got["train_loss"])
    holds(finite, "the training loss is not finite", got="NaN or infinite", expected="finite numbers")
    given = {"text": f"{len(text)} characters", "steps": 150, "bigram": round(bigram(text), 2)}
    holds(last < wanted, "the validation loss is too high", got=last, expected=f"below {wanted:.2f}", input=given)
