"""`load(name)`: a data set in memory, embedded or downloaded; `otherwise` names what may stand in for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, overload

from tutor.model import TutorError
from tutor.training.data import embedded, formats, languages
from tutor.training.data.cache import available, locate
from tutor.training.data.catalogue import Source, find_source
from tutor.training.data.kinds import Data, Images, Pairs, Photos, Table, Text


def is_available(name: str) -> bool:
    """Whether `load(name)` would work now."""
    return available(find_source(name))


@overload
def load(
    name: Literal["digits", "fashion-mnist", "mnist"], *, otherwise: str = "", train: int = 0, test: int = 0
) -> Images: ...
@overload
def load(
    name: Literal["diabetes", "breast-cancer", "wine", "iris", "housing", "penguins", "airfoil"], *, otherwise: str = ""
) -> Table: ...
@overload
def load(
    name: Literal["python-docs", "python-source", "timemachine", "shakespeare", "names"], *, otherwise: str = ""
) -> Text: ...
@overload
def load(name: Literal["dates", "numbers", "eng-fra", "eng-cmn"], *, otherwise: str = "") -> Pairs: ...
@overload
def load(name: Literal["photographs"], *, otherwise: str = "") -> Photos: ...
@overload
def load(name: str, *, otherwise: str = "", train: int = 0, test: int = 0) -> Data: ...


def load(name: str, *, otherwise: str = "", train: int = 0, test: int = 0) -> Data:
    """The data set of that name. When its files are not here, `otherwise` is loaded, and its note says so.

    `train` and `test` limit how many pictures of a large set are made ready; 0 is all.
    """
    source = find_source(name)
    if available(source):
        if source.kind == "images" and not source.embedded:
            return _idx_images(source, train, test)
        return _LOADERS[source.name](source)
    if not source.readable:
        return _LOADERS[source.name](source)  # says which module is missing
    if not otherwise:
        raise TutorError(f"{source.title} is not on this machine. Get it with: tutor data fetch {source.name}")
    stand_in = find_source(otherwise)
    return embedded.with_note(
        _LOADERS[stand_in.name](stand_in),
        f"In place of {source.name}, which is not on this machine (get it with: tutor data fetch {source.name}).",
    )


def _idx_images(source: Source, train: int, test: int) -> Images:
    paths = [path for file in source.files if (path := locate(file)) is not None]
    return formats.idx_images(source, paths, train, test)


def _file(read: Callable[..., Data]) -> Callable[[Source], Data]:
    def run(source: Source) -> Data:
        path = locate(source.files[0])
        if path is None:
            raise TutorError(f"{source.name} has just gone. Get it again with: tutor data fetch {source.name}")
        return read(source, path)

    return run


_LOADERS: dict[str, Callable[[Source], Data]] = {
    "digits": embedded.digits,
    "diabetes": embedded.diabetes,
    "breast-cancer": embedded.breast_cancer,
    "wine": embedded.wine,
    "iris": embedded.iris,
    "photographs": embedded.photographs,
    "python-docs": embedded.python_docs,
    "python-source": embedded.python_source,
    "dates": languages.dates,
    "numbers": languages.numbers,
    "timemachine": _file(formats.plain_text),
    "shakespeare": _file(formats.plain_text),
    "names": _file(formats.plain_text),
    "eng-fra": _file(formats.zipped_pairs),
    "eng-cmn": _file(formats.tab_pairs),
    "housing": _file(formats.housing),
    "penguins": _file(formats.penguins),
    "airfoil": _file(formats.airfoil),
}
