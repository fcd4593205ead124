"""Compares gradients: the same random cotangent is pulled back through the learner's result and the reference's."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch

from tutor.checks.arguments import Arguments
from tutor.checks.compare import Mismatch, Tolerance, compare
from tutor.checks.failure import Words
from tutor.checks.trees import trainable

GRADIENT_DEFAULTS = {
    "float64": (1e-8, 1e-10),
    "float32": (1e-4, 1e-5),
    "float16": (5e-2, 2e-2),
    "bfloat16": (5e-2, 2e-2),
}
"""dtype → (rtol, atol): a backward pass sums more terms than a forward one."""


Side = tuple[Arguments, object]
"""What a function was called with, and its result."""


def gradient_mismatch(learner: Side, truth: Side, dtype: str, rounded: Side | None = None) -> Mismatch | None:
    """The first difference between the gradients of the arguments, or None. Both results have the same structure.

    `rounded` is the reference in the learner's precision, where that is lower than the truth's: its gradients are taken
    when there is a difference, because what the reference loses itself is forgiven a few times, as it is for values.
    """
    ours, theirs = dict(_tensors(learner[1])), dict(_tensors(truth[1]))
    paths = [path for path, tensor in theirs.items() if tensor.requires_grad]
    if not paths:
        return None
    for path in paths:
        if not ours[path].requires_grad:
            message = f"the result{path} is cut off from the graph: no gradient can flow back through it"
            return Mismatch("detached", message, "", Words("requires_grad=False"), Words("requires_grad=True"), path)
    expected, found = _gradients(truth, paths), _gradients(learner, paths)
    rtol, atol = GRADIENT_DEFAULTS.get(dtype, GRADIENT_DEFAULTS["float64"])
    like: list[torch.Tensor | None] | None = None
    for number, (label, mine, right) in enumerate(zip(_labels(learner[0]), found, expected, strict=True)):
        mismatch = _one(label, mine, right, Tolerance(rtol, atol))
        if mismatch and mismatch.kind == "gradient" and rounded is not None:
            like = like or _gradients(rounded, paths)
            mismatch = _one(label, mine, right, Tolerance(rtol, atol), like[number])
        if mismatch:
            return mismatch
    return None


def _gradients(side: Side, paths: list[str]) -> list[torch.Tensor | None]:
    """The gradients of its arguments, under cotangents that are the same for every side."""
    sent, result = side
    tensors = dict(_tensors(result))
    return _pull_back([tensors[path] for path in paths], trainable(sent.values))


def _one(
    label: str,
    mine: torch.Tensor | None,
    right: torch.Tensor | None,
    tolerance: Tolerance,
    like: torch.Tensor | None = None,
) -> Mismatch | None:
    if right is None:
        return None
    if mine is None:
        if not bool(right.any()):
            return None
        message = f"no gradient reaches {label}: the graph is cut on the way"
        return Mismatch("detached", message, "", None, right, label)
    found = compare(mine, right, tolerance, like=right.to(mine.dtype) if like is None else like)
    if found is None:
        return None
    message = f"the values are right, but the gradient of {label} is wrong"
    return Mismatch("gradient", message, found.difference, mine, right, label)


def _tensors(value: object, path: str = "") -> Iterator[tuple[str, torch.Tensor]]:
    if isinstance(value, torch.Tensor):
        yield path, value
    elif isinstance(value, (tuple, list)):
        for i, item in enumerate(value):
            yield from _tensors(item, f"{path}[{i}]")
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _tensors(item, f"{path}[{key!r}]")


def _pull_back(results: list[torch.Tensor], inputs: list[torch.Tensor]) -> list[torch.Tensor | None]:
    cotangents = [_cotangent(result, number) for number, result in enumerate(results)]
    return list(torch.autograd.grad(results, inputs, cotangents, allow_unused=True))


def _cotangent(result: torch.Tensor, number: int) -> torch.Tensor:
    """Random, so that no wrong gradient hides behind a sum; from the shape alone, so that both sides get the same."""
    rng = np.random.default_rng([number, *result.shape])
    return torch.from_numpy(np.asarray(rng.normal(size=tuple(result.shape)))).to(result.device, result.dtype)


def _labels(sent: Arguments) -> list[str]:
    """A name for each tensor that `trainable` finds, in its order."""
    names: dict[int, str] = {}
    for label, value in sent.as_dict().items():
        found = trainable([value])
        for number, tensor in enumerate(found):
            names.setdefault(id(tensor), label if len(found) == 1 else f"{label} (tensor {number + 1})")
    return list(names.values())
