"""Whose turn it is to write a file of SQLite: of the threads of this process, then of the processes.

A writer that meets another inside the engine sleeps up to a tenth of a second before it looks again, and a busy one beside it is
always sooner. Here threads are woken at once, and a process looks so often that it comes in between two transactions of another.
"""

from __future__ import annotations

import fcntl
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

LOOKS_EVERY = 0.0005
PATIENCE = 5.0
"""Seconds after which a process goes on without its turn, because whoever holds it is frozen: the engine has the last word anyway.
As long as that one holds it, nobody here waits for it again."""


class Turn:
    """The turn at one file, by a lock on a file beside it, which the kernel takes from a process that dies."""

    def __init__(self, path: str, patience: float = PATIENCE) -> None:
        self._path = path
        self._patience = patience
        self._threads = threading.RLock()
        self._depth = 0
        self._frozen = False
        self._file: tuple[int, int] | None = None

    @contextmanager
    def taken(self, seconds: float) -> Iterator[None]:
        """Hold it, within `seconds` of the other threads of this process, or go on without; inside another one it is held."""
        if not self._threads.acquire(timeout=seconds):
            yield
            return
        self._depth += 1
        try:
            if self._depth > 1:
                yield
                return
            file = self._opened()
            self._lock(file)
            try:
                yield
            finally:
                fcntl.flock(file, fcntl.LOCK_UN)
        finally:
            self._depth -= 1
            self._threads.release()

    def _lock(self, file: int) -> None:
        until = time.monotonic() + self._patience
        while not self._locked(file):
            if self._frozen or time.monotonic() > until:
                self._frozen = True
                return
            time.sleep(LOOKS_EVERY)
        self._frozen = False

    def _locked(self, file: int) -> bool:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def _opened(self) -> int:
        """A file of this process's own: one that came with a fork is locked together with the parent's."""
        if self._file is None or self._file[0] != os.getpid():
            if self._file is not None:
                os.close(self._file[1])
            self._file = os.getpid(), os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        return self._file[1]
