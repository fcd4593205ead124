"""Checks of decoder-block: loaded with drawn weights, compared with its formula and PyTorch's layer, and cut in pieces."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import nn

from tutor.checks import close, draws, equal, finite, holds, same

ALL_DROPPED = 1 - 1e-9
"""A dropout that keeps nothing (less than once in a million runs of all checks), and scales by a finite number."""

# --- the formula, on a dict of weights ------------------------------------------------------------------------------


def linear(x, w, name):
    return F.linear(x, w[f"{name}.weight"], w[f"{name}.bias"])


def attention(x, source, w, name, heads, allowed):
    """Multi-head attention of x to source; allowed broadcasts to (N, heads, Q, K), rows without any give zeros."""
    (n, t, d), width = x.shape, x.shape[-1] // heads
    q, k, v = (
        linear(z, w, f"{name}.w_{part}").reshape(n, -1, heads, width).transpose(1, 2)
        for part, z in (("q", x), ("k", source), ("v", source))
    )
    scores = q @ k.transpose(-2, -1) / width**0.5  # (N, heads, Q, K)
    weights = torch.softmax(scores.masked_fill(~allowed, float("-inf")), -1).masked_fill(~allowed, 0.0)
    return linear((weights @ v).transpose(1, 2).reshape(n, t, d), w, f"{name}.w_o")


def past(y, whole):
    """(T, P + T), True where a key is not later than the query; the queries are the last T positions."""
    t, k = y.shape[1], whole.shape[1]
    return torch.arange(k, device=y.device) <= torch.arange(k - t, k, device=y.device)[:, None]


def real(memory, valid_len):
    """(N, 1, 1, S), True where the memory is no padding."""
    if valid_len is None:
        return torch.ones(memory.shape[0], 1, 1, memory.shape[1], dtype=torch.bool, device=memory.device)
    return (torch.arange(memory.shape[1], device=memory.device) < valid_len[:, None])[:, None, None]


def norm(x, w, name):
    return F.layer_norm(x, x.shape[-1:], w[f"{name}.norm.weight"], w[f"{name}.norm.bias"])


def ffn(x, w):
    return linear(torch.relu(linear(x, w, "ffn.linear1")), w, "ffn.linear2")


def block(y, memory, valid_len, cache, w, heads):
    whole = y if cache is None else torch.cat([cache, y], 1)
    a = norm(y + attention(y, whole, w, "self_attn", heads, past(y, whole)), w, "norm1")
    b = norm(a + attention(a, memory, w, "cross_attn", heads, real(memory, valid_len)), w, "norm2")
    return norm(b + ffn(b, w), w, "norm3"), whole.clone()


# --- weights --------------------------------------------------------------------------------------------------------


def shapes(d_model, d_ff):
    found = {}
    for part in ("self_attn", "cross_attn"):
        for name in "qkvo":
            found |= {f"{part}.w_{name}.weight": (d_model, d_model), f"{part}.w_{name}.bias": (d_model,)}
    found |= {"ffn.linear1.weight": (d_ff, d_model), "ffn.linear1.bias": (d_ff,)}
    found |= {"ffn.linear2.weight": (d_model, d_ff), "ffn.linear2.bias": (d_model,)}
    return found | {f"norm{i}.norm.{kind}": (d_model,) for i in (1, 2, 3) for kind in ("weight", "bias")}


def drawn(draw, d_model, d_ff):
    """Weights of these shapes: no bias is 0, no scale is 1."""
    weights = {}
    for name, shape in shapes(d_model, d_ff).items():
        values = draw.tensor(shape, 1.5 * shape[-1] ** -0.5 if len(shape) == 2 else 0.4, requires_grad=False)
        weights[name] = values + 1 if name.endswith("norm.weight") else values
    return weights


NAMES = {"self_attn.out_proj": "self_attn.w_o", "multihead_attn.out_proj": "cross_attn.w_o"}
NAMES |= {"linear1": "ffn.linear1", "linear2": "ffn.linear2"} | {f"norm{i}": f"norm{i}.norm" for i in (1, 2, 3)}


def of_torch(layer):
    """The weights of an nn.TransformerDecoderLayer under the names of the task."""
    found = {}
    for name, value in layer.state_dict().items():
        part, kind = name.rsplit(".", 1)
        if kind.startswith("in_proj_"):
            ours = "self_attn" if part == "self_attn" else "cross_attn"
            pieces = zip("qkv", value.chunk(3), strict=True)
            found |= {f"{ours}.w_{p}.{kind.removeprefix('in_proj_')}": piece for p, piece in pieces}
        else:
            found[f"{NAMES[part]}.{kind}"] = value
    return found


# --- the learner's block --------------------------------------------------------------------------------------------


def loaded(mine, sizes, weights, x, *, dropout=None, training=False):
    """A block with these weights, in the place and precision of x; dropout as it is when nobody asks for one."""
    made = mine.DecoderBlock(*sizes) if dropout is None else mine.DecoderBlock(*sizes, dropout)
    made.to(x)
    made.load_state_dict(weights)
    made.train(training)
    return made


def call(made, sizes):
    """A function from (y, memory, memory_valid_len, cache) to what the block gives, in the precision of y."""
    now = torch.float64

    def forward(y, memory, memory_valid_len, cache):
        nonlocal now
        if y.dtype != now:
            made.to(y)
            now = y.dtype
        if cache is None and memory_valid_len is None:
            return pair(made(y, memory))
        return pair(made(y, memory, memory_valid_len, cache))

    forward.__name__ = f"DecoderBlock{sizes}"  # so that a finding shows the call
    return forward


def pair(found):
    holds(isinstance(found, tuple) and len(found) == 2, "the result is not a pair (out, new cache)", got=found, expected="a pair")  # fmt: skip
    return found


def formula(weights, sizes):
    def forward(y, memory, memory_valid_len, cache):
        w = {name: value.to(y) for name, value in weights.items()}
        return block(y, memory, memory_valid_len, cache, w, sizes[1])

    return forward


def precisions(draw):
    """float32 on two draws: a block changes its precision only once."""
    return ("float64", "float32") if draw.index in (1, 2) else ("float64",)


def case(draw):
    """((d_model, heads, d_ff), N, T, S), all different from each other where they could be mixed up."""
    heads, width = draw.pick((2, 2), (3, 2), (1, 5), (2, 4))
    n, t, s = draw.pick((3, 2, 5), (2, 5, 3), (1, 3, 7), (5, 2, 1), (4, 1, 3))
    return (heads * width, heads, heads * width + draw.int(1, 4)), n, t, s


def lengths(draw, n, s):
    """One length for each sequence, 1 among them, and s where there are several."""
    found = draw.labels(n, s) + 1
    found[0], found[-1] = 1, s
    return torch.from_numpy(found)


def tensors(draw, n, d_model, *steps):
    return tuple(draw.tensor((n, t, d_model), requires_grad=False) for t in steps)


@draws(3)
def test_parts(mine, draw):
    """The block has the six parts of the task, each with weights of its own."""
    sizes = draw.pick((4, 2, 6), (6, 3, 5), (8, 1, 3))
    found = {name: tuple(value.shape) for name, value in mine.DecoderBlock(*sizes).state_dict().items()}
    wanted = shapes(sizes[0], sizes[2])
    missing, extra = [name for name in wanted if name not in found], [name for name in found if name not in wanted]
    if missing or extra:
        wrong = f"has no {missing[0]}" if missing else f"has {extra[0]}: too much"
        holds(False, f"DecoderBlock{sizes} {wrong}", got=", ".join(found), expected=", ".join(wanted))
    equal(found, wanted, f"the dict of shapes of the weights of DecoderBlock{sizes}")


@draws(8)
def test_all_tokens(mine, draw):
    """For all tokens at once it gives the numbers of the formula, and the gradients for y and memory."""
    training, padded = draw.pick(True, False), draw.bool()
    sizes, n, t, s = case(draw)
    t = max(t, 3) if draw.index < 4 else t  # with one or two tokens different mistakes look alike
    y, memory = (draw.layout(draw.tensor((n, k, sizes[0]))) for k in (t, s))
    valid_len = lengths(draw, n, s) if padded else None
    weights = drawn(draw, sizes[0], sizes[2])
    made = loaded(mine, sizes, weights, y, training=training)
    same(call(made, sizes), formula(weights, sizes), y, memory, valid_len, None, may_alias=True, dtypes=precisions(draw), note="in training" if training else "in evaluation")  # fmt: skip


@draws(8)
def test_cache(mine, draw):
    """With a cache of earlier inputs it gives the numbers of the formula, and the longer cache; the old one stays."""
    (t, p), padded = draw.pick((1, 3), (2, 3), (3, 1), (2, 4)), draw.pick(True, False)
    sizes, n, _, s = case(draw)
    y, memory, cache = (draw.tensor((n, k, sizes[0])) for k in (t, s, p))
    valid_len = lengths(draw, n, s) if padded else None
    weights = drawn(draw, sizes[0], sizes[2])
    made = loaded(mine, sizes, weights, y)
    same(call(made, sizes), formula(weights, sizes), y, memory, valid_len, cache, dtypes=precisions(draw))


@draws(3)
def test_step_by_step(mine, draw):
    """Cut into steps, each with the cache of the step before, it gives what one call for all tokens gives."""
    cuts = draw.pick((1, 1, 1, 1, 1, 1), (3, 1, 2), (1, 5))
    sizes, n, _, s = case(draw)
    y, memory = tensors(draw, n, sizes[0], 6, s)
    valid_len = lengths(draw, n, s)
    made = loaded(mine, sizes, drawn(draw, sizes[0], sizes[2]), y)
    at_once = pair(made(y, memory, valid_len))
    outs, cache = [], None
    for piece in y.split(cuts, dim=1):
        out, cache = pair(made(piece, memory, valid_len, cache))
        outs.append(out.detach())
    given = {"y": y, "steps of": cuts}
    close(torch.cat(outs, 1), at_once[0].detach(), "the results of all steps", input=given)
    close(cache.detach(), y, "the cache after the last step", input=given)


@draws(2)
def test_future(mine, draw):
    """What comes later changes nothing earlier, with a cache and without."""
    sizes, n, _, s = case(draw)
    y, memory, cache, other = tensors(draw, n, sizes[0], 5, s, 3, 5)
    made = loaded(mine, sizes, drawn(draw, sizes[0], sizes[2]), y)
    cache, t = ((None, 3), (cache, 1))[draw.index]
    changed = torch.cat([y[:, :t], other[:, t:] * 9], 1)
    first, again = (pair(made(z, memory, None, cache))[0].detach()[:, :t] for z in (y, changed))
    given = {"y": changed, "changed from position": t, "cache": cache}
    close(again, first, "the result at earlier positions, with another future,", input=given)


@draws(2)
def test_torch_layer(mine, draw):
    """With the weights of an nn.TransformerDecoderLayer it gives that layer's numbers."""
    n, t, s, heads, d_model, d_ff = draw.pick((2, 5, 3, 2, 6, 7), (3, 4, 6, 4, 8, 5))
    layer = nn.TransformerDecoderLayer(d_model, heads, d_ff, dropout=0.0, batch_first=True).double().eval()
    layer.load_state_dict({k: draw.tensor(tuple(p.shape), 0.7, requires_grad=False) for k, p in layer.state_dict().items()})  # fmt: skip
    y, memory = tensors(draw, n, d_model, t, s)
    layer, valid_len = layer.to(y), lengths(draw, n, s)
    made = loaded(mine, (d_model, heads, d_ff), of_torch(layer), y)
    right = layer(y, memory, tgt_mask=~past(y, y), memory_key_padding_mask=~real(memory, valid_len)[:, 0, 0])
    given = {"y": y, "memory": memory, "memory_valid_len": valid_len}
    close(pair(made(y, memory, valid_len))[0].detach(), right.detach(), "the result", input=given)


@draws(2)
def test_memory_padding(mine, draw):
    """What stands at padded positions of the memory changes nothing, with a cache and without."""
    sizes, _, _, _ = case(draw)
    y, memory, noise, cache = tensors(draw, 3, sizes[0], 2, 5, 5, 4)
    valid_len = torch.tensor([2, 5, 1])
    made = loaded(mine, sizes, drawn(draw, sizes[0], sizes[2]), y)
    other = torch.where(real(memory, valid_len)[:, 0, 0, :, None], memory, 30 * noise)
    cache = (None, cache)[draw.index]
    first, again = (pair(made(y, m, valid_len, cache))[0].detach() for m in (memory, other))
    given = {"y": y, "memory": other, "memory_valid_len": valid_len, "cache": cache}
    close(again, first, "the result with other padding", input=given)


@draws(2)
def test_weights_learn(mine, draw):
    """In training every weight gets its gradient; unless told otherwise nothing is dropped."""
    sizes, n, t, s = case(draw)
    y, memory, cache = tensors(draw, n, sizes[0], t, s, 2)
    cache = (None, cache)[draw.index]
    w = drawn(draw, sizes[0], sizes[2])
    made = loaded(mine, sizes, w, y, training=True)
    (pair(made(y, memory, None, cache))[0] ** 2).sum().backward()
    for value in w.values():
        value.requires_grad_()
    (block(y, memory, None, cache, w, sizes[1])[0] ** 2).sum().backward()
    got = {f"gradient of {name}": p.grad for name, p in made.named_parameters()}
    right = {f"gradient of {name}": w[name].grad for name, _ in made.named_parameters()}
    close(got, right, "the dict of gradients", rtol=1e-6, atol=1e-8, input={"y": y, "memory": memory, "cache": cache})


@draws(6)
def test_dropout(mine, draw):
    """In training dropout works in five places: on the weights of both attentions, and before each norm."""
    place = draw.pick("self_attn", "norm1", "cross_attn", "norm2", "norm3", "all")
    sizes, *_ = case(draw)
    y, memory = tensors(draw, 3, sizes[0], 4, 5)
    w = drawn(draw, sizes[0], sizes[2])
    made = loaded(mine, sizes, w, y, dropout=ALL_DROPPED)
    dropped = {"self_attn", "norm1", "cross_attn", "norm2", "norm3"} if place == "all" else {place}
    for name in dropped:
        getattr(made, name).train()

    def attended(x, source, name, allowed):  # no weight is left: what remains is the bias of w_o
        return w[f"{name}.w_o.bias"] if name in dropped else attention(x, source, w, name, sizes[1], allowed)

    a = norm(y + ("norm1" not in dropped) * attended(y, y, "self_attn", past(y, y)), w, "norm1")
    b = norm(a + ("norm2" not in dropped) * attended(a, memory, "cross_attn", real(memory, None)), w, "norm2")
    right = norm(b + ("norm3" not in dropped) * ffn(b, w), w, "norm3")
    given = {"y": y, "memory": memory, "dropout": ALL_DROPPED, "in training": place}
    close(pair(made(y, memory))[0].detach(), right, "the result when everything is dropped", input=given)


@draws(2)
def test_evaluation(mine, draw):
    """In evaluation nothing is dropped, whatever the dropout is."""
    sizes, n, t, s = case(draw)
    y, memory, cache = tensors(draw, n, sizes[0], t, s, 2)
    cache, dropout = ((None, 0.5), (cache, 0.9))[draw.index]
    w = drawn(draw, sizes[0], sizes[2])
    got = pair(loaded(mine, sizes, w, y, dropout=dropout)(y, memory, None, cache))[0].detach()
    right = block(y, memory, None, cache, w, sizes[1])[0]
    close(got, right, "the result in evaluation", input={"y": y, "memory": memory, "cache": cache, "dropout": dropout})


@draws(2)
def test_large(mine, draw):
    """Inputs of the size of a thousand give finite numbers, in float32, too."""
    sizes, _, _, _ = case(draw)
    y, memory, cache = (1000 * z.float() for z in tensors(draw, 2, sizes[0], 3, 4, 2))
    made = loaded(mine, sizes, {k: v.float() for k, v in drawn(draw, sizes[0], sizes[2]).items()}, y)
    finite(pair(made(y, memory, torch.tensor([4, 1]), cache))[0].detach(), "the result", input={"y": y, "memory": memory})  # fmt: skip
