"""AI tasks as workflows sees them: asked for again, and what the executor says came of them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from services.workflows import contacts, models, states, tasks
from services.workflows.models import Task, acts, feed
from shared import clock
from shared.acts import By
from shared.errors import Conflict, Invalid
from shared.reading import Change

CONTACT_UPDATER = "salesforce-contact-updater"
STATUS_AFTER = {
    "queued": "open",
    "running": "in_progress",
    "success": "completed",
    "failed": "open",
    "cancelled": "cancelled",
}
"""What a task is to people while its AI task is so; a failed one is open, because somebody must look at it."""


def execute(by: By, task_id: str, *, request_id: str, now: datetime, expected: int | None = None) -> Task:
    """Run an AI task once more, as the next of its retry chain; what stands outside is not done again.

    NotFound; Stale; Invalid for a task of a person; Conflict while it is queued or running, and while nobody knows
    whether its change outside was made.
    """
    with feed.transaction():
        row = models.tasks.find(by.tenant_id, task_id)
        row.expect(expected)
        if not row.auto_execute:
            raise Invalid("Only an AI task is executed.", errors={"taskId": ["This is a task for a person."]})
        again(by, row, request_id=request_id, now=now)
        return row


def again(by: By, row: Task, *, request_id: str, now: datetime) -> None:
    """Ask the executor for the next AI task of this task's chain. Conflict as in `execute`. Inside a transaction."""
    after = states.EXECUTION_STATUS.after("execute", str(row.execution_status))
    if outcome_unknown(row):
        raise Conflict("Nobody knows whether its change outside was made; resolve that first.", allowed=["resolve"])
    tasks.ask_for(by, row, request_id=request_id, retry_of=row.run_id, now=now)
    row.write(
        execution_status=after,
        execution_result=None,
        executed_at=None,
        status=STATUS_AFTER[after],
        completed_at=None,
        run_id=request_id,
        run_number=row.run_number + 1,
        run_version=0,
        updated_at=now,
    )
    _mark(row)
    acts.record(by, "executed task again", "task", row.id, now=now, details={"retryOf": row.run_id})


def outcome_unknown(row: Task) -> bool:
    """Whether nobody knows if the last attempt changed something outside."""
    return bool(((row.execution_result or {}).get("error") or {}).get("outcomeUnknown"))


def _mark(row: Task) -> None:
    if row.execution_id:
        feed.mark("workflow-execution", row.execution_id, row.tenant_id)


def apply(change: Change) -> None:
    """Write what the executor says of an AI task onto the task that it came from; of a chain the latest counts."""
    data = change.data
    if change.deleted:
        return
    row = models.tasks.alone(change.tenant_id, data["origin"])
    if row is None or (data["retryNumber"], change.version) <= (row.run_number, row.run_version):
        return
    status = data["status"]
    row.write(
        execution_status=status,
        execution_result=_result(data),
        executed_at=clock.parse(data["finishedAt"]) if data["finishedAt"] else None,
        run_id=data["id"],
        run_number=data["retryNumber"],
        run_version=change.version,
        standing_effects=[effect["name"] for effect in data["effects"] if effect["status"] == "done"],
        updated_at=change.now,
        **_status(row, status, change.now),
    )
    _mark(row)
    if status == "success":
        _apply_outcome(row, data, change.now)


def _result(data: dict[str, Any]) -> dict[str, Any] | None:
    """What came of it: the processor's result, or the error without its stack trace, which only developers see,
    elsewhere."""
    if data["error"]:
        told = {name: data["error"].get(name) for name in ("type", "message", "permanent", "outcomeUnknown")}
        return {"error": told}
    return data["result"]


def _status(row: Task, execution_status: str, now: datetime) -> dict[str, Any]:
    if row.execution_status == execution_status:
        return {}
    after = STATUS_AFTER[execution_status]
    return {"status": after, "completed_at": now if after == "completed" else None}


def _apply_outcome(row: Task, data: dict[str, Any], now: datetime) -> None:
    """Where the metadata asked for it, our own contacts follow what the CRM was told; once for the whole chain."""
    metadata = row.metadata or {}
    if row.outcome_applied_at or row.processor != CONTACT_UPDATER or not metadata.get("updateCustomer"):
        return
    by = By("ai_task", data["id"], row.title, row.tenant_id)
    if row.customer_id:
        old, new = metadata["oldContact"]["salesforceId"], metadata["newContact"]["salesforceId"]
        contacts.hand_over(by, row.customer_id, old, new, now=now)
    row.write(outcome_applied_at=now)
