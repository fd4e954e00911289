"""Sends invitations to meetings, their changes and cancellations, as mail that calendars understand."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from services.executor.processors import Permanent, Processor, Result, TaskContext
from services.executor.processors.send_email import LONGEST_BODY, MOST_RECIPIENTS, mailboxes, send
from services.executor.processors.shapes import (
    array,
    date_time,
    integer,
    line,
    mailbox,
    reference,
    schema,
    text,
    time_zone,
)
from services.executor.providers.mail import Invitation, Letter
from shared.ground import clock

REQUEST, CANCEL = "REQUEST", "CANCEL"
PRODUCT = "-//Tandem//Guided runs//EN"


def run(task: TaskContext) -> Result:
    """Send the mail with the invitation, as one effect. The same `uid` with a greater `sequence` replaces what was sent
    before."""
    metadata = task.metadata
    if clock.parse(metadata["endsAt"]) <= clock.parse(metadata["startsAt"]):
        raise Permanent("The meeting ends before it starts.")
    subject = _subject(metadata)
    letter = Letter(
        to=mailboxes(metadata["attendees"]),
        from_name=metadata["organizer"].get("name") or "",
        reply_to=mailboxes([metadata["organizer"]])[0],
        subject=subject,
        body=_body(metadata),
        invitation=Invitation(metadata["method"], invitation(metadata, now=task.now)),
    )
    sent = send(task, "invite", letter)
    value = {name: sent[name] for name in ("messageId", "mailboxId")} | {
        "uid": metadata["uid"],
        "sequence": metadata["sequence"],
    }
    return Result(value, f"“{subject}” was sent to {', '.join(sent['to'])}.")


def invitation(metadata: Mapping[str, Any], *, now: datetime) -> str:
    """The iCalendar object (RFC 5545, 5546). Its times are in UTC, which needs no definition of a time zone."""
    # Imported here because it is slow and every API process of the executor would pay for it at start.
    import icalendar

    event = icalendar.Event()
    event.add("uid", metadata["uid"])
    event.add("sequence", metadata["sequence"])
    event.add("dtstamp", now.replace(microsecond=0))
    event.add("dtstart", clock.parse(metadata["startsAt"]))
    event.add("dtend", clock.parse(metadata["endsAt"]))
    event.add("summary", metadata["title"])
    if metadata.get("description"):
        event.add("description", metadata["description"])
    event.add("status", "CANCELLED" if metadata["method"] == CANCEL else "CONFIRMED")
    event.add("organizer", _person(metadata["organizer"]))
    for person in metadata["attendees"]:
        attendee = _person(person)
        attendee.params.update({"ROLE": "REQ-PARTICIPANT", "PARTSTAT": "NEEDS-ACTION", "RSVP": "TRUE"})
        event.add("attendee", attendee)
    calendar = icalendar.Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", metadata["method"])
    calendar.add_component(event)
    return calendar.to_ical().decode()


def _person(mailbox_: Mapping[str, str]) -> Any:
    import icalendar

    person = icalendar.vCalAddress(f"mailto:{mailbox_['email']}")
    if mailbox_.get("name"):
        person.params["CN"] = mailbox_["name"]
    return person


def _subject(metadata: Mapping[str, Any]) -> str:
    if metadata["method"] == CANCEL:
        return f"Cancelled: {metadata['title']}"
    return f"Updated invitation: {metadata['title']}" if metadata["sequence"] else f"Invitation: {metadata['title']}"


def _body(metadata: Mapping[str, Any]) -> str:
    """The text for mail programs that do not understand invitations: when, in the time zone of the meeting, and who
    invites."""
    zone = ZoneInfo(metadata["timeZone"])
    starts, ends = (clock.parse(metadata[name]).astimezone(zone) for name in ("startsAt", "endsAt"))
    until = f"{ends:%H:%M}" if ends.date() == starts.date() else f"{ends:%A} {ends.day} {ends:%B %Y} {ends:%H:%M}"
    lines = [
        "This meeting is cancelled." if metadata["method"] == CANCEL else "",
        metadata["title"],
        f"{starts:%A} {starts.day} {starts:%B %Y}, {starts:%H:%M} to {until} ({metadata['timeZone']})",
        f"Organized by {metadata['organizer'].get('name') or metadata['organizer']['email']}",
        "",
        metadata.get("description") or "",
    ]
    return "\n".join(lines).strip() + "\n"


PROCESSOR = Processor(
    name="calendar-invite",
    version="1.0.0",
    title="Send a calendar invitation",
    description="Sends an invitation, its change or its cancellation as an .ics by mail, once.",
    metadata_schema=schema(
        {
            "uid": line(255),
            "sequence": integer(0, 1_000_000),
            "method": {"enum": [REQUEST, CANCEL]},
            "title": line(200),
            "startsAt": date_time(),
            "endsAt": date_time(),
            "timeZone": time_zone(),
            "organizer": mailbox(),
            "attendees": array(mailbox(), MOST_RECIPIENTS, minItems=1),
        },
        {"description": text(LONGEST_BODY), "partnershipId": reference()},
    ),
    run=run,
    reaches=lambda metadata: [person["email"] for person in metadata["attendees"]],
    deadline_seconds=120,
)
