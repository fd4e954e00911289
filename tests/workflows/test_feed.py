"""What workflows tells the others: every snapshot by its contract, marked with every change, in the same transaction."""

from __future__ import annotations

import pytest

from services.workflows import finalizing, models
from services.workflows.models import Task, feed
from shared.contracts.people import ActSnapshot
from shared.contracts.requests import AiTaskRequest, NotificationRequest
from shared.contracts.runs import ExecutionSnapshot, StepSnapshot
from tests.conftest import NOON
from tests.workflows.conftest import ANA, finalized, planned, start, steps_of

pytestmark = pytest.mark.usefixtures("samples")

CONTRACTS = {
    "workflow-execution": ExecutionSnapshot,
    "workflow-step": StepSnapshot,
    "ai-task-request": AiTaskRequest,
    "notification-request": NotificationRequest,
    "act": ActSnapshot,
}


def told(*kinds):
    return feed.changes(0, kinds or tuple(CONTRACTS), 500)["changes"]


def test_every_kind_is_told_as_its_contract_says():
    finalized()
    changes = told()
    assert {one["type"].removeprefix("tandem.") for one in changes} == set(CONTRACTS)
    for one in changes:
        assert CONTRACTS[one["type"].removeprefix("tandem.")]().validate(one["data"]) == {}
        assert one["data"]["tenantId"] == one["tenantid"] == "demo"
        assert not one["deleted"]


def test_an_execution_waits_for_people_until_it_is_finalized():
    execution = planned()
    (before,) = told("workflow-execution")
    assert (before["data"]["openHumanWork"], before["data"]["planStatus"]) == (True, "draft")
    assert before["data"]["workflowName"] == "Discovery: Brightwater Logistics"
    finalizing.finalize(ANA, execution.id, now=NOON)
    (after,) = told("workflow-execution")
    assert (after["data"]["openHumanWork"], after["data"]["status"]) == (False, "completed")
    assert after["data"]["context"]["aiTasks"] == {"queued": 4}
    assert after["version"] > before["version"]


def test_the_request_of_a_plans_task_has_the_tasks_own_id():
    execution = finalized()
    requests = {one["subject"]: one["data"] for one in told("ai-task-request")}
    tasks = {task.id: task for task in models.tasks.of_execution("demo", execution.id, only_ai=True)}
    assert requests.keys() == tasks.keys()
    for task_id, request in requests.items():
        assert request["metadata"] == tasks[task_id].metadata
        assert request["source"] == {"service": "workflows", "kind": "workflow-execution", "id": execution.id}
        assert request["subject"] == execution.customer_id


def test_what_was_undone_is_not_told(monkeypatch):
    execution = planned()
    before = told()[-1]["position"]

    def fail(*_, **__):
        raise RuntimeError("the machine stops here")

    monkeypatch.setattr(finalizing, "_complete", fail)
    with pytest.raises(RuntimeError):
        finalizing.finalize(ANA, execution.id, now=NOON)
    assert feed.changes(before, tuple(CONTRACTS), 500)["changes"] == []
    assert Task.select().count() == 0


def test_the_steps_of_an_execution_are_subjects_of_their_own():
    execution = start(models.Customer.get())
    assert {one["subject"] for one in told("workflow-step")} == {step.id for step in steps_of(execution)}
