"""A service that is frozen, in Chromium: pages show the rest and say so, and what was typed stays."""

from __future__ import annotations

import signal

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

AWAY = "Renewals and tasks are not answering"


def test_pages_and_forms_while_renewals_and_tasks_do_not_answer(console, sign_in):
    page = sign_in("ana")
    page.goto("/app/partnerships")
    page.locator("tbody a").first.click()
    page.wait_for_url("**/app/partnerships/*")
    partnership = page.url
    page.goto("/app/renewals")
    page.get_by_role("link", name="Start").first.click()
    expect(page.locator("#dialog")).to_be_visible()
    console.signal("workflows api", signal.SIGSTOP)
    try:
        page.locator("#dialog").get_by_role("button", name="Start").click()
        expect(page.get_by_text(AWAY).first).to_be_visible()
        for path in ("/app/renewals", "/app/tasks", "/app/contacts"):
            page.goto(path)
            expect(page.locator("main")).to_contain_text(AWAY)
        page.goto(partnership)
        expect(page.locator("main")).to_contain_text(AWAY)
        expect(page.locator("main")).to_contain_text("Last contact")
        page.goto("/app/runs")
        expect(page.locator("main")).not_to_contain_text("not answering")
    finally:
        console.signal("workflows api", signal.SIGCONT)
    page.goto("/app/renewals")
    expect(page.locator("main")).not_to_contain_text("not answering")


def test_what_was_typed_stays_in_the_form(console, sign_in):
    page = sign_in("ana")
    page.goto("/app/partnerships")
    page.locator("tbody a").first.click()
    page.wait_for_url("**/app/partnerships/*")
    summary = page.locator("input[name=summary]")
    summary.fill("She is on leave until February.")
    console.signal("runs api", signal.SIGSTOP)
    try:
        page.get_by_role("button", name="Log it").click()
        expect(page.locator("#toasts")).to_contain_text("Runs and partnerships are not answering")
        expect(summary).to_have_value("She is on leave until February.")
    finally:
        console.signal("runs api", signal.SIGCONT)
    page.get_by_role("button", name="Log it").click()
    expect(page.locator("main")).to_contain_text("She is on leave until February.")
    expect(page.locator("#toasts .toast")).to_have_count(0)
