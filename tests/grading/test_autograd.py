"""Gradients across the process border: first and second derivatives, modules, training loops, detached graphs."""

from __future__ import annotations

import pytest
import torch

SOURCE = """
import torch

def softmax(x, dim):
    e = torch.exp(x - x.max(dim, keepdim=True).values)
    return e / e.sum(dim, keepdim=True)

def two(x):
    return x * 2, (x**2).sum()

def detached(x):
    return (x * 2).detach()

def double_in_place(x):
    x.mul_(2)
    return x

def transposed(x):
    return x.T

def calls(f, x):
    return f(x) * 3

def own_backward(x):
    (x**2).sum().backward()

def first_derivative(f, x):
    return torch.autograd.grad(f(x).sum(), x)[0]

class Soft(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, beta):
        ctx.save_for_backward(x)
        ctx.beta = beta
        return torch.log1p(torch.exp(beta * x)) / beta

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        return g * torch.sigmoid(ctx.beta * x), None

class Net(torch.nn.Module):
    def __init__(self, n):
        super().__init__()
        self.fc = torch.nn.Linear(n, 2)
        self.register_buffer("count", torch.zeros(1))
        self.drop = torch.nn.Dropout(0.5)

    def forward(self, x):
        self.count += 1
        return torch.tanh(self.drop(self.fc(x)))

def train_epoch(model, loader, loss_fn, optimizer):
    model.train()
    total, n = 0.0, 0
    for X, y in loader:
        optimizer.zero_grad()
        loss = loss_fn(model(X), y)
        loss.backward()
        optimizer.step()
        total += loss.item() * len(X)
        n += len(X)
    return total / n

def sgd_step(params, lr):
    with torch.no_grad():
        for p in params:
            if p.grad is not None:
                p -= lr * p.grad

def mode():
    return torch.is_grad_enabled(), torch.is_inference_mode_enabled(), torch.get_default_dtype()

class Holder:
    def __init__(self, w):
        self.w = w

    def __call__(self, x):
        return x @ self.w
"""


@pytest.fixture
def mine(talk):
    return talk(SOURCE)


def double(*shape: int) -> torch.Tensor:
    return torch.randn(*shape, dtype=torch.float64, requires_grad=True)


def test_gradcheck_works_on_a_stand_in(mine):
    assert torch.autograd.gradcheck(lambda x: mine.softmax(x, 1), double(3, 4))


def test_second_derivatives(mine):
    assert torch.autograd.gradgradcheck(lambda x: mine.softmax(x, 0), double(2, 3))
    assert torch.autograd.gradgradcheck(lambda x: mine.Soft.apply(x, 2.0), double(2, 3))


def test_several_results_share_one_argument(mine):
    x = double(3)
    doubled, squares = mine.two(x)
    (doubled.sum() + squares).backward()
    assert torch.equal(x.grad, 2 + 2 * x.detach())


def test_the_graph_before_the_call_is_kept(mine):
    x = double(3, 2)
    mine.softmax(x * 5, 1)[:, 0].sum().backward()
    right = x.detach().clone().requires_grad_()
    torch.softmax(right * 5, 1)[:, 0].sum().backward()
    assert torch.allclose(x.grad, right.grad)


def test_a_detached_graph_stays_detached(mine):
    assert not mine.detached(double(3)).requires_grad


def test_an_in_place_result_is_the_argument_with_its_history(mine):
    x = double(3)
    z = x * 1
    y = mine.double_in_place(z)
    assert y is z
    assert z._version == 1
    y.sum().backward()
    assert torch.equal(x.grad, torch.full((3,), 2.0, dtype=torch.float64))


def test_a_leaf_in_place_is_refused_as_torch_refuses_it(mine):
    with pytest.raises(RuntimeError, match="leaf Variable"):
        mine.double_in_place(double(2))


def test_a_view_of_an_argument_comes_back_as_a_view(mine):
    x = double(2, 3)
    y = mine.transposed(x)
    assert y.data_ptr() == x.data_ptr()
    assert y._base is x
    (y * torch.arange(6.0, dtype=torch.float64).reshape(3, 2)).sum().backward()
    assert torch.equal(x.grad, torch.arange(6.0, dtype=torch.float64).reshape(3, 2).T)


def test_a_judges_function_inside_a_learners_function(mine):
    w, x = double(3), double(3)
    mine.calls(lambda t: t * w, x).sum().backward()
    assert torch.allclose(w.grad, 3 * x.detach())
    assert torch.allclose(x.grad, 3 * w.detach())


def test_a_backward_over_there_fills_the_gradient_here(mine):
    x = double(3)
    mine.own_backward(x)
    assert torch.equal(x.grad, 2 * x.detach())


def test_autograd_grad_over_there(mine):
    x = double(3)
    assert torch.allclose(mine.first_derivative(torch.sin, x), torch.cos(x))


def test_a_tensor_kept_by_an_object_gets_its_gradient(mine):
    w, x = double(3, 2), double(4, 3)
    mine.Holder(w)(x).sum().backward()
    assert torch.allclose(w.grad, x.detach().sum(0)[:, None].expand(3, 2))
    assert torch.allclose(x.grad, w.detach().sum(1).expand(4, 3))


def test_a_learners_module_trains_with_a_judges_optimizer(mine):
    net = mine.Net(3).eval()
    ours = torch.nn.Linear(3, 2)
    with torch.no_grad():
        ours.weight.copy_(net.fc.weight)
        ours.bias.copy_(net.fc.bias)
    assert [name for name, _ in net.named_parameters()] == ["fc.weight", "fc.bias"]
    assert all(a is b for a, b in zip(net.parameters(), net.parameters(), strict=True))
    optimizers = torch.optim.Adam(net.parameters()), torch.optim.Adam(ours.parameters())
    x = torch.randn(5, 3)
    for _ in range(3):
        for optimizer, model in zip(optimizers, (net, lambda x: torch.tanh(ours(x))), strict=True):
            optimizer.zero_grad()
            model(x).pow(2).sum().backward()
            optimizer.step()
    assert torch.allclose(net.fc.weight, ours.weight)
    assert torch.allclose(net.state_dict()["fc.bias"], ours.bias)
    assert net.count.item() == 3


def test_state_dict_and_modes(mine):
    net, ours = mine.Net(3), torch.nn.Linear(3, 2)
    net.load_state_dict({"fc.weight": ours.weight, "fc.bias": ours.bias, "count": torch.zeros(1)})
    x = torch.randn(4, 3)
    net.eval()
    assert net.training is False
    assert torch.allclose(net(x), torch.tanh(ours(x)))
    net.train()
    assert net.training is True
    assert not torch.allclose(net(x), torch.tanh(ours(x)))
    net.zero_grad()


@pytest.mark.parametrize("as_generator", [False, True])
def test_a_training_epoch_with_the_judges_module_loader_and_optimizer(mine, as_generator):
    def setup():
        torch.manual_seed(0)
        model = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.ReLU(), torch.nn.Linear(4, 1)).double()
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
        data = [(torch.randn(n, 3).double(), torch.randn(n, 1).double()) for n in (7, 7, 3)]
        return model.eval(), data, torch.nn.functional.mse_loss, optimizer

    right, wrong = setup(), setup()
    reference: dict = {}
    exec(SOURCE, reference)
    expected = reference["train_epoch"](*right)
    model, data, loss, optimizer = wrong
    got = mine.train_epoch(model, (pair for pair in data) if as_generator else data, loss, optimizer)
    assert got == pytest.approx(expected, rel=1e-12)
    assert model.training
    for a, b in zip(right[0].parameters(), model.parameters(), strict=True):
        assert torch.allclose(a, b, rtol=1e-12)
        assert torch.allclose(a.grad, b.grad, rtol=1e-12)


def test_parameters_are_updated_in_place(mine):
    params = [torch.nn.Parameter(torch.ones(2)) for _ in range(2)]
    params[0].grad = torch.full((2,), 2.0)
    before = [p.data_ptr() for p in params]
    mine.sgd_step((p for p in params), 0.25)
    assert [p.tolist() for p in params] == [[0.5, 0.5], [1.0, 1.0]]
    assert [p._version for p in params] == [1, 0]
    assert [p.data_ptr() for p in params] == before
    assert params[0].grad.tolist() == [2.0, 2.0]
    assert all(p.is_leaf and p.requires_grad for p in params)


def test_the_callers_modes_hold_over_there(mine):
    assert mine.mode() == (True, False, torch.float32)
    with torch.no_grad():
        assert mine.mode() == (False, False, torch.float32)
        assert not mine.softmax(double(2, 2), 0).requires_grad
    with torch.inference_mode():
        assert mine.mode() == (False, True, torch.float32)
        assert mine.softmax(torch.ones(2, 2), 0).is_inference()


def test_nothing_is_kept_when_nothing_is_used(mine):
    for _ in range(5):
        x = double(3, 2)
        mine.softmax(x, 1).sum().backward()
    del x
    for _ in range(4):  # a chain of things that held each other takes a few messages to be let go
        mine.mode()
    near, far = mine.host.peer.exchange, mine.far.peer.exchange
    # What died since the last message is told with the next one.
    assert not [twin for side in (near, far) for twin in side.twins.by_id.values() if twin.get() is not None]
    assert not far.twins.graphs.holds
    assert not far.handles.given.keys() - {mine.softmax.__tutor_number__(), mine.mode.__tutor_number__()}


PARTS = """
import torch

class Outer(torch.nn.Module):
    def __init__(self, part):
        super().__init__()
        self.fc = torch.nn.Linear(3, 2)
        self.part = part
        self.rest = torch.nn.Sequential(torch.nn.ReLU(), part)

    def forward(self, x):
        return self.part(torch.relu(self.fc(x)))

def step(model, x):
    optimizer = torch.optim.SGD(model.parameters(), 0.1)
    model(x).square().sum().backward()
    optimizer.step()
"""


class Part(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.norm = torch.nn.BatchNorm1d(2)
        self.lin = torch.nn.Linear(2, 2)
        self.register_buffer("shift", torch.ones(2), persistent=False)

    def forward(self, x):
        return self.lin(self.norm(x)) + self.shift


def test_a_lent_module_is_a_part_of_the_learners(talk):
    """An earlier exercise's layer that has not passed yet is lent; the learner's module is built with it."""
    program: dict[str, object] = {}
    exec(PARTS, program)
    part, twin = Part(), Part()
    theirs, ours = talk(PARTS).Outer(part), program["Outer"](twin)
    assert list(theirs.state_dict()) == list(ours.state_dict())
    for names in ("named_parameters", "named_buffers", "named_modules"):
        assert [name for name, _ in getattr(theirs, names)()] == [name for name, _ in getattr(ours, names)()]
    for _ in range(2):
        ours(torch.randn(4, 3))  # running averages of its own
    theirs.load_state_dict(ours.state_dict())
    assert torch.equal(part.norm.running_var, twin.norm.running_var)
    theirs.double()
    ours.double()
    x = torch.randn(5, 3, dtype=torch.float64)
    for model in (theirs, ours):
        model(x).square().sum().backward()
        torch.optim.SGD(list(model.parameters()), 0.1).step()
        model.eval()
    assert not part.norm.training
    assert torch.allclose(theirs(x), ours(x))
    assert all(
        torch.allclose(p, q) for p, q in zip(part.state_dict().values(), twin.state_dict().values(), strict=True)
    )


def test_a_learners_optimizer_steps_a_lent_part(talk):
    program: dict[str, object] = {}
    exec(PARTS, program)
    part, twin = Part(), Part()
    part.load_state_dict(twin.state_dict())
    mine, x = talk(PARTS), torch.randn(5, 3)
    theirs, ours = mine.Outer(part), program["Outer"](twin)
    theirs.load_state_dict(ours.state_dict())
    mine.step(theirs, x)
    program["step"](ours, x)
    assert torch.allclose(part.lin.weight, twin.lin.weight)
    assert torch.allclose(part.norm.running_mean, twin.norm.running_mean)


class Descent:
    """An optimizer as a solution of the course writes one; its module's name makes it such."""

    __module__ = "tutor_course_descent"

    def __init__(self, params):
        self.param_groups = [{"params": list(params), "lr": 1.0}]

    def step(self):
        for p in self.param_groups[0]["params"]:
            p.data -= self.param_groups[0]["lr"] * p.grad


def test_the_groups_of_a_lent_solutions_optimizer_can_be_set(talk):
    mine = talk("def slowly(optimizer):\n    optimizer.param_groups[0]['lr'] = 0.25\n    optimizer.step()\n")
    p = torch.ones(2, requires_grad=True)
    p.sum().backward()
    optimizer = Descent([p])
    mine.slowly(optimizer)
    assert optimizer.param_groups[0]["lr"] == 0.25
    assert torch.equal(p.detach(), torch.full((2,), 0.75))


AROUND = """
def residual(f, x):
    return x + f(2 * x)

def stacked(f, x):
    for _ in range(3):
        x = x + f(x.tanh())
    return x

def recurrent(f, h, memory):
    out = []
    for x in memory.unbind(0):
        h = (h + f(h, memory) * x).tanh()
        out.append(h)
    return sum(out), h
"""


def bent(x):
    return x.sin() * x


def read(h, memory):
    return (memory @ h).softmax(0) @ memory


@pytest.mark.parametrize("name", ["residual", "stacked"])
def test_a_way_around_a_lent_part_is_counted_once(talk, name):
    """The learner's result depends on a lent part's result, and on what went into it besides."""
    program: dict[str, object] = {}
    exec(AROUND, program)
    x = torch.randn(4, dtype=torch.float64, requires_grad=True)
    theirs, ours = getattr(talk(AROUND), name)(bent, x), program[name](bent, x)
    first, wanted = (torch.autograd.grad((y**2).sum(), x, create_graph=True)[0] for y in (theirs, ours))
    assert torch.allclose(first, wanted)
    second, wanted = (torch.autograd.grad(g.sum(), x)[0] for g in (first, wanted))
    assert torch.allclose(second, wanted)


def test_a_loop_over_a_lent_part_is_counted_once(talk):
    """Attention in a recurrent network: state and memory go into the lent part, and around it."""
    program: dict[str, object] = {}
    exec(AROUND, program)
    h = torch.randn(3, dtype=torch.float64, requires_grad=True)
    memory = torch.randn(4, 3, dtype=torch.float64, requires_grad=True)
    theirs, ours = talk(AROUND).recurrent(read, h, memory), program["recurrent"](read, h, memory)
    found, wanted = (torch.autograd.grad((y**2).sum() + z.sum(), (h, memory)) for y, z in (theirs, ours))
    assert all(torch.allclose(f, w) for f, w in zip(found, wanted, strict=True))


def test_a_layer_that_was_passed_passes_for_its_kind_and_can_be_copied(talk):
    mine = talk("""
        import copy
        import torch
        def kinds(layer):
            return tuple(isinstance(layer, getattr(torch.nn, name)) for name in ("Linear", "Conv2d", "Module"))
        def copied(layer):
            twin = copy.deepcopy(layer)
            with torch.no_grad():
                twin.weight.zero_()
            net = torch.nn.Sequential(twin, torch.nn.ReLU())
            return kinds(twin), twin.out_features, twin.weight.abs().sum().item(), len(list(net.parameters()))
    """)

    class Block(torch.nn.Module):
        pass

    layer = torch.nn.Linear(3, 2)
    before = layer.weight.detach().clone()
    assert mine.kinds(layer) == (True, False, True)
    assert mine.kinds(Block()) == (False, False, True)
    assert mine.copied(layer) == ((True, False, True), 2, 0.0, 2)
    assert torch.equal(layer.weight, before)
