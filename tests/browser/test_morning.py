"""A CSM's morning and a lead's look at the team: from home, by keys, to a customer and back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from shared.ground import clock

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def ana(console):
    """The id of the sample CSM."""
    people = console.get("monitor", "/api/people")["items"]
    return next(row["id"] for row in people if row["email"].startswith("ana@"))


@pytest.fixture(scope="module")
def late(console, ana):
    """A task of hers that was due yesterday."""
    due = (clock.now().date() - timedelta(days=2)).isoformat()
    body = {"title": "Call Fiona before the board meets", "dueDate": due, "owner": ana}
    return console.post("workflows", "/api/workflows/tasks", body)


def test_a_csm_does_what_is_late_takes_it_back_and_finds_a_customer(sign_in, console, late, complaints):
    page = sign_in("ana")
    assert page.url.endswith("/app")
    expect(page.get_by_role("heading", name="Home")).to_be_visible()
    line = page.locator(f"#task-{late['id']}")
    expect(line).to_be_visible()
    expect(page.get_by_text("1 overdue task")).to_be_visible()
    page.keyboard.press("j")
    expect(line).to_have_class("line is-chosen")
    page.keyboard.press("e")
    toast = page.locator("#toasts .toast", has_text=late["title"])
    expect(toast).to_be_visible()
    expect(line).to_have_class("line is-ended is-chosen")
    page.keyboard.press("u")
    expect(line).to_have_class("line is-chosen")
    assert console.get("workflows", f"/api/workflows/tasks/{late['id']}")["status"] == "open"
    page.keyboard.press("Control+k")
    page.get_by_role("combobox", name="Find anything").press_sequentially("brightw")
    found = page.get_by_role("option", name="Brightwater Logistics")
    expect(found.first).to_be_visible()
    page.keyboard.press("Enter")
    page.wait_for_url("**/app/customers/*")
    expect(page.get_by_role("heading", name="Brightwater Logistics", level=1)).to_be_visible()
    page.keyboard.press("g")
    page.keyboard.press("h")
    page.wait_for_url("**/app")
    expect(page.get_by_role("heading", name="Renewals, next 90 days")).to_be_visible()
    expect(page.get_by_role("link", name="Copperfield Press")).to_be_visible()
    assert complaints == []


def test_a_lead_sees_who_has_what_before_them(sign_in, late, complaints):
    page = sign_in("max")
    page.get_by_role("link", name="Team").click()
    row = page.locator("#main tr", has=page.get_by_role("link", name="Ana Alvarez"))
    expect(row.locator("td").nth(2)).to_have_text("1")
    row.get_by_role("link", name="Ana Alvarez").click()
    page.wait_for_url("**/app/tasks?whose=team&owner=*")
    expect(page.locator(f"#task-{late['id']}")).to_be_visible()
    assert complaints == []


def test_home_fits_a_phone(sign_in, late, complaints):
    page = sign_in("ana", viewport={"width": 390, "height": 844})
    expect(page.locator(f"#task-{late['id']}")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert complaints == []
