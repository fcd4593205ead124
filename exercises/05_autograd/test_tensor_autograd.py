"""Checks of tensor-autograd: expressions are computed with Tensors and with torch, and so are the gradients of the leaves.

Both understand the same text, but for the few names in TORCH_NAMES. A capital letter stands for a plain array.
"""

import numpy as np
import torch

from tutor.checks import CheckFailure, close, draws, equal, holds, raises

TORCH_NAMES = ((".max(", ".amax("), (".transpose()", ".T"), (".transpose(", ".permute("))
TOLERANCES = {"float64": (1e-9, 1e-12), "float32": (1e-4, 1e-5)}


def by_torch(program, leaves, up):
    """Result and gradients of the small-letter leaves, in float64."""
    for ours, theirs in TORCH_NAMES:
        program = program.replace(ours, theirs)
    made = {name: torch.tensor(a, dtype=torch.float64, requires_grad=name.islower()) for name, a in leaves.items()}
    y = evaluate(program, dict(made))
    wanted = [tensor for tensor in made.values() if tensor.requires_grad]
    grads = torch.autograd.grad(y, wanted, torch.tensor(up(y.detach().numpy())), allow_unused=True)
    slopes = dict(zip(filter(str.islower, made), grads, strict=True))
    return y.detach().numpy(), {n: None if g is None else g.numpy() for n, g in slopes.items()}


def evaluate(program, names):
    """The value of the last of several lines; the others assign."""
    *lines, last = program.split("; ")
    for line in lines:
        name, _, expression = line.partition(" = ")
        names[name] = eval(expression, {"np": np}, names)
    return eval(last, {"np": np}, names)


def agree(mine, program, dtype="float64", **leaves):
    """Compute by both, go backward with a random gradient, compare everything."""
    seed = sum(map(ord, program))

    def up(y):
        return np.asarray(np.random.default_rng(seed).normal(size=y.shape))

    value, grads = by_torch(program, leaves, up)
    leaves = {name: array.astype(dtype) for name, array in leaves.items()}
    given = {"expression": program, **leaves}
    try:
        made = {n: mine.Tensor(a, requires_grad=True) if n.islower() else a for n, a in leaves.items()}
        y = evaluate(program, dict(made))
        is_tensor(y, given)
        tolerance = TOLERANCES[dtype]
        close(y.data, value.astype(dtype), "the value", *tolerance, input=given)
        start = up(value).astype(dtype)
        y.backward(start)
        equal(start, up(value).astype(dtype), "the grad given to backward, afterwards", input=given)
    except Exception as error:
        error.__dict__.setdefault("tutor_input", given)  # shown with the finding
        raise
    for name, wanted in grads.items():
        if wanted is None:
            equal(made[name].grad, None, f"{name}.grad, which the result does not depend on", input=given)
        else:
            close(made[name].grad, wanted.astype(dtype), f"{name}.grad", *tolerance, input=given)
    for name, array in leaves.items():
        equal(made[name].data if name.islower() else made[name], array, f"the data of {name} afterwards", input=given)


def is_tensor(y, given):
    """An array where a Tensor should be has no backward."""
    if isinstance(y, (np.ndarray, np.generic)) or not hasattr(y, "backward"):
        raise CheckFailure("the result is no Tensor", kind="type", got=type(y).__name__, expected="Tensor", input=given)


def test_a_new_tensor(mine):
    """Holds float64 data, or float32 if it was given float32; requires no gradient unless told; its grad is None."""
    for data, dtype in (([1, 2], "float64"), (np.float32([1, 2]), "float32"), (3, "float64"), (np.eye(2), "float64")):
        t = mine.Tensor(data)
        equal(t.data, np.array(data, dtype=dtype), "the data", input={"data": data})
        equal((t.requires_grad, t.grad), (False, None), "the pair of requires_grad and grad", input={"data": data})
    equal(mine.Tensor([1.0], requires_grad=True).requires_grad, True, "requires_grad")
    array = np.ones(3)
    t = mine.Tensor(array)
    array[0] = 5
    equal(t.data, np.ones(3), "the data after the caller changed their own array")


@draws(10)
def test_arithmetic(mine, draw):
    """+, -, *, / of equal shapes, with torch's values and both gradients; powers and minus."""
    shape = draw.shape(dims=(0, 3), high=4)
    program = ["a + b", "a * b", "a - b", "a / b", "-a", "a ** 3", "b ** -1", "b ** 0.5", "a * a", "a + a"][draw.index]
    agree(mine, program, a=draw.array(shape), b=0.5 + np.abs(draw.array(shape)))


@draws(16)
def test_broadcasting(mine, draw):
    """Operands of other shapes broadcast, and each gradient has exactly the shape of its own data."""
    pairs = (((2, 3), (3,)), ((2, 3), (2, 1)), ((), (3,)), ((1, 3), (2, 1)), ((3, 1, 2), (4, 1)), ((2, 1), (1, 1)))
    one, other = draw.pick(*pairs)
    b = 0.5 + np.abs(draw.array(other))
    agree(mine, draw.pick("a + b", "a * b", "b - a", "a / b"), a=draw.array(one), b=b)


@draws(12)
def test_numbers_and_arrays(mine, draw):
    """A number or an array may stand on either side; the result is a Tensor."""
    program = [
        "a + 2",
        "2 - a",
        "a * 3",
        "1 / a",
        "a / 2",
        "a - 1",
        "a + B",
        "B + a",
        "B * a",
        "B - a",
        "a / B",
        "B / a",
    ]
    a, b = (0.5 + np.abs(draw.array((2, 3))) for _ in range(2))
    text = program[draw.index]
    if not text.startswith("B"):
        return agree(mine, text, a=a, B=b)
    try:
        agree(mine, text, a=a, B=b)
    except TypeError:  # an array of Tensors cannot even be looked at from outside
        is_tensor(np.zeros(1), {"expression": text, "a": a, "B": b})


@draws(5)
def test_functions(mine, draw):
    """exp, log, tanh and relu, also several of them in a row."""
    program = ["a.exp()", "a.log()", "(a - 1).tanh()", "(a - 1).relu()", "(a.tanh() - 0.5).relu().exp().log()"]
    agree(mine, program[draw.index], a=np.abs(draw.array(draw.shape(dims=(1, 3)))) + 0.1)


def test_relu_at_zero(mine):
    """relu passes no gradient where its input is 0."""
    agree(mine, "a.relu()", a=np.array([0.0, -0.0, 1.0, -1.0]))


@draws(8)
def test_matmul(mine, draw):
    """Matrix products, also of stacks of matrices, whose leading axes broadcast."""
    n, m, k, s = draw.shape(dims=4, high=5)
    stacks = (((), ()), ((s,), (s,)), ((s,), ()), ((), (s,)), ((s, 1), (2,)))
    one, other = stacks[draw.index % 5]
    agree(mine, "a @ b", a=draw.array((*one, n, m)), b=draw.array((*other, m, k)))


def test_matmul_with_arrays(mine):
    """An array may stand on either side of @."""
    rng = np.random.default_rng(0)
    a, b = rng.normal(size=(2, 3)), rng.normal(size=(3, 4))
    agree(mine, "a @ B", a=a, B=b)
    agree(mine, "A @ b", A=a, b=b)


@draws(12)
def test_sum_and_mean(mine, draw):
    """sum and mean over all axes, one or several, with and without keepdims."""
    a = draw.array(draw.shape(dims=3, high=4))
    axis = draw.pick(None, 1, -1, (2, 0), 0, (-2, -1))
    how = draw.pick("", f"axis={axis}", f"axis={axis}, keepdims=True") if axis is not None else ""
    agree(mine, f"a.{draw.pick('sum', 'mean')}({how}) * 2", a=a)


@draws(8)
def test_max(mine, draw):
    """max along an axis sends its gradient to the largest entries alone."""
    a = draw.array(draw.shape(dims=(2, 3), high=4))
    axis = draw.dim(a)
    agree(mine, f"a.max(axis={axis}{draw.pick('', ', keepdims=True')}) * 2", a=a)


def test_max_of_ties(mine):
    """Where several entries are the largest, one of them gets the whole gradient."""
    a = mine.Tensor(np.array([[2.0, 5.0, 5.0], [7.0, 7.0, 7.0]]), requires_grad=True)
    a.max(axis=1).backward(np.array([3.0, 4.0]))
    got = np.asarray(a.grad)
    largest = a.data == a.data.max(1, keepdims=True)
    right = (np.sort(got, 1) == [[0, 0, 3], [0, 0, 4]]).all() and not got[~largest].any()
    holds(
        right, "the gradient of max was not given to one of the largest entries", got=got, expected="[3, 4] once each"
    )


@draws(6)
def test_shapes(mine, draw):
    """reshape and transpose take the gradient back to the old shape."""
    a = draw.array((2, 3, 4))
    program = ["a.reshape(6, 4)", "a.reshape(4, -1)", "a.transpose(1, 2, 0)", "a.transpose(-1, 0, 1)",
               "a[0].transpose()", "a.transpose(2, 0, 1).reshape(-1)"][draw.index]  # fmt: skip
    agree(mine, program, a=a)


@draws(8)
def test_indexing(mine, draw):
    """Slices, integers, masks and integer arrays; an entry that was picked twice gets both gradients."""
    program = ["a[1]", "a[:, 1:3]", "a[::2, -1]", "a[[0, 2, 0]]", "a[[0, 1, 2], [1, 1, 3]]", "a[:, [1, 1, 1]]",
               "a[a.data > 0]", "a[[2, 2], [3, 3]] * a[2, 3]"][draw.index]  # fmt: skip
    agree(mine, program, a=draw.array((3, 4)) + 0.1)


@draws(5)
def test_shared(mine, draw):
    """A tensor that is used in several places collects all its gradients, whatever the lengths of the ways."""
    program = ["a * a + a", "b = a.exp(); c = b * 2; d = c * c; b + d", "b = a * a; c = b.sum(axis=0); b * c - a",
               "b = a.tanh(); c = b @ b.transpose(); c.sum() * b + a[0]",
               "b = a * 2; c = a * 3; d = b + c; d + b"][draw.index]  # fmt: skip
    agree(mine, program, a=draw.array((2, 3), scale=0.5))


@draws(4)
def test_networks(mine, draw):
    """Softmax with cross-entropy, and a two-layer network on top of it, have torch's gradients."""
    loss = "s = z - z.max(axis=1, keepdims=True); p = s - s.exp().sum(axis=1, keepdims=True).log(); -p[np.arange(5), [0, 2, 1, 1, 0]].mean()"
    if draw.index < 2:
        return agree(mine, loss, z=draw.array((5, 3), scale=[1, 300][draw.index]))
    layers = f"h = (X @ v + b).{['relu', 'tanh'][draw.index - 2]}(); z = h @ w + c; "
    shapes = {"X": (5, 4), "v": (4, 6), "b": (6,), "w": (6, 3), "c": (3,)}
    agree(mine, layers + loss, **{name: draw.array(shape) for name, shape in shapes.items()})


@draws(6)
def test_float32(mine, draw):
    """float32 stays float32: values and gradients, also with Python numbers and through every kind of operation."""
    program = ["a + 2", "2.5 * a", "a.mean(axis=0)", "(a @ a.transpose()).exp()", "a[[0, 0]].sum() / 3",
               "(1 - a.max(axis=1, keepdims=True)).tanh() ** 2"][draw.index]  # fmt: skip
    agree(mine, program, dtype="float32", a=draw.array((2, 3), scale=0.5))


def test_mixed_precision(mine):
    """Each gradient has the dtype of its data, also where float32 and float64 meet."""
    a, b = mine.Tensor(np.float32([1.5, 2.0]), requires_grad=True), mine.Tensor([2.0, 3.0], requires_grad=True)
    (a * b).sum().backward()
    equal((a.grad, b.grad), (np.float32([2, 3]), np.array([1.5, 2.0])), "the pair of gradients")
    y = a * np.array([0.1, 0.2])
    equal(y.data, np.float32([1.5, 2.0]).astype(np.float64) * np.array([0.1, 0.2]), "float32 times a float64 array")
    alone = mine.Tensor(np.float32([1.0, 2.0]), requires_grad=True)
    alone.backward(np.array([3.0, 4.0]))
    equal(alone.grad, np.float32([3, 4]), "the gradient of a float32 leaf that got a float64 one")


def test_scalars_need_no_grad(mine):
    """backward() without an argument starts from 1, for a single number only; else it raises RuntimeError."""
    a = mine.Tensor([1.0, 2.0], requires_grad=True)
    (a * a).sum().backward()
    equal(a.grad, np.array([2.0, 4.0]), "the gradient of (a * a).sum()")
    raises(RuntimeError, (a * a).backward, because="the result has two numbers, and no grad was given")


def test_nothing_to_differentiate(mine):
    """backward() of a result in which nothing requires a gradient raises RuntimeError."""
    fixed = mine.Tensor([1.0, 2.0])
    raises(RuntimeError, fixed.sum().backward, because="nothing in it requires a gradient")


def test_leaves_accumulate(mine):
    """Gradients add up at the leaves, over calls and over graphs; a node in the middle keeps none."""
    a = mine.Tensor([1.0, -2.0], requires_grad=True)
    b = a * 3
    y = (b * b).sum()
    y.backward()
    equal(a.grad, np.array([18.0, -36.0]), "a.grad after y = ((a * 3)**2).sum(); y.backward()")
    y.backward()
    equal(a.grad, np.array([36.0, -72.0]), "a.grad after a second y.backward()")
    b.sum().backward()
    equal(a.grad, np.array([39.0, -69.0]), "a.grad after (a * 3).sum().backward(), too")
    equal(b.grad, None, "the grad of b = a * 3, which is no leaf")


def test_what_requires_no_gradient(mine):
    """A tensor with requires_grad=False keeps grad None; a result requires a gradient if an operand does."""
    a, c = mine.Tensor([1.0, 2.0], requires_grad=True), mine.Tensor([3.0, 4.0])
    y = a * c
    equal((y.requires_grad, (c * c).requires_grad), (True, False), "the pair of requires_grad of a * c and c * c")
    y.sum().backward()
    equal((a.grad, c.grad), (np.array([3.0, 4.0]), None), "the pair of gradients of a and c")


def test_detach(mine):
    """detach() gives the same data, through which no gradient flows."""
    a = mine.Tensor([1.0, 2.0], requires_grad=True)
    d = (a * 2).detach()
    equal((d.data, d.requires_grad), (np.array([2.0, 4.0]), False), "the pair of data and requires_grad")
    (a * d).sum().backward()
    equal(a.grad, np.array([2.0, 4.0]), "the gradient of (a * (a * 2).detach()).sum()")


def test_no_grad(mine):
    """Inside no_grad() nothing is recorded; afterwards everything is as before."""
    a = mine.Tensor([1.0, 2.0], requires_grad=True)
    with mine.no_grad():
        y = a * 2
    equal(
        (y.data, y.requires_grad), (np.array([2.0, 4.0]), False), "the pair of data and requires_grad within no_grad()"
    )
    equal((a * 2).requires_grad, True, "requires_grad of a result after no_grad()")
    equal(a.requires_grad, True, "requires_grad of the leaf itself")


def test_no_grad_nested(mine):
    """The end of an inner no_grad() does not switch recording on while an outer one is open."""
    a = mine.Tensor([1.0, 2.0], requires_grad=True)
    with mine.no_grad():
        with mine.no_grad():
            pass
        y = a * 2
    equal(y.requires_grad, False, "requires_grad of a result after an inner no_grad()")


def test_results_are_their_own(mine):
    """A result has memory of its own, and so has a gradient."""
    a = mine.Tensor([1.0, 2.0], requires_grad=True)
    up = np.array([3.0, 4.0])
    y = a + 0
    y.backward(up)
    leaf = mine.Tensor([1.0, 2.0], requires_grad=True)
    leaf.backward(up)
    pairs = (
        ("a + 0 and a", y.data, a.data),
        ("a.grad and the grad given to (a + 0).backward", a.grad, up),
        ("a.grad and the grad given to a.backward", leaf.grad, up),
    )
    for what, one, other in pairs:
        holds(
            not np.shares_memory(one, other),
            f"{what} share memory",
            got="the same memory",
            expected="memory of its own",
        )


def test_limits(mine):
    """exp, log and tanh give what torch gives at the ends of their ranges."""
    a = np.array([0.0, 800.0, -800.0, np.inf, -np.inf])
    with np.errstate(all="ignore"):
        for name in ("exp", "tanh"):
            close(getattr(mine.Tensor(a), name)().data, getattr(torch, name)(torch.tensor(a)).numpy(), name)
        close(mine.Tensor(a[:2]).log().data, torch.log(torch.tensor(a[:2])).numpy(), "log")


def test_long_chain(mine):
    """Survives a chain of 1100 additions: no recursion from node to node."""
    x = mine.Tensor([0.5], requires_grad=True)
    y = x
    for _ in range(1100):
        y = y + x
    y.sum().backward()
    equal(x.grad, np.array([1101.0]), "the gradient through 1100 additions")


def test_no_grad_and_errors(mine):
    """Recording goes on after no_grad() was left by an error."""  # the last check: if it does not, nothing else works
    a = mine.Tensor([1.0, 2.0], requires_grad=True)
    try:
        with mine.no_grad():
            raise RuntimeError("an error inside")
    except RuntimeError:
        pass
    equal((a * 2).requires_grad, True, "requires_grad of a result after no_grad() was left by an error")
