"""The table of all kinds of change in any feed, with their schemas; the contract tests walk it."""

from __future__ import annotations

from shared.contracts.ai_tasks import AiTaskSnapshot, ProcessorSnapshot
from shared.contracts.holds import HoldSnapshot
from shared.contracts.people import ActSnapshot, PersonSnapshot, Snapshot, TenantSnapshot
from shared.contracts.requests import (
    AiTaskRemovalRequest,
    AiTaskRequest,
    NotificationRequest,
    SampleRemovalRequest,
    TaskRequest,
    TriggerRequest,
)
from shared.contracts.runs import ExecutionSnapshot, GuidedRunSnapshot, StepSnapshot
from shared.contracts.tasks import TaskSnapshot

KINDS: dict[str, dict[str, type[Snapshot]]] = {
    "runs": {
        "guided-run": GuidedRunSnapshot,
        "ai-task-request": AiTaskRequest,
        "task-request": TaskRequest,
        "notification-request": NotificationRequest,
        "act": ActSnapshot,
    },
    "workflows": {
        "workflow-execution": ExecutionSnapshot,
        "workflow-step": StepSnapshot,
        "ai-task-request": AiTaskRequest,
        "ai-task-removal-request": AiTaskRemovalRequest,
        "notification-request": NotificationRequest,
        "task": TaskSnapshot,
        "hold": HoldSnapshot,
        "act": ActSnapshot,
    },
    "executor": {
        "ai-task": AiTaskSnapshot,
        "processor": ProcessorSnapshot,
        "task-request": TaskRequest,
        "trigger-request": TriggerRequest,
        "notification-request": NotificationRequest,
        "act": ActSnapshot,
    },
    "monitor": {
        "tenant": TenantSnapshot,
        "person": PersonSnapshot,
        "ai-task-request": AiTaskRequest,
        "sample-removal-request": SampleRemovalRequest,
        "act": ActSnapshot,
    },
}
"""`KINDS[source][kind]`: the schema of that snapshot."""
