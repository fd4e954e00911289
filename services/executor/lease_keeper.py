"""Keeps the leases of the tasks that this process runs, on a thread of its own: renewals, deadlines, cancellations."""

from __future__ import annotations

import functools
import logging
import threading
import time
from collections.abc import Callable
from datetime import datetime

from services.executor import claiming, finishing
from services.executor.executing import RunningTask
from services.executor.sweeping import LATE
from shared.database.connection import OperationalError
from shared.process.periodic import PeriodicThread

log = logging.getLogger(__name__)

SHORTEST_ROUND, LONGEST_ROUND = 0.02, 0.5
"""Seconds between two rounds: a deadline is enforced within the longer one, whatever the lease."""


class LeaseKeeper:
    """The leases of this process. `on_abandoned(task)` is called once for a task that is given up while its thread
    still runs."""

    def __init__(
        self,
        *,
        lease_seconds: float,
        retry_delay_seconds: float,
        read_clock: Callable[[], datetime],
        on_abandoned: Callable[[RunningTask], None],
    ) -> None:
        self.lease_seconds = lease_seconds
        self.retry_delay_seconds = retry_delay_seconds
        self.read_clock = read_clock
        self.on_abandoned = on_abandoned
        self._renew_at: dict[RunningTask, float] = {}
        self._lock = threading.Lock()
        self._loop = PeriodicThread(
            "leases", min(max(lease_seconds / 8, SHORTEST_ROUND), LONGEST_ROUND), self.check_all
        )
        self._started = False

    def keep(self, running: RunningTask, since: float) -> None:
        """Keep this task's lease from now on. `since` is the monotonic time just before it was claimed: a claim whose commit
        waited long has used up part of its lease."""
        with self._lock:
            self._renew_at[running] = since + self.lease_seconds / 4
            if not self._started:
                self._started = True
                self._loop.start()

    def stop(self) -> None:
        """Stop keeping leases."""
        self._loop.stop()

    def drop(self, running: RunningTask) -> bool:
        """Stop keeping a task's lease, because its thread has ended or it is given up.

        Returns False when that was done before; a thread that is told so no longer owns its slot.
        """
        with self._lock:
            return self._renew_at.pop(running, None) is not None

    def running_tasks(self) -> list[RunningTask]:
        """The tasks that this process runs now."""
        with self._lock:
            return list(self._renew_at)

    def check_all(self) -> None:
        """Look at each task once: give up what is past its deadline, renew leases a quarter old, notice cancellations."""
        for running in self.running_tasks():
            now = time.monotonic()
            try:
                if now >= running.deadline:
                    self._give_up(running, functools.partial(self._expire, running))
                elif now >= self._renew_at.get(running, now + 1):
                    self._renew(running)
            except OperationalError as error:
                log.warning("a lease could not be looked after", extra={"task": running.task.id, "error": str(error)})

    def _renew(self, running: RunningTask) -> None:
        since = time.monotonic()
        ours, cancelled = claiming.renew(running.task, now=self.read_clock(), lease_seconds=self.lease_seconds)
        if not ours:
            self._give_up(running, lambda: None)
            return
        with self._lock:
            if running in self._renew_at:
                self._renew_at[running] = since + self.lease_seconds / 4
        if cancelled:
            running.cancelled.set()
            if not running.changing.is_set():
                self._give_up(running, lambda: finishing.stop(running.task, now=self.read_clock()))

    def _expire(self, running: RunningTask) -> None:
        log.warning(
            "a task took longer than its processor may",
            extra={"task": running.task.id, "processor": running.task.processor},
        )
        finishing.fail(
            running.task, LATE, now=self.read_clock(), retry_delay_seconds=self.retry_delay_seconds, outcome="lost"
        )

    def _give_up(self, running: RunningTask, end: Callable[[], object]) -> None:
        """End a task without its thread, whose late finish will be refused. Whichever drops the task first ends it; the
        other does nothing."""
        if not self.drop(running):
            return
        try:
            end()
        finally:
            running.lost.set()
            self.on_abandoned(running)

    def _put_back(self, running: RunningTask) -> None:
        try:
            finishing.put_back(running.task, now=self.read_clock())
        except OperationalError as error:
            log.warning(
                "a task could not be put back; its lease will lapse",
                extra={"task": running.task.id, "error": str(error)},
            )

    def put_back_all(self) -> None:
        """Queue again everything that still runs, because this process stops. If the database does not answer for a
        task, that task is not put back, and its lease lapses."""
        for running in self.running_tasks():
            self._give_up(running, functools.partial(self._put_back, running))
