"""Checks of perplexity against exp of torch.nn.functional.cross_entropy."""

from __future__ import annotations

import numpy as np
import torch
import torch.nn.functional as F

from tutor.checks import close, draws, holds, same


def perplexity(logits, targets, ignore_index=None):
    z = torch.tensor(np.array(logits)).double().flatten(0, 1)
    y = torch.tensor(np.array(targets)).flatten()
    loss = F.cross_entropy(z, y, ignore_index=-100 if ignore_index is None else ignore_index)
    return loss.exp().item()


def problem(draw, scale=1.0, high=6):
    """Logits (N, T, V) and targets (N, T), all sizes different."""
    shape = draw.shape(dims=3, high=high)
    return draw.array(shape, scale), draw.labels(shape[:2], shape[2])


@draws(20)
def test_values(mine, draw):
    """exp of the mean cross-entropy over all tokens, for logits of any size."""
    same(mine.perplexity, perplexity, *problem(draw, draw.pick(1, 3, 10)))


@draws(16)
def test_ignored_tokens(mine, draw):
    """Tokens whose target is ignore_index count neither in the sum nor in the number divided by."""
    logits, targets = problem(draw, 2.0)
    index = draw.pick(0, -100, 1, -1, 99)
    targets[draw.array(targets.shape, dtype="bool")] = index
    targets[-1, -1] = 0 if index else min(1, logits.shape[2] - 1)  # one token is kept, unless V is 1
    same(mine.perplexity, perplexity, logits, targets, ignore_index=index)


def test_baselines(mine):
    """Equal logits give the size of the vocabulary, certainty about the right token gives 1."""
    targets = np.array([[3, 0, 2], [1, 1, 4]])
    for V in (5, 28, 1000):
        for level in (0.0, -7.5):
            got = mine.perplexity(np.full((2, 3, V), level), targets)
            close(got, float(V), "the perplexity of equal logits", input={"V": V, "every logit": level})
    sure = np.zeros((2, 3, 5))
    np.put_along_axis(sure, targets[..., None], 1000.0, axis=2)
    close(
        mine.perplexity(sure, targets), 1.0, "the perplexity of a model that is sure and right", input={"logits": sure}
    )


def test_worst_case(mine):
    """A model that is sure and wrong by 10 000 has perplexity inf: no exception, and no nan."""
    targets = np.array([[0, 1]])
    wrong = np.array([[[-1e4, 1e4, 0.0], [0.0, -1e4, 3.0]]])
    same(mine.perplexity, perplexity, wrong, targets)
    same(mine.perplexity, perplexity, wrong / 20, targets)  # loss 625: just below the largest float64
    same(mine.perplexity, perplexity, np.array([[[0.0, -np.inf]]]), np.array([[1]]))


@draws(4)
def test_ruled_out_tokens(mine, draw):
    """A logit of -inf on a token that is not the target is fine, and so is anything where the target is ignored."""
    logits, targets = draw.array((2, 3, 4)), draw.labels((2, 3), 3)
    logits[..., 3] = -np.inf
    same(mine.perplexity, perplexity, logits, targets)
    logits[1, 0, targets[1, 0]] = -np.inf
    targets[1, 0] = -100
    same(mine.perplexity, perplexity, logits, targets, ignore_index=-100)


@draws(6)
def test_float32_logits(mine, draw):
    """From float32 logits, too, the sum and exp are computed in float64: 12 digits agree."""
    logits, targets = problem(draw, draw.pick(1, 8))
    logits = logits.astype(np.float32)
    same(mine.perplexity, perplexity, logits, targets, dtypes=None, rtol=1e-12, atol=0.0)


@draws(4)
def test_all_ignored(mine, draw):
    """With every token ignored the perplexity is nan."""
    index = draw.pick(0, -100)
    same(mine.perplexity, perplexity, draw.array((2, 3, 4)), np.full((2, 3), index), ignore_index=index)


@draws(6)
def test_small_shapes(mine, draw):
    """One sentence, one step and a vocabulary of one token are enough."""
    N, T, V = draw.pick((1, 1, 3), (1, 4, 3), (3, 1, 2), (1, 1, 1), (2, 3, 1), (4, 2, 2))
    same(mine.perplexity, perplexity, draw.array((N, T, V), 2), draw.labels((N, T), V))


@draws(8)
def test_layouts(mine, draw):
    """Takes transposed, strided and read-only arrays."""
    logits, targets = problem(draw)
    same(mine.perplexity, perplexity, draw.layout(logits), draw.layout(targets), draw.pick(None, 0))


def test_batches_weigh_by_tokens(mine):
    """The mean is over tokens, not over sentences: a sentence with fewer kept tokens weighs less."""
    logits = np.zeros((2, 4, 3))
    logits[0, :, 0] = 4.0
    targets = np.array([[0, 0, 0, 0], [1, 2, 2, 2]])
    same(mine.perplexity, perplexity, logits, targets, ignore_index=2)


def test_python_float(mine):
    """Returns a Python float."""
    got = mine.perplexity(np.zeros((1, 2, 3), dtype=np.float32), np.array([[0, 1]]))
    holds(isinstance(got, float), "the perplexity is no float", got=type(got).__name__, expected="float")
