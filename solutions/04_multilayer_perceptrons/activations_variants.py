"""Other right ways to write the activations, and the mistakes that people make."""

from __future__ import annotations

import numpy as np

from tutor.checks import accept, reject, waive
from tutor.mine import sigmoid

FORWARD = {
    "relu": lambda x, a: np.maximum(x, 0),
    "leaky_relu": lambda x, a: np.where(x > 0, x, a * x),
    "sigmoid": lambda x, a: sigmoid(x),
    "tanh": lambda x, a: np.tanh(x),
    "identity": lambda x, a: x.copy(),
}
BACKWARD = {
    "relu": lambda d, x, y, a: np.where(x > 0, d, 0),
    "leaky_relu": lambda d, x, y, a: np.where(x > 0, d, a * d),
    "sigmoid": lambda d, x, y, a: d * y * (1 - y),
    "tanh": lambda d, x, y, a: d * (1 - y * y),
    "identity": lambda d, x, y, a: d.copy(),
}


def forward(x, kind, alpha, **other):
    """The right functions, but for those given by name."""
    table = FORWARD | other
    if kind not in table:
        raise ValueError(f"there is no activation {kind!r}")
    return table[kind](x, alpha)


def backward(dout, x, y, kind, alpha, **other):
    """The right slopes, but for those given by name."""
    table = BACKWARD | other
    if kind not in table:
        raise ValueError(f"there is no activation {kind!r}")
    return table[kind](dout, x, y, alpha)


@accept("the larger of x and alpha x, tanh through the sigmoid, identity as x + 0")
def act_forward(x, kind, alpha=0.01):
    return forward(
        x,
        kind,
        alpha,
        leaky_relu=lambda x, a: np.maximum(x, a * x),
        tanh=lambda x, a: 2 * sigmoid(2 * x) - 1,
        identity=lambda x, a: x + 0,
    )


@accept("assignment into copies")
def act_forward(x, kind, alpha=0.01):
    def bent(x, slope):
        y = np.array(x)
        y[x < 0] = 0 if slope == 0 else slope * y[x < 0]
        return y

    return forward(x, kind, alpha, relu=lambda x, a: bent(x, 0), leaky_relu=bent)


@accept("slopes from the output alone")
def act_backward(dout, x, y, kind, alpha=0.01):
    return backward(
        dout,
        x,
        y,
        kind,
        alpha,
        relu=lambda d, x, y, a: d * (y > 0),
        leaky_relu=lambda d, x, y, a: np.where(y > 0, d, d * a),
        tanh=lambda d, x, y, a: d - d * y**2,
        identity=lambda d, x, y, a: 1 * d,
    )


@accept("slopes from the input alone")
def act_backward(dout, x, y, kind, alpha=0.01):
    return backward(
        dout,
        x,
        y,
        kind,
        alpha,
        sigmoid=lambda d, x, y, a: d * sigmoid(x) * sigmoid(-x),
        tanh=lambda d, x, y, a: d * (1 - np.tanh(x) ** 2),
    )


@reject("relu = x * (x > 0)", "At -inf your ReLU gives -inf * 0 = NaN. Use np.maximum(x, 0).")
def act_forward(x, kind, alpha=0.01):
    return forward(x, kind, alpha, relu=lambda x, a: x * (x > 0))


@reject("relu in place", "x[x < 0] = 0 changes the caller's array. Make a new one: np.maximum(x, 0).")
def act_forward(x, kind, alpha=0.01):
    def relu(x, a):
        x[x < 0] = 0
        return x

    return forward(x, kind, alpha, relu=relu)


@reject(
    "relu hides a NaN", "np.where(x > 0, x, 0) turns a NaN into 0 and hides the bug behind it. np.maximum keeps it."
)
def act_forward(x, kind, alpha=0.01):
    return forward(x, kind, alpha, relu=lambda x, a: np.where(x > 0, x, 0))


@reject("relu is the absolute value", "Negative inputs become 0, not positive: ReLU is max(x, 0).")
def act_forward(x, kind, alpha=0.01):
    return forward(x, kind, alpha, relu=lambda x, a: np.abs(x))


@reject("leaky relu without the leak", "For x < 0 leaky ReLU is alpha * x, not 0.")
def act_forward(x, kind, alpha=0.01):
    return forward(x, kind, alpha, leaky_relu=lambda x, a: np.maximum(x, 0))


@reject("leaky relu is alpha everywhere below", "For x < 0 leaky ReLU is the line alpha * x, not the constant alpha.")
def act_forward(x, kind, alpha=0.01):
    return forward(x, kind, alpha, leaky_relu=lambda x, a: np.where(x > 0, x, a).astype(x.dtype))


@reject("leaky relu with a fixed slope", "You always take 0.01. Use the alpha of the caller.")
def act_forward(x, kind, alpha=0.01):
    return forward(x, kind, alpha, leaky_relu=lambda x, a: np.where(x > 0, x, 0.01 * x))


@reject(
    "leaky relu the wrong way round",
    "np.maximum and np.minimum are mixed up: positive inputs pass unchanged, negative ones times alpha.",
)
def act_forward(x, kind, alpha=0.01):
    return forward(x, kind, alpha, leaky_relu=lambda x, a: np.minimum(x, a * x))


@reject(
    "sigmoid as on paper",
    "np.exp(-x) overflows at -800 (in float32 at -89 already). Your own sigmoid, which is imported, does not.",
)
def act_forward(x, kind, alpha=0.01):
    return forward(x, kind, alpha, sigmoid=lambda x, a: 1 / (1 + np.exp(-x)))


@reject(
    "tanh from two exponentials",
    "For |x| > 710 this is inf/inf = NaN. np.tanh is safe, and so is 2 * sigmoid(2 * x) - 1.",
)
def act_forward(x, kind, alpha=0.01):
    return forward(x, kind, alpha, tanh=lambda x, a: (np.exp(x) - np.exp(-x)) / (np.exp(x) + np.exp(-x)))


@reject("tanh = 2 sigmoid(x) - 1", "tanh(x) is 2 * sigmoid(2x) - 1: the 2 inside is missing, your curve is too flat.")
def act_forward(x, kind, alpha=0.01):
    return forward(x, kind, alpha, tanh=lambda x, a: 2 * sigmoid(x) - 1)


@reject("identity hands x back", "For the identity you return the caller's own array. Return x.copy().")
def act_forward(x, kind, alpha=0.01):
    return forward(x, kind, alpha, identity=lambda x, a: x)


@reject(
    "an unknown kind passes as identity",
    "A misspelt kind must raise a ValueError, in both functions; you took it for another activation.",
)
def act_forward(x, kind, alpha=0.01):
    return FORWARD.get(kind, FORWARD["identity"])(x, alpha)


@reject("relu' = (x >= 0)", "At x = 0 the slope of ReLU is 0 by convention (PyTorch's): use x > 0.")
def act_backward(dout, x, y, kind, alpha=0.01):
    return backward(dout, x, y, kind, alpha, relu=lambda d, x, y, a: np.where(x >= 0, d, 0))


@reject(
    "relu' from the sign of dout",
    "ReLU's mask comes from x, not from the gradient: negative gradients pass where x > 0.",
)
def act_backward(dout, x, y, kind, alpha=0.01):
    return backward(dout, x, y, kind, alpha, relu=lambda d, x, y, a: np.maximum(d, 0))


@reject("relu' = 1", "Where x < 0 ReLU is flat: the gradient there is 0.")
def act_backward(dout, x, y, kind, alpha=0.01):
    return backward(dout, x, y, kind, alpha, relu=lambda d, x, y, a: d.copy())


@reject("relu' = x", "You multiplied by ReLU's value instead of its slope, which is 1 for x > 0.")
def act_backward(dout, x, y, kind, alpha=0.01):
    return backward(dout, x, y, kind, alpha, relu=lambda d, x, y, a: d * y)


@reject("leaky relu' = alpha above", "The slope alpha belongs to x <= 0; above 0 the slope is 1.")
def act_backward(dout, x, y, kind, alpha=0.01):
    return backward(dout, x, y, kind, alpha, leaky_relu=lambda d, x, y, a: np.where(x > 0, a * d, d))


@reject("leaky relu' without the leak", "For x <= 0 the slope of leaky ReLU is alpha, not 0: that is its whole point.")
def act_backward(dout, x, y, kind, alpha=0.01):
    return backward(dout, x, y, kind, alpha, leaky_relu=lambda d, x, y, a: np.where(x > 0, d, 0))


@reject("leaky relu' = 1 at 0", "At x = 0 the slope of leaky ReLU is alpha: use x > 0.")
def act_backward(dout, x, y, kind, alpha=0.01):
    return backward(dout, x, y, kind, alpha, leaky_relu=lambda d, x, y, a: np.where(x >= 0, d, a * d))


@reject(
    "leaky relu' in float64",
    "np.where(x > 0, 1.0, alpha) is float64 and widens a float32 gradient. Choose between dout and alpha * dout.",
)
def act_backward(dout, x, y, kind, alpha=0.01):
    return backward(dout, x, y, kind, alpha, leaky_relu=lambda d, x, y, a: d * np.where(x > 0, 1.0, a))


@reject("sigmoid' = x (1 - x)", "Use the OUTPUT: y * (1 - y). You put the input into it.")
def act_backward(dout, x, y, kind, alpha=0.01):
    return backward(dout, x, y, kind, alpha, sigmoid=lambda d, x, y, a: d * x * (1 - x))


@reject(
    "sigmoid of the output", "y already is sigmoid(x): the slope is y * (1 - y). You applied the sigmoid once more."
)
def act_backward(dout, x, y, kind, alpha=0.01):
    return backward(dout, x, y, kind, alpha, sigmoid=lambda d, x, y, a: d * sigmoid(y) * (1 - sigmoid(y)))


@reject("tanh' = 1 - tanh(y)**2", "y already is tanh(x): the slope is 1 - y**2. You applied tanh once more.")
def act_backward(dout, x, y, kind, alpha=0.01):
    return backward(dout, x, y, kind, alpha, tanh=lambda d, x, y, a: d * (1 - np.tanh(y) ** 2))


@reject("tanh' = 1 - y", "The slope of tanh is 1 - y**2: the square is missing.")
def act_backward(dout, x, y, kind, alpha=0.01):
    return backward(dout, x, y, kind, alpha, tanh=lambda d, x, y, a: d * (1 - y))


@reject("tanh' = y (1 - y)", "y * (1 - y) is the slope of the sigmoid. That of tanh is 1 - y**2.")
def act_backward(dout, x, y, kind, alpha=0.01):
    return backward(dout, x, y, kind, alpha, tanh=lambda d, x, y, a: d * y * (1 - y))


@reject(
    "slope without dout",
    "You return the slope g'(x) alone. The chain rule multiplies it by what comes from above, dout.",
)
def act_backward(dout, x, y, kind, alpha=0.01):
    return backward(np.ones_like(dout), x, y, kind, alpha)


@reject("identity' = 1", "The slope of the identity is 1, so the gradient that goes on is dout itself.")
def act_backward(dout, x, y, kind, alpha=0.01):
    return backward(dout, x, y, kind, alpha, identity=lambda d, x, y, a: np.ones_like(d))


@reject("identity hands dout back", "For the identity you return the caller's own dout. Return dout.copy().")
def act_backward(dout, x, y, kind, alpha=0.01):
    return backward(dout, x, y, kind, alpha, identity=lambda d, x, y, a: d)


@reject(
    "relu' masks dout in place", "dout was changed: dout[x <= 0] = 0 writes into the caller's array. Make a new one."
)
def act_backward(dout, x, y, kind, alpha=0.01):
    def relu(d, x, y, a):
        d[x <= 0] = 0
        return d

    return backward(dout, x, y, kind, alpha, relu=relu)


waive("act_forward: np.maximum(x, 0) → np.maximum(0, x)", "the larger of two numbers, in either order")
waive("act_forward: x > 0 → x >= 0", "both branches of leaky ReLU are 0 at 0")
