"""Invites people to a meeting, or tells them that it was changed or cancelled, by mail that calendars understand."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from services.executor.processors import Permanent, Processor, Result, TaskContext
from services.executor.processors.send_email import LONGEST_BODY, MOST_RECIPIENTS, mailboxes, send
from services.executor.processors.shapes import (
    line,
    listing,
    mailbox,
    moment,
    reference,
    schema,
    text,
    time_zone,
    whole,
)
from services.executor.providers.mail import Invitation, Letter
from shared import clock

REQUEST, CANCEL = "REQUEST", "CANCEL"
PRODUCT = "-//Tandem//Guided runs//EN"


def run(task: TaskContext) -> Result:
    """One effect: the mail with the invitation in it. The same `uid` with a greater `sequence` replaces what was sent before."""
    told = task.metadata
    if clock.parse(told["endsAt"]) <= clock.parse(told["startsAt"]):
        raise Permanent("The meeting ends before it starts.")
    subject = _subject(told)
    letter = Letter(
        to=mailboxes(told["attendees"]),
        from_name=told["organizer"].get("name") or "",
        reply_to=mailboxes([told["organizer"]])[0],
        subject=subject,
        body=_body(told),
        invitation=Invitation(told["method"], invitation(told, now=task.now)),
    )
    sent = send(task, "invite", letter)
    value = {name: sent[name] for name in ("messageId", "mailboxId")} | {
        "uid": told["uid"],
        "sequence": told["sequence"],
    }
    return Result(value, f"“{subject}” was sent to {', '.join(sent['to'])}.")


def invitation(told: Mapping[str, Any], *, now: datetime) -> str:
    """The iCalendar object (RFC 5545, 5546). Its times are in UTC, which every calendar shows in its owner's zone, and which needs
    no definition of a zone that may differ from theirs."""
    # Here, not above: it takes a while to import, and every API process of the executor would pay for it at start.
    import icalendar

    event = icalendar.Event()
    event.add("uid", told["uid"])
    event.add("sequence", told["sequence"])
    event.add("dtstamp", now.replace(microsecond=0))
    event.add("dtstart", clock.parse(told["startsAt"]))
    event.add("dtend", clock.parse(told["endsAt"]))
    event.add("summary", told["title"])
    if told.get("description"):
        event.add("description", told["description"])
    event.add("status", "CANCELLED" if told["method"] == CANCEL else "CONFIRMED")
    event.add("organizer", _person(told["organizer"]))
    for one in told["attendees"]:
        attendee = _person(one)
        attendee.params.update({"ROLE": "REQ-PARTICIPANT", "PARTSTAT": "NEEDS-ACTION", "RSVP": "TRUE"})
        event.add("attendee", attendee)
    calendar = icalendar.Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", told["method"])
    calendar.add_component(event)
    return calendar.to_ical().decode()


def _person(told: Mapping[str, str]) -> Any:
    import icalendar

    person = icalendar.vCalAddress(f"mailto:{told['email']}")
    if told.get("name"):
        person.params["CN"] = told["name"]
    return person


def _subject(told: Mapping[str, Any]) -> str:
    if told["method"] == CANCEL:
        return f"Cancelled: {told['title']}"
    return f"Updated invitation: {told['title']}" if told["sequence"] else f"Invitation: {told['title']}"


def _body(told: Mapping[str, Any]) -> str:
    """What a person reads whose mail program knows no invitations: when, in the zone of the meeting, and who invites."""
    zone = ZoneInfo(told["timeZone"])
    starts, ends = (clock.parse(told[name]).astimezone(zone) for name in ("startsAt", "endsAt"))
    until = f"{ends:%H:%M}" if ends.date() == starts.date() else f"{ends:%A} {ends.day} {ends:%B %Y} {ends:%H:%M}"
    lines = [
        "This meeting is cancelled." if told["method"] == CANCEL else "",
        told["title"],
        f"{starts:%A} {starts.day} {starts:%B %Y}, {starts:%H:%M} to {until} ({told['timeZone']})",
        f"Organized by {told['organizer'].get('name') or told['organizer']['email']}",
        "",
        told.get("description") or "",
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
            "sequence": whole(0, 1_000_000),
            "method": {"enum": [REQUEST, CANCEL]},
            "title": line(200),
            "startsAt": moment(),
            "endsAt": moment(),
            "timeZone": time_zone(),
            "organizer": mailbox(),
            "attendees": listing(mailbox(), MOST_RECIPIENTS, minItems=1),
        },
        {"description": text(LONGEST_BODY), "partnershipId": reference()},
    ),
    run=run,
    deadline_seconds=120,
)
