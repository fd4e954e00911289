"""Imports partnerships from a CSV file, with a receipt for each line and a dry run that changes nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Unpack

from services.runs import activities, models
from services.runs import partnerships as verbs
from services.runs.models import Partnership, acts, replicas
from services.runs.partnerships import ChangePartnership, CreatePartnership
from shared.contracts.commands import given
from shared.csv_import.importer import Check, CsvColumns, CsvImport, Part
from shared.ground import ids
from shared.ground.json_types import JsonObject
from shared.ground.local_days import local_date, midday_of
from shared.ground.principal import Principal

PLAIN = ("external_id", "name", "stage", "description", "source", "website", "time_zone")
DATES = ("mou_sent_on", "mou_viewed_on", "mou_signed_on", "next_call_on")
CONTACT = {"contact_name": "name", "contact_email": "email", "contact_title": "title"}
KNOWN = (*PLAIN, *DATES, *CONTACT, "priority", "owner_email", "last_contact_on", "last_contact_by")
SPELLINGS = {
    "id": "external_id", "partnership": "name", "timezone": "time_zone", "owner": "owner_email", "contact": "contact_name",
    "email": "contact_email", "last_contact": "last_contact_on", "next_call": "next_call_on", "mou_sent": "mou_sent_on",
    "mou_viewed": "mou_viewed_on", "mou_signed": "mou_signed_on",
}  # fmt: skip
INSTEAD = {
    **dict.fromkeys((*DATES, "last_contact_on"), "Write it as 2027-03-01."),
    "priority": "Write it as a number from 1, the first, to 5.",
    "time_zone": "Write it as Pacific/Auckland.",
    "website": "Write it as https://example.org.",
}
OUTCOMES = ("created", "updated", "unchanged", "refused")


def partnerships(
    by: Principal,
    text: str,
    check: Check[CreatePartnership],
    *,
    new_id: Callable[[], str],
    now: datetime,
    **part: Unpack[Part],
) -> JsonObject:
    """Import the lines of a CSV file after line `after`, at most `limit` of them. Returns `{rows: [{line, outcome, id,
    name, reasons}], created, updated, unchanged, refused, dry_run}`.

    A partnership is matched by its external id, else by its name. Invalid for a file without a usable header.
    """
    people, zone = replicas.people.by_email(by.tenant_id), replicas.tenants.region(by.tenant_id).time_zone
    job = _PartnershipImport(by=by, acts=acts, check=check, people=people, new_id=new_id, now=now, zone=zone)
    receipts = job.run(text, **part)
    counts = Counter(receipt.outcome for receipt in receipts)
    rows = [vars(receipt) for receipt in receipts]
    return {"rows": rows, "dry_run": part["dry_run"]} | {outcome: counts[outcome] for outcome in OUTCOMES}


@dataclass(frozen=True, kw_only=True)
class _PartnershipImport(CsvImport[Partnership, CreatePartnership]):
    """An import of partnerships. Days in the file are in `zone`, the tenant's time zone."""

    kind = "partnership"
    columns = CsvColumns(
        names=KNOWN, needed=("name",), spellings=SPELLINGS, instead=INSTEAD, multiline=("description",),
        prefixes={"contacts": "contact_"},
    )  # fmt: skip

    zone: str

    def fields(self, cells: dict[str, str]) -> dict[str, Any]:
        fields: dict[str, Any] = {name: cells[name] for name in (*PLAIN, *DATES) if name in cells}
        if "priority" in cells:
            fields["priority"] = int(cells["priority"]) if cells["priority"].isdecimal() else cells["priority"]
        if contact := {field: cells[column] for column, field in CONTACT.items() if column in cells}:
            fields["contacts"] = [{"name": contact.get("email", ""), **contact}]
        return fields

    def existing(self, external_ids: Iterable[str], names: Iterable[str]) -> list[Partnership]:
        return models.partnerships.known_as(self.by.tenant_id, external_ids, names)

    def create(self, command: CreatePartnership, cells: dict[str, str]) -> str:
        row = verbs.create(self.by, command, partnership_id=self.new_id(), now=self.now, kind="imported")
        self._log_contact(row, cells)
        return str(row.id)

    def change(self, row: Partnership, command: CreatePartnership, cells: dict[str, str]) -> bool:
        values = given(command)
        values |= _contacts(row, values.get("contacts"))
        changed = any(getattr(row, name) != value for name, value in values.items())
        if changed:
            row = verbs.change(self.by, row.id, ChangePartnership(**values), now=self.now)
        return self._log_contact(row, cells) or changed

    def other_problems(self, cells: dict[str, str]) -> list[str]:
        if _contact_kind(cells) not in activities.CONTACT:
            return [f"last_contact_by: one of {', '.join(activities.CONTACT)}"]
        try:
            day = _contact_day(cells)
        except ValueError:
            return [self.columns.problem("last_contact_on", "Not a valid date.")]
        future = day is not None and day > local_date(self.now, self.zone)
        return ["last_contact_on: It lies in the future."] if future else []

    def _log_contact(self, row: Partnership, cells: dict[str, str]) -> bool:
        """Add the last contact as an activity, unless the partnership has the same or a later one."""
        kind, day = _contact_kind(cells), _contact_day(cells)
        if day is None or local_date(row.last_contact_at, self.zone) >= day:
            return False
        origin, at = (
            ids.named("imported-contact", row.id, day.isoformat()),
            midday_of(day, self.zone, not_after=self.now),
        )
        summary = f"{activities.WORDS[kind]}, before the import"
        activities.add(self.by, row, kind=kind, summary=summary, at=at, now=self.now, origin=origin)
        return True


def _contact_kind(cells: dict[str, str]) -> str:
    return cells.get("last_contact_by", "email_sent").lower().replace(" ", "_")


def _contact_day(cells: dict[str, str]) -> date | None:
    """The day of the last contact. ValueError if it is not a date."""
    return date.fromisoformat(cells["last_contact_on"]) if "last_contact_on" in cells else None


def _contacts(before: Partnership, contacts: list[JsonObject] | None) -> dict[str, list[JsonObject]]:
    """The line's contact comes first, merged over the existing one with the same address (the name stands in where
    there is none). The others follow."""
    if contacts is None:
        return {}
    new = {"email": None, "title": "", **contacts[0]}
    others = [contact for contact in before.contacts if not _same(contact, new)]
    earlier: JsonObject = next((contact for contact in before.contacts if _same(contact, new)), {})
    return {"contacts": [earlier | {name: value for name, value in new.items() if value}, *others]}


def _same(contact: JsonObject, other: JsonObject) -> bool:
    mine, theirs = contact.get("email") or contact["name"], other.get("email") or other["name"]
    return bool(mine.casefold() == theirs.casefold())
