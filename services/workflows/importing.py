"""Imports customers from a CSV file, with a receipt for each row and a dry run that changes nothing."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any, Unpack

from services.workflows import models
from services.workflows.commands import AddCustomer, ChangeCustomer
from services.workflows.models import Customer, acts, replicas
from shared.contracts.commands import given
from shared.csv_import.importer import Check, CsvColumns, CsvImport, Part
from shared.ground.json_types import JsonObject
from shared.ground.principal import Principal

NEEDED = ("name", "arr", "currency", "renewal_date")
SEATS = ("licensed_seats", "active_seats")
WHOLE = ("health_score", "renewal_likelihood", *SEATS)
KNOWN = (*NEEDED, "external_id", "time_zone", "industry", "owner_email", "salesforce_opportunity_id", *WHOLE)
SPELLINGS = {
    "renewal": "renewal_date",
    "health": "health_score",
    "likelihood": "renewal_likelihood",
    "opportunity_id": "salesforce_opportunity_id",
    "timezone": "time_zone",
    "id": "external_id",
}
INSTEAD = {
    "arr": "Write it as 248127.00, with a point and at most two places.",
    "currency": "Write it as USD, in three letters.",
    "renewal_date": "Write it as 2027-03-01.",
    "time_zone": "Write it as Pacific/Auckland.",
    **dict.fromkeys(WHOLE, "Write it as a whole number from 0 to 100."),
    **dict.fromkeys(SEATS, "Write it as a whole number."),
}
_THOUSANDS = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d{1,2})?")


def customers(
    by: Principal,
    text: str,
    check: Check[ChangeCustomer],
    *,
    new_id: Callable[[], str],
    now: datetime,
    **part: Unpack[Part],
) -> JsonObject:
    """Import the rows of a CSV file after row `after`, at most `limit` of them. Returns `{dry_run, rows: [{row, outcome,
    name, reason, customer_id}], counts}`.

    A customer is matched by its external id, else by its name. Invalid for a file that is not such a CSV file, or is
    too long.
    """
    people = replicas.people.by_email(by.tenant_id)
    job = _CustomerImport(by=by, acts=acts, check=check, people=people, new_id=new_id, now=now)
    receipts = job.run(text, **part)
    rows = [
        {"row": receipt.line, "outcome": receipt.outcome, "name": receipt.name, "customer_id": receipt.id}
        | {"reason": "; ".join(receipt.reasons) or None}
        for receipt in receipts
    ]
    return {"dry_run": part["dry_run"], "rows": rows, "counts": dict(Counter(receipt.outcome for receipt in receipts))}


class _CustomerImport(CsvImport[Customer, ChangeCustomer]):
    """An import of customers."""

    kind = "customer"
    columns = CsvColumns(names=KNOWN, needed=NEEDED, spellings=SPELLINGS, instead=INSTEAD)

    def fields(self, cells: dict[str, str]) -> dict[str, Any]:
        fields: dict[str, Any] = {name: cell for name, cell in cells.items() if name not in (*SEATS, "owner_email")}
        if _THOUSANDS.fullmatch(cells["arr"]):
            fields["arr"] = cells["arr"].replace(",", "")
        numbers = {name: _whole(cells[name]) for name in WHOLE if name in cells}
        seats = {name: numbers.pop(name) for name in SEATS if name in numbers}
        return fields | {"currency": cells["currency"].upper()} | numbers | ({"usage": seats} if seats else {})

    def existing(self, external_ids: Iterable[str], names: Iterable[str]) -> list[Customer]:
        return models.customers.known_as(self.by.tenant_id, external_ids, names)

    def create(self, command: ChangeCustomer, cells: dict[str, str]) -> str:
        row = {"id": self.new_id(), "tenant_id": self.by.tenant_id, "created_at": self.now, "updated_at": self.now}
        return str(models.customers.add(**row, **given(AddCustomer(**given(command)))).id)

    def change(self, row: Customer, command: ChangeCustomer, cells: dict[str, str]) -> bool:
        changes = {name: value for name, value in given(command).items() if _differs(getattr(row, name), value)}
        if "usage" in changes:
            changes["usage"] = row.usage | changes["usage"]
        if changes:
            models.customers.change(row, updated_at=self.now, **changes)
        return bool(changes)


def _whole(cell: str) -> int | str:
    """The number in a cell; the text itself if it is not one, so that the check refuses it."""
    return int(cell) if cell.isascii() and cell.isdigit() else cell


def _differs(before: Any, after: Any) -> bool:
    if isinstance(after, dict):
        return any((before or {}).get(name) != value for name, value in after.items())
    return bool(before != after)
