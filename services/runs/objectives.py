"""Creates and changes objectives with their key results, and computes their progress and whether they are behind."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from services.runs import models, states
from services.runs.models import Objective, acts, feed, replicas
from shared.contracts.commands import NOT_GIVEN, NotGiven, given
from shared.ground import ids
from shared.ground.errors import Conflict, Invalid, NotFound
from shared.ground.json_types import JsonObject
from shared.ground.principal import Principal

LAG = 0.1
"""An open objective is behind when its progress is more than this below the elapsed share of its period."""


KeyResult = JsonObject
"""`{id, title, unit, start, current, target}`. The figures are decimal strings when stored."""


@dataclass(frozen=True, kw_only=True)
class CreateObjective:
    """Add an objective; its owner defaults to the caller, if a person."""

    title: str
    period: str
    starts_on: date
    ends_on: date
    key_results: list[KeyResult]
    description: str | NotGiven = NOT_GIVEN
    owner: str | None | NotGiven = NOT_GIVEN


@dataclass(frozen=True, kw_only=True)
class ChangeObjective:
    """Change an objective. A key result with an `id` changes its given fields; one without an `id` is added."""

    title: str | NotGiven = NOT_GIVEN
    description: str | NotGiven = NOT_GIVEN
    owner: str | None | NotGiven = NOT_GIVEN
    period: str | NotGiven = NOT_GIVEN
    starts_on: date | NotGiven = NOT_GIVEN
    ends_on: date | NotGiven = NOT_GIVEN
    status: str | NotGiven = NOT_GIVEN
    key_results: list[KeyResult] | NotGiven = NOT_GIVEN


def create(by: Principal, command: CreateObjective, *, objective_id: str, now: datetime) -> Objective:
    """Make an objective. Invalid for a period that ends before it begins, for an owner who is not an active person of
    the tenant, and for a key result that has no title or target or whose target is its start."""
    with feed.transaction():
        columns = {"owner": by.id if by.kind == "person" else None, "status": "open"} | given(command)
        replicas.people.require(by, columns["owner"])
        columns["key_results"] = [
            _new_result(key_result, f"keyResults.{at}") for at, key_result in enumerate(command.key_results)
        ]
        _check_period(columns["starts_on"], columns["ends_on"])
        row = models.objectives.add(id=objective_id, tenant_id=by.tenant_id, created_at=now, updated_at=now, **columns)
        acts.record(by, "added objective", "objective", row.id, now=now, details={"title": row.title})
        return row


def change(
    by: Principal, objective_id: str, command: ChangeObjective, *, now: datetime, expected: int | None = None
) -> Objective:
    """Change what was given.

    NotFound, Stale, Invalid. Conflict when the present status does not allow the new one, or when key results are
    changed and the objective is not open.
    """
    with feed.transaction():
        row = models.objectives.get_for_update(by.tenant_id, objective_id)
        row.expect(expected)
        changes = given(command)
        columns = {name: value for name, value in changes.items() if name not in ("status", "key_results")}
        if columns.get("owner", row.owner) != row.owner:
            replicas.people.require(by, columns["owner"])
        if changes.get("status", row.status) != row.status:
            columns["status"] = _after(row, changes["status"])
        if "key_results" in changes:
            _only_open(row)
            columns["key_results"] = _merged(row.key_results, changes["key_results"])
        _check_period(columns.get("starts_on", row.starts_on), columns.get("ends_on", row.ends_on))
        row.write(updated_at=now, **columns)
        acts.record(by, "changed objective", "objective", row.id, now=now, details={"fields": sorted(changes)})
        return row


def set_current(
    by: Principal,
    objective_id: str,
    key_result_id: str,
    current: Decimal | str,
    *,
    now: datetime,
    expected: int | None = None,
) -> Objective:
    """Set the current figure of a key result. NotFound, Stale; Conflict when the objective is not open."""
    with feed.transaction():
        row = models.objectives.get_for_update(by.tenant_id, objective_id)
        row.expect(expected)
        _only_open(row)
        before = next((result for result in row.key_results if result["id"] == key_result_id), None)
        if before is None:
            raise NotFound(f"The objective has no key result {key_result_id}.")
        row.write(updated_at=now, key_results=_merged(row.key_results, [{"id": key_result_id, "current": current}]))
        details = {"keyResult": before["title"], "from": before["current"], "to": str(current)}
        acts.record(by, "updated key result", "objective", row.id, now=now, details=details)
        return row


def result_progress(key_result: KeyResult) -> float:
    """The progress of a key result from its start to its target, between 0 and 1; the target may lie below the
    start."""
    start, current, target = (Decimal(key_result[name]) for name in ("start", "current", "target"))
    return float(min(Decimal(1), max(Decimal(0), (current - start) / (target - start))))


def progress(row: Objective) -> float:
    """The mean progress of its key results, between 0 and 1; 0 for an objective without key results."""
    each = [result_progress(key_result) for key_result in row.key_results]
    return sum(each) / len(each) if each else 0.0


def expected_by(row: Objective, today: date) -> float:
    """The share of its period that is over, between 0 and 1."""
    days, gone = (row.ends_on - row.starts_on).days + 1, (today - row.starts_on).days
    return min(1.0, max(0.0, gone / days))


def behind(row: Objective, today: date) -> bool:
    """Whether an open objective's progress is more than LAG below the elapsed share of its period."""
    return row.status == "open" and progress(row) < expected_by(row, today) - LAG


def _merged(before: list[KeyResult], changes: list[KeyResult]) -> list[KeyResult]:
    by_id = {key_result["id"]: key_result for key_result in before}
    for at, change_ in enumerate(changes):
        place, id_ = f"keyResults.{at}", change_.get("id")
        if id_ is None:
            made = _new_result(change_, place)
            by_id[made["id"]] = made
        elif id_ in by_id:
            by_id[id_] = _checked(by_id[id_] | _stored(change_), place)
        else:
            raise Invalid(
                "There is no such key result.", errors={f"{place}.id": ["Not a key result of this objective."]}
            )
    return list(by_id.values())


def _new_result(key_result: KeyResult, place: str) -> KeyResult:
    missing = [name for name in ("title", "target") if key_result.get(name) is None]
    if missing:
        raise Invalid(
            "A key result needs a title and a target.",
            errors={f"{place}.{name}": ["It is missing."] for name in missing},
        )
    start = key_result.get("start") if key_result.get("start") is not None else Decimal(0)
    whole = {"unit": "", "start": start, "current": start} | {
        name: value for name, value in key_result.items() if value is not None
    }
    return _checked(_stored(whole | {"id": ids.new_id()}), place)


def _stored(key_result: KeyResult) -> KeyResult:
    return {name: str(value) if isinstance(value, Decimal) else value for name, value in key_result.items()}


def _checked(key_result: KeyResult, place: str) -> KeyResult:
    if Decimal(key_result["start"]) == Decimal(key_result["target"]):
        raise Invalid(
            "A key result leads somewhere.", errors={f"{place}.target": ["It is where the key result starts."]}
        )
    return key_result


def _check_period(starts_on: date, ends_on: date) -> None:
    if ends_on < starts_on:
        raise Invalid("The period ends before it begins.", errors={"endsOn": ["It lies before startsOn."]})


def _only_open(row: Objective) -> None:
    if row.status != "open":
        raise Conflict(f"The objective is {row.status}.", allowed=states.OBJECTIVE.allowed(row.status))


def _after(row: Objective, status: str) -> str:
    verb = {"achieved": "achieve", "dropped": "drop", "open": "reopen"}[status]
    return states.OBJECTIVE.after(verb, row.status)
