"""A plan is reviewed: what its AI items would change, who decided on them, and what finalize makes of undecided ones."""

from __future__ import annotations

from dataclasses import replace

import pytest

from services.executor.processors import registry
from services.workflows import finalizing, plans
from services.workflows.models import Plan, Task, feed
from shared.ground import wording
from tests.conftest import NOON
from tests.workflows.conftest import ANA, OTHER, acts, edit_plan, know_processors, live_in, planned

pytestmark = pytest.mark.usefixtures("samples")

EXECUTIONS = "/api/workflows/executions"
PROCESSORS = {processor.name: processor for processor in registry.load(rehearsal=False)}
MAX = replace(ANA, id="max", name="Max")


@pytest.fixture
def plan(ask):
    """The path of a draft, with the executor's processors known."""
    know_processors(**{name: processor.metadata_schema for name, processor in PROCESSORS.items()})
    return f"{EXECUTIONS}/{planned().id}/action-plan"


def read(ask, plan):
    return ask("GET", plan).json


def decide(ask, plan, *items, by=ANA, **more):
    return ask("PATCH", plan, {"aiTasks": [{"id": item["id"], **more} for item in items]}, by=by)


def test_an_ai_item_says_what_it_would_change_field_by_field(ask, plan):
    contact, deadline, follow_up, following = read(ask, plan)["aiTasks"]
    changes = {change["field"]: (change["old"], change["new"]) for change in contact["changes"]}
    assert changes["CRM opportunity"] == (None, contact["metadata"]["opportunityId"])
    old, new = changes["Its primary contact"]
    assert old.startswith("Sarah Chen, ")
    assert new.startswith("Eric Estrada, ")
    assert changes["Its previous contact"] == (None, old)
    assert changes["Primary contact in Tandem"] == ("Sarah Chen", "Eric Estrada")
    assert changes["CRM activity"] == (None, "Primary contact changed from Sarah Chen to Eric Estrada")
    assert "Date watched" in {change["field"] for change in deadline["changes"]}
    assert ("Snoozed for", "5 business days") in {(one["field"], one["new"]) for one in follow_up["changes"]}
    assert ("On", wording.day(following["metadata"]["triggerDate"])) in {
        (one["field"], one["new"]) for one in following["changes"]
    }


def test_what_an_item_would_change_follows_its_metadata_and_stays_once_finalized(ask, plan):
    mail = {"to": [{"email": "eric@x.test", "name": "Eric"}], "subject": "Hello", "body": "Good morning."}
    new = {"title": "Write to Eric", "processor": "send-email", "metadata": mail}
    added = ask("PATCH", plan, {"aiTasks": [new], "strict": True}).json["aiTasks"][-1]
    assert [(one["field"], one["new"]) for one in added["changes"]] == [
        ("To", "Eric <eric@x.test>"),
        ("Subject", "Hello"),
        ("Body", "Good morning."),
    ]
    ask("POST", f"{plan}/finalize")
    assert read(ask, plan)["aiTasks"][-1]["changes"] == added["changes"]


@pytest.mark.parametrize("metadata", [{}, {"to": 7, "cc": "x"}, {"to": [7], "newContact": 3, "alertDaysBefore": 4}])
@pytest.mark.parametrize("processor", [*PROCESSORS, "nobody"])
def test_metadata_of_any_shape_can_be_shown(ask, plan, processor, metadata):
    answer = ask("PATCH", plan, {"aiTasks": [{"title": "Odd", "processor": processor, "metadata": metadata}]})
    assert answer.status_code == 200, answer.json


def test_metadata_that_the_schema_refuses_is_named_by_its_field_when_the_edit_is_strict(ask, plan):
    contact, deadline, *_ = read(ask, plan)["aiTasks"]
    for item, metadata, field in (
        (contact, contact["metadata"] | {"newContact": {"name": ""}}, "newContact.salesforceId"),
        (contact, contact["metadata"] | {"newContact": {"name": "", "salesforceId": "x"}}, "newContact.name"),
        (deadline, deadline["metadata"] | {"alertDaysBefore": [900]}, "alertDaysBefore.0"),
        (deadline, deadline["metadata"] | {"deadline": "soon"}, "deadline"),
        (deadline, deadline["metadata"] | {"mood": "good"}, "mood"),
    ):
        told = {"aiTasks": [{"id": item["id"], "metadata": metadata}]}
        refused = ask("PATCH", plan, told | {"strict": True})
        assert refused.status_code == 422
        assert f"aiTasks.0.metadata.{field}" in refused.json["errors"], refused.json
        assert read(ask, plan)["aiTasks"][:2] == [contact, deadline]
        assert ask("PATCH", plan, told).status_code == 200  # as a draft it may stand, and its issues say so
        ask("PATCH", plan, {"aiTasks": [{"id": item["id"], "metadata": item["metadata"]}]})
        contact, deadline, *_ = read(ask, plan)["aiTasks"]


@pytest.mark.parametrize(
    ("edit", "field"),
    [
        ({"aiTasks": [{"title": "A", "processor": "nobody-knows", "metadata": {}}]}, "aiTasks.0.processor"),
        ({"aiTasks": [{"title": "A", "processor": "../evil.js", "metadata": {}}]}, "aiTasks.0.processor"),
        ({"aiTasks": [{"title": "A"}]}, "aiTasks.0.processor"),
        ({"csmTasks": [{"priority": 2}]}, "csmTasks.0.title"),
        ({"csmTasks": [{"title": "A", "owner": "stranger"}]}, "csmTasks.0.owner"),
        ({"csmTasks": [{"title": "A", "subTasks": [{"title": "B", "owner": "no"}]}]}, "csmTasks.0.subTasks.0.owner"),
        ({"csmTasks": [{"title": "A", "subTasks": [{"title": "B"}] * 201}]}, "csmTasks.0.subTasks"),
        ({"csmTasks": [{"title": "A", "dueDate": "tomorrow"}]}, "csmTasks.0.dueDate"),
        ({"strict": "yes"}, "strict"),
    ],
)
def test_what_could_not_be_made_is_refused_at_its_field(ask, plan, edit, field):
    before = read(ask, plan)
    answer = ask("PATCH", plan, {"strict": True} | edit)
    assert answer.status_code == 422
    assert field in answer.json["errors"], answer.json
    assert read(ask, plan) == before


def test_an_item_of_another_plan_is_refused_and_another_tenants_plan_is_not_found(ask, plan):
    other = f"{EXECUTIONS}/{planned().id}/action-plan"
    theirs = read(ask, other)["aiTasks"][0]
    refused = decide(ask, plan, theirs, decision="approved")
    assert (refused.status_code, list(refused.json["errors"])) == (422, ["aiTasks.0.id"])
    assert decide(ask, plan, theirs, decision="approved", by=OTHER).status_code == 404


def test_a_due_date_in_the_past_is_allowed(ask, plan):
    item = read(ask, plan)["csmTasks"][0]
    told = {"csmTasks": [{"id": item["id"], "dueDate": "2020-01-31"}], "strict": True}
    assert ask("PATCH", plan, told).json["csmTasks"][0]["dueDate"] == "2020-01-31"
    assert read(ask, plan)["timeline"][0] | {"order": 1} == {
        "order": 1,
        "date": "2020-01-31",
        "owner": "CSM",
        "action": item["title"],
    }


def test_an_item_keeps_who_decided_and_who_edited_and_a_decision_can_be_taken_back(ask, plan):
    live_in()
    item = read(ask, plan)["aiTasks"][0]
    decided = decide(ask, plan, item, decision="rejected", reason="Not now.", by=MAX).json["aiTasks"][0]
    assert (decided["decidedBy"], decided["reason"]) == ({"id": "max", "name": "Max"}, "Not now.")
    assert decided["decidedAt"].startswith(NOON.strftime("%Y-%m-%dT%H:%M"))
    assert "editedBy" not in decided
    taken_back = decide(ask, plan, item, decision="proposed").json["aiTasks"][0]
    assert [taken_back[name] for name in ("decision", "reason", "decidedBy", "decidedAt")] == ["proposed", *[None] * 3]
    edited = decide(ask, plan, item, title="Other words").json["aiTasks"][0]
    assert edited["editedBy"] == {"id": ANA.id, "name": ANA.name}
    assert [act.details["aiTasks"][0]["decision"] for act in acts("edited action plan")] == [
        "rejected",
        "proposed",
        None,
    ]


def test_an_approval_counts_for_what_was_approved(ask, plan):
    contact, deadline = read(ask, plan)["aiTasks"][:2]
    decide(ask, plan, contact, deadline, decision="approved")
    metadata = deadline["metadata"] | {"message": "Another"}
    decide(ask, plan, deadline, metadata=metadata)
    decide(ask, plan, contact, metadata=contact["metadata"], title="The same, named otherwise")
    contact, deadline = read(ask, plan)["aiTasks"][:2]
    assert (contact["decision"], deadline["decision"], deadline["decidedBy"]) == ("approved", "proposed", None)
    decide(ask, plan, deadline, metadata=metadata | {"message": "A third"}, decision="approved")
    assert read(ask, plan)["aiTasks"][1]["decision"] == "approved"


def test_finalize_can_be_asked_to_wait_for_a_decision_on_each_ai_item(ask, plan):
    first, *rest = read(ask, plan)["aiTasks"]
    decide(ask, plan, *rest, decision="approved")
    refused = ask("POST", f"{plan}/finalize", {"approveOpen": False})
    assert refused.status_code == 409
    assert refused.json["undecided"] == [{"id": first["id"], "title": first["title"]}]
    assert first["title"] in refused.json["detail"]
    assert Task.select().count() == 0
    decide(ask, plan, first, decision="rejected", reason="no")
    made = ask("POST", f"{plan}/finalize", {"approveOpen": False})
    assert made.json["created"] == {"aiTasks": 3, "csmTasks": 4, "subTasks": 4}
    assert decide(ask, plan, first, decision="approved").status_code == 409
    assert ask("POST", f"{plan}/finalize", {"approveOpen": "no"}).status_code == 422


def test_a_caller_that_says_nothing_of_undecided_items_approves_them(ask, plan):
    assert ask("POST", f"{plan}/finalize").json["created"]["aiTasks"] == 4


def test_the_key_decision_follows_an_edited_item_until_its_task_is_done():
    execution = planned()
    item = plans.view("demo", execution.id)[1]["aiTasks"][0]
    metadata = item["metadata"] | {"newContact": {"name": "Nora Nilsen", "salesforceId": "003NN"}}
    edit_plan(execution, aiTasks=[{"id": item["id"], "metadata": metadata}])
    words = ("Nora Nilsen is to be the primary contact in place of Sarah Chen", "Nora Nilsen is the primary contact in")
    assert words[0] in plans.view("demo", execution.id)[1]["summary"]["keyDecisions"]
    finalizing.finalize(ANA, execution.id, now=NOON)
    for status, said in (("failed", words[0]), ("success", words[1])):
        with feed.transaction():
            Task.update(execution_status=status).where(Task.id == item["id"]).execute()
        told = plans.view("demo", execution.id)[1]["summary"]["keyDecisions"]
        assert any(one.startswith(said) for one in told)


def test_the_stored_and_the_shown_timeline_are_of_one_rule():
    execution = planned()
    assert Plan.get_by_id(execution.id).body["timeline"] == plans.view("demo", execution.id)[1]["timeline"]


def test_a_sub_task_has_an_owner_of_its_own_or_that_of_its_task(ask, plan):
    item = read(ask, plan)["csmTasks"][0]
    kept, *_ = item["subTasks"]
    parts = [{"id": kept["id"], "owner": ANA.id}, {"title": "New one"}]
    told = {"csmTasks": [{"id": item["id"], "owner": None, "subTasks": parts}], "strict": True}
    assert ask("PATCH", plan, told).status_code == 200
    ask("POST", f"{plan}/finalize")
    made = {task.title: task.owner for task in Task.select().where(Task.parent_task_id == item["id"])}
    assert made == {kept["title"]: ANA.id, "New one": ANA.id}


def test_processors_are_listed_with_the_schema_of_their_metadata(ask, plan):
    items = ask("GET", "/api/workflows/processors").json["items"]
    assert [item["name"] for item in items] == sorted(PROCESSORS)
    mail = next(item for item in items if item["name"] == "send-email")
    assert mail["metadataSchema"]["required"] == ["body", "subject", "to"]
