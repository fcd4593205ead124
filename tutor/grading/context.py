"""The caller's state that a call depends on, carried along with it: gradient mode, default dtype, NumPy's error state,
and the global random generators, which behave as if both processes had one set of them between them.
"""

from __future__ import annotations

import contextlib
import ctypes
import random
import struct
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, cast

import numpy as np

from tutor.grading.codec import CodecError, torch_attribute
from tutor.grading.decoder import Decoder
from tutor.grading.encoder import Encoder

_ERRORS = frozenset(("ignore", "warn", "raise", "print", "log", "call"))
_MT19937_BYTES = _RANDOM_BYTES = 624 * 4 + 4


_known: dict[bytes, tuple[object, ...]] = {}
_written: dict[tuple[object, ...], bytes] = {}


def write(e: Encoder) -> None:
    """Write this side's state. It seldom changes, so its bytes are remembered."""
    state = capture()
    data = _written.get(state)
    if data is None:
        encoder = Encoder()
        encoder.value(state)
        data = _written[state] = bytes(encoder.out)
    e.raw(data)


def read(d: Decoder) -> tuple[object, ...]:
    """Read the other side's state."""
    data = d.short()
    state = _known.get(data)
    if state is None:
        value = Decoder(data).value()
        if type(value) is not tuple or not value:
            raise CodecError("a state of the wrong form")
        if len(_known) < 1000:
            _known[data] = value
        state = value
    return state


def capture() -> tuple[object, ...]:
    """Take this side's state."""
    errors = capture_errors()
    torch = sys.modules.get("torch")
    if torch is None:
        return (errors,)
    dtype = str(torch.get_default_dtype()).removeprefix("torch.")
    return errors, torch.is_grad_enabled(), torch.is_inference_mode_enabled(), dtype


def applied(state: tuple[object, ...]) -> contextlib.AbstractContextManager[None]:
    """Run a block in the other side's state."""
    return _SAME if state == capture() else _applied(state)


_SAME = contextlib.nullcontext()


@contextlib.contextmanager
def _applied(state: tuple[object, ...]) -> Iterator[None]:
    errors = cast("tuple[str, str, str, str]", state[0])
    if len(errors) != 4 or any(e not in _ERRORS for e in errors):
        raise CodecError("an impossible NumPy error state")
    with contextlib.ExitStack() as stack:
        if errors != capture_errors():
            divide, over, under, invalid = cast("tuple[Any, Any, Any, Any]", errors)
            stack.enter_context(np.errstate(divide=divide, over=over, under=under, invalid=invalid))
        torch = sys.modules.get("torch")
        if torch is not None and len(state) == 4:
            grad, inference = bool(state[1]), bool(state[2])
            if inference != torch.is_inference_mode_enabled():
                stack.enter_context(torch.inference_mode(inference))
            if grad != torch.is_grad_enabled():
                stack.enter_context(torch.set_grad_enabled(grad))
            before, wanted = torch.get_default_dtype(), torch_attribute(str(state[3]))
            if wanted is not before:
                torch.set_default_dtype(wanted)
                stack.callback(torch.set_default_dtype, before)
        yield


def capture_errors() -> tuple[str, ...]:
    """Give NumPy's error state as four words."""
    state = np.geterr()
    return state["divide"], state["over"], state["under"], state["invalid"]


def _numpy_print() -> bytes:
    """Look at NumPy's global generator without the 50 µs that asking for its state takes."""
    generator = np.random.mtrand._rand._bit_generator  # there is no public way
    if type(generator).__name__ != "MT19937":
        return repr(generator.state).encode()
    return ctypes.string_at(generator.ctypes.state_address, _MT19937_BYTES)


_PLAIN = random._inst
"""The generator behind `random.random` and its like; there is no public way to it."""


def _random_place() -> int:
    """Find the words of that generator in memory, or give 0.

    `random.getstate()` and comparing what it gives take 25 µs, at every turn of a conversation of many hundred turns.
    """
    if sys.implementation.name != "cpython" or type(_PLAIN).__basicsize__ < object.__basicsize__ + _RANDOM_BYTES:
        return 0
    place, words = id(_PLAIN) + object.__basicsize__, random.getstate()[1]
    # The position stands before the words in C and after them in `getstate`: anything else is another layout.
    return place if struct.pack("=i624I", words[-1], *words[:-1]) == ctypes.string_at(place, _RANDOM_BYTES) else 0


_PLACE = _random_place()


def _random_print() -> object:
    return (ctypes.string_at(_PLACE, _RANDOM_BYTES), vars(_PLAIN)["gauss_next"]) if _PLACE else random.getstate()


@dataclass(slots=True)
class GlobalRandom:
    """Keeps the two processes' global random generators in step."""

    seen: dict[str, object] = field(default_factory=dict)

    def _prints(self) -> dict[str, object]:
        found: dict[str, object] = {"numpy": _numpy_print(), "random": _random_print()}
        torch = sys.modules.get("torch")
        if torch is not None:
            found["torch"] = torch.get_rng_state().numpy().tobytes()
        return found

    def changes(self) -> dict[str, object]:
        """Give the states that changed here since both sides agreed, and agree on them."""
        prints = self._prints()
        changed = {name: _state(name) for name, now in prints.items() if self.seen.get(name) != now}
        self.seen = prints
        return changed

    def agree(self) -> None:
        """Take the present states as agreed."""
        self.seen = self._prints()

    def apply(self, changed: object) -> None:
        """Take over the other side's states."""
        if not isinstance(changed, dict):
            raise CodecError("random states of the wrong kind")
        for name, state in changed.items():
            _set_state(name, state)
        if changed:
            self.agree()


def _state(name: str) -> object:
    if name == "random":
        return random.getstate()
    if name == "torch":
        return sys.modules["torch"].get_rng_state().numpy().tobytes()
    state = np.random.get_state(legacy=False)
    assert isinstance(state, dict)
    if state["bit_generator"] != "MT19937":
        return None
    inner = state["state"]
    return inner["key"].tobytes(), int(inner["pos"]), int(state["has_gauss"]), float(state["gauss"])


def _set_state(name: object, state: object) -> None:
    try:
        if name == "random":
            random.setstate(cast("tuple[Any, ...]", state))
        elif name == "torch" and "torch" in sys.modules:
            torch = sys.modules["torch"]
            torch.set_rng_state(torch.frombuffer(bytearray(cast(bytes, state)), dtype=torch.uint8).clone())
        elif name == "numpy" and state is not None:
            key, position, has_gauss, gauss = cast("tuple[bytes, int, int, float]", state)
            np.random.set_state(("MT19937", np.frombuffer(key, np.uint32), position, has_gauss, gauss))
    except (TypeError, ValueError, RuntimeError) as error:
        raise CodecError(f"a random state that does not fit: {error}") from None
