"""Other ways to write tensor-autograd, and the mistakes that people make.

Most variants change one method: they derive from the solution's class, which the name `Tensor` means until a variant
takes it.
"""

# ruff: noqa: F821  # Tensor, _node, _tensor, _sorted, unbroadcast and _recording are the solution's

import heapq
import itertools
from contextlib import contextmanager

import numpy as np

from tutor.checks import accept, reject, waive

_serial = itertools.count()


def _grown(g, axis, keepdims, shape):
    if axis is not None and not keepdims:
        g = np.expand_dims(g, axis)
    return np.broadcast_to(g, shape)


class _OffOnce:
    """False when asked for the first time, then True: a variant is loaded once for all seeds, and each begins afresh."""

    asked = False

    def __bool__(self):
        before, self.asked = self.asked, True
        return before


def _add_to(leaf, g):
    leaf.grad = g.copy() if leaf.grad is None else leaf.grad + g


@accept("closures that add to an inner gradient, latest made first")
class Tensor:
    __array_priority__ = 100

    def __init__(self, data, requires_grad=False, parents=(), push=None):
        data = np.array(data) if push is None and not parents else np.asarray(data)
        self.data = data if data.dtype in (np.float32, np.float64) else data.astype(float)
        live = _recording and any(p.requires_grad for p in parents)
        self.requires_grad = bool(requires_grad or live)
        self.parents, self.push = (parents, push) if live else ((), None)
        self.grad, self.inner, self.serial = None, None, next(_serial)

    def wrap(self, o):
        if isinstance(o, Tensor):
            return o
        return Tensor(np.asarray(o, dtype=self.data.dtype) if np.ndim(o) == 0 else o)

    def get(self, g):
        if self.requires_grad:
            g = unbroadcast(np.asarray(g), self.data.shape).astype(self.data.dtype)
            self.inner = g if self.inner is None else self.inner + g

    def __add__(self, o):
        o = self.wrap(o)

        def push(g):
            self.get(g)
            o.get(g)

        return Tensor(self.data + o.data, parents=(self, o), push=push)

    def __mul__(self, o):
        o = self.wrap(o)

        def push(g):
            self.get(g * o.data)
            o.get(g * self.data)

        return Tensor(self.data * o.data, parents=(self, o), push=push)

    def __matmul__(self, o):
        o = self.wrap(o)

        def push(g):
            self.get(np.einsum("...ij,...kj->...ik", g, o.data))
            o.get(np.einsum("...ji,...jk->...ik", self.data, g))

        return Tensor(self.data @ o.data, parents=(self, o), push=push)

    def one(self, y, pull):
        return Tensor(y, parents=(self,), push=lambda g: self.get(pull(g)))

    def __pow__(self, k):
        return self.one(self.data**k, lambda g: g * (k * self.data ** (k - 1)))

    def exp(self):
        return self.one(np.exp(self.data), lambda g: g * np.exp(self.data))

    def log(self):
        return self.one(np.log(self.data), lambda g: g / self.data)

    def tanh(self):
        return self.one(np.tanh(self.data), lambda g: g * (1 - np.tanh(self.data) ** 2))

    def relu(self):
        return self.one(self.data * (self.data > 0), lambda g: np.where(self.data > 0, g, 0))

    def sum(self, axis=None, keepdims=False):
        y = self.data.sum(axis, keepdims=keepdims)
        return self.one(y, lambda g: _grown(g, axis, keepdims, self.data.shape))

    def mean(self, axis=None, keepdims=False):
        y = self.data.mean(axis, keepdims=keepdims)
        n = self.data.size / np.size(y)
        return self.one(y, lambda g: _grown(g, axis, keepdims, self.data.shape) / n)

    def max(self, axis, keepdims=False):
        top = self.data == self.data.max(axis, keepdims=True)
        last = top & (np.flip(np.flip(top, axis).cumsum(axis), axis) == 1)  # the last of equal ones
        y = self.data.max(axis, keepdims=keepdims)
        return self.one(y, lambda g: _grown(g, axis, keepdims, self.data.shape) * last)

    def reshape(self, *shape):
        return self.one(self.data.reshape(*shape), lambda g: g.reshape(self.data.shape))

    def transpose(self, *axes):
        axes = axes or tuple(range(self.data.ndim))[::-1]
        back = [0] * len(axes)
        for i, axis in enumerate(axes):
            back[axis] = i
        return self.one(self.data.transpose(axes), lambda g: g.transpose(back))

    def __getitem__(self, idx):
        def pull(g):
            out = np.zeros_like(self.data)
            np.add.at(out, idx, g)
            return out

        return self.one(self.data[idx], pull)

    def __neg__(self):
        return -1 * self

    def __sub__(self, o):
        return self + -self.wrap(o)

    def __truediv__(self, o):
        return self * self.wrap(o) ** -1

    __radd__, __rmul__ = __add__, __mul__

    def __rsub__(self, o):
        return self.wrap(o) - self

    def __rtruediv__(self, o):
        return self.wrap(o) / self

    def __rmatmul__(self, o):
        return self.wrap(o) @ self

    def detach(self):
        return Tensor(self.data)

    def backward(self, grad=None):
        if not self.requires_grad or (grad is None and self.data.size > 1):
            raise RuntimeError("cannot start here")
        self.get(np.ones_like(self.data) if grad is None else np.array(grad))
        heap, seen = [(-self.serial, self)], {id(self)}
        while heap:
            node = heapq.heappop(heap)[1]
            g, node.inner = node.inner, None
            if node.push is None:
                _add_to(node, g)
                continue
            node.push(g)
            for p in node.parents:
                if p.requires_grad and id(p) not in seen:
                    seen.add(id(p))
                    heapq.heappush(heap, (-p.serial, p))


@accept("a context manager class")
class no_grad:  # noqa: N801
    def __enter__(self):
        global _recording
        self.before, _recording = _recording, False

    def __exit__(self, *_):
        global _recording
        _recording = self.before


@accept("other formulas for the same slopes")
class Tensor(Tensor):
    def __truediv__(self, o):
        o = _tensor(o, self)
        return _node(self.data / o.data, (self, o), lambda g: (g / o.data, -g * self.data / o.data / o.data))

    def __sub__(self, o):
        o = _tensor(o, self)
        return _node(self.data - o.data, (self, o), lambda g: (g, -g))

    def mean(self, axis=None, keepdims=False):
        y = self.data.mean(axis=axis, keepdims=keepdims)
        share = self.data.dtype.type(y.size / self.data.size)
        return _node(y, (self,), lambda g: (_grown(g * share, axis, keepdims, self.data.shape),))

    def detach(self):
        return Tensor(self.data.copy())


@reject(
    "gradients as broadcast",
    "A gradient has the shape of the stretched operand, not of its data. Un-broadcast it: sum over the stretched axes.",
)
class Tensor(Tensor):
    def backward(self, grad=None):
        flow = {self: np.ones_like(self.data) if grad is None else grad}
        for node in reversed(_sorted(self)):
            g = flow.pop(node)
            if node._pull is None:
                _add_to(node, g)
                continue
            for p, part in zip(node._parents, node._pull(g), strict=True):
                if p.requires_grad:
                    flow[p] = flow[p] + part if p in flow else part


@reject(
    "matmul without transposes",
    "In C = A @ B, dA = dC @ Bᵀ and dB = Aᵀ @ dC: transpose the last two axes of the other factor.",
)
class Tensor(Tensor):
    def __matmul__(self, o):
        o = _tensor(o, self)
        return _node(self.data @ o.data, (self, o), lambda g: (g @ o.data, self.data @ g))


@reject(
    "matmul with all axes reversed",
    ".T reverses ALL axes of a stack of matrices. Swap the last two only: swapaxes(-1, -2).",
)
class Tensor(Tensor):
    def __matmul__(self, o):
        o = _tensor(o, self)
        return _node(self.data @ o.data, (self, o), lambda g: (g @ o.data.T, self.data.T @ g))


@reject(
    "product with its own value",
    "d(ab)/da is b: each factor gets the upstream gradient times the OTHER factor.",
)
class Tensor(Tensor):
    def __mul__(self, o):
        o = _tensor(o, self)
        return _node(self.data * o.data, (self, o), lambda g: (g * self.data, g * o.data))


@reject(
    "upstream gradient forgotten",
    "The local slope alone is not the gradient: multiply it with the gradient that arrives from above.",
)
class Tensor(Tensor):
    def exp(self):
        y = np.exp(self.data)
        return _node(y, (self,), lambda g: (y,))

    def tanh(self):
        y = np.tanh(self.data)
        return _node(y, (self,), lambda g: (1 - y * y,))


@reject(
    "sum without putting the axis back",
    "The gradient of a sum lacks the summed axis. Put it back with size 1 (np.expand_dims), then broadcast.",
)
class Tensor(Tensor):
    def sum(self, axis=None, keepdims=False):
        y = self.data.sum(axis=axis, keepdims=keepdims)
        return _node(y, (self,), lambda g: (np.broadcast_to(g, self.data.shape),))


@reject(
    "sum sends its gradient to one entry",
    "Every entry went into the sum with slope 1: each of them gets the whole gradient of the sum.",
)
class Tensor(Tensor):
    def sum(self, axis=None, keepdims=False):
        y = self.data.sum(axis=axis, keepdims=keepdims)
        share = self.data.dtype.type(y.size / self.data.size)
        return _node(y, (self,), lambda g: (_grown(g, axis, keepdims, self.data.shape) * share,))


@reject("mean with the slope of a sum", "Each entry enters a mean with slope 1/n: divide the gradient by their number.")
class Tensor(Tensor):
    def mean(self, axis=None, keepdims=False):
        y = self.data.mean(axis=axis, keepdims=keepdims)
        return _node(y, (self,), lambda g: (_grown(g, axis, keepdims, self.data.shape),))


@reject(
    "mean over the wrong number",
    "A mean over some axes divides by the number of entries along THOSE axes, not by the size of the whole array.",
)
class Tensor(Tensor):
    def mean(self, axis=None, keepdims=False):
        return self.sum(axis, keepdims) * (1 / self.data.size)


@reject("keepdims ignored", "With keepdims=True the summed axis stays, with size 1.")
class Tensor(Tensor):
    def sum(self, axis=None, keepdims=False):
        return super().sum(axis)


@reject(
    "max hands its gradient to everyone",
    "Only the largest entry moves the maximum: all the others get no gradient.",
)
class Tensor(Tensor):
    def max(self, axis, keepdims=False):
        y = self.data.max(axis=axis, keepdims=keepdims)
        return _node(y, (self,), lambda g: (_grown(g, axis, keepdims, self.data.shape),))


@reject(
    "max hands its gradient to every tie",
    "Where several entries are equally large, your gradient was given to each of them. One gets it, once: use argmax.",
)
class Tensor(Tensor):
    def max(self, axis, keepdims=False):
        top = self.data == self.data.max(axis=axis, keepdims=True)
        y = self.data.max(axis=axis, keepdims=keepdims)
        return _node(y, (self,), lambda g: (_grown(g, axis, keepdims, self.data.shape) * top,))


@reject(
    "an index picked twice counts once",
    "out[idx] += g adds only once where idx holds an entry twice. np.add.at(out, idx, g) adds every time.",
)
class Tensor(Tensor):
    def __getitem__(self, idx):
        def pull(g):
            out = np.zeros_like(self.data)
            out[idx] += g
            return (out,)

        return _node(self.data[idx], (self,), pull)


@reject(
    "transposed once more",
    "The way back is the INVERSE permutation (np.argsort(axes)); the same one again is right for two axes only.",
)
class Tensor(Tensor):
    def transpose(self, *axes):
        back = axes or None
        return _node(self.data.transpose(*axes), (self,), lambda g: (g.transpose(back),))


@reject("power rule with the same exponent", "The power rule: the slope of x**k is k * x**(k - 1).")
class Tensor(Tensor):
    def __pow__(self, k):
        return _node(self.data**k, (self,), lambda g: (g * k * self.data**k,))


@reject("relu lets every gradient through", "Where relu cut its input off, it must cut the gradient off too.")
class Tensor(Tensor):
    def relu(self):
        return _node(np.maximum(self.data, 0), (self,), lambda g: (g,))


@reject(
    "denominator taken out of the graph",
    "The denominator got no gradient: o.data is a plain array. Keep it as a Tensor: self * o**-1.",
)
class Tensor(Tensor):
    def __truediv__(self, o):
        return self * _tensor(o, self).data ** -1


@reject("2 - a gives a - 2", "__rsub__ is called for 2 - a with a as self: the result is other - self.")
class Tensor(Tensor):
    def __rsub__(self, o):
        return self - o


@reject("2 / a gives a / 2", "__rtruediv__ is called for 2 / a with a as self: the result is other / self.")
class Tensor(Tensor):
    def __rtruediv__(self, o):
        return self / o


@reject(
    "NumPy takes over on the left",
    "array + tensor went through the array's own +, element by element. Set __array_ufunc__ = None in the class, and "
    "NumPy leaves the work to your __radd__.",
)
class Tensor(Tensor):
    @property
    def __array_ufunc__(self):
        raise AttributeError


@reject(
    "gradients overwritten at a shared node",
    "A tensor that was used twice kept the gradient of one use only. Gradients of several uses add up.",
)
class Tensor(Tensor):
    def backward(self, grad=None):
        if not self.requires_grad or (grad is None and self.data.size != 1):
            raise RuntimeError("cannot start here")
        flow = {self: np.ones_like(self.data) if grad is None else grad}
        for node in reversed(_sorted(self)):
            g = flow[node]
            if node._pull is None:
                _add_to(node, g)
                continue
            for p, part in zip(node._parents, node._pull(g), strict=True):
                if p.requires_grad:
                    flow[p] = unbroadcast(part, p.data.shape).astype(p.data.dtype)


@reject(
    "sums written into a shared array",
    "a + b hands the SAME gradient to both. flow[p] += part writes into it, and so into that of the other one: write "
    "flow[p] = flow[p] + part.",
)
class Tensor(Tensor):
    def backward(self, grad=None):
        if not self.requires_grad or (grad is None and self.data.size != 1):
            raise RuntimeError("cannot start here")
        flow = {self: np.ones_like(self.data) if grad is None else np.array(grad, dtype=self.data.dtype)}
        for node in reversed(_sorted(self)):
            g = flow[node]
            if node._pull is None:
                _add_to(node, g)
                continue
            for p, part in zip(node._parents, node._pull(g), strict=True):
                if p.requires_grad:
                    if part.shape != p.data.shape or not part.flags.writeable:
                        part = unbroadcast(part, p.data.shape)
                    part = part.astype(p.data.dtype, copy=False)
                    if p in flow:
                        flow[p] += part
                    else:
                        flow[p] = part


@reject(
    "the caller's grad kept at a leaf",
    "The gradient of a leaf is the array that was given to backward: when the caller changes it, the gradient changes "
    "with it. Keep a copy.",
)
class Tensor(Tensor):
    def backward(self, grad=None):
        if self._pull is None and self.requires_grad and self.grad is None and grad is not None:
            self.grad = np.asarray(grad, dtype=self.data.dtype)
        else:
            super().backward(grad)


@reject(
    "summed axes put back one by one",
    "np.expand_dims(g, axis) takes a tuple of axes. One after the other, negative axes and axes that are out of order "
    "land in wrong places.",
)
class Tensor(Tensor):
    def sum(self, axis=None, keepdims=False):
        def pull(g):
            if axis is not None and not keepdims:
                for one in (axis,) if isinstance(axis, int) else axis:
                    g = np.expand_dims(g, one)
            return (np.broadcast_to(g, self.data.shape),)

        return _node(self.data.sum(axis=axis, keepdims=keepdims), (self,), pull)


@reject(
    "leaves overwritten",
    "A second backward() replaced the gradient of the first. At a leaf gradients add up: clearing is the caller's business.",
)
class Tensor(Tensor):
    def backward(self, grad=None):
        for node in _sorted(self):
            node.grad = None
        super().backward(grad)


@reject(
    "old gradients flow again",
    "Nodes in the middle kept the gradients of the last backward() and sent them down once more. Let each call flow on its "
    "own, and keep gradients at the leaves only.",
)
class Tensor(Tensor):
    def backward(self, grad=None):
        if not self.requires_grad or (grad is None and self.data.size != 1):
            raise RuntimeError("cannot start here")
        _add_to(self, np.ones_like(self.data) if grad is None else np.asarray(grad))
        for node in reversed(_sorted(self)):
            if node._pull is not None:
                for p, part in zip(node._parents, node._pull(node.grad), strict=True):
                    if p.requires_grad:
                        _add_to(p, unbroadcast(part, p.data.shape).astype(p.data.dtype))


@reject(
    "gradients kept everywhere",
    "Nodes in the middle have a grad, too. As in PyTorch only leaves keep theirs: memory would not hold all of them.",
)
class Tensor(Tensor):
    def backward(self, grad=None):
        super().backward(grad)
        for node in _sorted(self):
            if node.grad is None:
                node.grad = np.zeros_like(node.data)


@reject(
    "recursive sort",
    "Sorting by recursion needs one frame a node, and Python stops at a thousand. Keep an explicit stack.",
)
class Tensor(Tensor):
    def backward(self, grad=None):
        order, seen = [], set()

        def visit(node):
            if node not in seen:
                seen.add(node)
                for p in node._parents:
                    visit(p)
                order.append(node)

        visit(self)
        super().backward(grad)


@reject(
    "backward of anything",
    "backward() without a grad is for a single number: for a larger result nobody knows which numbers matter. "
    "Raise RuntimeError.",
)
class Tensor(Tensor):
    def backward(self, grad=None):
        super().backward(np.ones_like(self.data) if grad is None else grad)


@reject(
    "backward of nothing",
    "Nothing in this result requires a gradient, and backward() said nothing. Raise RuntimeError, as PyTorch does.",
)
class Tensor(Tensor):
    def backward(self, grad=None):
        if self.requires_grad:
            super().backward(grad)


@reject(
    "gradient for everyone",
    "A tensor with requires_grad=False got a gradient. It is a constant: nothing flows to it.",
)
class Tensor(Tensor):
    def backward(self, grad=None):
        super().backward(grad)
        for node in _sorted(self):
            for p in node._parents:
                if not p.requires_grad and p.grad is None:
                    p.grad = np.zeros_like(p.data)


@reject("float64 whatever came in", "float32 came in and float64 went out. Keep float32 data as they are.")
class Tensor(Tensor):
    def __init__(self, data, requires_grad=False):
        super().__init__(data, requires_grad)
        self.data = self.data.astype(np.float64)


@reject("integers stay integers", "Whole numbers become float64: integers have no gradients, and 1 / 2 would be lost.")
class Tensor(Tensor):
    def __init__(self, data, requires_grad=False):
        super().__init__(data, requires_grad)
        self.data = np.array(data)


@reject(
    "the caller's own array",
    "The tensor shares the caller's array: when they change it, the graph changes with it. Copy: np.array(data).",
)
class Tensor(Tensor):
    def __init__(self, data, requires_grad=False):
        super().__init__(data, requires_grad)
        if isinstance(data, np.ndarray) and data.dtype in (np.float32, np.float64):
            self.data = data


@reject(
    "Python numbers as float64 arrays",
    "A Python number made a float64 array, and float32 was lost. Let a number take the dtype of the tensor it meets.",
)
class Tensor(Tensor):
    def __add__(self, o):
        return super().__add__(o if isinstance(o, Tensor) else Tensor(np.float64(o) * np.ones(1)))

    def __mul__(self, o):
        return super().__mul__(o if isinstance(o, Tensor) else Tensor(np.float64(o) * np.ones(1)))

    __radd__, __rmul__ = __add__, __mul__


@reject("detach keeps the graph", "Through detach() no gradient may flow: the result has no parents.")
class Tensor(Tensor):
    def detach(self):
        return self * 1


@reject(
    "no_grad forgets to restore",
    "After an error inside no_grad() recording stayed off. Restore it in a finally clause.",
)
@contextmanager
def no_grad():
    global _recording
    before, _recording = _recording, False
    try:
        yield
    except BaseException:
        _recording = _OffOnce()
        raise
    _recording = before


@reject(
    "no_grad switches recording on",
    "Leaving an inner no_grad() switched recording on while the outer one was still open. Restore what was before.",
)
@contextmanager
def no_grad():
    global _recording
    _recording = False
    try:
        yield
    finally:
        _recording = True


@reject("no_grad does nothing", "Inside no_grad() results must not require a gradient and must have no parents.")
@contextmanager
def no_grad():
    yield


waive(
    "Tensor.__add__: _node(self.data + o.data, (self, o), lambda g: (g, g)) → "
    "_node(self.data + o.data, (o, self), lambda g: (g, g))",
    "both operands get the same gradient",
)
waive("Tensor.__neg__: self * -1 → self / -1", "the same number; division is a product with a power of -1")
waive("Tensor.__matmul__.pull: o.data.swapaxes(-1, -2) → o.data.swapaxes(-2, -1)", "swapping two axes has no order")
waive("Tensor.__matmul__.pull: self.data.swapaxes(-1, -2) → self.data.swapaxes(-2, -1)", "as above")
waive("Tensor.relu: np.maximum(self.data, 0) → np.maximum(0, self.data)", "the same maximum")
waive(
    "Tensor.backward: zip(node._parents, node._pull(g), strict=True) → zip(node._parents, node._pull(g))",
    "pull gives one part a parent; strict only says so",
)
waive(
    "Tensor.backward: zip(node._parents, node._pull(g), strict=True) → zip(node._parents, node._pull(g), strict=False)",
    "as above",
)
waive(
    "Tensor.backward: unbroadcast(part, parent.data.shape).astype(parent.data.dtype, copy=False) → "
    "unbroadcast(part, parent.data.shape).astype(parent.data.dtype)",
    "a copy more is slower, and no different",
)
waive(
    "Tensor.backward: unbroadcast(part, parent.data.shape).astype(parent.data.dtype, copy=False) → "
    "unbroadcast(part, parent.data.shape).astype(parent.data.dtype, copy=True)",
    "as above",
)
waive("_tensor: isinstance(x, (int, float)) → isinstance(x, (float, int))", "the order of the classes does not count")
waive("_node: Tensor(0.0) → Tensor(1.0)", "its data are replaced in the next line")
waive("_node: Tensor(0.0) → Tensor(0.5)", "as above")
