"""Imports contacts of customers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from services.workflows import contacts as verbs
from services.workflows import models
from services.workflows.commands import AddContact, ChangeContact
from services.workflows.import_kinds.customer_lookup import CUSTOMER_FIELDS, OF_THE_CUSTOMER, CustomerSheet
from services.workflows.models import Contact, acts
from shared.contracts.commands import given
from shared.contracts.customers import CONTACT_ROLES, CONTACT_STATUSES, SENTIMENTS
from shared.csv_import.cell_types import DAY, FLAG, Choice
from shared.csv_import.fields import ImportField, ImportFields
from shared.csv_import.importer import ImportKind, RowImport, Written
from shared.csv_import.mapping import Line
from shared.csv_import.matching import ExistingRows, Identity
from shared.ground.json_types import JsonObject

OF_THE_NAME = ("first_name", "last_name")
STATUSES = {"left": "departed", "inactive": "departed", "former": "departed", "gone": "departed", "current": "active"}
DAY_WANTED = "Write it as 2027-03-01."
YES_OR_NO = "Write yes or no."
UNDONE = "its import was undone"


@dataclass(frozen=True, kw_only=True)
class ContactImport(RowImport[Contact, ChangeContact]):
    """An import of contacts, which are matched within their customer by e-mail address, else by name."""

    fields = ImportFields(
        (
            *CUSTOMER_FIELDS,
            ImportField("name", "Name", needed=True, in_header=False, synonyms=("Full name", "Contact", "Contact name", "Person - Name")),
            ImportField("first_name", "First name", synonyms=("Given name", "FirstName", "Person - First name")),
            ImportField("last_name", "Last name", synonyms=("Surname", "Family name", "LastName", "Person - Last name")),
            ImportField(
                "email", "E-mail", instead="Write it as name@example.org.",
                synonyms=("Email address", "E-mail address", "Mail", "Person - Email", "Person - Email - Work"),
            ),
            ImportField("title", "Job title", synonyms=("Title", "Position", "Person - Job title")),
            ImportField(
                "role", "Role", Choice(tuple(CONTACT_ROLES)), instead=f"Write one of {', '.join(CONTACT_ROLES)}.",
                synonyms=("Buying Role", "Contact role", "Stakeholder role"),
            ),
            ImportField("status", "Status", Choice(tuple(CONTACT_STATUSES), STATUSES), instead="Write active or departed.",
                        synonyms=("Contact status",)),
            ImportField("sentiment", "Sentiment", Choice(tuple(SENTIMENTS)), instead=f"Write one of {', '.join(SENTIMENTS)}."),
            ImportField("is_primary", "Primary", FLAG, instead=YES_OR_NO, synonyms=("Primary contact", "Main contact")),
            ImportField(
                "opted_out", "Opted out", FLAG, instead=YES_OR_NO,
                synonyms=("Email Opt Out", "HasOptedOutOfEmail", "Unsubscribed from all email", "Unsubscribed", "Do not contact"),
            ),
            ImportField("last_met_on", "Last met", DAY, instead=DAY_WANTED),
            ImportField("last_touch_on", "Last touch", DAY, instead=DAY_WANTED,
                        synonyms=("Last contacted", "Last Activity", "Last Activity Date", "Person - Last activity date")),
            ImportField("salesforce_id", "Salesforce id", synonyms=("Contact ID",)),
        ),
        one_of=(OF_THE_CUSTOMER,),
    )  # fmt: skip
    restored = (
        "name", "email", "title", "role", "status", "sentiment", "is_primary", "opted_out", "last_met_on", "last_touch_on",
        "salesforce_id",
    )  # fmt: skip

    customer_ids: dict[int, str] = field(default_factory=dict)
    """The customer of each line that was looked for, by its number."""

    def completed(self, line: Line) -> Line:
        """The name is put together of its parts; where there is none, the e-mail address stands for it."""
        if "name" in line.cells:
            return line
        name = " ".join(line.cells[part] for part in OF_THE_NAME if part in line.cells) or line.cells.get("email")
        if not name:
            return line
        return replace(line, cells=line.cells | {"name": name}, values=line.values | {"name": name})

    def duplicates(self, lines: Sequence[Line]) -> CustomerSheet:
        """See RowImport."""
        return CustomerSheet.of(self.by.tenant_id, lines, _line_identity, column="email")

    def finder(self, duplicates: CustomerSheet, lines: Sequence[Line]) -> Callable[[Line], Contact | None]:
        """See RowImport."""
        customer_ids = {duplicates.customer_id(line) for line in lines} - {""}
        models.customers.keep(self.by.tenant_id, customer_ids)
        rows = models.importing.contacts_of_customers(self.by.tenant_id, sorted(customer_ids))
        existing = ExistingRows(duplicates, rows, _identity)

        def find(line: Line) -> Contact | None:
            self.customer_ids[line.number] = duplicates.customer_id(line)
            return existing.row(line)

        return find

    def body(self, line: Line) -> dict[str, Any]:
        """See RowImport."""
        return {name: value for name, value in line.values.items() if name not in (*OF_THE_CUSTOMER, *OF_THE_NAME)}

    def create(self, command: ChangeContact, line: Line) -> Written:
        """See RowImport."""
        add = AddContact(customer_id=self.customer_ids[line.number], **given(command))
        others = self._others_of_primary(add.customer_id, "") if add.is_primary else []
        return Written(verbs.add(self.by, add, contact_id=self.new_id(), now=self.now), {"others": others})

    def change(self, row: Contact, command: ChangeContact, line: Line) -> Written | None:
        """See RowImport."""
        changes = {name: value for name, value in given(command).items() if getattr(row, name) != value}
        if not changes:
            return None
        others = self._others_of_primary(row.customer_id, row.id) if changes.get("is_primary") else []
        changed = verbs.change(self.by, row.id, ChangeContact(**changes), now=self.now, expected=row.version)
        row.__data__ |= changed.__data__
        return Written(row, {"others": others})

    def get_for_update(self, row_id: str) -> Contact | None:
        """See RowImport."""
        return models.importing.contact_for_update(self.by.tenant_id, row_id)

    def refers(self, row: Contact, more: JsonObject) -> list[str]:
        """See RowImport."""
        return models.importing.referring_to_contact(row)

    def remove(self, row: Contact, more: JsonObject) -> None:
        """See RowImport."""
        models.customers.remove_contact(row, self.now)
        acts.record(
            self.by, "removed contact", "contact", row.id, now=self.now, details={"name": row.name}, reason=UNDONE
        )

    def restore(self, row: Contact, columns: dict[str, Any], more: JsonObject) -> None:
        """See RowImport."""
        models.customers.change_contact(row, updated_at=self.now, **columns)
        details = {"fields": sorted(columns)}
        acts.record(self.by, "changed contact", "contact", row.id, now=self.now, details=details, reason=UNDONE)

    def _others_of_primary(self, customer_id: str, contact_id: str) -> list[JsonObject]:
        """The contacts that stop being primary when this one becomes it, as undoing that needs them."""
        primary = models.importing.primary_contacts(self.by.tenant_id, customer_id)
        return [
            {"id": row.id, "version": row.version + 1, "columns": {"is_primary": True}}
            for row in primary
            if row.id != contact_id
        ]


CONTACTS = ImportKind("contacts", "contact", ContactImport)


def _identity(row: Contact) -> Identity:
    return Identity(row.email.casefold() if row.email else None, row.name, row.customer_id)


def _line_identity(line: Line, customer_id: str) -> Identity:
    email = line.cells.get("email")
    return Identity(email and email.casefold(), line.cells.get("name", ""), customer_id)
