from __future__ import annotations

import pytest

from tutor.tui import editing


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("def f(x):", "    "),
        ("    if x:  # why: because", "        "),
        ("    x = 'a:'", "    "),
        ("    return x", ""),
        ("        pass", "    "),
        ("    raise ValueError('no')", ""),
        ("    return (x +", "    "),
        ("    y = [", "        "),
        ("    returned = 1", "    "),
        ("\tif x:", "\t\t"),
        ("    return_ = 1", "    "),
        ("# a comment:", ""),
        ("", ""),
        ("    ", "    "),
    ],
)
def test_the_next_line_is_indented(before: str, after: str) -> None:
    assert editing.next_indentation(before, 4) == after


@pytest.mark.parametrize(
    ("before", "count"), [("        ", 4), ("      ", 2), ("    ", 4), ("    x", 1), ("", 1), (" ", 1)]
)
def test_backspace_goes_to_the_previous_stop(before: str, count: int) -> None:
    assert editing.backspace(before, 4) == count


def test_comments_go_in_and_out() -> None:
    lines = ["    x = 1", "", "        y = 2"]
    commented = editing.toggle_comment(lines)
    assert commented == ["    # x = 1", "", "    #     y = 2"]
    assert editing.toggle_comment(commented) == lines
    assert editing.toggle_comment(["#x"]) == ["x"]
    assert editing.toggle_comment(["", "  "]) == ["", "  "]


def test_a_hash_in_a_string_is_no_comment() -> None:
    assert editing.without_comment("x = '#' # y") == "x = '#' "
    assert editing.without_comment(r"x = '\'#' # y") == r"x = '\'#' "


def test_lines_move_one_stop() -> None:
    assert editing.indent(["a", "", " b"], 2) == ["  a", "", "   b"]
    assert editing.dedent(["    a", " b", "c", "\td"], 4) == ["a", "b", "c", "d"]


def test_searching_folds_case_unless_asked() -> None:
    assert editing.matches("Softmax softmax", "softmax") == [(0, 0), (0, 8)]
    assert editing.matches("Softmax softmax", "Softmax") == [(0, 0)]
    assert editing.matches("a\naa", "a") == [(0, 0), (1, 0), (1, 1)]
    assert editing.matches("İi", "i") == [(0, 1)], "a letter whose lower case is longer must not shift columns"
    assert editing.matches("x", "") == []


def test_stepping_wraps_around() -> None:
    found = [(0, 0), (0, 8), (3, 1)]
    assert editing.step_to(found, (0, 3), 0) == 1
    assert editing.step_to(found, (0, 8), 1) == 2
    assert editing.step_to(found, (3, 1), 1) == 0
    assert editing.step_to(found, (0, 0), -1) == 2
    assert editing.step_to(found, (0, 3), -1) == 0
    assert editing.step_to(found, (9, 0), 0) == 0
    assert editing.step_to(found, (9, 0), -1) == 2
    assert editing.step_to(found, (0, 3), 1) == 1


def test_the_gap_of_a_stub() -> None:
    assert editing.gap('"""# TODO in words."""\ndef f():\n    # TODO: this\n    raise NotImplementedError\n') == 2
    assert editing.gap("def f():\n    raise NotImplementedError\n") == 1
    assert editing.gap("def f():\n    return 1\n") == 0
