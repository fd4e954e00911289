"""How old what the monitor shows may be, source by source."""

from __future__ import annotations

from datetime import timedelta

import pytest

from services.monitor import clients, freshness
from services.monitor.freshness import NotingReader
from services.monitor.models import feed, source_reads
from shared.ground.errors import Unavailable
from tests.conftest import NOON

POLL = 2.0


def at(seconds: float):
    return NOON + timedelta(seconds=seconds)


@pytest.fixture
def reader(monitor):
    """A reader of one kind of the executor, to whom each look at the clock is a second later than the one before."""
    ticks = iter(range(1000))
    made = NotingReader(feed, lambda: at(next(ticks)))
    made.applies("executor", "ai-task")(lambda change: None)
    return made


def nothing_new(after, kinds, limit, seen=None):
    return {"changes": [], "next": after, "more": False, "epoch": "", "firstVersion": 1}


def test_a_look_that_leaves_nothing_to_read_is_noted_as_of_when_it_was_asked(reader):
    reader.follow("executor", nothing_new)
    assert source_reads.all_last() == {"executor": at(0)}
    reader.follow("executor", nothing_new)
    assert source_reads.all_last() == {"executor": at(1)}


def test_a_look_that_fails_is_none(reader):
    def away(after, kinds, limit, seen=None):
        raise Unavailable("executor is not answering.")

    reader.follow("executor", nothing_new)
    with pytest.raises(Unavailable):
        reader.follow("executor", away)
    assert source_reads.all_last() == {"executor": at(0)}


def test_an_earlier_look_takes_nothing_back_and_not_every_look_is_written(monitor):
    for seconds in (5, 3, 5.5):
        freshness.note("runs", at(seconds))
    assert source_reads.all_last() == {"runs": at(5)}


def test_a_source_is_late_when_its_polls_should_have_been_over(monitor):
    for source, seconds in (("runs", 0), ("workflows", 60), ("executor", 59)):
        freshness.note(source, at(seconds))
    fresh = freshness.freshness(at(62), POLL)
    assert (fresh.late, fresh.ages["runs"]) == (("runs",), timedelta(seconds=62))
    assert freshness.freshness(at(62), 30.0).late == ()


def test_a_source_that_was_never_read_is_late(monitor):
    assert freshness.freshness(NOON, POLL).late == clients.OWNERS
