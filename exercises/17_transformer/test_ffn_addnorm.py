"""Checks of ffn-addnorm: drawn weights, and the formulas written out."""

from __future__ import annotations

import torch
import torch.nn.functional as F

from tutor.checks import close, draws, equal, frequency, holds, raises, same


def ffn_shapes(d_model, d_ff):
    return {
        "linear1.weight": (d_ff, d_model),
        "linear1.bias": (d_ff,),
        "linear2.weight": (d_model, d_ff),
        "linear2.bias": (d_model,),
    }


def norm_shapes(d_model):
    return {"norm.weight": (d_model,), "norm.bias": (d_model,)}


def ffn(x, weights):
    hidden = torch.clamp(x @ weights["linear1.weight"].T + weights["linear1.bias"], min=0)
    return hidden @ weights["linear2.weight"].T + weights["linear2.bias"]


def add_norm(x, y, weights):
    return F.layer_norm(x + y, x.shape[-1:], weights["norm.weight"], weights["norm.bias"], 1e-5)


def drawn(draw, shapes):
    """Weights of these shapes; no scale is near 0 or 1."""
    weights = {name: draw.tensor(s, s[-1] ** -0.5, requires_grad=False) for name, s in shapes.items()}
    return {name: 2 + w.abs() if name == "norm.weight" else w for name, w in weights.items()}


def check_parts(module, wanted, call):
    got = {name: tuple(value.shape) for name, value in module.state_dict().items()}
    holds(set(got) == set(wanted), f"{call} has other parts", got=", ".join(got), expected=", ".join(wanted))
    equal({name: got[name] for name in wanted}, wanted, f"the dict of the shapes in {call}")


def loaded(module, weights):
    module.to(next(iter(weights.values())))
    module.load_state_dict(weights)
    return module


def output(make, *sizes):
    """A function from the inputs and the weights to what a fresh module with these weights gives, in evaluation."""

    def forward(*inputs):
        *tensors, weights = inputs
        return loaded(make(*sizes), weights).eval()(*tensors)

    forward.__name__ = f"{make.__name__}({', '.join(map(str, sizes))})"
    return forward


@draws(3)
def test_ffn_parts(mine, draw):
    """PositionWiseFFN has linear1 and linear2, d_model → d_ff → d_model, with biases."""
    d_model, d_ff = draw.pick((2, 3), (4, 2), (3, 12))
    check_parts(mine.PositionWiseFFN(d_model, d_ff), ffn_shapes(d_model, d_ff), f"PositionWiseFFN({d_model}, {d_ff})")


@draws(12)
def test_ffn(mine, draw):
    """PositionWiseFFN gives the numbers and input gradients of its formula."""
    n, length, d_model, d_ff = draw.shape(4, 1, 6)
    x = draw.layout(draw.tensor((n, length, d_model), 2))
    same(output(mine.PositionWiseFFN, d_model, d_ff), ffn, x, drawn(draw, ffn_shapes(d_model, d_ff)))


@draws(3)
def test_positions_are_alone(mine, draw):
    """Each position is alone: permuting positions permutes outputs, as two convolutions of width 1 do."""
    n, length, d_model, d_ff = draw.pick((2, 4, 3, 5), (1, 5, 2, 4), (3, 2, 4, 6))
    x, weights = draw.tensor((n, length, d_model), requires_grad=False), drawn(draw, ffn_shapes(d_model, d_ff))
    own = loaded(mine.PositionWiseFFN(d_model, d_ff), weights)
    order = torch.randperm(length, generator=torch.Generator().manual_seed(draw.index)).to(x.device)
    close(
        own(x[:, order]), own(x)[:, order].detach(), "the output of permuted positions", input={"x": x, "order": order}
    )
    hidden = F.conv1d(x.mT, weights["linear1.weight"][:, :, None], weights["linear1.bias"]).relu()
    wanted = F.conv1d(hidden, weights["linear2.weight"][:, :, None], weights["linear2.bias"]).mT
    close(own(x), wanted, "the output", rtol=1e-8, input={"x": x})


@draws(3)
def test_addnorm_parts(mine, draw):
    """AddNorm has one layer normalisation, over the last axis only, and no other weights."""
    d_model = draw.pick(2, 5, 3)
    check_parts(mine.AddNorm(d_model), norm_shapes(d_model), f"AddNorm({d_model})")


@draws(14)
def test_addnorm(mine, draw):
    """AddNorm normalises the sum over the last axis, then scales and shifts; with gradients for x and sublayer_out."""
    n, length, d_model = draw.shape(3, 2, 6)
    n, length, d_model = (n, length, 1)[draw.index % 3], (length, 1, n)[draw.index % 3], d_model + 3
    x, y = (draw.layout(draw.tensor((n, length, d_model), scale)) for scale in (2, 1))
    same(output(mine.AddNorm, d_model), add_norm, x, y, drawn(draw, norm_shapes(d_model)))


@draws(3)
def test_addnorm_far_from_zero(mine, draw):
    """Keeps its digits where x is far from zero, and adds its eps of 1e-5 where rows are small."""
    shift, scale = draw.pick((1e4, 1.0), (0.0, 1e-3), (-1e4, 0.1))
    x, y = draw.tensor((2, 3, 5), scale) + shift, draw.tensor((2, 3, 5), scale)
    weights = drawn(draw, norm_shapes(5))
    same(output(mine.AddNorm, 5), add_norm, x.detach(), y, weights, dtypes=("float64",), rtol=1e-7)


@draws(6)
def test_weights_learn(mine, draw):
    """All weights get the gradients of the formulas."""
    n, length, d_model, d_ff = draw.shape(4, 3, 7)
    make, formula, shapes = draw.pick(
        (lambda: mine.PositionWiseFFN(d_model, d_ff), ffn, ffn_shapes(d_model, d_ff)),
        (lambda: mine.AddNorm(d_model), add_norm, norm_shapes(d_model)),
    )
    weights = drawn(draw, shapes)
    inputs = [draw.tensor((n, length, d_model), requires_grad=False) for _ in range(1 if formula is ffn else 2)]
    up = draw.tensor((n, length, d_model), requires_grad=False)
    module = loaded(make(), weights)
    (module(*inputs) * up).sum().backward()
    for value in weights.values():
        value.requires_grad_()
    (formula(*inputs, weights) * up).sum().backward()
    got = {name: value.grad for name, value in module.state_dict(keep_vars=True).items()}
    for name, value in weights.items():
        holds(got[name] is not None, f"{name} gets no gradient", input={"x": inputs[0]}, expected=value.grad)
        close(got[name], value.grad, f"the gradient of {name}", rtol=1e-7, atol=1e-9, input={"x": inputs[0]})


def what_dropout_does(mine, draw, p, training):
    """In words, and how many of 960 elements of sublayer_out were dropped."""
    d_model = 8
    x, y = (draw.tensor((30, 4, d_model), scale, requires_grad=False) for scale in (5, 2))
    module = (mine.AddNorm(d_model) if p is None else mine.AddNorm(d_model, p)).to(y).train(training)
    with torch.no_grad():
        module.load_state_dict({"norm.weight": torch.ones(d_model), "norm.bias": torch.zeros(d_model)})
        out = module(x, y)
    return told(out.detach(), x, y, p or 0.0)


RIGHT = "elements of sublayer_out are dropped, the others divided by 1 - p"


def told(out, x, y, p):
    """Which story explains every row of the result: each of the 256 ways to drop from a row of 8 is tried."""

    def norm(rows):
        return F.layer_norm(rows, (8,))

    if (out - norm(x + y)).abs().max() < 1e-9:
        return "nothing is dropped", 0
    rows, made, goal = (tensor.flatten(0, 1)[:, None] for tensor in (x, y, out))  # (rows, 1, 8) each
    every = torch.tensor([[i >> j & 1 for j in range(8)] for i in range(256)], dtype=x.dtype, device=x.device)
    kept = every / (1 - p)  # (256, 8)
    stories = {
        RIGHT: lambda: norm(rows + made * kept),  # (rows, 256, 8), as all others
        "elements of sublayer_out are dropped, the others stay as they are": lambda: norm(rows + made * every),
        "elements of x are dropped": lambda: norm(rows * kept + made),
        "elements of the sum are dropped": lambda: norm((rows + made) * kept),
        "elements of the result are dropped": lambda: norm(rows + made) * kept,
    }
    for story, candidates in stories.items():
        error, choice = (candidates() - goal).abs().amax(-1).min(1)
        if error.max() < 1e-7:
            left = every[choice].sum(-1)  # (rows,): of 8
            if bool(((left == 0) | (left == 8)).all()):  # for p = 0.1, 0.5 and 0.8 never by chance
                return story.replace("elements", "whole tokens", 1), 0
            return story, int(8 * len(rows) - left.sum())
    return "something else is dropped", 0


@draws(3)
def test_dropout(mine, draw):
    """In training AddNorm drops elements of sublayer_out before adding; x itself is never dropped."""
    p = draw.pick(0.5, 0.1, 0.8)
    story, gone = what_dropout_does(mine, draw, p, True)
    equal(story, RIGHT, "what happens in training", input={"dropout": p})
    frequency(gone, 960, p, "of the elements of sublayer_out, a dropped one")


@draws(3)
def test_no_dropout(mine, draw):
    """In evaluation, and without a dropout given, nothing is dropped."""
    p, training = draw.pick((0.5, False), (None, True), (0.0, True))
    story, _ = what_dropout_does(mine, draw, p, training)
    given = {"dropout": "default" if p is None else p, "training": training}
    equal(story, "nothing is dropped", f"what happens in {'training' if training else 'evaluation'}", input=given)


@draws(4)
def test_shapes_must_agree(mine, draw):
    """AddNorm raises ValueError where x and sublayer_out have different shapes, also where they would broadcast."""
    x, y = [((2, 3, 4), (2, 1, 4)), ((2, 3, 4), (3, 4)), ((1, 3, 4), (2, 3, 4)), ((2, 3, 4), (2, 3, 1))][draw.index]
    raises(ValueError, mine.AddNorm(4), torch.ones(x), torch.ones(y), because=f"a residual {x} and a sub-layer's {y}")
