"""Checks of lora-linear: the layer around a lent nn.Linear against its formula."""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F

from tutor.checks import close, draws, equal, frequency, holds, raises, same

SIZES = ((3, 4, 2, True), (5, 2, 1, True), (2, 5, 3, False), (4, 3, 6, True), (1, 4, 2, True), (3, 1, 1, False))
"""(in, out, r, bias)"""


def linear(draw, d_in, d_out, bias, dtype=torch.float64):
    """A base with drawn weights."""
    base = torch.nn.Linear(d_in, d_out, bias).to(draw.device, dtype)
    with torch.no_grad():
        for parameter in base.parameters():
            parameter.copy_(draw.tensor(tuple(parameter.shape), requires_grad=False))
    return base


def drawn(draw, d_in, d_out, r, bias):
    """Everything that the formula needs."""
    weights = {
        "A": draw.tensor((r, d_in), requires_grad=False),
        "B": draw.tensor((d_out, r), requires_grad=False),
        "weight": draw.tensor((d_out, d_in), requires_grad=False),
    }
    return weights | ({"bias": draw.tensor(d_out, requires_grad=False)} if bias else {})


def base_of(w):
    base = torch.nn.Linear(w["weight"].shape[1], w["weight"].shape[0], "bias" in w).to(w["weight"])
    base.load_state_dict({name: w[name] for name in ("weight", "bias") if name in w})
    return base


def adapted(mine, w, alpha, dropout=0.0):
    """The learner's layer with these A and B."""
    layer = mine.LoRALinear(base_of(w), len(w["A"]), alpha, dropout)
    with torch.no_grad():
        layer.A.copy_(w["A"])
        layer.B.copy_(w["B"])
    return layer


def formula(x, w, alpha):
    return F.linear(x, w["weight"], w.get("bias")) + alpha / len(w["A"]) * (x @ w["A"].T @ w["B"].T)


@draws(4)
def test_start(mine, draw):
    """A fresh layer has A (r, in) drawn and B (out, r) zero, and computes what the base computes."""
    d_in, d_out, r, bias = draw.pick(*SIZES[:4])
    dtype = draw.pick(torch.float64, torch.float32)
    base = linear(draw, d_in, d_out, bias, dtype)
    layer = mine.LoRALinear(base, r, 8.0)
    got = {name: f"{tuple(getattr(layer, name).shape)} {getattr(layer, name).dtype}" for name in "AB"}
    wanted = {"A": f"({r}, {d_in}) {dtype}", "B": f"({d_out}, {r}) {dtype}"}
    equal(got, wanted, "the dict of shapes and dtypes")
    drawn_or_zero = {name: "drawn" if bool(getattr(layer, name).any()) else "zeros" for name in "AB"}
    said = ", ".join(f"{name} {how}" for name, how in drawn_or_zero.items())
    holds(said == "A drawn, B zeros", "A and B do not start as they should", got=said, expected="A drawn, B zeros")
    x = draw.tensor((2, 3, d_in), requires_grad=False).to(dtype)
    close(layer(x).detach(), base(x).detach(), "the output of a fresh layer", input={"x": x})


def test_spread_of_A(mine):
    """A starts within ±1/√in, evenly: Kaiming with a = √5, as nn.Linear starts."""
    bound, r = 1 / math.sqrt(100), 40
    A = mine.LoRALinear(torch.nn.Linear(100, 30), r, 1.0).A.detach()
    largest = float(A.abs().max())
    times = largest / bound
    got = "narrower" if times < 0.95 else "as it should be" if times < 1.000001 else "wider"
    got = "√6 times as wide" if abs(times / math.sqrt(6) - 1) < 0.02 else got
    holds(got == "as it should be", "the range of A is not ±1/√in", got=got, expected="as it should be")
    frequency(int((A.abs() < bound / 2).sum()), A.numel(), 0.5, "an entry of A below half the bound")


@draws(12)
def test_forward(mine, draw):
    """Gives base(x) + alpha/r · x Aᵀ Bᵀ, in values and input gradients, for any number of leading axes."""
    d_in, d_out, r, bias = draw.pick(*SIZES)
    w, alpha = drawn(draw, d_in, d_out, r, bias), draw.pick(4.0, 5.0, 0.5)  # 1 would hide its absence
    x = draw.layout(draw.tensor((*draw.shape((0, 2), 1, 4), d_in), requires_grad=False)).requires_grad_()

    def forward(x, w, alpha):
        return adapted(mine, w, alpha)(x)

    forward.__name__ = f"LoRALinear(nn.Linear({d_in}, {d_out}), {r}, {alpha:g})"
    same(forward, formula, x, w, alpha)


@draws(4)
def test_who_learns(mine, draw):
    """Only A and B get gradients; the base is frozen, its values stay, and x's gradient passes through it."""
    w = drawn(draw, 3, 4, 2, draw.bool())
    base, x, up = base_of(w), draw.tensor((5, 3)), draw.tensor((5, 4), requires_grad=False)
    layer = mine.LoRALinear(base, 2, 4.0)
    trainable = sorted(name for name, value in layer.named_parameters() if value.requires_grad)
    equal(trainable, ["A", "B"], "the list of trainable parameters")
    with torch.no_grad():
        layer.A.copy_(w["A"])
        layer.B.copy_(w["B"])
    (layer(x) * up).sum().backward()
    leaves = {name: w[name].clone().requires_grad_() for name in "AB"}
    own = x.detach().clone().requires_grad_()
    (formula(own, w | leaves, 4.0) * up).sum().backward()
    got = {"A": layer.A.grad, "B": layer.B.grad, "x": x.grad}
    none = ", ".join(name for name, grad in got.items() if grad is None)
    holds(not none, "something gets no gradient", got=none, expected="gradients of A, B and x")
    close(got, {"A": leaves["A"].grad, "B": leaves["B"].grad, "x": own.grad}, "the dict of gradients", 1e-8)
    frozen = all(not parameter.requires_grad and parameter.grad is None for parameter in base.parameters())
    holds(
        frozen,
        "the base is not frozen",
        got="a parameter of the base learns",
        expected="requires_grad False, no gradient",
    )
    for name, value in base.state_dict().items():
        equal(value, w[name], f"base.{name} afterwards")


def test_first_step(mine):
    """At the first step B gets a gradient and A none, because B is zero: one of the two must be drawn."""
    layer = mine.LoRALinear(torch.nn.Linear(4, 3).double(), 2, 2.0)
    x = torch.arange(8, dtype=torch.float64).reshape(2, 4)
    layer(x).pow(2).sum().backward()
    moved = {
        name: "0" if grad is None or not bool(grad.any()) else "not 0"
        for name, grad in (("A", layer.A.grad), ("B", layer.B.grad))
    }
    said = ", ".join(f"gradient of {name} {how}" for name, how in moved.items())
    asked = "gradient of A 0, gradient of B not 0"
    holds(said == asked, "the first gradients are not as they should be", got=said, expected=asked)


@draws(2)
def test_dropout(mine, draw):
    """Dropout acts on the way to A only, in training only."""
    d, p = 400, draw.pick(0.5, 0.2)
    eye = torch.eye(d, dtype=torch.float64, device=draw.device)
    w = {
        "A": eye + eye.roll(1, dims=1),
        "B": eye,
        "weight": eye,
    }  # base(x) is x, the correction the sum of two neighbours
    layer, x = adapted(mine, w, float(d), p), torch.ones(1, d, dtype=torch.float64, device=draw.device)
    got = []
    for training in (False, True):
        layer.train(training)
        y = layer(x).detach()
        got.append(", ".join(sorted({f"{float(v):.3f}" for v in y.unique()})))
    s = 1 / (1 - p)
    wanted = ["3.000", f"1.000, {1 + s:.3f}, {1 + 2 * s:.3f}"]
    said, asked = (f"evaluation: {values[0]}; training: {values[1]}" for values in (got, wanted))
    given = {
        "x": "400 ones",
        "dropout": p,
        "weight": "the identity",
        "A": "each row adds two neighbours",
        "B": "the identity",
    }
    holds(said == asked, "the outputs have other values", got=said, expected=asked, input=given)
    both = int((y[0, ::2] < 1.5).sum())  # the neighbours of even places are pairs that share nothing
    frequency(both, d // 2, p * p, "a pair of inputs that falls", false_alarm=1e-8)


@draws(6)
def test_merge(mine, draw):
    """merge gives a plain layer with weight W + alpha/r · B A that computes the same, and shares nothing with the base."""
    w, alpha = drawn(draw, *draw.pick(*SIZES)), draw.pick(4.0, 0.5)
    layer = adapted(mine, w, alpha, 0.5)
    layer.eval()
    merged = layer.merge()
    wanted = {"weight": w["weight"] + alpha / len(w["A"]) * w["B"] @ w["A"]} | (
        {"bias": w["bias"]} if "bias" in w else {}
    )
    got = {name: value.detach() for name, value in merged.state_dict().items()}
    close(got, wanted, "the dict of the merged layer's state")
    x = draw.tensor((3, w["weight"].shape[1]), requires_grad=False)
    close(merged(x).detach(), formula(x, w, alpha), "the output of the merged layer", 1e-9, 1e-11, input={"x": x})
    close(layer(x).detach(), formula(x, w, alpha), "the adapted layer after merge", 1e-9, 1e-11, input={"x": x})
    kept = {name: value.detach() for name, value in {**layer.base.state_dict(), "A": layer.A, "B": layer.B}.items()}
    equal(kept, {name: w[name] for name in kept}, "the dict of the adapted layer's base, A and B after merge")
    with torch.no_grad():
        for parameter in merged.parameters():
            parameter.zero_()
    close(layer(x).detach(), formula(x, w, alpha), "the adapted layer after a change of the merged one", input={"x": x})


def test_rank_below_one(mine):
    """A rank below 1 raises ValueError."""

    def made_with(r):
        mine.LoRALinear(torch.nn.Linear(3, 2), r, 1.0)

    for r in (0, -1):
        raises(ValueError, made_with, r, because=f"{r} is no rank")
