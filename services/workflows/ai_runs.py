"""Repeats AI tasks, and applies their state in the executor's feed to the tasks that they come from."""

from __future__ import annotations

from datetime import datetime

from services.workflows import contacts, models, states, task_moves, tasks
from services.workflows.models import Task, acts, feed
from services.workflows.planning.ai_task_rules import CRM_CONTACT_UPDATE
from shared.database.model import Columns
from shared.feed.consumer import Change
from shared.ground import clock
from shared.ground.errors import Conflict, Invalid
from shared.ground.json_types import JsonObject
from shared.ground.principal import Principal

STATUS_AFTER = {
    "queued": "open",
    "running": "in_progress",
    "success": "completed",
    "failed": "open",
    "cancelled": "cancelled",
}
"""The status of a task by that of its AI task; open after a failure, because a person must look at it."""

ENDED = {"success": "executed task", "failed": "failed at task"}
"""The act of an AI task whose execution ends in a status."""

LONGEST_REASON = 500


def execute(by: Principal, task_id: str, *, request_id: str, now: datetime, expected: int | None = None) -> Task:
    """Run an AI task again, as the next of its retry chain. Effects that were made are not repeated.

    NotFound; Stale; Invalid for a task of a person; Conflict while it is queued or running, and while it is unknown
    whether its effect was made.
    """
    with feed.transaction():
        row = models.tasks.get(by.tenant_id, task_id)
        row.expect(expected)
        if not row.auto_execute:
            raise Invalid("Only an AI task is executed.", errors={"taskId": ["This is a task for a person."]})
        retry(by, row, request_id=request_id, now=now)
        return row


def retry(by: Principal, row: Task, *, request_id: str, now: datetime) -> None:
    """Request the next AI task of this task's chain from the executor. Conflict as in `execute`. Call it inside a
    transaction."""
    after = states.TASK_EXECUTION.after("execute", str(row.execution_status))
    if outcome_unknown(row):
        raise Conflict("Nobody knows whether its change outside was made; resolve that first.", allowed=["resolve"])
    tasks.request_ai_task(by, row, request_id=request_id, retry_of=row.run_id, now=now)
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
    task_moves.mark_execution(row)
    acts.record(by, "executed task again", "task", row.id, now=now, details={"retryOf": row.run_id})


def outcome_unknown(row: Task) -> bool:
    """Whether it is unknown if the last attempt changed an external system."""
    return bool(((row.execution_result or {}).get("error") or {}).get("outcomeUnknown"))


def apply(change: Change) -> None:
    """Write the state of an AI task on the task that it comes from. Only the latest task of a retry chain counts."""
    data = change.data
    if change.deleted or (data["source"] or {}).get("service") != feed.source:
        return
    row = models.tasks.get_or_none_for_update(change.tenant_id, data["origin"])
    if (
        row is None
        or not _is_its_own(row, data)
        or (data["retryNumber"], change.version) <= (row.run_number, row.run_version)
    ):
        return
    status, before = data["status"], row.execution_status
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
    task_moves.mark_execution(row)
    if status != before and status in ENDED:
        _record_end(row, data, change.now)
    if status == "success":
        _apply_outcome(row, data, change.now)


def _record_end(row: Task, data: JsonObject, now: datetime) -> None:
    """Record that the AI task did it, or why it could not."""
    by = Principal("ai_task", data["id"], row.title, row.tenant_id)
    reason = (data["error"] or {}).get("message")
    acts.record(by, ENDED[data["status"]], "task", row.id, now=now, reason=reason and str(reason)[:LONGEST_REASON])


def _is_its_own(row: Task, data: JsonObject) -> bool:
    """Whether this AI task is the requested one, and not another with the same id."""
    kind, source_id = tasks.source_of(row)
    source = {"service": feed.source, "kind": kind, "id": source_id}
    return row.auto_execute and row.processor == data["processor"] and data["source"] == source


def _result(data: JsonObject) -> JsonObject | None:
    """The processor's result, or the error without its stack trace, which only the monitor shows to developers."""
    if data["error"]:
        return {"error": {name: data["error"].get(name) for name in ("type", "message", "permanent", "outcomeUnknown")}}
    return data["result"]


def _status(row: Task, execution_status: str, now: datetime) -> Columns:
    if row.execution_status == execution_status:
        return {}
    after = STATUS_AFTER[execution_status]
    return {"status": after, "completed_at": now if after == "completed" else None}


def _apply_outcome(row: Task, data: JsonObject, now: datetime) -> None:
    """After a contact update whose metadata asks for it, hand the contact over here too; once for the whole retry
    chain."""
    metadata = row.metadata or {}
    if row.outcome_applied_at or row.processor != CRM_CONTACT_UPDATE.processor or not metadata.get("updateCustomer"):
        return
    by = Principal("ai_task", data["id"], row.title, row.tenant_id)
    if row.customer_id:
        old, new = metadata["oldContact"]["salesforceId"], metadata["newContact"]["salesforceId"]
        contacts.hand_over(by, row.customer_id, old, new, now=now)
    row.write(outcome_applied_at=now)
