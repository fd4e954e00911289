"""The REST door of the executor: what is accepted, what is refused and how, and who may see what."""

from __future__ import annotations

import sqlite3
import uuid
from dataclasses import replace

import pytest

from services.executor import submitting
from services.executor.app import CONTEXT
from services.executor.documents import DocumentReader
from services.executor.executing import Runner, RunningTask
from services.executor.models import AiTask, Effect, db, feed
from services.executor.processors import Providers, registry
from services.executor.providers.sandbox_crm import SandboxCrm
from services.executor.submitting import Submission
from shared.ground import clock, ids
from shared.ground.principal import Principal
from shared.ground.settings_table import SERVICES
from shared.security.tokens import Signer
from tests.executor.conftest import LIMITS, make_mailbox

REGISTRY = registry.load(rehearsal=True)
ECHO = {"processor": "test-echo", "metadata": {"say": "hello"}}


@pytest.fixture(scope="module")
def app(settings):
    CONTEXT.connect(settings)
    return CONTEXT.make_app(settings)


class Caller:
    """One person, or one service, at the door."""

    def __init__(self, app, token):
        self.client, self.headers = app.test_client(), {"Authorization": f"Bearer {token}"}

    def get(self, path):
        return self._ask(self.client.get, path, headers=self.headers)

    def post(self, path, body=None, **headers):
        sent = self.headers | {name.replace("_", "-"): value for name, value in headers.items()}
        return self._ask(self.client.post, path, json={} if body is None else body, headers=sent)

    def _ask(self, method, *args, **options):
        answer = method(*args, **options)
        # The application gave this thread's connection back; the test goes on with it.
        db.connect(reuse_if_open=True)
        return answer


@pytest.fixture
def person(app, settings, database):
    """`person("operator")` -> somebody of the tenant demo with that role."""

    def make(role="member", tenant="demo"):
        by = Principal("person", "ana", "Ana Alvarez", tenant, roles=frozenset({role}))
        return Caller(app, Signer("monitor", settings.keys).for_person(by, clock.now()))

    return make


@pytest.fixture
def service(app, settings, database):
    """The monitor, on behalf of a person of demo, or of nobody."""

    def make(role="member", tenant="demo"):
        by = Principal("person", "ana", "Ana Alvarez", tenant, roles=frozenset({role})) if role else None
        return Caller(app, Signer("monitor", settings.keys).for_service(clock.now(), person=by))

    return make


@pytest.fixture
def ana(person):
    return person()


@pytest.fixture
def made(ana):
    """A queued task."""
    return ana.post("/api/ai-tasks", ECHO).json


def fail_with_unknown_outcome(task_id):
    AiTask.update(
        status="failed",
        finished_at=clock.now(),
        error={
            "type": "T",
            "message": "outcome unknown",
            "stackTrace": "S",
            "permanent": False,
            "outcomeUnknown": True,
        },
    ).where(AiTask.id == task_id).execute()
    add_effect(task_id, "unknown")


def add_effect(task_id, status):
    Effect.insert(
        origin=task_id,
        name="echo",
        tenant_id="demo",
        task_id=task_id,
        key="k",
        fence=1,
        status=status,
        intended_at=clock.now(),
    ).execute()


def test_a_task_is_asked_for_and_can_be_read(person):
    developer = person("developer")
    source = {"service": "billing", "kind": "invoice", "id": "t"}
    answer = developer.post("/api/ai-tasks", ECHO | {"subject": "c1", "source": source})
    assert answer.status_code == 201
    body = developer.get(f"/api/ai-tasks/{answer.json['id']}").json
    assert body == answer.json
    assert (body["status"], body["processor"], body["priority"], body["subject"]) == ("queued", "test-echo", 3, "c1")
    assert (body["attempts"], body["effects"], body["artifacts"]) == ([], [], [])
    assert (body["createdAt"][-1], body["metadata"], body["source"]) == ("Z", ECHO["metadata"], source)


@pytest.mark.parametrize("make", [ids.new_id, lambda: str(uuid.uuid4())])
def test_the_same_id_twice_is_one_task(ana, make):
    task_id = make()
    first, second = (ana.post("/api/ai-tasks", ECHO | {"id": task_id}) for _ in range(2))
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json["id"] == second.json["id"] == task_id
    assert AiTask.select().count() == 1
    assert ana.post("/api/ai-tasks", ECHO | {"id": task_id, "priority": 1}).status_code == 409


def test_an_id_that_another_tenant_has_is_theirs_and_nobody_learns_of_it(ana, person):
    theirs, stranger = str(uuid.uuid4()), person(tenant="acme")
    ana.post("/api/ai-tasks", ECHO | {"id": theirs, "priority": 1})
    first, second = (stranger.post("/api/ai-tasks", ECHO | {"id": theirs}) for _ in range(2))
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json["id"] == second.json["id"] != theirs
    assert stranger.get(f"/api/ai-tasks/{first.json['id']}").status_code == 200
    assert ana.get(f"/api/ai-tasks/{theirs}").json["priority"] == 1


def test_a_person_takes_no_id_that_a_plan_or_a_mail_will_have(ana):
    """Else the task that is asked for under this id would never be made."""
    planned = ids.named("plan-item", "execution", "contact update")
    first, second = (ana.post("/api/ai-tasks", ECHO | {"id": planned}) for _ in range(2))
    assert first.status_code == 201
    assert first.json["id"] == second.json["id"] != planned
    by = Principal.service("workflows", "demo")
    asked_for = Submission(planned, "demo", "test-echo", {"say": "hello"})
    task, new = submitting.submit(asked_for, by=by, now=clock.now(), registry=REGISTRY, max_attempts=4)
    assert (task.id, new) == (planned, True)


@pytest.mark.parametrize("claimed", SERVICES)
def test_only_a_service_says_that_a_task_is_its_own(ana, person, service, claimed):
    source = {"service": claimed, "kind": "workflow-execution", "id": "e1"}
    for caller in (ana, person("super_admin"), service()):
        answer = caller.post("/api/ai-tasks", ECHO | {"source": source})
        assert (answer.status_code, list(answer.json["errors"])) == (422, ["source.service"])
    assert AiTask.select().count() == 0


def test_a_service_says_so_for_itself_alone(app, settings, database):
    token = Signer("workflows", settings.keys).for_service(clock.now(), tenant_id="demo")
    workflows, planned = Caller(app, token), ids.new_id()
    own, others = ({"service": name, "kind": "task", "id": "t"} for name in ("workflows", "runs"))
    answer = workflows.post("/api/ai-tasks", ECHO | {"source": own, "id": planned})
    assert (answer.status_code, answer.json["id"]) == (201, planned)
    assert workflows.post("/api/ai-tasks", ECHO | {"source": others}).status_code == 422


def test_payloads_are_for_developers_and_services(app, person, service, ana, made):
    run(made["id"], app.extensions["tandem.executor"])
    Effect.insert(
        origin=made["id"], name="echo", tenant_id="demo", task_id=made["id"], key="k", fence=1, status="done",
        intended_at=clock.now(), outcome={"messageId": "m"},
    ).execute()  # fmt: skip
    path = f"/api/ai-tasks/{made['id']}"
    for caller, sees in ((ana, False), (person("developer"), True), (service("operator"), True), (service(), False)):
        body = caller.get(path).json
        shown = (body["metadata"], body["result"] is not None, body["effects"][0]["outcome"])
        assert shown == ((ECHO["metadata"], True, {"messageId": "m"}) if sees else (None, False, None))
        assert (body["status"], body["effects"][0]["status"]) == ("success", "done")


def test_an_idempotency_key_makes_one_task(ana):
    first, second = (ana.post("/api/ai-tasks", ECHO, Idempotency_Key="k1") for _ in range(2))
    assert first.json == second.json
    assert ana.post("/api/ai-tasks", ECHO | {"priority": 1}, Idempotency_Key="k1").status_code == 409
    assert AiTask.select().count() == 1


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"processor": "unheard-of"}, "processor"),
        ({"processor": "../../etc/passwd"}, "processor"),
        ({"processor": "x" * 100}, "processor"),
        ({"processor": None}, "processor"),
        ({"metadata": {"shout": 1}}, "metadata.shout"),
        ({"metadata": {"say": "x" * 300}}, "metadata.say"),
        ({"metadata": "text"}, "metadata"),
        ({"priority": 0}, "priority"),
        ({"priority": "high"}, "priority"),
        ({"runAt": "tomorrow"}, "runAt"),
        ({"source": {"service": "x"}}, "source.kind"),
        ({"id": "no-uuid"}, "id"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_a_bad_field_is_422_and_names_itself(ana, change, field):
    answer = ana.post("/api/ai-tasks", ECHO | change)
    assert answer.status_code == 422
    assert answer.content_type == "application/problem+json"
    assert field in answer.json["errors"]
    assert AiTask.select().count() == 0


def test_the_list_has_no_payloads_and_can_be_filtered(ana, made):
    ana.post("/api/ai-tasks", ECHO | {"title": "Another", "source": {"service": "a", "kind": "b", "id": "c"}})
    assert len(ana.get("/api/ai-tasks").json["items"]) == 2
    assert not {"metadata", "result", "error"} & set(ana.get("/api/ai-tasks").json["items"][0])
    for query, count in {
        "status=queued": 2,
        "status=failed": 0,
        "processor=test-echo": 2,
        "processor=x": 0,
        "source=a:b:c": 1,
        "q=nothe": 1,
        f"q={made['id']}": 1,
    }.items():
        assert len(ana.get(f"/api/ai-tasks?{query}").json["items"]) == count, query


@pytest.mark.parametrize("query", ["status=flying", "source=a:b", "limit=1000", "cursor=x"])
def test_a_bad_filter_is_422(ana, query):
    assert ana.get(f"/api/ai-tasks?{query}").status_code == 422


def test_a_cursor_walks_every_task_once(ana):
    expected = {ana.post("/api/ai-tasks", ECHO).json["id"] for _ in range(5)}
    seen, cursor = [], ""
    while cursor is not None:
        body = ana.get("/api/ai-tasks?limit=2" + (f"&cursor={cursor}" if cursor else "")).json
        seen += [task["id"] for task in body["items"]]
        cursor = body["pagination"]["next"]
    assert (len(seen), set(seen)) == (5, expected)


def test_another_tenants_task_is_not_found_whatever_is_asked(person, made):
    stranger = person("operator", tenant="acme")
    path = f"/api/ai-tasks/{made['id']}"
    assert stranger.get(path).status_code == 404
    for verb in ("execute", "retry", "cancel"):
        assert stranger.post(f"{path}/{verb}").status_code == 404
    assert stranger.post(f"{path}/effects/echo/resolve", {"happened": True, "reason": "x"}).status_code == 404
    assert stranger.get("/api/ai-tasks").json["items"] == []


def test_unknown_ids_are_404(ana):
    assert ana.get("/api/ai-tasks/none").status_code == 404
    assert ana.post("/api/ai-tasks/none/retry").status_code == 404


def test_nobody_is_let_in_without_a_token(app, database):
    client = app.test_client()
    for path in ("/api/ai-tasks", "/api/processors", "/api/queues", "/api/sandbox-crm/opportunities/x"):
        assert client.get(path).status_code == 401


def test_execute_retry_and_cancel(ana, made):
    path = f"/api/ai-tasks/{made['id']}"
    assert ana.post(f"{path}/execute").json["priority"] == 1
    assert ana.post(f"{path}/retry").status_code == 409
    cancelled = ana.post(f"{path}/cancel", {"reason": "Not wanted."})
    assert cancelled.json["status"] == "cancelled"
    refused = ana.post(f"{path}/cancel")
    assert (refused.status_code, refused.json["allowed"]) == (409, ["execute", "retry"])
    again = ana.post(f"{path}/retry")
    assert (again.status_code, again.json["retryOf"]) == (201, made["id"])


def test_a_changed_task_is_412_for_whoever_read_it_before(ana, made):
    path = f"/api/ai-tasks/{made['id']}"
    tag = ana.get(path).headers["ETag"]
    assert ana.post(f"{path}/execute", If_Match=tag).status_code == 200
    assert ana.post(f"{path}/cancel", If_Match=tag).status_code == 412
    assert ana.post(f"{path}/cancel", If_Match=ana.get(path).headers["ETag"]).status_code == 200


def test_a_task_that_changes_while_its_effect_is_being_resolved_is_stale_for_who_read_it_before(
    person, made, monkeypatch
):
    fail_with_unknown_outcome(made["id"])
    path, operator = f"/api/ai-tasks/{made['id']}", person("operator")
    tag = operator.get(path).headers["ETag"]
    begin = feed.transaction

    def another_was_first():
        AiTask.update(version=AiTask.version + 1).execute()
        return begin()

    monkeypatch.setattr(feed, "transaction", another_was_first)
    told = {"happened": True, "reason": "It stands in the CRM."}
    assert operator.post(f"{path}/effects/echo/resolve", told, If_Match=tag).status_code == 412
    assert Effect.get().status == "unknown"


@pytest.mark.parametrize("verb", ["execute", "cancel", "effects/echo/resolve"])
def test_an_answer_has_the_tag_of_the_task_as_it_then_stands(person, made, verb):
    if verb == "effects/echo/resolve":
        fail_with_unknown_outcome(made["id"])
    else:
        add_effect(made["id"], "intended")
    path, operator = f"/api/ai-tasks/{made['id']}", person("operator")
    told = {"happened": True, "reason": "Seen."} if verb == "effects/echo/resolve" else {}
    answer = operator.post(f"{path}/{verb}", told)
    assert answer.status_code == 200
    read = operator.get(path)
    assert (answer.headers["ETag"], answer.json) == (read.headers["ETag"], read.json)


def test_a_stack_trace_is_for_developers_and_the_message_for_all(person, made, claim, runner, known):
    AiTask.update(metadata={"fail": "exception"}).execute()
    task = claim(at=clock.now())
    runner.run(RunningTask(task, 60), known["test-echo"])
    path = f"/api/ai-tasks/{made['id']}"
    for role, sees in (("member", False), ("developer", True), ("operator", True)):
        body = person(role).get(path).json
        for error in (body["error"], body["attempts"][0]["error"]):
            assert error["message"] == "This breaks, as it was told to."
            assert ("ArithmeticError" in (error["stackTrace"] or "")) == sees


def test_only_an_operator_resolves_an_unknown_outcome_and_then_it_may_be_retried(person, made):
    fail_with_unknown_outcome(made["id"])
    path = f"/api/ai-tasks/{made['id']}"
    told = {"happened": True, "reason": "It stands in the CRM."}
    assert person("developer").post(f"{path}/effects/echo/resolve", told).status_code == 403
    operator = person("operator")
    assert operator.post(f"{path}/retry").json["allowed"] == ["resolve"]
    assert operator.post(f"{path}/effects/ping/resolve", told).status_code == 404
    assert operator.post(f"{path}/effects/echo/resolve", {"happened": True}).status_code == 422
    resolved = operator.post(f"{path}/effects/echo/resolve", told)
    assert (resolved.status_code, resolved.json["effects"][0]["status"]) == (200, "done")
    assert not resolved.json["error"]["outcomeUnknown"]
    assert operator.post(f"{path}/effects/echo/resolve", told).status_code == 409
    assert operator.post(f"{path}/retry").status_code == 201


def test_processors_are_listed_with_their_schemas(ana, known):
    items = ana.get("/api/processors").json["items"]
    assert [item["name"] for item in items] == known.names()
    assert items[0]["metadataSchema"]["additionalProperties"] is False


def test_queues_are_for_operators_and_show_depth_age_and_what_runs(person, made, claim):
    assert person("developer").get("/api/queues").status_code == 403
    (queue,) = person("operator").get("/api/queues").json["items"]
    assert (queue["name"], queue["depth"], queue["running"]) == ("executor.work", 1, 0)
    assert queue["oldestSeconds"] >= 0
    assert queue["processors"][0]["processor"] == "test-echo"
    claim(at=clock.now())
    (queue,) = person("operator").get("/api/queues").json["items"]
    assert (queue["depth"], queue["running"], queue["oldestSeconds"]) == (0, 1, None)


def test_what_the_sandbox_crm_holds_can_be_seen_and_its_faults_set(app, person, ana):
    opportunity, developer = ids.new_id(), person("developer")
    path = f"/api/sandbox-crm/opportunities/{opportunity}"
    assert (ana.get(path).status_code, developer.get(path).status_code) == (403, 404)
    told = {"opportunityId": opportunity, "error": "TIMEOUT", "times": 1, "afterCommit": True}
    assert ana.post("/api/sandbox-crm/faults", told).status_code == 403
    assert person("operator").post("/api/sandbox-crm/faults", told).status_code == 204
    metadata = {
        "opportunityId": opportunity,
        "oldContact": {"name": "Sarah Chen", "salesforceId": "003a"},
        "newContact": {"name": "Eric Estrada", "salesforceId": "003b"},
    }
    made = ana.post("/api/ai-tasks", {"processor": "salesforce-contact-updater", "metadata": metadata}).json
    run(made["id"], app.extensions["tandem.executor"])
    found = developer.get(path).json
    assert (found["Primary_Contact__c"], found["Previous_Contact__c"], len(found["activities"])) == ("003b", "003a", 1)
    body = ana.get(f"/api/ai-tasks/{made['id']}").json
    assert (body["status"], body["effects"][0]["status"]) == ("success", "done")


def run(task_id, here):
    from services.executor import claiming

    task = claiming.claim(owner="w", deadlines=here.registry.deadlines(), now=clock.now(), lease_seconds=60)
    assert task.id == task_id
    providers = Providers(crm=here.crm, mail=here.mailbox, files=here.files, documents=DocumentReader(LIMITS))
    Runner(providers, clock.now, 300).run(RunningTask(task, 60), here.registry[task.processor])


def test_a_sign_in_link_reaches_its_reader_and_nobody_who_looks_at_mails_and_tasks(app, person, ana):
    here = app.extensions["tandem.executor"]
    body = "Come in: https://tandem.test/sign-in?link=s3cret-Token_1 within a week."
    mail = {"to": [{"email": "new@demo.test"}], "subject": "Invitation", "body": body}
    task = ana.post("/api/ai-tasks", {"processor": "send-email", "metadata": mail}).json
    run(task["id"], here)
    shown = person("developer").get(f"/api/ai-tasks/{task['id']}").json["metadata"]["body"]
    (item,) = ana.get("/api/mailbox?q=new@demo.test").json["items"]
    read = ana.get(f"/api/mailbox/{item['id']}").json
    for text in (shown, str(read)):
        assert "s3cret" not in text
        assert "/sign-in?link=(hidden)" in text
    sent = here.mailbox.get_or_none("demo", item["id"])
    assert "s3cret-Token_1" in str(sent.contents)


def test_what_was_sent_can_be_read_in_the_mailbox_by_its_own_tenant_only(app, person, ana):
    metadata = {
        "to": [{"name": "Mia Lund", "email": "mia@harbor.test"}],
        "subject": "Our talk <b>today</b>",
        "body": "Dear Mia,\n<script>alert(1)</script>",
    }
    made = ana.post("/api/ai-tasks", {"processor": "send-email", "metadata": metadata}).json
    run(made["id"], app.extensions["tandem.executor"])
    result = person("developer").get(f"/api/ai-tasks/{made['id']}").json["result"]
    (item,) = ana.get("/api/mailbox?q=mia@HARBOR").json["items"]
    assert item == {
        "id": result["mailboxId"],
        "sentAt": result["sentAt"],
        "from": "no-reply@tandem.test",
        "to": ["mia@harbor.test"],
        "subject": metadata["subject"],
        "messageId": result["messageId"],
        "isInvitation": False,
    }
    mail = ana.get(f"/api/mailbox/{item['id']}").json
    assert (mail["text"], mail["ics"], mail["attachments"]) == (metadata["body"] + "\n", None, [])
    assert {"name": "To", "value": "Mia Lund <mia@harbor.test>"} in mail["headers"]
    assert ana.get("/api/mailbox?q=nobody").json["items"] == []
    stranger = person("admin", "acme")
    assert stranger.get("/api/mailbox").json["items"] == []
    assert stranger.get(f"/api/mailbox/{item['id']}").status_code == 404
    assert ana.get("/api/mailbox?cursor=nonsense").status_code == 422


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"to": []}, "metadata.to"),
        ({"to": [{"email": "mia at harbor"}]}, "metadata.to.0.email"),
        ({"to": [{"email": "mia@harbor.test\nBcc: all@harbor.test"}]}, "metadata.to.0.email"),
        ({"to": [{"email": "mia@harbor.test", "name": "Mia\r\nBcc: all@harbor.test"}]}, "metadata.to.0.name"),
        ({"subject": "Hello\nBcc: all@harbor.test"}, "metadata.subject"),
        ({"subject": ""}, "metadata.subject"),
        ({"replyTo": {"email": "@"}}, "metadata.replyTo.email"),
        ({"bcc": []}, "metadata.bcc"),
    ],
)
def test_a_mail_that_cannot_be_sent_is_refused_at_the_door_and_the_field_named(ana, change, field):
    metadata = {"to": [{"email": "mia@harbor.test"}], "subject": "Hello", "body": "Hi"} | change
    answer = ana.post("/api/ai-tasks", {"processor": "send-email", "metadata": metadata})
    assert (answer.status_code, list(answer.json["errors"])) == (422, [field])


@pytest.fixture
def away(app, tmp_path, monkeypatch):
    """A folder in which the mailbox and the CRM of the application cannot open their files."""
    (tmp_path / "a-file").write_text("")
    nowhere = replace(
        app.extensions["tandem.executor"],
        mailbox=make_mailbox(tmp_path / "a-file"),
        crm=SandboxCrm(tmp_path / "a-file" / "crm.sqlite3", read_clock=clock.now),
    )
    monkeypatch.setitem(app.extensions, "tandem.executor", nowhere)
    return tmp_path


@pytest.mark.parametrize("path", ["mailbox", "mailbox/a-mail", "sandbox-crm/opportunities/an-opportunity"])
def test_what_stands_in_for_a_system_outside_and_cannot_be_opened_is_503(person, away, path):
    answer = person("developer").get(f"/api/{path}")
    assert (answer.status_code, answer.json["title"]) == (503, "Unavailable")
    assert "is not to be had" in answer.json["detail"]
    assert str(away) not in answer.json["detail"]


@pytest.mark.parametrize("path", ["mailbox", "mailbox/a-mail"])
def test_a_mailbox_whose_index_breaks_while_it_is_read_is_503(app, ana, monkeypatch, path):
    def breaks(*_):
        raise sqlite3.OperationalError("disk I/O error")

    monkeypatch.setattr(app.extensions["tandem.executor"].mailbox._index, "_execute", breaks)
    answer = ana.get(f"/api/{path}")
    assert (answer.status_code, answer.json["title"]) == (503, "Unavailable")


def test_run_control_retries_for_a_person(service, ana, made):
    ana.post(f"/api/ai-tasks/{made['id']}/cancel")
    path = f"/internal/runs/{made['id']}/retry"
    dry = service().post(path, {"dryRun": True})
    assert dry.json == {"newRunId": None, "plan": {"runsAgain": ["Rehearse"], "fromCache": [], "standing": []}}
    assert AiTask.select().count() == 1
    assert service().post(path, {"fromStep": "elsewhere"}).status_code == 404
    new = service().post(path, {"fromStep": made["id"]}).json["newRunId"]
    assert ana.get(f"/api/ai-tasks/{new}").json["retryOf"] == made["id"]
    assert service().post(path).status_code == 409


def test_run_control_cancels_for_a_person(service, ana, made):
    path = f"/internal/runs/{made['id']}/cancel"
    assert service().post(path).json == {}
    assert ana.get(f"/api/ai-tasks/{made['id']}").json["status"] == "cancelled"
    assert service().post(path).status_code == 409


def test_run_control_is_for_services_and_for_runs_of_the_tenant(service, ana, made):
    assert ana.post(f"/internal/runs/{made['id']}/cancel").status_code == 403
    assert service(tenant="acme").post(f"/internal/runs/{made['id']}/cancel").status_code == 404
    assert service().post("/internal/runs/none/retry").status_code == 404


def test_a_token_of_no_tenant_makes_no_task(service):
    assert service(role=None).post("/api/ai-tasks", ECHO).status_code == 422


def test_a_commit_rings_the_workers_and_the_readers(app, ana, monkeypatch):
    rung = []
    before = feed.on_news
    monkeypatch.setattr(feed, "on_news", lambda kinds: rung.append(1) or before(kinds))
    ana.post("/api/ai-tasks", ECHO)
    assert rung


def test_the_openapi_document_names_every_route(app):
    paths = app.test_client().get("/openapi.json").json["paths"]
    for path in (
        "/api/ai-tasks",
        "/api/ai-tasks/{task_id}",
        "/api/ai-tasks/{task_id}/execute",
        "/api/ai-tasks/{task_id}/retry",
        "/api/ai-tasks/{task_id}/cancel",
        "/api/ai-tasks/{task_id}/effects/{effect}/resolve",
        "/api/processors",
        "/api/queues",
        "/api/sandbox-crm/opportunities/{opportunity_id}",
        "/api/sandbox-crm/faults",
        "/internal/runs/{run_id}/retry",
        "/internal/runs/{run_id}/cancel",
    ):
        assert path in paths
