from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np

from tutor.mine import unbroadcast


@contextmanager
def no_grad() -> Iterator[None]:
    """Inside `with no_grad():` nothing is recorded: results have requires_grad False and no parents."""
    # TODO: switch recording off, yield, and switch it back to what it was, also after an exception.
    raise NotImplementedError
    yield


class Tensor:
    """An array that remembers how it was computed.

    data: float64, or float32 if it was made from float32. requires_grad: whether gradients flow to it.
    grad: None; after backward(), for tensors that were not computed from others, an array like data.
    """

    # TODO: set __array_ufunc__ = None, so that `array + tensor` reaches your __radd__.

    def __init__(self, data: object, requires_grad: bool = False) -> None:
        # TODO: copy the data, so that no one else's array changes with it.
        raise NotImplementedError

    # `o` below: a Tensor, an array or a number. Numbers take the dtype of the tensor.

    def __add__(self, o: object) -> Tensor:
        # TODO: broadcast like NumPy; mind the way back.
        raise NotImplementedError

    def __mul__(self, o: object) -> Tensor:
        raise NotImplementedError

    def __pow__(self, k: float) -> Tensor:
        raise NotImplementedError

    def __neg__(self) -> Tensor:
        # TODO: build it from a product.
        raise NotImplementedError

    def __sub__(self, o: object) -> Tensor:
        raise NotImplementedError

    def __truediv__(self, o: object) -> Tensor:
        # TODO: build it from a product and a power.
        raise NotImplementedError

    # The next four are called for number + tensor and array + tensor, and so on.

    def __radd__(self, o: object) -> Tensor:
        raise NotImplementedError

    def __rmul__(self, o: object) -> Tensor:
        raise NotImplementedError

    def __rsub__(self, o: object) -> Tensor:
        # TODO: o - self.
        raise NotImplementedError

    def __rtruediv__(self, o: object) -> Tensor:
        # TODO: o / self.
        raise NotImplementedError

    def __matmul__(self, o: object) -> Tensor:
        """self: (..., n, m), o: (..., m, k); returns (..., n, k). The leading axes broadcast."""
        # TODO: dA = G @ B^T and dB = A^T @ G, transposing the last two axes.
        raise NotImplementedError

    def __rmatmul__(self, o: object) -> Tensor:
        # TODO: o @ self.
        raise NotImplementedError

    def exp(self) -> Tensor:
        raise NotImplementedError

    def log(self) -> Tensor:
        raise NotImplementedError

    def tanh(self) -> Tensor:
        raise NotImplementedError

    def relu(self) -> Tensor:
        raise NotImplementedError

    def sum(self, axis: int | tuple[int, ...] | None = None, keepdims: bool = False) -> Tensor:
        # TODO: on the way back, put the summed axes in again and repeat the gradient along them.
        raise NotImplementedError

    def mean(self, axis: int | tuple[int, ...] | None = None, keepdims: bool = False) -> Tensor:
        raise NotImplementedError

    def max(self, axis: int, keepdims: bool = False) -> Tensor:
        # TODO: the gradient goes to one of the largest entries, nothing to the others.
        raise NotImplementedError

    def reshape(self, *shape: int) -> Tensor:
        raise NotImplementedError

    def transpose(self, *axes: int) -> Tensor:
        """Permute the axes; without arguments, reverse them."""
        # TODO: the way back is the inverse permutation.
        raise NotImplementedError

    def __getitem__(self, idx: object) -> Tensor:
        # TODO: what was picked twice gets both gradients.
        raise NotImplementedError

    def detach(self) -> Tensor:
        """The same data, cut off from the graph."""
        raise NotImplementedError

    def backward(self, grad: np.ndarray | None = None) -> None:
        r"""Add $\partial \sum (\mathrm{self} \cdot \mathrm{grad}) / \partial \mathrm{leaf}$ to the grad of every leaf.

        grad: self's shape; None stands for 1 and is for a single number only, else RuntimeError.
        """
        # TODO: sort the graph, sweep it once; add to grad at the leaves only; un-broadcast everything.
        raise NotImplementedError
