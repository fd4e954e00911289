"""Applies the state of an AI task to its delivery, and from there to the row, the partnership, the step's counts and
the run's log."""

from __future__ import annotations

from datetime import datetime

from services.runs import activities, delivery_kinds, delivery_requests, models, states
from services.runs.days import today_of
from services.runs.models import Delivery, GuidedStep, Partnership, acts
from services.runs.step_rows import step_counts
from shared.database.model import Columns
from shared.feed.consumer import Change
from shared.ground import clock
from shared.ground.json_types import JsonObject
from shared.ground.principal import Principal

VERBS = {"sent": "settle", "failed": "fail", "unknown": "lose", "cancelled": "stop", "queued": "try again"}
FAILURE_VERBS = {
    "failed": "could not send",
    "unknown": "does not know whether it sent",
    "cancelled": "was kept from sending",
}


def apply(change: Change) -> None:
    """Write the state of an AI task on its delivery; AI tasks without one are ignored.

    Only the latest task of a retry chain counts, in its newest version. The status `sent` is final.
    """
    data = change.data
    if change.deleted or not delivery_requests.is_ours(data["source"]):
        return
    mine = models.deliveries.of_task(change.tenant_id, data["origin"], data["id"])
    if mine is None or mine.run_id is None or data["source"] != delivery_requests.source_of(mine):
        return
    run = models.runs.get_for_update(change.tenant_id, mine.run_id)
    delivery = models.deliveries.get_or_none(change.tenant_id, mine.id)
    if delivery is None or not _is_news(delivery, data, change.version):
        return
    before, status = delivery.status, status_of(delivery, data)
    if before == "sent" or before == status:
        delivery.write(**_heard(delivery, data, change.version))
        return
    after = states.DELIVERY.after(VERBS[status], before)
    settled = None if after == "queued" else change.now
    error = _why(data) if after in FAILURE_VERBS else None
    delivery.write(status=after, error=error, settled_at=settled, **_heard(delivery, data, change.version))
    by = Principal("ai_task", data["id"], data["title"], change.tenant_id)
    step = models.runs.step_or_none(change.tenant_id, delivery.step_id)
    if after == "sent":
        _sent(by, delivery, _sent_at(data, change.now), change.now)
    _row_follows(delivery, step, after, change.now)
    if step is not None:
        step_counts.recount(step)
    models.runs.mark(run)
    _record(by, delivery, step, after, change.now)


def _is_news(delivery: Delivery, data: JsonObject, version: int) -> bool:
    return bool((_number(delivery, data), version) > (delivery.task_number, delivery.task_version))


def _number(delivery: Delivery, data: JsonObject) -> int:
    """The position in the retry chain. A task that the executor refused has the position that was requested for it."""
    return delivery.task_number if data["id"] == delivery.task_id else int(data["retryNumber"])


def _heard(delivery: Delivery, data: JsonObject, version: int) -> Columns:
    """The columns that say of which task and version this update is. A task that the executor refused is not part of
    the retry chain: a retry has to name the last accepted task, or the executor would not find the earlier effect and
    would send a second mail."""
    if data["origin"] != delivery.id:
        before = models.deliveries.repeated_by(delivery.tenant_id, data["id"]) or delivery.id
        return {"task_id": before, "task_number": max(0, delivery.task_number - 1), "task_version": 0}
    return {"task_id": data["id"], "task_number": _number(delivery, data), "task_version": version}


def status_of(delivery: Delivery, data: JsonObject) -> str:
    """The status of a delivery by the snapshot of its AI task: `sent` once its effect is done or the task succeeded;
    `unknown`, `cancelled` or `failed` only when the task is over."""
    name = delivery_kinds.named(delivery.kind).effect
    effects = {effect["status"] for effect in data["effects"] if effect["name"] == name}
    if data["status"] == "success" or "done" in effects:
        return "sent"
    if data["status"] in ("queued", "running"):
        return "queued"
    unresolved = bool((data["error"] or {}).get("outcomeUnknown")) and "not_done" not in effects
    if "unknown" in effects or unresolved:
        return "unknown"
    return "cancelled" if data["status"] == "cancelled" else "failed"


def _why(data: JsonObject) -> str:
    return str((data["error"] or {}).get("message") or "It was cancelled.")


def _sent_at(data: JsonObject, now: datetime) -> datetime:
    result = data["result"] if isinstance(data["result"], dict) else {}
    moment = result.get("sentAt") or data["finishedAt"]
    return clock.parse(moment) if moment else now


def _sent(by: Principal, delivery: Delivery, at: datetime, now: datetime) -> None:
    """Add the activity of a delivery that was sent, once. An invitation to a call that is still booked also sets the
    day of the partnership's next call."""
    partnership = _partnership(delivery)
    if partnership is None:
        return
    kind = delivery_kinds.named(delivery.kind)
    activities.add(
        by,
        partnership,
        kind=kind.activity,
        summary=kind.summary.format(delivery.subject),
        body=delivery.body,
        now=now,
        at=at,
        run_id=delivery.run_id,
        step_id=delivery.step_id,
        details={"subject": delivery.subject, "to": delivery.recipients, "deliveryId": delivery.id, "for": delivery.by},
        origin=delivery.id,
    )
    if kind.sets_next_call:
        meeting = models.meetings.get_for_update(delivery.tenant_id, str(delivery.meeting_id))
        day = today_of(delivery.tenant_id, now).day_of(meeting.starts_at)
        if meeting.status == "booked" and partnership.next_call_on != day:
            models.partnerships.change(partnership, next_call_on=day, updated_at=now)


def _partnership(delivery: Delivery) -> Partnership | None:
    """The partnership of the delivery, locked; None when it was removed."""
    if delivery.partnership_id is None:
        return None
    return models.partnerships.lock_many(delivery.tenant_id, [delivery.partnership_id]).get(delivery.partnership_id)


def _row_follows(delivery: Delivery, step: GuidedStep | None, after: str, now: datetime) -> None:
    """Update the row that the delivery finished: done while it is queued or sent, open once it failed, was cancelled
    or is unknown."""
    row = models.rows.get_or_none(step, delivery.row_id) if step else None
    if row is None or (row.outcome or {}).get("deliveryId") != delivery.id:
        return
    state = "open" if after in FAILURE_VERBS else "done"
    if row.state != state:
        models.rows.change(row, now, state=state)


def _record(by: Principal, delivery: Delivery, step: GuidedStep | None, after: str, now: datetime) -> None:
    """Record the act in the run's log."""
    verb = delivery_kinds.named(delivery.kind).log_verb if after == "sent" else FAILURE_VERBS.get(after)
    if verb is None or delivery.run_id is None:
        return
    details: JsonObject = {
        "subject": delivery.subject,
        "to": [recipient["email"] for recipient in delivery.recipients],
    }
    details |= {"deliveryId": delivery.id, "stepId": delivery.step_id, "step": step.title if step else None}
    acts.record(by, verb, "guided-run", delivery.run_id, now=now, reason=delivery.error, details=details)
