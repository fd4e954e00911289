"""The daily job, at 8 in the tenant's time zone: snoozed tasks come back, and due workflows start."""

from __future__ import annotations

from datetime import datetime

from services.workflows import customers, models, triggers
from services.workflows.models import acts, copies, schedules
from shared.acts import By

JOB = "daily"


def plan(cron: str, *, now: datetime) -> None:
    """Have the daily job run for every tenant that is known, in its own time zone; one that moved gets its new
    morning."""
    for tenant_id, home in copies.homes().items():
        schedules.plan(JOB, cron, home.time_zone, tenant_id, now=now)


def run(tenant_id: str, due: datetime, now: datetime) -> None:
    """What follows from the job being due, in the transaction that fires it."""
    by = By("schedule", JOB, "daily job", tenant_id)
    for task_id in models.tasks.resurface(tenant_id, now):
        acts.record(by, "resurfaced task", "task", task_id, now=now)
    today = customers.local_date(now, copies.home(tenant_id).time_zone)
    for trigger in models.triggers.due(tenant_id, today):
        triggers.fire(by, trigger, now=now)
