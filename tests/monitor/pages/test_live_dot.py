"""The dot that says whether a page is live, while the monitor itself is behind."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from services.monitor import clients, freshness
from services.monitor.models import database
from services.monitor.pages import watching
from shared.database.connection import session
from shared.ground import clock
from tests.monitor.pages.conftest import words


def read(seconds_ago, sources=clients.OWNERS):
    """The worker has read these sources to their end so long ago."""
    for source in sources:
        freshness.note(source, clock.now() - timedelta(seconds=seconds_ago))


def dot_of(text):
    return re.search(r'<span id="live"[^>]*>[^<]*</span>', text)[0]


def test_a_monitor_that_is_fresh_leaves_the_dot_to_the_stream(ana):
    read(1)
    assert dot_of(ana.get("/app/monitor").text).startswith(
        '<span id="live" class="live wide-only" data-state="off" title='
    )
    assert re.search(r"Runs and partnerships: read [\d.]+ s ago", dot_of(ana.get("/app/monitor").text))


def test_a_worker_that_stopped_is_told_by_the_age_of_what_is_shown(ana):
    read(150)
    dot = dot_of(ana.get("/app/monitor").text)
    assert 'data-state="late"' in dot
    assert re.search(r">\d min (\d+ s )?behind<", dot)


def test_a_source_that_is_away_is_named(ana):
    read(1, ("runs", "executor"))
    read(300, ("workflows",))
    assert re.search(r">Renewals and tasks \d min (\d+ s )?behind<", dot_of(ana.get("/app/monitor").text))


def test_what_may_only_not_have_come_yet_is_not_said_to_be_none(ana):
    read(1)
    assert "Or it has not come here yet" not in words(ana.get("/app/monitor/runs/execution-1"))
    with session(database):
        looks_gone = freshness.source_reads.SourceRead.delete().execute()
    assert looks_gone == 3
    assert "Or it has not come here yet: not read yet" in words(ana.get("/app/monitor/runs/execution-1"))


@pytest.fixture
def pinged(app, ana):
    """`pinged()` -> what a stream of the list sends when it is time for a ping."""
    late = watching.lateness({"view": "list"})

    def ping():
        with app.app_context(), session(database):
            return "".join(late())

    return ping


def test_an_open_page_hears_that_it_is_behind_and_that_it_is_no_more(pinged):
    read(1)
    assert "data-lag" not in pinged()  # whatever the page said that was rendered before
    assert pinged() == ""
    with session(database):
        freshness.source_reads.SourceRead.delete().execute()
    assert 'hx-target="#live"' in pinged()
    assert 'data-lag="not read yet"' in pinged()
    read(1)
    assert 'data-state="off"' in pinged()
    assert pinged() == ""


def test_a_page_without_a_dot_hears_of_none():
    assert watching.lateness({})() == []
