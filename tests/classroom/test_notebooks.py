"""Notebooks become the Python files they would have been."""

from __future__ import annotations

import json

import pytest
from class_makers import CODE, notebook

from tutor.classroom.intake.collect import collect


def test_a_notebook_gives_its_definitions_and_runs_nothing(folder, exercises):
    source = "import numpy as np\n%matplotlib inline\n!pip install x\nEPS = 1e-9\n"
    more = "@np.vectorize\ndef helper(x):\n    return x\n\ndef softmax(z):\n    return helper(z)\nprint(softmax([1]))"
    root = folder({"jane/softmax.ipynb": notebook(source, "x = open('secret').read()", "plt.show(", more)})
    (jane,) = collect(root, exercises)
    text = jane.sources["softmax"].decode()
    compile(text, "softmax.py", "exec")
    assert "@np.vectorize\ndef helper" in text
    assert "EPS = 1e-9" in text
    assert not any(word in text for word in ("print", "open", "pip", "show", "matplotlib"))


@pytest.mark.parametrize(("data", "words"), [
    (b"{}", "no notebook"), (b"\xff\xfe", "no notebook"), (notebook("def softmax(:\n  pass"), "cell 1, line 1"),
    (b"[" * 100_000, "no notebook"),
])  # fmt: skip
def test_a_broken_notebook_is_a_sentence(folder, exercises, data, words):
    (jane,) = collect(folder({"jane/softmax.ipynb": data}), exercises)
    assert words in jane.problem


def python_of(folder, exercises, *cells: str) -> str:
    (jane,) = collect(folder({"jane/softmax.ipynb": notebook(*cells)}), exercises)
    assert not jane.problem, jane.problem
    text = jane.sources["softmax"].decode()
    compile(text, "softmax.py", "exec")
    return text


def test_a_notebook_keeps_what_its_functions_use(folder, exercises):
    text = python_of(
        folder, exercises,
        "rng = make(SEED)\nSEED = int('7')\nmodel = train(rng)\nx = open('secret')",
        "try:\n    import scipy as sp\nexcept ImportError:\n    sp = None",
        "def softmax(x):\n    y = rng\n    return sp, x, y\n",
        "if __name__ == '__main__':\n    rng = 1",
    )  # fmt: skip
    assert "rng = make(SEED)" in text
    assert "SEED = int('7')" in text
    assert "import scipy as sp" in text
    assert not any(word in text for word in ("train", "secret", "__main__"))


def test_a_notebook_with_magics_everywhere(folder, exercises):
    text = python_of(
        folder, exercises,
        "%%time\nA = 1", "%%bash\ndef softmax(\nrm -rf /", "%%writefile softmax.py\nB = 2\n", "files = !ls\nC = 3",
        "torch.softmax?\nD = (7\n  % 2)", "if True:\n    !pip install x\nE = '''\n% kept\n'''",
        "F = 1; print(F); G = 2",
    )  # fmt: skip
    space: dict[str, object] = {}
    exec(text, space)
    assert {k: space[k] for k in "ABCDEFG"} == {"A": 1, "B": 2, "C": 3, "D": 1, "E": "\n% kept\n", "F": 1, "G": 2}
    assert "print" not in text
    assert "rm -rf" not in text


def test_a_notebook_full_of_plots_is_read(folder, exercises):
    data = json.loads(notebook(CODE))
    data["cells"][0]["outputs"] = ["x" * (6 << 20)]
    (jane,) = collect(folder({"jane/softmax.ipynb": json.dumps(data)}), exercises)
    assert list(jane.sources) == ["softmax"]
