"""`tutor data`: what there is, under which licence, and how it gets here."""

from __future__ import annotations

import hashlib
import http.server
import json
import threading
from functools import partial

import pytest

from tutor import cli
from tutor.training.data import catalogue as module
from tutor.training.data.cache import cache_folder
from tutor.training.data.catalogue import RemoteFile, Source

TEXT = b"The Time Traveller smiled.\n" * 2000


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *args):
        pass


@pytest.fixture
def tiny(tmp_path, monkeypatch):
    """The catalogue with one more source, which a local server holds."""
    (tmp_path / "tiny.txt").write_bytes(TEXT)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(tmp_path)))
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    url = f"http://127.0.0.1:{server.server_port}/tiny.txt"
    file = RemoteFile("tiny.txt", len(TEXT), hashlib.sha256(TEXT).hexdigest(), (url,))
    source = Source("tiny", "A tiny text", "text", "CC0", "nobody", (file,), "python-docs")
    monkeypatch.setitem(module.catalogue(), "tiny", source)
    yield url
    server.shutdown()
    thread.join()
    server.server_close()


def run(capsys, *args):
    code = cli.main(["data", *args])
    out = capsys.readouterr()
    return code, out.out, out.err


def test_the_list_says_what_is_here_and_what_is_not(capsys, tiny):
    code, out, _ = run(capsys)
    assert code == 0
    here, remote = out.split("To download")
    assert "✓ digits" in here
    assert "· fashion-mnist" in remote
    assert "30.9 MB" in remote


def test_everything_is_said_about_a_source(capsys):
    code, out, _ = run(capsys, "show", "fashion-mnist")
    assert code == 0
    sha256 = "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84"
    address = "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/b2617bb6"
    for words in ("MIT", "Zalando SE 2017", "26,421,880 bytes", sha256, address, "without it, labs use digits"):
        assert words in out


def test_for_programs(capsys):
    code, out, _ = run(capsys, "list", "--json")
    records = {record["name"]: record for record in json.loads(out)}
    assert code == 0
    assert records["digits"]["available"] is True
    assert records["names"]["files"][0]["size"] == 228145
    assert json.loads(run(capsys, "show", "names", "--json")[1])[0]["licence"] == "MIT"


def test_licence_and_credit_come_before_the_download(capsys, tiny):
    code, out, err = run(capsys, "fetch", "tiny")
    assert code == 0
    assert out.strip() == str(cache_folder() / "tiny.txt")
    assert err.index("licence: CC0; credit: nobody") < err.index("100 %")
    assert (cache_folder() / "tiny.txt").read_bytes() == TEXT
    assert "is here already" in run(capsys, "fetch", "tiny")[2]


def test_a_failed_download_is_exit_code_2_and_one_sentence(capsys, tiny, tmp_path, monkeypatch):
    monkeypatch.setattr("tutor.training.data.fetch.time.sleep", lambda _: None)
    (tmp_path / "tiny.txt").write_bytes(b"tampered" * 10)
    code, out, err = run(capsys, "fetch", "tiny")
    assert code == 2
    assert not out
    assert "tutor: tiny.txt could not be downloaded (127.0.0.1:" in err
    assert "Labs go on with their embedded data." in err


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["fetch"], "Say which"),
        (["show", "fashon-mnist"], "did you mean `fashion-mnist`"),
        (["fetch", "x"], "no data called"),
    ],
)
def test_usage_errors_are_sentences(capsys, args, words):
    code, _, err = run(capsys, *args)
    assert code == 2
    assert words in err


def test_embedded_data_needs_no_download(capsys):
    code, out, err = run(capsys, "fetch", "digits")
    assert code == 0
    assert not out
    assert "needs no download" in err
