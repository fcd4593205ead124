"""Checks of encoder-block: it is loaded with drawn weights and compared with its formula, and with PyTorch's layer."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import nn

from tutor.checks import close, draws, equal, finite, holds, same

ALL_DROPPED = 1 - 1e-9
"""A dropout that keeps nothing (less than once in a million runs of all checks), and scales by a finite number."""

# --- the formula, on a dict of weights ------------------------------------------------------------------------------


def attention(x, w, heads, valid_len):
    """Multi-head self-attention over the first valid_len positions; weights 0 where there are none."""
    n, t, d = x.shape
    q, k, v = (linear(x, w, f"self_attn.w_{part}").reshape(n, t, heads, -1).transpose(1, 2) for part in "qkv")
    scores = q @ k.transpose(-2, -1) / (d // heads) ** 0.5  # (N, heads, T, T)
    real = real_positions(x, valid_len)[:, None, None]  # (N, 1, 1, T)
    weights = torch.softmax(scores.masked_fill(~real, float("-inf")), -1).masked_fill(~real, 0.0)
    return linear((weights @ v).transpose(1, 2).reshape(n, t, d), w, "self_attn.w_o")


def real_positions(x, valid_len):
    """(N, T), True where there is no padding."""
    if valid_len is None:
        return torch.ones(x.shape[:2], dtype=torch.bool, device=x.device)
    return torch.arange(x.shape[1], device=x.device) < valid_len[:, None]


def linear(x, w, name):
    return F.linear(x, w[f"{name}.weight"], w[f"{name}.bias"])


def norm(x, w, name):
    return F.layer_norm(x, x.shape[-1:], w[f"{name}.norm.weight"], w[f"{name}.norm.bias"])


def ffn(x, w):
    return linear(torch.relu(linear(x, w, "ffn.linear1")), w, "ffn.linear2")


def block(x, w, heads, valid_len=None):
    h = norm(x + attention(x, w, heads, valid_len), w, "norm1")
    return norm(h + ffn(h, w), w, "norm2")


# --- weights --------------------------------------------------------------------------------------------------------


def shapes(d_model, d_ff):
    found = {}
    for name in "qkvo":
        found |= {f"self_attn.w_{name}.weight": (d_model, d_model), f"self_attn.w_{name}.bias": (d_model,)}
    found |= {"ffn.linear1.weight": (d_ff, d_model), "ffn.linear1.bias": (d_ff,)}
    found |= {"ffn.linear2.weight": (d_model, d_ff), "ffn.linear2.bias": (d_model,)}
    return found | {f"norm{i}.norm.{kind}": (d_model,) for i in (1, 2) for kind in ("weight", "bias")}


def drawn(draw, d_model, d_ff):
    """Weights of these shapes: no bias is 0, no scale is 1."""
    weights = {}
    for name, shape in shapes(d_model, d_ff).items():
        values = draw.tensor(shape, 1.5 * shape[-1] ** -0.5 if len(shape) == 2 else 0.4, requires_grad=False)
        weights[name] = values + 1 if name.endswith("norm.weight") else values
    return weights


def of_torch(layer):
    """The weights of an nn.TransformerEncoderLayer under the names of the task."""
    found = {}
    for name, value in layer.state_dict().items():
        if ".in_proj_" in name:
            kind = name.rpartition("_")[2]
            found |= {f"self_attn.w_{p}.{kind}": v for p, v in zip("qkv", value.chunk(3), strict=True)}
            continue
        part, kind = name.rsplit(".", 1)
        found[f"{NAMES[part]}.{kind}"] = value
    return found


NAMES = {"self_attn.out_proj": "self_attn.w_o", "linear1": "ffn.linear1", "linear2": "ffn.linear2"}
NAMES |= {f"norm{i}": f"norm{i}.norm" for i in (1, 2)}


# --- the learner's block --------------------------------------------------------------------------------------------


def loaded(mine, sizes, weights, x, *, dropout=None, training=False):
    """A block with these weights, in the place and precision of x; dropout as it is when nobody asks for one."""
    made = mine.EncoderBlock(*sizes) if dropout is None else mine.EncoderBlock(*sizes, dropout)
    made.to(x)
    made.load_state_dict(weights)
    made.train(training)
    return made


def real_part(made, sizes):
    """A function from (x, valid_len) to the block's result at the real positions."""
    now = torch.float64

    def forward(x, valid_len):
        nonlocal now
        if x.dtype != now:
            made.to(x)
            now = x.dtype
        out = made(x, valid_len)
        equal(tuple(out.shape), tuple(x.shape), "the shape of the result", input={"x": x})
        return out[real_positions(x, valid_len)]

    forward.__name__ = f"EncoderBlock{sizes}"  # so that a finding shows the call
    return forward


def real_part_of_formula(weights, heads):
    def forward(x, valid_len):
        w = {name: value.to(x) for name, value in weights.items()}
        return block(x, w, heads, valid_len)[real_positions(x, valid_len)]

    return forward


def case(draw):
    """(d_model, heads, d_ff), and an x whose axes differ from each other and from the heads."""
    heads, width = draw.pick((2, 2), (3, 2), (1, 5), (2, 4))
    d_model, d_ff = heads * width, heads * width + draw.int(1, 4)
    n, t = draw.pick((3, 5), (2, 3), (1, 7), (5, 2), (4, 1))
    return (d_model, heads, d_ff), draw.layout(draw.tensor((n, t, d_model)))


def lengths(draw, n, t):
    """One length for each sequence, 1 among them, and t where there are several."""
    found = draw.labels(n, t) + 1
    found[0], found[-1] = 1, t
    return torch.from_numpy(found)


@draws(3)
def test_parts(mine, draw):
    """The block has the four parts of the task, each with weights of its own."""
    sizes = draw.pick((4, 2, 6), (6, 3, 5), (8, 1, 3))
    state = mine.EncoderBlock(*sizes).state_dict()
    found, wanted = {name: tuple(value.shape) for name, value in state.items()}, shapes(sizes[0], sizes[2])
    missing, extra = [name for name in wanted if name not in found], [name for name in found if name not in wanted]
    if missing or extra:
        wrong = f"has no {missing[0]}" if missing else f"has {extra[0]}: too much"
        holds(False, f"EncoderBlock{sizes} {wrong}", got=", ".join(found), expected=", ".join(wanted))
    equal(found, wanted, f"the dict of shapes of the weights of EncoderBlock{sizes}")


@draws(8)
def test_formula(mine, draw):
    """At the real positions it gives the numbers of the formula, and the gradient for x, padded or not."""
    padded = draw.bool()
    sizes, x = case(draw)
    valid_len = lengths(draw, *x.shape[:2]) if padded else None
    weights = drawn(draw, sizes[0], sizes[2])
    made = loaded(mine, sizes, weights, x)
    same(real_part(made, sizes), real_part_of_formula(weights, sizes[1]), x, valid_len, dtypes=precisions(draw))


def precisions(draw):
    """float32 on two draws: a block changes its precision only once."""
    return ("float64", "float32") if draw.index in (1, 2) else ("float64",)


@draws(2)
def test_torch_layer(mine, draw):
    """With the weights of an nn.TransformerEncoderLayer it gives that layer's numbers."""
    n, t, heads, d_model, d_ff = draw.pick((2, 5, 2, 6, 7), (3, 6, 4, 8, 3))
    layer = nn.TransformerEncoderLayer(d_model, heads, d_ff, dropout=0.0, batch_first=True).double().eval()
    state = {name: draw.tensor(tuple(p.shape), 0.7, requires_grad=False) for name, p in layer.state_dict().items()}
    layer.load_state_dict(state)
    x = draw.tensor((n, t, d_model), requires_grad=False)
    layer, valid_len = layer.to(x), lengths(draw, n, t)

    def reference(x, valid_len):
        real = real_positions(x, valid_len)
        return layer(x, src_key_padding_mask=~real).detach()[real]

    sizes = (d_model, heads, d_ff)
    got = real_part(loaded(mine, sizes, of_torch(layer), x), sizes)(x, valid_len).detach()
    close(got, reference(x, valid_len), "the result", input={"x": x, "valid_len": valid_len})


@draws(2)
def test_padding(mine, draw):
    """What stands at padded positions changes no real one, and neither does more padding."""
    sizes, x = case(draw)
    x = draw.tensor((4, 5, sizes[0]), requires_grad=False)
    valid_len = torch.tensor([1, 3, 5, 2])
    real = real_positions(x, valid_len)
    made = loaded(mine, sizes, drawn(draw, sizes[0], sizes[2]), x)
    first = made(x, valid_len).detach()[real]
    other = torch.where(real[..., None], x, draw.tensor(tuple(x.shape), 50, requires_grad=False))
    again = made(other, valid_len).detach()[real]
    given = {"x": other, "valid_len": valid_len}
    close(again, first, "the result at real positions, with other padding,", input=given)
    longer = torch.cat([x, torch.full_like(x[:, :2], 7.0)], 1)  # (4, 7, d)
    more = made(longer, valid_len).detach()[real_positions(longer, valid_len)]
    close(more, first, "the result at real positions, with two more padded ones,", input={"x": longer} | given)


@draws(2)
def test_order(mine, draw):
    """It knows no order: vectors that come in another order leave in that order, otherwise unchanged."""
    sizes, _ = case(draw)
    x = draw.tensor((2, 5, sizes[0]), requires_grad=False)
    made = loaded(mine, sizes, drawn(draw, sizes[0], sizes[2]), x)
    order = torch.tensor([3, 0, 4, 1, 2])
    close(made(x[:, order]).detach(), made(x).detach()[:, order], "the result for vectors in another order", input={"x": x})  # fmt: skip


@draws(2)
def test_weights_learn(mine, draw):
    """In training every weight gets its gradient; unless told otherwise nothing is dropped."""
    sizes, _ = case(draw)
    x = draw.tensor((3, 4, sizes[0]), requires_grad=False)
    w = drawn(draw, sizes[0], sizes[2])
    made = loaded(mine, sizes, w, x, training=True)
    (made(x) ** 2).sum().backward()
    for value in w.values():
        value.requires_grad_()
    (block(x, w, sizes[1]) ** 2).sum().backward()
    got = {f"gradient of {name}": p.grad for name, p in made.named_parameters()}
    right = {f"gradient of {name}": w[name].grad for name, _ in made.named_parameters()}
    close(got, right, "the dict of gradients", rtol=1e-6, atol=1e-8, input={"x": x})


@draws(4)
def test_dropout(mine, draw):
    """In training dropout works in three places: on the attention weights, before norm1 and before norm2."""
    place = draw.pick("self_attn", "norm1", "norm2", "all")
    sizes, _ = case(draw)
    x = draw.tensor((3, 4, sizes[0]), requires_grad=False)
    w = drawn(draw, sizes[0], sizes[2])
    made = loaded(mine, sizes, w, x, dropout=ALL_DROPPED)
    for name in ("self_attn", "norm1", "norm2"):
        if place in (name, "all"):
            getattr(made, name).train()
    attended = attention(x, w, sizes[1], None)
    if place in ("self_attn", "all"):  # no weight is left: what remains is the bias of w_o
        attended = w["self_attn.w_o.bias"].expand_as(x)
    h = norm(x if place in ("norm1", "all") else x + attended, w, "norm1")
    right = norm(h if place in ("norm2", "all") else h + ffn(h, w), w, "norm2")
    given = {"x": x, "dropout": ALL_DROPPED, "in training": place}
    close(made(x).detach(), right, "the result when everything is dropped", input=given)


@draws(2)
def test_evaluation(mine, draw):
    """In evaluation nothing is dropped, whatever the dropout is."""
    sizes, _ = case(draw)
    x = draw.tensor((3, 4, sizes[0]), requires_grad=False)
    w = drawn(draw, sizes[0], sizes[2])
    dropout = draw.pick(0.5, 0.9)
    got = loaded(mine, sizes, w, x, dropout=dropout)(x).detach()
    close(got, block(x, w, sizes[1]), "the result in evaluation", input={"x": x, "dropout": dropout})


@draws(2)
def test_large(mine, draw):
    """Inputs of the size of a thousand give finite numbers, in float32, too."""
    sizes, _ = case(draw)
    x = draw.tensor((2, 4, sizes[0]), 1000, dtype=torch.float32, requires_grad=False)
    made = loaded(mine, sizes, {k: v.float() for k, v in drawn(draw, sizes[0], sizes[2]).items()}, x)
    finite(made(x, torch.tensor([3, 1])).detach(), "the result", input={"x": x})
