"""Run one claimed task: outside any transaction, between the claim and the finish, with every change of it made as an
effect."""

from __future__ import annotations

import json
import logging
import re
import threading
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from services.executor import effects, faults, finishing
from services.executor.finishing import Failure
from services.executor.models import AiTask, copies, db
from services.executor.processors import (
    CannotAsk,
    Key,
    NotOurs,
    OutcomeUnknown,
    Permanent,
    Processor,
    Providers,
    Result,
    Stopped,
    TaskContext,
    Tenant,
    Transient,
)
from services.executor.processors.processor import Act, LookUp
from shared.database import OperationalError, session

log = logging.getLogger(__name__)

TENANT_SOON = 5
"""Seconds until a task is tried again whose tenant the monitor has not told of yet."""

NUL = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")
LONGEST_TEXT = 20_000
INSTALLED_IN = f"{Path(__file__).resolve().parents[2]}/"
"""Left out of stack traces: where Tandem is installed is nobody's business who reads them."""

LONGEST_RESULT = 1024 * 1024
PATIENCE = 0.5
"""Pause between two tries to write the finish while the database is away."""


class Held:
    """A task that this process runs: what its own thread and the one that keeps the leases tell each other."""

    def __init__(self, task: AiTask, deadline_seconds: float) -> None:
        self.task = task
        self.deadline = time.monotonic() + deadline_seconds
        self.lost = threading.Event()
        self.cancelled = threading.Event()
        #: Set while a change outside is under way: then nobody but its own thread ends the task as cancelled.
        self.changing = threading.Event()
        self.unsettled: set[str] = set()

    def step(self) -> None:
        """Raise if the task is no longer to be worked on. See `TaskContext.step`."""
        if self.lost.is_set():
            raise NotOurs
        if self.cancelled.is_set():
            raise Stopped


@dataclass(frozen=True)
class Runner:
    """How this process runs tasks: with which providers, by which clock, and how long it pauses before a retry."""

    providers: Providers
    tell_time: Callable[[], datetime]
    retry_delay_seconds: float

    def run(self, held: Held, processor: Processor) -> None:
        """Run the processor and finish the task; whatever the processor raises is a failed attempt, and nothing of it
        comes out."""
        try:
            self._attempt(held, processor)
        except NotOurs:
            log.warning("a task was lost to another attempt", extra={"task": held.task.id, "lease": held.task.lease})

    def _attempt(self, held: Held, processor: Processor) -> None:
        task = held.task
        try:
            result = _checked(processor.run(self._context(held)))
            if held.unsettled:
                raise OutcomeUnknown(f"{finishing.UNKNOWN}: {', '.join(sorted(held.unsettled))}")
            faults.reached("before-finish")
            self._insist(held, lambda now: finishing.succeed(task, result, now=now))
            faults.reached("after-finish")
        except NotOurs:
            raise
        except Stopped:
            self._insist(held, lambda now: finishing.stop(task, now=now))
        except Exception as error:
            failure = failure_of(error)
            log.info("an attempt failed", extra={"task": task.id, "attempt": task.attempts, "error": failure.message})
            pause = self.retry_delay_seconds
            self._insist(held, lambda now: finishing.fail(task, failure, now=now, retry_delay_seconds=pause))

    def _insist(self, held: Held, write: Callable[[datetime], Any]) -> Any:
        """Write, and while the database is away try again until the task is given up: what was done should not be
        forgotten."""
        while True:
            try:
                written = write(self.tell_time())
            except OperationalError:
                log.warning("the database is away; a write is tried again", extra={"task": held.task.id}, exc_info=True)
                if held.lost.wait(PATIENCE):
                    raise NotOurs from None
                continue
            if not written:
                log.warning("a late write was refused", extra={"task": held.task.id, "lease": held.task.lease})
            return written

    def _context(self, held: Held) -> TaskContext:
        task = held.task

        def effect(name: str, act: Act, look_up: LookUp | None = None, key: str | None = None) -> dict[str, Any]:
            return self._carry_out(held, name, key or f"{task.origin}:{name}", act, look_up)

        return TaskContext(
            id=task.id,
            tenant_id=task.tenant_id,
            title=task.title,
            origin=task.origin,
            attempt=task.attempts,
            subject=task.subject,
            by=task.by,
            metadata=task.metadata,
            now=self.tell_time(),
            providers=self.providers,
            effect=effect,
            step=held.step,
            tell_tenant=lambda: tenant_of(task.tenant_id),
        )

    def _carry_out(self, held: Held, name: str, key: str, act: Act, look_up: LookUp | None) -> dict[str, Any]:
        """One change outside, between its intent and its outcome. See `CarriesOut`."""
        held.step()
        faults.reached("before-effect")
        held.changing.set()
        try:
            begun = self._insist(held, lambda now: effects.begin(held.task, name, key, now=now))
            if begun.stands:
                return begun.outcome
            faults.reached("after-effect-intent")
            held.unsettled.add(name)
            key_of_this = Key(key, effects.fence(held.task))
            outcome = self._change(held, name, key_of_this, act, look_up, interrupted=begun.interrupted)
            self._insist(held, lambda now: effects.settle(held.task, name, outcome, now=now))
            held.unsettled.discard(name)
            return outcome
        finally:
            held.changing.clear()

    def _change(
        self, held: Held, name: str, key: Key, act: Act, look_up: LookUp | None, *, interrupted: bool
    ) -> dict[str, Any]:
        if interrupted:
            stands = self._ask(held, name, key, look_up, "An earlier attempt was cut off.")
            if stands is not None:
                return stands
        try:
            return act(key)
        except (Transient, Permanent) as error:
            self._did_not_happen(held, name, str(error))
            raise
        except Exception as error:
            # The provider is asked under the next fence, which shuts it to what may still be on its way from this
            # attempt.
            stands = self._ask(held, name, Key(key.value, key.fence + 1), look_up, str(error) or type(error).__name__)
            if stands is not None:
                return stands
            self._did_not_happen(held, name, str(error))
            if isinstance(error, OutcomeUnknown):
                raise Transient(f"{error} It did not happen.") from error
            raise

    def _ask(self, held: Held, name: str, key: Key, look_up: LookUp | None, why: str) -> dict[str, Any] | None:
        """What the provider says happened, or None for nothing. OutcomeUnknown when it cannot be asked, Transient
        when not just now."""
        try:
            if look_up is None:
                raise CannotAsk("This provider cannot be asked.")
            return look_up(key)
        except CannotAsk as error:
            self._insist(held, lambda now: effects.lose(held.task, name, why, now=now))
            raise OutcomeUnknown(f"{finishing.UNKNOWN}: {name}. {why} {error}") from error
        except (NotOurs, Stopped):
            raise
        except Exception as error:
            raise Transient(f"Whether {name} happened could not be asked just now: {error}") from error

    def _did_not_happen(self, held: Held, name: str, reason: str) -> None:
        self._insist(held, lambda now: effects.refuse(held.task, name, reason, now=now))
        held.unsettled.discard(name)


def tenant_of(tenant_id: str) -> Tenant:
    """The tenant of a task. Transient while the monitor has not told of it."""
    with session(db):
        found = copies.tenant(tenant_id)
    if found is None:
        raise Transient("The monitor has not told of this tenant yet.", after=TENANT_SOON)
    return Tenant(found.id, found.time_zone, found.country)


def failure_of(error: Exception) -> Failure:
    """What an exception of a processor means: its own problems as they say, anything else as an error that may pass."""
    stack = "".join(traceback.format_exception(error)).replace(INSTALLED_IN, "")[-LONGEST_TEXT:]
    return Failure(
        type=type(error).__name__,
        message=_storable(str(error)[:2000] or type(error).__name__),
        stack_trace=_storable(stack),
        permanent=isinstance(error, Permanent),
        outcome_unknown=isinstance(error, OutcomeUnknown),
        after=error.after if isinstance(error, Transient) else None,
    )


def _checked(result: Result) -> Result:
    """The result if it can be kept. Permanent when it is no JSON, or too long: another attempt would bring the same."""
    try:
        kept = {"value": result.value, "requests": [request.data for request in result.requests]}
        text = json.dumps(kept, allow_nan=False, ensure_ascii=False)
        text.encode()
    except (TypeError, ValueError) as error:
        raise Permanent(f"The processor's result is not JSON that can be kept: {error}") from error
    if len(text) > LONGEST_RESULT:
        raise Permanent(f"The processor's result is longer than {LONGEST_RESULT} characters.")
    if NUL.search(text):
        raise Permanent("The processor's result holds a NUL character, which no column can.")
    return result


def _storable(text: str) -> str:
    """Without what no database column can hold."""
    return text.replace("\x00", "\ufffd").encode("utf-8", "replace").decode()
