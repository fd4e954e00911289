"""Changes that cannot be applied: parked with their reason, tried again by themselves and by hand, and never in anybody's way."""

from __future__ import annotations

from datetime import timedelta

import pytest

from shared.database import connection
from shared.feed import parked_changes
from shared.ground import clock
from shared.ground.errors import Conflict, NotFound, Stale
from tests.conftest import NOON


@pytest.fixture
def source(make_shop):
    made = make_shop("source")
    with connection.session(made.db):
        yield made


@pytest.fixture
def copy(make_shop):
    made = make_shop("copy")
    made.broken = RuntimeError("no room for it")
    made.tries = 0

    @made.reader.applies("source", "thing")
    def apply(change):
        made.tries += 1
        if made.broken and change.subject == "bad":
            raise made.broken
        made.put(change.subject, size=change.data["size"])

    return made


def parked(copy):
    with connection.session(copy.db):
        return list(copy.feed.tables.parked.select().dicts())


def sizes(copy):
    with connection.session(copy.db):
        return {thing.id: thing.size for thing in copy.Thing.select()}


@pytest.fixture
def stuck(source, copy):
    """A reader that has parked one of two changes."""
    source.put("bad", size=1)
    source.put("good", size=2)
    copy.reader.follow("source", source.feed.changes)
    assert sizes(copy) == {"good": 2}
    return copy


def later(**pause):
    return clock.now() + timedelta(**pause)


def test_a_parked_change_says_whose_it_is_and_why(stuck):
    [row] = parked(stuck)
    assert (row["kind"], row["subject_id"], row["tenant_id"], row["tries"]) == ("thing", "bad", "demo", 1)
    assert row["error"] == "RuntimeError: no room for it"


def test_it_is_applied_by_itself_once_that_is_possible(stuck, source):
    stuck.broken = None
    assert stuck.reader.retry_parked("source", source.feed.subjects, later(seconds=1)) == 0
    assert stuck.reader.retry_parked("source", source.feed.subjects, later(seconds=6)) == 1
    assert (parked(stuck), sizes(stuck)) == ([], {"bad": 1, "good": 2})


def test_it_is_tried_ever_more_seldom(stuck, source):
    for tries in range(2, 5):
        stuck.reader.retry_parked("source", source.feed.subjects, later(hours=tries))
        [row] = parked(stuck)
        assert row["tries"] == tries
    assert [parked_changes.pause_after(tries).total_seconds() for tries in (1, 2, 3, 9)] == [5, 20, 80, 3600]


def test_a_person_lets_it_be_tried_at_once(stuck, source):
    stuck.broken = None
    with connection.session(stuck.db):
        stuck.reader.parked_changes.retry_soon("demo", "source", "thing", "bad", NOON)
    assert stuck.reader.retry_parked("source", source.feed.subjects, later(seconds=0)) == 1
    assert parked(stuck) == []


def test_another_tenant_sees_and_retries_nothing_of_it(stuck):
    with connection.session(stuck.db):
        assert stuck.reader.parked_changes.page("rival", limit=10).items == []
        assert len(stuck.reader.parked_changes.page(None, limit=10).items) == 1
        assert stuck.reader.parked_changes.retry_all_soon("rival", NOON) == 0
        with pytest.raises(NotFound):
            stuck.reader.parked_changes.retry_soon("rival", "source", "thing", "bad", NOON)


def test_what_the_source_no_longer_knows_is_parked_no_longer(stuck):
    assert stuck.reader.retry_parked("source", lambda kind, ids: {"changes": []}, later(minutes=1)) == 1
    assert parked(stuck) == []


@pytest.mark.parametrize("error", [Stale("changed"), Conflict("changed")])
def test_a_change_that_meets_another_is_applied_anew_and_not_parked(copy, source, error):
    met = []

    @copy.reader.applies("source", "thing")
    def apply(change):
        if not met:
            met.append(change.subject)
            raise error
        copy.put(change.subject, size=change.data["size"])

    source.put("a", size=1)
    source.put("b", size=2)
    copy.reader.follow("source", source.feed.changes)
    assert (parked(copy), sizes(copy)) == ([], {"a": 1, "b": 2})


def test_one_that_stays_in_conflict_is_parked_and_holds_nobody_up(copy, source):
    copy.broken = Conflict("another thing has this id")
    source.put("bad", size=1)
    source.put("good", size=2)
    copy.reader.follow("source", source.feed.changes)
    [row] = parked(copy)
    assert row["error"] == "Conflict: another thing has this id"
    assert sizes(copy) == {"good": 2}
