"""Checks of scalar-autograd: small programs are run with Values and with torch scalars, and every node is compared.

A program is a list of lines such as "c = a * b": torch and the learner's class understand the same text.
"""

import torch

from tutor.checks import CheckFailure, close, draws, equal, holds, quiet

UNARY = ("{}.exp()", "{}.log()", "{}.tanh()", "{}.relu()", "-{}", "{} ** 2", "{} ** 3", "{} ** -1", "{} ** 0.5")
BINARY = ("{} + {}", "{} * {}", "{} - {}", "{} / {}")


def run(program, make, leaves):
    """The variables after the program; `make` turns the leaves' numbers into Values or tensors."""
    names = {name: make(number) for name, number in leaves.items()}
    for line in program:
        name, _, expression = line.partition(" = ")
        names[name] = eval(expression, {}, names)
    return names


def truth(program, leaves, times=1):
    """name → (data, grad after `times` backward passes from the last line), by torch."""
    names = run(program, lambda x: torch.tensor(float(x), dtype=torch.float64, requires_grad=True), leaves)
    root = list(names.values())[-1]
    grads = torch.autograd.grad(root, list(names.values()), allow_unused=True)
    slopes = [0.0 if g is None else g.item() * times for g in grads]
    return {name: (node.item(), slope) for (name, node), slope in zip(names.items(), slopes, strict=True)}


def agree(mine, program, leaves, times=1):
    """Run by both, backward from the last line, compare data and grad of all."""
    right = truth(program, leaves, times)
    given = {"program": "; ".join(program), **leaves}
    try:
        names = run(program, mine.Value, leaves)
    except Exception as error:
        error.__dict__.setdefault("tutor_input", given)  # shown with the finding
        raise
    for name, node in names.items():
        close(node.data, right[name][0], f"{name}.data", input=given)
        equal(node.grad, 0.0, f"{name}.grad before any backward", input=given)
    root = list(names)[-1]
    for _ in range(times):
        names[root].backward()
    how = f"{root}.backward()" if times == 1 else f"{times} times {root}.backward()"
    got = {name: node.grad for name, node in names.items()}
    wanted = {name: slope for name, (_, slope) in right.items()}
    for name in reversed(list(names)):  # from the root to the leaves: the first wrong one is where it goes wrong
        try:
            close(got[name], wanted[name], f"{name}.grad after {how}", 1e-9, 1e-12, input=given)
        except CheckFailure as failure:
            failure.got, failure.expected = got, wanted
            raise
    for name, node in names.items():
        close(node.data, right[name][0], f"{name}.data after the backward pass", input=given)


def leaf(draw):
    """Not too close to 0, where 1/x and log x have no good digits."""
    return round(draw.float(0.3, 2.5), 3)


def test_a_new_value(mine):
    """A new Value holds its number as a float, and its gradient is 0.0."""
    for number in (2.5, 3, -1):
        v = mine.Value(number)
        equal(v.data, float(number), f"Value({number}).data")
        equal(v.grad, 0.0, f"Value({number}).grad")
        holds(type(v.grad) is float, "the grad of a new Value is no Python float", got=v.grad, expected="0.0")
    equal((len(v.parents), v.op), (0, ""), "the pair of the number of parents and the op of a new Value")


@draws(7)
def test_remembers(mine, draw):
    """The result of an operation knows its op, and its parents in the order in which they were written."""
    program, op = [
        ("a + b", "+"), ("a * b", "*"), ("a ** 3", "**"), ("a.exp()", "exp"), ("a.log()", "log"),
        ("a.tanh()", "tanh"), ("a.relu()", "relu"),
    ][draw.index]  # fmt: skip
    names = {"a": mine.Value(1.5), "b": mine.Value(4.0)}
    y = eval(program, {}, names)
    equal(y.op, op, f"the op of {program}")
    wanted = [1.5, 4.0] if "b" in program else [1.5]
    equal([p.data for p in y.parents], wanted, f"the list of the data of the parents of {program}")


@draws(9)
def test_functions_of_one_value(mine, draw):
    """exp, log, tanh, relu, minus and powers have torch's values and derivatives."""
    agree(mine, ["y = " + UNARY[draw.index].format("x")], {"x": leaf(draw)})


@draws(4)
def test_operators(mine, draw):
    """+, -, * and / of two Values have torch's values and both derivatives."""
    agree(mine, ["y = " + BINARY[draw.index].format("a", "b")], {"a": leaf(draw), "b": -leaf(draw)})


@draws(8)
def test_numbers(mine, draw):
    """Each operator takes a Python number on its right and on its left."""
    left, right = draw.pick(("x", "2"), ("2", "x"))
    agree(mine, ["y = " + draw.pick(*BINARY).format(left, right)], {"x": leaf(draw)})


@draws(3)
def test_number_types(mine, draw):
    """Floats and ints mix with Values, and every data and grad is a Python float."""
    v = mine.Value(3)
    y = draw.pick(2, 0.5, -1) * (v + draw.pick(1, 2.5, -4)) - 1
    y.backward()
    for what, got in (("data", y.data), ("data of the leaf", v.data), ("grad", y.grad), ("grad of the leaf", v.grad)):
        holds(type(got) is float, f"the {what} is no Python float", got=type(got).__name__, expected="float")


@draws(6)
def test_shared_nodes(mine, draw):
    """A node that is used more than once collects a gradient from every use."""
    programs = (
        ["y = x + x"],
        ["y = x * x"],
        ["y = x / x"],
        ["a = x * 3", "y = a * a"],
        ["a = x.tanh()", "b = a * 2", "c = a.exp()", "y = b * c"],
        ["a = x * x", "b = a + x", "c = b * a", "d = c + b", "y = d * x"],
    )
    agree(mine, programs[draw.index], {"x": leaf(draw)})


@draws(4)
def test_arms_of_different_length(mine, draw):
    """A node waits for all that was computed from it: a short path and a long one from the same node add up."""
    short, long = draw.pick("y = a + d", "y = d + a"), ["b = a.exp()", "c = b * 0.5", "d = c * c"]
    program = (
        ["a = x * x", *long, short] if draw.index < 2 else ["a = x.tanh()", *long, "e = d * x", short, "z = y * b"]
    )
    agree(mine, program, {"x": leaf(draw)})


def random_program(draw, lines):
    """Lines that use any earlier variable, tamed so that no number runs away."""
    known, program = ["a", "b"], []
    for k in range(lines):
        one, other, name = draw.pick(*known), draw.pick(*known), f"v{k}"
        expression = draw.pick(
            f"{one} + {other}",
            f"{one} * {other}",
            f"{one} - {other}",
            f"{one}.tanh()",
            f"({one} * 0.5).tanh().exp()",
            f"{one} / ({other} * {other} + 1)",
            f"({one} * {one} + 0.5).log()",
            f"(2 - {one}).relu()",
            f"(1 / ({one} ** 2 + 1)) ** 0.5",
        )
        program.append(f"{name} = {expression if k % 3 else f'({expression}).tanh()'}")
        known.append(name)
    return program


@draws(16)
def test_random_graphs(mine, draw):
    """In graphs made at random, every node has torch's derivative."""
    agree(mine, random_program(draw, 2 + draw.index // 2), {"a": leaf(draw), "b": -leaf(draw)})


@draws(3)
def test_backward_adds(mine, draw):
    """backward() adds to the gradients: called twice, every gradient is twice as large."""
    programs = (["y = x * 3"], ["a = x * 2", "b = a * x", "y = b.exp()"], ["a = x * x", "b = a + x", "y = a * b"])
    agree(mine, programs[draw.index], {"x": leaf(draw)}, times=draw.pick(2, 3))


def test_two_graphs(mine):
    """A second result adds its derivatives to those of the first; what it does not depend on stays as it is."""
    x, other = mine.Value(2.0), mine.Value(5.0)
    y, z = x * 3 + other, x * x
    y.backward()
    z.backward()
    equal((x.grad, other.grad), (7.0, 1.0), "the pair of gradients", input={"y": "x * 3 + other", "z": "x * x"})
    equal(y.grad, 1.0, "the gradient of y, of which z knows nothing")


def test_backward_in_the_middle(mine):
    """backward() of a node in the middle reaches what it was made from, not what was made from it."""
    x = mine.Value(1.5)
    a = x * x
    y = a * 4
    a.backward()
    equal((x.grad, a.grad, y.grad), (3.0, 1.0, 0.0), "the triple of gradients of x, a = x * x and y = a * 4")


@draws(3)
def test_relu_at_zero(mine, draw):
    """relu(x) is 0 for x ≤ 0 and passes no gradient there, also at 0 itself."""
    agree(mine, ["y = x.relu()", "z = y * 2"], {"x": [-1.5, 0.0, -0.0][draw.index]})


def test_extremes(mine):
    """tanh(±1000) and exp(-1000) give finite values and derivatives."""
    for x, program in ((1000.0, "y = x.tanh()"), (-1000.0, "y = x.tanh()"), (-1000.0, "y = x.exp()")):
        quiet(lambda x, program: agree(mine, [program], {"x": x}), x, program)


def test_long_chain(mine):
    """Survives a chain of 1100 additions: no recursion from node to node."""
    x = mine.Value(0.001)
    y = x
    for _ in range(1100):
        y = y + x
    y.backward()
    close(y.data, 1.101, "the value of 1100 additions")
    equal(x.grad, 1101.0, "the gradient through 1100 additions")
