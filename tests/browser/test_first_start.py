"""What a first start shows with nothing clicked, the way to one's own data, and the button that removes the samples."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.house import House, eventually

pytestmark = pytest.mark.browser

LEADS_TO_OWN = "Import your customers or partnerships"


@pytest.fixture(scope="module")
def console(browser_type_launch_args, tmp_path_factory):
    """A house after its first start, in which the work with the samples has been done, as `tandem up` has it done."""
    with House(tmp_path_factory.mktemp("first")) as house:
        house.launcher.begin_sample_work()
        eventually(lambda: not house.launcher.sample_work_goes_on())
        failed = {"status": "failed", "kind": "ai_task"}
        eventually(lambda: house.get("monitor", "/api/runs", params=failed)["items"])
        done = {"auto_execute": "true", "limit": 100}
        eventually(
            lambda: (
                {
                    task["executionStatus"]
                    for task in house.get("workflows", "/api/workflows/tasks", params=done)["items"]
                }
                == {"success", "failed"}
            )
        )
        yield house


def test_home_has_a_day_s_work_and_what_waits(sign_in, complaints):
    page = sign_in("ana")
    expect(page.get_by_text("2 overdue tasks")).to_be_visible()
    for heading in ("Overdue", "Today"):
        expect(page.locator("#tasks .lines-head", has_text=heading).first).to_be_visible()
    title = page.get_by_role("link", name="Send Chloé Martin the corrected order form", exact=True)
    assert title.bounding_box()["width"] > 120
    waiting = page.get_by_role("region", name="Waiting for you")
    expect(waiting.get_by_text("Discovery: Ferrum Steel")).to_be_visible()
    expect(waiting.get_by_text("The plan is to be reviewed")).to_be_visible()
    expect(waiting.get_by_text("Weekly Pipeline Review")).to_be_visible()
    failed = waiting.locator("li", has_text="Send Beth Rosen a summary")
    expect(failed).to_contain_text("Oriel Insurance is on hold")
    expect(failed.get_by_role("link", name="Retry")).to_be_visible()
    expect(page.get_by_role("region", name="Meanwhile, by the AI")).to_contain_text("Thank Amy Stone")
    assert complaints == []


@pytest.mark.parametrize(
    ("who", "path", "says"),
    [
        ("max", "/app", "Decide on the discount for Quarry Construction"),
        ("dev", "/app/inbox", "Oriel Insurance is on hold"),
        ("olga", "/app/inbox", "Oriel Insurance is on hold"),
        ("dev", "/app/tasks", "Say when the export works again"),
        ("ana", "/app/customers", "Brightwater Logistics"),
        ("ana", "/app/renewals", "Mesa Robotics"),
        ("ana", "/app/partnerships", "Lumen Energy"),
        ("ana", "/app/runs", "Seasonal Planning Check, "),
        ("ana", "/app/recurrences", "every Monday at 09:00"),
        ("ana", "/app/objectives", "Answer partners faster"),
        ("ana", "/app/monitor", "Discovery: City of Larkspur"),
        ("ana", "/app/notifications", "Failed: Send Beth Rosen"),
        ("ana", "/app/admin/mailbox", "Thank you for the call"),
    ],
)
def test_every_page_shows_something_true(sign_in, who, path, says, complaints):
    page = sign_in(who)
    page.goto(path)
    expect(page.locator("#main").get_by_text(says).first).to_be_visible()
    assert complaints == []


def test_a_second_start_adds_nothing(console):
    before = _counts(console)
    console.launcher.begin_sample_work()
    eventually(lambda: not console.launcher.sample_work_goes_on())
    assert _counts(console) == before


def test_the_first_steps_lead_to_one_s_own_data_and_can_be_hidden(sign_in, console, complaints):
    page = sign_in("ana", viewport={"width": 390, "height": 844})
    steps = page.locator("#first-steps")
    expect(steps.get_by_role("link", name=LEADS_TO_OWN)).to_have_attribute("href", "/app/import")
    expect(steps.get_by_role("link", name="Invite your people")).to_have_count(0)
    expect(steps.get_by_role("link", name="Remove the samples")).to_have_count(0)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    steps.get_by_role("button", name="Hide for good").click()
    expect(page.get_by_text("The first steps are hidden from you.")).to_be_visible()
    expect(steps).to_have_count(0)
    page.goto("/app")
    expect(steps).to_have_count(0)
    assert complaints == []


def test_an_admin_removes_the_samples_and_what_is_one_s_own_stays(sign_in, console, complaints):
    customer = {"name": "Our first customer", "arr": "1000.00", "currency": "EUR", "renewalTerms": "open_ended"}
    own = console.post("workflows", "/api/customers", customer)
    page = sign_in("max")
    steps = page.locator("#first-steps")
    expect(steps.locator("li", has_text=LEADS_TO_OWN)).to_contain_text("Done:")
    expect(steps.get_by_role("link", name="Invite your people")).to_have_attribute("href", "/app/admin/people")
    steps.get_by_role("link", name="Remove the samples").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("19 sample customers, 40 contacts, 19 contracts, 3 renewal workflows")
    expect(dialog).to_contain_text("16 sample partnerships, 2 guided runs and 3 objectives go")
    expect(dialog).to_contain_text("the audit trail stay")
    dialog.get_by_role("button", name="Remove the samples").click()
    page.wait_for_url("**/app/admin/samples")
    eventually(lambda: not any(_counts(console).values()))
    page.goto("/app/customers")
    expect(page.get_by_text("Our first customer")).to_be_visible()
    expect(page.get_by_text("Brightwater Logistics")).to_have_count(0)
    eventually(lambda: not console.get("monitor", "/api/runs")["items"])
    page.goto("/app")
    expect(steps).to_have_count(0)
    page.goto("/app/admin/samples")
    expect(page.get_by_text("There are no samples")).to_be_visible()
    assert console.get("workflows", f"/api/customers/{own['id']}")["name"] == "Our first customer"
    assert complaints == []


def _counts(house):
    customers, partnerships = house.get("workflows", "/api/workflows/samples"), house.get("runs", "/api/samples")
    names = ("customers", "contacts", "contracts", "workflows", "tasks")
    return {name: customers[name] for name in names} | {
        name: partnerships[name] for name in ("partnerships", "guidedRuns", "objectives")
    }
