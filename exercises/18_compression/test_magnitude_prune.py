"""Checks of magnitude_masks against a ranking in plain Python, and of MaskedSGD against SGD with the zeros put back."""

from __future__ import annotations

import torch

from tutor.checks import close, draws, equal, holds, raises, same

DTYPES = (torch.float64, torch.float32, torch.bfloat16)


def magnitude_masks(weights, sparsity, scope="global"):
    """The same, entry by entry."""
    groups = [list(weights)] if scope == "global" else [[name] for name in weights]
    masks = {name: torch.ones(w.shape, dtype=torch.bool, device=w.device) for name, w in weights.items()}
    for names in groups:
        ranked = [(abs(v), name, i) for name in names for i, v in enumerate(weights[name].flatten().tolist())]
        ranked.sort(key=lambda item: item[0])  # Python's sort is stable: equals stay in their order
        for _, name, i in ranked[: round(sparsity * len(ranked))]:
            masks[name].view(-1)[i] = False
    return masks


def tensors(draw, count=3, dtype=torch.float64, scale=1.0, low=1):
    """Tensors of different shapes and sizes of entries, so that a global ranking prunes one more than another."""
    shapes = [draw.shape(dims=(1, 4), low=low, high=5) for _ in range(count)]
    return {
        f"layer{i}.weight": draw.tensor(shape, scale * (1 + i), dtype, requires_grad=False)
        for i, shape in enumerate(shapes)
    }


@draws(12)
def test_layer(mine, draw):
    """Removes exactly round(sparsity · n) weights of each tensor, those of the smallest magnitude."""
    weights = {name: draw.layout(w) for name, w in tensors(draw, dtype=DTYPES[draw.index % 3]).items()}
    same(mine.magnitude_masks, magnitude_masks, weights, draw.float(0.1, 0.95), "layer", dtypes=None)


@draws(12)
def test_global(mine, draw):
    """Ranks the weights of all tensors together: a layer of small weights loses more."""
    weights = {name: draw.layout(w) for name, w in tensors(draw, dtype=DTYPES[draw.index % 3]).items()}
    same(mine.magnitude_masks, magnitude_masks, weights, draw.float(0.1, 0.95), "global", dtypes=None)


@draws(3)
def test_default_scope(mine, draw):
    """Without a scope the ranking is global."""
    same(mine.magnitude_masks, magnitude_masks, tensors(draw), draw.float(0.2, 0.8), dtypes=None)


@draws(8)
def test_equal_magnitudes(mine, draw):
    """Among equal magnitudes exactly as many go as asked for, the first ones first; signs do not matter."""
    sign = [torch.where(w >= 0, 1.0, -1.0) for w in tensors(draw).values()]
    weights = {f"w{i}": 0.5 * s for i, s in enumerate(sign)}
    if draw.bool():
        weights["w1"] = torch.zeros(draw.int(1, 5), 2)
    same(
        mine.magnitude_masks, magnitude_masks, weights, draw.float(0.1, 0.9), draw.pick("layer", "global"), dtypes=None
    )


@draws(12)
def test_corners(mine, draw):
    """Nothing goes at sparsity 0; tensors of one entry, tiny and huge weights are ranked like all others."""
    scope, sparsity = draw.pick("global", "layer"), draw.pick(0.0, 0.5, 0.99)
    weights = tensors(draw, 2, torch.float32, draw.pick(1e-25, 1e25))
    weights["one"] = draw.tensor(1, 1.0, torch.float32, requires_grad=False)
    weights["number"] = draw.tensor((), 1.0, torch.float32, requires_grad=False)
    same(mine.magnitude_masks, magnitude_masks, weights, sparsity, scope, dtypes=None)


@draws(2)
def test_parameters_may_be_passed(mine, draw):
    """Takes the parameters of a network as they are; the masks carry no graph."""
    weights = {name: torch.nn.Parameter(w) for name, w in tensors(draw).items()}
    masks = mine.magnitude_masks(weights, 0.4, draw.pick("global", "layer"))
    holds(not any(m.requires_grad for m in masks.values()), "a mask requires a gradient", got=masks)
    wanted = magnitude_masks(weights, 0.4, ("global", "layer")[draw.index])
    equal(masks, wanted, "the masks", input={"weights": weights})


def test_refuses(mine):
    """A sparsity outside [0, 1) and an unknown scope raise ValueError."""
    weights = {"w": torch.arange(4.0)}
    for sparsity in (1.0, -0.1, 50.0):
        raises(ValueError, mine.magnitude_masks, weights, sparsity, because=f"sparsity {sparsity} is not in [0, 1)")
    for scope in ("layers", "Global", ""):
        raises(ValueError, mine.magnitude_masks, weights, 0.5, scope, because=f"there is no scope {scope!r}")


# --- MaskedSGD ------------------------------------------------------------------------------------------------------


class Reference:
    """SGD with momentum on all entries; the zeros are put back afterwards."""

    def __init__(self, params, masks, lr, momentum=0.0):
        self.params, self.masks, self.lr, self.momentum = params, masks, lr, momentum
        self.velocity = {name: torch.zeros_like(p) for name, p in params.items()}
        self.put_back()

    def put_back(self):
        for name, mask in self.masks.items():
            self.params[name].data = torch.where(mask, self.params[name].data, 0.0)

    def step(self):
        for name, p in self.params.items():
            if p.grad is not None:
                self.velocity[name] = self.momentum * self.velocity[name] + p.grad
                p.data = p.data - self.lr * self.velocity[name]
        self.put_back()


def network(draw, dtype=torch.float64):
    """Three weights and a bias with twins for the reference, and masks for two of the weights."""
    values = tensors(draw, 3, dtype, low=2) | {"bias": draw.tensor(4, 1.0, dtype, requires_grad=False)}
    params = {name: torch.nn.Parameter(v) for name, v in values.items()}
    theirs = {name: torch.nn.Parameter(v.clone()) for name, v in values.items()}
    masks = {name: draw.tensor(values[name].shape, requires_grad=False) > 0 for name in list(values)[:2]}
    for mask in masks.values():  # each has something to prune and something to keep
        mask.view(-1)[0], mask.view(-1)[-1] = False, True
    return params, theirs, masks


def give_gradients(draw, params, theirs, without=()):
    for name, p in params.items():
        p.grad = None if name in without else draw.tensor(p.shape, dtype=p.dtype, requires_grad=False)
        theirs[name].grad = None if p.grad is None else p.grad.clone()


def values(params):
    return {name: p.detach().clone() for name, p in params.items()}


def compare(draw, params, theirs, optimizer, reference, masks, steps=3, without=(), **tolerance):
    """Some steps with new gradients each."""
    for number in range(1, steps + 1):
        give_gradients(draw, params, theirs, without[number - 1] if without else ())
        shown = {"masks": masks, "step": number, "grads": {name: p.grad for name, p in params.items()}}
        equal(optimizer.step(), None, "what step returns")
        reference.step()
        zeros(params, masks, shown, f"after step {number}")
        close(values(params), values(theirs), f"the parameters after step {number}", input=shown, **tolerance)


def zeros(params, masks, shown, when):
    for name, mask in masks.items():
        revived = params[name].detach()[~mask]
        holds(not bool(revived.any()), f"pruned entries of {name} are not 0 {when}", got=revived, input=shown)


@draws(2)
def test_pruned_at_once(mine, draw):
    """The pruned entries are 0 as soon as the optimizer is made; the others are as they were."""
    params, theirs, masks = network(draw)
    mine.MaskedSGD(params, masks, lr=0.1)
    Reference(theirs, masks, 0.1)
    close(values(params), values(theirs), "the parameters after MaskedSGD(…)", input={"masks": masks})


@draws(4)
def test_without_momentum(mine, draw):
    """Without momentum, kept entries make steps of SGD and pruned ones stay 0, whatever their gradients."""
    params, theirs, masks = network(draw, draw.pick(torch.float64, torch.float32))
    lr = draw.float(0.05, 0.5)
    compare(draw, params, theirs, mine.MaskedSGD(params, masks, lr), Reference(theirs, masks, lr), masks)


@draws(6)
def test_momentum(mine, draw):
    """With momentum, too: the velocity moves kept entries as in SGD, and revives no pruned one."""
    params, theirs, masks = network(draw, draw.pick(torch.float64, torch.float32))
    given = {"lr": draw.float(0.05, 0.5), "momentum": draw.pick(0.9, 0.5)}
    compare(draw, params, theirs, mine.MaskedSGD(params, masks, **given), Reference(theirs, masks, **given), masks, 4)


@draws(2)
def test_masks_after_training(mine, draw):
    """Weights that were pruned while they moved fast stay 0: a new optimizer knows nothing of the old velocity."""
    params, theirs, masks = network(draw)
    free = {name: torch.ones_like(mask) for name, mask in masks.items()}
    compare(draw, params, theirs, mine.MaskedSGD(params, free, 0.2, 0.9), Reference(theirs, free, 0.2, 0.9), free)
    compare(draw, params, theirs, mine.MaskedSGD(params, masks, 0.2, 0.9), Reference(theirs, masks, 0.2, 0.9), masks)


@draws(3)
def test_missing_gradients(mine, draw):
    """A parameter without a gradient is left out of the step: it does not move, and its velocity waits."""
    params, theirs, masks = network(draw)
    without = draw.pick(
        [("bias",), ()], [(), ("layer0.weight", "bias"), ()], [("layer2.weight",), ("layer1.weight",), ()]
    )
    optimizer, reference = mine.MaskedSGD(params, masks, 0.3, 0.8), Reference(theirs, masks, 0.3, 0.8)
    compare(draw, params, theirs, optimizer, reference, masks, len(without), without)


@draws(2)
def test_gradients_and_masks_stay(mine, draw):
    """.grad and the masks are bit by bit what they were."""
    params, theirs, masks = network(draw)
    before = {name: mask.clone() for name, mask in masks.items()}
    optimizer = mine.MaskedSGD(params, masks, 0.3, 0.9)
    give_gradients(draw, params, theirs)
    for _ in range(2):
        optimizer.step()
    grads = {name: p.grad for name, p in params.items()}
    equal(grads, {name: p.grad for name, p in theirs.items()}, "the gradients after two steps")
    equal(masks, before, "the masks after two steps")


@draws(2)
def test_in_place(mine, draw):
    """Writes into the parameters' own memory; they stay leaves that require a gradient, and training goes on."""
    params, theirs, masks = network(draw)
    places = {name: p.data_ptr() for name, p in params.items()}
    optimizer = mine.MaskedSGD(params, masks, 0.1, 0.9)
    for number in range(2):
        for p in params.values():
            p.grad = None
        sum((p - 1).square().sum() for p in params.values()).backward()
        optimizer.step()
        zeros(params, masks, {"masks": masks}, f"after step {number + 1}")
    holds({n: p.data_ptr() for n, p in params.items()} == places, "a parameter lies in other memory after a step")
    holds(all(p.is_leaf and p.requires_grad for p in params.values()), "a parameter cannot be trained any more")
