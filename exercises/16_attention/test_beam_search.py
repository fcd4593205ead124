"""Checks of beam-search on small language models, against a search written out with lists, and against all sentences."""

from __future__ import annotations

import itertools

import numpy as np

from tutor.checks import close, draws, equal, holds, same

BOS, EOS = 0, 1


class Model:
    """A language model: log-probabilities that depend on the whole prefix. It keeps what it was asked."""

    def __init__(self, tokens, seed, *, scale=2.0, impossible=0.0, round_to=0.0, dtype="float64", layout=None):
        self.tokens, self.seed, self.scale = tokens, seed, scale
        self.impossible, self.round_to, self.dtype, self.layout = impossible, round_to, dtype, layout
        self.calls = []
        self.given = []

    def row(self, prefix):
        """(V,): log-probabilities of what follows."""
        rng = np.random.default_rng([self.seed, *prefix])
        z = rng.normal(size=self.tokens) * self.scale
        z[rng.random(self.tokens) < self.impossible] = -np.inf
        if self.round_to:
            return -np.round(np.abs(z) / self.round_to) * self.round_to
        with np.errstate(invalid="ignore"):
            logp = z - np.logaddexp.reduce(z)
        return np.where(np.isfinite(z), logp, -np.inf)

    def __call__(self, prefixes):
        self.calls.append(prefixes)
        table = np.array([self.row(prefix) for prefix in prefixes]).astype(self.dtype)
        table = self.layout(table) if self.layout else table
        self.given.append((table, table.copy()))
        return table

    def __repr__(self):
        first = ", ".join(f"{p:.2g}" for p in np.exp(self.row((BOS,))))
        return f"a model of {self.tokens} tokens; after <bos> their probabilities are {first}"


class Table(Model):
    """A model written down: probabilities after each prefix; after any other prefix <eos> is certain."""

    def __init__(self, tokens, table):
        super().__init__(tokens, 0)
        self.table = table

    def row(self, prefix):
        p = np.zeros(self.tokens)
        for token, value in self.table.get(tuple(prefix[1:]), {EOS: 1.0}).items():
            p[token] = value
        with np.errstate(divide="ignore"):
            return np.log(p)


GARDEN_PATH = {(): {2: 0.6, 3: 0.4}, (2,): {1: 0.3, 2: 0.35, 3: 0.35}, (3,): {1: 0.9, 2: 0.05, 3: 0.05}}


def beam_search(step, bos, eos, beam, max_len, alpha=0.75):
    """With plain lists; sorting is stable, so equal scores stay in the order of hypotheses and tokens."""
    alive, done = [((), 0.0)], []
    for _ in range(max_len):
        if not alive:
            break
        table = step([(bos, *tokens) for tokens, _ in alive]).astype(float).tolist()
        grown = [((*h, v), s + p) for (h, s), row in zip(alive, table, strict=True) for v, p in enumerate(row)]
        grown = sorted((c for c in grown if c[1] > -np.inf), key=lambda c: c[1], reverse=True)[:beam]
        done += [c for c in grown if c[0][-1] == eos]
        alive = [c for c in grown if c[0][-1] != eos]
    scored = [(tokens, score / len(tokens) ** alpha) for tokens, score in done + alive]
    return sorted(scored, key=lambda c: (-c[1], c[0]))[:beam]


def greedy(step, bos, eos, max_len, alpha):
    tokens, score = (), 0.0
    while len(tokens) < max_len and (not tokens or tokens[-1] != eos):
        row = step([(bos, *tokens)])[0]
        tokens, score = (*tokens, int(np.argmax(row))), score + float(row.max())
    return [(tokens, score / len(tokens) ** alpha)]


def every_sentence(step, bos, eos, max_len, alpha):
    """All hypotheses that a search could finish with, best first: brute force."""
    found, words = [], [v for v in range(step.tokens) if v != eos]
    for length in range(1, max_len + 1):
        for begin in itertools.product(words, repeat=length - 1):
            for last in range(step.tokens) if length == max_len else (eos,):
                tokens = (*begin, last)
                score = sum(float(step.row((bos, *tokens[:t]))[tokens[t]]) for t in range(length))
                found.append((tokens, score / length**alpha))
    return sorted(found, key=lambda pair: -pair[1])


def check(mine, model, beam, max_len, *alpha, **options):
    same(mine.beam_search, beam_search, model, BOS, EOS, beam, max_len, *alpha, **options)


@draws(4)
def test_worked_example(mine, draw):
    """The example of the task: a beam of 2 finds the sentence that begins modestly."""
    check(mine, Table(4, GARDEN_PATH), draw.pick(2, 1, 3, 9), 2, 0.75)


@draws(8)
def test_greedy(mine, draw):
    """A beam of 1 takes the most probable token each time, and stops at <eos>."""
    model, max_len, alpha = Model(draw.int(3, 6), draw.seed + draw.index), draw.int(2, 6), draw.pick(0.75, 0.0)
    found = mine.beam_search(model, BOS, EOS, 1, max_len, alpha)
    close(
        found, greedy(model, BOS, EOS, max_len, alpha), "what a beam of 1 finds", input=shown(model, 1, max_len, alpha)
    )


def shown(model, beam, max_len, alpha):
    return {"step": repr(model), "beam": beam, "max_len": max_len, "alpha": alpha}


def test_finished_leave_the_beam(mine):
    """A hypothesis that ends leaves the beam: it takes no place there, and no better beginning pushes it out."""
    check(mine, Table(4, {(): {2: 0.75, 1: 0.2, 3: 0.05}, (2,): {2: 0.5, 3: 0.45, 1: 0.05}}), 2, 2, 0.75)


@draws(24)
def test_any_beam(mine, draw):
    """Any beam, length and vocabulary: the same hypotheses with the same scores, best first."""
    model = Model(draw.int(3, 7), draw.seed + draw.index, scale=draw.pick(1.0, 2.0, 4.0))
    check(mine, model, draw.int(2, 6), draw.int(2, 6), draw.pick(0.75, 0.0, 1.0, 0.3))


@draws(4)
def test_exhaustive(mine, draw):
    """A beam with room for everything finds every sentence, in the right order."""
    model, max_len, alpha = Model(draw.pick(3, 4), draw.seed + draw.index), draw.int(2, 4), draw.pick(0.75, 1.0)
    everything = every_sentence(model, BOS, EOS, max_len, alpha)
    found = mine.beam_search(model, BOS, EOS, 400, max_len, alpha)
    close(found, everything, "what a beam of 400 finds", input=shown(model, 400, max_len, alpha))


@draws(6)
def test_alpha(mine, draw):
    """alpha decides between short and long: 0 compares plain log-probabilities, a large one favours length."""
    model = Model(4, draw.seed + draw.index, scale=1.0)
    check(mine, model, draw.pick(3, 8), 5, draw.pick(0.0, 2.0, 1.0))


@draws(3)
def test_default_alpha(mine, draw):
    """Without alpha the exponent of the length is 0.75."""
    check(mine, Model(4, draw.seed + draw.index, scale=1.0), 4, 4)


@draws(3)
def test_other_special_tokens(mine, draw):
    """bos and eos may be any ids; tokens after bos may be anything, bos included."""
    bos, eos = draw.pick((3, 2), (1, 0), (2, 4))
    same(mine.beam_search, beam_search, Model(5, draw.seed + draw.index), bos, eos, 3, 4, 0.75)


@draws(4)
def test_small(mine, draw):
    """One step only; more beams than continuations; <eos> at once."""
    check(mine, Model(4, draw.seed + draw.index), draw.pick(2, 1, 9), 1, 0.5)
    check(mine, Model(3, draw.seed + draw.index), 50, 3, 0.5)
    check(mine, Table(3, {(): {1: 0.9, 2: 0.1}}), draw.pick(1, 2), 4, 0.75)
    check(mine, Table(3, {(): {1: 1.0}}), 3, 4, 0.75)


@draws(8)
def test_impossible(mine, draw):
    """Tokens of probability 0 are never chosen, not even to fill the beam."""
    model = Model(draw.int(4, 6), draw.seed + draw.index, impossible=draw.pick(0.4, 0.7))
    check(mine, model, draw.int(2, 6), draw.int(2, 5), 0.75)


def test_dead_ends(mine):
    """When nothing can follow, the search ends with what it has, and that may be nothing."""
    check(mine, Table(4, {(): {2: 0.7, 1: 0.3}, (2,): {}}), 3, 5)
    check(mine, Table(4, {(): {}}), 2, 3)
    check(mine, Table(4, {(): {2: 1.0}, (2,): {3: 1.0}, (2, 3): {}}), 2, 3)


@draws(10)
def test_ties(mine, draw):
    """Equal sums: the better hypothesis goes first, then the lower token; equal results: the smaller tuple."""
    model = Model(draw.int(3, 5), draw.seed + draw.index, scale=0.3, round_to=0.25)
    check(mine, model, draw.int(2, 5), draw.int(2, 4), 0.0)


@draws(4)
def test_numbers(mine, draw):
    """Log-probabilities of -10 000, and float32 arrays in any layout, read-only ones too."""
    dtype = draw.pick("float64", "float32")
    model = Model(4, draw.seed + draw.index, scale=draw.pick(2.0, 1e4), dtype=dtype, layout=draw.layout)
    check(mine, model, 3, 4, 0.75, rtol=1e-5 if dtype == "float32" else None)


@draws(4)
def test_questions(mine, draw):
    """Each step asks once, for all open hypotheses together: different prefixes from bos on, none with <eos>."""
    model, beam = Model(5, draw.seed + draw.index, scale=1.0), draw.pick(3, 1, 4)
    mine.beam_search(model, BOS, EOS, beam, 4, 0.75)
    twin = Model(5, model.seed, scale=1.0)
    beam_search(twin, BOS, EOS, beam, 4, 0.75)
    asked = [[tuple(prefix) for prefix in call] for call in model.calls]
    kinds = {type(prefix).__name__ for call in model.calls for prefix in call}
    equal(kinds, {"tuple"}, "the set of types of the prefixes", input=shown(model, beam, 4, 0.75))
    sizes, wanted = [len(call) for call in asked], [len(call) for call in twin.calls]
    equal(sizes, wanted, "the list of how many prefixes each call held", input=shown(model, beam, 4, 0.75))
    given = {"step": repr(model), "beam": beam}
    equal([sorted(call) for call in asked], [sorted(call) for call in twin.calls], "the list of calls", input=given)


@draws(2)
def test_belongs_to_step(mine, draw):
    """The arrays that step returned are as they were."""
    model = Model(4, draw.seed + draw.index)
    mine.beam_search(model, BOS, EOS, 3, 3)
    for table, before in model.given:
        equal(table, before, "an array that step returned, after the search")


@draws(2)
def test_types(mine, draw):
    """Tokens are Python ints in tuples, scores are Python floats."""
    model = Model(4, draw.seed + draw.index, dtype=draw.pick("float64", "float32"))
    for tokens, score in mine.beam_search(model, BOS, EOS, 3, 3):
        kinds = {type(value).__name__ for value in tokens}, type(score).__name__
        holds(kinds == ({"int"}, "float"), "a hypothesis holds other types", got=kinds, expected="int and float")
