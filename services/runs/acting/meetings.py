"""Calls: booked with an invitation of one stable uid, changed and cancelled by the same."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from services.runs import addresses, models, states
from services.runs.acting import outgoing
from services.runs.acting.done import Done, Place, finish, one, partnership_of, place, row_of, settle
from services.runs.acting.outgoing import Order
from services.runs.models import Meeting, copies, feed
from services.runs.reasons import Today
from services.runs.wanting import wanted
from shared import clock, ids
from shared.acts import By
from shared.errors import Conflict, Invalid

PROCESSOR = "calendar-invite"
LONGEST_TITLE = 200


def schedule(
    by: By, run_id: str, step_id: str, told: dict[str, Any], *, new_id: str, now: datetime, expected: int | None = None
) -> Done:
    """Book a call and invite the partnership's main contact. The same time again is the same meeting.

    Invalid without a contact that can be invited, and for a time that is over; Conflict where the row has a call at
    another time.
    """
    with feed.transaction():
        found = place(by, run_id, step_id, told, expected)
        partnership, added = partnership_of(found), found.row is None
        row = row_of(by, found, now)
        earlier = models.meetings.of_row(row.id)
        booked = next((meeting for meeting in earlier if meeting.status == "booked"), None)
        if booked is not None:
            if booked.starts_at == told["starts_at"]:
                _invite_again(by, booked, now)
                return one("queued", found, booked.id)
            raise Conflict(
                "A call is booked for this row.", allowed=["change_meeting", "cancel_meeting"], meetingId=booked.id
            )
        config = wanted(found.step.action_type, found.step.config).meeting
        minutes = told.get("minutes") or config["minutes"]
        _check_ahead(told["starts_at"], now)
        meeting_id = ids.named("meeting", row.id, str(len(earlier)))
        meeting = models.meetings.add(
            id=meeting_id,
            tenant_id=by.tenant_id,
            partnership_id=partnership.id,
            row_id=row.id,
            owner=found.step.owner or found.run.owner or by.id,
            uid=f"{meeting_id}@tandem",
            title=(told.get("title") or config.get("title") or f"Call with {partnership.name}")[:LONGEST_TITLE],
            description=told.get("description") or "",
            starts_at=told["starts_at"],
            ends_at=told["starts_at"] + timedelta(minutes=minutes),
            time_zone=partnership.time_zone or copies.tenants.home(by.tenant_id).time_zone,
            attendees=_attendees(partnership),
            status="booked",
            created_at=now,
            **found.here,
        )
        _invite(by, meeting, "invite", now)
        made = {"meetingId": meeting.id, "deliveryId": _delivery_id(meeting)}
        finish(by, found, "schedule_meeting", now, added=added, **made)
        settle(by, found, "booked call", now, meetingId=meeting.id, startsAt=clock.rfc3339(meeting.starts_at))
        return one("queued", found, meeting.id)


def change(
    by: By, run_id: str, step_id: str, told: dict[str, Any], *, new_id: str, now: datetime, expected: int | None = None
) -> Done:
    """Move a call of this run to another time; its guests get the change under the same uid. NotFound; Conflict for one
    that was cancelled."""
    with feed.transaction():
        found, meeting = _meeting(by, run_id, step_id, told, expected)
        after = states.MEETING.after("change", meeting.status)
        _check_ahead(told["starts_at"], now)
        length = timedelta(minutes=told["minutes"]) if told.get("minutes") else meeting.ends_at - meeting.starts_at
        if (told["starts_at"], told["starts_at"] + length) == (meeting.starts_at, meeting.ends_at):
            return one("queued", found, meeting.id)
        before = clock.rfc3339(meeting.starts_at)
        meeting.write(
            status=after,
            starts_at=told["starts_at"],
            ends_at=told["starts_at"] + length,
            sequence=meeting.sequence + 1,
        )
        _invite(by, meeting, "invite_change", now)
        if found.row is not None and _is_of(found, meeting):
            made = {"meetingId": meeting.id, "deliveryId": _delivery_id(meeting)}
            finish(by, found, "schedule_meeting", now, added=True, **made)
        settle(
            by,
            found,
            "changed call",
            now,
            meetingId=meeting.id,
            startsAt=clock.rfc3339(meeting.starts_at),
            before=before,
        )
        return one("queued", found, meeting.id)


def cancel(
    by: By, run_id: str, step_id: str, told: dict[str, Any], *, new_id: str, now: datetime, expected: int | None = None
) -> Done:
    """Cancel a call of this run; its guests are told, and its row is open again. NotFound; Conflict for one that was
    cancelled."""
    with feed.transaction():
        found, meeting = _meeting(by, run_id, step_id, told, expected)
        meeting.write(status=states.MEETING.after("cancel", meeting.status), sequence=meeting.sequence + 1)
        _invite(by, meeting, "invite_cancel", now)
        if found.row is not None and _is_of(found, meeting):
            models.rows.change(found.row, now, state="open", outcome=None, by=by.as_json())
        settle(by, found, "cancelled call", now, told.get("reason"), meetingId=meeting.id)
        return one("queued", found, meeting.id)


def _meeting(by: By, run_id: str, step_id: str, told: dict[str, Any], expected: int | None) -> tuple[Place, Meeting]:
    """The meeting, which was booked in this step; with its row and partnership, as far as they are there."""
    found = place(by, run_id, step_id, {}, expected)
    meeting = models.meetings.find(by.tenant_id, told["meeting_id"])
    if meeting.step_id != found.step.id:
        raise Conflict("The call was booked in another step.", allowed=[])
    found.row = models.rows.known(found.step, meeting.row_id)
    found.partnership = models.partnerships.many(by.tenant_id, [meeting.partnership_id]).get(meeting.partnership_id)
    return found, meeting


def _is_of(found: Place, meeting: Meeting) -> bool:
    """Whether what was done for the row is this meeting."""
    return bool(found.row and (found.row.outcome or {}).get("meetingId") == meeting.id)


def _check_ahead(starts_at: datetime, now: datetime) -> None:
    if starts_at <= now:
        raise Invalid("A call is booked ahead.", errors={"startsAt": ["It is not ahead of us."]})


def _attendees(partnership: Any) -> list[dict[str, Any]]:
    people = [addresses.parsed(one) for one in addresses.of_contacts(partnership.contacts)]
    found = [one for one in people if one]
    if not found:
        why = f"{partnership.name} has no contact with an e-mail address."
        raise Invalid(why, errors={"partnershipId": [why]})
    return found


def _invite(by: By, meeting: Meeting, kind: str, now: datetime) -> None:
    """Ask the executor to tell the guests, once for each sequence number."""
    outgoing.queue(
        by,
        kind,
        _order(by, meeting, kind, now),
        _delivery_id(meeting),
        now,
        partnership_id=meeting.partnership_id,
        run_id=meeting.run_id,
        step_id=meeting.step_id,
        row_id=meeting.row_id,
        meeting_id=meeting.id,
    )


def _invite_again(by: By, meeting: Meeting, now: datetime) -> None:
    """Send the latest invitation again, if it was not sent. Conflict while nobody knows."""
    delivery = models.deliveries.known(meeting.tenant_id, _delivery_id(meeting))
    outgoing.require_known(delivery)
    if delivery is not None and delivery.status in outgoing.NOT_SENT:
        outgoing.again(by, delivery, _order(by, meeting, delivery.kind, now), now)


def _delivery_id(meeting: Meeting) -> str:
    return ids.named("delivery", meeting.id, str(meeting.sequence))


def _order(by: By, meeting: Meeting, kind: str, now: datetime) -> Order:
    """What the executor is asked for; the subject says when, where the guests are."""
    today = Today(now, meeting.time_zone)
    day = today.said(today.day_of(meeting.starts_at))
    cancelled = kind == "invite_cancel"
    return Order(
        processor=PROCESSOR,
        title=f"{'Cancellation' if cancelled else 'Invitation'}: {meeting.title}",
        recipients=meeting.attendees,
        subject=f"{'Cancelled: ' if cancelled else ''}{meeting.title}, {day}",
        metadata=_metadata(by, meeting, "CANCEL" if cancelled else "REQUEST"),
    )


def _metadata(by: By, meeting: Meeting, method: str) -> dict[str, Any]:
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


def _organizer(by: By, meeting: Meeting) -> dict[str, str]:
    """Whose call it is; an address of nobody's where the monitor has not told of them, because an invitation needs one."""
    owner = copies.people.known(by.tenant_id, meeting.owner) if meeting.owner else None
    if owner is not None:
        return {"name": owner.name, "email": owner.email}
    return outgoing.reply_to(by).get("replyTo") or {"name": by.name, "email": f"{NOBODY}@tandem.invalid"}


NOBODY = "calls"
