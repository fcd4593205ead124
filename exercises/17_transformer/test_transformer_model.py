"""Checks of transformer-model: loaded with drawn weights, compared with the formulas of 2017 and with PyTorch's layers.

The table of positions may be float32, or more exact: the tolerances leave room for that, far less than any mistake needs.
"""

from __future__ import annotations

import inspect

import torch
import torch.nn.functional as F
from torch import nn

from tutor.checks import close, draws, equal, holds, same

ALL_DROPPED = 1 - 1e-9
"""A dropout that keeps nothing (less than once in a million runs of all checks), and scales by a finite number."""
LOOSE = {"rtol": 1e-4, "atol": 1e-4}

# --- the formulas, on a dict of weights -----------------------------------------------------------------------------


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
    scores = (q @ k.transpose(-2, -1) / width**0.5).masked_fill(~allowed, float("-inf"))  # (N, heads, Q, K)
    return linear((torch.softmax(scores, -1) @ v).transpose(1, 2).reshape(n, t, d), w, f"{name}.w_o")


def ffn(x, w, name):
    return linear(torch.relu(linear(x, w, f"{name}.linear1")), w, f"{name}.linear2")


def embedded(ids, weight):
    """Embeddings times √d plus sines and cosines."""
    d = weight.shape[1]
    angles = torch.arange(ids.shape[1])[:, None] / 10000 ** (torch.arange(0, d, 2, dtype=torch.float64) / d)
    table = torch.stack([angles.sin(), angles.cos()], -1).flatten(1)[:, :d]  # (T, d)
    return weight[ids] * d**0.5 + table.to(weight)


def real(ids, lengths):
    """(N, S), True where there is no padding."""
    return torch.arange(ids.shape[1], device=ids.device) < lengths[:, None]


def encoded(x, w, heads, layers, mask):
    for i in range(layers):
        p = f"encoder.{i}."
        x = norm(x + attention(x, x, w, p + "self_attn", heads, mask), w, p + "norm1")
        x = norm(x + ffn(x, w, p + "ffn"), w, p + "norm2")
    return x


def decoded(y, memory, w, heads, layers, mask):
    past = torch.ones(y.shape[1], y.shape[1], dtype=torch.bool, device=y.device).tril()
    for i in range(layers):
        p = f"decoder.{i}."
        y = norm(y + attention(y, y, w, p + "self_attn", heads, past), w, p + "norm1")
        y = norm(y + attention(y, memory, w, p + "cross_attn", heads, mask), w, p + "norm2")
        y = norm(y + ffn(y, w, p + "ffn"), w, p + "norm3")
    return y


def logits(src, src_len, tgt_in, w, heads, layers):
    mask = real(src, src_len)[:, None, None]
    memory = encoded(embedded(src, w["src_embed.weight"]), w, heads, layers, mask)
    return linear(decoded(embedded(tgt_in, w["tgt_embed.weight"]), memory, w, heads, layers, mask), w, "out")


def greedy(src, src_len, bos, eos, max_len, w, heads, layers):
    """The whole prefix again for every token; then each row is cut after its first <eos>."""
    tokens = torch.full((len(src), 1), bos, device=src.device)
    for _ in range(max_len):
        best = logits(src, src_len, tokens, w, heads, layers)[:, -1].argmax(-1)
        tokens = torch.cat([tokens, best[:, None]], 1)
    ended = (tokens[:, 1:] == eos).cumsum(1) > 0  # (N, max_len), True from the first <eos> on
    length = min(max_len, int((~ended).sum(1).max()) + 1)
    return tokens[:, 1:].masked_fill(ended, eos)[:, :length]


# --- sizes and weights ----------------------------------------------------------------------------------------------


def shapes(src_vocab, tgt_vocab, d, heads, d_ff, layers):
    found = {"src_embed.weight": (src_vocab, d), "tgt_embed.weight": (tgt_vocab, d)}
    for side, attentions, norms in (("encoder", ["self_attn"], 2), ("decoder", ["self_attn", "cross_attn"], 3)):
        for p in (f"{side}.{i}" for i in range(layers)):
            for name in (f"{p}.{part}.w_{letter}" for part in attentions for letter in "qkvo"):
                found |= {f"{name}.weight": (d, d), f"{name}.bias": (d,)}
            found |= {f"{p}.ffn.linear1.weight": (d_ff, d), f"{p}.ffn.linear1.bias": (d_ff,)}
            found |= {f"{p}.ffn.linear2.weight": (d, d_ff), f"{p}.ffn.linear2.bias": (d,)}
            found |= {f"{p}.norm{i + 1}.norm.{kind}": (d,) for i in range(norms) for kind in ("weight", "bias")}
    return found | {"out.weight": (tgt_vocab, d), "out.bias": (tgt_vocab,)}


def drawn(draw, *sizes):
    """Weights of these shapes: no bias is 0, no scale is 1; embeddings are as large as positions."""
    weights = {}
    for name, shape in shapes(*sizes).items():
        spread = 0.4 if len(shape) == 1 else 1.5 * shape[-1] ** -0.5
        values = draw.tensor(shape, spread, requires_grad=False)
        weights[name] = values + 1 if name.endswith("norm.weight") else values
    return weights


def case(draw):
    """(src_vocab, tgt_vocab, d_model, heads, d_ff, layers), and sentences: src, src_len, tgt_in."""
    heads, width = draw.pick((2, 2), (3, 2), (1, 5))
    layers = draw.pick(2, 1)
    sizes = (9, 11, heads * width, heads, heads * width + 3, layers)
    n, s, t = draw.pick((2, 5, 3), (3, 2, 5), (1, 4, 6), (4, 1, 3), (3, 6, 1))
    src, tgt_in = draw.targets((n, s), sizes[0]), draw.targets((n, t), sizes[1])
    return sizes, src, lengths(draw, n, s), tgt_in


def lengths(draw, n, s):
    """One length for each sentence, 1 among them, and s where there are several."""
    found = draw.labels(n, s) + 1
    found[0], found[-1] = 1, s
    return torch.from_numpy(found)


# --- the learner's model --------------------------------------------------------------------------------------------


def loaded(mine, sizes, weights, *, dropout=0.0, training=False):
    """A model with these weights, in their place and precision."""
    model = mine.Transformer(*sizes, dropout=dropout, max_len=16)
    model.to(weights["out.bias"])
    model.load_state_dict(weights, strict=False)  # whoever saves the table of positions, too, may do so
    model.train(training)
    return model


def forward(model, sizes):
    """A function from (src, src_len, tgt_in) to the model's logits."""

    def call(src, src_len, tgt_in):
        return model(src, src_len, tgt_in)

    call.__name__ = f"Transformer{sizes}"  # so that a finding shows the call
    return call


def formula(weights, sizes):
    return lambda src, src_len, tgt_in: logits(src, src_len, tgt_in, weights, sizes[3], sizes[5])


@draws(2)
def test_parts(mine, draw):
    """The model has the parts of the task, `layers` blocks on each side, each with weights of its own."""
    sizes = draw.pick((5, 7, 4, 2, 6, 1), (9, 8, 6, 3, 5, 2))
    model, wanted = mine.Transformer(*sizes), shapes(*sizes)
    found = {name: tuple(value.shape) for name, value in model.named_parameters()}
    missing, extra = [name for name in wanted if name not in found], [name for name in found if name not in wanted]
    if missing or extra:
        wrong = f"has no {missing[0]}" if missing else f"has {extra[0]}: too much"
        holds(False, f"Transformer{sizes} {wrong}", got=", ".join(found), expected=", ".join(wanted))
    equal(found, wanted, f"the dict of shapes of the weights of Transformer{sizes}")


def test_defaults(mine):
    """Unless told otherwise: width 64, 4 heads, 128 inside the FFN, 2 layers, dropout 0.1, 128 positions."""
    mine.Transformer(5, 6)
    parameters = inspect.signature(mine.Transformer).parameters
    wanted = {"d_model": 64, "num_heads": 4, "d_ff": 128, "layers": 2, "dropout": 0.1, "max_len": 128}
    got = {name: parameters[name].default if name in parameters else "missing" for name in wanted}
    equal(got, wanted, "the dict of defaults")


@draws(5)
def test_logits(mine, draw):
    """It gives the logits of the formulas, for sentences of different lengths."""
    sizes, src, src_len, tgt_in = case(draw)
    weights = drawn(draw, *sizes)
    same(forward(loaded(mine, sizes, weights), sizes), formula(weights, sizes), src, src_len, tgt_in, **LOOSE)


@draws(2)
def test_float32(mine, draw):
    """A model as it is made computes in float32, in training and in evaluation."""
    training = draw.bool()
    sizes, src, src_len, tgt_in = case(draw)
    model = mine.Transformer(*sizes, dropout=0.0)
    model.train(training)
    weights = {name: value.detach() for name, value in model.named_parameters()}
    same(forward(model, sizes), formula(weights, sizes), src, src_len, tgt_in, **LOOSE)


@draws(2)
def test_memory(mine, draw):
    """encode gives the memory: at its real positions the numbers of the formulas."""
    sizes, src, src_len, _ = case(draw)
    weights = drawn(draw, *sizes)
    model = loaded(mine, sizes, weights)
    got = model.encode(src, src_len).detach()
    equal(tuple(got.shape), (*src.shape, sizes[2]), "the shape of the memory")
    mask = real(src, src_len)
    right = encoded(embedded(src, weights["src_embed.weight"]), weights, sizes[3], sizes[5], mask[:, None, None])
    close(got[mask], right[mask], "the memory at real positions", input={"src": src, "src_len": src_len}, **LOOSE)


@draws(1)
def test_torch_layers(mine, draw):
    """With the weights of PyTorch's encoder and decoder layers it gives the logits of a model made of those."""
    d, heads, d_ff, layers = 6, 2, 7, 2
    sizes = (9, 11, d, heads, d_ff, layers)
    weights = drawn(draw, *sizes)
    options = {"dropout": 0.0, "batch_first": True, "dtype": torch.float64}
    encoder = [nn.TransformerEncoderLayer(d, heads, d_ff, **options) for _ in range(layers)]
    decoder = [nn.TransformerDecoderLayer(d, heads, d_ff, **options) for _ in range(layers)]
    for side, stack in (("encoder", encoder), ("decoder", decoder)):
        for i, layer in enumerate(stack):
            layer.to(weights["out.bias"])
            weights |= {f"{side}.{i}.{name}": value for name, value in of_torch(layer).items()}
    src, tgt_in, src_len = draw.targets((3, 5), 9), draw.targets((3, 4), 11), torch.tensor([2, 5, 4])
    x, pads = embedded(src, weights["src_embed.weight"]), ~real(src, src_len)
    for layer in encoder:
        x = layer(x, src_key_padding_mask=pads)
    y, later = embedded(tgt_in, weights["tgt_embed.weight"]), torch.ones(4, 4, dtype=torch.bool).triu(1)
    for layer in decoder:
        y = layer(y, x, tgt_mask=later.to(src.device), memory_key_padding_mask=pads)
    got = loaded(mine, sizes, weights)(src, src_len, tgt_in).detach()
    close(got, linear(y, weights, "out").detach(), "the logits", input={"src": src, "src_len": src_len, "tgt_in": tgt_in}, **LOOSE)  # fmt: skip


NAMES = {"self_attn.out_proj": "self_attn.w_o", "multihead_attn.out_proj": "cross_attn.w_o"}
NAMES |= {"linear1": "ffn.linear1", "linear2": "ffn.linear2"} | {f"norm{i}": f"norm{i}.norm" for i in (1, 2, 3)}


def of_torch(layer):
    """The weights of one of PyTorch's layers under the names of the task."""
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


@draws(1)
def test_padding_and_future(mine, draw):
    """Source padding changes no logits, and no later target token changes earlier logits."""
    sizes, *_ = case(draw)
    src, tgt_in, src_len = draw.targets((3, 5), sizes[0]), draw.targets((3, 6), sizes[1]), torch.tensor([2, 5, 1])
    model = loaded(mine, sizes, drawn(draw, *sizes))
    first = model(src, src_len, tgt_in).detach()
    other = torch.where(real(src, src_len), src, (src + 1) % sizes[0])
    close(model(other, src_len, tgt_in).detach(), first, "the logits with other padding", input={"src": other, "src_len": src_len})  # fmt: skip
    changed = torch.cat([tgt_in[:, :3], (tgt_in[:, 3:] + 1) % sizes[1]], 1)
    again = model(src, src_len, changed).detach()[:, :3]
    close(again, first[:, :3], "the first three logits with other tokens after them", input={"tgt_in": changed})


QUIET = ("w_o.weight", "linear2.weight")


def lively(draw, sizes, src, src_len, max_len):
    """Weights with which sentences change from token to token and from row to row, and what greedy says without <eos>.

    Usual random weights say one word for ever: here each token likes its successor, and the blocks only disturb that.
    """
    best, most = None, -1
    for _ in range(3):
        w = drawn(draw, *sizes)
        for name in w:
            if name.endswith("bias") or (name.startswith("decoder") and name.endswith(QUIET)):
                w[name] = 0.3 * w[name]
        w["out.weight"] = w["out.weight"] + w["tgt_embed.weight"].roll(1, 0)
        said = greedy(src, src_len, 1, -1, max_len, w, sizes[3], sizes[5])
        changes = int((said[:, 1:] != said[:, :-1]).sum())
        if changes > most:
            best, most = (w, said), changes
    return best


def ending(said):
    """The token whose first places in the rows differ most: some rows end early, some late, some never."""
    firsts = {token: {row.index(token) if token in row else -1 for row in said.tolist()} for token in set(said.flatten().tolist())}  # fmt: skip
    return max(sorted(firsts), key=lambda token: (len(firsts[token]), max(firsts[token])))


@draws(5)
def test_greedy(mine, draw):
    """greedy gives what the whole model gives token by token: each row up to its <eos>, and <eos> from there on."""
    training, max_len = draw.pick((False, 8), (True, 6), (True, 8), (False, 1), (False, 3))
    heads, layers = draw.pick((2, 2), (3, 1))
    sizes = (9, 11, 12, heads, 15, layers)
    n, s = draw.pick((4, 5), (5, 3), (3, 6))
    src, src_len = draw.targets((n, s), sizes[0]), lengths(draw, n, s)
    weights, said = lively(draw, sizes, src, src_len, 8)
    eos = ending(said)
    model = loaded(mine, sizes, weights, dropout=ALL_DROPPED, training=training)
    got = model.greedy(src, src_len, 1, eos, max_len)
    right = greedy(src, src_len, 1, eos, max_len, weights, sizes[3], sizes[5])
    given = {"src": src, "src_len": src_len, "bos": 1, "eos": eos, "max_len": max_len, "in training": training}
    equal(got, right, "what greedy gives", input=given)


@draws(2)
def test_greedy_padding(mine, draw):
    """greedy looks at the real tokens of the source only, however much padding follows them."""
    sizes = (9, 11, 12, 2, 15, draw.pick(1, 2))
    src, src_len = draw.targets((12, 8), sizes[0]), draw.targets(12, 3) + 1  # one to three tokens of eight are real
    weights, said = lively(draw, sizes, src, src_len, 8)
    got = loaded(mine, sizes, weights, dropout=ALL_DROPPED, training=False).greedy(src, src_len, 1, -1, 8)
    equal(got, said, "what greedy gives", input={"src": src, "src_len": src_len, "bos": 1, "eos": -1, "max_len": 8})


@draws(2)
def test_mode(mine, draw):
    """greedy leaves the model in the mode it found, all its parts too."""
    training = draw.bool()
    sizes, src, src_len, _ = case(draw)
    model = loaded(mine, sizes, drawn(draw, *sizes), dropout=0.5, training=training)
    model.greedy(src, src_len, 1, 2, 3)
    parts = {"model": model, "encoder[0]": model.encoder[0], "dropout": model.dropout}
    modes = {name: part.training for name, part in parts.items()}
    equal(modes, dict.fromkeys(modes, training), "the dict of `training` after greedy", input={"training before": training})  # fmt: skip


class Watch(nn.Module):
    """Stands in the place of `out`: remembers whether what it gets has a history of gradients."""

    def __init__(self, out):
        super().__init__()
        self.weight, self.bias, self.tracked = out["out.weight"], out["out.bias"], []

    def forward(self, y):
        self.tracked.append(bool(y.requires_grad))
        return F.linear(y, self.weight, self.bias)


@draws(1)
def test_no_waste(mine, draw):
    """greedy encodes the source once, and keeps no history for gradients."""
    sizes, src, src_len, _ = case(draw)
    weights = drawn(draw, *sizes)
    model = loaded(mine, sizes, weights, training=True)
    model.out = watch = Watch(weights)
    encode, calls = model.encode, []

    def counted(*args, **kwargs):
        calls.append(1)
        return encode(*args, **kwargs)

    model.encode = counted
    model.greedy(src, src_len, 1, -1, 5)
    holds(len(calls) <= 1, "the encoder runs again for every token", got=f"encode was called {len(calls)} times", expected="once")  # fmt: skip
    holds(not any(watch.tracked), "greedy tracks gradients that nobody will ask for", got="tensors that require a gradient", expected="no gradients in greedy")  # fmt: skip


@draws(1)
def test_weights_learn(mine, draw):
    """In training every weight of both sides gets its gradient."""
    sizes, src, src_len, tgt_in = case(draw)
    target = draw.targets(tuple(tgt_in.shape), sizes[1]).flatten()
    w = drawn(draw, *sizes)
    model = loaded(mine, sizes, w, training=True)
    F.cross_entropy(model(src, src_len, tgt_in).flatten(0, 1), target).backward()
    for value in w.values():
        value.requires_grad_()
    F.cross_entropy(logits(src, src_len, tgt_in, w, sizes[3], sizes[5]).flatten(0, 1), target).backward()
    got = {f"gradient of {name}": p.grad for name, p in model.named_parameters()}
    right = {f"gradient of {name}": w[name].grad for name, _ in model.named_parameters()}
    close(got, right, "the dict of gradients", rtol=1e-3, atol=1e-5, input={"src": src, "src_len": src_len, "tgt_in": tgt_in})  # fmt: skip


@draws(3)
def test_dropout(mine, draw):
    """In training dropout works on embedding plus position of both sides, and in all blocks; in evaluation nowhere."""
    place = draw.pick("dropout", "all", "nowhere")
    sizes, src, src_len, tgt_in = case(draw)
    w = drawn(draw, *sizes)
    model = loaded(mine, sizes, w, dropout=ALL_DROPPED)
    if place != "nowhere":
        (model.dropout if place == "dropout" else model).train()
    y = torch.zeros(*tgt_in.shape, sizes[2]).to(w["out.bias"])
    mask = real(src, src_len)[:, None, None]
    if place == "dropout":
        memory = encoded(torch.zeros(*src.shape, sizes[2]).to(y), w, sizes[3], sizes[5], mask)
        right = linear(decoded(y, memory, w, sizes[3], sizes[5], mask), w, "out")
    elif place == "all":
        for name in (f"decoder.{i}.norm{k}" for i in range(sizes[5]) for k in (1, 2, 3)):
            y = norm(y, w, name)
        right = linear(y, w, "out")
    else:
        right = logits(src, src_len, tgt_in, w, sizes[3], sizes[5])
    given = {"src": src, "tgt_in": tgt_in, "dropout": ALL_DROPPED, "in training": place}
    close(model(src, src_len, tgt_in).detach(), right, "the logits when everything is dropped", input=given, **LOOSE)


@draws(2)
def test_start(mine, draw):
    """Fresh embeddings are normal numbers with standard deviation 1/√d."""
    d = draw.pick(64, 16)
    model = mine.Transformer(900, 1000, d, 2, 3, 1)
    found = {name: start(value) for name, value in model.named_parameters() if "embed" in name}
    equal(found, dict.fromkeys(found, "spread 1/√d"), f"the dict of starts of the embeddings of width {d}")


def start(values):
    """In words; right code is called wrong less than once in a million runs."""
    d = values.shape[1]
    square = float((values.detach() ** 2).mean()) * d  # 1 on average
    if abs(square - 1) <= 5.4 * (2 / values.numel()) ** 0.5:
        return "spread 1/√d"
    return (
        f"spread about {2 ** round(float(torch.tensor(square).log2())) ** 0.5:.2g} · 1/√d"
        if square > 1
        else "too small"
    )


def test_positions_end(mine):
    """A sentence longer than max_len raises ValueError; one of max_len tokens does not."""
    model = mine.Transformer(5, 6, 4, 2, 3, 1, max_len=7)
    model(torch.ones(2, 7, dtype=torch.int64), torch.tensor([7, 3]), torch.ones(2, 7, dtype=torch.int64))
    try:
        model.encode(torch.ones(2, 8, dtype=torch.int64), torch.tensor([8, 3]))
    except ValueError:
        return
    holds(False, "a sentence of 8 tokens went through a model of 7 positions", got="no error", expected="ValueError")
