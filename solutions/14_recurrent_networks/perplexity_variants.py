"""Other right ways to write perplexity, and the mistakes that people make."""

from __future__ import annotations

import math

import numpy as np

from tutor.checks import accept, reject, waive


def losses(logits, targets, ignore_index, dtype=np.float64):
    """-log p of every kept token."""
    z = logits.reshape(-1, logits.shape[-1]).astype(dtype)
    y = targets.reshape(-1)
    if ignore_index is not None:
        z, y = z[y != ignore_index], y[y != ignore_index]
    z = z - z.max(axis=1, keepdims=True)
    return np.log(np.exp(z).sum(axis=1)) - z[np.arange(len(y)), y]


def mean(values):
    return float(np.mean(values)) if len(values) else math.nan


def exp(loss):
    return math.exp(loss) if not loss > 700 else float(np.exp(np.longdouble(loss)))


@accept("from log-sum-exp, without cross_entropy")
def perplexity(logits, targets, ignore_index=None):
    with np.errstate(over="ignore"):
        return float(np.exp(mean(losses(logits, targets, ignore_index))))


@accept("a mask and a sum divided by a count")
def perplexity(logits, targets, ignore_index=None):
    z = np.asarray(logits, dtype=np.float64)
    z = z - z.max(axis=-1, keepdims=True)
    kept = np.ones(targets.shape, bool) if ignore_index is None else targets != ignore_index
    safe = np.where(kept, targets, 0)
    loss = np.log(np.exp(z).sum(axis=-1)) - np.take_along_axis(z, safe[..., None], axis=-1)[..., 0]
    count = int(kept.sum())
    if count == 0:
        return float("nan")
    with np.errstate(over="ignore"):
        return float(np.exp(loss[kept].sum() / count))


@accept("an overflow caught by hand")
def perplexity(logits, targets, ignore_index=None):
    loss = mean(losses(logits, targets, ignore_index))
    try:
        return math.exp(loss)
    except OverflowError:
        return math.inf


@reject("2 ** loss", "The loss uses the natural logarithm, so its inverse is exp, not a power of 2.")
def perplexity(logits, targets, ignore_index=None):
    loss = mean(losses(logits, targets, ignore_index))
    return 2.0**loss if loss < 1000 else math.inf


@reject("the loss itself", "This is the mean cross-entropy. Perplexity is its exponential.")
def perplexity(logits, targets, ignore_index=None):
    return mean(losses(logits, targets, ignore_index))


@reject("padding counted", "Tokens whose target is ignore_index count neither in the sum nor in the number divided by.")
def perplexity(logits, targets, ignore_index=None):
    with np.errstate(over="ignore"):
        return float(np.exp(mean(losses(logits, np.clip(targets, 0, logits.shape[-1] - 1), None))))


@reject(
    "divided by all tokens",
    "You left the ignored tokens out of the sum, but still divided by the number of ALL tokens.",
)
def perplexity(logits, targets, ignore_index=None):
    with np.errstate(over="ignore", invalid="ignore"):
        return float(np.exp(losses(logits, targets, ignore_index).sum() / targets.size))


@reject(
    "ignored tokens get zero logits",
    "A token with its logits set to zero is not ignored: it adds log V to the sum. Take it out of the mean.",
)
def perplexity(logits, targets, ignore_index=None):
    if ignore_index is not None:
        out = targets == ignore_index
        logits, targets = np.where(out[..., None], 0.0, logits), np.where(out, 0, targets)
    with np.errstate(over="ignore"):
        return float(np.exp(mean(losses(logits, targets, None))))


@reject("sum instead of mean", "The exponent is the MEAN loss per token; with the sum a longer text is always worse.")
def perplexity(logits, targets, ignore_index=None):
    with np.errstate(over="ignore"):
        return float(np.exp(losses(logits, targets, ignore_index).sum()))


@reject(
    "mean over sentences",
    "All tokens weigh the same. You averaged within each sentence first, so short ones weigh more.",
)
def perplexity(logits, targets, ignore_index=None):
    each = [losses(z[None], y[None], ignore_index) for z, y in zip(logits, targets, strict=True)]
    with np.errstate(over="ignore"):
        return float(np.exp(mean([np.mean(loss) for loss in each if len(loss)])))


@reject(
    "mean of perplexities",
    "Average the losses first, then take exp. The mean of exponentials is larger: one surprise ruins it.",
)
def perplexity(logits, targets, ignore_index=None):
    with np.errstate(over="ignore"):
        return mean(np.exp(losses(logits, targets, ignore_index)))


@reject(
    "logits taken for probabilities",
    "cross_entropy takes raw logits. You applied a softmax before, so it was applied twice.",
)
def perplexity(logits, targets, ignore_index=None):
    e = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return exp(mean(losses(e / e.sum(axis=-1, keepdims=True), targets, ignore_index)))


@reject(
    "softmax over the positions",
    "Probabilities add up to 1 over the vocabulary, the LAST axis; yours do so over the positions.",
)
def perplexity(logits, targets, ignore_index=None):
    e = np.exp(logits - logits.max(axis=1, keepdims=True))
    p = e / e.sum(axis=1, keepdims=True)
    kept = np.ones(targets.shape, bool) if ignore_index is None else targets != ignore_index
    picked = np.take_along_axis(p, np.where(kept, targets, 0)[..., None], axis=2)[..., 0][kept]
    with np.errstate(divide="ignore", over="ignore"):
        return float(np.exp(mean(-np.log(picked))))


@reject(
    "log of a finished softmax",
    "e^-10000 is 0 in any float, and its logarithm -inf or nan. Use log-sum-exp, or your own cross_entropy.",
)
def perplexity(logits, targets, ignore_index=None):
    z = logits.reshape(-1, logits.shape[-1]).astype(np.float64)
    y = targets.reshape(-1)
    with np.errstate(all="ignore"):
        p = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
        if ignore_index is not None:
            p, y = p[y != ignore_index], y[y != ignore_index]
        return float(np.exp(mean(-np.log(p[np.arange(len(y)), y]))))


@reject(
    "an overflow is raised",
    "math.exp(1000) raises OverflowError. A perplexity beyond the range of floats is inf: np.exp gives that.",
)
def perplexity(logits, targets, ignore_index=None):
    return math.exp(mean(losses(logits, targets, ignore_index)))


@reject(
    "computed in float32",
    "The logits came in float32 and the sum was computed in float32: 7 digits. Convert them to float64 first.",
)
def perplexity(logits, targets, ignore_index=None):
    with np.errstate(over="ignore"):
        return float(np.exp(mean(losses(logits, targets, ignore_index, logits.dtype))))


@reject("rounded", "Do not round the result: print it with as few digits as you like, but return all.")
def perplexity(logits, targets, ignore_index=None):
    with np.errstate(over="ignore"):
        return round(float(np.exp(mean(losses(logits, targets, ignore_index)))), 2)


@reject("0 for nothing", "With every token ignored nothing is known: the result is nan, not a number that looks good.")
def perplexity(logits, targets, ignore_index=None):
    each = losses(logits, targets, ignore_index)
    with np.errstate(over="ignore"):
        return float(np.exp(np.mean(each))) if len(each) else 0.0


@reject("ignores -100 only", "ignore_index is whatever the caller says, not always -100.")
def perplexity(logits, targets, ignore_index=None):
    V = logits.shape[-1]
    with np.errstate(over="ignore"):
        return float(
            np.exp(mean(losses(logits, np.where((targets < 0) & (targets != -100) | (targets >= V), 0, targets), -100)))
        )


@reject("0 means no index", "`if ignore_index:` is false for 0, a perfectly good index. Ask `is not None`.")
def perplexity(logits, targets, ignore_index=None):
    with np.errstate(over="ignore"):
        return float(np.exp(mean(losses(logits, targets, ignore_index or None))))


@reject("padding is always 0", "Without ignore_index every token counts, also token 0: it is an ordinary one then.")
def perplexity(logits, targets, ignore_index=None):
    with np.errstate(over="ignore"):
        return float(np.exp(mean(losses(logits, targets, 0 if ignore_index is None else ignore_index))))


waive(
    "perplexity: logits.reshape(-1, logits.shape[-1]) → logits.reshape(-2, logits.shape[-1])",
    "NumPy takes any negative size for the one to be found",
)
waive("perplexity: targets.reshape(-1) → targets.reshape(-2)", "NumPy takes any negative size for the one to be found")
waive(
    "perplexity: slice(None) if ignore_index is None else y != ignore_index → y != ignore_index",
    "y != None is true everywhere, so all rows are kept as well",
)
