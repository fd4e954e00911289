"""The write lock of a SQLite file: first among the threads of this process, then among the processes.

SQLite's own waiting sleeps up to a tenth of a second between tries, so that a busy process beside it always wins. Here
a waiting thread is woken at once, and a process polls often enough to get in between two transactions of another.
"""

from __future__ import annotations

import fcntl
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

POLL_SECONDS = 0.0005
"""Seconds between two tries to lock the file."""
PATIENCE_SECONDS = 5.0
"""Seconds after which a process continues without the lock, because its holder seems frozen; the engine itself still
serializes the writes. As long as that holder keeps the lock, this process does not wait for it again."""


class WriteLock:
    """The lock of one database, kept on a file beside it. The kernel releases it when a process dies."""

    def __init__(self, path: str, patience: float = PATIENCE_SECONDS) -> None:
        self._path = path
        self._patience = patience
        self._threads = threading.RLock()
        self._depth = 0
        self._holder_is_frozen = False
        self._file: tuple[int, int] | None = None

    @contextmanager
    def hold(self, seconds: float) -> Iterator[None]:
        """Hold the lock. If the other threads of this process do not release it within `seconds`, continue without it.

        Nested calls of one thread are allowed.
        """
        if not self._threads.acquire(timeout=seconds):
            yield
            return
        self._depth += 1
        try:
            if self._depth > 1:
                yield
                return
            descriptor = self._descriptor()
            self._wait_for_file(descriptor)
            try:
                yield
            finally:
                fcntl.flock(descriptor, fcntl.LOCK_UN)
        finally:
            self._depth -= 1
            self._threads.release()

    def _wait_for_file(self, descriptor: int) -> None:
        deadline = time.monotonic() + self._patience
        while not self._try_file(descriptor):
            if self._holder_is_frozen or time.monotonic() > deadline:
                self._holder_is_frozen = True
                return
            time.sleep(POLL_SECONDS)
        self._holder_is_frozen = False

    def _try_file(self, descriptor: int) -> bool:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def _descriptor(self) -> int:
        """The file descriptor of this process. One that came with a fork shares its lock with the parent's and is not
        used."""
        if self._file is None or self._file[0] != os.getpid():
            if self._file is not None:
                os.close(self._file[1])
            self._file = os.getpid(), os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        return self._file[1]
