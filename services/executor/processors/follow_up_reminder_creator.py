"""Asks for a CSM task that stays snoozed for some business days and then comes back by itself."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from services.executor.processors import Processor, Request, Result, TaskContext, Tenant
from services.executor.processors.shapes import optional_reference, schema, text, whole
from shared import business_days

RESURFACES_AT = time(8)
"""When the day of a person begins, in their tenant's time zone; workflows' daily job runs then."""


def run(task: TaskContext) -> Result:
    """One task-request, snoozed until the reminder's day at 08:00. Its title is the reminder's message, verbatim."""
    metadata = task.metadata
    day = business_days.after(local_day(task.now, task.tenant), metadata["daysUntilReminder"], task.tenant.country)
    until = morning_of(day, task.tenant)
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
        value, f"A reminder resurfaces on {day.isoformat()}.", requests=(Request("task-request", "reminder", data),)
    )


def local_day(now: datetime, tenant: Tenant) -> date:
    """The date that it is where the tenant lives."""
    return now.astimezone(ZoneInfo(tenant.time_zone)).date()


def morning_of(day: date, tenant: Tenant) -> str:
    """08:00 of that day where the tenant lives, in UTC."""
    moment = datetime.combine(day, RESURFACES_AT, ZoneInfo(tenant.time_zone)).astimezone(UTC)
    return moment.isoformat().replace("+00:00", "Z")


PROCESSOR = Processor(
    name="follow-up-reminder-creator",
    version="1.0.0",
    title="Create a follow-up reminder",
    description="Makes a CSM task that is snoozed for some business days and resurfaces by itself.",
    metadata_schema=schema(
        {
            "daysUntilReminder": whole(1, 365),
            "reminderMessage": text(255),
            "reminderPriority": whole(1, 5),
            "relatedAction": text(255),
        },
        {"customerId": optional_reference(), "executionId": optional_reference(), "owner": optional_reference()},
    ),
    run=run,
    deadline_seconds=60,
)
