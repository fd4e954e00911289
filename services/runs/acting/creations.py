"""What a custom step's config declares: partnerships created, objectives updated."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from services.runs import gathering, models, objectives, partnerships, people
from services.runs.acting.done import Done, Place, finish, one, place, settle
from services.runs.models import StepRow, feed
from shared.acts import By
from shared.errors import NotFound

COLUMNS = ("name", "stage", "priority", "source", "description", "website", "owner")


def create_partnership(
    by: By, run_id: str, step_id: str, told: dict[str, Any], *, new_id: str, now: datetime, expected: int | None = None
) -> Done:
    """Make a partnership; it is a row of the step from now on, and linked to the run. Invalid names the wrong field."""
    with feed.transaction():
        found = place(by, run_id, step_id, {}, expected)
        if told.get("owner"):
            people.require(by, told["owner"])
        columns = {name: told[name] for name in COLUMNS if told.get(name) is not None} | _contacts(told)
        made = partnerships.create(by, columns, partnership_id=new_id, now=now, **found.here)
        found.partnership = made
        outcome = {"type": "create_partnership", "partnershipId": made.id}
        found.row = gathering.add_row(by, found.run, found.step, made, outcome, now=now)
        settle(by, found, "created partnership", now)
        return one("done", found, made.id)


def _contacts(told: dict[str, Any]) -> dict[str, Any]:
    if told.get("contacts"):
        return {"contacts": told["contacts"]}
    name, email = told.get("contact_name"), told.get("contact_email")
    return {"contacts": [{"name": name or email, "email": email, "title": ""}]} if name or email else {}


def update_objective(
    by: By, run_id: str, step_id: str, told: dict[str, Any], *, new_id: str, now: datetime, expected: int | None = None
) -> Done:
    """Say where a key result stands; its row is done. NotFound for an unknown objective or key result."""
    with feed.transaction():
        found = place(by, run_id, step_id, {"row_id": told.get("row_id")}, expected)
        objective_id = told.get("objective_id") or (found.row.subject_id if found.row else None)
        if objective_id is None:
            raise NotFound("The action names no objective.")
        objective = objectives.set_current(by, objective_id, told["key_result_id"], told["current"], now=now)
        added = models.rows.about(found.step, "objective", objective.id) is None
        found.row = _row(by, found, objective, now)
        outcome = {"keyResultId": told["key_result_id"], "current": str(told["current"])}
        note = {"note": told["note"]} if told.get("note") else {}
        finish(by, found, "update_objective", now, added=added, columns=note, **outcome)
        settle(by, found, "updated objective", now, told.get("note"), objective=objective.title, **outcome)
        return one("done", found, objective.id)


def _row(by: By, found: Place, objective: Any, now: datetime) -> StepRow:
    """The row about an objective; one that the step did not show gets a new one."""
    known = models.rows.about(found.step, "objective", objective.id)
    return known or gathering.add_objective_row(by, found.run, found.step, objective, now=now)
