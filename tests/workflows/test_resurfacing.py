"""The daily job: snoozed tasks come back and due workflows start, at 8 where the tenant is, once."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from services.workflows import resurfacing, tasks, triggers, work
from services.workflows.models import Execution, NotificationRequest, Task, Trigger, schedules
from shared import ids
from shared.errors import Conflict, NotFound
from tests.conftest import NOON
from tests.workflows.conftest import ANA, OTHER, acts, live_in, make_customer, refresh

pytestmark = pytest.mark.usefixtures("database")

DAILY = "0 8 * * *"
EIGHT_IN_NEW_YORK = datetime(2026, 11, 21, 13, 0, tzinfo=UTC)  # an hour after NOON


def fire(now):
    return schedules.fire_due(now, {resurfacing.JOB: resurfacing.run})


def trigger(on=date(2026, 11, 21), stage="discovery", by=ANA, **told):
    customer = told.pop("customer", None) or make_customer(by=by)
    columns = {"customer_id": customer.id, "stage": stage, "trigger_date": on, "conditions": ["tasks done"]}
    return triggers.add(by, columns, trigger_id=ids.new_id(), now=NOON)


def snoozed(until):
    task = tasks.create(ANA, {"title": "Later", "priority": 1, "complexity": "simple"}, task_id=ids.new_id(), now=NOON)
    tasks.snooze(ANA, task.id, until, "later", now=NOON)
    return task


@pytest.fixture
def new_york():
    live_in()
    resurfacing.plan(DAILY, now=NOON)


def test_at_eight_what_is_due_comes_back_and_what_is_not_stays(new_york):
    due, later = snoozed(EIGHT_IN_NEW_YORK), snoozed(EIGHT_IN_NEW_YORK + timedelta(hours=1))
    assert fire(EIGHT_IN_NEW_YORK - timedelta(seconds=1)) == 0
    assert fire(EIGHT_IN_NEW_YORK) == 1
    assert (refresh(due).status, refresh(later).status) == ("open", "snoozed")
    assert refresh(due).snooze_reason == "later"
    assert [act.subject_id for act in acts("resurfaced task")] == [due.id]


def test_a_morning_is_fired_once_and_a_missed_one_late_and_once(new_york):
    snoozed(EIGHT_IN_NEW_YORK)
    assert fire(EIGHT_IN_NEW_YORK) == 1
    assert fire(EIGHT_IN_NEW_YORK) == 0
    assert fire(EIGHT_IN_NEW_YORK + timedelta(days=3, hours=2)) == 1
    assert fire(EIGHT_IN_NEW_YORK + timedelta(days=3, hours=3)) == 0


def test_each_tenant_has_its_own_morning(new_york):
    live_in("acme", "Europe/Berlin", "DE")
    resurfacing.plan(DAILY, now=NOON)
    assert fire(EIGHT_IN_NEW_YORK) == 1
    assert fire(datetime(2026, 11, 22, 6, 59, tzinfo=UTC)) == 0
    assert fire(datetime(2026, 11, 22, 7, 0, tzinfo=UTC)) == 1  # 8 in Berlin


def test_a_due_trigger_starts_its_workflow_with_its_conditions(new_york):
    row = trigger()
    fire(EIGHT_IN_NEW_YORK)
    execution = Execution.get()
    assert (refresh(row).status, refresh(row).started_execution_id) == ("started", execution.id)
    assert (execution.stage, execution.context["conditions"], execution.by["kind"]) == (
        "discovery",
        ["tasks done"],
        "schedule",
    )
    fire(EIGHT_IN_NEW_YORK + timedelta(days=1))
    assert Execution.select().count() == 1


def test_a_trigger_waits_for_its_day_where_the_tenant_is(new_york):
    row = trigger(on=date(2026, 11, 22))
    fire(EIGHT_IN_NEW_YORK)
    assert refresh(row).status == "scheduled"
    fire(EIGHT_IN_NEW_YORK + timedelta(days=1))
    assert refresh(row).status == "started"


def test_a_stage_that_is_not_available_stays_due_says_so_and_tells_people_once(new_york):
    row = trigger(stage="prepare")
    fire(EIGHT_IN_NEW_YORK)
    fire(EIGHT_IN_NEW_YORK + timedelta(days=1))
    held = refresh(row)
    assert (held.status, held.held_reason) == ("due", "The stage prepare is not available yet.")
    assert NotificationRequest.select().where(NotificationRequest.kind == "trigger_held").count() == 1
    assert len(acts("held trigger")) == 1
    assert Execution.select().count() == 0


def test_one_trigger_that_cannot_start_does_not_hold_up_the_others(new_york):
    held, good = trigger(stage="prepare"), trigger()
    fire(EIGHT_IN_NEW_YORK)
    assert (refresh(held).status, refresh(good).status) == ("due", "started")


def test_a_cancelled_trigger_starts_nothing(new_york):
    row = trigger()
    triggers.cancel(ANA, row.id, now=NOON)
    fire(EIGHT_IN_NEW_YORK)
    assert Execution.select().count() == 0
    with pytest.raises(Conflict):
        triggers.cancel(ANA, row.id, now=NOON)


def test_a_trigger_is_for_somebody_and_some_stage_of_the_tenant():
    with pytest.raises(NotFound):
        trigger(stage="quarrel")
    with pytest.raises(NotFound):
        trigger(customer=make_customer(by=OTHER))
    with pytest.raises(NotFound):
        triggers.cancel(OTHER, trigger().id, now=NOON)


def test_only_what_is_due_is_read(new_york, monkeypatch):
    for day in range(2, 30):
        trigger(on=date(2026, 11, 21) + timedelta(days=day))
    row = trigger()
    fire(EIGHT_IN_NEW_YORK)
    assert [one.id for one in Trigger.select().where(Trigger.status == "started")] == [row.id]


def test_the_worker_plans_and_fires_for_the_tenants_that_it_knows(new_york):
    assert work.keep_schedule(DAILY) == 0
    assert {row.tenant_id for row in schedules.table.select()} == {"demo"}
    assert Task.select().count() == 0
