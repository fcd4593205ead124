"""Quiz questions: reading them from TOML and judging an answer. Shows nothing."""

from __future__ import annotations

import ast
import math
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, cast, get_args

from tutor.text.frontmatter import Table, parse_toml

QuestionKind = Literal["choice", "number", "shape", "output"]


@dataclass(frozen=True, slots=True)
class Option:
    """One answer to choose, and why it is right or wrong."""

    text: str
    right: bool
    why: str


@dataclass(frozen=True, slots=True)
class Wrong:
    """A wrong answer that authors foresaw."""

    answer: str
    why: str


@dataclass(frozen=True, slots=True)
class Question:
    """One question. `options` is for choices; `answer`, `why`, `wrong` and `otherwise` are for what is typed in."""

    id: str
    kind: QuestionKind
    ask: str
    options: tuple[Option, ...] = ()
    answer: str = ""
    tolerance: float = 0.0
    why: str = ""
    wrong: tuple[Wrong, ...] = ()
    otherwise: str = ""
    code: str = ""

    @property
    def several(self) -> bool:
        """Whether more than one option has to be chosen."""
        return sum(option.right for option in self.options) > 1


@dataclass(frozen=True, slots=True)
class Reply:
    """What to say to an answer; `valid` is false when it could not be understood, and then it does not count."""

    right: bool
    why: str
    valid: bool = True


def parse_quiz(body: str, path: Path = Path("quiz"), first_line: int = 1) -> tuple[Question, ...]:
    """Read the TOML of a quiz fence; raises CourseError that names the file and the key."""
    top = parse_toml(body, path, first_line)
    questions = tuple(_question(table) for table in top.tables("question"))
    top.finish()
    if not questions:
        raise top.error("question", "is missing: a quiz holds at least one [[question]] table")
    return questions


def _question(table: Table) -> Question:
    kind = cast(QuestionKind, table.one_of("kind", get_args(QuestionKind)))
    read = _choice if kind == "choice" else _typed
    question = read(table, table.text("id"), kind, table.text("ask"))
    table.finish()
    return question


def _choice(table: Table, id: str, kind: QuestionKind, ask: str) -> Question:
    options = []
    for option in table.tables("option"):
        options.append(Option(option.text("text"), option.flag("right"), option.text("why")))
        option.finish()
    if not 2 <= len(options) <= 5:
        raise table.error("option", f"must appear 2 to 5 times in question `{id}`, not {len(options)} times")
    if not any(option.right for option in options) or all(option.right for option in options):
        raise table.error("right", f"must be true for at least one option of question `{id}`, and not for all")
    return Question(id, kind, ask, tuple(options))


def _typed(table: Table, id: str, kind: QuestionKind, ask: str) -> Question:
    wrong = []
    for item in table.tables("wrong"):
        wrong.append(Wrong(_answer(item, kind), item.text("why")))
        item.finish()
    return Question(
        id,
        kind,
        ask,
        answer=_answer(table, kind),
        tolerance=table.number("tolerance", 0.0) if kind == "number" else 0.0,
        why=table.text("why"),
        wrong=tuple(wrong),
        otherwise=table.text("otherwise"),
        code=table.text("code") if kind == "output" else "",
    )


def _answer(table: Table, kind: QuestionKind) -> str:
    """Take `answer`, in the kind's own spelling, and prove that a learner could type it."""
    if kind == "number":
        return repr(table.number("answer"))
    answer = table.text("answer")
    if kind == "shape" and parse_shape(answer) is None:
        raise table.error("answer", f'must be a shape like "(3, 1)", or "error", not `{answer}`')
    return answer


def parse_shape(text: str) -> tuple[int, ...] | Literal["error"] | None:
    """Read `(3, 1)`, `3, 1`, `3 x 1`, `[3, 1]`, `torch.Size([3, 1])` or `error`; None when it is none of these."""
    text = text.strip().removeprefix("torch.Size(").replace("×", ",").strip()
    if text.lower().rstrip(".") == "error":
        return "error"
    inner = re.sub(r"(?<=\d)\s*x\s*(?=\d)", ",", text).strip("()[] ")
    if not inner:
        return () if text else None
    parts = inner.rstrip(",").split(",")
    if not all(part.strip().isdecimal() for part in parts):
        return None
    return tuple(int(part) for part in parts)


def parse_number(text: str) -> float | None:
    """Read a number as learners write it: `2.3`, `2,3`, `1e-3`, `-inf`, `3/4`; None when it is none."""
    text = text.strip().replace("−", "-").replace("∞", "inf")
    if re.fullmatch(r"[+-]?\d+,\d+", text):
        text = text.replace(",", ".")
    above, slash, below = text.partition("/")
    try:
        return float(above) / float(below) if slash else float(text)
    except (ValueError, ZeroDivisionError):
        return None


def judge_choice(question: Question, chosen: frozenset[int]) -> Reply:
    """Judge the options chosen (by index); the reply explains each of them."""
    if not chosen:
        return Reply(False, _HOW["choice"], valid=False)
    right = chosen == {i for i, option in enumerate(question.options) if option.right}
    whys = [question.options[i].why for i in sorted(chosen)]
    if not right and question.several and all(question.options[i].right for i in chosen):
        whys.append("There is more to choose.")
    return Reply(right, "\n\n".join(whys))


def judge_typed(question: Question, given: str) -> Reply:
    """Judge what was typed into a number, shape or output question."""
    if _understood(question.kind, given) is None:
        return Reply(False, _HOW[question.kind], valid=False)
    if _agree(question, given, question.answer):
        return Reply(True, question.why)
    for wrong in question.wrong:
        if _agree(question, given, wrong.answer):
            return Reply(False, wrong.why)
    return Reply(False, question.otherwise)


_HOW = {
    "number": "Please type a number, such as 0.25, 1e-3 or 3/4.",
    "shape": "Please type a shape, such as (3, 1), or the word error.",
    "output": "Please type what the program prints.",
    "choice": "Please choose an answer.",
}


def _understood(kind: QuestionKind, text: str) -> object | None:
    if kind == "number":
        return parse_number(text)
    if kind == "shape":
        return parse_shape(text)
    return normal_output(text) or None


def _agree(question: Question, given: str, answer: str) -> bool:
    mine, theirs = _understood(question.kind, given), _understood(question.kind, answer)
    if isinstance(mine, float) and isinstance(theirs, float):
        if math.isnan(theirs) or math.isinf(theirs):
            return mine == theirs or (math.isnan(mine) and math.isnan(theirs))
        return abs(mine - theirs) <= max(question.tolerance, 1e-9 * abs(theirs))
    return mine == theirs


def normal_output(text: str) -> str:
    """Make printed text comparable: Python values by value, anything else without differences in white space."""
    text = "\n".join(" ".join(line.split()) for line in text.strip().splitlines())
    try:
        return repr(ast.literal_eval(text))
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return re.sub(r"\s*([\[\](),])\s*", r"\1", text)
