"""Many connections at once from one process, each as slow as one likes."""

from __future__ import annotations

import contextlib
import select
import socket
import threading
import time
from dataclasses import dataclass, field


@dataclass
class Crowd:
    """So many connections to one address, each of which sends `first` and then a byte of `drip` a second, reading only if told so.

    Use it as a context: inside, the connections stand; at its end all are closed.
    """

    address: tuple[str, int]
    count: int
    first: bytes
    drip: bytes = b""
    reads: bool = True
    receive_bytes: int | None = None
    answers: dict[socket.socket, bytearray] = field(default_factory=dict)
    closed: set[socket.socket] = field(default_factory=set)

    def __enter__(self) -> Crowd:
        self._done = threading.Event()
        self._sockets: list[socket.socket] = []
        for _ in range(self.count):
            self._sockets.append(self._open())
        self._thread = threading.Thread(target=self._live, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join(10)
        for sock in self._sockets:
            sock.close()

    @property
    def standing(self) -> int:
        """How many the other side has not closed."""
        return self.count - len(self.closed)

    def statuses(self) -> dict[int, int]:
        """How many were answered with each status so far."""
        found: dict[int, int] = {}
        for answer in list(self.answers.values()):
            words = bytes(answer[:64]).split(b" ")
            if len(words) > 1 and words[1].isdigit():
                found[int(words[1])] = found.get(int(words[1]), 0) + 1
        return found

    def until(self, enough: int, seconds: float, status: int = 200) -> bool:
        """Wait until so many were answered with this status; False when they were not within so many seconds."""
        deadline = time.monotonic() + seconds
        while self.statuses().get(status, 0) < enough and time.monotonic() < deadline:
            time.sleep(0.05)
        return self.statuses().get(status, 0) >= enough

    def heard(self, text: bytes) -> int:
        """How many have been sent this text."""
        return sum(text in answer for answer in list(self.answers.values()))

    def _open(self) -> socket.socket:
        sock = socket.socket()
        if self.receive_bytes:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, self.receive_bytes)
        sock.settimeout(10)
        with contextlib.suppress(OSError):
            sock.connect(self.address)
            sock.sendall(self.first)
        sock.setblocking(False)
        self.answers[sock] = bytearray()
        return sock

    def _live(self) -> None:
        dripped = time.monotonic()
        poller = select.poll()
        known = {sock.fileno(): sock for sock in self._sockets}
        for number in known:
            poller.register(number, select.POLLIN if self.reads else 0)
        while not self._done.is_set():
            for number, _ in poller.poll(100):
                self._read(known[number], poller)
            if self.drip and time.monotonic() - dripped >= 1.0:
                dripped = time.monotonic()
                for sock in self._sockets:
                    self._send(sock)

    def _read(self, sock: socket.socket, poller: select.poll) -> None:
        try:
            data = sock.recv(65536) if self.reads else b""
        except BlockingIOError:
            return
        except OSError:
            data = b""
        self.answers[sock] += data
        if not data:
            self.closed.add(sock)
            poller.unregister(sock)

    def _send(self, sock: socket.socket) -> None:
        if sock not in self.closed:
            with contextlib.suppress(OSError):
                sock.send(self.drip)


def slow_heads(address: tuple[str, int], count: int) -> Crowd:
    """Connections whose head never ends."""
    return Crowd(address, count, b"GET /livez HTTP/1.1\r\nHost: tandem\r\nX-Slow: ", b"a")


def slow_bodies(address: tuple[str, int], count: int) -> Crowd:
    """Connections whose head is whole and whose body never is."""
    head = "POST /sign-in HTTP/1.1\r\nHost: tandem\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 100000\r\n\r\n"
    return Crowd(address, count, head.encode(), b"a")


def slow_readers(address: tuple[str, int], count: int, path: str) -> Crowd:
    """Connections that ask for something large, again and again, and read nothing of it."""
    asked = f"GET {path} HTTP/1.1\r\nHost: tandem\r\n\r\n".encode()
    return Crowd(address, count, asked * 20, reads=False, receive_bytes=2048)


def streams(address: tuple[str, int], count: int, path: str, token: str) -> Crowd:
    """Connections that watch what happens."""
    head = f"GET {path} HTTP/1.1\r\nHost: tandem\r\nAccept: text/event-stream\r\nAuthorization: Bearer {token}\r\n\r\n"
    return Crowd(address, count, head.encode())
