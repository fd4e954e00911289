"""One commit for what several threads of a process write at the same moment: on SQLite a commit waits for the disk, and one
waits as long for ten writes as for one.

Nobody waits for company: who comes while nothing is being committed begins at once, and who comes meanwhile goes together next.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from contextvars import copy_context
from typing import Any

from shared.database import OperationalError

log = logging.getLogger(__name__)


class _Part:
    """What one thread wants written, and what came of it."""

    def __init__(self, write: Callable[[], Any]) -> None:
        self.write = write
        self.context = copy_context()
        self.woken = threading.Event()
        self.leads = False
        self.result: Any = None
        self.error: BaseException | None = None

    def run(self) -> None:
        """Write, as its own thread would have."""
        self.error = None
        self.result = self.context.run(self.write)

    def outcome(self) -> Any:
        """What its thread gets."""
        if self.error is not None:
            raise self.error
        return self.result


class Joining:
    """Joins the writes of threads: `transaction()` opens the one for all, `savepoint()` a part of it that may fail alone."""

    def __init__(
        self,
        transaction: Callable[[], AbstractContextManager[None]],
        savepoint: Callable[[], AbstractContextManager[None]],
    ) -> None:
        self._transaction = transaction
        self._savepoint = savepoint
        self._lock = threading.Lock()
        self._waiting: list[_Part] = []
        self._led = False

    def write(self, write: Callable[[], Any]) -> Any:
        """The result of `write()`, once it is committed; whatever it raises, with nothing of it written.

        What fails because the database does is tried again by itself, so that nobody fails for another's sake.
        """
        part = _Part(write)
        with self._lock:
            self._waiting.append(part)
            part.leads, self._led = not self._led, True
        if not part.leads:
            part.woken.wait()
        if part.leads:
            self._lead()
        return part.outcome()

    def _lead(self) -> None:
        with self._lock:
            parts, self._waiting = self._waiting, []
        try:
            self._commit(parts)
        except BaseException as error:
            for part in parts:
                part.error = part.error or error
        finally:
            self._hand_over()
            for part in parts:
                part.woken.set()

    def _commit(self, parts: list[_Part]) -> None:
        if len(parts) > 1:
            try:
                self._commit_together(parts)
            except OperationalError:
                log.warning("%d writes are done one by one; together they failed", len(parts), exc_info=True)
            else:
                return
        for part in parts:
            try:
                with self._transaction():
                    part.run()
            except BaseException as error:
                part.error = error

    def _commit_together(self, parts: list[_Part]) -> None:
        with self._transaction():
            for part in parts:
                try:
                    with self._savepoint():
                        part.run()
                except OperationalError:
                    raise  # the engine may have rolled back everything, and then each further write would stand alone
                except BaseException as error:
                    part.error = error

    def _hand_over(self) -> None:
        """Whoever waits longest commits next, with all who came since."""
        with self._lock:
            self._led = bool(self._waiting)
            if self._waiting:
                self._waiting[0].leads = True
                self._waiting[0].woken.set()
