"""The worker reads the feeds of the others, and its own, into the read model."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from services.monitor import people, reporting, seeding, work
from services.monitor.actors import reader
from services.monitor.app import make_worker
from services.monitor.models import feed, runs
from services.monitor.models.notices import Notification
from services.monitor.models.trail import TrailAct
from shared.contracts.kinds import KINDS
from shared.ground import clock
from tests.conftest import NOON
from tests.monitor.conftest import FAILED, SUCCESS, act, execution, notification, step, task
from tests.monitor.test_people import by
from tests.monitor.test_projecting import tell


def page(*told, epoch="e1"):
    """A feed that holds these snapshots, as `follow` fetches it."""

    def fetch(after, kinds, limit, seen=None):
        events = [
            {
                "type": f"tandem.{kind}",
                "subject": data["id"],
                "version": 1,
                "position": place,
                "tenantid": data["tenantId"],
                "deleted": False,
                "data": data,
            }
            for place, (kind, data) in enumerate(told, 1)
            if place > after and kind in kinds
        ]
        return {
            "epoch": epoch,
            "generation": "",
            "firstVersion": 1,
            "changes": events,
            "next": len(told),
            "more": False,
        }

    return fetch


def test_it_reads_every_kind_that_is_meant_for_it():
    for source, kinds in KINDS.items():
        meant = {
            kind
            for kind in kinds
            if kind
            not in (
                "ai-task-request",
                "task-request",
                "trigger-request",
                "task",
                "processor",
                "tenant",
                "person",
                "hold",
            )
        }
        assert set(reader.kinds_of(source)) == meant


@pytest.mark.parametrize(
    ("kind", "source", "data"),
    [
        ("workflow-execution", "workflows", execution()),
        ("workflow-step", "workflows", step()),
        ("ai-task", "executor", task(**FAILED)),
        ("ai-task", "executor", task(**SUCCESS)),
        ("act", "runs", act()),
        ("notification-request", "executor", notification()),
    ],
)
def test_the_snapshots_of_these_tests_keep_the_contract(kind, source, data):
    assert KINDS[source][kind]().validate(data) == {}


def test_what_two_feeds_say_makes_one_run(monitor):
    finalized = {"status": "completed", "completedAt": "2026-11-21T11:30:00Z", "openHumanWork": False}
    assert reader.follow("executor", page(("ai-task", task(**SUCCESS)), ("notification-request", notification()))) == 2
    assert (
        reader.follow("workflows", page(("workflow-step", step()), ("workflow-execution", execution(**finalized)))) == 2
    )
    assert runs.stored("execution-1").status == "completed"
    assert feed.tables.parked.select().count() == 0


def test_what_cannot_be_read_is_parked_and_passed(monitor):
    broken = execution(1) | {"status": "exploded"}
    reader.follow("workflows", page(("workflow-execution", broken), ("workflow-execution", execution(2))))
    assert feed.tables.parked.select().count() == 1
    assert runs.stored("execution-1") is None
    assert runs.stored("execution-2").status == "waiting"


def test_its_own_acts_are_in_the_trail_too(monitor):
    seeding.seed(NOON)
    people.add("p1", name="Eve", email="eve@x.test", role="member", by=by(), now=NOON)
    work.follow_own()
    assert [one.verb for one in reporting.trail("demo", subject_id="p1").items] == ["added person"]


def test_it_tidies_and_keeps_what_still_counts(monitor):
    seeding.seed(NOON)
    work.tidy(monitor)
    assert [people.tenant(tenant_id).name for tenant_id in ("acme", "demo")] == ["Acme Partners", "Demo"]


def test_a_worker_is_put_together(monitor, redis_url):
    worker = make_worker(replace(monitor, redis_url=redis_url)).start()
    worker.stop()
    polls = {"poll runs", "poll workflows", "poll executor"}
    assert {loop.name for loop in worker.loops} == polls | {"own acts", "digests", "tidy"}


def test_it_keeps_notifications_and_the_trail_as_long_as_the_settings_say(monitor):
    old, new = clock.now() - timedelta(days=200), clock.now() - timedelta(days=3)
    for name, moment in (("old", old), ("new", new)):
        tell("notification-request", notification(name) | {"createdAt": clock.rfc3339(moment)})
        tell("act", act(name) | {"at": clock.rfc3339(moment)})
    work.tidy(monitor)
    assert {row.id for row in Notification.select()} == {notification("new")["id"]}
    assert TrailAct.select().count() == 2
    work.tidy(replace(monitor, keep_acts_days=30))
    assert [row.id for row in TrailAct.select()] == [act("new")["id"]]
