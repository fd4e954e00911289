"""Columns and pages that behave alike on both engines."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from shared import database
from shared.errors import Invalid
from tests.conftest import NOON


def test_a_moment_comes_back_as_the_same_moment_in_utc(shop):
    abroad = NOON.astimezone(timezone(timedelta(hours=13)))
    shop.put("a", at=abroad)
    back = shop.Thing.get_by_id("a").at
    assert back == NOON
    assert back.utcoffset() == timedelta(0)


def test_moments_compare_as_time_and_not_as_text(shop):
    shop.put("early", at=NOON)
    shop.put("late", at=NOON + timedelta(microseconds=1))
    assert [one.id for one in shop.Thing.select().where(shop.Thing.at > NOON)] == ["late"]


def test_a_moment_without_a_zone_is_refused(shop):
    with pytest.raises(ValueError, match="time zone"):
        shop.put("a", at=datetime(2026, 1, 1))


def test_pages_by_cursor_walk_ties_in_both_directions(shop):
    for number in range(11):
        shop.put(f"t{number:02}", size=number // 4)
    for ways in (("asc", "asc"), ("desc", "asc"), ("desc", "desc")):
        order = [(shop.Thing.size, ways[0]), (shop.Thing.id, ways[1])]
        whole = database.page(shop.Thing.select(), order, limit=100).items
        seen, cursor = [], None
        while True:
            page = database.page(shop.Thing.select(), order, limit=3, cursor=cursor)
            seen += page.items
            cursor = page.next
            if cursor is None:
                break
        assert [one.id for one in seen] == [one.id for one in whole]
        assert page.total == 11
        assert page.total_is_exact


def test_a_cursor_of_another_list_is_refused(shop):
    for number in range(3):
        shop.put(f"t{number}")
    by_id = database.page(shop.Thing.select(), [(shop.Thing.id, "asc")], limit=1)
    with pytest.raises(Invalid):
        database.page(
            shop.Thing.select(), [(shop.Thing.size, "asc"), (shop.Thing.id, "asc")], limit=1, cursor=by_id.next
        )


def test_a_url_of_no_engine_we_know_is_refused():
    with pytest.raises(Invalid, match="sqlite:///"):
        database.connect(database.later(), "mysql://x")


def test_migrating_twice_applies_nothing_the_second_time(shop, tmp_path):
    assert database.migrate(shop.db, tmp_path / "none") == []
    assert database.pending_migrations(shop.db, tmp_path / "none") == []
