"""Checks of train-epoch."""

import copy
import math
import weakref

import torch

from tutor.checks import close, draws, equal, holds


class Model(torch.nn.Module):
    """A small network that remembers in which mode it was called, and whether the graphs of its calls are alive."""

    def __init__(self, inputs, outputs, dtype=torch.float64):
        super().__init__()
        self.hidden = torch.nn.Linear(inputs, 4, dtype=dtype)
        self.out = torch.nn.Linear(4, outputs, dtype=dtype)
        self.events, self.modes, self.graphs = [], [], []

    def forward(self, X):
        self.events.append("forward")
        self.modes.append(self.training)
        return Watch.apply(self.out(torch.tanh(self.hidden(X))), self)


class Watch(torch.autograd.Function):
    """The identity; notes the backward pass, and a token that lives as long as the graph."""

    @staticmethod
    def forward(ctx, y, model):
        ctx.token, ctx.model = Token(), model
        model.graphs.append(weakref.ref(ctx.token))
        return y.clone()

    @staticmethod
    def backward(ctx, dy):
        ctx.model.events.append("backward")
        return dy, None


class Token:
    """Something that can be watched by a weak reference."""


class Descent(torch.optim.Optimizer):
    """Plain gradient descent that notes what is asked of it."""

    def __init__(self, model, lr):
        self.model, self.lr = model, lr
        self.param_groups, self.state, self.defaults = [{"params": list(model.parameters()), "lr": lr}], {}, {}

    def zero_grad(self, set_to_none=True):
        self.model.zero_grad(set_to_none)

    def step(self, closure=None):
        self.model.events.append("step")
        with torch.no_grad():
            for p in self.param_groups[0]["params"]:
                if p.grad is not None:
                    p -= self.lr * p.grad


def lopsided(prediction, y):
    """Mean loss that weighs too large predictions three times as much as too small ones."""
    error = prediction - y
    return torch.where(error > 0, 3 * error**2, error**2).mean()


def reference_epoch(model, batches, loss_fn, optimizer):
    """The epoch spelled out once more."""
    model.train()
    losses = []
    for X, y in batches:
        for p in model.parameters():
            p.grad = None
        loss = loss_fn(model(X), y)
        loss.backward()
        optimizer.step()
        losses.append((loss.item(), len(X)))
    return sum(loss * n for loss, n in losses) / sum(n for _, n in losses)


def problem(draw, sizes, dtype=torch.float64, scale=1.0, outputs=2):
    """A model, and batches of these sizes."""
    torch_seeded = torch.Generator().manual_seed(draw.int(0, 1000) + 7 * draw.index)
    model = Model(3, outputs, dtype)
    with torch.no_grad():
        for p in model.parameters():
            p.copy_(0.5 * torch.randn(p.shape, generator=torch_seeded, dtype=torch.float64))
    batches = [
        (
            draw.tensor((n, 3), scale, dtype, requires_grad=False),
            draw.tensor((n, outputs), scale, dtype, requires_grad=False),
        )
        for n in sizes
    ]
    return model.to(draw.device), batches


def agree(mine, model, batches, lr=0.05, rtol=None, atol=None):
    """One epoch by each, from the same start: same loss, same parameters."""
    theirs = copy.deepcopy(model)
    start = {name: p.detach().clone() for name, p in model.named_parameters()}
    got = mine.train_epoch(model, iter(batches), lopsided, Descent(model, lr))
    wanted = reference_epoch(theirs, batches, lopsided, Descent(theirs, lr))
    holds(type(got) is float, "the result is not a Python float", got=got, expected="a float")
    given = {"batch sizes": [len(X) for X, _ in batches], "start": start}
    after, right = [p.detach() for p in model.parameters()], [p.detach() for p in theirs.parameters()]
    close(after, right, "the list of parameters after the epoch", rtol, atol, input=given)
    close(got, wanted, "the mean loss", rtol, atol, input=given)


@draws(1)
def test_order_of_work(mine, draw):
    """Goes forward, then backward, then takes a step, once for every batch."""
    model, batches = problem(draw, [3, 3, 2])
    mine.train_epoch(model, iter(batches), lopsided, Descent(model, 0.05))
    equal(model.events, ["forward", "backward", "step"] * 3, "the list of what was done")


@draws(2)
def test_old_gradients_do_not_count(mine, draw):
    """Clears the gradients for every batch, also those that were left from before the epoch."""
    model, batches = problem(draw, [4, 2])
    for p in model.parameters():
        p.grad = torch.full_like(p, 10.0)
    theirs = copy.deepcopy(model)
    mine.train_epoch(model, iter(batches), lopsided, Descent(model, 0.05))
    reference_epoch(theirs, batches, lopsided, Descent(theirs, 0.05))
    after, right = [p.detach() for p in model.parameters()], [p.detach() for p in theirs.parameters()]
    close(after, right, "the list of parameters after the epoch")


@draws(7)
def test_one_epoch(mine, draw):
    """Returns the mean loss over samples and leaves the parameters that the recipe, done by hand, leaves."""
    sizes = draw.pick([4], [2, 2], [7, 7, 3], [1, 5], [5, 1, 1, 4])
    agree(mine, *problem(draw, sizes))


@draws(1)
def test_two_epochs(mine, draw):
    """Gives the same as the recipe when a second epoch follows the first, with the gradients of the first left over."""
    model, batches = problem(draw, [4, 4, 2])
    agree(mine, model, batches)
    agree(mine, model, batches)


@draws(1)
def test_training_mode(mine, draw):
    """Trains in training mode, also when the model comes in evaluation mode."""
    model, batches = problem(draw, [3, 2])
    model.eval()
    mine.train_epoch(model, batches, lopsided, Descent(model, 0.05))  # a list, for once
    equal(model.modes, [True, True], "the list of model.training at each forward pass")


@draws(1)
def test_no_graph_stays_alive(mine, draw):
    """Lets the graph of each batch go, so that memory does not grow with the number of batches."""
    model, batches = problem(draw, [2] * 10)
    most = 0

    def loader():
        nonlocal most
        for batch in batches:
            yield batch
            most = max(most, sum(graph() is not None for graph in model.graphs))

    mine.train_epoch(model, loader(), lopsided, Descent(model, 0.05))
    holds(most <= 5, "the graphs of past batches are still alive", got="more than half of them", expected="one or two")


def test_no_batches(mine):
    """Returns nan for a loader without batches."""
    model = Model(3, 2)
    got = mine.train_epoch(model, iter([]), lopsided, Descent(model, 0.05))
    holds(type(got) is float and math.isnan(got), "the result is not the float nan", got=got, expected=math.nan)


@draws(2)
def test_other_inputs(mine, draw):
    """Works in float32, with small and with large inputs."""
    model, batches = problem(draw, [5, 3], torch.float32, scale=draw.pick(1e-2, 1.0))
    agree(mine, model, batches, rtol=1e-4, atol=1e-5)
    model, batches = problem(draw, [5, 3], scale=[1e-4, 1e4][draw.index])
    agree(mine, model, batches, lr=1e-10)
