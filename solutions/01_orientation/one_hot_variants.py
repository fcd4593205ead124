"""Other right ways to write one-hot, and the mistakes that people make."""

import numpy as np

from tutor.checks import accept, reject, waive


def width(labels, num_classes):
    """Find C and refuse what cannot be encoded."""
    if num_classes is None:
        if labels.size == 0:
            raise ValueError("num_classes is needed")
        num_classes = int(labels.max()) + 1
    if labels.size and (labels.min() < 0 or labels.max() >= num_classes):
        raise ValueError("label out of range")
    return num_classes


@accept("rows of the identity matrix")
def one_hot(labels, num_classes=None):
    C = width(labels, num_classes)
    return np.eye(C, dtype=np.float32)[labels]


@accept("flatten, fill, reshape")
def one_hot(labels, num_classes=None):
    C = width(labels, num_classes)
    flat = np.zeros((labels.size, C), dtype=np.float32)
    flat[np.arange(labels.size), labels.ravel()] = 1
    return flat.reshape(*labels.shape, C)


@accept("put_along_axis")
def one_hot(labels, num_classes=None):
    C = width(labels, num_classes)
    out = np.zeros((*labels.shape, C), dtype=np.float32)
    np.put_along_axis(out, labels[..., None].astype(np.int64), 1, axis=-1)
    return out


@reject(
    "no range check",
    "The label -1 produced a row: a negative index wraps around to the last class. Check the range first, "
    "and raise ValueError for labels below 0 or of C and more.",
)
def one_hot(labels, num_classes=None):
    if num_classes is None:
        if labels.size == 0:
            raise ValueError("num_classes is needed")
        num_classes = int(labels.max()) + 1
    if labels.size and labels.max() >= num_classes:
        raise ValueError("label out of range")
    return np.eye(num_classes, dtype=np.float32)[labels]


@reject(
    "too large labels become rows of zeros",
    "A label of C or more gave a row without any 1: nobody would notice the wrong data. Raise ValueError.",
)
def one_hot(labels, num_classes=None):
    if num_classes is None:
        num_classes = width(labels, num_classes)
    if labels.size and labels.min() < 0:
        raise ValueError("label out of range")
    return (labels[..., None] == np.arange(num_classes)).astype(np.float32)


@reject(
    "lets NumPy complain about the index",
    "A label that is too large raised IndexError from deep inside NumPy. Say it yourself, with a ValueError.",
)
def one_hot(labels, num_classes=None):
    if num_classes is None:
        num_classes = width(labels, num_classes)
    if labels.size and labels.min() < 0:
        raise ValueError("label out of range")
    return np.eye(num_classes, dtype=np.float32)[labels]


@reject(
    "ignores num_classes",
    "A batch may not contain the last class. Respect num_classes, or the width changes from batch to batch.",
)
def one_hot(labels, num_classes=None):
    width(labels, num_classes)
    C = int(labels.max()) + 1 if labels.size else num_classes
    return (labels[..., None] == np.arange(C)).astype(np.float32)


@reject(
    "treats num_classes = 0 as not given",
    "`if not num_classes` is also true for 0. Ask `num_classes is None`.",
)
def one_hot(labels, num_classes=None):
    C = width(labels, num_classes or None)
    return (labels[..., None] == np.arange(C)).astype(np.float32)


@reject(
    "right for one axis only",
    "The result has the wrong shape: labels may have any number of axes. Flatten, fill, then reshape to S + (C,), "
    "or compare with broadcasting.",
)
def one_hot(labels, num_classes=None):
    C = width(labels, num_classes)
    out = np.zeros((labels.size, C), dtype=np.float32)
    out[np.arange(labels.size), labels.ravel()] = 1
    return out


@reject("counts classes from 1", "Class 0 vanished: a label k belongs in column k. Classes are numbered from 0.")
def one_hot(labels, num_classes=None):
    C = width(labels, num_classes)
    return (labels[..., None] == np.arange(C) + 1).astype(np.float32)


@reject(
    "forgets the + 1",
    "Labels 0 to 4 are five classes, one more than the largest label.",
)
def one_hot(labels, num_classes=None):
    if num_classes is None:
        width(labels, num_classes)
        num_classes = int(labels.max())
        return (labels[..., None] == np.arange(num_classes)).astype(np.float32)
    return np.eye(width(labels, num_classes), dtype=np.float32)[labels]


@reject(
    "returns Booleans",
    "The comparison gives Booleans. A network computes with float32: convert at the end.",
)
def one_hot(labels, num_classes=None):
    return labels[..., None] == np.arange(width(labels, num_classes))


@reject(
    "returns float64",
    "np.eye and np.zeros make float64 unless told otherwise. The task asks for float32.",
)
def one_hot(labels, num_classes=None):
    return np.eye(width(labels, num_classes))[labels]


@reject(
    "adds 1 to a uint8",
    "labels.max() of a uint8 array is a uint8, and there 255 + 1 is 0. Convert it with int(...) before you add.",
)
def one_hot(labels, num_classes=None):
    if num_classes is None and labels.size:
        num_classes = labels.max() + labels.dtype.type(1)
    C = width(labels, num_classes)
    return (labels[..., None] == np.arange(C)).astype(np.float32)


@reject(
    "new axis in front",
    "The classes lie along the first axis. They belong along a new last one: the shape is S + (C,).",
)
def one_hot(labels, num_classes=None):
    C = width(labels, num_classes)
    return np.moveaxis(np.eye(C, dtype=np.float32)[labels], -1, 0)


@reject(
    "new axis in second place",
    "`labels[:, None]` puts the new axis in second place, which is the last one only for a row of labels, and fails for "
    "a single label. `labels[..., None]` puts it at the end, whatever the shape.",
)
def one_hot(labels, num_classes=None):
    C = width(labels, num_classes)
    return (labels[:, None] == np.arange(C)).astype(np.float32)


waive(
    "one_hot: if labels.size == 0: … → (dropped)",
    "max of an empty array raises ValueError as well; the test is there for its sentence",
)
waive(
    "one_hot: labels.size == 0 → labels.size == -1",
    "max of an empty array raises ValueError as well; the test is there for its sentence",
)
waive(
    "one_hot: raise ValueError('empty labels do not tell the number of classes: give num_classes') → (dropped)",
    "max of an empty array raises ValueError as well; the test is there for its sentence",
)
