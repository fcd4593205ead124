"""Other right ways to prune by magnitude, and the mistakes that people make."""

from __future__ import annotations

import math

import torch

from tutor.checks import accept, reject, waive


def checked(sparsity, scope):
    if not 0 <= sparsity < 1 or scope not in ("global", "layer"):
        raise ValueError("no such pruning")


def kept(flat, sparsity):
    mask = torch.ones(len(flat), dtype=torch.bool, device=flat.device)
    mask[flat.abs().argsort(stable=True)[: round(sparsity * len(flat))]] = False
    return mask


def masks_of(weights, sparsity, scope, rule=kept):
    """The right program, with the rule that looks at a flat tensor left open."""
    checked(sparsity, scope)
    if scope == "layer":
        return {name: rule(w.detach().flatten(), sparsity).reshape(w.shape) for name, w in weights.items()}
    flat = rule(torch.cat([w.detach().flatten() for w in weights.values()]), sparsity)
    parts = flat.split([w.numel() for w in weights.values()])
    return {name: part.reshape(w.shape) for (name, w), part in zip(weights.items(), parts, strict=True)}


class _Masked:
    """The right optimizer in parts, for variants that have one of them wrong."""

    def __init__(self, params, masks, lr, momentum=0.0):
        self.params, self.masks, self.lr, self.momentum, self.v = dict(params), dict(masks), lr, momentum, {}
        self.begin()

    def begin(self):
        for name in self.masks:
            self.prune(name)

    @torch.no_grad()
    def prune(self, name):
        if name in self.masks:
            self.params[name].mul_(self.masks[name])

    def speed(self, name, g):
        self.v[name] = self.momentum * self.v.get(name, torch.zeros_like(g)) + g
        return self.v[name]

    @torch.no_grad()
    def step(self):
        for name, p in self.params.items():
            if p.grad is not None:
                p.sub_(self.lr * self.speed(name, p.grad))
                self.prune(name)


@accept("ranks of all entries")
def magnitude_masks(weights, sparsity, scope="global"):
    def by_rank(flat, share):
        order = torch.argsort(flat.abs(), stable=True)
        rank = torch.empty_like(order)
        rank[order] = torch.arange(len(flat), device=flat.device)
        return rank >= round(share * len(flat))

    return masks_of(weights, sparsity, scope, by_rank)


@accept("one name at a time, plain loops")
def magnitude_masks(weights, sparsity, scope="global"):
    if not (0 <= sparsity and sparsity < 1):
        raise ValueError("sparsity")
    if scope not in {"global", "layer"}:
        raise ValueError("scope")
    masks = {name: torch.ones(w.shape, dtype=torch.bool, device=w.device) for name, w in weights.items()}
    for names in [list(weights)] if scope == "global" else [[name] for name in weights]:
        entries = [(abs(v), n, i) for n in names for i, v in enumerate(weights[n].flatten().tolist())]
        for _, n, i in sorted(entries, key=lambda e: e[0])[: round(sparsity * len(entries))]:
            masks[n].view(-1)[i] = False
    return masks


@accept("gradients masked instead of weights")
class MaskedSGD(_Masked):
    @torch.no_grad()
    def step(self):
        for name, p in self.params.items():
            if p.grad is not None:
                p.add_(self.speed(name, p.grad * self.masks.get(name, 1)), alpha=-self.lr)


@accept("velocities made in the constructor, everything masked")
class MaskedSGD:
    @torch.no_grad()
    def __init__(self, params, masks, lr, momentum=0.0):
        self.lr, self.momentum = lr, momentum
        self.parts = [(p, masks.get(name), torch.zeros_like(p)) for name, p in params.items()]
        for p, mask, _ in self.parts:
            if mask is not None:
                p[~mask] = 0

    @torch.no_grad()
    def step(self):
        for p, mask, v in self.parts:
            if p.grad is None:
                continue
            v.mul_(self.momentum).add_(p.grad)
            if mask is not None:
                v[~mask] = 0
            p.sub_(self.lr * v)
            if mask is not None:
                p[~mask] = 0


@reject(
    "threshold",
    "A threshold removes all weights of that magnitude, or none of them. Sort, and remove exactly round(sparsity · n).",
)
def magnitude_masks(weights, sparsity, scope="global"):
    def over(flat, share):
        k = round(share * len(flat))
        size = flat.abs()
        return size > size.sort().values[k - 1] if k else torch.ones_like(size, dtype=torch.bool)

    return masks_of(weights, sparsity, scope, over)


@reject(
    "quantile as a threshold",
    "A quantile interpolates, so the number removed is off by one, and by many where magnitudes are equal. Count exactly.",
)
def magnitude_masks(weights, sparsity, scope="global"):
    def over(flat, share):
        size = flat.abs().double()
        return size >= torch.quantile(size, share)

    return masks_of(weights, sparsity, scope, over)


@reject("sign not ignored", "You ranked the weights with their signs: large negative ones went first. Rank by |w|.")
def magnitude_masks(weights, sparsity, scope="global"):
    def signed(flat, share):
        mask = torch.ones_like(flat, dtype=torch.bool)
        mask[flat.argsort(stable=True)[: round(share * len(flat))]] = False
        return mask

    return masks_of(weights, sparsity, scope, signed)


@reject("the largest removed", "These masks remove the LARGEST weights: sort ascending, the first ones go.")
def magnitude_masks(weights, sparsity, scope="global"):
    def upside_down(flat, share):
        mask = torch.ones_like(flat, dtype=torch.bool)
        mask[flat.abs().argsort(descending=True, stable=True)[: round(share * len(flat))]] = False
        return mask

    return masks_of(weights, sparsity, scope, upside_down)


@reject("True means removed", "Your masks are inverted: True means KEPT, so that w * mask is the pruned weight.")
def magnitude_masks(weights, sparsity, scope="global"):
    return {name: ~mask for name, mask in masks_of(weights, sparsity, scope).items()}


@reject("always per layer", 'Each tensor lost the same share. With scope "global" all weights share one ranking.')
def magnitude_masks(weights, sparsity, scope="global"):
    checked(sparsity, scope)
    return masks_of(weights, sparsity, "layer")


@reject("always global", 'You ranked all tensors together. With scope "layer" each of them loses its own share.')
def magnitude_masks(weights, sparsity, scope="global"):
    checked(sparsity, scope)
    return masks_of(weights, sparsity, "global")


@reject("rounded down", "int() cuts off: remove round(sparsity · n) weights.")
def magnitude_masks(weights, sparsity, scope="global"):
    def fewer(flat, share):
        mask = torch.ones_like(flat, dtype=torch.bool)
        mask[flat.abs().argsort(stable=True)[: int(share * len(flat))]] = False
        return mask

    return masks_of(weights, sparsity, scope, fewer)


@reject("rounded up", "math.ceil always rounds up. Remove round(sparsity · n) weights: the nearest whole number.")
def magnitude_masks(weights, sparsity, scope="global"):
    def more(flat, share):
        mask = torch.ones_like(flat, dtype=torch.bool)
        mask[flat.abs().argsort(stable=True)[: math.ceil(share * len(flat))]] = False
        return mask

    return masks_of(weights, sparsity, scope, more)


@reject(
    "halves rounded up",
    "int(sparsity · n + 0.5) sends halves up, and round to the even neighbour: the task counts with round.",
)
def magnitude_masks(weights, sparsity, scope="global"):
    def halves_up(flat, share):
        mask = torch.ones_like(flat, dtype=torch.bool)
        mask[flat.abs().argsort(stable=True)[: int(share * len(flat) + 0.5)]] = False
        return mask

    return masks_of(weights, sparsity, scope, halves_up)


@reject(
    "topk",
    "torch.topk promises no order among equal magnitudes. Sort with stable=True, and the first of them goes first.",
)
def magnitude_masks(weights, sparsity, scope="global"):
    def unordered(flat, share):
        mask = torch.ones_like(flat, dtype=torch.bool)
        mask[flat.abs().topk(round(share * len(flat)), largest=False).indices] = False
        return mask

    return masks_of(weights, sparsity, scope, unordered)


@reject(
    "ranked by the square",
    "The squares of tiny weights round to 0, those of huge ones to infinity, and then all are equal. Rank by |w|.",
)
def magnitude_masks(weights, sparsity, scope="global"):
    return masks_of({name: w.detach().square() for name, w in weights.items()}, sparsity, scope)


@reject("sparsity taken for what is kept", "sparsity is the fraction REMOVED; you kept that fraction.")
def magnitude_masks(weights, sparsity, scope="global"):
    checked(sparsity, scope)
    return masks_of(weights, 1 - sparsity if sparsity else 0.0, scope)


@reject("masks as floats", "Return bool masks: `~mask` and indexing with it only work with those.")
def magnitude_masks(weights, sparsity, scope="global"):
    return {name: mask.to(weights[name].dtype) for name, mask in masks_of(weights, sparsity, scope).items()}


@reject(
    "unknown scope taken for global",
    'A misspelt scope silently became another one. Raise ValueError for whatever is neither "global" nor "layer".',
)
def magnitude_masks(weights, sparsity, scope="global"):
    checked(sparsity, "global")
    return masks_of(weights, sparsity, "layer" if scope == "layer" else "global")


@reject("any sparsity", "A sparsity of 1 leaves no network, and 50 is a percentage: raise ValueError outside [0, 1).")
def magnitude_masks(weights, sparsity, scope="global"):
    checked(0.5, scope)
    return masks_of(weights, min(max(sparsity, 0.0), 1 - 1e-9), scope)


@reject(
    "weights pruned in place", "The masks are right, but you also set the caller's weights to 0. Only say which ones."
)
def magnitude_masks(weights, sparsity, scope="global"):
    masks = masks_of(weights, sparsity, scope)
    with torch.no_grad():
        for name, w in weights.items():
            w.mul_(masks[name])
    return masks


@reject("mask applied once", "The first update revives the pruned weights. Mask after EVERY step, not once before.")
class MaskedSGD(_Masked):
    @torch.no_grad()
    def step(self):
        for name, p in self.params.items():
            if p.grad is not None:
                p.sub_(self.lr * self.speed(name, p.grad))


@reject(
    "nothing pruned before the first step",
    "The pruned entries still have their old values: set them to 0 at once. Masking gradients alone only freezes them.",
)
class MaskedSGD(_Masked):
    def begin(self):
        pass


@reject("momentum ignored", "The momentum has no effect: v = momentum · v + g, and the step is lr · v.")
class MaskedSGD(_Masked):
    def speed(self, name, g):
        return g


@reject("average instead of sum", "v = momentum · v + g, as in SGD, without a factor 1 - momentum.")
class MaskedSGD(_Masked):
    def speed(self, name, g):
        self.v[name] = self.momentum * self.v.get(name, torch.zeros_like(g)) + (1 - self.momentum) * g
        return self.v[name]


@reject("one velocity for all parameters", "All parameters share one velocity: keep one for each name.")
class MaskedSGD(_Masked):
    def speed(self, name, g):
        old = self.v.get("all", torch.zeros(()))
        self.v["all"] = g + (self.momentum * old.mean() if old.shape != g.shape else self.momentum * old)
        return self.v["all"]


@reject("masked backwards", "You zeroed the kept entries: True means kept.")
class MaskedSGD(_Masked):
    @torch.no_grad()
    def prune(self, name):
        if name in self.masks:
            self.params[name].mul_(~self.masks[name])


@reject("only masked parameters trained", "Parameters without a mask, biases for example, are trained as usual.")
class MaskedSGD(_Masked):
    @torch.no_grad()
    def step(self):
        for name in self.masks:
            p = self.params[name]
            if p.grad is not None:
                p.sub_(self.lr * self.speed(name, p.grad))
                self.prune(name)


@reject("gradient changed", "You wrote into .grad: whoever looks at the gradients after the step finds others.")
class MaskedSGD(_Masked):
    @torch.no_grad()
    def step(self):
        for name, p in self.params.items():
            if p.grad is not None:
                p.grad.mul_(self.masks.get(name, 1))
                p.sub_(self.lr * self.speed(name, p.grad))


@reject(
    "the velocity is the gradient's own tensor",
    "Your first velocity is .grad itself, so the next step writes into the gradient. Start at zeros, or with a copy.",
)
class MaskedSGD(_Masked):
    def speed(self, name, g):
        self.v[name] = self.v[name].mul_(self.momentum).add_(g) if name in self.v else g
        return self.v[name]


@reject("gradients cleared in step", "Leave .grad alone: the training loop clears it with zero_grad, when it wants to.")
class MaskedSGD(_Masked):
    def step(self):
        super().step()
        for p in self.params.values():
            p.grad = None


@reject(
    "velocity moves on without a gradient",
    "Without a gradient a parameter is left out: it does not move, not even by its velocity.",
)
class MaskedSGD(_Masked):
    @torch.no_grad()
    def step(self):
        for name, p in self.params.items():
            g = torch.zeros_like(p) if p.grad is None else p.grad
            p.sub_(self.lr * self.speed(name, g))
            self.prune(name)


@reject("new parameters each time", "The parameter got new memory: write into it in place, under torch.no_grad().")
class MaskedSGD(_Masked):
    def step(self):
        for name, p in self.params.items():
            if p.grad is not None:
                new = p.detach() - self.lr * self.speed(name, p.grad)
                p.data = new * self.masks.get(name, 1)


waive("magnitude_masks: scope not in ('global', 'layer') → scope not in ('layer', 'global')", "the same two words")
waive(
    "magnitude_masks: zip(weights.items(), parts, strict=True) → zip(weights.items(), parts)",
    "both have one entry a tensor",
)
waive(
    "magnitude_masks: zip(weights.items(), parts, strict=True) → zip(weights.items(), parts, strict=False)",
    "both have one entry a tensor",
)
