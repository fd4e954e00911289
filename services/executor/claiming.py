"""Take the best due task under a lease, keep the lease, lose it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from services.executor.models import AiTask, feed, tasks


def claim(*, owner: str, deadlines: Mapping[str, float], now: datetime, lease_seconds: float) -> AiTask | None:
    """The task that was due first in order of priority, age and id, now running under a new lease of `owner`; None if
    nothing is due.

    `deadlines` are the processors that this process has, and the seconds that each may take. The attempt's row is its
    trail: a claim is no act of anybody's.
    """
    with feed.transaction():
        return tasks.claim(owner=owner, deadlines=deadlines, now=now, lease_seconds=lease_seconds)


def renew(task: AiTask, *, now: datetime, lease_seconds: float) -> tuple[bool, bool]:
    """Keep the lease: (it is still ours, somebody wants the task cancelled)."""
    with feed.transaction():
        return tasks.renew(task.id, task.lease, now=now, lease_seconds=lease_seconds)
