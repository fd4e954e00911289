"""Starts counting what happens to an e-mail that was sent, and requests a task to look at it."""

from __future__ import annotations

from services.executor.processors import Processor, Request, Result, TaskContext, Tracking
from services.executor.processors.shapes import boolean, optional_person, optional_reference, schema, text
from shared.ground import business_days

LOOK_AFTER_DAYS = 3


def run(task: TaskContext) -> Result:
    """Start a tracking with its counts at 0, and request a task to watch it. Events of the provider are not received
    yet; the result says so."""
    metadata = task.metadata
    tracking = Tracking(
        email_id=metadata["emailId"],
        subject=metadata["emailSubject"],
        sent_to=metadata["sentTo"],
        opens=metadata["trackOpens"],
        clicks=metadata["trackClicks"],
        notify_on_open=metadata.get("notifyOnOpen", False),
    )
    look_on = business_days.after(task.tenant.day_of(task.now), LOOK_AFTER_DAYS, task.tenant.country)
    data = {
        "title": f"Watch engagement: {tracking.subject}"[:255],
        "description": f"Sent to {tracking.sent_to}. Look whether it was opened, clicked or answered.",
        "priority": 3,
        "dueDate": look_on.isoformat(),
        "snoozedUntil": None,
        "snoozeReason": None,
        "customerId": metadata.get("customerId") or task.subject,
        "executionId": metadata.get("executionId"),
        "owner": metadata.get("owner"),
        "relatedAction": f"E-mail sent: {tracking.subject}"[:255],
    }
    value = {
        "emailId": tracking.email_id,
        "tracking": {"opens": tracking.opens, "clicks": tracking.clicks},
        "counts": {"opens": 0, "clicks": 0, "replies": 0},
        "webhooks": "not received: this installation has no webhook of an e-mail provider yet, so the counts stay at 0",
    }
    return Result(
        value,
        f"{tracking.subject} is tracked.",
        requests=(Request("task-request", "watch-engagement", data),),
        trackings=(tracking,),
    )


PROCESSOR = Processor(
    name="email-engagement-tracker",
    version="1.0.0",
    title="Track e-mail engagement",
    description="Counts opens, clicks and replies of an e-mail that was sent, and makes a task to watch it.",
    metadata_schema=schema(
        {
            "emailId": text(255),
            "emailSubject": text(255),
            "sentTo": text(254, format="email"),
            "trackOpens": boolean(),
            "trackClicks": boolean(),
        },
        {
            "notifyOnOpen": boolean(),
            "customerId": optional_reference(),
            "executionId": optional_reference(),
            "owner": optional_person(),
        },
    ),
    run=run,
    deadline_seconds=60,
)
