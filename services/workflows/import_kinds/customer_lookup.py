"""Finds the customer that a line of a file names by external id, else by name; for kinds whose rows belong to one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby

from services.workflows import models
from services.workflows.models import Customer
from shared.csv_import.fields import ImportField
from shared.csv_import.mapping import Line
from shared.csv_import.matching import Identity, Sheet

OF_THE_CUSTOMER = ("customer", "customer_id")
CUSTOMER_FIELDS = (
    ImportField(
        "customer", "Customer",
        synonyms=("Customer name", "Company", "Company name", "Account", "Account name", "Associated Company", "Organization",
                  "Organisation", "Organization - Name", "Person - Organization"),
    ),
    ImportField(
        "customer_id", "External id of the customer",
        synonyms=("Customer external id", "Company ID", "Account ID", "AccountId", "Associated Company IDs",
                  "Person - Organization ID"),
    ),
)  # fmt: skip


class CustomerSheet(Sheet):
    """The lines of a file within their customers. `customers` is the customer of each line, by its number, or why there is
    none."""

    def __init__(
        self,
        lines: Sequence[Line],
        customers: dict[int, Customer | str],
        identify: Callable[[Line, str], Identity],
        *,
        column: str,
    ) -> None:
        self.customers = customers
        super().__init__(lines, lambda line: identify(line, self.customer_id(line)), column=column)

    @classmethod
    def of(
        cls, tenant_id: str, lines: Sequence[Line], identify: Callable[[Line, str], Identity], *, column: str
    ) -> CustomerSheet:
        """The lines with the tenant's customers that they name."""
        named = {line.cells[part] for line in lines for part in OF_THE_CUSTOMER if part in line.cells}
        found = models.importing.customers_known_as(tenant_id, sorted(named))
        known = _Known(
            {row.external_id: row for row in found if row.external_id},
            {key: list(rows) for key, rows in groupby(sorted(found, key=_name_key), key=_name_key)},
        )
        return cls(lines, {line.number: known.customer_of(line) for line in lines}, identify, column=column)

    def problem(self, line: Line) -> str | None:
        """See Sheet."""
        customer = self.customers[line.number]
        return customer if isinstance(customer, str) else super().problem(line)

    def customer_id(self, line: Line) -> str:
        """The customer of a line; "" if it has none."""
        customer = self.customers[line.number]
        return "" if isinstance(customer, str) else str(customer.id)


@dataclass(frozen=True)
class _Known:
    """The customers that a file names, by external id and by name."""

    by_id: dict[str, Customer]
    by_name: dict[str, list[Customer]]

    def customer_of(self, line: Line) -> Customer | str:
        """The customer that a line names by external id, else by name; or why there is none."""
        named = [line.cells[part] for part in ("customer_id", "customer") if part in line.cells]
        if not named:
            return "customer: it is missing"
        for text in named:
            if text in self.by_id:
                return self.by_id[text]
        rows = self.by_name.get(line.cells.get("customer", "").casefold(), [])
        if len(rows) > 1:
            return f"customer: several have the name {named[-1]}; name the external id"
        return rows[0] if rows else f"customer: there is no customer {named[0]}"


def _name_key(row: Customer) -> str:
    return str(row.name_key)
