"""Free slots lie in the working hours of both sides, on both clocks, over their changes too, and never on a booked call."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.runs.availability import Side, free

HOURS = {"from": "09:00", "to": "17:00"}
BERLIN, NEW_YORK, AUCKLAND = (Side(zone, HOURS) for zone in ("Europe/Berlin", "America/New_York", "Pacific/Auckland"))
MONDAY = datetime(2026, 11, 23, 6, tzinfo=UTC)


def said(ours, theirs, now=MONDAY, busy=(), minutes=30, **more):
    return [(slot.yours, slot.theirs) for slot in free(ours, theirs, busy, minutes=minutes, now=now, **more)]


def test_two_clocks_share_the_afternoon_of_one_and_the_morning_of_the_other():
    assert said(BERLIN, NEW_YORK, most=2) == [("Mon 23 Nov 15:00", "09:00"), ("Mon 23 Nov 16:00", "10:00")]


def test_theirs_names_its_day_where_it_is_another():
    assert said(NEW_YORK, AUCKLAND, most=1) == [("Mon 23 Nov 15:00", "Tue 09:00")]


def test_two_days_that_never_meet_have_no_slot():
    assert said(BERLIN, AUCKLAND) == []


def test_a_booked_call_leaves_no_slot_that_touches_it():
    busy = [(datetime(2026, 11, 23, 14, 15, tzinfo=UTC), datetime(2026, 11, 23, 14, 45, tzinfo=UTC))]
    assert said(BERLIN, NEW_YORK, busy=busy, most=1) == [("Mon 23 Nov 16:00", "10:00")]


def test_a_call_fits_before_the_evening():
    assert said(BERLIN, NEW_YORK, minutes=120, most=1) == [("Mon 23 Nov 15:00", "09:00")]
    assert said(BERLIN, NEW_YORK, minutes=150) == []


def test_the_weekend_and_the_next_two_hours_are_left_out():
    friday = datetime(2026, 11, 20, 14, 1, tzinfo=UTC)
    assert said(BERLIN, BERLIN, now=friday, most=1) == [("Mon 23 Nov 09:00", "09:00")]


def test_a_public_holiday_of_our_country_is_left_out():
    thursday = datetime(2026, 11, 26, 6, tzinfo=UTC)
    at_home = Side("America/New_York", HOURS, "US")
    assert said(at_home, NEW_YORK, now=thursday, most=1) == [("Fri 27 Nov 09:00", "09:00")]
    assert said(NEW_YORK, NEW_YORK, now=thursday, most=1) == [("Thu 26 Nov 09:00", "09:00")]


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (datetime(2026, 10, 23, 6, tzinfo=UTC), [("Fri 23 Oct 15:00", "09:00"), ("Mon 26 Oct 14:00", "09:00")]),
        (datetime(2026, 10, 30, 6, tzinfo=UTC), [("Fri 30 Oct 14:00", "09:00"), ("Mon 2 Nov 15:00", "09:00")]),
        (datetime(2027, 3, 12, 6, tzinfo=UTC), [("Fri 12 Mar 15:00", "09:00"), ("Mon 15 Mar 14:00", "09:00")]),
    ],
)
def test_a_change_of_one_clock_moves_the_hour_of_the_other(now, expected):
    assert said(BERLIN, NEW_YORK, now=now, most=2, most_a_day=1) == expected


@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)).map(lambda moment: moment.replace(tzinfo=UTC)),
    st.sampled_from([BERLIN, NEW_YORK, AUCKLAND]),
    st.sampled_from([BERLIN, NEW_YORK, AUCKLAND]),
    st.lists(st.tuples(st.integers(0, 400), st.integers(15, 240)), max_size=8),
    st.integers(15, 240),
)
def test_every_slot_is_ahead_in_both_working_days_and_free(now, ours, theirs, booked, minutes):
    busy = [(now + timedelta(hours=at), now + timedelta(hours=at, minutes=long)) for at, long in booked]
    for slot in free(ours, theirs, busy, minutes=minutes, now=now):
        assert slot.starts_at > now
        assert slot.ends_at - slot.starts_at == timedelta(minutes=minutes)
        assert ours.include(slot.starts_at, slot.ends_at)
        assert theirs.include(slot.starts_at, slot.ends_at)
        assert not any(slot.starts_at < end and start < slot.ends_at for start, end in busy)
