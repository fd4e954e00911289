"""Questions about mails and invitations on their way, and requests to the executor and the monitor."""

from __future__ import annotations

from typing import Any

from services.runs.models.exchange import AiTaskRequest, AskedTask, Delivery, requests
from services.runs.models.table import feed
from shared.rows import held


def add(**values: Any) -> Delivery:
    """Write that something is on its way."""
    return Delivery.create(**values)


def known(tenant_id: str, delivery_id: str) -> Delivery | None:
    """The delivery, if there is one, held until the transaction ends."""
    return held(Delivery.select().where((Delivery.id == delivery_id) & (Delivery.tenant_id == tenant_id))).first()


def of_task(tenant_id: str, origin: str, task_id: str) -> Delivery | None:
    """The delivery that an AI task belongs to: by the first of its chain, or as the latest of it."""
    mine = Delivery.tenant_id == tenant_id
    return Delivery.get_or_none(mine & (Delivery.id == origin)) or Delivery.get_or_none(
        mine & (Delivery.task_id == task_id)
    )


def of_step(step_id: str) -> list[Delivery]:
    """What was sent from a step, the earliest first."""
    return list(Delivery.select().where(Delivery.step_id == step_id).order_by(Delivery.created_at, Delivery.id))


def ask_for_ai_task(**values: Any) -> None:
    """Ask the executor for an AI task."""
    requests.ask_for_ai_tasks([values])


def repeated_by(task_id: str) -> str | None:
    """The AI task that the request of this id is to repeat."""
    row = AiTaskRequest.get_or_none(AiTaskRequest.id == task_id)
    return row.retry_of if row else None


def ask_for_task(**values: Any) -> AskedTask:
    """Ask workflows for a task for a person."""
    row = AskedTask.create(**values)
    feed.mark("task-request", row.id, row.tenant_id)
    return row


def task_known(tenant_id: str, task_id: str) -> AskedTask | None:
    """The task that was asked for under this id, if there is one."""
    return AskedTask.get_or_none((AskedTask.id == task_id) & (AskedTask.tenant_id == tenant_id))


def tell_task(row: AskedTask, version: int, **values: Any) -> bool:
    """Write a newer word of workflows on a task; False when it is none."""
    newer = (AskedTask.id == row.id) & (AskedTask.task_version < version)
    return bool(AskedTask.update(task_version=version, **values).where(newer).execute())


def tasks_of(step_id: str) -> list[AskedTask]:
    """The tasks that were asked for in a step, the earliest first."""
    return list(AskedTask.select().where(AskedTask.step_id == step_id).order_by(AskedTask.created_at, AskedTask.id))


def notify(**values: Any) -> None:
    """Ask the monitor to tell somebody."""
    requests.notify(**values)
