"""Checks of the capstone: a translator in float64 starts with the learner's weights and must go the same way.

The order of the pairs is the learner's own affair. So the exact comparisons use one batch for all pairs, a learning rate
of 0, or all the orders that there are.
"""

from __future__ import annotations

import inspect
import itertools
import math
from collections import Counter

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

from tutor.checks import close, draws, equal, finite, holds

PAIRS = """go . = va !
hi . = salut !
run ! = cours !
wait ! = attends !
stop ! = arrête !
help ! = à l'aide !
i try . = j' essaie .
i won ! = j' ai gagné !
i am cold . = j' ai froid .
i am tired . = je suis fatigué .
i am at home . = je suis à la maison .
you are tired . = tu es fatigué .
he is at home . = il est à la maison .
she is cold . = elle a froid .
the red house = la maison rouge
a black cat = un chat noir
the cat is black . = le chat est noir .
where is the cat ? = où est le chat ?
where is the house ? = où est la maison ?
good night . = bonne nuit ."""

SPECIAL = ["<unk>", "<pad>", "<bos>", "<eos>"]
PAD, BOS, EOS = 1, 2, 3

# --- the translator, in float64 -------------------------------------------------------------------------------------


class Encoder(nn.Module):
    def __init__(self, vocab, emb, hidden):
        super().__init__()
        self.embedding, self.rnn = nn.Embedding(vocab, emb), nn.GRU(emb, hidden, batch_first=True)

    def forward(self, x, x_len):
        out, _ = self.rnn(self.embedding(x))  # reads on into the padding, which nobody looks at
        return out, out[torch.arange(len(x)), x_len - 1][None]


class Decoder(nn.Module):
    def __init__(self, vocab, emb, hidden):
        super().__init__()
        self.embedding, self.rnn = nn.Embedding(vocab, emb), nn.GRU(hidden + emb, hidden, batch_first=True)
        widths = {"w_q": hidden, "w_k": hidden, "w_v": 1}
        self.attention = nn.ModuleDict({name: nn.Linear(hidden, n, bias=False) for name, n in widths.items()})
        self.dense = nn.Linear(hidden, vocab)

    def forward(self, y_in, outputs, h, x_len):
        a, states, seen = self.attention, [], []
        behind = torch.arange(outputs.shape[1]) >= x_len[:, None]
        for e in self.embedding(y_in).unbind(1):
            scores = a["w_v"](torch.tanh(a["w_q"](h[-1])[:, None] + a["w_k"](outputs)))[..., 0]
            seen.append(torch.softmax(scores.masked_fill(behind, -torch.inf), dim=1))
            context = (seen[-1][:, None] @ outputs)[:, 0]
            out, h = self.rnn(torch.cat([context, e], dim=1)[:, None], h)
            states.append(out)
        return self.dense(torch.cat(states, dim=1)), torch.stack(seen, dim=1)


def translator(state):
    """A model with these weights."""
    (src, emb), (tgt, hidden) = state["encoder.embedding.weight"].shape, state["decoder.dense.weight"].shape
    model = nn.ModuleDict({"encoder": Encoder(src, emb, hidden), "decoder": Decoder(tgt, emb, hidden)}).double()
    model.load_state_dict({name: value.double().cpu() for name, value in state.items()})
    return model


class Data:
    """Vocabularies and arrays of a list of pairs."""

    def __init__(self, pairs, num_steps):
        self.num_steps = num_steps
        self.words = [vocabulary(side) for side in zip(*pairs, strict=True)]
        self.x, self.x_len = self.arrays([source for source, _ in pairs], 0)
        self.y, self.y_len = self.arrays([target for _, target in pairs], 1)
        self.y_in = torch.cat([torch.full_like(self.y[:, :1], BOS), self.y[:, :-1]], dim=1)

    def arrays(self, lines, side):
        rows = [[self.words[side].index(w) if w in self.words[side] else 0 for w in line] for line in lines]
        rows = [[*row, EOS][: self.num_steps] for row in rows]
        padded = [row + [PAD] * (self.num_steps - len(row)) for row in rows]
        return torch.tensor(padded), torch.tensor([len(row) for row in rows])

    def losses(self, model, rows):
        """The loss of each target token of these pairs, one after the other."""
        x_len = self.x_len[rows]
        logits, _ = model["decoder"](self.y_in[rows], *model["encoder"](self.x[rows], x_len), x_len)
        kept = torch.arange(self.num_steps) < self.y_len[rows][:, None]
        return F.cross_entropy(logits.transpose(1, 2), self.y[rows], reduction="none")[kept]


def vocabulary(lines):
    counts = Counter(word for line in lines for word in line)
    return SPECIAL + sorted(counts, key=lambda word: (-counts[word], word))


def trained_reference(start, data, epochs, lr, longest=1.0):
    """Yields the loss of an epoch; an epoch is a list of batches, a batch a list of row numbers."""
    model = translator(start)
    params = list(model.parameters())
    m, v = ([torch.zeros_like(p) for p in params] for _ in range(2))
    step = 0
    for batches in epochs:
        total = []
        for rows in batches:
            losses = data.losses(model, torch.tensor(rows))
            grads = torch.autograd.grad(losses.mean(), params)
            factor = min(1.0, longest / (math.sqrt(sum(float((g**2).sum()) for g in grads)) + 1e-6))
            step += 1
            with torch.no_grad():
                for p, g, m_, v_ in zip(params, grads, m, v, strict=True):
                    m_.mul_(0.9).add_(0.1 * factor * g)
                    v_.mul_(0.999).add_(0.001 * (factor * g) ** 2)
                    p -= lr * (m_ / (1 - 0.9**step)) / ((v_ / (1 - 0.999**step)).sqrt() + 1e-8)
            total += losses.tolist()
        yield sum(total) / len(total)


# --- the learner's ---------------------------------------------------------------------------------------------------


def pairs_of(draw, count, longest=5):
    """Sentences of made-up words, of lengths that differ, the targets longer than the sources or shorter."""

    def sentence(words):
        return [words[int(i)] for i in draw.labels(1 + int(draw.labels((), longest)), len(words))]

    pairs = [(sentence("abcdefgh"), sentence("stuvwxyz")) for _ in range(count)]
    pairs[0] = (list("abc"), list("zyxwvut")[:longest])
    pairs[-1] = (list("hgfed"), ["s"])
    return pairs


def trained(mine, pairs, **options):
    given = [(list(source), list(target)) for source, target in pairs]
    got = mine.train_seq2seq(given, **options)
    wanted = {"model", "src_vocab", "tgt_vocab", "loss"}
    holds(isinstance(got, dict) and set(got) >= wanted, "the result is not the dict that was asked for", got=sorted(got) if isinstance(got, dict) else got, expected=", ".join(sorted(wanted)))  # fmt: skip
    equal(given, [(list(source), list(target)) for source, target in pairs], "the list of pairs after the training")
    return got


def weights(result):
    return {name: value.detach().clone() for name, value in result["model"].state_dict().items()}


SMALL = {"num_steps": 4, "emb": 3, "hidden": 5}


@draws(2)
def test_start(mine, draw):
    """With epochs=0: encoder and decoder in an nn.ModuleDict, as wide as the vocabularies ask for; no loss yet."""
    pairs = pairs_of(draw, 5)
    got = trained(mine, pairs, **SMALL, epochs=0)
    data = Data(pairs, 4)
    wanted = nn.ModuleDict({"encoder": Encoder(len(data.words[0]), 3, 5), "decoder": Decoder(len(data.words[1]), 3, 5)})
    found = {name: (tuple(value.shape), str(value.dtype)) for name, value in weights(got).items()}
    wanted = {name: (tuple(value.shape), str(value.dtype)) for name, value in wanted.state_dict().items()}
    holds(found == wanted, "the model has other parts, shapes or dtypes", got=found, expected=wanted)
    equal(got["loss"], [], "the list of losses")
    for name, words in zip(("src_vocab", "tgt_vocab"), data.words, strict=True):
        equal(list(got[name].to_tokens(list(range(len(words))))), words, f"the list of all tokens of {name}")


@draws(1)
def test_seed(mine, draw):
    """The same seed gives the same losses, another seed others."""
    pairs, options = pairs_of(draw, 6), {**SMALL, "epochs": 1, "batch_size": 2}
    first, again, other = (trained(mine, pairs, **options, seed=seed)["loss"] for seed in (1, 1, 2))
    holds(first == again, "two runs with the same seed differ", got="other losses", expected="the same losses")
    holds(first[0] != other[0], "two seeds give the same losses", got="the same", expected="seed to be used")


@draws(1)
def test_defaults(mine, draw):
    """Without further arguments: 10 steps, widths 64 and 128, lr 0.005, batches of 64, 40 epochs, seed 0."""
    trained(mine, pairs_of(draw, 2), epochs=0)
    parameters = inspect.signature(mine.train_seq2seq).parameters
    wanted = {"num_steps": 10, "emb": 64, "hidden": 128, "lr": 5e-3, "batch_size": 64, "epochs": 40, "seed": 0}
    got = {name: parameters[name].default if name in parameters else "missing" for name in wanted}
    equal(got, wanted, "the dict of defaults")


@draws(2)
def test_loss_of_an_epoch(mine, draw):
    """The loss of an epoch is the mean over the real target tokens of all pairs, whatever the batches are."""
    pairs = pairs_of(draw, 5 + draw.index)
    size, options = draw.pick(2, 3), {**SMALL, "num_steps": draw.pick(4, 7)}
    start = weights(trained(mine, pairs, **options, epochs=0, seed=draw.index))
    data = Data(pairs, options["num_steps"])
    with torch.no_grad():
        wanted = data.losses(translator(start), torch.arange(len(pairs))).mean().item()
    got = trained(mine, pairs, **options, epochs=2, lr=0.0, batch_size=size, seed=draw.index)["loss"]
    given = {"pairs": pairs, "lr": 0.0, "batch_size": size, **options}
    close(got, [wanted] * 2, "the list of losses", rtol=1e-4, input=given)


@draws(2)
def test_full_batches(mine, draw):
    """With one batch an epoch the losses fall as they should: shifted targets, masked loss, Adam."""
    pairs = pairs_of(draw, 4 + draw.index)
    start = weights(trained(mine, pairs, **SMALL, epochs=0))
    rows, lr, epochs = list(range(len(pairs))), draw.pick(0.1, 0.2), 4
    wanted = list(trained_reference(start, Data(pairs, 4), [[rows]] * epochs, lr))
    got = trained(mine, pairs, **SMALL, epochs=epochs, lr=lr, batch_size=50)["loss"]
    close(got, wanted, "the list of losses", rtol=2e-3, input={"pairs": pairs, "lr": lr, "batch_size": 50, **SMALL})


@draws(1)
def test_clipping(mine, draw):
    """The gradients of all parameters together are clipped to a norm of 1."""
    pairs, options = [(["a"], ["z"])], {"num_steps": 1, "emb": 8, "hidden": 24}
    data, batches, lr = Data(pairs, 1), [[[0]]] * 6, 0.03
    for seed in range(20):  # one whose first gradients are long enough
        start = weights(trained(mine, pairs, **options, epochs=0, seed=seed))
        wanted, free = (list(trained_reference(start, data, batches, lr, longest)) for longest in (1.0, math.inf))
        if abs(wanted[-1] - free[-1]) > 0.02 * wanted[-1]:
            break
    got = trained(mine, pairs, **options, epochs=6, lr=lr, seed=seed)["loss"]
    close(got, wanted, "the list of losses", rtol=2e-3, input={"pairs": pairs, "lr": lr, "seed": seed, **options})


@draws(1)
def test_order(mine, draw):
    """Every epoch has a new order of the pairs."""
    pairs, epochs, lr = pairs_of(draw, 3), 9, 0.1
    start, data = weights(trained(mine, pairs, **SMALL, epochs=0)), Data(pairs, 4)
    got = trained(mine, pairs, **SMALL, epochs=epochs, lr=lr, batch_size=1)["loss"]
    for order in itertools.permutations(range(3)):
        always = trained_reference(start, data, [[[row] for row in order]] * epochs, lr)
        found = "that of the list" if order == (0, 1, 2) else "one order for all epochs"
        same = all(abs(wanted - loss) < 1e-3 * wanted for loss, wanted in zip(got, always, strict=True))
        holds(not same, "the order of the pairs is the same in every epoch", got=found, expected="a new order")


# --- translate ------------------------------------------------------------------------------------------------------


@torch.no_grad()
def hypotheses(model, data, sentence, beam, alpha=0.75):
    """Beam search in plain Python: the best tokens, and the attention for them."""
    x, x_len = data.arrays([sentence], 0)
    outputs, h = model["encoder"](x, x_len)

    def read(tokens):
        return model["decoder"](torch.tensor([[BOS, *tokens]]), outputs, h, x_len)

    running, finished = [((), 0.0)], []
    for length in range(1, data.num_steps + 1):
        options = []
        for tokens, score in running:
            logp = torch.log_softmax(read(tokens)[0][0, -1], dim=0).tolist()
            options += [((*tokens, i), score + p) for i, p in enumerate(logp)]
        options = sorted(options, key=lambda pair: -pair[1])[:beam]
        ends = [(t, s) for t, s in options if t[-1] == EOS or length == data.num_steps]
        finished += [(t, s / length**alpha) for t, s in ends]
        running = [pair for pair in options if pair not in ends]
        if not running:
            break
    best = [i for i in max(finished, key=lambda pair: pair[1])[0] if i != EOS]
    attention = read(best[:-1])[1][0, : len(best), : int(x_len)]
    return [data.words[1][i] for i in best], attention.float().numpy()


def some_model(mine, draw, epochs=4):
    pairs = pairs_of(draw, 8)
    result = trained(mine, pairs, num_steps=5, emb=4, hidden=6, lr=0.08, epochs=epochs, batch_size=8)
    return result, translator(weights(result)), Data(pairs, 5)


def compare(mine, result, sentence, wanted, **options):
    got = mine.translate(result, list(sentence), **options)
    given = {"sentence": sentence, **options}
    holds(isinstance(got, tuple) and len(got) == 2, "the result is no pair", got=got, expected="(tokens, attention)")
    equal(list(got[0]), wanted[0], "the list of tokens", input=given)
    close(got[1], wanted[1], "the attention", rtol=1e-3, atol=1e-4, input=given)


@draws(2)
def test_translate(mine, draw):
    """translate gives the most probable tokens, one after the other, and the attention of each, also for odd sources."""
    result, model, data = some_model(mine, draw, epochs=draw.pick(2, 8))
    for sentence in (list("abc"), ["h"], list("gfedcba"), ["b", "never", "seen"], []):
        compare(mine, result, sentence, hypotheses(model, data, sentence, 1))


@draws(2)
def test_beam(mine, draw):
    """With beam > 1 it is the best hypothesis of the beam search."""
    result, model, data = some_model(mine, draw)
    beam, done = draw.pick(3, 2), 0
    for sentence in (list(word) for word in ("ab", "cde", "fgha", "hg", "dcb", "ea", "g", "bdf")):
        wanted = hypotheses(model, data, sentence, beam)
        if wanted[0] != hypotheses(model, data, sentence, 1)[0] or done == 0:  # mainly those where greed loses
            compare(mine, result, sentence, wanted, beam=beam)
            done += 1


@draws(1)
def test_no_token(mine, draw):
    """Where <eos> alone is the best hypothesis there are no tokens, and the attention is an array (0, S)."""
    pairs = [(source, []) for source, _ in pairs_of(draw, 4)]  # the one word to learn is <eos>
    result = trained(mine, pairs, **SMALL, lr=0.1, epochs=20)
    model, data = translator(weights(result)), Data(pairs, 4)
    for sentence in (["a"], list("abcdef")):
        compare(mine, result, sentence, hypotheses(model, data, sentence, 1))


def test_learns(mine):
    """It learns: of twenty short sentences at least seventeen are translated word for word, "go ." as "va !"."""
    pairs = [tuple(side.split() for side in line.split(" = ")) for line in PAIRS.splitlines()]
    result = trained(mine, pairs, num_steps=8, emb=16, hidden=24, lr=0.03, batch_size=10, epochs=25)
    finite(result["loss"], "the list of losses")
    got = [" ".join(mine.translate(result, list(source))[0]) for source, _ in pairs]
    right = sum(text == " ".join(target) for text, (_, target) in zip(got, pairs, strict=True))
    given = {"loss": [round(loss, 2) for loss in result["loss"]]}
    holds(right >= 17, f"only {right} of 20 translations are right", got=got, expected="at least 17", input=given)
    equal(got[0], "va !", 'the translation of "go ."')
    _, attention = mine.translate(result, ["where", "is", "the", "cat", "?"], 3)
    close(np.asarray(attention).sum(1), np.ones(len(attention), np.float32), "the sums of the attention", rtol=1e-4)
