"""What learner code prints: taken in without limit, kept within one, and made harmless for a terminal."""

from __future__ import annotations

import socket

from tutor.text.escape import terminal as harmless


class Output:
    """The judge's end of the learner process's stdout and stderr: keeps the head and the tail."""

    def __init__(self, sock: socket.socket, limit: int) -> None:
        self._sock = sock
        sock.setblocking(False)
        self.open = True
        self.limit = limit
        self.total = 0
        self._reset()

    def _reset(self) -> None:
        self._head = bytearray()
        self._tail = bytearray()
        self._since = 0

    def fileno(self) -> int:
        """Be usable with select."""
        return self._sock.fileno()

    def drain(self) -> None:
        """Take in what is there, without waiting."""
        for _ in range(64):  # back to the caller now and then: it watches another connection too
            try:
                data = self._sock.recv(1 << 16)
            except BlockingIOError:
                return
            except OSError:
                data = b""
            if not data:
                self.open = False
                return
            self._keep(data)

    def _keep(self, data: bytes) -> None:
        self.total += len(data)
        self._since += len(data)
        room = self.limit // 2 - len(self._head)
        if room > 0:
            self._head += data[:room]
            data = data[room:]
        if data:
            self._tail += data
            del self._tail[: -self.limit // 2]

    def begin(self) -> None:
        """Forget what was printed so far: another check begins."""
        if self.open:
            self.drain()
        self._reset()

    def hide(self, text: str) -> None:
        """Take our own lines out of what was printed."""
        data = text.encode()
        for part in (self._head, self._tail):
            at = part.find(data)
            if at >= 0:
                del part[at : at + len(data)]
                self._since -= len(data)

    def text(self) -> str:
        """Give what was printed since `begin`, harmless and cut to the limit."""
        if self.open:
            self.drain()
        if not self._since:
            return ""
        left_out = self._since - len(self._head) - len(self._tail)
        text = self._head.decode("utf-8", "replace")
        if left_out > 0:
            text += f"\n… ({left_out} bytes left out) …\n"
        return harmless(text + self._tail.decode("utf-8", "replace"), self.limit)
