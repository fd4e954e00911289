"""Drafts a personal e-mail for a partnership from its last activity."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from services.runs import addresses
from services.runs.days import Today
from shared.ground.json_types import JsonObject

QUOTED = (
    *("email_sent", "email_received", "call", "meeting", "meeting_booked", "meeting_changed", "meeting_cancelled"),
    *("mou_sent", "mou_viewed", "mou_signed", "introduction"),
)
"""The kinds of activity that both sides know of. What we noted of them, summary and text, is ours and is not quoted."""

LONGEST_SUBJECT = 255


@dataclass(frozen=True)
class Draft:
    """The recipients, as people type addresses, and the text of a drafted e-mail."""

    to: list[str]
    subject: str
    body: str

    def as_json(self) -> JsonObject:
        """The draft as a row stores it."""
        return {"to": self.to, "subject": self.subject, "body": self.body}


def email(
    partnership: Any, last: Any | None, sender: str, today: Today, template: Mapping[str, str] | None = None
) -> Draft:
    """A draft to the first contact with an address, whom the greeting names; without one it greets the first contact.
    `last` is the latest activity that both sides know of; `template` may name its own subject and body, with {contact},
    {partnership}, {sender} and {last} in them."""
    contact = _first_name(partnership.contacts)
    subject, opening = _opening(partnership, last, today)
    words = {"contact": contact or "there", "partnership": partnership.name, "sender": sender, "last": opening}
    body = "\n\n".join((f"Hello {words['contact']},", opening, _asking(partnership, today), f"Kind regards\n{sender}"))
    own = template or {}
    subject = _filled(own["subject"], words) if own.get("subject") else subject
    return Draft(
        to=addresses.of_contacts(partnership.contacts),
        subject=" ".join(subject.split())[:LONGEST_SUBJECT],
        body=_filled(own["body"], words) if own.get("body") else body,
    )


def _first_name(contacts: list[JsonObject] | None) -> str:
    person = addresses.first_reachable(contacts) or (contacts or [{}])[0]
    name = str(person.get("name") or "")
    return name.split()[0] if name.split() else ""


def _filled(text: str, words: Mapping[str, str]) -> str:
    """The text with its placeholders filled in; other text in braces stays unchanged."""
    for name, value in words.items():
        text = text.replace("{" + name + "}", value)
    return text


def _opening(partnership: Any, last: Any | None, today: Today) -> tuple[str, str]:
    """(subject, first paragraph), from the last activity between the two sides."""
    name = partnership.name
    if last is None:
        return f"Working together: {name}", f"I look after partnerships here and would like to get to know {name}."
    on = _on(today.day_of(last.at), today)
    subject, opening = {
        "email_received": (_reply(last, name), f"Thank you for your message {on}."),
        "email_sent": (_reply(last, name), f"I wrote to you {on} and wanted to see whether it reached you."),
        "call": (f"After our call: {name}", f"Thank you for our call {on}."),
        "meeting": (f"After our meeting: {name}", f"Thank you for the meeting {on}."),
        "meeting_booked": (f"Our call: {name}", "We have a call planned, and I am looking forward to it."),
        "meeting_changed": (f"Our call: {name}", "Thank you for being flexible about the time of our call."),
        "meeting_cancelled": (f"A new time for our call: {name}", "Our call did not take place as planned."),
        "mou_sent": (f"Our MOU with {name}", f"We sent you the MOU {on}."),
        "mou_viewed": (f"Our MOU with {name}", f"I saw that you had a look at the MOU {on}."),
        "mou_signed": (f"Next steps with {name}", f"Thank you for signing the MOU {on}."),
        "introduction": (f"Our introduction: {name}", f"It was good to be introduced {on}."),
    }.get(last.kind, (f"Checking in: {name}", f"I wanted to see how things are going at {name}."))
    return subject, opening


def _on(day: date, today: Today) -> str:
    days = (today.day - day).days
    return "today" if days == 0 else "yesterday" if days == 1 else f"on {today.said(day)}"


def _reply(last: Any, name: str) -> str:
    """The subject of a reply to the last message; one without "Re:" if its subject is not known."""
    subject = str((last.details or {}).get("subject") or "").strip()
    if not subject:
        return f"Following up: {name}"
    return subject if subject[:3].casefold() == "re:" else f"Re: {subject}"


def _asking(partnership: Any, today: Today) -> str:
    """A question that fits the stage."""
    if partnership.stage == "MOU Sent":
        return (
            "Is there anything in it that we should talk through before you sign?"
            if partnership.mou_viewed_on
            else "Did you have a chance to look at it? I am happy to walk you through it."
        )
    return {
        "New Lead": "Would you have half an hour in the coming days for a first conversation?",
        "Conversation Active": "What would be a good next step for you? I can send a draft of the MOU whenever it suits you.",
        "MOU Signed": "Shall we set a date for the kick-off?",
        "Active": "How is it going from your side, and is there anything that you need from us?",
        "Dormant": "Has anything changed on your side? I would be glad to pick up where we left off.",
    }.get(partnership.stage, "I would be glad to hear from you.")
