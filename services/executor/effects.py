"""Makes a change in an external system only once: the intent is written before it, the outcome after it, and an unknown
outcome is left to a person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from services.executor import controlling, states
from services.executor.models import AiTask, Effect, acts, feed, tasks
from services.executor.models import effects as rows
from services.executor.processors import NotOurs, OutcomeUnknown, Stopped
from shared.database.model import Columns
from shared.ground.errors import Conflict, NotFound
from shared.ground.json_types import JsonObject
from shared.ground.principal import Principal

LEASES_A_TASK = 1 << 20
"""More claims than a task can have, so that the fences of a later task of the chain are above those of an earlier one.
"""


@dataclass(frozen=True)
class BegunEffect:
    """What to do now: if `is_done`, use `outcome`. Otherwise make the change; if `interrupted`, first look up whether
    an earlier attempt made it."""

    is_done: bool
    interrupted: bool
    outcome: JsonObject


def fence(task: AiTask) -> int:
    """A number that grows with each attempt of a whole chain of retries."""
    return task.retry_number * LEASES_A_TASK + task.lease


@feed.group_commit
def begin(task: AiTask, name: str, key: str, *, now: datetime) -> BegunEffect:
    """Record the intent, under the task's lease. NotOurs when the lease is lost, Stopped when the task is to be
    cancelled, OutcomeUnknown when nobody knows whether the change was made.

    A change that is done is not made again. One that an earlier attempt left intended is taken over: from here on that
    attempt, if it is still alive, can record no outcome.
    """
    is_ours, cancelled = tasks.lease_state(task)
    if not is_ours:
        raise NotOurs
    if cancelled:
        raise Stopped
    values = {"task_id": task.id, "key": key, "fence": fence(task)}
    if rows.intend(task.origin, name, tenant_id=task.tenant_id, now=now, **values):
        return BegunEffect(is_done=False, interrupted=_may_be_forgotten(task), outcome={})
    effect = rows.get(task, name)
    if effect.status == "done":
        return BegunEffect(is_done=True, interrupted=False, outcome=effect.outcome or {})
    if effect.status == "unknown":
        raise OutcomeUnknown(f"outcome unknown: nobody knows whether {name} happened")
    was_not_made = effect.status == "not_done"
    moved = rows.move(
        task,
        name,
        [effect.status],
        below=fence(task) + 1,
        status="intended",
        intended_at=now,
        settled_at=None,
        **values,
    )
    if not moved:
        raise NotOurs
    return BegunEffect(is_done=False, interrupted=not was_not_made, outcome={})


def _may_be_forgotten(task: AiTask) -> bool:
    """Whether the chain was requested before this database was made or restored.

    Then an attempt that this database does not know may have made the change, and the provider is asked first.
    """
    first = task if task.id == task.origin else tasks.get_or_none(task.tenant_id, task.origin) or task
    return (first.asked_at or first.created_at) < feed.history.began_at()


def record_done(task: AiTask, name: str, outcome: JsonObject, *, now: datetime) -> bool:
    """Record that the change was made. Returns False when a later attempt has taken it over.

    It is recorded even after the lease was lost or the task has failed.
    """
    return _record_outcome(task, name, "settle", now, outcome)


def record_not_done(task: AiTask, name: str, reason: str, *, now: datetime) -> bool:
    """Record that the change was not made. Returns False when a later attempt has taken it over."""
    return _record_outcome(task, name, "refuse", now, {"refused": reason[:1000]})


def record_unknown(task: AiTask, name: str, reason: str, *, now: datetime) -> bool:
    """Record that it is unknown whether the change was made. Returns False when a later attempt has taken it over."""
    return _record_outcome(task, name, "lose", now, {"reason": reason[:1000]})


@feed.group_commit
def _record_outcome(task: AiTask, name: str, verb: str, now: datetime, outcome: JsonObject) -> bool:
    values: Columns = {"status": states.EFFECT.moves[verb][1], "settled_at": now, "outcome": outcome}
    if not rows.move(task, name, ["intended"], at=fence(task), **values):
        late = [state for state in states.EFFECT.sources(verb) if state == "unknown"]
        if not late or not rows.move(task, name, late, at=fence(task), **values):
            return False
        if not rows.unknown_in(task):
            rows.clear_unknown(task)
    if values["status"] == "done":
        details = {"effect": name, "outcome": outcome}
        acts.record(task.as_principal(), "made effect", "ai-task", task.id, now=now, details=details)
    return True


def resolve(
    tenant_id: str,
    task_id: str,
    name: str,
    *,
    happened: bool,
    reason: str,
    by: Principal,
    now: datetime,
    expected: int | None = None,
) -> Effect:
    """Record what a person found out about an unknown effect; then a retry makes the change only if it did not happen.

    NotFound for another tenant's task or no such effect; Stale when the task's version is not `expected`; Conflict when
    the effect is not unknown.
    """
    with feed.transaction():
        task = controlling.get(tenant_id, task_id, expected=expected, for_update=True)
        effect = rows.get_or_none(task, name)
        if effect is None:
            raise NotFound("There is no such effect.")
        verb = "resolve as happened" if happened else "resolve as not happened"
        after = states.EFFECT.after(verb, effect.status)
        outcome = {"resolvedBy": by.as_json(), "reason": reason, "happened": happened}
        moved = rows.move(
            task,
            name,
            [effect.status],
            status=after,
            settled_at=now,
            outcome=outcome,
            resolved_by=by.as_json(),
            reason=reason,
        )
        if not moved:
            raise Conflict("Somebody else has just resolved it.")
        if not rows.unknown_in(task):
            rows.clear_unknown(task)
        details = {"effect": name, "happened": happened}
        acts.record(by, "resolved effect", "ai-task", task.id, now=now, reason=reason, details=details)
        return rows.get(task, name)
