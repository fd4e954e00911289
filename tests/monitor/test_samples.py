"""The removal of the samples is asked for once, by an admin; the first steps stay hidden; notifications go with their run."""

from __future__ import annotations

import pytest

from services.monitor import samples, seeding
from services.monitor.models import acts, feed, notices, outgoing_requests
from services.monitor.models import people as rows
from shared.contracts.kinds import KINDS
from shared.ground import ids
from shared.ground.principal import Principal
from tests.conftest import NOON
from tests.monitor.conftest import execution, notification
from tests.monitor.test_projecting import tell
from tests.service import OTHER

MAX = Principal("person", ids.named("person", "max@demo.tandem.test"), "Max", "demo", roles=frozenset({"admin"}))
ANA = Principal("person", ids.named("person", "ana@demo.tandem.test"), "Ana", "demo", roles=frozenset({"member"}))


@pytest.fixture
def people(monitor):
    """The sample people."""
    seeding.seed(NOON)


def test_the_removal_is_published_once(people):
    assert samples.remove(MAX, now=NOON)
    assert not samples.remove(MAX, now=NOON)
    (event,) = feed.changes(0, [samples.KIND], 10)["changes"]
    assert KINDS["monitor"][samples.KIND]().validate(event["data"]) == {}
    assert event["data"]["tenantId"] == "demo"
    assert samples.is_requested("demo")
    assert not samples.is_requested("acme")
    assert acts.table.select().where(acts.table.verb == "asked for the removal of the samples").count() == 1
    assert outgoing_requests.table.select().count() == 1


@pytest.mark.parametrize("role", ["member", "developer", "operator"])
def test_only_an_admin_asks_for_it(ask, people, role):
    by = Principal("person", "somebody", "Somebody", "demo", roles=frozenset({role}))
    assert ask("POST", "/api/samples/removal", by=by).status_code == 403
    assert ask("GET", "/app/admin/samples", by=by).status_code == 403
    assert ask("POST", "/api/samples/removal", by=None).status_code == 401
    assert not samples.is_requested("demo")


def test_over_rest_it_says_whether_it_is_the_first(ask, people):
    assert ask("POST", "/api/samples/removal", by=MAX).json == {"isNew": True}
    again = ask("POST", "/api/samples/removal", by=MAX)
    assert (again.status_code, again.json) == (202, {"isNew": False})
    assert ask("POST", "/api/samples/removal", by=OTHER).json == {"isNew": True}


def test_the_first_steps_are_hidden_from_one_person_for_good(people):
    samples.hide_first_steps(ANA)
    samples.hide_first_steps(ANA)
    assert samples.are_first_steps_hidden(ANA)
    assert not samples.are_first_steps_hidden(MAX)
    assert rows.person("demo", ANA.id).version == 2


def test_somebody_who_was_invited_is_more_than_the_sample_people(people):
    assert not samples.has_other_people(MAX)
    with feed.transaction():
        rows.add(
            rows.Person(
                id="p1", tenant_id="demo", name="Eve", email="eve@x.test", role="member", created_at=NOON, version=1
            )
        )
    assert samples.has_other_people(MAX)


def test_the_notifications_of_a_run_that_is_gone_go_with_it(monitor):
    tell("workflow-execution", execution())
    tell("notification-request", notification(1, link="/app/renewals/execution-1"))
    tell("notification-request", notification(2, link="/app/renewals/execution-2"))
    tell("workflow-execution", {"id": "execution-1", "tenantId": "demo"}, version=2, deleted=True)
    assert [row.link for row in notices.Notification.select()] == ["/app/renewals/execution-2"]
