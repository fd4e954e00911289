"""A plan reviewed in Chromium: by keys alone, on a phone, without script, and by two people at once."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.acceptance import story
from tests.house import Principal

pytestmark = pytest.mark.browser

OPERATOR = Principal("person", "tester", "Tester", "demo", roles=frozenset({"operator"}))
TITLE = "#review-item-title"


@pytest.fixture
def execution(console):
    """An execution with a draft of its plan."""
    started = story.start(console)
    story.complete_steps(console, started)
    return started | {"plan": story.generate(console, started["id"])}


def opened(sign_in, execution, **options):
    page = sign_in("ana", **options)
    page.goto(f"/app/renewals/{execution['id']}")
    return page


def plan_of(console, execution):
    return console.get("workflows", f"/api/workflows/executions/{execution['id']}/action-plan")


def press(page, *keys):
    for key in keys:
        page.keyboard.press(key)


def write(page, label, text):
    """Type into a field of the dialog, found by the keyboard's focus alone."""
    field = page.locator("#dialog").get_by_label(label, exact=True)
    for _ in range(40):
        if field.evaluate("field => field === document.activeElement"):
            break
        press(page, "Tab")
    press(page, "Control+a")
    page.keyboard.type(text)


def enter_at(page, name):
    """Press Enter on the button or link of this name, reached with Tab."""
    for _ in range(60):
        text = page.evaluate("(document.activeElement.innerText || '').trim()")
        if text == name:
            break
        press(page, "Tab")
    assert text == name
    press(page, "Enter")


def test_a_plan_is_reviewed_finalized_and_its_results_seen_by_keys_alone(sign_in, console, execution, complaints):
    page = opened(sign_in, execution)
    bar, dialog = page.locator("#review-bar"), page.locator("#dialog")
    contact, deadline, reminder, following = [item["title"] for item in execution["plan"]["aiTasks"]]
    expect(page.locator(TITLE)).to_have_text(contact)
    expect(page.locator("#review-item .changes")).to_contain_text("Eric Estrada")

    press(page, "?")
    expect(dialog).to_contain_text("Approve the item")
    press(page, "Escape")

    press(page, "a")
    expect(bar).to_contain_text("1 of 8 decided")
    expect(page.locator(TITLE)).to_have_text(deadline)

    press(page, "e")
    expect(dialog).to_be_visible()
    write(page, "Deadline", "")
    page.locator("#dialog").get_by_label("Deadline").fill("2027-03-01")
    write(page, "Alert days before", "900")
    enter_at(page, "Save and approve")
    expect(dialog.locator(".wrong")).to_contain_text("More than 730")
    write(page, "Alert days before", "20")
    enter_at(page, "Save and approve")
    expect(dialog).not_to_be_visible()
    expect(bar).to_contain_text("2 of 8 decided")
    expect(page.locator("#review-item .changes")).to_contain_text("20 days before")

    press(page, "j")
    expect(page.locator(TITLE)).to_have_text(reminder)
    press(page, "r")
    expect(dialog).to_be_visible()
    page.keyboard.type("Already done by phone.")
    enter_at(page, "Reject")
    expect(dialog).not_to_be_visible()
    expect(bar).to_contain_text("3 of 8 decided")
    expect(page.locator(".time-strip")).to_contain_text("3 AI tasks run by themselves")
    expect(page.locator(TITLE)).to_have_text(following)
    press(page, "a")
    expect(bar).to_contain_text("4 of 8 decided")

    page.get_by_role("link", name="Add a task for a person").focus()
    press(page, "Enter")
    expect(dialog).to_be_visible()
    page.keyboard.type("Call the new CFO")
    enter_at(page, "Add and approve")
    expect(dialog).not_to_be_visible()
    expect(bar).to_contain_text("5 of 9 decided")
    expect(page.locator(TITLE)).to_have_text("Call the new CFO")

    bar.get_by_role("link", name="Finalize Action Plan").focus()
    press(page, "Enter")
    expect(dialog).to_contain_text("3 AI tasks will be queued")
    enter_at(page, "Finalize Action Plan")
    expect(dialog).not_to_be_visible()
    expect(page.locator("#plan .plan-blue .badge-completed")).to_have_count(3)
    expect(page.locator("#renewal-standing")).to_contain_text("Completed")
    page.get_by_role("link", name=contact).focus()
    press(page, "Enter")
    expect(page.locator("#review-item")).to_contain_text(re.compile("(is now|was already) the primary contact"))
    expect(page.locator("#plan")).to_contain_text("Eric Estrada is the primary contact in place of Sarah Chen")
    enter_at(page, "Open the trace")
    page.wait_for_url(re.compile("/app/monitor/runs/"))
    expect(page.locator("h1")).to_have_text(contact)

    items = {item["title"]: item for item in plan_of(console, execution)["aiTasks"]}
    assert items[deadline]["metadata"]["alertDaysBefore"] == [20]
    assert (items[reminder]["reason"], items[reminder]["decidedBy"]["name"]) == (
        "Already done by phone.",
        "Ana Alvarez",
    )
    assert [said for said in complaints if "422" not in said] == []  # the browser itself tells of the refused form


def test_an_undecided_ai_item_stops_finalize_and_is_named(sign_in, execution):
    page = opened(sign_in, execution)
    page.locator("#review-bar").get_by_role("link", name="Finalize Action Plan").click()
    dialog = page.locator("#dialog")
    expect(dialog).to_contain_text("4 AI items wait for a decision")
    expect(dialog.get_by_role("button", name="Finalize Action Plan")).to_have_count(0)
    dialog.get_by_role("link", name="Approve rest").click()
    expect(dialog).to_contain_text("Its primary contact")
    dialog.get_by_role("button", name="Approve 8 items").click()
    expect(page.locator("#review-bar")).to_contain_text("8 of 8 decided")


def test_a_decision_is_taken_back_by_undo_and_an_item_that_somebody_changed_says_how_it_reads(
    sign_in, console, execution
):
    page = opened(sign_in, execution)
    first = execution["plan"]["aiTasks"][0]
    press(page, "a")
    expect(page.locator("#review-bar")).to_contain_text("1 of 8 decided")
    expect(page.get_by_role("button", name="Undo")).to_be_visible()
    press(page, "u")
    expect(page.locator("#review-bar")).to_contain_text("0 of 8 decided")
    expect(page.locator(TITLE)).to_have_text(first["title"])
    page.route("**/app/live*", lambda route: route.abort())  # this window no longer hears of what others do
    page.reload()
    console.ask(
        "PATCH",
        "workflows",
        f"/api/workflows/executions/{execution['id']}/action-plan",
        json={"aiTasks": [{"id": first["id"], "decision": "rejected", "reason": "Not theirs"}]},
    )
    press(page, "a")
    expect(page.get_by_role("alert")).to_contain_text("Somebody changed this item: it now reads")
    expect(page.get_by_role("alert")).to_contain_text("rejected by")
    other = execution["plan"]["aiTasks"][1]
    page.get_by_role("link", name=other["title"]).click()
    expect(page.locator(TITLE)).to_have_text(other["title"])
    console.ask(
        "PATCH",
        "workflows",
        f"/api/workflows/executions/{execution['id']}/action-plan",
        json={"csmTasks": [{"id": execution["plan"]["csmTasks"][0]["id"], "decision": "approved"}]},
    )
    press(page, "a")  # another item was changed meanwhile, which is no reason to stop
    expect(page.locator("#review-bar")).to_contain_text("3 of 8 decided")


def test_a_failed_item_says_why_and_is_retried_where_it_stands(sign_in, console):
    customer = story.customer(console)
    opportunity = console.get("workflows", f"/api/customers/{customer['id']}")["salesforceOpportunityId"]
    fault = {"opportunityId": opportunity, "error": "INVALID_FIELD", "times": 1}
    console.post("executor", "/api/sandbox-crm/faults", fault, by=OPERATOR)
    page = sign_in("ana")
    page.goto(f"/app/renewals/{story.walked(console)}")
    expect(page.locator("#renewal-standing")).to_contain_text("Failed")
    expect(page.locator("#review-item")).to_contain_text("INVALID_FIELD")
    page.locator("#review-item").get_by_role("button", name=re.compile("^Retry")).click()
    expect(page.locator("#renewal-standing")).to_contain_text("Completed")
    expect(page.locator("#review-item")).to_contain_text(re.compile("(is now|was already) the primary contact"))


def test_on_a_phone_the_list_leads_to_an_item_as_a_page_of_its_own(sign_in, execution, complaints):
    page = opened(sign_in, execution, viewport={"width": 390, "height": 844})
    item = execution["plan"]["aiTasks"][1]["title"]
    expect(page.locator("#review-item")).not_to_be_visible()
    page.get_by_role("link", name=item).click()
    expect(page.locator(TITLE)).to_have_text(item)
    expect(page.locator(".review-list")).not_to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.get_by_role("link", name="Back to the plan").click()
    expect(page.locator(".review-list")).to_be_visible()
    assert complaints == []


def test_without_script_items_are_decided_edited_added_and_the_plan_finalized(sign_in, console, execution):
    page = opened(sign_in, execution, java_script_enabled=False)
    page.get_by_role("button", name=re.compile("^Approve Update the primary contact")).click()
    page.get_by_role("link", name=re.compile("^Reject Alert before")).click()
    page.get_by_label("Why").fill("Known already.")
    page.get_by_role("button", name="Reject").click()
    page.get_by_role("link", name=re.compile("^Edit Remind the CSM")).click()
    page.get_by_label("Days until reminder").fill("x")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".wrong")).to_contain_text("Not of type integer")
    page.get_by_label("Days until reminder").fill("7")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("#review-item .changes")).to_contain_text("7 business days")
    page.get_by_role("link", name="Add an AI item").click()
    page.get_by_role("link", name="Send email").click()
    page.get_by_label("Title", exact=True).fill("Write to Eric")
    page.get_by_label("Email").first.fill("eric@brightwater.test")
    page.get_by_label("Subject").fill("Hello")
    page.get_by_label("Body").fill("Good morning.")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.locator("#review-item .changes")).to_contain_text("eric@brightwater.test")
    page.get_by_role("link", name="Approve rest").click()
    page.get_by_role("button", name=re.compile("^Approve")).click()
    page.get_by_role("link", name="Finalize Action Plan").first.click()
    page.get_by_role("button", name="Finalize Action Plan").click()
    expect(page.locator("#plan")).to_contain_text("Finalized")
    assert plan_of(console, execution)["status"] == "finalized"
