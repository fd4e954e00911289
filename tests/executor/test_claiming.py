"""The claim: one task to one worker, in exact order, under a lease that only grows."""

from __future__ import annotations

import random
import threading
from datetime import timedelta

import pytest

from services.executor import claiming
from services.executor.models import AiTask, Attempt, db, feed, tasks
from services.executor.processors.registry import Registry
from shared.database import statements
from shared.database.connection import is_postgres, session
from shared.ground import ids
from tests.executor.conftest import LEASE, changes, read


def test_nothing_due_is_no_task(claim, database):
    assert claim() is None


def test_a_claim_takes_the_lease_and_counts_the_attempt(submit, claim, now):
    task = submit()
    claimed = claim(owner="worker-7")
    assert claimed.id == task.id
    assert (claimed.status, claimed.lease, claimed.attempts, claimed.lease_owner) == ("running", 1, 1, "worker-7")
    assert claimed.started_at == now
    assert abs((claimed.lease_until - now).total_seconds() - LEASE) < 5
    assert abs((claimed.deadline_at - now).total_seconds() - 3600) < 5
    assert [(row.lease, row.number, row.outcome) for row in tasks.attempts_of(task)] == [(1, 1, "running")]


def test_a_claimed_task_is_not_claimed_again(submit, claim):
    submit()
    claim()
    assert claim() is None


def test_a_task_of_later_is_not_claimed_before_its_time(submit, claim, now):
    submit(run_at=now + timedelta(hours=1))
    assert claim() is None


def test_a_task_is_due_by_the_clock_of_whoever_claims_it_to_the_microsecond(submit, known, now):
    """Not by the database's: the attempt then never begins before the moment that the task was put off to."""
    submit(run_at=now + timedelta(hours=1))
    due = now + timedelta(hours=1)
    for moment, found in ((due - timedelta(microseconds=1), False), (due, True)):
        claimed = claiming.claim(owner="w", deadlines=known.deadlines(), now=moment, lease_seconds=LEASE)
        assert (claimed is not None) == found
    assert claimed.started_at == due


def test_a_task_whose_processor_is_not_here_stays_queued(submit, now, database):
    task = submit()
    assert claiming.claim(owner="w", deadlines={"workflow-scheduler": 60}, now=now, lease_seconds=LEASE) is None
    assert read(task).status == "queued"


def test_2000_mixed_tasks_are_claimed_in_order_of_priority_age_and_id(claim, database, known, now):
    chance = random.Random(7)
    rows = [
        {
            "id": ids.new_id(),
            "tenant_id": "demo",
            "title": "t",
            "processor": "test-echo",
            "metadata": {},
            "input_hash": "",
            "priority": chance.randint(1, 5),
            "created_at": now - timedelta(seconds=chance.randint(0, 50)),
            "available_at": now - timedelta(seconds=chance.randint(0, 9)),
            "status": "queued",
            "max_attempts": 4,
            "origin": str(number),
            "by": {},
        }
        for number in range(2000)
    ]
    chance.shuffle(rows)
    with feed.transaction():
        for start in range(0, len(rows), 200):
            AiTask.insert_many(rows[start : start + 200]).execute()
    order = []
    with feed.transaction():
        while claimed := claim():
            order.append(claimed.id)
    best_first = sorted(rows, key=lambda row: (row["priority"], row["created_at"], row["id"]))
    assert order == [row["id"] for row in best_first]


def test_threads_that_claim_at_once_never_take_one_row_twice(submit, known, database, now):
    for number in range(60):
        submit(say=str(number))
    taken, barrier = [], threading.Barrier(4)

    def take(owner):
        barrier.wait()
        with session(db):
            while claimed := claiming.claim(owner=owner, deadlines=known.deadlines(), now=now, lease_seconds=LEASE):
                taken.append(claimed.id)

    threads = [threading.Thread(target=take, args=(f"worker-{number}",)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(taken) == 60
    assert len(set(taken)) == 60
    assert Attempt.select().count() == 60


def test_the_search_of_a_claim_answers_from_the_index_of_queued_tasks(submit, claim, database, now):
    statement, parameters = tasks._claim_statement("w", {"test-echo": 60}, now, LEASE)
    search = statement[statement.index("(SELECT id") + 1 : statement.index("LIMIT 1") + len("LIMIT 1")]
    if is_postgres(database):
        submit()
        database.execute_sql("SET enable_seqscan = off")
        plan = statements.execute(database, "EXPLAIN " + search, parameters[-2:])
        database.execute_sql("RESET enable_seqscan")
    else:
        plan = statements.execute(database, "EXPLAIN QUERY PLAN " + search, parameters[-2:])
    told = " ".join(str(row) for row in plan.fetchall())
    assert "ai_task_queued" in told
    assert "TEMP B-TREE" not in told
    assert "Sort" not in told


def test_renewal_moves_the_end_of_the_lease(submit, claim, now):
    submit()
    claimed = claim()
    ours, cancelled = claiming.renew(claimed, now=now + timedelta(seconds=30), lease_seconds=LEASE * 10)
    assert (ours, cancelled) == (True, False)
    assert read(claimed).lease_until > claimed.lease_until


def test_renewal_hears_that_somebody_cancelled(submit, claim, now):
    submit()
    claimed = claim()
    AiTask.update(cancel_requested_at=now).execute()
    assert claiming.renew(claimed, now=now, lease_seconds=LEASE) == (True, True)


@pytest.mark.parametrize("change", [{"lease": 2}, {"status": "queued"}, {"status": "success"}])
def test_a_lease_that_is_lost_cannot_be_renewed(submit, claim, now, change):
    submit()
    claimed = claim()
    AiTask.update(**change).execute()
    assert claiming.renew(claimed, now=now, lease_seconds=LEASE) == (False, False)


def test_a_claim_is_news(submit, claim, database):
    task = submit()
    claim()
    assert [data["status"] for _, data in changes("ai-task")] == ["running"]
    assert changes("ai-task")[0][1]["attempts"][0]["outcome"] == "running"
    assert changes("ai-task")[0][1]["id"] == task.id


def test_a_registry_without_processors_claims_nothing(submit, database, now):
    submit()
    empty = Registry([])
    assert claiming.claim(owner="w", deadlines=empty.deadlines(), now=now, lease_seconds=LEASE) is None
