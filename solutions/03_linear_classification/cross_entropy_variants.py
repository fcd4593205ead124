"""Other right cross-entropies, and the classics among the wrong ones."""

from __future__ import annotations

import numpy as np

from tutor.checks import accept, reject, waive
from tutor.mine import log_softmax, softmax


def _checked(logits, targets, ignore_index):
    """Kept rows as a mask, and targets with a harmless class in the ignored rows."""
    kept = targets != ignore_index
    if ((targets[kept] < 0) | (targets[kept] >= logits.shape[1])).any():
        raise ValueError("target out of range")
    return kept, np.where(kept, targets, 0)


def _finish(logits, logp, q, kept, n):
    """Loss and gradient from log-probabilities (N, C) and target distributions (N, C)."""
    terms = np.where(q > 0, q * np.where(q > 0, logp, 0), 0)[kept]
    dlogits = np.where(kept[:, None], np.exp(logp) - q, 0) / max(n, 1)
    loss = -float(terms.sum()) / n if n else float("nan")
    return loss, dlogits.astype(logits.dtype)


def _targets(logits, safe, eps):
    return (1 - eps) * np.eye(logits.shape[1])[safe] + eps / logits.shape[1]


@accept("whole target distributions, masked")
def cross_entropy(logits, targets, *, ignore_index=-100, label_smoothing=0.0):
    kept, safe = _checked(logits, targets, ignore_index)
    return _finish(logits, log_softmax(logits, axis=1), _targets(logits, safe, label_smoothing), kept, int(kept.sum()))


@accept("loop over the rows, nothing imported")
def cross_entropy(logits, targets, *, ignore_index=-100, label_smoothing=0.0):
    N, C = logits.shape
    grad, total, n = np.zeros((N, C), dtype=logits.dtype), 0.0, 0
    for i, t in enumerate(targets.tolist()):
        if t == ignore_index:
            continue
        if t not in range(C):
            raise IndexError("target out of range")
        s = logits[i] - logits[i].max()
        logp = s - np.log(np.exp(s).sum())
        total -= (1 - label_smoothing) * logp[t]
        if label_smoothing > 0:
            total -= label_smoothing * logp.mean()
        grad[i] = np.exp(logp) - label_smoothing / C
        grad[i, t] -= 1 - label_smoothing
        n += 1
    return (float(total / n), grad / n) if n else (float("nan"), grad)


@accept("gather with take_along_axis")
def cross_entropy(logits, targets, *, ignore_index=-100, label_smoothing=0.0):
    kept, safe = _checked(logits, targets, ignore_index)
    n = np.count_nonzero(kept)
    logp = log_softmax(logits, axis=1)
    losses = -np.take_along_axis(logp, safe[:, None], axis=1)[:, 0]
    if label_smoothing != 0:
        losses = (1 - label_smoothing) * losses - label_smoothing * logp.mean(axis=1)
    dlogits = softmax(logits, axis=1) - label_smoothing / logits.shape[1]
    dlogits[np.arange(len(safe)), safe] -= 1 - label_smoothing
    dlogits[~kept] = 0
    return (float(losses[kept].sum() / n) if n else float("nan")), (dlogits / max(n, 1)).astype(logits.dtype)


@reject(
    "softmax applied twice",
    "Softmax was applied twice: the loss flattens around log C. Feed the raw logits to log_softmax.",
)
def cross_entropy(logits, targets, *, ignore_index=-100, label_smoothing=0.0):
    kept, safe = _checked(logits, targets, ignore_index)
    logp = log_softmax(softmax(logits, axis=1), axis=1)
    return _finish(logits, logp, _targets(logits, safe, label_smoothing), kept, int(kept.sum()))


@reject(
    "epsilon inside the logarithm",
    "The epsilon caps the loss at 20.7 and bends it everywhere. Use log_softmax, which never takes log(0).",
)
def cross_entropy(logits, targets, *, ignore_index=-100, label_smoothing=0.0):
    kept, safe = _checked(logits, targets, ignore_index)
    p, q, n = softmax(logits, axis=1), _targets(logits, safe, label_smoothing), int(kept.sum())
    loss = -float((q * np.log(p + 1e-9))[kept].sum()) / n if n else float("nan")
    return loss, (np.where(kept[:, None], p - q, 0) / max(n, 1)).astype(logits.dtype)


@reject(
    "logarithm of softmax",
    "log(softmax(z)) is -inf as soon as a probability rounds to 0. Use log_softmax.",
)
def cross_entropy(logits, targets, *, ignore_index=-100, label_smoothing=0.0):
    kept, safe = _checked(logits, targets, ignore_index)
    with np.errstate(divide="ignore"):
        logp = np.log(softmax(logits, axis=1))
    return _finish(logits, logp, _targets(logits, safe, label_smoothing), kept, int(kept.sum()))


@reject(
    "columns instead of pairs",
    "logp[:, targets] takes these columns of EVERY row, an (N, N) table. Pair rows with np.arange(N).",
)
def cross_entropy(logits, targets, *, ignore_index=-100, label_smoothing=0.0):
    kept, safe = _checked(logits, targets, ignore_index)
    logp, q, n = log_softmax(logits, axis=1), _targets(logits, safe, label_smoothing), int(kept.sum())
    loss = -(1 - label_smoothing) * logp[kept][:, safe[kept]].mean()
    loss -= label_smoothing * logp[kept].mean() if label_smoothing else 0.0
    return float(loss), (np.where(kept[:, None], np.exp(logp) - q, 0) / max(n, 1)).astype(logits.dtype)


@reject(
    "divided by all rows",
    "Ignored rows shrink your loss: divide by the number of targets that are not ignore_index, not by N.",
)
def cross_entropy(logits, targets, *, ignore_index=-100, label_smoothing=0.0):
    kept, safe = _checked(logits, targets, ignore_index)
    logp, q = log_softmax(logits, axis=1), _targets(logits, safe, label_smoothing)
    return _finish(logits, logp, q, kept, len(targets) if kept.any() else 0)


@reject("sum instead of mean", "You return the sum over the rows. Divide loss and gradient by the number of kept rows.")
def cross_entropy(logits, targets, *, ignore_index=-100, label_smoothing=0.0):
    kept, safe = _checked(logits, targets, ignore_index)
    logp, q = log_softmax(logits, axis=1), _targets(logits, safe, label_smoothing)
    return _finish(logits, logp, q, kept, 1 if kept.any() else 0)


@reject("gradient not divided", "The loss is a mean, so its gradient carries the 1/n too: (p - q) / n.")
def cross_entropy(logits, targets, *, ignore_index=-100, label_smoothing=0.0):
    kept, safe = _checked(logits, targets, ignore_index)
    logp, q, n = log_softmax(logits, axis=1), _targets(logits, safe, label_smoothing), int(kept.sum())
    loss, dlogits = _finish(logits, logp, q, kept, n)
    return loss, (dlogits * n).astype(logits.dtype)


@reject(
    "smoothing shared by the other classes",
    "PyTorch mixes with the uniform distribution over ALL classes: (1-eps)*onehot + eps/C, also on the true one.",
)
def cross_entropy(logits, targets, *, ignore_index=-100, label_smoothing=0.0):
    kept, safe = _checked(logits, targets, ignore_index)
    C, onehot = logits.shape[1], np.eye(logits.shape[1])[safe]
    q = (1 - label_smoothing) * onehot + label_smoothing * (1 - onehot) / max(C - 1, 1)
    return _finish(logits, log_softmax(logits, axis=1), q, kept, int(kept.sum()))


@reject(
    "true class without its share of the smoothing",
    "Smoothing gives eps/C to every class, the true one included: its target is 1 - eps + eps/C. You set it to 1 - eps.",
)
def cross_entropy(logits, targets, *, ignore_index=-100, label_smoothing=0.0):
    kept, safe = _checked(logits, targets, ignore_index)
    q = np.full(logits.shape, label_smoothing / logits.shape[1])
    q[np.arange(len(q)), safe] = 1 - label_smoothing
    return _finish(logits, log_softmax(logits, axis=1), q, kept, int(kept.sum()))


@reject(
    "softmax along the samples",
    "Your softmax runs along axis 0, over the samples. The classes of one sample compete: axis 1.",
)
def cross_entropy(logits, targets, *, ignore_index=-100, label_smoothing=0.0):
    kept, safe = _checked(logits, targets, ignore_index)
    logp = np.zeros_like(logits)
    logp[kept] = log_softmax(logits[kept], axis=0) if kept.any() else 0
    return _finish(logits, logp, _targets(logits, safe, label_smoothing), kept, int(kept.sum()))


@reject(
    "gradient without smoothing", "The loss uses smoothed targets but the gradient the hard ones: it is (p - q) / n."
)
def cross_entropy(logits, targets, *, ignore_index=-100, label_smoothing=0.0):
    kept, safe = _checked(logits, targets, ignore_index)
    logp, n = log_softmax(logits, axis=1), int(kept.sum())
    loss, _ = _finish(logits, logp, _targets(logits, safe, label_smoothing), kept, n)
    return loss, _finish(logits, logp, _targets(logits, safe, 0.0), kept, n)[1]


@reject("label_smoothing ignored", "label_smoothing changes nothing in your loss. Mix the one-hot target with 1/C.")
def cross_entropy(logits, targets, *, ignore_index=-100, label_smoothing=0.0):
    kept, safe = _checked(logits, targets, ignore_index)
    return _finish(logits, log_softmax(logits, axis=1), _targets(logits, safe, 0.0), kept, int(kept.sum()))


@reject("ignore_index fixed", "You always ignore -100. The caller may name another index, even one of the classes.")
def cross_entropy(logits, targets, *, ignore_index=-100, label_smoothing=0.0):
    kept, safe = _checked(logits, targets, -100)
    return _finish(logits, log_softmax(logits, axis=1), _targets(logits, safe, label_smoothing), kept, int(kept.sum()))


@reject("gradient in ignored rows", "An ignored row has no part in the loss, so its gradient is exactly 0.")
def cross_entropy(logits, targets, *, ignore_index=-100, label_smoothing=0.0):
    kept, safe = _checked(logits, targets, ignore_index)
    logp, q, n = log_softmax(logits, axis=1), _targets(logits, safe, label_smoothing), int(kept.sum())
    loss, _ = _finish(logits, logp, q, kept, n)
    return loss, ((np.exp(logp) - q) / max(n, 1)).astype(logits.dtype)


@reject("sign of the gradient", "The gradient is probability minus target, p - q. Yours points the other way.")
def cross_entropy(logits, targets, *, ignore_index=-100, label_smoothing=0.0):
    kept, safe = _checked(logits, targets, ignore_index)
    logp, q = log_softmax(logits, axis=1), _targets(logits, safe, label_smoothing)
    loss, dlogits = _finish(logits, logp, q, kept, int(kept.sum()))
    return loss, -dlogits


@reject(
    "gradient of the true class only",
    "The value depends only on the true class, the gradient does not: wrong classes get their probability.",
)
def cross_entropy(logits, targets, *, ignore_index=-100, label_smoothing=0.0):
    kept, safe = _checked(logits, targets, ignore_index)
    logp, q = log_softmax(logits, axis=1), _targets(logits, safe, label_smoothing)
    loss, dlogits = _finish(logits, logp, q, kept, int(kept.sum()))
    return loss, (dlogits * np.eye(logits.shape[1])[safe]).astype(logits.dtype)


@reject("one-hot times log-probability", "0 * (-inf) is NaN: pick the entry logp[np.arange(N), targets] instead.")
def cross_entropy(logits, targets, *, ignore_index=-100, label_smoothing=0.0):
    kept, safe = _checked(logits, targets, ignore_index)
    logp, q, n = log_softmax(logits, axis=1), _targets(logits, safe, label_smoothing), int(kept.sum())
    loss = -float((q * logp)[kept].sum()) / n if n else float("nan")
    return loss, (np.where(kept[:, None], np.exp(logp) - q, 0) / max(n, 1)).astype(logits.dtype)


@reject(
    "negative targets taken from the end",
    "A target of -1 silently picked the last class. Refuse targets outside 0 … C-1 that are not ignore_index.",
)
def cross_entropy(logits, targets, *, ignore_index=-100, label_smoothing=0.0):
    kept = targets != ignore_index
    safe = np.where(kept, targets, 0)
    return _finish(logits, log_softmax(logits, axis=1), _targets(logits, safe, label_smoothing), kept, int(kept.sum()))


@reject("zero for an empty mean", "With every row ignored there is no mean: the loss is nan, as in PyTorch, not 0.")
def cross_entropy(logits, targets, *, ignore_index=-100, label_smoothing=0.0):
    kept, safe = _checked(logits, targets, ignore_index)
    if not kept.any():
        return 0.0, np.zeros_like(logits)
    return _finish(logits, log_softmax(logits, axis=1), _targets(logits, safe, label_smoothing), kept, int(kept.sum()))


@reject("always float64", "float32 logits came in and a float64 gradient went out. Keep the dtype of the logits.")
def cross_entropy(logits, targets, *, ignore_index=-100, label_smoothing=0.0):
    kept, safe = _checked(logits, targets, ignore_index)
    wide = logits.astype(np.float64)
    return _finish(wide, log_softmax(wide, axis=1), _targets(logits, safe, label_smoothing), kept, int(kept.sum()))


@reject(
    "ignored rows multiplied by 0",
    "0 * (-inf) is NaN: an ignored row may hold anything. Select the kept rows instead of multiplying by a mask.",
)
def cross_entropy(logits, targets, *, ignore_index=-100, label_smoothing=0.0):
    kept, safe = _checked(logits, targets, ignore_index)
    logp, q, n = log_softmax(logits, axis=1), _targets(logits, safe, label_smoothing), int(kept.sum())
    losses = -np.where(q > 0, q * np.where(q > 0, logp, 0), 0).sum(axis=1)
    loss = float((losses * kept).sum()) / n if n else float("nan")
    return loss, _finish(logits, logp, q, kept, n)[1]


waive("cross_entropy: labels >= C → labels > C", "the index then raises IndexError, which the task accepts")
waive("cross_entropy: if n == 0: … → (dropped)", "0/0 is nan in NumPy too; the guard spares the reader the warning")
waive("cross_entropy: n == 0 → n == -1", "0/0 is nan in NumPy too; the guard spares the reader the warning")
waive(
    "cross_entropy: return (float('nan'), dlogits) → (dropped)",
    "0/0 is nan in NumPy too; the guard spares the reader the warning",
)
