"""Imports customers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from services.workflows import customers as verbs
from services.workflows import models
from services.workflows.commands import AddCustomer, ChangeCustomer
from services.workflows.models import Customer, acts
from shared.contracts.commands import given
from shared.contracts.customers import DATED, MONTH_TO_MONTH, OPEN_ENDED, PARENT_RELATIONS, RENEWAL_TERMS
from shared.csv_import.cell_types import AMOUNT, DAY, WHOLE, Choice, currency_of
from shared.csv_import.fields import ImportField, ImportFields
from shared.csv_import.importer import ImportKind, RowImport, Written
from shared.csv_import.mapping import Line
from shared.csv_import.matching import ExistingRows, Sheet, by_external_id, row_by_external_id
from shared.ground.json_types import JsonObject

SEATS = ("licensed_seats", "active_seats")
OF_THE_RENEWAL = ("renewal_date", "renewal_terms")
TERMS = {"monthly": MONTH_TO_MONTH, "rolling": MONTH_TO_MONTH, "evergreen": OPEN_ENDED, "perpetual": OPEN_ENDED}
WHOLE_NUMBER, PERCENT = "Write it as a whole number.", "Write it as a whole number from 0 to 100."


@dataclass(frozen=True, kw_only=True)
class CustomerImport(RowImport[Customer, ChangeCustomer]):
    """An import of customers, which are matched by their external id, else by their name."""

    fields = ImportFields(
        (
            ImportField(
                "name", "Name", needed=True,
                synonyms=("Customer", "Customer name", "Company", "Company name", "Account", "Account name", "Client",
                          "Organization", "Organization - Name", "Organisation"),
            ),
            ImportField(
                "arr", "ARR", AMOUNT, needed=True, instead="Write it as 248127.00, with a point and at most two places.",
                synonyms=("Annual recurring revenue", "Annual contract value", "ACV", "Contract value", "Amount",
                          "Deal - Value", "Recurring revenue"),
            ),
            ImportField(
                "currency", "Currency", needed=True, in_header=False, instead="Write it as USD, in three letters.",
                synonyms=("Currency code", "ARR currency", "Currency ISO code", "Deal - Currency", "Organization - Currency"),
            ),
            ImportField(
                "renewal_date", "Renewal date", DAY, instead="Write it as 2027-03-01.",
                synonyms=("Renewal", "Renews on", "Next renewal", "Contract renewal date", "Contract end date", "Contract end",
                          "Subscription end date", "Close date", "Deal - Expected close date"),
            ),
            ImportField(
                "renewal_terms", "Renewal terms", Choice(RENEWAL_TERMS, TERMS), instead=f"Write one of {', '.join(RENEWAL_TERMS)}.",
                synonyms=("Terms of renewal", "Renewal type"),
            ),
            ImportField("renewal_date_source", "Source of the renewal date"),
            ImportField(
                "external_id", "External id",
                synonyms=("Id", "Customer id", "Record ID", "Record ID - Company", "Company ID", "Account ID",
                          "Organization - ID"),
            ),
            ImportField("time_zone", "Time zone", synonyms=("Timezone",), instead="Write it as Pacific/Auckland."),
            ImportField("industry", "Industry", synonyms=("Sector", "Organization - Industry")),
            ImportField(
                "owner_email", "Owner", instead="",
                synonyms=("Owner email", "Company owner", "Account owner", "Customer owner", "CSM", "CSM email",
                          "Organization - Owner", "Deal - Owner"),
            ),
            ImportField("salesforce_opportunity_id", "Salesforce opportunity id", synonyms=("Opportunity ID",)),
            ImportField("health_score", "Health score", WHOLE, synonyms=("Health",), instead=PERCENT),
            ImportField("renewal_likelihood", "Renewal likelihood", WHOLE, synonyms=("Likelihood", "Probability (%)"), instead=PERCENT),
            ImportField("tier", "Tier", synonyms=("Segment",)),
            ImportField("parent_name", "Parent or acquirer", synonyms=("Parent", "Parent company", "Parent account", "Acquirer")),
            ImportField(
                "parent_relation", "Relation to the parent", Choice(PARENT_RELATIONS),
                instead=f"Write one of {', '.join(PARENT_RELATIONS)}.",
            ),
            ImportField("language", "Language", instead="Write it as en, in two letters."),
            ImportField("executive_sponsor", "Our executive sponsor", synonyms=("Executive sponsor",)),
            ImportField("fiscal_year_end", "Fiscal year end", DAY, instead="Write it as 2027-03-31."),
            ImportField("notes", "Notes", multiline=True, synonyms=("Description",)),
            ImportField("licensed_seats", "Licensed seats", WHOLE, synonyms=("Seats", "Licences", "Licenses"), instead=WHOLE_NUMBER),
            ImportField("active_seats", "Active seats", WHOLE, synonyms=("Active users",), instead=WHOLE_NUMBER),
        ),
        one_of=(OF_THE_RENEWAL,),
    )  # fmt: skip
    restored = (
        "name", "external_id", "arr", "currency", "renewal_date", "renewal_terms", "renewal_date_source", "time_zone", "industry",
        "owner", "usage", "salesforce_opportunity_id", "health_score", "renewal_likelihood", "tier", "parent_name", "parent_relation",
        "language", "executive_sponsor", "fiscal_year_end", "notes",
    )  # fmt: skip

    def completed(self, line: Line) -> Line:
        """The currency that stands beside the amount counts where there is no other."""
        codes = currency_of(line.cells.get("arr", ""))
        if "currency" in line.cells or len(codes) != 1:
            return line
        code = {"currency": next(iter(codes))}
        return replace(line, cells=line.cells | code, values=line.values | code)

    def duplicates(self, lines: Sequence[Line]) -> Sheet:
        """See RowImport."""
        return Sheet(lines, by_external_id)

    def finder(self, duplicates: Sheet, lines: Sequence[Line]) -> Callable[[Line], Customer | None]:
        """See RowImport."""
        external_ids = [line.cells["external_id"] for line in lines if "external_id" in line.cells]
        names = [line.cells["name"].casefold() for line in lines if "name" in line.cells]
        rows = models.customers.known_as(self.by.tenant_id, external_ids, names)
        return ExistingRows(duplicates, rows, row_by_external_id).row

    def body(self, line: Line) -> dict[str, Any]:
        """See RowImport."""
        fields = {name: value for name, value in line.values.items() if name not in (*SEATS, "owner_email")}
        seats = {name: line.values[name] for name in SEATS if name in line.values}
        without_date = fields.get("renewal_terms", DATED) != DATED and "renewal_date" not in fields
        return (
            fields
            | {"currency": line.values["currency"].upper()}
            | ({"renewal_date": None} if without_date else {})
            | ({"usage": seats} if seats else {})
        )

    def other_problems(self, line: Line) -> list[str]:
        """See RowImport."""
        codes, currency = currency_of(line.cells.get("arr", "")), line.cells.get("currency", "").upper()
        if not codes or not currency or currency in codes:
            return []
        return [f"arr: {line.cells['arr']} is in {' or '.join(sorted(codes)[:3])}, and the currency is {currency}"]

    def create(self, command: ChangeCustomer, line: Line) -> Written:
        """See RowImport."""
        row = verbs.add(self.by, AddCustomer(**given(command)), customer_id=self.new_id(), now=self.now)
        return Written(row, {"scores": sorted(models.importing.score_ids(row))})

    def change(self, row: Customer, command: ChangeCustomer, line: Line) -> Written | None:
        """See RowImport."""
        changes = {name: value for name, value in given(command).items() if _differs(getattr(row, name), value)}
        if "usage" in changes:
            changes["usage"] = row.usage | changes["usage"]
        if not changes:
            return None
        known = models.importing.score_ids(row)
        changed = verbs.change(self.by, row.id, ChangeCustomer(**changes), now=self.now, expected=row.version)
        return Written(changed, {"scores": sorted(models.importing.score_ids(row) - known)})

    def get_for_update(self, row_id: str) -> Customer | None:
        """See RowImport."""
        return models.importing.customer_for_update(self.by.tenant_id, row_id)

    def refers(self, row: Customer, more: JsonObject) -> list[str]:
        """See RowImport."""
        return models.importing.referring_to_customer(row, more["scores"])

    def remove(self, row: Customer, more: JsonObject) -> None:
        """See RowImport."""
        models.importing.delete_customer(row)
        acts.record(
            self.by, "removed customer", "customer", row.id, now=self.now, details={"name": row.name}, reason=UNDONE
        )

    def restore(self, row: Customer, columns: dict[str, Any], more: JsonObject) -> None:
        """See RowImport."""
        models.customers.change(row, updated_at=self.now, **columns)
        models.importing.take_back_scores(row, more["scores"])
        details = {"fields": sorted(columns)}
        acts.record(self.by, "changed customer", "customer", row.id, now=self.now, details=details, reason=UNDONE)


UNDONE = "its import was undone"
CUSTOMERS = ImportKind("customers", "customer", CustomerImport)


def _differs(before: Any, after: Any) -> bool:
    if isinstance(after, dict):
        return any((before or {}).get(name) != value for name, value in after.items())
    return bool(before != after)
