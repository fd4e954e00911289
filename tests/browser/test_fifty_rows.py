"""A partnership manager's weekly review of fifty rows, by keys: marked, noted, the marked ones first in the e-mail step, sent and taken back."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect

from tests.browser import guided
from tests.house import House, eventually

pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]

ROWS = 50
DELAY = 60
"""Seconds until a mail leaves: enough to take it back by hand on a busy machine."""


@pytest.fixture(scope="module")
def console(browser_type_launch_args, tmp_path_factory):
    """A house of its own with a book of fifty silent partnerships of Max, in which mails wait."""
    with House(tmp_path_factory.mktemp("fifty"), TANDEM_SEND_DELAY_SECONDS=DELAY) as started:
        for number in range(ROWS):
            told = {
                "name": f"Partner {number:02}", "stage": "Conversation Active", "owner": max_id(started),
                "contacts": [{"name": f"Person {number:02}", "email": f"person{number:02}@partner.test"}],
            }  # fmt: skip
            made = started.post("runs", "/api/partnerships", told)
            at = datetime.now(UTC) - timedelta(days=100 + number)
            call = {"kind": "call", "at": at.isoformat().replace("+00:00", "Z"), "summary": "They owe us money"}
            started.post("runs", f"/api/partnerships/{made['id']}/activities", call)
        yield started


def max_id(house):
    """The id of the sample person Max."""
    return next(one["id"] for one in house.get("monitor", "/api/people")["items"] if one["name"].startswith("Max"))


def mails_to_partners(house):
    found = house.get("executor", "/api/mailbox", params={"limit": 100})["items"]
    return [mail for mail in found if "@partner.test" in str(mail["to"])]


def started_run(house, page):
    """A run of Max with the steps of the weekly review that fifty rows are for; its page."""
    steps = [
        {"actionType": "review", "title": "Review", "config": {"filter": {"noContactDays": 90}}},
        {"actionType": "email", "title": "Write", "config": {"filter": {"needs": "follow_up"}, "limit": 3}},
    ]
    run = house.post("runs", "/api/guided-runs", {"name": "Weekly", "steps": steps, "owner": max_id(house)})
    page.goto(f"/app/runs/{run['id']}")
    return run


def start(page, title):
    step = page.locator(".stage", has=page.get_by_role("heading", name=title, exact=True))
    step.get_by_role("button", name=re.compile("^Start")).click()
    expect(step).to_contain_text("In progress")
    return step


def key(page, pressed, row, sign="warning"):
    """Press a key on the chosen row and wait for the answer of the server."""
    page.keyboard.press(pressed)
    expect(row.locator(f".state use[href$='#{sign}']")).to_be_attached()


def test_fifty_rows_are_reviewed_by_keys_and_the_marked_ones_are_written_to_first(console, sign_in, complaints):
    page = sign_in("max")
    run = started_run(console, page)
    step = start(page, "Review")
    expect(step.get_by_role("button", name="Mine")).to_have_attribute("aria-pressed", "true")
    rows = step.locator("tr[data-row]")
    expect(rows).to_have_count(ROWS)
    assert rows.nth(3).bounding_box()["height"] <= 48

    for number in range(3):
        page.keyboard.press("j")
        expect(rows.nth(number)).to_have_class(re.compile("is-chosen"))
        key(page, "2" if number == 1 else "1", rows.nth(number), "warning" if number == 1 else "completed")
        expect(rows.nth(number)).to_have_class(re.compile("is-chosen"))
    expect(page.locator("#guided-track")).to_contain_text("3 of 50")
    expect(rows.nth(1)).not_to_contain_text("Done")

    page.keyboard.press("n")
    note = page.locator("#sheet").get_by_placeholder("Note")
    expect(note).to_be_focused()
    note.press_sequentially("Call on Monday")
    page.keyboard.press("Enter")
    assert rows.nth(2).get_by_role("button", name="Fine").get_attribute("aria-pressed") == "true"
    note.press("Control+Enter")
    expect(page.locator("#sheet")).to_be_hidden()
    expect(rows.nth(2)).to_contain_text("Call on Monday")
    expect(rows.nth(2)).to_have_class(re.compile("is-chosen"))
    key(page, "2", rows.nth(2))

    page.keyboard.press("j")
    page.keyboard.press("x")
    page.keyboard.press("j")
    page.keyboard.press("x")
    key(page, "2", rows.nth(4))
    expect(step.locator(".pick input:checked")).to_have_count(0)
    expect(rows.nth(4)).to_have_class(re.compile("is-chosen"))
    expect(page.locator("#guided-track")).to_contain_text("5 of 50")

    attention = [guided.name_of(rows.nth(number)) for number in range(1, 5)]
    step.get_by_role("link", name=re.compile("^Complete")).click()
    page.locator("dialog [name=reason]").fill("The others are for next week")
    page.locator("#dialog").get_by_role("button", name=re.compile("^Complete")).click()
    shown = step.locator("summary", has_text="What it showed")
    shown.click()
    expect(step.locator(".shown")).to_contain_text("Call on Monday")

    letters = start(page, "Write")
    mails = letters.locator("tr[data-row]")
    expect(mails).to_have_count(4)
    assert [guided.name_of(mails.nth(number)) for number in range(4)] == attention
    expect(mails.first).to_contain_text("Marked “needs attention” in Review")
    expect(step.locator(".shown")).to_contain_text("Call on Monday")

    ledger = guided.Ledger(console, run["id"])
    kinds = [one["summary"] for one in ledger.activities(attention[1])]
    assert "Reviewed: needs attention. Call on Monday" in kinds

    # One is sent from the side, and taken back.
    mails.first.get_by_role("link", name=re.compile("^Write")).click()
    sheet = page.locator("#sheet")
    assert "owe us" not in sheet.locator("[name=body]").input_value()
    sheet.locator("[name=subject]").fill("Hello again")
    sheet.locator("[name=subject]").press("Enter")
    expect(sheet).to_be_visible()
    sheet.locator("[name=body]").press("Control+Enter")
    expect(sheet).to_be_hidden()
    expect(mails.first).to_contain_text(re.compile(r"Leaves in \d+ s"))
    mails.first.get_by_role("button", name=re.compile("^Undo")).click()
    expect(mails.first.get_by_role("link", name=re.compile("^Write"))).to_be_visible()
    expect(mails.first).to_contain_text("Hello again")
    assert mails_to_partners(console) == []

    # All are sent, with one row open at the side, and all are taken back.
    mails.nth(1).get_by_role("link", name=re.compile("^Write")).click()
    expect(sheet).to_be_visible()
    send_all(page, letters)
    expect(sheet).to_be_hidden()
    expect(letters.get_by_text(re.compile("^Leaves in")).first).to_be_visible()
    letters.get_by_role("button", name="Undo all 4").click()
    expect(mails.get_by_role("link", name=re.compile("^Write"))).to_have_count(4)
    assert mails_to_partners(console) == []

    send_all(page, letters)
    expect(mails.locator(".mark", has_text="Sent")).to_have_count(4, timeout=(DELAY + 60) * 1000)
    eventually(lambda: len(mails_to_partners(console)) == 4)
    assert complaints == []


def send_all(page, letters):
    letters.get_by_role("link", name=re.compile("^Send all 4")).click()
    page.locator("#dialog").get_by_role("button", name=re.compile("^Send")).click()
    expect(page.locator("#dialog")).to_be_hidden()


def test_what_is_typed_into_a_mail_comes_back_after_a_reload_until_it_is_sent(console, sign_in):
    page = sign_in("max")
    started_run(console, page)
    start(page, "Review").locator("tr[data-row]").first.get_by_role("button", name="Needs attention").click()
    letters, sheet = start(page, "Write"), page.locator("#sheet")
    write = letters.get_by_role("link", name=re.compile("^Write"))
    body = sheet.locator("[name=body]")

    write.first.click()
    body.fill("Typed before the reload")
    page.keyboard.press("Escape")
    write.nth(1).click()
    assert body.input_value() != "Typed before the reload"
    page.reload()
    write.first.click()
    expect(body).to_have_value("Typed before the reload")
    body.press("Control+Enter")
    expect(sheet).to_be_hidden()
    letters.get_by_role("button", name=re.compile("^Undo")).click()
    expect(write.first).to_be_visible()
    assert page.evaluate("Object.keys(sessionStorage).filter((key) => key.startsWith('draft:')).length") == 0


def test_without_script_a_row_is_marked_noted_and_taken_back(console, sign_in):
    page = sign_in("max", java_script_enabled=False)
    started_run(console, page)
    step = start(page, "Review")
    row = step.locator("tr[data-row]").first
    name = guided.name_of(row)
    row.get_by_role("link", name=re.compile("^Note")).click()
    page.get_by_placeholder("Note").fill("By hand")
    page.get_by_role("button", name="Keep the note").click()
    row = page.locator("tr[data-row]", has_text=name)
    expect(row).to_contain_text("By hand")
    row.get_by_role("button", name="Needs attention").click()
    letters = start(page, "Write")
    letters.get_by_role("link", name=re.compile("^Write")).first.click()
    page.get_by_role("button", name=re.compile("^Send")).click()
    undo = page.locator("tr[data-row]").get_by_role("button", name=re.compile("^Undo"))
    undo.click()
    expect(page.get_by_text("1 message taken back.")).to_be_visible()


def test_a_phone_has_the_steps_as_a_strip_and_nothing_wider_than_itself(console, sign_in):
    page = sign_in("max", viewport={"width": 390, "height": 844})
    started_run(console, page)
    step = start(page, "Review")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    row = step.locator("tr[data-row]").nth(2)
    row.get_by_role("button", name="Needs attention").click()
    expect(row.locator(".state .icon")).to_be_visible()
    expect(page.locator("#guided-track")).to_be_in_viewport()
