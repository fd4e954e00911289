"""Computes the pause before something that failed is tried again, so that it does not block the rest."""

from __future__ import annotations

from datetime import datetime, timedelta

FIRST = timedelta(seconds=30)
LONGEST = timedelta(hours=1)
DOUBLINGS = 7
"""How often the pause doubles; by then it has reached LONGEST."""


def next_try(failures: int, now: datetime) -> datetime:
    """When to retry what has failed `failures` times in a row: after 30 seconds, a minute, two, and so on up to an
    hour."""
    return now + min(LONGEST, FIRST * 2 ** min(max(failures - 1, 0), DOUBLINGS))
