"""Recurrences that are due, with several workers of runs that look at once and are killed between: one run a due time."""

from __future__ import annotations

import sqlite3
from collections import Counter
from datetime import datetime, timedelta

import psycopg
import pytest

from shared.ground import clock, ids
from tests.faults import dying
from tests.faults.checker import moment
from tests.faults.dying import words
from tests.faults.guided import books_of, settled, staffed
from tests.faults.nemesis import Nemesis

pytestmark = [pytest.mark.faults, pytest.mark.timeout(180)]

RECURRENCES = 6
POINTS = ("run-unwritten", "run-written")
"""Where the workers die at the first due time, and where at the second."""


@pytest.mark.parametrize("guided", ["sqlite", "postgresql"], indirect=True)
def test_each_due_time_is_one_run_whoever_is_killed_between(guided, measured):
    due = start_and_kill(guided)
    killed = {point: dying.deaths(guided.told.home, point) for point in POINTS}
    assert killed == dict.fromkeys(POINTS, dying.DEATHS)
    measured(recurrences=RECURRENCES, due_times=due, kills=sum(killed.values()) + len(POINTS))


def start_and_kill(house, *, still=60, broken="sound"):
    """Have recurrences come due, twice, under workers that die between; AssertionError unless each due time is one run. A worker
    looks as soon as it starts, so that each that is started again looks anew."""
    made = [_weekly(house) for _ in range(RECURRENCES)]
    due: list[tuple[str, datetime]] = []
    for number, point in enumerate(POINTS):
        at = (clock.now() - timedelta(hours=number + 1)).replace(microsecond=0)
        due += [(one, at) for one in made]
        _come_due(house, made, at)
        parts = {f"runs_worker_{one}": words("runs", "work", point, broken) for one in (1, 2, 3)}
        with staffed(house, **parts):
            Nemesis(house, seed=number, prefix="runs worker").kill(after=(0, 0.2))
            settled(lambda: wrong_about(house, due), still=still)  # noqa: B023 - it is over before the next
    return len(due)


def wrong_about(house, due):
    """What is not as it must be when each of these due times has started its run: G10 and G11; none when all is well."""
    books = books_of(house, "runs")
    wanted = {one for one, _ in due}
    runs = [row for row in books.rows("SELECT id, recurrence_id FROM guided_run") if row.recurrence_id in wanted]
    count = Counter(row.recurrence_id for row in runs)
    named = {ids.named("recurrence", one, clock.rfc3339(at)) for one, at in due}
    waiting = [
        row.id
        for row in books.rows("SELECT id, next_due_at FROM recurrence")
        if row.id in wanted and moment(row.next_due_at) < clock.now().replace(tzinfo=None)
    ]
    return [
        *([] if count == Counter(one for one, _ in due) else [f"G10: {dict(count)} runs for {len(due)} due times"]),
        *([] if {row.id for row in runs} == named else ["G10: runs that are no due time's"]),
        *(f"G11: {one} stays due" for one in waiting),
    ]


def _weekly(house):
    told = {"templateId": "mou-sprint", "every": "week", "weekday": "monday", "at": "09:00"}
    return house.post("runs", "/api/recurrences", told)["id"]


def _come_due(house, recurrences, at):
    """Set the clock of these recurrences back, as if the time had come while nothing ran."""
    url = house.environment["TANDEM_RUNS_DATABASE_URL"]
    listed = ", ".join(f"'{one}'" for one in recurrences)
    sql = f"UPDATE recurrence SET next_due_at = '{at:%Y-%m-%d %H:%M:%S.%f}' WHERE id IN ({listed})"
    if url.startswith("sqlite:///"):
        connection = sqlite3.connect(url.removeprefix("sqlite:///"), timeout=15)
        with connection:
            connection.execute(sql)
        connection.close()
    else:
        with psycopg.connect(url) as open_one:
            open_one.execute(sql)
