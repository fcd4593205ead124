"""Other right ways to write adam, and the mistakes that people make."""

import torch

from tutor.checks import accept, reject, waive


def _setting(name):
    """A setting of the group at work."""
    return property(lambda self: self.now[name])


def _default(name):
    """The constructor's setting, whatever the group says."""
    return property(lambda self: self.defaults[name])


class _Adam:
    """The right optimizer in parts, for variants that have one of them wrong."""

    lr, betas, eps = _setting("lr"), _setting("betas"), _setting("eps")
    weight_decay, decoupled = _setting("weight_decay"), _setting("decoupled")

    def __init__(self, params, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.0, decoupled=False):
        rest = {"eps": eps, "weight_decay": weight_decay, "decoupled": decoupled}
        self.param_groups, self.state = self.kept(params, {"lr": lr, "betas": betas, **rest}), {}

    def kept(self, params, defaults):
        self.defaults = {**defaults}
        return [{**defaults, **group, "params": list(group["params"])} for group in self.grouped(params)]

    def grouped(self, params):
        groups = list(params)
        return groups if isinstance(groups[0], dict) else [{"params": groups}]

    @property
    def params(self):
        return [p for group in self.param_groups for p in group["params"]]

    def walk(self):
        """Every parameter, while its group's settings are those at work."""
        for group in self.param_groups:
            self.now = group
            yield from group["params"]

    def trained(self):
        return (p for p in self.walk() if p.grad is not None)

    @torch.no_grad()
    def step(self):
        for p in self.trained():
            self.write(p, self.update(p, self.decayed(p)))

    def write(self, p, update):
        p -= self.lr * update

    def decayed(self, p):
        if not self.decoupled:
            return p.grad + self.weight_decay * p
        p *= 1 - self.lr * self.weight_decay
        return p.grad.clone()

    def update(self, p, g):
        t, m, v = self.averages(p, g)
        return self.ratio(*self.corrected(t, m, v))

    def averages(self, p, g):
        (b1, b2), (t, m, v) = self.betas, self.state.get(p, (0, torch.zeros_like(p), torch.zeros_like(p)))
        self.state[p] = t + 1, b1 * m + (1 - b1) * g, b2 * v + (1 - b2) * g * g
        return self.state[p]

    def corrected(self, t, m, v):
        return m / (1 - self.betas[0] ** t), v / (1 - self.betas[1] ** t)

    def ratio(self, m, v):
        return m / (v.sqrt() + self.eps)

    def zero_grad(self):
        for p in self.params:
            p.grad = None


@accept("PyTorch's order of work, in place")
class Adam:
    def __init__(self, params, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.0, decoupled=False):
        self.param_groups, self.state = [], {}
        params = [*params]
        for given in params if type(params[0]) is dict else [dict(params=params)]:
            group = dict(given)
            group["params"] = [*given["params"]]
            group.setdefault("lr", lr)
            group.setdefault("betas", betas)
            group.setdefault("eps", eps)
            group.setdefault("weight_decay", weight_decay)
            group.setdefault("decoupled", decoupled)
            self.param_groups.append(group)

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            for p in group["params"]:
                if p.grad is not None:
                    self.move(p, group["lr"], *group["betas"], group["eps"], group["weight_decay"], group["decoupled"])

    def move(self, p, lr, b1, b2, eps, decay, decoupled):
        g = p.grad if decoupled else p.grad.add(p, alpha=decay)
        if decoupled:
            p.mul_(1 - lr * decay)
        own = self.state.setdefault(p, {"t": 0, "m": torch.zeros_like(p), "v": torch.zeros_like(p)})
        own["t"] += 1
        own["m"].lerp_(g, 1 - b1)
        own["v"].mul_(b2).addcmul_(g, g, value=1 - b2)
        denominator = (own["v"].sqrt() / (1 - b2 ** own["t"]) ** 0.5).add_(eps)
        p.addcdiv_(own["m"], denominator, value=-lr / (1 - b1 ** own["t"]))

    def zero_grad(self):
        for group in self.param_groups:
            for p in group["params"]:
                if p.grad is not None:
                    p.grad.zero_()


@accept("one correction for the quotient, epsilon corrected along")
class Adam(_Adam):
    def update(self, p, g):
        t, m, v = self.averages(p, g)
        root = (1 - self.betas[1] ** t) ** 0.5
        return m / (1 - self.betas[0] ** t) * root / (v.sqrt() + self.eps * root)


@accept("running products instead of powers, decay as one subtraction")
class Adam(_Adam):
    def decayed(self, p):
        if self.decoupled:
            p.sub_(p, alpha=self.lr * self.weight_decay)
            return p.grad
        return torch.add(p.grad, p, alpha=self.weight_decay)

    def update(self, p, g):
        b1, b2 = self.betas
        left1, left2, m, v = self.state.get(p, (1.0, 1.0, 0.0, 0.0))
        left1, left2, m, v = left1 * b1, left2 * b2, m + (1 - b1) * (g - m), v + (1 - b2) * (g.square() - v)
        self.state[p] = left1, left2, m, v
        return (m / (1 - left1)).div_((v / (1 - left2)).sqrt_().add_(self.eps))


@reject(
    "epsilon inside the root",
    "You take the root of v_hat + eps. Paper and PyTorch: sqrt(v_hat) + eps. Inside the root an eps of 1e-8 acts like 1e-4, "
    "and small gradients take far smaller steps.",
)
class Adam(_Adam):
    def ratio(self, m, v):
        return m / (v + self.eps).sqrt()


@reject(
    "epsilon beside the uncorrected root",
    "Your eps meets sqrt(v) before the correction, so the correction scales it as well. Correct v first, then "
    "sqrt(v_hat) + eps.",
)
class Adam(_Adam):
    def update(self, p, g):
        t, m, v = self.averages(p, g)
        return m / (1 - self.betas[0] ** t) * (1 - self.betas[1] ** t) ** 0.5 / (v.sqrt() + self.eps)


@reject("no epsilon", "Where a gradient has always been 0 you divide 0 by 0. Add eps to the root.")
class Adam(_Adam):
    def ratio(self, m, v):
        return m / v.sqrt()


@reject("epsilon of its own", "eps is fixed in your code; take the one that was given.")
class Adam(_Adam):
    def ratio(self, m, v):
        return m / (v.sqrt() + 1e-8)


@reject("betas of its own", "betas are fixed in your code; take those that were given.")
class Adam(_Adam):
    def __init__(self, params, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.0, decoupled=False):
        super().__init__(params, lr, (0.9, 0.999), eps, weight_decay, decoupled)


@reject(
    "t counted from 0",
    "The first correction divides by 1 - beta^0 = 0. Raise t before you use it: the first step has t = 1.",
)
class Adam(_Adam):
    def corrected(self, t, m, v):
        t = torch.tensor(t - 1.0, dtype=torch.float64)
        return m / (1 - self.betas[0] ** t), v / (1 - self.betas[1] ** t)


@reject("t never advances", "Your t stays 1: the correction must fade, 1 - beta^t with t = 1, 2, 3, …")
class Adam(_Adam):
    def corrected(self, t, m, v):
        return m / (1 - self.betas[0]), v / (1 - self.betas[1])


@reject(
    "no bias correction",
    "These are the steps without bias correction. m and v start at 0 and are both too small at first, v far more: with the "
    "default betas the first step is 3.2 times too long.",
)
class Adam(_Adam):
    def corrected(self, t, m, v):
        return m, v


@reject("only m corrected", "v starts at 0 as well: divide it by 1 - beta2^t before the root.")
class Adam(_Adam):
    def corrected(self, t, m, v):
        return m / (1 - self.betas[0] ** t), v


@reject("only v corrected", "m starts at 0 as well: divide it by 1 - beta1^t.")
class Adam(_Adam):
    def corrected(self, t, m, v):
        return m, v / (1 - self.betas[1] ** t)


@reject("both corrected with beta1", "v fades with beta2, so its correction is 1 - beta2^t.")
class Adam(_Adam):
    def corrected(self, t, m, v):
        return m / (1 - self.betas[0] ** t), v / (1 - self.betas[0] ** t)


@reject("both corrected with beta2", "m fades with beta1, so its correction is 1 - beta1^t.")
class Adam(_Adam):
    def corrected(self, t, m, v):
        return m / (1 - self.betas[1] ** t), v / (1 - self.betas[1] ** t)


@reject(
    "corrected averages fed back",
    "You store the corrected averages, and correct them again in the next step. Keep m and v raw; m_hat and v_hat are only "
    "for this step.",
)
class Adam(_Adam):
    def update(self, p, g):
        t, m, v = self.averages(p, g)
        m, v = self.corrected(t, m, v)
        self.state[p] = t, m, v
        return self.ratio(m, v)


@reject(
    "beta times t", "The correction is 1 - beta ** t, a power: what is left of the zero at the start after t values."
)
class Adam(_Adam):
    def corrected(self, t, m, v):
        return m / (1 - self.betas[0] * t), v / (1 - self.betas[1] * t)


@reject(
    "one t for all parameters",
    "You count the steps of the optimizer. A parameter that had no gradient for a while is younger: count for each one.",
)
class Adam(_Adam):
    steps = 0

    def step(self):
        self.steps += 1
        super().step()

    def corrected(self, t, m, v):
        return super().corrected(self.steps, m, v)


@reject(
    "t raised once for every parameter",
    "One counter goes up for each parameter, so the second parameter's first step already has t = 2. Count for each "
    "parameter.",
)
class Adam(_Adam):
    steps = 0

    def corrected(self, t, m, v):
        self.steps += 1
        return super().corrected(self.steps, m, v)


@reject("betas swapped", "betas is (beta1, beta2): beta1 for the average of g, beta2 for that of its square.")
class Adam(_Adam):
    def __init__(self, params, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.0, decoupled=False):
        super().__init__(params, lr, betas[::-1], eps, weight_decay, decoupled)


@reject(
    "average of the size, not of the square",
    "v averages |g|. Adam averages g squared and takes the root: large gradients count more.",
)
class Adam(_Adam):
    def averages(self, p, g):
        (b1, b2), (t, m, v) = self.betas, self.state.get(p, (0, torch.zeros_like(p), torch.zeros_like(p)))
        self.state[p] = t + 1, b1 * m + (1 - b1) * g, b2 * v + (1 - b2) * g.abs()
        return self.state[p]

    def ratio(self, m, v):
        return m / (v + self.eps)


@reject(
    "root of the average size",
    "v averages |g|, and you take a root of that. Adam averages g squared, so that the root is a size again.",
)
class Adam(_Adam):
    def averages(self, p, g):
        (b1, b2), (t, m, v) = self.betas, self.state.get(p, (0, torch.zeros_like(p), torch.zeros_like(p)))
        self.state[p] = t + 1, b1 * m + (1 - b1) * g, b2 * v + (1 - b2) * g.abs()
        return self.state[p]


@reject(
    "variance around the average",
    "v averages the square of g - m. Adam squares g itself: v is the mean square, not the variance.",
)
class Adam(_Adam):
    def averages(self, p, g):
        (b1, b2), (t, m, v) = self.betas, self.state.get(p, (0, torch.zeros_like(p), torch.zeros_like(p)))
        m = b1 * m + (1 - b1) * g
        self.state[p] = t + 1, m, b2 * v + (1 - b2) * (g - m) ** 2
        return self.state[p]


@reject("square of the average", "v averages the square of m, not of g: use g squared, the raw gradient's.")
class Adam(_Adam):
    def averages(self, p, g):
        (b1, b2), (t, m, v) = self.betas, self.state.get(p, (0, torch.zeros_like(p), torch.zeros_like(p)))
        m = b1 * m + (1 - b1) * g
        self.state[p] = t + 1, m, b2 * v + (1 - b2) * m * m
        return self.state[p]


@reject(
    "root forgotten",
    "You divide by v_hat, not by its root: then a large gradient takes a SMALLER step than a small one.",
)
class Adam(_Adam):
    def ratio(self, m, v):
        return m / (v + self.eps)


@reject("m never used", "The step goes along the raw gradient: that is RMSProp. Put m_hat in the numerator.")
class Adam(_Adam):
    def update(self, p, g):
        return self.ratio(g, self.corrected(*self.averages(p, g))[1])


@reject("v never used", "The step goes along m_hat alone: divide by sqrt(v_hat) + eps.")
class Adam(_Adam):
    def ratio(self, m, v):
        return m


@reject("one v for a whole tensor", "v is one number for the whole tensor. Every coordinate has its own.")
class Adam(_Adam):
    def averages(self, p, g):
        (b1, b2), (t, m, v) = self.betas, self.state.get(p, (0, torch.zeros_like(p), torch.zeros_like(p)))
        square = torch.full_like(p, g.square().mean()) if g.numel() else g
        self.state[p] = t + 1, b1 * m + (1 - b1) * g, b2 * v + (1 - b2) * square
        return self.state[p]


@reject(
    "sums instead of averages", "m and v have lost their factors 1 - beta: g and g squared enter with their full size."
)
class Adam(_Adam):
    def averages(self, p, g):
        (b1, b2), (t, m, v) = self.betas, self.state.get(p, (0, torch.zeros_like(p), torch.zeros_like(p)))
        self.state[p] = t + 1, b1 * m + g, b2 * v + g * g
        return self.state[p]


@reject(
    "averages in float32",
    "Your averages are float32 although the parameters are float64: torch.zeros(p.shape) does not ask p. Take "
    "torch.zeros_like(p), which has p's dtype and device.",
)
class Adam(_Adam):
    def averages(self, p, g):
        (b1, b2), (t, m, v) = self.betas, self.state.get(p, (0, torch.zeros(p.shape), torch.zeros(p.shape)))
        m.mul_(b1).add_((1 - b1) * g)
        v.mul_(b2).add_((1 - b2) * g * g)
        self.state[p] = t + 1, m, v
        return self.state[p]


@reject("largest v so far", "You keep the largest v_hat: that is the AMSGrad variant. Plain Adam lets v shrink again.")
class Adam(_Adam):
    def update(self, p, g):
        t, m, v = self.averages(p, g)
        self.most = getattr(self, "most", {})
        self.most[p] = most = torch.maximum(v, self.most.get(p, v))
        return self.ratio(*self.corrected(t, m, most))


@reject(
    "decoupled decay added to the gradient",
    "With decoupled=True the decay must not go through the averages: there it is divided by sqrt(v_hat), which is Adam with "
    "L2. Shrink p itself: p *= 1 - lr * weight_decay.",
)
class Adam(_Adam):
    def decayed(self, p):
        return p.grad + self.weight_decay * p


@reject("always decoupled", "With decoupled=False the decay is part of the gradient: g = p.grad + weight_decay * p.")
class Adam(_Adam):
    def decayed(self, p):
        p *= 1 - self.lr * self.weight_decay
        return p.grad.clone()


@reject(
    "decoupled decay without the learning rate", "The decoupled decay shrinks p by lr * weight_decay; yours forgets lr."
)
class Adam(_Adam):
    def decayed(self, p):
        if not self.decoupled:
            return p.grad + self.weight_decay * p
        p *= 1 - self.weight_decay
        return p.grad.clone()


@reject("decoupled decay after the update", "PyTorch shrinks p BEFORE the update; yours shrinks the update as well.")
class Adam(_Adam):
    def decayed(self, p):
        return p.grad.clone() if self.decoupled else p.grad + self.weight_decay * p

    def write(self, p, update):
        p -= self.lr * update
        if self.decoupled:
            p *= 1 - self.lr * self.weight_decay


@reject(
    "decays twice", "With decoupled=True you shrink p and still add weight_decay * p to the gradient. One of the two."
)
class Adam(_Adam):
    def decayed(self, p):
        if self.decoupled:
            p *= 1 - self.lr * self.weight_decay
        return p.grad + self.weight_decay * p


@reject("weight decay ignored", "weight_decay has no effect in either mode.")
class Adam(_Adam):
    def decayed(self, p):
        return p.grad.clone()


@reject("weight decay with the wrong sign", "Decay pulls towards zero: the gradient gets PLUS weight_decay * p.")
class Adam(_Adam):
    def decayed(self, p):
        if not self.decoupled:
            return p.grad - self.weight_decay * p
        p *= 1 + self.lr * self.weight_decay
        return p.grad.clone()


@reject(
    "weight decay written into p.grad",
    "You changed the caller's gradient: `p.grad += …` (or `g = p.grad` and then `g += …`). Make a new tensor, "
    "p.grad + weight_decay * p.",
)
class Adam(_Adam):
    def decayed(self, p):
        if self.decoupled:
            return super().decayed(p)
        g = p.grad
        g += self.weight_decay * p
        return g


@reject("climbs instead of descending", "Plus climbs: subtract lr times the quotient.")
class Adam(_Adam):
    def write(self, p, update):
        p += self.lr * update


@reject(
    "lr frozen", 'The step uses the lr from the beginning. Read group["lr"] in step, so that a schedule can change it.'
)
class Adam(_Adam):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.rate = {p: group["lr"] for group in self.param_groups for p in group["params"]}

    def write(self, p, update):
        p -= self.rate[p] * update


@reject("stumbles over .grad = None", "A parameter that took no part in the loss has .grad = None. Skip it.")
class Adam(_Adam):
    @torch.no_grad()
    def step(self):
        for p in self.walk():
            self.write(p, self.update(p, self.decayed(p)))


@reject(
    "no gradient taken for a zero gradient",
    "A parameter without gradient must stay where it is. Yours goes on (its averages, its t or its decay): skip it.",
)
class Adam(_Adam):
    def step(self):
        missing = [p for p in self.params if p.grad is None]
        for p in missing:
            p.grad = torch.zeros_like(p)
        super().step()
        for p in missing:
            p.grad = None


@reject(
    "zero gradient taken for no gradient",
    "A gradient of zeros is a gradient: averages, t and decay go on. Skip a parameter only where .grad is None.",
)
class Adam(_Adam):
    def trained(self):
        return (p for p in super().trained() if p.grad.any())


@reject(
    "decays where there is no gradient",
    "A parameter without gradient takes no part in the step, and does not decay either.",
)
class Adam(_Adam):
    @torch.no_grad()
    def step(self):
        for p in self.walk():
            if self.decoupled and p.grad is None:
                p *= 1 - self.lr * self.weight_decay
        super().step()


@reject(
    "averages counted among those with a gradient",
    "When a parameter has no gradient, the averages behind it move up by one place and meet the wrong parameters. Use the "
    "parameter as key, or count places over all parameters.",
)
class Adam(_Adam):
    def averages(self, p, g):
        trained = [q for q in self.params if q.grad is not None]
        place = next(i for i, q in enumerate(trained) if q is p)
        (b1, b2), (t, m, v) = self.betas, self.state.get(place, (0, torch.zeros_like(p), torch.zeros_like(p)))
        self.state[place] = t + 1, b1 * m + (1 - b1) * g, b2 * v + (1 - b2) * g * g
        return self.state[place]


@reject("keeps the generator", "params may be a generator, and a generator is empty after one walk. Keep list(params).")
class Adam(_Adam):
    def grouped(self, params):
        return super().grouped(params) if isinstance(params, list) else [{"params": params}]

    def kept(self, params, defaults):
        return [{**defaults, **group} for group in self.grouped(params)]


@reject(
    "in place outside no_grad",
    "PyTorch refuses to record an in-place change of a leaf that requires a gradient. Put @torch.no_grad() above step.",
)
class Adam(_Adam):
    def step(self):
        for p in self.trained():
            self.write(p, self.update(p, self.decayed(p)))


@reject(
    "through .data",
    "The values are right, but .data bypasses autograd's version counter, so that a later mistake goes unnoticed. Use "
    "torch.no_grad().",
)
class Adam(_Adam):
    def decayed(self, p):
        if not self.decoupled:
            return p.grad + self.weight_decay * p
        p.data *= 1 - self.lr * self.weight_decay
        return p.grad.clone()

    def write(self, p, update):
        p.data -= self.lr * update


@reject(
    "other memory behind the parameter",
    "The parameter has new memory now: whoever shares the old one no longer sees the change.",
)
class Adam(_Adam):
    def write(self, p, update):
        p.data = p - self.lr * update


@reject(
    "binds the name to a new tensor",
    "The parameters did not change. `p = p - …` gives the name p to a new tensor that the model never sees: write p -= …",
)
class Adam(_Adam):
    def write(self, p, update):
        p = p - self.lr * update


@reject(
    "clears the gradient in step",
    "step cleared the gradients. That is zero_grad's work, and the training loop's decision.",
)
class Adam(_Adam):
    def step(self):
        super().step()
        self.zero_grad()


@reject("zero_grad does nothing", "The gradients are still there after zero_grad.")
class Adam(_Adam):
    def zero_grad(self):
        pass


@reject("zero_grad stumbles over None", "zero_grad must pass over parameters that have no gradient.")
class Adam(_Adam):
    def zero_grad(self):
        for p in self.params:
            p.grad.zero_()


@reject("zero_grad forgets the averages", "zero_grad clears gradients, not the averages: Adam's memory would be gone.")
class Adam(_Adam):
    def zero_grad(self):
        super().zero_grad()
        self.state.clear()


@reject(
    "steps with the lr of the defaults",
    'Every group steps with the lr of the constructor, whatever its own says. Read group["lr"] in step, for each group.',
)
class Adam(_Adam):
    lr = _default("lr")


@reject(
    "all but lr from the defaults",
    "Of its settings, a group gets only lr; the others come from the constructor. Read all of them from the group in step.",
)
class Adam(_Adam):
    betas, eps = _default("betas"), _default("eps")
    weight_decay, decoupled = _default("weight_decay"), _default("decoupled")


@reject(
    "a setting of 0 taken for missing",
    "A group may set 0 or False: `group.get(name) or default` passes over such a setting. Ask `name in group`.",
)
class Adam(_Adam):
    def kept(self, params, defaults):
        def setting(group, name):
            return group.get(name) or defaults[name]

        groups = self.grouped(params)
        return [{"params": list(g["params"]), **{name: setting(g, name) for name in defaults}} for g in groups]


@reject(
    "the defaults win",
    "What a group says for itself is lost: the defaults come after it in your dict and overwrite it. Put them first, "
    "{**defaults, **group}.",
)
class Adam(_Adam):
    def kept(self, params, defaults):
        return [{**group, **defaults, "params": list(group["params"])} for group in self.grouped(params)]


@reject(
    "overrides spill into the next group",
    "What one group has for itself reaches the groups behind it: you update the defaults themselves. Make a new dict for "
    "each group.",
)
class Adam(_Adam):
    def kept(self, params, defaults):
        groups = []
        for group in self.grouped(params):
            defaults.update(group, params=list(group["params"]))
            groups.append({**defaults})
        return groups


@reject(
    "one dict for all groups",
    "All your groups are one and the same dict, the last one, and its parameters step once for each group. Make a new dict "
    "for each group.",
)
class Adam(_Adam):
    def kept(self, params, defaults):
        groups = []
        for group in self.grouped(params):
            defaults.update(group, params=list(group["params"]))
            groups.append(defaults)
        return groups


@reject(
    "settings of the last group for all",
    "All parameters step with the settings of the last group. Read them inside the loop over the groups, before its "
    "parameters have their turn.",
)
class Adam(_Adam):
    def walk(self):
        self.now = self.param_groups[-1]
        yield from self.params


@reject("only the first group steps", "Only the first group moves. Walk through all of param_groups in step.")
class Adam(_Adam):
    def walk(self):
        self.now = self.param_groups[0]
        yield from self.now["params"]


@reject(
    "breaks off where there is no gradient",
    "A parameter without gradient ends your step for all that come after it in its group: `continue`, not `break`.",
)
class Adam(_Adam):
    def walk(self):
        for group in self.param_groups:
            self.now = group
            for p in group["params"]:
                if p.grad is None:
                    break
                yield p


@reject(
    "zero_grad clears only the first group",
    "zero_grad has left gradients in the second group. Walk through all groups.",
)
class Adam(_Adam):
    def zero_grad(self):
        for p in self.param_groups[0]["params"]:
            p.grad = None


@reject(
    "generator kept in a group",
    'The "params" of a group may be a generator, too, and that is empty after one walk. Keep list(group["params"]).',
)
class Adam(_Adam):
    def kept(self, params, defaults):
        return [{**defaults, **group} for group in self.grouped(params)]


@reject(
    "looks at the first one and loses it",
    "You take the first one out of params to see what it is. From a generator it is gone then: make a list first.",
)
class Adam(_Adam):
    def grouped(self, params):
        groups = isinstance(next(iter(params)), dict)
        return list(params) if groups else [{"params": list(params)}]


@reject(
    "fills in the caller's dicts",
    "You write the defaults into the dicts that the caller has passed. The next optimizer made of them takes these for "
    "settings of the groups. Make new dicts, {**defaults, **group}.",
)
class Adam(_Adam):
    def kept(self, params, defaults):
        groups = self.grouped(params)
        for group in groups:
            group["params"] = list(group["params"])
            for name, value in defaults.items():
                group.setdefault(name, value)
        return groups


@reject(
    "defaults not filled in",
    "The numbers are right, but param_groups holds only what the caller has said. A schedule reads and changes "
    'group["lr"] in every group: fill in all settings.',
)
class Adam(_Adam):
    def kept(self, params, defaults):
        self.defaults = defaults
        return [{**group, "params": list(group["params"])} for group in self.grouped(params)]

    def walk(self):
        for group in self.param_groups:
            self.now = {**self.defaults, **group}
            yield from group["params"]


@reject(
    "refuses plain parameters",
    'params may be plain parameters instead of dicts: make one group of them, {"params": …}.',
)
class Adam(_Adam):
    def grouped(self, params):
        return [{**group} for group in params]


@reject(
    "places counted anew in each group",
    "Your averages belong to places, and each group counts from 0: groups use each other's. Use the parameter as key.",
)
class Adam(_Adam):
    def averages(self, p, g):
        place = next(i for i, q in enumerate(self.now["params"]) if q is p)
        (b1, b2), (t, m, v) = self.betas, self.state.get(place, (0, torch.zeros_like(p), torch.zeros_like(p)))
        self.state[place] = t + 1, b1 * m + (1 - b1) * g, b2 * v + (1 - b2) * g * g
        return self.state[place]


waive(
    "Adam.__init__: groups[0] → groups[-1]",
    "params holds either parameters or dicts, never both, so that any one of them tells which.",
)
