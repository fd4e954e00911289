"""Two tenants with things of every kind at every service, and what the rows of one of them are."""

from __future__ import annotations

import hashlib
import json
from datetime import timedelta
from typing import Any

from services.executor.providers.mail import Letter, Mailbox
from services.monitor import people
from services.monitor.models import notices
from shared.database.connection import session
from shared.ground import clock, ids
from shared.ground.principal import Principal
from shared.security.tokens import Signer
from tests.contracts import things
from tests.contracts.following import follow

Applications = dict[str, Any]
BLUE, RED, GREEN = "blue", "red", "green"
NOTE = {"subject": "Secret note", "description": "Of one tenant alone."}
CUSTOMER = {"name": "Secret Harbor", "arr": "1000.00", "currency": "USD", "renewalDate": "2027-06-01"}


def admin_of(tenant_id: str) -> Principal:
    """An admin of a tenant."""
    return Principal("person", ids.named("admin", tenant_id), "Admin", tenant_id, roles=frozenset({"admin"}))


def secret_of(tenant_id: str) -> str:
    """A word that stands in the names of a tenant's things, and nowhere else."""
    return f"secret-of-{tenant_id}"


def external_id_of(tenant_id: str) -> str:
    """How the tenant's own systems call its customer and its partnership."""
    return f"EXT-{tenant_id}"


def headers_of(applications: Applications, by: Principal) -> dict[str, str]:
    """The bearer token of a person, who takes answers as they are: what is compared is their bytes."""
    token = Signer("monitor", applications["monitor"][1].keys).for_person(by, clock.now(), lifetime=timedelta(hours=2))
    return {"Authorization": f"Bearer {token}", "Accept-Encoding": "identity"}


def service_headers(applications: Applications, by: Principal) -> dict[str, str]:
    """The token of the monitor on behalf of a person, for run control."""
    token = Signer("monitor", applications["monitor"][1].keys).for_service(clock.now(), person=by)
    return {"Authorization": f"Bearer {token}", "Accept-Encoding": "identity"}


def filled(applications: Applications, tenant_id: str) -> dict[str, dict[str, str]]:
    """Make things in a tenant by REST; their ids by the names that paths have for them, a service each."""
    by = admin_of(tenant_id)
    headers = headers_of(applications, by)
    with session(applications["monitor"][0].extensions["tandem"].feed.database):
        people.add_tenant(tenant_id, name=tenant_id, time_zone="UTC", country="US", by=by, now=clock.now())
    runs = applications["runs"][0]
    made = {
        "runs": things.made(runs, headers),
        "workflows": _workflows(applications["workflows"][0], headers, by),
        "executor": _executor(applications["executor"][0], headers, tenant_id),
    }
    named = {"externalId": external_id_of(tenant_id)}
    path = f"/api/partnerships/{made['runs']['partnership_id']}"
    assert runs.test_client().patch(path, json=named, headers=headers).status_code == 200
    for source in ("executor", "workflows", "runs"):
        follow(applications, "monitor", source)
    made["monitor"] = _monitor(applications["monitor"][0], headers, made, tenant_id)
    for reader in ("runs", "workflows", "executor"):
        follow(applications, reader, "monitor")
    return made


def _poster(application: Any, headers: dict[str, str]) -> Any:
    client = application.test_client()

    def post(path: str, body: Any) -> Any:
        answer = client.post(path, json=body, headers=headers)
        assert answer.status_code in (200, 201), (path, answer.text)
        return answer.json

    return post


def _workflows(application: Any, headers: dict[str, str], by: Principal) -> dict[str, str]:
    post = _poster(application, headers)
    customer = post(
        "/api/customers",
        CUSTOMER
        | {"name": f"Harbor {secret_of(by.tenant_id)}", "owner": by.id, "externalId": external_id_of(by.tenant_id)},
    )["id"]
    contract = post(f"/api/customers/{customer}/contracts", {"title": "Secret paper", "text": "It renews for a year."})
    contact, successor = (
        post("/api/contacts", {"customerId": customer, "name": name, "role": "champion"})["id"]
        for name in ("Secret Sam", "Secret Sue")
    )
    execution = post("/api/workflows/executions", {"customerId": customer, "stage": "discovery"})
    path = f"/api/workflows/executions/{execution['id']}"
    for step in execution["steps"][:-1]:
        given = {"relationshipScore": 8, "confidenceScore": 7} if step["kind"] == "assessment" else {}
        post(f"{path}/steps/{step['id']}/complete", {"input": given})
    plan = post(f"{path}/action-plan/generate", {})
    task = post(
        "/api/workflows/tasks", {"title": "Secret task", "customerId": customer, "executionId": execution["id"]}
    )
    double = post("/api/contacts", {"customerId": customer, "name": "Secret Sam"})["id"]
    reading = {"on": "2026-01-31", "site": f"Secret site {secret_of(by.tenant_id)}", "active": 3}
    trigger = {"customerId": customer, "stage": "discovery", "triggerDate": "2027-03-01", "conditions": []}
    return {
        "customer_id": customer,
        "contract_id": contract["id"],
        "fact_id": post(f"/api/customers/{customer}/facts", {"kind": "escalation", "note": "Secret"})["id"],
        "hold_id": post(f"/api/customers/{customer}/holds", {"reason": "Secret", "untilOn": "2090-01-01"})["id"],
        "reading_id": post(f"/api/customers/{customer}/usage", reading)["id"],
        "merge_id": post("/api/contacts/merge", {"keepId": successor, "otherIds": [double]})["id"],
        "import_id": post("/api/imports", {"kind": "customers", "csv": "name\nSecret row\n"})["id"],
        "contact_id": contact,
        "successor_id": successor,
        "execution_id": execution["id"],
        "run_id": execution["id"],
        "step_id": execution["steps"][0]["id"],
        "task_id": task["id"],
        "comment_id": post(f"/api/workflows/tasks/{task['id']}/comments", {"body": "Secret"})["id"],
        "batch_id": post("/api/workflows/tasks/batches", {"taskIds": [task["id"]], "action": "complete"})["id"],
        "trigger_id": post("/api/workflows/triggers", trigger)["id"],
        "ai_item": plan["aiTasks"][0]["id"],
        "csm_item": plan["csmTasks"][0]["id"],
    }


def _executor(application: Any, headers: dict[str, str], tenant_id: str) -> dict[str, str]:
    here = application.extensions["tandem.executor"]
    deadline = {
        "customerId": "c",
        "deadline": "2027-01-01",
        "kind": "notice",
        "message": "Secret",
        "alertDaysBefore": [1],
    }
    body = {"processor": "contract-deadline-alert", "title": f"Alert {secret_of(tenant_id)}", "metadata": deadline}
    task = _poster(application, headers)("/api/ai-tasks", body)["id"]
    letter = Letter(
        to=(Mailbox("Sam", "sam@secret.test"),), subject=f"Mail {secret_of(tenant_id)}", body="Secret words"
    )
    mail = here.mailbox.send(tenant_id, letter, key=f"{tenant_id}-mail", fence=1)["mailboxId"]
    opportunity = ids.new_id()
    here.crm.log_activity(tenant_id, opportunity, activity=NOTE, key=f"{tenant_id}-note", fence=1)
    file = application.test_client().post(
        f"/api/files?name={secret_of(tenant_id)}.txt", data=f"Paper of {tenant_id}".encode(), headers=headers
    )
    return {
        "task_id": task,
        "run_id": task,
        "effect": "mail",
        "mail_id": mail,
        "opportunity_id": opportunity,
        "sha256": file.json["sha256"],
    }


def _monitor(
    application: Any, headers: dict[str, str], made: dict[str, dict[str, str]], tenant_id: str
) -> dict[str, str]:
    person = {"name": "Secret Person", "email": f"{ids.new_id()}@secret.test", "role": "member"}
    post = _poster(application, headers)
    person_id = post("/api/people", person)["id"]
    post(f"/api/people/{person_id}/invitation", {})
    notified = {
        "id": ids.new_id(),
        "tenant_id": tenant_id,
        "kind": "mention",
        "title": f"Mention {secret_of(tenant_id)}",
        "body": "",
        "source": "runs",
        "created_at": clock.now(),
    }
    feed = application.extensions["tandem"].feed
    with session(feed.database), feed.transaction():
        notices.publish([notified | dict.fromkeys(("recipient_id", "link", "by_id", "group_id"))])
    view = {"page": "customers", "name": secret_of(tenant_id), "query": "owner=me"}
    return {
        "view_id": _poster(application, headers)("/api/saved-views", view)["id"],
        "run_id": made["workflows"]["execution_id"],
        "step_id": made["workflows"]["step_id"],
        "name": "mail",
        "person_id": person_id,
        "notification_id": notified["id"],
    }


def rows_of(applications: Applications, tenant_id: str) -> dict[tuple[str, str], str]:
    """What stands of a tenant at all services, a digest a table: equal before and after means that nothing was touched."""
    return {
        (service, table): hashlib.sha256(json.dumps(rows, default=str).encode()).hexdigest()
        for service, (application, _) in applications.items()
        for table, rows in _tables(application.extensions["tandem"].feed.database, tenant_id)
    }


def _tables(database: Any, tenant_id: str) -> list[tuple[str, list[Any]]]:
    with session(database):
        named = [
            table
            for table in database.get_tables()
            if any(column.name == "tenant_id" for column in database.get_columns(table))
        ]
        return [
            (
                table,
                sorted(
                    map(
                        str,
                        database.execute_sql(
                            f'SELECT * FROM "{table}" WHERE tenant_id = {database.param}', (tenant_id,)
                        ),
                    )
                ),
            )
            for table in named
        ]
