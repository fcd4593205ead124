"""One window of a convolution at a time: forwards it gathers, backwards it hands out."""

from __future__ import annotations

from dataclasses import dataclass

from tutor.training import Figure, Note, choice, knob

TITLE = "Convolution, one window at a time"
TEACHES = (
    "Forwards each output pixel gathers products. Backwards each error is handed out to the same pixels, and overlaps "
    "add up: what a transposed convolution does."
)

KERNEL = ((1, 0, -1, 1), (2, 1, 0, -1), (1, -1, 2, 0), (0, 1, -2, 1))
BLANK = "\N{NO-BREAK SPACE}"
"""Keeps columns: ordinary blanks at the start of a line are dropped where lines are wrapped."""

Cells = list[list[int]]
Place = tuple[int, int]


@dataclass(frozen=True)
class Knobs:
    """What can be turned."""

    step: int = knob(0, 0, 63, help="which window: 0 is the first; after the last one it starts again")
    direction: str = choice("forward", "forward", "backward", help="backward: the errors (right) go back to the input")
    size: int = knob(5, 3, 6, help="height and width of the input")
    kernel: int = knob(3, 1, 4, help="height and width of the kernel")
    stride: int = knob(1, 1, 3, help="pixels from one window to the next")
    padding: int = knob(0, 0, 2, help="zeros around the input; at most what the window reaches over its edge")
    dilation: int = knob(1, 1, 2, help="pixels from one tap of the window to the next")


@dataclass(frozen=True)
class Layer:
    """The geometry of one setting."""

    n: int
    k: int
    s: int
    p: int
    d: int

    @property
    def wide(self) -> int:
        """Pixels of the padded input along one side."""
        return self.n + 2 * self.p

    @property
    def out(self) -> int:
        """Windows along one side; below 1 nothing fits."""
        return (self.wide - self.d * (self.k - 1) - 1) // self.s + 1

    def taps(self, r: int, q: int) -> list[tuple[int, Place]]:
        """Weight and place in the padded input, for every tap of window (r, q)."""
        return [
            (KERNEL[i][j], (r * self.s + i * self.d, q * self.s + j * self.d))
            for i in range(self.k)
            for j in range(self.k)
        ]

    def inside(self, place: Place) -> bool:
        """Whether the place is a pixel and not padding."""
        return all(self.p <= v < self.p + self.n for v in place)

    def pixel(self, place: Place) -> int:
        """The input there; 0 in the padding."""
        u, v = place
        return (3 * u + 5 * v + u * v) % 7 if self.inside(place) else 0


def draw(knobs: Knobs) -> Figure:
    """Input and output with the current window in brackets, and its arithmetic."""
    k, d = knobs.kernel, knobs.dilation
    layer = Layer(knobs.size, k, knobs.stride, min(knobs.padding, d * (k - 1)), d)
    if layer.out < 1:
        text = f"The window covers {d * (k - 1) + 1} pixels, but with its padding the input has only {layer.wide}."
        return Figure((Note(text, role="bad"), Note("Make the input larger, or the kernel or its dilation smaller.")))
    step = knobs.step % layer.out**2
    forward = knobs.direction == "forward"
    left, right = gathered(layer, step) if forward else handed_out(layer, step)
    titles = ("input", "output") if forward else ("dx", "dout")
    shape = (f"{layer.n} × {layer.n}" + (f" and padding {layer.p}" if layer.p else ""), f"{layer.out} × {layer.out}")
    panels = tuple(
        Figure(tuple(Note(row) for row in rows), f"{name}, {size}")
        for rows, name, size in zip((left, right), titles, shape, strict=True)
    )
    return Figure(tuple(Note(line) for line in words(layer, step, forward=forward)), panels=panels, shares=(41, 37))


def gathered(layer: Layer, step: int) -> tuple[list[str], list[str]]:
    """Rows of the padded input and of the output, as far as it has been computed."""
    side = range(layer.wide)
    left = grid(layer, [[layer.pixel((u, v)) for v in side] for u in side], step, 3)
    done = [str(output(layer, t)) if t <= step else "?" for t in range(layer.out**2)]
    return left, table(done, layer.out, step)


def handed_out(layer: Layer, step: int) -> tuple[list[str], list[str]]:
    """Rows of the gradient so far, and of the errors at the output."""
    total: Cells = [[0] * layer.wide for _ in range(layer.wide)]
    for t in range(step + 1):
        for weight, (u, v) in layer.taps(*divmod(t, layer.out)):
            total[u][v] += weight * error(t)
    return grid(layer, total, step, 4), table([str(error(t)) for t in range(layer.out**2)], layer.out, step)


def grid(layer: Layer, values: Cells, step: int, width: int) -> list[str]:
    """The padded input as rows of text, a dot for padding, the taps of the window in brackets."""
    here = {place for _, place in layer.taps(*divmod(step, layer.out))}
    return [
        "".join(boxed(str(g) if layer.inside((u, v)) else "·", (u, v) in here, width) for v, g in enumerate(row))
        for u, row in enumerate(values)
    ]


def table(texts: list[str], columns: int, step: int) -> list[str]:
    """Cells of four characters, the current one in brackets."""
    cells = [boxed(text, i == step, 4) for i, text in enumerate(texts)]
    return ["".join(cells[i : i + columns]) for i in range(0, len(cells), columns)]


def boxed(text: str, marked: bool, width: int) -> str:
    """A cell; the marked ones stand in brackets."""
    return (f"[{text}]" if marked else f"{text} ").rjust(width).replace(" ", BLANK)


def output(layer: Layer, step: int) -> int:
    """The output pixel number `step`."""
    return sum(weight * layer.pixel(place) for weight, place in layer.taps(*divmod(step, layer.out)))


def error(step: int) -> int:
    """A small error for each output pixel."""
    return (1, 2, -1, 3)[step % 4]


def words(layer: Layer, step: int, *, forward: bool) -> list[str]:
    """Sizes, kernel, and the sum of this window."""
    n, k, s, p, d = layer.n, layer.k, layer.s, layer.p, layer.d
    rows = " / ".join(" ".join(str(w) for w in KERNEL[i][:k]) for i in range(k))
    size = f"⌊({n} + 2·{p} − {d}·{k - 1} − 1)/{s}⌋ + 1 = {layer.out}"
    r, q = divmod(step, layer.out)
    if forward:
        terms = [f"{w}·{layer.pixel(at)}" for w, at in layer.taps(r, q) if w]
        third = f"out[{r}, {q}] = " + " + ".join(terms).replace("+ -", "− ") + f" = {output(layer, step)}"
    else:
        third = f"Window ({r}, {q}): its error {error(step)} times the kernel was just added to the bracketed pixels."
    return [f"[{rows}]   {size}", third]
