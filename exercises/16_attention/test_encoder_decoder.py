"""Checks of encoder-decoder: both are loaded with drawn weights and compared with PyTorch's GRU on one sentence at a time."""

from __future__ import annotations

import torch
import torch.nn.functional as F

from tutor.checks import close, draws, equal, holds, same

# --- the formulas, on a dict of weights -----------------------------------------------------------------------------


def gru(x, h, w, drop_all=False):
    """All layers over (N, T, *) from h (layers, N, H): the top layer's states, and the last state of each layer."""
    kinds = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
    params = [w[f"rnn.{kind}_l{i}"] for i in range(len(h)) for kind in kinds]
    return torch.gru(x, h, params, True, len(h), float(drop_all), drop_all, False, True)


def zero_state(w, batch):
    layers = sum(name.startswith("rnn.weight_hh") for name in w)
    return w["rnn.weight_hh_l0"].new_zeros(layers, batch, w["rnn.weight_hh_l0"].shape[1])


def encode(x, valid_len, w, drop_all=False):
    """Each sentence by itself, as long as it is."""
    outputs, states = [], []
    for row, n in zip(x, valid_len.tolist(), strict=True):
        out, h = gru(w["embedding.weight"][row[None, :n]], zero_state(w, 1), w, drop_all)
        outputs.append(F.pad(out[0], (0, 0, 0, len(row) - n)))
        states.append(h[:, 0])
    return torch.stack(outputs), torch.stack(states, dim=1)


def decode(y_in, h, w, drop_all=False):
    e = w["embedding.weight"][y_in]
    c = h[-1][:, None].repeat(1, y_in.shape[1], 1)
    out, _ = gru(torch.cat([e, c], dim=-1), h, w, drop_all)
    return F.linear(out, w["dense.weight"], w["dense.bias"])


# --- weights --------------------------------------------------------------------------------------------------------


def shapes(vocab, emb, hidden, layers, context=0, dense=False):
    """Names and shapes of the parameters; the GRU reads `emb + context` numbers."""
    wanted = {"embedding.weight": (vocab, emb)}
    for i in range(layers):
        wanted[f"rnn.weight_ih_l{i}"] = (3 * hidden, hidden if i else emb + context)
        wanted[f"rnn.weight_hh_l{i}"] = (3 * hidden, hidden)
        wanted |= {f"rnn.bias_{kind}_l{i}": (3 * hidden,) for kind in ("ih", "hh")}
    if dense:
        wanted |= {"dense.weight": (vocab, hidden), "dense.bias": (vocab,)}
    return wanted


def encoder_shapes(vocab, emb, hidden, layers=1):
    return shapes(vocab, emb, hidden, layers)


def decoder_shapes(vocab, emb, hidden, layers=1):
    return shapes(vocab, emb, hidden, layers, context=hidden, dense=True)


def drawn(draw, wanted):
    return {name: draw.tensor(shape, 0.6, requires_grad=False) for name, shape in wanted.items()}


def loaded(cls, sizes, weights, training=False, dropout=0.0):
    block = cls(*sizes, dropout) if dropout else cls(*sizes)
    block.to(weights["embedding.weight"])
    block.load_state_dict(weights)
    return block.train(training)


def sizes_of(draw):
    """vocab, emb, hidden, layers; none like another."""
    layers = draw.pick(1, 2)
    vocab, emb, hidden = draw.shape(dims=3, low=3, high=7)
    return vocab, emb, hidden, layers


def sources(draw, sizes):
    """Sentences (N, T) of any tokens, and their lengths: one of them is full, one is followed by two pads or more."""
    n, steps = draw.shape(dims=2, low=2, high=6)
    steps += 1
    x = draw.layout(draw.targets((n, steps), sizes[0]))
    valid_len = draw.targets(n, steps) + 1
    valid_len[draw.index % n], valid_len[(draw.index + 1) % n] = steps, 1
    return x, valid_len


def named(function, cls, sizes):
    function.__name__ = f"{cls.__name__}{sizes}"  # so that a finding shows the call
    return function


# --- checks ---------------------------------------------------------------------------------------------------------


def check_parts(block, wanted, call):
    got = {name: tuple(value.shape) for name, value in block.state_dict().items()}
    equal(got, wanted, f"the dict of parameters of {call}")


@draws(4)
def test_parts(mine, draw):
    """Both have the parts of the task: embedding, rnn with its layers, and in the decoder dense."""
    sizes = draw.pick((7, 3, 4), (5, 4, 2, 2), (4, 2, 6, 3), (6, 3, 3, 1))
    check_parts(mine.Encoder(*sizes), encoder_shapes(*sizes), f"Encoder{sizes}")
    check_parts(mine.Decoder(*sizes), decoder_shapes(*sizes), f"Decoder{sizes}")


def encoder(mine, sizes):
    def forward(x, valid_len, weights):
        return tuple(loaded(mine.Encoder, sizes, weights)(x, valid_len))

    return named(forward, mine.Encoder, sizes)


@draws(6)
def test_encoder(mine, draw):
    """The encoder gives each sentence's states, 0 beyond its end, and the state of every layer at its end."""
    sizes = sizes_of(draw)
    x, valid_len = sources(draw, sizes)
    same(encoder(mine, sizes), encode, x, valid_len, drawn(draw, encoder_shapes(*sizes)))


@draws(3)
def test_padding(mine, draw):
    """More padding behind the sentences, and other tokens in it, change neither states nor outputs."""
    sizes = sizes_of(draw)
    x, valid_len = sources(draw, sizes)
    weights = drawn(draw, encoder_shapes(*sizes))
    block, more = loaded(mine.Encoder, sizes, weights), draw.int(1, 4)
    longer = torch.cat([x, draw.targets((len(x), more), sizes[0])], dim=1)
    outputs, h = block(longer, valid_len)
    wanted, wanted_h = encode(x, valid_len, weights)
    given = {"x": longer, "valid_len": valid_len}
    close(h.detach(), wanted_h, f"h of a source with {more} more <pad>", input=given)
    wanted = F.pad(wanted, (0, 0, 0, more))
    close(outputs.detach(), wanted, f"the outputs of a source with {more} more <pad>", input=given)


@draws(3)
def test_one_alone(mine, draw):
    """A sentence of one token, a batch of one, and a batch in which nothing is longer than one token."""
    sizes = sizes_of(draw)
    n, steps = draw.pick((1, 1), (1, 4), (3, 2))
    x, ones = draw.targets((n, steps), sizes[0]), draw.targets(n, 1) + 1
    same(encoder(mine, sizes), encode, x, ones, drawn(draw, encoder_shapes(*sizes)))


def decoder(mine, sizes):
    def forward(y_in, outputs, h, valid_len, weights):
        block = loaded(mine.Decoder, sizes, weights)
        logits, _ = block(y_in, block.init_state((outputs, h), valid_len))
        return logits

    return named(forward, mine.Decoder, sizes)


def handed_over(draw, sizes, n):
    """What an encoder could have returned, with lengths."""
    steps = draw.int(2, 5)
    outputs, h = draw.tensor((n, steps, sizes[2])), draw.tensor((sizes[3], n, sizes[2]))
    return outputs, h, draw.targets(n, steps) + 1


@draws(6)
def test_decoder(mine, draw):
    """The decoder gives logits from [embedding, context] at every step, and gradients for what it was handed."""
    sizes = sizes_of(draw)
    n, steps = draw.shape(dims=2, low=1, high=5)
    y_in, weights = draw.layout(draw.targets((n, steps), sizes[0])), drawn(draw, decoder_shapes(*sizes))
    same(
        decoder(mine, sizes),
        lambda y_in, outputs, h, valid_len, w: decode(y_in, h, w),
        y_in,
        *handed_over(draw, sizes, n),
        weights,
    )


@draws(3)
def test_step_by_step(mine, draw):
    """T' calls with one token each give what one call with T' tokens gives."""
    sizes, (n, steps) = sizes_of(draw), (draw.int(1, 4), draw.int(2, 5))
    y_in, weights = draw.targets((n, steps), sizes[0]), drawn(draw, decoder_shapes(*sizes))
    outputs, h, valid_len = handed_over(draw, sizes, n)
    block = loaded(mine.Decoder, sizes, weights)
    state, parts = block.init_state((outputs.detach(), h.detach()), valid_len), []
    for t in range(steps):
        logits, state = block(y_in[:, t : t + 1], state)
        parts.append(logits.detach())
    wanted = decode(y_in, h.detach(), weights)
    close(torch.cat(parts, dim=1), wanted, "the logits of single steps", input={"y_in": y_in, "h": h.detach()})


@draws(2)
def test_state_twice(mine, draw):
    """A state can be used again: the same tokens from the same state give the same logits, after other calls too."""
    sizes, n = sizes_of(draw), draw.int(1, 4)
    y_in, weights = draw.targets((n, 3), sizes[0]), drawn(draw, decoder_shapes(*sizes))
    outputs, h, valid_len = handed_over(draw, sizes, n)
    block = loaded(mine.Decoder, sizes, weights)
    _, state = block(y_in[:, :1], block.init_state((outputs.detach(), h.detach()), valid_len))
    first, _ = block(y_in[:, 1:2], state)
    block(y_in[:, 2:], state)
    again, _ = block(y_in[:, 1:2], state)
    close(again.detach(), first.detach(), "the logits of the second call from one state", input={"y_in": y_in})


def trained(mine, sizes):
    """A function to the gradients of both after one pass of teacher forcing."""

    def backward(x, valid_len, y_in, enc_weights, dec_weights):
        enc = loaded(mine.Encoder, sizes, enc_weights, True)
        dec = loaded(mine.Decoder, sizes, dec_weights, True)
        logits, _ = dec(y_in, dec.init_state(enc(x, valid_len), valid_len))
        (logits**2).sum().backward()
        both = {"encoder": enc, "decoder": dec}
        return {f"{part} {name}": p.grad for part, block in both.items() for name, p in block.named_parameters()}

    return named(backward, mine.Decoder, sizes)


def trained_reference(x, valid_len, y_in, enc_weights, dec_weights):
    both = {"encoder": enc_weights, "decoder": dec_weights}
    weights = {f"{part} {name}": w.requires_grad_() for part, ws in both.items() for name, w in ws.items()}
    _, h = encode(x, valid_len, enc_weights)
    (decode(y_in, h, dec_weights) ** 2).sum().backward()
    return {name: w.grad for name, w in weights.items()}


@draws(3)
def test_together(mine, draw):
    """Trained together, every parameter gets its gradient, the encoder's embedding through state and context."""
    sizes = sizes_of(draw)
    x, valid_len = sources(draw, sizes)
    y_in = draw.targets((len(x), draw.int(1, 4)), sizes[0])
    weights = drawn(draw, encoder_shapes(*sizes)), drawn(draw, decoder_shapes(*sizes))
    same(trained(mine, sizes), trained_reference, x, valid_len, y_in, *weights, may_alias=True)


@draws(2)
def test_dropout(mine, draw):
    """Dropout works between the layers, and only in training; a single layer has none."""
    layers = draw.pick(2, 1)
    sizes = (5, 3, 4, layers)
    x, valid_len = sources(draw, sizes)
    y_in, h = draw.targets((len(x), 3), 5), draw.tensor((layers, len(x), 4), requires_grad=False)
    weights, dec_weights = drawn(draw, encoder_shapes(*sizes)), drawn(draw, decoder_shapes(*sizes))
    for training in (False, True):
        enc = loaded(mine.Encoder, sizes, weights, training, 1.0)
        dec = loaded(mine.Decoder, sizes, dec_weights, training, 1.0)
        mode = f"in {'training' if training else 'evaluation'} with dropout 1.0 and {layers} layer(s)"
        got = enc(x, valid_len)[0].detach()
        close(got, encode(x, valid_len, weights, training)[0], f"the outputs of the encoder {mode}", input={"x": x})
        logits, _ = dec(y_in, dec.init_state((got, h), valid_len))
        close(logits.detach(), decode(y_in, h, dec_weights, training), f"the logits {mode}", input={"y_in": y_in})


@draws(1)
def test_some_dropout(mine, draw):
    """Dropout of 0.5 in training drops some of the numbers between the layers, others each time."""
    sizes, weights = (9, 6, 32, 2), drawn(draw, encoder_shapes(9, 6, 32, 2))
    x, valid_len = draw.targets((8, 3), 9), draw.targets(8, 1) + 3
    block = loaded(mine.Encoder, sizes, weights, True, 0.5)
    first, second = (block(x, valid_len)[0].detach() for _ in range(2))
    holds(not torch.equal(first, second), "two calls in training with dropout 0.5 give the same outputs", got=first)
