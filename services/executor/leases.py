"""Keep the leases of what this process runs, from a thread of its own: renewals, deadlines, cancellations."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from datetime import datetime

from services.executor import claiming, finishing
from services.executor.executing import Held
from services.executor.sweeping import LATE
from shared.database import OperationalError
from shared.loops import Loop

log = logging.getLogger(__name__)

SHORTEST_TURN, LONGEST_TURN = 0.02, 0.5
"""Seconds between two looks: a deadline is honoured within the longer one, whatever the lease."""


class Keeper:
    """What this process holds. `let_go(held)` is called once for a task that is given up while its thread still
    runs."""

    def __init__(
        self,
        *,
        lease_seconds: float,
        retry_delay_seconds: float,
        tell_time: Callable[[], datetime],
        let_go: Callable[[Held], None],
    ) -> None:
        self.lease_seconds = lease_seconds
        self.retry_delay_seconds = retry_delay_seconds
        self.tell_time = tell_time
        self.let_go = let_go
        self._held: dict[Held, float] = {}
        self._lock = threading.Lock()
        self._loop = Loop("leases", min(max(lease_seconds / 8, SHORTEST_TURN), LONGEST_TURN), self.turn)
        self._started = False

    def hold(self, held: Held) -> None:
        """Keep this task's lease from now on."""
        with self._lock:
            self._held[held] = time.monotonic() + self.lease_seconds / 4
            if not self._started:
                self._started = True
                self._loop.start()

    def stop(self) -> None:
        """Keep nothing any more."""
        self._loop.stop()

    def drop(self, held: Held) -> bool:
        """Its thread has ended. False when the task had been given up before: then its slot is no longer the
        thread's."""
        with self._lock:
            return self._held.pop(held, None) is not None

    def held(self) -> list[Held]:
        """What this process runs just now."""
        with self._lock:
            return list(self._held)

    def turn(self) -> None:
        """Look at each held task once: give up what is late, renew what is a quarter of a lease old, hear of
        cancellations."""
        for held in self.held():
            moment = time.monotonic()
            try:
                if moment >= held.deadline:
                    self._give_up(held, lambda held=held: self._expire(held))
                elif moment >= self._held.get(held, moment + 1):
                    self._renew(held)
            except OperationalError as error:
                log.warning("a lease could not be looked after", extra={"task": held.task.id, "error": str(error)})

    def _renew(self, held: Held) -> None:
        ours, cancelled = claiming.renew(held.task, now=self.tell_time(), lease_seconds=self.lease_seconds)
        if not ours:
            self._give_up(held, lambda: None)
            return
        with self._lock:
            if held in self._held:
                self._held[held] = time.monotonic() + self.lease_seconds / 4
        if cancelled:
            held.cancelled.set()
            if not held.changing.is_set():
                self._give_up(held, lambda: finishing.stop(held.task, now=self.tell_time()))

    def _expire(self, held: Held) -> None:
        log.warning(
            "a task took longer than its processor may", extra={"task": held.task.id, "processor": held.task.processor}
        )
        finishing.fail(
            held.task, LATE, now=self.tell_time(), retry_delay_seconds=self.retry_delay_seconds, outcome="lost"
        )

    def _give_up(self, held: Held, end: Callable[[], object]) -> None:
        """End the task without its thread, whose late finish is refused from here on. Only one of the two drops it."""
        if not self.drop(held):
            return
        try:
            end()
        finally:
            held.lost.set()
            self.let_go(held)

    def put_back_all(self) -> int:
        """Hand back everything that is still held, because this process ends; how many."""
        remaining = self.held()
        for held in remaining:
            self._give_up(held, lambda held=held: finishing.put_back(held.task, now=self.tell_time()))
        return len(remaining)
