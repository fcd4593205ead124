"""Checks of mlp_loss_and_grads against the same network in torch, with autograd."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import torch
import torch.nn.functional as F

from tutor.checks import draws, gradients, holds, same

KEYS = ("W1", "b1", "W2", "b2", "W3", "b3")


def mlp_loss_and_grads(params, X, y, l2=0.0):
    p = {key: torch.tensor(np.array(value), requires_grad=True) for key, value in params.items()}
    h = torch.tensor(np.array(X))
    for i in "12":
        h = torch.relu(F.linear(h, p["W" + i].T, p["b" + i]))
    loss = F.cross_entropy(F.linear(h, p["W3"].T, p["b3"]), torch.tensor(np.array(y)))
    loss = loss + l2 / 2 * sum((p["W" + i] ** 2).sum() for i in "123")
    loss.backward()
    return loss.item(), {key: p[key].grad.numpy() for key in params}


def network(draw, sizes, scale=1.0):
    """Parameters whose activations stay near `scale` and whose biases are not zero."""
    params = {}
    for i, (n_in, n_out) in enumerate(pairwise(sizes), start=1):
        params[f"W{i}"] = draw.array((n_in, n_out), scale=(2 / n_in) ** 0.5 * (scale if i == 3 else 1))
        params[f"b{i}"] = draw.array(n_out, scale=0.3)
    return params


def problem(draw, samples, sizes, scale=1.0):
    return network(draw, sizes, scale), draw.array((samples, sizes[0])), draw.labels(samples, sizes[-1])


@draws(16)
def test_without_penalty(mine, draw):
    """Loss and all six gradients are PyTorch's."""
    samples, *sizes = draw.shape(dims=5, low=2, high=8)
    same(mine.mlp_loss_and_grads, mlp_loss_and_grads, *problem(draw, samples, sizes))


@draws(10)
def test_with_penalty(mine, draw):
    """With l2, loss and gradients contain the penalty: on the three weight matrices and on nothing else."""
    samples, *sizes = draw.shape(dims=5, low=2, high=7)
    same(mine.mlp_loss_and_grads, mlp_loss_and_grads, *problem(draw, samples, sizes), l2=draw.pick(0.1, 1.0, 0.02))


@draws(4)
def test_square_layers(mine, draw):
    """Layers with as many inputs as outputs are no exception."""
    same(mine.mlp_loss_and_grads, mlp_loss_and_grads, *problem(draw, 3, (3, 3, 3, 3)), 0.1)


@draws(4)
def test_small_sizes(mine, draw):
    """One sample, one unit in a hidden layer, or a single class are enough."""
    samples, *sizes = draw.pick((1, 3, 2, 4, 2), (2, 1, 1, 1, 2), (3, 2, 1, 3, 1), (1, 1, 2, 1, 3))
    same(mine.mlp_loss_and_grads, mlp_loss_and_grads, *problem(draw, samples, sizes), 0.05)


@draws(4)
def test_layouts(mine, draw):
    """Takes transposed, strided and read-only arrays."""
    params, X, y = problem(draw, 4, (3, 5, 2, 4))
    params = {key: draw.layout(value) for key, value in params.items()}
    same(mine.mlp_loss_and_grads, mlp_loss_and_grads, params, draw.layout(X), y, 0.1)


@draws(4)
def test_large_logits(mine, draw):
    """Logits of a thousand give a finite loss and finite gradients."""
    params, X, y = problem(draw, 4, (3, 6, 5, 3), scale=1000.0)
    same(mine.mlp_loss_and_grads, mlp_loss_and_grads, params, X, y)


@draws(3)
def test_dead_unit(mine, draw):
    """A hidden unit that is negative for the whole batch gets a gradient of exactly 0."""
    params, X, y = problem(draw, 5, (3, 4, 4, 2))
    layer, unit = draw.pick("1", "2"), draw.int(0, 3)
    params["b" + layer][unit] = -1e3
    same(mine.mlp_loss_and_grads, mlp_loss_and_grads, params, X, y)
    _, grads = mine.mlp_loss_and_grads(params, X, y)
    holds(
        not grads["W" + layer][:, unit].any() and grads["b" + layer][unit] == 0,
        f"unit {unit} of layer {layer} is dead, and its weights still get a gradient",
        got=grads["W" + layer],
        input={"params": params, "X": X, "y": y},
    )


@draws(2)
def test_slopes(mine, draw):
    """Each gradient is the slope of its own loss, by central differences."""
    params, X, y = problem(draw, 4, (2, 3, 4, 3))
    _, grads = mine.mlp_loss_and_grads(params, X, y, 0.1)
    for key in KEYS[:: draw.pick(1, 5)]:
        gradients(
            lambda at, key=key: mine.mlp_loss_and_grads({**params, key: at}, X, y, 0.1)[0],
            params[key],
            grads[key],
            what=f"the gradient of {key}",
            directions=2,
        )


def test_keys_in_any_order(mine):
    """Finds the parameters by their names, in whatever order the dict holds them."""
    rng = np.random.default_rng(5)
    sizes = {"b3": 2, "W2": (4, 3), "b1": 4, "W3": (3, 2), "W1": (5, 4), "b2": 3}
    params = {key: rng.normal(size=size) for key, size in sizes.items()}
    same(mine.mlp_loss_and_grads, mlp_loss_and_grads, params, rng.normal(size=(3, 5)), np.array([0, 1, 1]), 0.1)
