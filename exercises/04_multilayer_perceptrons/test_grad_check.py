"""Checks of numerical_grad, relative_error and grad_check against torch.autograd and the definitions."""

from __future__ import annotations

import numpy as np
import torch

from tutor.checks import close, draws, equal, holds, raises, same


def cube(x):
    """Central differences of a cubic are off by exactly eps², one-sided ones by much more."""
    return float((np.asarray(x, np.float64) ** 3).sum())


def entangled(x):
    """A smooth function in which every entry meets every other one."""
    x = np.asarray(x, np.float64)
    weights = np.arange(1, x.size + 1).reshape(x.shape)
    return float(np.log(np.exp(np.sin(x) * weights).sum()) + (x * weights).sum() ** 2 / (x.size or 1) ** 3)


def entangled_gradient(x):
    t = torch.tensor(np.array(x, dtype=np.float64), requires_grad=True)
    weights = torch.arange(1, t.numel() + 1, dtype=torch.float64).reshape(t.shape)
    y = torch.logsumexp((torch.sin(t) * weights).flatten(), 0) + (t * weights).sum() ** 2 / t.numel() ** 3
    return torch.autograd.grad(y, t)[0].numpy()


def differences(f, x, eps=1e-5):
    """The definition, entry by entry, with a fresh array for each value."""
    flat = np.array(x, dtype=np.float64).ravel()
    grad = np.zeros(flat.size)
    for i in range(flat.size):
        shift = np.zeros(flat.size)
        shift[i] = eps
        grad[i] = (f((flat + shift).reshape(x.shape)) - f((flat - shift).reshape(x.shape))) / (2 * eps)
    return grad.reshape(x.shape)


def relative_error(a, b):
    a, b = torch.tensor(np.array(a)).double(), torch.tensor(np.array(b)).double()
    size = (a.norm() + b.norm()).item()
    return (a - b).norm().item() / size if size else 0.0


@draws(6)
def test_central_difference(mine, draw):
    """numerical_grad is the central difference: of a cubic it is off by exactly eps squared."""
    x, eps = draw.array(draw.shape(dims=(1, 2), high=3)), draw.pick(0.5, 0.25)
    got = mine.numerical_grad(cube, x.copy(), eps)
    close(got, 3 * x**2 + eps**2, "numerical_grad of a sum of cubes", rtol=1e-9, input={"x": x, "eps": eps})


@draws(6)
def test_agrees_with_autograd(mine, draw):
    """With the default eps it agrees with autograd to eight digits, for an x of any shape."""
    x = draw.array(draw.shape(dims=(1, 3), high=3))
    truth = entangled_gradient(x)
    got = mine.numerical_grad(entangled, x.copy())
    close(got, truth, "numerical_grad", rtol=1e-8, atol=1e-8 * float(np.abs(truth).max()), input={"x": x})


@draws(5)
def test_odd_shapes(mine, draw):
    """Takes an x of shape (), of no entries, and of one entry; transposed, strided and read-only ones."""
    x = draw.pick(
        draw.array(()), draw.array((0, 3)), draw.array(1), draw.array((3, 2), layout="transposed"), draw.array(3)
    )
    if draw.index == 4:
        x.flags.writeable = False
    same(mine.numerical_grad, differences, entangled, x, rtol=1e-6, dtypes=("float64",))


@draws(3)
def test_x_keeps_its_bits(mine, draw):
    """x is the same to the last bit after the call, and f sees every entry but one in its place."""
    x, seen = draw.array(3, scale=0.3), []

    def watched(at):
        seen.append(np.array(at, dtype=np.float64))
        return cube(at)

    before = x.copy()
    mine.numerical_grad(watched, x, 1e-3)
    equal(x, before, "x after the call", input={"x": before})
    moved = [int((at != before).sum()) for at in seen]
    holds(
        len(seen) > 0 and max(moved) <= 1,
        "more than one entry of x had moved when f was evaluated",
        got=seen[int(np.argmax(moved))],
        expected="x with one entry moved by eps",
        input={"x": before, "eps": 1e-3},
    )


@draws(3)
def test_f_gets_the_shape_of_x(mine, draw):
    """f is given arrays in the shape of x, not flat ones."""
    x, seen = draw.array(draw.pick((2, 3), (2, 1, 2), ())), []

    def watched(at):
        seen.append(np.shape(at))
        return cube(at)

    mine.numerical_grad(watched, x.copy())
    message = "f was given an array of another shape than that of x"
    holds(set(seen) == {x.shape}, message, got=sorted(set(seen)), expected=str(x.shape), input={"x": x})


@draws(2)
def test_default_eps(mine, draw):
    """Without eps, the entries move by 1e-5."""
    x, seen = draw.array(2), []

    def watched(at):
        seen.append(np.array(at, dtype=np.float64))
        return cube(at)

    mine.numerical_grad(watched, x.copy())
    mine.grad_check(watched, x.copy(), 3 * x**2)
    moves = [np.abs(at - x).max() for at in seen if not np.array_equal(at, x)]
    close(np.array([min(moves), max(moves)]), np.full(2, 1e-5), "the smallest and the largest move", rtol=1e-6)


@draws(3)
def test_float32(mine, draw):
    """A float32 x is widened: result in float64, and as exact as for a float64 x."""
    x = draw.array(3).astype(np.float32)
    same(mine.numerical_grad, differences, entangled, x, rtol=1e-6, dtypes=None)


@draws(12)
def test_relative_error(mine, draw):
    """relative_error is the norm of the difference over the sum of the norms, over all entries."""
    a = draw.array(draw.shape(dims=(1, 3), high=4))
    b = draw.pick(a + draw.array(a.shape, scale=1e-3), draw.array(a.shape), 0 * a, a.copy(), -a)
    if draw.bool():
        a.flat[0] = 0.0
    same(mine.relative_error, relative_error, a, b)


@draws(3)
def test_relative_error_of_zeros(mine, draw):
    """Two zero gradients have the error 0.0, empty ones too; and nothing warns."""
    shape = draw.pick((3,), (2, 2), (0,))
    same(mine.relative_error, relative_error, np.zeros(shape), np.zeros(shape))


@draws(4)
def test_small_gradients(mine, draw):
    """Tiny gradients are compared like others: nothing is added to the norms, and they are not held above a bound."""
    size = draw.pick(1e-4, 1e-9, 1e-13)
    a, b = size * draw.array(3), size * draw.array(3)
    same(mine.relative_error, relative_error, a, b, dtypes=("float64",))


def test_float32_differences(mine):
    """float32 gradients are compared in float64: nothing overflows, and small differences are kept."""
    a = np.array([3e25, 1e25], dtype=np.float32)
    same(mine.relative_error, relative_error, a, a * np.float32(1.001), dtypes=None)
    same(mine.relative_error, relative_error, a.astype(np.float64), a, dtypes=None)


@draws(3)
def test_shapes_must_agree(mine, draw):
    """Arrays of different shapes raise ValueError: (N, 1) against (N,) must not broadcast."""
    one, other = draw.pick(((3, 1), (3,)), ((3,), (1,)), ((2, 3), (3, 2)))
    because = f"{one} against {other} is a mistake"
    raises(ValueError, mine.relative_error, draw.array(one), draw.array(other), because=because)
    raises(ValueError, mine.grad_check, cube, draw.array(one), draw.array(other), because=because)


@draws(6)
def test_verdict(mine, draw):
    """grad_check says True for the right gradient, and False for one that is off by 1 % or in a single sign."""
    x = draw.array(draw.shape(dims=(1, 2), high=3))
    right = entangled_gradient(x)
    good = mine.grad_check(entangled, x, right)
    holds(good is True, "the right gradient is refused", got=good, expected="True", input={"x": x, "analytic": right})
    worst = np.unravel_index(np.abs(right).argmax(), x.shape)
    for name, factor in (("off by 1 %", 1.01), ("of the wrong sign", -1.0)):
        wrong = right.copy()
        wrong[worst] *= factor
        bad = mine.grad_check(entangled, x, wrong)
        message = f"a gradient with one entry {name} is accepted"
        holds(bad is False, message, got=bad, expected="False", input={"x": x, "analytic": wrong})


@draws(4)
def test_zero_entries(mine, draw):
    """A gradient with entries that are exactly 0 passes: they are not divided by."""
    x = np.array([0.0, draw.float(1, 2), 0.0])
    got = mine.grad_check(lambda at: float((np.asarray(at) ** 2).sum()), x, 2 * x)
    holds(got is True, "the right gradient is refused", got=got, expected="True", input={"x": x, "analytic": 2 * x})


def test_nan_is_not_a_gradient(mine):
    """grad_check says False for a gradient with a NaN in it."""
    x = np.array([1.0, 2.0])
    with np.errstate(invalid="ignore"):
        got = mine.grad_check(cube, x, np.array([np.nan, 12.0]))
    holds(got is False, "a gradient with a NaN is accepted", got=got, expected="False")


def test_eps_and_tol(mine):
    """grad_check passes eps on, takes errors BELOW tol, and asks for 1e-6 unless told otherwise."""
    x = np.array([2.0])
    cases = (
        (12.25, {"eps": 0.5}, True),  # (2.5³ - 1.5³) / 1 is 12.25
        (12.0, {"eps": 0.5}, False),
        (12.25 * (1 + 1e-4), {"eps": 0.5}, False),
        (12.25 * (1 + 4e-6), {"eps": 0.5}, False),  # an error of two millionths
        (12.25 * (1 + 1e-6), {"eps": 0.5}, True),  # half a millionth
        (12.0, {"eps": 0.5, "tol": 0.02}, True),
        (12.0, {"eps": 0.5, "tol": 0.005}, False),
        (-3.0, {"eps": 0.5, "tol": 1.0}, False),  # opposite signs: the error is 1, and 1 is not below 1
        (12.25, {"eps": 0.5, "tol": 0.0}, False),  # no error is below 0
    )
    got = [mine.grad_check(cube, x, np.array([slope]), **options) for slope, options, _ in cases]
    wanted = [verdict for _, _, verdict in cases]
    holds(
        all(verdict is right for verdict, right in zip(got, wanted, strict=True)),
        "wrong verdicts on slopes of x**3 at 2",
        got=got,
        expected=wanted,
        input={"slopes and options": [(slope, options) for slope, options, _ in cases]},
    )
