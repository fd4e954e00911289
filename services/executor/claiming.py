"""Take the best due task under a lease, keep the lease, lose it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from services.executor.models import AiTask, feed, tasks

SUSPECTED_AFTER = 2
"""Losses after which a task may be what kills its workers. All that ran beside it look the same."""


@feed.together
def claim(
    *, owner: str, deadlines: Mapping[str, float], now: datetime, lease_seconds: float, suspects: bool = True
) -> AiTask | None:
    """The task that was due first in order of priority, age and id, now running under a new lease of `owner`; None if
    nothing is due.

    `deadlines` are the processors that this process has, and the seconds that each may take. Without `suspects`,
    one that is suspected of killing its workers is passed over. The attempt's row is its trail: a claim is no act of
    anybody's.
    """
    return tasks.claim(
        owner=owner,
        deadlines=deadlines,
        now=now,
        lease_seconds=lease_seconds,
        losses_below=None if suspects else SUSPECTED_AFTER,
    )


def is_suspect(task: AiTask) -> bool:
    """Whether a process should run this task beside no other suspect: who does it then dies in the company of tasks
    that have attempts to spare, and cannot take the same ones along until theirs are spent."""
    return task.losses >= SUSPECTED_AFTER


@feed.together
def renew(task: AiTask, *, now: datetime, lease_seconds: float) -> tuple[bool, bool]:
    """Keep the lease: (it is still ours, somebody wants the task cancelled)."""
    return tasks.renew(task.id, task.lease, now=now, lease_seconds=lease_seconds)
