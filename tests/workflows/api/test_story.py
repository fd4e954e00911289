"""The Discovery story by REST, as far as workflows goes alone: from start to finalize."""

from __future__ import annotations

import pytest

from services.workflows.models import Trigger
from tests.workflows.conftest import ASSESSMENT, acts, ai_task_requests, customer_named, marks, notification_requests

pytestmark = pytest.mark.usefixtures("database")

EXECUTIONS = "/api/workflows/executions"


def test_the_story_from_start_to_finalize(ask, samples):
    customer = ask("GET", "/api/customers?q=brightwater").json["items"][0]
    assert (customer["daysToRenewal"], customer["stage"], customer["arr"]) == (165, "discovery", "248127.00")

    execution = ask("POST", EXECUTIONS, {"customerId": customer["id"]}).json
    assert (execution["stage"], execution["status"], execution["stepsTotal"]) == ("discovery", "in_progress", 6)
    assert [step["status"] for step in execution["steps"]] == ["in_progress", *["pending"] * 5]
    path = f"{EXECUTIONS}/{execution['id']}"

    outputs = {}
    for step in execution["steps"][:5]:
        given = ASSESSMENT if step["kind"] == "assessment" else {}
        answer = ask("POST", f"{path}/steps/{step['id']}/complete", {"input": given})
        assert answer.status_code == 200, answer.json
        outputs[step["kind"]] = answer.json["output"]
    assert outputs["pricing"]["target"] == "265000.00"

    plan = ask("POST", f"{path}/action-plan/generate", {}).json
    assert (plan["status"], len(plan["aiTasks"]), len(plan["csmTasks"]), len(plan["timeline"])) == ("draft", 4, 4, 7)
    assert ask("GET", f"{path}/action-plan").json == plan

    answer = ask("POST", f"{path}/action-plan/finalize").json
    assert answer["created"] == {"aiTasks": 4, "csmTasks": 4, "subTasks": 4}
    assert answer["failed"] == []
    assert ask("POST", f"{path}/action-plan/finalize").json == answer

    ended = ask("GET", path).json
    assert (ended["status"], ended["planStatus"], ended["stepsDone"]) == ("completed", "finalized", 6)
    tasks = ask("GET", f"/api/workflows/tasks?auto_execute=true&execution_id={execution['id']}").json["items"]
    assert [task["executionStatus"] for task in tasks] == ["queued"] * 4
    everything = ask("GET", f"/api/workflows/tasks?execution_id={execution['id']}&limit=100").json["items"]
    assert len(everything) == 12
    shown = ask("GET", f"{path}/action-plan").json
    assert {item["executionStatus"] for item in shown["aiTasks"]} == {"queued"}
    assert {item["taskStatus"] for item in shown["csmTasks"]} == {"open"}

    assert len(ai_task_requests()) == 4
    assert marks("ai-task-request") == {task["id"] for task in tasks}
    assert Trigger.get().status == "scheduled"
    assert {row.kind for row in notification_requests()} == {"workflow_started", "plan_ready"}
    assert len(acts("completed step")) == 5
    assert len(acts("finalized action plan")) == 1


def test_six_steps_can_be_completed_one_after_the_other(ask, samples):
    execution = ask("POST", EXECUTIONS, {"customerId": customer_named().id, "stage": "discovery"}).json
    for step in execution["steps"]:
        given = ASSESSMENT if step["kind"] == "assessment" else {}
        answer = ask("POST", f"{EXECUTIONS}/{execution['id']}/steps/{step['id']}/complete", {"input": given}).json
    assert answer["output"]["summary"] == "Action Plan: 4 AI tasks + 4 CSM tasks"
    made = ask("POST", f"{EXECUTIONS}/{execution['id']}/action-plan/finalize")
    assert made.json["created"]["aiTasks"] == 4
