"""Arrays, objects, errors, callables and random states across the process border."""
# ruff: noqa: E501  whole programs and messages on one line each read better than wrapped ones

from __future__ import annotations

import contextlib
import inspect
import random
import warnings

import numpy as np
import pytest
import torch

from tutor.checks.calls import last_call
from tutor.grading import given
from tutor.grading.errors import ForbiddenError, LearnerDiedError

SOURCE = """
import random
import sys
import warnings
import numpy as np
import torch

def echo(x):
    return x

def first_row_in_place(a):
    a[0] = 5
    return a.T

def layout(a):
    return a.strides, bool(a.flags.writeable), a.dtype.str

def copy(a):
    return a.copy()

def same(a, b):
    return a is b

def overlap(a, b):
    return bool(np.shares_memory(a, b))

def append(items, table):
    items.append(3)
    table["new"] = np.ones(2)

def replaced(table):
    table["w"] = table["w"] - 1
    return table

def fails(kind):
    if kind == "value":
        raise ValueError("no good")
    if kind == "own":
        class Odd(KeyError):
            pass
        raise Odd("key")
    if kind == "deep":
        return fails(kind)
    if kind == "assert":
        assert 1 == 2, "not equal"
    if kind == "linalg":
        return np.linalg.inv(np.zeros((2, 2)))
    if kind == "torch":
        return torch.ones(2) @ torch.ones(3)
    if kind == "exit":
        sys.exit(3)
    if kind == "unicode":
        return b"\\xff".decode()
    raise NotImplementedError

def batches(n, x):
    if n < 0:
        raise ValueError("negative")
    def go():
        for i in range(n):
            yield x[i : i + 1]
    return go()

def lazily(n):
    if n < 0:
        raise ValueError("negative")
    yield from range(n)

def closing(log):
    try:
        yield 1
        yield 2
    finally:
        log.append("closed")

def endless():
    while True:
        yield 1

def shuffle_in_place(x, rng):
    rng.shuffle(x)
    yield x[0]

def consume(items):
    return [i for i in items]

def first(items):
    return next(iter(items))

def peek(f):
    return f.__globals__

def attribute(thing, name):
    return getattr(thing, name)

def draw(rng, n):
    return rng.normal(size=n)

def torch_draw(g):
    return torch.rand(3, generator=g)

def global_draw():
    return np.random.rand(), random.random(), torch.rand(2)

def warn():
    warnings.warn("careful", RuntimeWarning)
    return np.log(np.zeros(1))

def say(text):
    print(text)

def weird():
    return {"ok": 1, "bad": np.array([object()])}

def swap_data(t):
    t.data = torch.zeros(3)

def through_data(t):
    t.data -= 1

def turn_data(t):
    t.data = t.data.t()

def set_grad(t):
    t.grad = torch.ones_like(t)

def norm(f, x):
    return f(f(x))

class Value:
    def __init__(self, data):
        self.data = data
    def __add__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        return Value(self.data + other.data)
    __radd__ = __add__
    def __len__(self):
        return 3
    def __getitem__(self, i):
        return (self.data, i)
    def __eq__(self, other):
        return isinstance(other, Value) and self.data == other.data
    __hash__ = None
    def __repr__(self):
        return f"Value({self.data})"
    def __enter__(self):
        self.data = "in"
        return self
    def __exit__(self, *error):
        self.data = "out"
        return error[0] is not None

class Ranked:
    __array_ufunc__ = None
    def __radd__(self, other):
        return ("radd", type(other).__name__)

class Keeper:
    def __init__(self, a):
        self.a = a
    def table(self):
        return {"a": self.a}
    def change(self):
        self.a += 1
"""


@pytest.fixture
def mine(talk):
    return talk(SOURCE)


LAYOUTS = {
    "c": np.arange(6.0).reshape(2, 3),
    "fortran": np.asfortranarray(np.arange(6.0).reshape(2, 3)),
    "reversed": np.arange(6.0).reshape(2, 3)[:, ::-1],
    "strided": np.arange(24.0).reshape(4, 6)[::2, ::2],
    "broadcast": np.broadcast_to(np.arange(3.0), (2, 3)),
    "scalar": np.array(2.5),
    "empty": np.empty((0, 3)),
    "ints": np.arange(4, dtype=np.int16),
    "bool": np.array([True, False]),
    "complex": np.array([1j, 2]),
    "text": np.array(["a", "bcd"]),
    "big endian": np.arange(3, dtype=">i4"),
    "objects": np.array([None, "a", 3], dtype=object),
}


@pytest.mark.parametrize("name", LAYOUTS)
def test_arrays_arrive_with_their_layout(mine, name):
    a = LAYOUTS[name]
    strides, writeable, dtype = mine.layout(a)
    assert dtype == a.dtype.str
    assert writeable == a.flags.writeable
    assert a.dtype.hasobject or strides == a.strides
    back = mine.copy(a)
    assert back.dtype == a.dtype
    assert np.array_equal(back, a)
    assert not np.shares_memory(back, a)


@pytest.mark.parametrize(
    "dtype", [torch.float16, torch.bfloat16, torch.float64, torch.int64, torch.uint8, torch.bool, torch.complex64]
)
def test_tensors_arrive(mine, dtype):
    for t in (
        torch.ones(2, 3).to(dtype).T,
        torch.ones(6).to(dtype)[::2],
        torch.ones(1, 3).to(dtype).expand(4, 3),
        torch.tensor(1).to(dtype),
    ):
        back = mine.Keeper(t + t if dtype != torch.bool else t).a
        assert back.dtype == dtype
        assert back.shape == t.shape
        assert mine.echo(t) is t


def test_the_same_argument_twice_is_one_object(mine):
    a, b = np.ones(3), torch.ones(3)
    assert mine.same(a, a)
    assert mine.same(b, b)
    assert not mine.same(a, a.copy())
    assert mine.echo(a) is a


def test_overlapping_arguments_overlap(mine):
    a = np.arange(6.0)
    assert mine.overlap(a, a[2:4])
    assert not mine.overlap(a[:2], a[4:])


@pytest.mark.parametrize("name", ["c", "fortran", "reversed", "strided"])
def test_changes_in_place_and_views(mine, name):
    a = LAYOUTS[name].copy(order="K")[...]
    view = mine.first_row_in_place(a)
    assert (a[0] == 5).all()
    assert np.shares_memory(view, a)
    assert np.array_equal(view, a.T)
    view[0, 0] = 7
    assert a[0, 0] == 7


def test_read_only_stays_read_only(mine):
    a = np.ones(2)
    a.flags.writeable = False
    with pytest.raises(ValueError, match="read-only"):
        mine.first_row_in_place(a)


def test_lists_and_dicts_are_updated(mine):
    items, table = [1], {"w": np.zeros(2)}
    mine.append(items, table)
    assert items == [1, 3]
    assert np.array_equal(table["new"], np.ones(2))
    assert mine.replaced(table) is table
    assert np.array_equal(table["w"], [-1, -1])


def test_what_an_object_lent_out_follows_it(mine):
    a = np.zeros(2)
    keeper = mine.Keeper(a)
    table = keeper.table()
    assert table["a"] is a
    keeper.change()
    assert np.array_equal(a, [1, 1])
    a[:] = 9
    keeper.change()
    assert np.array_equal(a, [10, 10])


def test_the_same_memory_in_another_order(mine):
    t = torch.arange(4.0).reshape(2, 2)
    mine.turn_data(t)
    assert t.tolist() == [[0, 2], [1, 3]]


def test_changes_behind_autograds_back(mine):
    t = torch.ones(3)
    before = t.data_ptr()
    mine.through_data(t)
    assert t.tolist() == [0, 0, 0]
    assert t._version == 0
    mine.swap_data(t)
    assert t.data_ptr() != before
    mine.set_grad(t)
    assert t.grad.tolist() == [1, 1, 1]


@pytest.mark.parametrize(
    ("kind", "error", "text"),
    [
        ("value", ValueError, "no good"), ("own", KeyError, "key"), ("deep", RecursionError, "recursion"), ("assert", AssertionError, "not equal"),
        ("linalg", np.linalg.LinAlgError, "Singular"), ("torch", RuntimeError, "size"), ("else", NotImplementedError, ""),
        ("unicode", ValueError, "utf-8"),
    ],
)  # fmt: skip
def test_errors_arrive_with_type_text_and_the_learners_lines(mine, kind, error, text):
    with pytest.raises(error, match=text or None) as caught:
        mine.fails(kind)
    assert 'File "ex.py", line' in caught.value.tutor_traceback
    assert "conftest" not in caught.value.tutor_traceback


def test_sys_exit_ends_the_run(mine):
    with pytest.raises(LearnerDiedError, match=r"sys.exit\(3\)") as caught:
        mine.fails("exit")
    assert caught.value.tutor_ends_run
    with pytest.raises(LearnerDiedError):
        mine.echo(1)


def test_generators_are_lazy(mine):
    x = np.arange(3.0)
    assert [b.tolist() for b in mine.batches(3, x)] == [[0], [1], [2]]
    with pytest.raises(ValueError, match="negative"):
        mine.batches(-1, x)
    late = mine.lazily(-1)
    with pytest.raises(ValueError, match="negative"):
        next(late)
    endless = mine.endless()
    assert [next(endless) for _ in range(3)] == [1, 1, 1]
    assert iter(endless) is endless


def test_closing_a_generator(mine):
    log = []
    generator = mine.closing(log)
    assert next(generator) == 1
    generator.close()
    with pytest.raises(StopIteration):
        next(generator)


def test_a_change_made_when_the_generator_runs(mine):
    x = np.arange(8)
    generator = mine.shuffle_in_place(x, np.random.default_rng(0))
    assert x.tolist() == list(range(8))
    next(generator)
    assert x.tolist() != list(range(8))


def test_judges_iterables_and_functions(mine):
    assert mine.consume(i * 2 for i in range(3)) == [0, 2, 4]
    assert mine.consume([np.ones(1)])[0] == 1
    assert mine.norm(lambda x: x + 1, 0) == 2
    assert mine.norm(np.sqrt, 16.0) == 2

    class Loader:
        def __len__(self):
            return 2

        def __iter__(self):
            return iter("ab")

    assert mine.consume(Loader()) == ["a", "b"]
    assert mine.norm(mine.echo, 3) == 3


def test_the_judges_errors_pass_through_the_learner(mine):
    def f(x):
        raise IndexError("from here")

    with pytest.raises(IndexError, match="from here"):
        mine.norm(f, 1)


@pytest.mark.parametrize("name", ["__globals__", "__code__", "__class__", "__self__", "weight", "_parameters"])
def test_what_is_lent_shows_nothing_else(mine, name):
    for thing in (lambda: 1, iter([1]), torch.optim.SGD([torch.ones(1)], 0.1)):
        if name == "__class__":
            assert "Proxy" in mine.attribute(thing, name).__name__
        else:
            with pytest.raises((AttributeError, PermissionError)):
                mine.attribute(thing, name)


def test_only_what_was_lent_can_be_asked_for(mine):
    for operation, arguments in (
        ("call", (bytes, (5,), {})),
        ("next", (5,)),
        ("op", ("getitem", [1], 0)),
        ("get", (3, "real")),
    ):
        with pytest.raises(PermissionError):
            mine.host.serve(operation, arguments)


@pytest.mark.parametrize("seed", range(20))
def test_damaged_answers_end_the_run_and_nothing_else(talk, seed):
    mine = talk(SOURCE)
    chance = random.Random(seed)
    real = mine.host.peer.channel.receive
    x = torch.ones(3, 2, requires_grad=True)
    mine.echo(1)

    def damaged() -> bytearray:
        data = real()
        for _ in range(chance.randint(0, 2)):
            data[chance.randrange(1, len(data))] = chance.randrange(256)  # the kind of message stays
        return data

    mine.host.peer.channel.receive = damaged
    calls = [
        lambda: mine.Keeper(x).a,
        lambda: mine.layout(np.ones((2, 3))),
        lambda: mine.fails("value"),
        lambda: mine.copy(LAYOUTS["strided"]),
        lambda: mine.first_row_in_place(np.ones((2, 2))),
    ]
    for _ in range(20):
        with contextlib.suppress(Exception, LearnerDiedError):
            chance.choice(calls)()
        if mine.host.dead is not None:
            break


def test_random_generators_advance(mine):
    ours, theirs = np.random.default_rng(3), np.random.default_rng(3)
    assert np.array_equal(ours.normal(size=4), mine.draw(theirs, 4))
    assert np.array_equal(ours.normal(size=4), mine.draw(theirs, 4))
    assert ours.normal() == theirs.normal()
    g, h = torch.Generator().manual_seed(1), torch.Generator().manual_seed(1)
    assert torch.equal(torch.rand(3, generator=g), mine.torch_draw(h))
    assert torch.equal(torch.rand(3, generator=g), torch.rand(3, generator=h))


def test_warnings_are_emitted_here(mine):
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        mine.warn()
    assert [w.category for w in seen] == [RuntimeWarning, RuntimeWarning]
    assert "careful" in str(seen[0].message)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(RuntimeWarning):
            mine.warn()


def test_numpys_error_state_holds_over_there(mine):
    with np.errstate(all="raise"), pytest.raises(FloatingPointError):
        mine.warn()


def test_a_result_that_cannot_cross_is_an_error_of_the_call(mine):
    a = np.ones(2)
    with pytest.raises(TypeError, match="object array"):
        mine.weird()
    mine.first_row_in_place(a)
    assert a[0] == 5


def test_an_argument_that_cannot_cross_leaves_things_as_they_were(mine):
    a = np.ones(2)
    with pytest.raises(TypeError, match="cannot be passed"):
        mine.same(a, object())
    assert mine.echo(a) is a
    assert mine.layout(a)[2] == "<f8"


def test_objects(mine):
    v = mine.Value(2) + mine.Value(3)
    assert v.data == 5
    assert (1 + v).data == 6
    assert len(v) == 3
    assert v[1] == (5, 1)
    assert v == mine.Value(5)
    assert repr(v) == "Value(5)"
    assert isinstance(v, mine.Value)
    assert not isinstance(3, mine.Value)
    v.data = 8
    assert v.data == 8
    with v as inside:
        assert inside.data == "in"
    assert v.data == "out"
    with v:
        raise ValueError("swallowed")
    with pytest.raises(AttributeError):
        v.nothing  # noqa: B018
    with pytest.raises(TypeError):
        v * 2


def test_array_plus_object_asks_the_object(mine):
    assert np.ones(2) + mine.Ranked() == ("radd", "ndarray")


def test_a_missing_name(mine):
    with pytest.raises(AttributeError, match=r"ex.py does not define relu"):
        mine.relu  # noqa: B018


def test_signature(mine):
    assert list(inspect.signature(mine.draw).parameters) == ["rng", "n"]


def test_the_record_of_a_call(mine):
    mine.first_row_in_place(np.ones(2))
    info = last_call(mine)
    assert info is last_call(mine.first_row_in_place)
    assert info.name == "first_row_in_place"
    assert info.changed
    assert info.cpu_seconds >= 0
    mine.echo(1)
    assert not last_call(mine).changed


def test_measure(mine):
    value, seconds, peak = mine.copy.tutor_measure(np.zeros(100_000))
    assert value.shape == (100_000,)
    assert seconds > 0
    assert peak >= 800_000


def test_forbidden_errors_say_what_and_where():
    error = ForbiddenError("uses x, line 3")
    assert error.tutor_outcome == "failed"


def test_a_layer_that_was_passed_tells_its_sizes_and_nothing_else():
    layer = torch.nn.Conv2d(2, 3, (3, 1), padding="same")
    layer.secret, layer.key = {"answer": 42}, torch.ones(2)
    assert given.serve("get", (layer, "out_channels")) == 3
    assert given.serve("get", (layer, "kernel_size")) == (3, 1)
    assert given.serve("get", (layer, "padding")) == "same"

    class OfTheCheck(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.answer = 42

    for module, name in ((layer, "secret"), (layer, "key"), (layer, "forward"), (layer, "_version"), (layer, "groups_"),
                         (OfTheCheck(), "answer")):  # fmt: skip
        with pytest.raises(AttributeError, match="belongs to the check"):
            given.serve("get", (module, name))
