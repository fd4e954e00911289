"""Every page of the console with fifty rows: axe finds nothing, light and dark, on a desk and on a phone, and what goes over
the wire stays small."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import requests
from axe_playwright_python.sync_playwright import Axe

from tests.acceptance import story
from tests.house import House, eventually

pytestmark = [pytest.mark.browser, pytest.mark.timeout(1_800)]

ROWS = 50
MOST_BYTES = 40_000
DESK, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
LISTS = (
    *(
        "/app/customers",
        "/app/renewals",
        "/app/contacts",
        "/app/tasks?whose=team",
        "/app/tasks?whose=ai",
        "/app/partnerships",
    ),
    *("/app/runs", "/app/monitor", "/app/notifications"),
)
OTHERS = (
    *("/app?whose=me", "/app?whose=team", "/app/inbox", "/app/find?q=harbor", "/app/import", "/app/profile"),
    *("/app/notifications/settings", "/app/objectives", "/app/recurrences", "/app/templates", "/app/runs/new"),
    *("/app/contacts/new", "/app/customers/new", "/app/tasks/new", "/app/partnerships/new"),
    *(f"/app/admin/{name}" for name in ("people", "processors", "queues", "crm", "mailbox", "audit", "parked")),
)


@pytest.fixture(scope="module")
def console(browser_type_launch_args, tmp_path_factory):
    """A house of its own with fifty of each, and a plan under review."""
    with House(tmp_path_factory.mktemp("accessible")) as started:
        yield started


@pytest.fixture(scope="module")
def pages(console):
    """The addresses of every page, with those of single things."""
    owner = next(one["id"] for one in console.get("monitor", "/api/people")["items"] if one["name"].startswith("Max"))
    made = [_customer(console, number, owner) for number in range(ROWS)]
    for number in range(ROWS):
        partner = {"name": f"Harbor Partner {number:02}", "stage": "Active", "owner": owner}
        console.post("runs", "/api/partnerships", partner)
        console.post("runs", "/api/guided-runs", {"templateId": "mou-sprint", "name": f"MOU sprint {number:02}"})
    plan = story.start(console)
    story.complete_steps(console, plan)
    story.generate(console, plan["id"])
    finalized = story.walked(console, made[0][0]["name"])
    eventually(lambda: console.get("monitor", "/api/runs", params={"limit": ROWS})["pagination"]["total"] >= ROWS)
    (customer, contact, task), run = made[1], console.get("runs", "/api/guided-runs")["items"][0]
    partnership = console.get("runs", "/api/partnerships")["items"][0]
    single = (
        f"/app/renewals/start?customer_id={customer['id']}&stage=discovery",
        *(f"/app/customers/{customer['id']}", f"/app/contacts/{contact['id']}", f"/app/tasks/{task['id']}"),
        *(f"/app/renewals/{plan['id']}", f"/app/renewals/{finalized}", f"/app/runs/{run['id']}"),
        *(f"/app/partnerships/{partnership['id']}", f"/app/monitor/runs/{finalized}"),
    )
    return [*LISTS, *OTHERS, *single]


def _customer(house, number, owner):
    """A customer with a contact and a task."""
    customer = {
        "name": f"Harbor Customer {number:02}", "arr": "12000.00", "currency": "USD", "owner": owner, "healthScore": 40 + number,
        "renewalDate": (date.today() + timedelta(days=number)).isoformat(),
    }  # fmt: skip
    made = house.post("workflows", "/api/customers", customer)
    person = {"customerId": made["id"], "name": f"Person {number:02}", "email": f"person{number:02}@harbor.test"}
    contact = house.post("workflows", "/api/contacts", person)
    task = {"title": f"Call about the renewal {number:02}", "customerId": made["id"], "owner": owner}
    due = (date.today() + timedelta(days=number - 5)).isoformat()
    return made, contact, house.post("workflows", "/api/workflows/tasks", task | {"dueDate": due})


@pytest.mark.parametrize("viewport", [DESK, PHONE], ids=["desk", "phone"])
def test_axe_finds_nothing_on_any_page(pages, sign_in, viewport):
    """All rules in the light scheme; in the dark one what colours can change, without loading the page again."""
    page = sign_in("max", viewport=viewport, color_scheme="light")
    found = []
    for address in [*pages, "/sign-in"]:
        if address == "/sign-in":
            page.context.clear_cookies()
        if page.goto(address).status == 404:
            found.append(f"{address}: there is no such page")
            continue
        found += [f"{address}: {violation}" for violation in _violations(page)]
        page.emulate_media(color_scheme="dark")
        found += [
            f"{address}, dark: {violation}" for violation in _violations(page, "color-contrast", "link-in-text-block")
        ]
        page.emulate_media(color_scheme="light")
    assert not found, "\n".join(found)


def _violations(page, *rules):
    """What axe says is wrong with the page as it is now, by these rules or by all."""
    options = {"resultTypes": ["violations"]} | ({"runOnly": list(rules)} if rules else {})
    for violation in Axe().run(page, options=options).response["violations"]:
        nodes = [
            f"{node['target']} {node['html'][:160]} {node['failureSummary'][:200]}" for node in violation["nodes"][:3]
        ]
        yield f"{violation['id']} ({len(violation['nodes'])}): {' | '.join(nodes)}"


@pytest.mark.parametrize("encoding", ["gzip", "br"])
def test_a_page_of_fifty_rows_is_small_on_the_wire(console, pages, sign_in, encoding):
    cookies = {cookie["name"]: cookie["value"] for cookie in sign_in("max").context.cookies()}
    large = {}
    for address in pages:
        answer = requests.get(
            console.url("monitor") + address,
            cookies=cookies,
            headers={"Accept-Encoding": encoding},
            stream=True,
            timeout=60,
        )
        size = len(answer.raw.read(decode_content=False))
        assert answer.headers.get("Content-Encoding") == encoding, address
        if size > MOST_BYTES:
            large[address] = size
    assert not large
