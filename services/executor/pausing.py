"""Pauses and resumes the claiming of AI tasks, of one processor or of all, for a tenant or for every tenant."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from services.executor.models import Pause, acts, feed, pauses
from shared.feed import doorbells
from shared.ground.errors import Conflict, Forbidden, NotFound
from shared.ground.principal import Principal

QUEUE = doorbells.work_queue("executor")
"""The name of the queue, which stands for all processors."""


@dataclass(frozen=True, kw_only=True)
class PauseCommand:
    """Pause or resume work of the caller's tenant, or of every tenant, for a reason."""

    every_tenant: bool = False
    reason: str | None = None


def pause(by: Principal, name: str, command: PauseCommand, *, now: datetime, processors: Collection[str]) -> Pause:
    """Pause a processor, or all of them by the name of the queue. Tasks that run are finished.

    NotFound for a name that is neither; Forbidden for every tenant to all but a super admin; Conflict when it is paused
    already.
    """
    if name != QUEUE and name not in processors:
        raise NotFound(f"There is no queue or processor {name}.")
    tenant_id = _scope(by, every_tenant=command.every_tenant)
    processor = pauses.EVERYTHING if name == QUEUE else name
    with feed.transaction():
        row = {"by": by.as_json(), "reason": command.reason, "paused_at": now}
        if not pauses.add(tenant_id, processor, **row):
            raise Conflict("It is paused already.", allowed=["resume"])
        _record(by, "paused work", name, command.reason, now, every_tenant=command.every_tenant)
    return Pause(tenant_id=tenant_id, processor=processor, **row)


def resume(by: Principal, name: str, command: PauseCommand, *, now: datetime) -> None:
    """End a pause. Forbidden as `pause`; Conflict when it is not paused."""
    tenant_id = _scope(by, every_tenant=command.every_tenant)
    with feed.transaction():
        if not pauses.remove(tenant_id, pauses.EVERYTHING if name == QUEUE else name):
            raise Conflict("It is not paused.", allowed=["pause"])
        _record(by, "resumed work", name, command.reason, now, every_tenant=command.every_tenant)


def _scope(by: Principal, *, every_tenant: bool) -> str:
    if not every_tenant:
        return by.tenant_id
    if not by.may("super_admin"):
        raise Forbidden("Work of every tenant is paused and resumed by a super admin.")
    return pauses.EVERY_TENANT


def _record(by: Principal, verb: str, name: str, reason: str | None, now: datetime, *, every_tenant: bool) -> None:
    acts.record(by, verb, "queue", name, now=now, reason=reason, details={"name": name, "everyTenant": every_tenant})
