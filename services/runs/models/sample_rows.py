"""The removal of guided runs, objectives and recurrences that came with the samples; each is limited to one tenant."""

from __future__ import annotations

from collections.abc import Sequence

from services.runs.models.database import words
from services.runs.models.exchange import Delivery, Meeting, Request, RequestedTask
from services.runs.models.partnership_tables import Objective, Partnership
from services.runs.models.runs import KIND, mark
from services.runs.models.tables import Comment, GuidedRun, GuidedStep, Recurrence, RunPartnership, StepRow


def runs(tenant_id: str, run_ids: Sequence[str]) -> list[GuidedRun]:
    """Those of these runs that are there."""
    return list(GuidedRun.for_tenant(tenant_id).where(GuidedRun.id.in_(list(run_ids))))


def recurring_runs(tenant_id: str, recurrence_id: str) -> list[str]:
    """The ids of the runs that a recurrence started."""
    query = GuidedRun.for_tenant(tenant_id, GuidedRun.id).where(GuidedRun.recurrence_id == recurrence_id)
    return [run.id for run in query]


def objectives(tenant_id: str, objective_ids: Sequence[str]) -> list[Objective]:
    """Those of these objectives that are there."""
    return list(Objective.for_tenant(tenant_id).where(Objective.id.in_(list(objective_ids))))


def has_other_partnerships(tenant_id: str, partnership_ids: Sequence[str]) -> bool:
    """Whether the tenant has a partnership besides these."""
    others = Partnership.for_tenant(tenant_id, Partnership.id).where(Partnership.id.not_in(list(partnership_ids)))
    return others.where(Partnership.deleted_at.is_null()).exists()


def remove_runs(rows: Sequence[GuidedRun]) -> None:
    """Delete guided runs with all that belongs to them, and mark them in the feed. Call it inside a transaction."""
    for run in rows:
        for table in (Request.source_id, *(model.run_id for model in OF_RUN), GuidedRun.id):
            table.model.delete_for(run.tenant_id).where(table == run.id).execute()
        words.drop(KIND, run.tenant_id, run.id)
        mark(run)


OF_RUN = (StepRow, GuidedStep, Comment, RunPartnership, Delivery, Meeting, RequestedTask)
"""The tables of what belongs to a run."""


def remove_objectives(tenant_id: str, objective_ids: Sequence[str]) -> None:
    """Delete objectives."""
    Objective.delete_for(tenant_id).where(Objective.id.in_(list(objective_ids))).execute()


def remove_recurrence(tenant_id: str, recurrence_id: str) -> None:
    """Delete a recurrence."""
    Recurrence.delete_for(tenant_id).where(Recurrence.id == recurrence_id).execute()
