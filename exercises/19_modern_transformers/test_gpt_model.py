"""Checks of gpt-model: the whole model as a formula on a dict of weights, and what it writes against that formula."""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F

from tutor.checks import close, draws, equal, frequency, holds, raises, same

VOCAB, HEADS = 7, 2


def block_shapes(d):
    linear = {"qkv": (3 * d, d), "proj": (d, d), "fc1": (4 * d, d), "fc2": (d, 4 * d)}
    found = {f"{part}.weight": shape for part, shape in linear.items()}
    found |= {f"{part}.bias": shape[:1] for part, shape in linear.items()}
    return found | {f"{part}.{kind}": (d,) for part in ("ln1", "ln2") for kind in ("weight", "bias")}


def shapes(vocab, d, layers, max_len):
    found = {"tok.weight": (vocab, d), "pos.weight": (max_len, d), "ln_f.weight": (d,), "ln_f.bias": (d,)}
    return found | {f"blocks.{i}.{name}": shape for i in range(layers) for name, shape in block_shapes(d).items()}


def drawn(draw, vocab, d, layers, max_len):
    """Weights of these shapes, nothing 0 or 1; large enough for texts to make a difference."""
    weights = {}
    for name, shape in shapes(vocab, d, layers, max_len).items():
        values = draw.tensor(shape, 0.5 if len(shape) == 1 else shape[-1] ** -0.5, requires_grad=False)
        weights[name] = values + 1 if ".ln" in f".{name}" and name.endswith("weight") else values
    return weights


def block(x, w, heads):
    def split(part):
        return part.unflatten(-1, (heads, -1)).transpose(1, 2)

    d = x.shape[-1]
    h = F.layer_norm(x, (d,), w["ln1.weight"], w["ln1.bias"])
    q, k, v = (split(part) for part in F.linear(h, w["qkv.weight"], w["qkv.bias"]).chunk(3, -1))
    h = F.scaled_dot_product_attention(q, k, v, is_causal=True).transpose(1, 2).flatten(2)
    x = x + F.linear(h, w["proj.weight"], w["proj.bias"])
    h = F.layer_norm(x, (d,), w["ln2.weight"], w["ln2.bias"])
    return x + F.linear(F.gelu(F.linear(h, w["fc1.weight"], w["fc1.bias"])), w["fc2.weight"], w["fc2.bias"])


def logits(ids, w, heads=HEADS):
    x = w["tok.weight"][ids] + w["pos.weight"][: ids.shape[1]]
    for i in range(1 + max(int(name.split(".")[1]) for name in w if name.startswith("blocks"))):
        x = block(x, {name.split(".", 2)[2]: v for name, v in w.items() if name.startswith(f"blocks.{i}.")}, heads)
    return F.layer_norm(x, x.shape[-1:], w["ln_f.weight"], w["ln_f.bias"]) @ w["tok.weight"].T


def pair(found):
    """Logits and loss, where the model gave these two."""
    holds(
        isinstance(found, tuple) and len(found) == 2, "the result is not (logits, loss)", got=found, expected="a pair"
    )
    return found


def loaded(mine, weights, layers, heads=HEADS):
    """The learner's model with these weights; a tied head need not be among them."""
    (vocab, d), max_len = weights["tok.weight"].shape, len(weights["pos.weight"])
    model = mine.GPT(vocab, d, heads, layers, max_len)
    model.to(weights["tok.weight"])
    model.load_state_dict(weights, strict=False)
    return model


@draws(2)
def test_parts(mine, draw):
    """The parameters are those of the task: the embedding is tied, hence counted once; blocks share nothing."""
    sizes = draw.pick((5, 4, 3, 6), (7, 6, 1, 3))
    model = mine.GPT(sizes[0], sizes[1], HEADS, sizes[2], sizes[3])
    got = {name: tuple(value.shape) for name, value in model.named_parameters()}
    wanted = shapes(*sizes)
    call = f"GPT({sizes[0]}, {sizes[1]}, {HEADS}, {sizes[2]}, {sizes[3]})"
    equal(dict(sorted(got.items())), dict(sorted(wanted.items())), f"the dict of parameters of {call}")


def start_of(values):
    """In words; right code is called wrong less than once in a million runs."""
    if values.ndim == 1:
        return "zeros" if not bool(values.any()) else "ones" if bool((values == 1).all()) else "other numbers"
    std = float(values.double().pow(2).mean().sqrt())
    if abs(std / 0.02 - 1) < max(0.03, 5.4 * (2 * values.numel()) ** -0.5):
        return "spread 0.02"
    return f"spread about {2.0 ** round(math.log2(std)):.2g}"


def test_start(mine):
    """Weights start with a spread of 0.02, biases at 0, so the first loss is about log V."""
    model = mine.GPT(65, 32, 4, 2, 16)
    found = {name: start_of(value.detach()) for name, value in model.named_parameters()}
    wanted = {
        name: ("zeros" if name.endswith("bias") else "ones" if ".ln" in f".{name}" else "spread 0.02") for name in found
    }
    wrong = {name: how for name, how in found.items() if how != wanted[name]}
    said = ", ".join(f"{name}: {how}" for name, how in wrong.items())
    asked = ", ".join(f"{name}: {wanted[name]}" for name in wrong)
    holds(not wrong, "not every parameter starts as it should", got=said, expected=asked or "all right")
    ids = torch.arange(64).reshape(4, 16)
    _, loss = pair(model(ids, ids.flip(1)))
    times = float(loss) / math.log(65)
    got = "log V" if abs(times - 1) < 0.03 else f"about {2.0 ** round(math.log2(max(times, 1e-9))):.2g} times log V"
    holds(got == "log V", "the first loss is not log V", got=got, expected="log V")


@draws(8)
def test_logits(mine, draw):
    """Gives the logits of the formula for any batch and length up to max_len, and no loss without targets."""
    n, t = draw.pick((2, 3), (1, 1), (3, 5), (2, 1))
    layers, d = draw.pick((1, 4), (2, 6), (3, 4))
    weights = drawn(draw, VOCAB, d, layers, 5)
    ids = draw.targets((n, t), VOCAB)

    def forward(ids, weights):
        return loaded(mine, weights, layers)(ids)

    forward.__name__ = f"GPT({VOCAB}, {d}, {HEADS}, {layers}, 5)"
    same(forward, lambda ids, w: (logits(ids, w), None), ids, weights)


@draws(5)
def test_loss(mine, draw):
    """The loss is the mean cross-entropy of all positions; the targets are shifted already."""
    weights = drawn(draw, VOCAB, 4, 1, 6)
    n, t = draw.pick((2, 4), (3, 6), (1, 3), (4, 1))
    ids, targets = draw.targets((n, t), VOCAB), draw.targets((n, t), VOCAB)

    def forward(ids, targets, weights):
        return loaded(mine, weights, 1)(ids, targets)

    def reference(ids, targets, w):
        z = logits(ids, w)
        return z, F.cross_entropy(z.transpose(1, 2), targets)

    forward.__name__ = f"GPT({VOCAB}, 4, {HEADS}, 1, 6)"
    same(forward, reference, ids, targets, weights)


@draws(2)
def test_all_learn(mine, draw):
    """Every parameter gets its gradient; that of the tied embedding comes from both ends."""
    weights = drawn(draw, VOCAB, 4, 2, 5)
    ids, targets = draw.targets((2, 4), VOCAB), draw.targets((2, 4), VOCAB)
    model = loaded(mine, weights, 2)
    pair(model(ids, targets))[1].backward()
    leaves = {name: value.clone().requires_grad_() for name, value in weights.items()}
    F.cross_entropy(logits(ids, leaves).transpose(1, 2), targets).backward()
    got = {name: value.grad for name, value in model.named_parameters()}
    close(got, {name: leaves[name].grad for name in got}, "the dict of gradients", 1e-7, 1e-10, input={"ids": ids})


@draws(2)
def test_too_long(mine, draw):
    """More tokens than positions raise ValueError; exactly max_len are fine."""
    model = loaded(mine, drawn(draw, VOCAB, 4, 1, 3), 1)
    long = draw.targets((2, draw.pick(4, 6)), VOCAB)
    raises(ValueError, model, long, because="there are 3 positions")
    equal(tuple(pair(model(long[:, :3]))[0].shape), (2, 3, VOCAB), "the shape of the logits of 3 tokens")


def greedy(ids, n, w):
    max_len = len(w["pos.weight"])
    for _ in range(n):
        ids = torch.cat((ids, logits(ids[:, -max_len:], w)[:, -1:].argmax(-1)), 1)
    return ids


@draws(6)
def test_greedy_text(mine, draw):
    """With temperature 0, and with top_k = 1, generate appends the likeliest token, n times; it sees max_len tokens."""
    weights = drawn(draw, VOCAB, 4, 2, 4)
    ids = draw.targets((2, draw.pick(3, 1, 6)), VOCAB)
    options = draw.pick({"temperature": 0.0}, {"top_k": 1})
    got = loaded(mine, weights, 2).generate(ids, 5, **options, generator=draw.generator())
    equal(got, greedy(ids, 5, weights), "the text", input={"ids": ids, "n": 5, "max_len": 4, **options})


@draws(5)
def test_drawn_text(mine, draw):
    """Tokens are drawn with the probabilities of the softmax, after temperature and top_k; each row for itself."""
    weights = drawn(draw, 5, 4, 1, 3)
    options = [{}, {"temperature": 2.0}, {"temperature": 0.5}, {"top_k": 2}, {"top_k": 9}][draw.index]
    ids, n = torch.tensor([[1, 4]], device=draw.device), 8_000
    z = logits(ids, weights)[0, -1] / options.get("temperature", 1.0)
    if "top_k" in options:
        z = z.masked_fill(z < z.sort(descending=True).values[: options["top_k"]][-1], -math.inf)
    p = z.softmax(-1).tolist()
    model = loaded(mine, weights, 1)
    tokens = model.generate(ids.expand(n, 2).contiguous(), 1, **options, generator=draw.generator())[:, 2]
    counts = torch.bincount(tokens, minlength=5).tolist()
    given = {"ids": "8000 times [1, 4]", "n": 1, **options}
    impossible = [i for i in range(5) if p[i] == 0 and counts[i]]
    holds(
        not impossible,
        f"tokens {impossible} are not among the top k and came",
        got=counts,
        expected="0 times",
        input=given,
    )
    for i in range(5):
        frequency(counts[i], n, p[i], f"token {i}", false_alarm=1e-8)


@draws(2)
def test_generator(mine, draw):
    """The same generator gives the same text, another one another text; one that is left out is no problem."""
    model = mine.GPT(50, 4, HEADS, 1, 4)
    model.to(draw.device)
    ids = torch.zeros((3, 1), dtype=torch.int64, device=draw.device)
    texts = [model.generate(ids, 9, generator=torch.Generator(draw.device).manual_seed(seed)) for seed in (1, 1, 2)]
    said = f"seeds 1 and 1 {words(texts[0], texts[1])}, seeds 1 and 2 {words(texts[0], texts[2])}"
    asked = "seeds 1 and 1 agree, seeds 1 and 2 differ"
    holds(said == asked, "the text does not depend on the generator as it should", got=said, expected=asked)
    equal(tuple(model.generate(ids, 2).shape), (3, 3), "the shape of a text without a generator")


def words(a, b):
    return "agree" if torch.equal(a, b) else "differ"


@draws(3)
def test_leaves_no_trace(mine, draw):
    """generate gives int64, leaves the ids and the mode of the model alone, and n = 0 gives the ids."""
    model = mine.GPT(VOCAB, 4, HEADS, 1, 4)
    model.to(draw.device)
    ids = draw.targets((2, 3), VOCAB)
    before, training = ids.clone(), draw.bool()
    model.train(training)
    text = model.generate(ids, draw.index)
    equal(bool(model.training), training, "model.training after generate", input={"training before": training})
    equal(ids, before, "ids after generate")
    equal(text[:, :3], before, "the beginning of the text")
    equal(tuple(text.shape), (2, 3 + draw.index), "the shape of the text")
