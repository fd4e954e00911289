"""Requests tasks for people from workflows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from services.runs import activities, models, people
from services.runs.models import Partnership, RequestedTask, acts, feed, replicas
from shared.contracts.commands import NOT_GIVEN, NotGiven
from shared.ground.principal import Principal

PRIORITY = 3


@dataclass(frozen=True, kw_only=True)
class RequestTask:
    """Request a task about a partnership. A missing owner is that of the partnership while they are here, else the
    caller."""

    title: str
    description: str = ""
    priority: int = PRIORITY
    due_date: date | None = None
    owner: str | None | NotGiven = NOT_GIVEN


def request_for_partnership(
    by: Principal, partnership_id: str, command: RequestTask, *, task_id: str, now: datetime
) -> RequestedTask:
    """Request a task about a partnership, under this id. NotFound; Invalid for an owner who is not an active person of
    the tenant."""
    with feed.transaction():
        partnership = models.partnerships.get_for_update(by.tenant_id, partnership_id)
        row = request(
            by,
            partnership,
            task_id=task_id,
            title=command.title,
            description=command.description,
            priority=command.priority,
            due_date=command.due_date,
            owner=_owner(by, partnership, command.owner),
            now=now,
        )
        details = {"title": row.title, "taskId": row.id}
        acts.record(by, "requested task", "partnership", partnership.id, now=now, details=details)
        return row


def _owner(by: Principal, partnership: Partnership, wanted: str | None | NotGiven) -> str | None:
    if not isinstance(wanted, NotGiven):
        people.require(by, wanted)
        return wanted
    owner = partnership.owner
    if owner is None or replicas.people.deactivated(by.tenant_id, owner):
        return by.id if by.kind == "person" else None
    return owner


def request(
    by: Principal,
    partnership: Partnership | None,
    *,
    task_id: str,
    title: str,
    description: str,
    priority: int,
    due_date: date | None,
    owner: str | None,
    now: datetime,
    run_id: str | None = None,
    step_id: str | None = None,
) -> RequestedTask:
    """Request a task, and add that to what happened with its partnership. Call it inside a transaction."""
    row = models.deliveries.request_task(
        id=task_id,
        tenant_id=by.tenant_id,
        partnership_id=partnership.id if partnership else None,
        partnership_name=partnership.name if partnership else None,
        run_id=run_id,
        step_id=step_id,
        title=title,
        description=description,
        priority=priority,
        due_date=due_date,
        owner=owner,
        status="asked",
        by=by.as_json(),
        created_at=now,
    )
    if partnership is not None:
        summary, details = f"Task: {title}", {"taskId": task_id}
        activities.add(
            by,
            partnership,
            kind="task_created",
            summary=summary,
            now=now,
            details=details,
            run_id=run_id,
            step_id=step_id,
        )
    return row
