"""Other right ways to write both modules, and the mistakes that people make."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import nn

from tutor.checks import accept, reject


class Dense(nn.Module):
    """The parts of the FFN."""

    def __init__(self, d_model, d_ff):
        super().__init__()
        self.linear1, self.linear2 = nn.Linear(d_model, d_ff), nn.Linear(d_ff, d_model)


class Normed(nn.Module):
    """The parts of add & norm; right."""

    def __init__(self, d_model, dropout=0.0):
        super().__init__()
        self.norm, self.dropout = nn.LayerNorm(d_model), nn.Dropout(dropout)

    def forward(self, x, sublayer_out):
        if x.shape != sublayer_out.shape:
            raise ValueError("x and sublayer_out must have the same shape")
        return self.join(x, sublayer_out)

    def join(self, x, y):
        return self.norm(x + self.dropout(y))


@accept("convolutions of width 1")
class PositionWiseFFN(Dense):
    def forward(self, x):
        x = x.transpose(1, 2)
        x = F.conv1d(x, self.linear1.weight.unsqueeze(-1), self.linear1.bias).clamp(min=0)
        return F.conv1d(x, self.linear2.weight.unsqueeze(-1), self.linear2.bias).transpose(1, 2)


@accept("all tokens as one batch of rows")
class PositionWiseFFN(nn.Module):
    def __init__(self, d_model, d_ff):
        super().__init__()
        self.linear2 = nn.Linear(d_ff, d_model)
        self.linear1 = nn.Linear(d_model, d_ff)
        self.act = nn.ReLU()

    def forward(self, x):
        rows = x.reshape(-1, x.shape[-1])
        return self.linear2(self.act(self.linear1(rows))).reshape(x.shape)


@accept("the formula of layer normalisation")
class AddNorm(Normed):
    def join(self, x, y):
        z = x + self.dropout(y)
        z = z - z.mean(-1, keepdim=True)
        z = z / (z.pow(2).mean(-1, keepdim=True) + 1e-5).sqrt()
        return z * self.norm.weight + self.norm.bias


@accept("functional dropout with the mode")
class AddNorm(nn.Module):
    def __init__(self, d_model, dropout=0.0):
        super().__init__()
        self.norm, self.p = nn.LayerNorm((d_model,)), dropout

    def forward(self, x, sublayer_out):
        if sublayer_out.size() != x.size():
            raise ValueError("shapes differ")
        return self.norm(F.dropout(sublayer_out, self.p, self.training) + x)


@reject("no ReLU", "There is no ReLU between the two layers: they collapse into a single linear map.")
class PositionWiseFFN(Dense):
    def forward(self, x):
        return self.linear2(self.linear1(x))


@reject(
    "ReLU at the end", "The ReLU belongs between the layers. Behind the second one it would cut off negative outputs."
)
class PositionWiseFFN(Dense):
    def forward(self, x):
        return torch.relu(self.linear2(self.linear1(x)))


@reject("a second ReLU", "No ReLU after linear2: what the FFN adds to the residual may be negative.")
class PositionWiseFFN(Dense):
    def forward(self, x):
        return torch.relu(self.linear2(torch.relu(self.linear1(x))))


@reject("GELU", "These are the numbers of GELU. Here it is ReLU, as in the Transformer of 2017.")
class PositionWiseFFN(Dense):
    def forward(self, x):
        return self.linear2(F.gelu(self.linear1(x)))


@reject(
    "residual inside", "x is added inside the FFN. The residual is AddNorm's business; here it would come in twice."
)
class PositionWiseFFN(Dense):
    def forward(self, x):
        return x + self.linear2(torch.relu(self.linear1(x)))


@reject(
    "layers not used in order", "d_ff is the width in between: linear1 maps d_model → d_ff, linear2 d_ff → d_model."
)
class PositionWiseFFN(nn.Module):
    def __init__(self, d_model, d_ff):
        super().__init__()
        self.linear1, self.linear2 = nn.Linear(d_ff, d_model), nn.Linear(d_model, d_ff)

    def forward(self, x):
        return self.linear1(torch.relu(self.linear2(x)))


@reject("no biases", "Both layers have a bias.")
class PositionWiseFFN(nn.Module):
    def __init__(self, d_model, d_ff):
        super().__init__()
        self.linear1, self.linear2 = nn.Linear(d_model, d_ff, bias=False), nn.Linear(d_ff, d_model, bias=False)

    def forward(self, x):
        return self.linear2(torch.relu(self.linear1(x)))


@reject(
    "layers called something else",
    "The layers must be attributes named linear1 and linear2, so that weights can be loaded.",
)
class PositionWiseFFN(nn.Module):
    def __init__(self, d_model, d_ff):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(d_model, d_ff), nn.ReLU(), nn.Linear(d_ff, d_model))

    def forward(self, x):
        return self.net(x)


@reject(
    "positions mixed",
    "Positions were mixed: transposed axes that are reshaped instead of transposed back. nn.Linear needs no reshaping at all.",
)
class PositionWiseFFN(Dense):
    def forward(self, x):
        rows = x.transpose(0, 1).reshape(-1, x.shape[-1])
        return self.linear2(torch.relu(self.linear1(rows))).reshape(x.shape)


@reject("ReLU written into x", "The ReLU works in place on x: the layer before still needs it.")
class PositionWiseFFN(Dense):
    def forward(self, x):
        with torch.no_grad():
            x.relu_()
        return self.linear2(torch.relu(self.linear1(x)))


@reject("norm(x) + y", "You normalise x and add y after that. Post-norm normalises the SUM, norm(x + y).")
class AddNorm(Normed):
    def join(self, x, y):
        return self.norm(x) + self.dropout(y)


@reject("x + norm(y)", "You normalise what the sub-layer gave and add x after that. Post-norm normalises the SUM.")
class AddNorm(Normed):
    def join(self, x, y):
        return x + self.norm(self.dropout(y))


@reject(
    "residual missing", "x is missing: what is normalised is x + y. Without the way around, deep stacks do not train."
)
class AddNorm(Normed):
    def join(self, x, y):
        return self.norm(self.dropout(y))


@reject("norm missing", "That is only the sum: it still has to go through norm.")
class AddNorm(Normed):
    def join(self, x, y):
        return x + self.dropout(y)


@reject(
    "x added again after the norm", "x is added once more after the norm. Post-norm: norm(x + y), nothing behind it."
)
class AddNorm(Normed):
    def join(self, x, y):
        return x + self.norm(x + self.dropout(y))


@reject(
    "statistics over all tokens",
    "Mean and variance were taken over positions as well. LayerNorm treats every token alone: the last axis only.",
)
class AddNorm(Normed):
    def join(self, x, y):
        z = x + self.dropout(y)
        mean, var = z.mean((1, 2), keepdim=True), z.var((1, 2), correction=0, keepdim=True)
        return (z - mean) / (var + 1e-5).sqrt() * self.norm.weight + self.norm.bias


@reject(
    "statistics over the batch",
    "Mean and variance were taken over the samples and positions of a feature: that is batch normalisation.",
)
class AddNorm(Normed):
    def join(self, x, y):
        z = x + self.dropout(y)
        mean, var = z.mean((0, 1)), z.var((0, 1), correction=0)
        return (z - mean) / (var + 1e-5).sqrt() * self.norm.weight + self.norm.bias


@reject(
    "unbiased variance", "The variance divides by d_model, not by d_model - 1 (torch.var does unless correction=0)."
)
class AddNorm(Normed):
    def join(self, x, y):
        z = x + self.dropout(y)
        scale = (z.var(-1, keepdim=True) + 1e-5).rsqrt()
        return (z - z.mean(-1, keepdim=True)) * scale * self.norm.weight + self.norm.bias


@reject("another eps", "eps is 1e-5, the default of nn.LayerNorm; you use another one.")
class AddNorm(Normed):
    def __init__(self, d_model, dropout=0.0):
        super().__init__(d_model, dropout)
        self.norm = nn.LayerNorm(d_model, eps=1e-6)


@reject(
    "norm without weights",
    "The norm has no scale and shift: it is nn.LayerNorm(d_model) with its learned weight and bias.",
)
class AddNorm(Normed):
    def __init__(self, d_model, dropout=0.0):
        super().__init__(d_model, dropout)
        self.norm = nn.LayerNorm(d_model, elementwise_affine=False)


@reject(
    "dropout on the sum", "The sum goes through dropout, and the residual x with it. Drop only what the sub-layer made."
)
class AddNorm(Normed):
    def join(self, x, y):
        return self.norm(self.dropout(x + y))


@reject("dropout after the norm", "You drop elements of the result. Dropout acts on sublayer_out, before the sum.")
class AddNorm(Normed):
    def join(self, x, y):
        return self.dropout(self.norm(x + y))


@reject("dropout on x", "You drop elements of x. The residual must pass untouched; dropout acts on sublayer_out.")
class AddNorm(Normed):
    def join(self, x, y):
        return self.norm(self.dropout(x) + y)


@reject("never drops", "Nothing is dropped in training.")
class AddNorm(Normed):
    def join(self, x, y):
        return self.norm(x + y)


@reject(
    "dropout in evaluation as well",
    "Elements are dropped in evaluation: F.dropout does so unless training=self.training.",
)
class AddNorm(Normed):
    def join(self, x, y):
        return self.norm(x + F.dropout(y, self.dropout.p))


@reject(
    "whole tokens dropped",
    "Dropout1d drops whole tokens of sublayer_out. nn.Dropout decides for each element by itself.",
)
class AddNorm(Normed):
    def __init__(self, d_model, dropout=0.0):
        super().__init__(d_model, dropout)
        self.dropout = nn.Dropout1d(dropout)


@reject("dropout without scaling", "What is kept has to be divided by 1 - p.")
class AddNorm(Normed):
    def join(self, x, y):
        return self.norm(x + y * (torch.rand_like(y) >= self.dropout.p)) if self.training else self.norm(x + y)


@reject(
    "shapes broadcast",
    "Shapes that differ were broadcast. A sub-layer keeps its input's shape: raise ValueError otherwise.",
)
class AddNorm(Normed):
    def forward(self, x, sublayer_out):
        return self.join(x, sublayer_out)


@reject(
    "sum written into x",
    "`x += …` changes the caller's tensor, which the sub-layer's gradient may still need. Write x + ….",
)
class AddNorm(Normed):
    def join(self, x, y):
        with torch.no_grad():
            x += self.dropout(y)
        return self.norm(x)
