"""Arrays that differentiate themselves: reverse-mode autograd on top of NumPy."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import numpy as np

from tutor.mine import unbroadcast

_recording = True  # switched off inside no_grad()


@contextmanager
def no_grad() -> Iterator[None]:
    """Compute without recording; the state before is restored, whatever happens inside."""
    global _recording
    before, _recording = _recording, False
    try:
        yield
    finally:
        _recording = before


class Tensor:
    """An array that remembers how it was computed.

    Attributes:
        data: the array, float64 unless it was made from float32.
        requires_grad: whether gradients flow to it.
        grad: for a leaf that requires a gradient, the sum of what `backward()` calls brought; None before the first.
    """

    __array_ufunc__ = None  # array + tensor: NumPy gives up, and Python asks __radd__

    def __init__(self, data: object, requires_grad: bool = False) -> None:
        array = np.array(data)
        self.data = array if array.dtype == np.float32 else array.astype(np.float64)
        self.requires_grad = requires_grad
        self.grad: np.ndarray | None = None
        self._parents: tuple[Tensor, ...] = ()
        self._pull: Callable[[np.ndarray], tuple[np.ndarray, ...]] | None = None

    # --- arithmetic, with broadcasting ------------------------------------------------------------------------------

    def __add__(self, o: object) -> Tensor:
        o = _tensor(o, self)
        return _node(self.data + o.data, (self, o), lambda g: (g, g))

    def __mul__(self, o: object) -> Tensor:
        o = _tensor(o, self)
        return _node(self.data * o.data, (self, o), lambda g: (g * o.data, g * self.data))

    def __pow__(self, k: float) -> Tensor:
        return _node(self.data**k, (self,), lambda g: (g * k * self.data ** (k - 1),))

    def __neg__(self) -> Tensor:
        return self * -1

    def __sub__(self, o: object) -> Tensor:
        return self + -_tensor(o, self)

    def __truediv__(self, o: object) -> Tensor:
        return self * _tensor(o, self) ** -1

    def __radd__(self, o: object) -> Tensor:
        return self + o

    def __rmul__(self, o: object) -> Tensor:
        return self * o

    def __rsub__(self, o: object) -> Tensor:
        return -self + o

    def __rtruediv__(self, o: object) -> Tensor:
        return self**-1 * o

    def __matmul__(self, o: object) -> Tensor:
        o = _tensor(o, self)

        def pull(g: np.ndarray) -> tuple[np.ndarray, ...]:
            return g @ o.data.swapaxes(-1, -2), self.data.swapaxes(-1, -2) @ g

        return _node(self.data @ o.data, (self, o), pull)

    def __rmatmul__(self, o: object) -> Tensor:
        return _tensor(o, self) @ self

    # --- element by element -----------------------------------------------------------------------------------------

    def exp(self) -> Tensor:
        y = np.exp(self.data)
        return _node(y, (self,), lambda g: (g * y,))

    def log(self) -> Tensor:
        return _node(np.log(self.data), (self,), lambda g: (g / self.data,))

    def tanh(self) -> Tensor:
        y = np.tanh(self.data)
        return _node(y, (self,), lambda g: (g * (1 - y * y),))

    def relu(self) -> Tensor:
        return _node(np.maximum(self.data, 0), (self,), lambda g: (g * (self.data > 0),))

    # --- reductions and shapes --------------------------------------------------------------------------------------

    def sum(self, axis: int | tuple[int, ...] | None = None, keepdims: bool = False) -> Tensor:
        def pull(g: np.ndarray) -> tuple[np.ndarray, ...]:
            if axis is not None and not keepdims:
                g = np.expand_dims(g, axis)  # the summed axes again, with size 1
            return (np.broadcast_to(g, self.data.shape),)

        return _node(self.data.sum(axis=axis, keepdims=keepdims), (self,), pull)

    def mean(self, axis: int | tuple[int, ...] | None = None, keepdims: bool = False) -> Tensor:
        total = self.sum(axis, keepdims)
        return total * (total.data.size / self.data.size)

    def max(self, axis: int, keepdims: bool = False) -> Tensor:
        where = np.expand_dims(self.data.argmax(axis), axis)  # the first of equal ones

        def pull(g: np.ndarray) -> tuple[np.ndarray, ...]:
            out = np.zeros_like(self.data)
            np.put_along_axis(out, where, g if keepdims else np.expand_dims(g, axis), axis)
            return (out,)

        return _node(self.data.max(axis=axis, keepdims=keepdims), (self,), pull)

    def reshape(self, *shape: int) -> Tensor:
        return _node(self.data.reshape(shape), (self,), lambda g: (g.reshape(self.data.shape),))

    def transpose(self, *axes: int) -> Tensor:
        back = np.argsort([axis % len(axes) for axis in axes]) if axes else None
        return _node(self.data.transpose(*axes), (self,), lambda g: (g.transpose(back),))

    def __getitem__(self, idx: object) -> Tensor:
        def pull(g: np.ndarray) -> tuple[np.ndarray, ...]:
            out = np.zeros_like(self.data)
            np.add.at(out, idx, g)  # an entry that was taken twice gets both
            return (out,)

        return _node(self.data[idx], (self,), pull)

    # --- the way back -----------------------------------------------------------------------------------------------

    def detach(self) -> Tensor:
        """The same data outside the graph."""
        return _node(self.data, (), None)

    def backward(self, grad: np.ndarray | None = None) -> None:
        """Add the gradient of this tensor (weighted with `grad`, if it is no scalar) to the `grad` of every leaf."""
        if not self.requires_grad:
            raise RuntimeError("nothing to differentiate: this tensor does not require a gradient")
        if grad is None:
            if self.data.size != 1:
                raise RuntimeError(f"backward() of shape {self.data.shape} needs a grad of that shape")
            grad = np.ones_like(self.data)
        flow = {self: np.asarray(grad, dtype=self.data.dtype)}
        for node in reversed(_sorted(self)):
            g = flow.pop(node)
            if node._pull is None:
                node.grad = g.copy() if node.grad is None else node.grad + g
                continue
            for parent, part in zip(node._parents, node._pull(g), strict=True):
                if parent.requires_grad:
                    part = unbroadcast(part, parent.data.shape).astype(parent.data.dtype, copy=False)
                    flow[parent] = flow[parent] + part if parent in flow else part


def _tensor(x: object, like: Tensor) -> Tensor:
    """Leave a tensor as it is; a Python number takes the dtype of `like`."""
    if isinstance(x, Tensor):
        return x
    return Tensor(np.array(x, dtype=like.data.dtype) if isinstance(x, (int, float)) else x)


def _node(
    data: np.ndarray, parents: tuple[Tensor, ...], pull: Callable[[np.ndarray], tuple[np.ndarray, ...]] | None
) -> Tensor:
    """Make the result of an operation; `pull` turns its gradient into one for each parent."""
    out = Tensor(0.0)
    out.data = np.asarray(data)
    if _recording and any(parent.requires_grad for parent in parents):
        out.requires_grad, out._parents, out._pull = True, parents, pull
    return out


def _sorted(root: Tensor) -> list[Tensor]:
    """All tensors through which gradients flow, each once and after its own parents."""
    order: list[Tensor] = []
    seen = {root}
    stack = [(root, iter(root._parents))]
    while stack:
        node, parents = stack[-1]
        parent = next((p for p in parents if p.requires_grad and p not in seen), None)
        if parent is None:
            order.append(node)
            stack.pop()
        else:
            seen.add(parent)
            stack.append((parent, iter(parent._parents)))
    return order
