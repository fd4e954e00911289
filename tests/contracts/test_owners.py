"""Whoever is named as an owner is a person of the tenant who still works there; anybody else is 422 that names the field."""

from __future__ import annotations

from datetime import timedelta

import pytest

from services.executor.models import feed as executor_feed
from services.executor.models import replicas as executor_replicas
from services.runs.models import feed as runs_feed
from services.runs.models import replicas as runs_replicas
from services.workflows.models import Customer
from services.workflows.models import feed as workflows_feed
from services.workflows.models import replicas as workflows_replicas
from shared.database.connection import session
from shared.ground import clock, ids
from tests.contracts import things

COPIES = {
    "runs": (runs_feed, runs_replicas.people),
    "workflows": (workflows_feed, workflows_replicas.people),
    "executor": (executor_feed, executor_replicas.people),
}
ALERT = {"customerId": "c", "deadline": "2027-01-01", "kind": "notice", "message": "m", "alertDaysBefore": [1]}
REMINDER = {"daysUntilReminder": 1, "reminderMessage": "m", "reminderPriority": 1, "relatedAction": "a"}
TRACKED = {"emailId": "e", "emailSubject": "s", "sentTo": "a@b.test", "trackOpens": True, "trackClicks": True}
COLLEAGUE, LEFT, ELSEWHERE = ids.new_id(), ids.new_id(), ids.new_id()


@pytest.fixture(scope="module")
def known(applications):
    """A colleague, one who left, and somebody of another tenant, as all services know them."""
    for feed, people in COPIES.values():
        with session(feed.database), feed.transaction():
            for person_id, tenant, active in (
                (COLLEAGUE, "demo", True),
                (LEFT, "demo", False),
                (ELSEWHERE, "acme", True),
            ):
                told = {
                    "id": person_id,
                    "tenantId": tenant,
                    "name": "N",
                    "email": f"{person_id}@x.test",
                    "active": active,
                }
                people.upsert(told, 1)


@pytest.fixture(scope="module")
def made(applications, admin):
    """Things of the tenant that have an owner: `made["customer_id"]`, ... with those of runs."""
    client = applications["workflows"][0].test_client()
    renewal = (clock.now() + timedelta(days=165)).date().isoformat()
    new = {"name": "Owned", "renewalDate": renewal, "arr": "90000.00", "currency": "USD"}
    customer = client.post("/api/customers", json=new, headers=admin).json["id"]
    execution = client.post(
        "/api/workflows/executions", json={"customerId": customer, "stage": "discovery"}, headers=admin
    )
    path = f"/api/workflows/executions/{execution.json['id']}"
    for step in execution.json["steps"][:-1]:
        given = {"relationshipScore": 8, "confidenceScore": 7} if step["kind"] == "assessment" else {}
        client.post(f"{path}/steps/{step['id']}/complete", json={"input": given}, headers=admin)
    plan = client.post(f"{path}/action-plan/generate", json={}, headers=admin).json
    task = client.post("/api/workflows/tasks", json={"title": "T"}, headers=admin).json["id"]
    return things.made(applications["runs"][0], admin) | {
        "customer_id": customer,
        "execution_id": execution.json["id"],
        "task_id": task,
        "ai_item": plan["aiTasks"][0]["id"],
        "csm_item": plan["csmTasks"][0]["id"],
    }


OBJECTIVE = things.objective(0)
STEP = {"actionType": "review", "title": "Look", "config": {}}
CUSTOMER = {"name": "C", "arr": "1.00", "currency": "USD", "renewalDate": "2027-06-01"}
PLAN = "/api/workflows/executions/{execution_id}/action-plan"
NAMED = [
    ("runs", "POST", "/api/partnerships", lambda who, _: {"name": "P", "owner": who}, "owner"),
    ("runs", "PATCH", "/api/partnerships/{partnership_id}", lambda who, _: {"owner": who}, "owner"),
    ("runs", "POST", "/api/partnerships/{partnership_id}/tasks", lambda who, _: {"title": "T", "owner": who}, "owner"),
    ("runs", "POST", "/api/objectives", lambda who, _: OBJECTIVE | {"owner": who}, "owner"),
    ("runs", "PATCH", "/api/objectives/{objective_id}", lambda who, _: {"owner": who}, "owner"),
    ("runs", "POST", "/api/guided-runs", lambda who, _: {"name": "R", "steps": [STEP], "owner": who}, "owner"),
    ("runs", "PATCH", "/api/guided-runs/{run_id}", lambda who, _: {"owner": who}, "owner"),
    ("runs", "PATCH", "/api/guided-runs/{run_id}/steps/{step_id}", lambda who, _: {"owner": who}, "owner"),
    (
        "runs", "POST", "/api/recurrences",
        lambda who, made: {
            "templateId": made["template_id"], "every": "week", "weekday": "monday", "at": "09:00", "owner": who,
        },
        "owner",
    ),
    ("runs", "PATCH", "/api/recurrences/{recurrence_id}", lambda who, _: {"owner": who}, "owner"),
    (
        "runs", "POST", "/api/guided-runs/{run_id}/steps/{step_id}/actions",
        lambda who, _: {"type": "create_task", "title": "T", "owner": who},
        "owner",
    ),
    ("runs", "POST", "/api/guided-runs/{run_id}/comments", lambda who, _: {"body": "b", "mentions": [who]}, "mentions"),
    ("workflows", "POST", "/api/customers", lambda who, _: CUSTOMER | {"name": ids.new_id(), "owner": who}, "owner"),
    ("workflows", "PATCH", "/api/customers/{customer_id}", lambda who, _: {"owner": who}, "owner"),
    ("workflows", "POST", "/api/workflows/tasks", lambda who, _: {"title": "T", "owner": who}, "owner"),
    ("workflows", "PATCH", "/api/workflows/tasks/{task_id}", lambda who, _: {"owner": who}, "owner"),
    (
        "workflows", "PATCH", PLAN,
        lambda who, made: {"aiTasks": [{"id": made["ai_item"], "owner": who}]},
        "aiTasks.0.owner",
    ),
    (
        "workflows", "PATCH", PLAN,
        lambda who, made: {"csmTasks": [{"id": made["csm_item"]}, {"title": "New", "owner": who}]},
        "csmTasks.1.owner",
    ),
    *(
        (
            "executor", "POST", "/api/ai-tasks",
            lambda who, _, processor=processor, metadata=metadata: {
                "processor": processor, "metadata": metadata | {"owner": who},
            },
            "metadata.owner",
        )
        for processor, metadata in (
            ("contract-deadline-alert", ALERT), ("follow-up-reminder-creator", REMINDER), ("email-engagement-tracker", TRACKED),
        )
    ),
]  # fmt: skip


@pytest.mark.parametrize(("service", "method", "path", "body", "field"), NAMED)
def test_an_owner_is_somebody_who_works_here(service, method, path, body, field, applications, admin, known, made):
    client = applications[service][0].test_client()

    def ask(who):
        return client.open(path.format_map(made), method=method, json=body(who, made), headers=admin)

    for who in (LEFT, ELSEWHERE, "nobody"):
        answer = ask(who)
        assert (answer.status_code, list(answer.json.get("errors", ()))) == (422, [field]), answer.text
    assert ask(COLLEAGUE).status_code in (200, 201)


def test_who_left_may_stay_the_owner_of_what_is_changed_otherwise(applications, admin, known, made):
    with session(workflows_feed.database), workflows_feed.transaction():
        Customer.update(owner=LEFT).where(Customer.id == made["customer_id"]).execute()
    client = applications["workflows"][0].test_client()
    path = f"/api/customers/{made['customer_id']}"
    assert client.patch(path, json={"owner": LEFT, "industry": "Ports"}, headers=admin).status_code == 200
