"""Tells that this worker process is alive, so that operators see what works and what fell silent."""

from __future__ import annotations

import logging
import os
import socket
import threading
from collections.abc import Callable
from datetime import datetime

from services.executor.models import feed, workers
from shared.database.connection import OperationalError

log = logging.getLogger(__name__)

EVERY_SECONDS = 5.0
"""How often a worker tells that it is alive."""


class Presence:
    """One worker process among the workers. A process that is killed leaves its row, which falls silent."""

    def __init__(
        self, worker_id: str, *, slots: int, busy: Callable[[], int], read_clock: Callable[[], datetime]
    ) -> None:
        self.worker_id, self.slots, self.busy, self.read_clock = worker_id, slots, busy, read_clock
        self.name = f"{socket.gethostname()}:{os.getpid()}"
        self.started_at = read_clock()
        self._lock = threading.Lock()
        self._has_left = False

    def tell(self) -> None:
        """Write that this process is alive, unless it has left."""
        with self._lock:
            if self._has_left:
                return
            with feed.transaction():
                workers.seen(
                    self.worker_id,
                    name=self.name,
                    started_at=self.started_at,
                    slots=self.slots,
                    busy=self.busy(),
                    now=self.read_clock(),
                )

    def leave(self) -> None:
        """Remove this process from the workers, because it stops."""
        with self._lock:
            self._has_left = True
            try:
                with feed.transaction():
                    workers.remove(self.worker_id)
            except OperationalError:
                log.warning("the database is away; this worker will be shown as silent", exc_info=True)
