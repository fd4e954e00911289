"""How the monitor reads AI tasks: as runs of their own, and as steps of the workflow execution that requested them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from services.monitor.run_kinds.run_kind import RunFacts, RunKind, Snapshot, times
from services.monitor.states import ALONE, CANCELLED, COMPLETED, ENDED, FAILED, QUEUED, RUNNING, TASKS, message_of
from shared.security.link_masks import masked

CONTEXT = ("processor", "priority", "availableAt", "source", "attempts", "maxAttempts", "effects", "by")


class AiTask(RunKind):
    """An AI task of the executor."""

    key = "ai_task"
    label = "AI task"
    owner = "executor"
    change = "ai-task"
    statuses = {"queued": QUEUED, "running": RUNNING, "success": COMPLETED, "failed": FAILED, "cancelled": CANCELLED}
    subjects = {"workflows": "customer", "runs": "partnership"}
    listings = (TASKS, ALONE)
    own_list = "AI tasks"
    by_itself = True

    def read(self, run_id: str, data: Mapping[str, Any]) -> Snapshot:
        """See RunKind. The monitor's own tasks are mails, of which those that invite carry a sign-in link."""
        if (data.get("source") or {}).get("service") == "monitor":
            data = masked(data)
        facts = RunFacts(
            workflow_name=data.get("title") or data["processor"],
            workflow_key=data["processor"].casefold(),
            own_status=data["status"],
            subject_id=data.get("subject"),
            retry_of=data.get("retryOf"),
            origin=data.get("origin") or run_id,
            retry_number=data.get("retryNumber") or 0,
            attempts=len(data.get("attempts") or ()),
            error_summary=message_of(data.get("error")),
            **times(data, "finishedAt"),
        )
        detail = {
            "trigger_payload": data.get("metadata"),
            "context": {name: data.get(name) for name in CONTEXT},
            "result": data.get("result"),
            "error": data.get("error"),
        }
        return Snapshot(facts, detail)

    def listing(self, status: str, asked_by: RunKind | None, is_retried: Callable[[], bool]) -> str:
        """Listed by itself unless another run is shown in its place: the run that requested it or, once it ended, its
        retry."""
        if asked_by is not None and asked_by.speaks_for_task(status):
            return TASKS
        return TASKS if status in ENDED and is_retried() else ALONE
