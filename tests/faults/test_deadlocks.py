"""The reader writes down what became of many mails in one transaction, while people act on the same partnerships: PostgreSQL
breaks the deadlock, and whoever loses is done again. SQLite has one writer, and no deadlocks."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest

from services.runs import lifecycle, models, partnerships, step_actions, steps
from services.runs.action_types.email import SendEmail
from services.runs.actors import reader
from services.runs.app import CONTEXT
from services.runs.models import Activity, Delivery, Partnership, feed
from shared.contracts.changes import envelope
from shared.database.connection import OperationalError, session
from shared.feed.changes import DEADLOCK_TRIES
from shared.ground import clock, ids, settings
from shared.security.tokens import Signer
from tests.house import ADMIN, eventually

pytestmark = [pytest.mark.faults, pytest.mark.timeout(120)]

CHECKED_AFTER = 1.0
"""Seconds that PostgreSQL lets somebody wait before it looks whether that is a deadlock; it looks once a wait."""


@pytest.fixture(scope="module")
def api(postgres, keys, tmp_path_factory):
    """The API of runs on a PostgreSQL, in this process, and whoever asks it."""
    told = settings.load("runs")
    urls = told.database_urls | {"runs": postgres()}
    told = replace(
        told, home=tmp_path_factory.mktemp("home"), keys=keys, database_urls=urls, redis_url="redis://127.0.0.1:1/0"
    )
    feed._first = None  # this process writes to one database after another, and a feed remembers where its own began
    CONTEXT.migrate(told)
    app = CONTEXT.make_app(told)
    headers = {"Authorization": "Bearer " + Signer("monitor", keys).for_person(ADMIN, clock.now())}

    def post(path: str, body: Any, **more: str) -> Any:
        return app.test_client().post(path, json=body, headers=headers | more)

    yield post
    models.db.obj.close_idle()
    feed._first = None


@pytest.fixture
def two_mails(api):
    """A partnership with a mail on its way in each of two runs, and a second one in the first run: (the partnership, the step
    of the second run, the deliveries)."""
    now = clock.now()
    with session(models.db):
        partnership = partnerships.create(
            ADMIN,
            partnerships.CreatePartnership(
                name="Harbor", contacts=[{"name": "Grace", "email": "grace@harbor.test", "title": ""}]
            ),
            partnership_id=ids.new_id(),
            now=now,
        )
        first, second = (_step_that_mails(partnership, now) for _ in range(2))
        deliveries = [next(iter(models.deliveries.of_step(step))) for step in (first, second)]
    return partnership, second, deliveries


@pytest.mark.parametrize("looked_at", ["person", "reader"])
@pytest.mark.parametrize("key", ["", "a key of "])
def test_whoever_loses_a_deadlock_is_done_again(api, two_mails, looked_at, key):
    partnership, step, deliveries = two_mails
    body = {"type": "update_stage", "partnershipId": partnership.id, "stage": "Conversation Active"}
    path = f"/api/guided-runs/{step.run_id}/steps/{step.id}/actions"
    broken = deadlocks()
    with ThreadPoolExecutor(2) as pool:
        with holding(partnership):
            # The reader has the first run and wants the partnership; the person has the second run and wants it too.
            reading = pool.submit(reader.follow, "executor", told_of(deliveries))
            until_waiting(1)
            headers = {"Idempotency-Key": key + looked_at} if key else {}
            clicking = pool.submit(api, path, body, **headers)
            until_waiting(2)
            if looked_at == "reader":
                time.sleep(CHECKED_AFTER * 1.3)
        # Now the reader gets the partnership and wants the second run. Who has waited for longer was looked at in time.
        answer, applied = clicking.result(30), reading.result(30)
    assert deadlocks() > broken, "it was not provoked"
    assert (answer.status_code, answer.json["status"]) == (200, "done"), answer.json
    assert applied == 2
    with session(models.db):
        assert Partnership.get_by_id(partnership.id).stage == "Conversation Active"
        assert {Delivery.get_by_id(one.id).status for one in deliveries} == {"sent"}
        kinds = [one.kind for one in Activity.select().where(Activity.partnership_id == partnership.id)]
    assert sorted(kinds) == ["created", "email_sent", "email_sent", "stage_change"]


def test_what_has_committed_something_is_not_done_again(api):
    times = []

    def verb():
        with feed.transaction():
            times.append(len(times))
        raise OperationalError(psycopg.errors.DeadlockDetected())

    with pytest.raises(OperationalError):
        feed.retry_on_deadlock(verb)
    assert times == [0]


def test_what_loses_again_and_again_is_an_error_in_the_end(api):
    times = []

    def verb():
        with feed.transaction():
            times.append(len(times))
            raise OperationalError(psycopg.errors.DeadlockDetected())

    with pytest.raises(OperationalError):
        feed.retry_on_deadlock(verb)
    assert times == list(range(DEADLOCK_TRIES))


def _step_that_mails(partnership, now):
    config = {"partnershipIds": [partnership.id]}
    own = {"actionType": "email", "title": "Write", "config": config}
    run = lifecycle.start(ADMIN, lifecycle.StartRun(name="Run", steps=[own]), run_id=ids.new_id(), now=now)
    step = steps.start(ADMIN, run.id, models.runs.steps_of(run)[0].id, now=now)
    step_actions.perform(ADMIN, run.id, step.id, SendEmail(all=True), new_id=ids.new_id(), now=now)
    return step


def told_of(deliveries):
    """What the executor's feed answers when all of these mails were sent."""
    epoch = ids.new_id()
    changes = [envelope("executor", _row(one, place), _sent(one)) for place, one in enumerate(deliveries, start=1)]

    def fetch(after, kinds, limit, seen=None):
        left = [one for one in changes if one["position"] > after]
        return {
            "epoch": epoch,
            "generation": "",
            "firstVersion": 1,
            "changes": left,
            "next": len(changes),
            "more": False,
        }

    return fetch


def _row(delivery, position):
    return SimpleNamespace(
        kind="ai-task", subject_id=delivery.id, version=position, position=position, tenant_id=delivery.tenant_id
    )


def _sent(delivery):
    now = clock.rfc3339(clock.now())
    return {
        "id": delivery.id, "tenantId": delivery.tenant_id, "title": "E-mail to Grace", "status": "success",
        "origin": delivery.id, "retryNumber": 0, "finishedAt": now, "result": {"sentAt": now}, "error": None,
        "effects": [{"name": "mail", "status": "done"}],
        "source": {"service": "runs", "kind": "guided-run", "id": delivery.run_id},
    }  # fmt: skip


class holding:
    """`with holding(partnership):` somebody else has it meanwhile, and the others queue for it."""

    def __init__(self, partnership):
        self.partnership, self.enough, self.held = partnership, threading.Event(), threading.Event()
        self.thread = threading.Thread(target=self._hold)

    def _hold(self):
        with session(models.db), feed.transaction():
            models.partnerships.get_for_update(self.partnership.tenant_id, self.partnership.id)
            self.held.set()
            self.enough.wait(20)

    def __enter__(self):
        self.thread.start()
        assert self.held.wait(10)

    def __exit__(self, *_):
        self.enough.set()
        self.thread.join()


def until_waiting(count):
    """Wait until so many of this database wait for a lock."""
    sql = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    with session(models.db):
        eventually(lambda: models.db.execute_sql(sql).fetchone()[0] >= count, seconds=20, every=0.02)


def deadlocks():
    """How many deadlocks this database has broken."""
    with session(models.db):
        models.db.execute_sql("SELECT pg_stat_force_next_flush()")
        sql = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
        return models.db.execute_sql(sql).fetchone()[0]
