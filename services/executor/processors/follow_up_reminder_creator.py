"""Requests a CSM task that stays snoozed for some business days and then resurfaces."""

from __future__ import annotations

from services.executor.processors import Processor, Request, Result, TaskContext
from services.executor.processors.shapes import integer, optional_person, optional_reference, schema, text
from shared.ground import business_days, clock, wording


def run(task: TaskContext) -> Result:
    """Request one task, snoozed until the morning of the reminder's day. Its title is the reminder's message,
    verbatim."""
    metadata = task.metadata
    day = business_days.after(task.tenant.day_of(task.now), metadata["daysUntilReminder"], task.tenant.country)
    until = clock.rfc3339(task.tenant.morning_of(day))
    data = {
        "title": metadata["reminderMessage"],
        "description": f"Reminder after: {metadata['relatedAction']}",
        "priority": metadata["reminderPriority"],
        "dueDate": day.isoformat(),
        "snoozedUntil": until,
        "snoozeReason": f"Reminder in {metadata['daysUntilReminder']} business days: {metadata['relatedAction']}",
        "customerId": metadata.get("customerId") or task.subject,
        "executionId": metadata.get("executionId"),
        "owner": metadata.get("owner"),
        "relatedAction": metadata["relatedAction"],
    }
    value = {"reminderDate": day.isoformat(), "snoozedUntil": until, "title": metadata["reminderMessage"]}
    return Result(
        value, f"A reminder resurfaces on {wording.day(day)}.", requests=(Request("task-request", "reminder", data),)
    )


PROCESSOR = Processor(
    name="follow-up-reminder-creator",
    version="1.0.0",
    title="Create a follow-up reminder",
    description="Makes a CSM task that is snoozed for some business days and resurfaces by itself.",
    metadata_schema=schema(
        {
            "daysUntilReminder": integer(1, 365),
            "reminderMessage": text(255),
            "reminderPriority": integer(1, 5),
            "relatedAction": text(255),
        },
        {"customerId": optional_reference(), "executionId": optional_reference(), "owner": optional_person()},
    ),
    run=run,
    reaches=lambda metadata: [],
    deadline_seconds=60,
)
