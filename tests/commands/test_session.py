"""The session's rules: what others build on, what next is, upgrades, two sessions at once."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tutor.model import TutorError, Verdict
from tutor.session import NoWorkspace, open_session
from tutor.versions import with_needs

RIGHT, WRONG = b"def double(x):\n    return 2 * x  # right\n", b"def double(x):\n    return x\n"

_LAB = '''"""A lab."""

TITLE = "Growing"
USES = ("quadruple",)


def train(mine, log, device, knobs):
    """Nothing."""
'''


@pytest.fixture
def session(work, grader):
    with open_session() as opened:
        yield opened


def graded(session, exercise_id, content):
    session.path(exercise_id).write_bytes(content)
    *_, verdict = session.grade(exercise_id)
    assert isinstance(verdict, Verdict)
    return verdict


def test_findings_stream_before_the_verdict_which_is_saved_when_it_comes(session):
    session.path("double").write_bytes(RIGHT)
    stream = session.grade("double")
    next(stream), next(stream)
    assert session.progress.attempts() == []
    verdict = next(stream)
    assert verdict.passed
    assert [a.outcome for a in session.progress.attempts()] == ["passed"]


def test_states_from_new_to_passed(session):
    assert session.state("double") == "new"
    session.save("double", "# begun\n")
    assert session.state("double") == "started"
    graded(session, "double", WRONG)
    assert session.state("double") == "failed"
    session.give_up("double")
    assert session.state("double") == "given_up"
    graded(session, "double", RIGHT)
    assert session.state("double") == "passed"
    graded(session, "double", WRONG)
    assert session.state("double") == "passed", "a pass is never lost"


def test_next_goes_on_from_where_one_is_and_comes_back(session):
    assert session.next_exercise().id == "double"
    assert session.next_exercise("double").id == "quadruple"
    graded(session, "quadruple", RIGHT)
    assert session.next_exercise("double").id == "square-root"
    assert session.next_exercise("square-root").id == "double", "what was left out comes again"


def test_next_offers_what_was_given_up_last(session):
    session.give_up("double")
    assert session.next_exercise().id == "quadruple"
    for name in ("quadruple", "square-root"):
        graded(session, name, RIGHT)
    assert session.next_exercise().id == "double"
    graded(session, "double", RIGHT)
    assert session.next_exercise() is None


def test_giving_up_twice_is_once_and_a_pass_needs_none(session):
    session.give_up("double")
    session.give_up("double")
    assert len(session.progress.events("give_up")) == 1
    graded(session, "square-root", RIGHT)
    session.give_up("square-root")
    assert len(session.progress.events("give_up")) == 1


def test_save_is_exact_to_the_byte(session):
    session.save("double", "a = 'é'\r\n\tb\n")
    assert session.path("double").read_bytes() == "a = 'é'\r\n\tb\n".encode()


def test_a_lesson_remembers_its_page_once(session):
    for page in (0, 1, 1, 0, 0):
        session.mark_lesson("l01-1", page)
    assert session.lesson_page("l01-1") == 0
    assert len(session.progress.events("page")) == 3


def test_quiz_answers_in_the_numbers(session):
    session.answer_quiz("q1", right=False)
    session.answer_quiz("q1", right=True)
    session.answer_quiz("q2", right=False)
    stats = session.stats()
    assert (stats.quiz_right, stats.quiz_answered) == (1, 2)


@pytest.fixture
def lab(course_root, work, grader):
    """A session of the course with a lab."""
    folder = course_root / "lessons" / "01_first"
    (folder / "lab_growing.py").write_text(_LAB)
    manifest = folder / "chapter.toml"
    manifest.write_text(manifest.read_text().replace("labs = []", 'labs = ["growing"]'))
    with open_session() as opened:
        yield opened


def test_a_lab_trains_with_what_passed(lab):
    before = lab.lab_source("growing")
    assert [(part.exercise, part.own) for part in before] == [("double", False), ("quadruple", False)]
    assert before[0].path == lab.exercise("double").solution
    graded(lab, "double", RIGHT)
    (double, _) = lab.lab_source("growing")
    assert (double.own, double.path) == (True, lab.path("double"))


def test_a_lab_keeps_to_what_passed_while_the_file_changes(lab):
    graded(lab, "double", RIGHT)
    lab.path("double").write_bytes(WRONG)
    (double, _) = lab.lab_source("growing")
    assert double.own
    assert double.path.read_bytes() == RIGHT
    lab.path("double").unlink()
    assert lab.lab_source("growing")[0].path.read_bytes() == RIGHT


def test_a_forged_history_is_not_built_upon(lab):
    graded(lab, "double", RIGHT)
    lab.path("double").write_bytes(WRONG)
    sha = lab.history("double")[0].sha256
    lab.workspace.version_path(sha).write_bytes(WRONG)
    assert not lab.lab_source("growing")[0].own
    assert lab.job("quadruple").needs[0].source is None


def test_a_run_of_a_lab_is_remembered(lab):
    lab.record_lab("growing", '{"test_accuracy": 0.93}')
    assert [(e.subject, e.text) for e in lab.progress.events("lab_run")] == [("growing", '{"test_accuracy": 0.93}')]


def test_needs_come_in_the_order_in_which_they_build_on_each_other(session):
    exercises = {e.id: e for e in session.course.exercises}
    assert with_needs(exercises, ["quadruple", "double"]) == ["double", "quadruple"]


def test_versions_by_their_beginning(session):
    for content in (WRONG, RIGHT, WRONG):
        graded(session, "double", content)
    versions = session.history("double")
    assert [v.outcome for v in versions] == ["passed", "failed"], "each content once, the last graded at the end"
    assert session.version("double", versions[0].sha256[:4].upper()).sha256 == versions[0].sha256
    with pytest.raises(TutorError, match="no version"):
        session.version("double", "xyz")


def test_a_content_that_passed_once_stays_passed(session, monkeypatch):
    graded(session, "double", RIGHT)
    first = session.history("double")[0]
    session.progress.add_attempt(replace(session.progress.attempts()[0], outcome="timeout", passed=0, at=first.at + 9))
    (version,) = session.history("double")
    assert (version.outcome, version.passed, version.at) == ("passed", 2, first.at + 9)
    assert session.job("quadruple").needs[0].source == RIGHT


def test_restore_keeps_the_present_file(session):
    graded(session, "double", RIGHT)
    session.path("double").write_bytes(WRONG)
    backup = session.restore("double", session.history("double")[0].id)
    assert session.path("double").read_bytes() == RIGHT
    assert backup.read_bytes() == WRONG


def test_a_renamed_exercise_keeps_file_progress_and_history(session, upgrade):
    graded(session, "square-root", RIGHT)
    session.show_hint("square-root")
    upgrade()
    with open_session() as upgraded:
        notices = upgraded.take_notices()
        assert any("your file 01_first/square_root.py is now 01_first/root.py" in n for n in notices)
        assert upgraded.state("root") == "passed"
        assert upgraded.state("square-root") == "passed", "the former name still leads there"
        assert upgraded.path("root").read_bytes() == RIGHT
        assert upgraded.hints_shown("root") == 1
        assert upgraded.history("root")[0].current
        assert upgraded.take_notices() == []


def test_two_sessions_see_each_other(session, work):
    with open_session() as other:
        graded(session, "double", RIGHT)
        assert other.state("double") == "passed"
        other.show_hint("quadruple")
        assert session.hints_shown("quadruple") == 1


def test_nothing_found_is_a_sentence_of_its_own_kind(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(NoWorkspace, match="tutor start"):
        open_session()


def test_the_grader_is_made_when_it_is_needed_and_closed_in_the_end(work, monkeypatch):
    made = []

    class Grader:
        closed = False

        def __init__(self):
            made.append(self)

        def close(self):
            self.closed = True

    with open_session(make_grader=Grader) as opened:
        opened.cancel()
        assert made == []
        assert opened.grader is opened.grader
    assert [g.closed for g in made] == [True]


def test_moved_courses_are_remembered(work, course_root, tmp_path):
    course_root.rename(tmp_path / "moved")
    open_session(tmp_path / "moved").close()
    with open_session() as opened:
        assert opened.course.root == tmp_path / "moved"
