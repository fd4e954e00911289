"""What was told a moment ago is told again in the same words, and no longer than it is true."""

from __future__ import annotations

import json
from types import SimpleNamespace

import pytest

from shared.feed.cache import ChangeCache, key_of


@pytest.fixture
def looks(shop):
    """The ids that the tables were asked for, a list a look."""
    asked, read = [], shop.feed.snapshots["thing"]

    def look(ids):
        asked.append(sorted(ids))
        return read(ids)

    shop.feed.snapshots["thing"] = look
    return asked


def row(version, position=1):
    return SimpleNamespace(kind="thing", subject_id="a", version=version, position=position)


def told(shop, after=0, limit=10):
    return json.loads(shop.feed.changes_as_json(after, ["thing"], limit))


def without_time(answer):
    return answer | {"changes": [{**change, "time": ""} for change in answer["changes"]]}


def test_the_text_says_what_the_answer_says(shop):
    assert told(shop) == shop.feed.changes(0, ["thing"], 10)
    for number in range(5):
        shop.put(f"t{number}", name='say "ä"', size=number)
    with shop.feed.transaction():
        shop.Thing.delete().where(shop.Thing.id == "t3").execute()
        shop.feed.mark("thing", "t3", "demo")
    for after, limit in ((0, 10), (0, 2), (2, 2), (4, 10), (5, 10), (0, 2)):
        assert without_time(told(shop, after, limit)) == without_time(shop.feed.changes(after, ["thing"], limit))


def test_three_readers_cost_one_look(shop, looks):
    shop.put("a")
    first = told(shop)
    assert told(shop) == told(shop) == first
    assert looks == [["a"]]


def test_only_what_has_changed_is_looked_at_again(shop, looks):
    shop.put("a")
    shop.put("b")
    told(shop)
    shop.put("b", size=2)
    assert [change["data"]["size"] for change in told(shop)["changes"]] == [0, 2]
    assert looks == [["a", "b"], ["b"]]


def test_what_is_gone_is_told_as_gone_whatever_was_told_before(shop):
    shop.put("a")
    told(shop)
    with shop.feed.transaction():
        shop.Thing.delete().execute()
        shop.feed.mark("thing", "a", "demo")
    assert [change["deleted"] for change in told(shop)["changes"]] == [True]


def test_a_text_is_time_to_live_some_seconds_only(shop, looks):
    shop.feed._cache = ChangeCache(time_to_live=-1)
    shop.put("a")
    assert told(shop)["changes"]
    assert told(shop)["changes"]
    assert looks == [["a"], ["a"]]


def test_the_oldest_texts_are_let_go_when_they_become_too_much():
    kept = ChangeCache(max_characters=100)
    rows = [row(version) for version in range(10)]
    for one in rows:
        kept.put({key_of(one): "x" * 30})
    assert sorted(kept.get_many(rows)) == [key_of(one) for one in rows[-3:]]
    kept.put({key_of(row(11)): "x" * 200})
    assert kept.get_many([*rows, row(11)]) == {}


def test_a_version_at_another_place_is_another_text():
    kept = ChangeCache()
    kept.put({key_of(row(1, position=4)): "of a database that was built again"})
    assert kept.get_many([row(1, position=5)]) == {}
