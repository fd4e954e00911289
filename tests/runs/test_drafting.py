"""A drafted e-mail is about the last thing that both sides know of, and never quotes a note of ours."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from services.runs import addresses, drafting
from services.runs.days import Today
from tests.conftest import NOON
from tests.runs.walking import CONTACTS

TODAY = Today(NOON, "UTC")


@dataclass
class Partner:
    name: str = "Harbor"
    stage: str = "Conversation Active"
    contacts: list[dict[str, Any]] = field(default_factory=lambda: CONTACTS)
    mou_viewed_on: date | None = None


@dataclass
class Last:
    kind: str
    summary: str = ""
    details: dict[str, Any] | None = None
    at: datetime = NOON - timedelta(days=17)


def draft(last=None, template=None, **partner):
    return drafting.email(Partner(**partner), last, "Ana Alvarez", TODAY, template)


@pytest.mark.parametrize("kind", drafting.QUOTED)
def test_what_we_noted_for_ourselves_is_quoted_to_nobody(kind):
    made = draft(Last(kind, "They cannot pay before spring", details={"note": "They cannot pay before spring"}))
    assert "cannot pay" not in made.subject + made.body


@pytest.mark.parametrize(
    ("last", "subject", "opening"),
    [
        (None, "Working together: Harbor", "I look after partnerships here"),
        (Last("email_received"), "Following up: Harbor", "Thank you for your message on 4 November."),
        (Last("email_sent", details={"subject": "Hello"}), "Re: Hello", "I wrote to you on 4 November"),
        (Last("email_sent", details={"subject": "Re: Hello"}), "Re: Hello", "I wrote to you"),
        (
            Last("call", "Pricing and scope."),
            "After our call: Harbor",
            "our call on 4 November.\n\n",
        ),
        (Last("mou_viewed"), "Our MOU with Harbor", "I saw that you had a look at the MOU on 4 November."),
        (Last("mou_signed", at=NOON), "Next steps with Harbor", "Thank you for signing the MOU today."),
    ],
)
def test_it_begins_where_the_last_contact_ended(last, subject, opening):
    made = draft(last)
    assert made.subject == subject
    assert opening in made.body
    assert made.body.startswith("Hello Grace,\n\n")
    assert made.body.endswith("Kind regards\nAna Alvarez")
    assert made.to == ["Grace Hopper <grace@harbor.test>"]


def test_every_kind_that_both_sides_know_of_has_words_of_its_own_and_a_note_is_none():
    plain = draft(Last("something else"))
    assert all(draft(Last(kind)) != plain for kind in drafting.QUOTED)
    assert "note" not in drafting.QUOTED


def test_it_asks_what_the_stage_calls_for():
    assert "before you sign" in draft(Last("mou_viewed"), stage="MOU Sent", mou_viewed_on=date(2026, 11, 4)).body
    assert "Did you have a chance" in draft(Last("mou_sent"), stage="MOU Sent").body


def test_a_template_replaces_the_words_and_leaves_other_braces():
    made = draft(Last("call"), {"subject": "For {partnership}", "body": "{contact}, {last} {unknown} {sender}"})
    assert made.subject == "For Harbor"
    assert made.body == "Grace, Thank you for our call on 4 November. {unknown} Ana Alvarez"


def test_without_a_contact_it_is_written_to_nobody():
    made = draft(contacts=[])
    assert (made.to, made.body.startswith("Hello there,")) == ([], True)


def test_it_greets_the_one_whom_it_goes_to():
    ann, bob = {"name": "Ann Adams", "email": None}, {"name": "Bob Bell", "email": "bob@harbor.test"}
    made = draft(contacts=[ann, bob], template={"body": "Dear {contact}"})
    assert (made.to, made.body) == (["Bob Bell <bob@harbor.test>"], "Dear Bob")
    assert draft(contacts=[ann, bob]).body.startswith("Hello Bob,")
    assert draft(contacts=[ann, bob | {"name": ""}]).body.startswith("Hello there,")
    assert draft(contacts=[ann]).body.startswith("Hello Ann,")


@pytest.mark.parametrize(
    ("told", "email"),
    [
        ("grace@harbor.test", "grace@harbor.test"),
        ("Grace Hopper <grace@harbor.test>", "grace@harbor.test"),
        ('"Hopper, Grace" <grace@harbor.test>', "grace@harbor.test"),
        ("grace@harbor", None),
        ("grace", None),
        ("", None),
        ("a@b.org, c@d.org", None),
        ("a b@harbor.test", None),
        ("a..b@harbor.test", None),
        ("a@-harbor.test", None),
        ("a@harbor.test\r\nBcc: x@y.org", None),
        ("Grace\n<a@harbor.test>", None),
        ("<a@harbor.test> and more", None),
        ("a@" + "x" * 250 + ".org", None),
    ],
)
def test_addresses_are_read_as_people_type_them(told, email):
    found = addresses.parsed(told)
    assert (found and found["email"]) == email


def test_a_name_with_a_comma_comes_back_as_it_was():
    written = addresses.written({"name": 'Hopper, "Amazing" Grace', "email": "grace@harbor.test"})
    assert addresses.parsed(written) == {"name": "Hopper, 'Amazing' Grace", "email": "grace@harbor.test"}
