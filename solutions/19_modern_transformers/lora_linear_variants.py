"""Other right ways to write LoRA, and the mistakes that people make."""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import nn

from tutor.checks import accept, reject


class _LoRA(nn.Module):
    """The parts, and each step as a method of its own, for variants that differ in one of them."""

    def __init__(self, base, r, alpha, dropout=0.0):
        super().__init__()
        self.refuse(r)
        self.base, self.r, self.alpha, self.p = base, r, alpha, dropout
        self.freeze()
        self.A = nn.Parameter(self.first(torch.empty(r, base.in_features).to(base.weight.detach())))
        self.B = nn.Parameter(torch.zeros(base.out_features, r).to(base.weight.detach()))

    def refuse(self, r):
        if r < 1:
            raise ValueError("rank")

    def freeze(self):
        self.base.requires_grad_(False)

    def first(self, A):
        bound = 1 / math.sqrt(A.shape[1])
        return A.uniform_(-bound, bound)

    def scale(self):
        return self.alpha / self.r

    def correction(self, x):
        return F.linear(F.linear(F.dropout(x, self.p, self.training), self.A), self.B)

    def forward(self, x):
        return self.base(x) + self.correction(x) * self.scale()

    def new(self):
        merged = nn.Linear(self.base.in_features, self.base.out_features, bias=self.base.bias is not None)
        merged = merged.to(self.base.weight.detach())
        merged.weight.data = self.base.weight.detach().clone()
        if self.base.bias is not None:
            merged.bias.data = self.base.bias.detach().clone()
        return merged

    def merge(self):
        merged = self.new()
        merged.weight.data += self.scale() * (self.B.detach() @ self.A.detach())
        return merged


@accept("frozen as a whole, applied through F.linear")
class LoRALinear(_LoRA):
    pass


@accept("one effective weight in evaluation")
class LoRALinear(_LoRA):
    def forward(self, x):
        if self.training:
            return super().forward(x)
        return F.linear(x, self.base.weight + self.scale() * self.B @ self.A, self.base.bias)


@accept("einsum and transposed storage on the way")
class LoRALinear(_LoRA):
    def correction(self, x):
        low = torch.einsum("...i,ri->...r", nn.functional.dropout(x, self.p, self.training), self.A)
        return torch.einsum("...r,or->...o", low, self.B)


@reject("A and B both zero", "Both start at zero, so neither ever gets a gradient: draw A (Kaiming), leave B at zero.")
class LoRALinear(_LoRA):
    def first(self, A):
        return A.zero_()


@reject("A and B both drawn", "B must start at zero: a fresh layer computes exactly what the base computes.")
class LoRALinear(_LoRA):
    def __init__(self, base, r, alpha, dropout=0.0):
        super().__init__(base, r, alpha, dropout)
        nn.init.normal_(self.B)


@reject("B drawn instead of A", "It is A that is drawn and B that is zero; yours is the other way round.")
class LoRALinear(_LoRA):
    def __init__(self, base, r, alpha, dropout=0.0):
        super().__init__(base, r, alpha, dropout)
        nn.init.zeros_(self.A)
        nn.init.normal_(self.B)


@reject(
    "A from a normal distribution",
    "A starts as nn.Linear's weights: kaiming_uniform_(A, a=math.sqrt(5)), within ±1/√in.",
)
class LoRALinear(_LoRA):
    def first(self, A):
        return A.normal_(0, 0.02)


@reject("A with Kaiming's own a", "kaiming_uniform_ without a = √5 draws √6 times as wide.")
class LoRALinear(_LoRA):
    def first(self, A):
        return nn.init.kaiming_uniform_(A)


@reject("scale alpha instead of alpha/r", "The correction is scaled by alpha / r, not by alpha.")
class LoRALinear(_LoRA):
    def scale(self):
        return self.alpha


@reject("not scaled", "alpha has no effect: the correction is scaled by alpha / r.")
class LoRALinear(_LoRA):
    def scale(self):
        return 1.0


@reject("divided by the root of r", "alpha / √r is rsLoRA, a later idea. Here it is alpha / r.")
class LoRALinear(_LoRA):
    def scale(self):
        return self.alpha / math.sqrt(self.r)


@reject("base not frozen", "The base still learns: requires_grad_(False) for all of its parameters.")
class LoRALinear(_LoRA):
    def freeze(self):
        pass


@reject("only the weight frozen", "The base's bias still learns: freeze all of its parameters.")
class LoRALinear(_LoRA):
    def freeze(self):
        self.base.weight.requires_grad_(False)


@reject(
    "base run without gradients",
    "no_grad around the base also cuts x off: layers below would learn from the correction alone. Freezing is enough.",
)
class LoRALinear(_LoRA):
    def forward(self, x):
        with torch.no_grad():
            y = self.base(x)
        return y + self.correction(x) * self.scale()


@reject("correction instead of the base", "The correction is ADDED to what the base gives.")
class LoRALinear(_LoRA):
    def forward(self, x):
        return self.correction(x) * self.scale() + 0 * self.base(x)


@reject("dropout for the base as well", "The base always sees x itself; only the way to A has a dropout.")
class LoRALinear(_LoRA):
    def forward(self, x):
        x = F.dropout(x, self.p, self.training)
        return self.base(x) + F.linear(F.linear(x, self.A), self.B) * self.scale()


@reject("dropout in evaluation", "Dropout acts in training only. F.dropout does not know the mode: pass self.training.")
class LoRALinear(_LoRA):
    def correction(self, x):
        return F.linear(F.linear(F.dropout(x, self.p), self.A), self.B)


@reject("dropout forgotten", "The dropout has no effect.")
class LoRALinear(_LoRA):
    def correction(self, x):
        return F.linear(F.linear(x, self.A), self.B)


@reject("dropout after A", "The dropout belongs before A, on x: not on the r numbers between A and B.")
class LoRALinear(_LoRA):
    def correction(self, x):
        return F.linear(F.dropout(F.linear(x, self.A), self.p, self.training), self.B)


@reject("merge adds the base's weight only", "merge forgets the correction: weight + alpha/r · B A.")
class LoRALinear(_LoRA):
    def merge(self):
        return self.new()


@reject("merge without the scale", "merge adds B A without alpha / r.")
class LoRALinear(_LoRA):
    def merge(self):
        merged = self.new()
        merged.weight.data += self.B.detach() @ self.A.detach()
        return merged


@reject(
    "merge changes the base",
    "merge writes into the base's weight: the correction would count twice from now on. Copy first.",
)
class LoRALinear(_LoRA):
    def merge(self):
        with torch.no_grad():
            self.base.weight += self.scale() * self.B @ self.A
        return self.new()


@reject(
    "merge shares the base's bias",
    "The merged layer uses the base's own bias tensor: a change of one changes the other. Copy it.",
)
class LoRALinear(_LoRA):
    def merge(self):
        merged = super().merge()
        if self.base.bias is not None:
            merged.bias = self.base.bias
        return merged


@reject("merge forgets the bias", "The merged layer needs a copy of the base's bias.")
class LoRALinear(_LoRA):
    def merge(self):
        merged = super().merge()
        if self.base.bias is not None:
            nn.init.zeros_(merged.bias)
        return merged


@reject("merge always has a bias", "A base without bias is merged into a layer without bias.")
class LoRALinear(_LoRA):
    def merge(self):
        merged = super().merge()
        if merged.bias is None:
            merged.bias = nn.Parameter(torch.zeros_like(merged.weight[:, 0]))
        return merged


@reject("rank 0 accepted", "A rank below 1 raises ValueError.")
class LoRALinear(_LoRA):
    def refuse(self, r):
        pass

    def scale(self):
        return self.alpha / max(self.r, 1)


@reject("always float32", "A and B have the dtype of the base's weight; torch.empty and torch.zeros give float32.")
class LoRALinear(_LoRA):
    def __init__(self, base, r, alpha, dropout=0.0):
        super().__init__(base, r, alpha, dropout)
        self.A, self.B = nn.Parameter(self.A.detach().float()), nn.Parameter(self.B.detach().float())


@reject(
    "the correction moved into the base",
    "merge adds the correction to the base and clears B. The adapted layer stays as it is: merge makes a new layer.",
)
class LoRALinear(_LoRA):
    def merge(self):
        with torch.no_grad():
            self.base.weight += self.scale() * self.B @ self.A
            self.B.zero_()
        return self.new()


@reject("A from Xavier's range", "xavier_uniform_ looks at both widths. The range is ±1/√in: kaiming_uniform_, a = √5.")
class LoRALinear(_LoRA):
    def first(self, A):
        return nn.init.xavier_uniform_(A)
