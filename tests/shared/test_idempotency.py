"""The same key and body, the same answer; another body, a conflict; fifty at once, one row (F20)."""

from __future__ import annotations

import threading

import pytest

from shared import database
from shared.errors import Conflict
from shared.idempotency import Answer, Idempotency
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
        with database.session(shop.db):
            started.wait()
            answers.append(ask(store, make))

    threads = [threading.Thread(target=run) for _ in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.session(shop.db):
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
