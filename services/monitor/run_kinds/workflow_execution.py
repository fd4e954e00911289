"""How the monitor reads workflow executions: steps for people until finalize, AI tasks afterwards."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from services.monitor.run_kinds.run_kind import RunFacts, RunKind, Snapshot, times
from services.monitor.states import CANCELLED, COMPLETED, FAILED, PENDING, QUEUED, RUNNING, SKIPPED, WAITING


class WorkflowExecution(RunKind):
    """A renewal workflow for one customer."""

    key = "workflow_execution"
    label = "Renewal workflow"
    owner = "workflows"
    change = "workflow-execution"
    step_change = "workflow-step"
    step_run_field = "executionId"
    statuses = {"in_progress": RUNNING, "completed": COMPLETED, "cancelled": CANCELLED}
    step_statuses = {"pending": PENDING, "in_progress": WAITING, "completed": COMPLETED, "skipped": SKIPPED}
    work_page = "/app/renewals/{}"
    subjects = {"workflows": "customer"}
    tasks_are_steps = True

    def read(self, run_id: str, data: Mapping[str, Any]) -> Snapshot:
        """See RunKind."""
        facts = RunFacts(
            workflow_name=data["workflowName"],
            workflow_key=data["workflowName"].partition(":")[0].strip().casefold(),
            own_status=data["status"],
            owner=data.get("owner"),
            subject_id=data.get("customerId"),
            subject_name=data.get("customerName"),
            human_work=bool(data.get("openHumanWork")),
            **times(data, "completedAt", starts_at_once=True),
        )
        context = (data.get("context") or {}) | {name: data.get(name) for name in ("stage", "planStatus", "customerId")}
        return Snapshot(facts, {"trigger_payload": data.get("triggerPayload"), "context": context})

    def status(self, own: str, human_work: bool, tasks: Iterable[str]) -> str:
        """Until finalize, an execution waits while a person has something to do, and else runs, unless it is cancelled.
        Afterwards it runs while one of its AI tasks is unfinished; then it has failed if one of them has."""
        statuses, so_far = set(tasks), self.statuses[own]
        if so_far == CANCELLED:
            return CANCELLED
        if so_far == RUNNING:
            return WAITING if human_work else RUNNING
        if statuses & {QUEUED, RUNNING}:
            return RUNNING
        return FAILED if FAILED in statuses else COMPLETED

    def speaks_for_task(self, status: str) -> bool:
        """True: an execution's status follows from those of its AI tasks."""
        return True
