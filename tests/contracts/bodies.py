"""Every field of a body that holds an id, found in the services' own OpenAPI, and how each is tried with another tenant's."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from tests.contracts import tenants, things

ID_FIELD = re.compile(
    r"(^|_)(id|ids|owner|subject|mentions|uid|from_?step|in_?reply_?to|retry_?of)$|(Id|Ids)$", re.IGNORECASE
)
Ids = dict[str, str]
Make = Callable[[Ids, Ids], Any]


@dataclass(frozen=True)
class Try:
    """A body made of (blue's ids, red's own ids) in which only the one id is blue's. `scoped` says why it is taken all the same;
    without it, the answer is `status`, or 422 that names the field `named`."""

    make: Make
    named: str = ""
    scoped: str = ""
    status: int = 404


OWN_WORDS = "how the tenant's own systems call it; unique within the tenant"
CRM_ID = "an id of the CRM, which is asked within the tenant"
ITS_SUBJECT = "shown, and filtered by, within the tenant; nothing is looked up by it"
NEW_ONE = "what the item has not is a new sub-task with an id of its own"
OWN_RECEIPT = "its receipt says that there is no such customer"
OWN_ID = "the task gets an id of its own"

STEP = {"actionType": "review", "title": "Look", "config": {}}
WEEKLY = {"every": "week", "weekday": "monday", "at": "09:00"}
CUSTOMER = {"name": "C", "arr": "1.00", "currency": "USD", "renewalDate": "2027-06-01"}
CONTACT = {"name": "N", "role": "champion"}
ECHO = {"processor": "workflow-scheduler", "metadata": {
    "executionId": "e", "customerId": "c", "stage": "discovery", "triggerDate": "2027-01-01", "conditions": [],
}}  # fmt: skip
PERSON = tenants.admin_of(tenants.BLUE).id
EXTERNAL = tenants.external_id_of(tenants.BLUE)

RUN, STEP_PATH = "/api/guided-runs/{run_id}", "/api/guided-runs/{run_id}/steps/{step_id}"
ACTIONS, RECURRENCE = f"{STEP_PATH}/actions", "/api/recurrences/{recurrence_id}"
PLAN = "/api/workflows/executions/{execution_id}/action-plan"
OWNER = Try(lambda blue, red: {"owner": PERSON}, "owner")
RETRY = Try(lambda blue, red: {"fromStep": blue["step_id"], "dryRun": True})


def _action(kind: str, **told: Any) -> Callable[[Make], Try]:
    return lambda make: Try(lambda blue, red: {"type": kind, **told, **make(blue, red)})


TRIES: dict[tuple[str, str, str], Try] = {
    ("runs", "POST /api/guided-runs", "templateId"): Try(lambda blue, red: {"templateId": blue["template_id"]}),
    ("runs", "POST /api/guided-runs", "fromTemplates.templateId"): Try(
        lambda blue, red: {"name": "R", "fromTemplates": [{"templateId": blue["template_id"], "stepKeys": ["one"]}]}
    ),
    ("runs", "POST /api/guided-runs", "linkedPartnershipIds"): Try(
        lambda blue, red: {"name": "R", "steps": [STEP], "linkedPartnershipIds": [blue["partnership_id"]]},
        "linkedPartnershipIds.0",
    ),
    ("runs", "POST /api/guided-runs", "owner"): Try(lambda blue, red: {"name": "R", "steps": [STEP], "owner": PERSON}, "owner"),
    ("runs", f"PATCH {RUN}", "owner"): OWNER,
    ("runs", f"PATCH {STEP_PATH}", "owner"): OWNER,
    ("runs", f"POST {ACTIONS}", "rowId"): _action("add_note", text="x")(lambda blue, red: {"rowId": blue["row_id"]}),
    ("runs", f"POST {ACTIONS}", "rowIds"): Try(
        lambda blue, red: {"type": "review_rows", "rowIds": [blue["row_id"]], "mark": "fine"}
    ),
    ("runs", f"POST {RUN}/withdraw", "deliveryIds"): Try(
        lambda blue, red: {"deliveryIds": [blue["delivery_id"]]}, scoped="each that is not of the run is answered as refused"
    ),
    ("runs", f"POST {ACTIONS}", "partnershipId"): _action("add_note", text="x")(
        lambda blue, red: {"partnershipId": blue["partnership_id"]}
    ),
    ("runs", f"POST {ACTIONS}", "meetingId"): _action("cancel_meeting")(lambda blue, red: {"meetingId": blue["meeting_id"]}),
    ("runs", f"POST {ACTIONS}", "objectiveId"): _action("update_objective", current="2")(
        lambda blue, red: {"objectiveId": blue["objective_id"], "keyResultId": blue["key_result_id"]}
    ),
    ("runs", f"POST {ACTIONS}", "keyResultId"): _action("update_objective", current="2")(
        lambda blue, red: {"objectiveId": red["objective_id"], "keyResultId": blue["key_result_id"]}
    ),
    ("runs", f"POST {ACTIONS}", "owner"): Try(lambda blue, red: {"type": "create_task", "title": "T", "owner": PERSON}, "owner"),
    ("runs", f"POST {RUN}/comments", "stepId"): Try(lambda blue, red: {"body": "b", "stepId": blue["step_id"]}),
    ("runs", f"POST {RUN}/comments", "mentions"): Try(lambda blue, red: {"body": "b", "mentions": [PERSON]}, "mentions"),
    ("runs", "POST /api/partnerships", "externalId"): Try(
        lambda blue, red: {"name": "P", "externalId": EXTERNAL}, scoped=OWN_WORDS
    ),
    ("runs", "POST /api/partnerships", "owner"): Try(lambda blue, red: {"name": "P", "owner": PERSON}, "owner"),
    ("runs", "PATCH /api/partnerships/{partnership_id}", "externalId"): Try(
        lambda blue, red: {"externalId": f"{EXTERNAL}-2"}, scoped=OWN_WORDS
    ),
    ("runs", "PATCH /api/partnerships/{partnership_id}", "owner"): OWNER,
    ("runs", "POST /api/partnerships/{partnership_id}/tasks", "owner"): Try(
        lambda blue, red: {"title": "T", "owner": PERSON}, "owner"
    ),
    ("runs", "POST /api/objectives", "owner"): Try(lambda blue, red: things.objective(1) | {"owner": PERSON}, "owner"),
    ("runs", "PATCH /api/objectives/{objective_id}", "owner"): OWNER,
    ("runs", "PATCH /api/objectives/{objective_id}", "keyResults.id"): Try(
        lambda blue, red: {"keyResults": [{"id": blue["key_result_id"], "current": "2"}]}, "keyResults.0.id"
    ),
    ("runs", "POST /api/recurrences", "templateId"): Try(lambda blue, red: WEEKLY | {"templateId": blue["template_id"]}),
    ("runs", "POST /api/recurrences", "owner"): Try(
        lambda blue, red: WEEKLY | {"templateId": red["template_id"], "owner": PERSON}, "owner"
    ),
    ("runs", "POST /api/recurrences", "linkedPartnershipIds"): Try(
        lambda blue, red: WEEKLY | {"templateId": red["template_id"], "linkedPartnershipIds": [blue["partnership_id"]]},
        "linkedPartnershipIds.0",
    ),
    ("runs", f"PATCH {RECURRENCE}", "templateId"): Try(lambda blue, red: {"templateId": blue["template_id"]}),
    ("runs", f"PATCH {RECURRENCE}", "owner"): OWNER,
    ("runs", f"PATCH {RECURRENCE}", "linkedPartnershipIds"): Try(
        lambda blue, red: {"linkedPartnershipIds": [blue["partnership_id"]]}, "linkedPartnershipIds.0"
    ),
    ("runs", "POST /internal/runs/{run_id}/retry", "fromStep"): replace(RETRY, status=409),  # of no guided run, whatever the step
    ("workflows", "POST /api/customers", "externalId"): Try(
        lambda blue, red: CUSTOMER | {"externalId": EXTERNAL}, scoped=OWN_WORDS
    ),
    ("workflows", "POST /api/customers", "owner"): Try(lambda blue, red: CUSTOMER | {"owner": PERSON}, "owner"),
    ("workflows", "POST /api/customers", "salesforceOpportunityId"): Try(
        lambda blue, red: CUSTOMER | {"salesforceOpportunityId": "006000000000001"}, scoped=CRM_ID
    ),
    ("workflows", "PATCH /api/customers/{customer_id}", "externalId"): Try(
        lambda blue, red: {"externalId": f"{EXTERNAL}-2"}, scoped=OWN_WORDS
    ),
    ("workflows", "PATCH /api/customers/{customer_id}", "owner"): OWNER,
    ("workflows", "PATCH /api/customers/{customer_id}", "salesforceOpportunityId"): Try(
        lambda blue, red: {"salesforceOpportunityId": "006000000000001"}, scoped=CRM_ID
    ),
    ("workflows", "POST /api/contacts", "customerId"): Try(lambda blue, red: CONTACT | {"customerId": blue["customer_id"]}),
    ("workflows", "POST /api/contacts", "successorId"): Try(
        lambda blue, red: CONTACT | {"customerId": red["customer_id"], "successorId": blue["contact_id"]}, "successorId"
    ),
    ("workflows", "POST /api/contacts/merge", "keepId"): Try(
        lambda blue, red: {"keepId": blue["contact_id"], "otherIds": [red["contact_id"]]}
    ),
    ("workflows", "POST /api/contacts/merge", "otherIds"): Try(
        lambda blue, red: {"keepId": red["contact_id"], "otherIds": [blue["contact_id"]]}
    ),
    ("workflows", "POST /api/contacts", "deputyId"): Try(
        lambda blue, red: CONTACT | {"customerId": red["customer_id"], "deputyId": blue["contact_id"]}, "deputyId"
    ),
    ("workflows", "PATCH /api/contacts/{contact_id}", "deputyId"): Try(
        lambda blue, red: {"deputyId": blue["contact_id"]}, "deputyId"
    ),
    ("workflows", "POST /api/customers/{customer_id}/contracts", "relatesToId"): Try(
        lambda blue, red: {"title": "T", "text": "t", "relation": "amends", "relatesToId": blue["contract_id"]}
    ),
    ("workflows", "PATCH /api/customers/{customer_id}/contracts/{contract_id}", "relatesToId"): Try(
        lambda blue, red: {"relation": "amends", "relatesToId": blue["contract_id"]}
    ),
    ("workflows", "POST /api/contacts", "salesforceId"): Try(
        lambda blue, red: CONTACT | {"customerId": red["customer_id"], "salesforceId": "003000000000001"}, scoped=CRM_ID
    ),
    ("workflows", "PATCH /api/contacts/{contact_id}", "successorId"): Try(
        lambda blue, red: {"successorId": blue["contact_id"]}, "successorId"
    ),
    ("workflows", "PATCH /api/contacts/{contact_id}", "salesforceId"): Try(
        lambda blue, red: {"salesforceId": "003000000000001"}, scoped=CRM_ID
    ),
    ("workflows", "POST /api/workflows/executions", "customerId"): Try(
        lambda blue, red: {"customerId": blue["customer_id"], "stage": "discovery"}
    ),
    ("workflows", f"PATCH {PLAN}", "aiTasks.id"): Try(lambda blue, red: {"aiTasks": [{"id": blue["ai_item"]}]}, "aiTasks.0.id"),
    ("workflows", f"PATCH {PLAN}", "aiTasks.owner"): Try(
        lambda blue, red: {"aiTasks": [{"id": red["ai_item"], "owner": PERSON}]}, "aiTasks.0.owner"
    ),
    ("workflows", f"PATCH {PLAN}", "csmTasks.id"): Try(
        lambda blue, red: {"csmTasks": [{"id": blue["csm_item"]}]}, "csmTasks.0.id"
    ),
    ("workflows", f"PATCH {PLAN}", "csmTasks.owner"): Try(
        lambda blue, red: {"csmTasks": [{"id": red["csm_item"], "owner": PERSON}]}, "csmTasks.0.owner"
    ),
    ("workflows", f"PATCH {PLAN}", "csmTasks.subTasks.owner"): Try(
        lambda blue, red: {"csmTasks": [{"id": red["csm_item"], "subTasks": [{"title": "S", "owner": PERSON}]}]},
        "csmTasks.0.subTasks.0.owner",
    ),
    ("workflows", f"PATCH {PLAN}", "csmTasks.subTasks.id"): Try(
        lambda blue, red: {"csmTasks": [{"id": red["csm_item"], "subTasks": [{"id": blue["csm_item"], "title": "S"}]}]},
        scoped=NEW_ONE,
    ),
    ("workflows", "POST /api/workflows/tasks", "owner"): Try(lambda blue, red: {"title": "T", "owner": PERSON}, "owner"),
    ("workflows", "POST /api/workflows/tasks", "customerId"): Try(
        lambda blue, red: {"title": "T", "customerId": blue["customer_id"]}
    ),
    ("workflows", "POST /api/workflows/tasks", "executionId"): Try(
        lambda blue, red: {"title": "T", "executionId": blue["execution_id"]}
    ),
    ("workflows", "POST /api/workflows/tasks", "parentTaskId"): Try(
        lambda blue, red: {"title": "T", "parentTaskId": blue["task_id"]}
    ),
    ("workflows", "PATCH /api/workflows/tasks/{task_id}", "owner"): OWNER,
    ("workflows", "PATCH /api/workflows/tasks/{task_id}", "customerId"): Try(
        lambda blue, red: {"customerId": blue["customer_id"]}, "customerId"
    ),
    ("workflows", "POST /api/workflows/tasks/{task_id}/hand-over", "owner"): OWNER,
    ("workflows", "POST /api/workflows/tasks/{task_id}/comments", "mentions"): Try(
        lambda blue, red: {"body": "Hm", "mentions": [PERSON]}, "mentions"
    ),
    ("workflows", "POST /api/customers/batches", "owner"): Try(
        lambda blue, red: {"customerIds": [red["customer_id"]], "action": "hand_over", "owner": PERSON}, "owner"
    ),
    ("workflows", "POST /api/customers/batches", "customerIds"): Try(
        lambda blue, red: {"customerIds": [blue["customer_id"]], "action": "create_task", "title": "T"}, scoped=OWN_RECEIPT
    ),
    ("workflows", "POST /api/workflows/tasks/batches", "owner"): Try(
        lambda blue, red: {"taskIds": [red["task_id"]], "action": "hand_over", "owner": PERSON}, "owner"
    ),
    ("workflows", "POST /api/workflows/tasks/batches", "taskIds"): Try(
        lambda blue, red: {"taskIds": [blue["task_id"]], "action": "complete"},
        scoped="its receipt says not_found, as of one that there is not",
    ),
    ("workflows", "POST /api/workflows/tasks/{task_id}/reopen", "subTaskIds"): Try(
        lambda blue, red: {"subTaskIds": [blue["task_id"]]}, "subTaskIds.0"
    ),
    ("workflows", "POST /api/workflows/triggers", "customerId"): Try(
        lambda blue, red: {
            "customerId": blue["customer_id"], "stage": "discovery", "triggerDate": "2027-03-01", "conditions": [],
        }
    ),
    ("workflows", "POST /internal/runs/{run_id}/retry", "fromStep"): RETRY,
    ("executor", "POST /api/ai-tasks", "id"): Try(lambda blue, red: ECHO | {"id": blue["task_id"]}, scoped=OWN_ID),
    ("executor", "POST /api/ai-tasks", "subject"): Try(lambda blue, red: ECHO | {"subject": blue["task_id"]}, scoped=ITS_SUBJECT),
    ("executor", "POST /api/ai-tasks", "source.id"): Try(
        lambda blue, red: ECHO | {"source": {"service": "billing", "kind": "task", "id": blue["task_id"]}}, scoped=ITS_SUBJECT
    ),
    ("executor", "POST /api/sandbox-crm/faults", "opportunityId"): Try(
        lambda blue, red: {"opportunityId": blue["opportunity_id"], "error": "TIMEOUT", "times": 0}, scoped=CRM_ID
    ),
    ("executor", "POST /internal/runs/{run_id}/retry", "fromStep"): Try(
        lambda blue, red: {"fromStep": blue["task_id"], "dryRun": True}
    ),
}  # fmt: skip

TRIES |= {
    (service, "POST /api/parked-changes/retry", "subject"): Try(
        lambda blue, red: {"source": "executor", "kind": "act", "subject": next(iter(blue.values()))}
    )
    for service in ("runs", "workflows", "executor", "monitor")
}

NO_IDS = {("runs", f"PATCH {STEP_PATH}/rows/{{row_id}}", "draft.subject"), ("runs", f"POST {ACTIONS}", "subject")}
"""What a mail is about."""

OF_OWNERS = {("monitor", "POST /api/runs/{run_id}/retry", "fromStep")}
"""Handed on to the owner of the run, for the person who asks; the owner's own field is tried above."""


def id_fields(service: str, openapi: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    """(service, "METHOD path", field) of every field of a body that holds an id."""
    for path, operations in openapi["paths"].items():
        for method, operation in operations.items():
            content = operation.get("requestBody", {}).get("content", {}) if isinstance(operation, dict) else {}
            for media in content.values():
                for field in _fields(media["schema"], openapi, ()):
                    if ID_FIELD.search(field[-1]):
                        yield service, f"{method.upper()} {path}", ".".join(field)


def _fields(schema: dict[str, Any], openapi: dict[str, Any], place: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    if "$ref" in schema:
        schema = openapi["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    for part in (*schema.get("allOf", ()), *schema.get("anyOf", ()), *schema.get("oneOf", ())):
        yield from _fields(part, openapi, place)
    for name, field in schema.get("properties", {}).items():
        yield (*place, name)
        yield from _fields(field, openapi, (*place, name))
    if isinstance(schema.get("items"), dict):
        yield from _fields(schema["items"], openapi, place)
