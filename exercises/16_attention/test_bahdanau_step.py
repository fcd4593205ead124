"""Checks of bahdanau-step: the decoder is loaded with drawn weights and compared with its equations written out."""

from __future__ import annotations

import torch
import torch.nn.functional as F

from tutor.checks import close, draws, equal, holds, same

# --- the equations, on a dict of weights ----------------------------------------------------------------------------


def cell(x, h, w, i):
    """One step of layer i of the GRU."""
    a = F.linear(x, w[f"rnn.weight_ih_l{i}"], w[f"rnn.bias_ih_l{i}"]).chunk(3, dim=-1)
    b = F.linear(h, w[f"rnn.weight_hh_l{i}"], w[f"rnn.bias_hh_l{i}"]).chunk(3, dim=-1)
    r, z = torch.sigmoid(a[0] + b[0]), torch.sigmoid(a[1] + b[1])
    return (1 - z) * torch.tanh(a[2] + r * b[2]) + z * h


def attend(query, memory, valid_len, w):
    """The weights (N, T) of one query (N, H) each."""
    hidden = torch.tanh(
        F.linear(query, w["attention.w_q.weight"])[:, None] + F.linear(memory, w["attention.w_k.weight"])
    )
    scores = F.linear(hidden, w["attention.w_v.weight"])[:, :, 0]
    kept = torch.arange(memory.shape[1], device=memory.device) < valid_len[:, None]
    return torch.softmax(scores.masked_fill(~kept, -torch.inf), dim=1)


def decode(y_in, outputs, h, valid_len, w, drop_all=False):
    """Logits (N, T', V), weights (T', N, T), and the last h; with drop_all all that dropout may drop is 0."""
    logits, attention, h, keep = [], [], list(h), 0.0 if drop_all else 1.0
    for t in range(y_in.shape[1]):
        weights = attend(h[-1], outputs, valid_len, w)
        x = torch.cat([keep * torch.einsum("nt,nth->nh", weights, outputs), w["embedding.weight"][y_in[:, t]]], dim=1)
        for i in range(len(h)):
            x = h[i] = cell(x * (keep if i else 1.0), h[i], w, i)
        logits.append(F.linear(x, w["dense.weight"], w["dense.bias"]))
        attention.append(weights)
    return torch.stack(logits, dim=1), torch.stack(attention), torch.stack(h)


# --- weights and inputs ---------------------------------------------------------------------------------------------


def shapes(vocab, emb, hidden, layers=1):
    wanted = {"embedding.weight": (vocab, emb), "attention.w_v.weight": (1, hidden)}
    wanted |= {f"attention.w_{part}.weight": (hidden, hidden) for part in "qk"}
    for i in range(layers):
        wanted[f"rnn.weight_ih_l{i}"] = (3 * hidden, hidden if i else hidden + emb)
        wanted[f"rnn.weight_hh_l{i}"] = (3 * hidden, hidden)
        wanted |= {f"rnn.bias_{kind}_l{i}": (3 * hidden,) for kind in ("ih", "hh")}
    return wanted | {"dense.weight": (vocab, hidden), "dense.bias": (vocab,)}


def drawn(draw, sizes):
    return {name: draw.tensor(shape, 0.8, requires_grad=False) for name, shape in shapes(*sizes).items()}


def sizes_of(draw, layers=0):
    """vocab, emb, hidden, layers; none like another."""
    layers = layers or draw.pick(1, 2, 3)
    return *draw.shape(dims=3, low=4, high=8), layers


def handed_over(draw, sizes, n=0, steps=0):
    """What an encoder could have returned for n sources, with lengths of which one is short and one full."""
    n, steps = n or draw.int(2, 4), steps or draw.int(3, 6)
    outputs, h = draw.tensor((n, steps, sizes[2])), draw.tensor((sizes[3], n, sizes[2]))
    valid_len = draw.targets(n, steps) + 1
    valid_len[0], valid_len[-1] = steps, 1 + steps // 3
    return outputs, h, valid_len


def loaded(mine, sizes, w, training=False, dropout=0.0):
    decoder = mine.AttentionDecoder(*sizes, dropout) if dropout else mine.AttentionDecoder(*sizes)
    decoder.to(w["dense.weight"])
    check_parts(decoder, sizes)
    decoder.load_state_dict(w)
    return decoder.train(training)


def check_parts(decoder, sizes):
    got = {name: tuple(value.shape) for name, value in decoder.state_dict().items()}
    wanted = shapes(*sizes)
    holds(got == wanted, f"the parts of AttentionDecoder{sizes} are others", got=got, expected=wanted)


def decoder(mine, sizes):
    """A function to the pair (logits, attention weights (T', N, T))."""

    def forward(y_in, outputs, h, valid_len, w):
        block = loaded(mine, sizes, w)
        logits, _ = block(y_in, block.init_state((outputs, h), valid_len))
        return logits, stacked(block, y_in, outputs)

    forward.__name__ = f"AttentionDecoder{sizes}"
    return forward


def stacked(block, y_in, outputs):
    """The list of attention weights as one tensor."""
    found = [tuple(part.shape) for part in block.attention_weights]
    wanted = [tuple(outputs.shape[:2])] * y_in.shape[1]
    holds(found == wanted, "attention_weights is no list with a tensor (N, T) for each step of this call", got=found, expected=wanted)  # fmt: skip
    return torch.stack([part.detach() for part in block.attention_weights])


def reference(y_in, outputs, h, valid_len, w):
    logits, attention, _ = decode(y_in, outputs, h, valid_len, w)
    return logits, attention.detach()


# --- checks ---------------------------------------------------------------------------------------------------------


@draws(4)
def test_parts(mine, draw):
    """It has the parts of the task: embedding, attention, a GRU that reads hidden + emb numbers, and dense."""
    sizes = draw.pick((7, 3, 4), (5, 4, 2, 2), (4, 2, 6, 3), (6, 3, 3, 1))
    check_parts(mine.AttentionDecoder(*sizes), sizes)


@draws(6)
def test_decoder(mine, draw):
    """Logits, attention weights, and the gradients of the encoder's outputs and state are those of the equations."""
    sizes = sizes_of(draw)
    given = handed_over(draw, sizes)
    y_in = draw.layout(draw.targets((len(given[0]), draw.int(1, 3)), sizes[0]))
    same(decoder(mine, sizes), reference, y_in, *given, drawn(draw, sizes))


@draws(3)
def test_padding(mine, draw):
    """Whatever stands in the padding of the source, and however much of it there is, nothing changes."""
    sizes = sizes_of(draw)
    w = drawn(draw, sizes)
    outputs, h, valid_len = (x.detach() for x in handed_over(draw, sizes))
    y_in = draw.targets((len(outputs), 3), sizes[0])
    more = draw.int(1, 4)
    longer = torch.cat([outputs, draw.tensor((len(outputs), more, sizes[2]), 5, requires_grad=False)], dim=1)
    block = loaded(mine, sizes, w)
    logits, _ = block(y_in, block.init_state((longer, h), valid_len))
    right, attention, _ = decode(y_in, outputs, h, valid_len, w)
    given = {"outputs": longer, "valid_len": valid_len}
    close(logits.detach(), right, f"the logits with {more} more places of padding", input=given)
    close(stacked(block, y_in, longer), F.pad(attention, (0, more)), "attention_weights", input=given)


@draws(4)
def test_step_by_step(mine, draw):
    """T' calls with one token each give what one call with T' tokens gives; the weights belong to the last call."""
    sizes = sizes_of(draw)
    w, steps = drawn(draw, sizes), draw.int(2, 5)
    outputs, h, valid_len = (x.detach() for x in handed_over(draw, sizes))
    y_in = draw.targets((len(outputs), steps), sizes[0])
    block, parts = loaded(mine, sizes, w), []
    state = block.init_state((outputs, h), valid_len)
    right, attention, _ = decode(y_in, outputs, h, valid_len, w)
    given = {"y_in": y_in, "h": h, "outputs": outputs}
    for t in range(steps):
        logits, state = block(y_in[:, t : t + 1], state)
        parts.append(logits.detach())
        got = stacked(block, y_in[:, :1], outputs)[0]
        close(got, attention[t], f"attention_weights after single step {t + 1}", input=given)
    close(torch.cat(parts, dim=1), right, "the logits of single steps", input=given)


@draws(3)
def test_state_twice(mine, draw):
    """A state that was used stays as it was: the same token from it gives the same logits again."""
    sizes = sizes_of(draw)
    w = drawn(draw, sizes)
    outputs, h, valid_len = (x.detach() for x in handed_over(draw, sizes))
    y_in = draw.targets((len(outputs), 3), sizes[0])
    block = loaded(mine, sizes, w)
    _, state = block(y_in[:, :1], block.init_state((outputs, h), valid_len))
    first = block(y_in[:, 1:2], state)[0].detach()
    block(y_in[:, 2:], state)
    again = block(y_in[:, 1:2], state)[0].detach()
    right = decode(y_in[:, :2], outputs, h, valid_len, w)[0][:, 1:]
    close(first, right, "the logits of the second call", input={"y_in": y_in})
    close(again, right, "the logits of a later call from the same state", input={"y_in": y_in})


@draws(4)
def test_extreme_sizes(mine, draw):
    """One sentence, a source of one token, one step, one unit."""
    n, source, steps, hidden = [(1, 1, 1, 3), (1, 4, 3, 1), (3, 1, 2, 4), (2, 3, 1, 2)][draw.index]
    sizes = (5, 2, hidden, 1)
    outputs, h, _ = handed_over(draw, sizes, n, source)
    valid_len = draw.targets(n, source) + 1
    same(decoder(mine, sizes), reference, draw.targets((n, steps), 5), outputs, h, valid_len, drawn(draw, sizes))


@draws(4)
def test_parameters_learn(mine, draw):
    """In training every parameter gets its gradient, those of the attention through the context."""
    sizes = sizes_of(draw, draw.pick(1, 2))
    w = drawn(draw, sizes)
    outputs, h, valid_len = (x.detach() for x in handed_over(draw, sizes))
    y_in = draw.targets((len(outputs), 3), sizes[0])
    up = draw.tensor((len(outputs), 3, sizes[0]), requires_grad=False)
    block = loaded(mine, sizes, w, training=True)
    (block(y_in, block.init_state((outputs, h), valid_len))[0] * up).sum().backward()
    got = {name: value.grad for name, value in block.named_parameters()}
    for value in w.values():
        value.requires_grad_()
    (decode(y_in, outputs, h, valid_len, w)[0] * up).sum().backward()
    close(got, {name: w[name].grad for name in got}, "the dict of gradients", 1e-8, input={"y_in": y_in})


@draws(4)
def test_dropout(mine, draw):
    """In training, dropout works on the attention weights and between the layers of the GRU; in evaluation nowhere."""
    sizes = sizes_of(draw, draw.pick(1, 2))
    w, training = drawn(draw, sizes), draw.bool()
    outputs, h, valid_len = (x.detach() for x in handed_over(draw, sizes))
    y_in = draw.targets((len(outputs), 3), sizes[0])
    block = loaded(mine, sizes, w, training, 1 - 1e-9)  # practically everything falls
    logits, _ = block(y_in, block.init_state((outputs, h), valid_len))
    right, _, _ = decode(y_in, outputs, h, valid_len, w, drop_all=training)
    mode = f"in {'training' if training else 'evaluation'} with a dropout of almost 1 and {sizes[3]} layer(s)"
    close(logits.detach(), right, f"the logits {mode}", input={"y_in": y_in})


@draws(1)
def test_rows_sum_to_one(mine, draw):
    """Every row of the attention weights sums to 1, and is 0 behind the source's length."""
    sizes = (9, 4, 6, 2)
    outputs, h, valid_len = (x.detach() for x in handed_over(draw, sizes, 3, 5))
    y_in = draw.targets((3, 4), 9)
    block = loaded(mine, sizes, drawn(draw, sizes))
    block(y_in, block.init_state((outputs, h), valid_len))
    attention = stacked(block, y_in, outputs)
    close(attention.sum(-1), torch.ones_like(attention[:, :, 0]), "the sum of the attention weights of a step")
    behind = torch.arange(5, device=outputs.device) >= valid_len[:, None]
    equal(attention[:, behind], torch.zeros_like(attention[:, behind]), "the attention to padding")
