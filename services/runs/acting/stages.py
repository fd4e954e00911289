"""Stages changed in place, and taken back."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from services.runs import models, partnerships
from services.runs.acting.done import Done, finish, one, partnership_of, place, row_of, settle
from services.runs.models import feed
from shared.acts import By


def update(
    by: By, run_id: str, step_id: str, told: dict[str, Any], *, new_id: str, now: datetime, expected: int | None = None
) -> Done:
    """Move a partnership to a stage. One that is there already is left alone, and its row is done. Conflict names the
    stages that are allowed."""
    with feed.transaction():
        found = place(by, run_id, step_id, told, expected)
        partnership, added = models.partnerships.hold(partnership_of(found)), found.row is None
        row_of(by, found, now)
        before = partnership.stage
        moves = before != told["stage"]
        made = partnerships.move(by, partnership, told["stage"], now=now, **found.here) if moves else None
        stages = {"from": before, "to": told["stage"]}
        if made is not None or found.row.state == "open":
            finish(by, found, "update_stage", now, added=added, activityId=made.id if made else None, **stages)
        settle(by, found, "changed stage", now, **stages)
        return one("done", found, made.id if made else None)


def undo(
    by: By, run_id: str, step_id: str, told: dict[str, Any], *, new_id: str, now: datetime, expected: int | None = None
) -> Done:
    """Take back the last change of stage that was made in this step. Conflict when there is none, or when somebody has
    moved the partnership since."""
    with feed.transaction():
        found = place(by, run_id, step_id, told, expected)
        partnership = models.partnerships.hold(partnership_of(found))
        before = partnership.stage
        made = partnerships.undo_move(by, partnership, now=now, **found.here)
        if found.row is not None and (found.row.outcome or {}).get("type") == "update_stage":
            models.rows.change(found.row, now, state="open", outcome=None, by=by.as_json())
        settle(by, found, "took a change of stage back", now, **{"from": before, "to": partnership.stage})
        return one("done", found, made.id)
