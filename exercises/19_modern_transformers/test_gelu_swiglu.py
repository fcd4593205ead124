"""Checks of gelu-swiglu against PyTorch's activations and the formula of the gated layer."""

from __future__ import annotations

import torch
import torch.nn.functional as F

from tutor.checks import close, draws, equal, same


def gelu(x, approximate=False):
    return F.gelu(x, approximate="tanh" if approximate else "none")


def shapes(d_model, d_ff):
    return {"w_gate.weight": (d_ff, d_model), "w_up.weight": (d_ff, d_model), "w_down.weight": (d_model, d_ff)}


def swiglu(x, weights):
    gate, up, down = (weights[f"w_{part}.weight"] for part in ("gate", "up", "down"))
    return (F.silu(x @ gate.T) * (x @ up.T)) @ down.T


def drawn(draw, d_model, d_ff):
    return {name: draw.tensor(shape, requires_grad=False) for name, shape in shapes(d_model, d_ff).items()}


def loaded(mine, d_ff, x, weights):
    layer = mine.SwiGLU(x.shape[-1], d_ff)
    layer.to(x)
    layer.load_state_dict(weights)
    return layer


@draws(10)
def test_gelu(mine, draw):
    """gelu gives PyTorch's values and slopes; the tanh form only when it is asked for."""
    x = draw.layout(draw.tensor(draw.shape(dims=(1, 3)), 2, requires_grad=False)).requires_grad_()
    same(mine.gelu, gelu, x, *draw.pick((), (True,), (False,)))


@draws(6)
def test_silu(mine, draw):
    """silu gives PyTorch's values and slopes."""
    x = draw.layout(draw.tensor(draw.shape(dims=(1, 3)), 2, requires_grad=False)).requires_grad_()
    same(mine.silu, F.silu, x)


@draws(3)
def test_far_out(mine, draw):
    """At ±10 000 the values are x and 0, the slopes 1 and 0: nothing overflows."""
    x = torch.tensor([1e4, -1e4, 0.0, -0.5, 40.0, -40.0, 800.0, -800.0], dtype=torch.float64, device=draw.device)
    x = x.requires_grad_()
    if draw.index == 0:
        same(mine.silu, F.silu, x)
    else:
        same(mine.gelu, gelu, x, draw.index == 2)


@draws(4)
def test_half_precision(mine, draw):
    """bfloat16 and float16 come back as they went in."""
    dtype = draw.pick(torch.bfloat16, torch.float16)
    x = draw.tensor((2, 7), 2, requires_grad=False).to(dtype)
    for fn, reference in ((mine.gelu, F.gelu), (mine.silu, F.silu)):
        close(fn(x), reference(x), f"{reference.__name__} in {dtype}", input={"x": x})


@draws(3)
def test_parts(mine, draw):
    """SwiGLU has three matrices and no bias."""
    sizes = draw.pick((2, 5), (4, 3), (3, 7))
    got = {name: tuple(value.shape) for name, value in mine.SwiGLU(*sizes).state_dict().items()}
    equal(dict(sorted(got.items())), dict(sorted(shapes(*sizes).items())), f"the dict of shapes of SwiGLU{sizes}")


@draws(10)
def test_swiglu(mine, draw):
    """SwiGLU gives the numbers and input gradients of its formula, for any number of leading axes."""
    *front, d_model, d_ff = draw.shape((2, 4), 1, 6)
    x = draw.layout(draw.tensor((*front, 3, d_model), requires_grad=False)).requires_grad_()

    def forward(x, weights):
        return loaded(mine, d_ff, x, weights)(x)

    forward.__name__ = f"SwiGLU({d_model}, {d_ff})"
    same(forward, swiglu, x, drawn(draw, d_model, d_ff))


@draws(2)
def test_all_learn(mine, draw):
    """Each of the three matrices gets its gradient."""
    x, weights, up = (
        draw.tensor((4, 3), requires_grad=False),
        drawn(draw, 3, 5),
        draw.tensor((4, 3), requires_grad=False),
    )
    layer = loaded(mine, 5, x, weights)
    (layer(x) * up).sum().backward()
    leaves = {name: value.clone().requires_grad_() for name, value in weights.items()}
    (swiglu(x, leaves) * up).sum().backward()
    got = {name: value.grad for name, value in layer.named_parameters()}
    close(got, {name: leaves[name].grad for name in got}, "the dict of gradients", 1e-8, input={"x": x})
