"""Other right ways to score a translation, and the mistakes that people make."""

from __future__ import annotations

import collections
import math
from collections import Counter

from tutor.checks import accept, reject, waive


def _grams(tokens, n):
    return [tuple(tokens[i : i + n]) for i in range(len(tokens) - n + 1)]


def _matches(pred, label, n):
    return sum((Counter(_grams(pred, n)) & Counter(_grams(label, n))).values())


def _clipped(grams_of):
    """The usual matches, of n-grams that are listed in another way."""

    def matches(pred, label, n):
        return sum((Counter(grams_of(pred, n)) & Counter(grams_of(label, n))).values())

    return matches


def _penalty(pred, label):
    return math.exp(min(0.0, 1 - len(label) / len(pred)))


def _product(pred, label, k, matches=_matches, weight=lambda n: 0.5**n, size=lambda pred, label, n: len(pred) - n + 1):
    score = 1.0
    for n in range(1, min(k, len(pred)) + 1):
        score *= (matches(pred, label, n) / size(pred, label, n)) ** weight(n)
    return score


def _score(pred, label, k, *wheels, **named):
    """BLEU with one wheel of the product exchanged."""
    return _penalty(pred, label) * _product(pred, label, k, *wheels, **named) if pred else 0.0


@accept("counts of the label, struck off in a dictionary")
def bleu(pred, label, k=2):
    if len(pred) == 0:
        return 0.0
    score = math.exp(min(0, 1 - len(label) / len(pred)))
    for n in range(1, min(k, len(pred)) + 1):
        matches, counts = 0, collections.defaultdict(int)
        for i in range(len(label) - n + 1):
            counts[tuple(label[i : i + n])] += 1
        for i in range(len(pred) - n + 1):
            if counts[tuple(pred[i : i + n])] > 0:
                matches += 1
                counts[tuple(pred[i : i + n])] -= 1
        score *= math.pow(matches / (len(pred) - n + 1), math.pow(0.5, n))
    return score


@accept("a sum of logarithms")
def bleu(pred, label, k=2):
    total = min(0.0, 1 - len(label) / len(pred)) if pred else -math.inf
    for n in range(1, min(k, len(pred)) + 1):
        matches = _matches(pred, label, n)
        if matches == 0:
            return 0.0
        total += math.log(matches / (len(pred) - n + 1)) / 2**n
    return math.exp(total)


@accept("the best, kept in a loop")
def multi_bleu(pred, labels, k=2):
    best = 0.0
    for label in labels:
        best = max(best, bleu(pred, label, k))
    return best


@reject(
    "counts not clipped",
    'Three times "the" scored three matches against one "the". Each n-gram of the label can be used once.',
)
def bleu(pred, label, k=2):
    return _score(pred, label, k, lambda pred, label, n: sum(gram in _grams(label, n) for gram in _grams(pred, n)))


@reject("every n-gram once", "Sets forget how often an n-gram comes: twice in both is two matches. Count them.")
def bleu(pred, label, k=2):
    return _score(pred, label, k, lambda pred, label, n: len(set(_grams(pred, n)) & set(_grams(label, n))))


@reject("weight 1/2 for every n", "The exponent of p_n is 1/2^n: 1/2 for words, 1/4 for pairs, 1/8 for triples.")
def bleu(pred, label, k=2):
    return _score(pred, label, k, weight=lambda n: 0.5)


@reject(
    "equal weights 1/k",
    "That is the weight of the original BLEU, 1/k for every n. The formula here has 1/2^n.",
)
def bleu(pred, label, k=2):
    return _score(pred, label, k, weight=lambda n: 1 / k)


@reject("no weights", "The precisions are multiplied as they are. Each belongs to the power 1/2^n.")
def bleu(pred, label, k=2):
    return _score(pred, label, k, weight=lambda n: 1.0)


@reject("no brevity penalty", "A single right word would score 1. Multiply by exp(min(0, 1 - len(label)/len(pred))).")
def bleu(pred, label, k=2):
    return _product(pred, label, k) if pred else 0.0


@reject("long predictions rewarded", "Without min(0, …) a long prediction is multiplied by more than 1.")
def bleu(pred, label, k=2):
    return math.exp(1 - len(label) / len(pred)) * _product(pred, label, k) if pred else 0.0


@reject("long predictions punished", "Only short predictions pay; long ones already lose in their precision.")
def bleu(pred, label, k=2):
    return math.exp(-abs(1 - len(label) / len(pred))) * _product(pred, label, k) if pred else 0.0


@reject(
    "lengths the wrong way round", "The penalty is 1 - len(label)/len(pred): the label's length is divided by yours."
)
def bleu(pred, label, k=2):
    return math.exp(min(0.0, 1 - len(pred) / max(1, len(label)))) * _product(pred, label, k) if pred else 0.0


@reject("penalty without exp", "The penalty is exp(1 - len(label)/len(pred)), not the ratio of the lengths.")
def bleu(pred, label, k=2):
    return min(1.0, len(pred) / max(1, len(label))) * _product(pred, label, k) if pred else 0.0


@reject(
    "divided by the label's n-grams",
    "Matches divided by the n-grams of the LABEL is recall. Precision divides by those of the prediction.",
)
def bleu(pred, label, k=2):
    return _score(pred, label, k, size=lambda pred, label, n: max(1, len(label) - n + 1))


@reject("divided by the number of tokens", "A list of m tokens has m - n + 1 n-grams: divide by that, not by m.")
def bleu(pred, label, k=2):
    return _score(pred, label, k, size=lambda pred, label, n: len(pred))


@reject("orders without a match left out", "No match at some n makes p_n = 0 and the whole product 0; do not skip it.")
def bleu(pred, label, k=2):
    score = _penalty(pred, label) if pred else 0.0
    for n in range(1, min(k, len(pred)) + 1):
        if matches := _matches(pred, label, n):
            score *= (matches / (len(pred) - n + 1)) ** (0.5**n)
    return score


@reject(
    "short predictions are 0", "A prediction of 2 tokens has no 3-grams: stop at n = len(pred) instead of returning 0."
)
def bleu(pred, label, k=2):
    return _penalty(pred, label) * _product(pred, label, k) if len(pred) >= k else 0.0


@reject("n beyond the length", "There are no n-grams longer than the prediction: n runs to min(k, len(pred)).")
def bleu(pred, label, k=2):
    score = _penalty(pred, label) if pred else 0.0
    for n in range(1, k + 1 if pred else 1):
        score *= (_matches(pred, label, n) / (len(pred) - n + 1)) ** (0.5**n)
    return score


@reject("the empty prediction", "len(label)/len(pred) divides by 0 for an empty prediction: return 0.0 before.")
def bleu(pred, label, k=2):
    return _penalty(pred, label) * _product(pred, label, k)


@reject("only the longest n-grams", "All n from 1 to k count, multiplied together; yours looks at n = k alone.")
def bleu(pred, label, k=2):
    n = min(k, len(pred))
    return _penalty(pred, label) * (_matches(pred, label, n) / (len(pred) - n + 1)) ** (0.5**n) if pred else 0.0


@reject("k not included", "n runs from 1 to k, k included: range(1, k + 1).")
def bleu(pred, label, k=2):
    return _score(pred, label, k - 1)


@reject("the last n-gram forgotten", "A list of m tokens has m - n + 1 n-grams; yours misses the last one.")
def bleu(pred, label, k=2):
    return _score(pred, label, k, _clipped(lambda tokens, n: _grams(tokens[:-1], n)))


@reject("tokens glued together", "''.join makes 'a','bc' and 'ab','c' the same n-gram. Count tuples of tokens.")
def bleu(pred, label, k=2):
    return _score(pred, label, k, _clipped(lambda tokens, n: ["".join(gram) for gram in _grams(tokens, n)]))


@reject(
    "tokens compared by place", "A word may stand elsewhere in the label: look for it anywhere, not at the same index."
)
def bleu(pred, label, k=2):
    def matches(pred, label, n):
        return sum(a == b for a, b in zip(_grams(pred, n), _grams(label, n), strict=False))

    return _score(pred, label, k, matches)


@reject("words used up in the caller's list", "You removed the matches from the caller's own label. Count on a copy.")
def bleu(pred, label, k=2):
    score = _score(pred, label, k)
    for token in pred:
        if token in label:
            label.remove(token)
    return score


@reject("the mean over the labels", "A translation may agree with one reference only: multi_bleu takes the best score.")
def multi_bleu(pred, labels, k=2):
    return sum(bleu(pred, label, k) for label in labels) / len(labels)


@reject("the first label only", "All labels are right answers. Compare with each of them and keep the best score.")
def multi_bleu(pred, labels, k=2):
    return bleu(pred, labels[0], k)


@reject("k not passed on", "multi_bleu scores with its own k: pass it on to bleu.")
def multi_bleu(pred, labels, k=2):
    return max(bleu(pred, label) for label in labels)


@reject(
    "n-grams of all labels together",
    "You matched against all labels at once. Here each label is scored alone, and the best counts.",
)
def multi_bleu(pred, labels, k=2):
    closest = min(labels, key=lambda label: abs(len(label) - len(pred)))

    def matches(pred, _, n):
        pool = Counter()
        for label in labels:
            pool |= Counter(_grams(label, n))
        return sum((Counter(_grams(pred, n)) & pool).values())

    return _score(pred, closest, k, matches)


waive(
    "bleu: min(0.0, 1 - len(label) / len(pred)) → min(1 - len(label) / len(pred), 0.0)",
    "the smaller of two numbers has no order",
)
waive("bleu: min(k, len(pred)) → min(len(pred), k)", "the smaller of two numbers has no order")
