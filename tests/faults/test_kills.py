"""F1 and F12: workers are killed under load, and a task kills whoever runs it."""

from __future__ import annotations

import os
import time

import pytest

from tests.faults import checker
from tests.faults.conftest import books_of
from tests.faults.nemesis import Nemesis
from tests.faults.orders import Poster, echo, echoes
from tests.faults.workers import workers

pytestmark = [pytest.mark.faults, pytest.mark.timeout(600)]

LONG = bool(os.environ.get("LONG"))
TASKS, KILLS = (10_000, 100) if LONG else (990, 30)
LOST = KILLS // 3
SLOTS, RETRIES = 4, 20


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
def test_f1_nothing_is_lost_or_doubled_while_workers_are_killed(built, engine, measured):
    """A task may be hit more often than its retries allow for, which F12 is about: here it has twenty.

    A kill that finds its worker idle, as on a busy machine, tries nothing: there are more of them until enough attempts
    were lost.
    """
    house = built(engine, TANDEM_MAX_RETRIES=RETRIES)
    books, poster, nemesis = books_of(house), Poster(house), Nemesis(house, seed=1)
    ids: list[str] = []
    began = time.monotonic()
    with workers(house, 4):
        while nemesis.kills < KILLS or (books.lost() < LOST and nemesis.kills < 4 * KILLS):
            ids += poster.post_all(echoes(TASKS // KILLS, [5, 20, 50, 500], effect=True))
            nemesis.kill(after=(0.05, 0.2))
        killed = time.monotonic() - began
        drained = checker.settle(books, ids, seconds=180)
        ledger = checker.check(
            books, ids, executions=len(ids), lost=LOST, happened=nemesis.kills, wanted=KILLS, retries=RETRIES
        )
    assert ledger.statuses() == {"success": len(ids)}
    assert ledger.executions() <= len(ids) + nemesis.kills * SLOTS
    measured(
        tasks=len(ids),
        kills=nemesis.kills,
        executions=ledger.executions(),
        lost=len(ledger.attempts_in("lost")),
        killing_took=killed,
        drained_in=drained,
    )


def test_f12_a_task_that_kills_its_process_is_given_up_and_takes_nobody_with_it(house, books, measured):
    poster = Poster(house)
    with workers(house, 2):
        [poison] = poster.post_all([echo(kill=True, sleepMs=100)])
        others = poster.post_all(echoes(80, [20, 50, 200], effect=True))
        took = checker.settle(books, [poison, *others], seconds=120)
        ledger = checker.check(books, [poison, *others], executions=84, lost=5)
    task = ledger.tasks[poison]
    assert [one.outcome for one in ledger.attempts[poison]] == ["lost"] * 4
    assert (task.status, ledger.statuses()) == ("failed", {"success": 80, "failed": 1})
    assert "AttemptsSpent" in str(task.error)
    assert "attempt 4 of 4" in str(task.error)
    most = max(len(ledger.attempts[task_id]) for task_id in others)
    assert 2 <= most <= 3, "somebody shared its fate, and nobody more than twice"
    measured(
        executions=ledger.executions(), lost=len(ledger.attempts_in("lost")), most_attempts_of_others=most, took=took
    )
