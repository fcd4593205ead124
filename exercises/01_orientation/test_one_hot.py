"""Checks of one-hot."""

import numpy as np
import torch

from tutor.checks import draws, raises, same


def one_hot(labels, num_classes=None):
    indices = torch.from_numpy(labels.astype(np.int64))
    return torch.nn.functional.one_hot(indices, -1 if num_classes is None else num_classes).float().numpy()


@draws(12)
def test_values(mine, draw):
    """Gives torch.nn.functional.one_hot's values when the number of classes is given."""
    C = draw.int(1, 6)
    labels = draw.labels(draw.shape(dims=(1, 3)), C)
    same(mine.one_hot, one_hot, labels, draw.pick(C, C + 3), exact=True)


@draws(8)
def test_finds_the_width(mine, draw):
    """Takes the largest label plus 1 as the number of classes when none is given."""
    labels = draw.labels(draw.shape(dims=(1, 3)), draw.int(1, 6))
    same(mine.one_hot, one_hot, labels, exact=True)


@draws(6)
def test_integer_types(mine, draw):
    """Takes int32, int64 and uint8 labels, also transposed, strided and read-only, up to 255."""
    dtype = draw.pick("int32", "int64", "uint8")
    labels = draw.layout(draw.labels(draw.shape(dims=(1, 3)), 256).astype(dtype))
    same(mine.one_hot, one_hot, labels, 256, exact=True)
    same(mine.one_hot, one_hot, np.array([0, 255, 7], dtype=dtype), exact=True)


def test_edge_shapes(mine):
    """Encodes a single label of shape () and empty arrays when the number of classes is given."""
    same(mine.one_hot, one_hot, np.array(2), 4, exact=True)
    same(mine.one_hot, one_hot, np.array(2), exact=True)
    same(mine.one_hot, empty, np.zeros((0,), dtype=np.int64), 4, exact=True)
    same(mine.one_hot, empty, np.zeros((2, 0), dtype=np.int64), 3, exact=True)
    same(mine.one_hot, empty, np.zeros((0,), dtype=np.int64), 0, exact=True)


def empty(labels, num_classes):
    return np.zeros((*labels.shape, num_classes), dtype=np.float32)


@draws(4)
def test_refuses_negative_labels(mine, draw):
    """Raises ValueError for a negative label."""
    labels = draw.labels((2, 3), 4)
    labels[draw.int(0, 1), draw.int(0, 2)] = -draw.int(1, 4)
    raises(ValueError, mine.one_hot, labels, 4, because="a label is negative")
    raises(ValueError, mine.one_hot, labels, because="a label is negative")


@draws(4)
def test_refuses_labels_of_C_and_more(mine, draw):
    """Raises ValueError for a label that is not below the number of classes."""
    labels = draw.labels((2, 3), 4)
    labels[draw.int(0, 1), draw.int(0, 2)] = 4 + draw.int(0, 1) * draw.index
    raises(ValueError, mine.one_hot, labels, 4, because="a label is not below num_classes")


def test_refuses_empty_labels_without_a_width(mine):
    """Raises ValueError for empty labels when the number of classes is not given."""
    raises(ValueError, mine.one_hot, np.zeros((0,), dtype=np.int64), because="nothing tells the number of classes")


def test_refuses_labels_when_there_are_no_classes(mine):
    """Takes num_classes = 0 at its word: then every label is out of range."""
    raises(ValueError, mine.one_hot, np.array([1, 0]), 0, because="with 0 classes no label is in range")
