"""Other ways to write batchnorm2d-module, and the mistakes that people make."""

import torch
from torch import nn

from tutor.checks import accept, reject

IMAGE = (0, 2, 3)


class _Layer(nn.Module):
    """The layer in small pieces, of which each variant has one of its own."""

    def __init__(self, num_features, eps=1e-5, momentum=0.1, affine=True):
        super().__init__()
        self.num_features, self.eps, self.momentum, self.affine = num_features, eps, momentum, affine
        self.make_parameters()
        self.make_buffers()

    def make_parameters(self):
        self.weight = nn.Parameter(torch.ones(self.num_features)) if self.affine else None
        self.bias = nn.Parameter(torch.zeros(self.num_features)) if self.affine else None

    def make_buffers(self):
        self.register_buffer("running_mean", torch.zeros(self.num_features))
        self.register_buffer("running_var", torch.ones(self.num_features))
        self.register_buffer("num_batches_tracked", torch.tensor(0, dtype=torch.long))

    def forward(self, x):
        self.refuse(x)
        if self.training:
            mean, var = self.statistics(x)
            self.observe(mean, var, x)
        else:
            mean, var = self.remembered(x)
        return self.affinely(self.normalised(x, mean, var))

    def refuse(self, x):
        if x.ndim != 4:
            raise ValueError("images only")
        if self.training and x.numel() == x.shape[1]:
            raise ValueError("one value")

    def statistics(self, x):
        mean = x.mean(IMAGE, keepdim=True)
        return mean, ((x - mean) ** 2).mean(IMAGE, keepdim=True)

    def remembered(self, x):
        return self.running_mean.view(1, -1, 1, 1), self.running_var.view(1, -1, 1, 1)

    def observe(self, mean, var, x):
        with torch.no_grad():
            n = x.numel() / x.shape[1]
            self.num_batches_tracked.add_(1)
            new = self.share()
            self.running_mean.mul_(1 - new).add_(new * mean.flatten())
            self.running_var.mul_(1 - new).add_(new * var.flatten() * n / (n - 1))

    def share(self):
        return 1 / self.num_batches_tracked.item() if self.momentum is None else self.momentum

    def normalised(self, x, mean, var):
        return (x - mean) * (var + self.eps).rsqrt()

    def affinely(self, y):
        return y if self.weight is None else y * self.weight.view(1, -1, 1, 1) + self.bias.view(1, -1, 1, 1)


@accept("in pieces, with rsqrt and views")
class MyBatchNorm2d(_Layer):
    pass


@accept("channels moved last, buffers assigned")
class MyBatchNorm2d(_Layer):
    def forward(self, x):
        self.refuse(x)
        n, c, h, w = x.shape
        rows = x.permute(0, 2, 3, 1).reshape(-1, c)  # (N · H · W, C)
        if self.training:
            mean, std = rows.mean(0), rows.var(0, unbiased=False)
            self.num_batches_tracked = self.num_batches_tracked + 1
            a = self.momentum if self.momentum is not None else 1.0 / float(self.num_batches_tracked)
            self.running_mean = (1 - a) * self.running_mean + a * mean.detach()
            self.running_var = (1 - a) * self.running_var + a * rows.detach().var(0)
        else:
            mean, std = self.running_mean, self.running_var
        rows = (rows - mean) / (std + self.eps).sqrt()
        if self.affine:
            rows = rows * self.weight + self.bias
        return rows.reshape(n, h, w, c).permute(0, 3, 1, 2)


@accept("var_mean, and one scale and shift for all")
class MyBatchNorm2d(_Layer):
    def statistics(self, x):
        var, mean = torch.var_mean(x, dim=IMAGE, correction=0, keepdim=True)
        return mean, var

    def observe(self, mean, var, x):
        with torch.no_grad():
            self.num_batches_tracked += 1
            torch.Tensor.lerp_(self.running_mean, mean.flatten(), self.share())
            torch.Tensor.lerp_(self.running_var, x.var(IMAGE), self.share())

    def make_parameters(self):
        for name, start in (("weight", torch.ones), ("bias", torch.zeros)):
            self.register_parameter(name, nn.Parameter(start(self.num_features)) if self.affine else None)


@reject(
    "statistics over the batch axis only",
    "Every pixel position got a mean of its own. An image layer has one mean per CHANNEL: reduce over N, H and W, "
    "dim=(0, 2, 3).",
)
class MyBatchNorm2d(_Layer):
    def statistics(self, x):
        mean = x.mean(0, keepdim=True)
        return mean, ((x - mean) ** 2).mean(0, keepdim=True)

    def observe(self, mean, var, x):
        super().observe(mean.mean((2, 3)), var.mean((2, 3)), x)


@reject(
    "each image on its own",
    "Each image was normalised by itself (that is instance normalisation). The batch shares one mean a channel: "
    "reduce over N too.",
)
class MyBatchNorm2d(_Layer):
    def statistics(self, x):
        mean = x.mean((2, 3), keepdim=True)
        return mean, ((x - mean) ** 2).mean((2, 3), keepdim=True)

    def observe(self, mean, var, x):
        super().observe(mean.mean(0), var.mean(0), x)


@reject(
    "one mean for all channels",
    "All channels share one mean here. Keep the channel axis out of the reduction: dim=(0, 2, 3).",
)
class MyBatchNorm2d(_Layer):
    def statistics(self, x):
        mean = x.mean().expand(1, x.shape[1], 1, 1)
        return mean, ((x - mean) ** 2).mean().expand(1, x.shape[1], 1, 1)


@reject(
    "running_var from the biased variance",
    "The biased variance normalises the batch, but the UNBIASED one goes into running_var: times m/(m - 1), m = N·H·W.",
)
class MyBatchNorm2d(_Layer):
    def observe(self, mean, var, x):
        n = x.numel() / x.shape[1]
        super().observe(mean, var * (n - 1) / n, x)


@reject(
    "unbiased with the batch size only",
    "The factor n/(n - 1) counts the values of a channel: n is N·H·W, not the number of images N.",
)
class MyBatchNorm2d(_Layer):
    def observe(self, mean, var, x):
        n, m = x.shape[0], x.numel() / x.shape[1]
        super().observe(mean, var * (n / max(n - 1, 1)) * (m - 1) / m, x)


@reject(
    "normalised with the unbiased variance",
    "The batch is normalised with the BIASED variance: x.var(..., correction=0). torch.var divides by m - 1 unless told.",
)
class MyBatchNorm2d(_Layer):
    def normalised(self, x, mean, var):
        n = x.numel() / x.shape[1]
        return super().normalised(x, mean, var * n / (n - 1) if self.training else var)


@reject(
    "momentum is the weight of the old value",
    "momentum is the weight of the NEW batch in PyTorch: running = (1 - momentum)·running + momentum·batch.",
)
class MyBatchNorm2d(_Layer):
    def share(self):
        return super().share() if self.momentum is None else 1 - self.momentum


@reject(
    "momentum=None means no average",
    "With momentum=None the k-th batch has the weight 1/k, so that all batches so far count alike.",
)
class MyBatchNorm2d(_Layer):
    def share(self):
        return 0.1 if self.momentum is None else self.momentum


@reject(
    "cumulative average off by one",
    "The first batch has the weight 1/1: count the batch before you divide by the count.",
)
class MyBatchNorm2d(_Layer):
    def share(self):
        return 1 / (self.num_batches_tracked.item() + 1) if self.momentum is None else self.momentum


@reject(
    "momentum of 0 taken for None",
    "A momentum of 0 is a number: no batch counts, and the averages stay. Ask `momentum is None`; 0 is false, too.",
)
class MyBatchNorm2d(_Layer):
    def share(self):
        return self.momentum or 1 / self.num_batches_tracked.item()


@reject(
    "running values as parameters",
    "running_mean and running_var are parameters here: an optimiser would train them. Use register_buffer.",
)
class MyBatchNorm2d(_Layer):
    def make_buffers(self):
        self.running_mean = nn.Parameter(torch.zeros(self.num_features))
        self.running_var = nn.Parameter(torch.ones(self.num_features))
        self.register_buffer("num_batches_tracked", torch.tensor(0))


@reject(
    "running values as plain attributes",
    "A plain tensor attribute is neither saved by state_dict() nor moved by .to(). Use register_buffer.",
)
class MyBatchNorm2d(_Layer):
    def make_buffers(self):
        self.running_mean, self.running_var = torch.zeros(self.num_features), torch.ones(self.num_features)
        self.num_batches_tracked = torch.tensor(0)


@reject(
    "names of its own",
    "PyTorch cannot load this state: the names must be weight, bias, running_mean, running_var, num_batches_tracked.",
)
class MyBatchNorm2d(_Layer):
    def make_parameters(self):
        self.gamma = nn.Parameter(torch.ones(self.num_features))
        self.beta = nn.Parameter(torch.zeros(self.num_features))

    def affinely(self, y):
        return y * self.gamma.view(1, -1, 1, 1) + self.beta.view(1, -1, 1, 1)


@reject(
    "shaped for broadcasting in the state",
    "The state has shapes like (1, C, 1, 1). Store vectors of shape (C,) and reshape them in forward.",
)
class MyBatchNorm2d(_Layer):
    def make_parameters(self):
        self.weight = nn.Parameter(torch.ones(1, self.num_features, 1, 1))
        self.bias = nn.Parameter(torch.zeros(1, self.num_features, 1, 1))


@reject(
    "batches counted in a plain number",
    "num_batches_tracked is a Python number here, which state_dict() does not save: register_buffer, torch.tensor(0).",
)
class MyBatchNorm2d(_Layer):
    def make_buffers(self):
        self.register_buffer("running_mean", torch.zeros(self.num_features))
        self.register_buffer("running_var", torch.ones(self.num_features))
        self.num_batches_tracked = 0

    def observe(self, mean, var, x):
        with torch.no_grad():
            n = x.numel() / x.shape[1]
            self.num_batches_tracked += 1
            new = 1 / self.num_batches_tracked if self.momentum is None else self.momentum
            self.running_mean.mul_(1 - new).add_(new * mean.flatten())
            self.running_var.mul_(1 - new).add_(new * var.flatten() * n / (n - 1))


@reject("running variance starts at zero", "The running variance starts at 1, so that an untrained layer is harmless.")
class MyBatchNorm2d(_Layer):
    def make_buffers(self):
        super().make_buffers()
        self.running_var.zero_()


@reject(
    "batches counted as a float",
    "num_batches_tracked counts: it is an integer tensor, torch.tensor(0), as in PyTorch's state.",
)
class MyBatchNorm2d(_Layer):
    def make_buffers(self):
        super().make_buffers()
        self.num_batches_tracked = torch.tensor(0.0)


@reject("batches never counted", "num_batches_tracked stays where it was: add 1 for every training batch.")
class MyBatchNorm2d(_Layer):
    def observe(self, mean, var, x):
        with torch.no_grad():
            before = self.num_batches_tracked.clone()
            super().observe(mean, var, x)
            self.num_batches_tracked.copy_(before)


@reject(
    "gamma along the last axis",
    "A (C,) vector against (N, C, H, W) meets the LAST axis and scales columns. Reshape it to (C, 1, 1).",
)
class MyBatchNorm2d(_Layer):
    def affinely(self, y):
        return y if self.weight is None else y * self.weight + self.bias


@reject("gamma forgotten", "The normalised values were not scaled by weight and shifted by bias.")
class MyBatchNorm2d(_Layer):
    def affinely(self, y):
        return y


@reject(
    "scales although affine is False",
    "With affine=False there is no gamma and no beta: weight and bias are None and the output is not scaled.",
)
class MyBatchNorm2d(_Layer):
    def make_parameters(self):
        self.weight = nn.Parameter(torch.ones(self.num_features))
        self.bias = nn.Parameter(torch.zeros(self.num_features))


@reject(
    "graph attached to the buffers",
    "The buffer keeps the graph of every batch alive: memory grows with each step. Update it under torch.no_grad().",
)
class MyBatchNorm2d(_Layer):
    def observe(self, mean, var, x):
        n = x.numel() / x.shape[1]
        self.num_batches_tracked = self.num_batches_tracked + 1
        new = self.share()
        self.running_mean = (1 - new) * self.running_mean + new * mean.flatten()
        self.running_var = (1 - new) * self.running_var + new * var.flatten() * n / (n - 1)


@reject(
    "statistics cut off from the graph",
    "The values are right, but the mean and the variance depend on x too: their gradient must not be detached.",
)
class MyBatchNorm2d(_Layer):
    def statistics(self, x):
        return tuple(s.detach() for s in super().statistics(x))


@reject(
    "evaluation with the statistics of the batch",
    "In evaluation mode the running mean and variance are used: a prediction must not depend on its neighbours.",
)
class MyBatchNorm2d(_Layer):
    def remembered(self, x):
        return self.statistics(x)


@reject(
    "training with the running values",
    "In training mode the batch's own mean and variance are used; the running values are for evaluation.",
)
class MyBatchNorm2d(_Layer):
    def normalised(self, x, mean, var):
        return super().normalised(x, *self.remembered(x))


@reject(
    "running averages also in evaluation",
    "Evaluation changed the buffers. They learn from training batches only.",
)
class MyBatchNorm2d(_Layer):
    def remembered(self, x):
        old = [s.clone() for s in super().remembered(x)]
        self.observe(*self.statistics(x), x)
        return old


@reject("eps outside the root", "eps belongs under the root: sqrt(var + eps), not sqrt(var) + eps.")
class MyBatchNorm2d(_Layer):
    def normalised(self, x, mean, var):
        return (x - mean) / (var.sqrt() + self.eps)


@reject("divided by the variance", "Divide by the standard deviation, sqrt(var + eps), not by the variance.")
class MyBatchNorm2d(_Layer):
    def normalised(self, x, mean, var):
        return (x - mean) / (var + self.eps)


@reject("eps of its own", "eps of the constructor has no effect.")
class MyBatchNorm2d(_Layer):
    def normalised(self, x, mean, var):
        return (x - mean) / torch.sqrt(var + 1e-5)


@reject("mean not subtracted", "The mean of each channel is still there: subtract it before you divide.")
class MyBatchNorm2d(_Layer):
    def normalised(self, x, mean, var):
        return x / torch.sqrt(var + self.eps)


@reject(
    "mean of squares minus square of mean",
    "E[x²] - E[x]² cancels catastrophically far from zero. Subtract the mean first, then square.",
)
class MyBatchNorm2d(_Layer):
    def statistics(self, x):
        mean = x.mean(IMAGE, keepdim=True)
        return mean, (x * x).mean(IMAGE, keepdim=True) - mean**2


@reject(
    "a single value goes through in training",
    "One value in a channel has no variance: in training mode raise ValueError when N·H·W is 1.",
)
class MyBatchNorm2d(_Layer):
    def refuse(self, x):
        if x.ndim != 4:
            raise ValueError("images only")

    def observe(self, mean, var, x):
        if x.numel() > x.shape[1]:
            super().observe(mean, var, x)


@reject(
    "a single image is refused",
    "One image has H·W values a channel, which is enough. Only N·H·W = 1 is refused, and only in training mode.",
)
class MyBatchNorm2d(_Layer):
    def refuse(self, x):
        super().refuse(x)
        if self.training and len(x) == 1:
            raise ValueError("one image")


@reject(
    "a single value is refused in evaluation",
    "Evaluation needs no variance of the batch: a single value is fine there.",
)
class MyBatchNorm2d(_Layer):
    def refuse(self, x):
        if x.ndim != 4 or x.numel() == x.shape[1]:
            raise ValueError("too small")


@reject("any number of axes", "Only (N, C, H, W) is an input of this layer: raise ValueError for everything else.")
class MyBatchNorm2d(_Layer):
    def forward(self, x):
        shape = x.shape
        while x.ndim < 4:
            x = x.unsqueeze(-1)
        x = x.flatten(3)
        return super().forward(x).reshape(shape)


@reject(
    "image axes not told from others",
    "An input without four axes must raise ValueError, whatever the indexing says: check x.dim() first.",
)
class MyBatchNorm2d(_Layer):
    def refuse(self, x):
        if self.training and x.numel() == x.shape[1]:
            raise ValueError("one value")
