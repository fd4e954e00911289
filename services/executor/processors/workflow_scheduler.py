"""Requests the trigger that starts a customer's next workflow on its day."""

from __future__ import annotations

from services.executor.processors import Processor, Request, Result, TaskContext
from services.executor.processors.shapes import array, date, reference, schema, text
from shared.ground import wording


def run(task: TaskContext) -> Result:
    """Request the trigger. Workflows keeps one trigger for each execution, so this confirms one that finalize has
    made."""
    metadata = task.metadata
    data = {name: metadata[name] for name in ("executionId", "customerId", "stage", "triggerDate", "conditions")}
    value = {"stage": metadata["stage"], "triggerDate": metadata["triggerDate"], "conditions": metadata["conditions"]}
    summary = f"The {metadata['stage']} workflow is scheduled for {wording.day(metadata['triggerDate'])}."
    return Result(value, summary, requests=(Request("trigger-request", "next-workflow", data),))


PROCESSOR = Processor(
    name="workflow-scheduler",
    version="1.0.0",
    title="Schedule the next workflow",
    description="Schedules the workflow that follows, with its date and its conditions.",
    metadata_schema=schema(
        {
            "executionId": reference(),
            "customerId": reference(),
            "stage": text(32),
            "triggerDate": date(),
            "conditions": array(text(255), 20),
        }
    ),
    run=run,
    deadline_seconds=60,
)
