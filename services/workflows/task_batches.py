"""Does one action with many tasks, and takes it back.

All of it is one transaction: whoever dies in between has done nothing, and a second time finds everything as it should
be. Each task has its own receipt, so that one that cannot be done holds up no other.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from services.workflows import batch_undo, models
from services.workflows.commands import ActOnTasks
from services.workflows.models import Task, TaskBatch, acts, feed
from services.workflows.task_actions import ACTIONS, Asked
from services.workflows.task_moves import ENDED, check_workflow, mark_execution
from shared.database.stored_columns import columns_as_json, columns_from_json
from shared.ground.errors import Conflict, Stale
from shared.ground.json_types import JsonObject
from shared.ground.principal import Principal

RESTORED = ("status", "snoozed_until", "snooze_reason", "completed_at", "owner", "priority")
"""The columns that an action may change, and that taking it back restores."""

NOT_FOUND = {"outcome": "not_found", "reason": "There is no such task."}
CHANGED_SINCE = "It has changed since."


def act(by: Principal, command: ActOnTasks, *, batch_id: str, now: datetime, daily_at: str) -> TaskBatch:
    """Do an action with many tasks, each once. Invalid for an owner who is not in the tenant or has left, and for a moment that
    is past; whatever concerns one task alone is in its receipt."""
    action, asked = ACTIONS[command.action], Asked(by, command, batch_id, now, daily_at)
    with feed.transaction():
        prepared = action.prepare(asked)
        task_ids = list(dict.fromkeys(command.task_ids))
        parts, rows = models.tasks.get_many_with_parts(by.tenant_id, task_ids)
        before = {row.id: columns_as_json(row, RESTORED) for row in (*rows.values(), *parts)}
        receipts: list[JsonObject] = []
        changes: list[JsonObject] = []
        done: list[Task] = []
        for task_id in task_ids:
            row = rows.get(task_id)
            if row is not None and row.parent_task_id in rows:
                row = models.tasks.get(by.tenant_id, task_id)  # it may have moved with its parent
            if row is None:
                receipts.append({"id": task_id, "title": None} | NOT_FOUND)
                continue
            try:
                with feed.savepoint():
                    row.expect(command.versions.get(task_id))
                    changed = action.apply(asked, row, prepared)
            except (Conflict, Stale) as refused:
                receipts.append(_receipt(row, "refused") | _why(refused))
                continue
            receipts.append(_receipt(row, "changed" if changed else "unchanged"))
            changes += [{"id": task.id, "version": task.version, "before": before[task.id]} for task in changed]
            done += [row] if changed else []
        action.after(asked, done)
        return models.task_batches.add(
            id=batch_id,
            tenant_id=by.tenant_id,
            action=action.key,
            by=by.as_json(),
            receipts=receipts,
            changes=changes,
            created_at=now,
        )


def undo(by: Principal, batch_id: str, *, now: datetime) -> list[JsonObject]:
    """Make the tasks of a batch what they were before it. Returns a receipt for each that it had changed; one that
    somebody has changed since stays as it is.

    NotFound; Forbidden for what another person did; Conflict if it was taken back already.
    """
    with feed.transaction():
        batch = models.task_batches.get(by.tenant_id, batch_id, for_update=True)
        batch_undo.check(by, batch)
        rows = models.tasks.get_many(by.tenant_id, [change["id"] for change in batch.changes])
        receipts = [_restore(by, batch, change, rows.get(change["id"]), now) for change in batch.changes]
        batch.write(undone_at=now)
        return receipts


def _restore(by: Principal, batch: TaskBatch, change: JsonObject, row: Task | None, now: datetime) -> JsonObject:
    if row is None:
        return {"id": change["id"], "title": None} | NOT_FOUND
    if row.version != change["version"]:
        return _receipt(row, "refused") | {"reason": CHANGED_SINCE}
    before = change["before"]
    if row.status in ENDED and before["status"] not in ENDED:
        try:
            check_workflow(row)
        except Conflict as refused:
            return _receipt(row, "refused") | _why(refused)
    row.write(updated_at=now, **columns_from_json(Task, before))
    mark_execution(row)
    acts.record(by, "took back", "task", row.id, now=now, details={"action": batch.action, "batchId": batch.id})
    return _receipt(row, "changed")


def _receipt(row: Task, outcome: str) -> JsonObject:
    return {"id": row.id, "title": row.title, "outcome": outcome, "version": row.version}


def _why(refused: Conflict | Stale) -> JsonObject:
    parts: Any = refused.details.get("subTasks")
    return {"reason": str(refused)} | ({"openSubTasks": parts} if parts else {})
