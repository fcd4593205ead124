"""Whole messages over a socket: a length, then that many bytes. Owns framing; knows nothing of what is inside."""

from __future__ import annotations

import contextlib
import select
import socket
import struct

from tutor.grading.codec import MAX_MESSAGE, CodecError
from tutor.grading.output import Output

_HEAD = struct.Struct("<Q")
_BUFFER = 4 << 20
_PIECE = 1 << 16


class ClosedError(Exception):
    """The other process has gone, or has closed the connection."""


class Channel:
    """One end of the connection between judge and learner process."""

    def __init__(self, sock: socket.socket, output: Output | None = None) -> None:
        self._sock = sock
        self._output = output
        sock.setblocking(True)
        for option in (socket.SO_SNDBUF, socket.SO_RCVBUF):
            with contextlib.suppress(OSError):  # only a matter of speed
                sock.setsockopt(socket.SOL_SOCKET, option, _BUFFER)

    def send(self, message: bytes | bytearray) -> None:
        """Send one message."""
        try:
            if len(message) < 1 << 16:
                self._sock.sendall(_HEAD.pack(len(message)) + message)
            else:
                self._sock.sendall(_HEAD.pack(len(message)))
                self._sock.sendall(message)
        except OSError:
            raise ClosedError from None

    def receive(self) -> bytearray:
        """Wait for one message; meanwhile take in what the other process prints, lest it blocks on a full pipe."""
        data = bytearray(self._first())  # a small message comes whole in one piece
        while len(data) < _HEAD.size:
            data += self._first()
        (length,) = _HEAD.unpack_from(data)
        if length > MAX_MESSAGE + (1 << 20):
            raise CodecError("a message beyond the size limit")
        del data[: _HEAD.size]
        if len(data) > length:
            raise CodecError("a message while none was due")
        return data if len(data) == length else self._rest(data, length)

    def _first(self) -> bytes:
        if self._output is not None:
            self._wait(self._output)
        try:
            part = self._sock.recv(_PIECE)
        except OSError:
            raise ClosedError from None
        if not part:
            raise ClosedError
        return part

    def _rest(self, start: bytearray, length: int) -> bytearray:
        done = len(start)
        data = start + bytearray(length - done)
        view = memoryview(data)
        while done < length:
            if self._output is not None:
                self._wait(self._output)
            try:
                got = self._sock.recv_into(view[done:])
            except OSError:
                raise ClosedError from None
            if got == 0:
                raise ClosedError
            done += got
        return data

    def _wait(self, output: Output) -> None:
        while True:
            waiting: list[socket.socket | Output] = [self._sock, output] if output.open else [self._sock]
            ready, _, _ = select.select(waiting, (), ())
            if output in ready:
                output.drain()
            if self._sock in ready:
                return

    def close(self) -> None:
        """Close the connection."""
        self._sock.close()
