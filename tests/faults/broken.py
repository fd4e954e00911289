"""Starts a process of the executor that is broken in one place: `python -m tests.faults.broken NAME api | work`.

Each name is one thing that somebody could take for superfluous. The checker must fail on every one of them.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from services.executor import effects, sweeping
from services.executor.app import CONTEXT
from services.executor.effects import BegunEffect
from services.executor.models import AiTask, db, feed, tasks
from shared.database import statements
from shared.database.connection import session
from shared.ground import clock
from shared.process import service_main
from shared.process.periodic import PeriodicThread
from shared.web.idempotency import Idempotency

LOOKED = "looked"
"""The file that `sweep-without-second-look` leaves in the home once it has looked."""

HELD_UP_SECONDS = 15


def sound() -> None:
    """Nothing is broken: what trips the others must not trip this one."""


def finish_without_lease() -> None:
    """The end of an attempt is written whoever holds the task by now."""
    honest = tasks.end_running

    def leave(task: AiTask, **values: Any) -> AiTask | None:
        own, task.lease = task.lease, AiTask.get_by_id(task.id).lease
        try:
            return honest(task, **values)
        finally:
            task.lease = own

    tasks.end_running = leave


def claim_under_the_same_lease() -> None:
    """A claim takes no new lease."""
    _reword_claim("lease = lease + 1", "lease = 1")


def claim_uncounted() -> None:
    """A claim does not count the attempt."""
    _reword_claim("attempts = attempts + 1", "attempts = attempts")


def claim_the_oldest() -> None:
    """A claim looks at the age alone."""
    _reword_claim("ORDER BY priority, created_at, id", "ORDER BY created_at, id")


def sweep_without_cap() -> None:
    """The sweep hands a task back however often it was lost."""
    honest = statements.load

    def load(model: Any, sql: str, parameters: Any) -> Any:
        return honest(model, sql.replace("attempts >= max_attempts", "attempts < 0"), parameters)

    statements.load = load


def sweep_without_second_look() -> None:
    """The sweep takes back what it saw lapsed, although time went by since it looked."""

    def sweep(*, now: Any) -> int:
        with session(db):
            lapsed = [one.id for one in AiTask.select().where(AiTask.status == "running", AiTask.lease_until < now)]
        if lapsed:
            _held_up(lapsed)
        with feed.transaction():
            taken = AiTask.update(status="queued", available_at=now, losses=AiTask.losses + 1)
            for task in taken.where(AiTask.id.in_(lapsed)).returning(AiTask).execute():
                sweeping._close(task, sweeping.SILENT, now)
                feed.mark("ai-task", task.id, task.tenant_id)
        return len(lapsed)

    sweeping.sweep = sweep
    sweeping.reconcile = lambda **_: 0


def _held_up(lapsed: list[str]) -> None:
    """Between the look and the write, until one of the tasks has ended: what a busy machine does now and then."""
    (Path(os.environ["TANDEM_HOME"]) / LOOKED).touch()
    until = time.monotonic() + HELD_UP_SECONDS
    with session(db):
        while time.monotonic() < until and all(AiTask.get_by_id(one).status == "running" for one in lapsed):
            time.sleep(0.02)


def no_sweep() -> None:
    """Nobody takes back what lapsed leases hold."""
    sweeping.sweep = lambda *, now: 0


def finish_untold() -> None:
    """The end of a task is not marked in the feed."""
    honest = tasks.end_running

    def leave(task: AiTask, **values: Any) -> AiTask | None:
        left = honest(task, **values)
        feed._marks().pop(("ai-task", task.id), None)
        return left

    tasks.end_running = leave


def effect_unrecorded() -> None:
    """A change outside is made without a record of it."""
    effects.begin = lambda *_, **__: BegunEffect(is_done=False, interrupted=False, outcome={})
    effects.record_done = lambda *_, **__: True


def effect_sent_again() -> None:
    """A change that was cut off is taken for one that was never sent."""
    honest = effects.begin

    def begin(*told: Any, **facts: Any) -> BegunEffect:
        begun = honest(*told, **facts)
        return BegunEffect(is_done=begun.is_done, interrupted=False, outcome=begun.outcome)

    effects.begin = begin


def no_poll() -> None:
    """A worker looks for work only when it is rung."""
    honest = PeriodicThread.start
    PeriodicThread.start = lambda loop: loop if loop.name == "poll work" else honest(loop)


def keys_forgotten() -> None:
    """An Idempotency-Key is not looked at."""
    Idempotency.once = lambda _, tenant_id, caller, route, key, body, make, *, now: make()


def _reword_claim(words: str, others: str) -> None:
    honest = tasks._claim_statement
    told = honest("", {"test-echo": 1.0}, clock.now(), 1.0)[0]
    assert words in told, f"the claim no longer says {words!r}: break it another way"

    def statement(*facts: Any) -> tuple[str, list[Any]]:
        sql, parameters = honest(*facts)
        return sql.replace(words, others), parameters

    tasks._claim_statement = statement


BREAKS: dict[str, Callable[[], None]] = {
    one.__name__.replace("_", "-"): one
    for one in (
        sound,
        finish_without_lease,
        claim_under_the_same_lease,
        claim_uncounted,
        claim_the_oldest,
        sweep_without_cap,
        sweep_without_second_look,
        no_sweep,
        finish_untold,
        effect_unrecorded,
        effect_sent_again,
        no_poll,
        keys_forgotten,
    )
}

if __name__ == "__main__":
    BREAKS[sys.argv[1]]()
    sys.exit(service_main.main(CONTEXT, sys.argv[2:]))
