"""Checks of kv-cache: each call against PyTorch's attention, whole texts in pieces against the full pass."""

from __future__ import annotations

import torch
import torch.nn.functional as F

from tutor.checks import close, draws, equal, holds, raises, same

PARTS = ("w_q", "w_k", "w_v", "w_o")


def shapes(d):
    return {f"{part}.{kind}": (d, d) if kind == "weight" else (d,) for part in PARTS for kind in ("weight", "bias")}


def drawn(draw, d):
    return {
        name: draw.tensor(shape, 0.5 if len(shape) == 1 else d**-0.5, requires_grad=False)
        for name, shape in shapes(d).items()
    }


def heads_of(x, w, part, heads):
    return F.linear(x, w[f"{part}.weight"], w[f"{part}.bias"]).unflatten(-1, (heads, -1)).transpose(1, 2)


def reference(heads):
    """One call: new tokens over the cache and themselves."""

    def forward(x, cache, w):
        q, k, v = (heads_of(x, w, part, heads) for part in ("w_q", "w_k", "w_v"))
        if cache is not None:
            k, v = torch.cat((cache["k"], k), 2), torch.cat((cache["v"], v), 2)
        t, length = q.shape[2], k.shape[2]
        visible = torch.ones(t, length, dtype=torch.bool, device=x.device).tril(length - t)
        out = F.scaled_dot_product_attention(q, k, v, attn_mask=visible).transpose(1, 2).flatten(2)
        return F.linear(out, w["w_o.weight"], w["w_o.bias"]), {"k": k, "v": v}

    return forward


def loaded(mine, heads, weights, max_len=64):
    layer = mine.CachedAttention(len(weights["w_o.bias"]), heads, max_len)
    layer.to(weights["w_o.weight"])
    layer.load_state_dict(weights)
    return layer


def pair(found):
    """The output and the new cache, where the layer gave these two."""
    right = isinstance(found, tuple) and len(found) == 2 and isinstance(found[1], dict) and set(found[1]) == {"k", "v"}
    holds(
        right, "the result is not (output, new_cache)", got=found, expected='a pair, the second a dict of "k" and "v"'
    )
    return found


def output(mine, heads):
    def forward(x, cache, w):
        return loaded(mine, heads, w)(x, cache)

    forward.__name__ = f"CachedAttention(d_model, {heads}, 64)"
    return forward


@draws(2)
def test_parts(mine, draw):
    """The four projections have the names, shapes and biases of your MultiHeadAttention."""
    d, heads = draw.pick((4, 2), (6, 3))
    got = {name: tuple(value.shape) for name, value in mine.CachedAttention(d, heads, 8).state_dict().items()}
    equal(
        dict(sorted(got.items())),
        dict(sorted(shapes(d).items())),
        f"the dict of shapes of CachedAttention({d}, {heads}, 8)",
    )


@draws(6)
def test_without_cache(mine, draw):
    """Without a cache it is causal self-attention, and hands out the keys and values of all heads."""
    n, t, h, d_h = draw.shape(4, 1, 5)
    x = draw.layout(draw.tensor((n, t, h * d_h), requires_grad=False)).requires_grad_()
    same(output(mine, h), reference(h), x, None, drawn(draw, h * d_h))


@draws(12)
def test_with_cache(mine, draw):
    """With a cache, whatever it holds: new tokens look at all of it, and causally at each other."""
    n, h, p, d_h = draw.shape(4, 1, 5)
    t = draw.pick(1, 2, 4)
    x = draw.layout(draw.tensor((n, t, h * d_h), draw.pick(1, 1000), requires_grad=False))
    cache = {name: draw.tensor((n, h, p, d_h), requires_grad=False) for name in "kv"}
    same(output(mine, h), reference(h), x, cache, drawn(draw, h * d_h), note=f"{p} tokens cached, {t} new")


@draws(2)
def test_large_scores(mine, draw):
    """Scores of a million are no problem, and hidden tokens stay hidden even then."""
    x, weights = draw.tensor((3, 4, 6), 1e3, requires_grad=False), drawn(draw, 6)
    cache = draw.pick(None, {name: draw.tensor((3, 2, 2, 3), 1e3, requires_grad=False) for name in "kv"})
    same(output(mine, 2), reference(2), x, cache, weights, dtypes=("float64",), rtol=1e-7)


@draws(5)
def test_in_pieces(mine, draw):
    """A text in pieces (prefill, then tokens one by one) gives what the full pass gives, to 1e-5 in float32."""
    pieces = draw.pick((3, 4, 1), (1, 1, 1, 1, 1), (5, 1, 1), (1, 6), (8,))
    x, weights = draw.tensor((2, sum(pieces), 6), requires_grad=False).float(), drawn(draw, 6)
    weights = {name: value.float() for name, value in weights.items()}
    layer, cache, outs = loaded(mine, 3, weights), None, []
    for piece in x.split(list(pieces), dim=1):
        out, cache = pair(layer(piece, cache))
        outs.append(out.detach())
    whole, right = reference(3)(x, None, weights)
    given = {"x": x, "pieces": pieces}
    close(torch.cat(outs, 1), whole, "the outputs of all pieces", 1e-5, 1e-5, input=given)
    close({name: cache[name].detach() for name in "kv"}, right, "the last cache", 1e-5, 1e-5, input=given)


@draws(3)
def test_cache_belongs_to_the_caller(mine, draw):
    """The old cache is left as it is, so that several texts can grow out of it."""
    weights, x = drawn(draw, 4), draw.tensor((1, 3, 4), requires_grad=False)
    layer = loaded(mine, 2, weights)
    _, cache = pair(layer(x))
    cache = {name: value.detach().clone() for name, value in cache.items()}
    before = {name: value.clone() for name, value in cache.items()}
    branches = [draw.tensor((1, draw.pick(1, 2), 4), requires_grad=False) for _ in range(2)]
    for number, branch in enumerate(branches):
        out, _ = pair(layer(branch, cache))
        equal(dict(cache), before, "the dict of the old cache after a call")
        wanted, _ = reference(2)(branch, before, weights)
        close(out.detach(), wanted, f"the output of branch {number + 1} of one cache", input={"x": branch})


@draws(2)
def test_new_text(mine, draw):
    """cache=None begins a new text, whatever the layer has read before."""
    weights, texts = drawn(draw, 4), [draw.tensor((2, t, 4), requires_grad=False) for t in (3, 2)]
    layer = loaded(mine, 2, weights)
    layer(texts[0])
    out, cache = pair(layer(texts[1]))
    wanted, _ = reference(2)(texts[1], None, weights)
    close(out.detach(), wanted, "the output of a second text", input={"x": texts[1]})
    equal(tuple(cache["k"].shape), (2, 2, 2, 2), "the shape of the second text's keys")


@draws(4)
def test_too_long(mine, draw):
    """More than max_len tokens, cached ones included, raise ValueError; exactly max_len are fine."""
    p, t = draw.pick((3, 2), (0, 5), (4, 1), (2, 4))
    layer = loaded(mine, 2, drawn(draw, 4), 4)
    cache = {name: torch.zeros(1, 2, p, 2, dtype=torch.float64) for name in "kv"} if p else None
    raises(ValueError, layer, torch.ones(1, t, 4, dtype=torch.float64), cache, because=f"{p} + {t} tokens, room for 4")
    fits = 4 - p
    if fits:
        out, new = pair(layer(torch.ones(1, fits, 4, dtype=torch.float64), cache))
        equal((tuple(out.shape), tuple(new["k"].shape)), ((1, fits, 4), (1, 2, 4, 2)), "the pair of shapes that fit")


def test_heads_must_divide(mine):
    """Heads that do not divide d_model raise ValueError when the layer is made."""

    def made_with(d_model, heads):
        mine.CachedAttention(d_model, heads, 8)

    for d_model, heads in ((4, 3), (2, 4)):
        raises(ValueError, made_with, d_model, heads, because=f"{d_model} is no multiple of {heads}")


@draws(2)
def test_all_learn(mine, draw):
    """Every projection gets its gradient."""
    weights, x = drawn(draw, 4), draw.tensor((2, 3, 4), requires_grad=False)
    up, layer = draw.tensor((2, 3, 4), requires_grad=False), loaded(mine, 2, weights)
    (pair(layer(x))[0] * up).sum().backward()
    leaves = {name: value.clone().requires_grad_() for name, value in weights.items()}
    (reference(2)(x, None, leaves)[0] * up).sum().backward()
    got = {name: value.grad for name, value in layer.named_parameters()}
    close(got, {name: leaves[name].grad for name in got}, "the dict of gradients", 1e-7, 1e-10, input={"x": x})
