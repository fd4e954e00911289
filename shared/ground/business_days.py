"""Computes a country's business days: neither its weekend nor its public holidays."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import Any


@lru_cache(maxsize=4096)
def is_business_day(day: date, country: str) -> bool:
    """Whether the country (ISO 3166, two letters) works on that day; an unknown country has weekends only."""
    return bool(_calendar(country).is_working_day(day))


def after(day: date, count: int, country: str) -> date:
    """The business day `count` business days after `day`. With 0: `day` itself, or the next business day."""
    result: date = _calendar(country).get_nth_working_day(day, count)
    return result


def before(day: date, count: int, country: str) -> date:
    """The business day `count` business days before `day`."""
    result: date = _calendar(country).get_nth_working_day(day, -count)
    return result


def _calendar(country: str) -> Any:
    """A new calendar for each call, because it fills itself year by year, which is not safe for several threads."""
    # Imported here because it takes more than half a second, which every process would pay at its start.
    import holidays

    is_supported = country in holidays.list_supported_countries()
    return holidays.country_holidays(country) if is_supported else holidays.HolidayBase()
