"""Runs one claimed task, outside any transaction, between its claim and its finish. Every change in an external system
is made as an effect."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.executor import effects, fault_injection, finishing, holds
from services.executor.attempt_outcomes import checked_result, failure_of
from services.executor.models import AiTask, db, replicas
from services.executor.processors import (
    CannotAsk,
    Key,
    NotOurs,
    OutcomeUnknown,
    Permanent,
    Processor,
    Providers,
    Stopped,
    TaskContext,
    Tenant,
    Transient,
)
from services.executor.processors.processor import Act, LookUp
from shared.database.connection import OperationalError, session
from shared.ground.json_types import JsonObject
from shared.ground.settings_table import DAILY_AT

log = logging.getLogger(__name__)

TENANT_RETRY_SECONDS = 5
"""Seconds until a task is tried again whose tenant the monitor has not published yet."""

RETRY_WRITE_SECONDS = 0.5
"""Seconds between two tries to write while the database does not answer."""


class RunningTask:
    """A task that this process runs: what its own thread and the lease thread share."""

    def __init__(self, task: AiTask, deadline_seconds: float) -> None:
        self.task = task
        self.deadline = time.monotonic() + deadline_seconds
        self.lost = threading.Event()
        self.cancelled = threading.Event()
        #: Set while an external system is being changed; meanwhile the lease thread may not end the task as cancelled.
        self.changing = threading.Event()
        self.unresolved: set[str] = set()

    def checkpoint(self) -> None:
        """Raise NotOurs or Stopped if the task must not be continued. See `TaskContext.checkpoint`."""
        if self.lost.is_set():
            raise NotOurs
        if self.cancelled.is_set():
            raise Stopped


@dataclass(frozen=True)
class Runner:
    """How this process runs tasks: its providers, its clock, the pause before a retry, and when a day begins (cron)."""

    providers: Providers
    read_clock: Callable[[], datetime]
    retry_delay_seconds: float
    daily_at: str = DAILY_AT

    def run(self, running: RunningTask, processor: Processor) -> None:
        """Run the processor and finish the task. An Exception of the processor is a failed attempt and is not raised;
        SystemExit and the like are raised."""
        try:
            self._attempt(running, processor)
        except NotOurs:
            log.warning(
                "a task was lost to another attempt", extra={"task": running.task.id, "lease": running.task.lease}
            )

    def _attempt(self, running: RunningTask, processor: Processor) -> None:
        task = running.task
        try:
            holds.require_none_at_start(task, processor, self.read_clock())
            result = checked_result(processor.run(self._context(running, processor)))
            if running.unresolved:
                raise OutcomeUnknown(f"{finishing.UNKNOWN}: {', '.join(sorted(running.unresolved))}")
            fault_injection.reached("before-finish")
            self._write_with_retry(running, lambda now: finishing.succeed(task, result, now=now))
            fault_injection.reached("after-finish")
        except NotOurs:
            raise
        except Stopped:
            self._write_with_retry(running, lambda now: finishing.stop(task, now=now))
        except Exception as error:
            failure = failure_of(error)
            log.info("an attempt failed", extra={"task": task.id, "attempt": task.attempts, "error": failure.message})
            pause = self.retry_delay_seconds
            self._write_with_retry(
                running, lambda now: finishing.fail(task, failure, now=now, retry_delay_seconds=pause)
            )

    def _write_with_retry(self, running: RunningTask, write: Callable[[datetime], Any]) -> Any:
        """Write, retrying while the database does not answer, so that finished work is not lost. NotOurs when the lease
        is lost meanwhile."""
        while True:
            try:
                written = write(self.read_clock())
            except OperationalError:
                log.warning(
                    "the database is away; a write is tried again", extra={"task": running.task.id}, exc_info=True
                )
                if running.lost.wait(RETRY_WRITE_SECONDS):
                    raise NotOurs from None
                continue
            if not written:
                log.warning("a late write was refused", extra={"task": running.task.id, "lease": running.task.lease})
            return written

    def _context(self, running: RunningTask, processor: Processor) -> TaskContext:
        task = running.task

        def effect(name: str, act: Act, look_up: LookUp | None = None, key: str | None = None) -> JsonObject:
            def act_unless_held(key: Key) -> JsonObject:
                holds.require_none(task, processor, self.read_clock())
                return act(key)

            return self._make_effect(running, name, key or f"{task.origin}:{name}", act_unless_held, look_up)

        return TaskContext(
            id=task.id,
            tenant_id=task.tenant_id,
            title=task.title,
            origin=task.origin,
            attempt=task.attempts,
            subject=task.subject,
            by=task.by,
            metadata=task.metadata,
            now=self.read_clock(),
            providers=self.providers,
            effect=effect,
            checkpoint=running.checkpoint,
            load_tenant=lambda: tenant_of(task.tenant_id, self.daily_at),
        )

    def _make_effect(self, running: RunningTask, name: str, key: str, act: Act, look_up: LookUp | None) -> JsonObject:
        """Make one change in an external system, between its intent and its outcome. See `MakeEffect` in
        processors/processor.py."""
        running.checkpoint()
        fault_injection.reached("before-effect")
        running.changing.set()
        try:
            begun = self._write_with_retry(running, lambda now: effects.begin(running.task, name, key, now=now))
            if begun.is_done:
                return begun.outcome
            fault_injection.reached("after-effect-intent")
            running.unresolved.add(name)
            key_with_fence = Key(key, effects.fence(running.task))
            outcome = self._change(running, name, key_with_fence, act, look_up, interrupted=begun.interrupted)
            self._write_with_retry(running, lambda now: effects.record_done(running.task, name, outcome, now=now))
            running.unresolved.discard(name)
            return outcome
        finally:
            running.changing.clear()

    def _change(
        self, running: RunningTask, name: str, key: Key, act: Act, look_up: LookUp | None, *, interrupted: bool
    ) -> JsonObject:
        if interrupted:
            outcome = self._look_up_outcome(running, name, key, look_up, "An earlier attempt was cut off.")
            if outcome is not None:
                return outcome
        try:
            return act(key)
        except (Transient, Permanent) as error:
            self._record_not_done(running, name, str(error))
            raise
        except Exception as error:
            # The provider is asked under the next fence, so that it refuses whatever may still arrive from this
            # attempt.
            outcome = self._look_up_outcome(
                running, name, Key(key.value, key.fence + 1), look_up, str(error) or type(error).__name__
            )
            if outcome is not None:
                return outcome
            self._record_not_done(running, name, str(error))
            if isinstance(error, OutcomeUnknown):
                raise Transient(f"{error} It did not happen.") from error
            raise

    def _look_up_outcome(
        self, running: RunningTask, name: str, key: Key, look_up: LookUp | None, why: str
    ) -> JsonObject | None:
        """The outcome according to the provider, or None if the change was not made.

        OutcomeUnknown when the provider cannot be asked, Transient when it cannot be asked just now.
        """
        try:
            if look_up is None:
                raise CannotAsk("This provider cannot be asked.")
            return look_up(key)
        except CannotAsk as error:
            self._write_with_retry(running, lambda now: effects.record_unknown(running.task, name, why, now=now))
            raise OutcomeUnknown(f"{finishing.UNKNOWN}: {name}. {why} {error}") from error
        except (NotOurs, Stopped):
            raise
        except Exception as error:
            raise Transient(f"Whether {name} happened could not be asked just now: {error}") from error

    def _record_not_done(self, running: RunningTask, name: str, reason: str) -> None:
        self._write_with_retry(running, lambda now: effects.record_not_done(running.task, name, reason, now=now))
        running.unresolved.discard(name)


def tenant_of(tenant_id: str, daily_at: str) -> Tenant:
    """The tenant of a task. Transient while the monitor has not published it."""
    with session(db):
        region = replicas.tenants.region_or_none(tenant_id)
    if region is None:
        raise Transient("The monitor has not told of this tenant yet.", after=TENANT_RETRY_SECONDS)
    return Tenant(tenant_id, region.time_zone, region.country, daily_at)
