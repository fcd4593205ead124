"""Checks of gpt-block: PyTorch's pre-norm encoder layer with a causal mask, loaded with the same weights."""

from __future__ import annotations

import torch
import torch.nn.functional as F

from tutor.checks import close, draws, equal, holds, raises, same

NAMES = {
    "ln1": "norm1",
    "qkv.weight": "self_attn.in_proj_weight",
    "qkv.bias": "self_attn.in_proj_bias",
    "proj": "self_attn.out_proj",
    "ln2": "norm2",
    "fc1": "linear1",
    "fc2": "linear2",
}
"""Names of the learner's parts, and what PyTorch calls them."""


def shapes(d, d_ff):
    linear = {"qkv": (3 * d, d), "proj": (d, d), "fc1": (d_ff, d), "fc2": (d, d_ff)}
    found = {f"{part}.weight": shape for part, shape in linear.items()}
    found |= {f"{part}.bias": shape[:1] for part, shape in linear.items()}
    return found | {f"{part}.{kind}": (d,) for part in ("ln1", "ln2") for kind in ("weight", "bias")}


def drawn(draw, d, d_ff):
    """Weights of these shapes, nothing 0 or 1."""
    weights = {}
    for name, shape in shapes(d, d_ff).items():
        values = draw.tensor(shape, 0.5 if len(shape) == 1 else shape[-1] ** -0.5, requires_grad=False)
        weights[name] = values + 1 if name.startswith("ln") and name.endswith("weight") else values
    return weights


def layer(weights, heads, like):
    """PyTorch's layer with these weights; in training mode, so that it takes its plain way (there is no dropout)."""
    d_ff, d = weights["fc1.weight"].shape
    block = torch.nn.TransformerEncoderLayer(
        d, heads, d_ff, dropout=0.0, activation="gelu", norm_first=True, batch_first=True
    ).to(like)
    state = {}
    for name, value in weights.items():
        part, kind = name.split(".")
        state[NAMES[name] if name in NAMES else f"{NAMES[part]}.{kind}"] = value
    block.load_state_dict(state)
    return block


def reference(heads):
    def forward(x, weights):
        mask = torch.ones(x.shape[1], x.shape[1], dtype=torch.bool, device=x.device).triu(1)  # True: hidden
        return layer(weights, heads, x)(x, src_mask=mask)

    return forward


def output(mine, heads):
    def forward(x, weights):
        block = mine.GPTBlock(x.shape[-1], heads, len(weights["fc1.bias"]))
        block.to(x)
        block.load_state_dict(weights)
        return block(x)

    forward.__name__ = f"GPTBlock(d_model, {heads}, d_ff)"
    return forward


def some(draw, low=2):
    """x (N, T, d) and the number of heads; N, T, H and d_h all differ as far as they can."""
    n, t, h, d_h = draw.shape(4, low, 5)
    x = draw.layout(draw.tensor((n, t, h * d_h), draw.pick(1, 3), requires_grad=False))
    return x, h, draw.pick(4 * h * d_h, 7, 3)


@draws(3)
def test_parts(mine, draw):
    """The block has the parts of the task; d_ff is four times d_model unless it is given."""
    sizes = draw.pick((4, 2), (6, 3, 5), (3, 1))
    got = {name: tuple(value.shape) for name, value in mine.GPTBlock(*sizes).state_dict().items()}
    wanted = shapes(sizes[0], sizes[2] if len(sizes) == 3 else 4 * sizes[0])
    equal(dict(sorted(got.items())), dict(sorted(wanted.items())), f"the dict of shapes of GPTBlock{sizes}")


@draws(12)
def test_values(mine, draw):
    """Gives the numbers and input gradients of PyTorch's pre-norm layer with a causal mask and the same weights."""
    x, heads, d_ff = some(draw)
    same(output(mine, heads), reference(heads), x.requires_grad_(), drawn(draw, x.shape[-1], d_ff))


@draws(4)
def test_small_sizes(mine, draw):
    """One token, one text, one head, one dimension a head: all work."""
    n, t, h, d_h = draw.pick((1, 1, 2, 3), (1, 4, 1, 2), (3, 1, 2, 1), (2, 3, 3, 1))
    x = draw.tensor((n, t, h * d_h))
    same(output(mine, h), reference(h), x, drawn(draw, h * d_h, 5))


@draws(3)
def test_no_look_ahead(mine, draw):
    """What comes later never changes what was said: token t is made from tokens 0 … t alone."""
    x = draw.tensor((2, 5, 6), requires_grad=False)
    weights, t = drawn(draw, 6, 8), draw.pick(1, 3, 4)
    other = x.clone()
    other[:, t:] = draw.tensor((2, 5 - t, 6), 3, requires_grad=False)
    before, after = (output(mine, 2)(part, weights).detach() for part in (x, other))
    moved = (before - after).abs().amax(dim=(0, 2))  # (T,)
    early = [i for i in range(t) if float(moved[i]) > 1e-12]
    holds(
        not early, f"tokens {early} changed when only tokens from {t} on were replaced", got=moved, expected="0 there"
    )
    holds(float(moved[t]) > 1e-9, f"token {t} did not change when it was replaced", got=moved, expected="a change")


@draws(3)
def test_large_scores(mine, draw):
    """Scores of ±10 000 are no problem, and masked ones stay out even then."""
    weights, x = drawn(draw, 6, 8), draw.tensor((2, 4, 6), 1e3)
    weights["qkv.weight"][:12] *= draw.pick(60, 100, 30)
    same(output(mine, 2), reference(2), x, weights, dtypes=("float64",), rtol=1e-7)


@draws(3)
def test_all_learn(mine, draw):
    """Every parameter gets its gradient."""
    x, weights = draw.tensor((3, 4, 6), requires_grad=False), drawn(draw, 6, 5)
    up, heads = draw.tensor(x.shape, requires_grad=False), draw.pick(2, 3, 1)
    block, wanted = mine.GPTBlock(6, heads, 5), layer(weights, heads, x)
    block.to(x)
    block.load_state_dict(weights)
    (block(x) * up).sum().backward()
    mask = torch.ones(4, 4, dtype=torch.bool, device=x.device).triu(1)
    (wanted(x, src_mask=mask) * up).sum().backward()
    right = dict(wanted.named_parameters())
    names = {name: NAMES.get(name) or f"{NAMES[name.split('.')[0]]}.{name.split('.')[1]}" for name in weights}
    got = {name: value.grad for name, value in block.named_parameters()}
    close(got, {name: right[names[name]].grad for name in got}, "the dict of gradients", 1e-7, 1e-9, input={"x": x})


@draws(2)
def test_identity_path(mine, draw):
    """With proj and fc2 at 0 the block is x itself, and the gradient passes untouched."""
    x, weights = draw.tensor((2, 3, 4), 2), drawn(draw, 4, 6)
    for part in ("proj", "fc2"):
        for kind in ("weight", "bias"):
            weights[f"{part}.{kind}"] = torch.zeros_like(weights[f"{part}.{kind}"])
    same(output(mine, 2), lambda x, _: x * 1, x, weights, exact=True, dtypes=("float64",))


@draws(2)
def test_mlp_works_on_each_token_alone(mine, draw):
    """With proj at 0 nothing passes between tokens: x + fc2(gelu(fc1(ln2(x))))."""
    x, weights = draw.tensor((2, 3, 4)), drawn(draw, 4, draw.pick(6, 3))
    weights |= {f"proj.{kind}": torch.zeros_like(weights[f"proj.{kind}"]) for kind in ("weight", "bias")}

    def mlp(x, w):
        h = F.layer_norm(x, (4,), w["ln2.weight"], w["ln2.bias"])
        h = F.gelu(F.linear(h, w["fc1.weight"], w["fc1.bias"]))
        return x + F.linear(h, w["fc2.weight"], w["fc2.bias"])

    same(output(mine, 2), mlp, x, weights)


def test_heads_must_divide(mine):
    """Heads that do not divide d_model raise ValueError when the block is made."""

    def made_with(d_model, heads):
        mine.GPTBlock(d_model, heads)

    for d_model, heads in ((4, 3), (5, 2), (2, 4)):
        raises(ValueError, made_with, d_model, heads, because=f"{d_model} is no multiple of {heads}")
