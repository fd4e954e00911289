"""Drafting, editing and deciding on a plan."""

from __future__ import annotations

import re

import pytest

from services.workflows import finalizing, plans, steps
from services.workflows.commands import EditPlan
from services.workflows.models import Plan, Task, feed
from services.workflows.planning.validation import UNKNOWN_REGISTRY
from shared.ground import ids, wording
from shared.ground.errors import Conflict, Invalid, NotFound, Stale
from tests.conftest import NOON
from tests.workflows.conftest import (
    ANA,
    OTHER,
    customer_named,
    edit_plan,
    know_processors,
    notification_requests,
    planned,
    start,
    steps_of,
    walk,
)

pytestmark = pytest.mark.usefixtures("samples")


def item(execution, name="aiTasks", number=0):
    return Plan.get_by_id(execution.id).body[name][number]


def test_generate_waits_for_the_steps_before():
    execution = start(customer_named())
    walk(execution, until=3)
    with pytest.raises(Conflict) as refused:
        plans.generate(ANA, execution.id, "rules", now=NOON)
    assert refused.value.details["allowed"] == ["complete stakeholders", "reset stakeholders", "skip stakeholders"]
    assert Plan.select().count() == 0


def test_a_planner_that_is_not_set_up_is_a_conflict():
    with pytest.raises(Conflict) as refused:
        plans.generate(ANA, start(customer_named()).id, "llm", now=NOON)
    assert refused.value.details["allowed"] == ["rules"]


def test_a_plan_that_is_not_there_is_not_found():
    execution = start(customer_named())
    for ask in (lambda: plans.view("demo", execution.id), lambda: finalizing.finalize(ANA, execution.id, now=NOON)):
        with pytest.raises(NotFound):
            ask()
    with pytest.raises(NotFound):
        plans.view("acme", planned().id)


def sentences(value):
    """The texts in a plan that people read; those without a blank are keys and values of fields."""
    if isinstance(value, dict):
        return [text for each in value.values() for text in sentences(each)]
    if isinstance(value, list):
        return [text for each in value for text in sentences(each)]
    return [value] if isinstance(value, str) and " " in value else []


def test_money_and_dates_are_written_as_the_pages_write_them():
    execution = planned()
    texts = sentences([Plan.get_by_id(execution.id).body, [step.summary for step in steps_of(execution)]])
    assert [text for text in texts if re.search(r"\d{4}-\d\d-\d\d|\b[A-Z]{3} \d", text)] == []
    customer = customer_named()
    assert f"renewal on {wording.day(customer.renewal_date)}" in texts
    price = next(text for text in texts if text.startswith("Pricing strategy: $"))
    assert "target" in price


def test_people_are_told_that_the_plan_is_ready():
    execution = planned()
    told = next(request for request in notification_requests() if request.kind == "plan_ready")
    assert (told.recipient_id, told.link) == (ANA.id, f"/app/renewals/{execution.id}")


def test_regenerating_keeps_what_people_edited_decided_and_added():
    execution = planned()
    first, second = item(execution), item(execution, number=1)
    edit_plan(
        execution,
        aiTasks=[
            {"id": first["id"], "title": "My own words"},
            {"id": second["id"], "decision": "rejected", "reason": "no"},
        ],
        csmTasks=[{"title": "Call Ana", "priority": 2}],
    )
    plans.generate(ANA, execution.id, "rules", now=NOON)
    body = Plan.get_by_id(execution.id).body
    assert (body["aiTasks"][0]["title"], body["aiTasks"][0]["edited"]) == ("My own words", True)
    assert (body["aiTasks"][1]["decision"], body["aiTasks"][1]["reason"]) == ("rejected", "no")
    assert [one["title"] for one in body["csmTasks"]].count("Call Ana") == 1
    assert (len(body["aiTasks"]), len(body["csmTasks"])) == (4, 5)


def test_a_decision_alone_is_no_edit():
    execution = planned()
    edit_plan(execution, aiTasks=[{"id": item(execution)["id"], "decision": "approved"}])
    assert "edited" not in item(execution)


def test_sub_tasks_are_given_whole_and_keep_their_ids():
    execution = planned()
    before = item(execution, "csmTasks")
    kept = before["subTasks"][1]
    edit_plan(
        execution,
        csmTasks=[{"id": before["id"], "subTasks": [{"id": kept["id"], "title": "Shorter"}, {"title": "New"}]}],
    )
    after = item(execution, "csmTasks")["subTasks"]
    assert [sub["title"] for sub in after] == ["Shorter", "New"]
    assert after[0] == kept | {"title": "Shorter"}
    assert after[1]["id"] not in {sub["id"] for sub in before["subTasks"]}


def test_an_item_that_the_plan_does_not_have_is_named():
    execution = planned()
    with pytest.raises(Invalid) as refused:
        edit_plan(execution, csmTasks=[{"title": "Fine"}, {"id": "nothing", "title": "Bad"}])
    assert list(refused.value.errors) == ["csmTasks.1.id"]
    assert len(Plan.get_by_id(execution.id).body["csmTasks"]) == 4


def test_a_stale_edit_is_refused():
    execution = planned()
    with pytest.raises(Stale):
        plans.edit(ANA, execution.id, EditPlan(), new_id=ids.new_id, now=NOON, expected=9)


def test_a_plan_of_another_tenant_is_not_found():
    execution = planned()
    with pytest.raises(NotFound):
        plans.edit(OTHER, execution.id, EditPlan(), new_id=ids.new_id, now=NOON)


def test_the_view_of_a_draft_says_what_finalize_would_refuse():
    know_processors(salesforce_contact_updater={"type": "object", "required": ["mood"]})
    execution = planned()
    _, body = plans.view("demo", execution.id)
    told = {one["item"]: one["reason"] for one in body["issues"]}
    assert told[item(execution)["id"]] == "metadata.mood: Missing."
    assert told[item(execution, number=1)["id"]] == "processor: there is none named contract-deadline-alert"
    edit_plan(execution, aiTasks=[{"id": one["id"], "decision": "rejected"} for one in body["aiTasks"]])
    assert plans.view("demo", execution.id)[1]["issues"] == []


def test_before_the_executor_was_heard_it_is_said_that_nothing_could_be_checked():
    _, body = plans.view("demo", planned().id)
    assert [one["reason"] for one in body["issues"]] == [UNKNOWN_REGISTRY] * 4


def test_the_timeline_and_the_decisions_follow_the_items_as_they_are():
    execution = planned()
    drafted = plans.view("demo", execution.id)[1]
    contact, scheduling = drafted["aiTasks"][0], drafted["aiTasks"][3]
    first, second = drafted["csmTasks"][:2]
    assert "Eric Estrada is to be the primary contact in place of Sarah Chen" in drafted["summary"]["keyDecisions"]
    edit_plan(
        execution,
        aiTasks=[{"id": one["id"], "decision": "rejected", "reason": "no"} for one in (contact, scheduling)],
        csmTasks=[
            {"id": first["id"], "title": "Dine with the CFO"},
            {"id": second["id"], "decision": "rejected", "reason": "no"},
        ],
    )
    for _ in range(2):
        shown = plans.view("demo", execution.id)[1]
        told = [one["action"] for one in shown["timeline"]]
        assert [one["order"] for one in shown["timeline"]] == list(range(1, len(told) + 1))
        assert "2 AI tasks run by themselves" in told
        assert "Dine with the CFO" in told
        assert not {first["title"], second["title"], "Prepare Renewal workflow starts"} & set(told)
        assert "Highest priority: Dine with the CFO" in shown["summary"]["keyDecisions"]
        assert not [one for one in shown["summary"]["keyDecisions"] if "Estrada" in one]
        assert shown["nextWorkflow"] is None
        finalizing.finalize(ANA, execution.id, now=NOON)


def test_a_decision_is_told_as_a_fact_once_its_task_is_done_and_never_when_it_failed():
    execution = planned()
    contact = item(execution)["id"]
    finalizing.finalize(ANA, execution.id, now=NOON)
    planned_words, fact = (
        f"Eric Estrada is{word} the primary contact in place of Sarah Chen" for word in (" to be", "")
    )
    for status, said, unsaid in (("failed", planned_words, fact), ("success", fact, planned_words)):
        with feed.transaction():
            Task.update(execution_status=status).where(Task.id == contact).execute()
        told = plans.view("demo", execution.id)[1]["summary"]["keyDecisions"]
        assert said in told
        assert unsaid not in told


@pytest.mark.parametrize(("told", "shown"), [("2027-02-01", "2027-02-01"), ("soon", None), (7, None), (None, None)])
def test_the_next_workflow_is_shown_on_the_day_that_its_item_says_if_that_is_one(told, shown):
    execution = planned()
    drafted = plans.view("demo", execution.id)[1]
    edit_plan(execution, aiTasks=[{"id": drafted["aiTasks"][3]["id"], "metadata": {"triggerDate": told}}])
    following = plans.view("demo", execution.id)[1]["nextWorkflow"]
    assert following["estimatedDate"] == (shown or drafted["nextWorkflow"]["estimatedDate"])


def test_an_item_that_could_not_be_made_is_not_in_the_timeline():
    execution = planned()
    know_processors(salesforce_contact_updater={"type": "object", "required": ["mood"]})
    assert finalizing.finalize(ANA, execution.id, now=NOON)["created"]["aiTasks"] == 0
    told = plans.view("demo", execution.id)[1]["timeline"]
    assert not [one for one in told if "run by themselves" in one["action"]]


def test_a_finalized_plan_is_not_edited_or_generated_again():
    execution = planned()
    finalizing.finalize(ANA, execution.id, now=NOON)
    for change in (lambda: edit_plan(execution), lambda: plans.generate(ANA, execution.id, "rules", now=NOON)):
        with pytest.raises(Conflict):
            change()
    with pytest.raises(Conflict):
        steps.reset(ANA, execution.id, steps_of(execution)[0].id, now=NOON)
