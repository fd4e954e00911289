"""Business days of a country, and when the next workflow of a renewal starts."""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache

from services.workflows import stages
from services.workflows.stages import Stage

SATURDAY = 5


@lru_cache(maxsize=200)
def _holidays(country: str, year: int) -> frozenset[date]:
    """The public holidays of a year; none where the country is not known."""
    # Importing it takes more than half a second, which every start of every process would pay; only planning needs it.
    import holidays

    if country not in holidays.list_supported_countries():
        return frozenset()
    return frozenset(holidays.country_holidays(country, years=year))


def business_day_from(day: date, country: str) -> date:
    """The day itself, or the next that is neither a weekend nor a public holiday."""
    while day.weekday() >= SATURDAY or day in _holidays(country, day.year):
        day += timedelta(days=1)
    return day


def business_days_on(day: date, count: int, country: str) -> date:
    """The day that lies so many business days after `day`; with 0, the first business day from it."""
    day = business_day_from(day, country)
    for _ in range(count):
        day = business_day_from(day + timedelta(days=1), country)
    return day


def next_stage(stage: Stage, renewal_date: date, today: date) -> Stage | None:
    """The stage that follows: the one after this, or a later one where the days left call for it already."""
    after = stages.following(stage)
    called_for = stages.for_days((renewal_date - today).days)
    return called_for if after and called_for.order > after.order else after


def next_start(stage: Stage, renewal_date: date, today: date, country: str) -> date:
    """When that stage starts: its own count of days before the renewal, on a business day, never in the past."""
    if stage.opens_at_days is None:
        raise ValueError(f"no trigger starts the stage {stage.key}")
    return business_day_from(max(renewal_date - timedelta(days=stage.opens_at_days), today), country)
