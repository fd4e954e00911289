"""A CSM keeps a customer in the console: from the list to its page, its health, a signal, a contact, a hold, and a view of the list."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

NAME = "Polaris Energy"


@pytest.fixture
def customer(console):
    """The customer, as the samples have it."""
    return console.get("workflows", f"/api/customers?q={NAME.split()[0]}")["items"][0]


def opened(page, name):
    """The dialog that a link of this name opens."""
    page.get_by_role("link", name=name).first.click()
    dialog = page.locator("dialog[open]")
    expect(dialog).to_be_visible()
    return dialog


def now(console, customer):
    """The customer as it is now."""
    return console.get("workflows", f"/api/customers/{customer['id']}")


def test_a_csm_keeps_a_customer_without_leaving_its_page(console, sign_in, customer, complaints):
    page = sign_in("ana")
    page.goto("/app/customers?sort=name")
    page.get_by_role("link", name=NAME).click()
    page.wait_for_url(f"**/app/customers/{customer['id']}")

    dialog = opened(page, "Health or likelihood")
    dialog.get_by_label("From 0 to 100").fill("44")
    dialog.get_by_role("button", name="Save").click()
    expect(page.locator("dialog[open]")).to_have_count(0)
    expect(page.locator(".customer-strip")).to_contain_text("44")
    assert now(console, customer)["healthScore"] == 44

    dialog = opened(page, "Add a fact")
    dialog.get_by_role("link", name="Competitor").click()
    dialog.get_by_label("Note").fill("A tender names another product.")
    dialog.get_by_role("button", name="Record").click()
    expect(page.locator("#facts")).to_contain_text("A tender names another product.")
    assert "competitor" in [signal["kind"] for signal in now(console, customer)["signals"]]

    dialog = opened(page, "Add a contact")
    dialog.get_by_label("Name", exact=True).fill("Ines Faber")
    dialog.get_by_label("Role", exact=True).select_option("legal")
    dialog.get_by_role("button", name="Add").click()
    expect(page.locator("#people")).to_contain_text("Ines Faber")

    dialog = opened(page, "Place on hold")
    dialog.get_by_label("Until").fill("2020-01-01")
    dialog.get_by_label("Why nothing may reach them").fill("Legal: no contact")
    dialog.get_by_role("button", name="Place on hold").click()
    expect(dialog).to_contain_text("Not before today")
    dialog.get_by_label("Until").fill("")
    dialog.get_by_role("button", name="Place on hold").click()
    expect(page.locator("main")).to_contain_text("nothing reaches them")
    assert now(console, customer)["hold"]["reason"] == "Legal: no contact"
    dialog = opened(page, "Lift the hold")
    dialog.get_by_role("button", name="Lift it").click()
    expect(page.locator("main")).not_to_contain_text("nothing reaches them")
    assert now(console, customer)["hold"] is None
    assert [line for line in complaints if "422" not in line] == []


def test_a_view_of_the_list_is_saved_and_found_again(console, sign_in, complaints):
    page = sign_in("ana")
    page.goto("/app/customers")
    page.get_by_role("link", name="At risk", exact=True).click()
    page.get_by_role("link", name="ARR", exact=True).click()
    expect(page.locator("th[aria-sort=descending]")).to_contain_text("ARR")
    dialog = opened(page, "Save view")
    dialog.get_by_label("Name").fill("Dear ones at risk")
    dialog.get_by_role("button", name="Save").click()
    expect(page.locator(".tabs [aria-current=page]").last).to_contain_text("Dear ones at risk")
    page.goto("/app/customers")
    page.get_by_role("link", name="Dear ones at risk").click()
    page.wait_for_url(re.compile("at_risk=true"))
    expect(page.locator("th[aria-sort=descending]")).to_contain_text("ARR")
    assert complaints == []


def test_many_are_selected_and_given_a_task(console, sign_in, complaints):
    page = sign_in("ana")
    page.goto("/app/customers?sort=name")
    for name in ("Atlas Freight", "Brightwater Logistics"):
        page.get_by_label(f"Select {name}").check()
    page.get_by_role("button", name="Make a task").click()
    dialog = page.locator("dialog[open]")
    expect(dialog).to_contain_text("Make a task for 2 customers")
    dialog.get_by_label("What is to be done").fill("Ask for a reference")
    dialog.get_by_role("button", name="Make it").click()
    expect(page.locator("#toasts")).to_contain_text("2 of 2 with a new task.")
    assert complaints == []
