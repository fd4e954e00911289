"""Importing customers from a CSV file: a receipt a row, and a dry run that changes nothing."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from services.workflows import models
from services.workflows.models import Customer, acts, copies, feed
from shared.acts import By
from shared.errors import Invalid

NEEDED = ("name", "arr", "currency", "renewal_date")
MOST_ROWS = 10_000
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
KNOWN = (*NEEDED, "external_id", "time_zone", "industry", "owner_email", "salesforce_opportunity_id", *WHOLE)


def customers(
    by: By, text: str, check: Check, *, dry_run: bool, new_id: Callable[[], str], now: datetime
) -> dict[str, Any]:
    """Import a CSV file with a header row; a customer is known again by its external id, else by its name.

    Answers `{dry_run, rows: [{row, outcome, name, reason, customer_id}], counts}`; outcomes are created, updated,
    unchanged and refused. A bad row does not stop the good ones. Invalid for a file without the columns that are
    needed.
    """
    rows = _rows(text)
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


def _rows(text: str) -> list[tuple[int, dict[str, str]]]:
    """The rows of the file with their numbers, under our own names of the columns."""
    try:
        lines = list(csv.reader(io.StringIO(text.lstrip("\ufeff"), newline=""), strict=True))
    except csv.Error as error:
        raise Invalid("This is no CSV file.", errors={"csv": [str(error)]}) from None
    header = [_column(name) for name in lines[0]] if lines else []
    if problems := _header_problems(header):
        raise Invalid("The header of the file is not usable.", errors={"csv": problems})
    if len(lines) > MOST_ROWS + 1:
        raise Invalid("The file is too long.", errors={"csv": [f"At most {MOST_ROWS} rows at once."]})
    numbered = enumerate(lines[1:], start=2)
    return [
        (number, dict(zip(header, line, strict=False)) | _overflow(header, line))
        for number, line in numbered
        if any(line)
    ]


def _column(name: str) -> str:
    snake = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name.strip())
    snake = re.sub(r"[\s-]+", "_", snake).lower()
    return SPELLINGS.get(snake, snake)


def _header_problems(header: list[str]) -> list[str]:
    problems = [f"The column {name} is missing." for name in NEEDED if name not in header]
    problems += [f"The column {name} is not known." for name in header if name not in KNOWN]
    return problems + [f"The column {name} is there twice." for name, count in Counter(header).items() if count > 1]


def _overflow(header: list[str], line: Iterable[str]) -> dict[str, str]:
    """A row with more cells than the header has columns says so, instead of losing them."""
    return {"": "more cells than columns"} if len(list(line)) > len(header) else {}


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
        problems = [
            f"{field}: {' '.join(map(str, reasons)) if isinstance(reasons, list) else reasons}"
            for field, reasons in errors.items()
        ]
    receipt: dict[str, Any] = {"row": number, "name": row.get("name"), "reason": None, "customer_id": None}
    if problems:
        return receipt | {"outcome": "refused", "reason": "; ".join(problems)}
    outcome, customer_id = _write(by, told, known, dry_run, new_id, now)
    return receipt | {"outcome": outcome, "customer_id": customer_id}


def _told(tenant_id: str, row: dict[str, str]) -> tuple[dict[str, Any], list[str]]:
    """What the row says, under our names, and what is wrong with it before its values are checked."""
    if row.get(""):
        return {}, [row[""]]
    cells = {name: value.strip() for name, value in row.items() if value.strip()}
    problems = [f"{name}: it is missing" for name in NEEDED if name not in cells]
    owner = cells.pop("owner_email", None)
    told: dict[str, Any] = {name: value for name, value in cells.items() if name not in WHOLE}
    if _THOUSANDS.fullmatch(cells.get("arr", "")):
        told["arr"] = cells["arr"].replace(",", "")
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
