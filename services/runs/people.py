"""Notifies people about runs, and finds those whom a text mentions."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from services.runs import models
from services.runs.models import GuidedRun, replicas
from shared.contracts import mentions
from shared.ground import ids
from shared.ground.principal import Principal

require = replicas.people.require


def notify_of_assignment(by: Principal, run: GuidedRun, owner: str | None, what: str, part: str, now: datetime) -> None:
    """Notify a new owner of a run or a step, unless they assigned it to themselves."""
    if owner and owner != by.id:
        notify(by, run, owner, "assigned", f"{what} is yours now", f"{by.name} gave it to you.", part, now)


def notify(
    by: Principal, run: GuidedRun, recipient: str, kind: str, title: str, body: str, part: str, now: datetime
) -> None:
    """Request a notification about a run from the monitor."""
    models.deliveries.notify(
        ids.named("notification", kind, run.id, part, recipient, now.isoformat()),
        tenant_id=run.tenant_id,
        source_id=run.id,
        recipient_id=recipient,
        kind=kind,
        title=title,
        body=body,
        link=f"/app/runs/{run.id}",
        by=by.as_json(),
        now=now,
    )


def mentioned(tenant_id: str, body: str, named: Iterable[str]) -> list[str]:
    """The ids of the active people whom a text mentions as @Name or @address, and of `named`. Invalid for one of
    `named` who is not active in the tenant."""
    return mentions.mentioned(replicas.people.active(tenant_id), body, named)
