"""Finalizing: all at once, once, and a bad item stops no good one."""

from __future__ import annotations

import threading

import pytest

from services.workflows import executions, finalizing, models, plans, steps
from services.workflows.models import Execution, Plan, Task, Trigger
from shared.database.connection import session
from shared.ground import ids
from shared.ground.errors import Conflict, NotFound
from tests.conftest import NOON
from tests.workflows.conftest import (
    ANA,
    OTHER,
    acts,
    ai_task_requests,
    edit_plan,
    finalized,
    know_processors,
    marks,
    planned,
    refresh,
    steps_of,
)

pytestmark = pytest.mark.usefixtures("samples")
ANY = {"type": "object"}


def finalize(execution, by=ANA, **more):
    return finalizing.finalize(by, execution.id, now=NOON, **more)


def ai_items(execution):
    return Plan.get_by_id(execution.id).body["aiTasks"]


def test_it_makes_the_tasks_queues_the_ai_ones_and_ends_the_execution():
    execution = planned()
    answer = finalize(execution)
    assert answer["created"] == {"aiTasks": 4, "csmTasks": 4, "subTasks": 4}
    done = refresh(execution)
    assert (done.status, done.plan_status, done.completed_at) == ("completed", "finalized", NOON)
    assert steps_of(execution)[5].status == "completed"
    ai = models.tasks.of_execution("demo", execution.id, only_ai=True)
    assert {task.id for task in ai} == {item["id"] for item in ai_items(execution)} == marks("ai-task-request")
    assert all((task.execution_status, task.run_id, task.owner) == ("queued", task.id, ANA.id) for task in ai)
    request = next(request for request in ai_task_requests() if request.id == ai[0].id)
    assert (request.source_kind, request.source_id, request.subject) == (
        "workflow-execution",
        execution.id,
        execution.customer_id,
    )
    parent = Task.get(Task.complexity == "complex")
    assert [sub.title for sub in models.tasks.sub_tasks(parent)][0] == "Research CFO background and priorities"


def test_twice_is_once_with_the_same_answer():
    execution = planned()
    first = finalize(execution)
    assert finalize(execution) == first
    assert (Task.select().count(), len(ai_task_requests()), Trigger.select().count()) == (12, 4, 1)
    assert len(acts("finalized action plan")) == 1


def test_two_at_once_are_once():
    execution, answers = planned(), []

    def press():
        with session(models.db):
            answers.append(finalize(execution))

    pressed = [threading.Thread(target=press) for _ in range(4)]
    for thread in pressed:
        thread.start()
    for thread in pressed:
        thread.join(30)
    assert answers == [answers[0]] * 4
    assert Task.select().count() == 12


def test_a_bad_item_does_not_stop_the_good_ones():
    know_processors(
        salesforce_contact_updater=ANY,
        follow_up_reminder_creator={"type": "object", "required": ["mood"]},
        workflow_scheduler=ANY,
    )
    execution = planned()
    good, alert, reminder, scheduler = ai_items(execution)
    edit_plan(
        execution,
        aiTasks=[{"title": "Run a file", "priority": 1, "processor": "../evil.py", "metadata": {}}],
        csmTasks=[{"title": "No complexity", "complexity": "hard", "priority": 1}],
    )
    answer = finalize(execution)
    assert answer["created"] == {"aiTasks": 2, "csmTasks": 4, "subTasks": 4}
    assert [(one["title"], one["reason"]) for one in answer["failed"]] == [
        (alert["title"], "processor: there is none named contract-deadline-alert"),
        (reminder["title"], "metadata.mood: Missing."),
        ("Run a file", "processor: a registered name is needed, never a path"),
        ("No complexity", "complexity: one of simple, moderate, complex is needed"),
    ]
    assert {task.id for task in Task.select().where(Task.auto_execute)} == {good["id"], scheduler["id"]}
    assert refresh(execution).status == "completed"


def test_a_row_that_the_database_refuses_is_named_and_the_others_stand():
    execution = planned()
    taken = ai_items(execution)[0]
    parent = next(item for item in Plan.get_by_id(execution.id).body["csmTasks"] if item["subTasks"])
    for item_id in (taken["id"], parent["id"]):
        models.tasks.add(
            id=item_id,
            tenant_id="demo",
            title="There already",
            status="open",
            priority=1,
            created_at=NOON,
            updated_at=NOON,
        )
    answer = finalize(execution)
    assert answer["created"] == {"aiTasks": 3, "csmTasks": 3, "subTasks": 0}
    assert {one["item"] for one in answer["failed"]} == {
        taken["id"],
        parent["id"],
        *(sub["id"] for sub in parent["subTasks"]),
    }
    assert taken["id"] not in marks("ai-task-request")


def test_rejected_items_become_nothing():
    execution = planned()
    edit_plan(execution, aiTasks=[{"id": ai_items(execution)[0]["id"], "decision": "rejected", "reason": "by hand"}])
    assert finalize(execution)["created"]["aiTasks"] == 3


def test_the_step_of_the_plan_tells_what_was_made_and_before_that_what_was_not_rejected():
    execution = planned()
    contact, alert, _, scheduler = ai_items(execution)
    edit_plan(
        execution,
        aiTasks=[{"id": one["id"], "decision": "rejected"} for one in (contact, scheduler)],
        csmTasks=[{"title": "Call them", "priority": 9}],
    )
    step = steps_of(execution)[5]
    drafted = steps.complete(ANA, execution.id, step.id, {}, now=NOON).output
    assert (drafted["aiTasks"], drafted["csmTasks"], drafted["nextWorkflow"]) == (2, 5, None)
    edit_plan(execution, aiTasks=[{"id": alert["id"], "decision": "rejected"}])
    created = finalize(execution)["created"]
    made = steps_of(execution)[5]
    assert created == {"aiTasks": 1, "csmTasks": 4, "subTasks": 4}
    assert made.output == created | {"nextWorkflow": None, "summary": "Action Plan: 1 AI task + 4 CSM tasks"}
    assert made.summary == made.output["summary"]


def test_a_rejected_scheduling_item_means_no_trigger():
    execution = planned()
    scheduler = ai_items(execution)[3]
    edit_plan(execution, aiTasks=[{"id": scheduler["id"], "decision": "rejected"}])
    assert finalize(execution)["nextWorkflow"] is None
    assert Trigger.select().count() == 0


def test_the_trigger_is_what_the_scheduling_item_says_after_editing():
    execution = planned()
    scheduler = ai_items(execution)[3]
    told = scheduler["metadata"] | {"triggerDate": "2027-01-04", "conditions": ["all done"]}
    edit_plan(execution, aiTasks=[{"id": scheduler["id"], "metadata": told}])
    answer = finalize(execution)
    trigger = Trigger.get()
    assert (answer["nextWorkflow"]["estimatedDate"], answer["nextWorkflow"]["triggerId"]) == ("2027-01-04", trigger.id)
    assert (str(trigger.trigger_date), trigger.conditions, trigger.execution_id) == (
        "2027-01-04",
        ["all done"],
        execution.id,
    )


def test_the_plan_shows_the_next_workflow_that_finalize_then_schedules():
    execution = planned()
    scheduler = ai_items(execution)[3]
    told = scheduler["metadata"] | {"stage": "engage", "triggerDate": "2027-01-04", "conditions": ["all done"]}
    edit_plan(execution, aiTasks=[{"id": scheduler["id"], "metadata": told}])
    expected = {
        "name": "Engage Renewal",
        "stage": "engage",
        "estimatedDate": "2027-01-04",
        "conditions": ["all done"],
    }
    for _ in range(2):
        _, shown = plans.view("demo", execution.id)
        assert shown["nextWorkflow"] == expected
        assert {"date": "2027-01-04", "action": "Engage Renewal workflow starts"}.items() <= shown["timeline"][
            -1
        ].items()
        assert finalize(execution)["nextWorkflow"] == expected | {"triggerId": Trigger.get().id}
    assert Trigger.get().stage == "engage"


def test_a_scheduling_item_that_cannot_be_made_changes_nothing_of_the_next_workflow_that_is_shown():
    execution = planned()
    drafted = plans.view("demo", execution.id)[1]["nextWorkflow"]
    scheduler = ai_items(execution)[3]
    told = scheduler["metadata"] | {"stage": "nowhere", "triggerDate": "2027-01-04", "conditions": ["all done"]}
    edit_plan(execution, aiTasks=[{"id": scheduler["id"], "metadata": told}])
    for _ in range(2):
        assert plans.view("demo", execution.id)[1]["nextWorkflow"] == drafted
        assert finalize(execution)["nextWorkflow"] == drafted | {"triggerId": Trigger.get().id}


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        ({"triggerDate": "soon"}, "metadata.triggerDate: Not a valid date."),
        ({"triggerDate": None}, "metadata.triggerDate: Not of type string."),
        ({"conditions": "all done"}, "metadata.conditions: Not of type array."),
        ({"stage": "nowhere"}, "metadata.stage: Not one of "),
    ],
)
def test_a_scheduling_item_that_says_no_schedule_is_refused_and_the_drafted_one_stands(told, reason):
    execution = planned()
    scheduler, drafted = ai_items(execution)[3], Plan.get_by_id(execution.id).body["nextWorkflow"]
    edit_plan(execution, aiTasks=[{"id": scheduler["id"], "metadata": scheduler["metadata"] | told}])
    answer = finalize(execution)
    assert answer["created"] == {"aiTasks": 3, "csmTasks": 4, "subTasks": 4}
    assert [one["item"] for one in answer["failed"]] == [scheduler["id"]]
    assert answer["failed"][0]["reason"].startswith(reason)
    assert answer["nextWorkflow"] == drafted | {"triggerId": Trigger.get().id}


def test_without_a_registry_the_items_are_created_and_the_executor_decides():
    assert finalize(planned())["created"]["aiTasks"] == 4


def test_a_cancelled_execution_is_not_finalized():
    execution = planned()
    executions.cancel(ANA, execution.id, now=NOON)
    with pytest.raises(Conflict):
        finalize(execution)
    assert Task.select().count() == 0


def test_another_tenant_finalizes_nothing():
    execution = planned()
    with pytest.raises(NotFound):
        finalize(execution, OTHER)


def test_a_plan_of_five_hundred_tasks_is_finalized_in_a_handful_of_statements(monkeypatch):
    execution = planned()
    edit_plan(
        execution,
        aiTasks=[
            {"title": f"AI {number}", "priority": 2, "processor": "known", "metadata": {"n": number}}
            for number in range(250)
        ],
        csmTasks=[{"title": f"CSM {number}", "priority": 2} for number in range(250)],
    )
    statements = []
    run = models.db.obj.execute_sql
    monkeypatch.setattr(models.db.obj, "execute_sql", lambda *a, **k: statements.append(a) or run(*a, **k))
    answer = finalize(execution)
    assert answer["created"] == {"aiTasks": 254, "csmTasks": 254, "subTasks": 4}
    assert len(statements) < 60


def test_the_answer_survives_the_execution_row_being_read_again():
    execution = finalized()
    assert Execution.get_by_id(execution.id).version > 1
    assert Plan.get_by_id(execution.id).answer["created"]["aiTasks"] == 4
    assert ids.named("trigger", execution.id) == Trigger.get().id
