"""Each of the four templates in Chromium, from Start Run to Complete Run, and what the services hold afterwards."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser import guided
from tests.house import eventually

pytestmark = pytest.mark.browser


@pytest.fixture
def max_at_work(sign_in, complaints):
    """Max's page; at the end nothing was refused by the browser."""
    yield sign_in("max")
    assert complaints == []


def test_a_weekly_pipeline_review_is_worked_from_start_to_outcome(console, max_at_work):
    page = max_at_work
    ledger = guided.Ledger(console, guided.start_run(page, "Weekly Pipeline Review"))

    step = guided.begin(page, "Review at-risk partnerships")
    first = guided.rows(step)[0]
    guided.write_on(first, "Ask what holds it up")
    reviewed = guided.review(step, "Fine")
    assert "Northwind Logistics" in reviewed, "14 days are 14 days"
    assert "Harbor Analytics" not in reviewed, "13 days are not"
    guided.complete(step)

    step = guided.begin(page, "Check MOU status")
    in_mou_sent = guided.review(step, "On its way")
    guided.complete(step)

    step = guided.begin(page, "Draft follow-up emails")
    assert len(guided.rows(step)) == 3
    mailed = guided.send_all(step)
    guided.complete(step)

    step = guided.begin(page, "Update pipeline stages")
    moved = guided.move_all(step)
    assert moved["Alder & Pine Research"] == "MOU Signed"
    guided.complete(step)

    step = guided.begin(page, "Schedule weekly calls")
    called = guided.book_all(step)
    guided.complete(step)
    guided.complete_run(page, saying="Northwind first.")

    assert ledger.run["outcome"].endswith("Northwind first.")
    assert ledger.run["status"] == "completed"
    counted = eventually(lambda: (got := ledger.results()).get("emailsSent") == 3 and got)
    assert counted["partnershipsReviewed"] == len(reviewed) + len(in_mou_sent)
    assert counted["partnershipsUpdated"] == len(moved)
    assert counted["meetingsScheduled"] == len(called)
    for name, stage in moved.items():
        eventually(lambda name=name, stage=stage: ledger.partnership(name)["stage"] == stage)
    for name in mailed:
        mails = [mail for mail in ledger.mails_to(name) if "nvitation" not in mail["subject"]]
        assert len(mails) >= 1
        eventually(lambda name=name: "email_sent" in [one["kind"] for one in ledger.activities(name)])
        eventually(lambda name=name: ledger.partnership(name)["daysSinceContact"] == 0)
    for name in called:
        eventually(lambda name=name: "meeting_booked" in [one["kind"] for one in ledger.activities(name)])
        assert eventually(lambda name=name: ledger.mails_to(name)), "the invitation is in the mailbox"
    log = ledger.log()
    assert "completed run" in log
    assert log[-1] == "started run"
    assert log.count("started step") == 5


def test_an_mou_sprint_sends_reminders_and_leaves_tasks_behind(console, max_at_work):
    page = max_at_work
    ledger = guided.Ledger(console, guided.start_run(page, "MOU Sprint"))

    step = guided.begin(page, "Review open MOUs")
    guided.review(step, "Has questions")
    guided.complete(step)

    step = guided.begin(page, "Send MOU reminders")
    mailed = guided.send_all(step)
    assert mailed
    guided.complete(step)

    step = guided.begin(page, "Book signing calls")
    step.get_by_role("button", name=re.compile("^Skip")).or_(step.get_by_role("link", name=re.compile("^Skip"))).click()
    page.locator("#dialog").get_by_role("button", name="Skip").click()
    expect(step).to_contain_text("Skipped")

    step = guided.begin(page, "Move signed MOUs on")
    moved = guided.move_all(step)
    guided.complete(step)

    step = guided.begin(page, "Set reminders for what is still open")
    asked = guided.create_tasks(step, "Come back to the MOU with")
    assert asked
    guided.complete(step)

    step = guided.begin(page, "Log outcomes")
    guided.write_note(step, "Two will sign before the month is over.")
    guided.complete(step)
    guided.complete_run(page, saying="On to the signatures.")

    assert ledger.run["status"] == "completed"
    for name, stage in moved.items():
        eventually(lambda name=name, stage=stage: ledger.partnership(name)["stage"] == stage)
    for name in mailed:
        eventually(lambda name=name: any("MOU" in mail["subject"] for mail in ledger.mails_to(name)))
    for name in asked:
        tasks = eventually(lambda name=name: ledger.tasks_of(name), seconds=40)
        assert [task["title"] for task in tasks].count(f"Come back to the MOU with {name}") == 1


def test_a_new_lead_becomes_a_partnership_with_a_first_mail_and_a_next_step(console, max_at_work):
    page = max_at_work
    ledger = guided.Ledger(console, guided.start_run(page, "New Lead Intake"))

    step = guided.begin(page, "Create partnership records")
    step.get_by_label("Name", exact=True).fill("Birch & Beacon")
    step.get_by_label("Contact", exact=True).fill("Lena Fischer")
    step.get_by_label("E-mail").fill("lena@birch-beacon.test")
    step.get_by_label("Where it comes from").fill("Fair in Lyon")
    step.get_by_role("button", name="Create partnership").dblclick()
    expect(step.get_by_text("Kept from this step")).to_be_visible()
    guided.complete(step)

    step = guided.begin(page, "Review new leads")
    assert "Birch & Beacon" in guided.review(step, "Good fit")
    guided.complete(step)

    step = guided.begin(page, "Send first e-mails")
    assert "Birch & Beacon" in guided.send_all(step)
    guided.complete(step)

    step = guided.begin(page, "Set follow-up tasks")
    guided.create_tasks(step, "Call")
    guided.complete(step)

    step = guided.begin(page, "Move leads that answered")
    guided.move_all(step)
    guided.complete(step)
    guided.complete_run(page, saying="Lena answers fast.")

    found = console.get("runs", "/api/partnerships", params={"q": "Birch"})["items"]
    assert [one["name"] for one in found] == ["Birch & Beacon"], "a double click creates once"
    assert found[0]["source"] == "Fair in Lyon"
    mails = ledger.mails_to("Birch & Beacon")
    assert [mail["subject"] for mail in mails] == ["Birch & Beacon and us"]
    assert eventually(lambda: ledger.tasks_of("Birch & Beacon"), seconds=40)[0]["title"] == "Call Birch & Beacon"
    kinds = [one["kind"] for one in ledger.activities("Birch & Beacon")]
    assert {"created", "email_sent", "task_created"} <= set(kinds)


def test_a_seasonal_planning_check_adjusts_objectives_and_writes_the_decision_down(console, max_at_work):
    page = max_at_work
    ledger = guided.Ledger(console, guided.start_run(page, "Seasonal Planning Check"))

    step = guided.begin(page, "Review OKR progress")
    guided.review(step, "On track")
    guided.complete(step)

    step = guided.begin(page, "Adjust objectives")
    row = guided.rows(step)[0]
    row.get_by_label("Qualified new leads, now").fill("7")
    row.get_by_role("button", name=re.compile("^Save")).click()
    expect(row.locator(".mark")).to_be_visible()
    guided.complete(step)

    step = guided.begin(page, "Adjust priorities")
    guided.review(step, "Keep")
    guided.complete(step)

    step = guided.begin(page, "Plan next steps")
    row = guided.rows(step)[0]
    row.get_by_role("button", name=re.compile("^Create task")).click()
    expect(row.locator(".mark")).to_be_visible()
    guided.complete(step)

    step = guided.begin(page, "Book planning calls")
    row = guided.rows(step)[0]
    row.get_by_role("button", name=re.compile("^Book")).click()
    expect(row.get_by_role("link", name="Cancel the call")).to_be_visible()
    guided.complete(step)

    step = guided.begin(page, "Log decisions")
    guided.write_note(step, "Asia-Pacific gets a second person from January.")
    guided.complete(step)
    guided.complete_run(page, saying="See you in spring.")

    found = console.get("runs", "/api/objectives", params={"limit": 100})["items"]
    results = {result["title"]: result["current"] for one in found for result in one["keyResults"]}
    assert results["Qualified new leads"] == "7"
    eventually(lambda: ledger.results()["objectivesUpdated"] == 1)
    eventually(lambda: ledger.results()["notesAdded"] == 1)
