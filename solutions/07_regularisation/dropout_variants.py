"""Other right ways to write dropout, and the mistakes that people make."""

from __future__ import annotations

import numpy as np

from tutor.checks import accept, reject, waive


class Base:
    """What most of the layers below have in common; each of them overwrites what it does otherwise."""

    def __init__(self, p, rng):
        if not 0 <= p <= 1:
            raise ValueError("p is a probability")
        self.p, self.rng, self.mask = p, rng, 1.0

    def scale(self):
        return 1 / (1 - self.p) if self.p < 1 else 0.0

    def draw(self, x):
        return self.rng.random(x.shape) >= self.p

    def forward(self, x, training=True):
        self.mask = (self.draw(x) * self.scale()).astype(x.dtype) if training else np.ones_like(x)
        return x * self.mask

    def backward(self, dout):
        return dout * self.mask


@accept("mask and scale apart, evaluation by a flag")
class Dropout:
    def __init__(self, p, rng):
        if p < 0 or p > 1:
            raise ValueError(p)
        self.p, self.rng, self.active = p, rng, False

    def forward(self, x, training=True):
        self.active = training and self.p > 0
        if not self.active:
            return x
        self.kept = self.rng.random(x.shape) < 1 - self.p
        return self.through(x)

    def backward(self, dout):
        return self.through(dout) if self.active else dout

    def through(self, values):
        return np.where(self.kept, values / (1 - self.p or 1), 0).astype(values.dtype)


@accept("binomial mask")
class Dropout(Base):
    def draw(self, x):
        return self.rng.binomial(1, 1 - self.p, size=x.shape)


@accept("a layer that assigns zeros")
class Dropout(Base):
    def forward(self, x, training=True):
        self.dropped = self.rng.random(x.shape) < self.p if training else np.zeros(x.shape, bool)
        self.factor = self.scale() if training else 1.0
        return self.backward(x)

    def backward(self, dout):
        out = dout * self.factor
        out[self.dropped] = 0
        return out


@reject(
    "kept with probability p",
    "You keep an element with probability p. Here p is the probability to DROP, as in PyTorch: keep where the random "
    "number is >= p.",
)
class Dropout(Base):
    def draw(self, x):
        return self.rng.random(x.shape) < self.p


@reject(
    "p is the probability to keep",
    "You took p for the probability to keep, in mask and scale alike. Older texts have a keep_prob; here, as in PyTorch, p "
    "is the probability to DROP.",
)
class Dropout(Base):
    def draw(self, x):
        return self.rng.random(x.shape) < self.p

    def scale(self):
        return 1 / self.p if self.p > 0 else 0.0


@reject(
    "shape unpacked",
    "rng.random takes the shape as ONE argument, a tuple: rng.random(x.shape). (Only the old np.random.rand takes the sizes "
    "one by one.)",
)
class Dropout(Base):
    def draw(self, x):
        return self.rng.random(*x.shape) >= self.p


@reject("scaled by 1/p", "What is kept has probability 1 - p: divide by that, so that the expectation stays x.")
class Dropout(Base):
    def scale(self):
        return 1 / self.p if self.p > 0 else 1.0


@reject(
    "not scaled in training",
    "The kept elements were not scaled, so the next layer gets a smaller sum than in evaluation. Divide by 1 - p. (The first "
    "paper multiplied by 1 - p at evaluation instead; inverted dropout leaves evaluation alone.)",
)
class Dropout(Base):
    def scale(self):
        return 1.0


@reject("multiplied by 1 - p", "What is kept is DIVIDED by 1 - p. You multiplied: the expectation shrinks twice.")
class Dropout(Base):
    def scale(self):
        return 1 - self.p


@reject("evaluation unless asked otherwise", "forward(x) is a training step: the default of training is True.")
class Dropout(Base):
    def forward(self, x, training=False):
        return Base.forward(self, x, training)


@reject("p = 1 refused", "p = 1 is allowed: everything is dropped, and zeros come out.")
class Dropout(Base):
    def __init__(self, p, rng):
        if not 0 <= p < 1:
            raise ValueError
        super().__init__(p, rng)


@reject(
    "scaled at evaluation as well",
    "Evaluation multiplied by 1 - p. Training has already divided by it: evaluation is the identity.",
)
class Dropout(Base):
    def forward(self, x, training=True):
        self.mask = (self.draw(x) * self.scale()).astype(x.dtype) if training else np.full_like(x, 1 - self.p)
        return x * self.mask


@reject("drops in evaluation as well", "With training=False nothing is dropped: predictions must not depend on chance.")
class Dropout(Base):
    def forward(self, x, training=True):
        return Base.forward(self, x, True)


@reject(
    "backward draws a new mask",
    "backward drew a mask of its own. The gradient flows where the signal flowed: reuse it.",
)
class Dropout(Base):
    def backward(self, dout):
        return dout * self.draw(dout) * np.asarray(self.scale(), dout.dtype)


@reject("backward without the scale", "y = m·x / (1 - p), so the derivative has the 1 / (1 - p) as well.")
class Dropout(Base):
    def backward(self, dout):
        return dout * (self.mask != 0).astype(dout.dtype)


@reject(
    "backward lets everything through", "The gradient reached elements that had been dropped: multiply by the mask."
)
class Dropout(Base):
    def backward(self, dout):
        return dout * 1


@reject(
    "mask used up by backward",
    "backward only reads the mask. It belongs to the last forward, however often you go back.",
)
class Dropout(Base):
    def backward(self, dout):
        dx = dout * self.mask
        self.mask = 1.0
        return dx


@reject(
    "mask left over in evaluation",
    "After a forward with training=False, backward still used the mask of the training step before.",
)
class Dropout(Base):
    def forward(self, x, training=True):
        return Base.forward(self, x) if training else x.copy()


@reject("one mask for the batch", "All samples had the same mask: whole columns fell. Draw one number an element.")
class Dropout(Base):
    def draw(self, x):
        return (self.rng.random(x.shape[1:]) >= self.p) & np.ones(x.shape, bool)


@reject("whole rows fall", "Whole rows fell: your mask has one entry a row. Draw one number an element.")
class Dropout(Base):
    def draw(self, x):
        return (self.rng.random((len(x),) + (1,) * (x.ndim - 1)) >= self.p) & np.ones(x.shape, bool)


@reject("whole channels fall", "Whole channels fell: that is nn.Dropout2d. Here every element has a fate of its own.")
class Dropout(Base):
    def draw(self, x):
        return (self.rng.random(x.shape[:2] + (1,) * (x.ndim - 2)) >= self.p) & np.ones(x.shape, bool)


@reject(
    "exactly a share p",
    "Each step dropped exactly the same number. Elements fall independently of each other, so the number varies.",
)
class Dropout(Base):
    def draw(self, x):
        keep = np.ones(x.size, bool)
        keep[self.rng.permutation(x.size)[: round(self.p * x.size)]] = False
        return keep.reshape(x.shape)


@reject(
    "the same mask in every step",
    "Every step had the same mask: that trains one smaller network and ignores the rest. Draw a new one in each forward.",
)
class Dropout(Base):
    masks = None

    def draw(self, x):
        self.masks = self.masks or {}
        if x.shape not in self.masks:
            self.masks[x.shape] = Base.draw(self, x)
        return self.masks[x.shape]


@reject(
    "a generator of its own",
    "The masks do not come from the rng that you were given: a generator made in forward begins again in every step.",
)
class Dropout(Base):
    def draw(self, x):
        return np.random.default_rng(0).random(x.shape) >= self.p


@reject(
    "evaluation uses rng",
    "A mask was drawn in evaluation and thrown away. That moves rng on: how often you evaluate would change the training.",
)
class Dropout(Base):
    def forward(self, x, training=True):
        keep = self.draw(x)
        self.mask = (keep * self.scale()).astype(x.dtype) if training else np.ones_like(x)
        return x * self.mask


@reject(
    "mask read off the output",
    "You took the mask from where the output is 0. An activation that was 0 before, as a ReLU makes many, looks dropped.",
)
class Dropout(Base):
    def forward(self, x, training=True):
        out = Base.forward(self, x, training)
        if training:
            self.mask = ((out != 0) * self.scale()).astype(x.dtype)
        return out


@reject(
    "zeros written into x", "The caller's x was changed: the layer before still needs it for its own backward pass."
)
class Dropout(Base):
    def forward(self, x, training=True):
        Base.forward(self, x, training)
        x *= self.mask
        return x


@reject("division by zero for p = 1", "With p = 1 you divided by 1 - p = 0. Everything is dropped: return zeros.")
class Dropout(Base):
    def scale(self):
        return np.divide(1.0, 1 - self.p)

    def draw(self, x):
        return (self.rng.random(x.shape) >= self.p).astype(float)


@reject("no check of p", "A p outside of 0 … 1 went through. 50 % is 0.5: raise ValueError.")
class Dropout(Base):
    def __init__(self, p, rng):
        self.p, self.rng, self.mask = p, rng, 1.0


@reject(
    "float64 whatever comes in", "float32 came in, float64 went out: a float64 mask does that. Give it the dtype of x."
)
class Dropout(Base):
    def forward(self, x, training=True):
        self.mask = self.draw(x) * np.full(x.shape, self.scale()) if training else np.ones_like(x)
        return x * self.mask


waive("Dropout.__init__: self.multiplier: np.ndarray | None = None → (dropped)", "declares what every forward sets")
waive(
    "Dropout.forward: self.rng.random(x.shape) >= self.p → self.rng.random(x.shape) > self.p",
    "a random number is equal to p once in 2**53 times",
)
waive(
    "Dropout.forward: 1 / (1 - self.p) if self.p < 1 else 0.0 → 1 / (1 - self.p) if self.p < 1 else 1.0",
    "with p = 1 nothing is kept that could be scaled",
)
waive(
    "Dropout.forward: 1 / (1 - self.p) if self.p < 1 else 0.0 → 1 / (1 - self.p) if self.p < 1 else 0.5",
    "with p = 1 nothing is kept that could be scaled",
)
