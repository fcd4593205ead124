"""Other right ways to write sgd-momentum, and the mistakes that people make."""

import torch

from tutor.checks import accept, reject, waive


def _setting(name):
    """A setting of the group at work."""
    return property(lambda self: self.now[name])


def _default(name):
    """The constructor's setting, whatever the group says."""
    return property(lambda self: self.defaults[name])


class _SGD:
    """The right optimizer in parts, for variants that have one of them wrong."""

    lr, momentum, dampening = _setting("lr"), _setting("momentum"), _setting("dampening")
    nesterov, weight_decay = _setting("nesterov"), _setting("weight_decay")

    def __init__(self, params, lr, momentum=0.0, dampening=0.0, nesterov=False, weight_decay=0.0):
        self.check(momentum, dampening, nesterov)
        rest = {"momentum": momentum, "dampening": dampening, "nesterov": nesterov, "weight_decay": weight_decay}
        self.param_groups, self.velocity = self.kept(params, {"lr": lr, **rest}), {}

    def check(self, momentum, dampening, nesterov):
        if nesterov and (momentum <= 0 or dampening != 0):
            raise ValueError("nesterov needs a momentum and no dampening")

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
            p -= self.lr * self.direction(p, self.decayed(p))

    def decayed(self, p):
        return p.grad + self.weight_decay * p

    def direction(self, p, g):
        if not self.momentum:
            return g
        self.velocity[p] = v = self.moved(p, g)
        return g + self.momentum * v if self.nesterov else v

    def moved(self, p, g):
        v = self.velocity.get(p)
        return g if v is None else self.momentum * v + (1 - self.dampening) * g

    def zero_grad(self):
        for p in self.params:
            p.grad = None


@accept("in place, with lists and alpha")
class SGD:
    def __init__(self, params, lr, momentum=0.0, dampening=0.0, nesterov=False, weight_decay=0.0):
        if nesterov and not (momentum and not dampening):
            raise ValueError("nesterov")
        self.param_groups, self.v = [], []
        params = [*params]
        for given in params if type(params[0]) is dict else [dict(params=params)]:
            group = dict(given)
            group["params"] = [*given["params"]]
            group.setdefault("lr", lr)
            group.setdefault("momentum", momentum)
            group.setdefault("dampening", dampening)
            group.setdefault("nesterov", nesterov)
            group.setdefault("weight_decay", weight_decay)
            self.param_groups.append(group)
            self.v.append([None] * len(group["params"]))

    @torch.no_grad()
    def step(self):
        for group, v in zip(self.param_groups, self.v, strict=True):
            momentum, dampening = group["momentum"], group["dampening"]
            for i, p in enumerate(group["params"]):
                if p.grad is None:
                    continue
                g = p.grad.add(p, alpha=group["weight_decay"])
                if momentum and v[i] is None:
                    v[i] = g.clone()
                elif momentum:
                    v[i].mul_(momentum).add_(g, alpha=1 - dampening)
                if momentum:
                    g = g.add(v[i], alpha=momentum) if group["nesterov"] else v[i]
                p.sub_(g, alpha=group["lr"])

    def zero_grad(self):
        for group in self.param_groups:
            for p in group["params"]:
                if p.grad is not None:
                    p.grad.zero_()


@accept("zeros as the first velocity, and a set of those that have begun")
class SGD(_SGD):
    def moved(self, p, g):
        v = self.velocity.get(p, torch.zeros_like(p))
        return self.momentum * v + (1 - self.dampening * (p in self.velocity)) * g


@accept("the velocity kept on the parameter's detached twin")
class SGD(_SGD):
    def step(self):
        for p in self.trained():
            twin = p.detach()  # shares memory and version counter
            g = p.grad.detach() + self.weight_decay * twin
            twin.sub_(self.lr * self.direction(p, g))


@reject(
    "average instead of sum",
    "That is the velocity as an average, v = mu v + (1 - mu) g: the same direction, but your steps are 1 / (1 - mu) times "
    "shorter than PyTorch's. The new gradient enters with its full length.",
)
class SGD(_SGD):
    def moved(self, p, g):
        v = self.velocity.get(p, torch.zeros_like(p))
        return self.momentum * v + (1 - self.momentum) * g


@reject(
    "average, bias-corrected",
    "That is Adam's first moment: an average with bias correction. PyTorch's momentum is a plain sum, v = mu v + g.",
)
class SGD(_SGD):
    def moved(self, p, g):
        raw, t = getattr(self, "raw", {}).get(p, (torch.zeros_like(p), 0))
        raw, t = self.momentum * raw + (1 - self.momentum) * g, t + 1
        self.raw = {**getattr(self, "raw", {}), p: (raw, t)}
        return raw / (1 - self.momentum**t)


@reject(
    "first gradient dampened",
    "The first velocity of a parameter is the plain gradient; the dampening begins with the second.",
)
class SGD(_SGD):
    def moved(self, p, g):
        v = self.velocity.get(p, torch.zeros_like(p))
        return self.momentum * v + (1 - self.dampening) * g


@reject(
    "dampening ignored", "From its second gradient on, a velocity takes in only (1 - dampening) times the gradient."
)
class SGD(_SGD):
    def moved(self, p, g):
        v = self.velocity.get(p)
        return g if v is None else self.momentum * v + g


@reject("dampening without momentum", "Without momentum there is no velocity, and the dampening plays no part.")
class SGD(_SGD):
    def direction(self, p, g):
        self.velocity[p] = v = self.moved(p, g)
        return g + self.momentum * v if self.nesterov else v


@reject(
    "dampening on the old velocity", "The dampening belongs to the new gradient, (1 - tau) g, not to the old velocity."
)
class SGD(_SGD):
    def moved(self, p, g):
        v = self.velocity.get(p)
        return g if v is None else (1 - self.dampening) * self.momentum * v + g


@reject(
    "learning rate inside the velocity",
    "You fold the learning rate into the velocity, v = mu v + lr g. With a constant lr it is the same; when a schedule "
    "changes lr, old gradients keep the old one. PyTorch multiplies by lr at the end.",
)
class SGD(_SGD):
    @torch.no_grad()
    def step(self):
        for p in self.trained():
            p -= self.direction(p, self.lr * self.decayed(p))


@reject(
    "velocity never used",
    "These are the steps of plain SGD: no velocity survives from one step to the next. (In a loop over velocities, "
    "`v = mu * v + g` only gives the name v to a new tensor: store it, or use v.mul_(mu).add_(g).)",
)
class SGD(_SGD):
    def direction(self, p, g):
        return g


@reject("climbs instead of descending", "Plus climbs: subtract lr times the velocity.")
class SGD(_SGD):
    @torch.no_grad()
    def step(self):
        for p in self.trained():
            p += self.lr * self.direction(p, self.decayed(p))


@reject(
    "nesterov ignored",
    "With nesterov the step is lr (g + mu v), one velocity ahead; yours is lr v. (With the velocity from BEFORE its update, "
    "g + mu v is plain momentum again: update v first.)",
)
class SGD(_SGD):
    def direction(self, p, g):
        self.velocity[p] = v = self.moved(p, g)
        return v if self.momentum else g


@reject("nesterov without the gradient", "The look-ahead is g + mu v; you left the gradient out.")
class SGD(_SGD):
    def direction(self, p, g):
        if not self.momentum:
            return g
        self.velocity[p] = v = self.moved(p, g)
        return self.momentum * v if self.nesterov else v


@reject("nesterov stored as the velocity", "The look-ahead g + mu v is only for this step. What is kept is v.")
class SGD(_SGD):
    def direction(self, p, g):
        if not self.momentum:
            return g
        v = self.moved(p, g)
        self.velocity[p] = g + self.momentum * v if self.nesterov else v
        return self.velocity[p]


@reject("nesterov never refused", "nesterov without momentum, or with dampening, has no meaning: raise ValueError.")
class SGD(_SGD):
    def check(self, momentum, dampening, nesterov):
        pass


@reject(
    "nesterov without momentum accepted", "nesterov with momentum 0 has nothing to look ahead along: raise ValueError."
)
class SGD(_SGD):
    def check(self, momentum, dampening, nesterov):
        if nesterov and dampening:
            raise ValueError("dampening")


@reject("nesterov with dampening accepted", "nesterov with a dampening is not defined: raise ValueError.")
class SGD(_SGD):
    def check(self, momentum, dampening, nesterov):
        if nesterov and not momentum:
            raise ValueError("momentum")


@reject(
    "weight decay beside the velocity",
    "Your weight decay acts on the parameter directly and never enters the velocity: that is the decoupled kind (AdamW's). "
    "Add weight_decay * p to the gradient first.",
)
class SGD(_SGD):
    @torch.no_grad()
    def step(self):
        for p in self.trained():
            v = self.direction(p, p.grad.clone())
            p *= 1 - self.lr * self.weight_decay
            p -= self.lr * v


@reject("weight decay ignored", "weight_decay has no effect here: add weight_decay * p to the gradient, in every step.")
class SGD(_SGD):
    def decayed(self, p):
        return p.grad.clone()


@reject(
    "no weight decay in the first velocity",
    "The first velocity is the gradient WITH its weight decay: add weight_decay * p before you start the velocity.",
)
class SGD(_SGD):
    def decayed(self, p):
        return super().decayed(p) if p in self.velocity or not self.momentum else p.grad.clone()


@reject(
    "weight decay with a 2",
    "PyTorch's weight decay is lambda/2 times the squared norm: its gradient is lambda p, without a 2.",
)
class SGD(_SGD):
    def decayed(self, p):
        return p.grad + 2 * self.weight_decay * p


@reject("weight decay with the wrong sign", "Decay pulls towards zero: the gradient gets PLUS weight_decay * p.")
class SGD(_SGD):
    def decayed(self, p):
        return p.grad - self.weight_decay * p


@reject(
    "weight decay written into p.grad",
    "You changed the caller's gradient: `p.grad += …` (or `g = p.grad` and then `g += …`). Make a new tensor, "
    "p.grad + weight_decay * p.",
)
class SGD(_SGD):
    def decayed(self, p):
        g = p.grad
        g += self.weight_decay * p
        return g


@reject(
    "the first velocity is p.grad itself",
    "Your first velocity IS the tensor p.grad, not a copy: who changes one changes the other. Store p.grad.clone().",
)
class SGD(_SGD):
    def decayed(self, p):
        return p.grad + self.weight_decay * p if self.weight_decay else p.grad

    def moved(self, p, g):
        v = self.velocity.get(p)
        return g if v is None else v.mul_(self.momentum).add_(g, alpha=1 - self.dampening)


@reject("one velocity for all parameters", "All parameters share one velocity. Each needs its own.")
class SGD(_SGD):
    def moved(self, p, g):
        v = next(iter(self.velocity.values()), None)
        self.velocity.clear()
        return g if v is None else self.momentum * v + (1 - self.dampening) * g


@reject(
    "velocities counted among those with a gradient",
    "When a parameter has no gradient, the velocities behind it move up by one place and meet the wrong parameters. "
    "Count places over all parameters, or use the parameter as key.",
)
class SGD(_SGD):
    @torch.no_grad()
    def step(self):
        for i, p in enumerate(self.trained()):
            g = self.decayed(p)
            if self.momentum:
                v = self.velocity.get(i)
                self.velocity[i] = v = g if v is None else self.momentum * v + (1 - self.dampening) * g
                g = g + self.momentum * v if self.nesterov else v
            p -= self.lr * g


@reject(
    "all velocities begin at the first step",
    "A parameter whose first gradient comes later starts with that gradient, undampened: note for each parameter whether it "
    "has a velocity, not for the optimizer whether it has made a step.",
)
class SGD(_SGD):
    begun = False

    def moved(self, p, g):
        v = self.velocity.get(p, torch.zeros_like(p))
        return self.momentum * v + (1 - self.dampening * self.begun) * g

    def step(self):
        super().step()
        self.begun = True


@reject(
    "no gradient taken for a zero gradient",
    "A parameter without gradient must stay where it is. Yours goes on rolling (or decaying): skip it altogether.",
)
class SGD(_SGD):
    @torch.no_grad()
    def step(self):
        for p in self.walk():
            g = (torch.zeros_like(p) if p.grad is None else p.grad) + self.weight_decay * p
            p -= self.lr * self.direction(p, g)


@reject(
    "zero gradient taken for no gradient",
    "A gradient of zeros is a gradient: velocity and decay go on. Skip a parameter only where .grad is None.",
)
class SGD(_SGD):
    def trained(self):
        return (p for p in super().trained() if p.grad.any())


@reject(
    "velocity lost where there is no gradient",
    "A parameter without gradient keeps its velocity until the next gradient comes.",
)
class SGD(_SGD):
    def step(self):
        for p in self.params:
            if p.grad is None:
                self.velocity.pop(p, None)
        super().step()


@reject("stumbles over .grad = None", "A parameter that took no part in the loss has .grad = None. Skip it.")
class SGD(_SGD):
    @torch.no_grad()
    def step(self):
        for p in self.walk():
            p -= self.lr * self.direction(p, self.decayed(p))


@reject("keeps the generator", "params may be a generator, and a generator is empty after one walk. Keep list(params).")
class SGD(_SGD):
    def grouped(self, params):
        return super().grouped(params) if isinstance(params, list) else [{"params": params}]

    def kept(self, params, defaults):
        return [{**defaults, **group} for group in self.grouped(params)]


@reject(
    "velocities kept in the class",
    "The velocities belong to the class, so all optimizers share them. Make them in __init__, on self.",
)
class SGD(_SGD):
    velocity_of = {}  # noqa: RUF012  the mistake itself

    def __init__(self, *args, **more):
        super().__init__(*args, **more)
        SGD.velocity_of = {}

    def moved(self, p, g):
        place = next(i for i, q in enumerate(self.params) if q is p)
        v = SGD.velocity_of.get(place)
        SGD.velocity_of[place] = v = g if v is None else self.momentum * v + (1 - self.dampening) * g
        return v


@reject(
    "lr frozen", 'The step uses the lr from the beginning. Read group["lr"] in step, so that a schedule can change it.'
)
class SGD(_SGD):
    def __init__(self, params, lr, *rest, **more):
        super().__init__(params, lr, *rest, **more)
        self.rate = {p: group["lr"] for group in self.param_groups for p in group["params"]}

    @torch.no_grad()
    def step(self):
        for p in self.trained():
            p -= self.rate[p] * self.direction(p, self.decayed(p))


@reject(
    "in place outside no_grad",
    "PyTorch refuses to record an in-place change of a leaf that requires a gradient. Put @torch.no_grad() above step.",
)
class SGD(_SGD):
    def step(self):
        for p in self.trained():
            p -= self.lr * self.direction(p, self.decayed(p))


@reject(
    "through .data",
    "The values are right, but .data bypasses autograd's version counter, so that a later mistake goes unnoticed. Use "
    "torch.no_grad().",
)
class SGD(_SGD):
    def step(self):
        for p in self.trained():
            p.data -= self.lr * self.direction(p, self.decayed(p).detach())


@reject(
    "binds the name to a new tensor",
    "The parameters did not change. `p = p - …` gives the name p to a new tensor that the model never sees: write p -= …",
)
class SGD(_SGD):
    @torch.no_grad()
    def step(self):
        for p in self.trained():
            p = p - self.lr * self.direction(p, self.decayed(p))


@reject(
    "other memory behind the parameter",
    "The parameter has new memory now: whoever shares the old one no longer sees the change.",
)
class SGD(_SGD):
    @torch.no_grad()
    def step(self):
        for p in self.trained():
            p.data = p - self.lr * self.direction(p, self.decayed(p))


@reject(
    "clears the gradient in step",
    "step cleared the gradients. That is zero_grad's work, and the training loop's decision.",
)
class SGD(_SGD):
    def step(self):
        super().step()
        self.zero_grad()


@reject("zero_grad does nothing", "The gradients are still there after zero_grad.")
class SGD(_SGD):
    def zero_grad(self):
        pass


@reject("zero_grad stumbles over None", "zero_grad must pass over parameters that have no gradient.")
class SGD(_SGD):
    def zero_grad(self):
        for p in self.params:
            p.grad.zero_()


@reject(
    "zero_grad forgets the velocities", "zero_grad clears gradients, not velocities: then there is no momentum left."
)
class SGD(_SGD):
    def zero_grad(self):
        super().zero_grad()
        self.velocity.clear()


@reject(
    "steps with the lr of the defaults",
    'Every group steps with the lr of the constructor, whatever its own says. Read group["lr"] in step, for each group.',
)
class SGD(_SGD):
    lr = _default("lr")


@reject(
    "all but lr from the defaults",
    "Of its settings, a group gets only lr; the others come from the constructor. Read all of them from the group in step.",
)
class SGD(_SGD):
    momentum, dampening = _default("momentum"), _default("dampening")
    nesterov, weight_decay = _default("nesterov"), _default("weight_decay")


@reject(
    "a setting of 0 taken for missing",
    "A group may set a value of 0, and 0 is false: `group.get(name) or default` passes over it. Ask `name in group`.",
)
class SGD(_SGD):
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
class SGD(_SGD):
    def kept(self, params, defaults):
        return [{**group, **defaults, "params": list(group["params"])} for group in self.grouped(params)]


@reject(
    "overrides spill into the next group",
    "What one group has for itself reaches the groups behind it: you update the defaults themselves. Make a new dict for "
    "each group.",
)
class SGD(_SGD):
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
class SGD(_SGD):
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
class SGD(_SGD):
    def walk(self):
        self.now = self.param_groups[-1]
        yield from self.params


@reject("only the first group steps", "Only the first group moves. Walk through all of param_groups in step.")
class SGD(_SGD):
    def walk(self):
        self.now = self.param_groups[0]
        yield from self.now["params"]


@reject(
    "breaks off where there is no gradient",
    "A parameter without gradient ends your step for all that come after it in its group: `continue`, not `break`.",
)
class SGD(_SGD):
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
class SGD(_SGD):
    def zero_grad(self):
        for p in self.param_groups[0]["params"]:
            p.grad = None


@reject(
    "generator kept in a group",
    'The "params" of a group may be a generator, too, and that is empty after one walk. Keep list(group["params"]).',
)
class SGD(_SGD):
    def kept(self, params, defaults):
        return [{**defaults, **group} for group in self.grouped(params)]


@reject(
    "looks at the first one and loses it",
    "You take the first one out of params to see what it is. From a generator it is gone then: make a list first.",
)
class SGD(_SGD):
    def grouped(self, params):
        groups = isinstance(next(iter(params)), dict)
        return list(params) if groups else [{"params": list(params)}]


@reject(
    "fills in the caller's dicts",
    "You write the defaults into the dicts that the caller has passed. The next optimizer made of them takes these for "
    "settings of the groups. Make new dicts, {**defaults, **group}.",
)
class SGD(_SGD):
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
class SGD(_SGD):
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
class SGD(_SGD):
    def grouped(self, params):
        return [{**group} for group in params]


@reject(
    "places counted anew in each group",
    "Your velocities belong to places, and each group counts from 0: groups use each other's. Use the parameter as key.",
)
class SGD(_SGD):
    def moved(self, p, g):
        place = next(i for i, q in enumerate(self.now["params"]) if q is p)
        v = self.velocity.get(place)
        self.velocity[place] = v = g if v is None else self.momentum * v + (1 - self.dampening) * g
        return v

    def direction(self, p, g):
        if not self.momentum:
            return g
        v = self.moved(p, g)
        return g + self.momentum * v if self.nesterov else v


waive(
    "SGD.__init__: groups[0] → groups[-1]",
    "params holds either parameters or dicts, never both, so that any one of them tells which.",
)
