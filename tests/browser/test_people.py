"""Somebody is invited from the page, comes in by the link of the mail, chooses a theme and a password, and comes back."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

PASSWORD = "correct horse battery"


def test_who_is_invited_comes_in_makes_themselves_at_home_and_comes_back(console, sign_in, new_context, complaints):
    admin = sign_in("max")
    admin.goto("/app/admin/people")
    admin.get_by_role("link", name="Invite a person").click()
    admin.get_by_label("Name", exact=True).fill("Eve Stone")
    admin.get_by_label("E-mail").fill("eve@demo.tandem.test")
    admin.get_by_role("button", name="Invite", exact=True).click()
    link = admin.get_by_label("Link", exact=True).input_value()
    eve = new_context(base_url=console.url("monitor"), color_scheme="light").new_page()
    eve.goto(link)
    eve.get_by_role("button", name="Sign in").click()
    eve.wait_for_url("**/app/profile")
    ground = "getComputedStyle(document.body).backgroundColor"
    light = eve.evaluate(ground)
    eve.get_by_label("Dark").check()
    eve.get_by_role("button", name="Save").click()
    expect(eve.locator("html")).to_have_attribute("data-theme", "dark")
    assert eve.evaluate(ground) != light
    eve.get_by_label("New password").fill(PASSWORD)
    eve.get_by_role("button", name="Set password").click()
    eve.wait_for_url("**/sign-in")
    eve.get_by_label("E-mail").fill("eve@demo.tandem.test")
    eve.get_by_label("Password").fill(PASSWORD)
    eve.get_by_role("button", name="Sign in").click()
    eve.wait_for_url("**/app")
    expect(eve.locator("html")).to_have_attribute("data-theme", "dark")
    admin.goto("/app/admin/people")
    expect(admin.get_by_role("row", name="Eve Stone")).to_contain_text("Used")
    admin.goto("/app/admin/mailbox")
    admin.get_by_role("link", name="Max Weber invites you to Tandem").click()
    expect(admin.locator("#main")).to_contain_text("/sign-in?link=(hidden)")
    assert complaints == []
