"""Other right ways to write the masked softmax, and the mistakes that people make."""

from __future__ import annotations

import torch

from tutor.checks import accept, reject, waive


def kept(scores, valid_len):
    """(N, 1, K) or (N, Q, K): True where a key is real."""
    lengths = valid_len[:, None, None] if valid_len.dim() == 1 else valid_len[:, :, None]
    return torch.arange(scores.shape[2], device=scores.device) < lengths


def filled(scores, keep, value=None):
    return scores.masked_fill(~keep, torch.finfo(scores.dtype).min if value is None else value)


@accept("rows flattened, lengths repeated")
def masked_softmax(scores, valid_len):
    if valid_len is None:
        return scores.softmax(-1)
    n, q, k = scores.shape
    rows = valid_len.reshape(-1) if valid_len.dim() == 2 else valid_len.repeat_interleave(q)
    keep = torch.arange(k, device=rows.device)[None, :] < rows[:, None]
    flat = torch.where(keep, scores.reshape(n * q, k), torch.finfo(scores.dtype).min)
    return (torch.softmax(flat, dim=1) * keep).reshape(n, q, k)


@accept("minus infinity, rows of NaN replaced")
def masked_softmax(scores, valid_len):
    if valid_len is None:
        return torch.softmax(scores, 2)
    weights = torch.softmax(filled(scores, kept(scores, valid_len), -torch.inf), dim=2)
    return torch.nan_to_num(weights, nan=0.0)


@accept("exponentials by hand")
def masked_softmax(scores, valid_len):
    everything = torch.full(scores.shape[:1], scores.shape[2], device=scores.device)
    keep = kept(scores, everything if valid_len is None else valid_len)
    masked = filled(scores, keep)
    e = torch.exp(masked - masked.amax(-1, keepdim=True)).masked_fill(~keep, 0)
    return e / e.sum(-1, keepdim=True).clamp(min=torch.finfo(scores.dtype).tiny)


@accept("a loop over the samples")
def sequence_mask(valid_len, max_len):
    out = torch.zeros(*valid_len.shape, max_len, dtype=torch.bool, device=valid_len.device)
    for row, length in zip(out.view(-1, max_len), valid_len.flatten().tolist(), strict=True):
        row[:length] = True
    return out


@reject(
    "weights masked after the softmax",
    "The padding took its share first and was erased then: the rest no longer sums to 1. Mask the SCORES, before the softmax.",
)
def masked_softmax(scores, valid_len):
    weights = torch.softmax(scores, dim=-1)
    return weights if valid_len is None else weights * kept(scores, valid_len)


@reject(
    "weights masked and divided by their sum",
    "On paper this is right, but where padding has the largest score nothing is left to divide: 0/0. Mask the scores, "
    "before the softmax.",
)
def masked_softmax(scores, valid_len):
    weights = torch.softmax(scores, dim=-1)
    if valid_len is None:
        return weights
    weights = weights * kept(scores, valid_len)
    return weights / weights.sum(-1, keepdim=True).clamp(min=torch.finfo(scores.dtype).tiny)


@reject(
    "masked scores become 0",
    "A score of 0 is a real score: exp(0) = 1 (and -1e-6, a misprint that many copies carry, is 0 as well). Use the "
    "smallest number of the dtype.",
)
def masked_softmax(scores, valid_len):
    if valid_len is None:
        return torch.softmax(scores, dim=-1)
    keep = kept(scores, valid_len)
    return torch.softmax(filled(scores, keep, 0.0), dim=-1).masked_fill(~keep.any(-1, keepdim=True), 0)


@reject(
    "masked scores become -1e9",
    "-1e9 is not below every score, and float16 has no such number (it ends at -65504). Ask the dtype: torch.finfo(scores.dtype).min.",
)
def masked_softmax(scores, valid_len):
    if valid_len is None:
        return torch.softmax(scores, dim=-1)
    keep = kept(scores, valid_len)
    return torch.softmax(filled(scores, keep, -1e9), dim=-1).masked_fill(~keep.any(-1, keepdim=True), 0)


@reject(
    "masked scores become -1e6",
    "-1e6 is not below every score, and in float16 it does not exist (it ends at -65504). Ask the dtype: "
    "torch.finfo(scores.dtype).min.",
)
def masked_softmax(scores, valid_len):
    if valid_len is None:
        return torch.softmax(scores, dim=-1)
    keep = kept(scores, valid_len)
    return torch.softmax(filled(scores, keep, -1e6), dim=-1).masked_fill(~keep.any(-1, keepdim=True), 0)


@reject(
    "-1e9 added",
    "Adding -1e9 leaves the masked scores in play (those of the padding may be larger by more), and float16 has no such "
    "number. Replace them: masked_fill with the smallest number of the dtype.",
)
def masked_softmax(scores, valid_len):
    if valid_len is None:
        return torch.softmax(scores, dim=-1)
    keep = kept(scores, valid_len)
    bias = (~keep).to(scores.dtype) * torch.tensor(-1e9, dtype=scores.dtype, device=scores.device)
    return torch.softmax(scores + bias, dim=-1).masked_fill(~keep.any(-1, keepdim=True), 0)


@reject(
    "NaN in empty rows",
    "A row of -inf only is 0/0, which is NaN, and one NaN in the loss ruins every weight. Rows of length 0 must become zeros.",
)
def masked_softmax(scores, valid_len):
    if valid_len is None:
        return torch.softmax(scores, dim=-1)
    return torch.softmax(filled(scores, kept(scores, valid_len), -torch.inf), dim=-1)


@reject(
    "NaN in the gradient of empty rows",
    "Forward the NaN is gone, but backward it comes back: the slope of a softmax of -inf only is NaN, and NaN · 0 is NaN. "
    "Replace the masked scores (masked_fill, torch.where) instead of adding -inf.",
)
def masked_softmax(scores, valid_len):
    if valid_len is None:
        return torch.softmax(scores, dim=-1)
    bias = torch.zeros_like(scores).masked_fill(~kept(scores, valid_len), -torch.inf)
    return torch.nan_to_num(torch.softmax(scores + bias, dim=-1))


@reject(
    "empty rows uniform",
    "A query with nothing to attend to still spreads its attention evenly over the padding. Such rows must be zeros.",
)
def masked_softmax(scores, valid_len):
    if valid_len is None:
        return torch.softmax(scores, dim=-1)
    return torch.softmax(filled(scores, kept(scores, valid_len)), dim=-1)


@reject(
    "lengths of the first query for all",
    "valid_len of shape (N, Q) has a length for each query; yours takes that of the first one for all of them.",
)
def masked_softmax(scores, valid_len):
    if valid_len is None:
        return torch.softmax(scores, dim=-1)
    keep = kept(scores, valid_len if valid_len.dim() == 1 else valid_len[:, 0])
    return torch.softmax(filled(scores, keep), dim=-1).masked_fill(~keep, 0)


@reject(
    "only one length a sample",
    "valid_len may have the shape (N, Q), one length for each query: valid_len.dim() tells. Yours is made for (N,) only.",
)
def masked_softmax(scores, valid_len):
    if valid_len is None:
        return torch.softmax(scores, dim=-1)
    keep = torch.arange(scores.shape[-1], device=scores.device) < valid_len[:, None, None]
    return torch.softmax(filled(scores, keep), dim=-1).masked_fill(~keep, 0)


@reject(
    "only one length a query",
    "valid_len may have the shape (N,), one length for all queries of a sample: its mask (N, K) must become (N, 1, K).",
)
def masked_softmax(scores, valid_len):
    if valid_len is None:
        return torch.softmax(scores, dim=-1)
    keep = sequence_mask(valid_len, scores.shape[-1])  # noqa: F821
    return torch.softmax(filled(scores, keep), dim=-1).masked_fill(~keep, 0)


@reject(
    "lengths cut off queries",
    "The length belongs to the KEYS, the last axis: it says which of them are real. Yours masks whole queries.",
)
def masked_softmax(scores, valid_len):
    if valid_len is None:
        return torch.softmax(scores, dim=-1)
    lengths = valid_len if valid_len.dim() == 1 else valid_len[:, 0]
    keep = (torch.arange(scores.shape[1], device=scores.device) < lengths[:, None])[:, :, None]
    return torch.softmax(scores, dim=-1).masked_fill(~keep, 0)


@reject(
    "softmax over the queries",
    "Here the weights of a KEY sum to 1. Every query shares out its own attention: the softmax runs over the keys, dim=-1.",
)
def masked_softmax(scores, valid_len):
    if valid_len is None:
        return torch.softmax(scores, dim=1)
    keep = kept(scores, valid_len)
    return torch.softmax(filled(scores, keep), dim=1).masked_fill(~keep, 0)


@reject("lengths ignored", "These are the numbers of a plain softmax: padding has weights as well.")
def masked_softmax(scores, valid_len):
    return torch.softmax(scores, dim=-1)


@reject(
    "no softmax without lengths", "valid_len = None means that every key is real: the result is the softmax of all."
)
def masked_softmax(scores, valid_len):
    if valid_len is None:
        return torch.zeros_like(scores) + 1 / scores.shape[-1]
    keep = kept(scores, valid_len)
    return torch.softmax(filled(scores, keep), dim=-1).masked_fill(~keep, 0)


@reject(
    "caller's scores changed",
    "masked_fill_ writes into the caller's scores (autograd forbids it for some of them). masked_fill, without the "
    "underscore, makes new ones.",
)
def masked_softmax(scores, valid_len):
    if valid_len is None:
        return torch.softmax(scores, dim=-1)
    keep = kept(scores, valid_len)
    scores.masked_fill_(~keep, torch.finfo(scores.dtype).min)
    return torch.softmax(scores, dim=-1).masked_fill(~keep, 0)


@reject(
    "cut off from autograd",
    "The weights carry no gradient back to the scores (.detach(), .data or .item() on the way): nothing could be learned.",
)
def masked_softmax(scores, valid_len):
    scores = scores.detach()
    if valid_len is None:
        return torch.softmax(scores, dim=-1)
    keep = kept(scores, valid_len)
    return torch.softmax(filled(scores, keep), dim=-1).masked_fill(~keep, 0)


@reject(
    "always float32",
    "The weights are float32 whatever came in. Let them keep the dtype of the scores.",
)
def masked_softmax(scores, valid_len):
    if valid_len is None:
        return torch.softmax(scores.float(), dim=-1)
    keep = kept(scores, valid_len)
    return torch.softmax(filled(scores.float(), keep), dim=-1).masked_fill(~keep, 0)


@reject("one position too many", "Of length 2, positions 0 and 1 are real: position < length, not <=.")
def sequence_mask(valid_len, max_len):
    return torch.arange(max_len, device=valid_len.device) <= valid_len[..., None]


@reject("positions counted from 1", "You compare positions 1, 2, … with the length, so the last real one is lost.")
def sequence_mask(valid_len, max_len):
    return torch.arange(1, max_len + 1, device=valid_len.device) < valid_len[..., None]


@reject("mask inverted", "True must mean REAL; yours is True at the padding.")
def sequence_mask(valid_len, max_len):
    return torch.arange(max_len, device=valid_len.device) >= valid_len[..., None]


@reject("mask as numbers", "The mask must be bool: 0 and 1 of a number type cannot be inverted with ~.")
def sequence_mask(valid_len, max_len):
    return (torch.arange(max_len, device=valid_len.device) < valid_len[..., None]).long()


@reject("width of the longest", "The mask has max_len columns, however long the longest sample is.")
def sequence_mask(valid_len, max_len):
    return torch.arange(int(valid_len.max()), device=valid_len.device) < valid_len[..., None]


@reject(
    "real positions at the end", "The FIRST valid_len positions are real, padding follows them; yours has it in front."
)
def sequence_mask(valid_len, max_len):
    return torch.arange(max_len, device=valid_len.device) >= max_len - valid_len[..., None]


@reject(
    "mask for one length a sample only", "valid_len[:, None] of (N, Q) is (N, 1, Q). With [..., None] it is (N, Q, 1)."
)
def sequence_mask(valid_len, max_len):
    return torch.arange(max_len, device=valid_len.device) < valid_len[:, None]


waive(
    "sequence_mask: torch.arange(max_len, device=valid_len.device) → torch.arange(max_len)",
    "tells on a GPU only: the checks run with --device cuda there",
)
