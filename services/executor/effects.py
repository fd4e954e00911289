"""One change outside, once: its intent is written before it is made, its outcome after, and what is unknown is left
to a person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.executor import states
from services.executor.finishing import by_of
from services.executor.models import AiTask, Effect, acts, feed, tasks
from services.executor.models import effects as rows
from services.executor.processors import NotOurs, OutcomeUnknown, Stopped
from shared.acts import By
from shared.errors import Conflict, NotFound

LEASES_A_TASK = 1 << 20
"""More claims than a task can ever have; keeps fences of a later task of the chain above those of an earlier one."""


@dataclass(frozen=True)
class Begun:
    """What to do: use the `outcome` that `stands`; else make the change, after asking whether an earlier attempt did
    if `interrupted`."""

    stands: bool
    interrupted: bool
    outcome: dict[str, Any]


def fence(task: AiTask) -> int:
    """A number that grows with each attempt of a whole chain of retries."""
    return task.retry_number * LEASES_A_TASK + task.lease


@feed.together
def begin(task: AiTask, name: str, key: str, *, now: datetime) -> Begun:
    """Write the intent, under the task's lease. NotOurs when that is lost, Stopped when somebody cancelled the task.

    A change that stands already is not made again. One that an earlier attempt began and did not settle is taken
    over: from here on the earlier attempt, should it still live, can settle nothing.
    """
    held, cancelled = tasks.holds(task.id, task.lease)
    if not held:
        raise NotOurs
    if cancelled:
        raise Stopped
    facts = {"task_id": task.id, "key": key, "fence": fence(task)}
    if rows.intend(task.origin, name, tenant_id=task.tenant_id, now=now, **facts):
        return Begun(stands=False, interrupted=False, outcome={})
    found = rows.find(task.origin, name)
    if found.status == "done":
        return Begun(stands=True, interrupted=False, outcome=found.outcome or {})
    if found.status == "unknown":
        raise OutcomeUnknown(f"outcome unknown: nobody knows whether {name} happened")
    again = found.status == "not_done"
    moved = rows.move(
        task.origin,
        name,
        [found.status],
        below=fence(task) + 1,
        status="intended",
        intended_at=now,
        settled_at=None,
        **facts,
    )
    if not moved:
        raise NotOurs
    return Begun(stands=False, interrupted=not again, outcome={})


def settle(task: AiTask, name: str, outcome: dict[str, Any], *, now: datetime) -> bool:
    """It happened. False when a later attempt has taken it over. The truth may come after the lease is lost, and
    after the task failed."""
    return _close(task, name, "settle", now, outcome)


def refuse(task: AiTask, name: str, reason: str, *, now: datetime) -> bool:
    """It did not happen, and the provider says so. False when a later attempt has taken it over."""
    return _close(task, name, "refuse", now, {"refused": reason[:1000]})


def lose(task: AiTask, name: str, reason: str, *, now: datetime) -> bool:
    """Nobody can tell whether it happened. False when a later attempt has taken it over."""
    return _close(task, name, "lose", now, {"reason": reason[:1000]})


@feed.together
def _close(task: AiTask, name: str, verb: str, now: datetime, outcome: dict[str, Any]) -> bool:
    told: dict[str, Any] = {"status": states.EFFECT.moves[verb][1], "settled_at": now, "outcome": outcome}
    if not rows.move(task.origin, name, ["intended"], at=fence(task), **told):
        late = [state for state in states.EFFECT.leaves(verb) if state == "unknown"]
        if not late or not rows.move(task.origin, name, late, at=fence(task), **told):
            return False
        if not rows.unknown_in(task.origin):
            rows.clear_unknown(task.origin)
    if told["status"] == "done":
        details = {"effect": name, "outcome": outcome}
        acts.record(by_of(task), "made effect", "ai-task", task.id, now=now, details=details)
    return True


def resolve(tenant_id: str, task_id: str, name: str, *, happened: bool, reason: str, by: By, now: datetime) -> Effect:
    """A person has looked outside and says whether an unknown change happened; then the task may be retried, and will
    not repeat it.

    NotFound for another tenant's task or no such effect; Conflict when the outcome is known.
    """
    with feed.transaction():
        task = tasks.named(tenant_id, task_id)
        effect = rows.find(task.origin, name) if task else None
        if effect is None:
            raise NotFound("There is no such effect.")
        verb = "resolve as happened" if happened else "resolve as not happened"
        after = states.EFFECT.after(verb, effect.status)
        told = {"resolvedBy": by.as_json(), "reason": reason, "happened": happened}
        moved = rows.move(
            task.origin,
            name,
            [effect.status],
            status=after,
            settled_at=now,
            outcome=told,
            resolved_by=by.as_json(),
            reason=reason,
        )
        if not moved:
            raise Conflict("Somebody else has just resolved it.")
        if not rows.unknown_in(task.origin):
            rows.clear_unknown(task.origin)
        details = {"effect": name, "happened": happened}
        acts.record(by, "resolved effect", "ai-task", task.id, now=now, reason=reason, details=details)
        return rows.find(task.origin, name) or effect
