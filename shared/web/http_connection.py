"""One connection to an API: the bytes received, the bytes to send, and the deadlines of both."""

from __future__ import annotations

import contextlib
import json
import select
import socket
import time
from dataclasses import dataclass
from enum import Enum
from http import HTTPStatus
from typing import Any

from shared.web.request_buffer import RequestBuffer

HEAD_SECONDS = 10.0
"""Seconds that a head may take from its first byte, and a new connection until its head is complete."""

IDLE_SECONDS = 60.0
"""Seconds that a connection is kept for its next request."""

BODY_SECONDS = 20.0
ANSWER_SECONDS = 20.0
SLOWEST_BYTES_PER_SECOND = 64 * 1024
"""Bytes per second by which the time for a body and an answer grows beyond the first seconds."""

STUCK_SECONDS = 1.0
LINGER_SECONDS = 1.0
"""Seconds that the client may take to close after we have closed; closing at once could lose the last answer."""

MAX_UNSENT = 4 * 1024 * 1024
"""Bytes of an answer that are buffered for a slow reader; a longer answer holds its thread until the client has read
on."""


class State(Enum):
    """What a connection is waiting for."""

    READING = "a request is on its way"
    IDLE = "answered, and kept for the next request"
    ANSWERING = "a thread works on its request"
    SENDING = "the other side is reading its answer"
    CLOSING = "closed on our side"


@dataclass(frozen=True)
class Refusal:
    """An answer that the server gives by itself, before any application is called."""

    status: HTTPStatus
    detail: str
    retry_after: int | None = None

    def encoded(self) -> bytes:
        """The whole response, as problem details."""
        body = json.dumps(
            {"type": "about:blank", "title": self.status.phrase, "status": self.status.value, "detail": self.detail}
        ).encode()
        head = [
            f"HTTP/1.1 {self.status.value} {self.status.phrase}",
            "Content-Type: application/problem+json",
            f"Content-Length: {len(body)}",
            "Cache-Control: no-store",
            "Connection: close",
        ]
        if self.retry_after is not None:
            head.append(f"Retry-After: {self.retry_after}")
        return "\r\n".join([*head, "", ""]).encode() + body


TOO_SLOW = Refusal(HTTPStatus.REQUEST_TIMEOUT, "The request did not arrive in time.")
HEAD_TOO_LONG = Refusal(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, "The head of the request is too long.")
ADDRESS_FULL = Refusal(HTTPStatus.TOO_MANY_REQUESTS, "There are too many connections from your address.", 5)
SERVER_FULL = Refusal(HTTPStatus.SERVICE_UNAVAILABLE, "There are too many connections. Try again in a moment.", 5)


class Outbox:
    """What gunicorn writes an answer to. It accepts up to MAX_UNSENT bytes at once; the loop sends what the client has
    not read yet."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._unsent = bytearray()

    def __len__(self) -> int:
        return len(self._unsent)

    def sendall(self, data: bytes) -> None:
        """Buffer these bytes for sending. OSError when the client does not read for ANSWER_SECONDS."""
        self._unsent += data
        if len(self._unsent) < MAX_UNSENT:
            return
        deadline = time.monotonic() + ANSWER_SECONDS
        writable = select.poll()
        writable.register(self._sock, select.POLLOUT)
        while self.flush() >= MAX_UNSENT:
            remaining = deadline - time.monotonic()
            if remaining <= 0 or not writable.poll(remaining * 1000):
                raise ConnectionResetError("the answer is not being read")

    send = sendall

    def gettimeout(self) -> float:
        """0, as of a non-blocking socket, which is how gunicorn asks."""
        return 0.0

    def flush(self) -> int:
        """Send what the client accepts now. Returns the number of bytes left. OSError when it is gone."""
        while self._unsent:
            try:
                del self._unsent[: self._sock.send(self._unsent)]
            except BlockingIOError:
                break
        return len(self._unsent)


class Connection:
    """One connection. It belongs to the loop, except in the state ANSWERING."""

    def __init__(self, sock: socket.socket, client: Any, server: Any, longest_body: int) -> None:
        sock.setblocking(False)
        self.sock, self.client, self.server = sock, client, server
        self.address = client[0] if isinstance(client, tuple) else "local"
        self.buffer = RequestBuffer(longest_body)
        self.outbox = Outbox(sock)
        self.state = State.READING
        self.listed: State | None = None
        """The state under which it is in the loop's lists."""

        self.keep_alive = False
        self._began = time.monotonic()
        self.deadline = self._began + HEAD_SECONDS

    def receive(self) -> bool:
        """Read what has arrived. Returns False when the client is gone."""
        try:
            data = self.sock.recv(256 * 1024)
        except BlockingIOError:
            return True
        except OSError:
            return False
        if not data:
            return False
        self.received(data)
        return True

    def received(self, data: bytes = b"") -> None:
        """Add these bytes, and compute the deadline for the rest."""
        if self.state is State.IDLE:
            self.state, self._began = State.READING, time.monotonic()
            self.deadline = self._began + HEAD_SECONDS
        had_head = self.buffer.has_head
        self.buffer.feed(data)
        if self.buffer.has_head:
            if not had_head:
                self._began = time.monotonic()
            self.deadline = self._began + BODY_SECONDS + len(self.buffer) / SLOWEST_BYTES_PER_SECOND
        if self.buffer.expects_go_ahead():
            with contextlib.suppress(OSError):
                self.sock.send(b"HTTP/1.1 100 Continue\r\n\r\n")

    def wait_for_next(self) -> None:
        """Keep the connection for the next request, part of which may have arrived already."""
        self.state = State.IDLE
        self.deadline = time.monotonic() + IDLE_SECONDS
        if len(self.buffer):
            self.received()

    def send_on(self) -> bool:
        """Send the rest of the answer. Returns whether all of it is sent. OSError when the client is gone."""
        if self.state is not State.SENDING:
            self.state, self._began = State.SENDING, time.monotonic()
            self.deadline = self._began + ANSWER_SECONDS + len(self.outbox) / SLOWEST_BYTES_PER_SECOND
        return not self.outbox.flush()

    def refuse(self, refusal: Refusal) -> None:
        """Send a refusal, as far as the client accepts it at once."""
        with contextlib.suppress(OSError):
            self.sock.send(refusal.encoded())

    def is_stuck(self) -> bool:
        """Whether the client has left something half done for more than STUCK_SECONDS."""
        return time.monotonic() - self._began > STUCK_SECONDS

    def half_close(self) -> bool:
        """Close our side. Returns False when the client has gone already."""
        self.state, self.deadline = State.CLOSING, time.monotonic() + LINGER_SECONDS
        try:
            self.sock.shutdown(socket.SHUT_WR)
        except OSError:
            return False
        return True

    def drain(self) -> bool:
        """Discard what still arrives. Returns False when the client has closed too."""
        try:
            return bool(self.sock.recv(64 * 1024))
        except BlockingIOError:
            return True
        except OSError:
            return False
