"""Checks of residual-blocks: each block is loaded with drawn weights and compared with its formula written out."""

from __future__ import annotations

import torch
import torch.nn.functional as F

from tutor.checks import close, draws, equal, holds, same

# --- the formulas, on a dict of weights -----------------------------------------------------------------------------


def norm(x, weights, name, training):
    """Batch normalisation; the running statistics in `weights` move in training, as the module's do."""
    p = {part: weights[f"{name}.{part}"] for part in ("running_mean", "running_var", "weight", "bias")}
    return F.batch_norm(x, p["running_mean"], p["running_var"], p["weight"], p["bias"], training)


def shortcut(x, weights, stride, training):
    if "downsample.0.weight" not in weights:
        return x
    return norm(F.conv2d(x, weights["downsample.0.weight"], stride=stride), weights, "downsample.1", training)


def basic(x, weights, stride, training):
    out = norm(F.conv2d(x, weights["conv1.weight"], stride=stride, padding=1), weights, "bn1", training)
    out = norm(F.conv2d(torch.relu(out), weights["conv2.weight"], padding=1), weights, "bn2", training)
    return torch.relu(out + shortcut(x, weights, stride, training))


def bottleneck(x, weights, stride, training):
    out = norm(F.conv2d(x, weights["conv1.weight"]), weights, "bn1", training)
    out = norm(F.conv2d(torch.relu(out), weights["conv2.weight"], stride=stride, padding=1), weights, "bn2", training)
    out = norm(F.conv2d(torch.relu(out), weights["conv3.weight"]), weights, "bn3", training)
    return torch.relu(out + shortcut(x, weights, stride, training))


def highway(x, weights, *_):
    h = torch.relu(F.linear(x, weights["transform.weight"], weights["transform.bias"]))
    t = torch.sigmoid(F.linear(x, weights["gate.weight"], weights["gate.bias"]))
    return h * t + x * (1 - t)


# --- names and shapes of the weights --------------------------------------------------------------------------------


def norm_shapes(name, channels):
    return {f"{name}.{part}": (channels,) for part in ("weight", "bias", "running_mean", "running_var")}


def block_shapes(channels, kernels, stride):
    """Of a block with convolutions from each number of channels to the next one."""
    shapes = {}
    for i, k in enumerate(kernels):
        shapes |= {f"conv{i + 1}.weight": (channels[i + 1], channels[i], k, k)}
        shapes |= norm_shapes(f"bn{i + 1}", channels[i + 1])
    if stride != 1 or channels[0] != channels[-1]:
        shapes |= {"downsample.0.weight": (channels[-1], channels[0], 1, 1)}
        shapes |= norm_shapes("downsample.1", channels[-1])
    return shapes


def basic_shapes(c_in, c_out, stride):
    return block_shapes((c_in, c_out, c_out), (3, 3), stride)


def bottleneck_shapes(c_in, c_mid, stride, expansion):
    return block_shapes((c_in, c_mid, c_mid, c_mid * expansion), (1, 3, 1), stride)


def highway_shapes(dim):
    return {f"{part}.{kind}": (dim,) * n for part in ("transform", "gate") for kind, n in (("weight", 2), ("bias", 1))}


def drawn(draw, shapes):
    """Weights of these shapes: nothing is 0 or 1, variances are positive."""
    weights = {}
    for name, shape in shapes.items():
        fan = max(1, torch.Size(shape[1:]).numel())
        values = draw.tensor(shape, fan**-0.5, requires_grad=False)
        if name.endswith("running_var"):
            values = values.abs() + 0.5
        elif name.endswith("weight") and len(shape) == 1:
            values = values * 0.3 + 1
        weights[name] = values
    return weights


# --- the learner's modules ------------------------------------------------------------------------------------------


def state_of(block):
    """Everything a block would save, without the counters of batches, which MyBatchNorm2d may do without."""
    return {name: value for name, value in block.state_dict().items() if not name.endswith("num_batches_tracked")}


def check_parts(block, wanted, call):
    """Names and shapes of everything the block would save."""
    got = {name: tuple(value.shape) for name, value in state_of(block).items()}
    missing, extra = [n for n in wanted if n not in got], [n for n in got if n not in wanted]
    if missing or extra:
        wrong = f"has no {' and no '.join(missing[:2])}" if missing else f"has {' and '.join(extra[:2])}: too much"
        parts = {"saved": ", ".join(got), "called": what_it_does(block, wanted)}
        holds(False, f"{call} {wrong}", got=parts, expected=", ".join(wanted))
    equal(got, wanted, f"the shapes of the weights of {call}")


def what_it_does(block, shapes):
    """In words: two blocks that lack the same part may lack it for different reasons."""
    images = "conv1.weight" in shapes
    try:
        y = block(torch.ones(2, shapes["conv1.weight"][1], 4, 4) if images else torch.ones(shapes["gate.bias"]))
    except (RuntimeError, TypeError, ValueError, AttributeError) as error:
        return f"raises {type(error).__name__}"
    return f"gives the shape {tuple(y.shape)}"


def loaded(block, weights, x, training):
    """The block with these weights, in the place and precision of x."""
    block.to(x)
    block.load_state_dict(weights, strict=False)
    return block.train(training)


def output(cls, *sizes):
    """A function from (x, weights, training) to what a fresh block with these weights gives."""

    def forward(x, weights, training):
        return loaded(cls(*sizes), weights, x, training)(x)

    forward.__name__ = f"{cls.__name__}({', '.join(map(str, sizes))})"  # so that a finding shows the call
    return forward


def formula(block, stride=1):
    return lambda x, weights, training: block(x, weights, stride, training)


def image(draw, training, channels=None):
    """(N, C, H, W), no two of them equal; a batch of one only in evaluation, where its statistics do not count."""
    n, c, h, w = draw.shape(4, 2 if training else 1, 6)
    return draw.layout(draw.tensor((n, channels or c, h, w)))


@draws(5)
def test_basic_parts(mine, draw):
    """BasicBlock has the parts of the task: no bias in a convolution, a projection only where shapes change."""
    sizes = draw.pick((2, 2, 1), (2, 3, 1), (3, 3, 2), (2, 4, 2), (4, 2, 1))
    check_parts(mine.BasicBlock(*sizes), basic_shapes(*sizes), f"BasicBlock{sizes}")


@draws(12)
def test_basic_block(mine, draw):
    """BasicBlock gives the numbers and input gradients of its formula, in training and in evaluation."""
    training, stride = draw.bool(), draw.pick(1, 2)
    x = image(draw, training)
    c_in = x.shape[1]
    c_out = draw.pick(c_in, c_in + 1)
    weights = drawn(draw, basic_shapes(c_in, c_out, stride))
    same(output(mine.BasicBlock, c_in, c_out, stride), formula(basic, stride), x, weights, training)


@draws(5)
def test_bottleneck_parts(mine, draw):
    """Bottleneck has the parts of the task: c_in, c_mid, c_mid, then c_mid * expansion channels."""
    sizes = draw.pick((2, 3, 1, 4), (8, 2, 1, 4), (6, 3, 2, 2), (6, 3, 1, 2), (2, 1, 2, 3))
    check_parts(mine.Bottleneck(*sizes), bottleneck_shapes(*sizes), f"Bottleneck{sizes}")


@draws(12)
def test_bottleneck(mine, draw):
    """Bottleneck gives the numbers and input gradients of its formula, in training and in evaluation."""
    training, stride = draw.bool(), draw.pick(1, 2)
    c_mid, expansion = draw.pick((2, 4), (3, 2))
    c_in = draw.pick(c_mid * expansion, 3)
    x = image(draw, training, c_in)
    weights = drawn(draw, bottleneck_shapes(c_in, c_mid, stride, expansion))
    same(output(mine.Bottleneck, c_in, c_mid, stride, expansion), formula(bottleneck, stride), x, weights, training)


@draws(8)
def test_highway(mine, draw):
    """Highway gives the numbers and input gradients of its formula, for any number of leading axes."""
    shape = draw.shape((1, 3), 1, 5)
    weights = drawn(draw, highway_shapes(shape[-1]))
    same(output(mine.Highway, shape[-1]), formula(highway), draw.layout(draw.tensor(shape, 2)), weights, True)


def test_defaults(mine):
    """Called with the channels alone, blocks keep the size, a bottleneck has four times c_mid channels."""
    check_parts(mine.BasicBlock(2, 2), basic_shapes(2, 2, 1), "BasicBlock(2, 2)")
    check_parts(mine.Bottleneck(8, 2), bottleneck_shapes(8, 2, 1, 4), "Bottleneck(8, 2)")
    x = torch.ones(2, 2, 3, 5)
    equal(tuple(mine.BasicBlock(2, 2)(x).shape), (2, 2, 3, 5), "the shape of BasicBlock(2, 2)(x)")
    equal(tuple(mine.Bottleneck(2, 1)(x).shape), (2, 4, 3, 5), "the shape of Bottleneck(2, 1)(x)")


@draws(4)
def test_fresh_highway(mine, draw):
    """A fresh Highway has two linear layers; every bias of the gate is carry_bias, which is -2 unless given."""
    dim, bias = draw.pick((3, None), (2, -1.0), (4, 1.5), (5, -3.0))
    layer = mine.Highway(dim) if bias is None else mine.Highway(dim, bias)
    call = f"Highway({dim}{'' if bias is None else f', {bias}'})"
    check_parts(layer, highway_shapes(dim), call)
    starts = {name: start(value) for name, value in state_of(layer).items()}
    wanted = dict.fromkeys(starts, "random numbers") | {"gate.bias": f"{-2.0 if bias is None else bias} everywhere"}
    equal(starts, wanted, f"the dict of starting values of {call}")


def start(values):
    """In words, so that they are the same in every run."""
    first = float(values.flatten()[0])
    if bool((values == first).all()):
        return f"{first} everywhere"
    scale = values.shape[-1] ** -0.5  # nn.Linear draws from ± this
    return "random numbers" if bool((values.abs() <= 1.001 * scale).all()) else "random numbers, too large"


@draws(2)
def test_closed_gate(mine, draw):
    """With carry_bias = -1e9 the Highway layer returns x, with +1e9 the transformed x."""
    bias = draw.pick(-1e9, 1e9)
    x = draw.tensor((3, 4), requires_grad=False)
    layer = mine.Highway(4, bias)
    layer.to(x)
    state = state_of(layer)
    wanted = x if bias < 0 else torch.relu(F.linear(x, state["transform.weight"], state["transform.bias"]))
    close(layer(x).detach(), wanted.detach(), f"Highway(4, {bias:.0e})(x)", input={"x": x})


def trained(cls, *sizes):
    """A function to every gradient and every running statistic after one forward and backward pass in training."""

    def backward(x, weights):
        block = loaded(cls(*sizes), weights, x, True)
        (block(x) ** 2).sum().backward()
        state = {name: value for name, value in block.state_dict(keep_vars=True).items() if name in weights}
        grads = {f"gradient of {name}": value.grad for name, value in state.items() if "running" not in name}
        return {**grads, **{name: value.detach() for name, value in state.items() if "running" in name}}

    backward.__name__ = f"{cls.__name__}({', '.join(map(str, sizes))})"
    return backward


def trained_reference(block, stride):
    def backward(x, weights):
        for name, value in weights.items():
            value.requires_grad_("running" not in name)
        (block(x, weights, stride, True) ** 2).sum().backward()
        grads = {f"gradient of {name}": value.grad for name, value in weights.items() if "running" not in name}
        return {**grads, **{name: value for name, value in weights.items() if "running" in name}}

    return backward


@draws(6)
def test_training(mine, draw):
    """In training every weight gets its gradient, and the running statistics move as BatchNorm2d moves them."""
    stride = draw.pick(1, 2)
    cls, block, sizes, shapes = draw.pick(
        (mine.BasicBlock, basic, (3, 3, stride), basic_shapes),
        (mine.Bottleneck, bottleneck, (4, 2, stride, 2), bottleneck_shapes),
        (mine.Highway, highway, (3,), highway_shapes),
    )
    x = draw.tensor((2, 3) if block is highway else (4, sizes[0], 3, 5), requires_grad=False)
    same(trained(cls, *sizes), trained_reference(block, stride), x, drawn(draw, shapes(*sizes)), may_alias=True)


@draws(3)
def test_evaluation(mine, draw):
    """In evaluation the running statistics stay as they are, and x stays as it is."""
    cls, sizes, shapes = draw.pick(
        (mine.BasicBlock, (2, 2, 1), basic_shapes),
        (mine.Bottleneck, (4, 2, 1, 2), bottleneck_shapes),
        (mine.BasicBlock, (2, 3, 2), basic_shapes),
    )
    x = draw.tensor((2, sizes[0], 3, 4), requires_grad=False)
    weights, before = drawn(draw, shapes(*sizes)), x.clone()
    block = loaded(cls(*sizes), weights, x, False)
    block(x)
    after = {name: value for name, value in state_of(block).items() if "running" in name}
    equal(after, {name: weights[name] for name in after}, "the dict of running statistics after a call in evaluation")
    equal(x, before, "x after the call")


@draws(2)
def test_identity_path(mine, draw):
    """With the last scale at 0 a block is relu(x), and the gradient reaches x all the same."""
    cls, sizes, shapes, last = draw.pick(
        (mine.BasicBlock, (2, 2, 1), basic_shapes, "bn2"), (mine.Bottleneck, (4, 2, 1, 2), bottleneck_shapes, "bn3")
    )
    weights = drawn(draw, shapes(*sizes))
    weights |= {f"{last}.{part}": torch.zeros_like(weights[f"{last}.{part}"]) for part in ("weight", "bias")}
    same(output(cls, *sizes), lambda x, *_: torch.relu(x), draw.tensor((2, sizes[0], 3, 4)), weights, True)
