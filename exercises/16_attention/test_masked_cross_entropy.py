"""Checks of masked-cross-entropy against PyTorch's cross_entropy, sentence by sentence."""

from __future__ import annotations

import torch
import torch.nn.functional as F

from tutor.checks import close, draws, finite, holds, same


def masked_cross_entropy(logits, target, valid_len):
    """Each sentence cut to its length, all of them in one long row."""
    lengths = valid_len.tolist()
    if not any(lengths):
        return logits[:0].sum()
    kept = torch.cat([z[:n] for z, n in zip(logits, lengths, strict=True)])
    labels = torch.cat([y[:n] for y, n in zip(target, lengths, strict=True)])
    return F.cross_entropy(kept, labels)


def problem(draw, scale=2.0, first=0):
    """(N, T, V) logits, targets and lengths from `first` to T, both among them; a row has two pads, no axis the length of another."""
    n, steps, vocab = draw.shape(dims=3, low=2, high=6)
    steps = next(m for m in range(steps + 2, 12) if m not in (n, vocab))
    valid_len = draw.targets(n, steps + 1 - first) + first
    valid_len[draw.index % n] = steps
    valid_len[(draw.index + 1) % n] = max(first, 1)
    return draw.tensor((n, steps, vocab), scale), draw.targets((n, steps), vocab), valid_len


@draws(16)
def test_values(mine, draw):
    """The mean over the valid tokens and its gradient, for sentences of all lengths."""
    same(mine.masked_cross_entropy, masked_cross_entropy, *problem(draw, draw.pick(1, 2, 5), first=1))


@draws(3)
def test_all_valid(mine, draw):
    """Without padding it is the ordinary cross-entropy."""
    logits, target, valid_len = problem(draw)
    same(
        mine.masked_cross_entropy,
        lambda z, y, _: F.cross_entropy(z.flatten(0, 1), y.flatten()),
        logits,
        target,
        torch.full_like(valid_len, target.shape[1]),
    )


@draws(4)
def test_like_ignore_index(mine, draw):
    """With <pad> as target of all padding it is cross_entropy with ignore_index."""
    logits, target, valid_len = problem(draw, first=1)
    logits = torch.cat([logits.detach(), draw.tensor(logits[..., :1].shape, requires_grad=False)], dim=2)
    pad = logits.shape[2] - 1  # a token that no sentence holds
    beyond = torch.arange(target.shape[1], device=target.device) >= valid_len[:, None]
    target = torch.where(beyond, pad, target)
    same(
        mine.masked_cross_entropy,
        lambda z, y, _: F.cross_entropy(z.transpose(1, 2), y, ignore_index=pad),
        logits.requires_grad_(),
        target,
        valid_len,
    )


@draws(6)
def test_empty_sentences(mine, draw):
    """A sentence of length 0 adds nothing, and does not count in the mean."""
    logits, target, valid_len = problem(draw)
    valid_len[(draw.index + 1) % len(valid_len)] = 0
    same(mine.masked_cross_entropy, masked_cross_entropy, logits, target, valid_len)


@draws(3)
def test_small(mine, draw):
    """A batch of one, a single step, a vocabulary of one token."""
    shape = draw.pick((1, 4, 3), (3, 1, 2), (1, 1, 5))
    valid_len = torch.ones_like(draw.targets(shape[0], 2))
    arguments = draw.tensor(shape), draw.targets(shape[:2], shape[2]), valid_len
    same(mine.masked_cross_entropy, masked_cross_entropy, *arguments)
    single = draw.tensor((2, 3, 1)), draw.targets((2, 3), 1), draw.targets(2, 3) + 1
    same(mine.masked_cross_entropy, masked_cross_entropy, *single)


@draws(2)
def test_nothing_valid(mine, draw):
    """When nothing is valid the loss is 0 and backward() works, with a gradient of 0."""
    logits, target, valid_len = problem(draw)
    same(mine.masked_cross_entropy, lambda z, y, n: (z * 0).sum(), logits, target, torch.zeros_like(valid_len))


@draws(6)
def test_anything_in_the_padding(mine, draw):
    """NaN or infinite logits beyond the valid length do not change the loss."""
    logits, target, valid_len = problem(draw, first=1)
    beyond = torch.arange(target.shape[1], device=target.device) >= valid_len[:, None]
    poison = draw.pick(float("nan"), float("-inf"), float("inf"))
    poisoned = torch.where(beyond[..., None], poison, logits.detach())
    got = mine.masked_cross_entropy(poisoned, target, valid_len)
    given = {"logits": poisoned, "target": target, "valid_len": valid_len}
    finite(got, f"the loss with {poison} in the padding", input=given)
    wanted = masked_cross_entropy(logits.detach(), target, valid_len)
    close(got, wanted, f"the loss with {poison} in the padding", input=given)


@draws(4)
def test_any_target_in_the_padding(mine, draw):
    """Targets beyond the valid length may be no token at all."""
    logits, target, valid_len = problem(draw, first=1)
    beyond = torch.arange(target.shape[1], device=target.device) >= valid_len[:, None]
    target = torch.where(beyond, draw.pick(-1, 10_000, -100), target)
    same(mine.masked_cross_entropy, masked_cross_entropy, logits, target, valid_len)


@draws(4)
def test_gradient_in_the_padding(mine, draw):
    """The gradient of logits beyond the valid length is exactly 0."""
    logits, target, valid_len = problem(draw, first=1)
    mine.masked_cross_entropy(logits, target, valid_len).backward()
    beyond = torch.arange(target.shape[1], device=target.device) >= valid_len[:, None]
    holds(
        not logits.grad[beyond].any(),
        "logits of the padding have a gradient",
        got=logits.grad,
        input={"target": target, "valid_len": valid_len},
    )


@draws(4)
def test_large_logits(mine, draw):
    """Logits of ±10 000 give a finite loss, and -inf rules a token out that is not the target."""
    logits, target, valid_len = problem(draw, scale=1e4, first=1)
    same(mine.masked_cross_entropy, masked_cross_entropy, logits, target, valid_len)
    ruled_out = F.one_hot((target + 1) % logits.shape[2], logits.shape[2]).bool()
    logits = logits.detach().masked_fill(ruled_out, float("-inf"))
    same(mine.masked_cross_entropy, masked_cross_entropy, logits, target, valid_len)


@draws(4)
def test_layouts(mine, draw):
    """Logits, targets and lengths may lie in memory in any order."""
    logits, target, valid_len = problem(draw, first=1)
    arguments = draw.layout(logits.detach()).requires_grad_(), draw.layout(target), draw.layout(valid_len)
    same(mine.masked_cross_entropy, masked_cross_entropy, *arguments)


@draws(2)
def test_half_precision(mine, draw):
    """bfloat16 and float16 logits give a loss of the same dtype."""
    logits, target, valid_len = problem(draw, first=1)
    logits = logits.detach().to(draw.pick(torch.bfloat16, torch.float16))
    got = mine.masked_cross_entropy(logits, target, valid_len)
    wanted = masked_cross_entropy(logits.float(), target, valid_len).to(logits.dtype)
    close(got, wanted, f"the loss of {logits.dtype} logits", input={"logits": logits, "valid_len": valid_len})
