"""Ranks durations for sorting, and puts them into buckets whose bounds differ by a tenth, so that percentiles over any
number of runs come from a few counters."""

from __future__ import annotations

import math
from collections.abc import Mapping

NO_DURATION = -1
"""The bucket of a run without a duration, and the sorting rank of one that has not begun."""

_STEP = math.log(1.1)


def rank_of(duration_ms: int | None, started_ms: int | None) -> int:
    """The sort key of a run's duration. A run that is under way gets the negative of its start time, so that the newest
    comes first; one that has not begun gets NO_DURATION."""
    if duration_ms is not None:
        return duration_ms
    return NO_DURATION if started_ms is None else min(-started_ms, NO_DURATION - 1)


def bucket_of(duration_ms: int | None) -> int:
    """The bucket of a duration; the bounds of neighbouring buckets differ by a tenth."""
    return NO_DURATION if duration_ms is None else int(math.log(duration_ms + 1) / _STEP)


def middle_of(bucket: int) -> int:
    """The duration that stands for all of a bucket, in ms: at most 5 % off."""
    return round(math.exp((bucket + 0.5) * _STEP) - 1)


def percentile(counts: Mapping[int, int], share: float) -> int | None:
    """The duration below which `share` of the counted runs lie; None when none is counted."""
    total = sum(counts.values())
    reached = 0
    for bucket in sorted(counts):
        reached += counts[bucket]
        if reached >= share * total:
            return middle_of(bucket)
    return None


def rank(share: float, total: int) -> int:
    """The index of the value below which `share` of `total` sorted values lie (nearest rank)."""
    return max(0, math.ceil(share * total) - 1)
