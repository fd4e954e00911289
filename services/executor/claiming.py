"""Claims the best due task under a lease, and renews the lease."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from services.executor.models import AiTask, feed, tasks

SUSPECTED_AFTER = 2
"""Lapsed leases after which a task is suspected of killing its workers; tasks that ran beside it look the same."""


@feed.group_commit
def claim(
    *, owner: str, deadlines: Mapping[str, float], now: datetime, lease_seconds: float, suspects: bool = True
) -> AiTask | None:
    """Claim the due task that is first by priority, age and id, under a new lease of `owner`; None when nothing is due.

    `deadlines` are the processors of this process, with the seconds that each may take. With `suspects=False` tasks
    suspected of killing their workers are left out. A claim writes no act; the attempt's row records it.
    """
    return tasks.claim(
        owner=owner,
        deadlines=deadlines,
        now=now,
        lease_seconds=lease_seconds,
        losses_below=None if suspects else SUSPECTED_AFTER,
    )


def is_suspect(task: AiTask) -> bool:
    """Whether SUSPECTED_AFTER leases of this task lapsed, so that it may be killing its workers.

    A process runs at most one such task, so that it does not use up the attempts of another suspect.
    """
    return task.losses >= SUSPECTED_AFTER


@feed.group_commit
def renew(task: AiTask, *, now: datetime, lease_seconds: float) -> tuple[bool, bool]:
    """Renew the lease. Returns whether this worker still has it, and whether the task is to be cancelled."""
    return tasks.renew(task, now=now, lease_seconds=lease_seconds)
