"""Checks of multi-head-attention: drawn weights, and the formula with one attention after the other."""

from __future__ import annotations

import torch

from tutor.checks import close, draws, equal, faster_than, frequency, holds, raises, same

PARTS = ("w_q", "w_k", "w_v", "w_o")
ONCE = {"dtypes": ("float64",)}
"""For masks: that float32 stays float32 is checked without them, a mask's own precision in bfloat16."""


# --- the formula, head by head ---------------------------------------------------------------------------------------


def allowed(k, q_len, key_valid_len, causal):
    """(N, Q, K): True where a query may look at a key."""
    n, k_len = k.shape[:2]
    keys = torch.arange(k_len, device=k.device)
    mask = torch.ones(n, q_len, k_len, dtype=torch.bool, device=k.device)
    if key_valid_len is not None:
        mask = mask & (keys < key_valid_len[:, None, None])
    if causal:
        mask = mask & (keys <= (keys[:q_len] + k_len - q_len)[:, None])
    return mask


def attention(q, k, v, mask):
    """Scaled dot-product attention of one head; a row that may look nowhere has weights 0."""
    scores = q @ k.transpose(1, 2) / q.shape[-1] ** 0.5
    weights = torch.softmax(scores.masked_fill(~mask, -1e30), -1) * mask
    return weights @ v, weights


def formula(heads):
    """The whole layer, as a function of its inputs and its dict of weights."""

    def multi_head(q, k, v, weights, key_valid_len=None, causal=False):
        def linear(name, x):
            y = x @ weights[f"{name}.weight"].T
            return y + weights[f"{name}.bias"] if f"{name}.bias" in weights else y

        mask = allowed(k, q.shape[1], key_valid_len, causal)
        parts = [linear(name, x).chunk(heads, -1) for name, x in zip(PARTS, (q, k, v), strict=False)]
        outputs = [attention(*part, mask) for part in zip(*parts, strict=True)]
        joined = torch.cat([out for out, _ in outputs], -1)
        return linear("w_o", joined), torch.stack([w for _, w in outputs], 1)

    return multi_head


# --- the learner's layer ---------------------------------------------------------------------------------------------


def drawn(draw, d_model, bias=True):
    """Weights and biases of four linear layers."""
    weights = {f"{name}.weight": draw.tensor((d_model,) * 2, d_model**-0.5, requires_grad=False) for name in PARTS}
    if bias:
        weights |= {f"{name}.bias": draw.tensor(d_model, 0.5, requires_grad=False) for name in PARTS}
    return weights


def check_parts(layer, d_model, bias, call):
    got = {name: tuple(value.shape) for name, value in layer.state_dict().items()}
    wanted = {
        f"{name}.{kind}": (d_model,) * n for name in PARTS for kind, n in (("weight", 2), ("bias", 1))[: 1 + bias]
    }
    missing, extra = [n for n in wanted if n not in got], [n for n in got if n not in wanted]
    holds(not missing, f"{call} has no {' and no '.join(missing[:2])}", got=", ".join(got), expected=", ".join(wanted))
    holds(not extra, f"{call} has {' and '.join(extra[:2])}: too much", got=", ".join(got), expected=", ".join(wanted))
    equal({name: got[name] for name in wanted}, wanted, f"the dict of the shapes in {call}")


def loaded(layer, weights):
    """The layer with these weights, in their place and precision."""
    layer.to(weights["w_q.weight"])
    layer.load_state_dict(weights)
    return layer


def forward(mine, d_model, heads, bias=True):
    """The learner's layer as a function of the same arguments as the formula; in evaluation."""

    def multi_head(q, k, v, weights, key_valid_len=None, causal=False):
        layer = loaded(mine.MultiHeadAttention(d_model, heads, bias), weights).eval()
        return layer(q, k, v, key_valid_len, causal)

    multi_head.__name__ = f"MultiHeadAttention({d_model}, {heads}{'' if bias else ', bias=False'})"
    return multi_head


def sizes(draw, causal=False):
    """N, Q, K, heads and the width of a head, no two alike; Q < K for causal attention."""
    n, q_len, k_len, heads, d_head = draw.shape(5, 1, 7)
    if causal and q_len > k_len:
        q_len, k_len = k_len, q_len
    return n, q_len, k_len, heads, d_head


def inputs(draw, n, q_len, k_len, d_model, scale=1.0):
    """q, k and v in some memory layout; k and v are different tensors."""
    return [draw.layout(draw.tensor((n, length, d_model), scale)) for length in (q_len, k_len, k_len)]


@draws(4)
def test_parts(mine, draw):
    """Has four linear layers of d_model × d_model named w_q, w_k, w_v, w_o, however many heads there are."""
    d_model, heads, bias = draw.pick((6, 2, True), (6, 3, False), (4, 4, True), (5, 1, False))
    layer = mine.MultiHeadAttention(d_model, heads) if bias else mine.MultiHeadAttention(d_model, heads, False)
    check_parts(layer, d_model, bias, f"MultiHeadAttention({d_model}, {heads}{'' if bias else ', bias=False'})")


@draws(8)
def test_without_mask(mine, draw):
    """Gives the output, the weights and the input gradients of the formula, queries and keys differing in number."""
    n, q_len, k_len, heads, d_head = sizes(draw)
    bias, d_model = not draw.bool(), heads * d_head
    weights = drawn(draw, d_model, bias)
    same(forward(mine, d_model, heads, bias), formula(heads), *inputs(draw, n, q_len, k_len, d_model), weights)


@draws(8)
def test_key_lengths(mine, draw):
    """Looks only at the valid keys of each sample, in all heads alike; a sample without any gets weights 0."""
    n, q_len, k_len, heads, d_head = sizes(draw)
    weights = drawn(draw, heads * d_head)
    lengths = draw.targets(n, k_len + 1)
    lengths[0] = (0, k_len)[draw.index % 2]
    if n > 1:
        lengths[1] = 1
    qkv = inputs(draw, n, q_len, k_len, heads * d_head)
    same(forward(mine, heads * d_head, heads), formula(heads), *qkv, weights, lengths, **ONCE)


@draws(6)
def test_causal_self_attention(mine, draw):
    """causal=True: a position sees itself and what stands before it, nothing later."""
    n, length, _, heads, d_head = sizes(draw)
    x = draw.layout(draw.tensor((n, length, heads * d_head)))

    def on_itself(multi_head):
        def self_attention(x, weights, causal):
            return multi_head(x, x, x, weights, None, causal)

        return self_attention

    weights = drawn(draw, heads * d_head)
    same(on_itself(forward(mine, heads * d_head, heads)), on_itself(formula(heads)), x, weights, True, **ONCE)


@draws(6)
def test_causal_with_more_keys(mine, draw):
    """causal=True with K > Q: the queries are the LAST Q of the K positions, as in decoding with a cache."""
    n, q_len, k_len, heads, d_head = sizes(draw, causal=True)
    weights = drawn(draw, heads * d_head)
    qkv = inputs(draw, n, q_len, k_len, heads * d_head)
    same(forward(mine, heads * d_head, heads), formula(heads), *qkv, weights, None, True, **ONCE)


@draws(8)
def test_both_masks(mine, draw):
    """Causal attention over padded keys: a key must be valid and not later than the query."""
    n, q_len, k_len, heads, d_head = sizes(draw, causal=True)
    weights = drawn(draw, heads * d_head)
    lengths = draw.targets(n, k_len + 1)
    lengths[-1] = (k_len, 1, 0)[draw.index % 3]
    qkv = inputs(draw, n, q_len, k_len, heads * d_head)
    same(forward(mine, heads * d_head, heads), formula(heads), *qkv, weights, lengths, True, **ONCE)


@draws(3)
def test_loads_from_pytorch(mine, draw):
    """With the weights of torch.nn.MultiheadAttention it gives that layer's output and its weights head by head."""
    heads, d_model, n, q_len, k_len = draw.pick((2, 6, 4, 3, 5), (3, 12, 2, 5, 4), (1, 3, 2, 4, 6))
    packed = draw.tensor((3 * d_model, d_model), requires_grad=False)  # the rows of w_q, then w_k, then w_v
    theirs = torch.nn.MultiheadAttention(d_model, heads, batch_first=True, dtype=packed.dtype, device=packed.device)
    biases = draw.tensor(3 * d_model, requires_grad=False)
    out = {name: draw.tensor(p.shape, requires_grad=False) for name, p in theirs.out_proj.named_parameters()}
    out = {f"out_proj.{name}": value for name, value in out.items()}
    theirs.load_state_dict({"in_proj_weight": packed, "in_proj_bias": biases} | out)
    own = {f"{name}.weight": part for name, part in zip(PARTS, packed.chunk(3), strict=False)}
    own |= {f"{name}.bias": part for name, part in zip(PARTS, biases.chunk(3), strict=False)}
    own |= {name.replace("out_proj", "w_o"): value for name, value in out.items()}
    lengths = 1 + draw.targets(n, k_len)
    padding = torch.arange(k_len, device=lengths.device) >= lengths[:, None]  # True: may NOT be looked at

    def reference(q, k, v, weights, key_valid_len):
        return theirs.to(q.dtype)(q, k, v, key_padding_mask=padding, average_attn_weights=False)

    same(forward(mine, d_model, heads), reference, *inputs(draw, n, q_len, k_len, d_model), own, lengths)


@draws(4)
def test_all_weights_learn(mine, draw):
    """Every weight and bias gets the gradient that the formula gives it, under any mask."""
    n, q_len, k_len, heads, d_head = sizes(draw, causal=True)
    causal, padded = draw.pick((False, False), (True, False), (False, True), (True, True))
    weights = drawn(draw, heads * d_head)
    q, k, v = (x.detach() for x in inputs(draw, n, q_len, k_len, heads * d_head))
    lengths = draw.targets(n, k_len + 1) if padded else None
    up = draw.tensor((n, q_len, heads * d_head), requires_grad=False)
    layer = loaded(mine.MultiHeadAttention(heads * d_head, heads), weights)
    (layer(q, k, v, lengths, causal)[0] * up).sum().backward()
    for value in weights.values():
        value.requires_grad_()
    (formula(heads)(q, k, v, weights, lengths, causal)[0] * up).sum().backward()
    got = {name: value.grad for name, value in layer.state_dict(keep_vars=True).items()}
    given = {"q": q, "k": k, "v": v, "key_valid_len": lengths, "causal": causal, "heads": heads}
    for name, value in weights.items():
        holds(got[name] is not None, f"{name} gets no gradient", input=given, expected=value.grad)
        close(got[name], value.grad, f"the gradient of {name}", rtol=1e-7, atol=1e-9, input=given)


@draws(3)
def test_large_inputs(mine, draw):
    """Stays finite and right where scores are in the millions."""
    n, q_len, k_len, heads, d_head = sizes(draw, causal=True)
    weights = drawn(draw, heads * d_head)
    qkv = inputs(draw, n, q_len, k_len, heads * d_head, scale=1e3)
    options = {"dtypes": ("float64",), "rtol": 1e-7, "atol": 1e-7, "grads": False}
    same(forward(mine, heads * d_head, heads), formula(heads), *qkv, weights, draw.targets(n, k_len + 1), **options)


# --- dropout ---------------------------------------------------------------------------------------------------------

RIGHT = "single weights are dropped, the others divided by 1 - p"


def what_dropout_does(mine, draw, p, training, count=1):
    """In words, what the layer returns and what becomes of its weights; and how many were dropped, of how many.

    Everything but w_q and w_k is the identity, and key j has a one in column j mod d_head of every head: column c of
    a head's output is a + b, the weight of key c plus that of key c + d_head.
    """
    heads, d_head, n, q_len = 3, 5, 4, 6
    weights = drawn(draw, heads * d_head, bias=False)
    weights["w_v.weight"] = weights["w_o.weight"] = torch.eye(heads * d_head).to(weights["w_q.weight"])
    v = torch.eye(d_head).repeat(2, heads).expand(n, -1, -1).to(weights["w_q.weight"])  # (N, 2·d_head, d_model)
    q, k = (draw.tensor((n, length, heads * d_head), requires_grad=False) for length in (q_len, 2 * d_head))
    options = () if p is None else (p,)
    layer = loaded(mine.MultiHeadAttention(heads * d_head, heads, False, *options), weights).train(training)
    right = formula(heads)(q, k, v, weights)[1]
    a, b = right.unflatten(-1, (2, d_head)).unbind(-2)  # (N, heads, Q, d_head) each
    results = [layer(q, k, v) for _ in range(count)]
    w = torch.stack([weights.detach() for _, weights in results])
    got = torch.stack([out.detach().unflatten(-1, (heads, d_head)).transpose(1, 2) for out, _ in results])
    fate = what_became_of(got, a, b, p or 0.0)
    gone = sum(((got - one).abs() < 1e-7).sum() for one in (a / (1 - (p or 0)), b / (1 - (p or 0))))
    gone += 2 * (got.abs() < 1e-7).sum()
    as_softmax = bool(((w - right).abs() < 1e-7).all())
    facts = {"of the outputs": fate, "weights returned": "as softmax gave them" if as_softmax else "others"}
    return facts, int(gone), 2 * got.numel()


def what_became_of(got, a, b, p):
    """Which story explains all outputs: each is one of the numbers that the story allows."""
    scale, zero = 1 / (1 - p), 0 * a
    stories = {
        "nothing is dropped": (a + b,),
        "whole outputs are dropped": (zero, scale * (a + b)),
        RIGHT: (zero, scale * a, scale * b, scale * (a + b)),
        "single weights are dropped, the others stay as they are": (zero, a, b, a + b),
    }
    for story, numbers in stories.items():
        if torch.stack([(got - number).abs() for number in numbers]).min(0).values.max() < 1e-7:
            return story
    return "none is a sum of attention weights"


@draws(3)
def test_dropout_in_training(mine, draw):
    """In training drops single attention weights, after the softmax, and returns the weights of before."""
    p = draw.pick(0.5, 0.2, 0.7)
    facts, gone, total = what_dropout_does(mine, draw, p, True, count=2)
    wanted = {"of the outputs": RIGHT, "weights returned": "as softmax gave them"}
    equal(facts, wanted, "the dict of what happens in training", input={"dropout": p})
    frequency(gone, total, p, "of the attention weights in training, a dropped one")


@draws(3)
def test_no_dropout_in_evaluation(mine, draw):
    """Evaluation drops nothing, and neither does training with dropout=0, which is the default."""
    p, training = draw.pick((0.5, False), (None, True), (0.0, True))
    facts, _, _ = what_dropout_does(mine, draw, p, training)
    wanted = {"of the outputs": "nothing is dropped", "weights returned": "as softmax gave them"}
    given = {"dropout": "default" if p is None else p, "training": training}
    equal(facts, wanted, f"the dict of what happens in {'training' if training else 'evaluation'}", input=given)


@draws(2)
def test_half_precision(mine, draw):
    """Works in bfloat16: no mask value and no helper tensor stays in another precision."""
    n, q_len, k_len, heads, d_head = draw.pick((3, 2, 5, 2, 4), (2, 3, 4, 3, 2))
    weights = drawn(draw, heads * d_head)
    causal, lengths = draw.pick(False, True), draw.targets(n, k_len + 1)
    qkv = [x.detach() for x in inputs(draw, n, q_len, k_len, heads * d_head)]
    half = {"dtypes": ("bfloat16",), "rtol": 5e-2, "atol": 5e-2}
    same(forward(mine, heads * d_head, heads), formula(heads), *qkv, weights, lengths, causal, **half)


def test_uneven_heads(mine):
    """Raises ValueError where the heads cannot share d_model evenly."""

    def made(d_model, num_heads):
        mine.MultiHeadAttention(d_model, num_heads)

    for d_model, heads in ((6, 4), (5, 2), (3, 6)):
        raises(ValueError, made, d_model, heads, because=f"{d_model} is no multiple of {heads}")


def test_more_queries_than_keys(mine):
    """Raises ValueError for causal attention with more queries than keys; without causal that is nothing special."""

    def used(q, k, causal):
        mine.MultiHeadAttention(4, 2)(q, k, k, None, causal)

    x = torch.ones(2, 3, 4)
    used(x, x[:, :2], False)
    raises(ValueError, used, x, x[:, :2], True, because="3 queries cannot be the last of 2 positions")


def test_all_heads_at_once(mine):
    """Computes all heads in one go: 256 heads take far less time than 256 attentions one by one."""
    generator = torch.Generator().manual_seed(0)
    x = torch.randn(2, 3, 256, generator=generator)
    weights = {f"{name}.weight": torch.randn(256, 256, generator=generator) for name in PARTS}
    layer = mine.MultiHeadAttention(256, 256, False).eval()

    def one_head_after_the_other(q, k, v):
        return formula(256)(q, k, v, weights)

    faster_than(layer, one_head_after_the_other, 0.5, x, x, x)
