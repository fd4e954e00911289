"""Serves an API: one loop reads requests and sends answers; threads only answer requests that are complete.

A client that sends or reads slowly costs a socket and a buffer; only an answer longer than MAX_UNSENT holds its thread,
and a stream has one of its own. When there is no room for another connection, one that keeps the server waiting is
closed.
"""

from __future__ import annotations

import contextlib
import contextvars
import errno
import itertools
import selectors
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable
from concurrent import futures
from dataclasses import dataclass
from functools import partial
from typing import Any

from gunicorn.http import wsgi
from gunicorn.http.errors import NoMoreData
from gunicorn.http.parser import RequestParser
from gunicorn.workers.gthread import ThreadWorker

from shared.web.application import OWN_THREAD
from shared.web.http_connection import ADDRESS_FULL, HEAD_TOO_LONG, SERVER_FULL, TOO_SLOW, Connection, Refusal, State

STREAM_SECONDS = 10.0
"""Seconds that a stream may wait for the client to read."""

PROBES = frozenset({b"/livez", b"/readyz"})
PROBE_THREADS = 4
STOP_IDLE_SECONDS, STOP_READING_SECONDS = 0.3, 2.0
"""How long a stopping server keeps idle connections open, and waits for a request that has begun to arrive."""

LARGE = 64 * 1024
"""Only longer requests are dropped when too many bytes are buffered."""

SWEEP_SECONDS = 0.25
ACCEPT_LIMIT = 64


@dataclass(frozen=True)
class Limits:
    """The limits of one process on what it accepts."""

    connections: int
    connections_per_address: int
    longest_body: int
    buffered_bytes: int = 64 * 1024 * 1024


class HttpWorker(ThreadWorker):
    """gunicorn's threaded worker, with a loop that reads whole requests before it gives them to a thread."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.limits: Limits = self.app.limits
        self.waiting: dict[State, dict[Connection, None]] = {state: {} for state in State}
        """The connections that wait for the client, by state, the longest waiting first."""
        self.by_address: Counter[str] = Counter()
        self.buffered = 0

    @classmethod
    def check_config(cls, cfg: Any, log: Any) -> None:
        """See gunicorn; there is nothing to warn of."""

    def init_process(self) -> None:
        """See gunicorn."""
        self.probe_pool = futures.ThreadPoolExecutor(PROBE_THREADS, "probe")
        super().init_process()

    def run(self) -> None:
        """Serve until SIGTERM, then finish what has begun."""
        self.poller.register(self.method_queue.fileno(), selectors.EVENT_READ, self._run_callbacks)
        self.set_accept_enabled(True)
        while self.alive and self.is_parent_alive():
            self._turn()
        self.set_accept_enabled(False)
        self._shorten_deadlines()
        deadline = time.monotonic() + self.cfg.graceful_timeout
        while self.nr_conns and time.monotonic() < deadline:
            self._turn()
        for pool in (self.tpool, self.probe_pool):
            pool.shutdown(wait=False, cancel_futures=True)
        self.poller.close()
        for listener in self.sockets:
            listener.close()

    def _turn(self) -> None:
        self.notify()
        self.wait_for_and_dispatch_events(SWEEP_SECONDS)
        now = time.monotonic()
        for connection in [connection for connection in self._all_waiting() if connection.deadline < now]:
            self._too_late(connection)

    def _all_waiting(self) -> Iterable[Connection]:
        return itertools.chain.from_iterable(self.waiting.values())

    def _run_callbacks(self, _: Any) -> None:
        self.method_queue.run_callbacks(None, max_callbacks=4096)

    def _shorten_deadlines(self) -> None:
        """Shorten all deadlines to those of a stopping server."""
        now = time.monotonic()
        for connection in self._all_waiting():
            seconds = STOP_IDLE_SECONDS if connection.state is State.IDLE else STOP_READING_SECONDS
            connection.deadline = min(connection.deadline, now + seconds)

    # Connections come and go.

    def accept(self, listener: socket.socket) -> None:
        """Accept new connections, and refuse those for which no room can be made."""
        for _ in range(ACCEPT_LIMIT):
            try:
                sock, client = listener.accept()
            except OSError as error:
                if error.errno in (errno.EAGAIN, errno.EWOULDBLOCK, errno.ECONNABORTED, errno.EMFILE, errno.ENFILE):
                    return
                raise
            connection = Connection(sock, client, listener.getsockname(), self.limits.longest_body)
            refusal = self._refusal_of(connection)
            self.nr_conns += 1
            self.by_address[connection.address] += 1
            if refusal:
                self._end(connection, refusal)
            else:
                self._wait(connection, selectors.EVENT_READ, self._readable)

    def _refusal_of(self, newcomer: Connection) -> Refusal | None:
        """Why there is no room for a new connection, after closing others that have waited longest."""
        address = newcomer.address
        if self.by_address[address] >= self.limits.connections_per_address and not self._make_room(
            ADDRESS_FULL, lambda other: other.address == address
        ):
            return ADDRESS_FULL
        if self.nr_conns >= self.limits.connections and not self._make_room(SERVER_FULL):
            return SERVER_FULL
        return None

    def _make_room(self, refusal: Refusal, of: Callable[[Connection], bool] = lambda other: True) -> bool:
        """Close a connection: the oldest that is stuck, else one that closes, idles, reads or sends, in this order.
        Returns False when there is none."""
        stuck = [self._oldest(state, of) for state in (State.READING, State.SENDING)]
        oldest = next((other for other in stuck if other and other.is_stuck()), None)
        if oldest is None:
            others = (self._oldest(state, of) for state in (State.CLOSING, State.IDLE, State.READING, State.SENDING))
            oldest = next(filter(None, others), None)
        if oldest is None:
            return False
        if oldest.state is State.READING:
            oldest.refuse(refusal)
        self._drop(oldest)
        return True

    def _oldest(self, state: State, of: Callable[[Connection], bool]) -> Connection | None:
        return next((other for other in self.waiting[state] if of(other)), None)

    def _wait(self, connection: Connection, event: int, callback: Callable[[Connection], None]) -> None:
        self._list(connection)
        self.buffered += len(connection.buffer)
        # Handling another connection may have ended this one after it became ready.
        self.poller.register(connection.sock, event, lambda _: callback(connection) if connection.listed else None)

    def _list(self, connection: Connection) -> None:
        """Move the connection to the list of its state."""
        if connection.listed is not connection.state:
            if connection.listed:
                del self.waiting[connection.listed][connection]
            connection.listed = connection.state
            self.waiting[connection.state][connection] = None

    def _wait_no_longer(self, connection: Connection) -> None:
        if connection.listed:
            del self.waiting[connection.listed][connection]
            connection.listed = None
            self.buffered -= len(connection.buffer)
            self.poller.unregister(connection.sock)

    def _drop(self, connection: Connection) -> None:
        self._wait_no_longer(connection)
        self.nr_conns -= 1
        self.by_address[connection.address] -= 1
        if not self.by_address[connection.address]:
            del self.by_address[connection.address]
        connection.sock.close()

    def _end(self, connection: Connection, refusal: Refusal | None = None) -> None:
        """Close our side, with or without a refusal, and give the client a moment to read it."""
        self._wait_no_longer(connection)
        if refusal:
            connection.refuse(refusal)
        if connection.half_close() and self.nr_conns <= self.limits.connections:
            self._wait(connection, selectors.EVENT_READ, self._draining)
        else:
            connection.drain()
            self._drop(connection)

    def _draining(self, connection: Connection) -> None:
        if not connection.drain():
            self._drop(connection)

    def _too_late(self, connection: Connection) -> None:
        if connection.state is State.READING and len(connection.buffer):
            self._end(connection, TOO_SLOW)
        elif connection.state in (State.READING, State.IDLE):
            self._end(connection)
        else:
            self._drop(connection)

    # Requests come in, and answers go out.

    def _readable(self, connection: Connection) -> None:
        before = len(connection.buffer)
        if not connection.receive():
            self._drop(connection)
            return
        self._list(connection)
        self.buffered += len(connection.buffer) - before
        if connection.buffer.is_hopeless:
            self._end(connection, HEAD_TOO_LONG)
        elif connection.buffer.is_whole():
            self._wait_no_longer(connection)
            self._hand_over(connection)
        while self.buffered > self.limits.buffered_bytes:
            if not self._make_room(SERVER_FULL, lambda other: len(other.buffer) > LARGE):
                return

    def _hand_over(self, connection: Connection) -> None:
        """Give a whole request to a thread; probes have their own threads, so that nothing delays them."""
        connection.state = State.ANSWERING
        pool = self.probe_pool if connection.buffer.path in PROBES else self.tpool
        cut_short = connection.buffer.cut_short
        pool.submit(self._answer, connection, connection.buffer.take(), cut_short)

    def _answered(self, connection: Connection) -> None:
        """Back in the loop: send the rest, then wait for the next request or close."""
        try:
            if not connection.send_on():
                self._wait(connection, selectors.EVENT_WRITE, self._writable)
                return
        except OSError:
            self._drop(connection)
            return
        self._sent(connection)

    def _writable(self, connection: Connection) -> None:
        try:
            if connection.send_on():
                self._wait_no_longer(connection)
                self._sent(connection)
        except OSError:
            self._drop(connection)

    def _sent(self, connection: Connection) -> None:
        if not connection.keep_alive:
            self._end(connection)
            return
        connection.wait_for_next()
        if connection.buffer.is_whole():
            self._hand_over(connection)
            return
        if connection.buffer.is_hopeless:
            self._end(connection, HEAD_TOO_LONG)
            return
        if not self.alive:
            connection.deadline = time.monotonic() + STOP_IDLE_SECONDS
        self._wait(connection, selectors.EVENT_READ, self._readable)

    # In a thread.

    def _answer(self, connection: Connection, raw: bytes, cut_short: bool) -> None:
        request = None
        connection.keep_alive = False
        try:
            request = next(RequestParser(self.cfg, iter((raw,)), connection.client))
            request._expected_100_continue = False
            if self._respond(connection, request, cut_short):
                return
        except NoMoreData:
            pass
        except OSError:
            self.log.debug("the other side is gone")
        except Exception as error:
            if not len(connection.outbox):
                self.handle_error(request, connection.outbox, connection.client, error)
            else:
                self.log.exception("an answer was broken off")
        self.method_queue.defer(self._answered, connection)

    def _respond(self, connection: Connection, request: Any, cut_short: bool) -> bool:
        """Call the application and buffer its answer. Returns True when another thread continues with it."""
        response, environ = wsgi.create(request, connection.outbox, connection.client, connection.server, self.cfg)
        environ |= {"wsgi.multithread": True, "gunicorn.socket": connection.sock}
        chunks = self.wsgi(environ, response.start_response)
        if cut_short or not self.alive:
            response.force_close()
        if environ.get(OWN_THREAD):
            write = partial(contextvars.copy_context().run, self._stream, connection, response, chunks)
            threading.Thread(target=write, name="stream", daemon=True).start()
            return True
        self._write(connection, response, chunks)
        connection.keep_alive = not response.should_close()
        connection.outbox.flush()
        return False

    def _stream(self, connection: Connection, response: Any, chunks: Iterable[bytes]) -> None:
        try:
            connection.sock.settimeout(STREAM_SECONDS)
            response.sock = connection.sock
            response.force_close()
            self._write(connection, response, chunks)
        except OSError:
            self.log.debug("a stream's other side is gone, or does not read on")
        except Exception:
            self.log.exception("a stream was broken off")
        finally:
            with contextlib.suppress(OSError):
                connection.sock.setblocking(False)
            self.method_queue.defer(self._answered, connection)

    @staticmethod
    def _write(connection: Connection, response: Any, chunks: Any) -> None:
        """Write an answer; of one that comes in parts, each part is sent as far as the client accepts it now."""
        try:
            for chunk in chunks:
                response.write(chunk)
                connection.outbox.flush()
            response.close()
        finally:
            if hasattr(chunks, "close"):
                chunks.close()
