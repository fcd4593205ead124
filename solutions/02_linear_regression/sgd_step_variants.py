"""Other right ways to write sgd-step, and the mistakes that people make."""

import torch

from tutor.checks import accept, reject


@accept("decorated, add_ with alpha")
@torch.no_grad()
def sgd_step(params, lr):
    for p in params:
        if p.grad is None:
            continue
        p.add_(p.grad, alpha=-lr)


@accept("copies the new values in")
def sgd_step(params, lr):
    for p in params:
        if p.grad is not None:
            with torch.no_grad():
                p.copy_(p - lr * p.grad)


@accept("through a detached view")
def sgd_step(params, lr):
    for p in params:
        if p.grad is not None:
            p.detach().sub_(lr * p.grad)  # shares memory and version counter with p


@reject(
    "binds the name to a new tensor",
    "The parameters did not change: p = p - lr * p.grad gives the name p to a new tensor that the model never sees. "
    "Change p in place, under torch.no_grad().",
)
def sgd_step(params, lr):
    for p in params:
        if p.grad is not None:
            p = p - lr * p.grad


@reject(
    "in place outside no_grad",
    "PyTorch refuses to record an in-place change of a leaf that requires a gradient. You do not want it recorded: put "
    "the update under torch.no_grad().",
)
def sgd_step(params, lr):
    for p in params:
        if p.grad is not None:
            p -= lr * p.grad


@reject(
    "through .data",
    "The values are right, but .data (or a NumPy view) bypasses the version counter: if autograd still needs the old value "
    "for a backward pass, it cannot notice the change, and gradients become silently wrong. Use torch.no_grad().",
)
def sgd_step(params, lr):
    for p in params:
        if p.grad is not None:
            p.data -= lr * p.grad


@reject(
    "puts other memory behind the parameter",
    "The parameter has new memory now. Whoever shares the old one (tied weights, an exponential average, a view) no longer "
    "sees the change. Write into the memory that is there.",
)
def sgd_step(params, lr):
    for p in params:
        if p.grad is not None:
            p.data = p.data - lr * p.grad


@reject("climbs instead of descending", "Plus climbs: the gradient points uphill, and the loss is to go down.")
def sgd_step(params, lr):
    with torch.no_grad():
        for p in params:
            if p.grad is not None:
                p += lr * p.grad


@reject("forgets the learning rate", "The whole gradient was subtracted: multiply it by lr.")
def sgd_step(params, lr):
    with torch.no_grad():
        for p in params:
            if p.grad is not None:
                p -= p.grad


@reject(
    "clears the gradient",
    "The step set .grad to zero. That is the training loop's decision: whoever accumulates gradients over several batches "
    "still needs them.",
)
def sgd_step(params, lr):
    with torch.no_grad():
        for p in params:
            if p.grad is not None:
                p -= lr * p.grad
                p.grad.zero_()


@reject(
    "sets the gradient to None",
    "The step removed .grad. Clearing gradients is the training loop's decision.",
)
def sgd_step(params, lr):
    with torch.no_grad():
        for p in params:
            if p.grad is not None:
                p -= lr * p.grad
                p.grad = None


@reject(
    "scales the gradient in place",
    "p.grad was multiplied by lr on the way. Leave it as it is: p.grad *= lr changes it for everybody.",
)
def sgd_step(params, lr):
    with torch.no_grad():
        for p in params:
            if p.grad is not None:
                p.grad *= lr
                p -= p.grad


@reject(
    "stumbles over .grad = None",
    "A parameter that took no part in the loss has .grad = None. Skip it.",
)
def sgd_step(params, lr):
    with torch.no_grad():
        for p in params:
            p -= lr * p.grad


@reject(
    "stops at the first parameter without a gradient",
    "You left the loop at the first parameter without a gradient; those behind it were not updated. Skip it with continue.",
)
def sgd_step(params, lr):
    with torch.no_grad():
        for p in params:
            if p.grad is None:
                break
            p -= lr * p.grad


@reject(
    "returns inside the loop",
    "Only the first parameter was changed: a return inside the loop ends the function. Move it out, or leave it away.",
)
def sgd_step(params, lr):
    with torch.no_grad():
        for p in params:
            if p.grad is not None:
                p -= lr * p.grad
            return


@reject(
    "goes through params twice",
    "Nothing changed: params was a generator, and the first walk through it used it up. Go through it once.",
)
def sgd_step(params, lr):
    with torch.no_grad():
        if any(p.grad is not None for p in list(params)):
            for p in params:
                if p.grad is not None:
                    p -= lr * p.grad


@reject(
    "divides by the number of rows",
    "The gradient was divided once more. A mean loss has a mean gradient already, and a step does not know the batch size.",
)
def sgd_step(params, lr):
    with torch.no_grad():
        for p in params:
            if p.grad is not None:
                p -= lr * p.grad / len(p)


@reject(
    "leaves requires_grad switched on for all",
    "A parameter that was frozen (requires_grad = False) is trained from now on. Do not switch requires_grad to and fro: "
    "torch.no_grad() is enough.",
)
def sgd_step(params, lr):
    for p in params:
        p.requires_grad_(False)
        if p.grad is not None:
            p -= lr * p.grad
        p.requires_grad_(True)


@reject(
    "leaves requires_grad switched off",
    "After the step the parameters no longer require a gradient: the next backward pass would find nothing to do.",
)
def sgd_step(params, lr):
    for p in params:
        if p.grad is not None:
            p.requires_grad_(False)
            p -= lr * p.grad


@reject(
    "returns the parameters", "The step returns None: like the in-place methods of lists, it changes what is there."
)
def sgd_step(params, lr):
    kept = list(params)
    with torch.no_grad():
        for p in kept:
            if p.grad is not None:
                p -= lr * p.grad
    return kept
