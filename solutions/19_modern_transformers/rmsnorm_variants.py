"""Other right ways to write RMSNorm, and the mistakes that people make."""

from __future__ import annotations

import torch

from tutor.checks import accept, reject, waive


class _Layer(torch.nn.Module):
    """The parts, for variants that differ in one step."""

    def __init__(self, dim, eps=1e-6):
        super().__init__()
        self.eps = eps
        self.weight = torch.nn.Parameter(torch.ones(dim))

    def widened(self, x):
        return x if x.dtype == torch.float64 else x.float()

    def size(self, x):
        return torch.sqrt((x * x).mean(-1, keepdim=True) + self.eps)

    def forward(self, x):
        wide = self.widened(x)
        return (self.weight * (wide / self.size(wide))).to(x.dtype)


@accept("sum divided by the length, power -1/2")
class RMSNorm(_Layer):
    def forward(self, x):
        wide = self.widened(x)
        square = torch.einsum("...d,...d->...", wide, wide) / x.shape[-1]
        return (wide * (square + self.eps).pow(-0.5).unsqueeze(-1) * self.weight).type_as(x)


@accept("as LLaMA writes it: cast back, then scale")
class RMSNorm(_Layer):
    def forward(self, x):
        wide = self.widened(x)
        return (wide / self.size(wide)).type_as(x) * self.weight.type_as(x)


@accept("through the norm")
class RMSNorm(_Layer):
    def size(self, x):
        return torch.hypot(
            torch.linalg.vector_norm(x, dim=-1, keepdim=True) / x.shape[-1] ** 0.5, x.new_tensor(self.eps**0.5)
        )


@reject("subtracts the mean", "You subtract the mean of the row: that is LayerNorm. RMSNorm leaves it where it is.")
class RMSNorm(_Layer):
    def forward(self, x):
        wide = self.widened(x)
        wide = wide - wide.mean(-1, keepdim=True)
        return (self.weight * wide / self.size(wide)).to(x.dtype)


@reject(
    "divides by the standard deviation",
    "You divide by the standard deviation, which measures distances from the mean. The root mean square measures from 0.",
)
class RMSNorm(_Layer):
    def size(self, x):
        return torch.sqrt(x.var(-1, keepdim=True, correction=0) + self.eps)


@reject("eps outside the root", "eps belongs under the root: sqrt(mean(x²) + eps), not sqrt(mean(x²)) + eps.")
class RMSNorm(_Layer):
    def size(self, x):
        return torch.sqrt((x * x).mean(-1, keepdim=True)) + self.eps


@reject("root forgotten", "You divide by the mean square. Its root has the unit of x.")
class RMSNorm(_Layer):
    def size(self, x):
        return (x * x).mean(-1, keepdim=True) + self.eps


@reject("sum instead of mean", "You divide by the length of the row, √(Σx²). It is the mean of the squares: Σx² / d.")
class RMSNorm(_Layer):
    def size(self, x):
        return torch.sqrt((x * x).sum(-1, keepdim=True) + self.eps)


@reject(
    "one root mean square for everything",
    "All rows share one root mean square, so tokens mix. Each row has its own: mean(dim=-1, keepdim=True).",
)
class RMSNorm(_Layer):
    def size(self, x):
        return torch.sqrt((x * x).mean() + self.eps)


@reject("mean over the first axis", "The mean runs along the LAST axis: each row is normalised by itself.")
class RMSNorm(_Layer):
    def size(self, x):
        return torch.sqrt((x * x).mean(0, keepdim=True) + self.eps)


@reject(
    "computed in half precision",
    "300² is 90 000, more than float16 can hold: the mean square became infinite. Compute it in float32.",
)
class RMSNorm(_Layer):
    def widened(self, x):
        return x


@reject(
    "float64 rounded to float32",
    "x.float() rounds a float64 to seven digits. Cast up what is smaller than float32, and leave float64 alone.",
)
class RMSNorm(_Layer):
    def widened(self, x):
        return x.float()


@reject("not cast back", "The result stays float32 when x is half precision. Cast it back: .to(x.dtype).")
class RMSNorm(_Layer):
    def forward(self, x):
        wide = self.widened(x)
        return self.weight * (wide / self.size(wide))


@reject(
    "cast back before the weight",
    "Cast back first and multiplied by a float32 weight, the result is float32 again: the cast comes last.",
)
class RMSNorm(_Layer):
    def forward(self, x):
        wide = self.widened(x)
        return (wide / self.size(wide)).to(x.dtype) * self.weight


@reject("bias parameter added", "RMSNorm has a weight and no bias: nothing is shifted.")
class RMSNorm(_Layer):
    def __init__(self, dim, eps=1e-6):
        super().__init__(dim, eps)
        self.bias = torch.nn.Parameter(torch.zeros(dim))


@reject("weight forgotten", "The normalised row is multiplied by the weight, position by position.")
class RMSNorm(_Layer):
    def forward(self, x):
        wide = self.widened(x)
        return (wide / self.size(wide)).to(x.dtype) + 0 * self.weight.sum().to(x.dtype)


@reject("weight starts at zero", "The weight starts at 1: a fresh layer only normalises.")
class RMSNorm(_Layer):
    def __init__(self, dim, eps=1e-6):
        super().__init__(dim, eps)
        torch.nn.init.zeros_(self.weight)


@reject("weight is no parameter", "`weight` must be an nn.Parameter: no optimiser finds a plain tensor.")
class RMSNorm(_Layer):
    def __init__(self, dim, eps=1e-6):
        torch.nn.Module.__init__(self)
        self.eps = eps
        self.register_buffer("weight", torch.ones(dim))


@reject(
    "root mean square cut off from the graph",
    "The values are right, the gradient is not: the root mean square depends on x too. No detach, no no_grad.",
)
class RMSNorm(_Layer):
    def size(self, x):
        return super().size(x).detach()


@reject("eps ignored", "eps of the constructor has no effect: yours is fixed.")
class RMSNorm(_Layer):
    def size(self, x):
        return torch.sqrt((x * x).mean(-1, keepdim=True) + 1e-6)


@reject("eps of LayerNorm", "The default of eps is 1e-6 here, not LayerNorm's 1e-5.")
class RMSNorm(_Layer):
    def __init__(self, dim, eps=1e-5):
        super().__init__(dim, eps)


@reject("eps as a lower bound", "eps is ADDED to the mean square, in every row; yours only bounds it from below.")
class RMSNorm(_Layer):
    def size(self, x):
        return torch.sqrt((x * x).mean(-1, keepdim=True).clamp(min=self.eps))


waive(
    "RMSNorm.forward: torch.promote_types(x.dtype, torch.float32) → torch.promote_types(torch.float32, x.dtype)",
    "the wider of two dtypes, in either order",
)
