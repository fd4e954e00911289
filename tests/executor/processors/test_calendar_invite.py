"""Invitations: what a calendar reads in them, the same meeting through its changes, and its end."""

from __future__ import annotations

import icalendar
import pytest

METADATA = {
    "uid": "meeting-1@tandem.test",
    "sequence": 0,
    "method": "REQUEST",
    "title": "Quarterly talk; Müller & Søn",
    "description": "Agenda:\n1. numbers",
    "startsAt": "2026-11-24T14:00:00Z",
    "endsAt": "2026-11-24T14:30:00Z",
    "timeZone": "Europe/Berlin",
    "organizer": {"name": "Ana Alvarez", "email": "ana@demo.tandem.test"},
    "attendees": [{"name": "Lund, Mia", "email": "mia@harbor.test"}, {"email": "ana@demo.tandem.test"}],
    "partnershipId": "p1",
}


@pytest.fixture
def invite(submit, run, mailbox):
    """Sends an invitation; the task as it ended, and the mail."""

    def go(**changes):
        submit("calendar-invite", METADATA | changes)
        task = run()
        return task, mailbox.get_or_none("demo", task.result["mailboxId"]) if task.result else None

    return go


def event_of(kept):
    calendar = icalendar.Calendar.from_ical(kept.contents["ics"])
    (event,) = calendar.walk("VEVENT")
    return calendar, event


def test_a_calendar_finds_the_meeting_in_the_mail(invite):
    task, kept = invite()
    assert task.status == "success"
    assert task.result == {
        "summary": "“Invitation: Quarterly talk; Müller & Søn” was sent to mia@harbor.test, ana@demo.tandem.test.",
        "messageId": kept.entry.message_id,
        "mailboxId": kept.entry.id,
        "uid": METADATA["uid"],
        "sequence": 0,
    }
    calendar, event = event_of(kept)
    assert (calendar["METHOD"], calendar["VERSION"], event["STATUS"]) == ("REQUEST", "2.0", "CONFIRMED")
    assert (event["UID"], event["SEQUENCE"], event["SUMMARY"]) == (METADATA["uid"], 0, METADATA["title"])
    assert event["DESCRIPTION"] == METADATA["description"]
    assert [event[name].dt.isoformat() for name in ("DTSTART", "DTEND")] == [
        "2026-11-24T14:00:00+00:00",
        "2026-11-24T14:30:00+00:00",
    ]
    assert event["DTSTAMP"].dt.tzinfo is not None
    assert (event["ORGANIZER"], event["ORGANIZER"].params["CN"]) == ("mailto:ana@demo.tandem.test", "Ana Alvarez")
    assert [(str(one), one.params["RSVP"]) for one in event["ATTENDEE"]] == [
        ("mailto:mia@harbor.test", "TRUE"),
        ("mailto:ana@demo.tandem.test", "TRUE"),
    ]
    assert event["ATTENDEE"][0].params["CN"] == "Lund, Mia"


def test_every_line_of_it_is_short_and_ends_as_the_standard_has_it(invite):
    _, kept = invite(title="ü" * 200)
    (part,) = (part for part in kept.message.walk() if part.get_content_type() == "text/calendar")
    content = part.get_payload(decode=True)
    assert part.get_param("method") == "REQUEST"
    assert content.count(b"\n") == content.count(b"\r\n")
    assert max(len(line) for line in content.split(b"\r\n")) <= 75


def test_a_person_without_a_calendar_reads_when_it_is_in_the_zone_of_the_meeting(invite):
    _, kept = invite()
    assert "Tuesday 24 November 2026, 15:00 to 15:30 (Europe/Berlin)" in kept.contents["text"]
    assert "Organized by Ana Alvarez" in kept.contents["text"]
    assert str(kept.message["Reply-To"]) == "Ana Alvarez <ana@demo.tandem.test>"


def test_a_change_and_a_cancellation_are_of_the_same_meeting(invite):
    invite()
    _, changed = invite(sequence=1, startsAt="2026-11-24T15:00:00Z", endsAt="2026-11-24T15:30:00Z")
    _, cancelled = invite(sequence=2, method="CANCEL")
    for kept, number, status in ((changed, 1, "CONFIRMED"), (cancelled, 2, "CANCELLED")):
        _, event = event_of(kept)
        assert (event["UID"], event["SEQUENCE"], event["STATUS"]) == (METADATA["uid"], number, status)
    assert event_of(cancelled)[0]["METHOD"] == "CANCEL"
    assert changed.entry.subject.startswith("Updated invitation: ")
    assert cancelled.entry.subject.startswith("Cancelled: ")
    assert cancelled.contents["text"].startswith("This meeting is cancelled.")


def test_a_meeting_that_ends_before_it_starts_is_no_meeting(invite):
    task, _ = invite(endsAt=METADATA["startsAt"])
    assert (task.status, task.error["permanent"]) == ("failed", True)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"startsAt": "tomorrow"}, "metadata.startsAt"),
        ({"startsAt": "2026-11-24T14:00:00"}, "metadata.startsAt"),
        ({"timeZone": "Mars/Olympus"}, "metadata.timeZone"),
        ({"timeZone": "../../etc/passwd"}, "metadata.timeZone"),
        ({"method": "PUBLISH"}, "metadata.method"),
        ({"attendees": []}, "metadata.attendees"),
        ({"attendees": [{"email": "nobody"}]}, "metadata.attendees.0.email"),
        ({"title": "a\nb"}, "metadata.title"),
        ({"uid": "a\r\nb"}, "metadata.uid"),
        ({"startsAt": 5}, "metadata.startsAt"),
    ],
)
def test_what_is_no_meeting_is_refused_and_the_field_named(known, change, field):
    assert list(known.faults_of("calendar-invite", METADATA | change)) == [field]
