"""Queries on AI tasks that need a developer or an operator, and those that were set aside."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from peewee import SQL, TextField

from services.monitor.models import Table
from services.monitor.models.runs import Run
from services.monitor.run_kinds.ai_task import AiTask
from services.monitor.states import ALONE, RUNNING, TASKS
from shared.database import statements
from shared.database.fields import IdField, UtcDateTime

FAILED_TASK = SQL("kind = 'ai_task' AND status = 'failed'")
"""As in the partial index, literally: neither engine uses it for a condition with parameters."""


class SetAside(Table):
    """A failed AI task that somebody has decided to leave as it is."""

    run_id = IdField()
    tenant_id = TextField()
    by_id = TextField()
    by_name = TextField()
    at = UtcDateTime()


Run.add_index(Run.index(Run.tenant_id, Run.completed_at, Run.id, where=FAILED_TASK, name="run_failed_task"))


def failed(tenant_id: str, most: int) -> list[Run]:
    """The AI tasks that failed last, whichever run they belong to, also those that were tried again."""
    query = Run.for_tenant(tenant_id).where(FAILED_TASK, Run.listing.in_([ALONE, TASKS]))
    return list(query.order_by(Run.completed_at.desc(), Run.id.desc()).limit(most))


def running_since_before(tenant_id: str, moment: datetime, most: int) -> list[Run]:
    """The AI tasks that began before this moment and still run, the oldest of each listing first."""
    old: list[Run] = []
    for listing in (ALONE, TASKS):
        running = Run.for_tenant(tenant_id).where(Run.listing == listing, Run.status == RUNNING)
        ai_tasks = running.where(Run.kind == AiTask.key, Run.started_at < moment)
        old.extend(ai_tasks.order_by(Run.created_at).limit(most))
    return old


def set_aside(tenant_id: str, run_ids: Sequence[str], by_id: str, by_name: str, now: datetime) -> list[str]:
    """Set tasks aside; returns the ids of those that were not yet."""
    rows = [
        {"run_id": run_id, "tenant_id": tenant_id, "by_id": by_id, "by_name": by_name, "at": now} for run_id in run_ids
    ]
    return list(statements.insert_all_new(SetAside, rows, "run_id"))


def aside_of(tenant_id: str, run_ids: Sequence[str]) -> set[str]:
    """Those of these tasks that are set aside."""
    query = SetAside.for_tenant(tenant_id, SetAside.run_id).where(SetAside.run_id.in_(list(run_ids)))
    return {row.run_id for row in query}
