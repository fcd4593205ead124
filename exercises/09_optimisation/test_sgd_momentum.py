"""Checks of sgd-momentum, against the function that does the arithmetic of torch.optim.SGD.

The class around that function takes a second to import at its first use, and adds nothing to the numbers.
"""

import operator

import torch
from torch.optim.sgd import sgd

from tutor.checks import close, draws, equal, holds


class Reference:
    """torch.optim.SGD without its class."""

    def __init__(self, params, lr, momentum=0.0, dampening=0.0, nesterov=False, weight_decay=0.0):
        rest = {"momentum": momentum, "dampening": dampening, "nesterov": nesterov, "weight_decay": weight_decay}
        groups = list(params)
        groups = groups if isinstance(groups[0], dict) else [{"params": groups}]
        self.param_groups = [{"lr": lr, **rest, **group} for group in groups]
        self.buffers = {}

    def step(self):
        for group in self.param_groups:
            trained = [p for p in group["params"] if p.grad is not None]
            buffers = [self.buffers.get(p) for p in trained]
            settings = {name: group[name] for name in NAMES}
            with torch.no_grad():
                sgd(trained, [p.grad for p in trained], buffers, maximize=False, foreach=False, **settings)
            self.buffers.update(zip(trained, buffers, strict=True))


SETTINGS = [
    {"momentum": 0.9},
    {"momentum": 0.5, "nesterov": True},
    {"momentum": 0.8, "dampening": 0.3},
    {"momentum": 0.7, "weight_decay": 0.2},
    {},
    {"weight_decay": 0.1},
    {"momentum": 0.9, "nesterov": True, "weight_decay": 0.1},
    {"momentum": 0.6, "dampening": 1.0, "weight_decay": 0.05},
    {"dampening": 0.5},
]

NAMES = ("lr", "momentum", "dampening", "nesterov", "weight_decay")

GROUPS = [  # the defaults, and what each group has for itself
    (
        {"lr": 0.3, "momentum": 0.9},
        [{"lr": 0.1, "momentum": 0.5, "weight_decay": 0.2}, {}, {"weight_decay": 0.1, "lr": 0.4}],
    ),
    ({"lr": 0.2}, [{"momentum": 0.8, "nesterov": True}, {"lr": 0.05, "weight_decay": 0.3}]),
    (
        {"lr": 0.1, "momentum": 0.6, "weight_decay": 0.1},
        [{"dampening": 0.5, "weight_decay": 0.3}, {"momentum": 0.0}, {"weight_decay": 0.0}],
    ),
]


def values(params):
    return [p.detach().clone() for p in params]


def parameters(draw, dtype=torch.float64, count=2):
    """Parameters of different shapes, and twins of them for the reference; none has a gradient yet."""
    first = [
        draw.tensor(draw.shape(dims=(1, 3), low=2, high=4), dtype=dtype, requires_grad=False) for _ in range(count)
    ]
    return [torch.nn.Parameter(v) for v in first], [torch.nn.Parameter(v.clone()) for v in first]


def dealt(params, overrides, inside=list):
    """The parameters dealt out to groups with settings of their own, in the form in which torch.optim takes them."""
    return [{"params": inside(params[i :: len(overrides)]), **own} for i, own in enumerate(overrides)]


def set_rates(optimizer, rates):
    """What a schedule does. The groups that are read here may be copies, so they are handed back."""
    groups = optimizer.param_groups
    for group, lr in zip(groups, rates, strict=True):
        group["lr"] = lr
    optimizer.param_groups = groups


def listed(groups):
    """The settings of groups that torch.optim would have filled in, and where they are missing."""
    return [{name: group.get(name, "missing") for name in NAMES} for group in groups]


def give_gradients(draw, params, theirs, without=()):
    """The same new gradients to both; those at the places `without` get None."""
    for i, (p, q) in enumerate(zip(params, theirs, strict=True)):
        p.grad = None if i in without else draw.tensor(tuple(p.shape), dtype=p.dtype, requires_grad=False)
        q.grad = None if p.grad is None else p.grad.clone()


def compare(draw, params, theirs, optimizer, reference, schedule, given, **tolerance):
    """A step for each entry of schedule: the places of the parameters that have no gradient then."""
    for number, without in enumerate(schedule, 1):
        give_gradients(draw, params, theirs, without)
        shown = {**given, "step": number, "params": values(params), "grads": [p.grad for p in params]}
        equal(optimizer.step(), None, "what step returns")
        reference.step()
        close(values(params), values(theirs), f"the list of parameters after step {number}", input=shown, **tolerance)


@draws(2)
def test_plain(mine, draw):
    """Without momentum, a step subtracts lr times the gradient in place."""
    params = [torch.nn.Parameter(draw.tensor((2,), requires_grad=False).round(decimals=1))]
    params[0].grad = torch.tensor([1.0, -2.0]).to(params[0])
    wanted = params[0].detach() - 0.1 * params[0].grad
    given = {"params": values(params), "grads": [params[0].grad.clone()], "lr": 0.1}
    equal(mine.SGD(params, 0.1).step(), None, "what step returns")
    close(params[0].detach(), wanted, "the parameter after the step", input=given)


@draws(18)
def test_steps(mine, draw):
    """Gives the parameters of torch.optim.SGD after each of three steps, for nine settings, beside another optimizer."""
    settings, dtype = draw.pick(*SETTINGS), draw.pick(torch.float64, torch.float32)
    params, theirs = parameters(draw, dtype)
    given = {"lr": round(draw.float(0.05, 1), 2), **settings}
    optimizer, reference = mine.SGD(params, **given), Reference(theirs, **given)
    other = torch.nn.Parameter(torch.ones_like(params[0]))
    other.grad = torch.ones_like(other)
    mine.SGD([other], 2.0, momentum=0.3).step()  # must not reach the first one's velocities or settings
    compare(draw, params, theirs, optimizer, reference, [()] * 3, given)


@draws(6)
def test_groups(mine, draw):
    """Takes groups with settings of their own, like torch.optim, from lists, tuples and generators."""
    defaults, overrides = GROUPS[draw.index % len(GROUPS)]
    params, theirs = parameters(draw, count=5)
    inside, outside = draw.pick((iter, list), (tuple, iter), (iter, iter), (list, tuple))
    optimizer = mine.SGD(outside(dealt(params, overrides, inside)), **defaults)
    reference = Reference(dealt(theirs, overrides), **defaults)
    given = {"defaults": defaults, "groups": overrides}
    compare(draw, params, theirs, optimizer, reference, [(), (), (2,), ()], given)


@draws(2)
def test_param_groups(mine, draw):
    """param_groups is a list of dicts with the parameters themselves and every setting; plain parameters are one group."""
    defaults, overrides = GROUPS[0]
    overrides = overrides if draw.index else [{}]
    params, theirs = parameters(draw, count=5)
    optimizer = mine.SGD(dealt(params, overrides) if draw.index else params, **defaults)
    reference = Reference(dealt(theirs, overrides), **defaults)
    given = {"defaults": defaults, "groups": overrides}
    groups = optimizer.param_groups
    holds(isinstance(groups, list), "param_groups is no list", got=groups, expected="a list of dicts", input=given)
    equal(listed(groups), listed(reference.param_groups), "the list param_groups", input=given)
    for i, group in enumerate(groups):
        wanted, kept = params[i :: len(overrides)], group.get("params")
        same = isinstance(kept, list) and len(kept) == len(wanted) and all(map(operator.is_, kept, wanted))
        holds(same, f'"params" of group {i} is not the list of its parameters', got=kept, expected=wanted, input=given)


def test_callers_dicts(mine):
    """Leaves the dicts that it was given as they are, so that another optimizer can be made of them."""
    params = [torch.nn.Parameter(torch.ones(n)) for n in (2, 3)]
    groups = [{"params": params[:1], "lr": 0.5}, {"params": params[1:]}]
    for p in params:
        p.grad = torch.ones_like(p)
    given = {"lr": 2.0, "groups": [{"lr": 0.5}, {}]}
    mine.SGD(groups, lr=2.0).step()
    expected = [{"lr": 0.5}, {}]
    got = [{name: value for name, value in group.items() if name != "params"} for group in groups]
    holds(got == expected, "the caller's dicts have changed", got=got, expected=expected, input=given)
    equal([group["lr"] for group in mine.SGD(groups, lr=0.25).param_groups], [0.5, 0.25], "lr of the next optimizer")


@draws(6)
def test_missing_gradients(mine, draw):
    """Skips a parameter without gradient, keeps its velocity, and starts with the plain gradient when the first one comes."""
    settings = draw.pick({"momentum": 0.8, "dampening": 0.4, "weight_decay": 0.1}, {"momentum": 0.7, "nesterov": True})
    schedule = draw.pick([(1,), (1,), (), (0,), ()], [(0, 1), (), (1,), ()], [(0,), (1,), (), ()])
    params, theirs = parameters(draw, count=3)
    given = {"lr": 0.3, **settings}
    optimizer, reference = mine.SGD(params, **given), Reference(theirs, **given)
    compare(draw, params, theirs, optimizer, reference, schedule, given)


@draws(3)
def test_zero_gradients(mine, draw):
    """A gradient of zeros is a gradient: the velocity rolls on, and so does the decay."""
    params, theirs = parameters(draw)
    given = {"lr": 0.3, **draw.pick({"momentum": 0.8}, {"momentum": 0.6, "nesterov": True}, {"weight_decay": 0.2})}
    optimizer, reference = mine.SGD(params, **given), Reference(theirs, **given)
    compare(draw, params, theirs, optimizer, reference, [()], given)
    for p in (*params, *theirs):
        p.grad = torch.zeros_like(p)
    optimizer.step()
    reference.step()
    close(values(params), values(theirs), "the list of parameters after a step with gradients of zeros", input=given)


@draws(3)
def test_arguments_by_position(mine, draw):
    """Takes its arguments by position in the order params, lr, momentum, dampening, nesterov, weight_decay."""
    arguments = draw.pick((0.3, 0.6, 0.2, False, 0.1), (0.3, 0.6, 0.0, True), (0.4,))
    params, theirs = parameters(draw)
    optimizer, reference = mine.SGD(params, *arguments), Reference(theirs, *arguments)
    compare(draw, params, theirs, optimizer, reference, [()] * 2, {"arguments": arguments})


@draws(3)
def test_any_iterable(mine, draw):
    """Takes a generator, a tuple and model.parameters(), for all of its steps."""
    params, theirs = parameters(draw)
    handed = [iter(params), tuple(params), torch.nn.ParameterList(params).parameters()][draw.index]
    optimizer, reference = mine.SGD(handed, 0.2, momentum=0.9), Reference(theirs, 0.2, momentum=0.9)
    compare(draw, params, theirs, optimizer, reference, [()] * 2, {"lr": 0.2, "momentum": 0.9})


@draws(3)
def test_learning_rate_changes(mine, draw):
    """Uses the lr that a group has in param_groups at the moment of the step."""
    params, theirs = parameters(draw)
    given = {"lr": 0.7, **draw.pick({"momentum": 0.9}, {}, {"momentum": 0.6, "nesterov": True})}
    groups = [{"lr": 0.5}, {"lr": 0.2}]
    optimizer = mine.SGD(dealt(params, groups), **given)
    reference = Reference(dealt(theirs, groups), **given)
    for rates in ([0.5, 0.2], [0.1, 0.3], [0.25, 0.25]):
        set_rates(optimizer, rates)
        set_rates(reference, rates)
        compare(draw, params, theirs, optimizer, reference, [()], {**given, "lr of the groups now": rates})


@draws(4)
def test_gradients_stay(mine, draw):
    """Leaves p.grad bit by bit as it was, through all its steps."""
    params, theirs = parameters(draw)
    optimizer = mine.SGD(params, 0.2, **SETTINGS[draw.index])
    for _ in range(2):
        give_gradients(draw, params, theirs)
        optimizer.step()
        holds(all(p.grad is not None for p in params), "a .grad is None after the step")
        equal([p.grad for p in params], [q.grad for q in theirs], "the list of gradients after the step")


@draws(2)
def test_gradients_in_one_place(mine, draw):
    """Keeps a velocity of its own: gradients that are zeroed and filled again in the same memory do not reach it."""
    params, theirs = parameters(draw)
    given = {"lr": 0.2, "momentum": 0.9}
    optimizer, reference = mine.SGD(params, **given), Reference(theirs, **given)
    give_gradients(draw, params, theirs)
    for number in range(3):
        optimizer.step()
        reference.step()
        close(
            values(params), values(theirs), "the list of parameters after the step", input={**given, "step": number + 1}
        )
        for p, q in zip(params, theirs, strict=True):
            p.grad.zero_()
            p.grad.add_(draw.tensor(tuple(p.shape), requires_grad=False))
            q.grad = p.grad.clone()


@draws(3)
def test_in_place(mine, draw):
    """Writes into the parameters' own memory, so that whoever shares it, autograd too, notices the change."""
    params, theirs = parameters(draw)
    optimizer = mine.SGD(params, 0.2, momentum=0.9)
    give_gradients(draw, params, theirs)
    views, places, versions = [p.detach() for p in params], [p.data_ptr() for p in params], [p._version for p in params]
    optimizer.step()
    holds([p.data_ptr() for p in params] == places, "a parameter lies in other memory after the step")
    equal(views, values(params), "a view of the parameters after the step")
    moved = all(p._version > v for p, v in zip(params, versions, strict=True))
    holds(moved, "the version counter of a parameter did not move: .data hides the change from autograd")


@draws(2)
def test_still_trainable(mine, draw):
    """Parameters stay leaves that require a gradient, and frozen ones stay frozen; a loop of backward and step works."""
    params, theirs = parameters(draw, count=3)
    params[1].requires_grad_(False)
    theirs[1].requires_grad_(False)
    given = {"lr": 0.1, "momentum": 0.9, "weight_decay": 0.1, "nesterov": draw.bool()}
    optimizer, reference = mine.SGD(params, **given), Reference(theirs, **given)
    for _ in range(3):
        optimizer.zero_grad()
        for q in theirs:
            q.grad = None
        sum((p**3).sum() for p in params).backward()
        sum((q**3).sum() for q in theirs).backward()
        optimizer.step()
        reference.step()
    close(values(params), values(theirs), "the list of parameters after three rounds", input=given)
    equal([p.requires_grad for p in params], [True, False, True], "the list of requires_grad after the steps")
    equal([p.is_leaf for p in params], [True] * 3, "the list of is_leaf after the steps")


@draws(2)
def test_zero_grad(mine, draw):
    """zero_grad clears every gradient (None or zeros) and changes neither parameters nor velocities."""
    params, theirs = parameters(draw, count=3)
    given = {"lr": 0.3, "momentum": 0.9}
    optimizer, reference = mine.SGD(dealt(params, [{}] * 3), **given), Reference(theirs, **given)
    compare(draw, params, theirs, optimizer, reference, [(1,)], given)
    before = values(params)
    equal(optimizer.zero_grad(), None, "what zero_grad returns")
    clear = all(p.grad is None or not p.grad.any() for p in params)
    holds(clear, "a gradient is still there after zero_grad", got=[p.grad for p in params], expected="None or zeros")
    equal(values(params), before, "the list of parameters after zero_grad")
    compare(draw, params, theirs, optimizer, reference, [()], given)


def test_nesterov_refused(mine):
    """Raises ValueError when nesterov comes without momentum, or with dampening, and only then."""
    settings = [{"momentum": 0.9, "dampening": 0.1}, {}, {"dampening": 0.5}, {"momentum": 0.9}]
    refused = []
    for given in settings:
        try:
            mine.SGD([torch.nn.Parameter(torch.ones(2))], 0.1, nesterov=True, **given)
            refused.append(False)
        except ValueError:
            refused.append(True)
    message = "nesterov needs a momentum and no dampening: these settings must be refused, refused, refused, accepted"
    holds(
        refused == [True, True, True, False], message, got=refused, expected=[True, True, True, False], input=settings
    )


@draws(3)
def test_shapes_and_layouts(mine, draw):
    """Takes scalars, sizes of 1, empty parameters, and transposed gradients."""
    shapes = [(), (1,), (1, 3), (0,), (2, 0)]
    params = [torch.nn.Parameter(draw.tensor(shape, requires_grad=False)) for shape in shapes]
    params.append(torch.nn.Parameter(draw.tensor((2, 3), requires_grad=False).T))
    theirs = [torch.nn.Parameter(p.detach().clone()) for p in params]
    given = {"lr": 0.2, **SETTINGS[1 + draw.index]}
    optimizer, reference = mine.SGD(params, **given), Reference(theirs, **given)
    compare(draw, params, theirs, optimizer, reference, [()] * 2, given)


@draws(2)
def test_bfloat16(mine, draw):
    """Works in bfloat16, and keeps it."""
    params, theirs = parameters(draw, torch.bfloat16)
    given = {"lr": 0.25, "momentum": 0.5, "weight_decay": 0.125, "nesterov": draw.bool()}
    optimizer, reference = mine.SGD(params, **given), Reference(theirs, **given)
    compare(draw, params, theirs, optimizer, reference, [()] * 2, given, rtol=4e-2, atol=4e-2)
