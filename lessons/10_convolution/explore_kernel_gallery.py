"""Nine classic kernels on a photograph, a digit and a bar: what each of them answers to.

The photographs come with scikit-learn as JPEG files, and nothing among the dependencies decodes JPEG. A thumbnail needs
no decoder: each block of 8 × 8 pixels stores its mean (the "DC coefficient") as a number of its own, so walking through
the Huffman codes and keeping the means gives the picture at an eighth of its size, about what a terminal can show.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from tutor.training import Figure, Note, choice
from tutor.training.data import load

TITLE = "Nine kernels on a picture"
TEACHES = (
    "A kernel whose weights add up to 0 is silent on flat areas: it sees change. First derivatives (Sobel) answer + on "
    "one side of a bar and − on the other, second derivatives alike on both. Weights with sum 1 give a picture."
)

ROWS, COLUMNS = 40, 76
"""Dots of the picture: 10 rows of 38 characters, each 4 × 2 dots."""

KERNELS: dict[str, tuple[tuple[float, ...], ...]] = {
    "sobel-x": ((-1, 0, 1), (-2, 0, 2), (-1, 0, 1)),
    "sobel-y": ((-1, -2, -1), (0, 0, 0), (1, 2, 1)),
    "vertical edge": ((1, 0, -1), (1, 0, -1), (1, 0, -1)),
    "horizontal edge": ((1, 1, 1), (0, 0, 0), (-1, -1, -1)),
    "surround": ((-1, -1, -1), (-1, 8, -1), (-1, -1, -1)),
    "blur": ((1 / 9,) * 3,) * 3,
    "sharpen": ((0, -1, 0), (-1, 5, -1), (0, -1, 0)),
    "emboss": ((-2, -1, 0), (-1, 1, 1), (0, 1, 2)),
    "identity": ((0, 0, 0), (0, 1, 0), (0, 0, 0)),
}
TRIPLES = (
    "-1 0 1",
    "-2 0 2",
    "1 0 -1",
    "3 0 -3",
    "10 0 -10",
    "-1 2 -1",
    "-1 -2 -1",
    "1 2 1",
    "1 1 1",
    "0 0 0",
    "0 1 0",
)
BAYER = np.array([[0, 8, 2, 10], [12, 4, 14, 6], [3, 11, 1, 9], [15, 7, 13, 5]]) / 16 + 1 / 32  # (4, 4) thresholds
DOTS = np.array([[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]])  # (4, 2) bits of a braille character


@dataclass(frozen=True)
class Knobs:
    """What can be turned."""

    kernel: str = choice("own", "own", *KERNELS, help="own: the three rows below; as they are now, they are Sobel X")
    picture: str = choice("flower", "flower", "china", "digit", "bar", help="photographs in eighths, a 3, a bright bar")
    view: str = choice("absolute", "absolute", "signed", help="signed: grey is 0, bright is +, dark is −")
    top: str = choice("-1 0 1", *TRIPLES, help="first row of your own kernel")
    middle: str = choice("-2 0 2", *TRIPLES, help="second row of your own kernel")
    bottom: str = choice("-1 0 1", *TRIPLES, help="third row of your own kernel")


def draw(knobs: Knobs) -> Figure:
    """The picture, and beside it the response of the kernel."""
    image, name = picture(knobs.picture)
    own = tuple(tuple(float(v) for v in row.split()) for row in (knobs.top, knobs.middle, knobs.bottom))
    kernel = np.array(KERNELS.get(knobs.kernel, own))  # (3, 3)
    out = correlate(image, kernel)  # (H, W)
    before = Figure(tuple(Note(row) for row in braille(image)), name)
    after = Figure(tuple(Note(row) for row in braille(shown(out, kernel, knobs.view))), title(kernel, knobs))
    return Figure(tuple(Note(line) for line in words(kernel, knobs.picture, image, out)), panels=(before, after))


def correlate(image: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    """Cross-correlation; the border is repeated, so that no dark frame appears."""
    padded = np.pad(image, 1, mode="edge")  # (H + 2, W + 2)
    (H, W), out = image.shape, np.zeros_like(image)
    for i in range(3):
        for j in range(3):
            out += kernel[i, j] * padded[i : i + H, j : j + W]
    return out


def shown(out: np.ndarray, kernel: np.ndarray, view: str) -> np.ndarray:
    """The response as brightness from 0 to 1; where the weights add up to more than 0 it is a picture already."""
    if kernel.sum() > 0:
        return np.clip(out / kernel.sum(), 0, 1)
    most = max(float(np.quantile(np.abs(out), 0.99)), 1e-9)
    return np.clip(np.abs(out) / most if view == "absolute" else 0.5 + 0.5 * out / most, 0, 1)


def title(kernel: np.ndarray, knobs: Knobs) -> str:
    """Kernel, and how its response is drawn."""
    how = "as a picture" if kernel.sum() > 0 else "bright is large" if knobs.view == "absolute" else "grey is 0"
    return f"{knobs.kernel}: {how}"


def words(kernel: np.ndarray, name: str, image: np.ndarray, out: np.ndarray) -> list[str]:
    """The weights, and what comes out."""
    fixed = np.allclose(kernel, 1 / 9)
    rows = " / ".join("1/9 1/9 1/9" if fixed else " ".join(f"{v:g}" for v in row) for row in kernel)
    line = f"[{rows}]  sum {kernel.sum():.3g}."
    if name != "bar":
        return [f"{line}  Responses {out.min():.3g} … {out.max():.3g}."]
    edges = np.flatnonzero(np.diff(image[ROWS // 2]))  # (2,): the last column before each edge
    left, right = (out[ROWS // 2, e : e + 2] + 0.0 for e in edges)
    return [f"{line}  At the edges {left[0]:.3g} {left[1]:.3g} … {right[0]:.3g} {right[1]:.3g}."]


def braille(image: np.ndarray) -> Iterator[str]:
    """Rows of characters with 2 × 4 dots each; grey by an ordered pattern of dots."""
    dots = image > np.tile(BAYER, (ROWS // 4, COLUMNS // 4))  # (H, W)
    cells = dots.reshape(ROWS // 4, 4, COLUMNS // 2, 2) * DOTS[:, None, :]  # (H/4, 4, W/2, 2)
    for row in cells.sum(axis=(1, 3)):
        yield "".join(chr(0x2800 + int(bits)) for bits in row)


@lru_cache(maxsize=8)
def picture(name: str) -> tuple[np.ndarray, str]:
    """(ROWS, COLUMNS) brightness from 0 to 1, and what it is."""
    if name == "bar":
        bar = np.zeros((ROWS, COLUMNS))
        bar[8:-8, 28:48] = 1.0
        return bar, "a bright bar"
    if name != "digit":
        found = importlib.util.find_spec("sklearn")
        path = Path(found.origin or "").parent / "datasets" / "images" / f"{name}.jpg" if found else Path(name)
        if path.is_file():
            small = thumbnail(path.read_bytes())
            top, left = (small.shape[0] - ROWS) // 2, (small.shape[1] - COLUMNS) // 2
            cut = small[top : top + ROWS, left : left + COLUMNS]
            low, high = np.quantile(cut, (0.01, 0.99))
            author = {"flower": "vultilion", "china": "danielbuechele"}[name]
            return np.clip((cut - low) / (high - low), 0, 1), f"{name}.jpg, CC BY {author}"
    digit = load("digits").x_train[3]  # (8, 8)
    wide = np.zeros((ROWS, COLUMNS))
    wide[:, 18:58] = np.kron(digit, np.ones((ROWS // 8, 5)))
    return wide, "a handwritten digit, 8 × 8"


def thumbnail(data: bytes) -> np.ndarray:
    """The mean brightness of each 8 × 8 block of a baseline JPEG file, (H/8, W/8), from 0 to 1."""
    quant, codes, frame, scan = segments(data)
    height, width = (int.from_bytes(frame[i : i + 2], "big") for i in (1, 3))
    parts = [frame[6 + 3 * i : 9 + 3 * i] for i in range(frame[5])]  # id, sampling, quantisation table
    tables = [scan[2 + 2 * i] for i in range(scan[0])]
    bits = scan[4 + 2 * scan[0] :]
    padded = np.frombuffer(bits.replace(b"\xff\x00", b"\xff") + bytes(4), np.uint8).astype(np.uint32)
    wide = padded[:-2] << 16 | padded[1:-1] << 8 | padded[2:]  # (bytes,) the next 24 bits
    ahead = np.stack([wide >> (8 - o) & 0xFFFF for o in range(8)], 1).ravel()  # (bits,) the next 16 bits at each bit
    lookup = {key: walk(ahead, code, dc=key < 16) for key, code in codes.items()}
    h, v = parts[0][1] >> 4, parts[0][1] & 15  # blocks of brightness in a unit, across and down
    units = -(-width // (8 * h)), -(-height // (8 * v))
    means, last, at = np.zeros((units[1] * v, units[0] * h)), [0] * len(parts), 0
    for unit in range(units[0] * units[1]):
        y, x = divmod(unit, units[0])
        for p, (part, table) in enumerate(zip(parts, tables, strict=True)):
            skip_dc, size_dc = lookup[table >> 4]
            skip_ac, run_ac = lookup[16 + (table & 15)]
            for block in range((part[1] >> 4) * (part[1] & 15)):
                size, end = size_dc[at], at + skip_dc[at]
                raw = int(ahead[end - size]) >> (16 - size)
                last[p] += raw if not size or raw >> (size - 1) else raw - (1 << size) + 1
                at, k = end, 1
                while k < 64:
                    here = at
                    at += skip_ac[here]
                    k += run_ac[here]
                if p == 0:
                    means[y * v + block // h, x * h + block % h] = last[p]
    return np.clip((means[: height // 8, : width // 8] * quant[parts[0][2]] / 8 + 128) / 255, 0, 1)


def segments(data: bytes) -> tuple[dict[int, int], dict[int, bytes], bytes, bytes]:
    """First quantiser of each table, the Huffman tables (DC from 0, AC from 16), the frame header, the scan."""
    quant: dict[int, int] = {}
    codes: dict[int, bytes] = {}
    frame, pos = b"", 2
    while True:
        marker, length = data[pos + 1], int.from_bytes(data[pos + 2 : pos + 4], "big")
        body, pos = data[pos + 4 : pos + 2 + length], pos + 2 + length
        if marker == 0xDB:
            quant |= {body[i] & 15: body[i + 1] for i in range(0, len(body), 65)}
        elif marker == 0xC0:
            frame = body
        elif marker == 0xDA:
            return quant, codes, frame, body[: 1 + 2 * body[0] + 3] + data[pos : data.rindex(b"\xff\xd9")]
        while marker == 0xC4 and body:
            count = sum(body[1:17])
            codes[body[0]] = body[1 : 17 + count]
            body = body[17 + count :]


def walk(ahead: np.ndarray, code: bytes, *, dc: bool) -> tuple[bytes, bytes]:
    """For every bit of the scan, if a code began there: how many bits it takes, and its size (DC) or its run (AC)."""
    skip, value, start, symbol = np.zeros(1 << 16, np.uint8), np.zeros(1 << 16, np.uint8), 0, 16
    for length, count in enumerate(code[:16], 1):
        for s in code[symbol : symbol + count]:
            stop = start + (1 << (16 - length))
            skip[start:stop] = length + (s & 15)
            value[start:stop] = s if dc else 64 if s == 0 else (s >> 4) + 1
            start = stop
        symbol += count
    return skip[ahead].tobytes(), value[ahead].tobytes()
