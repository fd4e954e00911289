"""Business days: weekends and public holidays are none, of each country its own."""

from __future__ import annotations

from datetime import date

import pytest

from shared.ground import business_days


@pytest.mark.parametrize(
    ("day", "count", "country", "then"),
    [
        (date(2026, 11, 20), 1, "US", date(2026, 11, 23)),
        (date(2026, 11, 21), 1, "US", date(2026, 11, 23)),
        (date(2026, 11, 25), 1, "US", date(2026, 11, 27)),
        (date(2026, 11, 25), 1, "DE", date(2026, 11, 26)),
        (date(2026, 12, 24), 1, "DE", date(2026, 12, 28)),
        (date(2026, 11, 20), 5, "", date(2026, 11, 27)),
        (date(2026, 11, 20), 5, "XX", date(2026, 11, 27)),
    ],
    ids=[
        "over a weekend",
        "from a weekend",
        "over Thanksgiving",
        "no Thanksgiving",
        "over Christmas",
        "no country",
        "unknown country",
    ],
)
def test_business_days_skip_weekends_and_the_countrys_holidays(day, count, country, then):
    assert business_days.after(day, count, country) == then


def test_none_behind_a_day_is_the_day_itself_or_the_first_that_is_one():
    assert business_days.after(date(2026, 12, 24), 0, "US") == date(2026, 12, 24)
    assert business_days.after(date(2026, 12, 25), 0, "US") == date(2026, 12, 28)


def test_a_country_without_a_calendar_has_weekends_only():
    assert business_days.is_business_day(date(2026, 12, 25), "ZZ")
    assert not business_days.is_business_day(date(2026, 12, 26), "")


def test_each_country_has_its_own_weekend():
    friday, sunday = date(2026, 11, 20), date(2026, 11, 22)
    assert not business_days.is_business_day(friday, "IL")
    assert business_days.is_business_day(sunday, "IL")
    assert business_days.is_business_day(friday, "US")
    assert not business_days.is_business_day(sunday, "US")


@pytest.mark.parametrize(
    ("day", "count", "country", "then"),
    [
        (date(2026, 11, 23), 1, "US", date(2026, 11, 20)),
        (date(2026, 11, 27), 1, "US", date(2026, 11, 25)),
        (date(2026, 11, 27), 1, "DE", date(2026, 11, 26)),
        (date(2026, 11, 28), 1, "", date(2026, 11, 27)),
    ],
    ids=["over a weekend", "over Thanksgiving", "no Thanksgiving", "from a weekend"],
)
def test_days_are_counted_back_over_what_is_no_business_day(day, count, country, then):
    assert business_days.before(day, count, country) == then
