"""Other right ways to write grad-check, and the mistakes that people make."""

from __future__ import annotations

import numpy as np

from tutor.checks import accept, reject, waive


@accept("a fresh array for each evaluation")
def numerical_grad(f, x, eps=1e-5):
    base = np.asarray(x).astype(np.float64)
    grad = np.empty(base.shape)
    for i, _ in np.ndenumerate(base):
        up, down = base.copy(), base.copy()
        up[i] += eps
        down[i] -= eps
        grad[i] = (f(up) - f(down)) / (2 * eps)
    return grad


@accept("rows of the identity matrix as directions")
def numerical_grad(f, x, eps=1e-5):
    base = np.array(x, dtype=np.float64)
    slopes = [
        (f(base + eps * e.reshape(base.shape)) - f(base - eps * e.reshape(base.shape))) / eps / 2
        for e in np.eye(base.size)
    ]
    return np.array(slopes, dtype=np.float64).reshape(base.shape)


@accept("root of the sum of squares")
def relative_error(a, b):
    if np.shape(a) != np.shape(b):
        raise ValueError("the shapes differ")
    a, b = np.float64(a), np.float64(b)
    above, below = np.sqrt(((a - b) ** 2).sum()), np.sqrt((a**2).sum()) + np.sqrt((b**2).sum())
    return 0.0 if below == 0 else float(above / below)


@accept("not too large")
def grad_check(f, x, analytic, eps=1e-5, tol=1e-6):
    error = relative_error(analytic, numerical_grad(f, x, eps=eps))
    return bool(np.isfinite(error) and not error >= tol)


@reject(
    "one-sided difference",
    "(f(x + eps) - f(x)) / eps has an error proportional to eps. Step to both sides: the error falls to eps squared.",
)
def numerical_grad(f, x, eps=1e-5):
    at = np.array(x, dtype=np.float64)
    grad, here = np.zeros_like(at), f(at)
    for i in np.ndindex(at.shape):
        old = at[i]
        at[i] = old + eps
        grad[i] = (f(at) - here) / eps
        at[i] = old
    return grad


@reject("divided by eps", "The two points are 2 * eps apart: divide by 2 * eps. Your slopes are twice too large.")
def numerical_grad(f, x, eps=1e-5):
    at = np.array(x, dtype=np.float64)
    grad = np.zeros_like(at)
    for i in np.ndindex(at.shape):
        old = at[i]
        at[i] = old + eps
        above = f(at)
        at[i] = old - eps
        grad[i] = (above - f(at)) / eps
        at[i] = old
    return grad


@reject("2 * eps without brackets", "(above - below) / 2 * eps multiplies by eps. Write / (2 * eps).")
def numerical_grad(f, x, eps=1e-5):
    at = np.array(x, dtype=np.float64)
    grad = np.zeros_like(at)
    for i in np.ndindex(at.shape):
        old = at[i]
        at[i] = old + eps
        above = f(at)
        at[i] = old - eps
        grad[i] = (above - f(at)) / 2 * eps
        at[i] = old
    return grad


@reject(
    "old value not restored",
    "Put the old value back after each entry: the moves pile up, and f is evaluated elsewhere.",
)
def numerical_grad(f, x, eps=1e-5):
    at = np.array(x, dtype=np.float64)
    grad = np.zeros_like(at)
    for i in np.ndindex(at.shape):
        at[i] += eps
        above = f(at)
        at[i] -= 2 * eps
        grad[i] = (above - f(at)) / (2 * eps)
    return grad


@reject("x itself is moved", "You move the caller's x. Even with += and -= its bits differ afterwards: work on a copy.")
def numerical_grad(f, x, eps=1e-5):
    grad = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        x[i] += eps
        above = f(x)
        x[i] -= 2 * eps
        grad[i] = (above - f(x)) / (2 * eps)
        x[i] += eps
    return grad


@reject(
    "all entries at once",
    "You moved every entry together: that is one slope along the diagonal. Move one entry at a time.",
)
def numerical_grad(f, x, eps=1e-5):
    at = np.array(x, dtype=np.float64)
    return np.full(at.shape, (f(at + eps) - f(at - eps)) / (2 * eps))


@reject("sign reversed", "The upper value comes first: f(x + eps) - f(x - eps). Your slopes have the wrong sign.")
def numerical_grad(f, x, eps=1e-5):
    at = np.array(x, dtype=np.float64)
    grad = np.zeros_like(at)
    for i in np.ndindex(at.shape):
        old = at[i]
        at[i] = old - eps
        below = f(at)
        at[i] = old + eps
        grad[i] = (below - f(at)) / (2 * eps)
        at[i] = old
    return grad


@reject(
    "first axis only", "Only x[0], x[1], … were moved, whole rows at a time. np.ndindex(x.shape) reaches every entry."
)
def numerical_grad(f, x, eps=1e-5):
    at = np.array(x, dtype=np.float64)
    grad = np.zeros_like(at)
    for i in range(len(at)):
        old = at[i].copy()
        at[i] = old + eps
        above = f(at)
        at[i] = old - eps
        grad[i] = (above - f(at)) / (2 * eps)
        at[i] = old
    return grad


@reject("f sees a flat array", "f takes an array in the shape of x; you called it with a flat one.")
def numerical_grad(f, x, eps=1e-5):
    at = np.array(x, dtype=np.float64).ravel()
    grad = np.zeros(at.size)
    for i in range(at.size):
        old = at[i]
        at[i] = old + eps
        above = f(at)
        at[i] = old - eps
        below = f(at)
        at[i] = old
        grad[i] = (above - below) / (2 * eps)
    return grad.reshape(x.shape)


@reject("a step that grows with x", "The step is eps for every entry, however large the entry is.")
def numerical_grad(f, x, eps=1e-5):
    at = np.array(x, dtype=np.float64)
    grad = np.zeros_like(at)
    for i in np.ndindex(at.shape):
        old, step = at[i], eps * max(1.0, abs(at[i]))
        at[i] = old + step
        above = f(at)
        at[i] = old - step
        below = f(at)
        at[i] = old
        grad[i] = (above - below) / (2 * step)
    return grad


@reject("flat result", "The gradient has the shape of x: reshape your flat list of slopes.")
def numerical_grad(f, x, eps=1e-5):
    at = np.array(x, dtype=np.float64)
    slopes = []
    for i in np.ndindex(at.shape):
        old = at[i]
        at[i] = old + eps
        above = f(at)
        at[i] = old - eps
        slopes.append((above - f(at)) / (2 * eps))
        at[i] = old
    return np.array(slopes)


@reject(
    "float32 stays float32",
    "In float32 a step of 1e-5 is mostly rounding error. Widen x to float64 before you move it.",
)
def numerical_grad(f, x, eps=1e-5):
    at = x.copy()
    grad = np.zeros_like(at)
    for i in np.ndindex(at.shape):
        old = at[i]
        at[i] = old + eps
        above = f(at)
        at[i] = old - eps
        grad[i] = (above - f(at)) / (2 * eps)
        at[i] = old
    return grad


@reject(
    "result in the dtype of x",
    "The slopes are float64 numbers, but you store them in an array of x's dtype. Make it float64.",
)
def numerical_grad(f, x, eps=1e-5):
    at = np.array(x, dtype=np.float64)
    grad = np.zeros_like(x)
    for i in np.ndindex(at.shape):
        old = at[i]
        at[i] = old + eps
        above = f(at)
        at[i] = old - eps
        grad[i] = (above - f(at)) / (2 * eps)
        at[i] = old
    return grad


@reject("a step of its own", "You use a fixed step. Use the eps of the caller.")
def numerical_grad(f, x, eps=1e-5):
    at = np.array(x, dtype=np.float64)
    grad = np.zeros_like(at)
    for i in np.ndindex(at.shape):
        old = at[i]
        at[i] = old + 1e-5
        above = f(at)
        at[i] = old - 1e-5
        grad[i] = (above - f(at)) / 2e-5
        at[i] = old
    return grad


@reject(
    "a step so small that rounding wins",
    "eps = 1e-12 by default: f(x + eps) and f(x - eps) then agree in all but a few digits. Use 1e-5.",
)
def numerical_grad(f, x, eps=1e-12):
    at = np.array(x, dtype=np.float64)
    grad = np.zeros_like(at)
    for i in np.ndindex(at.shape):
        old = at[i]
        at[i] = old + eps
        above = f(at)
        at[i] = old - eps
        grad[i] = (above - f(at)) / (2 * eps)
        at[i] = old
    return grad


@reject("largest elementwise ratio", "Entry by entry, a single zero makes this infinite. Take norms over all entries.")
def relative_error(a, b):
    if a.shape != b.shape:
        raise ValueError("the shapes differ")
    with np.errstate(all="ignore"):
        return float(np.max(np.abs(a.astype(np.float64) - b) / np.abs(b.astype(np.float64)), initial=0.0))


@reject(
    "divided by one norm only",
    "Divide by the SUM of both norms: with one of them the error is not symmetric, and 0 divides.",
)
def relative_error(a, b):
    if a.shape != b.shape:
        raise ValueError("the shapes differ")
    a, b = a.astype(np.float64), b.astype(np.float64)
    size = np.linalg.norm(b.ravel())
    return float(np.linalg.norm((a - b).ravel()) / size) if size else 0.0


@reject(
    "absolute error",
    "This is the norm of the difference alone. Divide by the norms: 0.01 is much for 0.1, nothing for 1e6.",
)
def relative_error(a, b):
    if a.shape != b.shape:
        raise ValueError("the shapes differ")
    return float(np.linalg.norm((a.astype(np.float64) - b.astype(np.float64)).ravel()))


@reject(
    "divided by the larger norm",
    "Divide by the sum of the norms, not by the larger one: yours is up to twice as large.",
)
def relative_error(a, b):
    if a.shape != b.shape:
        raise ValueError("the shapes differ")
    a, b = a.astype(np.float64).ravel(), b.astype(np.float64).ravel()
    size = max(np.linalg.norm(a), np.linalg.norm(b))
    return float(np.linalg.norm(a - b) / size) if size else 0.0


@reject("squared norms", "These are squared norms: the roots are missing.")
def relative_error(a, b):
    if a.shape != b.shape:
        raise ValueError("the shapes differ")
    a, b = a.astype(np.float64).ravel(), b.astype(np.float64).ravel()
    size = a @ a + b @ b
    return float((a - b) @ (a - b) / size) if size else 0.0


@reject("sums of absolute values", "These are sums of absolute values. The norm is the root of the sum of squares.")
def relative_error(a, b):
    if a.shape != b.shape:
        raise ValueError("the shapes differ")
    a, b = a.astype(np.float64), b.astype(np.float64)
    size = np.abs(a).sum() + np.abs(b).sum()
    return float(np.abs(a - b).sum() / size) if size else 0.0


@reject("0 / 0", "Two zero gradients give 0 / 0. Return 0.0 when there is nothing to divide by.")
def relative_error(a, b):
    if a.shape != b.shape:
        raise ValueError("the shapes differ")
    a, b = a.astype(np.float64).ravel(), b.astype(np.float64).ravel()
    with np.errstate(invalid="ignore"):
        return float(np.linalg.norm(a - b) / (np.linalg.norm(a) + np.linalg.norm(b)))


@reject(
    "a small number in the denominator",
    "The small number that saves 0 / 0 also shrinks the error of small gradients. Treat 0 apart.",
)
def relative_error(a, b):
    if a.shape != b.shape:
        raise ValueError("the shapes differ")
    a, b = a.astype(np.float64).ravel(), b.astype(np.float64).ravel()
    return float(np.linalg.norm(a - b) / (np.linalg.norm(a) + np.linalg.norm(b) + 1e-3))


@reject(
    "denominator held above a bound",
    "max(1e-8, …) saves 0 / 0, and makes the error of gradients below 1e-8 too small. Treat 0 apart.",
)
def relative_error(a, b):
    if a.shape != b.shape:
        raise ValueError("the shapes differ")
    a, b = a.astype(np.float64).ravel(), b.astype(np.float64).ravel()
    return float(np.linalg.norm(a - b) / max(1e-8, np.linalg.norm(a) + np.linalg.norm(b)))


@reject("broadcasts", "Shapes (N, 1) and (N,) were broadcast to (N, N). Raise ValueError when the shapes differ.")
def relative_error(a, b):
    difference = a.astype(np.float64) - b.astype(np.float64)
    size = np.linalg.norm(a.astype(np.float64).ravel()) + np.linalg.norm(b.astype(np.float64).ravel())
    return float(np.linalg.norm(difference.ravel()) / size) if size else 0.0


@reject("norms in float32", "The square of a float32 number overflows early. Widen both to float64 first.")
def relative_error(a, b):
    if a.shape != b.shape:
        raise ValueError("the shapes differ")
    with np.errstate(all="ignore"):
        size = np.sqrt((a * a).sum()) + np.sqrt((b * b).sum())
        return float(np.sqrt(((a - b) * (a - b)).sum()) / size) if size else 0.0


@reject("one minus the cosine", "That compares directions only: a gradient of twice the length would pass.")
def relative_error(a, b):
    if a.shape != b.shape:
        raise ValueError("the shapes differ")
    a, b = a.astype(np.float64).ravel(), b.astype(np.float64).ravel()
    size = np.linalg.norm(a) * np.linalg.norm(b)
    return float(1 - a @ b / size) if size else 0.0


@reject("large errors pass", "The comparison is the wrong way round: small errors pass.")
def grad_check(f, x, analytic, eps=1e-5, tol=1e-6):
    return bool(relative_error(numerical_grad(f, x, eps), analytic) > tol)


@reject("an error of tol passes", "Errors BELOW tol pass: < instead of <=.")
def grad_check(f, x, analytic, eps=1e-5, tol=1e-6):
    return bool(relative_error(numerical_grad(f, x, eps), analytic) <= tol)


@reject("NaN passes", "Comparisons with NaN are False, so `not error >= tol` is True for a NaN. Ask for error < tol.")
def grad_check(f, x, analytic, eps=1e-5, tol=1e-6):
    error = relative_error(numerical_grad(f, x, eps), analytic)
    return not error >= tol


@reject("tolerance of 1e-3", "1e-3 lets real mistakes through: in float64 a right gradient agrees to 1e-7 or better.")
def grad_check(f, x, analytic, eps=1e-5, tol=1e-3):
    return bool(relative_error(numerical_grad(f, x, eps), analytic) < tol)


@reject("tol ignored", "Use the tol of the caller.")
def grad_check(f, x, analytic, eps=1e-5, tol=1e-6):
    return bool(relative_error(numerical_grad(f, x, eps), analytic) < 1e-6)


@reject("eps not passed on", "grad_check must hand its eps to numerical_grad.")
def grad_check(f, x, analytic, eps=1e-5, tol=1e-6):
    return bool(relative_error(numerical_grad(f, x), analytic) < tol)


@reject("returns the error", "grad_check gives a verdict: True or False, not the error.")
def grad_check(f, x, analytic, eps=1e-5, tol=1e-6):
    return relative_error(numerical_grad(f, x, eps), analytic)


@reject(
    "NumPy bool",
    "You return a NumPy bool, for which `is True` is false. Wrap it in bool(…), or make the error a Python float.",
)
def grad_check(f, x, analytic, eps=1e-5, tol=1e-6):
    return np.float64(relative_error(numerical_grad(f, x, eps), analytic)) < tol


@reject(
    "np.allclose",
    "np.allclose forgives an absolute 1e-8 and a relative 1e-5 entry by entry, whatever tol says. Use relative_error.",
)
def grad_check(f, x, analytic, eps=1e-5, tol=1e-6):
    numerical = numerical_grad(f, x, eps)
    relative_error(numerical, analytic)
    return bool(np.allclose(numerical, analytic, atol=tol))


waive("numerical_grad: np.zeros_like(at) → np.ones_like(at)", "every entry is overwritten")
waive(
    "relative_error: (a.astype(np.float64).ravel(), b.astype(np.float64).ravel()) → "
    "(b.astype(np.float64).ravel(), a.astype(np.float64).ravel())",
    "the error is symmetric",
)
waive("relative_error: a - b → b - a", "the norm does not see the sign")
waive(
    "grad_check: relative_error(numerical_grad(f, x, eps), analytic) → relative_error(analytic, numerical_grad(f, x, eps))",
    "the error is symmetric",
)
