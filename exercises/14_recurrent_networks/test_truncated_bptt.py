"""Checks of detach_state and of tbptt_epoch against the same loop written out."""

from __future__ import annotations

import copy
import math
import weakref

import torch
import torch.nn.functional as F

from tutor.checks import close, draws, equal, holds

# How a state (h, c) is wrapped, and how it is read again.
KINDS = {
    "a tuple": (lambda h, c: (h, c), lambda s: s),
    "a tensor": (lambda h, c: torch.cat([h, c], 1), lambda s: s.chunk(2, 1)),
    "a dict with a list": (lambda h, c: {"h": [h], "c": c}, lambda s: (s["h"][0], s["c"])),
}


class Reader(torch.nn.Module):
    """A small recurrent network that notes in which mode it is called, and from which states."""

    def __init__(self, kind, vocab=5, units=3, dtype=torch.float64):
        super().__init__()
        self.wrap, self.read = KINDS[kind]
        self.table = torch.nn.Parameter(torch.zeros(vocab, units, dtype=dtype))
        self.U = torch.nn.Parameter(torch.zeros(units, units, dtype=dtype))
        self.out = torch.nn.Parameter(torch.zeros(units, vocab, dtype=dtype))
        self.modes, self.starts, self.graphs = [], [], []

    def forward(self, X, state):
        self.modes.append(self.training)
        h = c = self.table.new_zeros(len(X), len(self.U))
        if state is not None:
            h, c = self.read(state)
        self.starts.append("None" if state is None else "with its history" if h.requires_grad else "detached")
        logits = []
        for t in range(X.shape[1]):
            h = torch.tanh(self.table[X[:, t]] + (h + 0.5 * c) @ self.U)
            c = 0.9 * c + h
            logits.append(h @ self.out)
        return Watch.apply(torch.stack(logits, 1), self), self.wrap(h, c)


class Watch(torch.autograd.Function):
    """The identity; leaves a token that lives as long as the graph."""

    @staticmethod
    def forward(ctx, y, model):
        ctx.token = Token()
        model.graphs.append(weakref.ref(ctx.token))
        return y.clone()

    @staticmethod
    def backward(ctx, dy):
        return dy, None


class Token:
    """Something that can be watched by a weak reference."""


class Descent(torch.optim.Optimizer):
    """Gradient descent without what importing a real optimizer costs."""

    def __init__(self, model, lr):
        self.model, self.lr = model, lr
        self.param_groups, self.state, self.defaults = [{"params": list(model.parameters()), "lr": lr}], {}, {}

    def zero_grad(self, set_to_none=True):
        self.model.zero_grad(set_to_none)

    def step(self, closure=None):
        with torch.no_grad():
            for p in self.param_groups[0]["params"]:
                if p.grad is not None:
                    p -= self.lr * p.grad


def reference_epoch(model, batches, optimizer, clip, carry_state):
    """The epoch written out once more."""
    model.train()
    before, losses = None, []
    for X, Y in batches:
        state = None
        if carry_state and before is not None and len(before[0]) == len(X):
            state = model.wrap(*before)
        logits, state = model(X, state)
        before = [part.detach().clone() for part in model.read(state)]
        loss = F.cross_entropy(logits.permute(0, 2, 1), Y, reduction="sum")
        for p in model.parameters():
            p.grad = None
        (loss / Y.numel()).backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), clip)
        optimizer.step()
        losses.append((loss.item(), Y.numel()))
    return math.exp(sum(loss for loss, _ in losses) / sum(n for _, n in losses))


def problem(draw, kind, shapes, dtype=torch.float64, scale=1.0):
    """A network whose gradients are longer than 1, and batches of these shapes."""
    model = Reader(kind, dtype=dtype).to(draw.device)
    with torch.no_grad():
        for p in model.parameters():
            p.copy_(draw.tensor(tuple(p.shape), scale, dtype))
    return model, [(draw.targets(shape, 5), draw.targets(shape, 5)) for shape in shapes]


def agree(mine, model, batches, carry_state, clip=0.1, lr=1.0, rtol=None, atol=None):
    """One epoch by each, from the same start: same perplexity, same parameters."""
    theirs = copy.deepcopy(model)
    got = mine.tbptt_epoch(model, iter(batches), Descent(model, lr), clip, carry_state)
    wanted = reference_epoch(theirs, batches, Descent(theirs, lr), clip, carry_state)
    given = {"shapes of X": [tuple(X.shape) for X, _ in batches], "clip": clip, "carry_state": carry_state}
    holds(type(got) is float, "the result is not a Python float", got=got, expected="a float", input=given)
    equal(model.starts, theirs.starts, "the list of the states that the model got", input=given)
    after, right = [p.detach() for p in model.parameters()], [p.detach() for p in theirs.parameters()]
    close(after, right, "the list of parameters after the epoch", rtol, atol, input=given)
    close(got, wanted, "the perplexity", rtol, atol, input=given)


def flat(state):
    """All tensors of a nested state, and the types of its containers in the order of a walk."""
    if isinstance(state, torch.Tensor) or state is None:
        return [state], []
    parts = [flat(part) for part in (state.values() if isinstance(state, dict) else state)]
    names = [f"{type(state).__name__} of {len(state)}"] + (list(state) if isinstance(state, dict) else [])
    return [t for tensors, _ in parts for t in tensors], names + [kind for _, kinds in parts for kind in kinds]


@draws(7)
def test_detach_state(mine, draw):
    """detach_state keeps structure and values, drops the history, and leaves the original alone."""
    h, c = (draw.tensor((2, 3)) * 2 for _ in range(2))
    options = [h, (h, c), None, [h, c], {"h": h, "c": c}, {"layers": [(h, c), (c, h)], "old": None}, ((h, [c]),)]
    state = options[draw.index]
    got = mine.detach_state(state)
    (tensors, kinds), (found, found_kinds) = flat(state), flat(got)
    equal(found_kinds, kinds, "the list of containers", input={"state": state})
    holds(len(found) == len(tensors), "another number of tensors came back", got=got, expected=state)
    for before, after in zip(tensors, found, strict=True):
        if before is None:
            holds(after is None, "None must stay None", got=after, expected="None", input={"state": state})
            continue
        holds(isinstance(after, torch.Tensor) and not after.requires_grad, "a tensor still has its history", got=got, expected="detached tensors", input={"state": state})  # fmt: skip
        equal(after, before.detach(), "a tensor of the state", input={"state": state})
        holds(before.requires_grad, "the state that was passed lost its history, too", got="detached in place", expected="a new tensor", input={"state": state})  # fmt: skip


@draws(6)
def test_sequential(mine, draw):
    """With carry_state each batch starts where the one before ended, without its history; gradients are clipped."""
    shapes = draw.pick([(2, 3)] * 3, [(3, 4), (2, 2), (2, 3)], [(1, 2), (1, 5)])
    agree(mine, *problem(draw, draw.pick(*KINDS), shapes), carry_state=True)


@draws(4)
def test_random(mine, draw):
    """Without carry_state every batch starts from None."""
    shapes = draw.pick([(2, 3)] * 3, [(3, 4), (3, 2)])
    agree(mine, *problem(draw, draw.pick("a tuple", "a tensor"), shapes), carry_state=False)


@draws(4)
def test_other_number_of_rows(mine, draw):
    """A batch with another number of rows than the one before starts from None."""
    shapes = [[(3, 2), (3, 2), (2, 2)], [(2, 3), (4, 3), (4, 3)], [(3, 2), (1, 2), (3, 2)], [(1, 2), (2, 4)]]
    agree(mine, *problem(draw, draw.pick(*KINDS), shapes[draw.index]), carry_state=True)


@draws(4)
def test_clip(mine, draw):
    """Clips before the step: to a tiny norm, to one in between, and not at all where the norm is small enough."""
    clip = [1e-3, 0.3, 2.0, 100.0][draw.index]
    agree(mine, *problem(draw, "a tuple", [(2, 3)] * 2), carry_state=True, clip=clip, lr=0.5)


@draws(2)
def test_exploding(mine, draw):
    """Weights ten times too large: clipping keeps the parameters finite."""
    agree(mine, *problem(draw, "a tuple", [(2, 4)] * 3, scale=10.0), carry_state=True, clip=1.0, lr=0.1, rtol=1e-6)


@draws(1)
def test_old_gradients_do_not_count(mine, draw):
    """Clears the gradients for every batch, also those that were left from before the epoch."""
    model, batches = problem(draw, "a tuple", [(2, 3)] * 2)
    for p in model.parameters():
        p.grad = torch.full_like(p, 10.0)
    agree(mine, model, batches, carry_state=True)


@draws(1)
def test_training_mode(mine, draw):
    """Trains in training mode, also when the model comes in evaluation mode; a list of batches is fine."""
    model, batches = problem(draw, "a tensor", [(2, 3)] * 2)
    model.eval()
    mine.tbptt_epoch(model, batches, Descent(model, 0.1), 1.0, True)
    equal(model.modes, [True, True], "the list of model.training at each forward pass")


@draws(1)
def test_memory(mine, draw):
    """Fifty batches hold no more graphs than two."""
    model, batches = problem(draw, "a tuple", [(1, 1)] * 50)
    most = 0

    def loader():
        nonlocal most
        for batch in batches:
            yield batch
            most = max(most, sum(graph() is not None for graph in model.graphs))

    mine.tbptt_epoch(model, loader(), Descent(model, 0.01), 1.0, True)
    holds(most <= 20, "the graphs of past batches are still alive", got="more than 20 of them", expected="one or two")


def test_no_batches(mine):
    """Returns nan when there is no batch."""
    model = Reader("a tuple")
    got = mine.tbptt_epoch(model, iter([]), Descent(model, 0.1), 1.0, True)
    holds(type(got) is float and math.isnan(got), "the result is not the float nan", got=got, expected=math.nan)


@draws(2)
def test_float32(mine, draw):
    """Works in float32."""
    model, batches = problem(draw, draw.pick("a tuple", "a tensor"), [(3, 2)] * 3, torch.float32)
    agree(mine, model, batches, carry_state=True, rtol=1e-4, atol=1e-5)
