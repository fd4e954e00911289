"""How the monitor reads guided runs; their snapshot contains their steps."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from services.monitor.run_kinds.run_kind import RunFacts, RunKind, Snapshot, times
from services.monitor.states import CANCELLED, COMPLETED, FAILED, PENDING, SKIPPED, WAITING


class GuidedRun(RunKind):
    """A run in which people work on partnerships and objectives, step by step."""

    key = "guided_run"
    label = "Guided run"
    owner = "runs"
    change = "guided-run"
    statuses = {"in_progress": WAITING, "paused": WAITING, "completed": COMPLETED, "cancelled": CANCELLED}
    step_statuses = {"pending": PENDING, "in_progress": WAITING, "completed": COMPLETED, "skipped": SKIPPED}
    work_page = "/app/runs/{}"

    def read(self, run_id: str, data: Mapping[str, Any]) -> Snapshot:
        """See RunKind."""
        facts = RunFacts(
            workflow_name=data["name"],
            # The name up to the first comma, so that runs that differ only in the date share a key.
            workflow_key=data["name"].partition(",")[0].strip().casefold(),
            own_status=data["status"],
            owner=data.get("owner"),
            **times(data, "completedAt", starts_at_once=True),
        )
        detail = {
            "trigger_payload": {"templateId": data.get("templateId")},
            "context": {name: data.get(name) for name in ("description", "linkedPartnershipIds", "outcome")},
        }
        return Snapshot(facts, detail, data.get("steps") or [])

    def speaks_for_task(self, status: str) -> bool:
        """False for a failed task: a guided run continues when one of its mails fails, so the failed AI task is listed
        by itself."""
        return status != FAILED
