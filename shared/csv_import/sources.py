"""The systems whose exports are recognised by their headers. Which column is which field, the kinds say by their synonyms."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256

from shared.csv_import.fields import key_of


@dataclass(frozen=True)
class Source:
    """A system. An export of it has all headers of one of `marks`; those that begin with one of `prefixes` count too."""

    key: str
    label: str
    marks: Sequence[Sequence[str]]
    prefixes: Sequence[str] = ()

    def wrote(self, headers: Iterable[str]) -> bool:
        """Whether a file with these headers is an export of this system."""
        keys = {key_of(header) for header in headers}
        if any({key_of(mark) for mark in marks} <= keys for marks in self.marks):
            return True
        return bool(self.prefixes) and sum(header.startswith(tuple(self.prefixes)) for header in headers) >= 2


HUBSPOT = Source(
    "hubspot",
    "HubSpot",
    (
        ("Record ID", "Company name"),
        ("Record ID", "First Name", "Last Name"),
        ("Record ID", "Deal Name"),
        ("Company name", "Company owner", "Create Date"),
        ("Record ID - Company",),
        ("Record ID - Contact",),
    ),
)
SALESFORCE = Source(
    "salesforce",
    "Salesforce",
    (
        ("Account Name", "Account Owner"),
        ("Account Name", "Account ID"),
        ("Account ID", "Account Owner"),
        ("Id", "IsDeleted"),
        ("Id", "OwnerId"),
        ("Id", "AccountId"),
        ("Contact ID", "Account Name"),
        ("Opportunity Name", "Account Name"),
        ("Last Name", "First Name", "Account Name"),
    ),
)
PIPEDRIVE = Source(
    "pipedrive", "Pipedrive", (), prefixes=("Organization - ", "Person - ", "Deal - ", "Organisation - ", "Lead - ")
)
SOURCES = (HUBSPOT, SALESFORCE, PIPEDRIVE)


def recognised(headers: Sequence[str]) -> str:
    """The key of the system that wrote a file with these headers; for any other, one that stands for just these
    headers."""
    known = next((source.key for source in SOURCES if source.wrote(headers)), None)
    return known or "columns-" + sha256("\x1f".join(sorted(map(key_of, headers))).encode()).hexdigest()[:16]


def label_of(key: str) -> str | None:
    """The name of a system; None for a file of no known one."""
    return next((source.label for source in SOURCES if source.key == key), None)
