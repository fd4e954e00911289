"""Books, changes and cancels calls; all invitations to one call have the same uid."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from marshmallow import fields

from services.runs import addresses, calendars, delivery_kinds, models, states
from services.runs.action_types import action_fields, invitations
from services.runs.action_types.action import (
    Action,
    ActionContext,
    Command,
    Count,
    Done,
    Errors,
    LogEntry,
    SubjectCommand,
    names_subject,
    posted,
)
from services.runs.action_types.action_type import ActionType, Purpose, RowColumns
from services.runs.days import Today
from services.runs.models import Meeting, Partnership, replicas
from services.runs.step_rows.step_context import StepContext
from services.runs.step_rows.step_records import StepRecords
from shared.contracts.camel import StoredSchema
from shared.contracts.strict import an_id, line, whole
from shared.contracts.values import Moment
from shared.ground import clock, ids
from shared.ground.errors import Conflict, Invalid
from shared.ground.json_types import JsonObject

LONGEST_TITLE = 200
MEETING_MINUTES = 30
MINUTES = whole(15, 240)
EARLIEST, LATEST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class ScheduleMeeting(SubjectCommand):
    """Book a call. A missing title or length comes from the config of the step, else it is a default."""

    starts_at: datetime = posted(Moment())
    minutes: int | None = posted(MINUTES, None)
    title: str | None = posted(action_fields.TITLE, None)
    description: str = posted(action_fields.DESCRIPTION, "")


@dataclass(frozen=True, kw_only=True)
class ChangeMeeting(Command):
    """Move a call to another time, with another length if it is given."""

    meeting_id: str = posted(an_id())
    starts_at: datetime = posted(Moment())
    minutes: int | None = posted(MINUTES, None)


@dataclass(frozen=True, kw_only=True)
class CancelMeeting(Command):
    """Cancel a call."""

    meeting_id: str = posted(an_id())
    reason: str | None = posted(action_fields.REASON, None)


def schedule(context: ActionContext, command: ScheduleMeeting) -> Done:
    """Book a call and invite the partnership's first contact with an address. Booking the same call again returns the
    same meeting, and requests its invitation again if that was not sent.

    Invalid without such a contact, and for a time in the past. Conflict when the row has a call at another time, or
    with another length, title or description than is given; when the call's owner has another one at this time, the
    partnership was removed, or nobody knows whether the invitation went out.
    """
    context.require_partnership()
    added, row = context.row is None, context.row_for_partnership()
    earlier = models.meetings.of_row(row)
    booked = next((meeting for meeting in earlier if meeting.status == "booked"), None)
    if booked is not None:
        if not _is_same(command, booked):
            raise Conflict(
                "A call is booked for this row.", allowed=["change_meeting", "cancel_meeting"], meetingId=booked.id
            )
        invitations.send_again(context, booked)
        return context.done(made_id=booked.id, status=invitations.status(booked))
    _check_ahead(command.starts_at, context.now)
    meeting = _book(context, command, ids.named("meeting", row.id, str(len(earlier))))
    calendars.reserve(meeting, meeting.starts_at, meeting.ends_at, context.now)
    invitations.send(context, meeting, delivery_kinds.INVITE, {"meeting": {"verb": "cancel"}, **context.row_as_it_is})
    _finish_row(context, meeting, added=added)
    details = {"meetingId": meeting.id, "startsAt": clock.rfc3339(meeting.starts_at)}
    return context.done(LogEntry("booked call", details), made_id=meeting.id, status="queued")


def _is_same(command: ScheduleMeeting, booked: Meeting) -> bool:
    """Whether the command asks for the call that is booked; what it does not give is as booked."""
    minutes = (booked.ends_at - booked.starts_at) // timedelta(minutes=1)
    return (
        command.starts_at == booked.starts_at
        and command.minutes in (None, minutes)
        and command.title in (None, booked.title)
        and command.description in ("", booked.description)
    )


def _book(context: ActionContext, command: ScheduleMeeting, meeting_id: str) -> Meeting:
    by, partnership = context.by, context.require_partnership()
    proposed = _proposed(context)
    title = command.title or proposed.get("title") or f"Call with {partnership.name}"
    return models.meetings.add(
        id=meeting_id,
        tenant_id=by.tenant_id,
        partnership_id=partnership.id,
        row_id=context.row_for_partnership().id,
        owner=context.owner,
        uid=f"{meeting_id}@tandem",
        title=title[:LONGEST_TITLE],
        description=command.description,
        starts_at=command.starts_at,
        ends_at=command.starts_at + timedelta(minutes=command.minutes or proposed["minutes"]),
        time_zone=partnership.time_zone or replicas.tenants.region(by.tenant_id).time_zone,
        attendees=_attendees(partnership),
        status="booked",
        created_at=context.now,
        **context.origin,
    )


def _proposed(context: StepContext) -> JsonObject:
    """The call that the config of the step proposes."""
    return {"minutes": MEETING_MINUTES} | (context.config.options.get("meeting") or {})


def _attendees(partnership: Partnership) -> list[dict[str, str]]:
    entries = addresses.of_contacts(partnership.contacts)
    attendees = [address for entry in entries if (address := addresses.parsed(entry))]
    if not attendees:
        why = f"{partnership.name} has no contact with an e-mail address."
        raise Invalid(why, errors={"partnershipId": [why]})
    return attendees


def _finish_row(context: ActionContext, meeting: Meeting, *, added: bool) -> None:
    outcome = {"meetingId": meeting.id, "deliveryId": invitations.delivery_id(meeting)}
    context.finish_row("schedule_meeting", added=added, **outcome)


def change(context: ActionContext, command: ChangeMeeting) -> Done:
    """Move a call of this step to another time; its guests get the change under the same uid.

    NotFound; Invalid for a time in the past; Conflict when it was cancelled or booked in another step, or when its
    owner has another call at this time.
    """
    meeting, now = _find_meeting(context, command.meeting_id), context.now
    after = states.MEETING.after("change", meeting.status)
    _check_ahead(command.starts_at, now)
    length = timedelta(minutes=command.minutes) if command.minutes else meeting.ends_at - meeting.starts_at
    starts_at, ends_at = command.starts_at, command.starts_at + length
    if (starts_at, ends_at) == (meeting.starts_at, meeting.ends_at):
        return context.done(made_id=meeting.id, status=invitations.status(meeting))
    calendars.reserve(meeting, starts_at, ends_at, now)
    before, ended = clock.rfc3339(meeting.starts_at), clock.rfc3339(meeting.ends_at)
    meeting.write(status=after, starts_at=starts_at, ends_at=ends_at, sequence=meeting.sequence + 1)
    undoes = {"meeting": {"verb": "change", "startsAt": before, "endsAt": ended}, **context.row_as_it_is}
    invitations.send(context, meeting, delivery_kinds.INVITE_CHANGE, undoes)
    if _finished_row(context, meeting):
        _finish_row(context, meeting, added=True)
    details = {"meetingId": meeting.id, "startsAt": clock.rfc3339(meeting.starts_at), "before": before}
    return context.done(LogEntry("changed call", details), made_id=meeting.id, status="queued")


def cancel(context: ActionContext, command: CancelMeeting) -> Done:
    """Cancel a call of this step. Its guests get a cancellation, and the row that it finished is open again.

    NotFound; Conflict when it was cancelled before or booked in another step.
    """
    meeting = _find_meeting(context, command.meeting_id)
    meeting.write(status=states.MEETING.after("cancel", meeting.status), sequence=meeting.sequence + 1)
    undoes = {"meeting": {"verb": "book again"}, **context.row_as_it_is}
    invitations.send(context, meeting, delivery_kinds.INVITE_CANCEL, undoes)
    if context.row is not None and _finished_row(context, meeting):
        models.rows.change(context.row, context.now, state="open", outcome=None, by=context.by.as_json())
    log = LogEntry("cancelled call", {"meetingId": meeting.id}, command.reason)
    return context.done(log, made_id=meeting.id, status="queued")


def _find_meeting(context: ActionContext, meeting_id: str) -> Meeting:
    """The meeting. Its row and its partnership, if they still exist, become those of the action. NotFound; Conflict for
    a meeting of another step."""
    tenant_id = context.by.tenant_id
    meeting = models.meetings.get_for_update(tenant_id, meeting_id)
    if meeting.step_id != context.step.id:
        raise Conflict("The call was booked in another step.", allowed=[])
    context.row = models.rows.get_or_none(context.step, meeting.row_id)
    context.partnership = models.partnerships.many(tenant_id, [meeting.partnership_id]).get(meeting.partnership_id)
    return meeting


def _finished_row(context: ActionContext, meeting: Meeting) -> bool:
    """Whether this meeting finished the row."""
    return bool(context.row and (context.row.outcome or {}).get("meetingId") == meeting.id)


def _check_ahead(starts_at: datetime, now: datetime) -> None:
    if starts_at <= now:
        raise Invalid("A call is booked ahead.", errors={"startsAt": ["It is not ahead of us."]})


def _has_possible_time(values: Mapping[str, Any]) -> Errors:
    possible = "starts_at" not in values or EARLIEST < values["starts_at"] < LATEST
    return {} if possible else {"startsAt": ["Not a time for a call."]}


class MeetingSchema(StoredSchema):
    """The call that a step proposes."""

    minutes = whole(15, 240)
    title = line(200)


SCHEDULED = Count("meetingsScheduled", "call booked", "calls booked", of=lambda records: len(records.booked))


class Schedule(ActionType):
    """A step for partnerships to speak with; by default those whose next call is due by the end of this week and not
    booked yet."""

    name = "schedule"
    actions = (
        Action(
            "schedule_meeting",
            ScheduleMeeting,
            schedule,
            check=lambda values: names_subject(values) | _has_possible_time(values),
            counts=(SCHEDULED,),
            survives_reset=True,
            taken_back_by=("change_meeting", "cancel_meeting"),
        ),
        Action("change_meeting", ChangeMeeting, change, check=_has_possible_time),
        Action("cancel_meeting", CancelMeeting, cancel),
    )
    purpose = Purpose((SCHEDULED.name,), "No call has been booked yet.")
    open_rows_phrase = "without a call"
    expects = "each"
    filter = {"needs": "call_this_week"}
    config_fields = {"meeting": fields.Nested(MeetingSchema)}
    always_shown = ("meeting",)

    def row_columns(self, context: StepContext, partnerships: list[Partnership]) -> RowColumns:
        """Adds the next times that are free in the owner's calendar and within the working hours of both sides."""
        tenant_id, now, minutes = context.run.tenant_id, context.now, _proposed(context)["minutes"]
        hours = calendars.Hours.of(tenant_id, context.owner)
        busy = calendars.busy(tenant_id, context.owner, now)

        def columns(partnership: Partnership | None, draft: object) -> JsonObject:
            if partnership is None:
                return {"slots": []}
            slots = calendars.free(hours, partnership.time_zone, busy, minutes=minutes, now=now)
            return {"slots": [calendars.shown(slot) for slot in slots]}

        return columns

    def kept_after_reset(self, records: StepRecords, today: Today) -> list[str]:
        """The calls that are booked, each with its time on the tenant's clock."""
        return [f"Booked: “{meeting.title}” on {today.time_said(meeting.starts_at)}." for meeting in records.booked]
