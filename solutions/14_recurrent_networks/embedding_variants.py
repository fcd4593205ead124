"""Other right ways to write an embedding, and the mistakes that people make."""

from __future__ import annotations

import numpy as np

from tutor.checks import accept, reject, waive


class _Base:
    """The right layer; each variant below changes one method."""

    def __init__(self, num, dim, rng, padding_idx=None):
        self.padding_idx = padding_idx
        self.W = self._drawn(num, dim, rng)
        if padding_idx is not None:
            self.W[padding_idx] = 0
        self.zero_grad()

    def _drawn(self, num, dim, rng):
        return rng.normal(size=(num, dim))

    def forward(self, idx):
        self._check(idx)
        self.idx = np.array(idx)
        return np.array(self.W[self.idx])

    def _check(self, idx):
        if np.any(idx < 0) or np.any(idx >= len(self.W)):
            raise IndexError("out of range")

    def backward(self, dout):
        rows, d = self._kept(dout)
        np.add.at(self.dW, rows, d)

    def _kept(self, dout):
        rows, d = self.idx.ravel(), dout.reshape(self.idx.size, self.W.shape[1])
        if self.padding_idx is None:
            return rows, d
        return rows[rows != self.padding_idx], d[rows != self.padding_idx]

    def zero_grad(self):
        self.dW = np.zeros(self.W.shape, self.W.dtype)


@accept("sorted indices, and sums over runs of equal ones")
class Embedding(_Base):
    def backward(self, dout):
        rows, d = self._kept(dout)
        if len(rows):
            order = np.argsort(rows, kind="stable")
            found, first = np.unique(rows[order], return_index=True)
            self.dW[found] += np.add.reduceat(d[order], first, axis=0)


@accept("bincount, a column at a time")
class Embedding(_Base):
    def backward(self, dout):
        rows, d = self._kept(dout)
        sums = [np.bincount(rows, weights=column, minlength=len(self.W)) for column in d.T]
        self.dW = self.dW + np.stack(sums, axis=1).astype(self.W.dtype)


@accept("a loop over the positions; the padding row is cleared afterwards")
class Embedding(_Base):
    def backward(self, dout):
        for row, d in zip(self.idx.ravel(), dout.reshape(-1, self.W.shape[1]), strict=True):
            self.dW[row] += d
        if self.padding_idx is not None:
            self.dW[self.padding_idx] = 0


@reject(
    "dW[idx] += dout",
    "NumPy applies a repeated index only once in dW[idx] += …, so the last one wins. Use np.add.at.",
)
class Embedding(_Base):
    def backward(self, dout):
        rows, d = self._kept(dout)
        self.dW[rows] += d


@reject(
    "one-hot matrix product",
    "Right, but the one-hot matrix has a column for every token of the vocabulary: a billion numbers in a real model.",
)
class Embedding(_Base):
    def backward(self, dout):
        rows, d = self._kept(dout)
        self.dW += (np.eye(len(self.W), dtype=self.W.dtype)[rows]).T @ d


@reject(
    "one-hot matrix in forward",
    "Right, but the one-hot matrix has a column for every token of the vocabulary. W[idx] gives the same rows.",
)
class Embedding(_Base):
    def forward(self, idx):
        self._check(idx)
        self.idx = np.array(idx)
        return np.eye(len(self.W), dtype=self.W.dtype)[self.idx] @ self.W


@reject(
    "negative index wraps", "-1 must not silently mean the last token: raise an IndexError for negative indices, too."
)
class Embedding(_Base):
    def _check(self, idx):
        if np.any(idx >= len(self.W)):
            raise IndexError("out of range")


@reject("indices clipped", "An index out of range is an error of the caller's: raise an IndexError, do not clip it.")
class Embedding(_Base):
    def forward(self, idx):
        return super().forward(np.clip(idx, 0, len(self.W) - 1))


@reject("ValueError for a bad index", "The task asks for an IndexError, which is what lists and arrays raise.")
class Embedding(_Base):
    def _check(self, idx):
        if np.any(idx < 0) or np.any(idx >= len(self.W)):
            raise ValueError("out of range")


@reject(
    "range checked by the minimum",
    "An empty array has no minimum: np.any(idx < 0) is right for it, idx.min() raises.",
)
class Embedding(_Base):
    def _check(self, idx):
        if idx.min() < 0 or idx.max() >= len(self.W):
            raise IndexError("out of range")


@reject(
    "returns a view of W",
    "For a single index W[idx] is a view: who writes to your result writes to the weights. Return a copy.",
)
class Embedding(_Base):
    def forward(self, idx):
        super().forward(idx)
        return self.W[int(idx)] if np.ndim(idx) == 0 else self.W[idx]


@reject("indices kept without a copy", "The caller changed idx after forward, and your backward followed. Keep a copy.")
class Embedding(_Base):
    def forward(self, idx):
        y = super().forward(idx)
        self.idx = idx
        return y


@reject("gradient overwritten", "backward ADDS to dW until zero_grad: you began a new sum.")
class Embedding(_Base):
    def backward(self, dout):
        self.zero_grad()
        super().backward(dout)


@reject("divided by the number of occurrences", "Repeated indices get the SUM of their gradients, not the mean.")
class Embedding(_Base):
    def backward(self, dout):
        rows, d = self._kept(dout)
        counts = np.bincount(rows, minlength=len(self.W))
        np.add.at(self.dW, rows, (d / counts[rows][:, None]).astype(d.dtype))


@reject("padding row receives gradient", "The row of padding_idx must not learn: leave its positions out of the sum.")
class Embedding(_Base):
    def _kept(self, dout):
        return self.idx.ravel(), dout.reshape(self.idx.size, self.W.shape[1])


@reject("padding is always row 0", "padding_idx may be any index, or None: then every row learns, row 0 as well.")
class Embedding(_Base):
    def _kept(self, dout):
        rows, d = self.idx.ravel(), dout.reshape(self.idx.size, self.W.shape[1])
        return rows[rows != 0], d[rows != 0]


@reject("0 means no padding", "`if padding_idx:` is false for 0, which is the usual padding index. Ask `is not None`.")
class Embedding(_Base):
    def __init__(self, num, dim, rng, padding_idx=None):
        super().__init__(num, dim, rng, padding_idx or None)


@reject(
    "dW[None] = 0",
    "Without a padding token dW[padding_idx] = 0 is dW[None] = 0, and that clears ALL rows. Ask `is not None` first.",
)
class Embedding(_Base):
    def backward(self, dout):
        np.add.at(self.dW, self.idx.ravel(), dout.reshape(self.idx.size, self.W.shape[1]))
        self.dW[self.padding_idx] = 0


@reject(
    "W[None] = 0",
    "Without a padding token W[padding_idx] = 0 is W[None] = 0, and that clears ALL rows. Ask `is not None` first.",
)
class Embedding(_Base):
    def __init__(self, num, dim, rng, padding_idx=None):
        super().__init__(num, dim, rng, padding_idx)
        self.W[padding_idx] = 0


@reject(
    "forward gives zeros for padding",
    "forward looks every row up as it is; the padding row is zero because it starts so and never learns.",
)
class Embedding(_Base):
    def forward(self, idx):
        y = super().forward(idx)
        if self.padding_idx is not None:
            y[self.idx == self.padding_idx] = 0
        return y


@reject("padding row drawn at random", "The padding row of a new layer is zero.")
class Embedding(_Base):
    def __init__(self, num, dim, rng, padding_idx=None):
        self.padding_idx = padding_idx
        self.W = self._drawn(num, dim, rng)
        self.zero_grad()


@reject("row 0 always zero", "Without padding_idx no row is zero at the start.")
class Embedding(_Base):
    def __init__(self, num, dim, rng, padding_idx=None):
        super().__init__(num, dim, rng, padding_idx)
        self.W[0] = 0


@reject("backward returns something", "An index has no gradient: backward returns None.")
class Embedding(_Base):
    def backward(self, dout):
        super().backward(dout)
        return self.dW.copy()


@reject("leading axes lost", "The result has the shape of idx with dim behind it: do not flatten it.")
class Embedding(_Base):
    def forward(self, idx):
        return super().forward(idx).reshape(-1, self.W.shape[1])


@reject("only flat indices", "idx may have any shape: flatten idx and dout in backward.")
class Embedding(_Base):
    def _kept(self, dout):
        kept = [k for k, i in enumerate(self.idx) if self.padding_idx is None or i != self.padding_idx]
        return self.idx[kept], dout[kept]


@reject("small weights", "The entries of W are standard normal: mean 0, standard deviation 1, not scaled.")
class Embedding(_Base):
    def _drawn(self, num, dim, rng):
        return rng.normal(size=(num, dim)) / np.sqrt(dim)


@reject("uniform weights", "The entries of W are standard normal; rng.random gives numbers between 0 and 1.")
class Embedding(_Base):
    def _drawn(self, num, dim, rng):
        return rng.random((num, dim))


@reject("the global generator", "np.random.randn ignores the rng you were given: the caller's seed has no effect.")
class Embedding(_Base):
    def _drawn(self, num, dim, rng):
        return np.random.randn(num, dim)


@reject(
    "a generator of its own",
    "You seed a generator of your own, so every layer gets the same weights. Use the rng you were given.",
)
class Embedding(_Base):
    def _drawn(self, num, dim, rng):
        return np.random.default_rng(0).normal(size=(num, dim))


@reject("W transposed", "W has one ROW a token: (num, dim).")
class Embedding(_Base):
    def _drawn(self, num, dim, rng):
        return rng.normal(size=(dim, num))


@reject("zero_grad does nothing", "zero_grad must clear dW; after it your old gradient is still there.")
class Embedding(_Base):
    def zero_grad(self):
        if not hasattr(self, "dW") or self.dW.shape != self.W.shape or self.dW.dtype != self.W.dtype:
            super().zero_grad()


@reject("zero_grad sets None", "zero_grad leaves zeros: a token that never came has gradient 0.")
class Embedding(_Base):
    def backward(self, dout):
        if self.dW is None:
            super().zero_grad()
        super().backward(dout)

    def zero_grad(self):
        self.dW = None


@reject("gradient always float64", "np.zeros is float64. dW has the dtype of W: np.zeros_like(self.W).")
class Embedding(_Base):
    def zero_grad(self):
        self.dW = np.zeros(self.W.shape)


@reject("result always float64", "float32 weights give float32 rows: do not convert them.")
class Embedding(_Base):
    def forward(self, idx):
        return super().forward(idx).astype(np.float64)


waive(
    "Embedding.backward: dout.reshape(-1, self.W.shape[1]) → dout.reshape(-2, self.W.shape[1])",
    "NumPy takes any negative size for the one to be found",
)
waive(
    "Embedding.backward: self.idx.reshape(-1) → self.idx.reshape(-2)",
    "NumPy takes any negative size for the one to be found",
)
waive(
    "Embedding.forward: idx >= len(self.W) → idx > len(self.W)",
    "np.take raises IndexError for the one index that is let through",
)
