"""Checks of lenet: the learner's network gets drawn weights and is compared with the layers written out."""

from __future__ import annotations

import torch
import torch.nn.functional as F

from tutor.checks import draws, equal, holds, raises, same

ACTIVATIONS = {"sigmoid": torch.sigmoid, "tanh": torch.tanh, "relu": torch.relu}
POOLS = {"avg": F.avg_pool2d, "max": F.max_pool2d}


def shapes(in_channels, num_classes):
    """Of the ten parameters, in order: weight, bias, weight, …"""
    weights = [(6, in_channels, 5, 5), (16, 6, 5, 5), (120, 400), (84, 120), (num_classes, 84)]
    return [shape for weight in weights for shape in (weight, weight[:1])]


def drawn(draw, in_channels, num_classes):
    """Ten parameters with which no activation saturates and no layer dies."""
    sizes = shapes(in_channels, num_classes)
    fans = [max(1, torch.Size(shape[1:]).numel()) for shape in sizes]
    return [draw.tensor(s, 1.5 * f**-0.5, requires_grad=False) for s, f in zip(sizes, fans, strict=True)]


def reference(activation, pool):
    act, shrink = ACTIVATIONS[activation], POOLS[pool]

    def forward(x, weights):
        w1, b1, w2, b2, w3, b3, w4, b4, w5, b5 = weights
        h = shrink(act(F.conv2d(x, w1, b1, padding=2)), 2)
        h = shrink(act(F.conv2d(h, w2, b2)), 2)
        h = act(F.linear(h.reshape(len(x), 400), w3, b3))
        return F.linear(act(F.linear(h, w4, b4)), w5, b5)

    return forward


def made(net):
    """The network, if there is one."""
    holds(net is not None, "build_lenet returned None", got=net, expected="an nn.Sequential")
    return net


def loaded(net, weights):
    """The network with these parameters, copied in order, in their place and precision."""
    made(net).to(weights[0])
    names = list(net.state_dict())
    holds(
        len(names) == len(weights),
        "the network does not hold ten arrays of parameters",
        got=", ".join(names),
        expected="a weight and a bias for each of five layers",
    )
    net.load_state_dict(dict(zip(names, weights, strict=True)))
    return net


def check_shapes(net, in_channels, num_classes):
    got = [tuple(p.shape) for p in made(net).state_dict().values()]
    equal(
        got,
        shapes(in_channels, num_classes),
        "the list of parameter shapes",
        input={"in_channels": in_channels, "num_classes": num_classes},
    )


def forward(make, *args, **options):
    """A function from (x, weights) to the logits of a network made with these options."""

    def logits(x, weights):
        return loaded(make(*args, **options), weights)(x)

    shown = [repr(a) for a in args] + [f"{k}={v!r}" for k, v in options.items()]
    logits.__name__ = f"build_lenet({', '.join(shown)})"
    return logits


def test_parameters(mine):
    """Has ten arrays of parameters with the shapes of the table, 61 706 numbers."""
    check_shapes(mine.build_lenet(), 1, 10)


@draws(6)
def test_each_activation_and_pooling(mine, draw):
    """Gives the logits and input gradients of the table, with each activation and each pooling."""
    activation, pool = draw.pick("sigmoid", "relu", "tanh"), draw.pick("avg", "max")
    x = draw.tensor((2, 1, 28, 28))
    make = forward(mine.build_lenet, activation=activation, pool=pool)
    same(make, reference(activation, pool), x, drawn(draw, 1, 10))


def test_defaults(mine):
    """Without options it is the classic: sigmoid and average pooling."""
    generator = torch.Generator().manual_seed(0)
    x = torch.randn(2, 1, 28, 28, generator=generator, dtype=torch.float64)
    weights = [torch.randn(s, generator=generator, dtype=torch.float64) * 0.2 for s in shapes(1, 10)]
    same(forward(mine.build_lenet), reference("sigmoid", "avg"), x, weights, dtypes=("float64",))


@draws(4)
def test_channels_and_classes(mine, draw):
    """Takes any number of channels and classes, and any batch: one image, or images laid out in another order."""
    in_channels, num_classes = draw.pick((3, 2), (1, 100), (4, 1), (2, 3))
    check_shapes(mine.build_lenet(in_channels, num_classes), in_channels, num_classes)
    x = draw.layout(draw.tensor((draw.pick(1, 3), in_channels, 28, 28)))
    options = ("relu", "max")
    weights = drawn(draw, in_channels, num_classes)
    same(forward(mine.build_lenet, in_channels, num_classes, *options), reference(*options), x, weights)


@draws(2)
def test_parameter_gradients(mine, draw):
    """Sends a gradient to every weight and every bias."""
    activation, pool = draw.pick(("tanh", "avg"), ("relu", "max"))

    def trained(x, weights):
        net = loaded(mine.build_lenet(1, 10, activation, pool), weights)
        (net(x) ** 2).sum().backward()
        return [p.grad for p in net.state_dict(keep_vars=True).values()]

    def right(x, weights):
        for weight in weights:
            weight.requires_grad_()
        return list(torch.autograd.grad((reference(activation, pool)(x, weights) ** 2).sum(), weights))

    x = draw.tensor((2, 1, 28, 28), requires_grad=False)
    same(
        trained, right, x, drawn(draw, 1, 10), dtypes=("float64",), note="the gradients, in the order of the parameters"
    )


@draws(3)
def test_start(mine, draw):
    """Starts with Xavier-uniform weights and with zero biases, whatever the activation is."""
    in_channels, num_classes, activation = draw.pick((1, 10, "sigmoid"), (3, 7, "relu"), (2, 5, "tanh"))
    state = made(mine.build_lenet(in_channels, num_classes, activation)).state_dict()
    starts = {name: start(value) for name, value in state.items()}
    wanted = {name: "0" if value.ndim == 1 else "uniform up to √(6 / (n_in + n_out))" for name, value in state.items()}
    holds(starts == wanted, "not every parameter starts as it should", got=starts, expected=wanted)


def start(values):
    """In words, so that they are the same in every run; right code is called wrong less than once in a million runs."""
    if not bool(values.any()):
        return "0"
    if values.ndim == 1:
        return "not 0"
    field = torch.Size(values.shape[2:]).numel()
    n_in, n_out = values.shape[1] * field, values.shape[0] * field
    bound = (6 / (n_in + n_out)) ** 0.5
    most = float(values.abs().max())
    if most > bound * (1 + 1e-6):
        # of the largest square the mean is a third for uniform numbers, and far less for normal ones
        spread = "uniform" if float(values.square().mean()) > 0.22 * most**2 else "not uniform"
        times = "more than 4.8" if most > 4.8 * bound else "more than 1"
        return f"{spread}, up to {times} times √(6 / (n_in + n_out)) = {bound:.3g}"
    if most < 0.9 * bound:  # of 150 uniform numbers all are below with a chance of 1e-7
        return f"far below √(6 / (n_in + n_out)) = {bound:.3g}"
    # 0.298 is the spread of the square of a number that is uniform in ±1; 6 of its standard errors
    even = abs(float((values / bound).square().mean()) - 1 / 3) < 6 * 0.298 / values.numel() ** 0.5
    return "uniform up to √(6 / (n_in + n_out))" if even else "within √(6 / (n_in + n_out)), but not uniform"


def test_two_networks_differ(mine):
    """Draws new weights for every network, from PyTorch's global generator."""
    torch.manual_seed(1)
    first, second = (made(mine.build_lenet()).state_dict() for _ in range(2))
    torch.manual_seed(1)
    again = mine.build_lenet().state_dict()
    name = next(iter(first))
    holds(
        not torch.equal(first[name], second[name]),
        "two networks start with the same weights",
        got="equal weights",
        expected="different ones",
    )
    holds(
        torch.equal(first[name], again[name]),
        "the same torch.manual_seed gives other weights",
        got="different weights",
        expected="equal ones",
    )


def test_zeros(mine):
    """An image of zeros gives finite logits."""
    for activation in ACTIVATIONS:
        logits = mine.build_lenet(activation=activation)(torch.zeros(1, 1, 28, 28))
        holds(
            bool(torch.isfinite(logits).all()),
            "the logits are not finite",
            got=logits.detach(),
            input={"activation": activation},
        )


@draws(6)
def test_unknown_names(mine, draw):
    """Raises ValueError for an activation or a pooling it does not know, when the network is built."""
    options = draw.pick(
        ("ReLU", "avg"), ("sigmoid", "mean"), ("softmax", "max"), ("relu", "average"), ("", "avg"), ("tanh", "Max")
    )
    raises(ValueError, building(mine), *options, because="there is no such activation or pooling")


def building(mine):
    """Says only that a network was built: two networks are never equal."""

    def build_lenet(activation, pool):
        mine.build_lenet(1, 10, activation, pool)
        return "a network"

    return build_lenet
