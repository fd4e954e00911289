"""The first paint of every page of the console, in Chromium, beside that of the page of signing in."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

from tests.bench import machine
from tests.bench.report import Row, at_most, percentile, plain
from tests.bench.sizes import Sizes
from tests.house import House

RATIO = 1.5
BEFORE = "/livez"
"""Where each page is gone to from, so that none pays for what was there before it."""

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking")
FIRST_PAINT = """() => new Promise((resolve) => {
    const painted = () => performance.getEntriesByName("first-contentful-paint")[0]
    const look = () => painted() ? resolve(painted().startTime) : setTimeout(look, 5)
    look()
})"""
PAGES = (
    *(
        "/app?whose=team",
        "/app/inbox",
        "/app/customers",
        "/app/renewals",
        "/app/contacts",
        "/app/tasks?whose=team",
        "/app/runs",
    ),
    *("/app/partnerships", "/app/import", "/app/monitor", "/app/notifications", "/app/profile", "/app/admin/people"),
    *("/app/customers/new", "/app/contacts/new", "/app/tasks/new", "/app/partnerships/new"),
)
DETAILS = (
    ("/app/customers", "customers/"),
    ("/app/renewals", "renewals/"),
    ("/app/tasks?whose=team", "tasks/"),
    ("/app/runs", "runs/"),
    ("/app/partnerships", "partnerships/"),
    ("/app/monitor", "monitor/runs/"),
)
"""Lists, and what the addresses of the pages that their rows lead to begin with."""


def measure(house: House, sizes: Sizes) -> list[Row]:
    """The page that paints last, as a multiple of the page of signing in; both with what the browser keeps, in a house
    with all of its samples."""
    if not Path(CHROMIUM).exists():
        return [Row("first paint", "not measured", beside=f"there is no Chromium at {CHROMIUM}")]
    house.launcher.begin_sample_work()
    while house.launcher.sample_work_goes_on():
        time.sleep(0.5)
    machine.settle(house)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        page = browser.new_context(base_url=house.url("monitor")).new_page()
        floor = _paints(page, "/sign-in", sizes.looks)
        page.goto(house.sign_in_link())
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url("**/app**")
        addresses = (*PAGES, *_details(page))
        found = {address: percentile(_paints(page, address, sizes.looks), 0.5) for address in addresses}
        browser.close()
    middle = percentile(floor, 0.5)
    last = max(found, key=lambda address: found[address])
    said = ", ".join(
        f"{address} {found[address] / middle:.2f}" for address in sorted(found, key=lambda one: -found[one])[:6]
    )
    return [
        plain("first paint of the page of signing in, p50", middle, "ms"),
        at_most(f"first paint of {last}, over it", found[last] / middle, RATIO, "times", said),
    ]


def _details(page: Any) -> Iterator[str]:
    """The page that the first row of each list leads to."""
    for of_list, begins in DETAILS:
        page.goto(of_list)
        link = page.locator(f"main a[href^='/app/{begins}']").filter(has_not_text="New").first
        yield str(link.get_attribute("href"))


def _paints(page: Any, address: str, looks: int) -> Sequence[float]:
    """The milliseconds to the first paint, time and again; the first, which fills the cache, is left out."""
    took = []
    for _ in range(looks + 1):
        page.goto(BEFORE)
        page.goto(address)
        took.append(float(page.evaluate(FIRST_PAINT)))
    return took[1:]
