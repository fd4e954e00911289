"""Due times in a tenant's zone, each fired once by whoever is first, late rather than never (a part of F22)."""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime, timedelta

from shared.ground import backoff
from shared.ground.local_days import morning_of, next_due
from shared.process.scheduling import Schedules
from tests.conftest import NOON

EIGHT = "0 8 * * *"


def test_eight_o_clock_is_eight_o_clock_where_the_tenant_lives():
    assert next_due(EIGHT, "America/New_York", NOON) == datetime(2026, 11, 21, 13, 0, tzinfo=UTC)
    assert next_due(EIGHT, "Pacific/Auckland", NOON) == datetime(2026, 11, 21, 19, 0, tzinfo=UTC)


def test_it_stays_eight_o_clock_over_both_changes_of_the_clock():
    assert next_due(EIGHT, "Europe/Berlin", datetime(2026, 3, 28, 12, tzinfo=UTC)) == datetime(
        2026, 3, 29, 6, tzinfo=UTC
    )
    assert next_due(EIGHT, "Europe/Berlin", datetime(2026, 10, 24, 12, tzinfo=UTC)) == datetime(
        2026, 10, 25, 7, tzinfo=UTC
    )


def test_a_missed_day_fires_once_late(shop):
    schedules = Schedules(shop.db, shop.feed)
    schedules.plan("daily", EIGHT, "UTC", "demo", now=NOON)
    fired = []
    late = NOON + timedelta(days=3)
    assert schedules.fire_due(late, {"daily": lambda tenant, due, now: fired.append((tenant, due))}) == 1
    assert schedules.fire_due(late, {"daily": lambda tenant, due, now: fired.append((tenant, due))}) == 0
    assert fired == [("demo", datetime(2026, 11, 22, 8, tzinfo=UTC))]


def test_planning_the_same_again_keeps_the_due_time(shop):
    schedules = Schedules(shop.db, shop.feed)
    schedules.plan("daily", EIGHT, "UTC", "demo", now=NOON)
    schedules.plan("daily", EIGHT, "UTC", "demo", now=NOON + timedelta(days=9))
    assert schedules.table.get().next_due_at == datetime(2026, 11, 22, 8, tzinfo=UTC)


def test_many_schedulers_fire_one_due_time_once(make_shop):
    shop = make_shop()
    schedules = Schedules(shop.db, shop.feed)
    schedules.plan("daily", EIGHT, "UTC", "demo", now=NOON)
    fired = []

    def run():
        schedules.fire_due(NOON + timedelta(days=1), {"daily": lambda tenant, due, now: fired.append(due)})

    threads = [threading.Thread(target=run) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(fired) == 1


def test_a_handler_that_fails_stays_due_and_holds_up_no_other_tenant(shop):
    schedules = Schedules(shop.db, shop.feed)
    for tenant in ("broken", "well"):
        schedules.plan("daily", EIGHT, "UTC", tenant, now=NOON)
    fired = []

    def run(tenant, due, now):
        if tenant == "broken":
            raise ValueError("this morning is broken")
        fired.append(tenant)

    assert schedules.fire_due(NOON + timedelta(days=1), {"daily": run}) == 1
    assert fired == ["well"]
    assert schedules.table.get(schedules.table.tenant_id == "broken").next_due_at <= NOON + timedelta(days=1)


def test_a_hundred_broken_schedules_stop_nobody_and_are_tried_ever_more_rarely(shop):
    schedules = Schedules(shop.db, shop.feed)
    for number in range(101):
        schedules.plan("daily", EIGHT, "UTC", f"broken-{number}", now=NOON)
    schedules.plan("daily", "1 8 * * *", "UTC", "well", now=NOON)
    fired, tried = [], []

    def run(tenant, due, now):
        tried.append(tenant)
        if tenant != "well":
            raise ValueError("this morning is broken")
        fired.append(tenant)

    morning = NOON + timedelta(days=1)
    assert schedules.fire_due(morning, {"daily": run}) == 1
    assert (fired, len(tried)) == (["well"], 102)
    assert schedules.fire_due(morning + timedelta(seconds=29), {"daily": run}) == 0
    assert len(tried) == 102
    schedules.fire_due(morning + timedelta(seconds=30), {"daily": run})
    assert len(tried) == 203
    well_again = {"daily": lambda tenant, due, now: fired.append(tenant)}
    assert schedules.fire_due(morning + timedelta(seconds=90), well_again) == 101
    assert {(row.failures, row.not_before) for row in schedules.table.select()} == {(0, None)}


def test_pauses_grow_to_an_hour():
    pauses = [(backoff.next_try(failures, NOON) - NOON).total_seconds() for failures in (1, 2, 3, 8, 500)]
    assert pauses == [30, 60, 120, 3600, 3600]


def test_a_day_begins_when_the_daily_job_runs_there():
    day = date(2026, 11, 27)  # a Friday
    assert morning_of(day, EIGHT, "America/New_York") == datetime(2026, 11, 27, 13, tzinfo=UTC)
    assert morning_of(day, "0 0 * * *", "Europe/Berlin") == datetime(2026, 11, 26, 23, tzinfo=UTC)
    assert morning_of(day + timedelta(days=1), "0 6 * * 1-5", "UTC") == datetime(2026, 11, 30, 6, tzinfo=UTC)
