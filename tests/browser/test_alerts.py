"""Alerts in Chromium: each is shown once, as it comes, and no page shows an old one again."""

from __future__ import annotations

import re
import signal

import pytest
from playwright.sync_api import expect

from shared.ground import ids
from tests.house import Principal

pytestmark = pytest.mark.browser

MAX = Principal("person", ids.named("person", "max@demo.tandem.test"), "Max Weber", "demo", roles=frozenset({"admin"}))


def follow_mail(console, subject):
    """An AI task of Max's own, which tells him when it is done."""
    watched = {"trackOpens": True, "trackClicks": True, "notifyOnOpen": False}
    asked = {"emailId": subject, "emailSubject": subject, "sentTo": "cfo@customer.com", **watched}
    body = {"title": subject, "processor": "email-engagement-tracker", "metadata": asked}
    console.post("executor", "/api/ai-tasks", body, by=MAX)


def test_a_page_that_answers_a_form_shows_no_old_alert_again(console, sign_in, complaints):
    page = sign_in("max")
    follow_mail(console, "The old one")
    expect(page.locator("#toasts")).to_contain_text("The old one")
    page.goto("/app/templates/new")
    steps = page.get_by_label("Title")
    before = steps.count()
    page.get_by_role("button", name="Add a step").click()
    expect(steps).to_have_count(before + 1)
    follow_mail(console, "The new one")
    expect(page.locator("#toasts")).to_contain_text("The new one")
    expect(page.locator("#toasts .toast")).to_have_count(1)
    assert complaints == []


LATER = 90_000
"""Milliseconds: late is what has missed three polls, and an open page is told at its next ping."""


def test_a_page_is_not_live_while_what_it_shows_is_frozen(console, sign_in, complaints):
    page = sign_in("max")
    dot = page.locator("#live")
    expect(dot).to_have_text("Live")
    console.signal("monitor worker", signal.SIGSTOP)
    try:
        expect(dot).to_have_text(re.compile(r"^\d+ s behind$"), timeout=LATER)
        expect(dot).to_have_attribute("data-state", "late")
        page.reload()
        expect(dot).to_have_text(re.compile(r"behind$"))
    finally:
        console.signal("monitor worker", signal.SIGCONT)
    expect(dot).to_have_text("Live", timeout=LATER)
    assert complaints == []
