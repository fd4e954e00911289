"""Objectives and their key results: how far they have come, and whether that is as far as the calendar has."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from services.runs import models, states
from services.runs.models import Objective, acts, feed
from shared import ids
from shared.acts import By
from shared.errors import Conflict, Invalid, NotFound

LAG = 0.1
"""An objective is behind when its progress is this share of the whole less than the calendar's."""


def create(by: By, told: dict[str, Any], *, objective_id: str, now: datetime) -> Objective:
    """Make an objective from the columns in `told`; it belongs to whoever makes it, unless said. Invalid for a period that
    ends before it begins, and for a key result whose target is where it starts."""
    with feed.transaction():
        columns = {"owner": by.id if by.kind == "person" else None, "status": "open"} | told
        columns["key_results"] = [_new_result(one, f"keyResults.{at}") for at, one in enumerate(told["key_results"])]
        _check_period(columns["starts_on"], columns["ends_on"])
        row = models.objectives.add(id=objective_id, tenant_id=by.tenant_id, created_at=now, updated_at=now, **columns)
        acts.record(by, "added objective", "objective", row.id, now=now, details={"title": row.title})
        return row


def change(by: By, objective_id: str, told: dict[str, Any], *, now: datetime, expected: int | None = None) -> Objective:
    """Change these columns. A key result with an `id` is changed by the fields given, one without is added.

    NotFound, Stale, Invalid; Conflict for a status that the present one does not lead to, and for a key result of an objective
    that is no longer open.
    """
    with feed.transaction():
        row = models.objectives.alone(by.tenant_id, objective_id)
        row.expect(expected)
        columns = {name: value for name, value in told.items() if name not in ("status", "key_results")}
        if told.get("status", row.status) != row.status:
            columns["status"] = _after(row, told["status"])
        if "key_results" in told:
            _only_open(row)
            columns["key_results"] = _merged(row.key_results, told["key_results"])
        _check_period(columns.get("starts_on", row.starts_on), columns.get("ends_on", row.ends_on))
        row.write(updated_at=now, **columns)
        acts.record(by, "changed objective", "objective", row.id, now=now, details={"fields": sorted(told)})
        return row


def set_current(
    by: By, objective_id: str, key_result_id: str, current: Decimal | str, *, now: datetime, expected: int | None = None
) -> Objective:
    """Say where a key result stands. NotFound, Stale; Conflict when the objective is no longer open."""
    with feed.transaction():
        row = models.objectives.alone(by.tenant_id, objective_id)
        row.expect(expected)
        _only_open(row)
        before = next((one for one in row.key_results if one["id"] == key_result_id), None)
        if before is None:
            raise NotFound(f"The objective has no key result {key_result_id}.")
        row.write(updated_at=now, key_results=_merged(row.key_results, [{"id": key_result_id, "current": current}]))
        details = {"keyResult": before["title"], "from": before["current"], "to": str(current)}
        acts.record(by, "updated key result", "objective", row.id, now=now, details=details)
        return row


def result_progress(key_result: dict[str, Any]) -> float:
    """How far a key result has come from its start to its target, between 0 and 1; the target may lie below the start."""
    start, current, target = (Decimal(key_result[name]) for name in ("start", "current", "target"))
    return float(min(Decimal(1), max(Decimal(0), (current - start) / (target - start))))


def progress(row: Objective) -> float:
    """The mean progress of its key results, between 0 and 1; 0 of one that has none."""
    told = [result_progress(one) for one in row.key_results]
    return sum(told) / len(told) if told else 0.0


def expected_by(row: Objective, today: date) -> float:
    """The share of its period that is over, between 0 and 1."""
    days, gone = (row.ends_on - row.starts_on).days + 1, (today - row.starts_on).days
    return min(1.0, max(0.0, gone / days))


def behind(row: Objective, today: date) -> bool:
    """Whether an open objective lags the calendar by more than LAG."""
    return row.status == "open" and progress(row) < expected_by(row, today) - LAG


def _merged(before: list[dict[str, Any]], told: list[dict[str, Any]]) -> list[dict[str, Any]]:
    known = {one["id"]: one for one in before}
    for at, one in enumerate(told):
        place = f"keyResults.{at}"
        if one.get("id") is None:
            made = _new_result(one, place)
            known[made["id"]] = made
        elif one["id"] in known:
            known[one["id"]] = _checked(known[one["id"]] | _stored(one), place)
        else:
            raise Invalid(
                "There is no such key result.", errors={f"{place}.id": ["Not a key result of this objective."]}
            )
    return list(known.values())


def _new_result(told: dict[str, Any], place: str) -> dict[str, Any]:
    missing = [name for name in ("title", "target") if told.get(name) is None]
    if missing:
        raise Invalid(
            "A key result needs a title and a target.",
            errors={f"{place}.{name}": ["It is missing."] for name in missing},
        )
    start = told.get("start") if told.get("start") is not None else Decimal(0)
    whole = {"unit": "", "start": start, "current": start} | {
        name: value for name, value in told.items() if value is not None
    }
    return _checked(_stored(whole | {"id": ids.new_id()}), place)


def _stored(told: dict[str, Any]) -> dict[str, Any]:
    return {name: str(value) if isinstance(value, Decimal) else value for name, value in told.items()}


def _checked(told: dict[str, Any], place: str) -> dict[str, Any]:
    if Decimal(told["start"]) == Decimal(told["target"]):
        raise Invalid(
            "A key result leads somewhere.", errors={f"{place}.target": ["It is where the key result starts."]}
        )
    return told


def _check_period(starts_on: date, ends_on: date) -> None:
    if ends_on < starts_on:
        raise Invalid("The period ends before it begins.", errors={"endsOn": ["It lies before startsOn."]})


def _only_open(row: Objective) -> None:
    if row.status != "open":
        raise Conflict(f"The objective is {row.status}.", allowed=states.OBJECTIVE.allowed(row.status))


def _after(row: Objective, status: str) -> str:
    verb = {"achieved": "achieve", "dropped": "drop", "open": "reopen"}[status]
    return states.OBJECTIVE.after(verb, row.status)
