"""One definition of an e-mail address, for every door and every letter."""

from __future__ import annotations

import pytest
from marshmallow import ValidationError

from services.monitor.schemas.people import NewPerson
from services.runs import addresses
from services.runs.schemas.partnerships import PartnerSchema
from services.workflows.schemas.contacts import ContactIn
from shared.contracts import email_addresses
from shared.contracts.metadata import MetadataSchema

GOOD = ["a@b.test", "a.b+c@sub.example.com", "o'neil@example.org", "a@bücher.example"]
BAD = [
    "",
    "nobody",
    "a@b",
    "a@b.test, c@d.test",
    "a@b.test\r\nBcc: x@y.test",
    "jörg@b.test",
    f"{'a' * 10}@{'b' * 64}.test",
    f"{'a' * 250}@b.test",
    "a b@c.test",
    "half\ud800@b.test",
]


def taken_by_a_contact(address: str) -> bool:
    return not ContactIn().validate({"name": "Mia", "email": address}, partial=True).get("email")


def taken_by_a_partner(address: str) -> bool:
    return not PartnerSchema().validate({"name": "Mia", "email": address}, partial=True).get("email")


def taken_by_a_person(address: str) -> bool:
    return not NewPerson().validate({"name": "Mia", "email": address}, partial=True).get("email")


def taken_by_an_ai_task(address: str) -> bool:
    schema = {"type": "object", "properties": {"to": {"type": "string", "format": "email"}}}
    return not MetadataSchema(schema).faults_of({"to": address})


def taken_as_a_recipient(address: str) -> bool:
    return addresses.parsed(address) is not None


DOORS = [
    email_addresses.is_address,
    taken_by_a_contact,
    taken_by_a_partner,
    taken_by_a_person,
    taken_by_an_ai_task,
    taken_as_a_recipient,
]


@pytest.mark.parametrize("takes", DOORS)
def test_an_address_is_the_same_at_every_door(takes):
    assert [address for address in GOOD if not takes(address)] == []
    assert [address for address in BAD if takes(address)] == []


def test_what_is_none_is_refused_by_name():
    with pytest.raises(ValidationError, match="Not an e-mail address."):
        email_addresses.IsAddress()("nobody")
