"""Checks of adam, against the function that does the arithmetic of torch.optim.Adam and AdamW.

The classes around that function take a second to import at their first use, and add nothing to the numbers.
"""

import operator

import torch
from torch.optim.adam import adam

from tutor.checks import close, draws, equal, holds


class Reference:
    """torch.optim.Adam, or AdamW where decoupled, without their classes."""

    def __init__(self, params, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.0, decoupled=False):
        rest = {"betas": betas, "eps": eps, "weight_decay": weight_decay, "decoupled": decoupled}
        groups = list(params)
        groups = groups if isinstance(groups[0], dict) else [{"params": groups}]
        self.param_groups = [{"lr": lr, **rest, **group} for group in groups]
        self.state = {}

    def step(self):
        for group in self.param_groups:
            self.step_of([p for p in group["params"] if p.grad is not None], **{name: group[name] for name in NAMES})

    def step_of(self, trained, betas, decoupled, **rest):
        state = [
            self.state.setdefault(p, (torch.zeros_like(p), torch.zeros_like(p), torch.tensor(0.0))) for p in trained
        ]
        m, v, t = ([parts[i].detach() for parts in state] for i in range(3))
        rest.update(beta1=betas[0], beta2=betas[1], amsgrad=False, maximize=False, decoupled_weight_decay=decoupled)
        with torch.no_grad():
            adam(trained, [p.grad for p in trained], m, v, [], t, foreach=False, **rest)


SETTINGS = [
    {"betas": (0.9, 0.99)},
    {"betas": (0.6, 0.8), "eps": 0.1},
    {"betas": (0.8, 0.9), "weight_decay": 0.3},
    {"betas": (0.8, 0.9), "weight_decay": 0.3, "decoupled": True},
    {"betas": (0.4, 0.95), "eps": 1e-2, "weight_decay": 0.1, "decoupled": True},
    {"betas": (0.0, 0.9)},
    {"betas": (0.9, 0.7), "decoupled": True},
]

NAMES = ("lr", "betas", "eps", "weight_decay", "decoupled")

GROUPS = [  # the defaults, and what each group has for itself
    (
        {"lr": 0.3, "betas": (0.8, 0.9)},
        [
            {"lr": 0.1, "betas": (0.6, 0.7), "weight_decay": 0.2},
            {},
            {"weight_decay": 0.3, "decoupled": True, "lr": 0.4},
        ],
    ),
    ({"lr": 0.2}, [{"betas": (0.6, 0.8), "eps": 0.1}, {"lr": 0.05, "weight_decay": 0.3}]),
    ({"lr": 0.1, "weight_decay": 0.2, "decoupled": True}, [{"decoupled": False}, {"eps": 0.5}, {"weight_decay": 0.0}]),
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


def give_gradients(draw, params, theirs, without=(), scale=1.0):
    """The same new gradients to both; those at the places `without` get None."""
    for i, (p, q) in enumerate(zip(params, theirs, strict=True)):
        p.grad = None if i in without else draw.tensor(tuple(p.shape), scale, p.dtype, requires_grad=False)
        q.grad = None if p.grad is None else p.grad.clone()


def compare(draw, params, theirs, optimizer, reference, schedule, given, scale=1.0, **tolerance):
    """A step for each entry of schedule: the places of the parameters that have no gradient then."""
    for number, without in enumerate(schedule, 1):
        give_gradients(draw, params, theirs, without, scale)
        shown = {**given, "step": number, "params": values(params), "grads": [p.grad for p in params]}
        equal(optimizer.step(), None, "what step returns")
        reference.step()
        close(values(params), values(theirs), f"the list of parameters after step {number}", input=shown, **tolerance)


@draws(2)
def test_first_step(mine, draw):
    """The first step is lr long in every coordinate, against the gradient, however large that is."""
    params = [torch.nn.Parameter(draw.tensor((5,), requires_grad=False).round(decimals=1))]
    params[0].grad = torch.tensor([1e-4, -2.0, 3000.0, 0.5, -1.0]).to(params[0])
    wanted = params[0].detach() - 0.1 * params[0].grad.sign()
    given = {"params": values(params), "grads": [params[0].grad.clone()], "lr": 0.1, "betas": (0.9, 0.95), "eps": 1e-20}
    equal(mine.Adam(params, lr=0.1, betas=(0.9, 0.95), eps=1e-20).step(), None, "what step returns")
    close(params[0].detach(), wanted, "the parameter after the step", input=given)


@draws(14)
def test_steps(mine, draw):
    """Gives the parameters of torch.optim.Adam and AdamW after each of three steps, for seven settings, beside another one."""
    settings, dtype = draw.pick(*SETTINGS), draw.pick(torch.float64, torch.float32)
    params, theirs = parameters(draw, dtype)
    given = {"lr": round(draw.float(0.05, 0.5), 2), **settings}
    optimizer, reference = mine.Adam(params, **given), Reference(theirs, **given)
    other = torch.nn.Parameter(torch.ones_like(params[0]))
    other.grad = torch.ones_like(other)
    mine.Adam([other], lr=2.0, betas=(0.1, 0.2)).step()  # must not reach the first one's averages or settings
    compare(draw, params, theirs, optimizer, reference, [()] * 3, given)


@draws(6)
def test_groups(mine, draw):
    """Takes groups with settings of their own, like torch.optim, from lists, tuples and generators."""
    defaults, overrides = GROUPS[draw.index % len(GROUPS)]
    params, theirs = parameters(draw, count=5)
    inside, outside = draw.pick((iter, list), (tuple, iter), (iter, iter), (list, tuple))
    optimizer = mine.Adam(outside(dealt(params, overrides, inside)), **defaults)
    reference = Reference(dealt(theirs, overrides), **defaults)
    given = {"defaults": defaults, "groups": overrides}
    compare(draw, params, theirs, optimizer, reference, [(), (), (2,), ()], given)


@draws(2)
def test_param_groups(mine, draw):
    """param_groups is a list of dicts with the parameters themselves and every setting; plain parameters are one group."""
    defaults, overrides = GROUPS[0]
    overrides = overrides if draw.index else [{}]
    params, theirs = parameters(draw, count=5)
    optimizer = mine.Adam(dealt(params, overrides) if draw.index else params, **defaults)
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
    mine.Adam(groups, lr=2.0).step()
    expected = [{"lr": 0.5}, {}]
    got = [{name: value for name, value in group.items() if name != "params"} for group in groups]
    holds(got == expected, "the caller's dicts have changed", got=got, expected=expected, input=given)
    equal([group["lr"] for group in mine.Adam(groups, lr=0.25).param_groups], [0.5, 0.25], "lr of the next optimizer")


@draws(6)
def test_missing_gradients(mine, draw):
    """Leaves a parameter without gradient alone: no update, no decay, and its own step count waits."""
    settings = draw.pick({"weight_decay": 0.2}, {"weight_decay": 0.2, "decoupled": True})
    schedule = draw.pick([(1,), (1,), (), (0,), ()], [(0, 1), (), (1,), ()], [(0,), (1,), (), ()])
    params, theirs = parameters(draw, count=3)
    given = {"lr": 0.2, "betas": (0.8, 0.9), **settings}
    optimizer, reference = mine.Adam(params, **given), Reference(theirs, **given)
    compare(draw, params, theirs, optimizer, reference, schedule, given)


@draws(2)
def test_zero_gradients(mine, draw):
    """A gradient of zeros is a gradient: the averages fade, t advances, and the step and the decay go on."""
    params, theirs = parameters(draw)
    given = {"lr": 0.2, "betas": (0.8, 0.9), "weight_decay": 0.2, "decoupled": draw.bool()}
    optimizer, reference = mine.Adam(params, **given), Reference(theirs, **given)
    compare(draw, params, theirs, optimizer, reference, [()], given)
    compare(draw, params, theirs, optimizer, reference, [()] * 2, given, scale=0.0)


@draws(3)
def test_defaults(mine, draw):
    """Uses lr = 0.001, betas (0.9, 0.999), eps = 1e-8 and no decay unless told otherwise, here for tiny gradients."""
    params, theirs = parameters(draw)
    settings = [(), (0.02, (0.9, 0.99)), (0.02, (0.9, 0.99), 1e-6, 0.3, True)][draw.index]
    optimizer, reference = mine.Adam(params, *settings), Reference(theirs, *settings)
    compare(draw, params, theirs, optimizer, reference, [()] * 2, {"arguments": settings}, scale=3e-8)


@draws(4)
def test_sizes_of_gradients(mine, draw):
    """Handles gradients from 1e-10 to 1e10, and gradients that are always zero."""
    params, theirs = parameters(draw, [torch.float64, torch.float32][draw.index % 2])
    given = {"lr": 0.1, "betas": (0.9, 0.95)}
    optimizer, reference = mine.Adam(params, **given), Reference(theirs, **given)
    scale = [1e-10, 1e10, 0.0, 0.0][draw.index]
    compare(draw, params, theirs, optimizer, reference, [()] * 2, given, scale)


@draws(2)
def test_many_steps(mine, draw):
    """Is still where torch.optim.Adam is after 12 steps with gradients that change their size."""
    params, theirs = parameters(draw, count=1)
    given = {"lr": 0.05, "decoupled": draw.bool(), "weight_decay": 0.1}
    optimizer, reference = mine.Adam(params, **given), Reference(theirs, **given)
    for number in range(12):
        give_gradients(draw, params, theirs, scale=[1.0, 0.01, 30.0][number // 4])
        optimizer.step()
        reference.step()
    close(values(params), values(theirs), "the list of parameters after 12 steps", input=given)


@draws(3)
def test_any_iterable(mine, draw):
    """Takes a generator, a tuple and model.parameters(), for all of its steps."""
    params, theirs = parameters(draw)
    handed = [iter(params), tuple(params), torch.nn.ParameterList(params).parameters()][draw.index]
    optimizer, reference = mine.Adam(handed, lr=0.2), Reference(theirs, lr=0.2)
    compare(draw, params, theirs, optimizer, reference, [()] * 2, {"lr": 0.2})


@draws(2)
def test_learning_rate_changes(mine, draw):
    """Uses the lr that a group has in param_groups at the moment of the step, for the decoupled decay too."""
    params, theirs = parameters(draw)
    given = {"lr": 0.7, "weight_decay": 0.4, "decoupled": not draw.bool()}
    groups = [{"lr": 0.5}, {"lr": 0.2}]
    optimizer = mine.Adam(dealt(params, groups), **given)
    reference = Reference(dealt(theirs, groups), **given)
    for rates in ([0.5, 0.2], [0.1, 0.3], [0.25, 0.25]):
        set_rates(optimizer, rates)
        set_rates(reference, rates)
        compare(draw, params, theirs, optimizer, reference, [()], {**given, "lr of the groups now": rates})


@draws(4)
def test_gradients_stay(mine, draw):
    """Leaves p.grad bit by bit as it was, and keeps averages of its own when gradients are refilled in place."""
    params, theirs = parameters(draw)
    given = {"lr": 0.2, **SETTINGS[draw.index]}
    optimizer, reference = mine.Adam(params, **given), Reference(theirs, **given)
    give_gradients(draw, params, theirs)
    for _ in range(3):
        optimizer.step()
        reference.step()
        holds(all(p.grad is not None for p in params), "a .grad is None after the step")
        equal([p.grad for p in params], [q.grad for q in theirs], "the list of gradients after the step", input=given)
        close(values(params), values(theirs), "the list of parameters after the step", input=given)
        for p, q in zip(params, theirs, strict=True):
            p.grad.zero_()
            p.grad.add_(draw.tensor(tuple(p.shape), requires_grad=False))
            q.grad = p.grad.clone()


@draws(2)
def test_in_place(mine, draw):
    """Writes into the parameters' own memory, so that whoever shares it, autograd too, notices the change."""
    params, theirs = parameters(draw)
    optimizer = mine.Adam(params, lr=0.2, weight_decay=0.1, decoupled=draw.bool())
    give_gradients(draw, params, theirs)
    views, places, versions = [p.detach() for p in params], [p.data_ptr() for p in params], [p._version for p in params]
    optimizer.step()
    holds([p.data_ptr() for p in params] == places, "a parameter lies in other memory after the step")
    equal(views, values(params), "a view of the parameters after the step")
    moved = all(p._version > v for p, v in zip(params, versions, strict=True))
    holds(moved, "the version counter of a parameter did not move: .data hides the change from autograd")


@draws(2)
def test_still_trainable(mine, draw):
    """Parameters stay leaves that require a gradient, and frozen ones stay frozen; a loop of zero_grad, backward and step works."""
    params, theirs = parameters(draw, count=3)
    params[1].requires_grad_(False)
    theirs[1].requires_grad_(False)
    given = {"lr": 0.1, "weight_decay": 0.1, "decoupled": draw.bool()}
    optimizer, reference = mine.Adam(dealt(params, [{}] * 3), **given), Reference(theirs, **given)
    for _ in range(3):
        equal(optimizer.zero_grad(), None, "what zero_grad returns")
        clear = all(p.grad is None or not p.grad.any() for p in params)
        holds(
            clear, "a gradient is still there after zero_grad", got=[p.grad for p in params], expected="None or zeros"
        )
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
def test_shapes_and_layouts(mine, draw):
    """Takes scalars, sizes of 1, empty parameters, and transposed gradients."""
    shapes = [(), (1,), (1, 3), (0,), (2, 0)]
    params = [torch.nn.Parameter(draw.tensor(shape, requires_grad=False)) for shape in shapes]
    params.append(torch.nn.Parameter(draw.tensor((2, 3), requires_grad=False).T))
    theirs = [torch.nn.Parameter(p.detach().clone()) for p in params]
    given = {"lr": 0.2, **SETTINGS[2 + draw.index]}
    optimizer, reference = mine.Adam(params, **given), Reference(theirs, **given)
    compare(draw, params, theirs, optimizer, reference, [()] * 2, given)


@draws(2)
def test_bfloat16(mine, draw):
    """Works in bfloat16, and keeps it."""
    params, theirs = parameters(draw, torch.bfloat16)
    given = {"lr": 0.25, "betas": (0.5, 0.875), "weight_decay": 0.125, "decoupled": draw.bool()}
    optimizer, reference = mine.Adam(params, **given), Reference(theirs, **given)
    compare(draw, params, theirs, optimizer, reference, [()] * 2, given, rtol=4e-2, atol=4e-2)
