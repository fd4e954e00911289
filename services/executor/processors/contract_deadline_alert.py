"""Alerts the owner, or everybody when there is none, on chosen days before a date in a contract."""

from __future__ import annotations

from datetime import date, timedelta

from services.executor.processors import Processor, Request, Result, TaskContext
from services.executor.processors.shapes import array, integer, optional_person, reference, schema, text
from services.executor.processors.shapes import date as date_schema
from shared.ground import wording
from shared.ground.json_types import JsonObject


def run(task: TaskContext) -> Result:
    """Request one notification for each alert day. Today and days that are past become one alert at once, so
    that a late plan still warns."""
    deadline = date.fromisoformat(task.metadata["deadline"])
    today = task.tenant.day_of(task.now)
    alert_days = sorted({deadline - timedelta(days=before) for before in task.metadata["alertDaysBefore"]})
    ahead = [when for when in alert_days if when > today]
    days = ([today] if len(ahead) < len(alert_days) else []) + ahead
    requests = tuple(_alert(task, deadline, when, at_once=when == today) for when in days)
    alerts = [when.isoformat() for when in days]
    value = {"deadline": deadline.isoformat(), "daysLeft": (deadline - today).days, "alerts": alerts}
    return Result(
        value, f"Alerts before {wording.day(deadline)}: {', '.join(map(wording.day, alerts))}.", requests=requests
    )


def _alert(task: TaskContext, deadline: date, when: date, *, at_once: bool) -> Request:
    left = (deadline - when).days
    data: JsonObject = {
        "recipientId": task.metadata.get("owner"),
        "kind": "deadline",
        "title": task.metadata["message"],
        "body": f"{task.metadata['kind'].replace('_', ' ').capitalize()} on {wording.day(deadline)}: {_in_words(left)}.",
        "link": f"/app/monitor/runs/{task.id}",
    }
    release = None if at_once else task.tenant.morning_of(when)
    return Request("notification-request", f"alert-{when.isoformat()}", data, release_at=release)


def _in_words(days: int) -> str:
    if days < 0:
        return "1 day ago" if days == -1 else f"{-days} days ago"
    return {0: "today", 1: "1 day left"}.get(days, f"{days} days left")


PROCESSOR = Processor(
    name="contract-deadline-alert",
    version="1.0.0",
    title="Alert before a contract deadline",
    description="Notifies the owner on chosen days before a date in a contract: notice, end of term, or another.",
    metadata_schema=schema(
        {
            "customerId": reference(),
            "deadline": date_schema(),
            "kind": text(64),
            "message": text(255),
            "alertDaysBefore": array(integer(0, 730), 20, minItems=1, uniqueItems=True),
        },
        {"owner": optional_person()},
    ),
    run=run,
    deadline_seconds=60,
)
