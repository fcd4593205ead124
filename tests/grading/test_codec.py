"""The wire format: what may cross arrives as it was; everything else, and every damaged message, is an error."""
# ruff: noqa: E501  whole programs and messages on one line each read better than wrapped ones

from __future__ import annotations

import random

import numpy as np
import pytest
import torch

from tutor.grading.codec import MAX_DEPTH, CodecError
from tutor.grading.decoder import Decoder
from tutor.grading.encoder import Encoder

PLAIN = [
    None, True, False, 0, -1, 2**62, -(2**63), 2**200, -(2**77), 1.5, float("inf"), -0.0, 3 - 2j, "", "ü\x00\ud800", b"", b"\xff",
    (), (1, (2, "x")), [], [1, [2.0]], {}, {"a": 1, (1, 2): [3]}, {1, 2}, frozenset("ab"), slice(1, None, -2), range(3, 9, 2), ...,
    int, float, list, ValueError, np.dtype("float32"), np.float64, torch.float32, torch.bfloat16, torch.device("cpu"),
    torch.Size([2, 3]), torch.strided,
]  # fmt: skip


def there(value: object) -> object:
    encoder = Encoder()
    encoder.value(value)
    decoder = Decoder(bytes(encoder.out))
    result = decoder.value()
    decoder.end()
    return result


@pytest.mark.parametrize("value", PLAIN, ids=lambda value: type(value).__name__)
def test_plain_values_arrive_with_their_type(value):
    result = there(value)
    assert type(result) is type(value)
    assert result == value or repr(result) == repr(value)  # NaN, and sets in another order


def test_nan_arrives():
    assert np.isnan(there(float("nan")))


@pytest.mark.parametrize(
    "value", [np.float32(1.5), np.int64(-3), np.bool_(True), np.complex128(1j), np.str_("ä"), np.uint8(7)], ids=repr
)
def test_numpy_scalars_keep_their_type(value):
    result = there(value)
    assert type(result) is type(value)
    assert result == value


def test_the_same_list_twice_is_one_list():
    inner = [1]
    result = there((inner, {"again": inner}))
    assert result[0] is result[1]["again"]


def test_a_list_within_itself():
    loop: list = [1]
    loop.append(loop)
    result = there(loop)
    assert result[1] is result


def test_subclasses_arrive_as_their_base():
    class Text(str):
        __slots__ = ()

        def __str__(self) -> str:
            return "wrong"

    assert there(Text("right")) == "right"


def test_depth_is_limited_both_ways():
    deep: list = []
    for _ in range(MAX_DEPTH + 5):
        deep = [deep]
    with pytest.raises(CodecError, match="deeper"):
        there(deep)
    with pytest.raises(CodecError, match="deeper"):
        Decoder(b"l\x01\x00\x00\x00" * 200 + b"N").value()


@pytest.mark.parametrize("value", [object(), lambda: 1, np.ones(2), torch.ones(2)])
def test_what_has_identity_needs_the_tables(value):
    with pytest.raises(CodecError):
        there(value)


@pytest.mark.parametrize(
    "data",
    [
        b"", b"?", b"\x80\x04N.", b"s\xff\xff\xff\xff", b"t\xff\xff\xff\x7f", b"l\xff\xff\xff\xff", b"r\x07\x00\x00\x00",
        b"d\x01\x00\x00\x00l\x00\x00\x00\x00N", b"Ys\x04\x00\x00\x00eval", b"Ys\x0b\x00\x00\x00__builtins__", b"Hs\x04\x00\x00\x00load",
        b"Ds\x01\x00\x00\x00O", b"Ds\x03\x00\x00\x00|O8", b"Ds\x05\x00\x00\x00i4,i4", b"gs\x03\x00\x00\x00<f8b", b"Vs\x02\x00\x00\x00xx",
        b"@\x01\x00\x00\x00", b"+t", b"#",
    ],
)  # fmt: skip
def test_damaged_messages_are_errors(data):
    with pytest.raises(CodecError):
        Decoder(data).value()


def test_random_damage_never_does_worse_than_an_error():
    chance = random.Random(0)
    encoder = Encoder()
    encoder.value([v for v in PLAIN if v is not ...])
    whole = bytes(encoder.out)
    for _ in range(3000):
        data = bytearray(whole)
        for _ in range(chance.randint(1, 4)):
            data[chance.randrange(len(data))] = chance.randrange(256)
        try:
            Decoder(bytes(data)).value()
        except (CodecError, UnicodeDecodeError, ValueError, OverflowError, MemoryError):
            continue
