"""Checks of batchnorm2d-module: what it computes, what it remembers, and that torch.nn.BatchNorm2d can load its state."""

import copy

import torch

from tutor.checks import close, draws, equal, holds, raises, same

SHAPES = ((2, 3, 1, 2), (4, 2, 3, 5), (1, 3, 4, 2), (3, 1, 2, 2), (5, 4, 1, 1), (5, 2, 4, 3))


def reference(draw, channels, dtype=torch.float64, **options):
    """PyTorch's layer in training mode, as if it had been trained for a while."""
    layer = torch.nn.BatchNorm2d(channels, **options).to(dtype)
    with torch.no_grad():
        for tensor in (layer.weight, layer.bias, layer.running_mean):
            if tensor is not None:
                tensor.copy_(draw.tensor(channels, requires_grad=False))
        layer.running_var.copy_(0.3 + draw.tensor(channels, requires_grad=False) ** 2)
        layer.num_batches_tracked.fill_(draw.int(0, 5))
    return layer.to(draw.device)


def twin(mine, layer, **options):
    """The learner's layer in the same state."""
    own = mine.MyBatchNorm2d(layer.num_features, **options).to(layer.running_mean.device, layer.running_mean.dtype)
    own.load_state_dict(layer.state_dict())
    return own.train(layer.training)


def images(draw, shape=None, scale=1.0, dtype=torch.float64):
    """Channels with means and spreads of their own."""
    shape = shape or draw.pick(*SHAPES)
    x = draw.tensor(shape, scale, dtype, requires_grad=False)
    steps = torch.arange(1, shape[1] + 1, dtype=dtype, device=x.device).reshape(-1, 1, 1)
    return x * steps + scale * steps


def outputs(mine, layer, **options):
    """Two functions of x, each on a fresh copy of the layer: theirs and PyTorch's."""

    def forward(x):
        return twin(mine, copy.deepcopy(layer).to(x.dtype), **options)(x)

    def torch_forward(x):
        return copy.deepcopy(layer).to(x.dtype)(x)

    return forward, torch_forward


def states_agree(own, layer, what, x, rtol=None):
    """The same buffers, and no graph behind them."""
    for name, wanted in layer.named_buffers():
        got = getattr(own, name, None)
        holds(isinstance(got, torch.Tensor), f"{name} is no tensor", got=got, expected=wanted)
        holds(not got.requires_grad, f"{name} hangs on to the graph of the batch", got=got, expected=wanted)
        close(got, wanted, f"{name} {what}", rtol, input={"x": x})


def test_state(mine):
    """Has the parameters and buffers of torch.nn.BatchNorm2d: their names, shapes, dtypes and first values."""
    own, layer = mine.MyBatchNorm2d(3), torch.nn.BatchNorm2d(3)
    equal(dict(own.state_dict()), dict(layer.state_dict()), "the dictionary of the state")
    for kind in ("parameters", "buffers"):
        got = sorted(name for name, _ in getattr(own, f"named_{kind}")())
        equal(got, sorted(name for name, _ in getattr(layer, f"named_{kind}")()), f"the list of the {kind}")


@draws(12)
def test_training(mine, draw):
    """In training mode normalises each channel over N, H and W, and lets the gradient of x through the statistics."""
    layer = reference(draw, (x := images(draw)).shape[1])
    same(*outputs(mine, layer), draw.layout(x).requires_grad_())


@draws(12)
def test_evaluation(mine, draw):
    """In evaluation mode normalises with the running mean and variance."""
    layer = reference(draw, (x := images(draw)).shape[1]).eval()
    same(*outputs(mine, layer), draw.layout(x).requires_grad_())


@draws(6)
def test_parameters_learn(mine, draw):
    """weight and bias get the gradients that PyTorch's get, in training and in evaluation mode."""
    x = images(draw)
    layer = reference(draw, x.shape[1]).train(draw.bool())
    own, up = twin(mine, layer), draw.tensor(x.shape, requires_grad=False)
    (own(x) * up).sum().backward()
    (layer(x) * up).sum().backward()
    for name in ("weight", "bias"):
        close(getattr(own, name).grad, getattr(layer, name).grad, f"the gradient of {name}", 1e-8, input={"x": x})


@draws(8)
def test_running_averages(mine, draw):
    """After each of three training batches all buffers are those of PyTorch; an evaluation leaves them as they are."""
    momentum = draw.pick(0.1, 0.3, 1.0, 0.0)
    layer = reference(draw, 3, momentum=momentum)
    own = twin(mine, layer, momentum=momentum)
    for number, shape in enumerate(((2, 3, 1, 2), (1, 3, 2, 2), (4, 3, 1, 1))):
        x = images(draw, shape).requires_grad_()
        own(x), layer(x)
        states_agree(own, layer, f"after {number + 1} batches", x)
    own.eval(), layer.eval()
    x = images(draw, (2, 3, 2, 2), scale=5)
    own(x), layer(x)
    states_agree(own, layer, "after an evaluation", x)
    own.train(), layer.train()
    own(x), layer(x)
    states_agree(own, layer, "after training went on", x)


@draws(3)
def test_cumulative_average(mine, draw):
    """With momentum=None every batch so far counts alike."""
    layer = torch.nn.BatchNorm2d(2, momentum=None, dtype=torch.float64, device=draw.device)
    own = twin(mine, layer, momentum=None)
    for number in range(3):
        x = images(draw, (3, 2, 2, 1))
        own(x), layer(x)
        states_agree(own, layer, f"after {number + 1} batches", x, rtol=1e-6)  # 1 / tensor(3) is a float32 third


@draws(4)
def test_options(mine, draw):
    """Uses eps, and with affine=False neither scales nor shifts: weight and bias are None."""
    options = {"eps": draw.pick(0.5, 1e-3), "affine": draw.bool()}
    layer = reference(draw, 3, **options).train(draw.index % 3 > 0)
    own = twin(mine, layer, **options)
    if not options["affine"]:
        equal((own.weight, own.bias), (None, None), "the pair of weight and bias")
    same(*outputs(mine, layer, **options), images(draw, (2, 3, 2, 4), scale=0.5))


@draws(2)
def test_state_goes_both_ways(mine, draw):
    """PyTorch's layer loads the state of yours, and then gives the same evaluation."""
    layer, own = torch.nn.BatchNorm2d(3).to(draw.device), mine.MyBatchNorm2d(3).to(draw.device)
    x = images(draw, (2, 3, 4, 5), dtype=torch.float32)
    own(x), layer(x)
    states_agree(own, layer, "with the default momentum", x)
    layer.load_state_dict(dict(own.state_dict()))
    close(own.eval()(x), layer.eval()(x).detach(), "the evaluation", input={"x": x})


@draws(6)
def test_scales(mine, draw):
    """Keeps its digits for tiny and huge inputs, for inputs far from zero, and for a constant channel."""
    scale, shift = [(1e-4, 0), (1e4, 0), (1, 1e6), (0, 0), (0, 3), (1e-4, 3)][draw.index]
    x = images(draw, (3, 2, 2, 3), scale) + shift
    same(*outputs(mine, reference(draw, 2)), x.requires_grad_(scale > 0), dtypes=("float64",), rtol=1e-8)


@draws(2)
def test_single_value(mine, draw):
    """Refuses a channel with one value in training mode, evaluates it, and trains on one image of several pixels."""
    one = draw.tensor((1, 3, 1, 1), requires_grad=False)
    layer = reference(draw, 3)
    raises(ValueError, twin(mine, layer), one, because="one value in each channel has no variance")
    same(*outputs(mine, reference(draw, 3).eval()), one)
    same(*outputs(mine, layer), draw.tensor((1, 3, 1, 2), requires_grad=False))


def test_only_images(mine):
    """Raises ValueError unless the input has four axes, in both modes."""
    own = mine.MyBatchNorm2d(3)
    for training in (True, False):
        own.train(training)
        for shape in ((3, 3), (2, 3, 4), (2, 3, 4, 5, 6)):
            raises(ValueError, own, torch.ones(shape), because=f"an input of {len(shape)} axes is no batch of images")


@draws(1)
def test_moves_with_the_model(mine, draw):
    """Lets .to() carry parameters and buffers, and sits inside other modules without being noticed by an optimiser."""
    own = mine.MyBatchNorm2d(2).to(draw.device, torch.float64)
    found = [tensor.dtype for tensor in own.state_dict().values() if tensor.dtype.is_floating_point]
    equal([str(dtype) for dtype in found], ["torch.float64"] * 4, "the list of dtypes after .to(torch.float64)")
    equal(len(list(own.parameters())), 2, "the number of parameters that an optimiser would train")
