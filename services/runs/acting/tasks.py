"""Tasks for people, asked of workflows and linked to their partnership."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from services.runs import activities, gathering, models, people
from services.runs.acting.done import Done, Place, finish, one, place, settle
from services.runs.models import feed
from services.runs.wanting import wanted
from shared import ids
from shared.acts import By
from shared.errors import Conflict

PRIORITY = 3


def create(
    by: By, run_id: str, step_id: str, told: dict[str, Any], *, new_id: str, now: datetime, expected: int | None = None
) -> Done:
    """Ask for a task; for a row, the same title again is the same task. What is not told comes from the step's config.
    Invalid for an owner who is nobody here."""
    with feed.transaction():
        found = place(by, run_id, step_id, told, expected)
        if found.row is not None and found.row.subject_kind == "partnership" and found.partnership is None:
            raise Conflict(f"{found.row.shown['name']} is there no more.", allowed=["set_aside"])
        task_id = ids.named("asked-task", found.row.id, told["title"]) if found.row else new_id
        if models.deliveries.task_known(by.tenant_id, task_id) is None:
            _ask(by, found, told, task_id, now)
            finish(by, found, "create_task", now, taskId=task_id)
            settle(by, found, "created task", now, title=told["title"], taskId=task_id)
        return one("done", found, task_id)


def _ask(by: By, found: Place, told: dict[str, Any], task_id: str, now: datetime) -> None:
    config = wanted(found.step.action_type, found.step.config).task
    owner = told.get("owner", found.step.owner or found.run.owner or by.id)
    if "owner" in told:
        people.require(by, owner)
    partnership = found.partnership
    models.deliveries.ask_for_task(
        id=task_id,
        tenant_id=by.tenant_id,
        partnership_id=partnership.id if partnership else None,
        partnership_name=partnership.name if partnership else None,
        title=told["title"],
        description=told.get("description") or "",
        priority=told.get("priority") or config.get("priority") or PRIORITY,
        due_date=told["due_date"] if "due_date" in told else _due(found, config, now),
        owner=owner,
        status="asked",
        by=by.as_json(),
        created_at=now,
        **found.here,
    )
    if partnership is not None:
        details = {"taskId": task_id}
        summary = f"Task: {told['title']}"
        activities.add(by, partnership, kind="task_created", summary=summary, now=now, details=details, **found.here)


def _due(found: Place, config: Any, now: datetime) -> date | None:
    days = config.get("dueInDays")
    return gathering.today_of(found.run.tenant_id, now).day + timedelta(days=days) if days else None
