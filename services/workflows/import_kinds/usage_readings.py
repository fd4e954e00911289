"""Imports readings of the use of a product by customers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from services.workflows import models, readings
from services.workflows.commands import AddUsage
from services.workflows.import_kinds.customer_lookup import CUSTOMER_FIELDS, OF_THE_CUSTOMER, CustomerSheet
from services.workflows.models import UsageReading, acts
from shared.contracts.commands import given
from shared.csv_import.cell_types import DAY, FLAG, WHOLE
from shared.csv_import.fields import ImportField, ImportFields
from shared.csv_import.importer import ImportKind, RowImport, Written
from shared.csv_import.mapping import Line
from shared.csv_import.matching import Identity
from shared.ground.json_types import JsonObject

WHOLE_NUMBER = "Write it as a whole number."
UNDONE = "its import was undone"


@dataclass(frozen=True, kw_only=True)
class UsageImport(RowImport[UsageReading, AddUsage]):
    """An import of usage readings: one a customer, product, site and day."""

    fields = ImportFields(
        (
            *CUSTOMER_FIELDS,
            ImportField("on", "Day", DAY, needed=True, instead="Write it as 2027-03-01.", synonyms=("Date", "As of", "Reading date")),
            ImportField("product", "Product", synonyms=("Module", "Product name")),
            ImportField("site", "Site", synonyms=("Location", "Site name")),
            ImportField("active", "Active", WHOLE, instead=WHOLE_NUMBER, synonyms=("Active users", "Active seats", "Users")),
            ImportField("licensed", "Licensed", WHOLE, instead=WHOLE_NUMBER, synonyms=("Licensed seats", "Seats", "Licences", "Licenses")),
            ImportField("live", "Live", FLAG, instead="Write yes or no."),
            ImportField("source", "Source"),
            ImportField("note", "Note", multiline=True, synonyms=("Comment",)),
        ),
        one_of=(OF_THE_CUSTOMER,),
    )  # fmt: skip
    restored = ("active", "licensed", "live", "source", "note")

    customers: dict[int, str] = field(default_factory=dict)
    """The customer of each line that was looked for, by its number."""

    def duplicates(self, lines: Sequence[Line]) -> CustomerSheet:
        """See RowImport."""
        return CustomerSheet.of(self.by.tenant_id, lines, _identity, column="on")

    def finder(self, duplicates: CustomerSheet, lines: Sequence[Line]) -> Callable[[Line], UsageReading | None]:
        """See RowImport."""
        models.customers.keep(self.by.tenant_id, {duplicates.customer_id(line) for line in lines} - {""})

        def find(line: Line) -> UsageReading | None:
            customer_id = self.customers[line.number] = duplicates.customer_id(line)
            return models.importing.usage_on(self.by.tenant_id, customer_id, _place(line), line.values["on"])

        return find

    def name(self, line: Line) -> str | None:
        """See RowImport."""
        named = line.cells.get("customer") or line.cells.get("customer_id")
        return ", ".join(filter(None, (named, *_place(line), line.cells.get("on")))) or None

    def body(self, line: Line) -> dict[str, Any]:
        """See RowImport."""
        return {name: value for name, value in line.values.items() if name not in OF_THE_CUSTOMER}

    def create(self, command: AddUsage, line: Line) -> Written:
        """See RowImport."""
        customer_id = self.customers[line.number]
        return Written(readings.add_usage(self.by, customer_id, command, reading_id=self.new_id(), now=self.now))

    def change(self, row: UsageReading, command: AddUsage, line: Line) -> Written | None:
        """See RowImport."""
        kept = {name: getattr(row, name) for name in self.restored if name not in line.values}
        changed = replace(command, **kept)
        if all(getattr(row, name) == value for name, value in given(changed).items()):
            return None
        return Written(readings.add_usage(self.by, row.customer_id, changed, reading_id=row.id, now=self.now))

    def get_for_update(self, row_id: str) -> UsageReading | None:
        """See RowImport."""
        return models.importing.usage_for_update(self.by.tenant_id, row_id)

    def refers(self, row: UsageReading, more: JsonObject) -> list[str]:
        """See RowImport."""
        return []

    def remove(self, row: UsageReading, more: JsonObject) -> None:
        """See RowImport."""
        readings.remove_usage(self.by, row.customer_id, row.id, now=self.now)

    def restore(self, row: UsageReading, columns: dict[str, Any], more: JsonObject) -> None:
        """See RowImport."""
        row.write(**columns)
        details = {"on": row.on.isoformat()}
        acts.record(
            self.by, "recorded usage", "customer", row.customer_id, now=self.now, details=details, reason=UNDONE
        )


USAGE_READINGS = ImportKind("usage-readings", "usage reading", UsageImport)


def _place(line: Line) -> tuple[str, str]:
    return line.cells.get("product", ""), line.cells.get("site", "")


def _identity(line: Line, customer_id: str) -> Identity:
    """A reading by its product, site and day; it has no name."""
    where = "\x1f".join((*_place(line), str(line.values.get("on", line.cells.get("on", "")))))
    return Identity(where, where, customer_id)
