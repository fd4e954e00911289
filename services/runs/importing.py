"""Importing partnerships from a CSV file: a receipt a line, and a dry run that changes nothing."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from services.runs import activities, models
from services.runs import partnerships as verbs
from services.runs.days import local_date, midday_of
from services.runs.models import Partnership, acts, copies, feed
from shared import ids
from shared.acts import By
from shared.contracts import sheets
from shared.errors import Invalid, TandemError

PLAIN = ("external_id", "name", "stage", "description", "source", "website", "time_zone")
DATES = ("mou_sent_on", "mou_viewed_on", "mou_signed_on", "next_call_on")
CONTACT = {"contact_name": "name", "contact_email": "email", "contact_title": "title"}
KNOWN = (*PLAIN, *DATES, *CONTACT, "priority", "owner_email", "last_contact_on", "last_contact_by")
SPELLINGS = {
    "id": "external_id", "partnership": "name", "timezone": "time_zone", "owner": "owner_email", "contact": "contact_name",
    "email": "contact_email", "last_contact": "last_contact_on", "next_call": "next_call_on", "mou_sent": "mou_sent_on",
    "mou_viewed": "mou_viewed_on", "mou_signed": "mou_signed_on",
}  # fmt: skip

WRITE = {
    **dict.fromkeys((*DATES, "last_contact_on"), "Write it as 2027-03-01."),
    "priority": "Write it as a number from 1, the first, to 5.",
    "time_zone": "Write it as Pacific/Auckland.",
    "website": "Write it as https://example.org.",
}
"""What to write in a cell instead, by column."""

AT_ONCE = 100

Check = Callable[[dict[str, Any]], tuple[dict[str, Any], dict[str, Any]]]
"""Checks a partnership as the API takes it: `(columns, errors by field)`; the door brings it, because shapes are its own."""


class _OnlyTried(Exception):
    """Takes back what a dry run wrote."""


@dataclass(frozen=True)
class _Import:
    """What all lines of one file share."""

    by: By
    check: Check
    dry_run: bool
    new_id: Callable[[], str]
    now: datetime
    known: dict[str, list[Partnership]]
    seen: dict[str, int]
    people: dict[str, str]


def partnerships(
    by: By, text: str, check: Check, *, dry_run: bool, new_id: Callable[[], str], now: datetime
) -> dict[str, Any]:
    """Import a CSV file with a header row; a partnership is known again by its external id, else by its name.

    Answers `{rows: [{line, outcome, id, name, reasons}], created, updated, unchanged, refused, dry_run}`. A bad line stops no
    good one; what is there twice in the file is refused the second time. Lines are written some at a time, and the same file again
    goes on where it was cut off. A dry run does it all and takes it back. Invalid for a
    file without usable header.
    """
    lines = sheets.read(text, needed=("name",), known=KNOWN, spellings=SPELLINGS)
    one = _Import(by, check, dry_run, new_id, now, _known(by, lines), {}, _people(by))
    receipts = [receipt for at in range(0, len(lines), AT_ONCE) for receipt in _lines(one, lines[at : at + AT_ONCE])]
    counts = Counter(receipt["outcome"] for receipt in receipts)
    if not dry_run:
        with feed.transaction():
            acts.record(by, "imported partnerships", "partnership", "import", now=now, details=dict(counts))
    return {"rows": receipts, "dry_run": dry_run} | {
        outcome: counts[outcome] for outcome in ("created", "updated", "unchanged", "refused")
    }


def _lines(one: _Import, lines: list[tuple[int, dict[str, str]]]) -> list[dict[str, Any]]:
    """Some lines in a transaction of their own, so that a long file holds nobody else up for long."""
    receipts: list[dict[str, Any]] = []
    try:
        with feed.transaction():
            receipts = [_line(one, number, line) for number, line in lines]
            if one.dry_run:
                raise _OnlyTried
    except _OnlyTried:
        receipts = [receipt | ({"id": None} if receipt["outcome"] == "created" else {}) for receipt in receipts]
    return receipts


def _known(by: By, lines: list[tuple[int, dict[str, str]]]) -> dict[str, list[Partnership]]:
    found: dict[str, list[Partnership]] = {}
    ours = [line.get("external_id", "").strip() for _, line in lines]
    names = [line.get("name", "").strip().casefold() for _, line in lines]
    for row in models.partnerships.known_as(by.tenant_id, filter(None, ours), filter(None, names)):
        found.setdefault(f"name {row.name_key}", []).append(row)
        if row.external_id:
            found.setdefault(f"id {row.external_id}", []).append(row)
    return found


def _people(by: By) -> dict[str, str]:
    return {one.email.casefold(): one.id for one in copies.people.active(by.tenant_id)}


def _line(one: _Import, number: int, line: dict[str, str]) -> dict[str, Any]:
    receipt: dict[str, Any] = {"line": number, "name": line.get("name"), "id": None, "reasons": []}
    cells = {name: value.strip() for name, value in line.items() if value.strip()}
    problems = _line_problems(one, number, cells)
    told, errors = ({}, {}) if problems else one.check(_told(one, cells))
    contact, wrong = _last_contact(one, cells)
    problems += [_problem(field, reasons) for field, reasons in errors.items()] + wrong
    if problems:
        return receipt | {"outcome": "refused", "reasons": problems}
    try:
        with feed.savepoint():
            outcome, row = _write(one, told, contact)
    except TandemError as error:
        told_errors = [_problem(field, reasons) for field, reasons in getattr(error, "errors", {}).items()]
        return receipt | {"outcome": "refused", "reasons": told_errors or [error.message]}
    one.seen[_key(told)] = number
    return receipt | {"outcome": outcome, "id": row.id}


def _problem(field: str, reasons: Any) -> str:
    """What is wrong with a cell, under the name that its column has in the file, and what to write instead."""
    inside, _, name = field.rpartition(".")
    column = ("contact_" if inside.startswith("contacts") else "") + re.sub(r"(?=[A-Z])", "_", name).lower()
    why = " ".join(map(str, reasons)) if isinstance(reasons, list) else str(reasons)
    return " ".join([f"{column}: {why}", *([WRITE[column]] if column in WRITE else [])])


def _line_problems(one: _Import, number: int, cells: dict[str, str]) -> list[str]:
    if sheets.OVERFLOW in cells:
        return [cells[sheets.OVERFLOW]]
    if "name" not in cells:
        return ["name: it is missing"]
    if (first := one.seen.get(_key(cells))) is not None:
        return [f"it is in line {first} already"]
    owner = cells.get("owner_email")
    if owner and owner.casefold() not in one.people:
        return [f"owner_email: nobody here has {owner}"]
    if "external_id" not in cells and len(one.known.get(f"name {cells['name'].casefold()}", [])) > 1:
        return ["name: several partnerships have it; name the external_id"]
    return []


def _key(told: dict[str, Any]) -> str:
    return f"id {told['external_id']}" if told.get("external_id") else f"name {told['name'].casefold()}"


def _told(one: _Import, cells: dict[str, str]) -> dict[str, Any]:
    """What a line says, as the API takes a partnership."""
    told: dict[str, Any] = {name: cells[name] for name in (*PLAIN, *DATES) if name in cells}
    if "priority" in cells:
        told["priority"] = int(cells["priority"]) if cells["priority"].isdecimal() else cells["priority"]
    if "owner_email" in cells:
        told["owner"] = one.people[cells["owner_email"].casefold()]
    if contact := {ours: cells[column] for column, ours in CONTACT.items() if column in cells}:
        told["contacts"] = [{"name": contact.get("email", ""), **contact}]
    return told


def _last_contact(one: _Import, cells: dict[str, str]) -> tuple[tuple[str, date] | None, list[str]]:
    """How and on which day somebody was last in contact, and what is wrong with it."""
    kind = cells.get("last_contact_by", "email_sent").lower().replace(" ", "_")
    if kind not in activities.CONTACT:
        return None, [f"last_contact_by: one of {', '.join(activities.CONTACT)}"]
    if "last_contact_on" not in cells:
        return None, []
    try:
        day = date.fromisoformat(cells["last_contact_on"])
    except ValueError:
        return None, [_problem("last_contact_on", "Not a valid date.")]
    if day > local_date(one.now, copies.tenants.home(one.by.tenant_id).time_zone):
        return None, ["last_contact_on: It lies in the future."]
    return (kind, day), []


def _write(one: _Import, told: dict[str, Any], contact: tuple[str, date] | None) -> tuple[str, Partnership]:
    before = _met(one, told)
    if before is None:
        row = verbs.create(one.by, told, partnership_id=one.new_id(), now=one.now, kind="imported")
        _touch(one, row, contact)
        return "created", row
    told = told | _contacts(before, told.get("contacts"))
    changed = {name for name, value in told.items() if getattr(before, name) != value}
    row = verbs.change(one.by, before.id, told, now=one.now) if changed else before
    return ("updated" if _touch(one, row, contact) or changed else "unchanged"), row


def _met(one: _Import, told: dict[str, Any]) -> Partnership | None:
    """The partnership that a line means. One of the same name that has another external id is another one."""
    by_id = one.known.get(f"id {told.get('external_id')}", [])
    by_name = [
        row
        for row in one.known.get(f"name {told['name'].casefold()}", [])
        if not told.get("external_id") or row.external_id in (None, told["external_id"])
    ]
    if not by_id and len(by_name) > 1:
        raise Invalid("Several have this name.", errors={"name": ["several partnerships have it"]})
    return next(iter(by_id or by_name), None)


def _contacts(before: Partnership, told: list[dict[str, Any]] | None) -> dict[str, Any]:
    """The one contact that a line can name takes the place of the one with its e-mail address, or comes first."""
    if told is None:
        return {}
    told = [{"email": None, "title": ""} | one for one in told]
    others = [one for one in before.contacts if not _same(one, told[0])]
    met: dict[str, Any] = next((one for one in before.contacts if _same(one, told[0])), {})
    return {"contacts": [met | {name: value for name, value in told[0].items() if value}, *others]}


def _same(one: dict[str, Any], other: dict[str, Any]) -> bool:
    mine, theirs = one.get("email") or one["name"], other.get("email") or other["name"]
    return bool(mine.casefold() == theirs.casefold())


def _touch(one: _Import, row: Partnership, contact: tuple[str, date] | None) -> bool:
    """Keep the last contact as an activity, unless the same or a later one is known."""
    zone = copies.tenants.home(row.tenant_id).time_zone
    if contact is None or local_date(row.last_contact_at, zone) >= contact[1]:
        return False
    kind, day = contact
    origin, at = ids.named("imported-contact", row.id, day.isoformat()), midday_of(day, zone, not_after=one.now)
    summary = f"{activities.WORDS[kind]}, before the import"
    activities.add(one.by, row, kind=kind, summary=summary, at=at, now=one.now, origin=origin)
    return True
