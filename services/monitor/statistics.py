"""Statistics of the runs of a period: exact while they are few, from counters by hour and day when they are many."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from services.monitor import durations, run_kinds, states
from services.monitor.models import counts, lists
from services.monitor.models.counts import Counter
from services.monitor.models.lists import Filters
from shared.ground.errors import Invalid

LONGEST_PERIOD = timedelta(days=366)
COUNTED_BY_ROWS = 5_000
"""The most runs that are counted from their rows. Beyond it, counters give whole hours, and percentiles of whole days
to within 5 %."""

FINISHED = (states.COMPLETED, states.FAILED)
SHARES = (0.5, 0.95)
BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)


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
    """Statistics of the runs created in the last `period` ("24h", "7d"). Invalid unless it is a period of up to a year.

    Up to COUNTED_BY_ROWS runs are counted exactly, from their rows; more from the hourly counters, and `exact` is
    false.
    """
    return _over(scope, period, Filters(since=now - span(period), until=now))


def stats_of(scope: str, filters: Filters, period: str, now: datetime) -> Stats:
    """Statistics of the runs that a list shows, over all statuses; of the last `period` if its filters have no days. Of
    more than COUNTED_BY_ROWS runs with a kind, a workflow or words, only the newest are counted."""
    return _over(scope, period, _of_days(filters, period, now))


@dataclass(frozen=True)
class Taken:
    """How long half and how long 95 % of some runs took at most; None of none."""

    p50_ms: int | None
    p95_ms: int | None


def taken(scope: str, filters: Filters, period: str, now: datetime) -> dict[bool, Taken]:
    """How long the runs of `stats_of` took, the newest COUNTED_BY_ROWS of them: True of those that go on by themselves,
    False of those that wait for people, which take days and would hide the others."""
    sample = counts.Sample(lists.listing(scope, _of_days(filters, period, now)), COUNTED_BY_ROWS)
    alone = run_kinds.by_themselves()
    groups: dict[bool, list[int]] = {True: [], False: []}
    for kind, took in sample.durations(FINISHED):
        groups[kind in alone].append(took)
    return {by_itself: Taken(*(_at(took, share) for share in SHARES)) for by_itself, took in groups.items()}


def _at(durations_in_order: Sequence[int], share: float) -> int | None:
    total = len(durations_in_order)
    return durations_in_order[durations.rank(share, total)] if total else None


def _of_days(filters: Filters, period: str, now: datetime) -> Filters:
    days = filters if filters.since or filters.until else replace(filters, since=now - span(period))
    return replace(days, status=None, since=days.since or BEGINNING, until=days.until or now)


def _over(scope: str, period: str, filters: Filters) -> Stats:
    since, until = filters.since or BEGINNING, filters.until or BEGINNING
    sample = counts.Sample(lists.listing(scope, filters), COUNTED_BY_ROWS)
    counted: Sequence[Counter] = sample.counters()
    exact = sum(counter.runs for counter in counted) <= COUNTED_BY_ROWS
    by_hours = not exact and filters == Filters(since=filters.since, until=filters.until)
    if by_hours:
        since = since.replace(minute=0, second=0, microsecond=0)
        counted = counts.by_hours(scope, since, until)
    ended = [counter for counter in counted if counter.status in FINISHED]
    total, timed = sum(counter.runs for counter in counted), sum(counter.timed for counter in ended)
    completed, failed, cancelled = (
        sum(counter.runs for counter in counted if counter.status == status) for status in (*FINISHED, states.CANCELLED)
    )
    if by_hours:
        buckets = counts.buckets(scope, since.replace(hour=0), until, FINISHED)
        halves = [durations.percentile(buckets, share) for share in SHARES]
    else:
        halves = [sample.duration_at(FINISHED, durations.rank(share, timed)) for share in SHARES]
    return Stats(
        period=period,
        since=since,
        exact=exact,
        total=total,
        completed=completed,
        failed=failed,
        cancelled=cancelled,
        avg_duration_ms=round(sum(counter.duration_ms for counter in ended) / timed) if timed else None,
        failure_rate=round(failed / (completed + failed), 4) if completed + failed else 0.0,
        runs_per_day=round(total / max((until - since) / timedelta(days=1), 1 / 24), 2),
        p50_duration_ms=halves[0],
        p95_duration_ms=halves[1],
    )


def span(period: str) -> timedelta:
    """The length of a period such as "24h" or "7d". Invalid for another text, or when it is longer than a year."""
    match = re.fullmatch(r"([1-9]\d{0,3})([hd])", period)
    length = timedelta(**{{"h": "hours", "d": "days"}[match[2]]: int(match[1])}) if match else None
    if length is None or length > LONGEST_PERIOD:
        raise Invalid(
            "A period is a number of hours or days, up to a year.", errors={"period": ["Like 24h or 7d, up to 366d."]}
        )
    return length
