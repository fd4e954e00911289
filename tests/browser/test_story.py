"""The Discovery story as a person lives it: in Chromium, against the running house, watched live."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.acceptance import story
from tests.house import Principal

pytestmark = pytest.mark.browser

SECTIONS = ("Process Completed", "AI Action Items", "CSM Action Items", "Timeline", "Key Metrics", "Next Workflow")
PAGES = (
    "/app/monitor",
    "/app/renewals",
    "/app/tasks",
    "/app/contacts",
    "/app/runs",
    "/app/partnerships",
    "/app/flows",
    "/app/notifications",
    "/app/admin/people",
    "/app/admin/processors",
    "/app/admin/queues",
    "/app/admin/crm",
    "/app/admin/mailbox",
    "/app/admin/audit",
)
OPERATOR = Principal("person", "tester", "Tester", "demo", roles=frozenset({"operator"}))


def start(page, customer):
    """Start Discovery for a customer, from the list of renewals; the page of the renewal."""
    page.goto("/app/renewals")
    page.get_by_label("Search customers").fill(customer)
    row = page.get_by_role("row", name=re.compile(re.escape(customer)))
    expect(page.locator("#renewals tr[data-href]")).to_have_count(1)
    if row.get_by_role("link", name="Start Discovery").count():
        row.get_by_role("link", name="Start Discovery").click()
    else:
        row.get_by_role("link", name=customer, exact=True).click()
        page.get_by_role("link", name="Discovery again").click()
    page.locator("#dialog").get_by_role("button", name=re.compile("^Start Discovery")).click()
    page.wait_for_url(re.compile(r"/app/renewals/[0-9a-f-]{36}"))


def walk_steps(page):
    """The steps before the plan: the assessment by its form, the others by their buttons."""
    page.get_by_role("group", name="How good is the relationship?").get_by_role("radio", name="8", exact=True).check()
    page.get_by_role("group", name="How sure are you of the renewal?").get_by_role(
        "radio", name="7", exact=True
    ).check()
    page.get_by_label("What the figures do not show").fill("I have never met the CFO.")
    page.get_by_role("button", name="Save the assessment").click()
    for button in ("Read the contracts", "Compute the price", "Map the stakeholders", "Draw the recommendations"):
        page.get_by_role("button", name=button).click()
    page.get_by_role("button", name="Generate the action plan").click()
    expect(page.get_by_role("heading", name="AI Action Items")).to_be_visible()


def finalize(page):
    """Approve the rest, then finalize, each in the dialog that names what it does."""
    dialog, bar = page.locator("#dialog"), page.locator("#review-bar")
    bar.get_by_role("link", name="Approve rest").click()
    dialog.get_by_role("button", name=re.compile("^Approve")).click()
    expect(bar).to_contain_text("8 of 8 decided")
    bar.get_by_role("link", name="Finalize Action Plan").click()
    expect(dialog).to_contain_text("AI task")
    dialog.get_by_role("button", name="Finalize Action Plan").click()
    expect(dialog).not_to_be_visible()


def test_a_renewal_is_worked_through_and_its_ai_tasks_are_watched_to_their_end(sign_in, complaints):
    page = sign_in("ana")
    start(page, story.SEED_CASE)
    expect(page.locator(".live")).to_have_text("Live")
    walk_steps(page)

    page.locator("#renewal-steps").get_by_text("Contract analyzed").click()
    expect(page.locator("#renewal-steps details[open] blockquote").first).to_be_visible()
    for section in SECTIONS:
        expect(page.get_by_role("heading", name=section, exact=True)).to_be_visible()

    page.get_by_role("button", name=re.compile("^Approve Update the primary contact")).click()
    expect(page.locator("#review-bar")).to_contain_text("1 of 8 decided")
    page.get_by_role("link", name=re.compile("^Document the value")).click()
    page.get_by_role("link", name=re.compile("^Edit Document the value")).click()
    page.locator("#dialog").get_by_label("Title", exact=True).fill("Document the value delivered, with the CFO in mind")
    page.locator("#dialog").get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("#plan")).to_contain_text("with the CFO in mind")

    finalize(page)
    expect(page.locator("#plan .plan-blue .badge-completed")).to_have_count(
        4
    )  # Patched in as it happens: nothing is loaded again.
    expect(page.locator("#ai-progress")).to_have_text("4 of 4 done")
    expect(page.locator("#renewal-standing")).to_contain_text("Completed")

    page.get_by_role("link", name="Open the run").click()
    expect(page.locator("#run-state")).to_contain_text("10 of 10 steps")
    expect(page.locator("#run-steps .spans rect").first).to_be_visible()
    assert complaints == []


def test_a_failure_shows_its_stack_to_a_developer_and_a_retry_heals_it(sign_in, console, complaints):
    customer = story.customer(console)
    opportunity = console.get("workflows", f"/api/customers/{customer['id']}")["salesforceOpportunityId"]
    fault = {"opportunityId": opportunity, "error": "INVALID_FIELD", "times": 1}
    console.post("executor", "/api/sandbox-crm/faults", fault, by=OPERATOR)
    execution_id = story.walked(console)

    page = sign_in("dev")
    page.goto(f"/app/monitor/runs/{execution_id}")
    expect(page.locator("#run-state")).to_contain_text("Failed")
    expect(page.locator("#run-error")).to_contain_text("INVALID_FIELD")
    page.locator("#run-error").get_by_text("Stack trace").click()
    expect(page.locator("#run-error .trace")).to_contain_text("Traceback")

    page.locator("#run-actions").get_by_role("link", name="Retry").click()
    dialog = page.locator("#dialog")
    expect(dialog).to_contain_text("Runs again")
    dialog.get_by_role("button", name=re.compile("^Retry 1 step")).click()
    expect(page.locator("#run-state .badge-completed")).to_be_visible()
    assert complaints == []


def test_the_list_moves_while_things_happen_and_never_by_itself(sign_in, console, complaints):
    page = sign_in("ana")
    page.goto("/app/monitor")
    expect(page.locator(".live")).to_have_text("Live")
    execution = story.start(console)
    fresh = page.locator("#fresh a")
    expect(fresh).to_contain_text("new run")
    assert page.locator(f"#run-{execution['id']}").count() == 0
    fresh.click()
    row = page.locator(f"#run-{execution['id']}")
    expect(row).to_contain_text("Waiting")
    story.complete_steps(console, execution)
    expect(row).to_contain_text("5 of 6")
    assert complaints == []


def test_an_edit_that_somebody_overtook_shows_both_and_lets_the_person_choose(sign_in, console):
    execution = story.start(console)
    story.complete_steps(console, execution)
    plan = story.generate(console, execution["id"])
    item = plan["csmTasks"][0]
    page = sign_in("ana")
    page.goto(f"/app/renewals/{execution['id']}")
    page.get_by_role("link", name=item["title"]).click()
    page.get_by_role("link", name=f"Edit {item['title']}").click()
    dialog = page.locator("#dialog")
    dialog.get_by_label("Title", exact=True).fill("Mine")
    console.ask(
        "PATCH",
        "workflows",
        f"/api/workflows/executions/{execution['id']}/action-plan",
        json={"csmTasks": [{"id": item["id"], "title": "Theirs"}]},
    )
    dialog.get_by_role("button", name="Save", exact=True).click()
    expect(dialog).to_contain_text("it now reads “Theirs”")
    expect(dialog.get_by_label("Title", exact=True)).to_have_value("Mine")
    dialog.get_by_role("button", name="Save", exact=True).click()
    expect(dialog).not_to_be_visible()
    expect(page.locator(f"#item-{item['id']}")).to_contain_text("Mine")


def test_a_rejection_wants_a_reason_and_says_so_beside_its_field(sign_in, console):
    execution = story.start(console)
    story.complete_steps(console, execution)
    story.generate(console, execution["id"])
    page = sign_in("ana")
    page.goto(f"/app/renewals/{execution['id']}")
    rejected = page.locator("#review-item-title").inner_text()
    page.get_by_role("link", name=re.compile("^Reject")).first.click()
    dialog = page.locator("#dialog")
    dialog.get_by_label("Why").fill("   ")
    dialog.get_by_role("button", name="Reject").click()
    expect(dialog.locator(".wrong")).to_contain_text("Say why")
    dialog.get_by_label("Why").fill("They asked us to wait.")
    dialog.get_by_role("button", name="Reject").click()
    expect(dialog).not_to_be_visible()
    page.get_by_role("link", name=rejected).click()
    expect(page.locator("#review-item")).to_contain_text("Reason: They asked us to wait.")


def test_tasks_are_completed_and_snoozed_with_a_reason(sign_in, console, complaints):
    story.walked(console)
    page = sign_in("ana")
    page.goto("/app/tasks?whose=team")
    lines = page.locator("#tasks .line")
    title = lines.first.locator("a.title").inner_text()
    lines.first.get_by_role("link", name="Snooze").click()
    dialog = page.locator("#dialog")
    dialog.get_by_label("Why").fill("They are at a fair until Monday.")
    dialog.get_by_role("button", name="Next Monday").click()
    expect(dialog).not_to_be_visible()
    expect(page.locator("#toasts")).to_contain_text("Snoozed until")
    page.goto("/app/tasks?whose=team&show=snoozed")
    expect(lines.filter(has_text=title).filter(has_text="They are at a fair").first).to_be_visible()
    page.goto("/app/tasks?whose=team")
    title = lines.filter(has_not_text="/").first.locator("a.title").inner_text()
    page.get_by_role("button", name=f"Complete {title}").first.click()
    expect(page.locator("#toasts", has=page.get_by_role("button", name="Undo"))).to_contain_text(title)
    assert complaints == []


def test_keys_alone_find_a_run_and_read_what_a_cancel_would_do(sign_in, console, complaints):
    execution = story.start(console)
    page = sign_in("ana")
    page.keyboard.press("g")
    page.keyboard.press("r")
    page.wait_for_url("**/app/renewals")
    page.keyboard.press("g")
    page.keyboard.press("c")
    page.wait_for_url("**/app/customers")
    page.keyboard.press("g")
    page.keyboard.press("m")
    page.wait_for_url("**/app/monitor")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/app/monitor/runs/{execution['id']}")
    page.get_by_role("link", name="Cancel").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#dialog")).to_contain_text("What is done stays done")
    expect(page.get_by_role("link", name="Let it go on")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#dialog")).not_to_be_visible()
    assert complaints == []


def test_a_renewal_is_started_and_assessed_without_script(sign_in):
    page = sign_in("ana", java_script_enabled=False)
    page.goto("/app/renewals?q=" + story.SEED_CASE.split()[0])
    page.locator("#renewals a.title").click()
    page.get_by_role("link", name=re.compile("^(Start Discovery|Discovery again)")).first.click()
    page.get_by_role("button", name=re.compile("^Start Discovery")).click()
    page.get_by_role("group", name="How good is the relationship?").get_by_role("radio", name="8", exact=True).check()
    page.get_by_role("group", name="How sure are you of the renewal?").get_by_role(
        "radio", name="7", exact=True
    ).check()
    page.get_by_role("button", name="Save the assessment").click()
    expect(page.get_by_text("CSM Assessment: 8/10 relationship, 7/10 confidence")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_fits_a_phone(sign_in, complaints, scheme):
    page = sign_in("max", viewport={"width": 390, "height": 844}, color_scheme=scheme)
    for address in PAGES:
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, address
        expect(page.locator("h1")).to_be_visible()
    page.get_by_role("button", name="Menu").click()
    page.get_by_role("link", name="Renewals").click()
    page.wait_for_url("**/app/renewals")
    assert complaints == []
