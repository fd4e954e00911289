"""The console's pages of a plan in front of the real owner: what is refused is refused at its field, and nothing is lost."""

from __future__ import annotations

import re
from html import unescape

import pytest

from services.executor.processors import registry
from services.workflows.models import db, feed, replicas
from shared.database.connection import session
from shared.ground.principal import Principal
from tests.contracts import console, tenants

BY = Principal("person", "contract-tester", "Tester", "demo", roles=frozenset({"admin"}))
OURS = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture(scope="module")
def client(applications):
    console.connect(applications)
    with session(db), feed.transaction():
        for processor in registry.load(rehearsal=False):
            known = {"version": "1", "description": processor.description, "metadataSchema": processor.metadata_schema}
            replicas.upsert_processor({"id": processor.name, **known}, 1)
    return console.signed_in(applications, BY)


@pytest.fixture(scope="module")
def ask(applications):
    """`ask(method, path, body)` -> what the owner answers."""
    headers = tenants.headers_of(applications, BY)
    asked = applications["workflows"][0].test_client()
    return lambda method, path, body=None: asked.open(path, method=method, json=body, headers=headers).json


@pytest.fixture
def plan(client, ask):
    """A draft for a sample customer."""
    return draft(client, ask)


def draft(client, ask):
    customer = ask("GET", "/api/customers?q=Brightwater")["items"][0]
    started = ask("POST", "/api/workflows/executions", {"customerId": customer["id"], "stage": "discovery"})
    path = f"/api/workflows/executions/{started['id']}"
    for step in started["steps"][:5]:
        told = {"relationshipScore": 8, "confidenceScore": 7} if step["kind"] == "assessment" else {}
        ask("POST", f"{path}/steps/{step['id']}/complete", {"input": told})
    ask("POST", f"{path}/action-plan/generate", {})
    return Draft(client, ask, f"/app/renewals/{started['id']}", f"{path}/action-plan")


class Draft:
    """A draft of a plan, and the console's pages of it."""

    def __init__(self, client, ask, page, path):
        self.client, self.ask, self.page, self.path = client, ask, page, path

    def now(self):
        return self.ask("GET", self.path)

    def item(self, name="csmTasks", number=0):
        return self.now()[name][number]

    def get(self, path=""):
        return self.client.get(self.page + path)

    def form(self, path):
        """The form at this address, as a browser would send it unchanged."""
        return fields_of(self.get(path).text)

    def post(self, path, typed=None):
        return self.client.post(self.page + path, data=typed or {}, headers=OURS)

    def added(self, processor="send-email", **typed):
        """The answer to an AI item that is added by its form."""
        mail = {"title": "Write", "priority": "3", "metadata.to.0.email": "a@x.test", "metadata.subject": "Hello"}
        mail |= {"metadata.body": "Good morning.", "kind": "ai", "processor": processor}
        return self.post("/items/new", mail | {"version": str(self.now()["version"])} | typed)


def fields_of(text):
    """The fields of the form in an answer, and what stands in them."""
    form = re.search(r'<form id="ask".*?</form>', text, re.S)[0]
    found = {}
    for tag in re.findall(r"<input[^>]*>", form):
        told = {name: unescape(value) for name, value in re.findall(r'([\w-]+)="([^"]*)"', tag)}
        if told.get("type") != "checkbox" or "checked" in tag:
            found.setdefault(told.get("name"), []).append(told.get("value", ""))
    for name, text_of in re.findall(r'<textarea[^>]*name="([^"]*)"[^>]*>(.*?)</textarea>', form, re.S):
        found.setdefault(name, []).append(unescape(text_of))
    for name, options in re.findall(r'<select[^>]*name="([^"]*)"[^>]*>(.*?)</select>', form, re.S):
        chosen = re.search(r'value="([^"]*)" selected', options) or re.search(r'value="([^"]*)"', options)
        found.setdefault(name, []).append(unescape(chosen[1]))
    return found


def words(answer):
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", answer.text)).split())


def test_a_form_that_is_saved_unchanged_changes_nothing_of_any_item(plan):
    assert plan.added(do="approve").status_code == 303
    before = plan.now()
    for name in ("aiTasks", "csmTasks"):
        for item in before[name]:
            address = f"/items/{item['id']}/edit"
            assert plan.post(address, plan.form(address)).status_code == 303
    assert unsaid(plan.now()) == unsaid(before)


def unsaid(plan):
    """The items without who edited them, and without an owner where none is chosen."""
    return [[_unsaid(item) for item in plan[name]] for name in ("aiTasks", "csmTasks")]


def _unsaid(item):
    told = {
        name: value
        for name, value in item.items()
        if not name.startswith("edited") and (name, value) != ("owner", None)
    }
    return told | {"subTasks": [_unsaid(part) for part in item.get("subTasks") or []]}


def test_an_argument_that_its_schema_refuses_is_said_at_its_field_and_what_was_typed_stays(plan):
    answer = plan.added(**{"metadata.to.0.email": "nobody"})
    assert answer.status_code == 422
    wrong = re.search(r'id="d-metadata\.to\.0\.email">.*?</svg>\s*(.*?)</div>', answer.text, re.S)[1]
    assert "address" in wrong
    assert fields_of(answer.text)["metadata.to.0.email"] == ["nobody"]
    assert plan.added(**{"metadata.subject": ""}).status_code == 422
    assert plan.added(**{"metadata.to.0.email": ""}).status_code == 422
    assert [item["title"] for item in plan.now()["aiTasks"]].count("Write") == 0


def test_an_unknown_processor_and_an_item_of_another_plan_are_not_there(plan, client, ask):
    other, before = draft(client, ask).item()["id"], plan.now()
    assert plan.added(processor="nobody-knows").status_code == 404
    assert plan.get("/items/new?kind=ai&processor=../evil").status_code == 404
    assert plan.get(f"/items/{other}/edit").status_code == 404
    for move in ("approve", "undecide", "reject", "edit"):
        typed = {"reason": "x", "title": "x", "priority": "1"}
        assert plan.post(f"/items/{other}/{move}", typed).status_code == 404
    assert plan.now() == before


def test_finalize_from_the_page_waits_for_every_ai_item_and_names_those_that_wait(plan):
    assert plan.added().status_code == 303
    answer = plan.post("/finalize")
    assert answer.status_code == 409
    assert "AI item waits for a decision" in words(answer) or "AI items wait for a decision" in words(answer)
    assert plan.now()["status"] == "draft"
    listed = plan.get("/approve-all")
    assert "Hello" in words(listed)
    assert plan.post("/approve-all", fields_of(listed.text)).status_code == 303
    assert plan.post("/finalize").status_code == 303
    item = plan.now()["aiTasks"][-1]
    assert plan.post(f"/items/{item['id']}/approve").status_code == 409
    assert plan.post(f"/items/{item['id']}/edit", {"title": "Late", "priority": "1"}).status_code == 409
    assert plan.added().status_code == 409


def test_only_what_was_listed_is_approved(plan):
    listed = plan.form("/approve-all")
    plan.ask("PATCH", plan.path, {"csmTasks": [{"title": "Added by another"}]})
    answer = plan.post("/approve-all", listed)
    assert answer.status_code == 412
    assert "Added by another" in words(answer)
    assert {item["decision"] for item in plan.now()["csmTasks"]} == {"proposed"}


def test_an_item_that_somebody_changed_says_how_it_reads_and_what_was_typed_stays(plan):
    item = plan.item()
    address = f"/items/{item['id']}/edit"
    form = plan.form(address)
    plan.ask("PATCH", plan.path, {"csmTasks": [{"id": item["id"], "title": "Theirs", "decision": "approved"}]})
    answer = plan.post(address, form | {"title": "Mine"})
    assert answer.status_code == 412
    assert "it now reads “Theirs”, priority" in words(answer)
    again = fields_of(answer.text)
    assert again["title"] == ["Mine"]
    assert plan.item()["title"] == "Theirs"
    assert plan.post(address, again).status_code == 303
    assert plan.item()["title"] == "Mine"


def test_a_change_of_another_item_is_no_reason_to_stop(plan):
    first, second = plan.now()["csmTasks"][:2]
    address = f"/items/{first['id']}/edit"
    form = plan.form(address)
    plan.ask("PATCH", plan.path, {"csmTasks": [{"id": second["id"], "title": "Theirs"}]})
    assert plan.post(address, form | {"title": "Mine"}).status_code == 303
    assert [item["title"] for item in plan.now()["csmTasks"][:2]] == ["Mine", "Theirs"]


def test_sub_tasks_are_added_changed_and_taken_out_and_201_are_refused(plan):
    address = f"/items/{plan.item()['id']}/edit"
    form = plan.form(address)
    several = {"part-id": [""] * 3, "part-title": ["One", " ", "Two"], "part-dueDate": ["2020-01-31", "", ""]}
    several["part-owner"] = ["", "", ""]
    assert plan.post(address, form | several).status_code == 303
    parts = plan.item()["subTasks"]
    assert [(part["title"], part["dueDate"]) for part in parts] == [("One", "2020-01-31"), ("Two", None)]
    form = plan.form(address)
    assert form["part-title"][:2] == ["One", "Two"]
    form["part-title"][0] = ""
    assert plan.post(address, form).status_code == 303
    assert [part["id"] for part in plan.item()["subTasks"]] == [parts[1]["id"]]
    many = {
        f"part-{name}": [value] * 201 for name, value in (("id", ""), ("title", "x"), ("dueDate", ""), ("owner", ""))
    }
    answer = plan.post(address, plan.form(address) | many)
    assert answer.status_code == 422
    assert "50" in words(answer)


def test_a_due_day_in_the_past_is_allowed_and_shown(plan):
    item = plan.item()
    address = f"/items/{item['id']}/edit"
    assert plan.post(address, plan.form(address) | {"dueDate": "2020-01-31"}).status_code == 303
    assert "31 Jan 2020 , in the past" in words(plan.get(f"?item={item['id']}"))
    assert plan.post(address, plan.form(address) | {"dueDate": "soon"}).status_code == 422


def test_a_broken_item_is_not_approved_but_can_be_rejected_and_taken_back(plan):
    broken = {"title": "Broken", "processor": "send-email", "metadata": {"subject": "x"}}
    item = plan.ask("PATCH", plan.path, {"aiTasks": [broken]})["aiTasks"][-1]
    answer = plan.post(f"/items/{item['id']}/approve")
    assert answer.status_code == 422
    assert "Metadata: body: Missing." in words(answer)
    for move, decision in (("reject", "rejected"), ("undecide", "proposed")):
        assert plan.post(f"/items/{item['id']}/{move}", {"reason": "Broken"}).status_code == 303
        assert plan.now()["aiTasks"][-1]["decision"] == decision
