"""Manages recurrences and starts their runs: never two for one due time, however many workers there are."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from datetime import datetime

from services.runs import lifecycle, models, templates
from services.runs.models import Recurrence, acts, feed, replicas
from services.runs.recurrence_timing import TIMED, cron_of, in_words, retimed, zone_of
from shared.contracts.commands import NOT_GIVEN, NotGiven, given
from shared.database.model import Columns
from shared.ground import clock, ids
from shared.ground.local_days import next_due
from shared.ground.principal import Principal

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class CreateRecurrence:
    """Put a template on a schedule: `every` week on a weekday, every month on a day, or by a cron expression."""

    template_id: str
    every: str
    weekday: str | None = None
    day: int | str | None = None
    at: str | None = None
    cron: str | None = None
    name: str | None = None
    owner: str | None = None
    linked_partnership_ids: list[str] = field(default_factory=list)
    active: bool = True


@dataclass(frozen=True, kw_only=True)
class ChangeRecurrence:
    """Change a recurrence, or turn it off and on; a new `every` needs its whole timing."""

    template_id: str | NotGiven = NOT_GIVEN
    every: str | NotGiven = NOT_GIVEN
    weekday: str | NotGiven = NOT_GIVEN
    day: int | str | NotGiven = NOT_GIVEN
    at: str | NotGiven = NOT_GIVEN
    cron: str | NotGiven = NOT_GIVEN
    name: str | None | NotGiven = NOT_GIVEN
    owner: str | None | NotGiven = NOT_GIVEN
    linked_partnership_ids: list[str] | NotGiven = NOT_GIVEN
    active: bool | NotGiven = NOT_GIVEN


def create(by: Principal, command: CreateRecurrence, *, recurrence_id: str, now: datetime) -> Recurrence:
    """Put a template on a schedule. NotFound for an unknown template; Invalid for an unusable schedule, owner or
    partnership."""
    with feed.transaction():
        template = templates.lock(by.tenant_id, command.template_id)
        _check_named(by, given(command))
        cron = cron_of(given(command, *TIMED))
        row = models.recurrences.add(
            id=recurrence_id, tenant_id=by.tenant_id, template_id=command.template_id, name=command.name,
            owner=command.owner or (by.id if by.kind == "person" else None), every=command.every, cron=cron,
            linked_partnership_ids=command.linked_partnership_ids, active=command.active,
            next_due_at=next_due(cron, zone_of(by.tenant_id), now), by=by.as_json(), created_at=now,
        )  # fmt: skip
        details = {"template": template, "cron": cron}
        acts.record(by, "added recurrence", "recurrence", row.id, now=now, details=details)
        return row


def change(
    by: Principal, recurrence_id: str, command: ChangeRecurrence, *, now: datetime, expected: int | None = None
) -> Recurrence:
    """Change what was given. A changed or reactivated schedule counts from now. NotFound, Stale, Invalid; Conflict
    when it changed or started a run at the same moment."""
    with feed.transaction():
        row = models.recurrences.find(by.tenant_id, recurrence_id)
        row.expect(expected)
        changes, timing = given(command), given(command, *TIMED)
        columns = {name: value for name, value in changes.items() if name not in TIMED}
        _check_named(by, {name: value for name, value in columns.items() if value != getattr(row, name)})
        if "template_id" in columns:
            templates.lock(by.tenant_id, columns["template_id"])
        if timing:
            columns |= retimed(row, timing)
        if timing or (columns.get("active") and not row.active):
            columns["next_due_at"] = next_due(columns.get("cron", row.cron), zone_of(row.tenant_id), now)
        row.write(failures=0, not_before=None, **columns)
        acts.record(by, "changed recurrence", "recurrence", row.id, now=now, details={"fields": sorted(changes)})
        return row


def _check_named(by: Principal, columns: Columns) -> None:
    """Check the owner and the partnerships. Invalid for an owner who is not active, or a partnership that is gone."""
    replicas.people.require(by, columns.get("owner"))
    lifecycle.partnerships_of(by.tenant_id, columns.get("linked_partnership_ids") or [])


def remove(by: Principal, recurrence_id: str, *, now: datetime, expected: int | None = None) -> None:
    """Delete a recurrence; the runs that it started stay. NotFound, Stale."""
    with feed.transaction():
        row = models.recurrences.find(by.tenant_id, recurrence_id)
        row.expect(expected)
        models.recurrences.remove(row)
        acts.record(by, "removed recurrence", "recurrence", row.id, now=now, details={"templateId": row.template_id})


def start_due(now: datetime) -> int:
    """Start a run for each recurrence whose time has come. Returns how many were started.

    Several due times that were missed start one run. A recurrence that cannot be started stays due, is logged, pauses,
    and does not stop the others.
    """
    return models.recurrences.due_rows.fire(now, lambda row: _start(row, now))


def recompute_due_times(tenant_id: str, now: datetime) -> None:
    """Compute `next_due_at` again after the tenant's time zone has changed; a due recurrence keeps its own. Call it
    inside a transaction."""
    zone = zone_of(tenant_id)
    for row in models.recurrences.waiting(tenant_id, now):
        due = next_due(row.cron, zone, now)
        if due != row.next_due_at:
            row.write(next_due_at=due)


def _start(row: Recurrence, now: datetime) -> bool:
    by = Principal("schedule", row.id, row.name or in_words(row), row.tenant_id)
    run_id = ids.named("recurrence", row.id, clock.rfc3339(row.next_due_at) or "")
    with feed.transaction():
        if not models.recurrences.take(row, next_due(row.cron, zone_of(row.tenant_id), now), run_id):
            return False
        owner = replicas.people.get_or_none(row.tenant_id, row.owner) if row.owner else None
        start_run = lifecycle.StartRun(
            template_id=row.template_id,
            name=row.name,
            linked_partnership_ids=list(models.partnerships.many(row.tenant_id, row.linked_partnership_ids)),
            owner=row.owner if owner is not None and owner.active else None,
            recurrence_id=row.id,
        )
        lifecycle.start(by, start_run, run_id=run_id, now=now)
        acts.record(by, "started by recurrence", "recurrence", row.id, now=now, details={"runId": run_id})
    log.info("recurrence started a run", extra={"recurrence": row.id, "run": run_id})
    return True
