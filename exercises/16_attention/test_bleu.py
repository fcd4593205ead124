"""Checks of bleu and multi_bleu against a second way to count: matches are struck off a list."""

from __future__ import annotations

import math

import numpy as np

from tutor.checks import close, draws, equal, same

TOKENS = ["a", "b", "ab", "ba", "c", "d", "e"]


def ngrams(tokens, n):
    return [tokens[i : i + n] for i in range(len(tokens) - n + 1)]


def precision(pred, label, n):
    left, found = ngrams(label, n), 0
    for gram in ngrams(pred, n):
        if gram in left:
            left.remove(gram)
            found += 1
    return found / len(ngrams(pred, n))


def bleu(pred, label, k=2):
    if not pred:
        return 0.0
    orders = [n for n in range(1, k + 1) if ngrams(pred, n)]
    penalty = 1.0 if len(pred) >= len(label) else math.exp(1 - len(label) / len(pred))
    return penalty * math.prod(precision(pred, label, n) ** (1 / 2**n) for n in orders)


def multi_bleu(pred, labels, k=2):
    return sorted(bleu(pred, label, k) for label in labels)[-1]


def sentence(draw, length, alphabet=TOKENS):
    return [alphabet[i] for i in draw.labels(length, len(alphabet))]


def like(draw, label):
    """A prediction that shares much with the label: some tokens changed, left out or said twice."""
    pred = []
    for token, fate in zip(label, draw.labels(len(label), 8), strict=True):
        pred += {0: [], 1: [token, token], 2: sentence(draw, 1)}.get(int(fate), [token])
    return pred


def both_ways(score):
    """The score of two sentences, each as the prediction once: the shorter one pays, the longer one does not."""

    def bleu_both_ways(first, second, k):
        return np.array([score(first, second, k), score(second, first, k)])  # (2,), compared as one

    return bleu_both_ways


@draws(4)
def test_worked_example(mine, draw):
    """The example of the task, and with prediction and label exchanged, for k = 2, 1, 3 and 4."""
    pred, label = ["A", "B", "B", "C", "D"], ["A", "B", "C", "D", "E", "F"]
    same(both_ways(mine.bleu), both_ways(bleu), pred, label, draw.pick(2, 1, 3, 4))


@draws(24)
def test_alike(mine, draw):
    """Predictions that share much with the label, shorter and longer ones, with any k."""
    label = sentence(draw, draw.int(3, 12))
    same(mine.bleu, bleu, like(draw, label) or ["c"], label, draw.pick(2, 3, 1, 4))


@draws(6)
def test_perfect(mine, draw):
    """The label itself has the score 1, whatever k."""
    label = sentence(draw, draw.int(1, 7))
    same(mine.bleu, bleu, label, label, draw.pick(1, 2, 4), note="the prediction is the label")


@draws(4)
def test_default(mine, draw):
    """Without k, pairs of tokens are the longest that count."""
    label = sentence(draw, 8)
    pred = [*label[:3], "x", *label[4:]]
    same(mine.bleu, bleu, pred, label)
    same(mine.multi_bleu, multi_bleu, pred, [label, [*pred[:-1], "y"]])


@draws(8)
def test_repeated(mine, draw):
    """Each n-gram of the label can be matched once: saying a word three times does not make three matches."""
    label = sentence(draw, 6, ["a", "b"])
    pred = [draw.pick("a", "b")] * draw.int(2, 6) + sentence(draw, 2, ["a", "b"])
    same(mine.bleu, bleu, pred, label, draw.pick(1, 2, 3))


@draws(6)
def test_lengths(mine, draw):
    """Only a prediction that is shorter than the label is punished for its length."""
    label = sentence(draw, 6)
    pred = draw.pick(label[:2], [*label, "x", "y", "z"], label[:5], [*label, *label], label[1:4])
    same(mine.bleu, bleu, pred, label, 1)


@draws(4)
def test_fewer_tokens_than_k(mine, draw):
    """A prediction of m tokens has n-grams up to n = m; a k beyond that changes nothing."""
    label = sentence(draw, 5)
    same(mine.bleu, bleu, label[: draw.pick(1, 2, 3)], label, draw.pick(4, 9))
    same(mine.bleu, bleu, label[:2], label[:2], 4)


@draws(5)
def test_no_match(mine, draw):
    """No match at one n makes the score 0, although single words may match."""
    label = draw.pick(["a", "b", "c"], ["d", "e"], ["a"], ["b", "d", "b", "e", "b"])
    same(mine.bleu, bleu, label[::-1], label, 2)
    same(mine.bleu, bleu, ["x", "y"], label, 1)
    same(mine.bleu, bleu, [*label, "x"], label[:1], 2)


def test_empty(mine):
    """An empty prediction has the score 0, and so has anything against an empty label."""
    for pred, label in (([], ["a"]), ([], []), (["a"], []), (["a", "b"], [])):
        same(mine.bleu, bleu, pred, label, 2)
    same(mine.multi_bleu, multi_bleu, [], [["a"], []], 1)


def test_tokens_apart(mine):
    """The tokens "a", "bc" are not the tokens "ab", "c"."""
    same(mine.bleu, bleu, ["a", "bc", "d"], ["ab", "c", "d"], 2)
    same(mine.bleu, bleu, ["a b", "c"], ["a", "b c"], 2)
    same(mine.bleu, bleu, ["c", "a", "ba", "c"], ["c", "ab", "a", "c"], 3)
    same(mine.bleu, bleu, ["x y", "z", "q"], ["x", "y z", "q", "x y", "z"], 2)


@draws(10)
def test_several_labels(mine, draw):
    """multi_bleu is the best score over the labels, one or many of them, with any k."""
    label = sentence(draw, 6)
    labels = [label, *(sentence(draw, draw.int(3, 8)) for _ in range(draw.pick(2, 0, 1, 4)))]
    order = draw.rng().permutation(len(labels))
    same(mine.multi_bleu, multi_bleu, like(draw, label) or ["c"], [labels[i] for i in order], draw.pick(1, 3, 2, 4))


@draws(1)
def test_labels_stay(mine, draw):
    """The caller's lists are the same after the call."""
    pred, label = ["a", "b", "a"], ["a", "a", "b"]
    mine.bleu(pred, label, 3)
    mine.multi_bleu(pred, [label, pred], 2)
    equal((pred, label), (["a", "b", "a"], ["a", "a", "b"]), "the pair of prediction and label after the call")
    close(mine.bleu(pred, label, 1), 1.0, "the score of the same words in another order, k = 1")
