"""Imports partnerships."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from services.runs import activities, models
from services.runs import partnerships as verbs
from services.runs.models import Partnership, acts, replicas
from services.runs.partnerships import ChangePartnership, CreatePartnership
from services.runs.states import STAGES
from shared.contracts.commands import given
from shared.csv_import.cell_types import DAY, WEBSITE, WHOLE
from shared.csv_import.fields import ImportField, ImportFields
from shared.csv_import.importer import ImportKind, RowImport, Written
from shared.csv_import.mapping import Line
from shared.csv_import.matching import ExistingRows, Sheet, by_external_id, row_by_external_id
from shared.ground import ids
from shared.ground.json_types import JsonObject
from shared.ground.local_days import local_date, midday_of

CONTACT = {"contact_name": "name", "contact_email": "email", "contact_title": "title"}
APART = (*CONTACT, "owner_email", "last_contact_on", "last_contact_by")
DAY_WANTED = "Write it as 2027-03-01."
UNDONE = "its import was undone"


@dataclass(frozen=True, kw_only=True)
class PartnershipImport(RowImport[Partnership, CreatePartnership]):
    """An import of partnerships, which are matched by their external id, else by their name."""

    fields = ImportFields(
        (
            ImportField(
                "name", "Name", needed=True,
                synonyms=("Partnership", "Partner", "Partner name", "Company", "Company name", "Account", "Account name",
                          "Organization", "Organization - Name", "Organisation"),
            ),
            ImportField(
                "external_id", "External id",
                synonyms=("Id", "Partner id", "Record ID", "Record ID - Company", "Company ID", "Account ID", "Organization - ID"),
            ),
            ImportField("stage", "Stage", synonyms=("Partner stage", "Pipeline stage"), instead=f"Write one of {', '.join(STAGES)}."),
            ImportField("priority", "Priority", WHOLE, instead="Write it as a number from 1, the first, to 5."),
            ImportField(
                "owner_email", "Owner",
                synonyms=("Owner email", "Company owner", "Account owner", "Partner owner", "Organization - Owner"),
            ),
            ImportField("contact_name", "Name of the contact", synonyms=("Contact", "Primary contact", "Person - Name")),
            ImportField("contact_email", "E-mail of the contact", synonyms=("Email", "E-mail", "Email address", "Person - Email")),
            ImportField("contact_title", "Job title of the contact", synonyms=("Job title", "Person - Job title")),
            ImportField(
                "last_contact_on", "Last contact", DAY, instead=DAY_WANTED,
                synonyms=("Last contacted", "Last activity date", "Last Activity", "Organization - Last activity date"),
            ),
            ImportField("last_contact_by", "How the last contact was"),
            ImportField("mou_sent_on", "MOU sent", DAY, instead=DAY_WANTED),
            ImportField("mou_viewed_on", "MOU viewed", DAY, instead=DAY_WANTED),
            ImportField("mou_signed_on", "MOU signed", DAY, instead=DAY_WANTED),
            ImportField(
                "next_call_on", "Next call", DAY, instead=DAY_WANTED,
                synonyms=("Next activity date", "Organization - Next activity date"),
            ),
            ImportField("description", "Description", multiline=True, synonyms=("About us", "Notes")),
            ImportField("source", "Where it came from", synonyms=("Original source", "Lead source", "Account source")),
            ImportField(
                "website", "Website", WEBSITE, instead="Write it as https://example.org.",
                synonyms=("Website URL", "Company domain name", "Organization - Website"),
            ),
            ImportField("time_zone", "Time zone", synonyms=("Timezone",), instead="Write it as Pacific/Auckland."),
        ),
        prefixes={"contacts": "contact_"},
    )  # fmt: skip
    restored = (
        "external_id", "name", "stage", "owner", "priority", "description", "source", "website", "time_zone", "contacts",
        "mou_sent_on", "mou_viewed_on", "mou_signed_on", "next_call_on", "last_contact_at", "last_heard_at",
        "last_activity_kind", "last_activity_at", "stage_changed_at",
    )  # fmt: skip

    @cached_property
    def zone(self) -> str:
        """The tenant's time zone, in which the days of the file are."""
        return replicas.tenants.region(self.by.tenant_id).time_zone

    def duplicates(self, lines: Sequence[Line]) -> Sheet:
        """See RowImport."""
        return Sheet(lines, by_external_id)

    def finder(self, duplicates: Sheet, lines: Sequence[Line]) -> Callable[[Line], Partnership | None]:
        """See RowImport."""
        external_ids = [line.cells["external_id"] for line in lines if "external_id" in line.cells]
        names = [line.cells["name"].casefold() for line in lines if "name" in line.cells]
        rows = models.partnerships.known_as(self.by.tenant_id, external_ids, names)
        return ExistingRows(duplicates, rows, row_by_external_id).row

    def body(self, line: Line) -> dict[str, Any]:
        """See RowImport."""
        fields = {name: value for name, value in line.values.items() if name not in APART}
        if contact := {field: line.values[column] for column, field in CONTACT.items() if column in line.values}:
            fields["contacts"] = [{"name": contact.get("email", ""), **contact}]
        return fields

    def other_problems(self, line: Line) -> list[str]:
        """See RowImport."""
        if _contact_kind(line) not in activities.CONTACT:
            return [f"last_contact_by: one of {', '.join(activities.CONTACT)}"]
        try:
            day = _contact_day(line)
        except ValueError:
            return [self.fields.problem("last_contact_on", "Not a valid date.")]
        future = day is not None and day > local_date(self.now, self.zone)
        return ["last_contact_on: It lies in the future."] if future else []

    def create(self, command: CreatePartnership, line: Line) -> Written:
        """See RowImport."""
        row = verbs.create(self.by, command, partnership_id=self.new_id(), now=self.now, kind="imported")
        self._log_contact(row, line)
        return Written(row)

    def change(self, row: Partnership, command: CreatePartnership, line: Line) -> Written | None:
        """See RowImport."""
        values = given(command)
        values |= _contacts(row, values.get("contacts"))
        changed = any(getattr(row, name) != value for name, value in values.items())
        known = models.activities.ids_of(row.tenant_id, row.id)
        if changed:
            row = verbs.change(self.by, row.id, ChangePartnership(**values), now=self.now)
        if not self._log_contact(row, line) and not changed:
            return None
        added = models.activities.ids_of(row.tenant_id, row.id) - known
        return Written(row, {"activities": sorted(added)})

    def get_for_update(self, row_id: str) -> Partnership | None:
        """See RowImport."""
        return models.partnerships.lock_many(self.by.tenant_id, [row_id]).get(row_id)

    def refers(self, row: Partnership, more: JsonObject) -> list[str]:
        """See RowImport."""
        return models.importing.referring_to_partnership(row)

    def remove(self, row: Partnership, more: JsonObject) -> None:
        """See RowImport."""
        verbs.remove(self.by, row.id, now=self.now)

    def restore(self, row: Partnership, columns: dict[str, Any], more: JsonObject) -> None:
        """See RowImport."""
        models.partnerships.change(row, updated_at=self.now, **columns)
        models.activities.take_back(row.tenant_id, row.id, more.get("activities", []))
        details = {"fields": sorted(columns)}
        acts.record(self.by, "changed partnership", "partnership", row.id, now=self.now, details=details, reason=UNDONE)

    def _log_contact(self, row: Partnership, line: Line) -> bool:
        """Add the last contact as an activity, unless the partnership has the same or a later one."""
        kind, day = _contact_kind(line), _contact_day(line)
        if day is None or local_date(row.last_contact_at, self.zone) >= day:
            return False
        origin = ids.named("imported-contact", row.id, day.isoformat())
        at = midday_of(day, self.zone, not_after=self.now)
        summary = f"{activities.WORDS[kind]}, before the import"
        activities.add(self.by, row, kind=kind, summary=summary, at=at, now=self.now, origin=origin)
        return True


PARTNERSHIPS = ImportKind("partnerships", "partnership", PartnershipImport)


def _contact_kind(line: Line) -> str:
    return line.cells.get("last_contact_by", "email_sent").lower().replace(" ", "_")


def _contact_day(line: Line) -> date | None:
    """The day of the last contact. ValueError if it is not a date."""
    return date.fromisoformat(line.values["last_contact_on"]) if "last_contact_on" in line.values else None


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
