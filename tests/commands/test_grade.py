"""`tutor grade`: what it prints, saves and returns, and every file that cannot be graded."""

from __future__ import annotations

import json
import os
import time

import pytest

from tutor.paths import user_folder
from tutor.session import open_session

RIGHT, WRONG = b"def double(x):\n    return 2 * x  # right\n", b"def double(x):\n    return x\n"


def attempts():
    with open_session() as session:
        return session.progress.attempts()


def test_a_pass(tutor, grader, double):
    double.write_bytes(RIGHT)
    result = tutor("grade", "double")
    assert result.code == 0
    assert "✓ Is called." in result.out
    assert "double: passed, 2 of 2 checks" in result.out
    assert "01_first/double.py" in result.out
    assert "course tiny 1.0, seed 0, cpu" in result.out
    assert "wall clock 60 s" in result.out
    assert grader.jobs[0].source == RIGHT
    assert grader.closed


def test_a_failure_is_opened_with_all_that_is_known(tutor, grader, double):
    double.write_bytes(WRONG)
    result = tutor("grade", "double")
    assert result.code == 1
    assert "✗ Doubles.  (failed)" in result.out
    for part in ("The numbers differ.", "x = [1, 2]", "[2, 4]", "first at 0", "without the factor 2", "return x",
                 "printed by the learner", "draw 1 of 30"):  # fmt: skip
        assert part in result.out
    assert "\x1b" not in result.out, "no colours into a pipe"


def test_what_to_do_now_is_narrated(tutor, grader, double):
    double.write_bytes(WRONG)
    assert "`tutor hint double` (2 left)" in tutor("grade", "double").err
    tutor("hint", "double", "--all")
    assert "tutor hint" not in tutor("grade", "double").err
    double.write_bytes(RIGHT)
    assert "Next: quadruple, The quadruple." in tutor("grade", "double").err
    for name in ("quadruple", "square_root"):
        double.with_name(f"{name}.py").write_bytes(RIGHT)
    tutor("grade", "quadruple")
    assert "every exercise is passed" in tutor("grade", "square-root").err


def test_the_second_line_of_a_value_stays_under_the_first(tutor, grader, double):
    double.write_bytes(WRONG)
    lines = tutor("grade", "double").out.splitlines()
    first = next(i for i, line in enumerate(lines) if "x = [1, 2]" in line)
    assert lines[first].index("x = ") + 4 == lines[first + 1].index("[3, 4]")


def test_what_was_shown_is_saved_with_its_content(tutor, grader, double, work):
    double.write_bytes(WRONG)
    tutor("grade", "double")
    double.write_bytes(RIGHT)
    tutor("grade", "double")
    assert [(a.exercise, a.outcome, a.passed, a.total, a.seconds) for a in attempts()] == [
        ("double", "failed", 1, 2, 0.25),
        ("double", "passed", 2, 2, 0.25),
    ]
    kept = {path.read_bytes() for path in (work / ".tutor" / "history").rglob("*.py")}
    assert kept == {WRONG, RIGHT}


def test_json_is_one_verdict_a_line_and_nothing_else(tutor, grader, double):
    pytest.importorskip("tutor.grading.record")
    double.write_bytes(WRONG)
    result = tutor("grade", "double", "quadruple", "--json")
    verdicts = [json.loads(line) for line in result.out.splitlines()]
    assert [v["exercise"] for v in verdicts] == ["double", "quadruple"]
    assert verdicts[0]["outcome"] == "failed"


def test_seed_and_device_reach_the_grader(tutor, grader, double):
    tutor("grade", "double", "--seed", "5", "--device", "auto")
    assert (grader.jobs[0].seed, grader.jobs[0].device) == (5, "auto")


def test_needs_are_filled_with_the_version_that_passed(tutor, grader, double, work):
    double.write_bytes(RIGHT)
    tutor("grade", "double")
    double.write_bytes(WRONG)
    tutor("grade", "quadruple")
    (need,) = grader.jobs[-1].needs
    assert (need.exercise, need.source) == ("double", RIGHT)


def test_without_a_pass_the_solution_stands_in(tutor, grader, double):
    double.write_bytes(WRONG)
    tutor("grade", "double")
    result = tutor("grade", "quadruple")
    (need,) = grader.jobs[-1].needs
    assert (need.exercise, need.source) == ("double", None)
    assert "note: The course's own code stood in." in result.out


def test_another_file_is_graded_and_not_saved(tutor, grader, double, tmp_path):
    other = tmp_path / "my.py"
    other.write_bytes(RIGHT)
    result = tutor("grade", "double", "--file", other)
    assert result.code == 0
    assert grader.jobs[0].source == RIGHT
    assert "Not saved" in result.err
    assert attempts() == []
    assert tutor("grade", "--file", other).code == 2
    assert tutor("grade", "double", "--file", tmp_path / "gone.py").code == 2


def test_an_exercise_named_by_a_path_means_that_file(tutor, grader, double, tmp_path):
    old = tmp_path / "old" / "double.py"
    old.parent.mkdir()
    old.write_bytes(RIGHT)
    assert tutor("grade", old).code == 0
    assert attempts() == []
    assert tutor("grade", tmp_path / "gone" / "double.py").code == 2
    assert tutor("grade", "01_first/double.py").code == 1
    assert tutor("grade", "double.py").code == 1
    assert [job.path for job in grader.jobs] == [str(old), "01_first/double.py", str(double)]
    assert len(attempts()) == 2


def test_the_workspace_s_file_by_its_path_is_saved(tutor, grader, double):
    tutor("grade", "double", "--file", os.path.relpath(double))
    assert len(attempts()) == 1


def test_some_checks_only_do_not_count(tutor, grader, double):
    result = tutor("grade", "double", "--check", "doubles")
    assert grader.jobs[0].checks == ("test_doubles",)
    assert "does not enter your progress" in result.err
    assert attempts() == []
    wrong = tutor("grade", "double", "--check", "dubles")
    assert wrong.code == 2
    assert "did you mean `test_doubles`?" in wrong.err


def test_a_cancelled_verdict_is_not_saved(tutor, grader, double):
    grader.cancelled.set()
    assert tutor("grade", "double").code == 1
    assert attempts() == []


def test_all_means_all_that_were_begun(tutor, grader, double):
    assert tutor("grade", "--all").code == 2
    double.write_bytes(RIGHT)
    assert tutor("grade", "--all").code == 0
    assert [job.exercise for job in grader.jobs] == ["double"]


def test_without_a_name_the_one_saved_last(tutor, grader, double):
    assert "Which exercise?" in tutor("grade").err
    other = double.with_name("square_root.py")
    double.write_bytes(RIGHT)
    other.write_bytes(WRONG)
    os.utime(double, (2000, 2000))
    os.utime(other, (1000, 1000))
    result = tutor("grade")
    assert grader.jobs[0].exercise == "double"
    assert "Checking double, which you saved last." in result.err


def test_a_misspelt_name_suggests_the_nearest(tutor, grader, work):
    result = tutor("grade", "dubble")
    assert result.code == 2
    assert "did you mean `double`?" in result.err
    assert result.out == ""


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"", "is empty"),
        (b" \n\t\n", "is empty"),
        (b"x = 1\ny = '\xff'\n", "is not UTF-8 (byte 0xff in line 2)"),
        ("x = 1\n".encode("utf-16"), "is not UTF-8"),
        (b"x = 1\n\0", "zero byte in line 2"),
        (b"# " + b"x" * 1_000_000, "at most 256 KB"),
    ],
)
def test_files_that_cannot_be_graded(tutor, grader, double, content, complaint):
    double.write_bytes(content)
    result = tutor("grade", "double")
    assert result.code == 2
    assert complaint in result.err
    assert "Traceback" not in result.err
    assert double.read_bytes() == content
    assert grader.jobs == []


def test_a_deleted_file_and_a_folder_in_its_place(tutor, grader, double):
    double.unlink()
    result = tutor("grade", "double")
    assert result.code == 2
    assert "double.py is gone. `tutor reset double` puts a fresh stub there" in result.err
    double.mkdir()
    assert "is a folder" in tutor("grade", "double").err
    assert tutor("reset", "double").code == 0
    assert tutor("grade", "double").code == 1


def test_a_fifo_does_not_hang(tutor, grader, double):
    double.unlink()
    os.mkfifo(double)
    assert "is no ordinary file" in tutor("grade", "double").err


@pytest.mark.parametrize(
    "content", [RIGHT.replace(b"\n", b"\r\n"), RIGHT.replace(b"    ", b"\t"), b"\xef\xbb\xbf" + RIGHT]
)
def test_crlf_tabs_and_a_byte_order_mark_are_graded_as_they_are(tutor, grader, double, content):
    double.write_bytes(content)
    assert tutor("grade", "double").code == 0
    assert grader.jobs[0].source == content
    assert double.read_bytes() == content


def test_one_that_cannot_be_graded_does_not_stop_the_others(tutor, grader, double):
    double.write_bytes(b"")
    result = tutor("grade", "double", "square-root")
    assert result.code == 2
    assert [job.exercise for job in grader.jobs] == ["square-root"]


def test_a_verdict_that_cannot_be_saved_is_shown_and_says_so(tutor, grader, double, work):
    double.write_bytes(RIGHT)
    (work / ".tutor" / "history").write_text("a file where the folder should be")
    result = tutor("grade", "double")
    assert result.code == 0
    assert "double: passed" in result.out
    assert "This verdict was not saved." in result.out
    assert attempts() == []


def test_ctrl_c_ends_with_130_and_closes_the_grader(tutor, grader, double):
    grader.interrupt = KeyboardInterrupt()
    assert tutor("grade", "double").code == 130
    assert grader.closed
    assert attempts() == []


def test_our_own_mistakes_are_kept_and_end_with_3(tutor, grader, double):
    grader.interrupt = RuntimeError("boom")
    result = tutor("grade", "double")
    assert result.code == 3
    (crash,) = user_folder("state").glob("crash-*.txt")
    assert str(crash) in result.err
    assert "boom" in crash.read_text()
    assert "Traceback" not in result.err
    assert grader.closed


def test_debug_shows_the_traceback_of_our_mistakes(tutor, grader, double, monkeypatch):
    monkeypatch.setenv("TUTOR_DEBUG", "1")
    grader.interrupt = RuntimeError("boom")
    assert "Traceback" in tutor("grade", "double").err


def test_a_long_wait_is_explained(tutor, grader, double, monkeypatch):
    from tutor.commands import grade

    real = grader.grade

    def slow(job):
        time.sleep(0.05)
        yield from real(job)

    monkeypatch.setattr(grade, "_PATIENCE", 0.001)
    monkeypatch.setattr(grader, "grade", slow)
    assert "imports torch once" in tutor("grade", "double").err
