"""Checks of Embedding against torch.nn.functional.embedding and autograd. Weights are assigned; drawing them has checks of its own."""

from __future__ import annotations

import numpy as np
import torch
import torch.nn.functional as F

from tutor.checks import close, draws, equal, holds, mean_is, measure, raises, same


def make(mine, W, padding_idx=None):
    """A layer with these weights and a fresh gradient."""
    layer = mine.Embedding(*W.shape, np.random.default_rng(0), padding_idx)
    layer.W = W
    layer.zero_grad()
    return layer


def passes(mine, times=1):
    """One forward and some backward passes of the learner's layer, as a function to compare."""

    def embedding(idx, W, dout, padding_idx=None):
        layer = make(mine, W, padding_idx)
        y = layer.forward(idx)
        back = [layer.backward(dout) for _ in range(times)]
        return {"forward": y, "backward": back[0], "dW": layer.dW}

    return embedding


def reference(times=1):
    def embedding(idx, W, dout, padding_idx=None):
        at, w, d = (
            torch.tensor(np.array(idx), dtype=torch.int64),
            torch.tensor(np.array(W)),
            torch.tensor(np.array(dout)),
        )
        back = torch.ops.aten.embedding_dense_backward  # what autograd calls, without the second that autograd takes
        grad = back(d, at, len(W), -1 if padding_idx is None else padding_idx, False)
        return {"forward": F.embedding(at, w).numpy(), "backward": None, "dW": (times * grad).numpy()}

    return embedding


def problem(draw, shape, num, dim):
    """Indices, most of them repeated, weights and a gradient."""
    return draw.labels(shape, num), draw.array((num, dim)), draw.array((*shape, dim))


@draws(16)
def test_values(mine, draw):
    """Rows of W for indices of any shape; dW adds up what repeated indices get, as in PyTorch."""
    shape = draw.shape(dims=(1, 3), low=2, high=6)
    num, dim = draw.shape(dims=2, low=2, high=5)
    same(passes(mine), reference(), *problem(draw, shape, num, dim))


@draws(10)
def test_padding(mine, draw):
    """The row of padding_idx is looked up like any other, and gets no gradient."""
    num, dim = draw.shape(dims=2, low=3, high=5)
    same(passes(mine), reference(), *problem(draw, (4, 3), num, dim), padding_idx=draw.pick(0, 1, num - 1))


@draws(4)
def test_backward_adds(mine, draw):
    """A second backward adds to dW."""
    same(passes(mine, 2), reference(2), *problem(draw, (2, 3), 4, 2), draw.pick(None, 1), dtypes=("float64",))


@draws(3)
def test_two_batches(mine, draw):
    """Two forward-backward pairs add up; zero_grad begins a new sum; the caller may reuse the array of indices."""
    (i1, W, d1), (i2, _, d2) = problem(draw, (3,), 4, 2), problem(draw, (2, 3), 4, 2)
    layer, idx = make(mine, W), i1.copy()
    both = {"W": W, "idx 1": i1, "dout 1": d1, "idx 2": i2, "dout 2": d2}
    one, two = reference()(i1, W, d1)["dW"], reference()(i2, W, d2)["dW"]
    layer.forward(idx)
    idx[...] = 0
    layer.backward(d1)
    close(layer.dW, one, "dW after idx was overwritten by the caller", input=both)
    layer.forward(i2)
    layer.backward(d2)
    close(layer.dW, one + two, "dW after both batches", input=both)
    layer.zero_grad()
    layer.backward(d2)
    close(layer.dW, two, "dW after zero_grad and another backward", input=both)


@draws(8)
def test_small_shapes(mine, draw):
    """A single index, an empty array of them, one token and one dimension are no exceptions."""
    shape, num, dim = draw.pick(((), 3, 2), ((0,), 3, 2), ((2, 0), 2, 3), ((1,), 1, 1), ((4,), 1, 3), ((3, 1), 4, 1))
    same(passes(mine), reference(), *problem(draw, shape, num, dim), draw.pick(None, 0))


@draws(8)
def test_layouts(mine, draw):
    """Takes transposed, strided and read-only arrays, and indices of other integer types."""
    idx, W, dout = problem(draw, (3, 4), 5, 2)
    idx = draw.layout(idx.astype(draw.pick("int64", "int32", "uint8")))
    same(passes(mine), reference(), idx, draw.layout(W), draw.layout(dout), draw.pick(None, 2))


@draws(6)
def test_one_hot_product(mine, draw):
    """forward is the product of one-hot vectors with W."""
    idx, W, _ = problem(draw, (5,), 4, 3)
    close(make(mine, W).forward(idx), np.eye(4)[idx] @ W, "forward", input={"idx": idx, "W": W})


def test_out_of_range(mine):
    """An index that is not one of 0 … num - 1 raises IndexError, also a negative one."""
    layer = make(mine, np.arange(6.0).reshape(3, 2))
    for idx in ([-1], [3], [[0, 1], [2, -3]], [0, 99], 3, -1):
        raises(IndexError, layer.forward, np.array(idx), because="there are the rows 0, 1 and 2")


@draws(4)
def test_a_result_of_its_own(mine, draw):
    """Writing to the result does not change the weights, not even for a single index."""
    idx, W, _ = problem(draw, draw.pick((), (2,)), 3, 2)
    layer = make(mine, W)
    y = layer.forward(idx)
    y += 100.0
    equal(layer.W, W, "W after the caller wrote to the result of forward", input={"idx": idx})
    equal(layer.forward(idx), W[idx], "forward, a second time", input={"idx": idx})


@draws(4)
def test_new_layer(mine, draw):
    """A new layer: W is float64 (num, dim), its padding row zero and no other; dW is zero."""
    num, dim = draw.shape(dims=2, low=2)
    padding_idx = draw.pick(None, 0, num - 1)
    layer = mine.Embedding(num, dim, draw.rng(), padding_idx)
    given = {"num": num, "dim": dim, "padding_idx": padding_idx}
    holds(isinstance(layer.W, np.ndarray), "W is not an array", got=layer.W, input=given)
    holds(layer.W.shape == (num, dim), "W has a wrong shape", got=layer.W.shape, expected=f"({num}, {dim})")
    holds(layer.W.dtype == np.float64, "W is not float64", got=str(layer.W.dtype), expected="float64", input=given)
    found = np.flatnonzero((layer.W == 0).all(axis=1)).tolist()
    equal(found, [] if padding_idx is None else [padding_idx], "the list of the rows that are zero", input=given)
    equal(layer.dW, np.zeros((num, dim)), "dW", input=given)


def test_first_weights(mine):
    """W is standard normal and comes from rng: the same seed, the same weights (false alarm: 1e-6)."""
    rng = np.random.default_rng(7)
    one, two = mine.Embedding(200, 40, rng).W, mine.Embedding(200, 40, rng).W
    again = mine.Embedding(200, 40, np.random.default_rng(7)).W
    holds(
        np.array_equal(again, one), "two layers from equally seeded generators differ: W does not come from rng alone"
    )
    holds(not np.array_equal(one, two), "two layers from one rng have the same W", got=two, expected="other numbers")
    mean_is(one, 0.0, 1.0, "the mean of W")
    mean_is(one**2, 1.0, 2**0.5, "the variance of W")
    mean_is(one[0::2] * one[1::2], 0.0, 1.0, "the correlation of two rows of W")
    holds(len(np.unique(one)) > 7900, "the entries of W are not all drawn", got=one)


def test_memory(mine):
    """Builds no one-hot matrix: the memory is that of the rows, however many tokens there are."""
    layer, idx = make(mine, np.ones((4000, 4))), np.arange(1500) * 7 % 4000
    forward = measure(layer.forward, idx).peak_bytes
    backward = measure(layer.backward, np.ones((1500, 4))).peak_bytes
    few = 1500 * 4000 / 4  # a quarter of a byte for each pair of an index and a token
    for what, peak in (("forward", forward), ("backward", backward)):
        holds(peak < few, f"{what} holds a number for each pair of an index and a token", expected="W[idx] does not")
