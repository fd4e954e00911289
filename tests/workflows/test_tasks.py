"""Tasks of people: making, changing, completing, snoozing, removing."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from services.workflows import tasks
from services.workflows.commands import ChangeTask, CreateTask
from services.workflows.models import Task
from shared.ground import ids
from shared.ground.errors import Conflict, Forbidden, Invalid, NotFound, Stale
from tests.conftest import NOON
from tests.workflows.conftest import (
    ANA,
    OTHER,
    acts,
    ai_task_requests,
    finalized,
    know_processors,
    live_in,
    make_customer,
    refresh,
)

pytestmark = pytest.mark.usefixtures("database")

TOMORROW = NOON + timedelta(days=1)


def make(by=ANA, **told):
    return tasks.create(
        by,
        CreateTask(**{"title": "Call", "priority": 2, "complexity": "simple", **told}),
        task_id=ids.new_id(),
        now=NOON,
    )


def change(task, by=ANA, **told):
    return tasks.change(by, task.id, ChangeTask(**told), now=NOON)


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


@pytest.fixture
def family():
    """A task with a sub-task that is done and one that is not."""
    parent = make()
    done, todo = make(parent_task_id=parent.id), make(parent_task_id=parent.id, title="Send the briefing")
    change(done, status="completed")
    return parent, done, todo


@pytest.mark.parametrize("status", ["completed", "cancelled"])
def test_a_task_with_open_sub_tasks_ends_only_when_it_is_said_what_becomes_of_them(family, status):
    parent, done, todo = family
    with pytest.raises(Conflict) as refused:
        change(parent, status=status)
    assert refused.value.details["subTasks"] == [{"id": todo.id, "title": "Send the briefing", "status": "open"}]
    assert refused.value.details["allowed"] == ["subTasks: complete", "subTasks: cancel", "subTasks: keep"]
    assert (refresh(parent).status, refresh(todo).status) == ("open", "open")
    change(parent, title="Something else")


@pytest.mark.parametrize(
    ("choice", "status", "moved"),
    [("complete", "completed", True), ("cancel", "cancelled", True), ("keep", "open", False)],
)
def test_the_open_sub_tasks_of_a_completed_task_become_what_was_chosen(family, choice, status, moved):
    parent, done, todo = family
    change(parent, status="completed", sub_tasks=choice)
    assert (refresh(parent).status, refresh(done).status, refresh(todo).status) == ("completed", "completed", status)
    assert acts("completed task")[-1].details.get("subTasks", []) == ([todo.id] if moved else [])


def test_reopening_takes_back_a_completion_with_the_sub_tasks_that_are_named(family):
    parent, done, todo = family
    change(parent, status="completed", sub_tasks="complete")
    reopened = tasks.reopen(ANA, parent.id, sub_task_ids=[todo.id], now=NOON)
    assert (reopened.status, reopened.completed_at) == ("open", None)
    assert [refresh(one).status for one in (done, todo)] == ["completed", "open"]
    assert acts("reopened task")[0].details == {"subTasks": [todo.id]}
    with pytest.raises(Conflict) as refused:
        tasks.reopen(ANA, parent.id, now=NOON)
    assert "complete" in refused.value.details["allowed"]


def test_reopening_by_its_status_is_called_so_in_the_trail():
    task = make()
    change(task, status="cancelled")
    change(task, status="open")
    assert acts("reopened task")[0].subject_id == task.id


def test_what_is_reopened_is_ones_own_and_its_sub_tasks_are_its_own(family):
    parent, done, todo = family
    change(parent, status="completed", sub_tasks="keep")
    with pytest.raises(NotFound):
        tasks.reopen(OTHER, parent.id, now=NOON)
    with pytest.raises(Stale):
        tasks.reopen(ANA, parent.id, now=NOON, expected=9)
    with pytest.raises(Invalid) as refused:
        tasks.reopen(ANA, parent.id, sub_task_ids=[done.id, make().id], now=NOON)
    assert list(refused.value.errors) == ["subTaskIds.1"]
    assert refresh(parent).status == "completed"


def test_an_ai_task_is_not_reopened_but_run_again():
    know_processors(known={"type": "object"})
    task = make(auto_execute=True, processor="known", metadata={})
    change(task, status="cancelled")
    for again in (lambda: tasks.reopen(ANA, task.id, now=NOON), lambda: change(task, status="open")):
        with pytest.raises(Conflict) as refused:
            again()
        assert refused.value.details["allowed"] == ["execute"]


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
        tasks.change(ANA, task.id, ChangeTask(title="New"), now=NOON, expected=5)
    assert refresh(task).title == "Call"


def test_a_person_does_not_write_what_an_execution_came_to():
    task = make()
    with pytest.raises(Forbidden):
        change(task, execution_status="success")
    tasks.change(ANA, task.id, ChangeTask(execution_status="success"), now=NOON, is_service=True)
    assert refresh(task).execution_status == "success"


def test_an_ai_task_of_no_execution_is_queued_at_once():
    know_processors(known={"type": "object", "required": ["n"]})
    task = make(auto_execute=True, processor="known", metadata={"n": 1})
    [request] = [request for request in ai_task_requests() if request.id == task.id]
    assert (task.execution_status, task.run_id) == ("queued", task.id)
    assert (request.source_kind, request.source_id, request.retry_of) == ("task", task.id, None)


@pytest.mark.parametrize(
    ("told", "field"),
    [
        ({"processor": "known", "metadata": {}}, "metadata.n"),
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
    assert Task.select().count() == len(ai_task_requests()) == 0


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
