"""Other ways to write scalar-autograd, and the mistakes that people make."""

import heapq
import itertools
import math

from tutor.checks import accept, reject, waive

_serial = itertools.count()


class _Core:
    """The class in small pieces, of which each variant has one of its own; `Value` is the variant."""

    def __init__(self, data, parents=(), op=""):
        self.data, self.grad, self.parents, self.op = float(data), 0.0, parents, op
        self.slopes, self.serial = (), next(_serial)

    @staticmethod
    def lift(x):
        return x if isinstance(x, Value) else Value(x)  # noqa: F821

    def made(self, op, data, *edges):
        out = Value(data, tuple(p for p, _ in edges), op)  # noqa: F821
        out.slopes = tuple(s for _, s in edges)
        return out

    def __add__(self, other):
        other = self.lift(other)
        return self.made("+", self.data + other.data, (self, 1.0), (other, 1.0))

    def __mul__(self, other):
        other = self.lift(other)
        return self.made("*", self.data * other.data, (self, other.data), (other, self.data))

    def __pow__(self, k):
        return self.made("**", self.data**k, (self, k * self.data ** (k - 1)))

    def exp(self):
        y = math.exp(self.data)
        return self.made("exp", y, (self, y))

    def log(self):
        return self.made("log", math.log(self.data), (self, 1 / self.data))

    def tanh(self):
        y = math.tanh(self.data)
        return self.made("tanh", y, (self, 1 - y**2))

    def relu(self):
        return self.made("relu", self.data if self.data > 0 else 0.0, (self, 1.0 if self.data > 0 else 0.0))

    def __neg__(self):
        return self * -1

    def __sub__(self, other):
        return self + self.lift(other) * -1

    def __truediv__(self, other):
        return self * self.lift(other) ** -1

    def order(self):
        """Every node before its parents."""
        waiting, seen, order = [(-self.serial, self)], {self}, []
        while waiting:
            node = heapq.heappop(waiting)[1]
            order.append(node)
            for p in node.parents:
                if p not in seen:
                    seen.add(p)
                    heapq.heappush(waiting, (-p.serial, p))
        return order

    def backward(self):
        flow = {self: 1.0}
        for node in self.order():
            node.grad += flow[node]
            for p, slope in zip(node.parents, node.slopes, strict=True):
                flow[p] = flow.get(p, 0.0) + flow[node] * slope


class _Value(_Core):
    """With numbers on the left."""

    def __radd__(self, other):
        return self.lift(other) + self

    def __rmul__(self, other):
        return self.lift(other) * self

    def __rsub__(self, other):
        return self.lift(other) - self

    def __rtruediv__(self, other):
        return self.lift(other) / self


def _depth_first(root):
    """Every node before its parents, by recursion."""
    seen, order = set(), []

    def visit(node):
        if node not in seen:
            seen.add(node)
            for p in node.parents:
                visit(p)
            order.append(node)

    visit(root)
    return order[::-1]


@accept("latest made comes first")
class Value(_Value):
    pass


@accept("counts the children that are still to come")
class Value(_Value):
    def order(self):
        children, stack, seen = {self: 0}, [self], {self}
        while stack:
            for p in stack.pop().parents:
                children[p] = children.get(p, 0) + 1
                if p not in seen:
                    seen.add(p)
                    stack.append(p)
        ready, order = [self], []
        while ready:
            node = ready.pop()
            order.append(node)
            for p in node.parents:
                children[p] -= 1
                if not children[p]:
                    ready.append(p)
        return order


@accept("closures over an inner gradient")
class Value:
    def __init__(self, data, parents=(), op=""):
        self.data, self.grad, self.parents, self.op, self._flow = float(data), 0.0, parents, op, 0.0
        self._push = lambda: None

    def _make(self, data, parents, push, op):
        out = Value(data, parents, op)
        out._push = lambda: push(out._flow)
        return out

    def __add__(self, other):
        other = other if isinstance(other, Value) else Value(other)

        def push(g):
            self._flow += g
            other._flow += g

        return self._make(self.data + other.data, (self, other), push, "+")

    def __mul__(self, other):
        other = other if isinstance(other, Value) else Value(other)

        def push(g):
            self._flow += g * other.data
            other._flow += g * self.data

        return self._make(self.data * other.data, (self, other), push, "*")

    def _unary(self, y, slope, op):
        def push(g):
            self._flow += g * slope

        return self._make(y, (self,), push, op)

    def __pow__(self, k):
        return self._unary(math.pow(self.data, k), k * math.pow(self.data, k - 1), "**")

    def exp(self):
        return self._unary(math.exp(self.data), math.exp(self.data), "exp")

    def log(self):
        return self._unary(math.log(self.data), 1.0 / self.data, "log")

    def tanh(self):
        t = math.tanh(self.data)
        return self._unary(t, (1 - t) * (1 + t), "tanh")

    def relu(self):
        return self._unary(self.data * (self.data > 0), self.data > 0, "relu")

    def __neg__(self):
        return -1 * self

    def __sub__(self, other):
        return self + (-other)

    def __truediv__(self, other):
        return self * (other**-1)

    __radd__, __rmul__ = __add__, __mul__

    def __rsub__(self, other):
        return other + (-self)

    def __rtruediv__(self, other):
        return other * self**-1

    def backward(self):
        seen, order, stack = set(), [], [(self, False)]
        while stack:
            node, done = stack.pop()
            if done:
                order.append(node)
            elif id(node) not in seen:
                seen.add(id(node))
                stack.append((node, True))
                stack.extend((p, False) for p in node.parents)
        for node in order:
            node._flow = 0.0
        self._flow = 1.0
        for node in order[::-1]:
            node._push()
        for node in order:
            node.grad += node._flow


@reject(
    "recursion from node to node",
    "A shared node is visited once per path, and hands on what it has so far each time. Sort the nodes first, then "
    "sweep once.",
)
class Value(_Value):
    def backward(self):
        self.grad += 1.0
        self.spread(0)

    def spread(self, depth):
        if depth > 800:
            raise RecursionError
        for p, slope in zip(self.parents, self.slopes, strict=True):
            p.grad += self.grad * slope
            p.spread(depth + 1)


@reject(
    "breadth first",
    "Nodes were handled level by level from the result. A node may be reached by a short path while a longer one is "
    "still to come: it must wait for all that was computed from it.",
)
class Value(_Value):
    def order(self):
        order, seen, queue = [], {self}, [self]
        while queue:
            node = queue.pop(0)
            order.append(node)
            for p in node.parents:
                if p not in seen:
                    seen.add(p)
                    queue.append(p)
        return order

    def backward(self):
        flow = {self: 1.0}
        for node in self.order():
            node.grad += flow[node]
            for p, slope in zip(node.parents, node.slopes, strict=True):
                flow[p] = flow.get(p, 0.0) + flow[node] * slope


@reject(
    "stack without a sort",
    "Nodes were handled in the order of a stack: some before all that was computed from them had been. Add a node to "
    "the order only after its parents, then go through it backwards.",
)
class Value(_Value):
    def order(self):
        order, seen, stack = [], {self}, [self]
        while stack:
            node = stack.pop()
            order.append(node)
            for p in node.parents:
                if p not in seen:
                    seen.add(p)
                    stack.append(p)
        return order


@reject(
    "parents first",
    "The sweep began at the leaves, where no gradient has arrived yet. Go from the result to the leaves: reverse the order.",
)
class Value(_Value):
    def backward(self):
        flow = {self: 1.0}
        for node in super().order()[::-1]:
            g = flow.get(node, 0.0)
            node.grad += g
            for p, slope in zip(node.parents, node.slopes, strict=True):
                flow[p] = flow.get(p, 0.0) + g * slope


@reject(
    "recursive topological sort",
    "Sorting by recursion needs one frame a node, and Python stops at a thousand. Keep an explicit stack.",
)
class Value(_Value):
    def order(self):
        return _depth_first(self)


@reject(
    "a node listed once for each use",
    "A shared node came more than once in your order and handed its gradient on each time. Remember which nodes you "
    "have seen.",
)
class Value(_Value):
    def order(self):
        order = super().order()
        return sorted(order + [p for node in order for p in node.parents[1:]], key=lambda v: -v.serial)


@reject(
    "gradients overwritten",
    "A node that is used twice kept the gradient of one use only. Gradients of several uses add up: +=, not =.",
)
class Value(_Value):
    def backward(self):
        flow = {self: 1.0}
        for node in self.order():
            node.grad += flow[node]
            for p, slope in zip(node.parents, node.slopes, strict=True):
                flow[p] = flow[node] * slope


@reject(
    "forgets how it was made",
    "The result of an operation has no parents or no op: pass both to Value(data, parents, op).",
)
class Value(_Value):
    def made(self, data, *edges):
        out = super().made(data, *edges)
        out.op = ""
        return out


@reject(
    "one edge for both uses",
    "x * x uses x twice: there are two edges to the same parent, and each carries a gradient. A set or a dict of parents "
    "keeps only one of them.",
)
class Value(_Value):
    def backward(self):
        flow = {self: 1.0}
        for node in self.order():
            node.grad += flow[node]
            for p, slope in dict(zip(node.parents, node.slopes, strict=True)).items():
                flow[p] = flow.get(p, 0.0) + flow[node] * slope


@reject(
    "old gradients flow again",
    "The second backward pass sent the gradients of the first one down again. Let each pass flow on its own, from 1, and "
    "add its result to grad at the end.",
)
class Value(_Value):
    def backward(self):
        self.grad += 1.0
        for node in self.order():
            for p, slope in zip(node.parents, node.slopes, strict=True):
                p.grad += node.grad * slope


@reject(
    "root set to one",
    "backward() ADDS: with a second call the gradient of the result itself is 2, and every other one twice as large.",
)
class Value(_Value):
    def backward(self):
        self.grad = 1.0
        for node in self.order():
            for p, slope in zip(node.parents, node.slopes, strict=True):
                p.grad += node.grad * slope


@reject(
    "gradients cleared first",
    "backward() wiped the gradients that were there. It must add to them: clearing is the caller's business.",
)
class Value(_Value):
    def backward(self):
        for node in self.order():
            node.grad = 0.0
        super().backward()


@reject(
    "equal numbers taken for one node",
    "Two Values with the same number are two nodes. Leave __eq__ and __hash__ as they are, or tell nodes apart by id().",
)
class Value(_Value):
    def __eq__(self, other):
        return self.data == other.data

    def __hash__(self):
        return hash(self.data)


@reject("no seed", "Nothing starts the flow: the derivative of the result by itself is 1.")
class Value(_Value):
    def backward(self):
        flow = {self: self.grad}
        for node in self.order():
            node.grad += flow[node]
            for p, slope in zip(node.parents, node.slopes, strict=True):
                flow[p] = flow.get(p, 0.0) + flow[node] * slope


@reject(
    "leaves only",
    "Only the leaves got a gradient. Here every node of the graph keeps its own, the result included.",
)
class Value(_Value):
    def backward(self):
        before = {node: node.grad for node in self.order() if node.parents}
        super().backward()
        for node, grad in before.items():
            node.grad = grad


@reject("no number on the right", "x * 2 failed: `other` may be a Python number. Make a Value of it first.")
class Value(_Value):
    @staticmethod
    def lift(x):
        return x


@reject(
    "no number on the left",
    "2 * x asks int.__mul__ first, which does not know Values; then Python tries __rmul__ of yours. Define __radd__, "
    "__rmul__, __rsub__ and __rtruediv__.",
)
class Value(_Core):
    pass


@reject(
    "no number on the left of - and /",
    "For 2 - x and 2 / x Python calls x.__rsub__(2) and x.__rtruediv__(2): define both.",
)
class Value(_Core):
    def __radd__(self, other):
        return self + other

    def __rmul__(self, other):
        return self * other


@reject("2 - x gives x - 2", "__rsub__ is called for 2 - x with x as self: the result is other - self.")
class Value(_Value):
    def __rsub__(self, other):
        return self - other


@reject("2 / x gives x / 2", "__rtruediv__ is called for 2 / x with x as self: the result is other / self.")
class Value(_Value):
    def __rtruediv__(self, other):
        return self / other


@reject(
    "denominator taken out of the graph",
    "The denominator got no gradient: b.data is a plain number. Keep b as a Value: a * b**-1.",
)
class Value(_Value):
    def __truediv__(self, other):
        return self * self.lift(other).data ** -1


@reject("minus lost for the second operand", "The derivative of a - b by b is -1.")
class Value(_Value):
    def __sub__(self, other):
        other = self.lift(other)
        return self.made("sub", self.data - other.data, (self, 1.0), (other, 1.0))


@reject("each factor gets its own value", "d(ab)/da is b: each factor gets the OTHER one's value.")
class Value(_Value):
    def __mul__(self, other):
        other = self.lift(other)
        return self.made("*", self.data * other.data, (self, self.data), (other, other.data))


@reject("power rule with the same exponent", "The power rule: the derivative of x**k is k * x**(k - 1).")
class Value(_Value):
    def __pow__(self, k):
        return self.made("**", self.data**k, (self, k * self.data**k))


@reject("power rule without the factor", "The factor k is missing: the derivative of x**k is k * x**(k - 1).")
class Value(_Value):
    def __pow__(self, k):
        return self.made("**", self.data**k, (self, self.data ** (k - 1)))


@reject("exp with slope x", "exp is its own derivative: the slope is the RESULT exp(x), not x.")
class Value(_Value):
    def exp(self):
        return self.made("exp", math.exp(self.data), (self, self.data))


@reject("log to base 10", "log is the natural logarithm here: math.log, whose derivative is 1/x.")
class Value(_Value):
    def log(self):
        return self.made("log", math.log10(self.data), (self, 1 / (self.data * math.log(10))))


@reject("tanh with the square of the input", "The derivative of tanh is 1 - y**2 with the RESULT y, not the input x.")
class Value(_Value):
    def tanh(self):
        return self.made("tanh", math.tanh(self.data), (self, 1 - self.data**2))


@reject(
    "tanh through exp",
    "exp(1000) overflows. math.tanh knows its limits, and its derivative 1 - y**2 needs no exp at all.",
)
class Value(_Value):
    def tanh(self):
        e = math.exp(2 * self.data)
        y = (e - 1) / (e + 1)
        return self.made("tanh", y, (self, 1 - y * y))


@reject("relu with slope 1 at zero", "At x = 0 relu's slope is taken as 0, as PyTorch does: x > 0, not x >= 0.")
class Value(_Value):
    def relu(self):
        return self.made("relu", max(self.data, 0.0), (self, 1.0 if self.data >= 0 else 0.0))


@reject("relu lets every gradient through", "Where relu cut its input off, it must cut the gradient off too.")
class Value(_Value):
    def relu(self):
        return self.made("relu", max(self.data, 0.0), (self, 1.0))


@reject("data kept as it came", "Value(3).data is the int 3. Make a float of it: float(data).")
class Value(_Value):
    def __init__(self, data, parents=(), op=""):
        super().__init__(data, parents, op)
        self.data = data


@reject("grad starts as None", "A new Value's grad is 0.0, not None: then it can always be added to.")
class Value(_Value):
    def __init__(self, data, parents=(), op=""):
        super().__init__(data, parents, op)
        self.grad = None


@reject(
    "adds in place",
    "a + b changed a itself. An operation makes a new Value; the old one is still needed, by you and by others.",
)
class Value(_Value):
    def __add__(self, other):
        out = super().__add__(other)
        self.data = out.data
        return out


waive("Value.relu: max(0.0, self.data) → max(self.data, 0.0)", "differs in the sign of zero only, which no check minds")
waive("Value.__neg__: self * -1 → self / -1", "the same number; division here is a product with a power of -1")
waive(
    "Value.backward: zip(node.parents, node._slopes, strict=True) → zip(node.parents, node._slopes)",
    "both are as long as the list of edges that made the node; strict only says so",
)
waive(
    "Value.backward: zip(node.parents, node._slopes, strict=True) → zip(node.parents, node._slopes, strict=False)",
    "as above",
)
