"""Other right ways to clip gradients, and the mistakes that people make."""

from __future__ import annotations

import torch

from tutor.checks import accept, reject


def collected(params):
    return [p.grad for p in params if p.grad is not None]


def joint(grads, norm_type=2.0):
    return torch.linalg.vector_norm(torch.cat([g.reshape(-1) for g in grads] or [torch.zeros(1)]), norm_type)


@accept("all gradients in one vector, clipped if too long")
def clip_grad_norm_(params, max_norm, norm_type=2.0):
    grads = collected(params)
    total = joint(grads, norm_type)
    if total > max_norm:
        for g in grads:
            g *= max_norm / (total + 1e-6)
    return total


@accept("sums by hand, min of Python")
def clip_grad_norm_(params, max_norm, norm_type=2.0):
    kept = [p for p in params if p.grad is not None]
    if not kept:
        return torch.zeros(())
    if norm_type == float("inf"):
        total = max(p.grad.abs().max() for p in kept)
    else:
        total = sum((p.grad.abs() ** norm_type).sum() for p in kept) ** (1 / norm_type)
    total = total.clone()
    for p in kept:
        p.grad.copy_(p.grad * min(1.0, max_norm / (float(total) + 1e-6)))
    return total


@reject(
    "each parameter on its own",
    "Every parameter was clipped on its own: long gradients were shortened and short ones not, so the direction changed. "
    "Compute ONE norm over all gradients.",
)
def clip_grad_norm_(params, max_norm, norm_type=2.0):
    grads = collected(params)
    total = joint(grads, norm_type)
    for g in grads:
        g.mul_(torch.clamp(max_norm / (torch.linalg.vector_norm(g, norm_type) + 1e-6), max=1.0))
    return total


@reject(
    "clipped by value",
    "You limited every entry to ±max_norm. That is clipping by value: it bends the direction. Scale all entries alike.",
)
def clip_grad_norm_(params, max_norm, norm_type=2.0):
    grads = collected(params)
    total = joint(grads, norm_type)
    for g in grads:
        g.clamp_(-max_norm, max_norm)
    return total


@reject(
    "always scaled",
    "Short gradients were stretched to max_norm. They stay as they are: the factor is the SMALLER of 1 and the ratio.",
)
def clip_grad_norm_(params, max_norm, norm_type=2.0):
    grads = collected(params)
    total = joint(grads, norm_type)
    for g in grads:
        g.mul_(max_norm / (total + 1e-6))
    return total


@reject(
    "stops at the first .grad = None",
    "The parameters behind one without a gradient were not reached. Leave that one out and go on: continue, not break.",
)
def clip_grad_norm_(params, max_norm, norm_type=2.0):
    grads = []
    for p in params:
        if p.grad is None:
            break
        grads.append(p.grad)
    total = joint(grads, norm_type)
    for g in grads:
        g.mul_(torch.clamp(max_norm / (total + 1e-6), max=1.0))
    return total


@reject(
    "sum of the norms",
    "You added the norms of the parameters. Norms combine as components do: the root of the sum of their squares.",
)
def clip_grad_norm_(params, max_norm, norm_type=2.0):
    grads = collected(params)
    total = sum((torch.linalg.vector_norm(g, norm_type) for g in grads), torch.tensor(0.0))
    for g in grads:
        g.mul_(torch.clamp(max_norm / (total + 1e-6), max=1.0))
    return total


@reject("root forgotten", "This is the SQUARE of the norm: take the root of the sum of squares.")
def clip_grad_norm_(params, max_norm, norm_type=2.0):
    grads = collected(params)
    total = joint(grads, norm_type) ** 2
    for g in grads:
        g.mul_(torch.clamp(max_norm / (total + 1e-6), max=1.0))
    return total


@reject("norm_type ignored", "norm_type had no effect: pass it on to every norm that you take.")
def clip_grad_norm_(params, max_norm, norm_type=2.0):
    grads = collected(params)
    total = joint(grads)
    for g in grads:
        g.mul_(torch.clamp(max_norm / (total + 1e-6), max=1.0))
    return total


@reject(
    "norm_type for the parts only",
    "The norms of the parts are of the right kind, but you combined them with the 2-norm: use norm_type again.",
)
def clip_grad_norm_(params, max_norm, norm_type=2.0):
    grads = collected(params)
    if not grads:
        return torch.tensor(0.0)
    total = torch.linalg.vector_norm(torch.stack([torch.linalg.vector_norm(g, norm_type) for g in grads]))
    for g in grads:
        g.mul_(torch.clamp(max_norm / (total + 1e-6), max=1.0))
    return total


@reject(
    "power of infinity",
    "With norm_type = inf a sum of powers gives no norm (|g| ** inf is 0, 1 or inf): take the largest absolute value.",
)
def clip_grad_norm_(params, max_norm, norm_type=2.0):
    grads = collected(params)
    total = sum(((g.abs() ** norm_type).sum() for g in grads), torch.tensor(0.0)) ** (1 / norm_type)
    for g in grads:
        g.mul_(torch.clamp(max_norm / (total + 1e-6), max=1.0))
    return total


@reject(
    "mean instead of sum", "You averaged the squares: the norm must not depend on how many entries share it. Sum them."
)
def clip_grad_norm_(params, max_norm, norm_type=2.0):
    grads = collected(params)
    total = joint(grads, norm_type)
    if norm_type == 2.0 and grads:
        total = torch.cat([g.reshape(-1) for g in grads]).square().mean().sqrt()
    for g in grads:
        g.mul_(torch.clamp(max_norm / (total + 1e-6), max=1.0))
    return total


@reject(
    "without the guard",
    "Your factor is max_norm / norm. PyTorch adds 1e-6 to the norm, which matters for tiny gradients.",
)
def clip_grad_norm_(params, max_norm, norm_type=2.0):
    grads = collected(params)
    total = joint(grads, norm_type)
    for g in grads:
        g.mul_(torch.clamp(max_norm / total, max=1.0).nan_to_num(1.0))
    return total


@reject("norm after clipping", "You returned the norm after clipping, which tells nothing: log how long it WAS.")
def clip_grad_norm_(params, max_norm, norm_type=2.0):
    grads = collected(params)
    scale = torch.clamp(max_norm / (joint(grads, norm_type) + 1e-6), max=1.0)
    for g in grads:
        g.mul_(scale)
    return joint(grads, norm_type)


@reject(
    "returns a Python number",
    "A Python number came back: return the 0-d tensor. (On a GPU, .item() waits for the device.)",
)
def clip_grad_norm_(params, max_norm, norm_type=2.0):
    grads = collected(params)
    total = joint(grads, norm_type)
    for g in grads:
        g.mul_(torch.clamp(max_norm / (total + 1e-6), max=1.0))
    return total.item()


@reject(
    "0 as a Python number",
    "With no gradient at all a plain 0 came back: return a tensor in every case, torch.tensor(0.0).",
)
def clip_grad_norm_(params, max_norm, norm_type=2.0):
    grads = collected(params)
    if not grads:
        return 0.0
    total = joint(grads, norm_type)
    for g in grads:
        g.mul_(torch.clamp(max_norm / (total + 1e-6), max=1.0))
    return total


@reject("returns nothing", "Nothing was returned: give back the norm before clipping.")
def clip_grad_norm_(params, max_norm, norm_type=2.0):
    grads = collected(params)
    total = joint(grads, norm_type)
    for g in grads:
        g.mul_(torch.clamp(max_norm / (total + 1e-6), max=1.0))


@reject(
    "new tensors for .grad",
    "The values are right, but p.grad is another tensor now: whoever holds the old one sees nothing. Scale in place: mul_.",
)
def clip_grad_norm_(params, max_norm, norm_type=2.0):
    kept = [p for p in params if p.grad is not None]
    total = joint(collected(kept), norm_type)
    for p in kept:
        p.grad = p.grad * torch.clamp(max_norm / (total + 1e-6), max=1.0)
    return total


@reject(
    "binds the name to a new tensor",
    "The gradients did not change. Is it g = g * scale? That gives the name g to a new tensor: use g.mul_(scale) or "
    "g *= scale. Or a factor that is never below 1? It is the SMALLER of 1 and the ratio.",
)
def clip_grad_norm_(params, max_norm, norm_type=2.0):
    grads = collected(params)
    total = joint(grads, norm_type)
    for g in grads:
        g = g * torch.clamp(max_norm / (total + 1e-6), max=1.0)
    return total


@reject("parameters scaled", "You scaled the parameters. Only their gradients are to be shortened.")
def clip_grad_norm_(params, max_norm, norm_type=2.0):
    kept = [p for p in params if p.grad is not None]
    total = joint(collected(kept), norm_type)
    with torch.no_grad():
        for p in kept:
            p.mul_(torch.clamp(max_norm / (total + 1e-6), max=1.0))
    return total


@reject(
    "norm of the parameters",
    "You measured the parameters instead of their gradients.",
)
def clip_grad_norm_(params, max_norm, norm_type=2.0):
    kept = [p for p in params if p.grad is not None]
    total = joint([p.detach() for p in kept], norm_type)
    for p in kept:
        p.grad.mul_(torch.clamp(max_norm / (total + 1e-6), max=1.0))
    return total


@reject(
    "params gone through twice",
    "params was a generator: after measuring it was used up, and nothing was scaled. Make a list of the gradients first.",
)
def clip_grad_norm_(params, max_norm, norm_type=2.0):
    total = joint([p.grad for p in params if p.grad is not None], norm_type)
    for p in params:
        if p.grad is not None:
            p.grad.mul_(torch.clamp(max_norm / (total + 1e-6), max=1.0))
    return total


@reject("stumbles over .grad = None", "A parameter that took no part in the loss has .grad = None. Leave it out.")
def clip_grad_norm_(params, max_norm, norm_type=2.0):
    grads = [p.grad for p in params]
    total = torch.linalg.vector_norm(torch.stack([torch.linalg.vector_norm(g, norm_type) for g in grads]), norm_type)
    for g in grads:
        g.mul_(torch.clamp(max_norm / (total + 1e-6), max=1.0))
    return total


@reject(
    "stumbles when there is no gradient",
    "Without any gradient there is nothing to stack, and PyTorch raised an error. Return torch.tensor(0.0) before.",
)
def clip_grad_norm_(params, max_norm, norm_type=2.0):
    grads = collected(params)
    total = torch.linalg.vector_norm(torch.stack([torch.linalg.vector_norm(g, norm_type) for g in grads]), norm_type)
    for g in grads:
        g.mul_(torch.clamp(max_norm / (total + 1e-6), max=1.0))
    return total
