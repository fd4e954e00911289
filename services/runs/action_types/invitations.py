"""Requests invitations to calls, their changes and cancellations from the executor, once for each sequence number of a
call."""

from __future__ import annotations

from datetime import datetime

from services.runs import delivery_kinds, delivery_requests, models
from services.runs.action_types.action import ActionContext
from services.runs.days import Today
from services.runs.delivery_kinds import INVITE_CANCEL, DeliveryKind
from services.runs.delivery_requests import Order
from services.runs.models import Delivery, Meeting, replicas
from shared.contracts.strict import on_one_line
from shared.ground import clock, ids
from shared.ground.json_types import JsonObject
from shared.ground.principal import Principal

NO_ADDRESS = "calls@tandem.invalid"
"""The organizer's address for a person whom the monitor has not published yet, because an invitation needs one."""


def send(context: ActionContext, meeting: Meeting, kind: DeliveryKind, undoes: JsonObject) -> None:
    """Request the mail to the guests; `undoes` is what taking it back restores, by the verb of the call."""
    by, now = context.by, context.now
    delivery_requests.queue(
        by,
        kind,
        _order(by, meeting, kind, now),
        delivery_id(meeting),
        now,
        leaves_at=context.leaves_at,
        undoes=undoes,
        partnership_id=meeting.partnership_id,
        run_id=meeting.run_id,
        step_id=meeting.step_id,
        row_id=meeting.row_id,
        meeting_id=meeting.id,
    )


def send_again(context: ActionContext, meeting: Meeting) -> None:
    """Request the latest invitation again if it was not sent. Conflict while it is unknown whether it was sent."""
    by, now = context.by, context.now
    delivery = latest(meeting)
    delivery_requests.require_outcome(delivery)
    if delivery is not None and delivery.status in delivery_requests.NOT_SENT:
        order = _order(by, meeting, delivery_kinds.named(delivery.kind), now)
        delivery_requests.resend(by, delivery, order, now, leaves_at=context.leaves_at)


def status(meeting: Meeting) -> str:
    """The status of an action that finds the call as it wants it: queued while its invitation is on its way, else
    done."""
    delivery = latest(meeting)
    return "queued" if delivery is not None and delivery.status == "queued" else "done"


def delivery_id(meeting: Meeting) -> str:
    """The id of the invitation to a call as it is now."""
    return _delivery_id(meeting, meeting.sequence)


def latest(meeting: Meeting) -> Delivery | None:
    """The latest invitation to a call that was not taken back, locked until the transaction ends; None without one. Taking
    one back leaves the sequence number, so that the next has another."""
    for sequence in range(meeting.sequence, -1, -1):
        delivery = models.deliveries.get_or_none(meeting.tenant_id, _delivery_id(meeting, sequence))
        if delivery is not None and delivery.status != "withdrawn":
            return delivery
    return None


def _delivery_id(meeting: Meeting, sequence: int) -> str:
    return ids.named("delivery", meeting.id, str(sequence))


def _order(by: Principal, meeting: Meeting, kind: DeliveryKind, now: datetime) -> Order:
    """The order for the executor. The subject names the day in the time zone of the guests."""
    today = Today(now, meeting.time_zone)
    day = today.said(today.day_of(meeting.starts_at))
    cancelled = kind is INVITE_CANCEL
    return Order(
        title=f"{'Cancellation' if cancelled else 'Invitation'}: {meeting.title}",
        recipients=meeting.attendees,
        subject=f"{'Cancelled: ' if cancelled else ''}{meeting.title}, {day}",
        metadata=_metadata(by, meeting, "CANCEL" if cancelled else "REQUEST"),
    )


def _metadata(by: Principal, meeting: Meeting, method: str) -> JsonObject:
    return {
        "uid": meeting.uid,
        "sequence": meeting.sequence,
        "method": method,
        "title": meeting.title,
        **({"description": meeting.description} if meeting.description else {}),
        "startsAt": clock.rfc3339(meeting.starts_at),
        "endsAt": clock.rfc3339(meeting.ends_at),
        "timeZone": meeting.time_zone,
        "organizer": _organizer(by, meeting),
        "attendees": meeting.attendees,
        "partnershipId": meeting.partnership_id,
    }


def _organizer(by: Principal, meeting: Meeting) -> dict[str, str]:
    """The owner of the call, else the caller."""
    owner = replicas.people.get_or_none(by.tenant_id, meeting.owner) if meeting.owner else None
    if owner is not None:
        return {"name": on_one_line(owner.name), "email": owner.email}
    return delivery_requests.reply_to(by).get("replyTo") or {"name": on_one_line(by.name), "email": NO_ADDRESS}
