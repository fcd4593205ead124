"""Where two values differ is said in words: the first index, the largest error, the row."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from tutor.checks.compare import Tolerance, compare
from tutor.checks.pattern import describe

T = Tolerance()


def difference(got, expected, **options):
    found = compare(np.asarray(got), np.asarray(expected), T, **options)
    assert found is not None
    return found.difference


def test_the_first_index_and_the_largest_error():
    text = difference([[1.0, 2.5], [3.0, 9.0]], [[1.0, 2.0], [3.0, 4.0]])
    assert text.startswith("2 of 4 elements differ; first at [0, 1]: 2.5 instead of 2; largest error 5 at [1, 1]")


@pytest.mark.parametrize(
    ("wrong", "place"),
    [(np.s_[1, :2], "only in row 1"), (np.s_[:2, 2], "only in column 2"), (np.s_[:, :], ""), (np.s_[:2, :2], "")],
)
def test_the_row_or_column_that_holds_all_differences(wrong, place):
    got = np.zeros((3, 4))
    got[wrong] = 1.0
    text = difference(got, np.zeros((3, 4)))
    assert text.endswith(place) if place else "only in" not in text


def test_places_in_arrays_of_more_axes():
    got = np.zeros((2, 3, 4))
    got[:, 1, :2] = 1.0
    assert difference(got, np.zeros((2, 3, 4))).endswith("only in axis 1, index 1")


def test_a_single_number_needs_no_index():
    assert difference(2.0, 1.0) == "2 instead of 1"
    assert describe(np.array(2), np.array(1), np.array(True)) == "2 instead of 1"


def test_shapes_and_dtypes_are_named():
    assert difference(np.zeros((2, 1)), np.zeros(2)) == "shape (2, 1) instead of (2,)"
    assert difference(np.zeros(2, np.float32), np.zeros(2)) == "dtype float32 instead of float64"


def test_the_default_atol_grows_with_the_result():
    big = np.array([1e9, 0.0])
    assert compare(big + np.array([0.0, 1e-6]), big, T) is None
    assert compare(big + np.array([0.0, 1e-6]), big, Tolerance(scaled=False)) is not None


def test_rounding_of_the_reference_is_forgiven_eight_times():
    truth, typed = np.array([1.0, 2.0]), np.array([1.0001, 2.0], dtype=np.float32)
    coarse = Tolerance.of("float32", None, None)
    assert compare(np.array([1.0, 2.0007], dtype=np.float32), truth, coarse, like=typed) is None
    assert compare(np.array([1.0, 2.0011], dtype=np.float32), truth, coarse, like=typed) is not None


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_a_special_value_is_only_right_where_it_is_expected(value):
    assert compare(np.array([value]), np.array([value]), T) is None
    found = compare(np.array([1.0]), np.array([value]), T)
    assert found is not None
    found = compare(np.array([value]), np.array([1.0]), T)
    assert found is not None
    assert "not finite" in found.message


def test_booleans_and_integers_are_compared_exactly():
    assert compare(np.array([1, 2]), np.array([1, 3]), T) is not None
    assert compare(np.array([True]), np.array([False]), T) is not None
    assert compare(2**60, 2**60 + 1, T) is not None


def test_empty_arrays_still_have_a_shape_and_a_dtype():
    assert compare(np.zeros((0, 3)), np.zeros((0, 3)), T) is None
    assert compare(np.zeros((3, 0)), np.zeros((0, 3)), T) is not None


def test_tensors_and_arrays_are_not_the_same_thing():
    assert compare(torch.zeros(2), np.zeros(2, np.float32), T) is not None
    assert compare(np.zeros(2, np.float32), torch.zeros(2), T) is not None


def test_bfloat16_is_compared_by_value():
    one = torch.tensor([1.0, 2.0], dtype=torch.bfloat16)
    assert compare(one, one.clone(), Tolerance.of("bfloat16", None, None)) is None
    assert compare(one, one * 1.5, Tolerance.of("bfloat16", None, None)) is not None


def test_nested_values_name_the_part():
    found = compare({"a": [1.0, 2.0]}, {"a": [1.0, 3.0]}, T)
    assert found is not None
    assert found.where == "['a'][1]"


def test_strings_and_none():
    assert compare("mean", "mean", T) is None
    assert compare("mean", "sum", T) is not None
    assert compare(None, None, T) is None
