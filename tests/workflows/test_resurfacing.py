"""The daily job: snoozed tasks come back and due workflows start, at 8 where the tenant is, once."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from services.workflows import executions, models, resurfacing, tasks, triggers, work
from services.workflows.commands import CreateTask, ScheduleWorkflow
from services.workflows.models import Execution, Task, Trigger, schedules
from shared.ground import ids
from shared.ground.errors import Conflict, NotFound
from tests.conftest import NOON
from tests.workflows.conftest import ANA, OTHER, acts, live_in, make_customer, notification_requests, refresh

pytestmark = pytest.mark.usefixtures("database")

DAILY = "0 8 * * *"
EIGHT_IN_NEW_YORK = datetime(2026, 11, 21, 13, 0, tzinfo=UTC)  # an hour after NOON


def fire(now):
    return resurfacing.fire_due(now)


def trigger(on=date(2026, 11, 21), stage="discovery", by=ANA, **told):
    customer = told.pop("customer", None) or make_customer(by=by)
    columns = {"customer_id": customer.id, "stage": stage, "trigger_date": on, "conditions": ["tasks done"]}
    return triggers.add(by, ScheduleWorkflow(**columns), trigger_id=ids.new_id(), now=NOON)


def snoozed(until):
    task = tasks.create(ANA, CreateTask(title="Later", priority=1), task_id=ids.new_id(), now=NOON)
    tasks.snooze(ANA, task.id, until, "later", now=NOON)
    return task


@pytest.fixture
def new_york():
    live_in()
    resurfacing.schedule_daily_job(DAILY, now=NOON)


def test_a_snoozed_task_comes_back_at_its_moment_and_not_only_in_the_morning(new_york):
    early, late = snoozed(NOON + timedelta(minutes=10)), snoozed(EIGHT_IN_NEW_YORK + timedelta(hours=1))
    assert fire(NOON + timedelta(minutes=9)) == 0
    assert refresh(early).status == "snoozed"
    fire(NOON + timedelta(minutes=10))
    assert (refresh(early).status, refresh(late).status) == ("open", "snoozed")
    assert refresh(early).snooze_reason == "later"
    assert [act.subject_id for act in acts("resurfaced task")] == [early.id]
    fire(EIGHT_IN_NEW_YORK + timedelta(hours=1))
    assert refresh(late).status == "open"


@pytest.mark.parametrize("cron", ["0 6 * * *", "30 9 * * *"])
def test_what_is_put_off_until_a_day_comes_back_when_the_daily_job_runs(cron):
    live_in()
    resurfacing.schedule_daily_job(cron, now=NOON)
    task = tasks.create(ANA, CreateTask(title="Later", priority=1), task_id=ids.new_id(), now=NOON)
    tasks.snooze(ANA, task.id, date(2026, 11, 24), "later", now=NOON, daily_at=cron)
    morning = refresh(task).snoozed_until
    assert schedules.table.get().next_due_at == morning - timedelta(days=2 if cron.startswith("0") else 3)
    fire(morning - timedelta(seconds=1))
    assert refresh(task).status == "snoozed"
    fire(morning)
    assert refresh(task).status == "open"


def test_more_tasks_than_one_transaction_takes_all_come_back(new_york, monkeypatch):
    monkeypatch.setattr(models.tasks, "ROWS_AT_ONCE", 2)
    put_off = [snoozed(NOON + timedelta(minutes=number)) for number in range(1, 6)]
    fire(NOON + timedelta(minutes=9))
    assert {refresh(task).status for task in put_off} == {"open"}


def test_a_morning_is_fired_once_and_a_missed_one_late_and_once(new_york):
    snoozed(EIGHT_IN_NEW_YORK)
    assert fire(EIGHT_IN_NEW_YORK) == 1
    assert fire(EIGHT_IN_NEW_YORK) == 0
    assert fire(EIGHT_IN_NEW_YORK + timedelta(days=3, hours=2)) == 1
    assert fire(EIGHT_IN_NEW_YORK + timedelta(days=3, hours=3)) == 0


def test_each_tenant_has_its_own_morning(new_york):
    live_in("acme", "Europe/Berlin", "DE")
    resurfacing.schedule_daily_job(DAILY, now=NOON)
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
    assert [request.kind for request in notification_requests()].count("trigger_held") == 1
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
    assert work.run_schedule(DAILY) == 0
    assert {row.tenant_id for row in schedules.table.select()} == {"demo"}
    assert Task.select().count() == 0


def breaking(monkeypatch, broken, error=ZeroDivisionError):
    """Let the workflows of these triggers fail as no one foresaw."""
    start = executions.start

    def fail(*told, **named):
        if named["trigger_id"] in broken:
            raise error("broken")
        return start(*told, **named)

    monkeypatch.setattr(executions, "start", fail)


def test_a_hundred_broken_triggers_stop_nobody_and_are_tried_ever_more_rarely(new_york, monkeypatch):
    customer = make_customer()
    rows = [trigger(customer=customer, on=date(2026, 11, 20)) for _ in range(101)]
    good = trigger(customer=make_customer(name="Other"))
    broken = {row.id for row in rows}
    breaking(monkeypatch, broken)
    fire(EIGHT_IN_NEW_YORK)
    assert refresh(good).status == "started"
    assert {(row.status, row.failures) for row in Trigger.select().where(Trigger.id.in_(list(broken)))} == {
        ("scheduled", 1)
    }
    fire(EIGHT_IN_NEW_YORK + timedelta(seconds=29))
    assert refresh(rows[0]).failures == 1
    fire(EIGHT_IN_NEW_YORK + timedelta(seconds=30))
    assert refresh(rows[0]).failures == 2
    broken.clear()
    fire(EIGHT_IN_NEW_YORK + timedelta(minutes=5))
    assert refresh(rows[0]).status == "started"
    assert Execution.select().count() == 102


def test_what_a_crash_left_is_started_by_the_next_turn(new_york, monkeypatch):
    first, second = trigger(on=date(2026, 11, 20)), trigger(on=date(2026, 11, 21))
    breaking(monkeypatch, {second.id}, error=KeyboardInterrupt)
    with pytest.raises(KeyboardInterrupt):
        fire(EIGHT_IN_NEW_YORK)
    assert (refresh(first).status, refresh(second).status) == ("started", "scheduled")
    monkeypatch.undo()
    assert fire(EIGHT_IN_NEW_YORK + timedelta(seconds=20)) == 0
    assert refresh(second).status == "started"
    assert Execution.select().count() == 2
