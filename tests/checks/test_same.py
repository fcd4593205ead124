"""`same` sees every way in which a function can differ from its reference, and nothing else."""

from __future__ import annotations

import random
import sys

import numpy as np
import pytest
import torch

from tutor.checks import CheckFailure, from_torch, same

X = np.array([[0.5, -1.0, 2.0], [3.0, 0.25, -0.75]])


def double(x):
    return x * 2


def wrong_value(x):
    return x * 2.001


def wrong_shape(x):
    return (x * 2)[..., None]


def always_double_precision(x):
    return x.astype(np.float64) * 2


def nothing(x):
    x * 2


def a_list(x):
    return (x * 2).tolist()


def in_place(x):
    x *= 2
    return x.copy()


def changes_after(x):
    y = x * 2
    x[0] = 0
    return y


def not_finite(x):
    return np.where(x == x.max(), np.nan, x * 2)


def moody(x, state=[0]):  # noqa: B006  # the mistake
    state[0] += 1
    return x * 2 + state[0] // 2 * 1e-15


def test_float32_gradients_are_forgiven_what_the_reference_loses_itself():
    """1e4 x is off by as much as x's last digit times 1e4, and so is the cosine behind it, in the reference too."""
    x = torch.linspace(0.1, 3.0, 30, dtype=torch.float64, requires_grad=True)

    def sine(x):
        return torch.sin(1e4 * x)

    same(lambda x: torch.sin(100.0 * (100.0 * x)), sine, x)
    for wrong in (lambda x: sine(x) + 200 * (x - x.detach()), lambda x: 2 * sine(x) - sine(x).detach()):
        with pytest.raises(CheckFailure) as caught:
            same(wrong, sine, x, dtypes=("float32",))
        assert caught.value.kind == "gradient"


@pytest.mark.parametrize(
    ("learner", "kind"),
    [
        (wrong_value, "value"),
        (wrong_shape, "shape"),
        (always_double_precision, "dtype"),
        (nothing, "type"),
        (a_list, "type"),
        (in_place, "changed"),
        (changes_after, "changed"),
        (not_finite, "value"),
        (moody, "unstable"),
    ],
)
def test_a_wrong_function_fails_in_its_own_way(failure, learner, kind):
    assert failure(same, learner, double, X).kind == kind


@pytest.mark.parametrize("learner", [double, lambda x: x + x, lambda x: 2.0 * x, lambda x: np.multiply(x, 2)])
def test_right_functions_pass(learner):
    same(learner, double, X)


def test_the_result_may_not_be_the_argument_itself(failure):
    found = failure(same, lambda x: x, np.copy, X)
    assert found.kind == "alias"
    assert "x" in found.message


def test_a_view_counts_as_aliasing_and_can_be_allowed(failure):
    assert failure(same, lambda x: x[:, 1:], lambda x: x[:, 1:].copy(), X).kind == "alias"
    same(lambda x: x[:, 1:], lambda x: x[:, 1:].copy(), X, may_alias=True)


def test_where_the_reference_aliases_the_learner_may(failure):
    same(lambda x: x.T, lambda x: x.T, X)


def test_the_reference_sees_what_the_caller_passed_whatever_the_learner_does():
    given = X.copy()
    with pytest.raises(CheckFailure):
        same(in_place, double, given)
    assert (given == X).all()


def test_both_precisions_are_tried(failure):
    def coarse(x):
        return x * 2 if x.dtype == np.float64 else x * np.float32(2.001)

    found = failure(same, coarse, double, X)
    assert found.input["x"].dtype == np.float32
    same(coarse, double, X, dtypes=("float64",))


def test_float32_is_compared_with_the_float64_truth_and_forgiven_its_rounding():
    x = np.random.default_rng(0).normal(size=(64, 300)) * 100
    same(lambda x: np.add.accumulate(x, axis=1)[:, -1], lambda x: x.sum(axis=1), x)


@pytest.mark.filterwarnings("ignore:overflow")
def test_an_overflow_of_the_lower_precision_is_no_mistake():
    same(double, double, np.array([3e38, 1.0]))


def test_arguments_without_floats_get_one_pass():
    calls = []

    def counted(labels):
        calls.append(labels.dtype)
        return labels + 1

    same(counted, lambda labels: labels + 1, np.arange(3))
    assert calls == [np.int64, np.int64]  # the call and its repetition


def test_exact_means_the_same_bits(failure):
    same(lambda x: x * 2 + 1e-14, double, np.array([1.0]))
    assert failure(same, lambda x: x * 2 + 1e-14, double, np.array([1.0]), exact=True).kind == "value"


def test_an_explicit_atol_is_taken_literally(failure):
    tiny = np.array([40.0, 1.0])
    same(lambda z: np.log(1 + np.exp(-z)), lambda z: np.log1p(np.exp(-z)), tiny)
    found = failure(same, lambda z: np.log(1 + np.exp(-z)), lambda z: np.log1p(np.exp(-z)), tiny, atol=0.0)
    assert "[0]" in found.difference


def test_nan_agrees_with_nan_and_inf_with_the_same_inf(failure):
    special = np.array([np.nan, np.inf, -np.inf, 1.0])
    same(np.copy, np.copy, special)
    assert failure(same, lambda x: -x, np.copy, np.array([np.inf])).kind == "value"
    assert failure(same, lambda x: np.nan_to_num(x), np.copy, special).kind == "value"


def test_several_results_are_compared_one_by_one(failure):
    def loss_and_gradient(x):
        return float((x**2).sum()), 2 * x

    found = failure(same, lambda x: (float((x**2).sum()), x), loss_and_gradient, X)
    assert (found.kind, found.where, found.rest_right) == ("value", "[1]", True)
    assert failure(same, lambda x: (float((x**2).sum()),), loss_and_gradient, X).kind == "structure"
    assert failure(same, lambda x: [1.0, 2 * x], loss_and_gradient, X).kind == "type"
    assert failure(same, lambda x: (np.array([(x**2).sum()]), 2 * x), loss_and_gradient, X).where == "[0]"


def test_dictionaries_need_the_same_keys(failure):
    assert failure(same, lambda x: {"W": x * 2}, lambda x: {"w": x * 2}, X).kind == "structure"
    assert failure(same, lambda x: {"w": x * 3}, lambda x: {"w": x * 2}, X).where == "['w']"


def test_names_of_arguments_come_from_the_function(failure):
    def affine(x, a, b=0.0):
        return x * a

    found = failure(same, affine, lambda x, a, b=0.0: x * a + b, X, 2.0, b=1.0)
    assert list(found.input) == ["x", "a", "b"]
    assert found.call == "affine(x, 2, b=1)"


def test_one_shot_iterators_reach_every_call_in_full():
    same(lambda items: float(sum(items)), lambda items: float(sum(items)), iter([1.0, 2.0, 3.0]))


def test_generators_are_copied_with_their_state():
    rng = np.random.default_rng(3)
    before = rng.bit_generator.state
    same(lambda n, rng: rng.normal(size=n), lambda n, rng: rng.normal(size=n), 4, rng)
    assert rng.bit_generator.state == before
    generator = torch.Generator().manual_seed(3)
    same(lambda n, g: torch.rand(n, generator=g), lambda n, g: torch.rand(n, generator=g), 4, generator)


def test_layouts_and_flags_survive_the_copies():
    seen = []

    def look(x):
        seen.append((x.strides, x.flags.writeable))
        return x * 2

    strided = np.arange(24.0).reshape(4, 6)[::-1, ::2]
    strided.flags.writeable = False
    same(look, double, strided, dtypes=("float64",))
    assert set(seen) == {(strided.strides, False)}


def test_exceptions_of_the_learner_pass_through_with_the_input():
    def broken(x):
        raise ValueError("shapes")

    with pytest.raises(ValueError, match="shapes") as caught:
        same(broken, double, X)
    assert list(caught.value.tutor_input) == ["x"]


def test_a_note_is_part_of_the_message(failure):
    assert failure(same, wrong_value, double, X, note="one class only").message.endswith("(one class only)")


# -- in-place work


def halve(p, lr):
    p *= 1 - lr


def test_an_argument_that_may_change_is_compared_afterwards(failure):
    same(halve, halve, X, 0.5, may_change=("p",))
    assert failure(same, lambda p, lr: None, halve, X, 0.5, may_change=("p",)).kind == "value"
    assert failure(same, halve, lambda p, lr: None, X, 0.5).kind == "changed"


def test_a_module_may_be_trained_in_place(failure):
    torch.manual_seed(0)
    model = torch.nn.Linear(3, 2)

    def step(model, lr):
        with torch.no_grad():
            for p in model.parameters():
                p -= lr

    def half_a_step(model, lr):
        with torch.no_grad():
            for p in list(model.parameters())[:1]:
                p -= lr

    same(step, step, model, 0.1, may_change=("model",), grads=False)
    assert failure(same, half_a_step, step, model, 0.1, may_change=("model",), grads=False).kind == "value"
    assert failure(same, step, lambda model, lr: None, model, 0.1, grads=False).kind == "changed"


# -- torch


def softmax(x):
    e = torch.exp(x - x.amax(-1, keepdim=True))
    return e / e.sum(-1, keepdim=True)


def tensor(requires_grad=True):
    return torch.tensor(X, requires_grad=requires_grad)


def test_gradients_are_compared():
    same(softmax, lambda x: torch.softmax(x, -1), tensor())


@pytest.mark.parametrize(
    ("learner", "kind"),
    [
        (lambda x: softmax(x).detach(), "detached"),
        (lambda x: softmax(x.detach()) + 0 * x, "gradient"),
        (lambda x: softmax(x.detach()) + 0 * x.detach(), "detached"),
        (lambda x: torch.tensor(softmax(x).tolist(), dtype=x.dtype), "detached"),
        (lambda x: softmax(x).numpy(force=True), "type"),
        (lambda x: softmax(x).double(), "dtype"),
    ],
)
def test_wrong_graphs_and_types(failure, learner, kind):
    assert failure(same, learner, lambda x: torch.softmax(x, -1), tensor()).kind == kind


def test_gradients_can_be_left_out_or_insisted_on():
    same(lambda x: softmax(x).detach(), lambda x: torch.softmax(x, -1), tensor(), grads=False)
    with pytest.raises(TypeError, match="requires a gradient"):
        same(softmax, lambda x: torch.softmax(x, -1), tensor(requires_grad=False), grads=True)


def test_which_argument_has_the_wrong_gradient(failure):
    a, b = tensor(), torch.tensor([1.0, 2.0, 3.0], dtype=torch.float64, requires_grad=True)

    def product(a, b):
        return a * b

    def no_gradient_for_b(a, b):
        return a * b.detach()

    def wrong_gradient_for_b(a, b):
        return a * b.detach() + 2 * (a.detach() * b - (a * b).detach())

    assert failure(same, no_gradient_for_b, product, a, b).where == "b"
    found = failure(same, wrong_gradient_for_b, product, a, b)
    assert (found.kind, found.where) == ("gradient", "b")


def test_wrong_values_with_a_right_gradient_are_told(failure):
    assert failure(same, lambda x: softmax(x) + 1, lambda x: torch.softmax(x, -1), tensor()).gradient_right is True
    assert failure(same, lambda x: softmax(x) * 2, lambda x: torch.softmax(x, -1), tensor()).gradient_right is False


def test_tensors_changed_in_place_are_seen(failure):
    def shifts(x):
        with torch.no_grad():
            x -= x.max()
        return softmax(x)

    assert failure(same, shifts, lambda x: torch.softmax(x, -1), tensor()).kind == "changed"


# -- references


def test_from_torch_takes_and_gives_arrays():
    reference = from_torch(lambda z, axis: torch.softmax(z, dim=axis))
    assert isinstance(reference(X[::-1, ::2], axis=0), np.ndarray)

    def numpy_softmax(z, axis):
        e = np.exp(z - z.max(axis=axis, keepdims=True))
        return e / e.sum(axis=axis, keepdims=True)

    same(numpy_softmax, reference, X[::-1, ::2], axis=0)


def test_numpy_scalars_stand_for_0d_arrays():
    same(lambda x: x.sum(), from_torch(torch.sum), X)


@pytest.mark.parametrize(
    ("value", "passes"),
    [(1.5, True), (np.float64(1.5), True), (np.float32(1.5), False), (np.array([1.5]), False), (np.array(1.5), False)],
)
def test_a_python_float_is_meant_literally(value, passes):
    if passes:
        same(lambda: value, lambda: 1.5)
    else:
        with pytest.raises(CheckFailure):
            same(lambda: value, lambda: 1.5)


@pytest.mark.parametrize(("value", "expected"), [(True, 1), (1, True), (1.0, 1), ("1", 1), (None, 1), (1, None)])
def test_kinds_of_numbers_are_not_mixed(failure, value, expected):
    assert failure(same, lambda: value, lambda: expected).kind == "type"


def test_global_random_states_are_left_alone():
    before = np.random.get_state()[1].tolist(), random.getstate(), torch.get_rng_state().tolist()
    same(double, double, X)
    assert before == (np.random.get_state()[1].tolist(), random.getstate(), torch.get_rng_state().tolist())


def test_where_there_is_no_float64_the_float32_reference_is_the_truth(monkeypatch):
    # The package's name `same` is the function, which hides the module of that name.
    monkeypatch.setattr(sys.modules["tutor.checks.same"], "without_float64", lambda value: True)
    seen = set()

    def look(x):
        seen.add(x.dtype)
        return softmax(x)

    def reference(x):
        assert x.dtype == torch.float32
        return torch.softmax(x, -1)

    same(look, reference, tensor())
    assert seen == {torch.float32}
