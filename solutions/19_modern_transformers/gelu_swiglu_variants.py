"""Other right ways to write the activations and the gated layer, and the mistakes that people make."""

from __future__ import annotations

import math

import torch
from torch import nn

from tutor.checks import accept, reject

ROOT = math.sqrt(2 / math.pi)


def _exact(x):
    return x * 0.5 * (1 + torch.erf(x / 2**0.5))


def _silu(x):
    return x * x.sigmoid()


class _Gated(nn.Module):
    """The three parts, for variants that put them together in another way."""

    bias = False

    def __init__(self, d_model, d_ff):
        super().__init__()
        self.w_gate = nn.Linear(d_model, d_ff, bias=self.bias)
        self.w_up = nn.Linear(d_model, d_ff, bias=self.bias)
        self.w_down = nn.Linear(d_ff, d_model, bias=self.bias)

    def forward(self, x):
        return self.w_down(_silu(self.w_gate(x)) * self.w_up(x))


@accept("through the normal distribution")
def gelu(x, approximate=False):
    if approximate:
        return x * torch.sigmoid(2 * ROOT * (x + 0.044715 * x * x * x))
    return x * torch.special.ndtr(x)


@accept("erfc")
def gelu(x, approximate=False):
    if approximate:
        return (x + x * torch.tanh(ROOT * x * (1 + 0.044715 * x.square()))) / 2
    return x * torch.erfc(-x * math.sqrt(0.5)) / 2


@accept("silu by tanh")
def silu(x):
    return x * (1 + torch.tanh(x / 2)) / 2


@accept("matrices applied by hand")
class SwiGLU(_Gated):
    def forward(self, x):
        both = x @ torch.cat((self.w_gate.weight, self.w_up.weight)).T
        gate, up = both.chunk(2, -1)
        return torch.sigmoid(gate).mul(gate).mul(up) @ self.w_down.weight.T


@reject("square instead of cube", "0.044715 multiplies the CUBE of x: gelu's curve is not symmetric around 0.")
def gelu(x, approximate=False):
    return 0.5 * x * (1 + torch.tanh(ROOT * (x + 0.044715 * x**2))) if approximate else _exact(x)


@reject("always the tanh form", "You approximate although nobody asked: the default is the exact form, through erf.")
def gelu(x, approximate=False):
    return 0.5 * x * (1 + torch.tanh(ROOT * (x + 0.044715 * x**3)))


@reject("always the exact form", "approximate=True asks for the tanh form, which differs in the fourth decimal.")
def gelu(x, approximate=False):
    return _exact(x)


@reject("√2 forgotten", "erf belongs to a bell curve of variance 1/2. For the standard normal one it is erf(x / √2).")
def gelu(x, approximate=False):
    if approximate:
        return 0.5 * x * (1 + torch.tanh(ROOT * (x + 0.044715 * x**3)))
    return x * 0.5 * (1 + torch.erf(x))


@reject("√(2/π) forgotten", "The tanh has √(2/π) before its bracket: 0.7979.")
def gelu(x, approximate=False):
    return 0.5 * x * (1 + torch.tanh(x + 0.044715 * x**3)) if approximate else _exact(x)


@reject("sigmoid form of 1.702", "x·σ(1.702 x) is a third, rougher form. Here it is tanh of √(2/π)(x + 0.044715 x³).")
def gelu(x, approximate=False):
    return x * torch.sigmoid(1.702 * x) if approximate else _exact(x)


@reject("the probability alone", "You return Φ(x), the probability. gelu multiplies x by it.")
def gelu(x, approximate=False):
    return 0.5 * (1 + torch.tanh(ROOT * (x + 0.044715 * x**3))) if approximate else 0.5 * (1 + torch.erf(x / 2**0.5))


@reject("the sigmoid alone", "silu is x times the sigmoid; yours is the sigmoid alone.")
def silu(x):
    return x.sigmoid()


@reject(
    "sigmoid written with exp",
    "exp(-x) overflows for x below -88 in float32: the value survives, the slope is NaN. torch.sigmoid does neither.",
)
def silu(x):
    return x / (1 + torch.exp(-x))


@reject("gate and up exchanged", "silu acts on the GATE branch, w_gate(x); yours acts on w_up(x).")
class SwiGLU(_Gated):
    def forward(self, x):
        return self.w_down(_silu(self.w_up(x)) * self.w_gate(x))


@reject("silu on the product", "silu acts on the gate alone, before the product.")
class SwiGLU(_Gated):
    def forward(self, x):
        return self.w_down(_silu(self.w_gate(x) * self.w_up(x)))


@reject("silu on both branches", "The up branch stays linear; only the gate goes through silu.")
class SwiGLU(_Gated):
    def forward(self, x):
        return self.w_down(_silu(self.w_gate(x)) * _silu(self.w_up(x)))


@reject("sum instead of product", "A gate multiplies: silu(gate) * up. Yours adds.")
class SwiGLU(_Gated):
    def forward(self, x):
        return self.w_down(_silu(self.w_gate(x)) + self.w_up(x))


@reject("no silu", "The gate lacks its silu: without it the layer is bilinear.")
class SwiGLU(_Gated):
    def forward(self, x):
        return self.w_down(self.w_gate(x) * self.w_up(x))


@reject("sigmoid as the gate", "A sigmoid gate is the GLU of 2016. SwiGLU's gate is silu(w_gate(x)).")
class SwiGLU(_Gated):
    def forward(self, x):
        return self.w_down(torch.sigmoid(self.w_gate(x)) * self.w_up(x))


@reject("gelu as the gate", "With gelu the layer is GEGLU. SwiGLU uses silu.")
class SwiGLU(_Gated):
    def forward(self, x):
        return self.w_down(_exact(self.w_gate(x)) * self.w_up(x))


@reject("one matrix for gate and up", "gate and up are the same projection. They need two matrices: w_gate and w_up.")
class SwiGLU(_Gated):
    def forward(self, x):
        return self.w_down(_silu(self.w_gate(x)) * self.w_gate(x) + 0 * self.w_up(x))


@reject("bias=True", "nn.Linear has a bias unless you say bias=False. This layer has none: 3·d·d_ff parameters.")
class SwiGLU(_Gated):
    bias = True


@reject("w_down not applied", "The result must come back to d_model: w_down is the last step.")
class SwiGLU(_Gated):
    def forward(self, x):
        return _silu(self.w_gate(x)) * self.w_up(x)


@reject(
    "√2 as a tensor",
    "torch.tensor(2.0) is float32, so your √2 has seven digits only. Take Python's number: math.sqrt(2).",
)
def gelu(x, approximate=False):
    if approximate:
        return 0.5 * x * (1 + torch.tanh(ROOT * (x + 0.044715 * x**3)))
    return 0.5 * x * (1 + torch.erf(x / torch.sqrt(torch.tensor(2.0))))
