"""What each kind of AI task would change: one line a field, with what is known of it now and what it will be.

A preview is read before the metadata is checked, so that anything may be missing or of another type.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from services.workflows.facts.customer import ContactFacts
from shared.ground import wording
from shared.ground.json_types import JsonObject

Metadata = Mapping[str, Any]


def crm_contact_update(metadata: Metadata, contacts: Sequence[ContactFacts]) -> list[JsonObject]:
    """The fields of the CRM's opportunity, and the primary contact here if it is handed over with them."""
    old, new = _person(metadata.get("oldContact"), contacts), _person(metadata.get("newContact"), contacts)
    opportunity = _text(metadata.get("opportunityId"))
    changes = [
        _change("CRM opportunity", opportunity),
        _change("Its primary contact", new, old),
        _change("Its previous contact", old),
        _change(
            "CRM activity", f"Primary contact changed from {_name(metadata, 'oldContact')} to {new_name(metadata)}"
        ),
    ]
    if metadata.get("updateCustomer"):
        primary = next((contact for contact in contacts if contact.is_primary), None)
        changes.append(_change("Primary contact in Tandem", new_name(metadata), primary.name if primary else None))
    return changes


def new_name(metadata: Metadata) -> str:
    """The name of the contact who becomes the primary one."""
    return _name(metadata, "newContact")


def new_primary_contact(metadata: Metadata) -> tuple[str, str]:
    """The decision on the primary contact: as it is planned, and as a fact."""
    new, old = new_name(metadata), _name(metadata, "oldContact")
    place = f"the primary contact in place of {old}"
    return f"{new} is to be {place}", f"{new} is {place}"


def stakeholder_follow_up(metadata: Metadata, _: Sequence[ContactFacts]) -> list[JsonObject]:
    """The reminder that is made, and when it comes back."""
    days = _text(metadata.get("daysUntilReminder"))
    return [
        _change("New task", _text(metadata.get("reminderMessage"))),
        _change("Snoozed for", f"{days} business {'day' if days == '1' else 'days'}"),
        _change("Priority", _text(metadata.get("reminderPriority"))),
        _change("Follows", _text(metadata.get("relatedAction"))),
    ]


def contract_deadline(metadata: Metadata, _: Sequence[ContactFacts]) -> list[JsonObject]:
    """The date that is watched, and the days on which its owner is told."""
    before = metadata.get("alertDaysBefore")
    days = ", ".join(_text(day) for day in before) if isinstance(before, list) else _text(before)
    return [
        _change("Date watched", _day(metadata.get("deadline"))),
        _change("Notifies the owner", f"{days} days before"),
        _change("Says", _text(metadata.get("message"))),
    ]


def next_workflow(metadata: Metadata, _: Sequence[ContactFacts]) -> list[JsonObject]:
    """The stage and the day of the workflow that is scheduled, and what must hold then."""
    conditions = metadata.get("conditions")
    waits = [_text(condition) for condition in conditions] if isinstance(conditions, list) else []
    return [
        _change("Stage that starts", _text(metadata.get("stage"))),
        _change("On", _day(metadata.get("triggerDate"))),
        *[_change("Once this holds", condition) for condition in waits],
    ]


def send_email(metadata: Metadata, _: Sequence[ContactFacts]) -> list[JsonObject]:
    """Who gets the mail, and what it says."""
    return [
        _change("To", _mailboxes(metadata.get("to"))),
        *([_change("Copy to", _mailboxes(metadata["cc"]))] if metadata.get("cc") else []),
        _change("Subject", _text(metadata.get("subject"))),
        _change("Body", _text(metadata.get("body"))),
    ]


def calendar_invite(metadata: Metadata, _: Sequence[ContactFacts]) -> list[JsonObject]:
    """Who is invited, to what and when."""
    return [
        _change("Invites", _mailboxes(metadata.get("attendees"))),
        _change("To", _text(metadata.get("title"))),
        _change("From", _text(metadata.get("startsAt"))),
        _change("Until", _text(metadata.get("endsAt"))),
    ]


def _change(field: str, new: str, old: str | None = None) -> JsonObject:
    return {"field": field, "old": old, "new": new}


def _text(value: Any) -> str:
    return "–" if value is None else str(value)


def _day(value: Any) -> str:
    """A date as people write it, or what stands there instead of one."""
    try:
        return wording.day(value) if isinstance(value, str) else _text(value)
    except ValueError:
        return str(value)


def _name(metadata: Metadata, field: str) -> str:
    person = metadata.get(field)
    return _text(person.get("name")) if isinstance(person, dict) else _text(person)


def _person(person: Any, contacts: Sequence[ContactFacts]) -> str:
    """A person of the CRM, as their contact here describes them."""
    if not isinstance(person, dict):
        return _text(person)
    crm_id = person.get("salesforceId")
    known = next((contact for contact in contacts if contact.salesforce_id and contact.salesforce_id == crm_id), None)
    words = _described(known) if known and known.name == person.get("name") else _text(person.get("name"))
    return f"{words} ({_text(crm_id)})"


def _described(contact: ContactFacts) -> str:
    left = "left" if contact.status == "departed" else ""
    return ", ".join(part for part in (contact.name, contact.title, left) if part)


def _mailboxes(people: Any) -> str:
    if not isinstance(people, list):
        return _text(people)
    return ", ".join(_mailbox(person) for person in people)


def _mailbox(person: Any) -> str:
    if not isinstance(person, dict):
        return _text(person)
    name, address = person.get("name"), _text(person.get("email"))
    return f"{name} <{address}>" if name else address
