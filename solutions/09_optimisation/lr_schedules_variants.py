"""Other right ways to write lr-schedules, and the mistakes that people make."""

import math

from tutor.checks import accept, reject, waive


@accept("a power of minus one")
def inverse_time(lr0, decay, epoch):
    return lr0 * (1 + epoch * decay) ** -1


@accept("floor of a quotient")
def step_decay(lr0, gamma, step_size, epoch):
    return lr0 * math.pow(gamma, math.floor(epoch / step_size))


@accept("a product in a loop")
def step_decay(lr0, gamma, step_size, epoch):
    for _ in range(step_size, epoch + 1, step_size):
        lr0 *= gamma
    return lr0


@accept("progress held between 0 and 1")
def cosine_warmup(step, total, warmup, lr_max, lr_min=0.0):
    if step < warmup:
        return lr_max * (step + 1) / warmup
    s = 1.0 if step >= total else (step - warmup) / (total - warmup)
    return 0.5 * (lr_max + lr_min) + 0.5 * (lr_max - lr_min) * math.cos(s * math.pi)


@accept("both branches written out")
def noam(step, d_model, warmup, factor=1.0):
    n = step + 1
    lr = n / (warmup * math.sqrt(warmup)) if n <= warmup else 1 / math.sqrt(n)
    return factor * lr / math.sqrt(d_model)


@reject(
    "a straight line", "lr0 * (1 - decay * epoch) becomes negative after 1/decay epochs: then training climbs. Divide."
)
def inverse_time(lr0, decay, epoch):
    return lr0 * (1 - decay * epoch)


@reject(
    "a straight line, stopped at 0",
    "That is a straight line down to 0. Inverse time never gets there: lr0 / (1 + decay * epoch).",
)
def inverse_time(lr0, decay, epoch):
    return lr0 * max(0.0, 1 - decay * epoch)


@reject(
    "compounded",
    "You divide by 1 + decay once more every epoch: that is exponential decay. Divide lr0 once, by 1 + decay * epoch.",
)
def inverse_time(lr0, decay, epoch):
    return lr0 / (1 + decay) ** epoch


@reject("exponential", "That is exponential decay. Inverse time falls far more slowly: lr0 / (1 + decay * epoch).")
def inverse_time(lr0, decay, epoch):
    return lr0 * math.exp(-decay * epoch)


@reject("epochs counted from 1", "In epoch 0 the rate is lr0 itself: do not add 1 to the epoch.")
def inverse_time(lr0, decay, epoch):
    return lr0 / (1 + decay * (epoch + 1))


@reject("brackets missing", "`lr0 / 1 + decay * epoch` is lr0 plus something. Put the whole denominator in brackets.")
def inverse_time(lr0, decay, epoch):
    return lr0 / 1 + decay * epoch


@reject("root of the time", "You took the root of 1 + decay * epoch. There is none in inverse time decay.")
def inverse_time(lr0, decay, epoch):
    return lr0 / math.sqrt(1 + decay * epoch)


@reject(
    "decays smoothly",
    "You divide with `/`, so the rate falls in every epoch. Stairs need the whole number: epoch // step_size.",
)
def step_decay(lr0, gamma, step_size, epoch):
    return lr0 * gamma ** (epoch / step_size)


@reject(
    "decays every epoch",
    "The factor comes once every step_size epochs, not in every epoch: gamma ** (epoch // step_size).",
)
def step_decay(lr0, gamma, step_size, epoch):
    return lr0 * gamma**epoch


@reject("decays once", "The factors add up: after three times step_size epochs there are three of them.")
def step_decay(lr0, gamma, step_size, epoch):
    return lr0 * gamma if epoch >= step_size else lr0


@reject(
    "decays for a single epoch", "The rate must stay low after a stair: you lower it only in the epoch of the stair."
)
def step_decay(lr0, gamma, step_size, epoch):
    return lr0 * gamma if epoch and epoch % step_size == 0 else lr0


@reject(
    "one epoch early", "The first factor comes in epoch step_size (epochs count from 0); yours comes an epoch earlier."
)
def step_decay(lr0, gamma, step_size, epoch):
    return lr0 * gamma ** ((epoch + 1) // step_size)


@reject(
    "rounded to the nearest stair",
    "You round epoch / step_size to the nearest whole number. Round down: epoch // step_size.",
)
def step_decay(lr0, gamma, step_size, epoch):
    return lr0 * gamma ** round(epoch / step_size)


@reject("gamma subtracted", "gamma is a factor: lr0 times gamma to the power of the number of stairs.")
def step_decay(lr0, gamma, step_size, epoch):
    return lr0 * (1 - gamma) ** (epoch // step_size)


@reject(
    "whole period of the cosine",
    "cos goes from 1 to -1 over pi. With 2 pi your rate has climbed back to lr_max at the end.",
)
def cosine_warmup(step, total, warmup, lr_max, lr_min=0.0):
    if step < warmup:
        return lr_max * (step + 1) / warmup
    if step >= total:
        return lr_min
    return lr_min + (lr_max - lr_min) * (1 + math.cos(2 * math.pi * (step - warmup) / (total - warmup))) / 2


@reject(
    "quarter of a period",
    "You use the first quarter of the cosine, cos(pi s / 2). It is (1 + cos(pi s)) / 2, flat at both ends.",
)
def cosine_warmup(step, total, warmup, lr_max, lr_min=0.0):
    if step < warmup:
        return lr_max * (step + 1) / warmup
    if step >= total:
        return lr_min
    return lr_min + (lr_max - lr_min) * math.cos(math.pi / 2 * (step - warmup) / (total - warmup))


@reject(
    "progress counted from step 0",
    "Your cosine began at step 0, during the warm-up, so the rate jumps down at its end. Progress is (step - warmup) / (total - warmup).",
)
def cosine_warmup(step, total, warmup, lr_max, lr_min=0.0):
    if step < warmup:
        return lr_max * (step + 1) / warmup
    if step >= total:
        return lr_min
    return lr_min + (lr_max - lr_min) * (1 + math.cos(math.pi * step / total)) / 2


@reject(
    "progress divided by total",
    "The cosine has total - warmup steps, not total: yours has not come down to lr_min when training ends.",
)
def cosine_warmup(step, total, warmup, lr_max, lr_min=0.0):
    if step < warmup:
        return lr_max * (step + 1) / warmup
    if step >= total:
        return lr_min
    return lr_min + (lr_max - lr_min) * (1 + math.cos(math.pi * (step - warmup) / total)) / 2


@reject("restarts after total", "After total the cosine climbs again. Stay at lr_min.")
def cosine_warmup(step, total, warmup, lr_max, lr_min=0.0):
    if step < warmup:
        return lr_max * (step + 1) / warmup
    s = (step - warmup) / (total - warmup) if total > warmup else 1.0
    return lr_min + (lr_max - lr_min) * (1 + math.cos(math.pi * s)) / 2


@reject("zero after total", "After total the rate stays at lr_min, which need not be 0.")
def cosine_warmup(step, total, warmup, lr_max, lr_min=0.0):
    if step < warmup:
        return lr_max * (step + 1) / warmup
    if step >= total:
        return 0.0
    return lr_min + (lr_max - lr_min) * (1 + math.cos(math.pi * (step - warmup) / (total - warmup))) / 2


@reject("warm-up from 0", "Step 0 has the rate 0 and does nothing. The climb is lr_max * (step + 1) / warmup.")
def cosine_warmup(step, total, warmup, lr_max, lr_min=0.0):
    if step < warmup:
        return lr_max * step / warmup
    if step >= total:
        return lr_min
    return lr_min + (lr_max - lr_min) * (1 + math.cos(math.pi * (step - warmup) / (total - warmup))) / 2


@reject("warm-up from lr_min", "The climb starts at lr_max / warmup; lr_min is only where the cosine ends.")
def cosine_warmup(step, total, warmup, lr_max, lr_min=0.0):
    if step < warmup:
        return lr_min + (lr_max - lr_min) * (step + 1) / warmup
    if step >= total:
        return lr_min
    return lr_min + (lr_max - lr_min) * (1 + math.cos(math.pi * (step - warmup) / (total - warmup))) / 2


@reject(
    "warm-up kept above lr_min",
    "The climb may begin below lr_min: step 0 gives lr_max / warmup, however small that is.",
)
def cosine_warmup(step, total, warmup, lr_max, lr_min=0.0):
    if step < warmup:
        return max(lr_min, lr_max * (step + 1) / warmup)
    if step >= total:
        return lr_min
    return lr_min + (lr_max - lr_min) * (1 + math.cos(math.pi * (step - warmup) / (total - warmup))) / 2


@reject("no warm-up", "The first `warmup` steps must climb; yours start at the top.")
def cosine_warmup(step, total, warmup, lr_max, lr_min=0.0):
    if step >= total:
        return lr_min
    return lr_min + (lr_max - lr_min) * (1 + math.cos(math.pi * step / total)) / 2


@reject("lr_min ignored", "Your cosine ends at 0 instead of lr_min.")
def cosine_warmup(step, total, warmup, lr_max, lr_min=0.0):
    if step < warmup:
        return lr_max * (step + 1) / warmup
    if step >= total:
        return lr_min
    return lr_max * (1 + math.cos(math.pi * (step - warmup) / (total - warmup))) / 2


@reject(
    "lr_min on top",
    "lr_min is added, but the cosine still spans all of lr_max: it begins at lr_max + lr_min. It spans lr_max - lr_min.",
)
def cosine_warmup(step, total, warmup, lr_max, lr_min=0.0):
    if step < warmup:
        return lr_max * (step + 1) / warmup
    if step >= total:
        return lr_min
    return lr_min + lr_max * (1 + math.cos(math.pi * (step - warmup) / (total - warmup))) / 2


@reject("one half forgotten", "1 + cos lies between 0 and 2: divide it by 2.")
def cosine_warmup(step, total, warmup, lr_max, lr_min=0.0):
    if step < warmup:
        return lr_max * (step + 1) / warmup
    if step >= total:
        return lr_min
    return lr_min + (lr_max - lr_min) * (1 + math.cos(math.pi * (step - warmup) / (total - warmup)))


@reject(
    "straight line down", "Your rate falls along a straight line. The cosine is flat at both ends and steep between."
)
def cosine_warmup(step, total, warmup, lr_max, lr_min=0.0):
    if step < warmup:
        return lr_max * (step + 1) / warmup
    if step >= total:
        return lr_min
    return lr_min + (lr_max - lr_min) * (1 - (step - warmup) / (total - warmup))


@reject("degrees", "math.cos takes radians: half a period is pi, not 180.")
def cosine_warmup(step, total, warmup, lr_max, lr_min=0.0):
    if step < warmup:
        return lr_max * (step + 1) / warmup
    if step >= total:
        return lr_min
    return lr_min + (lr_max - lr_min) * (1 + math.cos(180 * (step - warmup) / (total - warmup))) / 2


@reject(
    "divides by total - warmup too early",
    "With warmup = total there is nothing to divide by. Return lr_min for step >= total before you compute the progress.",
)
def cosine_warmup(step, total, warmup, lr_max, lr_min=0.0):
    if step < warmup:
        return lr_max * (step + 1) / warmup
    s = min(1.0, (step - warmup) / (total - warmup))
    return lr_min + (lr_max - lr_min) * (1 + math.cos(math.pi * s)) / 2


@reject(
    "divides by warmup too early",
    "With warmup = 0 there is nothing to divide by. Compute the climb only when step < warmup.",
)
def cosine_warmup(step, total, warmup, lr_max, lr_min=0.0):
    climb = lr_max * (step + 1) / warmup
    if step >= total:
        return min(climb, lr_min) if step < warmup else lr_min
    if step < warmup:
        return climb
    return lr_min + (lr_max - lr_min) * (1 + math.cos(math.pi * (step - warmup) / (total - warmup))) / 2


@reject("n counted from 0", "n is step + 1. With n = 0 you divide by zero at the very first step.")
def noam(step, d_model, warmup, factor=1.0):
    return factor * d_model**-0.5 * min(step**-0.5, step * warmup**-1.5)


@reject("max instead of min", "The smaller of the two counts: during the climb n^-0.5 is far too large.")
def noam(step, d_model, warmup, factor=1.0):
    n = step + 1
    return factor * d_model**-0.5 * max(n**-0.5, n * warmup**-1.5)


@reject("width in the numerator", "A wider model takes SMALLER steps: d_model to the power of -0.5.")
def noam(step, d_model, warmup, factor=1.0):
    n = step + 1
    return factor * d_model**0.5 * min(n**-0.5, n * warmup**-1.5)


@reject("width forgotten", "d_model plays no part in your rate: multiply by d_model ** -0.5.")
def noam(step, d_model, warmup, factor=1.0):
    n = step + 1
    return factor * min(n**-0.5, n * warmup**-1.5)


@reject(
    "climb does not meet the fall",
    "The climb is n * warmup^-1.5, so that both are equal at n = warmup. Your exponent is another one.",
)
def noam(step, d_model, warmup, factor=1.0):
    n = step + 1
    return factor * d_model**-0.5 * min(n**-0.5, n * warmup**-0.5)


@reject("falls like 1 / n", "After the warm-up the rate falls like n^-0.5, the root, not like 1 / n.")
def noam(step, d_model, warmup, factor=1.0):
    n = step + 1
    return factor * d_model**-0.5 * min(1 / n, n * warmup**-1.5)


@reject("factor ignored", "factor multiplies the whole schedule.")
def noam(step, d_model, warmup, factor=1.0):
    n = step + 1
    return d_model**-0.5 * min(n**-0.5, n * warmup**-1.5)


@reject("never climbs", "There is no warm-up in your rate: take the smaller of n^-0.5 and n * warmup^-1.5.")
def noam(step, d_model, warmup, factor=1.0):
    return factor * d_model**-0.5 * (step + 1) ** -0.5


@reject("never falls", "Your rate climbs for ever: take the smaller of n^-0.5 and n * warmup^-1.5.")
def noam(step, d_model, warmup, factor=1.0):
    return factor * d_model**-0.5 * (step + 1) * warmup**-1.5


waive("cosine_warmup: step - warmup → warmup - step", "cos(-x) is cos(x)")
waive("cosine_warmup: total - warmup → warmup - total", "cos(-x) is cos(x)")
waive(
    "noam: min(n ** (-0.5), n * warmup ** (-1.5)) → min(n * warmup ** (-1.5), n ** (-0.5))",
    "the smaller of two is the same in either order",
)
