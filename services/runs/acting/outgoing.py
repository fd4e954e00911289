"""What goes out by the executor: asked for once under the delivery's id, and again as the next of its chain."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.runs import models, states
from services.runs.models import Delivery, copies
from shared import ids
from shared.acts import By
from shared.errors import Conflict

PRIORITY = 2
LONGEST_TITLE = 200
NOT_SENT = ("failed", "cancelled")


@dataclass(frozen=True)
class Order:
    """What the executor is asked to do, and what people see of it here."""

    processor: str
    title: str
    recipients: list[dict[str, Any]]
    subject: str
    metadata: dict[str, Any]
    body: str = ""


def queue(by: By, kind: str, order: Order, delivery_id: str, now: datetime, **where: Any) -> Delivery:
    """Ask for it for the first time. The database refuses a second one of this id. Inside a transaction."""
    delivery = models.deliveries.add(
        id=delivery_id,
        tenant_id=by.tenant_id,
        kind=kind,
        recipients=order.recipients,
        subject=order.subject,
        body=order.body,
        status="queued",
        task_id=delivery_id,
        by=by.as_json(),
        created_at=now,
        **where,
    )
    _ask(by, delivery, order, None, now)
    return delivery


def again(by: By, delivery: Delivery, order: Order, now: datetime) -> None:
    """Ask for the next of the chain of one that was not sent. Conflict for any other. Inside a transaction."""
    before, number = delivery.task_id, delivery.task_number + 1
    delivery.write(
        status=states.DELIVERY.after("send again", delivery.status),
        error=None,
        settled_at=None,
        task_id=ids.named("delivery", delivery.id, before, str(delivery.version)),
        task_number=number,
        task_version=0,
        recipients=order.recipients,
        subject=order.subject,
        body=order.body,
        by=by.as_json(),
    )
    _ask(by, delivery, order, before, now)


def require_known(delivery: Delivery | None) -> None:
    """Conflict while nobody knows whether it went out: nothing is sent twice on a guess."""
    if delivery is not None and delivery.status == "unknown":
        raise Conflict("Nobody knows whether this went out; a person must look first.", allowed=["resolve"])


def _ask(by: By, delivery: Delivery, order: Order, retry_of: str | None, now: datetime) -> None:
    models.deliveries.ask_for_ai_task(
        id=delivery.task_id,
        tenant_id=delivery.tenant_id,
        title=order.title[:LONGEST_TITLE],
        processor=order.processor,
        metadata=order.metadata,
        priority=PRIORITY,
        subject=delivery.partnership_id,
        source_kind="guided-run",
        source_id=delivery.run_id,
        retry_of=retry_of,
        by=by.as_json(),
        created_at=now,
    )


def reply_to(by: By) -> dict[str, Any]:
    """Where an answer goes: to the person who sends, where the monitor has told of them."""
    person = copies.people.known(by.tenant_id, by.id)
    return {"replyTo": {"name": person.name, "email": person.email}} if person else {}
