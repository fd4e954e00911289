"""Takes back mails and invitations that have not left yet, and lets leave those whose time has come.

A delivery that waits is a request of ours that was not published: whoever deletes or publishes it first decides, in one
statement, so that the answer to "was it sent?" is always true (docs/guided-runs.md, "Nothing leaves by accident").
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from services.runs import calendars, delivery_kinds, models, states
from services.runs.action_types import invitations
from services.runs.models import Delivery, GuidedStep, Meeting, acts, feed
from services.runs.step_rows import step_counts
from shared.database.connection import session
from shared.ground import clock
from shared.ground.errors import Conflict, NotFound, TandemError
from shared.ground.principal import Principal

FAILED_VERBS = {"failed": "fail", "cancelled": "stop"}
"""By what a delivery was before it was sent again: the verb that brings it back there."""


@dataclass(frozen=True)
class Withdrawal:
    """What became of taking one back: withdrawn, or refused with the reason, and when it left."""

    id: str
    status: str
    reason: str | None = None
    left_at: str | None = None


def release_due(*, now: datetime) -> int:
    """Publish the requests whose time has come. Returns how many."""
    with session(models.db):
        if not models.outgoing_requests.are_due(now=now):
            return 0
        with feed.transaction():
            return models.outgoing_requests.release_due(now=now)


def withdraw(by: Principal, run_id: str, delivery_id: str, *, now: datetime) -> Delivery:
    """Take back a mail or an invitation: nobody gets it, the call is again as it was, and the row is open again. Whoever
    takes it back a second time finds it withdrawn.

    NotFound for a delivery of another run; Conflict, with `leftAt`, when it has left, and when the call was changed since
    or its old time is taken.
    """
    with feed.transaction():
        run = models.runs.get_for_update(by.tenant_id, run_id)
        delivery = models.deliveries.get_or_none(by.tenant_id, delivery_id)
        if delivery is None or delivery.run_id != run.id:
            raise NotFound("There is no such mail or invitation in this run.")
        if delivery.status == "withdrawn":
            return delivery
        if delivery.status not in ("queued", "sent"):
            raise Conflict(f"It is {delivery.status}; nothing of it waits.", allowed=[])
        if not models.deliveries.withdraw_request(delivery.tenant_id, delivery.task_id):
            raise _left(delivery)
        _restore(delivery, now)
        _take_back(delivery)
        step = models.runs.step_or_none(by.tenant_id, delivery.step_id)
        if step is not None:
            step_counts.recount(step)
        models.runs.mark(run)
        _record(by, delivery, step, now)
        return delivery


def withdraw_many(by: Principal, run_id: str, delivery_ids: Sequence[str], *, now: datetime) -> list[Withdrawal]:
    """Take back several, in a transaction each, and say of each what became of it. NotFound for a run that is none."""
    models.runs.find(by.tenant_id, run_id)
    return [_withdrawn(by, run_id, delivery_id, now) for delivery_id in delivery_ids]


def _withdrawn(by: Principal, run_id: str, delivery_id: str, now: datetime) -> Withdrawal:
    try:
        return Withdrawal(delivery_id, withdraw(by, run_id, delivery_id, now=now).status)
    except TandemError as error:
        left_at = error.details.get("leftAt")
        return Withdrawal(delivery_id, "refused", error.message, str(left_at) if left_at else None)


def _left(delivery: Delivery) -> Conflict:
    """The refusal for a delivery that has left, with the moment."""
    noun = delivery_kinds.named(delivery.kind).noun
    left = delivery.settled_at if delivery.status == "sent" else delivery.leaves_at or delivery.created_at
    moment = clock.rfc3339(left or delivery.created_at)
    said = "was already sent" if delivery.status == "sent" else "has already left"
    return Conflict(f"The {noun} {said}, at {moment}.", allowed=[], leftAt=moment)


def _take_back(delivery: Delivery) -> None:
    """Withdrawn; or failed as before, for one that was sent again, whose next task follows the one that failed."""
    failure = (delivery.undoes or {}).get("failure") or {}
    after = states.DELIVERY.after(FAILED_VERBS[failure["status"]] if failure else "withdraw", delivery.status)
    delivery.write(
        status=after,
        error=failure.get("error"),
        task_id=failure.get("taskId") or delivery.id,
        task_number=delivery.task_number - 1 if failure else 0,
        leaves_at=None,
        undoes=None,
    )


def _restore(delivery: Delivery, now: datetime) -> None:
    """The call and the row as they were before."""
    undoes = delivery.undoes or {}
    if delivery.meeting_id and "meeting" in undoes:
        _restore_meeting(delivery, undoes["meeting"], now)
    row = models.rows.of_delivery(delivery)
    if row is not None and "row" in undoes and (row.outcome or {}).get("deliveryId") in (None, delivery.id):
        models.rows.change(row, now, **undoes["row"])


def _restore_meeting(delivery: Delivery, undoes: dict[str, str], now: datetime) -> None:
    meeting: Meeting = models.meetings.get_for_update(delivery.tenant_id, str(delivery.meeting_id))
    latest = invitations.latest(meeting)
    if latest is None or latest.id != delivery.id:
        raise Conflict("The call was changed since; take that back first.", allowed=[])
    after = states.MEETING.after(undoes["verb"], meeting.status)
    starts_at = clock.parse(undoes["startsAt"]) if "startsAt" in undoes else meeting.starts_at
    ends_at = clock.parse(undoes["endsAt"]) if "endsAt" in undoes else meeting.ends_at
    if after == "booked":
        calendars.reserve(meeting, starts_at, ends_at, now)
    meeting.write(status=after, starts_at=starts_at, ends_at=ends_at)


def _record(by: Principal, delivery: Delivery, step: GuidedStep | None, now: datetime) -> None:
    kind = delivery_kinds.named(delivery.kind)
    to = [recipient["email"] for recipient in delivery.recipients]
    details = {"subject": delivery.subject, "to": to, "deliveryId": delivery.id}
    details |= {"stepId": step.id, "step": step.title} if step else {}
    acts.record(by, f"took back {kind.noun}", "guided-run", str(delivery.run_id), now=now, details=details)
