from __future__ import annotations


class Value:
    """A number that remembers how it was made.

    data: the number, a Python float. grad: a float, 0.0 at first; backward() adds to it.
    """

    def __init__(self, data: float, parents: tuple[Value, ...] = (), op: str = "") -> None:
        """parents: the Values it was computed from. op: a name, for printing."""
        # TODO: keep data as a float, a grad of 0.0, the parents and the op.
        raise NotImplementedError

    # Each operation below returns a new Value that knows its parents and its derivative by each of them.

    def __add__(self, other: Value | float) -> Value:
        # TODO: `other` may be a number: make a Value of it first.
        raise NotImplementedError

    def __mul__(self, other: Value | float) -> Value:
        # TODO: d(ab)/da = b, d(ab)/db = a.
        raise NotImplementedError

    def __pow__(self, k: float) -> Value:
        # TODO: k is a number, not a Value.
        raise NotImplementedError

    def exp(self) -> Value:
        # TODO: exp is its own derivative.
        raise NotImplementedError

    def log(self) -> Value:
        # TODO: the natural logarithm.
        raise NotImplementedError

    def tanh(self) -> Value:
        # TODO: write the derivative with the result, not with the input.
        raise NotImplementedError

    def relu(self) -> Value:
        # TODO: the derivative at 0 is 0.
        raise NotImplementedError

    def __neg__(self) -> Value:
        # TODO: build it from a product.
        raise NotImplementedError

    def __sub__(self, other: Value | float) -> Value:
        # TODO: build it from a sum.
        raise NotImplementedError

    def __truediv__(self, other: Value | float) -> Value:
        # TODO: build it from a product and a power.
        raise NotImplementedError

    # Python calls the next four for 2 + x, 2 * x, 2 - x and 2 / x, with the number as `other`.

    def __radd__(self, other: float) -> Value:
        # TODO: a sum has no order.
        raise NotImplementedError

    def __rmul__(self, other: float) -> Value:
        # TODO: nor has a product.
        raise NotImplementedError

    def __rsub__(self, other: float) -> Value:
        # TODO: other - self.
        raise NotImplementedError

    def __rtruediv__(self, other: float) -> Value:
        # TODO: other / self.
        raise NotImplementedError

    def backward(self) -> None:
        r"""Add d self / d node to the grad of every node that self was computed from, and 1 to its own."""
        # TODO: sort all nodes so that each comes before its parents, without recursion.
        # TODO: sweep once in that order; each node hands its derivative, times the slope, to its parents.
        raise NotImplementedError
