"""A developer's way from an alert to the input that failed, an operator's inbox, and a digest that is mailed."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest
from playwright.sync_api import expect

from shared.ground import ids
from tests.house import House, Principal, eventually

pytestmark = pytest.mark.browser

ANA = Principal("person", ids.named("person", "ana@demo.tandem.test"), "Ana", "demo", roles=frozenset({"member"}))


@pytest.fixture(scope="module")
def console(browser_type_launch_args, tmp_path_factory):
    """A house of its own, in which AI tasks fail when they are told to."""
    with House(tmp_path_factory.mktemp("inbox"), TANDEM_TEST_PROCESSORS=True) as started:
        yield started


def fail(console, title):
    """An AI task of Ana's that fails for good."""
    body = {"title": title, "processor": "test-echo", "metadata": {"fail": "permanent", "say": f"Input of {title}"}}
    return console.post("executor", "/api/ai-tasks", body, by=ANA)["id"]


def test_a_developer_comes_from_an_alert_to_the_failing_input_in_three_clicks(console, sign_in, complaints):
    page = sign_in("dev")
    fail(console, "Update the contact")
    alert = page.locator("#toasts").get_by_role("link", name="Failed: Update the contact")
    alert.click()  # one click; two were left
    step = page.locator("#run-steps")
    expect(step).to_contain_text("Input of Update the contact")
    expect(step).to_contain_text("This fails for good, as it was told to.")
    assert complaints == []


def test_an_operator_works_through_the_inbox(console, sign_in, complaints):
    page = sign_in("olga")
    page.keyboard.press("g")
    page.keyboard.press("i")
    page.wait_for_url("**/app/inbox")
    expect(page.locator("#live")).to_have_text("Live")
    fail(console, "The second one")
    fresh = page.locator("#fresh a")
    expect(fresh).to_contain_text("new failure")
    fresh.click()
    row = page.locator("tr", has_text="The second one")
    expect(row).to_contain_text("Ana Alvarez")
    row.get_by_role("link", name="Retry").click()
    page.locator("#dialog").get_by_role("button", name="Retry").click()
    page.wait_for_url("**/app/inbox")
    expect(page.get_by_text("It is tried again.").first).to_be_visible()
    page.goto("/app/inbox")
    page.get_by_role("link", name="Set aside").first.click()
    page.locator("#dialog").get_by_label("Why").fill("They fail because they are told to.")
    page.locator("#dialog").get_by_role("button", name="Set aside").click()
    expect(page.get_by_text("They can still be tried again").first).to_be_visible()
    expect(page.locator("tr", has_text="Update the contact")).to_have_count(0)
    assert complaints == []


def test_a_digest_reaches_the_mailbox_once(console, sign_in):
    page = sign_in("ana")
    page.goto("/app/notifications/settings")
    page.get_by_label("An AI task failed: in the digest").check()
    page.get_by_label("Digest at").select_option("7")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("What you are told is kept.").first).to_be_visible()
    fail(console, "For the digest")
    expect(page.locator("#toasts")).to_contain_text("For the digest")
    with closing(sqlite3.connect(console.told.home / "data" / "monitor.sqlite3", timeout=30)) as database:
        database.execute("UPDATE notification_setting SET next_due_at = '2026-01-01 07:00:00.000000'")  # it is seven
        database.commit()

    def digests():
        mails = console.get("executor", "/api/mailbox", params={"limit": 50})["items"]
        return [mail for mail in mails if mail["subject"].startswith("Tandem: ")]

    eventually(digests)
    page.goto("/app/admin/mailbox")
    page.get_by_role("link", name="Tandem: ").first.click()
    expect(page.locator("main")).to_contain_text("Failed: For the digest")
    assert len(digests()) == 1
