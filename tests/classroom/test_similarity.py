"""Similar code is found; what was given is not."""

from __future__ import annotations

import pytest

from tutor.model import TutorError

OWN = """
def helper_{n}(a, b):
    total = a * {n} + b
    while total > {n}:
        total -= b
    return total
"""
OTHER = """
import math

def softmax(values, axis=-1):
    found = []
    for value in values:
        found.append(math.exp(value))
    return found
"""


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # the library reads its page in the old way
def test_similar_code_is_found_and_what_was_given_is_not(tmp_path, course):
    pytest.importorskip("copydetect")
    from tutor.classroom.similarity import find_similar

    given = next(e for e in course.exercises if e.id == "softmax").solution.read_text()
    own = "".join(OWN.format(n=n) for n in range(6))
    for who, text in {"a": own, "b": own.replace("total", "amount"), "c": OTHER, "d": given, "e": given}.items():
        (tmp_path / "class" / who).mkdir(parents=True)
        (tmp_path / "class" / who / "softmax.py").write_text(text)
    pairs = find_similar(tmp_path / "class", course, tmp_path / "out", least=0.7)
    assert [(pair.exercise, {pair.first, pair.second}) for pair in pairs] == [("softmax", {"a", "b"})]
    assert (tmp_path / "out" / "similarity.html").exists()
    with pytest.raises(TutorError, match="between 0 and 1"):
        find_similar(tmp_path / "class", course, tmp_path / "out", least=2)
