"""The same key and body, the same answer; another body, a conflict; fifty at once, one row (F20)."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest

from shared.database import connection
from shared.ground.errors import Conflict
from shared.web.idempotency import Answer, Idempotency
from tests.conftest import NOON


def ask(store, make, key="k", body=None):
    return store.once("demo", "ana", "POST /things", key, body or {"a": 1}, make, now=NOON)


def test_fifty_at_once_make_one_row_and_answer_alike(make_shop):
    shop = make_shop()
    store = Idempotency(shop.db, shop.feed)
    made, answers, started = [], [], threading.Barrier(50)

    def make():
        number = len(made)
        made.append(number)
        shop.put(f"t{number}")
        return Answer(201, {"number": number}, {})

    def run():
        with connection.session(shop.db):
            started.wait()
            answers.append(ask(store, make))

    threads = [threading.Thread(target=run) for _ in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with connection.session(shop.db):
        assert shop.Thing.select().count() == 1
    assert [answer.body for answer in answers] == [{"number": 0}] * 50


def test_the_same_key_with_another_body_is_a_conflict(shop):
    store = Idempotency(shop.db, shop.feed)
    ask(store, lambda: Answer(201, {}, {}))
    with pytest.raises(Conflict):
        ask(store, lambda: Answer(201, {}, {}), body={"a": 2})


def test_an_error_undoes_the_key_so_that_one_may_try_again(shop):
    store = Idempotency(shop.db, shop.feed)

    def fail():
        shop.put("half")
        raise Conflict("not now")

    with pytest.raises(Conflict):
        ask(store, fail)
    assert shop.Thing.select().count() == 0
    assert ask(store, lambda: Answer(201, {"made": True}, {})).body == {"made": True}


def in_parts(store, make, key="k", body=None):
    return store.once_in_parts("demo", "ana", "POST /things", key, body or {"a": 1}, make, now=NOON)


def test_what_is_made_in_parts_is_made_in_transactions_of_its_own(shop):
    store = Idempotency(shop.db, shop.feed)

    def make(_):
        with shop.feed.transaction():
            shop.put("one")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        in_parts(store, make)
    assert [row.id for row in shop.Thing.select()] == ["one"]


def test_what_was_cut_off_goes_on_under_its_key_and_is_answered_the_same_from_then_on(shop):
    store = Idempotency(shop.db, shop.feed)
    begun = []

    def cut_off(since):
        begun.append(since)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        in_parts(store, cut_off)
    with pytest.raises(Conflict):
        in_parts(store, cut_off, body={"a": 2})
    later = NOON + timedelta(minutes=5)
    told = store.once_in_parts(
        "demo", "ana", "POST /things", "k", {"a": 1}, lambda since: Answer(200, {"since": str(since)}, {}), now=later
    )
    assert told.body == {"since": str(NOON)}
    assert begun == [NOON]
    assert in_parts(store, cut_off).body == told.body


def test_of_two_at_once_in_parts_the_first_answer_is_everybodys(shop):
    store = Idempotency(shop.db, shop.feed)

    def slow(_):
        quick = in_parts(store, lambda _: Answer(200, {"by": "quick"}, {}))
        assert quick.body == {"by": "quick"}
        return Answer(200, {"by": "slow"}, {})

    assert in_parts(store, slow).body == {"by": "quick"}


def test_a_refusal_in_parts_gives_the_key_back(shop):
    store = Idempotency(shop.db, shop.feed)

    def refuse(_):
        raise Conflict("not now")

    with pytest.raises(Conflict):
        in_parts(store, refuse)
    assert in_parts(store, lambda _: Answer(200, {"made": True}, {}), body={"a": 2}).body == {"made": True}
