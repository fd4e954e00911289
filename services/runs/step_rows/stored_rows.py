"""Stores the rows of a step: what it showed when it was started or refreshed, and what an action added."""

from __future__ import annotations

from services.runs import models
from services.runs.models import Objective, Partnership, StepRow
from services.runs.step_rows import row_queries
from services.runs.step_rows.row_candidates import Candidate, about_objective, about_partnerships, candidates_of
from services.runs.step_rows.step_context import StepContext
from shared.database.model import Columns
from shared.ground import ids
from shared.ground.json_types import JsonObject


def store(context: StepContext) -> None:
    """Add a row for everything the step shows that has none yet; a removed partnership gets one only while the step has
    none. Call it inside a transaction."""
    whose = row_queries.whose(context)
    if whose != context.step.whose:
        models.runs.change_step(context.step, whose=whose)
    stored = {(row.subject_kind, row.subject_id): row for row in models.rows.of_step(context.step)}
    new = [
        candidate
        for candidate in candidates_of(context).items
        if candidate.subject not in stored and not (stored and candidate.gone)
    ]
    first = max((row.position for row in stored.values()), default=0) + 1
    models.rows.add([columns_of(context, candidate, position) for position, candidate in enumerate(new, start=first)])


def add_for_partnership(context: StepContext, partnership: Partnership, outcome: JsonObject | None = None) -> StepRow:
    """Add a row for a partnership that the step does not show; with an `outcome` it is done. Call it inside a
    transaction."""
    [candidate] = about_partnerships(context, [partnership])
    done = {"state": "done", "outcome": outcome, "by": context.by.as_json()} if outcome else {}
    return _add(context, candidate, done)


def add_for_objective(context: StepContext, objective: Objective) -> StepRow:
    """Add a row for an objective that the step does not show. Call it inside a transaction."""
    return _add(context, about_objective(objective, context.today), {})


def _add(context: StepContext, candidate: Candidate, values: Columns) -> StepRow:
    position = max((row.position for row in models.rows.of_step(context.step)), default=0) + 1
    columns = columns_of(context, candidate, position) | {"why": f"Added here by {context.by.name}."} | values
    models.rows.add([columns])
    return models.rows.find(context.step, columns["id"])


def columns_of(context: StepContext, candidate: Candidate, position: int) -> Columns:
    """The columns of a new row. Its id follows from the step and the subject, so that it is added once."""
    step = context.step
    return {
        "id": ids.named("step-row", step.id, *candidate.subject),
        "tenant_id": step.tenant_id,
        "run_id": step.run_id,
        "step_id": step.id,
        "subject_kind": candidate.subject_kind,
        "subject_id": candidate.subject_id,
        "position": position,
        "why": candidate.why,
        "shown": candidate.shown,
        "state": "open",
        "mark": None,
        "note": None,
        "draft": candidate.draft,
        "outcome": None,
        "by": None,
        "shown_at": context.now,
        "changed_at": None,
    }
