"""Says what there is of the samples, and removes them, once and for good.

A sample partnership that was renamed, or has an external id, is somebody's own by now and stays. Runs that people started
themselves stay, and show a partnership that is gone as such.
"""

from __future__ import annotations

from dataclasses import dataclass

from services.runs import models, partnerships, sample_data
from services.runs.models import Partnership, acts, feed, one_time_work
from shared.feed.consumer import Change
from shared.ground.principal import Principal

REMOVED = "samples removed"
"""The name under which the removal is noted; the samples are then not loaded again."""


@dataclass(frozen=True)
class SampleOverview:
    """How much of the samples there is; `kept` are the names of the partnerships that stay. `own_partnerships` is whether
    there are others."""

    partnerships: int
    guided_runs: int
    objectives: int
    kept: list[str]
    own_partnerships: bool


def overview(tenant_id: str) -> SampleOverview:
    """What a removal would remove, and what it would leave."""
    sample_ids = sample_data.partnership_ids(tenant_id)
    going, kept = _going_and_kept(tenant_id)
    return SampleOverview(
        partnerships=len(going),
        guided_runs=len(_runs(tenant_id)),
        objectives=len(_objectives(tenant_id)),
        kept=[row.name for row in kept],
        own_partnerships=bool(kept) or models.sample_rows.has_other_partnerships(tenant_id, sample_ids),
    )


def _going_and_kept(tenant_id: str) -> tuple[list[Partnership], list[Partnership]]:
    found = models.partnerships.many(tenant_id, sample_data.partnership_ids(tenant_id)).values()
    rows = sorted(found, key=lambda row: row.name_key)
    own = [row for row in rows if row.external_id or sample_data.partnership_id(tenant_id, row.name) != row.id]
    return [row for row in rows if row not in own], own


def _runs(tenant_id: str) -> list[models.GuidedRun]:
    """The sample runs, and those that the sample recurrence has started."""
    recurring = models.sample_rows.recurring_runs(tenant_id, sample_data.recurrence_id(tenant_id))
    return models.sample_rows.runs(tenant_id, [*sample_data.run_ids(tenant_id), *recurring])


def _objectives(tenant_id: str) -> list[str]:
    """The ids of the sample objectives whose titles nobody has changed."""
    rows = models.sample_rows.objectives(tenant_id, sample_data.objective_ids(tenant_id))
    return [row.id for row in rows if sample_data.objective_id(tenant_id, row.title) == row.id]


def apply(change: Change) -> None:
    """Remove the samples because the monitor asks for it. A repeat changes nothing."""
    if change.deleted or not one_time_work.note(change.tenant_id, REMOVED, now=change.now):
        return
    tenant_id, by = change.tenant_id, Principal.from_json(change.data["by"], change.tenant_id)
    going, _ = _going_and_kept(tenant_id)
    with feed.transaction():
        for row in going:
            partnerships.remove(by, row.id, now=change.now)
        models.sample_rows.remove_runs(_runs(tenant_id))
        models.sample_rows.remove_objectives(tenant_id, _objectives(tenant_id))
        models.sample_rows.remove_recurrence(tenant_id, sample_data.recurrence_id(tenant_id))
        details = {"partnerships": len(going)}
        acts.record(by, "removed samples", "partnership", "samples", now=change.now, details=details)
