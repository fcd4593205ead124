"""Other right ways to search, and the mistakes that people make."""

from __future__ import annotations

import heapq
import math

import numpy as np

from tutor.checks import accept, reject, waive


def _continuations(step, alive):
    """(tokens with bos, score) of everything that can follow, in order of hypotheses and tokens."""
    table = np.asarray(step([prefix for prefix, _ in alive]), dtype=np.float64)
    return [((*h, v), s + p) for (h, s), row in zip(alive, table.tolist(), strict=False) for v, p in enumerate(row)]


def _best(continuations, count):
    kept = sorted((c for c in continuations if c[1] > -math.inf), key=lambda c: c[1], reverse=True)
    return kept[:count]


def _search(
    step,
    bos,
    eos,
    beam,
    max_len,
    *,
    keep=lambda grown, beam, done: _best(grown, beam),
    final=lambda score, length: score,
    ends=lambda tokens, eos: tokens[-1] == eos,
    stop=lambda done, beam: False,
    start=1,
    left=True,
    tail=lambda tokens: tokens[1:],
):
    """The search with one wheel that can be exchanged; `final` normalises."""
    alive, done = [((bos,), 0.0)] * start, []
    for _ in range(max_len):
        grown = keep(_continuations(step, alive), beam, done)
        done += [c for c in grown if ends(c[0], eos)]
        alive = [c for c in grown if not ends(c[0], eos)]
        if not alive or stop(done, beam):
            break
    finished = [(tail(tokens), final(score, len(tokens) - 1)) for tokens, score in done + (alive if left else [])]
    return sorted(finished, key=lambda pair: (-pair[1], pair[0]))[:beam]


def _power(alpha):
    return lambda score, length: score / length**alpha


@accept("plain lists and sorted")
def beam_search(step, bos, eos, beam, max_len, alpha=0.75):
    return _search(step, bos, eos, beam, max_len, final=_power(alpha))


@accept("a heap for the best")
def beam_search(step, bos, eos, beam, max_len, alpha=0.75):
    return _search(
        step,
        bos,
        eos,
        beam,
        max_len,
        keep=lambda grown, beam, done: heapq.nlargest(beam, [c for c in grown if c[1] != -np.inf], key=lambda c: c[1]),
        final=_power(alpha),
    )


@accept("arrays of tokens, sorted by lexsort")
def beam_search(step, bos, eos, beam, max_len, alpha=0.75):
    prefixes, scores, done = np.array([[bos]]), np.zeros(1), []
    for length in range(1, max_len + 1):
        logp = np.array(step([tuple(int(v) for v in prefix) for prefix in prefixes]), dtype=np.float64)
        total = (scores[:, None] + logp).ravel()
        order = np.lexsort((np.arange(total.size), -total))[:beam]
        order = order[np.isfinite(total[order])]
        rows, tokens = np.divmod(order, logp.shape[1])
        prefixes, scores = np.column_stack([prefixes[rows], tokens]), total[order]
        over = (tokens == eos) | (length == max_len)
        done += [
            (tuple(p[1:].tolist()), float(s / length**alpha))
            for p, s in zip(prefixes[over], scores[over], strict=False)
        ]
        prefixes, scores = prefixes[~over], scores[~over]
        if len(scores) == 0:
            break
    done.sort()
    done.sort(key=lambda pair: pair[1], reverse=True)
    return done[:beam]


@reject(
    "finished hypotheses keep expanding",
    "A hypothesis that ends in <eos> was continued. Move it to the finished ones; nothing follows <eos>.",
)
def beam_search(step, bos, eos, beam, max_len, alpha=0.75):
    return _search(step, bos, eos, beam, max_len, ends=lambda tokens, eos: False, final=_power(alpha))


@reject(
    "one continuation a hypothesis",
    "Each hypothesis got its own best continuation. Pick the best `beam` over ALL continuations together: two may share a beginning.",
)
def beam_search(step, bos, eos, beam, max_len, alpha=0.75):
    def keep(grown, beam, done):
        if len(grown[0][0]) == 2:
            return _best(grown, beam)
        groups = {}
        for c in grown:
            groups.setdefault(c[0][:-1], []).append(c)
        return _best([c for group in groups.values() for c in _best(group, 1)], beam)

    return _search(step, bos, eos, beam, max_len, keep=keep, final=_power(alpha))


@reject(
    "the best of every hypothesis",
    "You kept `beam` continuations of EACH hypothesis, so their number multiplies at every step. Keep `beam` of them in all.",
)
def beam_search(step, bos, eos, beam, max_len, alpha=0.75):
    def keep(grown, beam, done):
        groups = {}
        for c in grown:
            groups.setdefault(c[0][:-1], []).append(c)
        return [c for group in groups.values() for c in _best(group, beam)]

    return _search(step, bos, eos, beam, max_len, keep=keep, final=_power(alpha))


@reject(
    "no length normalisation", "The scores are plain sums, and short sentences win. Divide finished ones by L**alpha."
)
def beam_search(step, bos, eos, beam, max_len, alpha=0.75):
    return _search(step, bos, eos, beam, max_len)


@reject("the mean, whatever alpha", "You divide by L. The exponent alpha says how much the length counts: L**alpha.")
def beam_search(step, bos, eos, beam, max_len, alpha=0.75):
    return _search(step, bos, eos, beam, max_len, final=_power(1))


@reject("alpha fixed", "The caller's alpha has no effect: yours is always 0.75.")
def beam_search(step, bos, eos, beam, max_len, alpha=0.75):
    return _search(step, bos, eos, beam, max_len, final=_power(0.75))


@reject("alpha as a factor", "alpha is an exponent of the length: divide by L**alpha, not by alpha * L.")
def beam_search(step, bos, eos, beam, max_len, alpha=0.75):
    return _search(step, bos, eos, beam, max_len, final=lambda score, length: score / (alpha * length or 1))


@reject("<bos> counted", "L counts the tokens after <bos>; yours is one too many.")
def beam_search(step, bos, eos, beam, max_len, alpha=0.75):
    return _search(step, bos, eos, beam, max_len, final=lambda score, length: score / (length + 1) ** alpha)


@reject("<eos> not counted", "<eos> is one of the L tokens: its probability is in the sum as well.")
def beam_search(step, bos, eos, beam, max_len, alpha=0.75):
    found = _search(step, bos, eos, beam + 10**6, max_len)
    scored = [(t, s / max(1, len(t) - (t[-1] == eos)) ** alpha) for t, s in found]
    return sorted(scored, key=lambda pair: pair[1], reverse=True)[:beam]


@reject(
    "normalised at every step",
    "The sum was divided by a power of the length at every step, so early tokens count less and less. Divide once, at the end.",
)
def beam_search(step, bos, eos, beam, max_len, alpha=0.75):
    def keep(grown, beam, done):
        return [(tokens, score / (len(tokens) - 1) ** alpha) for tokens, score in _best(grown, beam)]

    return _search(step, bos, eos, beam, max_len, keep=keep)


@reject(
    "only what ended in <eos>",
    "What is still open after max_len steps counts as finished; you threw it away.",
)
def beam_search(step, bos, eos, beam, max_len, alpha=0.75):
    return _search(step, bos, eos, beam, max_len, left=False, final=_power(alpha))


@reject("stops at the first <eos>", "The first hypothesis to finish need not be the best: go on while others are open.")
def beam_search(step, bos, eos, beam, max_len, alpha=0.75):
    return _search(step, bos, eos, beam, max_len, stop=lambda done, beam: bool(done), final=_power(alpha))


@reject(
    "stops with the first `beam` finished",
    "Enough hypotheses have finished, but an open one may end better: go on until none is open, or max_len.",
)
def beam_search(step, bos, eos, beam, max_len, alpha=0.75):
    return _search(step, bos, eos, beam, max_len, stop=lambda done, beam: len(done) >= beam, final=_power(alpha))


@reject(
    "a narrower beam after each <eos>",
    "Your beam loses a place with every finished hypothesis. Each step keeps `beam` continuations, however many have finished.",
)
def beam_search(step, bos, eos, beam, max_len, alpha=0.75):
    return _search(
        step,
        bos,
        eos,
        beam,
        max_len,
        keep=lambda grown, beam, done: _best(grown, beam - len(done)),
        final=_power(alpha),
    )


@reject(
    "finished ones keep their place in the beam",
    "Finished and open hypotheses compete for the same places: plain sums of different lengths. Finished ones leave the beam.",
)
def beam_search(step, bos, eos, beam, max_len, alpha=0.75):
    pool = [((bos,), 0.0)]
    for _ in range(max_len):
        alive = [c for c in pool if c[0][-1] != eos or len(c[0]) == 1]
        if not alive:
            break
        done = [c for c in pool if c[0][-1] == eos and len(c[0]) > 1]
        pool = _best(done + _continuations(step, alive), beam)
    found = [(tokens[1:], score / max(1, len(tokens) - 1) ** alpha) for tokens, score in pool if len(tokens) > 1]
    return sorted(found, key=lambda pair: pair[1], reverse=True)


@reject(
    "`beam` copies of <bos>",
    "You began with `beam` copies of <bos>, so every hypothesis is there several times. Begin with one.",
)
def beam_search(step, bos, eos, beam, max_len, alpha=0.75):
    return _search(step, bos, eos, beam, max_len, start=beam, final=_power(alpha))


@reject("greedy", "That is a greedy search: one hypothesis, whatever `beam` says. Keep the best `beam` of them.")
def beam_search(step, bos, eos, beam, max_len, alpha=0.75):
    return _search(step, bos, eos, 1, max_len, final=_power(alpha))


@reject(
    "one call for each hypothesis",
    "step was asked once for each prefix. Hand over all of them in ONE list: a batch costs no more.",
)
def beam_search(step, bos, eos, beam, max_len, alpha=0.75):
    return _search(
        lambda prefixes: np.concatenate([np.asarray(step([prefix])) for prefix in prefixes]),
        bos,
        eos,
        beam,
        max_len,
        final=_power(alpha),
    )


@reject("prefixes without <bos>", "A prefix begins with <bos>; step was given the tokens after it.")
def beam_search(step, bos, eos, beam, max_len, alpha=0.75):
    return _search(
        lambda prefixes: step([prefix[1:] for prefix in prefixes]), bos, eos, beam, max_len, final=_power(alpha)
    )


@reject(
    "prefixes as lists", "step takes TUPLES of token ids; yours are lists, which cannot be looked up in a dictionary."
)
def beam_search(step, bos, eos, beam, max_len, alpha=0.75):
    return _search(
        lambda prefixes: step([list(prefix) for prefix in prefixes]), bos, eos, beam, max_len, final=_power(alpha)
    )


@reject(
    "only the last token handed on",
    "step needs the whole prefix: what follows depends on all of it, not on the last token.",
)
def beam_search(step, bos, eos, beam, max_len, alpha=0.75):
    return _search(
        lambda prefixes: step([prefix[-1:] if len(prefix) == 1 else (bos, prefix[-1]) for prefix in prefixes]),
        bos,
        eos,
        beam,
        max_len,
        final=_power(alpha),
    )


@reject(
    "probabilities added",
    "step gives log-probabilities; you took exp of them before adding. Sums of logs are what you want.",
)
def beam_search(step, bos, eos, beam, max_len, alpha=0.75):
    return _search(lambda prefixes: np.exp(step(prefixes)), bos, eos, beam, max_len, final=_power(alpha))


@reject(
    "only the last log-probability",
    "The score of a hypothesis is the SUM over its tokens; yours forgets all but the last.",
)
def beam_search(step, bos, eos, beam, max_len, alpha=0.75):
    def keep(grown, beam, done):
        return [
            (tokens, 0.0 if tokens[-1] != eos and len(tokens) <= max_len else score)
            for tokens, score in _best(grown, beam)
        ]

    return _search(step, bos, eos, beam, max_len, keep=keep, final=_power(alpha))


@reject("<bos> in the result", "The tokens of a result are those after <bos>.")
def beam_search(step, bos, eos, beam, max_len, alpha=0.75):
    return _search(step, bos, eos, beam, max_len, tail=lambda tokens: tokens, final=_power(alpha))


@reject(
    "<eos> cut off", "A sentence that has ended keeps its <eos>; without it nobody can tell it from one that was cut."
)
def beam_search(step, bos, eos, beam, max_len, alpha=0.75):
    found = _search(step, bos, eos, beam, max_len, final=_power(alpha))
    return [(tokens[:-1] if tokens[-1] == eos else tokens, score) for tokens, score in found]


@reject("all finished hypotheses", "More than `beam` hypotheses can finish: return the best `beam` of them.")
def beam_search(step, bos, eos, beam, max_len, alpha=0.75):
    return _search(step, bos, eos, 10**6, max_len, keep=lambda grown, _, done: _best(grown, beam), final=_power(alpha))


@reject("worst first", "The best hypothesis comes first: sort by falling score.")
def beam_search(step, bos, eos, beam, max_len, alpha=0.75):
    return _search(step, bos, eos, beam, max_len, final=_power(alpha))[::-1]


@reject(
    "sorted by the plain sum",
    "The results are in the order of their sums. Sort by the normalised scores, then take the first `beam`.",
)
def beam_search(step, bos, eos, beam, max_len, alpha=0.75):
    return [(tokens, score / len(tokens) ** alpha) for tokens, score in _search(step, bos, eos, beam, max_len)]


@reject(
    "the beam filled with the impossible",
    "A continuation of probability 0 took a free place in the beam. Leave what is -inf out.",
)
def beam_search(step, bos, eos, beam, max_len, alpha=0.75):
    return _search(
        step,
        bos,
        eos,
        beam,
        max_len,
        keep=lambda grown, beam, done: sorted(grown, key=lambda c: c[1], reverse=True)[:beam],
        final=_power(alpha),
    )


@reject("ties to the last", "Of equal scores yours takes the last. Sort the negated scores, with kind='stable'.")
def beam_search(step, bos, eos, beam, max_len, alpha=0.75):
    return _search(
        step,
        bos,
        eos,
        beam,
        max_len,
        keep=lambda grown, beam, done: sorted((c for c in grown if c[1] > -math.inf), key=lambda c: c[1])[::-1][:beam],
        final=_power(alpha),
    )


@reject(
    "written into step's array",
    "The scores were added into the array that step returned. It belongs to step: logp + scores makes a new one.",
)
def beam_search(step, bos, eos, beam, max_len, alpha=0.75):
    alive, done = [((bos,), 0.0)], []
    for _ in range(max_len):
        logp = step([prefix for prefix, _ in alive])
        logp += np.array([[score] for _, score in alive], dtype=logp.dtype)
        grown = _best(
            [((*h, v), p) for (h, _), row in zip(alive, logp.tolist(), strict=False) for v, p in enumerate(row)], beam
        )
        done += [c for c in grown if c[0][-1] == eos]
        alive = [c for c in grown if c[0][-1] != eos]
        if not alive:
            break
    found = [(tokens[1:], score / (len(tokens) - 1) ** alpha) for tokens, score in done + alive]
    return sorted(found, key=lambda pair: (-pair[1], pair[0]))[:beam]


@reject(
    "results in the order in which they finished",
    "Of results with the same score the smaller tuple comes first: sort by (-score, tokens).",
)
def beam_search(step, bos, eos, beam, max_len, alpha=0.75):
    alive, done = [((bos,), 0.0)], []
    for length in range(1, max_len + 1):
        grown = _best(_continuations(step, alive), beam)
        done += [(t[1:], s / length**alpha) for t, s in grown if t[-1] == eos or length == max_len]
        alive = [c for c in grown if c[0][-1] != eos]
        if not alive:
            break
    return sorted(done, key=lambda pair: pair[1], reverse=True)[:beam]


@reject("NumPy integers", "Tokens are to be Python ints: int(token). NumPy's print and compare in their own way.")
def beam_search(step, bos, eos, beam, max_len, alpha=0.75):
    found = _search(step, bos, eos, beam, max_len, final=_power(alpha))
    return [(tuple(np.int64(t) for t in tokens), score) for tokens, score in found]


@reject("one step more", "max_len is the most tokens after <bos>; your search goes one step further.")
def beam_search(step, bos, eos, beam, max_len, alpha=0.75):
    return _search(step, bos, eos, beam, max_len + 1, final=_power(alpha))


waive(
    "beam_search: max_len + 1 → max_len + 2",
    "at max_len everything is finished and nothing is open: the loop has ended",
)
waive(
    "beam_search: np.argsort(-total, axis=None, kind='stable') → np.argsort(-total, axis=None, kind='stable_')",
    "NumPy looks at the first letter of the kind only",
)
waive("beam_search: break → continue", "the places are sorted: after the first impossible one all are")
