"""Questions about guided runs and their steps, each of one tenant."""

from __future__ import annotations

from typing import Any

from services.runs.models.tables import GuidedRun, GuidedStep, RunPartnership
from shared import database
from shared.contracts.paging import Page
from shared.errors import NotFound
from shared.rows import held

DONE = ("completed", "skipped")
"""The states of a step that hold up nothing."""


def listed(
    tenant_id: str,
    *,
    status: str | None = None,
    template_id: str | None = None,
    partnership_id: str | None = None,
    owner: str | None = None,
    q: str | None = None,
    limit: int,
    offset: int = 0,
    cursor: str | None = None,
) -> Page:
    """A tenant's runs, newest first."""
    query = GuidedRun.select().where(GuidedRun.tenant_id == tenant_id)
    for field, value in ((GuidedRun.status, status), (GuidedRun.template_id, template_id), (GuidedRun.owner, owner)):
        if value is not None:
            query = query.where(field == value)
    if partnership_id:
        linked = RunPartnership.select(RunPartnership.run_id).where(
            (RunPartnership.tenant_id == tenant_id) & (RunPartnership.partnership_id == partnership_id)
        )
        query = query.where(GuidedRun.id.in_(linked))
    if q:
        query = query.where(GuidedRun.name.contains(q))
    return database.page(
        query, [(GuidedRun.created_at, "desc"), (GuidedRun.id, "desc")], limit=limit, offset=offset, cursor=cursor
    )


def find(tenant_id: str, run_id: str) -> GuidedRun:
    """The run. NotFound for another tenant's too."""
    row = GuidedRun.get_or_none((GuidedRun.id == run_id) & (GuidedRun.tenant_id == tenant_id))
    if row is None:
        raise NotFound(f"There is no guided run {run_id}.")
    return row


def alone(tenant_id: str, run_id: str) -> GuidedRun:
    """The run, held until the transaction ends. NotFound for another tenant's too."""
    row = held(GuidedRun.select().where((GuidedRun.id == run_id) & (GuidedRun.tenant_id == tenant_id))).first()
    if row is None:
        raise NotFound(f"There is no guided run {run_id}.")
    return row


def steps_of(run_id: str) -> list[GuidedStep]:
    """The steps of a run, in their order."""
    return list(GuidedStep.select().where(GuidedStep.run_id == run_id).order_by(GuidedStep.order_index))


def steps_of_many(run_ids: list[str]) -> dict[str, list[GuidedStep]]:
    """The steps of many runs, each in their order, with one question."""
    found: dict[str, list[Any]] = {run_id: [] for run_id in run_ids}
    query = GuidedStep.select().where(GuidedStep.run_id.in_(run_ids))
    for step in query.order_by(GuidedStep.run_id, GuidedStep.order_index):
        found[step.run_id].append(step)
    return found
