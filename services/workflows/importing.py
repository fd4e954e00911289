"""Importing customers from a CSV file: a receipt a row, and a dry run that changes nothing."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from services.workflows import models
from services.workflows.models import Customer, acts, copies, feed
from shared.acts import By
from shared.contracts import sheets

NEEDED = ("name", "arr", "currency", "renewal_date")
_THOUSANDS = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d{1,2})?")

Check = Callable[[dict[str, Any]], tuple[dict[str, Any], dict[str, Any]]]
"""Checks a customer as the API takes it: `(columns, errors by field)`; the door brings it, because shapes are its
own."""

SPELLINGS = {
    "renewal": "renewal_date",
    "health": "health_score",
    "likelihood": "renewal_likelihood",
    "opportunity_id": "salesforce_opportunity_id",
    "timezone": "time_zone",
    "id": "external_id",
}
WHOLE = ("health_score", "renewal_likelihood", "licensed_seats", "active_seats")
WRITE = {
    "arr": "Write it as 248127.00, with a point and at most two places.",
    "currency": "Write it as USD, in three letters.",
    "renewal_date": "Write it as 2027-03-01.",
    "time_zone": "Write it as Pacific/Auckland.",
    **dict.fromkeys(WHOLE[:2], "Write it as a whole number from 0 to 100."),
    **dict.fromkeys(WHOLE[2:], "Write it as a whole number."),
}
"""What to write in a cell instead, by column."""

KNOWN = (*NEEDED, "external_id", "time_zone", "industry", "owner_email", "salesforce_opportunity_id", *WHOLE)


def customers(
    by: By, text: str, check: Check, *, dry_run: bool, new_id: Callable[[], str], now: datetime
) -> dict[str, Any]:
    """Import a CSV file with a header row; a customer is known again by its external id, else by its name.

    Answers `{dry_run, rows: [{row, outcome, name, reason, customer_id}], counts}`; outcomes are created, updated,
    unchanged and refused. A bad row does not stop the good ones. Invalid for a file without the columns that are
    needed.
    """
    rows = sheets.read(text, needed=NEEDED, known=KNOWN, spellings=SPELLINGS)
    with feed.transaction():
        known = models.customers.known_as(
            by.tenant_id,
            [row["external_id"] for _, row in rows if row.get("external_id")],
            [row.get("name") or "" for _, row in rows],
        )
        receipts = [_import(by, number, row, known, check, dry_run, new_id, now) for number, row in rows]
        counts = Counter(receipt["outcome"] for receipt in receipts)
        if not dry_run:
            acts.record(by, "imported customers", "customer", "import", now=now, details=dict(counts))
    return {"dry_run": dry_run, "rows": receipts, "counts": dict(counts)}


def _import(
    by: By,
    number: int,
    row: dict[str, str],
    known: dict[str, Customer],
    check: Check,
    dry_run: bool,
    new_id: Callable[[], str],
    now: datetime,
) -> dict[str, Any]:
    told, problems = _told(by.tenant_id, row)
    if not problems:
        told, errors = check(told)
        problems = [_problem(field, reasons) for field, reasons in errors.items()]
    receipt: dict[str, Any] = {"row": number, "name": row.get("name"), "reason": None, "customer_id": None}
    if problems:
        return receipt | {"outcome": "refused", "reason": "; ".join(problems)}
    outcome, customer_id = _write(by, told, known, dry_run, new_id, now)
    return receipt | {"outcome": outcome, "customer_id": customer_id}


def _problem(field: str, reasons: Any) -> str:
    """What is wrong with a cell, under the name that its column has in the file, and what to write instead."""
    column = re.sub(r"(?=[A-Z])", "_", field.rpartition(".")[2]).lower()
    why = " ".join(map(str, reasons)) if isinstance(reasons, list) else str(reasons)
    return " ".join([f"{column}: {why}", *([WRITE[column]] if column in WRITE else [])])


def _told(tenant_id: str, row: dict[str, str]) -> tuple[dict[str, Any], list[str]]:
    """What the row says, under our names, and what is wrong with it before its values are checked."""
    if row.get(sheets.OVERFLOW):
        return {}, [row[sheets.OVERFLOW]]
    cells = {name: value.strip() for name, value in row.items() if value.strip()}
    problems = [f"{name}: it is missing" for name in NEEDED if name not in cells]
    owner = cells.pop("owner_email", None)
    told: dict[str, Any] = {name: value for name, value in cells.items() if name not in WHOLE}
    if _THOUSANDS.fullmatch(cells.get("arr", "")):
        told["arr"] = cells["arr"].replace(",", "")
    if "currency" in told:
        told["currency"] = told["currency"].upper()
    for name in WHOLE:
        if name in cells:
            told[name] = int(cells[name]) if cells[name].isascii() and cells[name].isdigit() else cells[name]
    seats = {name: told.pop(name) for name in ("licensed_seats", "active_seats") if name in told}
    if seats:
        told["usage"] = seats
    if owner:
        told["owner"] = copies.person_with_email(tenant_id, owner)
        if told["owner"] is None:
            problems.append(f"owner_email: nobody here has {owner}")
    return told, problems


def _write(
    by: By, told: dict[str, Any], known: dict[str, Customer], dry_run: bool, new_id: Callable[[], str], now: datetime
) -> tuple[str, str | None]:
    before = known.get(f"id {told.get('external_id')}") or known.get(f"name {told['name'].casefold()}")
    if before is None:
        if dry_run:
            known[f"name {told['name'].casefold()}"] = Customer(id=None, **told)
            return "created", None
        made = models.customers.add(id=new_id(), tenant_id=by.tenant_id, created_at=now, updated_at=now, **_whole(told))
        known[f"name {made.name_key}"] = made
        if made.external_id:
            known[f"id {made.external_id}"] = made
        return "created", made.id
    changed = {name: value for name, value in told.items() if _differs(getattr(before, name), value)}
    if "usage" in changed:
        changed["usage"] = before.usage | told["usage"]
    if changed and not dry_run:
        models.customers.change(before, updated_at=now, **changed)
    return ("updated" if changed else "unchanged"), before.id


def _whole(told: dict[str, Any]) -> dict[str, Any]:
    return {"usage": {}, "signals": [], **told}


def _differs(before: Any, after: Any) -> bool:
    if isinstance(after, dict):
        return any(_differs((before or {}).get(name), value) for name, value in after.items())
    if isinstance(after, Decimal):
        return before is None or Decimal(before) != after
    if isinstance(after, date):
        return str(before) != str(after)
    return before != after
