"""What is done shows as done, where it was, and can be taken back: tasks, mails, what a step showed, calls at odd hours."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.acceptance import story
from tests.browser import guided
from tests.house import House, eventually

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def console(browser_type_launch_args, tmp_path_factory):
    """A house of its own: who was written to here is no longer silent elsewhere."""
    with House(tmp_path_factory.mktemp("done")) as started:
        yield started


def task(console, **told):
    """A task of its own, at the top of the list."""
    return console.post("workflows", "/api/workflows/tasks", {"priority": 1, **told})


def status_of(console, one):
    """How a task stands."""
    return console.get("workflows", f"/api/workflows/tasks/{one['id']}")["status"]


@pytest.fixture
def neighbours(console):
    """Two tasks, one under the other."""
    return task(console, title="Reschedule the QBR"), task(console, title="Find out who signs")


def row_of(page, one):
    """The row of a task in the list."""
    return page.locator(f"#task-{one['id']}")


def test_a_ticked_task_stays_where_it_is_says_so_and_is_taken_back(console, sign_in, neighbours, complaints):
    first, second = neighbours
    page = sign_in("ana")
    page.goto("/app/tasks?whose=team")
    before = row_of(page, second).bounding_box()
    row_of(page, first).get_by_role("button", name="Complete Reschedule the QBR").click()
    expect(row_of(page, first)).to_contain_text("Completed")
    assert row_of(page, second).bounding_box() == before, "nothing moves under the pointer"
    assert [status_of(console, one) for one in neighbours] == ["completed", "open"]
    told = page.locator("#toasts .toast", has_text="Done: “Reschedule the QBR”.")
    told.get_by_role("button", name="Undo").click()
    expect(told).to_have_count(0)
    expect(row_of(page, first).get_by_role("button", name="Complete Reschedule the QBR")).to_be_visible()
    assert status_of(console, first) == "open"
    assert row_of(page, second).bounding_box() == before
    assert complaints == []


def test_what_a_page_did_is_taken_back_by_a_key_after_it_was_left(console, sign_in, complaints):
    done = task(console, title="Send the deck")
    page = sign_in("ana")
    page.goto(f"/app/tasks/{done['id']}")
    page.get_by_role("button", name="Complete", exact=True).click()
    expect(page.locator("#toasts")).to_contain_text("Done: “Send the deck”.")
    page.keyboard.press("u")
    expect(page.locator("#toasts")).to_contain_text("Taken back: “Send the deck”.")
    expect(page.locator("#toasts")).not_to_contain_text("Done: “Send the deck”.")
    assert status_of(console, done) == "open"
    assert complaints == []


def test_without_script_the_line_that_says_which_task_is_done_takes_it_back(console, sign_in, neighbours):
    first, _ = neighbours
    page = sign_in("ana", java_script_enabled=False)
    page.goto("/app/tasks?whose=team")
    row_of(page, first).get_by_role("button", name="Complete Reschedule the QBR").click()
    said = page.get_by_role("status").filter(has_text="Done: “Reschedule the QBR”.")
    said.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("status").filter(has_text="Taken back: “Reschedule the QBR”.")).to_be_visible()
    assert status_of(console, first) == "open"


@pytest.mark.parametrize(
    ("choice", "after"), [("Still to do", "open"), ("Done as well", "completed"), ("Not needed any more", "cancelled")]
)
def test_completing_a_task_asks_what_becomes_of_its_open_parts(console, sign_in, choice, after):
    parent = task(console, title="Meet the CFO")
    part = task(console, title="Send the briefing", parentTaskId=parent["id"])
    page = sign_in("ana")
    page.goto("/app/tasks?whose=team")
    row_of(page, parent).get_by_role("button", name="Complete Meet the CFO").click()
    dialog = page.locator("#dialog")
    expect(dialog).to_contain_text("Send the briefing")
    assert [status_of(console, one) for one in (parent, part)] == ["open", "open"]
    dialog.get_by_role("radio", name=re.compile(choice)).check()
    dialog.get_by_role("button", name="Complete").click()
    expect(row_of(page, parent)).to_contain_text("Completed")
    expect(dialog).not_to_be_visible()
    assert [status_of(console, one) for one in (parent, part)] == ["completed", after]
    page.locator("#toasts").get_by_role("button", name="Undo").click()
    expect(row_of(page, parent).get_by_role("button", name="Complete Meet the CFO")).to_be_visible()
    assert [status_of(console, one) for one in (parent, part)] == ["open", "open"]


def test_a_completed_task_is_opened_again_on_its_page(console, sign_in):
    done = task(console, title="Write to legal")
    page = sign_in("ana")
    page.goto(f"/app/tasks/{done['id']}")
    page.get_by_role("button", name="Complete", exact=True).click()
    expect(page.get_by_role("status").filter(has_text="Done: “Write to legal”.")).to_be_visible()
    page.reload()
    page.get_by_role("button", name="Reopen").click()
    expect(page.get_by_role("button", name="Complete", exact=True)).to_be_visible()
    assert status_of(console, done) == "open"


def test_a_mail_that_was_edited_and_sent_with_all_others_is_no_open_editor(sign_in, complaints):
    page = sign_in("ana")
    guided.start_run(page, "Weekly Pipeline Review")
    step = guided.begin(page, "Draft follow-up emails")
    row = guided.rows(step)[0]
    side = guided.write(row)
    side.locator("input[name=subject]").fill("As agreed in Boston")
    expect(side.get_by_text("Saved", exact=True)).to_be_visible()
    guided.send_all(step)
    expect(side).to_be_hidden()
    expect(row.get_by_role("link", name=re.compile("^Write"))).to_have_count(0)
    expect(row).to_contain_text("As agreed in Boston")
    assert complaints == []


def test_a_mail_that_somebody_else_sent_meanwhile_shows_what_one_had_written(console, sign_in):
    ana, max_ = sign_in("ana"), sign_in("max")
    run_id = guided.start_run(ana, "Weekly Pipeline Review")
    row_id = guided.rows(guided.begin(ana, "Draft follow-up emails"))[0].get_attribute("id")
    max_.goto(f"/app/runs/{run_id}")
    his, hers = max_.locator(f"#{row_id}"), ana.locator(f"#{row_id}")
    side = guided.write(his)
    side.locator("textarea[name=body]").fill("Dear Marcus, this is mine.")
    expect(side.get_by_text("Saved", exact=True)).to_be_visible()
    ana.reload()
    guided.write(hers).get_by_role("button", name=re.compile("^Send")).click()
    expect(hers.locator(".mark")).to_contain_text(re.compile("Sent|On its way|Queued"))
    side.get_by_role("button", name=re.compile("^Send")).click()
    expect(side.get_by_role("alert")).to_be_visible()
    expect(side).not_to_contain_text("Your text is still in the form")
    expect(side).to_contain_text("What you had written")
    expect(side).to_contain_text("Dear Marcus, this is mine.")


def test_what_a_step_showed_is_there_after_whatever_was_done_on_the_page(sign_in, complaints):
    page = sign_in("ana")
    guided.start_run(page, "Weekly Pipeline Review")
    step = guided.begin(page, "Check MOU status")
    guided.review(step, "On its way")
    guided.complete(step)
    guided.begin(page, "Update pipeline stages")
    step.locator("summary", has_text="What it showed").click()
    expect(step.locator(".shown")).to_contain_text("As of")
    other = page.locator(".stage", has=page.get_by_role("heading", name="Schedule weekly calls", exact=True))
    other.get_by_role("button", name=re.compile("^Start")).click()
    expect(other).to_contain_text("In progress")
    expect(step.locator(".shown")).to_contain_text("As of")
    assert complaints == []


def test_a_typed_time_is_read_on_both_clocks_before_it_is_booked(console, sign_in):
    far = {"name": "Antipodes Wool", "timeZone": "Pacific/Auckland"}
    far["contacts"] = [{"name": "Tui", "email": "tui@antipodes.test"}]
    far_id = console.post("runs", "/api/partnerships", far)["id"]
    config = {"partnershipIds": [far_id]}
    steps = [{"actionType": "schedule", "title": "Call them", "config": config}]
    run = console.post("runs", "/api/guided-runs", {"name": "Calls", "steps": steps})
    page = sign_in("ana")
    page.goto(f"/app/runs/{run['id']}")
    (row,) = guided.rows(guided.begin(page, "Call them"))
    row.locator("input[name=otherTime]").fill("2031-03-06T10:30")
    row.get_by_role("button", name=re.compile("^Book and invite")).click()
    expect(row).to_contain_text("Thu 6 Mar, 10:30 in New York is Fri 7 Mar, 04:30 in Auckland")
    expect(row.get_by_role("link", name="Cancel the call")).to_have_count(0)
    row.get_by_role("button", name=re.compile("^Book this time")).click()
    expect(row.get_by_role("link", name="Cancel the call")).to_be_visible()


def test_ctrl_enter_sends_what_enter_only_keeps(console, sign_in):
    page = sign_in("ana")
    run_id = guided.start_run(page, "Weekly Pipeline Review")
    row = guided.rows(guided.begin(page, "Draft follow-up emails"))[0]
    side = guided.write(row)
    subject = side.locator("input[name=subject]")
    subject.fill("Shall we talk?")
    subject.press("Enter")
    expect(side.locator("textarea[name=body]")).to_be_focused()
    expect(side.get_by_text("Saved", exact=True)).to_be_visible()
    assert guided.Ledger(console, run_id).results() == {}
    subject.press("Control+Enter")
    expect(row.locator(".mark")).to_contain_text(re.compile("Sent|On its way|Queued"))


def test_every_figure_that_was_typed_is_saved(console, sign_in):
    results = [
        {"title": one, "unit": "MOUs", "start": "0", "current": "1", "target": "10"} for one in ("Signed", "Sent")
    ]
    told = {"title": "Two figures", "period": "2026", "startsOn": "2026-01-01", "endsOn": "2031-12-31"}
    objective = console.post("runs", "/api/objectives", told | {"keyResults": results})
    step = {"actionType": "custom", "title": "Adjust", "config": {"does": "update_objective"}}
    run = console.post("runs", "/api/guided-runs", {"name": "Figures", "steps": [step]})
    page = sign_in("ana")
    page.goto(f"/app/runs/{run['id']}")
    row = guided.begin(page, "Adjust").locator("[data-row]", has_text="Two figures")
    row.get_by_label("Sent, now").fill("4")
    row.get_by_label("Sent, now").press("Enter")
    expect(row.locator(".mark")).to_contain_text("Done")
    row.get_by_label("Signed, now").fill("3")
    row.get_by_label("Sent, now").fill("5")
    row.get_by_label("Sent, now").press("Enter")

    def figures():
        found = console.get("runs", f"/api/objectives/{objective['id']}")["keyResults"]
        return [float(one["current"]) for one in found]

    assert eventually(lambda: figures() == [3, 5])


def test_a_finished_discovery_shows_and_is_not_offered_as_new(console, sign_in):
    story.walked(console, "Mesa Robotics")
    page = sign_in("ana")
    page.goto("/app/renewals?q=Mesa")
    row = page.get_by_role("row", name=re.compile("Mesa Robotics"))
    expect(row).to_contain_text("Discovery")
    expect(row.get_by_role("link", name=re.compile("Open the plan"))).to_be_visible()
    expect(row.get_by_role("link", name="Start Discovery")).to_have_count(0)
    expect(row).to_contain_text(re.compile(r"→ Prepare \d"))
    expect(row.get_by_role("link", name="Discovery again")).to_have_count(0)
    row.get_by_role("link", name="Mesa Robotics", exact=True).click()
    page.get_by_role("link", name="Discovery again").click()
    expect(page.locator("#dialog")).to_contain_text("Discovery was done on")
    page.keyboard.press("Escape")
    page.get_by_role("link", name="Open the plan").click()
    expect(page.get_by_role("heading", name="Action plan", exact=True)).to_be_visible()
