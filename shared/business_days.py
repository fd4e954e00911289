"""Days on which a country works: neither its weekend nor one of its public holidays."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import Any


@lru_cache(maxsize=4096)
def is_one(day: date, country: str) -> bool:
    """Whether the country (ISO 3166, two letters) works on that day; one that is not known has weekends only."""
    return bool(_calendar(country).is_working_day(day))


def after(day: date, count: int, country: str) -> date:
    """The business day `count` business days after `day`; with 0 the day itself, or the first business day behind it."""
    found: date = _calendar(country).get_nth_working_day(day, count)
    return found


def _calendar(country: str) -> Any:
    """A calendar for one question: it fills itself year by year as it is asked, which no two threads may do at once."""
    # Imported here: it takes more than half a second, which every start of every process would pay.
    import holidays

    known = country in holidays.list_supported_countries()
    return holidays.country_holidays(country) if known else holidays.HolidayBase()
