"""Changes as they happen, to those who may see them."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import count

import pytest

from services.monitor import live, tenant_scope
from services.monitor.models import database, feed
from shared.database.connection import session
from shared.ground.principal import Principal
from tests.house import eventually
from tests.monitor.conftest import execution, notification, task
from tests.monitor.test_projecting import tell

ANA = Principal("person", "ana", "Ana", "demo", roles=frozenset({"member"}))


@pytest.fixture
def hub(monitor):
    made = live.Hub(feed, read_every=0.01)
    yield made
    made.stop()


class Listening:
    """A watcher in a thread of its own, as a request is."""

    def __init__(self, hub, by=lambda: ANA, **options):
        self.heard, self.done = [], threading.Event()
        self.events = live.subscribe(by, source=hub, **{"after": live.head(), **options})
        self.thread = threading.Thread(target=self._listen, daemon=True)
        self.thread.start()

    def _listen(self):
        for event in self.events:
            if event is not None:
                self.heard.append((event.position, event.kind, event.subject, event.data.get("status")))
        self.done.set()

    def until(self, count, seconds=60.0):
        """What was heard, once it is so much; fails when it does not come."""
        deadline = time.monotonic() + seconds
        while len(self.heard) < count and time.monotonic() < deadline:
            time.sleep(0.005)
        assert len(self.heard) >= count, self.heard
        return self.heard


def started(hub):
    deadline = time.monotonic() + 60
    while not hub._watchers and time.monotonic() < deadline:
        time.sleep(0.005)


def test_a_change_is_heard_with_its_position(hub):
    ana = Listening(hub)
    tell("workflow-execution", execution())
    [(position, *rest)] = ana.until(1)
    assert rest == ["run", "execution-1", "waiting"]
    assert position == feed.head()


def test_who_comes_back_hears_what_they_missed_and_then_goes_on(hub):
    before = live.head()
    tell("workflow-execution", execution(1))
    tell("workflow-execution", execution(2))
    middle = live.head() - 1
    ana, late = Listening(hub, after=before), Listening(hub, after=middle)
    ana.until(2)
    tell("ai-task", task(1))
    assert [subject for _, _, subject, _ in ana.until(4)[:2]] == ["execution-1", "execution-2"]
    assert {subject for _, _, subject, _ in ana.heard[2:]} == {"execution-1", "task-1"}
    assert [subject for _, _, subject, _ in late.until(3)][0] == "execution-2"
    positions = [position for position, *_ in ana.heard]
    assert positions == sorted(set(positions))


def test_another_tenants_changes_are_not_heard(hub):
    ana = Listening(hub)
    tell("workflow-execution", execution(1, tenantId="acme"))
    tell("workflow-execution", execution(2))
    assert [subject for _, _, subject, _ in ana.until(1)] == ["execution-2"]


def test_a_notification_is_heard_by_whom_it_is_for(hub):
    ana = Listening(hub)
    tell("notification-request", notification(1, recipientId="dev"))
    tell("notification-request", notification(2, recipientId="ana"))
    tell("notification-request", notification(3))
    assert sorted(subject for _, _, subject, _ in ana.until(2)) == ["notification-2", "notification-3"]


def test_who_may_no_longer_watch_is_sent_away_without_the_event(hub):
    answers = [ANA]
    ana = Listening(hub, by=lambda: answers[0])
    tell("workflow-execution", execution(1))
    ana.until(1)
    answers[0] = None
    time.sleep(live.TURN)
    tell("workflow-execution", execution(2))
    assert ana.done.wait(60)
    assert len(ana.heard) == 1


@pytest.mark.parametrize("wanted", ["acme", "*"])
def test_who_may_no_longer_watch_another_tenant_is_sent_away_like_who_may_watch_nothing(hub, monkeypatch, wanted):
    monkeypatch.setattr(live, "TURN", 0.01)
    roles = ["super_admin"]
    boss = Listening(
        hub,
        by=lambda: replace(ANA, roles=frozenset(roles)),
        scope=lambda by: tenant_scope.scope(by, wanted),
    )
    tell("workflow-execution", execution(1, tenantId="acme"))
    boss.until(1)
    roles[0] = "member"
    versions = count(2)

    def ended_by_the_next_change():
        tell("workflow-execution", execution(1, tenantId="acme"), version=next(versions))
        return boss.done.is_set()

    eventually(ended_by_the_next_change, seconds=20)
    assert not hub._watchers


def test_who_is_ahead_of_the_hub_and_not_of_the_feed_goes_on_from_there(monitor):
    slow = live.Hub(feed, read_every=0.3)
    first = Listening(slow)
    started(slow)
    tell("workflow-execution", execution(1))
    second = Listening(slow, after=live.head())
    tell("workflow-execution", execution(2))
    assert [subject for _, _, subject, _ in second.until(1)] == ["execution-2"]
    assert [subject for _, _, subject, _ in first.until(2)] == ["execution-1", "execution-2"]
    slow.stop()


def test_who_was_away_for_too_long_or_comes_from_another_time_loads_again(hub, monkeypatch):
    monkeypatch.setattr(live, "MOST_REPLAYED", 1)
    tell("workflow-execution", execution(1))
    tell("workflow-execution", execution(2))
    tell("workflow-execution", execution(3))
    for after in (live.head() - 2, live.head() + 1000):
        ana = Listening(hub, after=after)
        assert ana.until(1)[0][1] == "reset"


def test_who_does_not_listen_is_let_go_and_the_others_go_on(hub, monkeypatch):
    monkeypatch.setattr(live, "LONGEST_QUEUE", 1)
    slow, _ = hub.join()
    ana = Listening(hub)
    for number in range(3):
        tell("workflow-execution", execution(number))
        ana.until(number + 1)
    assert slow.lost
    hub.leave(slow)


def test_streams_end_soon_after_the_process_is_told_to(hub):
    ana = Listening(hub)
    started(hub)
    hub.stop()
    assert ana.done.wait(60)


def test_a_stream_ends_when_the_browser_is_gone_and_nobody_reads_for_nobody(hub):
    gone = threading.Event()
    ana = Listening(hub, is_disconnected=gone.is_set)
    started(hub)
    gone.set()
    assert ana.done.wait(60)
    deadline = time.monotonic() + 60
    while hub._thread is not None and time.monotonic() < deadline:
        time.sleep(0.01)
    assert hub._thread is None


def test_a_hundred_watchers_hear_everything_in_order(hub):
    watchers = [Listening(hub) for _ in range(100)]
    for watcher in watchers:
        watcher.thread.join(0)
    with session(database):
        for number in range(20):
            tell("workflow-execution", execution(number))
    for watcher in watchers:
        assert sorted({subject for _, _, subject, _ in watcher.until(20)}) == sorted(
            f"execution-{number}" for number in range(20)
        )


def test_what_piles_up_comes_together_and_each_run_as_it_was_last(hub):
    batches = live.subscribe_to_batches(lambda: ANA, source=hub, after=live.head())
    watcher, _ = hub.join()
    hub.leave(watcher)

    def event(position, subject):
        return live.Event(position, "run", subject, "demo", False, {})

    first = live.head() + 1
    with ThreadPoolExecutor(1) as pool:
        coming = pool.submit(next, batches)
        started(hub)
        [mine] = hub._watchers
        for number, subject in enumerate(("a", "b", "a", "c")):
            mine.give(event(first + number, subject))
        got = coming.result(10)
        while got[-1].subject != "c":
            got += next(batches)
    batches.close()
    assert [one.subject for one in got][-1] == "c"
    assert [(one.position - first, one.subject) for one in live._newest(got)] == [(1, "b"), (2, "a"), (3, "c")]
    assert live._newest([event(1, "a"), event(2, "a")]) == [event(2, "a")]


def test_a_frame_is_one_event_whatever_lines_the_text_has():
    assert live.frame(7, "a\nb", "run") == "event: run\nid: 7\ndata: a\ndata: b\n\n"
    assert live.frame(None, "") == "data: \n\n"
