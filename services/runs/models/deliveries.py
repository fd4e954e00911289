"""Queries and writes on mails, invitations and requests to other services."""

from __future__ import annotations

from typing import Any

from services.runs.models.exchange import Delivery, Request, RequestedTask, outgoing_requests
from services.runs.models.tables import GuidedStep
from shared.ground.json_types import JsonObject


def add(**values: Any) -> Delivery:
    """Write a new delivery."""
    return Delivery.create(**values)


def get_or_none(tenant_id: str, delivery_id: str) -> Delivery | None:
    """The delivery or None, locked until the transaction ends."""
    return Delivery.get_or_none_for(tenant_id, delivery_id, for_update=True)


def of_task(tenant_id: str, origin: str, task_id: str) -> Delivery | None:
    """The delivery of an AI task: found by the first task of its chain, or by its latest."""
    of_latest = Delivery.for_tenant(tenant_id).where(Delivery.task_id == task_id)
    return Delivery.get_or_none_for(tenant_id, origin) or of_latest.first()


def of_step(step: GuidedStep) -> list[Delivery]:
    """The deliveries of a step, the earliest first."""
    query = Delivery.for_tenant(step.tenant_id).where(Delivery.step_id == step.id)
    return list(query.order_by(Delivery.created_at, Delivery.id))


def ask_for_ai_task(**values: Any) -> None:
    """Request an AI task from the executor."""
    outgoing_requests.request_ai_tasks([values])


def withdraw_request(tenant_id: str, task_id: str) -> bool:
    """Delete the request for this AI task if it was not published yet; False when it was."""
    return outgoing_requests.withdraw(tenant_id, task_id)


def repeated_by(tenant_id: str, task_id: str) -> str | None:
    """The AI task that the request with this id repeats."""
    row = Request.get_or_none_for(tenant_id, task_id)
    return row.body["retryOf"] if row else None


def request_task(**values: Any) -> RequestedTask:
    """Request a task for a person from workflows."""
    row = RequestedTask.create(**values)
    outgoing_requests.add(
        row.id, "task-request", tenant_id=row.tenant_id, source_id=row.run_id or "", body=_task(row), now=row.created_at
    )
    return row


def _task(row: RequestedTask) -> JsonObject:
    return {
        "title": row.title,
        "description": row.description or None,
        "priority": row.priority,
        "dueDate": row.due_date.isoformat() if row.due_date else None,
        "snoozedUntil": None,
        "snoozeReason": None,
        "customerId": None,
        "executionId": None,
        "partnershipId": row.partnership_id,
        "partnershipName": row.partnership_name,
        "owner": row.owner,
        "relatedAction": None,
        "source": _source(row),
        "by": row.by,
    }


def _source(row: RequestedTask) -> JsonObject:
    """The run that the task was requested in, else the partnership that it is about."""
    if row.run_id or not row.partnership_id:
        return {"service": "runs", "kind": "guided-run", "id": row.run_id or ""}
    return {"service": "runs", "kind": "partnership", "id": row.partnership_id}


def get_task_or_none(tenant_id: str, task_id: str) -> RequestedTask | None:
    """The requested task with this id, or None."""
    return RequestedTask.get_or_none_for(tenant_id, task_id)


def write_task(row: RequestedTask, version: int, **values: Any) -> bool:
    """Write a task's state from workflows. Returns False if a version as new or newer is stored."""
    update = RequestedTask.update_for(row.tenant_id, task_version=version, **values)
    return bool(update.where(RequestedTask.id == row.id, RequestedTask.task_version < version).execute())


def tasks_of(step: GuidedStep) -> list[RequestedTask]:
    """The tasks that were requested in a step, the earliest first."""
    query = RequestedTask.for_tenant(step.tenant_id).where(RequestedTask.step_id == step.id)
    return list(query.order_by(RequestedTask.created_at, RequestedTask.id))


notify = outgoing_requests.notify
