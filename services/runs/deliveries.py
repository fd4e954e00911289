"""What the executor says of mails and invitations: written on the delivery, its row, the partnership and the step's count."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from services.runs import activities, gathering, models, results, states
from services.runs.models import Delivery, GuidedStep, Partnership, acts
from shared import clock
from shared.acts import By
from shared.reading import Change

EFFECTS = ("mail", "invite")
VERBS = {"sent": "settle", "failed": "fail", "unknown": "lose", "cancelled": "stop", "queued": "try again"}
HAPPENED = {
    "email": ("email_sent", "sent e-mail", "{}"),
    "invite": ("meeting_booked", "sent invitation", "Booked: {}"),
    "invite_change": ("meeting_changed", "sent changed invitation", "Moved: {}"),
    "invite_cancel": ("meeting_cancelled", "sent cancellation", "{}"),
}
"""By the kind of a delivery: the activity that it is once it went out, how the run's log says it, and its summary."""

FAILED = {"failed": "could not send", "unknown": "does not know whether it sent", "cancelled": "was kept from sending"}


def apply(change: Change) -> None:
    """Write the executor's newer word on one of our deliveries; every other AI task is none of ours.

    Of a chain the latest task counts, of a task its newest version. What went out stays so, whatever is said later.
    """
    data = change.data
    if change.deleted or (data["source"] or {}).get("service") != "runs":
        return
    mine = models.deliveries.of_task(change.tenant_id, data["origin"], data["id"])
    if mine is None or mine.run_id is None:
        return
    run = models.runs.alone(change.tenant_id, mine.run_id)
    delivery = models.deliveries.known(change.tenant_id, mine.id)
    if delivery is None or not _is_news(delivery, data, change.version):
        return
    before, status = delivery.status, status_of(data)
    if before == "sent" or before == status:
        delivery.write(**_heard(delivery, data, change.version))
        return
    after = states.DELIVERY.after(VERBS[status], before)
    settled = None if after == "queued" else change.now
    error = _why(data) if after in FAILED else None
    delivery.write(status=after, error=error, settled_at=settled, **_heard(delivery, data, change.version))
    by = By("ai_task", data["id"], data["title"], change.tenant_id)
    step = models.runs.step_known(delivery.step_id)
    if after == "sent":
        _sent(by, delivery, _sent_at(data, change.now), change.now)
    _row_follows(delivery, step, after, change.now)
    if step is not None:
        results.recount(step)
    models.runs.mark(run)
    _record(by, delivery, step, after, change.now)


def _is_news(delivery: Delivery, data: dict[str, Any], version: int) -> bool:
    return bool((_number(delivery, data), version) > (delivery.task_number, delivery.task_version))


def _number(delivery: Delivery, data: dict[str, Any]) -> int:
    """The place in the chain; one that the executor refused to take into the chain stands where it was to stand."""
    return delivery.task_number if data["id"] == delivery.task_id else int(data["retryNumber"])


def _heard(delivery: Delivery, data: dict[str, Any], version: int) -> dict[str, Any]:
    """How new the word is. A task that the executor refused is in no chain: the next is to follow the one before it, or its
    effect could be made twice."""
    if data["origin"] != delivery.id:
        before = models.deliveries.repeated_by(data["id"]) or delivery.id
        return {"task_id": before, "task_number": max(0, delivery.task_number - 1), "task_version": 0}
    return {"task_id": data["id"], "task_number": _number(delivery, data), "task_version": version}


def status_of(data: dict[str, Any]) -> str:
    """What an AI task's snapshot says of the mail: the effect counts, whatever became of the task around it."""
    effects = {one["status"] for one in data["effects"] if one["name"] in EFFECTS}
    if data["status"] == "success" or "done" in effects:
        return "sent"
    if data["status"] in ("queued", "running"):
        return "queued"
    unresolved = bool((data["error"] or {}).get("outcomeUnknown")) and "not_done" not in effects
    if "unknown" in effects or unresolved:
        return "unknown"
    return "cancelled" if data["status"] == "cancelled" else "failed"


def _why(data: dict[str, Any]) -> str:
    return str((data["error"] or {}).get("message") or "It was cancelled.")


def _sent_at(data: dict[str, Any], now: datetime) -> datetime:
    told = data["result"] if isinstance(data["result"], dict) else {}
    moment = told.get("sentAt") or data["finishedAt"]
    return clock.parse(moment) if moment else now


def _sent(by: By, delivery: Delivery, at: datetime, now: datetime) -> None:
    """It went out: an activity of its partnership, once, and the day of its next call."""
    partnership = _partnership(delivery)
    if partnership is None:
        return
    kind, _, said = HAPPENED[delivery.kind]
    activities.add(
        by,
        partnership,
        kind=kind,
        summary=said.format(delivery.subject),
        body=delivery.body,
        now=now,
        at=at,
        run_id=delivery.run_id,
        step_id=delivery.step_id,
        details={"subject": delivery.subject, "to": delivery.recipients, "deliveryId": delivery.id, "for": delivery.by},
        origin=delivery.id,
    )
    if delivery.kind in ("invite", "invite_change"):
        meeting = models.meetings.find(delivery.tenant_id, str(delivery.meeting_id))
        day = gathering.today_of(delivery.tenant_id, now).day_of(meeting.starts_at)
        if meeting.status == "booked" and partnership.next_call_on != day:
            models.partnerships.change(partnership, next_call_on=day, updated_at=now)


def _partnership(delivery: Delivery) -> Partnership | None:
    """Whom it went to, unless that partnership is gone."""
    if delivery.partnership_id is None:
        return None
    return models.partnerships.many(delivery.tenant_id, [delivery.partnership_id]).get(delivery.partnership_id)


def _row_follows(delivery: Delivery, step: GuidedStep | None, after: str, now: datetime) -> None:
    """The row is done while its mail is on its way or went out, and open again when it was not sent."""
    row = models.rows.known(step, delivery.row_id) if step else None
    if row is None or (row.outcome or {}).get("deliveryId") != delivery.id:
        return
    state = "open" if after in FAILED else "done"
    if row.state != state:
        models.rows.change(row, now, state=state)


def _record(by: By, delivery: Delivery, step: GuidedStep | None, after: str, now: datetime) -> None:
    """The act in the run's log."""
    verb = HAPPENED[delivery.kind][1] if after == "sent" else FAILED.get(after)
    if verb is None or delivery.run_id is None:
        return
    details: dict[str, Any] = {"subject": delivery.subject, "to": [one["email"] for one in delivery.recipients]}
    details |= {"deliveryId": delivery.id, "stepId": delivery.step_id, "step": step.title if step else None}
    acts.record(by, verb, "guided-run", delivery.run_id, now=now, reason=delivery.error, details=details)
