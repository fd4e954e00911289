"""What a run is about, and what asked for it."""

from __future__ import annotations

from dataclasses import dataclass

from services.monitor import reporting, run_kinds
from services.monitor.models import runs
from services.monitor.models.runs import Run
from shared.ground.json_types import JsonObject


@dataclass(frozen=True)
class About:
    """What a run is about: its `kind` ("customer", "partnership"), and its name as far as runs have it."""

    kind: str
    id: str
    name: str | None


@dataclass(frozen=True)
class Origin:
    """Where a run belongs. `asked_by` is the run whose step this AI task is; `source` (service, kind, id) is what the AI
    task was asked for by, as its snapshot has it."""

    about: About | None
    asked_by: Run | None
    source: JsonObject | None


def origin(scope: str, run_id: str) -> Origin:
    """Where a run belongs. NotFound when this scope has no run of this id."""
    run = reporting.row(scope, run_id)
    source: JsonObject | None = (runs.detail_of(run).context or {}).get("source")
    parent = runs.find(scope, run.parent_id) if run.parent_id else None
    return Origin(_about(run, source), parent, source)


def _about(run: Run, source: JsonObject | None) -> About | None:
    kind = run_kinds.named(run.kind)
    subject_kind = kind.subjects.get((source or {}).get("service", kind.owner))
    if subject_kind is None or run.subject_id is None:
        return None
    name = run.subject_name or runs.subject_names(run.tenant_id, [run.subject_id]).get(run.subject_id)
    return About(subject_kind, run.subject_id, name)
