"""The REST doors: bad input named, another tenant's things not found, ETags, idempotency, paging, rights."""

from __future__ import annotations

import uuid
from dataclasses import replace

import pytest

from services.workflows import ai_runs, finalizing, inbound_requests
from services.workflows.models import Customer, Execution, Task, Trigger
from tests.conftest import NOON
from tests.workflows.conftest import (
    ANA,
    ASSESSMENT,
    OTHER,
    ai_task,
    change,
    customer_named,
    failure,
    finalized,
    heard,
    make_customer,
    planned,
    start,
    steps_of,
)
from tests.workflows.test_inbound_requests import reminder

pytestmark = pytest.mark.usefixtures("database")

CUSTOMER = {"name": "Acme", "arr": "1000.00", "currency": "USD", "renewalDate": "2027-05-01"}
EXECUTIONS, TASKS, TRIGGERS = "/api/workflows/executions", "/api/workflows/tasks", "/api/workflows/triggers"


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("/api/customers", {**CUSTOMER, "mood": "good"}, "mood"),
        ("/api/customers", {**CUSTOMER, "arr": 1000}, "arr"),
        ("/api/customers", {**CUSTOMER, "arr": "-1"}, "arr"),
        ("/api/customers", {**CUSTOMER, "name": "n" * 201}, "name"),
        ("/api/customers", {**CUSTOMER, "name": "   "}, "name"),
        ("/api/customers", {**CUSTOMER, "currency": "dollar"}, "currency"),
        ("/api/customers", {**CUSTOMER, "renewalDate": "May"}, "renewalDate"),
        ("/api/customers", {**CUSTOMER, "timeZone": "Moon/Sea"}, "timeZone"),
        ("/api/customers", {**CUSTOMER, "healthScore": 101}, "healthScore"),
        ("/api/customers", {**CUSTOMER, "healthScore": "80"}, "healthScore"),
        ("/api/customers", {**CUSTOMER, "usage": {"activeSeats": -1}}, "usage.activeSeats"),
        ("/api/customers", {**CUSTOMER, "signals": [{"kind": "weather"}]}, "signals.0.kind"),
        ("/api/customers", {"name": "Acme"}, "arr"),
        ("/api/customers/import", {"csv": "name"}, "csv"),
        ("/api/contacts", {"name": "Ana", "customerId": "c", "email": "not one"}, "email"),
        ("/api/contacts", {"name": "Ana", "customerId": "c", "role": "king"}, "role"),
        (EXECUTIONS, {"stage": "discovery"}, "customerId"),
        (EXECUTIONS, {"customerId": 7}, "customerId"),
        (TASKS, {"title": ""}, "title"),
        (TASKS, {"title": "t" * 256}, "title"),
        (TASKS, {"title": "t", "priority": 6}, "priority"),
        (TASKS, {"title": "t", "status": "completed"}, "status"),
        (TRIGGERS, {"customerId": "c", "stage": "prepare", "triggerDate": "soon"}, "triggerDate"),
        (
            TRIGGERS,
            {"customerId": "c", "stage": "prepare", "triggerDate": "2027-01-01", "conditions": [1]},
            "conditions.0",
        ),
    ],
)
def test_a_bad_field_is_422_and_names_itself(ask, path, body, field):
    answer = ask("POST", path, body)
    assert answer.status_code == 422
    assert answer.content_type == "application/problem+json"
    assert field in answer.json["errors"]


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/api/customers/x", None),
        ("PATCH", "/api/customers/x", {"name": "A"}),
        ("GET", "/api/customers/x/contracts", None),
        ("POST", "/api/customers/x/contracts", {"title": "A", "text": "B"}),
        ("GET", "/api/contacts/x", None),
        ("DELETE", "/api/contacts/x", None),
        ("GET", "/api/workflows/definitions/x", None),
        ("POST", EXECUTIONS, {"customerId": "x"}),
        ("GET", f"{EXECUTIONS}/x", None),
        ("POST", f"{EXECUTIONS}/x/steps/y/complete", {}),
        ("POST", f"{EXECUTIONS}/x/action-plan/generate", {}),
        ("GET", f"{EXECUTIONS}/x/action-plan", None),
        ("PATCH", f"{EXECUTIONS}/x/action-plan", {}),
        ("POST", f"{EXECUTIONS}/x/action-plan/finalize", None),
        ("GET", f"{TASKS}/x", None),
        ("PATCH", f"{TASKS}/x", {"title": "A"}),
        ("POST", f"{TASKS}/x/execute", None),
        ("POST", f"{TASKS}/x/snooze", {"until": "2027-01-01", "reason": "r"}),
        ("POST", f"{TASKS}/x/reopen", {}),
        ("DELETE", f"{TRIGGERS}/x", None),
    ],
)
def test_what_is_not_there_is_404_as_problem_details(ask, method, path, body):
    answer = ask(method, path, body)
    assert answer.status_code == 404, answer.json
    assert answer.content_type == "application/problem+json"


def test_another_tenants_things_are_404(ask, samples):
    execution = finalized()
    step, task, trigger = steps_of(execution)[0], Task.get(), Trigger.get()
    for path in (
        f"/api/customers/{execution.customer_id}",
        f"/api/customers/{execution.customer_id}/contracts",
        f"{EXECUTIONS}/{execution.id}",
        f"{EXECUTIONS}/{execution.id}/action-plan",
        f"{TASKS}/{task.id}",
    ):
        assert ask("GET", path, by=OTHER).status_code == 404
    assert ask("POST", f"{EXECUTIONS}/{execution.id}/steps/{step.id}/reset", by=OTHER).status_code == 404
    assert ask("DELETE", f"{TRIGGERS}/{trigger.id}", by=OTHER).status_code == 404
    for path in ("/api/customers", "/api/contacts", EXECUTIONS, TASKS, TRIGGERS):
        assert ask("GET", path, by=OTHER).json["items"] == []


def test_without_a_token_nothing_is_answered(ask):
    for path in ("/api/customers", "/api/contacts", "/api/workflows/definitions", EXECUTIONS, TASKS, TRIGGERS):
        assert ask("GET", path, by=None).status_code == 401


def test_a_person_does_not_use_run_control(ask):
    assert ask("POST", "/internal/runs/x/retry", {}).status_code == 403


def test_a_stage_that_is_not_available_is_409_and_names_what_is(ask):
    answer = ask("POST", EXECUTIONS, {"customerId": make_customer(100).id})
    assert (answer.status_code, answer.json["allowed"], answer.json["stage"]) == (409, ["discovery"], "engage")
    assert ask("POST", EXECUTIONS, {"customerId": make_customer().id, "stage": "quarrel"}).status_code == 404


def test_a_step_out_of_order_is_409_and_names_what_is_allowed(ask):
    execution = start(make_customer())
    answer = ask("POST", f"{EXECUTIONS}/{execution.id}/steps/{steps_of(execution)[3].id}/complete", {})
    assert answer.status_code == 409
    assert "complete assessment" in answer.json["allowed"]
    assert answer.json["step"]["kind"] == "assessment"


def test_a_wrong_assessment_is_422_and_names_the_field(ask):
    execution = start(make_customer())
    path = f"{EXECUTIONS}/{execution.id}/steps/{steps_of(execution)[0].id}/complete"
    for body, field in (
        ({}, "input.relationshipScore"),
        ({"input": {**ASSESSMENT, "confidenceScore": 11}}, "input.confidenceScore"),
        ({"input": []}, "input"),
        ({"mood": 1}, "mood"),
    ):
        answer = ask("POST", path, body)
        assert answer.status_code == 422
        assert field in answer.json["errors"]


def test_definitions_list_all_ten_with_their_days(ask):
    items = ask("GET", "/api/workflows/definitions").json["items"]
    assert [(item["key"], item["available"]) for item in items][:3] == [
        ("monitor", False),
        ("discovery", True),
        ("prepare", False),
    ]
    assert len(items) == 10
    one = ask("GET", "/api/workflows/definitions/discovery").json
    assert (one["minDays"], one["maxDays"], one["nextStage"], len(one["steps"])) == (150, 179, "prepare", 6)


def test_a_customer_is_made_read_and_changed(ask):
    made = ask("POST", "/api/customers", {**CUSTOMER, "usage": {"activeSeats": 5}, "timeZone": "Pacific/Auckland"})
    assert made.status_code == 201
    path = f"/api/customers/{made.json['id']}"
    read = ask("GET", path)
    assert read.json == made.json
    assert (read.json["arr"], read.json["usage"], read.headers["ETag"]) == ("1000.00", {"activeSeats": 5}, '"v1"')
    changed = ask("PATCH", path, {"healthScore": 90, "owner": None}, headers={"If-Match": '"v1"'})
    assert (changed.json["healthScore"], changed.json["name"], changed.headers["ETag"]) == (90, "Acme", '"v2"')
    stale = ask("PATCH", path, {"healthScore": 10}, headers={"If-Match": '"v1"'})
    assert stale.status_code == 412
    assert Customer.get().health_score == 90


def test_an_amount_is_told_with_both_its_places_however_it_was_given(ask):
    for number, given in enumerate(("46000", "46000.0", "46000.00")):
        told = ask("POST", "/api/customers", {**CUSTOMER, "name": f"Acme {number}", "arr": given}).json
        assert told["arr"] == ask("GET", f"/api/customers/{told['id']}").json["arr"] == "46000.00"


def test_a_contract_is_put_on_file_and_read(ask):
    path = f"/api/customers/{make_customer().id}/contracts"
    made = ask("POST", path, {"title": "MSA", "text": "The term ends on 1 May 2027.", "endsOn": "2027-05-01"})
    assert made.status_code == 201
    (row,) = ask("GET", path).json["items"]
    assert "text" not in row
    assert ask("GET", f"{path}/{row['id']}").json["text"] == "The term ends on 1 May 2027."
    assert ask("POST", path, {"title": "MSA", "text": "t" * 200_001}).json["errors"].keys() == {"text"}


def test_contacts_are_found_by_name_and_address_whatever_their_case(ask, samples):
    assert [one["name"] for one in ask("GET", "/api/contacts?q=ESTRADA").json["items"]] == ["Eric Estrada"]
    assert len(ask("GET", "/api/contacts?q=Jo.Park@Halcyon").json["items"]) == 2
    assert len(ask("GET", f"/api/contacts?customer_id={customer_named().id}").json["items"]) == 5
    assert ask("GET", "/api/contacts?q=%25").json["items"] == []


def test_a_contact_is_made_changed_and_removed(ask):
    customer = make_customer()
    first = ask("POST", "/api/contacts", {"customerId": customer.id, "name": "Ada", "isPrimary": True}).json
    second = ask("POST", "/api/contacts", {"customerId": customer.id, "name": "Bea", "isPrimary": True}).json
    assert ask("GET", f"/api/contacts/{first['id']}").json["isPrimary"] is False
    told = {"status": "departed", "successorId": second["id"]}
    assert ask("PATCH", f"/api/contacts/{first['id']}", told).json["successorId"] == second["id"]
    wrong = ask("PATCH", f"/api/contacts/{first['id']}", {"successorId": first["id"]})
    assert (wrong.status_code, list(wrong.json["errors"])) == (422, ["successorId"])
    assert ask("PATCH", f"/api/contacts/{first['id']}", {"customerId": "other"}).status_code == 422
    assert ask("DELETE", f"/api/contacts/{second['id']}").status_code == 204
    assert ask("GET", f"/api/contacts/{first['id']}").json["successorId"] is None


def test_whoever_read_a_contact_before_its_successor_was_removed_is_told_so(ask):
    customer = make_customer()
    successor = ask("POST", "/api/contacts", {"customerId": customer.id, "name": "Bea"}).json
    left = {"customerId": customer.id, "name": "Ada", "status": "departed", "successorId": successor["id"]}
    read = ask("POST", "/api/contacts", left)
    ask("DELETE", f"/api/contacts/{successor['id']}")
    path, if_match = f"/api/contacts/{read.json['id']}", {"If-Match": read.headers["ETag"]}
    assert ask("PATCH", path, {"title": "CFO"}, headers=if_match).status_code == 412
    assert ask("GET", path).json["version"] == read.json["version"] + 1


def test_the_same_key_makes_one_execution(ask):
    body, key = {"customerId": make_customer().id}, {"Idempotency-Key": "k1"}
    first, second = (ask("POST", EXECUTIONS, body, headers=key) for _ in range(2))
    assert (first.status_code, second.json["id"]) == (201, first.json["id"])
    assert Execution.select().count() == 1
    assert ask("POST", EXECUTIONS, {**body, "stage": "discovery"}, headers=key).status_code == 409


def test_every_list_is_walked_by_its_cursor_without_loss(ask, samples):
    for path, total in (("/api/customers", 19), ("/api/contacts", 40)):
        seen, cursor = [], ""
        while cursor is not None:
            body = ask("GET", f"{path}?limit=7" + (f"&cursor={cursor}" if cursor else "")).json
            seen += [item["id"] for item in body["items"]]
            cursor = body["pagination"]["next"]
        assert len(seen) == len(set(seen)) == body["pagination"]["total"] == total


def test_tasks_are_filtered(ask, samples):
    execution = finalized()
    base = f"{TASKS}?execution_id={execution.id}&limit=100"

    def titles(more):
        return [item["title"] for item in ask("GET", base + more).json["items"]]

    assert len(titles("")) == 12
    assert len(titles("&auto_execute=true&execution_status=queued")) == 4
    assert len(titles("&auto_execute=false&parent_task_id=none")) == 4
    parent = next(item for item in ask("GET", base).json["items"] if item["subTasksTotal"])
    assert (parent["subTasksTotal"], len(titles(f"&parent_task_id={parent['id']}"))) == (4, 4)
    assert titles("&due_before=2026-11-25") == ["Research CFO background and priorities"]
    assert titles("&status=completed") == []
    assert titles(f"&owner={ANA.id}&customer_id={execution.customer_id}") == titles("")
    assert ask("GET", f"{TASKS}?status=flying").status_code == 422


def test_the_tasks_of_a_partnership_say_which_it_is_and_who_asked_for_them(ask):
    request = reminder(
        partnershipId="p1",
        partnershipName="Harbor Arts Council",
        source={"service": "runs", "kind": "guided-run", "id": "g1"},
    )
    heard(inbound_requests.task, change("task-request", request, source="runs"))
    ask("POST", TASKS, {"title": "Of nobody"})
    (item,) = ask("GET", f"{TASKS}?partnership_id=p1").json["items"]
    assert (item["id"], item["partnershipId"], item["partnershipName"]) == ("r1", "p1", "Harbor Arts Council")
    assert ask("GET", f"{TASKS}/r1").json["source"] == request["source"]
    assert ask("GET", f"{TASKS}?partnership_id=p2").json["items"] == []


def test_a_task_is_completed_snoozed_and_brought_back(ask):
    made = ask("POST", TASKS, {"title": "Call", "dueDate": "2026-12-01"}).json
    path = f"{TASKS}/{made['id']}"
    snoozed = ask(
        "POST", f"{path}/snooze", {"until": "2026-11-30", "reason": "waits"}, headers={"If-Match": '"v1"'}
    ).json
    assert (snoozed["status"], snoozed["snoozedUntil"], snoozed["snoozeReason"]) == (
        "snoozed",
        "2026-11-30T08:00:00Z",
        "waits",
    )
    assert ask("POST", f"{path}/snooze", {"until": "soon", "reason": "x"}).json["errors"].keys() == {"until"}
    assert ask("POST", f"{path}/unsnooze").json["status"] == "open"
    assert ask("POST", f"{path}/unsnooze").status_code == 409
    assert ask("PATCH", path, {"status": "completed"}).json["completedAt"] is not None
    assert ask("PATCH", path, {"status": "completed"}, headers={"If-Match": '"v1"'}).status_code == 412
    assert ask("POST", f"{path}/reopen", headers={"If-Match": '"v1"'}).status_code == 412
    assert ask("POST", f"{path}/reopen").json["status"] == "open"
    assert ask("POST", f"{path}/reopen").json["allowed"] == ["cancel", "complete", "snooze", "start"]


def test_completing_a_task_names_its_open_sub_tasks_until_it_is_told_what_becomes_of_them(ask):
    made = ask("POST", TASKS, {"title": "Meet"}).json
    part = ask("POST", TASKS, {"title": "Brief", "parentTaskId": made["id"]}).json
    path = f"{TASKS}/{made['id']}"
    refused = ask("PATCH", path, {"status": "completed"})
    assert refused.status_code == 409
    assert refused.json["subTasks"] == [{"id": part["id"], "title": "Brief", "status": "open"}]
    assert ask("PATCH", path, {"status": "completed", "subTasks": "all"}).status_code == 422
    done = ask("PATCH", path, {"status": "completed", "subTasks": "complete"}).json
    assert [one["status"] for one in (done, *done["subTasks"])] == ["completed", "completed"]
    again = ask("POST", f"{path}/reopen", {"subTaskIds": [part["id"]]}).json
    assert [one["status"] for one in (again, *again["subTasks"])] == ["open", "open"]


def test_only_a_service_writes_what_an_execution_came_to(ask, ask_as_service, samples):
    finalized()
    path = f"{TASKS}/{Task.get(Task.auto_execute).id}"
    told = {"executionStatus": "success", "executionResult": {"done": True}}
    assert ask("PATCH", path, told).status_code == 403
    answer = ask_as_service("PATCH", path, told, person=None)
    assert (answer.status_code, answer.json["executionStatus"], answer.json["executionResult"]) == (
        200,
        "success",
        {"done": True},
    )


def test_an_ai_task_that_the_executor_has_is_409_and_a_failed_one_is_queued_again(ask, samples):

    finalized()
    task = Task.get(Task.auto_execute)
    assert ask("POST", f"{TASKS}/{task.id}/execute").status_code == 409
    heard(ai_runs.apply, change("ai-task", ai_task(task.id, "failed", error=failure())))
    assert ask("GET", f"{TASKS}/{task.id}").json["executionResult"]["error"]["message"] == "row locked"
    again = ask("POST", f"{TASKS}/{task.id}/execute").json
    assert (again["executionStatus"], again["retryNumber"]) == ("queued", 1)


def test_run_control_retries_for_a_person_with_a_dry_run_first(ask_as_service, samples):

    execution = finalized()
    task = Task.get(Task.auto_execute)
    path = f"/internal/runs/{execution.id}"
    assert ask_as_service("POST", f"{path}/retry", {}).status_code == 409
    heard(ai_runs.apply, change("ai-task", ai_task(task.id, "failed", error=failure())))
    dry = ask_as_service("POST", f"{path}/retry", {"dryRun": True})
    assert dry.json == {"newRunId": None, "plan": {"runsAgain": [task.title], "fromCache": [], "standing": []}}
    assert ask_as_service("POST", f"{path}/retry", {"fromStep": task.id}).json["newRunId"] == execution.id
    assert ask_as_service("POST", "/internal/runs/x/retry", {}).status_code == 404
    assert ask_as_service("POST", f"{path}/cancel").status_code == 409
    other = planned()
    assert ask_as_service("POST", f"/internal/runs/{other.id}/cancel").json == {}
    assert Execution.get_by_id(other.id).status == "cancelled"


def test_a_plan_is_edited_by_its_etag(ask, samples):
    execution = planned()
    path = f"{EXECUTIONS}/{execution.id}/action-plan"
    plan = ask("GET", path)
    item = plan.json["aiTasks"][0]
    told = {"aiTasks": [{"id": item["id"], "decision": "rejected", "reason": "by hand", "priority": 2}]}
    changed = ask("PATCH", path, told, headers={"If-Match": plan.headers["ETag"]})
    assert (changed.json["aiTasks"][0]["decision"], changed.json["aiTasks"][0]["priority"]) == ("rejected", 2)
    assert ask("PATCH", path, told, headers={"If-Match": plan.headers["ETag"]}).status_code == 412
    for body, field in (
        ({"aiTasks": [{"id": "nothing"}]}, "aiTasks.0.id"),
        ({"aiTasks": [{"mood": "good"}]}, "aiTasks.0.mood"),
        ({"csmTasks": [{"title": "t" * 256}]}, "csmTasks.0.title"),
        ({"csmTasks": [{"subTasks": [{"title": ""}]}]}, "csmTasks.0.subTasks.0.title"),
    ):
        answer = ask("PATCH", path, body)
        assert answer.status_code == 422
        assert field in answer.json["errors"], answer.json


def test_a_bad_item_is_told_by_finalize(ask, samples):
    execution = planned()
    path = f"{EXECUTIONS}/{execution.id}/action-plan"
    item = ask("GET", path).json["aiTasks"][0]
    edited = ask("PATCH", path, {"aiTasks": [{"id": item["id"], "processor": "../evil.js"}]}).json
    assert {"item": item["id"], "reason": "processor: a registered name is needed, never a path"} in edited["issues"]
    answer = ask("POST", f"{path}/finalize").json
    assert answer["created"]["aiTasks"] == 3
    assert [(one["item"], one["title"]) for one in answer["failed"]] == [(item["id"], item["title"])]
    assert ask("GET", path).json["finalized"] == answer


def test_triggers_are_planned_listed_and_taken_back(ask):
    body = {"customerId": make_customer().id, "stage": "prepare", "triggerDate": "2027-01-04", "conditions": ["done"]}
    made = ask("POST", TRIGGERS, body)
    assert (made.status_code, made.json["status"]) == (201, "scheduled")
    assert [one["id"] for one in ask("GET", f"{TRIGGERS}?status=scheduled").json["items"]] == [made.json["id"]]
    assert ask("DELETE", f"{TRIGGERS}/{made.json['id']}").status_code == 204
    assert ask("DELETE", f"{TRIGGERS}/{made.json['id']}").status_code == 409
    assert ask("POST", TRIGGERS, {**body, "stage": "quarrel"}).status_code == 404


def test_an_import_answers_a_receipt_a_row(ask):
    text = "name,arr,currency,renewal_date\nAcme,1.00,USD,2027-05-01\nBad,x,USD,2027-05-01"
    dry = ask("POST", "/api/customers/import", {"csv": text, "dryRun": True}).json
    assert (dry["counts"], Customer.select().count()) == ({"created": 1, "refused": 1}, 0)
    made = ask("POST", "/api/customers/import", {"csv": text}).json
    assert [row["outcome"] for row in made["rows"]] == ["created", "refused"]
    assert ask("GET", f"/api/customers/{made['rows'][0]['customerId']}").json["name"] == "Acme"


def test_what_a_machine_was_given_and_gave_back_is_for_developers(ask, samples):
    execution = planned()
    plan = f"{EXECUTIONS}/{execution.id}/action-plan"
    developer = replace(ANA, roles=frozenset({"developer"}))
    finalizing.finalize(ANA, execution.id, now=NOON)
    task = Task.get(Task.processor == "salesforce-contact-updater")
    heard(ai_runs.apply, change("ai-task", ai_task(task.id)))
    for by, sees in ((ANA, False), (developer, True)):
        shown = ask("GET", f"{TASKS}/{task.id}", by=by).json
        item = next(one for one in ask("GET", plan, by=by).json["aiTasks"] if one["id"] == task.id)
        assert shown["metadata"] == (task.metadata if sees else None)
        assert item["metadata"] == task.metadata  # who approves a plan sees what it tells its AI tasks
        for one in (shown, item):
            assert one["executionResult"] == ({"done": True} if sees else None)
            assert one["executionStatus"] == "success"


def test_an_item_that_a_person_adds_has_an_id_that_nobody_can_take_at_the_executor(ask, samples):
    path = f"{EXECUTIONS}/{planned().id}/action-plan"
    new = {"title": "Added", "processor": "workflow-scheduler", "metadata": {}}
    body = ask("PATCH", path, {"aiTasks": [new], "csmTasks": [{"title": "Mine", "subTasks": [{"title": "Sub"}]}]}).json
    added = [body["aiTasks"][-1], body["csmTasks"][-1], body["csmTasks"][-1]["subTasks"][0]]
    assert [(one["title"], uuid.UUID(one["id"]).version) for one in added] == [("Added", 5), ("Mine", 5), ("Sub", 5)]


def test_a_customer_says_what_was_done_for_this_renewal_and_what_comes_next(ask, samples):
    execution = finalized()
    (customer,) = ask("GET", "/api/customers?q=Brightwater").json["items"]
    assert customer["openExecutionIds"] == []
    assert customer["completedWorkflows"] == [
        {
            "executionId": execution.id,
            "stage": "discovery",
            "completedAt": "2026-11-21T12:00:00Z",
            "forThisRenewal": True,
        }
    ]
    following = customer["nextWorkflow"]
    assert (following["stage"], following["status"]) == ("prepare", "scheduled")
    later = {"renewalDate": "2028-05-05"}
    moved = ask("PATCH", f"/api/customers/{customer['id']}", later).json
    assert [one["forThisRenewal"] for one in moved["completedWorkflows"]] == [False]
    other = ask("GET", "/api/customers?q=Mesa").json["items"][0]
    assert (other["completedWorkflows"], other["nextWorkflow"]) == ([], None)
