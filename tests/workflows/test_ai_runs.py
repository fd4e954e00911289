"""What the executor says of AI tasks, applied to tasks; and asking for them again."""

from __future__ import annotations

import itertools
import threading

import pytest

from services.workflows import ai_runs, controlling, finalizing, models, plans, tasks
from services.workflows.commands import CreateTask
from services.workflows.models import Contact, Task, feed
from shared.database.connection import session
from shared.ground import ids
from shared.ground.errors import Conflict, Invalid, NotFound
from tests.conftest import NOON
from tests.workflows.conftest import (
    ANA,
    OTHER,
    acts,
    ai_task,
    ai_task_requests,
    change,
    failure,
    finalized,
    heard,
    marks,
    planned,
    refresh,
)  # fmt: skip

pytestmark = pytest.mark.usefixtures("samples")


@pytest.fixture
def execution():
    return finalized()


@pytest.fixture
def task(execution):
    """The contact update of the plan."""
    return Task.get(Task.processor == "salesforce-contact-updater")


def told(task, status="success", *, version=1, task_id=None, number=0, **more):
    heard(
        ai_runs.apply,
        change("ai-task", ai_task(task_id or task.id, status, origin=task.id, number=number, **more), version=version),
    )
    return refresh(task)


def fail(task, *, unknown=False, version=1, **more):
    return told(task, "failed", error=failure(unknown=unknown), version=version, **more)


def test_a_success_is_on_the_task(task):
    after = told(task)
    assert (after.execution_status, after.execution_result, after.executed_at, after.status) == (
        "success",
        {"done": True},
        NOON,
        "completed",
    )
    assert after.version == task.version + 2  # the result, and what followed from it


def test_a_failure_is_on_the_task_without_its_stack_trace(task):
    after = fail(task)
    assert (after.execution_status, after.status) == ("failed", "open")
    assert after.execution_result == {
        "error": {"type": "CrmError", "message": "row locked", "permanent": False, "outcomeUnknown": False}
    }


def test_running_is_in_progress_and_back_to_queued_is_open(task):
    assert told(task, "running", version=2).status == "in_progress"
    assert told(task, "queued", version=3).status == "open"


def test_every_change_marks_the_execution_with_the_counts(execution, task):
    with feed.transaction():
        feed.tables.row.update(position=1).execute()
    told(task)
    row = feed.tables.row.get(
        (feed.tables.row.kind == "workflow-execution") & (feed.tables.row.subject_id == execution.id)
    )
    assert row.position is None
    snapshot = feed.snapshots["workflow-execution"]([execution.id])[execution.id]
    assert snapshot["context"]["aiTasks"] == {"queued": 3, "success": 1}


def test_the_latest_of_the_chain_counts_in_whatever_order_it_is_heard():
    said = [
        {"status": "queued", "version": 1},
        {"status": "failed", "version": 3, "error": failure()},
        {"status": "running", "version": 1, "task_id": "retry", "number": 1},
        {"status": "success", "version": 2, "task_id": "retry", "number": 1},
    ]
    for order in itertools.permutations(range(4)):
        task = tasks.create(
            ANA,
            CreateTask(title="T", priority=1, auto_execute=True, processor="known", metadata={}),
            task_id=ids.new_id(),
            now=NOON,
        )
        for place in (*order, *order):
            told(task, **said[place])
        after = refresh(task)
        assert (after.execution_status, after.run_id, after.run_number) == ("success", "retry", 1)


def test_a_result_that_meets_a_person_at_the_same_task_waits_and_is_not_lost(task):
    holding, applied = threading.Event(), threading.Event()

    def edit():
        with session(models.db), feed.transaction():
            Task.get_by_id(task.id).write(title="Edited meanwhile")
            holding.set()
            applied.wait(0.3)

    person = threading.Thread(target=edit)
    person.start()
    assert holding.wait(60)
    after = told(task)
    applied.set()
    person.join(60)
    assert (after.title, after.execution_status) == ("Edited meanwhile", "success")


def test_what_is_not_ours_is_passed_over(task):
    heard(ai_runs.apply, change("ai-task", ai_task("somebody-elses")))
    heard(ai_runs.apply, change("ai-task", ai_task(task.id) | {"tenantId": "acme"}))
    assert refresh(task).execution_status == "queued"


@pytest.mark.parametrize(
    "change_of",
    [
        lambda task: {"source": None},
        lambda task: {"source": {"service": "billing", "kind": "workflow-execution", "id": task.execution_id}},
        lambda task: {"source": {"service": "workflows", "kind": "workflow-execution", "id": "another"}},
        lambda task: {"processor": "test-echo"},
    ],
)
def test_an_ai_task_that_was_not_asked_for_here_is_not_believed(task, change_of):
    assert told(task, **change_of(task)).execution_status == "queued"


def test_no_ai_task_completes_a_task_of_a_person():
    mine = tasks.create(ANA, CreateTask(title="Call them", priority=1), task_id=ids.new_id(), now=NOON)
    for processor in ("test-echo", None):
        after = told(mine, processor=processor)
        assert (after.status, after.execution_status) == ("open", None)


def test_our_contacts_follow_the_crm_once(task):
    assert task.metadata["updateCustomer"] is True
    told(task)
    sarah, eric = (Contact.get(Contact.name == name) for name in ("Sarah Chen", "Eric Estrada"))
    assert (sarah.status, sarah.is_primary, sarah.successor_id) == ("departed", False, eric.id)
    assert eric.is_primary
    eric.write(is_primary=False)
    told(task, version=2)
    told(task, task_id="retry", number=1)
    assert not refresh(eric).is_primary
    assert len(acts("handed over contact")) == 1
    assert acts("handed over contact")[0].by["kind"] == "ai_task"


def test_a_failed_update_leaves_our_contacts_alone(task):
    fail(task)
    assert not Contact.get(Contact.name == "Eric Estrada").is_primary


def test_execute_asks_for_the_next_of_the_chain(task):
    fail(task)
    again = ai_runs.execute(ANA, task.id, request_id="second", now=NOON)
    assert (again.execution_status, again.execution_result, again.run_id, again.run_number) == (
        "queued",
        None,
        "second",
        1,
    )
    request = next(request for request in ai_task_requests() if request.id == "second")
    assert (request.retry_of, request.processor, request.metadata) == (task.id, task.processor, task.metadata)
    assert "second" in marks("ai-task-request")
    fail(task, version=9)  # an old word on the first must not win
    assert refresh(task).execution_status == "queued"
    fail(task, task_id="second", number=1)
    ai_runs.execute(ANA, task.id, request_id="third", now=NOON)
    assert {request.id: request.retry_of for request in ai_task_requests()}["third"] == "second"


@pytest.mark.parametrize("status", ["queued", "running"])
def test_a_task_that_the_executor_has_is_not_executed_again(task, status):
    told(task, status, version=5)
    with pytest.raises(Conflict):
        ai_runs.execute(ANA, task.id, request_id="second", now=NOON)


def test_an_unknown_outcome_is_resolved_first(task):
    fail(task, unknown=True)
    with pytest.raises(Conflict) as refused:
        ai_runs.execute(ANA, task.id, request_id="second", now=NOON)
    assert refused.value.details["allowed"] == ["resolve"]
    fail(task, unknown=False, version=2)
    assert ai_runs.execute(ANA, task.id, request_id="second", now=NOON).execution_status == "queued"


def test_a_persons_task_is_not_executed(execution):
    with pytest.raises(Invalid):
        ai_runs.execute(ANA, Task.get(~Task.auto_execute).id, request_id="x", now=NOON)


def retry(execution, by=ANA, from_step=None, dry_run=False):
    return controlling.retry(by, execution.id, from_step, dry_run=dry_run, new_id=ids.new_id, now=NOON)


def test_a_retry_queues_what_failed_and_nothing_else(execution, task):
    with pytest.raises(Conflict):
        retry(execution)
    effects = [{"name": "change-primary-contact", "status": "done"}, {"name": "other", "status": "unknown"}]
    fail(task, effects=effects)
    plan = {"runs_again": [task.title], "from_cache": [], "standing": [f"{task.title}: change-primary-contact"]}
    assert retry(execution, dry_run=True) == {"new_run_id": None, "plan": plan}
    assert refresh(task).execution_status == "failed"
    assert retry(execution) == {"new_run_id": execution.id, "plan": plan}
    assert refresh(task).execution_status == "queued"
    assert len(ai_task_requests()) == 5


def test_a_retry_of_one_step_leaves_the_other_failed_ones(execution, task):
    other = Task.get(Task.processor == "workflow-scheduler")
    fail(task)
    fail(other)
    retry(execution, from_step=other.id)
    assert (refresh(task).execution_status, refresh(other).execution_status) == ("failed", "queued")
    with pytest.raises(NotFound):
        retry(execution, from_step="nothing")
    with pytest.raises(Conflict):
        retry(execution, from_step=models.executions.steps_of(execution)[0].id)


def test_a_retry_passes_over_unknown_outcomes_and_is_refused_where_all_are(execution, task):
    fail(task, unknown=True)
    with pytest.raises(Conflict) as refused:
        retry(execution)
    assert refused.value.details["allowed"] == ["resolve"]
    other = Task.get(Task.processor == "workflow-scheduler")
    fail(other)
    retry(execution)
    assert (refresh(task).execution_status, refresh(other).execution_status) == ("failed", "queued")


def test_run_control_knows_tenants_and_ends(execution):
    with pytest.raises(NotFound):
        retry(execution, OTHER)
    with pytest.raises(Conflict):
        controlling.cancel(ANA, execution.id, now=NOON)
    open_one = planned()
    controlling.cancel(ANA, open_one.id, now=NOON)
    with pytest.raises(Conflict):
        finalizing.finalize(ANA, open_one.id, now=NOON)


def test_a_finalized_plan_shows_what_its_tasks_came_to(execution, task):
    told(task)
    _, body = plans.view("demo", execution.id)
    shown = next(item for item in body["aiTasks"] if item["id"] == task.id)
    assert (shown["executionStatus"], shown["executionResult"], shown["executedAt"]) == (
        "success",
        {"done": True},
        "2026-11-21T12:00:00Z",
    )
