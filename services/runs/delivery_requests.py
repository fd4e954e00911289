"""Requests deliveries from the executor. The first task has the delivery's id; each repetition is a new task, the next
of its retry chain."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.runs import delivery_kinds, models, states
from services.runs.delivery_kinds import DeliveryKind
from services.runs.models import Delivery, feed, replicas
from shared.contracts.strict import on_one_line
from shared.ground import ids
from shared.ground.errors import Conflict
from shared.ground.json_types import JsonObject
from shared.ground.principal import Principal

PRIORITY = 2
LONGEST_TITLE = 200
SOURCE_KIND = "guided-run"
NOT_SENT = ("failed", "cancelled")


@dataclass(frozen=True)
class Order:
    """What the executor is asked to send, and the parts of it that people see in runs."""

    title: str
    recipients: list[JsonObject]
    subject: str
    metadata: JsonObject
    body: str = ""


def queue(by: Principal, kind: DeliveryKind, order: Order, delivery_id: str, now: datetime, **where: Any) -> Delivery:
    """Request a delivery for the first time; with `leaves_at` it leaves then, and `undoes` says what taking it back until
    then restores. The database refuses a second one with the same id. Call it inside a transaction."""
    delivery = models.deliveries.add(
        id=delivery_id,
        tenant_id=by.tenant_id,
        kind=kind.name,
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


def resend(
    by: Principal,
    delivery: Delivery,
    order: Order,
    now: datetime,
    *,
    leaves_at: datetime | None = None,
    undoes: JsonObject | None = None,
) -> None:
    """Request a delivery again, as the next task of its chain; one that never left begins the chain. Conflict unless it
    failed, was cancelled or was withdrawn. Call it inside a transaction."""
    before = None if delivery.status == "withdrawn" else delivery.task_id
    failure = {"failure": {"status": delivery.status, "error": delivery.error, "taskId": before}} if before else {}
    next_task = ids.named("delivery", delivery.id, before, str(delivery.version)) if before else delivery.id
    delivery.write(
        status=states.DELIVERY.after("send again", delivery.status),
        error=None,
        settled_at=None,
        task_id=next_task,
        task_number=delivery.task_number + (1 if before else 0),
        task_version=0,
        recipients=order.recipients,
        subject=order.subject,
        body=order.body,
        by=by.as_json(),
        leaves_at=leaves_at,
        undoes=(undoes or {}) | failure,
    )
    _ask(by, delivery, order, before, now)


def require_outcome(delivery: Delivery | None) -> None:
    """Conflict while it is unknown whether it was sent, so that nothing is sent twice."""
    if delivery is not None and delivery.status == "unknown":
        raise Conflict("Nobody knows whether this went out; a person must look first.", allowed=["resolve"])


def source_of(delivery: Delivery) -> JsonObject:
    """The `source` of the AI tasks of a delivery in the executor's snapshots."""
    return {"service": feed.source, "kind": SOURCE_KIND, "id": delivery.run_id}


def is_ours(source: Mapping[str, Any] | None) -> bool:
    """Whether an AI task with this source was requested by a guided run."""
    return source is not None and (source["service"], source["kind"]) == (feed.source, SOURCE_KIND)


def _ask(by: Principal, delivery: Delivery, order: Order, retry_of: str | None, now: datetime) -> None:
    models.deliveries.ask_for_ai_task(
        id=delivery.task_id,
        tenant_id=delivery.tenant_id,
        title=order.title[:LONGEST_TITLE],
        processor=delivery_kinds.named(delivery.kind).processor,
        metadata=order.metadata,
        priority=PRIORITY,
        subject=delivery.partnership_id,
        source_kind=SOURCE_KIND,
        source_id=delivery.run_id,
        retry_of=retry_of,
        by=by.as_json(),
        created_at=now,
        run_at=delivery.leaves_at,
    )


def reply_to(by: Principal) -> JsonObject:
    """`{"replyTo": {name, email}}` of the sender; `{}` while the monitor has not published this person."""
    person = replicas.people.get_or_none(by.tenant_id, by.id)
    return {"replyTo": {"name": on_one_line(person.name), "email": person.email}} if person else {}
