"""The threads of a worker process: so many AI tasks at once, each thread running tasks until nothing is due."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

from services.executor import claiming, fault_injection
from services.executor.executing import Runner, RunningTask
from services.executor.lease_keeper import LeaseKeeper
from services.executor.models import AiTask, db
from services.executor.processors.registry import Registry
from shared.database.connection import OperationalError, is_postgres, session
from shared.ground import ids

log = logging.getLogger(__name__)


@contextmanager
def _connected() -> Iterator[None]:
    """On SQLite, keep one connection while the thread works: opening one costs more than a claim and a finish.

    On PostgreSQL each transaction takes one from the pool, so that none is occupied while a processor waits.
    """
    if is_postgres(db):
        yield
    else:
        with session(db):
            yield


class WorkerPool:
    """Runs at most `count` tasks at once in this process, and at most one that is suspected of killing its workers.

    A wake-up message, feed changes or the poll may start them. `ring` tells the other processes that more may be due.
    """

    def __init__(
        self,
        count: int,
        *,
        registry: Registry,
        runner: Runner,
        lease_seconds: float,
        read_clock: Callable[[], datetime],
        ring: Callable[[], None],
    ) -> None:
        self.count = count
        self.registry = registry
        self.runner = runner
        self.lease_seconds = lease_seconds
        self.read_clock = read_clock
        self.ring = ring
        self.owner = ids.new_id()
        self.keeper = LeaseKeeper(
            lease_seconds=lease_seconds,
            retry_delay_seconds=runner.retry_delay_seconds,
            read_clock=read_clock,
            on_abandoned=self._on_abandoned,
        )
        self._deadlines = registry.deadlines()
        self._lock = threading.Lock()
        self._free = count
        self._suspect_slot = threading.Semaphore()
        self._was_rung = False
        self._stopping = False

    def work(self) -> int:
        """In this thread: take a slot if one is free, and run tasks until nothing is due. Returns how many were run.

        If no slot is free, a flag is set; a thread that frees a slot checks it. This closes the race between the two.
        """
        with _connected():
            return self._work()

    def _work(self) -> int:
        done = 0
        while self._take_slot():
            owns_slot = True
            try:
                while owns_slot and not self._stopping and (claimed := self._claim()):
                    owns_slot = self._run(*claimed)
                    done += 1
            except OperationalError:
                log.warning("the database is away; the poll looks again", exc_info=True)
                self._free_slot()
                return done
            except BaseException:
                self._free_slot()
                raise
            if not owns_slot or not self._free_slot():
                return done
        return done

    def start(self) -> None:
        """Like `work`, in a new thread if a slot is free; otherwise wake the other processes. Returns at once."""
        with self._lock:
            self._was_rung = True
            if self._stopping:
                return
            full = self._free == 0
        if full:
            self.ring()
            return
        threading.Thread(target=self.work, name="slot", daemon=True).start()

    def busy(self) -> int:
        """How many slots are in use."""
        with self._lock:
            return self.count - self._free

    def running(self) -> int:
        """How many tasks this process runs."""
        return len(self.keeper.running_tasks())

    def drain(self, seconds: float) -> None:
        """Start no more tasks, wait at most `seconds` for running ones, and queue again those that are not done by
        then."""
        self._stopping = True
        deadline = time.monotonic() + seconds
        while self.busy() and time.monotonic() < deadline:
            time.sleep(0.02)
        self.keeper.put_back_all()
        self.keeper.stop()

    def _claim(self) -> tuple[AiTask, float] | None:
        """A task, and the monotonic time just before it was claimed; None when nothing is due."""
        task: AiTask | None = None
        since = time.monotonic()
        suspects = self._suspect_slot.acquire(blocking=False)
        try:
            task = claiming.claim(
                owner=self.owner,
                deadlines=self._deadlines,
                now=self.read_clock(),
                lease_seconds=self.lease_seconds,
                suspects=suspects,
            )
        finally:
            if suspects and not (task and claiming.is_suspect(task)):
                self._suspect_slot.release()
        return (task, since) if task else None

    def _run(self, task: AiTask, since: float) -> bool:
        """Run a claimed task. Returns False when it was given up meanwhile, and its slot is no longer this thread's."""
        running = RunningTask(task, self._deadlines[task.processor])
        self.keeper.keep(running, since)
        try:
            fault_injection.reached("after-claim")
            fault_injection.reached("before-wake")
            self._wake_others()
            self.runner.run(running, self.registry[task.processor])
        except BaseException:
            # A processor that ends with SystemExit or the like has no failure to record: its lease lapses.
            log.exception("a task was left; its lease will lapse", extra={"task": task.id})
        owns_slot = self.keeper.drop(running)
        if owns_slot and claiming.is_suspect(task):
            self._suspect_slot.release()
        return owns_slot

    def _wake_others(self) -> None:
        """After each claim, start the next thread here and wake the other processes, so that one message fills every
        free slot."""
        with self._lock:
            more_here = self._free > 0
        if more_here:
            self.start()
        self.ring()

    def _take_slot(self) -> bool:
        with self._lock:
            self._was_rung = True
            if self._free == 0 or self._stopping:
                return False
            self._free -= 1
            self._was_rung = False
            return True

    def _free_slot(self) -> bool:
        """Free the slot. Returns whether a wake-up came meanwhile, so that it is worth looking once more."""
        with self._lock:
            self._free += 1
            return self._was_rung

    def _on_abandoned(self, running: RunningTask) -> None:
        """Free the slot of a task that was given up while its thread still runs; that thread takes no more work."""
        with self._lock:
            self._free += 1
        if claiming.is_suspect(running.task):
            self._suspect_slot.release()
        self.start()
