"""The one pytest session of a process, in which any number of files of checks are run, and the plugin behind it.

Starts pytest with nothing but what a check needs: its usual plugins and the machine's own cost more than a verdict.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

import pytest

from tutor.checks.checkfile import CheckFile
from tutor.checks.draws import Draw
from tutor.model import CourseError

Result = TypeVar("Result")

_UNUSED = (
    "terminal", "terminalprogress", "debugging", "unittest", "legacypath", "monkeypatch", "recwarn", "pastebin",
    "junitxml", "doctest", "cacheprovider", "freeze_support", "setuponly", "setupplan", "stepwise", "subtests",
    "unraisableexception", "threadexception", "warnings", "logging", "faulthandler", "tmpdir",
)  # fmt: skip
"""Plugins of pytest that a verdict does without. `unraisableexception` alone collects garbage five times a session."""


class ChecksPlugin:
    """The plugin of this process's one pytest session: hands the items' business to the file being run."""

    def __init__(self, body: Callable[[ChecksPlugin], None]) -> None:
        self._body = body
        self.file: CheckFile | None = None
        self.session: pytest.Session | None = None

    # -- fixtures

    @pytest.fixture
    def mine(self) -> object:
        """The program under test."""
        assert self.file is not None
        return self.file.mine

    @pytest.fixture
    def draw(self, request: pytest.FixtureRequest) -> Draw:
        """The first draw; each later one is put in its place by `pytest_pyfunc_call`."""
        assert self.file is not None
        return self.file.draw(request.function, request.node.name, 0)

    # -- pytest's hooks

    def pytest_sessionstart(self, session: pytest.Session) -> None:
        """Nothing is collected by pytest itself, which would read the whole folder that a file of checks lies in."""
        session.config.args = []

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Hand over to the body instead of running items."""
        self.session = session
        self._body(self)
        return True

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Keep the reason why the file cannot be imported."""
        if self.file is not None and report.failed and not self.file.broken:
            self.file.broken = str(report.longrepr)

    @pytest.hookimpl(tryfirst=True)
    def pytest_pyfunc_call(self, pyfuncitem: pytest.Function) -> bool:
        """Run one check with all its draws; nothing is raised, so pytest formats no traceback that nobody reads."""
        assert self.file is not None
        self.file.check(pyfuncitem)
        return True

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """A fixture of the check file that breaks, or a skip by a mark, has kept the check from running."""
        if self.file is not None and (report.failed or report.skipped):
            self.file.kept_from_running(report)


OPEN: list[ChecksPlugin] = []
"""The plugin of the pytest session that is open in this process, if one is."""


def in_session(body: Callable[[], Result]) -> Result:
    """Call `body` within this process's pytest session, opened for it if none is: opening one takes 30 ms."""
    if OPEN:
        return body()
    results: list[Result] = []
    errors: list[BaseException] = []

    def guarded(plugin: ChecksPlugin) -> None:
        OPEN.append(plugin)
        try:
            results.append(body())
        except BaseException as error:  # pytest would turn it into an exit code
            errors.append(error)
        finally:
            OPEN.remove(plugin)

    with _environment():
        pytest.main(_arguments(), plugins=[ChecksPlugin(guarded)])
    if errors:
        raise errors[0]
    if not results:
        raise CourseError("pytest did not start: is another plugin of it in the way?")
    return results[0]


def _arguments() -> list[str]:
    options = ["-s", "-c", os.devnull, "--rootdir=/", "--noconftest"]
    return [*options, *(part for name in _UNUSED for part in ("-p", f"no:{name}"))]


@contextmanager
def _environment() -> Iterator[None]:
    """Keep the user's pytest settings out."""
    saved = {name: os.environ.pop(name, None) for name in ("PYTEST_ADDOPTS", "PYTEST_PLUGINS")}
    saved["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = os.environ.get("PYTEST_DISABLE_PLUGIN_AUTOLOAD")
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    try:
        yield
    finally:
        for name, value in saved.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
