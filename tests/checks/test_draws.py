"""Draws are reproducible, small first, and reach every corner they promise."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from tutor.checks.draws import Draw, draws
from tutor.checks.layouts import LAYOUTS, lay_out


def all_draws(count=30, seed=0, check="test_it"):
    return [Draw(seed, check, index, count) for index in range(count)]


def test_the_same_seed_check_and_index_give_the_same_draw():
    one, other = (Draw(7, "test_it", 3, 30) for _ in range(2))
    assert one.shape() == other.shape()
    assert (one.array((3, 4)) == other.array((3, 4))).all()
    assert one.rng().normal() == other.rng().normal()


@pytest.mark.parametrize("changed", [(8, "test_it", 3), (7, "test_other", 3), (7, "test_it", 4)])
def test_another_seed_check_or_index_gives_another(changed):
    assert Draw(7, "test_it", 3, 30).float(0, 1) != Draw(*changed, 30).float(0, 1)


def test_the_first_draw_is_small_but_tells_axes_apart():
    for seed in range(50):
        assert Draw(seed, "t", 0, 30).shape(dims=(1, 4)) in [(2,), (3,)]
        assert sorted(Draw(seed, "t", 0, 30).shape(dims=2)) == [2, 3]


def test_shapes_grow_and_reach_their_bounds():
    shapes = [draw.shape(dims=(1, 4), low=1, high=6) for draw in all_draws(200)]
    assert max(np.prod(shape) for shape in shapes[:5]) <= 60
    assert {len(shape) for shape in shapes} == {1, 2, 3, 4}
    assert {n for shape in shapes for n in shape} == {1, 2, 3, 4, 5, 6}


def test_no_two_axes_are_equal_where_that_can_be():
    for draw in all_draws(200):
        shape = draw.shape(dims=(2, 4), high=6)
        assert len(set(shape)) == len(shape)
    for draw in all_draws(200)[100:]:
        assert len(set(draw.shape(dims=4, high=3))) > 1


def test_every_count_of_axes_is_honoured():
    for draw in all_draws(60):
        for dims in (0, 1, 2, 3, 4, 5, 6):
            assert len(draw.shape(dims=dims)) == dims


def test_picks_of_one_check_come_in_all_combinations():
    seen = {(draw.pick("a", "b", "c"), draw.bool(), draw.pick(1, 50)) for draw in all_draws(12)}
    assert len(seen) == 12
    assert (all_draws(12)[0].pick("a", "b", "c"), all_draws(12)[0].bool()) == ("a", False)


def test_more_options_than_draws_are_random():
    assert len({draw.pick(*range(100)) for draw in all_draws(30)}) > 15


def test_integers_include_both_ends():
    values = {draw.int(2, 5) for draw in all_draws(200)}
    assert values == {2, 3, 4, 5}
    assert all_draws()[0].int(2, 5) == 2


def test_axes_from_the_front_and_the_back():
    x = np.zeros((2, 3, 4))
    assert {draw.dim(x) for draw in all_draws(200)} == {-3, -2, -1, 0, 1, 2}


def test_arrays_have_the_dtype_and_scale_asked_for():
    draw = all_draws()[0]
    assert draw.array((3,), dtype="float32").dtype == np.float32
    assert draw.array(4, dtype="int32").dtype == np.int32
    assert draw.array((50,), dtype="bool").any()
    assert 5 < np.abs(draw.array(500, scale=10)).mean() < 12
    assert draw.array().shape == ()
    assert draw.array((0, 3)).shape == (0, 3)


def test_tensors_require_a_gradient_unless_told_otherwise():
    draw = all_draws()[0]
    assert draw.tensor((2, 3)).requires_grad
    assert draw.tensor((2, 3)).dtype == torch.float64
    assert not draw.tensor((2, 3), requires_grad=False).requires_grad
    assert draw.tensor((2, 3), dtype=torch.int64).dtype == torch.int64


def test_labels_cover_all_classes():
    assert set(all_draws()[0].labels(200, 4).tolist()) == {0, 1, 2, 3}
    assert all_draws()[0].labels((), 4).shape == ()
    assert all_draws()[0].targets((2, 3), 4).dtype == torch.int64


@pytest.mark.parametrize("name", LAYOUTS)
@pytest.mark.parametrize("shape", [(), (3,), (2, 3), (2, 0, 3), (2, 3, 4)])
def test_a_layout_changes_nothing_but_the_memory(name, shape):
    array = np.arange(np.prod(shape, dtype=int), dtype=float).reshape(shape)
    laid = lay_out(array, name)
    assert laid.shape == shape
    assert (laid == array).all()


def test_layouts_are_what_they_are_called():
    array = np.arange(6.0).reshape(2, 3)
    assert lay_out(array, "transposed").flags.f_contiguous
    assert not lay_out(array, "strided").flags.forc
    assert lay_out(array, "reversed").strides[0] < 0
    assert not lay_out(array, "read-only").flags.writeable
    with pytest.raises(ValueError, match="there is no layout"):
        lay_out(array, "diagonal")


def test_drawn_layouts_cover_all():
    array = np.arange(6.0).reshape(2, 3)
    kinds = {
        (laid.flags.c_contiguous, laid.flags.f_contiguous, laid.flags.writeable, laid.strides[0] > 0)
        for laid in (draw.layout(array) for draw in all_draws(10))
    }
    assert len(kinds) == 5


def test_tensors_have_layouts_too():
    x = torch.arange(6.0).reshape(2, 3).requires_grad_()
    for draw in all_draws(4):
        laid = draw.layout(x)
        assert laid.requires_grad
        assert laid.is_leaf
        assert not laid.is_contiguous()
        assert torch.equal(laid, x)


def test_draws_marks_the_check():
    @draws(5)
    def test_it(mine, draw): ...

    assert test_it.__dict__["tutor_draws"] == 5
    with pytest.raises(ValueError, match="at least one"):
        draws(0)


def test_drawing_leaves_the_global_generators_alone():
    before = np.random.get_state()[2], torch.get_rng_state().sum()
    draw = all_draws()[0]
    draw.array((3,)), draw.tensor((3,)), draw.generator(), draw.rng()
    assert before == (np.random.get_state()[2], torch.get_rng_state().sum())
