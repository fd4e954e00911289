"""Tasks of people: making, changing, completing, snoozing, removing."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from services.workflows import tasks
from services.workflows.models import AiTaskRequest, Task
from shared import ids
from shared.errors import Conflict, Forbidden, Invalid, NotFound, Stale
from tests.conftest import NOON
from tests.workflows.conftest import ANA, OTHER, acts, finalized, know_processors, live_in, make_customer, refresh

pytestmark = pytest.mark.usefixtures("database")

TOMORROW = NOON + timedelta(days=1)


def make(by=ANA, **told):
    return tasks.create(
        by, {"title": "Call", "priority": 2, "complexity": "simple", **told}, task_id=ids.new_id(), now=NOON
    )


def change(task, by=ANA, **told):
    return tasks.change(by, task.id, told, now=NOON)


def test_a_task_is_open_and_of_its_tenant():
    task = make()
    assert (task.status, task.tenant_id) == ("open", "demo")
    with pytest.raises(NotFound):
        change(task, OTHER, title="Mine")


@pytest.mark.parametrize("told", [{"customer_id": "x"}, {"execution_id": "x"}, {"parent_task_id": "x"}])
def test_what_a_task_belongs_to_must_be_there(told):
    with pytest.raises(NotFound):
        make(**told)
    with pytest.raises(NotFound):
        make(customer_id=make_customer(by=OTHER).id)


def test_completing_and_reopening():
    task = make()
    change(task, status="completed")
    assert (refresh(task).status, refresh(task).completed_at) == ("completed", NOON)
    assert acts("completed task")[0].subject_id == task.id
    change(task, status="open")
    assert (refresh(task).status, refresh(task).completed_at) == ("open", None)


def test_a_wrong_move_names_what_is_allowed():
    task = make()
    change(task, status="completed")
    with pytest.raises(Conflict) as refused:
        change(task, status="cancelled")
    assert refused.value.details["allowed"] == ["reopen"]


def test_completing_a_task_takes_its_open_sub_tasks_along():
    parent = make()
    done, todo = make(parent_task_id=parent.id), make(parent_task_id=parent.id)
    change(done, status="completed")
    change(parent, status="completed")
    assert refresh(todo).status == "completed"
    assert acts("completed task")[-1].details["subTasks"] == [todo.id]


def test_a_sub_task_has_no_sub_tasks():
    sub = make(parent_task_id=make().id)
    with pytest.raises(Invalid) as refused:
        make(parent_task_id=sub.id)
    assert list(refused.value.errors) == ["parentTaskId"]


def test_snoozed_is_not_a_status_to_set_but_a_verb():
    with pytest.raises(Invalid) as refused:
        change(make(), status="snoozed")
    assert list(refused.value.errors) == ["status"]


def test_snooze_keeps_the_moment_and_the_reason():
    task = make()
    tasks.snooze(ANA, task.id, TOMORROW, "waits for the CFO", now=NOON)
    kept = refresh(task)
    assert (kept.status, kept.snoozed_until, kept.snooze_reason) == ("snoozed", TOMORROW, "waits for the CFO")
    tasks.unsnooze(ANA, task.id, now=NOON)
    assert (refresh(task).status, refresh(task).snoozed_until) == ("open", None)
    with pytest.raises(Conflict):
        tasks.unsnooze(ANA, task.id, now=NOON)


def test_a_day_means_its_morning_where_the_tenant_is():
    live_in(zone="America/New_York")
    task = make()
    tasks.snooze(ANA, task.id, date(2026, 11, 24), "later", now=NOON)
    assert refresh(task).snoozed_until == datetime(2026, 11, 24, 13, 0, tzinfo=UTC)


def test_a_moment_that_is_past_is_refused():
    with pytest.raises(Invalid) as refused:
        tasks.snooze(ANA, make().id, NOON, "now", now=NOON)
    assert list(refused.value.errors) == ["until"]


def test_a_stale_change_is_refused():
    task = make()
    with pytest.raises(Stale):
        tasks.change(ANA, task.id, {"title": "New"}, now=NOON, expected=5)
    assert refresh(task).title == "Call"


def test_a_person_does_not_write_what_an_execution_came_to():
    task = make()
    with pytest.raises(Forbidden):
        change(task, execution_status="success")
    tasks.change(ANA, task.id, {"execution_status": "success"}, now=NOON, is_service=True)
    assert refresh(task).execution_status == "success"


def test_an_ai_task_of_no_execution_is_queued_at_once():
    know_processors(known={"type": "object", "required": ["n"]})
    task = make(auto_execute=True, processor="known", metadata={"n": 1})
    request = AiTaskRequest.get_by_id(task.id)
    assert (task.execution_status, task.run_id) == ("queued", task.id)
    assert (request.source_kind, request.source_id, request.retry_of) == ("task", task.id, None)


@pytest.mark.parametrize(
    ("told", "field"),
    [
        ({"processor": "known", "metadata": {}}, "metadata"),
        ({"processor": "unknown", "metadata": {"n": 1}}, "processor"),
        ({"processor": "../known", "metadata": {"n": 1}}, "processor"),
        ({"processor": None, "metadata": None}, "processor"),
    ],
)
def test_an_ai_task_that_cannot_be_executed_is_refused(told, field):
    know_processors(known={"type": "object", "required": ["n"]})
    with pytest.raises(Invalid) as refused:
        make(auto_execute=True, **told)
    assert list(refused.value.errors) == [field]
    assert Task.select().count() == AiTaskRequest.select().count() == 0


def test_an_executions_ai_tasks_come_from_its_plan_alone(samples):
    execution = finalized()
    with pytest.raises(Invalid) as refused:
        make(auto_execute=True, processor="known", metadata={}, execution_id=execution.id)
    assert list(refused.value.errors) == ["executionId"]


def test_removing_takes_the_sub_tasks_along_and_spares_what_the_executor_has():
    parent = make()
    make(parent_task_id=parent.id)
    tasks.remove(ANA, parent.id, now=NOON)
    assert Task.select().count() == 0
    queued = make(auto_execute=True, processor="known", metadata={})
    with pytest.raises(Conflict):
        tasks.remove(ANA, queued.id, now=NOON)
