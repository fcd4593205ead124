"""Downloads against a local server that cuts, lies, refuses and forgets; never the network."""

from __future__ import annotations

import errno
import hashlib
import http.server
import random
import threading
from dataclasses import dataclass, field

import pytest

from tutor.model import TutorError
from tutor.training.data.cache import cache_folder, locate
from tutor.training.data.catalogue import RemoteFile, Source
from tutor.training.data.fetch import fetch, fetch_file

BODY = random.Random(0).randbytes(300_000)
SIZE = len(BODY)
SHA = hashlib.sha256(BODY).hexdigest()


@dataclass
class Behaviour:
    """What the server does; `requests` is what it was asked."""

    body: bytes = BODY
    cuts: list[int] = field(default_factory=list)
    """After how many bytes each of the next answers is cut off."""
    ranges: bool = True
    status: int = 200
    wrong_range: bool = False
    requests: list[tuple[str, str]] = field(default_factory=list)


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        how = self.server.behaviour
        asked = self.headers.get("Range", "")
        how.requests.append((self.path, asked))
        if how.status != 200:
            self.send_error(how.status)
            return
        start = int(asked.removeprefix("bytes=").rstrip("-")) if asked and how.ranges else 0
        body = how.body[start:]
        self.send_response(206 if start else 200)
        if start:
            first = start + (5 if how.wrong_range else 0)
            self.send_header("Content-Range", f"bytes {first}-{len(how.body) - 1}/{len(how.body)}")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        stop = how.cuts.pop(0) if how.cuts else len(body)
        self.wfile.write(body[:stop])
        if stop < len(body):
            self.close_connection = True

    def log_message(self, *args):
        pass


class Server(http.server.ThreadingHTTPServer):
    def handle_error(self, *args):
        """The client hangs up on purpose in some tests."""


@pytest.fixture
def server():
    made = Server(("127.0.0.1", 0), Handler)
    made.behaviour = Behaviour()
    made.url = f"http://127.0.0.1:{made.server_port}"
    thread = threading.Thread(target=made.serve_forever, args=(0.01,))
    thread.start()
    yield made
    made.shutdown()
    thread.join()
    made.server_close()


def remote(*urls, sha=SHA, size=SIZE, path="set/file.bin"):
    return RemoteFile(path, size, sha, urls)


def get(file):
    seen = []
    return fetch_file(file, lambda _, have: seen.append(have), pause=0), seen


def leftovers():
    return sorted(p.name for p in cache_folder().rglob("*") if p.is_file())


def test_a_file_arrives_whole_with_progress(server):
    path, seen = get(remote(f"{server.url}/file.bin"))
    assert path.read_bytes() == BODY
    assert path == cache_folder() / "set/file.bin"
    assert seen == sorted(seen)
    assert seen[-1] == len(BODY)
    assert len(seen) > 3
    assert leftovers() == ["file.bin"]
    assert locate(remote()) == path


def test_a_cut_connection_is_resumed_where_it_was_cut(server):
    server.behaviour.cuts = [100_000, 50_000]
    path, _ = get(remote(f"{server.url}/file.bin"))
    assert path.read_bytes() == BODY
    assert [asked for _, asked in server.behaviour.requests] == ["", "bytes=100000-", "bytes=150000-"]


def test_an_interrupted_download_goes_on_another_day(server):
    server.behaviour.cuts = [70_000] * 3
    with pytest.raises(TutorError, match=r"cut\).*the next attempt goes on from there"):
        get(remote(f"{server.url}/file.bin"))
    assert leftovers() == ["file.bin.part"]
    path, _ = get(remote(f"{server.url}/file.bin"))
    assert path.read_bytes() == BODY
    assert server.behaviour.requests[-1][1] == "bytes=210000-"


def test_a_server_without_ranges_sends_it_all_again(server):
    server.behaviour.ranges = False
    server.behaviour.cuts = [100_000]
    path, _ = get(remote(f"{server.url}/file.bin"))
    assert path.read_bytes() == BODY
    assert leftovers() == ["file.bin"]


def test_a_server_that_sends_another_part_is_not_believed(server):
    server.behaviour.wrong_range = True
    server.behaviour.cuts = [100_000]
    with pytest.raises(TutorError, match="another part"):
        get(remote(f"{server.url}/file.bin"))
    assert leftovers() == []


def test_a_wrong_checksum_leaves_nothing_behind(server):
    with pytest.raises(TutorError, match=r"checksum is wrong.*embedded data"):
        get(remote(f"{server.url}/file.bin", sha="0" * 64))
    assert leftovers() == []


def test_a_tampered_part_is_found_out_and_fetched_anew(server):
    part = cache_folder() / "set/file.bin.part"
    part.parent.mkdir(parents=True)
    part.write_bytes(b"x" * 1000)
    with pytest.raises(TutorError, match="checksum"):
        get(remote(f"{server.url}/file.bin"))
    assert get(remote(f"{server.url}/file.bin"))[0].read_bytes() == BODY


def test_a_page_in_place_of_the_file_is_stopped_early(server):
    server.behaviour.body = BODY * 20
    with pytest.raises(TutorError, match="more than the expected 300,000 bytes"):
        get(remote(f"{server.url}/file.bin"))
    assert leftovers() == []


def test_mirrors_are_tried_in_turn(server):
    missing = "http://127.0.0.1:9/file.bin"
    path, _ = get(remote(missing, f"{server.url}/file.bin"))
    assert path.read_bytes() == BODY
    server.behaviour.status = 404
    with pytest.raises(TutorError, match=r"127\.0\.0\.1:9: no connection.*the server answers 404"):
        get(remote(missing, f"{server.url}/file.bin", path="other.bin"))


def test_no_network_is_a_sentence():
    with pytest.raises(TutorError, match=r"no connection.*Is there a network\?.*embedded data"):
        get(remote("http://127.0.0.1:9/file.bin"))
    assert leftovers() == []


def test_an_instructors_mirror_comes_first(server, monkeypatch):
    monkeypatch.setenv("TUTOR_MIRROR", f"{server.url}/course/")
    get(remote("http://127.0.0.1:9/file.bin"))
    assert server.behaviour.requests == [("/course/set/file.bin", "")]


def test_a_full_disk_is_said_before_and_during(server, monkeypatch):
    import shutil

    usage = shutil.disk_usage("/")
    monkeypatch.setattr("shutil.disk_usage", lambda _: usage._replace(free=1000))
    with pytest.raises(TutorError, match=r"disk is full.*needs 0\.3 MB"):
        get(remote(f"{server.url}/file.bin"))
    monkeypatch.setattr("shutil.disk_usage", lambda _: usage)

    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("tutor.training.data.fetch._copy", full)
    with pytest.raises(TutorError, match=r"No space left on device\. Free some room"):
        get(remote(f"{server.url}/file.bin"))


def test_two_downloads_of_one_file_do_not_mix(server):
    fcntl = pytest.importorskip("fcntl")
    lock = cache_folder() / "set/file.bin.part.lock"
    lock.parent.mkdir(parents=True)
    with lock.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        with pytest.raises(TutorError, match="Another tutor"):
            get(remote(f"{server.url}/file.bin"))


def test_only_what_is_missing_is_fetched(server, tmp_path, monkeypatch):
    monkeypatch.setenv("TUTOR_DATA", str(tmp_path))
    (tmp_path / "a.bin").write_bytes(BODY)
    files = (remote(f"{server.url}/a.bin", path="a.bin"), remote(f"{server.url}/b.bin", path="b.bin"))
    paths = fetch(Source("two", "Two files", "text", "free", "us", files), lambda *_: None, pause=0)
    assert paths == [tmp_path / "a.bin", cache_folder() / "b.bin"]
    assert [path for path, _ in server.behaviour.requests] == ["/b.bin"]
