"""A number that remembers how it was made, and so can differentiate itself."""

from __future__ import annotations

import math


class Value:
    """A node of a computation graph.

    Attributes:
        data: the number.
        grad: the sum, over all `backward()` calls, of the derivative of the called node by this one.
        parents: the nodes it was computed from.
        op: a name for the operation, for people who print graphs.
    """

    def __init__(self, data: float, parents: tuple[Value, ...] = (), op: str = "") -> None:
        self.data = float(data)
        self.grad = 0.0
        self.parents = parents
        self.op = op
        self._slopes: tuple[float, ...] = ()  # of this node by each of its parents

    def __add__(self, other: Value | float) -> Value:
        other = _value(other)
        return _node(self.data + other.data, "+", (self, 1.0), (other, 1.0))

    def __mul__(self, other: Value | float) -> Value:
        other = _value(other)
        return _node(self.data * other.data, "*", (self, other.data), (other, self.data))

    def __pow__(self, k: float) -> Value:
        return _node(self.data**k, "**", (self, k * self.data ** (k - 1)))

    def exp(self) -> Value:
        y = math.exp(self.data)
        return _node(y, "exp", (self, y))

    def log(self) -> Value:
        return _node(math.log(self.data), "log", (self, 1 / self.data))

    def tanh(self) -> Value:
        y = math.tanh(self.data)
        return _node(y, "tanh", (self, 1 - y * y))

    def relu(self) -> Value:
        return _node(max(0.0, self.data), "relu", (self, 1.0 if self.data > 0 else 0.0))

    def __neg__(self) -> Value:
        return self * -1

    def __sub__(self, other: Value | float) -> Value:
        return self + -_value(other)

    def __truediv__(self, other: Value | float) -> Value:
        return self * _value(other) ** -1

    def __radd__(self, other: float) -> Value:  # 2 + x, after int.__add__ has given up
        return self + other

    def __rmul__(self, other: float) -> Value:
        return self * other

    def __rsub__(self, other: float) -> Value:
        return -self + other

    def __rtruediv__(self, other: float) -> Value:
        return self**-1 * other

    def backward(self) -> None:
        """Add the derivative of this node by each ancestor (and by itself: 1) to the ancestor's `grad`."""
        flow = {self: 1.0}  # derivatives of this call alone: those of an earlier call must not flow again
        for node in reversed(_sorted(self)):  # children before their parents
            slope_so_far = flow[node]
            node.grad += slope_so_far
            for parent, slope in zip(node.parents, node._slopes, strict=True):
                flow[parent] = flow.get(parent, 0.0) + slope_so_far * slope


def _value(x: Value | float) -> Value:
    return x if isinstance(x, Value) else Value(x)


def _node(data: float, op: str, *edges: tuple[Value, float]) -> Value:
    """Make a node from (parent, slope by that parent) pairs."""
    node = Value(data, tuple(parent for parent, _ in edges), op)
    node._slopes = tuple(slope for _, slope in edges)
    return node


def _sorted(root: Value) -> list[Value]:
    """All nodes that `root` depends on, each once and after its own parents; `root` is the last."""
    order, seen = [], {root}
    stack = [(root, iter(root.parents))]  # in place of recursion, which ends after a thousand nodes
    while stack:
        node, parents = stack[-1]
        parent = next((p for p in parents if p not in seen), None)
        if parent is None:
            order.append(node)
            stack.pop()
        else:
            seen.add(parent)
            stack.append((parent, iter(parent.parents)))
    return order
