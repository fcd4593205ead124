"""Short text for values: arrays with shape and dtype, at most a few lines, nothing that a terminal would obey."""

from __future__ import annotations

import re
from collections.abc import Mapping

import numpy as np
import torch

from tutor.checks.compare import numbers
from tutor.checks.failure import Words
from tutor.checks.trees import Replay

MAX_LINES = 8
WIDTH = 72
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")


def clean(text: str, limit: int = 2000, lines: int = 200) -> str:
    """Text without control characters (they become visible escapes), cut to `limit` characters and `lines` lines."""
    text = _CONTROL.sub(lambda found: found.group().encode("unicode_escape").decode(), text.expandtabs(4))
    kept = text.splitlines()
    cut = "\n".join(kept[:lines])
    if len(kept) > lines:
        cut += " …" if lines == 1 else f"\n… ({len(kept) - lines} more lines)"
    return cut if len(cut) <= limit else cut[: limit - 2] + " …"


def show(value: object) -> str:
    """A value on at most eight lines."""
    return clean(_show(value), 1200, MAX_LINES)


def show_named(values: Mapping[str, object]) -> str:
    """`name = value`, one after the other; the more there are, the less of each is shown."""
    parts = [f"{name} = {_show(value)}" for name, value in values.items()]
    room = max(2, 2 * MAX_LINES // max(1, len(parts)))
    return "\n".join(clean(part, 800, min(room, MAX_LINES)) for part in parts)


def _show(value: object) -> str:
    if isinstance(value, torch.Tensor):
        extra = ", requires grad" if value.requires_grad else ""
        device = "" if value.device.type == "cpu" else f" on {value.device}"
        kind = f"tensor {str(value.dtype).removeprefix('torch.')} {_shape(tuple(value.shape))}{device}{extra}"
        return _with_numbers(kind, numbers(value))
    if isinstance(value, np.ndarray):
        return _with_numbers(f"array {value.dtype} {_shape(value.shape)}{_flags(value)}", value)
    if isinstance(value, np.generic):
        return f"{_number(value)} ({value.dtype})"
    if isinstance(value, (float, complex)):
        return _number(value)
    if isinstance(value, Words):
        return str(value)
    if isinstance(value, BaseException):
        return f"{type(value).__name__}: {value}" if str(value) else type(value).__name__
    if isinstance(value, torch.nn.Module):
        return f"{type(value).__name__} with {sum(p.numel() for p in value.parameters())} parameters"
    return _container(value)


def _container(value: object) -> str:
    if isinstance(value, Replay):
        return f"iterator over {_show(value.items)}"
    if isinstance(value, (tuple, list)):
        opening, closing = ("(", ")") if isinstance(value, tuple) else ("[", "]")
        items = [_show(item) for item in value[:6]] + (["…"] if len(value) > 6 else [])
        return _join(items, opening, "," + closing if isinstance(value, tuple) and len(value) == 1 else closing)
    if isinstance(value, dict):
        items = [f"{key!r}: {_show(item)}" for key, item in list(value.items())[:8]]
        return _join(items + (["…"] if len(value) > 8 else []), "{", "}")
    if isinstance(value, str) and ("\n" in value or len(value) > 40):
        return value
    if callable(value):
        return f"the function {getattr(value, '__name__', repr(value))}"
    try:
        return repr(value)
    except Exception:
        return f"<{type(value).__name__}>"


def _join(items: list[str], opening: str, closing: str) -> str:
    flat = ", ".join(items)
    if len(flat) <= WIDTH and "\n" not in flat:
        return f"{opening}{flat}{closing}"
    return opening + "\n " + ",\n ".join(item.replace("\n", "\n ") for item in items) + closing


def _shape(shape: tuple[int, ...]) -> str:
    return str(shape).replace(" ", "") if len(shape) > 3 else str(shape)


def _flags(array: np.ndarray) -> str:
    if not array.flags.writeable:
        return ", read-only"
    return "" if array.flags.c_contiguous or array.size < 2 else ", not contiguous"


def _number(value: object) -> str:
    if isinstance(value, (complex, np.complexfloating)):
        return f"{complex(value):.6g}"
    if isinstance(value, (float, np.floating)):
        text = f"{float(value):.6g}"
        return f"{text}.0" if text.lstrip("-").isdigit() else text
    return str(value)


def _with_numbers(kind: str, array: np.ndarray) -> str:
    if array.size == 0:
        return f"{kind} (empty)"
    text = np.array2string(
        array, threshold=40, edgeitems=2, max_line_width=WIDTH, separator=", ", formatter={"all": _number}
    )
    return f"{kind}  {text}" if "\n" not in text else f"{kind}\n{text}"
