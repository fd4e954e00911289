"""Aggregates over the runs of a period: exact while they are few, from counters kept by hour and day when they are many."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from services.monitor import figures, states
from services.monitor.models import counts
from shared.errors import Invalid

LONGEST_PERIOD = timedelta(days=366)
COUNTED_BY_ROWS = 5_000
"""Statistics over more runs than this come from the counters by the hour: whole hours, percentiles of whole
days and to within 5 %."""

FINISHED = (states.COMPLETED, states.FAILED)


@dataclass(frozen=True)
class Stats:
    """Aggregates of the runs created since a moment. Durations are those of runs that completed or failed."""

    period: str
    since: datetime
    exact: bool
    total: int
    completed: int
    failed: int
    cancelled: int
    avg_duration_ms: int | None
    failure_rate: float
    runs_per_day: float
    p50_duration_ms: int | None
    p95_duration_ms: int | None


def stats(scope: str, period: str, now: datetime) -> Stats:
    """Statistics of the runs created in the last `period` ("24h", "7d"). Invalid when it is no period up to a year.

    Up to COUNTED_BY_ROWS runs they are counted from the rows, exactly; beyond it from the counters by the hour, and `exact` is false.
    """
    since = now - span(period)
    exact = counts.created(scope, since, now, COUNTED_BY_ROWS + 1) <= COUNTED_BY_ROWS
    if exact:
        counted = counts.by_rows(scope, since, now)
    else:
        since = since.replace(minute=0, second=0, microsecond=0)
        counted = counts.by_hours(scope, since, now)
    ended = [one for one in counted if one.status in FINISHED]
    total, timed = sum(one.runs for one in counted), sum(one.timed for one in ended)
    completed, failed, cancelled = (
        sum(one.runs for one in counted if one.status == status) for status in (*FINISHED, states.CANCELLED)
    )
    halves = [_percentile(scope, since, now, share, timed, exact) for share in (0.5, 0.95)]
    return Stats(
        period=period,
        since=since,
        exact=exact,
        total=total,
        completed=completed,
        failed=failed,
        cancelled=cancelled,
        avg_duration_ms=round(sum(one.duration_ms for one in ended) / timed) if timed else None,
        failure_rate=round(failed / (completed + failed), 4) if completed + failed else 0.0,
        runs_per_day=round(total / ((now - since) / timedelta(days=1)), 2),
        p50_duration_ms=halves[0],
        p95_duration_ms=halves[1],
    )


def _percentile(scope: str, since: datetime, now: datetime, share: float, timed: int, exact: bool) -> int | None:
    if exact:
        return counts.duration_at(scope, since, now, FINISHED, figures.rank(share, timed))
    return figures.percentile(counts.buckets(scope, since.replace(hour=0), now, FINISHED), share)


def span(period: str) -> timedelta:
    """The length of a period such as "24h" or "7d". Invalid when it is none, or longer than a year."""
    found = re.fullmatch(r"([1-9]\d{0,3})([hd])", period)
    length = timedelta(**{{"h": "hours", "d": "days"}[found[2]]: int(found[1])}) if found else None
    if length is None or length > LONGEST_PERIOD:
        raise Invalid(
            "A period is a number of hours or days, up to a year.", errors={"period": ["Like 24h or 7d, up to 366d."]}
        )
    return length
