"""Other ways to write unbroadcast, and the mistakes that people make."""

import numpy as np

from tutor.checks import accept, reject


@accept("front axes in a loop, then the single ones")
def unbroadcast(grad, shape):
    while grad.ndim > len(shape):
        grad = grad.sum(axis=0)
    grad = np.asarray(grad)
    for i, n in enumerate(shape):
        if n == 1:
            grad = grad.sum(axis=i, keepdims=True)
    return grad


@accept("only where something was stretched")
def unbroadcast(grad, shape):
    padded = (1,) * (grad.ndim - len(shape)) + tuple(shape)
    axes = tuple(i for i, (n, m) in enumerate(zip(padded, grad.shape, strict=True)) if n != m)
    if axes:
        grad = grad.sum(axes, keepdims=True)
    return grad.reshape(shape)


@accept("counted from the back")
def unbroadcast(grad, shape):
    back = {-k for k in range(1, len(shape) + 1) if shape[-k] != 1}
    axes = tuple(-k for k in range(1, grad.ndim + 1) if -k not in back)
    return np.add.reduce(grad, axis=axes).reshape(shape)


@reject(
    "new axes only",
    "The new axes in front are summed, but axes of size 1 were stretched too: sum those with keepdims=True.",
)
def unbroadcast(grad, shape):
    return np.asarray(grad.sum(axis=tuple(range(grad.ndim - len(shape)))))


@reject("single axes only", "Axes that broadcasting put in front are still there: sum over them as well.")
def unbroadcast(grad, shape):
    new = grad.ndim - len(shape)
    return grad.sum(axis=tuple(new + i for i, n in enumerate(shape) if n == 1), keepdims=True)


@reject("reshaped", "The gradient has more numbers than the array: they must be added up, not rearranged.")
def unbroadcast(grad, shape):
    return grad.reshape(shape)


@reject("the first copy", "Only one of the copies got through. Every copy was used, so all their gradients add up.")
def unbroadcast(grad, shape):
    return np.resize(grad, shape)


@reject(
    "a size of 1 lost",
    "The result lost an axis of size 1: sum with keepdims=True, so that (3, 1, 5) stays (3, 1, 5).",
)
def unbroadcast(grad, shape):
    new = grad.ndim - len(shape)
    return np.asarray(grad.sum(axis=(*range(new), *(new + i for i, n in enumerate(shape) if n == 1))))


@reject("mean of the copies", "Each copy contributes its whole gradient: sum, do not average.")
def unbroadcast(grad, shape):
    new = grad.ndim - len(shape)
    axes = (*range(new), *(new + i for i, n in enumerate(shape) if n == 1))
    n = grad.size // max(1, int(np.prod(shape)))
    return (grad.sum(axis=axes, keepdims=True) / grad.dtype.type(max(n, 1))).reshape(shape)


@reject(
    "axes counted in the wrong shape",
    "The axes of size 1 were counted in `shape`, but summed in `grad`, which has more axes in front. Shift them.",
)
def unbroadcast(grad, shape):
    new = grad.ndim - len(shape)
    single = [i for i, n in enumerate(shape) if n == 1 and i >= new]
    return grad.sum(axis=(*range(new), *single), keepdims=True).reshape(shape)


@reject(
    "lined up at the front",
    "Shapes line up at their LAST axes: (3,) against (2, 3) has a new axis in front, not behind.",
)
def unbroadcast(grad, shape):
    padded = tuple(shape) + (1,) * (grad.ndim - len(shape))
    return grad.sum(axis=tuple(i for i, n in enumerate(padded) if n == 1), keepdims=True).reshape(shape)


@reject(
    "sizes looked up in the shape",
    "Whether a size occurs somewhere in `shape` says nothing: a new axis in front may be as long as another one. "
    "Compare places, counted from the end.",
)
def unbroadcast(grad, shape):
    axes = tuple(i for i, n in enumerate(grad.shape) if n not in shape)
    return grad.sum(axis=axes, keepdims=True).reshape(shape)


@reject("always a 0-d array", "Everything was summed. Only the axes along which the array was stretched are.")
def unbroadcast(grad, shape):
    return np.asarray(grad.sum())


@reject(
    "stretched back", "The sums are right, but they were stretched again: the result has the shape `shape`, not grad's."
)
def unbroadcast(grad, shape):
    new = grad.ndim - len(shape)
    axes = (*range(new), *(new + i for i, n in enumerate(shape) if n == 1))
    return np.broadcast_to(grad.sum(axis=axes, keepdims=True), grad.shape).copy()


@reject("float64 whatever came in", "float32 came in and float64 went out. Let the result keep the dtype of grad.")
def unbroadcast(grad, shape):
    new = grad.ndim - len(shape)
    axes = (*range(new), *(new + i for i, n in enumerate(shape) if n == 1))
    return grad.sum(axis=axes, keepdims=True, dtype=np.float64).reshape(shape)
