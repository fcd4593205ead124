"""Real data that needs no download: scikit-learn's small files and Python's own texts.

scikit-learn's files are read directly where they are found: importing its loaders takes a second of CPU, longer than
most labs on this data train. Where the files lie elsewhere one day, its loaders do the work.
"""

from __future__ import annotations

import dataclasses
import importlib.util
import sysconfig
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from tutor.model import TutorError
from tutor.training.data.catalogue import Source
from tutor.training.data.kinds import Data, Images, Photos, Table, Text

if TYPE_CHECKING:
    from collections.abc import Iterable

D = TypeVar("D", bound=Data)
_TEST_SHARE = 360
"""Digits held out, a fifth."""


def with_note(data: D, note: str) -> D:
    """The same data with one more sentence."""
    return dataclasses.replace(data, note=f"{data.note} {note}")


def digits(source: Source) -> Images:
    """1,437 training and 360 test digits; the split is shuffled once and for all, as the file is sorted by writer."""
    path = _sklearn_file("digits.csv.gz")
    if path is not None:
        rows = np.loadtxt(path, delimiter=",", dtype=np.float32)  # (1797, 65)
        pixels, labels = rows[:, :64], rows[:, 64].astype(np.int64)
    else:
        from sklearn.datasets import load_digits

        pixels, labels = load_digits(return_X_y=True)
    images = (pixels / 16.0).astype(np.float32).reshape(-1, 8, 8)  # (N, 8, 8), 17 grey levels
    order = np.random.default_rng(0).permutation(len(labels))
    test, rest = order[:_TEST_SHARE], order[_TEST_SHARE:]
    names = tuple(str(d) for d in range(10))
    note = f"Data: {source.title} (scikit-learn), {len(rest)} to train, {len(test)} to test."
    return Images(
        source.name,
        images[rest],
        labels[rest].astype(np.int64),
        images[test],
        labels[test].astype(np.int64),
        names,
        note,
    )


def diabetes(source: Source) -> Table:
    """Raw measurements, not scaled; y is a quantity."""
    columns = ("age", "sex", "bmi", "bp", "s1", "s2", "s3", "s4", "s5", "s6")
    x_path, y_path = _sklearn_file("diabetes_data_raw.csv.gz"), _sklearn_file("diabetes_target.csv.gz")
    if x_path is not None and y_path is not None:
        x, y = np.loadtxt(x_path), np.loadtxt(y_path)
    else:
        from sklearn.datasets import load_diabetes

        x, y = load_diabetes(return_X_y=True, scaled=False)
    return Table(source.name, np.asarray(x, float), np.asarray(y, float), columns, (), _note(source))


def breast_cancer(source: Source) -> Table:
    """Class 0 is malignant, class 1 benign, as in scikit-learn."""
    measured = ("radius", "texture", "perimeter", "area", "smoothness", "compactness", "concavity",
                "concave points", "symmetry", "fractal dimension")  # fmt: skip
    columns = tuple(f"{how} {what}" for how in ("mean", "error of", "worst") for what in measured)
    return _classes(source, "breast_cancer.csv", "load_breast_cancer", ("malignant", "benign"), columns)


def wine(source: Source) -> Table:
    """Three cultivars."""
    columns = ("alcohol", "malic acid", "ash", "alcalinity of ash", "magnesium", "total phenols", "flavanoids",
               "nonflavanoid phenols", "proanthocyanins", "colour", "hue", "od280/od315", "proline")  # fmt: skip
    return _classes(source, "wine_data.csv", "load_wine", ("class 0", "class 1", "class 2"), columns)


def iris(source: Source) -> Table:
    """Three species."""
    columns = ("sepal length", "sepal width", "petal length", "petal width")
    return _classes(source, "iris.csv", "load_iris", ("setosa", "versicolor", "virginica"), columns)


def photographs(source: Source) -> Photos:
    """China and the flower; decoding JPEG needs Pillow, which is not a dependency."""
    try:
        from sklearn.datasets import load_sample_images

        images = load_sample_images().images
    except ImportError as error:
        raise TutorError("The photographs are JPEG files; reading them needs Pillow: pip install pillow") from error
    return Photos(source.name, tuple(np.asarray(image) for image in images), _note(source))


def python_docs(source: Source) -> Text:
    """The language reference, one topic after another."""
    from pydoc_data.topics import topics

    return Text(source.name, "\n\n".join(text.strip() for _, text in sorted(topics.items())), _note(source))


def python_source(source: Source) -> Text:
    """Every module at the top of the standard library, sorted by name."""
    folder = Path(sysconfig.get_paths()["stdlib"])
    texts = _texts(path for path in sorted(folder.glob("*.py")))
    return Text(source.name, "\n\n".join(texts), _note(source))


def _texts(paths: Iterable[Path]) -> Iterable[str]:
    for path in paths:
        try:
            yield path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):  # a module that cannot be read is not worth an error
            continue


def _classes(source: Source, file: str, loader: str, classes: tuple[str, ...], columns: tuple[str, ...]) -> Table:
    path = _sklearn_file(file)
    if path is not None:
        rows = np.loadtxt(path, delimiter=",", skiprows=1)  # the first row holds counts and class names
        x, y = rows[:, :-1], rows[:, -1].astype(np.int64)
    else:
        import sklearn.datasets

        x, y = getattr(sklearn.datasets, loader)(return_X_y=True)
    return Table(source.name, np.asarray(x, float), np.asarray(y, np.int64), columns, classes, _note(source))


def _note(source: Source) -> str:
    return f"Data: {source.title}."


def _sklearn_file(name: str) -> Path | None:
    spec = importlib.util.find_spec("sklearn")
    if spec is None or spec.origin is None:
        raise TutorError("scikit-learn is missing, which brings the small data sets: pip install scikit-learn")
    path = Path(spec.origin).parent / "datasets" / "data" / name
    return path if path.is_file() else None
