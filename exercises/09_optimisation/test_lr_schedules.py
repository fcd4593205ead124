"""Checks of lr-schedules, against the schedules written in another way."""

import math

import numpy as np

from tutor.checks import close, draws, same


def inverse_time(lr0, decay, epoch):
    return 1 / (1 / lr0 + decay / lr0 * epoch)


def step_decay(lr0, gamma, step_size, epoch):
    lr = lr0
    for number in range(1, epoch + 1):
        lr *= gamma if number % step_size == 0 else 1.0
    return lr


def cosine_warmup(step, total, warmup, lr_max, lr_min=0.0):
    if step < warmup:
        return lr_max / warmup * (step + 1)
    if step >= total:
        return lr_min
    left = math.cos(math.pi / 2 * (step - warmup) / (total - warmup)) ** 2  # from 1 to 0
    return left * lr_max + (1 - left) * lr_min


def noam(step, d_model, warmup, factor=1.0):
    n = step + 1
    shape = n / warmup**1.5 if n < warmup else 1 / math.sqrt(n)
    return factor * shape / math.sqrt(d_model)


def curve(fn, places, name, **given):
    """The values at these places, which come as the argument `name`."""
    return [fn(**{name: place}, **given) for place in places]


def compare(fn, reference, places, name, **given):
    got, wanted = curve(fn, places, name, **given), curve(reference, places, name, **given)
    if all(isinstance(lr, float) for lr in got):
        got, wanted = np.array(got), np.array(wanted)  # shown, and compared with known mistakes, as a whole
    close(got, wanted, f"the learning rate at each {name}", input={name: places, **given})


@draws(6)
def test_inverse_time(mine, draw):
    """inverse_time divides lr0 by 1 + decay * epoch: it starts at lr0, never compounds, never becomes negative."""
    lr0, decay = draw.pick(0.2, 0.5, 3.0), draw.pick(1.0, 0.1)
    compare(mine.inverse_time, inverse_time, [0, 1, 2, 5, 40], "epoch", lr0=lr0, decay=decay)


@draws(6)
def test_step_decay(mine, draw):
    """step_decay multiplies by gamma once every step_size epochs, for the first time in epoch step_size."""
    step_size, gamma, lr0 = draw.pick(2, 3, 1), draw.pick(0.5, 0.1), draw.pick(0.8, 0.3)
    compare(mine.step_decay, step_decay, [0, 1, 2, 3, 4, 5, 6, 31], "epoch", lr0=lr0, gamma=gamma, step_size=step_size)


@draws(8)
def test_cosine_warmup(mine, draw):
    """cosine_warmup climbs in equal parts, then follows half a cosine from lr_max to lr_min."""
    warmup, lr_min = draw.pick(4, 1, 3, 10), draw.pick(0.0, 0.2)  # the climb may begin below lr_min
    total = warmup + draw.int(5, 12)
    steps = sorted({0, 1, warmup - 1, warmup, warmup + 1, warmup + 4, total - 1, total})
    compare(
        mine.cosine_warmup,
        cosine_warmup,
        steps,
        "step",
        total=total,
        warmup=warmup,
        lr_max=draw.pick(1.0, 0.3),
        lr_min=lr_min,
    )


@draws(2)
def test_cosine_after_the_end(mine, draw):
    """cosine_warmup stays at lr_min after total, however long the training goes on."""
    given = {"total": 9, "warmup": 3, "lr_max": 0.5, "lr_min": [0.0, 0.02][draw.index]}
    compare(mine.cosine_warmup, cosine_warmup, [9, 10, 12, 15, 21, 1000], "step", **given)


@draws(4)
def test_cosine_edges(mine, draw):
    """cosine_warmup works without warm-up, and with nothing but warm-up."""
    total, warmup = [(6, 0), (4, 4), (1, 0), (0, 0)][draw.index]
    given = {"total": total, "warmup": warmup, "lr_max": 0.5, "lr_min": 0.1}
    compare(mine.cosine_warmup, cosine_warmup, [0, 1, 3, 4, 5, 6, 7], "step", **given)


@draws(6)
def test_noam(mine, draw):
    """noam climbs in proportion to n = step + 1, is largest at n = warmup, and then falls like one over the root of n."""
    warmup, d_model, factor = draw.pick(4, 1, 10), draw.pick(16, 50), draw.pick(1.0, 2.5)
    steps = sorted({0, 1, max(warmup - 2, 0), warmup - 1, warmup, 3 * warmup, 4000})
    compare(mine.noam, noam, steps, "step", d_model=d_model, warmup=warmup, factor=factor)


@draws(2)
def test_arguments(mine, draw):
    """All four take their arguments by position in the stub's order; lr_min is 0 and factor is 1 unless given."""
    same(mine.inverse_time, inverse_time, 0.3, 0.5, 3)
    same(mine.step_decay, step_decay, 0.3, 0.5, 2, 5)
    same(mine.cosine_warmup, cosine_warmup, 6, 10, 2, 0.3, *[0.1][: draw.index])
    same(mine.cosine_warmup, cosine_warmup, 11, 10, 2, 0.3, *[0.1][: draw.index])
    same(mine.noam, noam, 6, 16, 3, *[0.5][: draw.index])
