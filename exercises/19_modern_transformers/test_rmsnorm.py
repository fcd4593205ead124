"""Checks of rmsnorm: the learner's module is loaded with drawn weights and compared with torch.nn.RMSNorm."""

from __future__ import annotations

import torch

from tutor.checks import close, draws, equal, holds, same


def output(mine, *options):
    """A function from (x, weight) to what a fresh module with this weight gives."""

    def forward(x, weight):
        layer = mine.RMSNorm(x.shape[-1], *options)
        layer.to(x)
        layer.load_state_dict({"weight": weight})
        return layer(x)

    forward.__name__ = "RMSNorm(dim, eps)" if options else "RMSNorm(dim)"
    return forward


def reference(*options):
    def forward(x, weight):
        layer = torch.nn.RMSNorm(x.shape[-1], *(options or (1e-6,))).to(x)
        layer.load_state_dict({"weight": weight})
        return layer(x)

    return forward


def rows(draw, shape):
    """Rows whose means are far from 0, each with a size of its own."""
    x = draw.tensor(shape, requires_grad=False)
    return draw.layout(x * (0.5 + draw.tensor((*shape[:-1], 1), requires_grad=False).abs()) + draw.pick(0, 1, -2))


def weight(draw, dim):
    return draw.tensor(dim, requires_grad=False)


def test_state(mine):
    """Has one parameter, `weight`, which starts as ones; nothing else is saved."""
    layer = mine.RMSNorm(3)
    equal(dict(layer.state_dict()), dict(torch.nn.RMSNorm(3).state_dict()), "the dict of the state of RMSNorm(3)")
    equal([name for name, _ in layer.named_parameters()], ["weight"], "the list of parameters of RMSNorm(3)")


@draws(18)
def test_values(mine, draw):
    """Gives torch.nn.RMSNorm's numbers and input gradients, whatever the number of axes."""
    *front, last = draw.shape(dims=(1, 4), high=5)
    shape = (*front, last + 1)
    x = rows(draw, shape).requires_grad_()
    same(output(mine), reference(), x, weight(draw, shape[-1]))


@draws(6)
def test_eps(mine, draw):
    """Adds eps under the root; 1e-6 unless another one is given. It counts for tiny rows."""
    scale, options = draw.pick((1e-3, ()), (1, (0.5,)), (1e-2, (1e-3,)), (1e-6, ()), (1e-3, (1e-9,)), (0.5, (0.25,)))
    x = (draw.tensor((2, 5), requires_grad=False) * scale).requires_grad_()
    same(output(mine, *options), reference(*options), x, weight(draw, 5), rtol=1e-5 if scale < 1e-2 else None)


@draws(3)
def test_weight_learns(mine, draw):
    """The weight gets the gradient that PyTorch's gets."""
    shape = draw.pick((3, 4), (2, 3, 5), (5,))
    x, w, up = rows(draw, shape), weight(draw, shape[-1]), draw.tensor(shape, requires_grad=False)
    layer, wanted = mine.RMSNorm(shape[-1]), torch.nn.RMSNorm(shape[-1], 1e-6)
    for module in (layer, wanted):
        module.to(x)
        module.load_state_dict({"weight": w})
        (module(x) * up).sum().backward()
    close(layer.weight.grad, wanted.weight.grad, "the gradient of weight", 1e-8, input={"x": x})


@draws(6)
def test_half_precision(mine, draw):
    """float16 and bfloat16 are computed in float32 and given back as they came; 300² does not overflow."""
    dtype = draw.pick(torch.float16, torch.bfloat16)
    scale = draw.pick(300.0, 1.0, 1e-3)
    x = draw.tensor((3, 16), scale, requires_grad=False).to(dtype)
    layer = mine.RMSNorm(16).to(dtype)
    got = layer(x)
    name = f"RMSNorm(16).to({dtype})(x)"
    holds(got.dtype == dtype, f"{name} has another dtype than x", got=str(got.dtype), expected=str(dtype))
    truth = torch.nn.RMSNorm(16, 1e-6).to(x.device, torch.float64)(x.double()).detach()
    close(got.detach().double(), truth, name, 1e-2, 1e-3, input={"x": x})


@draws(2)
def test_weight_in_float32(mine, draw):
    """A half-precision input keeps its dtype when the weight is still float32."""
    dtype = draw.pick(torch.float16, torch.bfloat16)
    x = draw.tensor((2, 4), 2, requires_grad=False).to(dtype)
    layer = mine.RMSNorm(4).to(x.device)
    equal(str(layer(x).dtype), str(dtype), f"the dtype for an input of {dtype} and a weight of float32", input={"x": x})


@draws(3)
def test_special_rows(mine, draw):
    """A row of zeros gives zeros, a row of one number its sign times the weight."""
    x = [torch.zeros(2, 3), torch.tensor([[4.0], [-0.5]]), torch.full((2, 4), 3.0)][draw.index].double().to(draw.device)
    same(output(mine), reference(), x, weight(draw, x.shape[-1]))
