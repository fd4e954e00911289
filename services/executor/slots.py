"""The slots of a worker process: so many AI tasks at once, each thread going on until nothing is due."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

from services.executor import claiming, faults
from services.executor.executing import Held, Runner
from services.executor.leases import Keeper
from services.executor.models import AiTask, db
from services.executor.processors.registry import Registry
from shared import ids
from shared.database import OperationalError, is_postgres, session

log = logging.getLogger(__name__)


@contextmanager
def _connected() -> Iterator[None]:
    """On SQLite one connection for as long as the thread works: opening one costs more than a claim and a finish. On
    PostgreSQL each transaction takes one from the pool, so that none is held while a processor waits."""
    if is_postgres(db):
        yield
    else:
        with session(db):
            yield


class Slots:
    """At most `count` tasks at once in this process, whoever starts them: a ring, news, or the poll; and of those that
    may have killed their workers, one.

    `ring` tells the other processes that there may be more.
    """

    def __init__(
        self,
        count: int,
        *,
        registry: Registry,
        runner: Runner,
        lease_seconds: float,
        tell_time: Callable[[], datetime],
        ring: Callable[[], None],
    ) -> None:
        self.count = count
        self.registry = registry
        self.runner = runner
        self.lease_seconds = lease_seconds
        self.tell_time = tell_time
        self.ring = ring
        self.owner = ids.new_id()
        self.keeper = Keeper(
            lease_seconds=lease_seconds,
            retry_delay_seconds=runner.retry_delay_seconds,
            tell_time=tell_time,
            let_go=self._let_go,
        )
        self._deadlines = registry.deadlines()
        self._lock = threading.Lock()
        self._free = count
        self._place_for_suspect = threading.Semaphore()
        self._rung = False
        self._stopping = False

    def work(self) -> int:
        """In this thread: take a slot, if one is free, and run what is due until nothing is. How many tasks were run.

        Whoever finds no free slot leaves word, and whoever gives one back looks once more: no ring falls between the
        two.
        """
        with _connected():
            return self._work()

    def _work(self) -> int:
        done = 0
        while self._take():
            mine = True
            try:
                while mine and not self._stopping and (task := self._claim()):
                    mine = self._run(task)
                    done += 1
            except OperationalError:
                log.warning("the database is away; the poll looks again", exc_info=True)
                self._give_back()
                return done
            except BaseException:
                self._give_back()
                raise
            if not mine or not self._give_back():
                return done
        return done

    def start(self) -> None:
        """As `work`, in a thread of its own, if a slot is free; else it rings for the others. Returns at once."""
        with self._lock:
            self._rung = True
            if self._stopping:
                return
            full = self._free == 0
        if full:
            self.ring()
            return
        threading.Thread(target=self.work, name="slot", daemon=True).start()

    def busy(self) -> int:
        """How many slots are taken."""
        with self._lock:
            return self.count - self._free

    def drain(self, seconds: float) -> None:
        """Take on nothing more, wait for what runs, and hand back what is not done in time."""
        self._stopping = True
        until = time.monotonic() + seconds
        while self.busy() and time.monotonic() < until:
            time.sleep(0.02)
        self.keeper.put_back_all()
        self.keeper.stop()

    def _claim(self) -> AiTask | None:
        task: AiTask | None = None
        suspects = self._place_for_suspect.acquire(blocking=False)
        try:
            task = claiming.claim(
                owner=self.owner,
                deadlines=self._deadlines,
                now=self.tell_time(),
                lease_seconds=self.lease_seconds,
                suspects=suspects,
            )
        finally:
            if suspects and not (task and claiming.is_suspect(task)):
                self._place_for_suspect.release()
        return task

    def _run(self, task: AiTask) -> bool:
        """Run a claimed task. False when it was given up meanwhile and its slot went on without this thread."""
        held = Held(task, self._deadlines[task.processor])
        self.keeper.hold(held)
        try:
            faults.reached("after-claim")
            faults.reached("before-wake")
            self._tell_of_more()
            self.runner.run(held, self.registry[task.processor])
        except BaseException:
            # A processor that leaves by SystemExit and the like is no failed attempt that could be told: its lease
            # lapses.
            log.exception("a task was left; its lease will lapse", extra={"task": task.id})
        mine = self.keeper.drop(held)
        if mine and claiming.is_suspect(task):
            self._place_for_suspect.release()
        return mine

    def _tell_of_more(self) -> None:
        """One ring fills every free slot: each claim starts the next here, and when all are taken here, rings for the
        others."""
        with self._lock:
            more_here = self._free > 0
        if more_here:
            self.start()
        self.ring()

    def _take(self) -> bool:
        with self._lock:
            self._rung = True
            if self._free == 0 or self._stopping:
                return False
            self._free -= 1
            self._rung = False
            return True

    def _give_back(self) -> bool:
        """Whether somebody rang meanwhile, so that it is worth looking once more."""
        with self._lock:
            self._free += 1
            return self._rung

    def _let_go(self, held: Held) -> None:
        """A task was given up while its thread still runs: its slot is free, and the thread takes no more work when
        it comes back."""
        with self._lock:
            self._free += 1
        if claiming.is_suspect(held.task):
            self._place_for_suspect.release()
        self.start()
