"""Retry and cancel: the monitor finds out whose run it is and asks its owner, who decides and writes the act."""

from __future__ import annotations

from typing import Any

from services.monitor import clients, reporting, rights
from services.monitor.models.runs import Run
from shared.acts import By

OWNERS = {"workflow_execution": "workflows", "ai_task": "executor", "guided_run": "runs"}
"""Which context owns a run of each kind."""


def retry(run_id: str, *, by: By, from_step: str | None = None, dry_run: bool = False) -> dict[str, Any]:
    """Try a run again, from a step if one is named: `{"newRunId", "plan"}`; with `dry_run` nothing happens and the plan says what would.

    NotFound when there is no such run; Conflict, with the owner's reason, when it cannot be; Unavailable when the owner is away.
    """
    run = _found(run_id, by)
    return clients.retry(OWNERS[run.kind], run.id, by.within(run.tenant_id), from_step=from_step, dry_run=dry_run)


def cancel(run_id: str, *, by: By) -> None:
    """Stop a run. Errors as for `retry`."""
    run = _found(run_id, by)
    clients.cancel(OWNERS[run.kind], run.id, by.within(run.tenant_id))


def _found(run_id: str, by: By) -> Run:
    return reporting.row(rights.reach(by), run_id)
