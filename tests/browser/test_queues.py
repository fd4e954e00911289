"""An operator at the queue: pauses and resumes a processor, sees a worker that was killed, and retries what was given up."""

from __future__ import annotations

import os
import re
import signal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from shared.ground import ids
from tests.house import House, Principal, eventually

pytestmark = pytest.mark.browser

ANA = Principal("person", ids.named("person", "ana@demo.tandem.test"), "Ana", "demo", roles=frozenset({"member"}))
PHONE = {"width": 390, "height": 844}


@pytest.fixture(scope="module")
def console(browser_type_launch_args, tmp_path_factory):
    """A house of its own, in which AI tasks do as they are told, and two workers of which one is killed."""
    with House(tmp_path_factory.mktemp("queues"), TANDEM_TEST_PROCESSORS=True, workers={"executor": 2}) as started:
        yield started


def ask_for(console, title, **metadata):
    """An AI task of Ana's."""
    body = {"title": title, "processor": "test-echo", "metadata": metadata}
    return console.post("executor", "/api/ai-tasks", body, by=ANA)["id"]


def test_a_processor_is_paused_with_a_reason_and_resumed(console, sign_in, complaints):
    page = sign_in("olga")
    page.goto("/app/admin/queues")
    page.get_by_role("link", name="Pause test-echo").click()
    dialog = page.locator("#dialog")
    expect(dialog).to_contain_text("no attempt is used up")
    dialog.get_by_label("Why").fill("The CRM is moved.")
    dialog.get_by_role("button", name="Pause").click()
    row = page.get_by_role("row", name=re.compile("^test-echo"))
    expect(row).to_contain_text("by Olga Petrov: The CRM is moved.")
    waiting = ask_for(console, "It waits for the CRM", say="here")
    expect(row.get_by_role("cell").nth(1)).to_have_text(re.compile(r"^1"))  # the page asks for itself again
    page.goto("/app/inbox")
    expect(page.locator("main")).to_contain_text("Olga Petrov paused test-echo: The CRM is moved.")
    page.goto("/app/admin/queues")
    page.get_by_role("link", name="Resume test-echo").click()
    expect(dialog).to_contain_text("1 AI task that is due begins")
    dialog.get_by_role("button", name="Resume").click()
    expect(page.get_by_role("link", name="Pause test-echo")).to_be_visible()
    eventually(lambda: console.get("executor", f"/api/ai-tasks/{waiting}")["status"] == "success")
    assert complaints == []


def test_what_was_given_up_is_retried_from_the_page(console, sign_in, complaints):
    page = sign_in("olga")
    failed = ask_for(console, "Write to the CRM", fail="permanent")
    eventually(lambda: console.get("executor", f"/api/ai-tasks/{failed}")["status"] == "failed")
    eventually(lambda: console.get("monitor", "/api/runs", params={"q": failed})["items"])
    page.goto("/app/admin/queues?processor=test-echo")
    letter = page.locator(f"#letter-{failed}")
    expect(letter).to_contain_text("This fails for good, as it was told to.")
    letter.get_by_role("link", name="Retry").click()
    page.locator("#dialog").get_by_role("button", name="Retry").click()
    expect(page.get_by_text("It is tried again.").first).to_be_visible()
    expect(letter).to_have_count(0)
    assert complaints == []


def test_a_killed_worker_falls_silent_and_its_task_goes_on_elsewhere(console, sign_in, complaints):
    page = sign_in("olga")
    task = ask_for(console, "A long look at the CRM", sleepMs=600_000)
    page.goto("/app/admin/queues")
    running = page.locator("#queues tr", has_text="A long look at the CRM")
    expect(running).to_contain_text("Alive")
    at_first = running.get_attribute("id")
    pid = int(running.locator(".mono").inner_text().rpartition(":")[2])
    os.killpg(os.getpgid(pid), signal.SIGKILL)
    expect(page.locator(f"#{at_first}")).to_contain_text("Silent", timeout=60_000)
    other = page.locator(f"#queues tr:not(#{at_first})", has_text="A long look at the CRM")
    expect(other).to_contain_text("Alive", timeout=60_000)
    for viewport in ({"width": 1280, "height": 900}, PHONE):
        page.set_viewport_size(viewport)
        violations = Axe().run(page).response["violations"]
        assert [violation["id"] for violation in violations] == []
        assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]
    other.get_by_role("link").click()
    page.wait_for_url(f"**/app/monitor/runs/{task}")
    page.get_by_role("link", name="Cancel").click()
    page.locator("#dialog").get_by_label("Why").fill("It was only a rehearsal.")
    page.locator("#dialog").get_by_role("button", name="Cancel the run").click()
    expect(page.locator("#run-state")).to_contain_text("Olga Petrov stopped it: It was only a rehearsal.")
    assert complaints == []
