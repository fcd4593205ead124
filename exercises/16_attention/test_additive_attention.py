"""Checks of additive-attention: the module is loaded with drawn weights and compared with its formula written out."""

from __future__ import annotations

import torch

from tutor.checks import close, draws, equal, frequency, holds, same

ALARM = 2e-7


def weights_of(q, k, valid_len, p):
    """(N, Q, K), with the matrices in the dict `p`."""
    hidden = torch.einsum("nqd,hd->nqh", q, p["w_q.weight"]).unsqueeze(2)
    hidden = torch.tanh(hidden + torch.einsum("nkd,hd->nkh", k, p["w_k.weight"]).unsqueeze(1))
    scores = torch.einsum("nqkh,h->nqk", hidden, p["w_v.weight"][0])
    if valid_len is None:
        return torch.softmax(scores, dim=2)
    kept = torch.arange(k.shape[1], device=q.device) < valid_len.reshape(len(q), -1, 1)
    return torch.softmax(scores.masked_fill(~kept, -torch.inf), dim=2).masked_fill(~kept, 0.0)


def formula(q, k, v, valid_len, p):
    weights = weights_of(q, k, valid_len, p)
    return torch.einsum("nqk,nkv->nqv", weights, v), weights.detach()


def shapes(q_dim, k_dim, hidden):
    return {"w_q.weight": (hidden, q_dim), "w_k.weight": (hidden, k_dim), "w_v.weight": (1, hidden)}


def drawn(draw, q_dim, k_dim, hidden):
    return {name: draw.tensor(shape, requires_grad=False) for name, shape in shapes(q_dim, k_dim, hidden).items()}


def loaded(mine, p, like, dropout=0.0, training=False):
    """The learner's module with these matrices, in the place and precision of `like`."""
    sizes = p["w_q.weight"].shape[1], p["w_k.weight"].shape[1], p["w_q.weight"].shape[0]
    module = mine.AdditiveAttention(*sizes, dropout) if dropout else mine.AdditiveAttention(*sizes)
    module.to(like)
    check_parts(module, shapes(*sizes), f"AdditiveAttention{sizes}")
    module.load_state_dict(p)
    return module.train(training)


def check_parts(module, wanted, call):
    found = {name: tuple(value.shape) for name, value in module.state_dict().items()}
    holds(found == wanted, f"the parts of {call} are others", got=found, expected=wanted)


def attention(mine, dropout=0.0):
    """A function to the pair (output, weights), in evaluation."""

    def additive_attention(q, k, v, valid_len, p):
        module = loaded(mine, p, q, dropout)
        out = module(q, k, v) if valid_len is None else module(q, k, v, valid_len)
        return out, module.weights.detach()

    return additive_attention


def inputs(draw, low=2):
    """q, k, v and matrices: all seven numbers (N, Q, K, q_dim, k_dim, hidden, dv) differ."""
    n, queries, keys, q_dim, k_dim, hidden, dv = draw.shape(dims=7, low=low, high=9)
    q, k, v = draw.tensor((n, queries, q_dim)), draw.tensor((n, keys, k_dim)), draw.tensor((n, keys, dv))
    return draw.layout(q), draw.layout(k), draw.layout(v), drawn(draw, q_dim, k_dim, hidden)


def lengths(draw, q, k, least=1):
    """(N,) or (N, Q) in turn; one is the least, one all keys."""
    found = least + draw.targets(q.shape[: draw.pick(1, 2)], k.shape[1] - least + 1)
    found.view(-1)[0], found.view(-1)[-1] = least, k.shape[1]
    return found


@draws(3)
def test_parts(mine, draw):
    """The module has w_q, w_k and w_v, three linear layers without bias, and saves nothing else."""
    sizes = draw.pick((4, 3, 5), (2, 6, 3), (1, 2, 4))
    module = mine.AdditiveAttention(*sizes, 0.5) if draw.bool() else mine.AdditiveAttention(*sizes)
    check_parts(module, shapes(*sizes), f"AdditiveAttention{sizes}")
    trained = sorted(name for name, _ in module.named_parameters())
    equal(trained, sorted(shapes(*sizes)), "the list of what an optimiser would train")


@draws(8)
def test_without_mask(mine, draw):
    """Output, weights and the gradients of q, k and v are those of the formula."""
    q, k, v, p = inputs(draw)
    same(attention(mine), formula, q, k, v, None, p)


@draws(10)
def test_with_mask(mine, draw):
    """With lengths (N,) or (N, Q), keys behind them have no part in it."""
    q, k, v, p = inputs(draw)
    same(attention(mine), formula, q, k, v, lengths(draw, q, k), p)


@draws(3)
def test_nothing_to_attend_to(mine, draw):
    """A query with length 0 gets zeros and gives no gradient, without NaN."""
    q, k, v, p = inputs(draw)
    same(attention(mine), formula, q, k, v, lengths(draw, q, k, least=0), p)


@draws(6)
def test_extreme_sizes(mine, draw):
    """One sample, one query, one key, one hidden unit, or all of them."""
    n, queries, keys, dim, hidden = [(1, 1, 1, 1, 1), (1, 3, 2, 4, 5), (3, 1, 4, 2, 1), (2, 4, 1, 3, 5), (3, 2, 4, 1, 2), (1, 1, 3, 2, 4)][draw.index]  # fmt: skip
    q, k, v = draw.tensor((n, queries, dim)), draw.tensor((n, keys, dim + 1)), draw.tensor((n, keys, 2))
    p = drawn(draw, dim, dim + 1, hidden)
    same(attention(mine), formula, q, k, v, draw.pick(None, lengths(draw, q, k)), p)


@draws(2)
def test_equal_keys(mine, draw):
    """Equal keys get equal weights: the output is the mean of the values, as in dot-product attention."""
    q, k, v, p = inputs(draw)
    k = k[:, :1].expand(k.shape).clone()
    out, _ = attention(mine)(q, k, v, None, p)
    close(out.detach(), v.mean(1, keepdim=True).expand(out.shape).detach(), "the output", input={"k": k, "v": v})


@draws(4)
def test_parameters_learn(mine, draw):
    """Each of the three matrices gets the gradient of the formula, in training mode."""
    q, k, v, p = (x.detach() if torch.is_tensor(x) else x for x in inputs(draw))
    valid_len, module = lengths(draw, q, k), loaded(mine, p, q, training=True)
    up = draw.tensor((*q.shape[:2], v.shape[2]), requires_grad=False)
    (module(q, k, v, valid_len) * up).sum().backward()
    got = {name: value.grad for name, value in module.named_parameters()}
    for value in p.values():
        value.requires_grad_()
    (formula(q, k, v, valid_len, p)[0] * up).sum().backward()
    for name, value in p.items():
        given = {"q": q, "k": k, "v": v, "valid_len": valid_len}
        close(got[name], value.grad, f"the gradient of {name}", 1e-8, input=given)


@draws(2)
def test_weights_of_the_last_call(mine, draw):
    """`weights` belongs to the last call, whatever its shape was."""
    q, k, v, p = (x.detach() if torch.is_tensor(x) else x for x in inputs(draw))
    module = loaded(mine, p, q)
    module(q, k, v)
    module(q[:, :1], k, v, torch.ones_like(q[:, 0, 0], dtype=torch.int64))
    close(module.weights.detach(), weights_of(q[:, :1], k[:, :1], None, p).new_ones(len(q), 1, k.shape[1]) * (torch.arange(k.shape[1], device=k.device) == 0), "weights after a call with lengths 1")  # fmt: skip


# --- dropout --------------------------------------------------------------------------------------------------------


@draws(2)
def test_evaluation(mine, draw):
    """In evaluation nothing is dropped."""
    q, k, v, p = (x.detach() if torch.is_tensor(x) else x for x in inputs(draw))
    module = loaded(mine, p, q, 0.5)
    first, second = module(q, k, v).detach(), module(q, k, v).detach()
    given = {"dropout": 0.5, "called": "in evaluation, twice"}
    holds(bool(torch.equal(first, second)), "two calls differ", got="chance", expected="the same output", input=given)
    close(first, formula(q, k, v, None, p)[0], "the output in evaluation", input={"q": q, "k": k, "v": v})


@draws(2)
def test_dropout(mine, draw):
    """In training each weight is used as 0 or as w / (1 - dropout); `weights` holds them as they were before."""
    rate, n, queries, keys = draw.pick(0.5, 0.2), 10, 20, 30
    p = drawn(draw, 2, 3, 4)
    q, k = draw.tensor((n, queries, 2), requires_grad=False), draw.tensor((n, keys, 3), requires_grad=False)
    v = torch.eye(keys, dtype=q.dtype, device=q.device).expand(n, keys, keys).contiguous()
    module = loaded(mine, p, q, rate, training=True)
    used, again = module(q, k, v).detach(), module(q, k, v).detach()
    right = weights_of(q, k, None, p)
    found = {"used": in_words(used, right, rate), "kept in weights": in_words(module.weights.detach(), right, rate)}
    wanted = {"used": "0 or w / (1 - dropout)", "kept in weights": "w"}
    given = {"dropout": rate, "training": True}
    holds(found == wanted, "in training something else was used, or kept", got=found, expected=wanted, input=given)
    frequency(int((used == 0).sum()), used.numel(), rate, f"with dropout = {rate}, a weight of 0", false_alarm=ALARM)
    holds(not bool(torch.equal(again, used)), "two calls drop the same weights", got="one mask", expected="a new mask")


def in_words(used, right, rate):
    """What was done to the weights `right`; None of it depends on chance, so that two runs say the same."""
    fallen = used == 0
    for text, factor in (("w / (1 - dropout)", 1 / (1 - rate)), ("w", 1.0)):
        if bool(torch.isclose(used, torch.where(fallen, 0.0, right * factor)).all()):
            if not bool(fallen.any()):
                return text
            alike = bool((fallen == fallen[:, :1]).all())
            return f"0 or {text}" + (", the same keys for all queries" if alike else "")
    return "something else"
