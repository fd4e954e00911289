"""Rows are kept as long as the settings say, and then deleted some at a time, from the feed too."""

from __future__ import annotations

from datetime import timedelta

import pytest

from shared.ground.principal import Principal
from shared.process import retention
from shared.process.retention import Retention, delete_expired
from shared.web.idempotency import Idempotency
from tests.conftest import NOON

TEST = Principal.service("test", "demo")


def days_ago(days):
    return NOON - timedelta(days=days)


@pytest.fixture
def aged(shop):
    """A shop with an act of each of these ages in days."""
    for days in (0, 29, 31, 400):
        with shop.feed.transaction():
            shop.acts.record(TEST, f"did {days}", "thing", "t", now=days_ago(days))
    return shop


def verbs(shop):
    told = {change["data"]["verb"] for change in shop.feed.changes(0, ["act"], 100)["changes"] if not change["deleted"]}
    kept = {row.verb for row in shop.acts.table.select()}
    return kept, told


def test_what_is_older_than_it_is_kept_is_deleted_and_leaves_the_feed(aged):
    assert delete_expired(aged.feed, [Retention(aged.acts.table.at, 30, "act")], now=NOON) == 2
    assert verbs(aged) == ({"did 0", "did 29"}, {"did 0", "did 29"})
    assert aged.feed.tables.row.select().count() == 2


def test_for_ever_is_for_ever(aged):
    assert delete_expired(aged.feed, [Retention(aged.acts.table.at, 0, "act")], now=NOON) == 0
    assert len(verbs(aged)[0]) == 4


def test_only_some_rows_of_a_table(aged):
    table = aged.acts.table
    assert delete_expired(aged.feed, [Retention(table.at, 30, only=table.verb == "did 31")], now=NOON) == 1
    assert verbs(aged)[0] == {"did 0", "did 29", "did 400"}


def test_many_are_deleted_in_small_transactions(aged, monkeypatch):
    monkeypatch.setattr(retention, "BATCH_SIZE", 1)
    sizes = []
    before = aged.feed.transaction

    def counted():
        sizes.append(aged.acts.table.select().count())
        return before()

    monkeypatch.setattr(aged.feed, "transaction", counted)
    assert delete_expired(aged.feed, [Retention(aged.acts.table.at, 30, "act")], now=NOON) == 2
    assert sizes == [4, 3, 2]


def test_rows_whose_key_has_several_columns(shop):
    keys = Idempotency(shop.db, shop.feed).table
    for days in (1, 8, 9):
        place = {"tenant_id": "demo", "caller": "ana", "route": "POST /x", "key": f"k{days}"}
        keys.insert(**place, body_hash="", created_at=days_ago(days)).execute()
    assert delete_expired(shop.feed, [Retention(keys.created_at, 7)], now=NOON) == 2
    assert [row.key for row in keys.select()] == ["k1"]
