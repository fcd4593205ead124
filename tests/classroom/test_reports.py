"""Every report says the same, nothing that is not released, and nothing a student wrote does anything where it goes."""

from __future__ import annotations

import base64
import csv
import hashlib
import json
import re
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from html.parser import HTMLParser
from xml.etree import ElementTree as Xml

import pytest

from tutor.classroom.lms import fill_canvas, fill_moodle
from tutor.classroom.model import Part, Student, Submission
from tutor.classroom.reports import FORMATS, chosen, write_reports
from tutor.classroom.roster import Roster
from tutor.model import Diagnosis, Finding, TutorError, Verdict

EVIL = '=HYPERLINK("http://x")\x1b[31m<script>alert(1)</script>\n::error::pwned]]>&\u202e\ufffe\ud800|`*'


def handed_in(who="jane", text="passed failed", **more) -> Submission:
    return Submission((who,), who, {"softmax": f"#{text}".encode()}, {"softmax": "softmax.py"}, **more)


@pytest.fixture
def grading(run, assignment):
    roster = Roster.of([
        Student("jane", "Jane Doe", "jane@x.org", "jane", "42"), Student("li", "Li Wei", "li@x.org", "li", "43"),
        Student("max", "Max Roe", "max@x.org", "max", "44"),
    ])  # fmt: skip
    homework = replace(assignment, parts=(Part("softmax", 10.0),))
    return run([handed_in(), handed_in("li", "passed error")], roster, homework)


def evil(grading, **changes):
    finding = Finding(
        "test_evil", "A sentence.", "failed", message=EVIL, input=EVIL, expected=EVIL, got=EVIL, difference=EVIL,
        diagnosis=Diagnosis("x", EVIL), traceback=f"File {EVIL}, line 3", output=EVIL, **changes,
    )  # fmt: skip
    verdict = Verdict("softmax", "failed", (finding,), EVIL, "0", "c", "1", 0, "cpu", 1.0, notes=(EVIL,))
    result = grading.results[0]
    part = replace(result.parts[0], verdict=verdict, note=EVIL)
    student = Student(EVIL, EVIL, EVIL, EVIL, EVIL, EVIL)
    result = replace(result, student=student, parts=(part,), origin=EVIL, notes=(EVIL,), commit=EVIL)
    title = replace(grading.assignment, title=EVIL, id=EVIL)
    return replace(grading, results=(result, *grading.results[1:]), assignment=title, notes=(EVIL,))


def written(grading, folder, *names) -> dict[str, str]:
    paths = write_reports(grading, folder, names)
    return {str(path.relative_to(folder)): path.read_bytes().decode("utf-8-sig") for path in paths}


def test_pages_of_students_who_are_gone_go_too(grading, tmp_path):
    before = written(grading, tmp_path, "json", "html", "gradescope")
    (tmp_path / "students" / "mine.html").write_text("not ours")
    fewer = replace(grading, results=grading.results[:2])
    written(fewer, tmp_path, "json", "html", "gradescope")
    gone = {name for name in before if not (tmp_path / name).exists()}
    assert gone == {"students/max.html", "gradescope/max.json"}
    assert (tmp_path / "students" / "mine.html").exists()


def test_every_format_by_name():
    assert chosen([]) == ("json", "csv", "html")
    assert chosen(["junit,csv", "csv"]) == ("json", "junit", "csv")
    assert set(chosen(["all"])) == set(FORMATS)
    with pytest.raises(TutorError, match="did you mean `junit`"):
        chosen(["junitt"])


def test_the_table(grading, tmp_path):
    rows = list(csv.DictReader(written(grading, tmp_path, "csv")["grades.csv"].splitlines()))
    assert [(r["student"], r["state"], r["points"], r["percent"], r["softmax"]) for r in rows] == [
        ("jane", "graded", "5", "50", "5"), ("li", "graded", "5", "50", "5"), ("max", "missing", "0", "0", "0"),
    ]  # fmt: skip


def test_no_cell_is_a_formula(grading, tmp_path):
    for row in csv.reader(written(evil(grading), tmp_path, "csv")["grades.csv"].splitlines(keepends=True)):
        assert not any(cell.startswith(("=", "+", "@", "\t")) for cell in row)


def test_junit(grading, tmp_path):
    root = Xml.fromstring(written(grading, tmp_path, "junit")["junit.xml"])
    assert (root.get("tests"), root.get("failures"), root.get("errors")) == ("5", "2", "1")
    failure = root.find(".//failure")
    assert failure.get("message") == "wrong 1"
    assert "You swapped them." in failure.text
    Xml.fromstring(written(evil(grading), tmp_path, "junit")["junit.xml"])


class Page(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.text = ""
        self.links: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.links += [value for name, value in attrs if name in ("href", "src")]

    def handle_data(self, data):
        self.text += data


def test_pages(grading, tmp_path):
    pages = {name: Page(text) for name, text in written(grading, tmp_path, "html").items()}
    assert set(pages) == {"index.html", *(f"students/{key}.html" for key in ("jane", "li", "max"))}
    assert all((tmp_path / link).exists() for link in pages["index.html"].links)
    assert not any(link.startswith(("http", "//")) for page in pages.values() for link in page.links)
    assert "You swapped them." in pages["students/jane.html"].text
    assert "5 of 10" in pages["students/jane.html"].text
    assert "nothing was handed in" in pages["students/max.html"].text


def test_no_page_holds_what_a_student_wrote_as_markup(grading, tmp_path):
    for name, text in written(evil(grading), tmp_path, "html").items():
        tags = Page(text).tags
        assert ("script" in tags, text.count("<script")) == (name == "index.html", name == "index.html"), name
        assert not tags & {"img", "iframe", "object", "embed", "form", "link", "base"}
        assert text.count("<script") == (name == "index.html"), name
        assert not re.search("[\x00-\x08\x0b-\x1f\x7f\u202e]", text)


def test_gradescope(grading, tmp_path):
    one = replace(grading, results=grading.results[:1])
    data = json.loads(written(one, tmp_path, "gradescope")["results.json"])
    assert (data["score"], data["tests"][0]["status"], data["tests"][1]["status"]) == (5, "passed", "failed")
    assert sum(test.get("max_score", 0) for test in data["tests"]) in (0, 10)
    assert len(written(grading, tmp_path, "gradescope")) == 3
    json.loads(written(evil(one), tmp_path, "gradescope")["results.json"])


def test_classroom_50(grading, tmp_path):
    one = replace(grading, results=grading.results[:1])
    files = written(one, tmp_path, "classroom50")
    data = json.loads(files["result.json"])
    assert (data["schema"], data["score"], data["max-score"]) == ("classroom50/result/v1", 5, 10)
    assert data["tests"] == [{"test-name": "softmax", "passed": False, "score": 5, "max-score": 10}]
    assert "5 of 10" in files["release-body.md"]


def test_classroom_50_gets_what_its_runner_told(grading, tmp_path, monkeypatch):
    told = {
        "CLASSROOM": "dl", "ASSIGNMENT": "hw1", "OWNER": "alice", "SUBMISSION_TAG": "submit/x", "COMMIT_URL": "https://c",
        "RELEASE_URL": "https://r", "REVIEW_URL": "https://v",
    }  # fmt: skip
    for name, value in told.items():
        monkeypatch.setenv(name, value)
    late = replace(grading.results[0], points=3.0, at=datetime(2026, 3, 1, 12, tzinfo=timezone(timedelta(hours=1))))
    data = json.loads(written(replace(grading, results=(late,)), tmp_path, "classroom50")["result.json"])
    fields = ("classroom", "assignment", "owner", "submission", "commit", "release", "review")
    assert [data[name] for name in fields] == list(told.values())
    assert data["datetime"] == "2026-03-01T11:00:00Z"
    assert (data["score"], data["max-score"]) == (3, 10)
    assert sum(test["score"] for test in data["tests"]) == 3
    assert all(isinstance(test[key], int) for test in data["tests"] for key in ("score", "max-score"))


def test_github(grading, tmp_path, monkeypatch, capsys):
    target = tmp_path / "step.md"
    target.write_text("before\n")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(target))
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    one = replace(grading, results=grading.results[1:2])
    text = written(one, tmp_path, "github")["summary.md"]
    assert target.read_text() == "before\n" + text
    assert capsys.readouterr().out == "::error file=softmax.py,line=7,title=softmax::Sentence 1. wrong 1\n"
    write_reports(evil(grading), tmp_path, ["github"])
    lines = capsys.readouterr().out.splitlines()
    assert all(line.startswith("::error file=") for line in lines)
    assert "\x1b" not in "".join(lines)


def test_a_summary_is_never_too_long(grading, tmp_path):
    many = replace(grading, results=grading.results * 8000)
    from tutor.classroom.reports.github import summary

    assert len(summary(many).encode()) < 1 << 20


def test_the_one_script_is_ours_and_the_policy_names_it(grading, tmp_path):
    pages = written(evil(grading), tmp_path, "html")
    text = pages["index.html"]
    script = re.search("<script>(.*?)</script>", text, re.DOTALL)[1]
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    policy = re.search('Content-Security-Policy" content="([^"]*)"', text)[1]
    assert policy == f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{digest}'"
    assert all("script-src" not in page for name, page in pages.items() if name != "index.html")
    assert not re.search("innerHTML|eval|fetch|http", script)


@pytest.mark.parametrize("release", ["sentences", "score"])
def test_only_what_is_released_is_shown(grading, tmp_path, release):
    closed = replace(grading, assignment=replace(grading.assignment, release=release))
    names = ("html", "junit", "gradescope", "classroom50", "github")
    one = replace(closed, results=closed.results[:1])
    files = {**written(closed, tmp_path / "a", *names), **written(one, tmp_path / "b", *names)}
    for name, text in files.items():
        if name != "index.html":  # the instructor's
            assert "wrong 1" not in text, name
            assert "swapped" not in text, name
            assert ("Sentence 1." in text) <= (release == "sentences"), name
    assert "Sentence 1." in files["students/jane.html"] or release == "score"


def test_a_hidden_check_shows_its_outcome_only(grading, tmp_path):
    hidden = evil(grading, hidden=True)
    secret = replace(hidden.results[0].parts[0].verdict.findings[0], message="SECRET", got="SECRET", input="SECRET")
    verdict = replace(hidden.results[0].parts[0].verdict, findings=(secret,))
    part = replace(hidden.results[0].parts[0], verdict=verdict)
    shown = replace(hidden, results=(replace(hidden.results[0], parts=(part,)),))
    for name, text in written(shown, tmp_path, "html", "junit", "gradescope", "classroom50", "github").items():
        if name != "index.html":  # the instructor's
            assert "SECRET" not in text, name


@pytest.mark.parametrize("key", ["CON", "a/b", "..", "", "ä" * 80, "x" * 300, "A", "=1+1"])
def test_file_names(grading, tmp_path, key):
    named = [replace(grading.results[0], student=Student(k, k)) for k in dict.fromkeys([key, "a", "A "])]
    files = written(replace(grading, results=tuple(named)), tmp_path, "gradescope")
    assert len({name.casefold() for name in files}) == len(named)
    assert all(re.fullmatch(r"gradescope/[\w@.+-]{1,80}\.json", name, re.ASCII) for name in files)


# --- Canvas and Moodle ---------------------------------------------------------------------------------------------

CANVAS = (
    "\ufeffStudent,ID,SIS User ID,SIS Login ID,Section,Homework (881),Essay (882),Final Score\n"
    "    Points Possible,,,,,10,20,(read only)\n"
    '"Doe, Jane",42,,jane,A,,18,90\n"Wei, Li",43,,li,A,3,,\n"Other, One",99,,other,A,7,1,\n'
)


def test_canvas_gets_its_own_file_back(grading, tmp_path):
    (exported := tmp_path / "book.csv").write_text(CANVAS)
    text = fill_canvas(grading, exported, tmp_path).read_text(encoding="utf-8-sig")
    rows = list(csv.reader(text.splitlines()))
    assert rows[0] == ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "Homework (881)"]
    assert [row[-1] for row in rows[1:]] == ["10", "5", "5", "7"]
    assert rows[1][0].strip() == "Points Possible"


def test_canvas_without_the_column_is_a_sentence(grading, tmp_path):
    (exported := tmp_path / "book.csv").write_text(CANVAS.replace("Homework", "Homewrok"))
    with pytest.raises(TutorError, match="did you mean `Homewrok"):
        fill_canvas(grading, exported, tmp_path)


def test_who_has_no_row_is_named(grading, tmp_path, capsys):
    book = CANVAS.replace("43,,li", "99,,nobody").replace("Wei, Li", "No, Body")
    (exported := tmp_path / "book.csv").write_text(book)
    fill_canvas(grading, exported, tmp_path)
    assert capsys.readouterr().err == f"1 of the results have no row in {exported}: li.\n"


def test_moodle_gets_its_own_file_back(grading, tmp_path):
    (exported := tmp_path / "sheet.csv").write_text(
        "Identifier,Full name,Email address,Status,Grade,Maximum Grade,Feedback comments\n"
        "Participant 7,Jane Doe,jane@x.org,Submitted,,100,\nParticipant 8,Max Roe,max@x.org,-,,100,\n"
        "Participant 9,Nobody,no@x.org,Submitted,5,100,fine\n"
    )
    rows = list(csv.DictReader(fill_moodle(grading, exported, tmp_path).read_text().splitlines()))
    assert [(r["Grade"], r["Feedback comments"]) for r in rows] == [
        ("50", "5 of 10 points (graded)"), ("", ""), ("5", "fine"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "words"), [("", "distinct column names"), ("a,a\n", "distinct"), ("a\n1\n", "no col")]
)
def test_a_file_of_another_kind_is_a_sentence(grading, tmp_path, text, words):
    (exported := tmp_path / "x.csv").write_text(text)
    for fill in (fill_canvas, fill_moodle):
        with pytest.raises(TutorError, match=f"{words}|there is no column"):
            fill(grading, exported, tmp_path)
    (tmp_path / "y.csv").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(TutorError, match="UTF-8"):
        fill_moodle(grading, tmp_path / "y.csv", tmp_path)


def test_canvas_with_semicolons_another_scale_and_the_excused(grading, tmp_path):
    text = CANVAS.replace("Points Possible,,,,,10", "Points Possible,,,,,25").replace("Wei, Li", "Wei Li")
    text = text.replace("Doe, Jane", "Doe Jane").replace("Other, One", "Roe Max").replace("99,,other", "44,,max")
    (exported := tmp_path / "book.csv").write_text(text.replace(",", ";").replace("A;3;", "A;EX;"))
    rows = list(csv.reader(fill_canvas(grading, exported, tmp_path).read_text("utf-8-sig").splitlines(), delimiter=";"))
    assert [row[-1] for row in rows[1:]] == ["25", "12,5", "EX", "7"]  # who handed in nothing keeps what was there


def test_canvas_with_two_such_columns_is_a_sentence(grading, tmp_path):
    (exported := tmp_path / "book.csv").write_text(CANVAS.replace("Essay (882)", "Homework (882)"))
    with pytest.raises(TutorError, match="several columns fit"):
        fill_canvas(grading, exported, tmp_path)
    exact = replace(grading, assignment=replace(grading.assignment, title="Homework (882)"))
    assert fill_canvas(exact, exported, tmp_path)


def test_junit_says_what_is_released_and_no_more(grading, tmp_path):
    for release, cases in (("full", 5), ("sentences", 5), ("score", 3)):
        shown = replace(grading, assignment=replace(grading.assignment, release=release))
        text = written(shown, tmp_path, "junit")["junit.xml"]
        root = Xml.fromstring(text)
        assert (root.get("tests"), len(root.findall(".//testcase"))) == (str(cases), cases)
        assert ("swapped" in text) == (release == "full")
        assert len(root.findall(".//failure")) + len(root.findall(".//error")) == 3


def test_a_hidden_check_that_is_called_like_an_open_one(grading, tmp_path):
    result = grading.results[0]
    finding = Finding("test_0", "Open.", "passed")
    hidden = Finding("test_0", "Hidden.", "failed", message="SECRET", hidden=True)
    verdict = replace(result.parts[0].verdict, findings=(finding, hidden))
    part = replace(result.parts[0], verdict=verdict)
    both = replace(grading, results=(replace(result, parts=(part,)),))
    text = written(both, tmp_path, "junit")["junit.xml"]
    assert [case.get("name") for case in Xml.fromstring(text).iter("testcase")] == ["test_0", "test_0 (hidden)"]
    assert "SECRET" not in text
    from tutor.classroom.statistics import exercise_statistics

    (statistics,) = exercise_statistics(both)
    assert [(check.sentence, check.passed, check.failed) for check in statistics.checks] == [
        ("Open.", 1, 0), ("Hidden.", 0, 1),
    ]  # fmt: skip


def test_a_step_summary_that_cannot_be_written_is_a_sentence(grading, tmp_path, monkeypatch):
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "no" / "step.md"))
    with pytest.raises(TutorError, match="Could not write"):
        write_reports(grading, tmp_path, ["github"])
