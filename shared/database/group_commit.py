"""Group commit: the writes of several threads share one commit, because on SQLite each commit waits for the disk.

No delay is added: a write that finds no commit running starts at once; writes that arrive during a commit share the
next one.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from contextvars import copy_context
from typing import Any

from shared.database.connection import OperationalError

log = logging.getLogger(__name__)


class _Write:
    """The write of one thread, and its result."""

    def __init__(self, operation: Callable[[], Any]) -> None:
        self.operation = operation
        self.context = copy_context()
        self.woken = threading.Event()
        self.leads = False
        self.result: Any = None
        self.error: BaseException | None = None

    def run(self) -> None:
        """Run the write in the context of its own thread."""
        self.error = None
        self.result = self.context.run(self.operation)

    def outcome(self) -> Any:
        """Return the result of the write, or raise its error."""
        if self.error is not None:
            raise self.error
        return self.result


class GroupCommit:
    """Groups the writes of threads. `transaction()` opens the shared transaction, `savepoint()` a part of it that can
    fail alone."""

    def __init__(
        self,
        transaction: Callable[[], AbstractContextManager[None]],
        savepoint: Callable[[], AbstractContextManager[None]],
    ) -> None:
        self._transaction = transaction
        self._savepoint = savepoint
        self._lock = threading.Lock()
        self._waiting: list[_Write] = []
        self._led = False

    def write(self, operation: Callable[[], Any]) -> Any:
        """Run `operation()` and return its result once it is committed. If it raises, nothing of it is written.

        If the shared commit fails with an OperationalError, each write is retried alone, so that one bad write cannot
        fail the others.
        """
        write = _Write(operation)
        with self._lock:
            self._waiting.append(write)
            write.leads, self._led = not self._led, True
        if not write.leads:
            write.woken.wait()
        if write.leads:
            self._lead()
        return write.outcome()

    def _lead(self) -> None:
        """Commit all waiting writes, then wake their threads."""
        with self._lock:
            writes, self._waiting = self._waiting, []
        try:
            self._commit(writes)
        except BaseException as error:
            for write in writes:
                write.error = write.error or error
        finally:
            self._hand_over()
            for write in writes:
                write.woken.set()

    def _commit(self, writes: list[_Write]) -> None:
        if len(writes) > 1:
            try:
                self._commit_together(writes)
            except OperationalError:
                log.warning("%d writes are done one by one; together they failed", len(writes), exc_info=True)
            else:
                return
        for write in writes:
            try:
                with self._transaction():
                    write.run()
            except BaseException as error:
                write.error = error

    def _commit_together(self, writes: list[_Write]) -> None:
        with self._transaction():
            for write in writes:
                try:
                    with self._savepoint():
                        write.run()
                except OperationalError:
                    raise  # the engine may have rolled back everything, and then each further write would stand alone
                except BaseException as error:
                    write.error = error

    def _hand_over(self) -> None:
        """Let the longest waiting thread commit next, together with all that arrived since."""
        with self._lock:
            self._led = bool(self._waiting)
            if self._waiting:
                self._waiting[0].leads = True
                self._waiting[0].woken.set()
