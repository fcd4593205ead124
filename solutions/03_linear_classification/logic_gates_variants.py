"""Other right gates, and the mistakes people make with thresholds."""

from __future__ import annotations

import numpy as np

from tutor.checks import accept, reject


@accept("other weights, found by hand")
def gate_params():
    return {
        "AND": (np.array([0.5, 0.5]), -0.75),
        "OR": (np.array([20.0, 20.0]), -10.0),
        "NAND": (np.array([-2.0, -3.0]), 4.0),
        "NOR": (np.array([-3.0, -2.5]), 1.3),
        "NOT": (np.array([-4.0]), 1.9),
    }


@accept("negated gates from plain ones")
def gate_params():
    gates = {"AND": (np.array([1.0, 1.0]), -1.5), "OR": (np.array([1.0, 1.0]), -0.5)}
    for name in ("AND", "OR"):
        w, b = gates[name]
        gates["N" + name] = (-w, -b)
    gates["NOT"] = (np.array([-1.0], dtype=np.float32), 0.5)
    return gates


@accept("weighted sum written out")
def step_neuron(x, w, b):
    total = np.sum(x * w, axis=-1) + b
    return np.where(total >= 0, np.int64(1), np.int64(0))


@accept("the step as heaviside")
def step_neuron(x, w, b):
    return np.heaviside(np.dot(x, w) + b, 1.0).astype(np.int64)


@reject(
    "bias = +threshold",
    "The neuron fires when w·x ≥ t, that is w·x - t ≥ 0: the bias is MINUS the threshold.",
)
def gate_params():
    return {
        "AND": (np.ones(2), 1.5),
        "OR": (np.ones(2), 0.5),
        "NAND": (-np.ones(2), -1.5),
        "NOR": (-np.ones(2), -0.5),
        "NOT": (-np.ones(1), -0.5),
    }


@reject(
    "a row on the line, or close to it",
    "Right without noise, but one input lies on your line, or so close to it that the noise pushes it over. Put the line in "
    "the middle between the classes.",
)
def gate_params():
    return {
        "AND": (np.ones(2), -2.0),
        "OR": (np.ones(2), -1.0),
        "NAND": (-np.ones(2), 1.0),
        "NOR": (-np.ones(2), 0.0),
        "NOT": (-np.ones(1), 0.0),
    }


@reject(
    "NAND and NOR swapped",
    "NAND is silent only for (1, 1), so its bias outweighs one weight; NOR fires only for (0, 0). Yours are swapped.",
)
def gate_params():
    return {
        "AND": (np.ones(2), -1.5),
        "OR": (np.ones(2), -0.5),
        "NAND": (-np.ones(2), 0.5),
        "NOR": (-np.ones(2), 1.5),
        "NOT": (-np.ones(1), 0.5),
    }


@reject("AND and OR swapped", "AND needs both inputs, so the higher threshold of the two; OR is content with one.")
def gate_params():
    return {
        "AND": (np.ones(2), -0.5),
        "OR": (np.ones(2), -1.5),
        "NAND": (-np.ones(2), 0.5),
        "NOR": (-np.ones(2), 1.5),
        "NOT": (-np.ones(1), 0.5),
    }


@reject("only the weights negated", "To turn a gate round, change the sign of the weights AND of the bias.")
def gate_params():
    return {
        "AND": (np.ones(2), -1.5),
        "OR": (np.ones(2), -0.5),
        "NAND": (-np.ones(2), -1.5),
        "NOR": (-np.ones(2), -0.5),
        "NOT": (-np.ones(1), 0.5),
    }


@reject("NOT with two weights", "NOT has one input, so its weight vector has length 1.")
def gate_params():
    return {
        "AND": (np.ones(2), -1.5),
        "OR": (np.ones(2), -0.5),
        "NAND": (-np.ones(2), 1.5),
        "NOR": (-np.ones(2), 0.5),
        "NOT": (-np.ones(2), 0.5),
    }


@reject("strict comparison", "On the boundary, where w·x + b is exactly 0, the neuron fires: compare with >= 0.")
def step_neuron(x, w, b):
    return (x @ w + b > 0).astype(np.int64)


@reject("bias subtracted", "The bias is added: w·x + b. (What one subtracts is the threshold, which is -b.)")
def step_neuron(x, w, b):
    return (x @ w - b >= 0).astype(np.int64)


@reject("bias forgotten", "Without the bias every line passes through the origin. Add b to the weighted sum.")
def step_neuron(x, w, b):
    return (x @ w >= 0).astype(np.int64)


@reject("truth values", "The neuron must give int64 zeros and ones: add .astype(np.int64).")
def step_neuron(x, w, b):
    return x @ w + b >= 0


@reject("floats", "The neuron must give int64 zeros and ones, not floats: add .astype(np.int64).")
def step_neuron(x, w, b):
    return np.where(x @ w + b >= 0, 1.0, 0.0)


@reject("signs", "A perceptron of -1 and +1 is another convention. Here a silent neuron gives 0.")
def step_neuron(x, w, b):
    return np.where(x @ w + b >= 0, 1, -1)


@reject("always a batch", "A single sample of shape (D,) must give shape (), not (1,).")
def step_neuron(x, w, b):
    return (np.atleast_2d(x) @ w + b >= 0).astype(np.int64)


@reject("boundary made soft", "Compare with 0 itself: a sum just below it, be it by a hair, must not fire.")
def step_neuron(x, w, b):
    total = x @ w + b
    return ((total > 0) | np.isclose(total, 0)).astype(np.int64)
