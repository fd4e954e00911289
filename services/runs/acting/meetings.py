"""Calls: booked with an invitation of one stable uid, changed and cancelled by the same."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from services.runs import addresses, models, states
from services.runs.acting.done import Done, Place, finish, one, partnership_of, place, row_of, settle
from services.runs.acting.emails import reply_to
from services.runs.models import Meeting, copies, feed
from services.runs.reasons import Today
from services.runs.wanting import wanted
from shared import clock, ids
from shared.acts import By
from shared.errors import Conflict, Invalid

PROCESSOR = "calendar-invite"
PRIORITY = 2


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
            title=told.get("title") or config.get("title") or f"Call with {partnership.name}",
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
        finish(by, found, "schedule_meeting", now, added=added, meetingId=meeting.id)
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
        if found.row is not None and (found.row.outcome or {}).get("meetingId") == meeting.id:
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
    """Ask the executor to tell the guests, once for each sequence number. The subject is what they see."""
    today = Today(now, meeting.time_zone)
    day = today.said(today.day_of(meeting.starts_at))
    cancelled = kind == "invite_cancel"
    delivery_id = ids.named("delivery", meeting.id, str(meeting.sequence))
    models.deliveries.add(
        id=delivery_id,
        tenant_id=meeting.tenant_id,
        kind=kind,
        partnership_id=meeting.partnership_id,
        run_id=meeting.run_id,
        step_id=meeting.step_id,
        row_id=meeting.row_id,
        meeting_id=meeting.id,
        recipients=meeting.attendees,
        subject=f"{'Cancelled: ' if cancelled else ''}{meeting.title}, {day}",
        status="queued",
        task_id=delivery_id,
        by=by.as_json(),
        created_at=now,
    )
    models.deliveries.ask_for_ai_task(
        id=delivery_id,
        tenant_id=meeting.tenant_id,
        title=f"{'Cancellation' if cancelled else 'Invitation'}: {meeting.title}"[:200],
        processor=PROCESSOR,
        metadata=_metadata(by, meeting, "CANCEL" if cancelled else "REQUEST"),
        priority=PRIORITY,
        subject=meeting.partnership_id,
        source_kind="guided-run",
        source_id=meeting.run_id,
        retry_of=None,
        by=by.as_json(),
        created_at=now,
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
    return reply_to(by).get("replyTo") or {"name": by.name, "email": f"{NOBODY}@tandem.invalid"}


NOBODY = "calls"
