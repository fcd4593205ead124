"""Checks of the threshold neuron and of the gates it can be."""

from __future__ import annotations

import itertools

import numpy as np
import torch

from tutor.checks import draws, equal, from_torch, holds, same

TABLES = {
    "AND": (0, 0, 0, 1),
    "OR": (0, 1, 1, 1),
    "NAND": (1, 1, 1, 0),
    "NOR": (1, 0, 0, 0),
    "NOT": (1, 0),
}
"""Outputs for the inputs 00, 01, 10, 11; for NOT 0, 1."""

NOISE = 0.1


@from_torch
def step_neuron(x, w, b):
    return torch.heaviside(x @ w + b, torch.ones((), dtype=x.dtype)).to(torch.int64)


def inputs(name):
    """Every input of a gate, one a row: (4, 2), or (2, 1) for NOT."""
    size = 1 if name == "NOT" else 2
    return np.array(list(itertools.product((0.0, 1.0), repeat=size)))


def fires(x, gate):
    w, b = gate
    return (x @ np.asarray(w, dtype=np.float64) + b >= 0).astype(np.int64)


@draws(20)
def test_neuron(mine, draw):
    """The neuron gives int64 ones where w·x + b is at least 0, also when it is exactly 0."""
    rows, size = draw.int(5, 10), draw.int(1, 4)
    x = np.round(draw.array((rows, size), scale=2))  # whole numbers: the boundary is hit exactly, and often
    w, b = np.round(draw.array(size, scale=2)), draw.pick(-2.0, -1.0, 1.0, 2.0)
    same(mine.step_neuron, step_neuron, draw.layout(x), w, b)


@draws(10)
def test_neuron_real_inputs(mine, draw):
    """The neuron works for any real inputs, weights and bias."""
    rows, size = draw.shape(dims=2, high=7)
    x = draw.array((rows, size), layout=True)
    same(mine.step_neuron, step_neuron, x, draw.array(size), draw.float(-1.0, 1.0))


@draws(6)
def test_single_sample(mine, draw):
    """A single sample of shape (D,) gives one number, of shape ()."""
    size = draw.int(1, 5)
    x, w = np.round(draw.array(size, scale=2)), np.round(draw.array(size, scale=2))
    same(mine.step_neuron, step_neuron, draw.layout(x), w, float(draw.int(-1, 1)))


def test_boundary(mine):
    """Exactly on the boundary the neuron fires; just below it, be it by a hair, it does not."""
    x, w = np.array([[1.0, 2.0], [0.0, 0.0], [2.0, 2.0]]), np.array([1.0, -1.0])
    same(mine.step_neuron, step_neuron, x, w, 0.0)
    same(mine.step_neuron, step_neuron, x, w, 1.0)
    same(mine.step_neuron, step_neuron, x, w, -(2.0**-20))
    same(mine.step_neuron, step_neuron, x, w, -(2.0**-48), dtypes=("float64",))


def parameters(mine):
    """The learner's gates, each with weights and a bias that one can compute with."""
    gates = mine.gate_params()
    holds(isinstance(gates, dict), "gate_params must return a dictionary", got=gates)
    holds(set(gates) == set(TABLES), "the keys must be AND, OR, NAND, NOR and NOT", got=list(gates), expected=[*TABLES])
    for name, table in TABLES.items():
        pair = isinstance(gates[name], (tuple, list)) and len(gates[name]) == 2
        holds(pair, f"the value of {name} must be a pair (w, b)", got=gates[name])
        w, b = gates[name]
        floats = isinstance(w, np.ndarray) and w.dtype.kind == "f"
        holds(floats, f"the weights of {name} must be a float array", got=w)
        size = {4: 2, 2: 1}[len(table)]
        holds(w.shape == (size,), f"the weights of {name} must have shape ({size},)", got=w)
        number = isinstance(b, (int, float)) and not isinstance(b, bool)
        holds(number, f"the bias of {name} must be a float", got=b)
    return gates


def test_gates_have_parameters(mine):
    """gate_params gives a pair of float weights and a bias for each of the five gates."""
    parameters(mine)


def test_truth_tables(mine):
    """Each gate has the right truth table."""
    gates = parameters(mine)
    got = {name: fires(inputs(name), gates[name]) for name in TABLES}
    wrong = [name for name, table in TABLES.items() if tuple(got[name]) != table]
    if wrong:
        name = wrong[0]
        equal(got[name], np.array(TABLES[name]), f"the output column of {name}", input={"w, b": gates[name]})


def test_noise(mine):
    """Each gate stays right when every input is off by up to 0.1."""
    gates = parameters(mine)
    for name, table in TABLES.items():
        x = inputs(name)
        for shift in itertools.product((-NOISE, 0.0, NOISE), repeat=x.shape[1]):
            what = f"the output column of {name} with inputs off by {shift}"
            equal(fires(x + np.array(shift), gates[name]), np.array(table), what, input={"w, b": gates[name]})
