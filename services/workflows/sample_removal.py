"""Says what there is of the samples, and removes them with all that belongs to them, once and for good.

A sample customer that was renamed, or has an external id, is somebody's own by now and stays with all that belongs to it.
"""

from __future__ import annotations

from dataclasses import dataclass

from services.workflows import models, sample_data, sample_tasks
from services.workflows.models import Customer, acts, one_time_work
from shared.feed.consumer import Change
from shared.ground import ids
from shared.ground.principal import Principal

REMOVED = "samples removed"
"""The name under which the removal is noted; the samples are then not loaded again."""


@dataclass(frozen=True)
class SampleOverview:
    """How much of the samples there is. `added_workflows` and `added_tasks` are those of the workflows and tasks that people
    have made since; `kept` are the names of the customers that stay. `own_customers` is whether there are others."""

    customers: int
    contacts: int
    contracts: int
    workflows: int
    tasks: int
    added_workflows: int
    added_tasks: int
    kept: list[str]
    own_customers: bool


def overview(tenant_id: str) -> SampleOverview:
    """What a removal would remove, and what it would leave."""
    sample_ids = sample_data.customer_ids(tenant_id)
    going, kept = _going_and_kept(tenant_id, sample_ids)
    going_ids = [row.id for row in going]
    counts = models.sample_rows.counts(tenant_id, going_ids)
    loaded = {ids.named("sample-workflow", tenant_id, row.name) for row in going}
    executions = models.sample_rows.execution_ids(tenant_id, going_ids)
    tasks = models.sample_rows.task_ids(tenant_id, going_ids, besides=sorted(loaded))
    return SampleOverview(
        customers=len(going),
        **counts,
        added_workflows=len(set(executions) - loaded),
        added_tasks=len(set(tasks) - sample_tasks.ids_of(tenant_id)),
        kept=sorted((row.name for row in kept), key=str.casefold),
        own_customers=bool(kept) or models.sample_rows.has_other_customers(tenant_id, sample_ids),
    )


def _going_and_kept(
    tenant_id: str, sample_ids: list[str], *, for_update: bool = False
) -> tuple[list[Customer], list[Customer]]:
    rows = models.sample_rows.present(tenant_id, sample_ids, for_update=for_update)
    own = [row for row in rows if row.external_id or sample_data.customer_id(tenant_id, row.name) != row.id]
    return [row for row in rows if row not in own], own


def apply(change: Change) -> None:
    """Remove the samples because the monitor asks for it. A repeat changes nothing. The executor is asked to delete the AI
    tasks about the customers that are gone."""
    if change.deleted or not one_time_work.note(change.tenant_id, REMOVED, now=change.now):
        return
    tenant_id, by = change.tenant_id, Principal.from_json(change.data["by"], change.tenant_id)
    going, _ = _going_and_kept(tenant_id, sample_data.customer_ids(tenant_id), for_update=True)
    going_ids = [row.id for row in going]
    models.sample_rows.remove(tenant_id, going_ids)
    models.outgoing_requests.add(
        change.subject,
        "ai-task-removal-request",
        tenant_id=tenant_id,
        source_id=change.subject,
        body={"subjects": going_ids, "by": by.as_json()},
        now=change.now,
    )
    acts.record(by, "removed samples", "customer", "samples", now=change.now, details={"customers": len(going)})
