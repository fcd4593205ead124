"""Checks of the capstone: a reference starts with the learner's weights, and its losses must then be the learner's.

The order of the batches is the learner's own affair. So the exact comparisons use one full batch, or pairs all alike.
Weights are not compared: of some (the bias of w_k) the true gradient is 0, and Adam makes full steps of rounding errors.
"""

from __future__ import annotations

import inspect
import itertools
import math

import torch
import torch.nn.functional as F

from tutor.checks import close, draws, equal, finite, holds

RESERVED = ["<unk>", "<pad>", "<bos>", "<eos>"]

# --- the model as formulas, on a dict of weights --------------------------------------------------------------------


def linear(x, w, name):
    return F.linear(x, w[f"{name}.weight"], w[f"{name}.bias"])


def norm(x, w, name):
    return F.layer_norm(x, x.shape[-1:], w[f"{name}.norm.weight"], w[f"{name}.norm.bias"])


def attention(x, source, w, name, heads, allowed):
    (n, t, d), width = x.shape, x.shape[-1] // heads
    q, k, v = (
        linear(z, w, f"{name}.w_{part}").reshape(n, -1, heads, width).transpose(1, 2)
        for part, z in (("q", x), ("k", source), ("v", source))
    )
    scores = (q @ k.transpose(-2, -1) / width**0.5).masked_fill(~allowed, float("-inf"))
    return linear((torch.softmax(scores, -1) @ v).transpose(1, 2).reshape(n, t, d), w, f"{name}.w_o")


def ffn(x, w, name):
    return linear(torch.relu(linear(x, w, f"{name}.linear1")), w, f"{name}.linear2")


def embedded(ids, weight):
    d = weight.shape[1]
    angles = torch.arange(ids.shape[1])[:, None] / 10000 ** (torch.arange(0, d, 2, dtype=torch.float64) / d)
    return weight[ids] * d**0.5 + torch.stack([angles.sin(), angles.cos()], -1).flatten(1)[:, :d]


def logits(src, src_len, tgt_in, w, heads, layers):
    real = (torch.arange(src.shape[1]) < src_len[:, None])[:, None, None]
    past = torch.ones(tgt_in.shape[1], tgt_in.shape[1], dtype=torch.bool).tril()
    x, y = embedded(src, w["src_embed.weight"]), embedded(tgt_in, w["tgt_embed.weight"])
    for p in (f"encoder.{i}." for i in range(layers)):
        x = norm(x + attention(x, x, w, p + "self_attn", heads, real), w, p + "norm1")
        x = norm(x + ffn(x, w, p + "ffn"), w, p + "norm2")
    for p in (f"decoder.{i}." for i in range(layers)):
        y = norm(y + attention(y, y, w, p + "self_attn", heads, past), w, p + "norm1")
        y = norm(y + attention(y, x, w, p + "cross_attn", heads, real), w, p + "norm2")
        y = norm(y + ffn(y, w, p + "ffn"), w, p + "norm3")
    return linear(y, w, "out")


# --- the training -----------------------------------------------------------------------------------------------------


def vocabulary(lines):
    """Reserved tokens, then by falling count, equal counts in alphabetical order."""
    tokens = sorted(itertools.chain.from_iterable(lines))
    found = sorted(set(tokens), key=lambda token: (-tokens.count(token), token))
    return {token: i for i, token in enumerate(RESERVED + [token for token in found if token not in RESERVED])}


def indices(lines, vocab, num_steps):
    rows = [[*(vocab[token] for token in line), vocab["<eos>"]][:num_steps] for line in lines]
    ids = torch.tensor([row + [vocab["<pad>"]] * (num_steps - len(row)) for row in rows])
    return ids, torch.tensor([len(row) for row in rows])


def rate(step, total, warmup, lr):
    if step < warmup:
        return lr * (step + 1) / warmup
    return lr * (1 + math.cos(math.pi * (step - warmup) / max(1, total - warmup))) / 2


def reference(weights, pairs, num_steps, heads, layers, lr, warmup, batch_size, epochs):
    """The losses of an epoch, in float64 from the given weights, batches in row order."""
    w = {name: value.detach().double().requires_grad_() for name, value in weights.items()}
    sides = [[pair[side] for pair in pairs] for side in (0, 1)]
    (src, src_len), (tgt, tgt_len) = (indices(lines, vocabulary(lines), num_steps) for lines in sides)
    tgt_in = torch.cat([torch.full_like(tgt[:, :1], 2), tgt[:, :-1]], 1)
    optimizer = torch.optim.Adam(w.values(), lr, betas=(0.9, 0.98))
    total, step, history = epochs * -(-len(pairs) // batch_size), 0, []
    for _ in range(epochs):
        summed = 0.0
        for rows in torch.arange(len(pairs)).split(batch_size):
            optimizer.param_groups[0]["lr"] = rate(step, total, int(warmup * total), lr)
            real = torch.arange(num_steps) < tgt_len[rows, None]
            out = logits(src[rows], src_len[rows], tgt_in[rows], w, heads, layers)
            loss = F.cross_entropy(out[real], tgt[rows][real])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            summed, step = summed + loss.item() * int(real.sum()), step + 1
        history.append(summed / int(tgt_len.sum()))
    return history


# --- the learner's training -------------------------------------------------------------------------------------------


def words(draw, letters, most):
    return [letters[i] for i in draw.labels(draw.int(1, most), len(letters))]


def some_pairs(draw, count):
    """Sentences of different lengths, on the source side 1 … 6 tokens, on the target side 1 … 4, no two alike."""
    found = [(words(draw, "abcdefg", 6), words(draw, "uvwxyz", 4)) for _ in range(count)]
    return [([*source, f"s{i}"], [f"t{i}", *target]) for i, (source, target) in enumerate(found)]


def trained(mine, pairs, **options):
    got = mine.train_transformer(pairs, **options)
    wanted = {"model", "src_vocab", "tgt_vocab", "loss"}
    holds(isinstance(got, dict) and set(got) == wanted, "the result is not the dict that was asked for", got=sorted(got) if isinstance(got, dict) else got, expected=", ".join(sorted(wanted)))  # fmt: skip
    holds(isinstance(got["loss"], list) and all(isinstance(x, float) for x in got["loss"]), '"loss" is not a list of floats', got=got["loss"], expected="one float an epoch")  # fmt: skip
    return got


def start(mine, pairs, **options):
    """The weights before the first step."""
    model = trained(mine, pairs, **options | {"epochs": 0})["model"]
    return {name: value.detach().clone() for name, value in model.named_parameters()}


def agree(mine, pairs, options):
    """The losses are those of the reference."""
    weights = start(mine, pairs, **options)
    got = trained(mine, pairs, **options)["loss"]
    names = ("num_steps", "layers", "lr", "warmup", "batch_size", "epochs")
    right = reference(weights, pairs, heads=options["num_heads"], **{name: options[name] for name in names})
    close(got, right, "the list of losses", rtol=2e-4, atol=1e-4, input={"pairs": pairs, **options})


SMALL = {"d_model": 8, "num_heads": 2, "layers": 1, "dropout": 0.0, "seed": 3}


@draws(2)
def test_start(mine, draw):
    """With epochs=0: both vocabularies with their reserved tokens, and a model of these sizes."""
    pairs = some_pairs(draw, 4)
    before = [(list(source), list(target)) for source, target in pairs]
    d, heads, layers = draw.pick((8, 2, 1), (6, 3, 2))
    got = trained(mine, pairs, d_model=d, num_heads=heads, layers=layers, dropout=0.25, epochs=0)
    for side, name in enumerate(("src_vocab", "tgt_vocab")):
        wanted = vocabulary([pair[side] for pair in pairs])
        found = got[name].to_tokens(list(range(len(got[name]))))
        equal(found, list(wanted), f"the list of tokens of {name}", input={"pairs": pairs})
    shapes = {name: tuple(value.shape) for name, value in got["model"].named_parameters()}
    names = ("src_embed.weight", "out.weight", f"decoder.{layers - 1}.ffn.linear1.weight")
    wanted = dict(zip(names, [(len(got["src_vocab"]), d), (len(got["tgt_vocab"]), d), (2 * d, d)], strict=True))
    equal({name: shapes.get(name, "missing") for name in names}, wanted, "the dict of shapes", input={"pairs": pairs})
    holds(f"encoder.{layers}.ffn.linear1.weight" not in shapes, "the model has too many layers", got=list(shapes), expected=f"{layers} a side")  # fmt: skip
    equal(float(got["model"].dropout.p), 0.25, "the dropout of the model")
    equal(got["loss"], [], "the list of losses of no epoch")
    equal(pairs, before, "the list of pairs after the call")


def test_defaults(mine):
    """Unless told otherwise: 10 steps, width 64, 4 heads, 2 layers, dropout 0.1, lr 0.002, warm-up 0.1, 30 epochs of 64."""
    trained(mine, [(["a"], ["b"])], epochs=0)
    parameters = inspect.signature(mine.train_transformer).parameters
    wanted = {"num_steps": 10, "d_model": 64, "num_heads": 4, "layers": 2, "dropout": 0.1, "lr": 2e-3, "warmup": 0.1}
    wanted |= {"batch_size": 64, "epochs": 30, "seed": 0}
    got = {name: parameters[name].default if name in parameters else "missing" for name in wanted}
    equal(got, wanted, "the dict of defaults")


def test_seed(mine):
    """The seed decides: one seed gives one start, another seed another."""
    pairs = [(["a", "b"], ["u"]), (["c"], ["v", "w"])]
    first, again, other = (start(mine, pairs, **SMALL | {"seed": seed})["out.weight"] for seed in (3, 3, 4))
    holds(torch.equal(first, again), "two runs with one seed start differently", got="another start", expected="the same weights")  # fmt: skip
    holds(not torch.equal(first, other), "two seeds give the same start", got="the same weights", expected="another start")  # fmt: skip


@draws(2)
def test_full_batches(mine, draw):
    """With one batch an epoch its losses are those of the formulas, step by step, warm-up and cosine included."""
    pairs = some_pairs(draw, (3, 5)[draw.index])
    steps = ({"lr": 0.03, "warmup": 0.0, "epochs": 12}, {"lr": 0.03, "warmup": 0.5, "epochs": 4})[draw.index]
    num_steps, heads, layers = ((4, 4, 1), (9, 2, 2))[draw.index]
    agree(mine, pairs, SMALL | steps | {"num_steps": num_steps, "num_heads": heads, "layers": layers, "batch_size": 8})


@draws(2)
def test_mini_batches(mine, draw):
    """One step a batch, the short last one included; the epoch's loss weighs every token alike."""
    pairs = some_pairs(draw, 1) * 5
    agree(mine, pairs, SMALL | {"num_steps": 8, "lr": 0.02, "warmup": 0.4, "batch_size": 2 + draw.index, "epochs": 2})  # fmt: skip


def test_tokens_weigh_alike(mine):
    """Without steps (lr=0) the loss of an epoch does not depend on the size of the batches."""
    pairs = [(["a", "b"], list("uvwxyz")[:n]) for n in (6, 1, 1, 1, 1)]
    options = SMALL | {"lr": 0.0, "epochs": 1, "num_steps": 8}
    whole = trained(mine, pairs, batch_size=5, **options)["loss"]
    for size in (1, 4):
        got = trained(mine, pairs, batch_size=size, **options)["loss"]
        close(got, whole, f"the list of losses with batches of {size}", rtol=1e-4, input={"pairs": pairs})


@draws(1)
def test_order(mine, draw):
    """The batches come in a random order that the seed decides."""
    pairs = some_pairs(draw, 8)
    options = SMALL | {"lr": 0.02, "warmup": 0.1, "batch_size": 1, "epochs": 1, "num_steps": 6}
    first, again = (trained(mine, pairs, **options)["loss"] for _ in range(2))
    equal(again, first, "the list of losses of a second run with the same seed")
    names = ("num_steps", "layers", "lr", "warmup", "batch_size", "epochs")
    in_order = reference(start(mine, pairs, **options), pairs, heads=2, **{name: options[name] for name in names})
    holds(abs(in_order[0] - first[0]) > 1e-5 * first[0], "the pairs come in the order of the list, not shuffled", got=first, expected="a random order", input=options)  # fmt: skip


@draws(1)
def test_dropout(mine, draw):
    """The model trains with its dropout: the first loss is another one than without."""
    pairs = some_pairs(draw, 6)
    options = SMALL | {"lr": 0.0, "batch_size": 8, "epochs": 2}
    quiet, noisy = (trained(mine, pairs, **options | {"dropout": p})["loss"] for p in (0.0, 0.5))
    close(quiet[1:], quiet[:1], "the list of losses without dropout and without steps", rtol=1e-5)
    holds(abs(noisy[0] - noisy[1]) > 1e-6, "two epochs with dropout 0.5 lose the same: nothing is dropped", got=noisy, expected="training mode, the dropout handed on to the model")  # fmt: skip


# --- a small language -------------------------------------------------------------------------------------------------

NOUNS = {"house": "maison", "car": "voiture", "door": "porte", "flower": "fleur"}
MASCULINE = {"garden": "jardin", "book": "livre", "train": "train", "bread": "pain"}
ADJECTIVES = {"green": ("vert", "verte"), "small": ("petit", "petite"), "red": ("rouge", "rouge"), "new": ("neuf", "neuve"), "white": ("blanc", "blanche"), "long": ("long", "longue")}  # fmt: skip
ARTICLES = {"the": ("le", "la"), "a": ("un", "une")}


def phrases():
    """112 noun phrases: the adjective changes places with the noun, article and adjective agree with it."""
    found = []
    for article, noun in itertools.product(ARTICLES, [*NOUNS, *MASCULINE]):
        gender = int(noun in NOUNS)
        french = (NOUNS | MASCULINE)[noun]
        found.append(([article, noun, "."], [ARTICLES[article][gender], french, "."]))
        found += [([article, a, noun, "."], [ARTICLES[article][gender], french, ADJECTIVES[a][gender], "."]) for a in ADJECTIVES]  # fmt: skip
    return found


def test_translates(mine):
    """It learns a small language: at least 8 of 10 phrases that it never read become right."""
    pairs = phrases()
    unseen = pairs[3::5]
    known = [pair for pair in pairs if pair not in unseen]
    got = trained(
        mine, known, num_steps=6, d_model=32, num_heads=4, layers=1, dropout=0.0, lr=0.01, batch_size=16, epochs=20
    )
    finite(got["loss"], "the list of losses")
    src_vocab, tgt_vocab = got["src_vocab"], got["tgt_vocab"]
    rows = [[*src_vocab[source], 3] for source, _ in unseen]
    src = torch.tensor([row + [1] * (6 - len(row)) for row in rows])
    out = got["model"].greedy(src, torch.tensor([len(row) for row in rows]), 2, 3, 6).tolist()
    said = [tgt_vocab.to_tokens([i for i in row if i != 3]) for row in out]
    right = sum(s == target for s, (_, target) in zip(said, unseen, strict=True))
    wrong = {" ".join(e): " ".join(s) for s, (e, f) in zip(said, unseen, strict=True) if s != f}
    holds(right >= 0.8 * len(unseen), "it translates too little of what it never read", got={"right": right, "losses": got["loss"][-1:], **dict(list(wrong.items())[:5])}, expected=f"at least 8 of 10 of {len(unseen)}")  # fmt: skip
