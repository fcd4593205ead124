"""Other right ways to write why-nonlinear, and the mistakes that people make."""

from __future__ import annotations

from functools import reduce

import numpy as np

from tutor.checks import accept, reject


@accept("from the last layer to the first")
def collapse_linear(layers):
    if len(layers) == 0:
        raise ValueError("no layers")
    W, b = np.array(layers[-1][0]), np.array(layers[-1][1])
    for W_before, b_before in reversed(layers[:-1]):
        b = b_before @ W + b
        W = W_before @ W
    return W, b


@accept("by probing the stack")
def collapse_linear(layers):
    if not layers:
        raise ValueError("no layers")
    size = layers[0][0].shape[0]
    probe = np.concatenate([np.zeros((1, size)), np.eye(size)]).astype(layers[0][0].dtype)
    for W, b in layers:
        probe = np.dot(probe, W) + b
    return probe[1:] - probe[0], probe[0].copy()


@accept("with the bias as an extra row and column")
def collapse_linear(layers):
    if not layers:
        raise ValueError("no layers")

    def square(W, b):
        corner = np.eye(len(W) + 1, len(b) + 1, dtype=W.dtype) * 0
        corner[:-1, :-1], corner[-1, :-1], corner[-1, -1] = W, b, 1
        return corner

    whole = reduce(np.matmul, [square(W, b) for W, b in layers])
    return whole[:-1, :-1].copy(), whole[-1, :-1].copy()


@accept("two half planes: one unit for each corner that is true")
def xor_network():
    return {
        "W1": np.array([[1.0, -1.0], [-1.0, 1.0]]),
        "b1": np.zeros(2),
        "W2": np.ones((2, 1)),
        "b2": np.array([0.0]),
    }


@accept("one minus the corners that are false")
def xor_network():
    return {
        "W1": np.array([[-1.0, 1.0], [-1.0, 1.0]]),
        "b1": np.array([1.0, -1.0]),
        "W2": np.array([[-1.0], [-1.0]]),
        "b2": np.ones(1),
    }


@accept("in float32, at another scale")
def xor_network():
    return {
        "W1": np.full((2, 2), 4, dtype=np.float32),
        "b1": np.array([0, -4], dtype=np.float32),
        "W2": np.array([[0.25], [-0.5]], dtype=np.float32),
        "b2": np.zeros(1, dtype=np.float32),
    }


@reject(
    "product in reversed order",
    "Samples are rows here, so the first layer stands on the left: x @ W1 @ W2. You multiplied W2 @ W1.",
)
def collapse_linear(layers):
    if not layers:
        raise ValueError("no layers")
    W, b = layers[0][0].copy(), layers[0][1].copy()
    for W_next, b_next in layers[1:]:
        W, b = W_next @ W, b @ W_next + b_next
    return W, b


@reject("only the last bias kept", "Put x = 0 into the stack: every bias contributes, not only that of the last layer.")
def collapse_linear(layers):
    if not layers:
        raise ValueError("no layers")
    W = reduce(np.matmul, [W for W, _ in layers])
    return W.copy(), layers[-1][1].copy()


@reject("biases simply added", "A bias passes through the layers behind it: b @ W_i + b_i, not b + b_i.")
def collapse_linear(layers):
    if not layers:
        raise ValueError("no layers")
    W, b = layers[0][0].copy(), layers[0][1].copy()
    for W_next, b_next in layers[1:]:
        W, b = W @ W_next, b + b_next
    return W, b


@reject(
    "bias multiplied by its own weights", "The bias of a layer meets only the layers BEHIND it, not its own weights."
)
def collapse_linear(layers):
    if not layers:
        raise ValueError("no layers")
    b = 0
    for W_i, b_i in layers:
        b = (b + b_i) @ W_i
    return reduce(np.matmul, [W for W, _ in layers]), b


@reject(
    "bias forgotten in the product",
    "The bias of the layers before is lost: it goes through W_i like everything else, b @ W_i + b_i.",
)
def collapse_linear(layers):
    if not layers:
        raise ValueError("no layers")
    W, b = layers[0][0].copy(), layers[0][1].copy()
    for W_next, _ in layers[1:]:
        W, b = W @ W_next, b @ W_next
    return W, b


@reject("return inside the loop", "Only the first two layers are folded: your return stands inside the loop.")
def collapse_linear(layers):
    if not layers:
        raise ValueError("no layers")
    W, b = layers[0][0].copy(), layers[0][1].copy()
    for W_next, b_next in layers[1:]:
        return W @ W_next, b @ W_next + b_next
    return W, b


@reject("last layer left out", "The last layer is not folded in: your loop ends one layer too early.")
def collapse_linear(layers):
    if not layers:
        raise ValueError("no layers")
    W, b = layers[0][0].copy(), layers[0][1].copy()
    for W_next, b_next in layers[1:-1]:
        W, b = W @ W_next, b @ W_next + b_next
    return W, b


@reject(
    "the caller's arrays handed back",
    "A single layer went back as it came. Return copies: the caller may change theirs.",
)
def collapse_linear(layers):
    if not layers:
        raise ValueError("no layers")
    W, b = layers[0]
    for W_next, b_next in layers[1:]:
        W, b = W @ W_next, b @ W_next + b_next
    return W, b


@reject(
    "biases added in place",
    "The caller's bias was changed: b += … writes into the array you were given. Copy it first.",
)
def collapse_linear(layers):
    if not layers:
        raise ValueError("no layers")
    W, b = layers[-1]
    W = W.copy()
    for W_before, b_before in reversed(layers[:-1]):
        b += b_before @ W
        W = W_before @ W
    return W, b.copy()


@reject(
    "identity matrix as the start, in float64",
    "np.eye and np.zeros are float64 and widen float32 layers. Start from the first layer.",
)
def collapse_linear(layers):
    if not layers:
        raise ValueError("no layers")
    size = len(layers[0][0])
    W, b = np.eye(size), np.zeros(size)
    for W_next, b_next in layers:
        W, b = W @ W_next, b @ W_next + b_next
    return W, b


@reject("bias as a row", "b must have the shape (d,), not (1, d): one number for each output.")
def collapse_linear(layers):
    if not layers:
        raise ValueError("no layers")
    b = np.zeros((1, len(layers[0][0])), dtype=layers[0][0].dtype)
    for W, b_i in layers:
        b = b @ W + b_i
    return reduce(np.matmul, [W for W, _ in layers]).copy(), b


@reject("nothing said about an empty list", "For an empty list raise a ValueError: what would the shapes be?")
def collapse_linear(layers):
    if not layers:
        return np.zeros((0, 0)), np.zeros(0)
    W, b = layers[0][0].copy(), layers[0][1].copy()
    for W_next, b_next in layers[1:]:
        W, b = W @ W_next, b @ W_next + b_next
    return W, b


@reject(
    "one straight unit",
    "No linear map separates XOR. Let the hidden ReLUs bend: one at x1 + x2 = 0, the other at x1 + x2 = 1.",
)
def xor_network():
    return {"W1": np.ones((2, 1)), "b1": np.zeros(1), "W2": np.ones((1, 1)), "b2": np.zeros(1)}


@reject("this is OR", "Your network computes OR: at (1, 1) it must come down to 0 again.")
def xor_network():
    return {
        "W1": np.ones((2, 2)),
        "b1": np.array([0.0, -1.0]),
        "W2": np.array([[1.0], [-1.0]]),
        "b2": np.zeros(1),
    }


@reject("this is XNOR", "Your network computes the opposite of XOR. Change the sign of W2, and b2 with it.")
def xor_network():
    return {
        "W1": np.ones((2, 2)),
        "b1": np.array([0.0, -1.0]),
        "W2": np.array([[-1.0], [2.0]]),
        "b2": np.ones(1),
    }


@reject(
    "only the right side of a threshold",
    "The output must be 0 and 1 at the corners, not merely below and above a threshold. There is no step behind it.",
)
def xor_network():
    return {
        "W1": np.ones((2, 2)),
        "b1": np.array([0.0, -1.0]),
        "W2": np.array([[1.0], [-2.0]]),
        "b2": np.array([-0.5]),
    }


@reject("three hidden units", "Three units are one too many: two bends are enough.")
def xor_network():
    return {
        "W1": np.array([[1.0, 1.0, 1.0], [1.0, 1.0, 1.0]]),
        "b1": np.array([0.0, -1.0, -2.0]),
        "W2": np.array([[1.0], [-2.0], [1.0]]),
        "b2": np.zeros(1),
    }


@reject("a tuple instead of a dict", "xor_network gives a dict, so that each array is found by its name.")
def xor_network():
    return np.ones((2, 2)), np.array([0.0, -1.0]), np.array([[1.0], [-2.0]]), np.zeros(1)


@reject(
    "W2 without its second axis", "W2 must have the shape (H, 1): a column, so that the output is one number a sample."
)
def xor_network():
    return {"W1": np.ones((2, 2)), "b1": np.array([0.0, -1.0]), "W2": np.array([1.0, -2.0]), "b2": np.zeros(1)}


@reject(
    "the gates of chapter 3",
    "These are weights for step neurons. A ReLU does not stop at 1: OR of (1, 1) gives 1.5 here.",
)
def xor_network():
    return {
        "W1": np.array([[1.0, 1.0], [1.0, 1.0]]),
        "b1": np.array([-0.5, -1.5]),
        "W2": np.array([[1.0], [-1.0]]),
        "b2": np.array([-0.5]),
    }
