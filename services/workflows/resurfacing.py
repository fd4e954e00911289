"""Runs the daily job, which releases due triggers in each tenant's time zone; starts released triggers, and opens
snoozed tasks at their time."""

from __future__ import annotations

from datetime import datetime

from services.workflows import models, triggers
from services.workflows.models import acts, feed, replicas, schedules
from shared.ground.local_days import local_date
from shared.ground.principal import Principal

JOB = "daily"


def schedule_daily_job(cron: str, *, now: datetime) -> None:
    """Schedule the daily job for every known tenant in its own time zone; after a change of zone the next run is
    computed again."""
    for tenant_id, region in replicas.tenants.regions().items():
        schedules.plan(JOB, cron, region.time_zone, tenant_id, now=now)


def run(tenant_id: str, due: datetime, now: datetime) -> None:
    """Release the due triggers, in the transaction that fires the daily job."""
    models.triggers.release(tenant_id, local_date(now, replicas.tenants.region(tenant_id).time_zone), now)


def fire_due(now: datetime) -> int:
    """Run the daily job for each tenant where it is due, start the released triggers, and open the snoozed tasks whose
    time has come. Returns how many daily jobs ran."""
    fired = schedules.fire_due(now, {JOB: run})
    triggers.start_due(now)
    while resurface(now):
        continue
    return fired


def resurface(now: datetime) -> int:
    """Open some of the snoozed tasks whose time has come, in one short transaction. Returns how many."""
    with feed.transaction():
        tasks = models.tasks.resurface(now)
        for task in tasks:
            by = Principal("schedule", "snooze", "end of its snooze", task.tenant_id)
            acts.record(by, "resurfaced task", "task", task.id, now=now)
    return len(tasks)
