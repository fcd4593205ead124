"""Other right ways to leave the padding out, and the mistakes that people make."""

from __future__ import annotations

import torch
import torch.nn.functional as F

from tutor.checks import accept, reject, waive


def _mask(target, valid_len):
    return torch.arange(target.shape[1], device=target.device)[None] < valid_len[:, None]


def _tame(logits, target, mask):
    """Harmless logits and targets in the padding."""
    return torch.where(mask[..., None], logits, 0.0), torch.where(mask, target, 0)


def _losses(logits, target):
    return F.cross_entropy(logits.transpose(1, 2), target, reduction="none")  # (N, T)


@accept("harmless padding, then a mask on the losses")
def masked_cross_entropy(logits, target, valid_len):
    mask = _mask(target, valid_len)
    losses = _losses(*_tame(logits, target, mask))
    return torch.where(mask, losses, 0.0).sum() / mask.sum().clamp(min=1)


@accept("log-softmax and gather")
def masked_cross_entropy(logits, target, valid_len):
    mask = _mask(target, valid_len)
    logits, target = _tame(logits, target, mask)
    logp = torch.log_softmax(logits, dim=-1).gather(2, target.unsqueeze(2)).squeeze(2)
    return -logp.masked_fill(~mask, 0.0).sum() / max(int(mask.sum()), 1)


@accept("the places of the valid tokens")
def masked_cross_entropy(logits, target, valid_len):
    n, t = torch.nonzero(_mask(target, valid_len), as_tuple=True)  # (M,) each
    logp = torch.log_softmax(logits[n, t], dim=-1)  # (M, V)
    return -logp[torch.arange(len(n)), target[n, t]].sum() / max(1, len(n))


@accept("a loop over the sentences")
def masked_cross_entropy(logits, target, valid_len):
    total = (logits[:0]).sum()
    for z, y, n in zip(logits, target, valid_len.tolist(), strict=False):
        if n:
            total = total + F.cross_entropy(z[:n], y[:n], reduction="sum")
    return total / max(1, sum(valid_len.tolist()))


@reject("mean over all places", "Padding shrinks your loss: divide by the number of valid tokens, not by N·T.")
def masked_cross_entropy(logits, target, valid_len):
    mask = _mask(target, valid_len)
    return torch.where(mask, _losses(*_tame(logits, target, mask)), 0.0).mean()


@reject(
    "mean of the sentences' means",
    "A token of a short sentence counts more than one of a long sentence here. Take one mean over all valid tokens.",
)
def masked_cross_entropy(logits, target, valid_len):
    mask = _mask(target, valid_len)
    losses = torch.where(mask, _losses(*_tame(logits, target, mask)), 0.0).sum(1)
    return (losses / valid_len.clamp(min=1)).sum() / (valid_len > 0).sum().clamp(min=1)


@reject(
    "divided by the steps", "The loss of each sentence was divided by T and then averaged. Divide by the valid tokens."
)
def masked_cross_entropy(logits, target, valid_len):
    mask = _mask(target, valid_len)
    return torch.where(mask, _losses(*_tame(logits, target, mask)), 0.0).sum() / target.shape[1]


@reject("divided by the sentences", "That is the loss per sentence. Divide by the number of valid TOKENS.")
def masked_cross_entropy(logits, target, valid_len):
    mask = _mask(target, valid_len)
    return torch.where(mask, _losses(*_tame(logits, target, mask)), 0.0).sum() / len(target)


@reject("a sum", "You return the sum over the valid tokens. Divide it by their number.")
def masked_cross_entropy(logits, target, valid_len):
    mask = _mask(target, valid_len)
    return torch.where(mask, _losses(*_tame(logits, target, mask)), 0.0).sum()


@reject("no mask", "The padding counts as well: its targets are no words of the sentence.")
def masked_cross_entropy(logits, target, valid_len):
    return _losses(logits, target).mean()


@reject(
    "mask on the logits", "Logits of 0 still cost log V each: set the LOSS of the padding to zero, or select before."
)
def masked_cross_entropy(logits, target, valid_len):
    mask = _mask(target, valid_len)
    return _losses(*_tame(logits, target, mask)).sum() / mask.sum().clamp(min=1)


@reject("losses multiplied by the mask", "NaN * 0 is NaN. Select with torch.where, or take the valid places only.")
def masked_cross_entropy(logits, target, valid_len):
    mask = _mask(target, valid_len)
    return (_losses(logits, torch.where(mask, target, 0)) * mask).sum() / mask.sum().clamp(min=1)


@reject(
    "targets of the padding looked up",
    "Beyond the valid length the target need not be a token: put a harmless one there, or select the valid places first.",
)
def masked_cross_entropy(logits, target, valid_len):
    mask = _mask(target, valid_len)
    losses = _losses(torch.where(mask[..., None], logits, 0.0), target)
    return torch.where(mask, losses, 0.0).sum() / mask.sum().clamp(min=1)


@reject("one place too many", "The token at index valid_len is padding already: the valid ones are t < valid_len.")
def masked_cross_entropy(logits, target, valid_len):
    mask = _mask(target, valid_len + 1)
    return F.cross_entropy(logits[mask], target[mask].clamp(0, logits.shape[2] - 1), reduction="sum") / mask.sum()


@reject("one place too few", "The last valid token, <eos> most of the time, was left out: t < valid_len.")
def masked_cross_entropy(logits, target, valid_len):
    mask = _mask(target, valid_len - 1)
    return F.cross_entropy(logits[mask], target[mask], reduction="sum") / mask.sum().clamp(min=1)


@reject("the padding instead of the text", "The mask is the wrong way round: you scored the padding.")
def masked_cross_entropy(logits, target, valid_len):
    mask = ~_mask(target, valid_len)
    return F.cross_entropy(
        logits[mask], target[mask].clamp(0, logits.shape[2] - 1), reduction="sum"
    ) / mask.sum().clamp(min=1)


@reject(
    "classes left in the last dimension",
    "F.cross_entropy takes the classes from dimension 1: transpose (N, T, V) to (N, V, T), or flatten to (N·T, V).",
)
def masked_cross_entropy(logits, target, valid_len):
    mask = _mask(target, valid_len)
    losses = F.cross_entropy(logits, target, reduction="none")
    return torch.where(mask, losses, 0.0).sum() / mask.sum().clamp(min=1)


@reject(
    "reshaped instead of transposed",
    "view(N, V, T) tears the logits apart: the classes of a step no longer stand together. Transpose, or flatten to (N·T, V).",
)
def masked_cross_entropy(logits, target, valid_len):
    mask = _mask(target, valid_len)
    logits, target = _tame(logits, target, mask)
    n, steps, vocab = logits.shape
    losses = F.cross_entropy(logits.reshape(n, vocab, steps), target, reduction="none")
    return torch.where(mask, losses, 0.0).sum() / mask.sum().clamp(min=1)


@reject("softmax before the loss", "cross_entropy applies the softmax itself: give it logits.")
def masked_cross_entropy(logits, target, valid_len):
    mask = _mask(target, valid_len)
    return F.cross_entropy(torch.softmax(logits[mask], -1), target[mask], reduction="sum") / mask.sum().clamp(min=1)


@reject(
    "logarithm of softmax", "log(softmax) is -inf once a probability rounds to 0: use cross_entropy, or log_softmax."
)
def masked_cross_entropy(logits, target, valid_len):
    mask = _mask(target, valid_len)
    logp = torch.log(torch.softmax(logits[mask], -1))
    return F.nll_loss(logp, target[mask], reduction="sum") / mask.sum().clamp(min=1)


@reject("nothing valid is NaN", "With no valid token you divide by 0. The loss is 0 there: divide by max(M, 1).")
def masked_cross_entropy(logits, target, valid_len):
    mask = _mask(target, valid_len)
    return F.cross_entropy(logits[mask], target[mask], reduction="sum") / mask.sum()


@reject(
    "nothing valid without a graph",
    "A fresh tensor(0.) has no graph, and backward() fails: return a sum over no logits.",
)
def masked_cross_entropy(logits, target, valid_len):
    mask = _mask(target, valid_len)
    if not mask.any():
        return logits.new_zeros(())
    return F.cross_entropy(logits[mask], target[mask])


@reject("a Python number", "item() gives a float without a graph: nothing can be learned from it. Return the tensor.")
def masked_cross_entropy(logits, target, valid_len):
    mask = _mask(target, valid_len)
    return (F.cross_entropy(logits[mask], target[mask], reduction="sum") / mask.sum().clamp(min=1)).item()


@reject(
    "pad index 0 ignored",
    "You leave out every token 0, also inside sentences: 0 is <unk>. The lengths say what counts.",
)
def masked_cross_entropy(logits, target, valid_len):
    mask = _mask(target, valid_len) & (target != 0)
    return F.cross_entropy(logits[mask], target[mask], reduction="sum") / mask.sum().clamp(min=1)


@reject(
    "targets overwritten",
    "The caller's targets were changed in place: masked_fill without the underscore makes new ones.",
)
def masked_cross_entropy(logits, target, valid_len):
    mask = _mask(target, valid_len)
    target.masked_fill_(~mask, -100)
    return F.cross_entropy(logits[mask], target[mask], reduction="sum") / mask.sum().clamp(min=1)


waive(
    "masked_cross_entropy: torch.arange(target.shape[1], device=target.device) → torch.arange(target.shape[1])",
    "the same on the CPU; the checks run on a GPU too, where it raises",
)
