"""Other right ways to write the blocks, and the mistakes that people make."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import nn

from tutor.checks import accept, reject


def projection(c_in, c_out, stride):
    if stride == 1 and c_in == c_out:
        return None
    return nn.Sequential(nn.Conv2d(c_in, c_out, 1, stride, bias=False), nn.BatchNorm2d(c_out))


class Two(nn.Module):
    """The parts of a basic block, for variants that only put them together in another way."""

    def __init__(self, c_in, c_out, stride=1):
        super().__init__()
        self.conv1 = nn.Conv2d(c_in, c_out, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(c_out)
        self.conv2 = nn.Conv2d(c_out, c_out, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(c_out)
        self.downsample = projection(c_in, c_out, stride)

    def shortcut(self, x):
        return x if self.downsample is None else self.downsample(x)

    def residual(self, x):
        return self.bn2(self.conv2(torch.relu(self.bn1(self.conv1(x)))))

    def forward(self, x):
        return torch.relu(self.residual(x) + self.shortcut(x))


class Three(nn.Module):
    """The same for a bottleneck."""

    def __init__(self, c_in, c_mid, stride=1, expansion=4, first=1):
        super().__init__()
        self.conv1 = nn.Conv2d(c_in, c_mid, 1, first, bias=False)
        self.bn1 = nn.BatchNorm2d(c_mid)
        self.conv2 = nn.Conv2d(c_mid, c_mid, 3, stride // first, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(c_mid)
        self.conv3 = nn.Conv2d(c_mid, c_mid * expansion, 1, bias=False)
        self.bn3 = nn.BatchNorm2d(c_mid * expansion)
        self.downsample = projection(c_in, c_mid * expansion, stride)

    def shortcut(self, x):
        return x if self.downsample is None else self.downsample(x)

    def residual(self, x):
        out = torch.relu(self.bn1(self.conv1(x)))
        return self.bn3(self.conv3(torch.relu(self.bn2(self.conv2(out)))))

    def forward(self, x):
        return torch.relu(self.residual(x) + self.shortcut(x))


class Gated(nn.Module):
    """The parts of a highway layer."""

    def __init__(self, dim, carry_bias=-2.0):
        super().__init__()
        self.transform, self.gate = nn.Linear(dim, dim), nn.Linear(dim, dim)
        self.gate.bias.data.fill_(carry_bias)


@accept("as torchvision writes it: in-place ReLU and addition on tensors of its own")
class BasicBlock(nn.Module):
    def __init__(self, c_in, c_out, stride=1):
        super().__init__()
        self.conv1 = nn.Conv2d(c_in, c_out, kernel_size=3, stride=stride, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(c_out)
        self.relu = nn.ReLU(inplace=True)
        self.conv2 = nn.Conv2d(c_out, c_out, kernel_size=3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(c_out)
        self.downsample = nn.Identity()
        if stride != 1 or c_in != c_out:
            conv = nn.Conv2d(c_in, c_out, kernel_size=1, stride=stride, bias=False)
            self.downsample = nn.Sequential(conv, nn.BatchNorm2d(c_out))

    def forward(self, x):
        identity = self.downsample(x)
        out = self.relu(self.bn1(self.conv1(x)))
        out = self.bn2(self.conv2(out))
        out += identity
        return self.relu(out)


@accept("an empty Sequential as identity, functions of F")
class BasicBlock(nn.Module):
    def __init__(self, c_in, c_out, stride=1):
        super().__init__()
        self.downsample = nn.Sequential()
        if stride > 1 or c_in != c_out:
            self.downsample.append(nn.Conv2d(c_in, c_out, 1, stride=stride, bias=False))
            self.downsample.append(nn.BatchNorm2d(c_out))
        self.conv1 = nn.Conv2d(c_in, c_out, 3, stride=stride, padding="valid" if stride > 1 else "same", bias=False)
        self.conv1.padding = (1, 1)
        self.bn1, self.bn2 = nn.BatchNorm2d(c_out), nn.BatchNorm2d(c_out)
        self.conv2 = nn.Conv2d(c_out, c_out, 3, padding="same", bias=False)

    def forward(self, x):
        return F.relu(self.downsample(x) + self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x))))))


@accept("the own batch normalisation")
class BasicBlock(Two):
    def __init__(self, c_in, c_out, stride=1):
        from tutor.mine import MyBatchNorm2d

        super().__init__(c_in, c_out, stride)
        self.bn1, self.bn2 = MyBatchNorm2d(c_out), MyBatchNorm2d(c_out)
        if self.downsample is not None:
            self.downsample[1] = MyBatchNorm2d(c_out)


@accept("a loop over the three convolutions")
class Bottleneck(Three):
    def forward(self, x):
        out = x
        for i in (1, 2, 3):
            out = getattr(self, f"bn{i}")(getattr(self, f"conv{i}")(out))
            out = out.relu() if i < 3 else out + self.shortcut(x)
        return out.relu()


@accept("as interpolation")
class Highway(Gated):
    def forward(self, x):
        return torch.lerp(x, F.relu(self.transform(x)), torch.sigmoid(self.gate(x)))


@accept("x plus a gated difference")
class Highway(nn.Module):
    def __init__(self, dim, carry_bias=-2.0):
        super().__init__()
        self.gate = nn.Linear(dim, dim)
        with torch.no_grad():
            self.gate.bias[:] = carry_bias
        self.transform = nn.Linear(dim, dim)

    def forward(self, x):
        return x + self.gate(x).sigmoid() * (self.transform(x).clamp(min=0) - x)


@reject(
    "ReLU before the addition",
    "Your last ReLU comes before the sum: relu(F(x)) + x can only add, never take away. Add first, then ReLU.",
)
class BasicBlock(Two):
    def forward(self, x):
        return torch.relu(self.residual(x)) + self.shortcut(x)


@reject("no ReLU after the addition", "The last step is missing: relu of the sum.")
class BasicBlock(Two):
    def forward(self, x):
        return self.residual(x) + self.shortcut(x)


@reject("no ReLU between the convolutions", "Between bn1 and conv2 there is a ReLU; without it F is a linear map.")
class BasicBlock(Two):
    def forward(self, x):
        return torch.relu(self.bn2(self.conv2(self.bn1(self.conv1(x)))) + self.shortcut(x))


@reject("no shortcut", "These are the numbers of a plain block. What makes it residual is the sum with the shortcut.")
class BasicBlock(Two):
    def forward(self, x):
        return torch.relu(self.residual(x))


@reject("shortcut added before bn2", "You normalise the sum. bn2 belongs to F: add the shortcut to what bn2 gives.")
class BasicBlock(Two):
    def forward(self, x):
        out = torch.relu(self.bn1(self.conv1(x)))
        return torch.relu(self.bn2(self.conv2(out) + self.shortcut(x)))


@reject(
    "shortcut twice", "The shortcut comes in twice: before conv2 and at the end. One way around all of F is enough."
)
class BasicBlock(Two):
    def forward(self, x):
        out = torch.relu(self.bn1(self.conv1(x))) + self.shortcut(x)
        return torch.relu(self.bn2(self.conv2(out)) + self.shortcut(x))


@reject("x normalised instead of the convolution", "bn1 and bn2 come after their convolutions: conv, BN, ReLU.")
class BasicBlock(Two):
    def forward(self, x):
        out = torch.relu(self.conv1(x))
        return torch.relu(self.bn2(self.conv2(self.bn1(out))) + self.shortcut(x))


@reject("bn1 used twice", "bn1 normalises after both convolutions. Each has its own: bn2 belongs to conv2.")
class BasicBlock(Two):
    def forward(self, x):
        return torch.relu(self.bn1(self.conv2(torch.relu(self.bn1(self.conv1(x))))) + self.shortcut(x))


@reject(
    "sum written into x",
    "`x += …` writes into the caller's tensor, which the previous layer still needs for its gradient. Write `x + …`.",
)
class BasicBlock(Two):
    def forward(self, x):
        if self.downsample is not None:
            return super().forward(x)
        x += self.residual(x)
        return torch.relu(x)


@reject(
    "projection always used",
    "Where shapes agree the shortcut is x itself, without weights. Make a downsample only where stride or channels change.",
)
class BasicBlock(Two):
    def __init__(self, c_in, c_out, stride=1):
        super().__init__(c_in, c_out, stride)
        self.downsample = nn.Sequential(nn.Conv2d(c_in, c_out, 1, stride, bias=False), nn.BatchNorm2d(c_out))


@reject(
    "identity although shapes differ",
    "x has another shape than F(x) when stride or channels change: there the shortcut needs its 1×1 convolution.",
)
class BasicBlock(Two):
    def __init__(self, c_in, c_out, stride=1):
        super().__init__(c_in, c_out, stride)
        self.downsample = None


@reject(
    "projection only where the stride is 2",
    "You project only when the stride changes the size. New channels need a projection too: stride != 1 or c_in != c_out.",
)
class BasicBlock(Two):
    def __init__(self, c_in, c_out, stride=1):
        super().__init__(c_in, c_out, stride)
        self.downsample = None if stride == 1 else self.downsample


@reject(
    "projection only where the channels change",
    "You project only when channels change. Stride 2 halves F(x), so the shortcut must halve too: stride != 1 or c_in != c_out.",
)
class BasicBlock(Two):
    def __init__(self, c_in, c_out, stride=1):
        super().__init__(c_in, c_out, stride)
        self.downsample = None if c_in == c_out else self.downsample


@reject(
    "projection without batch normalisation", "The shortcut's 1×1 convolution is followed by a BatchNorm2d of its own."
)
class BasicBlock(Two):
    def __init__(self, c_in, c_out, stride=1):
        super().__init__(c_in, c_out, stride)
        if self.downsample is not None:
            self.downsample = self.downsample[:1]


@reject("projection of 3×3", "The shortcut only changes the shape: its kernel is 1×1, so that it mixes no neighbours.")
class BasicBlock(Two):
    def __init__(self, c_in, c_out, stride=1):
        super().__init__(c_in, c_out, stride)
        if self.downsample is not None:
            self.downsample[0] = nn.Conv2d(c_in, c_out, 3, stride, 1, bias=False)


@reject(
    "projection without the stride",
    "The shortcut keeps its size while F halves it: give its 1×1 convolution the stride.",
)
class BasicBlock(Two):
    def __init__(self, c_in, c_out, stride=1):
        super().__init__(c_in, c_out, stride)
        if self.downsample is not None:
            self.downsample[0] = nn.Conv2d(c_in, c_out, 1, bias=False)


@reject(
    "stride on both convolutions",
    "Both convolutions have the stride, so the block shrinks its input twice: only conv1 has it.",
)
class BasicBlock(Two):
    def __init__(self, c_in, c_out, stride=1):
        super().__init__(c_in, c_out, stride)
        self.conv2 = nn.Conv2d(c_out, c_out, 3, stride, 1, bias=False)


@reject(
    "stride on the second convolution",
    "conv2 has the stride; it belongs to conv1, so that conv2 works on the small image.",
)
class BasicBlock(Two):
    def __init__(self, c_in, c_out, stride=1):
        super().__init__(c_in, c_out, stride)
        self.conv1 = nn.Conv2d(c_in, c_out, 3, 1, 1, bias=False)
        self.conv2 = nn.Conv2d(c_out, c_out, 3, stride, 1, bias=False)


@reject(
    "convolutions with bias",
    "bn subtracts the mean right after, and any bias with it: bias=False saves the parameters.",
)
class BasicBlock(Two):
    def __init__(self, c_in, c_out, stride=1):
        super().__init__(c_in, c_out, stride)
        self.conv1 = nn.Conv2d(c_in, c_out, 3, stride, 1)
        self.conv2 = nn.Conv2d(c_out, c_out, 3, 1, 1)


@reject("no padding", "Without padding=1 each 3×3 convolution cuts a border off, and F(x) no longer fits the shortcut.")
class BasicBlock(Two):
    def __init__(self, c_in, c_out, stride=1):
        super().__init__(c_in, c_out, stride)
        self.conv1 = nn.Conv2d(c_in, c_out, 3, stride, bias=False)
        self.conv2 = nn.Conv2d(c_out, c_out, 3, bias=False)


@reject(
    "channels change in the second convolution",
    "conv1 already gives c_out channels; conv2 keeps them: c_in → c_out → c_out.",
)
class BasicBlock(Two):
    def __init__(self, c_in, c_out, stride=1):
        super().__init__(c_in, c_out, stride)
        self.conv1 = nn.Conv2d(c_in, c_in, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(c_in)
        self.conv2 = nn.Conv2d(c_in, c_out, 3, 1, 1, bias=False)


@reject(
    "parts in a Python list",
    "The block runs, but saves no projection. In a Python list nn.Module does not find it: make it an nn.Sequential, and an attribute.",
)
class BasicBlock(Two):
    def __init__(self, c_in, c_out, stride=1):
        super().__init__(c_in, c_out, stride)
        parts, self.downsample = self.downsample, None
        self.parts = [] if parts is None else list(parts)

    def shortcut(self, x):
        for part in self.parts:
            x = part(x)
        return x


@reject(
    "batch statistics also in evaluation",
    "BatchNorm2d must follow train() and eval(); yours always normalises by the batch.",
)
class BasicBlock(Two):
    def residual(self, x):
        out = torch.relu(F.batch_norm(self.conv1(x), None, None, self.bn1.weight, self.bn1.bias, True))
        return F.batch_norm(self.conv2(out), None, None, self.bn2.weight, self.bn2.bias, True)


@reject(
    "ReLU before the addition, in the bottleneck", "Add first, then ReLU: relu(F(x)) + x can never take anything away."
)
class Bottleneck(Three):
    def forward(self, x):
        return torch.relu(self.residual(x)) + self.shortcut(x)


@reject(
    "no shortcut, in the bottleneck",
    "These are the numbers without the shortcut: add x, or its projection, before the last ReLU.",
)
class Bottleneck(Three):
    def forward(self, x):
        return torch.relu(self.residual(x))


@reject(
    "stride on the first 1×1",
    "A 1×1 convolution with stride 2 never looks at three quarters of its input. Put the stride on the 3×3.",
)
class Bottleneck(Three):
    def __init__(self, c_in, c_mid, stride=1, expansion=4):
        super().__init__(c_in, c_mid, stride, expansion, first=stride)


@reject("expansion ignored", "The block always widens four times. Its last convolution has c_mid * expansion channels.")
class Bottleneck(Three):
    def __init__(self, c_in, c_mid, stride=1, expansion=4):
        super().__init__(c_in, c_mid, stride, 4)


@reject(
    "expansion of the input",
    "The last convolution has c_mid * expansion channels, whatever c_in was; yours has c_in * expansion.",
)
class Bottleneck(Three):
    def __init__(self, c_in, c_mid, stride=1, expansion=4):
        super().__init__(c_in, c_mid, stride, expansion)
        self.conv3, self.bn3 = nn.Conv2d(c_mid, c_in * expansion, 1, bias=False), nn.BatchNorm2d(c_in * expansion)
        self.downsample = projection(c_in, c_in * expansion, stride)


@reject(
    "two 3×3 convolutions",
    "Only the middle convolution is 3×3; the first and the last are 1×1, that is what makes it cheap.",
)
class Bottleneck(Three):
    def __init__(self, c_in, c_mid, stride=1, expansion=4):
        super().__init__(c_in, c_mid, stride, expansion)
        self.conv1 = nn.Conv2d(c_in, c_mid, 3, 1, 1, bias=False)


@reject("one ReLU missing in the bottleneck", "A ReLU follows bn1 and bn2 alike; only bn3 is followed by the sum.")
class Bottleneck(Three):
    def residual(self, x):
        return self.bn3(self.conv3(self.bn2(self.conv2(torch.relu(self.bn1(self.conv1(x)))))))


@reject("ReLU after the first convolution forgotten", "Between bn1 and conv2 there is a ReLU as well.")
class Bottleneck(Three):
    def residual(self, x):
        return self.bn3(self.conv3(torch.relu(self.bn2(self.conv2(self.bn1(self.conv1(x)))))))


@reject(
    "highway without the carry gate",
    "t·h + x is a residual layer with a gate. Highway mixes: what h gets, x loses, so x has 1 - t.",
)
class Highway(Gated):
    def forward(self, x):
        return torch.sigmoid(self.gate(x)) * torch.relu(self.transform(x)) + x


@reject("gate the wrong way round", "t opens the way for h: t·h + (1 - t)·x. Yours gives t to x.")
class Highway(Gated):
    def forward(self, x):
        t = torch.sigmoid(self.gate(x))
        return t * x + (1 - t) * torch.relu(self.transform(x))


@reject("no ReLU in the highway", "h(x) is the ReLU of the linear layer.")
class Highway(Gated):
    def forward(self, x):
        t = torch.sigmoid(self.gate(x))
        return t * self.transform(x) + (1 - t) * x


@reject("gate computed from h", "The gate looks at x, the layer's input, not at h(x).")
class Highway(Gated):
    def forward(self, x):
        h = torch.relu(self.transform(x))
        t = torch.sigmoid(self.gate(h))
        return t * h + (1 - t) * x


@reject("gate without sigmoid", "A gate lies between 0 and 1: sigmoid(gate(x)).")
class Highway(Gated):
    def forward(self, x):
        t = self.gate(x)
        return t * torch.relu(self.transform(x)) + (1 - t) * x


@reject("bias of the transform set", "carry_bias belongs to the gate, not to the transformation.")
class Highway(nn.Module):
    def __init__(self, dim, carry_bias=-2.0):
        super().__init__()
        self.transform, self.gate = nn.Linear(dim, dim), nn.Linear(dim, dim)
        self.transform.bias.data.fill_(carry_bias)

    def forward(self, x):
        t = torch.sigmoid(self.gate(x))
        return t * torch.relu(self.transform(x)) + (1 - t) * x


@reject(
    "carry_bias ignored",
    "Your gate starts with the bias that nn.Linear draws. Set every entry of gate.bias to carry_bias.",
)
class Highway(nn.Module):
    def __init__(self, dim, carry_bias=-2.0):
        super().__init__()
        self.transform, self.gate = nn.Linear(dim, dim), nn.Linear(dim, dim)

    def forward(self, x):
        t = torch.sigmoid(self.gate(x))
        return t * torch.relu(self.transform(x)) + (1 - t) * x


@reject(
    "carry_bias added in forward",
    "gate.bias starts at carry_bias and is learned; you add carry_bias again at every call.",
)
class Highway(nn.Module):
    def __init__(self, dim, carry_bias=-2.0):
        super().__init__()
        self.transform, self.gate, self.carry_bias = nn.Linear(dim, dim), nn.Linear(dim, dim), carry_bias
        nn.init.zeros_(self.gate.bias)

    def forward(self, x):
        t = torch.sigmoid(self.gate(x) + self.carry_bias)
        return t * torch.relu(self.transform(x)) + (1 - t) * x


@reject(
    "one gate for all features", "The gate has one value for each feature: nn.Linear(dim, dim), not nn.Linear(dim, 1)."
)
class Highway(nn.Module):
    def __init__(self, dim, carry_bias=-2.0):
        super().__init__()
        self.transform, self.gate = nn.Linear(dim, dim), nn.Linear(dim, 1)
        nn.init.constant_(self.gate.bias, carry_bias)

    def forward(self, x):
        t = torch.sigmoid(self.gate(x))
        return t * torch.relu(self.transform(x)) + (1 - t) * x
