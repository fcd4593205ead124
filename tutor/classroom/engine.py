"""Where tasks run: threads of this process around one warm server, or a cluster. Always an `Executor`."""

from __future__ import annotations

import contextlib
import importlib
from collections.abc import Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from typing import Any

from tutor.classroom import task
from tutor.model import TutorError

RETRIES = 3
"""How often a cluster may lose a worker under the same task before that task is given up."""


@contextlib.contextmanager
def engine(where: str, jobs: int) -> Iterator[Executor]:
    """Open `local`, `dask` (a cluster on this machine) or `tcp://…` (a running Dask scheduler); raises TutorError."""
    if where == "local":
        task.slots = jobs
        task.go_on()
        try:
            # Twice as many submissions as jobs are on offer: where one's code sleeps, the server goes on with another.
            with ThreadPoolExecutor(jobs if jobs == 1 else 2 * jobs, thread_name_prefix="grade") as pool:
                yield pool
        finally:
            task.close()
    else:
        with _cluster(where, jobs) as executor:
            yield executor


@contextlib.contextmanager
def _cluster(where: str, jobs: int) -> Iterator[Executor]:
    if where != "dask" and "://" not in where:
        raise TutorError(f"{where!r} is no engine: use local, dask, or a scheduler's address like tcp://10.0.0.5:8786.")
    try:
        library: Any = importlib.import_module("distributed")  # it publishes no types
    except ImportError:
        raise TutorError("More machines need the extra `cluster`: pip install 'dl-tutor[cluster]'.") from None
    # Processes, because a task ends up waiting for a server; one thread each, because a server takes one job at a time.
    options = {"n_workers": jobs, "threads_per_worker": 1, "dashboard_address": None} if where == "dask" else {}
    try:
        client: Any = library.Client(None if where == "dask" else where, set_as_default=False, timeout="20s", **options)
    except (OSError, TimeoutError) as error:
        raise TutorError(f"The scheduler at {where} does not answer: {error}.") from error
    with client:
        yield client.get_executor(retries=RETRIES)
