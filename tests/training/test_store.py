"""Runs on disk: kept as they come, listed, read, exported."""

from __future__ import annotations

import csv
import io
import math
import os
from pathlib import Path

import pytest

from tutor.model import TutorError
from tutor.training.events import Metrics
from tutor.training.narrate import settings
from tutor.training.run import LabRun
from tutor.training.store import RunWriter, export, find_run, list_runs, load_run, to_csv

_WRITTEN: dict[str, bytes] = {}


@pytest.fixture
def kept(job, tmp_path):
    """Two kept runs, the second one broken; trained once, as the tests may damage their copies."""
    folder = tmp_path / "runs"
    if not _WRITTEN:
        own = "def shrink(v, r):\n    return v * r * 0.5\n"
        for one in (job(own, steps=4), job(broken=("shrink", "grows"), steps=3, seed=7)):
            writer = RunWriter(folder, one.lab)
            with LabRun(one) as run:
                for event in run.events():
                    writer.write(event)
            writer.close()
            assert not writer.problem
            _WRITTEN[writer.id] = (folder / f"{writer.id}.jsonl").read_bytes()
    folder.mkdir(exist_ok=True)
    for number, (name, data) in enumerate(_WRITTEN.items()):
        (folder / f"{name}.jsonl").write_bytes(data)
        os.utime(folder / f"{name}.jsonl", (number, number))
    return folder, list(_WRITTEN)


def test_runs_are_listed_newest_first(kept):
    folder, (first, second) = kept
    runs = list_runs(folder)
    assert [run.id for run in runs] == [second, first]
    assert [run.reached for run in runs] == [False, True]
    assert [run.metric for run in runs] == ["error", "error"]
    assert settings(runs[0].meta, {"steps": 20, "rate": 0.5, "nap": 0, "style": "plain", "shout": False}) == (
        "steps=3 seed=7 shrink “grows”"
    )
    assert list_runs(folder, "other") == []
    assert list_runs(folder / "nowhere") == []


def test_a_run_is_read_back_whole(kept):
    folder, (first, second) = kept
    record = load_run(folder, first)
    assert record.mine.series["size"].values == [0.25, 0.0625, 0.015625, 0.00390625]
    assert record.reference.series["size"].values == [0.5, 0.25, 0.125, 0.0625]
    assert record.mine.figures["picture"].title == "picture"
    assert record.reached
    assert load_run(folder, "last").id == second
    assert load_run(folder, first[:-1] if not second.startswith(first[:-1]) else first).id == first


def test_names_that_fit_nothing_or_too_much(kept):
    folder, (first, _) = kept
    with pytest.raises(TutorError, match="is not a run"):
        find_run(folder, "nonsense")
    with pytest.raises(TutorError, match="beginning of 2 runs"):
        find_run(folder, "halve")
    with pytest.raises(TutorError, match="No run is kept"):
        find_run(folder / "empty", first)


def test_a_file_cut_by_a_crash_is_read_as_far_as_it_goes(kept):
    folder, (first, _) = kept
    path = folder / f"{first}.jsonl"
    lines = [line for line in path.read_bytes().splitlines() if b'"mine"' in line and b'"end"' not in line]
    path.write_bytes(b"\n".join(lines)[:-20] + b"\xff\xfe")
    assert len(load_run(folder, first).mine.series["size"].values) >= 3
    cut = next(run for run in list_runs(folder) if run.id == first)
    assert cut.outcome == "interrupted"
    assert cut.reached is None
    assert math.isnan(cut.value)


def test_csv_has_a_row_a_step_and_says_whose(kept, tmp_path):
    folder, (first, _) = kept
    rows = list(csv.DictReader(io.StringIO(to_csv(load_run(folder, first)))))
    assert [r["who"] for r in rows] == ["mine"] * 4 + ["reference"] * 4
    assert [float(r["size"]) for r in rows[:4]] == [0.25, 0.0625, 0.015625, 0.00390625]
    assert set(rows[0]) == {"who", "step", "error", "size"}
    target = export(folder, first, tmp_path / "run.csv")
    assert target.read_text() == to_csv(load_run(folder, first))


def test_export_as_json_lines_is_the_kept_file_and_overwrites_nothing(kept, tmp_path):
    folder, (first, _) = kept
    target = export(folder, first, tmp_path / "run.jsonl")
    assert target.read_bytes() == (folder / f"{first}.jsonl").read_bytes()
    with pytest.raises(TutorError, match="not overwritten"):
        export(folder, first, target)
    with pytest.raises(TutorError, match=r"\.csv or \.jsonl"):
        export(folder, first, tmp_path / "run.png")
    with pytest.raises(TutorError, match="cannot be written"):
        export(folder, first, tmp_path / "no" / "folder" / "run.csv")


def test_infinity_is_named_in_csv(job, train):
    record = train(job("def shrink(v, r):\n    return v * 1e300\n", steps=2))
    assert "mine,2,inf,inf" in to_csv(record)


def test_two_runs_in_one_second_get_names_of_their_own(tmp_path):
    ids = set()
    for _ in range(3):
        writer = RunWriter(tmp_path, "halve")
        writer.close()
        ids.add(writer.id)
    assert len(ids) == 3


def test_a_folder_that_cannot_be_written_ends_the_keeping_not_the_run(tmp_path):
    (tmp_path / "runs").write_text("a file in the way")
    writer = RunWriter(tmp_path / "runs", "halve")
    assert "not kept" in writer.problem
    assert writer.id == ""
    writer.write(Metrics("mine", 1, {"a": 1.0}))
    writer.close()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_ends_the_keeping_not_the_run(tmp_path, monkeypatch):
    monkeypatch.setattr("tutor.training.store._new_file", lambda *_: ("x", Path("/dev/full").open("w", buffering=1)))  # noqa: SIM115
    writer = RunWriter(tmp_path, "halve")
    writer.write(Metrics("mine", 1, {"a": 1.0}))
    writer.close()
    assert "No space left" in writer.problem
