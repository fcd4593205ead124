"""Other right ways to write the dense layer, and the mistakes that people make."""

from __future__ import annotations

import math

import numpy as np

from tutor.checks import accept, reject, waive


class _Base:
    """The right layer; each variant below changes one method."""

    def __init__(self, n_in, n_out, rng, bias=True):
        self.W = rng.normal(size=(n_in, n_out)) * math.sqrt(1 / n_in)
        self.b = np.zeros(n_out) if bias else None
        self.zero_grad()

    def forward(self, x):
        self.x = x.copy()
        return x @ self.W if self.b is None else x @ self.W + self.b

    def backward(self, dout):
        x, d = self.x.reshape(-1, self.W.shape[0]), dout.reshape(-1, self.W.shape[1])
        self.dW += x.T @ d
        if self.db is not None:
            self.db += d.sum(axis=0)
        return dout @ self.W.T

    def zero_grad(self):
        self.dW = np.zeros_like(self.W)
        self.db = None if self.b is None else np.zeros_like(self.b)


@accept("tensordot over the leading axes, gradients as new arrays")
class Dense(_Base):
    def backward(self, dout):
        axes = list(range(dout.ndim - 1))
        self.dW = self.dW + np.tensordot(self.x, dout, axes=(axes, axes))
        if self.b is not None:
            self.db = self.db + dout.sum(axis=tuple(axes))
        return np.tensordot(dout, self.W, axes=(-1, 1))


@accept("einsum, flattened in forward")
class Dense(_Base):
    def forward(self, x):
        self.rows = np.array(x).reshape(-1, len(self.W))
        y = np.einsum("mi,io->mo", self.rows, self.W)
        if self.b is not None:
            y = y + self.b
        return y.reshape(*x.shape[:-1], self.W.shape[1])

    def backward(self, dout):
        d = dout.reshape(-1, dout.shape[-1])
        self.dW += np.einsum("mi,mo->io", self.rows, d)
        if self.b is not None:
            self.db += np.ones(len(d), d.dtype) @ d
        return np.einsum("mo,io->mi", d, self.W).reshape(*dout.shape[:-1], len(self.W))


@accept("uniform weights with the right spread, gradients cleared in place where they fit")
class Dense(_Base):
    def __init__(self, n_in, n_out, rng, bias=True):
        edge = np.sqrt(3 / n_in)
        self.W = rng.uniform(-edge, edge, (n_in, n_out))
        self.b = np.zeros(n_out) if bias else None
        self.dW = self.db = None
        self.zero_grad()

    def zero_grad(self):
        if self.dW is None or self.dW.dtype != self.W.dtype or self.dW.shape != self.W.shape:
            super().zero_grad()
            return
        self.dW[...] = 0
        if self.b is not None:
            self.db = np.zeros_like(self.b)


@reject(
    "x.T with more than two axes",
    "x.T reverses ALL axes of x. Flatten the leading ones first: x.reshape(-1, n_in) and dout.reshape(-1, n_out).",
)
class Dense(_Base):
    def backward(self, dout):
        self.dW += self.x.T @ dout
        if self.db is not None:
            self.db += dout.reshape(-1, dout.shape[-1]).sum(axis=0)
        return dout @ self.W.T


@reject(
    "db summed over the first axis only",
    "Sum db over ALL leading axes, not only the first: flatten dout, then sum over the rows.",
)
class Dense(_Base):
    def backward(self, dout):
        x, d = self.x.reshape(-1, self.W.shape[0]), dout.reshape(-1, self.W.shape[1])
        self.dW += x.T @ d
        if self.db is not None:
            self.db = self.db + dout.sum(axis=0)
        return dout @ self.W.T


@reject("gradients overwritten", "Gradients add up until zero_grad: a layer used twice needs the sum. Write +=, not =.")
class Dense(_Base):
    def backward(self, dout):
        self.zero_grad()
        return super().backward(dout)


@reject("only dW adds up", "db adds up as dW does: self.db += …, not =.")
class Dense(_Base):
    def backward(self, dout):
        if self.db is not None:
            self.db = np.zeros_like(self.b)
        return super().backward(dout)


@reject(
    "divided by the batch size",
    "The layer must not average: the 1/N of the mean is in dout already, put there by the loss.",
)
class Dense(_Base):
    def backward(self, dout):
        x, d = self.x.reshape(-1, self.W.shape[0]), dout.reshape(-1, self.W.shape[1])
        self.dW += x.T @ d / len(d)
        if self.db is not None:
            self.db += d.mean(axis=0)
        return dout @ self.W.T


@reject("db averaged", "db is the SUM of dout over all samples, not their mean: the 1/N is in dout already.")
class Dense(_Base):
    def backward(self, dout):
        before = None if self.db is None else self.db.copy()
        dx = super().backward(dout)
        if before is not None:
            self.db = before + dout.reshape(-1, dout.shape[-1]).sum(axis=0) / max(1, dout.size // dout.shape[-1])
        return dx


@reject("bias added twice", "forward adds the bias twice: once is enough.")
class Dense(_Base):
    def forward(self, x):
        y = super().forward(x)
        return y if self.b is None else y + self.b


@reject(
    "x kept without a copy", "The caller changed x after forward, and your gradient changed with it. Keep x.copy()."
)
class Dense(_Base):
    def forward(self, x):
        super().forward(x)
        self.x = x
        return x @ self.W if self.b is None else x @ self.W + self.b


@reject("dx = dout @ W", "Going back, W is transposed: dout @ W.T takes (…, n_out) to (…, n_in).")
class Dense(_Base):
    def backward(self, dout):
        super().backward(dout)
        return dout @ self.W


@reject("dW transposed", "dW must have the shape of W: x.T @ dout is (n_in, n_out), dout.T @ x is its transpose.")
class Dense(_Base):
    def backward(self, dout):
        x, d = self.x.reshape(-1, self.W.shape[0]), dout.reshape(-1, self.W.shape[1])
        self.dW = self.dW + d.T @ x if self.dW.shape == (d.shape[1], x.shape[1]) else d.T @ x
        if self.db is not None:
            self.db += d.sum(axis=0)
        return dout @ self.W.T


@reject(
    "dx with the leading axes flattened",
    "Hand the gradient back in the shape of x, with its leading axes: dout @ W.T, unflattened.",
)
class Dense(_Base):
    def backward(self, dout):
        return super().backward(dout).reshape(-1, self.W.shape[0])


@reject("db with a row axis", "db must have the shape of b, (n_out,): leave keepdims away.")
class Dense(_Base):
    def backward(self, dout):
        dx = super().backward(dout)
        if self.db is not None:
            self.db = self.db.reshape(1, -1)
        return dx


@reject("forward without the bias", "The bias is missing in forward: x @ W + b.")
class Dense(_Base):
    def forward(self, x):
        self.x = x.copy()
        return x @ self.W


@reject("db never filled", "db stays zero: the bias has a gradient too, the sum of dout over all samples.")
class Dense(_Base):
    def backward(self, dout):
        dx, self.db = super().backward(dout), None if self.b is None else np.zeros_like(self.b)
        return dx


@reject(
    "the gradients are returned as dx", "backward returns the gradient at its INPUT, dout @ W.T. You returned dout."
)
class Dense(_Base):
    def backward(self, dout):
        super().backward(dout)
        return dout.copy()


@reject(
    "W stored as (n_out, n_in)",
    "That is PyTorch's layout. Here rows are samples and W is (n_in, n_out), used as x @ W.",
)
class Dense(_Base):
    def __init__(self, n_in, n_out, rng, bias=True):
        self.W = rng.normal(size=(n_out, n_in)) * math.sqrt(1 / n_in)
        self.b = np.zeros(n_out) if bias else None
        self.zero_grad()


@reject(
    "standard normal weights",
    "With standard deviation 1 the outputs grow by sqrt(n_in) a layer. Multiply by sqrt(1 / n_in).",
)
class Dense(_Base):
    def __init__(self, n_in, n_out, rng, bias=True):
        super().__init__(n_in, n_out, rng, bias)
        self.W = self.W * math.sqrt(n_in)


@reject(
    "variance taken for the standard deviation",
    "sqrt(1 / n_in) is the STANDARD DEVIATION; you scaled by 1 / n_in, its square.",
)
class Dense(_Base):
    def __init__(self, n_in, n_out, rng, bias=True):
        super().__init__(n_in, n_out, rng, bias)
        self.W = self.W / math.sqrt(n_in)


@reject("spread from n_out", "The spread depends on how many inputs are summed up: sqrt(1 / n_in), not n_out.")
class Dense(_Base):
    def __init__(self, n_in, n_out, rng, bias=True):
        super().__init__(n_in, n_out, rng, bias)
        self.W = self.W * math.sqrt(n_in / n_out)


@reject("the spread of Kaiming He", "sqrt(2 / n_in) is for layers behind a ReLU. Asked for is sqrt(1 / n_in).")
class Dense(_Base):
    def __init__(self, n_in, n_out, rng, bias=True):
        super().__init__(n_in, n_out, rng, bias)
        self.W = self.W * math.sqrt(2)


@reject("weights between 0 and 1", "rng.random gives numbers from 0 to 1: their mean is not 0. Use rng.normal.")
class Dense(_Base):
    def __init__(self, n_in, n_out, rng, bias=True):
        super().__init__(n_in, n_out, rng, bias)
        self.W = rng.random((n_in, n_out)) * math.sqrt(1 / n_in)


@reject("weights of zeros", "With W = 0 all outputs are alike and stay alike. Draw W from rng.")
class Dense(_Base):
    def __init__(self, n_in, n_out, rng, bias=True):
        super().__init__(n_in, n_out, rng, bias)
        self.W = np.zeros((n_in, n_out))


@reject(
    "a generator of its own",
    "You seed a generator of your own, so every layer gets the same weights. Use the rng you were given.",
)
class Dense(_Base):
    def __init__(self, n_in, n_out, rng, bias=True):
        super().__init__(n_in, n_out, np.random.default_rng(0), bias)


@reject("the global generator", "np.random.randn ignores the rng you were given: the caller's seed has no effect.")
class Dense(_Base):
    def __init__(self, n_in, n_out, rng, bias=True):
        super().__init__(n_in, n_out, rng, bias)
        self.W = np.random.randn(n_in, n_out) * math.sqrt(1 / n_in)


@reject("bias drawn at random", "b starts at zero; only W needs random numbers.")
class Dense(_Base):
    def __init__(self, n_in, n_out, rng, bias=True):
        super().__init__(n_in, n_out, rng, bias)
        self.b = rng.normal(size=n_out) if bias else None


@reject(
    "zero_grad sets None",
    "dW and db are zeros, never None, in a new layer and after zero_grad: then += works, and a layer without use has "
    "gradient 0.",
)
class Dense(_Base):
    def backward(self, dout):
        if self.dW is None:
            super().zero_grad()
        return super().backward(dout)

    def zero_grad(self):
        self.dW = self.db = None


@reject("zero_grad forgets db", "zero_grad clears db, too: your old sum is still in it.")
class Dense(_Base):
    def zero_grad(self):
        old = getattr(self, "db", None)
        super().zero_grad()
        if old is not None:
            self.db = self.db + old.astype(self.b.dtype)


@reject(
    "zero_grad does nothing", "zero_grad must set dW and db to zero again; after it your old gradients are still there."
)
class Dense(_Base):
    def zero_grad(self):
        if not hasattr(self, "dW") or self.dW.shape != self.W.shape or self.dW.dtype != self.W.dtype:
            super().zero_grad()


@reject(
    "gradients always float64", "np.zeros is float64. The gradients have the dtype of W and b: np.zeros_like(self.W)."
)
class Dense(_Base):
    def zero_grad(self):
        self.dW = np.zeros(self.W.shape)
        self.db = None if self.b is None else np.zeros(self.b.shape)


@reject("bias=False is ignored", "With bias=False there is no b: b and db are None.")
class Dense(_Base):
    def __init__(self, n_in, n_out, rng, bias=True):
        super().__init__(n_in, n_out, rng, True)


waive(
    "Dense.backward: self.x.reshape(-1, self.W.shape[0]) → self.x.reshape(-2, self.W.shape[0])",
    "NumPy takes any negative size for the one to be found",
)
waive(
    "Dense.backward: dout.reshape(-1, self.W.shape[1]) → dout.reshape(-2, self.W.shape[1])",
    "NumPy takes any negative size for the one to be found",
)
