"""JSON lines over a socket or a pipe, for trusted ends only: client, server, judge."""

from __future__ import annotations

import contextlib
import json
import os
import socket
from collections.abc import Sequence
from typing import Any


class Lines:
    """Reads and writes one JSON object a line."""

    def __init__(self, sock: socket.socket) -> None:
        self.sock = sock
        self._buffer = bytearray()

    def fileno(self) -> int:
        """Be usable with select."""
        return self.sock.fileno()

    def send(self, message: dict[str, Any]) -> None:
        """Write one object; a reader that has gone is no error here."""
        with contextlib.suppress(OSError):
            self.sock.sendall(json.dumps(message).encode() + b"\n")

    def receive(self) -> dict[str, Any] | None:
        """Wait for one object; None at the end."""
        while b"\n" not in self._buffer:
            if not self._more():
                return None
        return self._pop()

    def available(self) -> tuple[list[dict[str, Any]], bool]:
        """Read once, when select says so: the whole objects there are, and whether the other end is still open."""
        is_open = self._more()
        found = []
        while b"\n" in self._buffer:
            found.append(self._pop())
        return found, is_open

    def _more(self) -> bool:
        try:
            data = self.sock.recv(1 << 16)
        except OSError:
            data = b""
        self._buffer += data
        return bool(data)

    def _pop(self) -> dict[str, Any]:
        line, _, rest = self._buffer.partition(b"\n")
        self._buffer = bytearray(rest)
        message = json.loads(line)
        assert isinstance(message, dict)
        return message


class LinesWithFiles(Lines):
    """The same over a socket that open files come along with: `files` holds those of the messages read so far."""

    def __init__(self, sock: socket.socket) -> None:
        super().__init__(sock)
        self.files: list[int] = []

    def _more(self) -> bool:
        try:
            data, files, _, _ = socket.recv_fds(self.sock, 1 << 16, 8)
        except OSError:
            data, files = b"", []
        self.files += files
        self._buffer += data
        return bool(data)


def send_with_files(sock: socket.socket, message: dict[str, Any], files: Sequence[int]) -> None:
    """Write one object and hand open files over with it; they are closed here."""
    data = json.dumps(message).encode() + b"\n"
    with contextlib.suppress(OSError):
        sent = socket.send_fds(sock, [data], files)
        sock.sendall(data[sent:])
    for file in files:
        os.close(file)


def write_line(descriptor: int, message: dict[str, Any]) -> None:
    """Write one object to a pipe, whole."""
    data = memoryview(json.dumps(message).encode() + b"\n")
    while data:
        data = data[os.write(descriptor, data) :]
