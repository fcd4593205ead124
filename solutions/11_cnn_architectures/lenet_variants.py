"""Other right ways to build LeNet, and the mistakes that people make."""

from __future__ import annotations

import torch
from torch import nn

from tutor.checks import accept, reject, waive

ACTS = {"sigmoid": nn.Sigmoid, "tanh": nn.Tanh, "relu": nn.ReLU}
POOLS = {"avg": nn.AvgPool2d, "max": nn.MaxPool2d}


def chosen(table, name):
    if name not in table:
        raise ValueError(name)
    return table[name]


def layers(c, classes, act, pool, padding=2, flat=400):
    """The table of the task."""
    return [
        nn.Conv2d(c, 6, 5, padding=padding), act(), pool(2), nn.Conv2d(6, 16, 5), act(), pool(2), nn.Flatten(),
        nn.Linear(flat, 120), act(), nn.Linear(120, 84), act(), nn.Linear(84, classes),
    ]  # fmt: skip


def xavier(layer):
    if hasattr(layer, "weight"):
        nn.init.xavier_uniform_(layer.weight)
        nn.init.zeros_(layer.bias)


@accept("blocks inside blocks, net.apply, one activation object")
def build_lenet(in_channels=1, num_classes=10, activation="sigmoid", pool="avg"):
    try:
        act, P = {"sigmoid": nn.Sigmoid(), "tanh": nn.Tanh(), "relu": nn.ReLU()}[activation], POOLS[pool]
    except KeyError as error:
        raise ValueError(f"unknown: {error}") from error
    features = nn.Sequential(
        nn.Sequential(nn.Conv2d(in_channels, 6, (5, 5), 1, 2), act, P(2, stride=2)),
        nn.Sequential(nn.Conv2d(6, 16, (5, 5)), act, P((2, 2))),
    )
    head = nn.Sequential(nn.Linear(16 * 5 * 5, 120), act, nn.Linear(120, 84), act, nn.Linear(84, num_classes))
    return nn.Sequential(features, nn.Flatten(1), head).apply(xavier)


@accept("match, and weights by hand")
def build_lenet(in_channels: int = 1, num_classes: int = 10, activation: str = "sigmoid", pool: str = "avg"):
    match activation:
        case "sigmoid" | "tanh" | "relu":
            act = ACTS[activation]
        case _:
            raise ValueError(f"activation must be sigmoid, tanh or relu, not {activation}")
    match pool:
        case "avg":
            shrink = nn.AvgPool2d
        case "max":
            shrink = nn.MaxPool2d
        case _:
            raise ValueError(f"pool must be avg or max, not {pool}")
    net = nn.Sequential(*layers(in_channels, num_classes, act, shrink))
    with torch.no_grad():
        for p in net.parameters():
            if p.dim() == 1:
                p.zero_()
            else:
                field = p[0, 0].numel()
                p.uniform_(-1, 1).mul_((6 / (field * (p.shape[0] + p.shape[1]))) ** 0.5)
    return net


@reject(
    "max pooling and ReLU as default",
    "Called without options LeNet squashes and averages: sigmoid and average pooling. The modern pair is an option.",
)
def build_lenet(in_channels=1, num_classes=10, activation="relu", pool="max"):
    return nn.Sequential(*layers(in_channels, num_classes, chosen(ACTS, activation), chosen(POOLS, pool))).apply(xavier)


@reject(
    "no padding in the first convolution",
    "Without padding=2 the image shrinks 28 → 24 → 12 → 8 → 4, and 256 numbers reach the dense layer instead of 400.",
)
def build_lenet(in_channels=1, num_classes=10, activation="sigmoid", pool="avg"):
    parts = layers(in_channels, num_classes, chosen(ACTS, activation), chosen(POOLS, pool), 0, 256)
    return nn.Sequential(*parts).apply(xavier)


@reject(
    "no padding, 400 inputs all the same",
    "The dense layer expects 400 numbers, but without padding=2 in the first convolution only 256 arrive.",
)
def build_lenet(in_channels=1, num_classes=10, activation="sigmoid", pool="avg"):
    parts = layers(in_channels, num_classes, chosen(ACTS, activation), chosen(POOLS, pool), 0)
    return nn.Sequential(*parts).apply(xavier)


@reject(
    "batch axis flattened too",
    "nn.Flatten(0) melts the images of a batch into one row. Keep the batch axis: nn.Flatten().",
)
def build_lenet(in_channels=1, num_classes=10, activation="sigmoid", pool="avg"):
    parts = layers(in_channels, num_classes, chosen(ACTS, activation), chosen(POOLS, pool))
    parts[6] = nn.Flatten(0)
    return nn.Sequential(*parts).apply(xavier)


@reject(
    "activation after the last dense layer",
    "The last layer gives logits, which may be any numbers: nothing follows it.",
)
def build_lenet(in_channels=1, num_classes=10, activation="sigmoid", pool="avg"):
    act = chosen(ACTS, activation)
    return nn.Sequential(*layers(in_channels, num_classes, act, chosen(POOLS, pool)), act()).apply(xavier)


@reject("softmax at the end", "Your network ends in a softmax. The loss contains one: give it logits.")
def build_lenet(in_channels=1, num_classes=10, activation="sigmoid", pool="avg"):
    parts = layers(in_channels, num_classes, chosen(ACTS, activation), chosen(POOLS, pool))
    return nn.Sequential(*parts, nn.Softmax(dim=1)).apply(xavier)


@reject(
    "no activation between the dense layers",
    "Dense layers with nothing between them are one dense layer: put the activation there too.",
)
def build_lenet(in_channels=1, num_classes=10, activation="sigmoid", pool="avg"):
    parts = layers(in_channels, num_classes, chosen(ACTS, activation), chosen(POOLS, pool))
    del parts[10], parts[8]
    return nn.Sequential(*parts).apply(xavier)


@reject("no activation after the convolutions", "Each convolution is followed by the activation, then by the pooling.")
def build_lenet(in_channels=1, num_classes=10, activation="sigmoid", pool="avg"):
    parts = layers(in_channels, num_classes, chosen(ACTS, activation), chosen(POOLS, pool))
    del parts[4], parts[1]
    return nn.Sequential(*parts).apply(xavier)


@reject(
    "activation after the pooling",
    "Yours pools first. The order is convolution, activation, pooling: for sigmoid and averages that differs.",
)
def build_lenet(in_channels=1, num_classes=10, activation="sigmoid", pool="avg"):
    parts = layers(in_channels, num_classes, chosen(ACTS, activation), chosen(POOLS, pool))
    parts[1:3], parts[4:6] = parts[2:0:-1], parts[5:3:-1]
    return nn.Sequential(*parts).apply(xavier)


@reject("pool option ignored", "The pooling is always the average. Which one did the caller ask for?")
def build_lenet(in_channels=1, num_classes=10, activation="sigmoid", pool="avg"):
    chosen(POOLS, pool)
    return nn.Sequential(*layers(in_channels, num_classes, chosen(ACTS, activation), nn.AvgPool2d)).apply(xavier)


@reject("activation option ignored", "The activation is always the sigmoid. Which one did the caller ask for?")
def build_lenet(in_channels=1, num_classes=10, activation="sigmoid", pool="avg"):
    chosen(ACTS, activation)
    return nn.Sequential(*layers(in_channels, num_classes, nn.Sigmoid, chosen(POOLS, pool))).apply(xavier)


@reject("in_channels ignored", "The first convolution reads in_channels channels; yours always reads one.")
def build_lenet(in_channels=1, num_classes=10, activation="sigmoid", pool="avg"):
    return nn.Sequential(*layers(1, num_classes, chosen(ACTS, activation), chosen(POOLS, pool))).apply(xavier)


@reject("always ten classes", "The last layer has num_classes outputs; yours always has ten.")
def build_lenet(in_channels=1, num_classes=10, activation="sigmoid", pool="avg"):
    return nn.Sequential(*layers(in_channels, 10, chosen(ACTS, activation), chosen(POOLS, pool))).apply(xavier)


@reject(
    "PyTorch's own start",
    "These are the weights that PyTorch draws by itself: smaller than Xavier's, with biases that are not 0.",
)
def build_lenet(in_channels=1, num_classes=10, activation="sigmoid", pool="avg"):
    return nn.Sequential(*layers(in_channels, num_classes, chosen(ACTS, activation), chosen(POOLS, pool)))


@reject(
    "biases left as they were",
    "The weights are right, the biases are not: PyTorch draws them at random. Set them to 0.",
)
def build_lenet(in_channels=1, num_classes=10, activation="sigmoid", pool="avg"):
    net = nn.Sequential(*layers(in_channels, num_classes, chosen(ACTS, activation), chosen(POOLS, pool)))
    for layer in net:
        if hasattr(layer, "weight"):
            nn.init.xavier_uniform_(layer.weight)
    return net


@reject(
    "convolutions not initialised",
    "Only the dense layers start as asked. Convolutions have weights and biases as well.",
)
def build_lenet(in_channels=1, num_classes=10, activation="sigmoid", pool="avg"):
    net = nn.Sequential(*layers(in_channels, num_classes, chosen(ACTS, activation), chosen(POOLS, pool)))
    for layer in net:
        if isinstance(layer, nn.Linear):
            xavier(layer)
    return net


@reject(
    "Kaiming uniform",
    "This bound counts n_in only, √(6 / n_in), which is Kaiming's. Xavier's has n_in + n_out under the root.",
)
def build_lenet(in_channels=1, num_classes=10, activation="sigmoid", pool="avg"):
    net = nn.Sequential(*layers(in_channels, num_classes, chosen(ACTS, activation), chosen(POOLS, pool))).apply(xavier)
    for p in net.parameters():
        if p.ndim > 1:
            nn.init.kaiming_uniform_(p)
    return net


@reject(
    "Xavier with a gain",
    "A gain makes the weights larger for ReLU and tanh. Here all of them start within √(6 / (n_in + n_out)).",
)
def build_lenet(in_channels=1, num_classes=10, activation="sigmoid", pool="avg"):
    net = nn.Sequential(*layers(in_channels, num_classes, chosen(ACTS, activation), chosen(POOLS, pool))).apply(xavier)
    for p in net.parameters():
        if p.ndim > 1:
            nn.init.xavier_uniform_(p, nn.init.calculate_gain(activation))
    return net


@reject(
    "Xavier normal",
    "Xavier comes in two shapes. A normal distribution has no bound; the task asks for the uniform one.",
)
def build_lenet(in_channels=1, num_classes=10, activation="sigmoid", pool="avg"):
    net = nn.Sequential(*layers(in_channels, num_classes, chosen(ACTS, activation), chosen(POOLS, pool))).apply(xavier)
    for p in net.parameters():
        if p.ndim > 1:
            nn.init.xavier_normal_(p)
    return net


@reject(
    "fan counted without the kernel",
    "For a convolution the fans count 25 numbers a channel: n_in = channels · 5 · 5. Yours are five times too large.",
)
def build_lenet(in_channels=1, num_classes=10, activation="sigmoid", pool="avg"):
    net = nn.Sequential(*layers(in_channels, num_classes, chosen(ACTS, activation), chosen(POOLS, pool))).apply(xavier)
    for p in net.parameters():
        if p.ndim > 1:
            nn.init.uniform_(p, -((6 / sum(p.shape[:2])) ** 0.5), (6 / sum(p.shape[:2])) ** 0.5)
    return net


@reject(
    "unknown names become the default",
    "A misspelt option builds a network that nobody asked for: raise ValueError instead.",
)
def build_lenet(in_channels=1, num_classes=10, activation="sigmoid", pool="avg"):
    act, shrink = ACTS.get(activation, nn.Sigmoid), POOLS.get(pool, nn.AvgPool2d)
    return nn.Sequential(*layers(in_channels, num_classes, act, shrink)).apply(xavier)


@reject("KeyError for an unknown name", "The dictionary raises KeyError. Say ValueError, and name what was wrong.")
def build_lenet(in_channels=1, num_classes=10, activation="sigmoid", pool="avg"):
    return nn.Sequential(*layers(in_channels, num_classes, ACTS[activation], POOLS[pool])).apply(xavier)


@reject(
    "the same weights for every network",
    "Every network starts with the same weights. Do not set the seed: who wants that sets it outside.",
)
def build_lenet(in_channels=1, num_classes=10, activation="sigmoid", pool="avg"):
    torch.manual_seed(0)
    return nn.Sequential(*layers(in_channels, num_classes, chosen(ACTS, activation), chosen(POOLS, pool))).apply(xavier)


@reject("pooling with stride 1", "Pooling has stride 2, so that it halves the image: with stride 1 it only blurs.")
def build_lenet(in_channels=1, num_classes=10, activation="sigmoid", pool="avg"):
    P = chosen(POOLS, pool)
    parts = layers(in_channels, num_classes, chosen(ACTS, activation), lambda k: P(k, stride=1))
    return nn.Sequential(*parts).apply(xavier)


waive(
    "build_lenet: isinstance(layer, (nn.Conv2d, nn.Linear)) → isinstance(layer, (nn.Linear, nn.Conv2d))",
    "isinstance does not care for the order of the classes.",
)
