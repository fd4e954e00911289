"""Writes of several threads in one commit: each fails alone, and nobody waits for company."""

from __future__ import annotations

import contextlib
import logging
import threading

import pytest

from shared.database import connection
from shared.database.connection import OperationalError
from shared.ground import logs


@pytest.fixture
def commits(shop):
    """How often something was committed that is news."""
    rung = []
    shop.feed.on_news = lambda kinds: rung.append(1)
    return rung


@pytest.fixture
def put(shop):
    """`put("a")` writes a thing; `put("a", error)` raises that instead, after it was written."""

    @shop.feed.group_commit
    def write(name, error=None):
        shop.Thing.create(id=name)
        shop.feed.mark("thing", name, "demo")
        if error:
            raise error
        return name

    return write


@pytest.fixture
def all_at_once(shop):
    """`all_at_once(functions)` calls each in a thread of its own while somebody else writes, and returns what each got."""

    def run(functions):
        told = {}

        def call(number, function):
            try:
                told[number] = function()
            except Exception as error:
                told[number] = error

        threads = [threading.Thread(target=call, args=one) for one in enumerate(functions)]
        with connection.writing(shop.db):
            for one in threads:
                one.start()
            # On PostgreSQL nobody waits for anybody, and there is nothing to wait for.
            while not connection.is_postgres(shop.db) and len(shop.feed._group_commit._waiting) < len(functions) - 1:
                threads[0].join(0.01)
        for one in threads:
            one.join(20)
        return [told[number] for number in range(len(functions))]

    return run


def names(shop):
    return sorted(change["subject"] for change in shop.feed.changes(0, ["thing"], 100)["changes"])


ON_SQLITE = pytest.mark.engine("sqlite")
"""PostgreSQL joins commits by itself."""


@ON_SQLITE
def test_who_waits_for_the_same_commit_shares_it(shop, put, commits, all_at_once):
    wanted = [f"t{number}" for number in range(8)]
    assert all_at_once([lambda name=name: put(name) for name in wanted]) == wanted
    assert names(shop) == wanted
    assert len(commits) == 2, "the first began alone, and the others went together"


@ON_SQLITE
def test_one_that_fails_takes_nobody_with_it(shop, put, all_at_once):
    bad = ValueError("no")
    got = all_at_once([lambda: put("a"), lambda: put("b"), lambda: put("bad", bad), lambda: put("c")])
    assert got == ["a", "b", bad, "c"]
    assert names(shop) == ["a", "b", "c"]
    assert sorted(one.id for one in shop.Thing.select()) == ["a", "b", "c"]


@ON_SQLITE
def test_when_the_database_fails_one_the_others_are_written_by_themselves(shop, put, all_at_once):
    away = OperationalError("disk I/O error")
    got = all_at_once([lambda: put("a"), lambda: put("b"), lambda: put("bad", away), lambda: put("c")])
    assert got == ["a", "b", away, "c"]
    assert names(shop) == ["a", "b", "c"]


@ON_SQLITE
def test_a_database_that_rolls_everything_back_by_itself_leaves_nothing_half_written(shop, put, all_at_once):
    @shop.feed.group_commit
    def full():
        shop.Thing.create(id="lost")
        shop.db.execute_sql("ROLLBACK")  # as SQLite does when the disk is full
        raise OperationalError("database or disk is full")

    got = all_at_once([lambda: put("a"), lambda: put("b"), full, lambda: put("c")])
    assert isinstance(got.pop(2), OperationalError)
    assert got == ["a", "b", "c"]
    assert names(shop) == ["a", "b", "c"]
    assert sorted(one.id for one in shop.Thing.select()) == ["a", "b", "c"]


def test_alone_it_begins_at_once_and_inside_a_transaction_it_joins_it(shop, put, commits):
    assert put("a") == "a"
    with pytest.raises(ValueError, match="no"), shop.feed.transaction():
        put("b")
        raise ValueError("no")
    assert names(shop) == ["a"]
    assert len(commits) == 1


def test_what_is_logged_in_a_write_has_its_own_request_id(shop, all_at_once, caplog):
    @shop.feed.group_commit
    def say(name):
        logging.getLogger("tests").warning("%s", logs.request_id.get())

    def asked(name):
        logs.request_id.set(name)
        say(name)

    all_at_once([lambda name=name: asked(name) for name in "abcd"])
    assert sorted(record.getMessage() for record in caplog.records if record.name == "tests") == list("abcd")


def test_many_threads_that_write_at_random_lose_and_double_nothing(shop, put):
    def work(worker):
        for number in range(20):
            with contextlib.suppress(ValueError):
                put(f"w{worker}-{number}", ValueError("every third") if number % 3 == 2 else None)

    threads = [threading.Thread(target=work, args=(worker,)) for worker in range(8)]
    for one in threads:
        one.start()
    for one in threads:
        one.join(60)
    wanted = sorted(f"w{worker}-{number}" for worker in range(8) for number in range(20) if number % 3 != 2)
    assert sorted(one.id for one in shop.Thing.select()) == wanted
    assert names(shop) == wanted[:100]
