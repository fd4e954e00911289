"""Changes the stage of partnerships, and undoes the change."""

from __future__ import annotations

from dataclasses import dataclass

from services.runs import models, partnerships, states
from services.runs.action_types import action_fields
from services.runs.action_types.action import (
    Action,
    ActionContext,
    Count,
    Done,
    LogEntry,
    SubjectCommand,
    names_subject,
    posted,
)
from services.runs.action_types.action_type import ActionType, Purpose, RowColumns
from services.runs.models import Partnership
from services.runs.step_rows import row_queries, row_reasons
from services.runs.step_rows.step_context import StepContext
from services.runs.step_rows.step_records import StepRecords
from shared.ground.json_types import JsonObject


@dataclass(frozen=True, kw_only=True)
class UpdateStage(SubjectCommand):
    """Move a partnership to a stage."""

    stage: str = posted(action_fields.STAGE)


@dataclass(frozen=True, kw_only=True)
class UndoStage(SubjectCommand):
    """Undo the last change of stage that was made in this step."""


def update(context: ActionContext, command: UpdateStage) -> Done:
    """Move a partnership to a stage and finish its row; one that is in the stage already is not changed. Conflict for a
    removed partnership, and, naming those that are allowed, for a stage that cannot follow."""
    partnership, added = models.partnerships.lock(context.require_partnership()), context.row is None
    row, before, move = context.row_for_partnership(), partnership.stage, None
    stages: JsonObject = {"from": before, "to": command.stage}
    if before != command.stage:
        move = partnerships.move(context.by, partnership, command.stage, now=context.now, **context.origin)
    move_id = move.id if move else None
    if move is not None or row.state == "open":
        context.finish_row("update_stage", added=added, activityId=move_id, **stages)
    return context.done(LogEntry("changed stage", stages), made_id=move_id)


def undo(context: ActionContext, command: UndoStage) -> Done:
    """Undo the last change of stage that was made in this step, and open its row. Conflict when there is none, or when
    the partnership was moved since or removed."""
    partnership = models.partnerships.lock(context.require_partnership())
    before, row = partnership.stage, context.row
    move = partnerships.undo_move(context.by, partnership, now=context.now, **context.origin)
    if row is not None and (row.outcome or {}).get("type") == "update_stage":
        models.rows.change(row, context.now, state="open", outcome=None, by=context.by.as_json())
    log = LogEntry("took a change of stage back", {"from": before, "to": partnership.stage})
    return context.done(log, made_id=move.id)


def _elsewhere_than_before(records: StepRecords) -> int:
    """How many partnerships have another stage than before the step; a move that was undone does not count."""
    paths: dict[str, list[str]] = {}
    for activity in records.activities:
        if activity.kind == "stage_change" and activity.details:
            path = paths.setdefault(activity.partnership_id, [activity.details["from"]])
            path.append(activity.details["to"])
    return sum(path[0] != path[-1] for path in paths.values())


UPDATED = Count(
    "partnershipsUpdated",
    "stage updated",
    "stages updated",
    of=_elsewhere_than_before,
    noun="partnership",
    kept_after_reset="{} moved to another stage; undo each in its row.",
)


class UpdateStages(ActionType):
    """A step for partnerships to move to another stage; by default those for which another stage is proposed."""

    name = "update_stage"
    actions = (
        Action(
            "update_stage",
            UpdateStage,
            update,
            check=names_subject,
            counts=(UPDATED,),
            survives_reset=True,
            taken_back_by=("undo_stage",),
        ),
        Action("undo_stage", UndoStage, undo, check=names_subject),
    )
    purpose = Purpose((UPDATED.name,), "No stage has been updated yet.")
    open_rows_phrase = "still to be moved"
    expects = "each"
    filter = {"needs": "stage_change"}

    def row_columns(self, context: StepContext, partnerships: list[Partnership]) -> RowColumns:
        """Adds the proposed stage with its reason, and the stages that the partnership may move to."""
        talks = row_queries.last_talks(context.run.tenant_id, partnerships)

        def columns(partnership: Partnership | None, draft: object) -> JsonObject:
            if partnership is None:
                return {"proposedStage": None, "proposedWhy": None, "stages": []}
            proposed = row_reasons.stage_proposed(partnership, talks.get(partnership.id), context.today)
            stage, why = proposed or (None, None)
            stages = states.stages_after(partnership.stage)
            return {"proposedStage": stage, "proposedWhy": why, "stages": stages}

        return columns
