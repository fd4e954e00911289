"""F20: many ask for the same thing at the same moment, over real HTTP."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.faults import checker
from tests.faults.orders import Poster, echo
from tests.faults.workers import workers

pytestmark = [pytest.mark.faults, pytest.mark.timeout(120)]

AT_ONCE = 50


def test_f20_fifty_posts_at_once_with_one_key_are_one_task(house, books, measured):
    answers = at_once(Poster(house), "the-same-key")
    assert {answer.status for answer in answers} == {201}
    with workers(house):
        checker.settle(books, {answer.id for answer in answers}, seconds=30)
        checker.check(books, {answer.id for answer in answers}, executions=1, orders=1)
    assert len([row for row in books.rows("SELECT metadata FROM ai_task") if "the-same-key" in str(row.metadata)]) == 1
    measured(posts=AT_ONCE, tasks=1, slowest=max(answer.seconds for answer in answers))


def test_f20_the_same_key_with_another_body_is_refused(house, books):
    poster = Poster(house)
    first = poster.post(echo(say="one body"), **{"Idempotency-Key": "a-key"})
    other = poster.post(echo(say="another body"), **{"Idempotency-Key": "a-key"})
    assert (first.status, other.status) == (201, 409)
    assert not [row for row in books.rows("SELECT metadata FROM ai_task") if "another body" in str(row.metadata)]
    with workers(house):
        checker.settle(books, [first.id], seconds=30)


def test_f20_fifty_posts_at_once_with_one_id_are_one_task(house, books):
    task_id = "0197f000-0000-7000-8000-00000000f020"
    answers = at_once(Poster(house), None, id=task_id)
    assert {(answer.status, answer.id) for answer in answers} == {(201, task_id)}
    with workers(house):
        checker.settle(books, [task_id], seconds=30)
        checker.check(books, [task_id], executions=1)


def at_once(poster, key, **more):
    """As many POSTs of one body as `AT_ONCE`, begun together."""
    together = threading.Barrier(AT_ONCE)
    headers = {} if key is None else {"Idempotency-Key": key}

    def post(_):
        together.wait(30)
        return poster.post(echo(say=key or "no key", effect=True, **more), **headers)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(post, range(AT_ONCE)))
