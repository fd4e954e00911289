"""F10: the claim takes the best due task, whatever came first and whatever waits."""

from __future__ import annotations

import os
import random

import pytest

from shared.ground import clock
from tests.faults import checker
from tests.faults.orders import Poster, echo, write_all
from tests.faults.workers import workers
from tests.house import eventually

pytestmark = [pytest.mark.faults, pytest.mark.timeout(600)]

MIXED = 10_000 if os.environ.get("LONG") else 2_000
LOW = 400


def test_f10_one_slot_takes_mixed_tasks_in_exactly_their_order(either_house, either_books, measured):
    """Five tasks at a time are as old as one another, and their ids are in no order: then the id decides."""
    chance = random.Random(10)
    bodies = [echo(priority=chance.randint(1, 5)) for _ in range(MIXED)]
    ids = write_all(either_books.database_url, either_house.told.home, bodies, at_once=5)
    with workers(either_house, TANDEM_SLOTS=1, TANDEM_LEASE_SECONDS=30):
        took = checker.settle(either_books, ids, seconds=300)
        ledger = checker.check(either_books, ids, executions=MIXED)
    assert checker.in_order(ledger) == []
    assert ledger.executions() == MIXED
    measured(tasks=MIXED, inversions=0, per_second=MIXED / took)


def test_f10_an_urgent_task_waits_for_no_other_that_has_not_begun(either_house, either_books, measured):
    bodies = [echo(priority=5, sleepMs=5) for _ in range(LOW)]
    ids = write_all(either_books.database_url, either_house.told.home, bodies)
    with workers(either_house, TANDEM_SLOTS=1, TANDEM_LEASE_SECONDS=30):
        eventually(lambda: len(ids) - len(either_books.unfinished(ids)) >= 20, seconds=60)
        [urgent] = Poster(either_house).post_all([echo(priority=1)])
        committed = clock.now().replace(tzinfo=None)
        checker.settle(either_books, [*ids, urgent], seconds=120)
        ledger = checker.check(either_books, [*ids, urgent], executions=LOW + 1)
    starts = {task_id: ledger.first_start(task_id) for task_id in (*ids, urgent)}
    between = [task_id for task_id in ids if committed < starts[task_id] < starts[urgent]]
    behind = [task_id for task_id in ids if starts[task_id] > starts[urgent]]
    assert between == []
    assert len(behind) >= LOW // 4, "it was urgent only if many had to wait for it"
    measured(low_before=LOW - len(behind), low_behind=len(behind), waited=ledger.waited(urgent))
